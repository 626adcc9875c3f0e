"""What all tools have in common."""
import os


class Tool:
    """A tool with a folder of its own. `noop` and `ship` return the argv of one run, or None if the job is nothing for the tool."""

    # Whether the tool can run a hook that prints 500 MB without filling the memory of this machine.
    loud = False

    def __init__(self, folder, hosts, payload, job):
        self.folder, self.hosts, self.payload, self.job, self.release = folder, hosts, payload, job, 1000
        os.makedirs(folder, exist_ok=True)

    @classmethod
    def missing(cls):
        """Why the tool cannot be measured here, or None."""
        return None

    def env(self):
        """The variables of the environment that a run needs."""
        return {"PAYLOAD": self.payload}

    def write(self, name, text):
        """Writes a file of the tool's folder."""
        path = f"{self.folder}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def clear(self):
        """Forgets what earlier deployments left on this side."""

    def noop(self):
        """Connects to every host and runs `true`."""
        return None

    def deploy(self):
        """Deploys the payload as a release with a new name."""
        self.release += 1
        return self.ship(f"r{self.release}")

    def packed(self, *command):
        """The command, after the payload was packed into the file `tar`."""
        return ["sh", "-c", 'tar -cf tar -C "$PAYLOAD" . && exec "$@"', "packed", *command]

    def ship(self, release):
        """Deploys the payload as this release."""
        raise NotImplementedError
