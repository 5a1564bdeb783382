"""HTML pages that need no other file, no network and no script; all text is escaped here."""

from __future__ import annotations

import datetime
import html
import platform
import re
import sys
from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np

from .page_style import STYLE, TONES

#: Control characters and halves of surrogate pairs: in names of files, Python has any byte.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NAME = re.compile(r"[A-Za-z_]\w*(\.\w+)+")


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
        # Nothing but the style below is ever loaded or run, whatever stands in the texts.
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"\n<title>{escaped(title)}</title><style>{STYLE}</style></head><body>"
        f"<h1>{escaped(title)}</h1>"
    )
    return "\n".join([head, *parts, "</body></html>"]) + "\n"


def made(libraries: Iterable[str]) -> str:
    """When a page was made, and with which versions.

    Parameters
    ----------
    libraries : iterable of str
        Packages; those that are not imported are left out.
    """
    from .. import __version__

    loaded = [(name, sys.modules.get(name)) for name in sorted(set(libraries))]
    with_what = [f"NumPy {np.__version__}", f"Python {platform.python_version()}"]
    with_what += [
        f"{name} {getattr(module, '__version__', '')}" for name, module in loaded if module
    ]
    today = datetime.date.today().isoformat()
    return paragraph(f"Made by arrayproto {__version__} on {today}, with {', '.join(with_what)}.")


def heading(text: str) -> str:
    return f"<h2>{escaped(text)}</h2>"


def paragraph(text: str) -> str:
    return f"<p>{escaped(text)}</p>"


def chip(text: str, kind: str = "") -> str:
    """A word in the colour of its kind: one of `TONES`, or what is worst."""
    kind = kind or text
    named = f" is-{kind}" if kind in TONES else ""
    return f'<span class="chip {TONES.get(kind, "bad")}{named}">{escaped(text)}</span>'


def legend(meanings: Iterable[tuple[str, str]]) -> str:
    """Kinds, and what they mean."""
    told = (f"<li>{chip(kind)} {escaped(meaning)}</li>" for kind, meaning in meanings)
    return f'<ul class="legend">{"".join(told)}</ul>'


def cards(found: Iterable[tuple[str, str]]) -> str:
    """Numbers that come first: each with what it counts."""
    each = (
        f'<div class="card"><b>{escaped(number)}</b><span>{escaped(label)}</span></div>'
        for number, label in found
    )
    return f'<div class="cards">{"".join(each)}</div>'


def bar(parts: Iterable[tuple[str, int]]) -> str:
    """Shares of a whole, by kind: for a cell of a table."""
    each = (
        f'<i class="{TONES[kind]}" style="flex: {count}" title="{count} {escaped(kind)}"></i>'
        for kind, count in parts
        if count
    )
    return f'<div class="bar">{"".join(each)}</div>'


def filters(kinds: Sequence[str]) -> str:
    """Boxes to tick: rows of a kind (see `table`), and words of it, are shown while its box is."""
    rules = (
        f"body:has(#show-{kind}:not(:checked)) :is(tr.of-{kind}, td .is-{kind}) {{ display: none }}"
        for kind in kinds
    )
    boxes = (
        f'<label><input type="checkbox" id="show-{kind}" checked> {chip(kind)}</label>'
        for kind in kinds
    )
    return f'<style>{" ".join(rules)}</style><div class="filters">show {"".join(boxes)}</div>'


def details(summary: str, parts: Iterable[str], *, open: bool = False) -> str:
    """Parts that are shown when somebody asks for them, or hides them no more."""
    opened = " open" if open else ""
    return f"<details{opened}><summary>{escaped(summary)}</summary>{''.join(parts)}</details>"


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    style: Callable[[Sequence[str]], str] = lambda row: "",
    code: int | None = None,
    kind: int | Collection[int] = (),
    drawn: int | None = None,
) -> str:
    """A table of texts.

    Parameters
    ----------
    caption : str
    head : sequence of str
    rows : iterable of sequence of str
        Numbers stand to the right.
    style : callable, optional
        Of a row: "marked", "of-" and the kind that `filters` has, or "".
    code : int, optional
        The column that is source text.
    kind : int or collection of int, optional
        The columns that are kinds, and get their colours.
    drawn : int, optional
        The column that is HTML, made by this module.
    """
    kinds = {kind} if isinstance(kind, int) else set(kind)
    numbers: set[int] = set()
    lines = []
    for row in rows:
        cells = []
        for place, cell in enumerate(row):
            if place == drawn:
                cells.append(f"<td>{cell}</td>")
            elif place in kinds:
                cells.append(f"<td>{chip(cell, cell.partition(' ')[0])}</td>")
            else:
                named = _class(cell, place == code)
                numbers |= {place} if named == "number" else set()
                cells.append(f"<td{_attribute(named)}>{escaped(cell)}</td>")
        lines.append(f"<tr{_attribute(style(row))}>{''.join(cells)}</tr>")
    titles = (
        f"<th{_attribute('number' if place in numbers else '')}>{escaped(cell)}</th>"
        for place, cell in enumerate(head)
    )
    of_source = "" if code is None else ' class="source"'
    return "\n".join(
        [
            f'<div class="scroll"><table{of_source}>',
            *([f"<caption>{escaped(caption)}</caption>"] if caption else []),
            f"<thead><tr>{''.join(titles)}</tr></thead><tbody>",
            *lines,
            "</tbody></table></div>",
        ]
    )


def _attribute(name: str) -> str:
    return f' class="{name}"' if name else ""


def _class(cell: str, is_code: bool) -> str:
    if is_code:
        return "code"
    if cell[:1].isdigit() and len(cell) < 12:
        return "number"
    return "name" if _NAME.fullmatch(cell) else ""
