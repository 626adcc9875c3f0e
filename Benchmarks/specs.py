"""How long lander test needs for many specs: 1,000 tests, each in fresh states that read a recipe of 100 lines and roll it out to 10 hosts.

scripts/bench-specs [--lander PROGRAM] [--tests N] [--runs N]. It needs no root and reaches no host. LANDER must be a release build: in a
debug build most of the time is that of checks that a release does not have.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HOOKS = ["ApplicationStop", "BeforeInstall", "AfterInstall", "ApplicationStart"]
WAVES = ", ".join(f'"wave {number}"' for number in range(1, 6))


def recipe():
    """A recipe of 100 lines for 10 hosts, in 5 waves."""
    lines = ['group "all" { hosts = { "web[1-10]" } }', 'recipe "web" {']
    lines += ['  path = "/srv/web", targets = group "all", revision = bundle { from = "dist" },', "  strategy = rolling { batch = 2 },"]
    lines += ["  params = {"] + [f"    p{i} = param.integer {{ default = {i}, min = 0 }}," for i in range(10)] + ["  },", "  on = {"]
    for hook in HOOKS:
        command = f'      host:run {{ "bin/{hook}", tostring(deployment.params.p1) }}'
        lines += [f"    {hook} = function(host, deployment)", command, "    end,"]
    lines += ['    ValidateService = function(host) host:wait_for { port = 80, timeout = "30s" } end,', "  },", "}"]
    lines += [f"local function helper{i}(x) return x + {i} end" for i in range(100 - len(lines))]
    return lines


def project(folder, tests, body):
    """Writes the recipe, and its tests in files of 50."""
    os.makedirs(folder + "/spec")
    with open(folder + "/deploy.lua", "w", encoding="utf-8") as file:
        file.write("\n".join(recipe()) + "\n")
    for first in range(0, tests, 50):
        titles = range(first, min(first + 50, tests))
        with open(f"{folder}/spec/part{first}_spec.lua", "w", encoding="utf-8") as file:
            file.writelines(f'it("test {i}", function(t) {body}:decides {{ {WAVES} }} end)\n' for i in titles)


def run(program, folder):
    """Returns the seconds that passed and those of the processor; ends the benchmark if a test fails."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    ended = subprocess.run([program, "test", "-C", folder], capture_output=True, text=True, check=False)
    passed, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode != 0:
        sys.exit(ended.stdout[-2000:] + ended.stderr[-2000:])
    return passed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lander", required=True, help="the program: a release build")
    parser.add_argument("--tests", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    bodies = {"t:deploy": 't:deploy("web")', "t:strategy": 't:strategy("rolling", { batch = 2 }, { hosts = 10 })'}
    print(f"{asked.tests} tests, median of {asked.runs} runs, {os.cpu_count()} processors")
    for word, body in bodies.items():
        with tempfile.TemporaryDirectory() as folder:
            project(folder + "/project", asked.tests, body)
            times = [run(asked.lander, folder + "/project") for _ in range(asked.runs)]
        wall, used = (statistics.median(column) for column in zip(*times))
        print(f"{word:12} {wall:6.2f} s, {used:6.2f} s of processors, {used / asked.tests * 1000:.1f} ms each")


if __name__ == "__main__":
    main()
