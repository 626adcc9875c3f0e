"""Capistrano."""
import shutil
import subprocess

from tools.base import Tool


def _ruby(program):
    return subprocess.run(["ruby", "-e", program], capture_output=True, check=False).returncode == 0


class Capistrano(Tool):
    """Capistrano with tasks of its own, on all hosts in parallel, with its pool of connections."""

    @classmethod
    def missing(cls):
        if not shutil.which("cap"):
            return "Capistrano is not installed: the package capistrano of Debian"
        for gem, package in [("ed25519", "ruby-ed25519"), ("bcrypt_pbkdf", "ruby-bcrypt-pbkdf")]:
            if not _ruby(f'require "{gem}"'):
                return f"Capistrano needs the package {package} for the keys of the hosts"
        return None

    @classmethod
    def exchange(cls):
        """The key exchange: curve25519 if Ruby has it, which no package of Debian gives it."""
        return "curve25519-sha256" if _ruby('require "x25519"') else "ecdh-sha2-nistp256"

    def _project(self, lines):
        steps = "".join(f"    {line}\n" for line in lines)
        # Without a plugin for sources, Capistrano would load the one for git.
        self.write("Capfile", """require "capistrano/setup"
require "capistrano/deploy"
require "capistrano/scm/plugin"
class Tar < Capistrano::SCM::Plugin
end
install_plugin Tar
""")
        self.write("config/deploy.rb", f"""set :format_options, log_file: nil, color: false
set :ssh_options, keys: ["{self.hosts.key}"], kex: ["{self.exchange()}"]
task :job do
  on roles(:all), in: :parallel do
{steps}  end
end
""")
        self.write("config/deploy/bench.rb", "".join(f'server "{name}", roles: %w[app]\n' for name in self.hosts.names))
        return ["cap", "bench", "job"]

    def noop(self):
        return self._project(['execute "true"'])

    def ship(self, release):
        at = f"/srv/app/releases/{release}"
        quoted = [line.replace("'", "\\'") for line in self.job.commands(release)]
        return self.packed(*self._project([
            f"execute 'mkdir -p {at}'", 'upload! "tar", "/srv/app/tar"', f"execute 'tar -xf /srv/app/tar -C {at}'",
            *(f"execute '{line}'" for line in quoted)]))
