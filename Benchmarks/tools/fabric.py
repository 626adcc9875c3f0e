"""Fabric."""
import os
import subprocess
import sys

from tools.base import Tool


class Fabric(Tool):
    """Fabric's group of threads: one connection a host, a command for each step."""

    python = os.environ.get("BENCH_FABRIC", sys.executable)

    @classmethod
    def missing(cls):
        there = subprocess.run([cls.python, "-c", "import fabric"], capture_output=True, check=False).returncode == 0
        return None if there else "Fabric is not installed: BENCH_FABRIC names a Python that has it"

    def _script(self, lines):
        self.write("job.py", "\n".join([
            "import os", "import subprocess", "from fabric import Config, ThreadingGroup",
            'config = Config(runtime_ssh_path="/etc/ssh/ssh_config", overrides={"run": {"hide": True}})',
            f"group = ThreadingGroup(*{self.hosts.names!r}, config=config, connect_kwargs={{'key_filename': [{self.hosts.key!r}]}})",
            *lines, "group.close()", ""]))
        return [self.python, "job.py"]

    def noop(self):
        return self._script(['group.run("true")'])

    def ship(self, release):
        at = f"/srv/app/releases/{release}"
        return self._script([
            'subprocess.run(["tar", "-cf", "tar", "-C", os.environ["PAYLOAD"], "."], check=True)', f'group.run("mkdir -p {at}")',
            'group.put("tar", "/srv/app/tar")', f'group.run("tar -xf /srv/app/tar -C {at}")',
            *(f"group.run({line!r})" for line in self.job.commands(release))])
