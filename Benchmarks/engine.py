"""What the engine needs by itself: for rehearsals and plans of large fleets, for its journal, and to start.

scripts/bench-engine [--lander PROGRAM] [--runs N] [--large] [--out FILE]. It needs no root and reaches no host. LANDER must be a release
build. Figures are medians of the runs; `scripts/bench --report FILE` writes them beside the targets.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import journal

# Six hooks, and six operations of Lander's own: an operation more for each hook makes 12 for each host.
HOOKS = 6
RANGE = 10_000


def project(folder, hosts):
    """Writes a recipe with rolling waves of 5 % for so many hosts, in ranges as large as Lander takes them."""
    os.makedirs(f"{folder}/dist")
    ranges = ", ".join(f'"h[{first}-{min(first + RANGE - 1, hosts)}]"' for first in range(1, hosts + 1, RANGE))
    with open(f"{folder}/dist/file", "w", encoding="utf-8") as file:
        file.write("1\n")
    with open(f"{folder}/deploy.lua", "w", encoding="utf-8") as file:
        file.write(f"""group "all" {{ hosts = {{ {ranges} }} }}
recipe "web" {{
  api = 1, path = "/srv/web", targets = group "all", revision = bundle {{ from = "dist" }}, strategy = rolling {{ batch = "5%" }},
  on = {{
    AfterInstall = function(host) for hook = 1, {HOOKS - 1} do host:run("true " .. hook) end end,
    ValidateService = function(host) host:run "true" end,
  }},
}}
""")


def run(command, folder):
    """The figures of one run, and what it printed. `error` is the last line, if it failed."""
    begin = time.monotonic()
    with open(f"{folder}/out", "wb") as out, open(f"{folder}/err", "wb") as err:
        child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    with open(f"{folder}/out", encoding="utf-8") as file:
        text = file.read()
    # Linux counts the largest memory in KiB.
    figures = {"wall": time.monotonic() - begin, "cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss * 1024}
    if child.returncode:
        said = json.loads(text).get("message", "") if text.startswith("{") else text[-200:]
        figures["error"] = f"ended with {child.returncode}: {said}"
    return figures, text


def measure(name, title, command, runs, hosts=0):
    """The medians of some runs of a command, in a project of so many hosts."""
    with tempfile.TemporaryDirectory(prefix="lander-bench.") as folder:
        project(folder, hosts or 1)
        found = [run(command, folder) for _ in range(runs)]
    row = {"engine": name, "title": title, "runs": runs}
    if bad := next((figures["error"] for figures, _ in found if "error" in figures), None):
        return {**row, "error": bad}
    row |= {key: statistics.median(figures[key] for figures, _ in found) for key in found[0][0]}
    if name.startswith("rehearse"):
        events = json.loads(found[0][1])["result"]["events"]
        each = row["cpu"] / events
        row |= {"operation": each, "more": f"{events / hosts:.0f} operations a host, {each * 1e6:.1f} µs each"}
    return row


def rows(lander, runs, large):
    """Yields the figures of everything, as they come."""
    for count, times in [(10_000, runs)] + [(100_000, 1)] * large:
        label = "rehearse" if count == 10_000 else f"rehearse {count}"
        yield measure(label, f"`lander rehearse`, {count:,} hosts", [lander, "rehearse", "--hosts", str(count), "--json"], times, count)
    for count, times in [(50, runs), (10_000, runs), (50_000, large), (100_000, 1)]:
        if times:
            yield measure(f"plan {count}", f"`lander plan`, {count:,} hosts", [lander, "plan", "--json"], int(times), count)
    yield measure("version", "`lander --version`", [lander, "--version"], runs)
    yield measure("list", "`lander list`", [lander, "list"], runs)
    yield journal.measure(lander, runs)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench-engine", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lander", required=True, help="the program: a release build")
    parser.add_argument("--runs", type=int, default=3, help="how often everything runs (standard: 3)")
    parser.add_argument("--large", action="store_true", help="rehearse 100,000 hosts too, and plan 50,000: minutes, and 3 GB of memory")
    parser.add_argument("--out", default="", help="where figures are added, a line of JSON for each")
    asked = parser.parse_args()
    if asked.runs < 1:
        sys.exit("bench-engine: --runs is at least 1")
    for row in rows(os.path.abspath(asked.lander), asked.runs, asked.large):
        known = [f"{row[key]:.3f} s {word}" for key, word in [("wall", "wall"), ("cpu", "CPU")] if key in row]
        known += [f"{row[key] / 1e6:.0f} MB" for key in ["memory"] if key in row]
        known += [row[key] for key in ["more"] if key in row]
        print(f"{row['title']}: {row.get('error') or ', '.join(known)}", flush=True)
        if asked.out:
            with open(asked.out, "a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
