"""The table, with rich where it is installed and as plain text where it is not."""

from __future__ import annotations

import platform
import textwrap
from collections.abc import Sequence

import numpy as np

from . import data
from .worker import Row

COLUMNS = (
    "library",
    "result type",
    "difference",
    "time",
    "peak memory",
    "host copies",
    "without arrayproto",
)
LEGEND = (
    "difference: the largest from NumPy over all results, each relative to its largest value.",
    "time: of the program, on all documents, lazy results computed; after a run on every 20th.",
    "peak memory: resident, of the process (in brackets: what the program added to it).",
    "host copies: conversions to NumPy that were counted while the program ran.",
    "without arrayproto: the same program on every 20th document before arrayproto.activate().",
)
NEXT_STEPS = (
    "read the program   arrayproto/demo/program.py has one import: numpy",
    "try it yourself    import arrayproto; arrayproto.activate()  # then np.* as ever",
    "see what changed   print(arrayproto.status()); arrayproto.deactivate() undoes it",
)
WIDTH = 100


def show(rows: Sequence[Row]) -> None:
    """Print everything.

    Parameters
    ----------
    rows : sequence of Row
    """
    counts = data.load().counts
    documents, words = counts.shape
    print("One NumPy program, unchanged, on every array library that is there\n")
    print("program  tf-idf, cosine similarity, LexRank and latent semantic analysis")
    print("         arrayproto/demo/program.py")
    print(
        f"data     the Python Language Reference (pydoc_data.topics): {documents} paragraphs x "
        f"{words} words,\n         {(counts != 0).mean():.1%} of the counts are not zero"
    )
    versions = {"Python": platform.python_version(), "NumPy": np.__version__}
    versions |= {row.library: row.version for row in rows if row.version and row.library != "numpy"}
    print("with    ", ", ".join(f"{name} {version}" for name, version in versions.items()) + "\n")
    _print_table(rows)
    print("\n".join(["", *LEGEND]))
    found = next((row.findings for row in rows if row.findings), [])
    for line in ["\nWhat it found", *(textwrap.shorten(line, WIDTH) for line in found)]:
        print(line)
    print("\n".join(["\nNext", *NEXT_STEPS]))


def cells(row: Row) -> tuple[str, ...]:
    """The text of a row, one for each column."""
    if row.status != "ran":
        note = row.note if row.status == "not available" else f"failed: {row.note}"
        return (row.library, note, "-", "-", "-", "-", row.without_arrayproto or "-")
    return (
        row.library,
        row.result_type,
        f"{row.difference:.1e}" if row.library != "numpy" else "-",
        f"{row.seconds:.2f} s",
        _memory(row),
        str(row.host_copies),
        row.without_arrayproto or "-",
    )


def _memory(row: Row) -> str:
    if row.peak_memory is None:
        return "-"
    added = "" if row.memory_added is None else f" (+{row.memory_added / 2**20:.0f})"
    of = f"\n{row.memory_of}" if row.memory_of else ""
    return f"{row.peak_memory / 2**20:.0f} MiB{added}{of}"


def _print_table(rows: Sequence[Row]) -> None:
    try:
        from rich.console import Console
        from rich.table import Table
    except ImportError:
        print(plain_table(rows))
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    table = Table()
    for column in COLUMNS:
        table.add_column(column, overflow="fold", min_width=20 if column == COLUMNS[-1] else None)
    for row in rows:
        style = {"not available": "dim", "failed": "red"}.get(row.status)
        table.add_row(*map(_escape, cells(row)), style=style)
    console.print(table)


def _escape(text: str) -> str:
    """Square brackets are markup to rich: ``arrayproto[sparse]``."""
    from rich.markup import escape

    return escape(text)


def plain_table(rows: Sequence[Row]) -> str:
    """The table as plain text; what did not run takes the line to say so."""
    lines: list[tuple[str, ...]] = [COLUMNS]
    for row in rows:
        texts = tuple(text.replace("\n", ", ") for text in cells(row))
        lines.append(texts if row.status == "ran" else texts[:2])
    whole = [line for line in lines if len(line) == len(COLUMNS)]
    widths = [max(map(len, column)) for column in zip(*whole, strict=True)]
    widths[0] = max(len(line[0]) for line in lines)
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=False)).rstrip()
        for line in lines
    )
