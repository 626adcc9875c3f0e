"""Real sshd hosts in network namespaces, by the lab of the tests."""
import os
import shutil
import subprocess

LAB = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Tests", "Lab", "lab")


class Hosts:
    """N hosts h1 to hN, each with a disk and a network of its own, which end with this program.

    `into` is called in the process that starts them, so that whatever they do is counted in its group.
    """

    def __init__(self, folder, count, into, rtt=0):
        self.folder, self.count = folder, count
        subprocess.run([LAB, "up", folder, str(count), str(os.getpid())], check=True, preexec_fn=into)
        with open(f"{folder}/ssh/config", "a") as config:
            config.write("Host *\n  KexAlgorithms curve25519-sha256\n  ControlMaster no\n  LogLevel ERROR\n")
        if rtt:
            for number in self.numbers:
                self.on(number, "tc", "qdisc", "add", "dev", "eth0", "root", "netem", "delay", f"{rtt}ms")

    @property
    def numbers(self):
        return range(1, self.count + 1)

    @property
    def names(self):
        return [f"h{number}" for number in self.numbers]

    def on(self, number, *command):
        """Runs a command on a host, beside its sshd, and returns what it printed."""
        return subprocess.run([LAB, "host", self.folder, str(number), *command], check=True, capture_output=True, text=True).stdout

    def client(self, *command):
        """The command as one that runs on the machine of the engine, where `ssh h1` works."""
        return [LAB, "engine", self.folder, *command]

    def wire(self):
        """Bytes that all hosts received and sent so far."""
        total = 0
        for number in self.numbers:
            for line in self.on(number, "cat", "/proc/net/dev").splitlines():
                if line.strip().startswith("eth0:"):
                    fields = line.split(":")[1].split()
                    total += int(fields[0]) + int(fields[8])
        return total

    def clear(self):
        for number in self.numbers:
            self.on(number, "rm", "-rf", "/srv/app")

    def down(self):
        subprocess.run([LAB, "down", self.folder], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)
