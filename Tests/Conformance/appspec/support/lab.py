#!/usr/bin/env python3
"""Runs the cases of this folder with `lander deploy` over SSH, on hosts of a lab, and compares what can be compared.

    lab.py --lander PATH --tool Tests/Lab/lab --lab FOLDER --hosts N [CASE...]

Judged as README.md says: whether the step succeeds, the failing event and script, the events that have scripts and their order, the tree
and the trace. What differs because hosts are reached and nobody stands on them is translated (`translated`); a bundle that `lander deploy`
refuses before it starts has to leave the host as it was, and to name the recorded error.
"""
import argparse, json, os, pwd, queue, shlex, subprocess, sys, threading
import harness

GROUP = harness.GROUP
# Cases that end otherwise with `lander deploy`, and why.
LEFT_OUT = {}


class LabCase(harness.Case):
    def __init__(self, name, lab, number):
        super().__init__(name)
        self.lab, self.number = lab, number
        self.view = "/proc/%s/root" % lab.call("pid", number).stdout.strip()
        self.path = os.path.join(self.work, "app")
        self.root = os.path.join(self.path, "appspec")
        self.project = os.path.join(self.work, "project")
        os.mkdir(self.project)
        self.on_host("mkdir -p -- %s && chmod 755 %s && : >%s && chmod 666 %s" % tuple(
            shlex.quote(x) for x in (self.dest, self.work, self.trace, self.trace)))

    def on_host(self, line, stdin=None):
        return self.lab.call("host", self.number, "sh", "-c", line, stdin=stdin)

    def sh(self, script, cwd, **more):
        if script == "prepare.sh":
            return super().sh(script, cwd, **more)
        path = os.path.join(self.dir, script)
        if os.path.exists(path):
            words = ["%s=%s" % x for x in self.env(**more).items()]
            with open(path, encoding="utf-8") as f:
                self.on_host("cd %s && umask 022 && exec env -i %s bash -eu -s" % (
                    shlex.quote(cwd), " ".join(map(shlex.quote, words))), stdin=f.read())

    def make_user(self, name):
        self.on_host("id %s >/dev/null 2>&1 || useradd -M -U -s /bin/sh %s" % (name, name))

    def name_in(self, file, number):
        with open(self.view + file, encoding="utf-8") as f:
            return next((x.split(":")[0] for x in f if x.split(":")[2] == str(number)), str(number))

    def user(self, uid):
        return self.name_in("/etc/passwd", uid)

    def group(self, gid):
        return self.name_in("/etc/group", gid)

    def bundle(self, step):
        """Modes of a folder are cut as the local program cuts them; `lander deploy` leaves them as they are, as archives have them."""
        path = super().bundle(step)
        if os.path.isdir(path):
            subprocess.run(["chmod", "-R", "go-w", path], check=True)
        return path

    def recipe(self, step, path):
        behavior = step.get("file-exists-behavior", "DISALLOW").lower()
        return """
local appspec = require "recipes.appspec"
group "%s" { hosts = { "h%d" } }
recipe "app" {
  base = appspec { bundle = "%s", file = "%s", file_exists = "%s", restore = false },
  path = "%s", targets = group "%s", keep = %d,
}
""" % (step.get("group", GROUP), self.number, path, step.get("appspec-filename", "appspec.yml"), behavior, self.path,
            step.get("group", GROUP), self.spec.get("max_revisions", 5))

    def run_tool(self, tool, step, path):
        with open(os.path.join(self.project, "deploy.lua"), "w", encoding="utf-8") as f:
            f.write(self.recipe(step, path))
        before = self.tree()
        done = self.lab.engine(self.project, self.env(), ["deploy", "--output", "ndjson"])
        result = {"exit": done.returncode, "events": [], "error": None, "before": before, "said": done.stdout + done.stderr}
        for line in done.stdout.splitlines():
            entry = json.loads(line)
            if entry["type"] == "planned":
                self.deployments.append(entry["deployment"])
            if entry["type"] == "event_ended" and not result["error"]:
                result["events"].append(entry["event"])
                if "error" in entry:
                    result["error"] = {"event": entry["event"], "message": entry["error"]["message"]}
        return result

    def close(self):
        self.on_host("rm -rf -- " + shlex.quote(self.work))
        super().close()


def translated(lines):
    """What scripts see, where the recorded one is the local program's."""
    known = {"APPLICATION_NAME=@BUNDLES@/v1": "APPLICATION_NAME=app", "APPLICATION_NAME=@BUNDLES@/v2": "APPLICATION_NAME=app",
             "DEPLOYMENT_GROUP_NAME=LocalFleet": "DEPLOYMENT_GROUP_NAME=" + GROUP,
             "event=AfterInstall mark=inherited group=LocalFleet": "event=AfterInstall mark= group=" + GROUP,
             # Nobody's variables reach a host, and nobody stands in a folder there.
             "CONFORMANCE_MARK=inherited": "CONFORMANCE_MARK unset", "PWD=@WORK@": "PWD=/"}
    # Who logs in has a name and a shell.
    return [known.get(x, "user-env=root logname=root shell=" + pwd.getpwuid(0).pw_shell if x.startswith("user-env= ") else x) for x in lines]


def refused(want, got):
    """Differences of a step that was refused before it started."""
    category = (want["error"] or {}).get("category")
    if not category:
        return ["refused, and was to succeed: " + got["said"]]
    known = category in got["said"] or category == "bundle-invalid" and "archive" in got["said"]
    return ([] if known else ["refused for another reason than %s: %s" % (category, got["said"])]) + (
        harness.differences(got["before"], got["tree"], ".tree") + harness.differences([], got["trace"], ".trace"))


def plain(tree, step):
    """Owners and times of a tar's members are not carried to hosts."""
    owned = any(x.startswith("--owner=") for x in step.get("tar_options", []))
    return [{k: v for k, v in row.items() if k not in ("owner", "group", "mtime")} for row in tree] if owned else tree


def differences(want, got, step):
    if got["exit"] == 2 or got["exit"] and not got["events"]:
        return refused(want, got)
    found = []
    if (want["exit"] == 0) != (got["exit"] == 0):
        found.append("exit %d: %s" % (got["exit"], got["said"]))
    error, own = want["error"] or {}, got["error"] or {}
    if error.get("event") != own.get("event") or error.get("script", "") not in own.get("message", ""):
        found.append("expected error %s, got %s" % (error, own))
    scripted = [x["event"] for x in want["events"] if x["scripts"]]
    found += harness.differences(scripted, [x for x in got["events"] if x in scripted], ".events")
    found += harness.differences(plain(want["tree"], step), plain(got["tree"], step), ".tree")
    return found + harness.differences(translated(want["trace"]), got["trace"], ".trace")


class Lab:
    def __init__(self, options):
        self.options = options

    def call(self, word, *rest, stdin=None):
        return subprocess.run([self.options.tool, word, self.options.lab] + [str(x) for x in rest], input=stdin, text=True,
                              capture_output=stdin is None and word == "pid", check=True,
                              **({} if stdin is not None or word == "pid" else {"stdin": subprocess.DEVNULL}))

    def engine(self, folder, env, words):
        if "LANDER_HOME" in os.environ:
            env["LANDER_HOME"] = os.environ["LANDER_HOME"]
        return subprocess.run([self.options.tool, "engine", self.options.lab, self.options.lander] + words, cwd=folder, env=env,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")

    def judge(self, name, number):
        case = LabCase(name, self, number)
        try:
            got = case.run(lambda case, step, path: case.run_tool(None, step, path))
        finally:
            case.close()
        with open(os.path.join(harness.CASES, name, "expected.json"), encoding="utf-8") as f:
            want = json.load(f)
        found = []
        for n, (a, b) in enumerate(zip(want["steps"], got["steps"])):
            found += ["step %d: %s" % (n + 1, x) for x in differences(a, b, case.spec["steps"][n])]
        return found


def main():
    ap = argparse.ArgumentParser()
    for name in ("lander", "tool", "lab"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("--hosts", type=int, default=1)
    ap.add_argument("cases", nargs="*")
    options = ap.parse_args()
    options.lander = os.path.abspath(options.lander)
    lab, waiting, found = Lab(options), queue.Queue(), {}
    names = options.cases or sorted(x for x in os.listdir(harness.CASES) if x not in LEFT_OUT)
    for name in names:
        waiting.put(name)

    def work(number):
        while True:
            try:
                name = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                found[name] = lab.judge(name, number)
            except Exception as error:
                found[name] = ["%s: %s" % (type(error).__name__, error)]

    workers = [threading.Thread(target=work, args=(k,)) for k in range(1, options.hosts + 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for name in names:
        print("%s %s" % ("FAIL" if found[name] else "ok  ", name))
        for line in found[name]:
            print("      " + line)
    for name, reason in LEFT_OUT.items():
        if not options.cases:
            print("left out: %s: %s" % (name, reason))
    bad = sum(1 for x in found.values() if x)
    print("%d cases over SSH, %d failed" % (len(names), bad))
    sys.exit(1 if bad or not names else 0)


if __name__ == "__main__":
    main()
