"""Whether every host has what was deployed: a figure of a run that is wrong is none."""
import hashlib
import os


def _tree(folder):
    sums = {}
    for at, folders, names in os.walk(folder):
        for name in names:
            with open(os.path.join(at, name), "rb") as file:
                sums[os.path.relpath(os.path.join(at, name), folder)] = hashlib.sha256(file.read()).hexdigest()
    return sums


def wrong(hosts, payload, hooks, kept):
    """None, or the first thing that is not as it should be. Hooks: lines that they wrote so far; kept: the most releases."""
    want = _tree(payload)
    for number in hosts.numbers:
        text = hosts.on(number, "sh", "-c", "cd /srv/app/current/ && find . -type f ! -path './log/*' -exec sha256sum {} +")
        have = {line[66:].removeprefix("./"): line[:64] for line in text.splitlines()}
        if have != want:
            odd = sorted(set(have.items()) ^ set(want.items()))[0]
            return f"h{number}: {len(have)} files where {len(want)} belong; {odd[0]} differs"
        lines = int(hosts.on(number, "sh", "-c", "cat /srv/app/hooks.log 2>/dev/null | wc -l"))
        if lines != hooks:
            return f"h{number}: hooks wrote {lines} lines, not {hooks}"
        if hosts.on(number, "sh", "-c", "readlink /srv/app/current/log").strip() == "":
            return f"h{number}: the shared folder is no link"
        releases = int(hosts.on(number, "sh", "-c", "ls /srv/app/releases | wc -l"))
        if releases > kept:
            return f"h{number}: {releases} releases, not {kept}"
    return None
