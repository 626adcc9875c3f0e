"""Compares Lander with other tools on real sshd hosts of this machine: `scripts/bench --help`."""
import argparse
import datetime
import json
import os
import signal
import subprocess
import sys
import tempfile

import report
import targets
from cells import SHORT, Cell, parse
from meter import Meter
from tools import TOOLS

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "docs", "benchmarks.md")
BEGIN, END = "<!-- peers: written by scripts/bench -->", "<!-- peers end -->"


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Compares Lander with other tools on real sshd hosts.")
    parser.add_argument("--cells", default=SHORT, help=f"JOB:HOSTS,… (standard: {SHORT})")
    parser.add_argument("--tools", default=",".join(TOOLS), help="which of " + ", ".join(TOOLS))
    parser.add_argument("--rounds", type=int, default=3, help="how often each tool does each cell (standard: 3)")
    parser.add_argument("--rtt", type=int, default=0, help="milliseconds added to each round trip")
    parser.add_argument("--line", type=int, default=0, help="Mbit/s that the engine can send, and each host (standard: no limit)")
    parser.add_argument("--limit", type=int, default=600, help="seconds for one run (standard: 600)")
    parser.add_argument("--out", default="", help="where figures are added, a line of JSON for each run")
    parser.add_argument("--report", metavar="FILE", nargs="+",
                        help="write the tables of figures that were taken before, and measure nothing")
    parser.add_argument("--dry", action="store_true", help="say what would be measured, and measure nothing")
    parser.add_argument("--page", action="store_true", help="put the tables into docs/benchmarks.md as well")
    return parser.parse_args()


def chosen(options):
    """The cells and the tools that were asked for. Ends the program if there are none such."""
    names = [name for name in options.tools.split(",") if name]
    for name in names:
        if name not in TOOLS:
            sys.exit(f"bench: there is no tool {name}; there are {', '.join(TOOLS)}")
    try:
        return parse(options.cells), names
    except ValueError as error:
        sys.exit(f"bench: {error}")


def measure(options):
    """Yields the figures of every run, as they come."""
    cells, names = chosen(options)
    for name in list(names):
        if reason := TOOLS[name].missing():
            print(f"SKIPPED {name}: {reason}", file=sys.stderr)
            names.remove(name)
    meter = Meter()
    try:
        with tempfile.TemporaryDirectory(prefix="lander-bench.") as work:
            for name, count in cells:
                yield from Cell(name, count, meter, work, options).rounds(options.rounds, names)
    finally:
        meter.close()


def setting():
    ssh = subprocess.run(["ssh", "-V"], capture_output=True, text=True).stderr.split(",")[0]
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return ("Each cell shows the median and, in bold, the median of its ratios to the floor in the same round. "
            f"{os.cpu_count()} cores for the engine and all hosts, {ssh}, curve25519, {today}. "
            "How it is measured: [Benchmarks](../Benchmarks/README.md).\n")


def into_page(text):
    """Replaces what stands between the two marks of the page."""
    with open(PAGE) as file:
        page = file.read()
    if BEGIN not in page or END not in page:
        sys.exit(f"bench: {PAGE} has no place for the tables: {BEGIN} … {END}")
    head, rest = page.split(BEGIN, 1)
    with open(PAGE, "w") as file:
        file.write(f"{head}{BEGIN}\n\n{text}\n{END}{rest.split(END, 1)[1]}")


def main():
    # Hosts and control groups end with the program, also if somebody ends it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: ended"))
    options = arguments()
    if options.dry:
        cells, names = chosen(options)
        print(f"{options.rounds} rounds of {', '.join(names)} in {', '.join(f'{name}:{count}' for name, count in cells)}")
        return
    if options.report:
        rows = [json.loads(line) for name in options.report for line in open(name, encoding="utf-8")]
    else:
        rows = []
        for row in measure(options):
            rows.append(row)
            said = row.get("error") or f"{row['wall']:.2f} s, CPU {row['client']:.2f} here and {row['far']:.2f} there"
            print(f"{row['cell']}:{row['hosts']} round {row['round'] + 1} {row['tool']}: {said}", file=sys.stderr, flush=True)
            if options.out:
                with open(options.out, "a") as file:
                    file.write(json.dumps(row) + "\n")
    text = "\n".join([setting(), targets.table(rows), report.tables(rows), report.engine(rows)])
    print(text)
    if options.page:
        into_page(text)


if __name__ == "__main__":
    main()
