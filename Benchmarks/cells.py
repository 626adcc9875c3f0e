"""A cell is a job on a number of hosts; all tools do it in turn, round after round."""
import shutil

import check
import payload
from hosts import Hosts
from jobs import JOBS, KEPT
from tools import TOOLS

SHORT = "noop:1,noop:10,S:1,S:10,Sdelta:10"


def parse(text):
    """Names of cells to (name, hosts). Raises ValueError with what is wrong."""
    cells = []
    for word in text.split(","):
        name, _, count = word.partition(":")
        if name not in JOBS or not count.isdigit() or not 1 <= int(count) <= 200:
            raise ValueError(f"{word} is no cell: JOB:HOSTS with a job of {', '.join(JOBS)} and 1 to 200 hosts")
        cells.append((name, int(count)))
    return cells


class Cell:
    """One cell: `rounds` yields the figures of each tool in each round."""

    def __init__(self, name, count, meter, work, options):
        self.name, self.count, self.meter, self.work = name, count, meter, work
        self.rtt, self.line, self.limit, self.job = options.rtt, options.line, options.limit, JOBS[name]

    def rounds(self, number, names):
        hosts = Hosts(f"{self.work}/lab", self.count, self.meter.far.join, self.rtt, self.line)
        failed = set()
        try:
            for turn in range(number):
                for name in names:
                    if name not in failed:
                        figures = self.once(hosts, name, turn)
                        if figures is None:
                            continue
                        if "error" in figures:
                            failed.add(name)
                        yield {"cell": self.name, "hosts": self.count, "rtt": self.rtt, "line": self.line, "round": turn, "tool": name,
                               **figures}
        finally:
            hosts.down()

    def once(self, hosts, name, turn):
        """The figures of one tool, or None if the cell is nothing for it."""
        folder = f"{self.work}/{name}"
        release = f"{self.work}/release"
        tool = TOOLS[name](folder, hosts, release, self.job)
        if self.job.loud and not tool.loud:
            return None
        if self.job.shape is None:
            return self.connect(hosts, tool, turn)
        tool.clear()
        hosts.clear()
        shutil.rmtree(release, ignore_errors=True)
        payload.write(self.job.shape, release)
        figures = self.run(hosts, tool, tool.deploy())
        hooks = self.job.hooks
        if self.job.second and "error" not in figures:
            if self.job.second == "delta":
                payload.change(release, turn + 2)
            elif self.job.second == "byte":
                payload.change_byte(release, turn + 2)
            # Lander starts nothing again that is there already.
            if self.job.second != "again" or not name.startswith("lander"):
                hooks *= 2
            figures = self.run(hosts, tool, tool.deploy())
        if "error" not in figures:
            problem = check.wrong(hosts, release, hooks, KEPT)
            if problem:
                figures["error"] = problem
        return figures

    def connect(self, hosts, tool, turn):
        """The figures of a command without a deployment. What a tool keeps on this side stays from round to round, and could grow."""
        if turn == 0:
            tool.clear()
        command = tool.noop()
        return command and self.run(hosts, tool, command)

    def run(self, hosts, tool, command):
        return self.meter.run(hosts, command, tool.env(), tool.folder, self.limit)
