"""rsync with what the hosts have already."""
import shutil

from tools.base import Tool


class Rsync(Tool):
    """rsync against the current release with hard links, then one ssh for the rest."""

    option = "--link-dest"

    @classmethod
    def missing(cls):
        return None if shutil.which("rsync") else "rsync is not installed"

    def ship(self, release):
        self.write("steps", "\n".join(["set -e", *self.job.commands(release), ""]))
        self.write("one.sh", 'set -e\nssh -n "$1" mkdir -p /srv/app/releases\n'
                   f'rsync -a --exclude=/log {self.option}=/srv/app/current/ "$PAYLOAD/" "$1:/srv/app/releases/{release}/"\n'
                   'exec ssh -n "$1" "$(cat steps)"\n')
        self.write("deploy.sh", 'echo "$@" | tr " " "\\n" | xargs -P "$#" -I{} sh one.sh {}\n')
        return ["sh", "deploy.sh", *self.hosts.names]


class RsyncCopy(Rsync):
    """The same with copies instead of hard links, so that a release shares no file with another."""

    option = "--copy-dest"
