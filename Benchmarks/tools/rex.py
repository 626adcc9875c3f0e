"""Rex."""
import shutil
import subprocess

from tools.base import Tool


class Rex(Tool):
    """Rex with one process a host, which keeps one connection of OpenSSH for all steps."""

    @classmethod
    def missing(cls):
        if not shutil.which("rex"):
            return "Rex is not installed: the package rex of Debian"
        for module in ["Net::OpenSSH", "Net::SFTP::Foreign"]:
            if subprocess.run(["perl", f"-M{module}", "-e1"], capture_output=True, check=False).returncode:
                return f"Rex needs {module}"
        return None

    def _file(self, lines):
        """Writes the task and returns the command that runs it."""
        steps = "".join(f"  {line};\n" for line in lines)
        self.write("Rexfile", f"""use Rex -feature => ['1.4'];
set connection => 'OpenSSH';
user 'root';
private_key '{self.hosts.key}';
public_key '{self.hosts.key}.pub';
key_auth;
parallelism {self.hosts.count};
Rex::Config->set_exec_autodie(1);
group all => qw({' '.join(self.hosts.names)});
task 'job', group => 'all', sub {{
{steps}}};
1;
""")
        return ["rex", "-q", "-f", "Rexfile", "job"]

    def noop(self):
        return self._file(["run 'true'"])

    def ship(self, release):
        at = f"/srv/app/releases/{release}"
        quoted = [line.replace("\\", "\\\\").replace("'", "\\'") for line in self.job.commands(release)]
        return self.packed(*self._file([f"run 'mkdir -p {at}'", "upload 'tar', '/srv/app/tar'", f"run 'tar -xf /srv/app/tar -C {at}'",
                                        *(f"run '{line}'" for line in quoted)]))
