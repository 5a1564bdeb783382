"""HTML pages that need no other file; all text is escaped here."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence

#: Control characters and halves of surrogate pairs: in names of files, Python has any byte.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em }
table { border-collapse: collapse; margin: 1em 0 } caption { text-align: left; font-weight: bold }
th, td { border: 1px solid #8888; padding: .2em .6em; text-align: left; vertical-align: top }
tr.dim td { opacity: .75 } tr.marked td { background: #f802 } td.number { text-align: right }
td.code { font-family: ui-monospace, monospace; white-space: pre-wrap }
""".strip()


def escaped(text: str) -> str:
    """Text as HTML, SVG and XML have it: no markup, and none of the characters that they refuse."""
    return html.escape(_REFUSED.sub(lambda found: ascii(found[0])[1:-1], text))


def page(title: str, parts: Iterable[str]) -> str:
    """A whole page.

    Parameters
    ----------
    title : str
        Text.
    parts : iterable of str
        HTML, made by the functions of this module.
    """
    head = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"\n<title>{escaped(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escaped(title)}</h1>"
    )
    return "\n".join([head, *parts, "</body></html>"]) + "\n"


def heading(text: str) -> str:
    return f"<h2>{escaped(text)}</h2>"


def paragraph(text: str) -> str:
    return f"<p>{escaped(text)}</p>"


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    style: Callable[[Sequence[str]], str] = lambda row: "",
    code: int | None = None,
) -> str:
    """A table of texts.

    Parameters
    ----------
    caption : str
    head : sequence of str
    rows : iterable of sequence of str
        Numbers stand to the right.
    style : callable, optional
        Of a row: "dim", "marked" or "".
    code : int, optional
        The column that is source text.
    """
    lines = [f"<table><caption>{escaped(caption)}</caption>"]
    lines.append("<tr>" + "".join(f"<th>{escaped(cell)}</th>" for cell in head) + "</tr>")
    for row in rows:
        styled = style(row)
        cells = (
            f"<td{_class(cell, place == code)}>{escaped(cell)}</td>"
            for place, cell in enumerate(row)
        )
        lines.append((f'<tr class="{styled}">' if styled else "<tr>") + "".join(cells) + "</tr>")
    return "\n".join([*lines, "</table>"])


def _class(cell: str, is_code: bool) -> str:
    if is_code:
        return ' class="code"'
    return ' class="number"' if cell[:1].isdigit() and len(cell) < 12 else ""
