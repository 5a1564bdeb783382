"""Tables for a terminal: by rich where it is installed, else as plain text."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    style: Callable[[Sequence[str]], str] = lambda row: "",
) -> str:
    """A table of texts.

    Parameters
    ----------
    head : sequence of str
    rows : sequence of sequence of str
    style : callable, optional
        Of a row: a style of rich, or "".
    """
    try:
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table
    except ImportError:
        return plain(head, rows)
    console = Console()
    if not console.is_terminal:
        console = Console(width=140)
    made = Table(*map(escape, head))
    for row in rows:
        made.add_row(*map(escape, row), style=style(row) or None)
    with console.capture() as capture:
        console.print(made)
    return capture.get()


def plain(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The same without rich."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    padded = (
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    )
    return "\n".join(padded) + "\n"
