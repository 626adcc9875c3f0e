"""Ansible, with its own connections and with those of mitogen."""
import glob
import json
import shutil

from tools.base import Tool

PYTHON = "/usr/bin/python3"


class Ansible(Tool):
    """A playbook with pipelining and a fork for each host; facts are not gathered."""

    strategy = "linear"

    @classmethod
    def missing(cls):
        return None if shutil.which("ansible-playbook") else "Ansible is not installed: the package ansible-core of Debian"

    def env(self):
        return {
            **super().env(), "ANSIBLE_FORKS": str(self.hosts.count), "ANSIBLE_PIPELINING": "True", "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_HOME": self.folder, "ANSIBLE_LOCAL_TEMP": f"{self.folder}/tmp", "ANSIBLE_SSH_CONTROL_PATH_DIR": f"{self.folder}/cp",
            "ANSIBLE_STRATEGY": self.strategy, "ANSIBLE_DEPRECATION_WARNINGS": "False", "LC_ALL": "C.UTF-8"}

    def clear(self):
        shutil.rmtree(f"{self.folder}/cp", ignore_errors=True)

    def _play(self, tasks):
        host = f"ansible_python_interpreter={PYTHON} ansible_ssh_private_key_file={self.hosts.key}"
        self.write("hosts.ini", "".join(f"{name} {host}\n" for name in self.hosts.names))
        # JSON is YAML as well.
        self.write("job.yml", json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}], indent=1))
        return ["ansible-playbook", "-i", "hosts.ini", "job.yml"]

    def noop(self):
        return self._play([{"raw": "true"}])

    def ship(self, release):
        at = f"/srv/app/releases/{release}"
        return self.packed(*self._play([
            {"file": {"path": at, "state": "directory"}}, {"copy": {"src": "tar", "dest": "/srv/app/tar"}},
            # Faster than the module unarchive, which compares all files before.
            {"command": f"tar -xf /srv/app/tar -C {at}"},
            *({"shell": line} for line in self.job.commands(release))]))


class Mitogen(Ansible):
    """The same playbook with the strategy of mitogen, which keeps one Python running on each host."""

    strategy = "mitogen_linear"
    plugins = "/usr/lib/python3/dist-packages/ansible_mitogen/plugins/strategy"

    @classmethod
    def missing(cls):
        if reason := super().missing():
            return reason
        return None if glob.glob(f"{cls.plugins}/mitogen_linear.py") else "mitogen is not installed: the package ansible-mitogen of Debian"

    def env(self):
        return {**super().env(), "ANSIBLE_STRATEGY_PLUGINS": self.plugins}
