"""What the journal costs: a deployment to local hosts, once by itself, once with many lines of a log, and once under strace."""
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time

HOSTS = 10
LINES = 2000
CALL = re.compile(r"(fsync|fdatasync|pwrite64)\(\d+<[^>]*journal\.sqlite[^>]*>.* <([0-9.]+)>$")


def _project(folder, lines):
    os.makedirs(f"{folder}/dist", exist_ok=True)
    for name in [".lander", "hosts"]:
        shutil.rmtree(f"{folder}/{name}", ignore_errors=True)
    with open(f"{folder}/dist/file", "w", encoding="utf-8") as file:
        file.write("1\n")
    with open(f"{folder}/deploy.lua", "w", encoding="utf-8") as file:
        file.write(f"""local hosts = {{}}
for i = 1, {HOSTS} do hosts[i] = host("h" .. i) {{ transport = "local", root = "{folder}/hosts/h" .. i }} end
group "all" {{ hosts = hosts }}
recipe "app" {{
  api = 1, revision = bundle {{ from = "dist" }}, targets = group "all", path = "/srv/app",
  stages = {{ stage.upload, stage.rollout {{ strategy = all_at_once }} }},
  on = {{ AfterInstall = function(host)
    for hook = 1, 6 do host:run("true " .. hook) end
    for line = 1, {lines} do log("line " .. line) end
  end }},
}}
""")


def _entries(folder):
    """The number of entries of the journal, and of those that are outside events: the turns of the engine."""
    with sqlite3.connect(f"{folder}/.lander/journal.sqlite") as database:
        payloads = [bytes(payload) for payload, in database.execute("SELECT payload FROM entries")]
    return len(payloads), sum(b'"happened"' in payload for payload in payloads)


def _deploy(lander, folder, lines, before=()):
    """Wall time, the engine's own CPU time without that of hosts and of other programs, entries and turns."""
    _project(folder, lines)
    begin = time.monotonic()
    with open(f"{folder}/log", "wb") as log:
        child = subprocess.Popen([*before, lander, "deploy"], cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        wall = time.monotonic() - begin
        with open(f"/proc/{child.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    if child.wait():
        with open(f"{folder}/log", encoding="utf-8", errors="replace") as log:
            raise RuntimeError(log.read()[-500:])
    return wall, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), *_entries(folder)


def _traced(lander, folder):
    """The syncs and the seconds in calls on the journal's files, and the number of turns."""
    trace = f"{folder}/trace"
    calls = ["strace", "-f", "--seccomp-bpf", "-yy", "-T", "-s", "0", "-e", "trace=fsync,fdatasync,pwrite64", "-o", trace]
    _, _, _, turns = _deploy(lander, folder, 0, calls)
    with open(trace, encoding="utf-8", errors="replace") as file:
        found = [match.groups() for match in map(CALL.search, file) if match]
    return sum(name != "pwrite64" for name, _ in found), sum(float(seconds) for _, seconds in found), turns


def measure(lander, runs):
    """A row for the report."""
    row = {"engine": "journal", "title": f"the journal of a deployment to {HOSTS} local hosts", "runs": runs}
    if not shutil.which("strace"):
        return {**row, "error": "strace is not installed"}
    with tempfile.TemporaryDirectory(prefix="lander-bench.") as folder:
        try:
            plain, wordy = ([_deploy(lander, folder, lines) for _ in range(runs)] for lines in (0, LINES))
            syncs, seconds, turns = _traced(lander, folder)
        except RuntimeError as error:
            return {**row, "error": str(error)}
    wall, entries = (statistics.median(run[at] for run in plain) for at in (0, 2))
    less, more = (statistics.median(run[1] for run in found) for found in (plain, wordy))
    entry = (more - less) / (wordy[0][2] - plain[0][2])
    share = seconds / wall
    return {**row, "wall": wall, "fsyncs": syncs / turns, "share": share, "entry": entry,
            "more": f"{entries:.0f} entries, {turns} turns, {syncs} fsyncs; calls on its files take {share * 100:.1f} % of the wall time; "
                    f"a line of the log costs {entry * 1e6:.1f} µs of CPU with its Lua and its report"}
