"""Real sshd hosts in network namespaces, by the lab of the tests."""
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LAB = os.path.join(os.path.dirname(HERE), "Tests", "Lab", "lab")


class Hosts:
    """N hosts h1 to hN, each with a disk and a network of its own, which end with this program.

    `into` is called in the process that starts them, so that whatever they do is counted in its group. `rtt` are milliseconds that each
    round trip takes longer. `line` is how many Mbit/s the engine can send to all hosts together, and each host to the engine.
    """

    def __init__(self, folder, count, into, rtt=0, line=0):
        self.folder, self.count, self.delay = folder, count, None
        subprocess.run([LAB, "up", folder, str(count), str(os.getpid())], check=True, preexec_fn=into)
        with open(f"{folder}/ssh/config", "a", encoding="utf-8") as config:
            config.write("Host *\n  KexAlgorithms curve25519-sha256\n  ControlMaster no\n  LogLevel ERROR\n")
        if rtt:
            self._slow_down(rtt)
        if line:
            rate = ["root", "tbf", "rate", f"{line}mbit", "burst", "128kb", "latency", "50ms"]
            subprocess.run(self.client("tc", "qdisc", "add", "dev", "near" if rtt else "br0", *rate), check=True)
            for number in self.numbers:
                self.on(number, "tc", "qdisc", "add", "dev", "eth0", *rate)

    def _slow_down(self, rtt):
        command = self.client(sys.executable, f"{HERE}/delay.py", str(rtt))
        self.delay = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        if self.delay.stdout.readline() != "ready\n":
            raise RuntimeError("the network of the engine cannot be delayed: is there a /dev/net/tun?")
        # Nobody's first run waits until the hosts' addresses are resolved.
        every = 'for host; do ssh -n "$host" true & done; wait'
        subprocess.run(self.client("sh", "-c", every, "warm", *self.names), check=True)

    @property
    def numbers(self):
        return range(1, self.count + 1)

    @property
    def names(self):
        return [f"h{number}" for number in self.numbers]

    @property
    def key(self):
        """The file of the key that opens every host."""
        return f"{self.folder}/ssh/id"

    def on(self, number, *command):
        """Runs a command on a host, beside its sshd, and returns what it printed."""
        return subprocess.run([LAB, "host", self.folder, str(number), *command], check=True, capture_output=True, text=True).stdout

    def client(self, *command):
        """The command as one that runs on the machine of the engine, where `ssh h1` works."""
        return [LAB, "engine", self.folder, *command]

    def wire(self):
        """Bytes that all hosts received and sent so far, by the other ends of their cables."""
        total = 0
        text = subprocess.run(self.client("cat", "/proc/net/dev"), check=True, capture_output=True, text=True).stdout
        for line in text.splitlines():
            name, _, rest = line.strip().partition(":")
            if name.startswith("v") and name[1:].isdigit():
                fields = rest.split()
                total += int(fields[0]) + int(fields[8])
        return total

    def clear(self):
        """Removes what was deployed."""
        for number in self.numbers:
            self.on(number, "rm", "-rf", "/srv/app")

    def down(self):
        if self.delay:
            self.delay.kill()
            self.delay.wait()
        subprocess.run([LAB, "down", self.folder], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)
