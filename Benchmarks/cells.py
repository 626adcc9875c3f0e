"""A cell is a job on a number of hosts; all tools do it in turn, round after round."""
import shutil

import check
import payload
from hosts import Hosts
from tools import HOOKS, KEPT, TOOLS

SHORT = "noop:1,noop:10,S:1,S:10,Sdelta:10"
JOBS = {"noop": (None, ""), "S": ("S", ""), "L": ("L", ""), "big": ("big", ""), "Sdelta": ("S", "delta"), "Ldelta": ("L", "delta"),
        "again": ("S", "again")}


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

    def __init__(self, name, count, meter, work, rtt, limit):
        self.name, self.count, self.meter, self.work, self.rtt, self.limit = name, count, meter, work, rtt, limit
        self.shape, self.second = JOBS[name]

    def rounds(self, number, names):
        hosts = Hosts(f"{self.work}/lab", self.count, self.meter.far.join, self.rtt)
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
                        yield {"cell": self.name, "hosts": self.count, "rtt": self.rtt, "round": turn, "tool": name, **figures}
        finally:
            hosts.down()

    def once(self, hosts, name, turn):
        """The figures of one tool, or None if the cell is nothing for it."""
        folder = f"{self.work}/{name}"
        release = f"{self.work}/release"
        tool = TOOLS[name](folder, hosts, release)
        tool.clear()
        if self.shape is None:
            command = tool.noop()
            return command and self.meter.run(hosts, command, tool.env(), folder, self.limit)
        hosts.clear()
        shutil.rmtree(release, ignore_errors=True)
        payload.write(self.shape, release)
        figures = self.meter.run(hosts, tool.deploy(), tool.env(), folder, self.limit)
        hooks = HOOKS
        if self.second and "error" not in figures:
            if self.second == "delta":
                payload.change(release, turn + 2)
                hooks *= 2
            # Lander starts nothing again that is there already.
            elif not name.startswith("lander"):
                hooks *= 2
            figures = self.meter.run(hosts, tool.deploy(), tool.env(), folder, self.limit)
        if "error" not in figures:
            problem = check.wrong(hosts, release, hooks, KEPT)
            if problem:
                figures["error"] = problem
        return figures
