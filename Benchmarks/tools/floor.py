"""The floor: what has to be done, in the fewest steps."""
from tools.base import Tool


class Floor(Tool):
    """For each host, one ssh with a tar on its input, and one shell that does the rest."""

    loud = True
    after = []

    def noop(self):
        self.write("noop.sh", 'echo "$@" | tr " " "\\n" | xargs -P "$#" -I{} ssh -n {} true\n')
        return ["sh", "noop.sh", *self.hosts.names]

    def ship(self, release):
        at = f"/srv/app/releases/{release}"
        unpack = [f"mkdir -p {at}", f"tar -xf - -C {at}", *(line.format(at=at) for line in self.after)]
        self.write("steps", "\n".join(["set -e", *unpack, *self.job.commands(release), ""]))
        self.write("deploy.sh", 'set -e\ntar -cf tar -C "$PAYLOAD" .\n'
                   'echo "$@" | tr " " "\\n" | xargs -P "$#" -I{} sh -c \'exec ssh {} "$(cat steps)" <tar >/dev/null\'\n')
        return ["sh", "deploy.sh", *self.hosts.names]


class FloorVerify(Floor):
    """The same, and the host also reads every file for its digest and syncs the disk of the release."""

    loud = False
    after = ["find {at} -type f -exec sha256sum {{}} + >/tmp/sums", "sync -f {at}"]

    def noop(self):
        return None
