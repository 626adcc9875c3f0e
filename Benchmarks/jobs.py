"""The jobs that all tools do, and the words of a host's shell in which they do them."""
from dataclasses import dataclass

KEPT = 5
LOUD = 500_000_000


@dataclass(frozen=True)
class Job:
    """What is deployed, and what happened before.

    A job without a shape only runs `true`. `second` says what changes before a second deployment, the one that is measured.
    """

    title: str
    shape: str | None = None
    second: str = ""
    hooks: int = 6
    loud: bool = False

    def hook(self, number):
        """The command of one hook."""
        line = f'echo "hook {number}" >>/srv/app/hooks.log'
        return f"{line}; yes 'a line of the output of a loud hook, as long as such lines are' | head -c {LOUD}" if self.loud else line

    def link(self, release):
        """Makes the shared folder and links it into the release."""
        return f"mkdir -p /srv/app/shared/log && ln -s ../../shared/log /srv/app/releases/{release}/log"

    def switch(self, release):
        """Makes the release current by one rename."""
        return f"ln -s releases/{release} /srv/app/current.new && mv -T /srv/app/current.new /srv/app/current"

    def commands(self, release):
        """Everything that a host does when it has the files, in order."""
        return [
            self.link(release), *(self.hook(number) for number in range(1, self.hooks + 1)), self.switch(release),
            "test -f /srv/app/current/REVISION", f"ls -1d /srv/app/releases/* | sort | head -n -{KEPT} | xargs -r rm -rf"]


JOBS = {
    "noop": Job("connect and run `true`"),
    "S": Job("first deployment, 200 files, 2 MB", "S"),
    "L": Job("first deployment, 3,000 files, 60 MB", "L"),
    "big": Job("first deployment, one file of 200 MB", "big"),
    "Sdelta": Job("second deployment, 1 % of 200 files changed", "S", "delta"),
    "Ldelta": Job("second deployment, 1 % of 3,000 files changed", "L", "delta"),
    "bigdelta": Job("second deployment, one byte of a file of 200 MB changed", "big", "byte"),
    "again": Job("the same again, nothing changed", "S", "again"),
    "hooks": Job("first deployment, one small file, five short hooks", "tiny", hooks=5),
    "loud": Job("first deployment, one small file, a hook that prints 500 MB", "tiny", hooks=1, loud=True),
}
