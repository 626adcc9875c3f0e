"""Tables of medians, with ratios to the floor of the same round."""
import statistics

TITLES = {
    "noop": "connect and run `true`", "S": "first deployment, 200 files, 2 MB", "L": "first deployment, 3,000 files, 60 MB",
    "big": "first deployment, one file of 200 MB", "Sdelta": "second deployment, 1 % of 200 files changed",
    "Ldelta": "second deployment, 1 % of 3,000 files changed", "again": "the same again, nothing changed"}
COLUMNS = [("wall", "wall, s", 1), ("client", "client CPU, s", 1), ("far", "CPU of all hosts, s", 1), ("bytes", "MB on the wire", 1e6)]


def _cell(rows, floor, key, unit):
    """The median, and the median of the ratios to the floor of the same round."""
    value = statistics.median(row[key] for row in rows) / unit
    ratios = [row[key] / floor[row["round"]][key] for row in rows if row["round"] in floor and floor[row["round"]][key] > 0]
    return f"{value:.2f}" + (f" (**{statistics.median(ratios):.2f}**)" if ratios and rows[0]["tool"] != "floor" else "")


def tables(rows):
    """Markdown: a table for each cell. A tool that failed is named with what it said."""
    lines = []
    cells = dict.fromkeys((row["cell"], row["hosts"], row["rtt"]) for row in rows)
    for cell, hosts, rtt in cells:
        mine = [row for row in rows if (row["cell"], row["hosts"], row["rtt"]) == (cell, hosts, rtt)]
        floor = {row["round"]: row for row in mine if row["tool"] == "floor" and "error" not in row}
        added = f", {rtt} ms added to each round trip" if rtt else ""
        lines += [f"### {TITLES[cell]}; {hosts} host{'s' if hosts > 1 else ''}{added}", ""]
        lines += ["| tool | rounds | " + " | ".join(title for _, title, _ in COLUMNS) + " | client memory, MB |",
                  "|---|---|" + "---|" * (len(COLUMNS) + 1)]
        for tool in dict.fromkeys(row["tool"] for row in mine):
            good = [row for row in mine if row["tool"] == tool and "error" not in row]
            bad = [row for row in mine if row["tool"] == tool and "error" in row]
            if good:
                memory = max(row["memory"] for row in good) / 1e6
                lines.append(f"| {tool} | {len(good)} | " + " | ".join(_cell(good, floor, key, unit) for key, _, unit in COLUMNS)
                             + f" | {memory:.0f} |")
            for row in bad:
                lines.append(f"| {tool} | failed: {row['error'].splitlines()[0][:80]} |" + " |" * (len(COLUMNS) + 1))
        lines.append("")
    return "\n".join(lines)
