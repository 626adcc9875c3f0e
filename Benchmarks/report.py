"""Tables of medians, with ratios to the floor of the same round."""
import statistics

from jobs import JOBS

COLUMNS = [("wall", "wall, s", 1), ("client", "client CPU, s", 1), ("far", "CPU of all hosts, s", 1), ("bytes", "MB on the wire", 1e6)]
GROWTH = [("wall", "wall, s", 1, 2), ("memory", "client memory, MB", 1e6, 0), ("processes", "client processes", 1, 0),
          ("files", "their open files", 1, 0)]
MANY = 10


def _cell(rows, floor, key, unit):
    """The median, and the median of the ratios to the floor of the same round."""
    value = statistics.median(row[key] for row in rows) / unit
    ratios = [row[key] / floor[row["round"]][key] for row in rows if row["round"] in floor and floor[row["round"]][key] > 0]
    return f"{value:.2f}" + (f" (**{statistics.median(ratios):.2f}**)" if ratios and rows[0]["tool"] != "floor" else "")


def _place(row):
    return row["cell"], row["hosts"], row["rtt"], row.get("line", 0)


def _title(cell, hosts, rtt, line):
    added = f", {rtt} ms added to each round trip" if rtt else ""
    added += f", a line of {line} Mbit/s" if line else ""
    return f"### {JOBS[cell].title}; {hosts} host{'s' if hosts > 1 else ''}{added}"


def _table(mine):
    floor = {row["round"]: row for row in mine if row["tool"] == "floor" and "error" not in row}
    yield "| tool | rounds | " + " | ".join(title for _, title, _ in COLUMNS) + " | client memory, MB |"
    yield "|---|---|" + "---|" * (len(COLUMNS) + 1)
    for tool in dict.fromkeys(row["tool"] for row in mine):
        good = [row for row in mine if row["tool"] == tool and "error" not in row]
        bad = [row for row in mine if row["tool"] == tool and "error" in row]
        if good:
            memory = max(row["memory"] for row in good) / 1e6
            cells = " | ".join(_cell(good, floor, key, unit) for key, _, unit in COLUMNS)
            yield f"| {tool} | {len(good)} | {cells} | {memory:.0f} |"
        for row in bad:
            yield f"| {tool} | failed: {row['error'].splitlines()[0][:80]} |" + " |" * (len(COLUMNS) + 1)


def _growth(mine):
    """The first and the last round of each tool that did many."""
    lines = []
    for tool in dict.fromkeys(row["tool"] for row in mine):
        rows = sorted((row for row in mine if row["tool"] == tool and "files" in row), key=lambda row: row["round"])
        if len(rows) >= MANY:
            cells = [" → ".join(f"{row[key] / unit:.{digits}f}" for row in (rows[0], rows[-1])) for key, _, unit, digits in GROWTH]
            lines.append(f"| {tool} | {len(rows)} | " + " | ".join(cells) + " |")
    if lines:
        yield from ["", "The first round and the last:", "", "| tool | rounds | " + " | ".join(title for _, title, _, _ in GROWTH) + " |",
                    "|---|---|" + "---|" * len(GROWTH), *lines]


def tables(rows):
    """Markdown: a table for each cell. A tool that failed is named with what it said."""
    rows = [row for row in rows if "cell" in row]
    lines = []
    for place in dict.fromkeys(map(_place, rows)):
        mine = [row for row in rows if _place(row) == place]
        lines += [_title(*place), "", *_table(mine), *_growth(mine), ""]
    return "\n".join(lines)


def engine(rows):
    """Markdown: what the engine needs without hosts."""
    mine = [row for row in rows if "engine" in row]
    if not mine:
        return ""
    lines = ["### The engine alone", "", "| what | runs | CPU, s | wall, s | peak memory, MB | more |", "|---|---|---|---|---|---|"]
    for row in mine:
        cells = [f"{row[key] / unit:.{digits}f}" if key in row else "" for key, unit, digits in
                 [("cpu", 1, 3), ("wall", 1, 3), ("memory", 1e6, 0)]]
        lines.append(f"| {row['title']} | {row['runs']} | " + " | ".join(cells) + f" | {row.get('error') or row.get('more', '')} |")
    return "\n".join(lines + [""])
