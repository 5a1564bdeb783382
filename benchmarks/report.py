"""Measure everything, print the table, and write it down: ``python -m benchmarks.report``."""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from arrayproto import accelerator

from . import cases, identity, measure, plot, startup, timing

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("numpy", "sparse", "dask", "cupy-cuda12x", "autoray", "uarray", "array-api-compat")


def versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "arrayproto": cases.arrayproto.__version__}
    found["its hot paths in"] = "Python" if accelerator.speed is None else "C"
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def collect(rounds: int, only: str, console: Console) -> dict[str, Any]:
    """Everything that the report says, as plain data."""
    start = time.perf_counter()
    with console.status("") as status:
        rows = measure.measure_all(rounds, only, status.update)
        report: dict[str, Any] = {
            "date": datetime.date.today().isoformat(),
            "versions": versions(),
            "processor": platform.machine(),
            "rounds": rounds,
            "cases": rows,
            "growth": measure.growth(rows),
        }
        if not only:
            status.update("identity")
            report["identity"] = identity.identity(*cases.ALL)._asdict()
            status.update("startup")
            report["startup"] = startup.measure()
    report["seconds"] = round(time.perf_counter() - start)
    return report


# As tables: (title, head, rows) -----------------------------------------------------------------

Rows = list[list[str]]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2f}"


def goals_table(report: dict[str, Any]) -> tuple[list[str], Rows]:
    """Each goal, what was measured, and whether it is reached."""
    head = [
        "case",
        "overhead of",
        "against",
        "measured",
        "95 %",
        "fastest tenth",
        "goal",
        "reached",
    ]
    lines: Rows = []
    for row in report["cases"]:
        name = f"{row['section']}: {row['title']}"
        for goal in row.get("goals", ()):
            unit = "" if goal["against"] else " ns"
            low, high = goal["interval"]
            lines.append(
                [
                    name,
                    goal["peer"],
                    goal["against"] or "the original",
                    _number(goal["value"]) + unit,
                    f"{_number(low)} to {_number(high)}",
                    _number(goal["value_of_fastest"]) if "value_of_fastest" in goal else "",
                    f"{goal['at_most']:g}{unit}",
                    goal["reached"],
                ]
            )
    for line in report["growth"]:
        if "at_most" in line:
            sizes = ", ".join(map(str, cases.TYPE_COUNTS))
            lines.append(
                [
                    f"types: cost of one more, 8 to 64 over 1 to 8 ({sizes} types)",
                    line["peer"],
                    "1 = linear",
                    _number(line["value"]),
                    "",
                    "",
                    f"{line['at_most']:g}",
                    line["reached"],
                ]
            )
    if "identity" in report:
        same = report["identity"]
        lines.append(
            [
                "activated, ndarrays: functions that NumPy dispatches",
                "np., activated",
                "the original",
                f"{same['identical']} of {same['dispatched']} identical",
                "",
                "",
                "all",
                "yes" if same["identical"] == same["dispatched"] else "no",
            ]
        )
    for row in report.get("startup", ()):
        reached = "yes" if row["reached"] else "no"
        lines.append(
            [f"startup: {row['name']}", "", "", row["value"], "", "", row["goal"], reached]
        )
    return head, lines


def overheads_tables(report: dict[str, Any]) -> list[tuple[str, list[str], Rows]]:
    """Nanoseconds above the direct call, a table a section: title, head, lines."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for row in report["cases"]:
        if "peers" in row:
            sections.setdefault(row["section"], []).append(row)
    tables = []
    for section, rows in sections.items():
        names = list(dict.fromkeys(name for row in rows for name in row["peers"]))
        lines = []
        for row in rows:
            found = [row["peers"].get(name) for name in names]
            cells = ["–" if peer is None else _with_noise(peer) for peer in found]
            lines.append([row["title"], _number(row["direct_ns"]), *cells])
        tables.append((section, ["call", cases.DIRECT, *names], lines))
    return tables


def _with_noise(peer: dict[str, Any]) -> str:
    low, high = peer["interval_ns"]
    value = peer["overhead_ns"]
    noise = (high - low) / 2
    return f"{value:,.0f}" + (f" ±{noise:,.0f}" if noise > abs(value) / 10 else "")


def skipped(report: dict[str, Any]) -> list[str]:
    """What was not measured, and why."""
    found: dict[str, list[str]] = {}
    for row in report["cases"]:
        if "skipped" in row:
            found.setdefault(row["skipped"], []).append(f"{row['section']}: {row['title']}")
    return [f"Skipped, as {reason}: {'; '.join(names)}." for reason, names in found.items()]


def show(report: dict[str, Any], console: Console) -> None:
    above = "nanoseconds above the direct call, medians"
    tables = [
        (f"{section}: {above}", head, lines) for section, head, lines in overheads_tables(report)
    ]
    tables.append(("Goals", *goals_table(report)))
    for title, head, lines in tables:
        table = Table(title=title, title_justify="left")
        for index, column in enumerate(head):
            table.add_column(column, justify="right" if index else "left", overflow="fold")
        for line in lines:
            style = {"no": "red", "yes": "green"}.get(line[-1], "")
            table.add_row(*line[:-1], f"[{style}]{line[-1]}[/]" if style else line[-1])
        console.print(table)
    for line in skipped(report):
        console.print(line)


def markdown(report: dict[str, Any]) -> str:
    said = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    text = [
        "# Measured",
        "",
        f"{report['date']}, {report['processor']}, {report['rounds']} rounds; {said}.",
        "Written by `python -m benchmarks.report`; how to read it: [README](../README.md).",
        "",
        "![Overheads of all peers as ratios](ratios.svg)",
    ]
    tables = [("## Goals", *goals_table(report))]
    tables += [(f"### {section}", head, lines) for section, head, lines in overheads_tables(report)]
    for index, (title, head, lines) in enumerate(tables):
        if index == 1:
            text += ["", "## Nanoseconds above the direct call, medians"]
        text += ["", title, "", _markdown_row(head)]
        text.append(_markdown_row(["---", *["---:"] * (len(head) - 1)]))
        text += [_markdown_row(line) for line in lines]
    if "identity" in report:
        rebound = ", ".join(f"`{name}`" for name in report["identity"]["rebound"])
        text += ["", f"Rebound while sparse and Dask are active: {rebound}."]
    for line in skipped(report):
        text += ["", line]
    return "\n".join(text) + "\n"


def _markdown_row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("--rounds", type=int, default=timing.ROUNDS, help="default: %(default)s")
    parser.add_argument("--only", default="", help="cases with this in their name; writes nothing")
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder for the results")
    parser.add_argument("--from-json", type=Path, help="show an earlier measurement again")
    options = parser.parse_args(arguments)
    console = Console()
    if options.from_json:
        report = json.loads(options.from_json.read_text())
    else:
        report = collect(options.rounds, options.only, console)
    show(report, console)
    if options.only:
        return
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "ratios.json").write_text(json.dumps(report, indent=1) + "\n")
    (options.output / "ratios.md").write_text(markdown(report))
    plot.plot(report["cases"], options.output / "ratios.svg")


if __name__ == "__main__":
    main()
