"""The classification as text: for a terminal, as Markdown, JSON and HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence

from ..libraries.resolution import KINDS
from . import page
from .coverage import ASKED, Coverage, Row
from .evidence import read

COLUMNS = ("function", "kind", "how, or why not", "proved by")
KIND_MEANINGS = {
    "native": "the library's own function as it is",
    "bridged": "the library's own, called with NumPy's arguments or corrected",
    "derived": "composed of functions that the library has, without leaving it",
    "unsupported": "an error with the reason and the next step",
}
_LEGEND = " ".join(f"{kind}: {meaning}." for kind, meaning in KIND_MEANINGS.items())


def title(coverage: Coverage) -> str:
    """What the tables of a library are about."""
    if coverage.problem:
        return f"{coverage.library}: {coverage.problem}"
    recorded = ", as recorded: it is not installed here" if coverage.recorded else ""
    by_class = " by its class" if coverage.by_class else ""
    return f"{coverage.library} {coverage.version}{by_class}, NumPy {coverage.numpy}{recorded}"


def proved(coverage: Coverage) -> str:
    """How it was proved, in a sentence."""
    record = read(coverage.library)
    if record is None:
        return "Not proved here: no calls were judged for this library."
    verdicts = [row.proof for row in coverage.rows]
    right, tried = sum(p.right for p in verdicts), sum(p.tried for p in verdicts)
    return (
        f"Proved on {record.date} with version {record.version} and NumPy {record.numpy}"
        f"{f', on {record.device}' if record.device else ''}: "
        f"{right} of {tried} calls gave NumPy's value, shape and dtype and stayed on the library, "
        f"{sum(p.refused for p in verdicts)} were refused with an error of arrayproto."
    )


def cells(row: Row) -> tuple[str, str, str, str]:
    """The texts of a row, one for each of `COLUMNS`."""
    note = row.note if row.kind != "unsupported" else f"{row.note}. Instead: {row.instead}"
    if row.refuses:
        note += f"; refuses {', '.join(f'{argument}=' for argument in row.refuses)}"
    kind = row.kind if row.classified else f"{row.kind} (unclassified)"
    return f"np.{row.name}", kind, note, str(row.proof)


def totals(coverage: Coverage) -> list[tuple[str, ...]]:
    """Counts by kind, a line for each of `ASKED` and one for all."""
    lines = []
    for asked, words in (*ASKED.items(), (None, "all")):
        counts = coverage.totals(asked)
        lines.append((words, *(str(counts[kind]) for kind in KINDS), str(counts.total())))
    return lines


# Markdown --------------------------------------------------------------------------------------


def markdown(coverages: Sequence[Coverage]) -> str:
    """Totals and functions of every library."""
    return "\n".join(markdown_page(coverage, level=2) for coverage in coverages)


def markdown_page(coverage: Coverage, level: int = 1) -> str:
    """Everything about one library."""
    mark = "#" * level
    lines = [f"{mark} {_markdown(title(coverage))}", ""]
    if coverage.problem:
        return "\n".join(lines)
    lines += [_LEGEND, "", _markdown(proved(coverage)), ""]
    lines += _table(("", *KINDS, "all"), totals(coverage), numbers=True)
    for asked, words in ASKED.items():
        rows = [cells(row) for row in coverage.rows if row.asked == asked]
        if rows:
            lines += ["", f"{mark}# {words[0].upper()}{words[1:]}", "", *_table(COLUMNS, rows)]
    return "\n".join(lines) + "\n"


def markdown_summary(coverages: Sequence[Coverage]) -> str:
    """One line for each library: what NumPy dispatches, and the ufuncs."""
    head = ("", *KINDS, "calls judged right", "calls refused")
    lines = []
    for coverage in coverages:
        for asked, words in (("arrays", "functions"), ("ufunc", "ufuncs")):
            counts = coverage.totals(asked)
            proofs = [row.proof for row in coverage.rows if row.asked == asked]
            right, tried = sum(p.right for p in proofs), sum(p.tried for p in proofs)
            lines.append(
                (
                    f"{title(coverage).partition(',')[0]}, {words}",
                    *(str(counts[kind]) for kind in KINDS),
                    f"{right} of {tried}" if tried else "none judged",
                    str(sum(p.refused for p in proofs)) if tried else "",
                )
            )
    return "\n".join(_table(head, lines, numbers=True)) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: bool = False) -> list[str]:
    rule = ["---", *(["---:"] * (len(head) - 1))] if numbers else ["---"] * len(head)
    lines = [head, rule, *([_markdown(cell) for cell in row] for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def _markdown(text: str) -> str:
    """Text that is no markup, in one line."""
    text = " ".join(text.split())
    text = re.sub(r"([\\`*\[\]<>|#])", r"\\\1", text)
    return re.sub(r"(?<!\w)_|_(?!\w)", r"\_", text)  # inside a word it is none


# Others ----------------------------------------------------------------------------------------


def as_json(coverages: Sequence[Coverage]) -> str:
    """A list of libraries, each with its totals and its rows."""
    found = []
    for coverage in coverages:
        record = read(coverage.library)
        found.append(
            {
                "library": coverage.library,
                "version": coverage.version,
                "numpy": coverage.numpy,
                "problem": coverage.problem,
                "totals": {kind: coverage.totals()[kind] for kind in KINDS},
                "unclassified": coverage.unclassified,
                "evidence": record
                and {k: v for k, v in record._asdict().items() if k != "functions"},
                "functions": [
                    {**row._asdict(), "proof": row.proof._asdict()} for row in coverage.rows
                ],
            }
        )
    return json.dumps(found, indent=1) + "\n"


def as_html(coverages: Sequence[Coverage]) -> str:
    """One page that needs no other file: all libraries side by side, then one by one."""
    there = [coverage for coverage in coverages if coverage.rows]
    names = {row.name: row for coverage in there for row in coverage.rows}
    proofs = [row.proof for coverage in there for row in coverage.rows]
    right, tried = sum(p.right for p in proofs), sum(p.tried for p in proofs)
    parts = [
        page.cards(
            (
                (str(len(there)), "array libraries"),
                (str(len(names)), "public functions and ufuncs of NumPy"),
                (
                    f"{right:,}".replace(",", " "),
                    f"of {tried:,} judged calls right".replace(",", " "),
                ),
            )
        ),
        page.legend(KIND_MEANINGS.items()),
    ]
    head = ("library", "", *KINDS, "calls judged right")
    parts.append(page.table("How much of NumPy", head, map(_shares, there), drawn=1))
    parts += [page.paragraph(title(coverage)) for coverage in coverages if coverage.problem]
    parts.append(page.filters(KINDS))
    if len(there) > 1:
        parts.append(page.heading("Function by function"))
        parts += _side_by_side(there)
    for coverage in there:
        parts.append(page.heading(title(coverage)))
        parts.append(page.paragraph(proved(coverage)))
        for asked, words in ASKED.items():
            rows = [row for row in coverage.rows if row.asked == asked]
            if rows:
                body = page.table("", COLUMNS, map(cells, rows), _kind_of_row, kind=1)
                summary = f"{words[0].upper()}{words[1:]} ({len(rows)})"
                parts.append(page.details(summary, [body]))
    parts.append(page.made(coverage.library for coverage in coverages))
    return page.page("NumPy on array libraries", parts)


def _shares(coverage: Coverage) -> tuple[str, ...]:
    counts = coverage.totals()
    right = sum(row.proof.right for row in coverage.rows)
    tried = sum(row.proof.tried for row in coverage.rows)
    return (
        title(coverage),
        page.bar([(kind, counts[kind]) for kind in KINDS]),
        *(str(counts[kind]) for kind in KINDS),
        f"{right} of {tried}" if tried else "none judged",
    )


def _side_by_side(coverages: Sequence[Coverage]) -> list[str]:
    """A table for each of `ASKED`: functions down, libraries across."""
    by_name = [{row.name: row for row in coverage.rows} for coverage in coverages]
    parts: list[str] = []
    for asked, words in ASKED.items():
        names = [row.name for row in coverages[0].rows if row.asked == asked]
        rows = [(f"np.{name}", *(rows[name].kind for rows in by_name)) for name in names]
        if rows:
            head = ("function", *(coverage.library for coverage in coverages))
            kinds = range(1, len(head))
            body = page.table("", head, rows, kind=kinds)
            summary = f"{words[0].upper()}{words[1:]} ({len(rows)})"
            parts.append(page.details(summary, [body], open=not parts))
    return parts


def _kind_of_row(row: Sequence[str]) -> str:
    return f"of-{row[1].partition(' ')[0]}"


def terminal(coverages: Sequence[Coverage]) -> str:
    """Tables by rich where it is installed, else as plain text."""
    try:
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table
    except ImportError:
        return plain(coverages)
    console = Console()
    if not console.is_terminal:
        console = Console(width=140)
    with console.capture() as capture:
        for coverage in coverages:
            console.print(escape(title(coverage)), style="bold")
            if coverage.problem:
                continue
            console.print(escape(proved(coverage)))
            for head, rows in _tables(coverage):
                table = Table(*head)
                for row in rows:
                    dim = "dim" if row[1].startswith("unsupported") else None
                    table.add_row(*map(escape, row), style=dim)
                console.print(table)
    return capture.get()


def plain(coverages: Sequence[Coverage]) -> str:
    """The same tables without rich."""
    lines = []
    for coverage in coverages:
        lines.append(title(coverage))
        if coverage.problem:
            continue
        lines.append(proved(coverage))
        for head, rows in _tables(coverage):
            widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
            widths[-2:] = [0, 0] if head is COLUMNS else widths[-2:]
            lines.append("")
            for row in (head, *rows):
                padded = (text.ljust(width) for text, width in zip(row, widths, strict=True))
                lines.append("  ".join(padded).rstrip())
        lines.append("")
    return "\n".join(lines) + "\n"


def _tables(coverage: Coverage) -> list[tuple[Sequence[str], list[tuple[str, ...]]]]:
    functions: list[tuple[str, ...]] = [cells(row) for row in coverage.rows]
    return [(("", *KINDS, "all"), totals(coverage)), (COLUMNS, functions)]


FORMATS: dict[str, Callable[[Sequence[Coverage]], str]] = {
    "rich": terminal,
    "markdown": markdown,
    "json": as_json,
    "html": as_html,
}
