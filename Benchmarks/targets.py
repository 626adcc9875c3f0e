"""The targets, and whether the figures meet them."""
import statistics
from dataclasses import dataclass

from jobs import JOBS
from tools import PEERS

DEPLOYS = [name for name, job in JOBS.items() if job.shape and not job.loud]
KEYS = {"wall": ("wall time", 1, "s"), "client": ("client CPU", 1, "s"), "far": ("host CPU", 1, "s"), "bytes": ("bytes", 1e6, "MB")}


@dataclass(frozen=True)
class Row:
    """A line of the table of targets. `met` is None if nothing was measured."""

    what: str
    target: str
    figure: str = "not measured"
    met: bool | None = None


class Figures:
    """The runs without an error, by cell, hosts, tool, delay and line; and what failed."""

    def __init__(self, rows):
        self.runs, self.failed, self.engine = {}, set(), {row["engine"]: row for row in rows if "engine" in row}
        for row in rows:
            if "cell" in row:
                place = row["cell"], row["hosts"], row["tool"], row["rtt"], row.get("line", 0)
                if "error" in row:
                    self.failed.add(place)
                else:
                    self.runs.setdefault(place, []).append(row)

    def of(self, cell, hosts, tool, rtt=0, line=0):
        return self.runs.get((cell, hosts, tool, rtt, line), [])

    def median(self, key, *place):
        runs = self.of(*place)
        return statistics.median(row[key] for row in runs) if runs else None

    def places(self, tool):
        return [place for place in self.runs if place[2] == tool]


def compare(figures, what, mine, other, key, factor, plus=0.0):
    """A row that compares two medians: mine is at most `factor` times the other, `plus` seconds more."""
    name, unit, suffix = KEYS[key]
    aim = f"≤ {factor:g}× {other[2]}" + (f" + {plus * 1000:.0f} ms" if plus else "")
    a, b = figures.median(key, *mine), figures.median(key, *other)
    if (*mine, 0, 0)[:5] in figures.failed:
        return Row(f"{what}: {name}", aim, "failed", False)
    if a is None or b is None:
        return Row(f"{what}: {name}", aim)
    figure = f"{a / unit:.2f} / {b / unit:.2f} {suffix}" + (f" = {a / b:.2f}" if b else "")
    return Row(f"{what}: {name}", aim, figure, a <= factor * b + plus)


def _hosts(number):
    return "1 host" if number == 1 else f"{number} hosts"


def against_floor(figures):
    """Connecting, deploying and hooks beside the floor."""
    for number in (1, 10, 50):
        for key, factor, plus in [("client", 1.2, 0.03), ("far", 1.5, 0), ("wall", 1.2, 0)]:
            yield compare(figures, f"noop, {_hosts(number)}", ("noop", number, "lander"), ("noop", number, "floor"), key, factor, plus)
    for number in (1, 10, 50):
        for key, factor in [("wall", 1.35), ("client", 1.5), ("far", 1.4)]:
            yield compare(figures, f"S, {_hosts(number)}", ("S", number, "lander"), ("S", number, "floor"), key, factor)
    for cell, number in [("L", 1), ("L", 10), ("big", 1)]:
        yield compare(figures, f"{cell}, {_hosts(number)}", (cell, number, "lander"), (cell, number, "floor-verify"), "wall", 1.1)
    for number in (1, 10):
        yield compare(figures, f"L, {_hosts(number)}, line of 100 Mbit/s", ("L", number, "lander", 0, 100),
                      ("L", number, "floor-verify", 0, 100), "wall", 0.7)
    yield compare(figures, "hooks, 10 hosts, 40 ms", ("hooks", 10, "lander", 40), ("hooks", 10, "floor", 40), "wall", 1.3)
    yield compare(figures, "noop, 200 hosts", ("noop", 200, "lander"), ("noop", 200, "floor"), "wall", 1.2)


def against_rsync(figures):
    """Second deployments beside rsync."""
    for number in (1, 10):
        for tool, other, key, factor in [
                ("lander", "rsync", "bytes", 0.25), ("lander", "rsync", "wall", 1), ("lander-link", "rsync", "far", 1.2),
                ("lander", "rsync-copy", "wall", 1), ("lander", "rsync-copy", "far", 1)]:
            yield compare(figures, f"Ldelta, {_hosts(number)}, {tool}", ("Ldelta", number, tool), ("Ldelta", number, other), key, factor)


def against_itself(figures):
    """The same release again beside connecting only."""
    numbers = sorted({hosts for cell, hosts, _, rtt, line in figures.places("lander") if cell == "again" and not rtt and not line}) or [10]
    for number in numbers:
        for key in ("wall", "client", "far"):
            row = compare(figures, f"again, {_hosts(number)}", ("again", number, "lander"), ("noop", number, "lander"), key, 1.2)
            yield Row(row.what, "≤ 1.2× its own noop", row.figure, row.met)


def at_most(what, value, limit, unit):
    """A row with one number that has a limit."""
    aim = f"≤ {limit:g} {unit}"
    return Row(what, aim) if value is None else Row(what, aim, f"{value:.3g} {unit}", value <= limit)


def _peak(figures, wanted):
    runs = [row["memory"] / 1e6 for place in figures.places("lander") if wanted(place) for row in figures.runs[place]]
    return max(runs, default=None)


def sizes(figures):
    """Bytes and memory."""
    sent = figures.median("bytes", "bigdelta", 1, "lander")
    yield at_most("bigdelta, 1 host: bytes", sent and sent / 1e6, 1, "MB")
    yield at_most("client memory, 50 hosts, all cells", _peak(figures, lambda place: place[1] == 50), 100, "MB")
    yield at_most("client memory, loud, 1 host", _peak(figures, lambda place: place[0] == "loud"), 100, "MB")


def growth(figures):
    """Whether memory, processes or open files grow over rounds: medians of the first three and of the last three."""
    rows = sorted(figures.of("noop", 200, "lander"), key=lambda row: row["round"])
    what, aim = "noop, 200 hosts, growth over rounds", "≤ 1.1× the first rounds"
    if len(rows) < 10:
        return Row(what, aim)
    ends = {key: [statistics.median(row[key] for row in part) for part in (rows[:3], rows[-3:])]
            for key in ("memory", "processes", "files")}
    said = [f"{ends['memory'][0] / 1e6:.0f} → {ends['memory'][1] / 1e6:.0f} MB"]
    said += [f"{first:.0f} → {last:.0f} {key}" for key, (first, last) in ends.items() if key != "memory"]
    return Row(what, aim, ", ".join(said), all(last <= 1.1 * first for first, last in ends.values()))


def against_peer(figures, peer):
    """Whether Lander is first in every figure of every cell that both did."""
    behind, number = [], 0
    for cell, hosts, _, rtt, line in figures.places(peer):
        if cell not in DEPLOYS or not figures.of(cell, hosts, "lander", rtt, line):
            continue
        for key, (name, _, _) in KEYS.items():
            mine, other = (figures.median(key, cell, hosts, tool, rtt, line) for tool in ("lander", peer))
            number += 1
            if mine > other:
                behind.append(f"{cell}:{hosts} {name} {mine / other:.2f}")
    what, aim = f"beside {peer}, every deployment", "first in wall time, CPU and bytes"
    if not number:
        return Row(what, aim)
    return Row(what, aim, f"first in {number - len(behind)} of {number}" + ("; " + ", ".join(behind) if behind else ""), not behind)


def alone(figures):
    """The engine without hosts, the journal, and starting."""
    for what, name, key, factor, limit, unit in [
            ("engine: CPU of an operation, without journal", "rehearse", "operation", 1e6, 20, "µs"),
            ("engine: 10,000 hosts, rolling, wall time", "rehearse", "wall", 1, 5, "s"),
            ("engine: 10,000 hosts, rolling, memory", "rehearse", "memory", 1e-6, 250, "MB"),
            ("engine: plan of 100,000 hosts, wall time", "plan 100000", "wall", 1, 10, "s"),
            ("journal: fsyncs of a turn", "journal", "fsyncs", 1, 1, "fsyncs"),
            ("journal: CPU of an entry", "journal", "entry", 1e6, 10, "µs"),
            ("journal: share of the wall time", "journal", "share", 100, 5, "%"),
            ("start: --version, CPU", "version", "cpu", 1e3, 10, "ms"),
            ("start: plan of 50 hosts, CPU", "plan 50", "cpu", 1e3, 100, "ms")]:
        row = figures.engine.get(name, {})
        if "error" in row:
            yield Row(what, f"≤ {limit:g} {unit}", row["error"], False)
        else:
            yield at_most(what, row[key] * factor if key in row else None, limit, unit)


def table(rows):
    """Markdown: each target with its figure, and whether it is met."""
    figures = Figures(rows)
    found = [*against_floor(figures), *against_rsync(figures), *against_itself(figures), *sizes(figures), growth(figures),
             *(against_peer(figures, peer) for peer in PEERS), *alone(figures)]
    words = {True: "met", False: "**missed**", None: ""}
    lines = [f"| {row.what} | {row.target} | {row.figure} | {words[row.met]} |" for row in found]
    met, measured = sum(row.met is True for row in found), sum(row.met is not None for row in found)
    return "\n".join(["### Targets", "", f"{met} of {measured} targets that were measured are met; there are {len(found)}.", "",
                      "| what | target | figure | |", "|---|---|---|---|", *lines, ""])
