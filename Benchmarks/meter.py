"""What a run costs: CPU of control groups, memory, wall time."""
import contextlib
import os
import signal
import subprocess
import threading
import time


class Group:
    """A control group for counting CPU, of version 1 or 2."""

    def __init__(self, name):
        mounts = [line.split() for line in open("/proc/self/mounts")]
        one = [m[1] for m in mounts if m[2] == "cgroup" and "cpuacct" in m[3].split(",")]
        two = [m[1] for m in mounts if m[2] == "cgroup2"]
        self.one = bool(one)
        self.path = os.path.join((one or two)[0], f"lander-bench-{os.getpid()}-{name}")
        os.makedirs(self.path)

    def join(self):
        with open(f"{self.path}/cgroup.procs", "w") as file:
            file.write(str(os.getpid()))

    def processes(self):
        with open(f"{self.path}/cgroup.procs") as file:
            return [int(line) for line in file]

    def seconds(self):
        if self.one:
            with open(f"{self.path}/cpuacct.usage") as file:
                return int(file.read()) / 1e9
        with open(f"{self.path}/cpu.stat") as file:
            return int(dict(line.split() for line in file)["usage_usec"]) / 1e6

    def end(self):
        """Ends what a command left running, such as connections that are kept for another command."""
        for turn in range(100):
            left = self.processes()
            if not left:
                return
            for process in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGTERM if turn < 40 else signal.SIGKILL)
            time.sleep(0.05)

    def remove(self):
        for _ in range(100):
            try:
                return os.rmdir(self.path)
            except OSError:
                time.sleep(0.1)


class Watch(threading.Thread):
    """The peaks of a group while a command runs: the number of its processes and of their open files, and their memory in bytes.

    Memory is the sum of proportional shares, in which pages that several processes share count once; that of ssh is not counted.
    """

    def __init__(self, group):
        super().__init__(daemon=True)
        self.group, self.over = group, threading.Event()
        self.peaks = {"memory": 0, "processes": 0, "files": 0}

    @staticmethod
    def _process(process):
        """The open files and the memory of one process."""
        files = len(os.listdir(f"/proc/{process}/fd"))
        with open(f"/proc/{process}/comm") as file:
            if file.read().strip() == "ssh":
                return files, 0
        with open(f"/proc/{process}/smaps_rollup") as file:
            return files, sum(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))

    def _glance(self):
        now = {"memory": 0, "processes": 0, "files": 0}
        for process in self.group.processes():
            try:
                files, memory = self._process(process)
            except OSError:
                continue
            now = {"memory": now["memory"] + memory, "processes": now["processes"] + 1, "files": now["files"] + files}
        self.peaks = {name: max(peak, now[name]) for name, peak in self.peaks.items()}

    def run(self):
        pause = 0.05
        while not self.over.wait(pause):
            begin = time.monotonic()
            self._glance()
            # At most a twentieth of a core goes into watching.
            pause = max(0.05, 20 * (time.monotonic() - begin))


class Meter:
    """Runs commands and says what each cost, on this side and on the hosts."""

    def __init__(self):
        self.client, self.far = Group("client"), Group("hosts")

    def run(self, hosts, command, env, folder, limit):
        """Figures of one run, in seconds and bytes; `error` is what it printed last, if it failed."""
        before = self.client.seconds(), self.far.seconds(), hosts.wire()
        watch = Watch(self.client)
        watch.start()
        begin = time.monotonic()
        with open(f"{folder}/log", "wb") as log:
            child = subprocess.Popen(
                hosts.client(*command), env={**os.environ, **env}, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=self.client.join)
            try:
                code = child.wait(limit)
            except subprocess.TimeoutExpired:
                child.kill()
                code = f"no end within {limit} s"
        wall = time.monotonic() - begin
        watch.over.set()
        self.client.end()
        # The hosts' sshd closes its sessions.
        time.sleep(0.4)
        figures = {
            "wall": wall, "client": self.client.seconds() - before[0], "far": self.far.seconds() - before[1],
            "bytes": hosts.wire() - before[2], **watch.peaks}
        if code != 0:
            with open(f"{folder}/log", errors="replace") as log:
                figures["error"] = f"ended with {code}: {log.read()[-1500:]}"
        return figures

    def close(self):
        self.client.remove()
        self.far.remove()
