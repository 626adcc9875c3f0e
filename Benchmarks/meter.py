"""What a run costs: CPU of control groups, memory, wall time."""
import os
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

    def remove(self):
        for _ in range(100):
            try:
                return os.rmdir(self.path)
            except OSError:
                time.sleep(0.1)


class Memory(threading.Thread):
    """The largest sum of the proportional memory of a group's processes, in bytes; ssh is not counted."""

    def __init__(self, group):
        super().__init__(daemon=True)
        self.group, self.peak, self.over = group, 0, threading.Event()

    def run(self):
        pause = 0.05
        while not self.over.wait(pause):
            begin, total = time.monotonic(), 0
            for process in self.group.processes():
                try:
                    with open(f"/proc/{process}/comm") as file:
                        if file.read().strip() == "ssh":
                            continue
                    with open(f"/proc/{process}/smaps_rollup") as file:
                        total += sum(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
                except OSError:
                    pass
            self.peak = max(self.peak, total)
            # At most a twentieth of a core goes into looking.
            pause = max(0.05, 20 * (time.monotonic() - begin))


class Meter:
    """Runs commands and says what each cost, on this side and on the hosts."""

    def __init__(self):
        self.client, self.far = Group("client"), Group("hosts")

    def run(self, hosts, command, env, folder, limit):
        """Figures of one run, in seconds and bytes; `error` is what it printed last, if it failed."""
        before = self.client.seconds(), self.far.seconds(), hosts.wire()
        memory = Memory(self.client)
        memory.start()
        begin = time.monotonic()
        with open(f"{folder}/log", "wb") as log:
            child = subprocess.Popen(
                hosts.client(*command), env={**os.environ, **env}, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=self.client.join)
            try:
                code = child.wait(limit)
            except subprocess.TimeoutExpired:
                child.kill()
                code = "no end"
        wall = time.monotonic() - begin
        memory.over.set()
        while self.client.processes() and time.monotonic() - begin < wall + 5:
            time.sleep(0.05)
        # The hosts' sshd closes its sessions.
        time.sleep(0.4)
        figures = {
            "wall": wall, "client": self.client.seconds() - before[0], "far": self.far.seconds() - before[1],
            "bytes": hosts.wire() - before[2], "memory": memory.peak}
        if code != 0:
            with open(f"{folder}/log", errors="replace") as log:
                figures["error"] = f"ended with {code}: {log.read()[-1500:]}"
        return figures

    def close(self):
        self.client.remove()
        self.far.remove()
