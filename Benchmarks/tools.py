"""The same job, once for each tool: the argv of one run, and the files it needs beside it.

The job: send the release to /srv/app/releases/ID, link the shared folder log/, run six short hooks, make it current by one rename, ask it
whether it is there, keep five releases.
"""
import os
import shutil
import subprocess
import sys

HOOKS = 6
KEPT = 5
STEPS = f"""
release=/srv/app/releases/$1
mkdir -p /srv/app/shared/log
ln -s ../../shared/log "$release/log"
for hook in $(seq {HOOKS}); do echo "hook $hook" >>/srv/app/hooks.log; done
ln -s "releases/$1" /srv/app/current.new && mv -T /srv/app/current.new /srv/app/current
test -f /srv/app/current/REVISION
ls -1d /srv/app/releases/* | sort | head -n -{KEPT} | xargs -r rm -rf
"""


class Tool:
    """What all tools have: a folder of their own, and a number for each release."""

    def __init__(self, folder, hosts, payload):
        self.folder, self.hosts, self.payload, self.release = folder, hosts, payload, 1000
        os.makedirs(folder, exist_ok=True)

    @classmethod
    def missing(cls):
        """Why the tool cannot be measured here, or None."""
        return None

    def env(self):
        return {}

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w") as file:
            file.write(text)

    def clear(self):
        """Forgets what earlier deployments left on this side."""

    def deploy(self):
        self.release += 1
        return self.job(f"r{self.release}")


class Floor(Tool):
    """One ssh a host: a tar on its input, one shell that does the rest."""

    def noop(self):
        self.write("noop.sh", 'echo "$@" | tr " " "\\n" | xargs -P "$#" -I{} ssh -n {} true\n')
        return ["sh", "noop.sh", *self.hosts.names]

    def job(self, release):
        self.write("steps", f"set -e\nset -- {release}\nmkdir -p /srv/app/releases/$1\ntar -xf - -C /srv/app/releases/$1\n{STEPS}")
        self.write("deploy.sh", 'set -e\ntar -cf tar -C "$PAYLOAD" .\n'
                   'echo "$@" | tr " " "\\n" | xargs -P "$#" -I{} sh -c \'exec ssh {} "$(cat steps)" <tar\'\n')
        return ["sh", "deploy.sh", *self.hosts.names]

    def env(self):
        return {"PAYLOAD": self.payload}


class Rsync(Tool):
    """rsync against the current release with hard links, then one ssh for the steps."""

    @classmethod
    def missing(cls):
        return None if shutil.which("rsync") else "rsync is not installed"

    def noop(self):
        return None

    def job(self, release):
        self.write("steps", f"set -e\nset -- {release}\n{STEPS}")
        self.write("one.sh", 'set -e\nssh -n "$1" mkdir -p /srv/app/releases\n'
                   f'rsync -a --exclude=/log --link-dest=/srv/app/current/ "$PAYLOAD/" "$1:/srv/app/releases/{release}/"\n'
                   'exec ssh -n "$1" "$(cat steps)"\n')
        self.write("deploy.sh", 'echo "$@" | tr " " "\\n" | xargs -P "$#" -I{} sh one.sh {}\n')
        return ["sh", "deploy.sh", *self.hosts.names]

    def env(self):
        return {"PAYLOAD": self.payload}


class Fabric(Tool):
    """Fabric's group of threads: one connection a host, a command for each step."""

    python = os.environ.get("BENCH_FABRIC", sys.executable)

    @classmethod
    def missing(cls):
        there = subprocess.run([cls.python, "-c", "import fabric"], capture_output=True).returncode == 0
        return None if there else "Fabric is not installed: BENCH_FABRIC names a Python that has it"

    def _script(self, body):
        self.write("job.py", f"""import subprocess
from fabric import Config, ThreadingGroup
config = Config(runtime_ssh_path="/etc/ssh/ssh_config", overrides={{"run": {{"hide": True}}}})
group = ThreadingGroup(*{self.hosts.names!r}, config=config, connect_kwargs={{"key_filename": "{self.hosts.folder}/ssh/id"}})
{body}
group.close()
""")
        return [self.python, "job.py"]

    def noop(self):
        return self._script('group.run("true")')

    def job(self, release):
        at = f"/srv/app/releases/{release}"
        lines = [
            f'subprocess.run(["tar", "-cf", "tar", "-C", {self.payload!r}, "."], check=True)',
            f'group.run("mkdir -p {at} /srv/app/shared/log")', 'group.put("tar", "/srv/app/tar")',
            f'group.run("tar -xf /srv/app/tar -C {at}")', f'group.run("ln -s ../../shared/log {at}/log")']
        lines += [f'group.run("echo hook {hook} >>/srv/app/hooks.log")' for hook in range(HOOKS)]
        lines += [
            f'group.run("ln -s releases/{release} /srv/app/current.new && mv -T /srv/app/current.new /srv/app/current")',
            'group.run("test -f /srv/app/current/REVISION")',
            f'group.run("ls -1d /srv/app/releases/* | sort | head -n -{KEPT} | xargs -r rm -rf")']
        return self._script("\n".join(lines))


class Lander(Tool):
    """This project, with its journal, locks, receipts and verification."""

    program = os.environ.get("BENCH_LANDER", "lander")
    reuse = "copy"

    def _recipe(self):
        names = ", ".join(f'"{name}"' for name in self.hosts.names)
        self.write("deploy.lua", f"""group "fleet" {{ hosts = {{ {names} }} }}
recipe "app" {{
  api = 1, revision = bundle {{ from = "{self.payload}" }}, targets = group "fleet", path = "/srv/app",
  shared = {{ "log/" }}, keep = {KEPT}, reuse = "{self.reuse}",
  stages = {{ stage.upload, stage.rollout {{ strategy = all_at_once }} }},
  on = {{
    AfterInstall = function(host)
      for hook = 1, {HOOKS} do host:run("echo hook " .. hook .. " >>/srv/app/hooks.log") end
    end,
    ValidateService = function(host) host:run "test -f /srv/app/current/REVISION" end,
  }},
}}
""")

    def clear(self):
        shutil.rmtree(f"{self.folder}/.lander", ignore_errors=True)

    def noop(self):
        self._recipe()
        return [self.program, "exec", "fleet", "--", "true"]

    def job(self, release):
        self._recipe()
        return [self.program, "deploy"]


class LanderLink(Lander):
    """The same with `reuse = "link"`, as rsync does with --link-dest."""

    reuse = "link"


TOOLS = {"floor": Floor, "rsync": Rsync, "fabric": Fabric, "lander": Lander, "lander-link": LanderLink}
