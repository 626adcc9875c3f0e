"""This project."""
import os
import shutil

from jobs import KEPT
from tools.base import Tool


class Lander(Tool):
    """Lander with its journal, locks, receipts and verification."""

    loud = True
    program = os.environ.get("BENCH_LANDER", "lander")
    reuse = "copy"

    @classmethod
    def missing(cls):
        return None if shutil.which(cls.program) else f"{cls.program} is no program: BENCH_LANDER names a release build"

    def _recipe(self):
        names = ", ".join(f'"{name}"' for name in self.hosts.names)
        hooks = "\n".join(f"      host:run [[{self.job.hook(number)}]]" for number in range(1, self.job.hooks + 1))
        self.write("deploy.lua", f"""group "fleet" {{ hosts = {{ {names} }} }}
recipe "app" {{
  api = 1, revision = bundle {{ from = "{self.payload}" }}, targets = group "fleet", path = "/srv/app",
  shared = {{ "log/" }}, keep = {KEPT}, reuse = "{self.reuse}",
  stages = {{ stage.upload, stage.rollout {{ strategy = all_at_once }} }},
  on = {{
    AfterInstall = function(host)
{hooks}
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

    def ship(self, release):
        self._recipe()
        return [self.program, "deploy"]


class LanderLink(Lander):
    """The same with `reuse = "link"`, as rsync does with --link-dest."""

    loud = False
    reuse = "link"
