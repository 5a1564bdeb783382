"""A trace as text, HTML, JSON, and in the format of Chrome's traces, which Perfetto opens."""

from __future__ import annotations

import json
import linecache
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..ways_out import KINDS
from . import page, terminal
from .units import size_text, time_text
from .watch import Event

if TYPE_CHECKING:
    from .trace import Trace

COLUMNS = ("where", "what", "library", "kind", "times", "time", "bytes", "through")
_KIND = COLUMNS.index("kind")
_CALLS = {
    "native": "a call of the library's own function as it is",
    "bridged": "a call of the library's own function with NumPy's arguments, or corrected",
    "derived": "a call composed of functions that the library has",
    "stock": "a call that the library answered as it does without arrayproto",
    "converted": "a call that was copied to NumPy and back, by fallback='convert'",
    "refused": "a call that arrayproto refused with an error",
    "raised": "a call that ended with an error of the library's, or of NumPy's",
}
_BYTES = (
    "Bytes are those of the result of a call, and of the array that left, as an ndarray, each time "
    "that it did; 0 where the library does not know them before. Time is that of the calls alone. "
    "'through' is the line of an installed package in between, or the call that it was a part of."
)


class Group(NamedTuple):
    """The same thing at the same line, however many times."""

    what: str
    name: str
    library: str
    kind: str
    file: str
    line: int
    via: str
    during: str
    times: int
    seconds: float
    nbytes: int


def grouped(events: Iterable[Event]) -> list[Group]:
    """Events by line and name, in the order of lines; what took longest comes first in a line."""
    found: dict[tuple[Any, ...], list[Event]] = {}
    for event in events:
        found.setdefault(event[:8], []).append(event)
    groups = [
        Group._make((*key, len(same), sum(e.seconds for e in same), sum(e.nbytes for e in same)))
        for key, same in found.items()
    ]
    return sorted(groups, key=lambda g: (g.file, g.line, -g.seconds))


def where(file: str, line: int) -> str:
    """A line, for people."""
    return f"{_shown(file)}:{line}" if file else "no line of the program"


def _shown(file: str) -> str:
    """A path, for people: below the current folder without that."""
    relative = os.path.relpath(file) if os.path.isabs(file) else file
    return file if relative.startswith("..") else relative


def summary(trace: Trace) -> str:
    """A few lines: how many calls of each kind, and each line where arrays left their library."""
    calls, conversions = trace.calls, trace.conversions
    kinds = ", ".join(f"{n} {kind}" for kind, n in Counter(e.kind for e in calls).most_common())
    spent = sum(e.seconds for e in calls)
    lines = [f"{len(calls)} calls in {time_text(spent)}" + (f": {kinds}" if kinds else "")]
    total = size_text(sum(e.nbytes for e in conversions))
    lines.append(f"{len(conversions)} conversions of {total} in all")
    for group in grouped(conversions):
        times = f" {group.times} times" if group.times > 1 else ""
        through = f", in {group.during}" if group.during else ""
        through += f", through {group.via}" if group.via else ""
        lines.append(
            f"  {where(group.file, group.line)}: {group.name}{times}, {group.kind} of "
            f"{group.library}, {size_text(group.nbytes)}{through}"
        )
    return "\n".join(lines)


def rows(trace: Trace) -> list[tuple[str, ...]]:
    """The texts of the table, one for each of `COLUMNS`."""
    return [
        (
            *(where(g.file, g.line), g.name, g.library, g.kind, str(g.times)),
            *(time_text(g.seconds), size_text(g.nbytes), g.via or g.during),
        )
        for g in grouped(trace.events)
    ]


def _is_call(row: Sequence[str]) -> bool:
    return row[3] in ("native", "bridged", "derived", "stock", "refused", "raised")


def table(trace: Trace) -> str:
    """For a terminal."""
    return terminal.table(COLUMNS, rows(trace), lambda row: "" if _is_call(row) else "bold red")


def lines(trace: Trace, file: str | None = None) -> str:
    """Source lines with the time of their calls and the bytes that left, beside them.

    Parameters
    ----------
    trace : Trace
    file : str, optional
        Of the program; by default each that has an event.
    """
    parts = []
    for name in [_path(file)] if file else _files(trace):
        parts.append(_shown(name))
        for time, left, number, source, told in source_rows(trace, name):
            parts.append(f"{time:>10} {left:>10} {number:>5}  {source:<60} {told}".rstrip())
    return "\n".join(parts) + "\n"


def source_rows(trace: Trace, file: str) -> list[tuple[str, str, str, str, str]]:
    """Of a file: time of the calls, bytes that left, line number, source, and what left how."""
    groups = [g for g in grouped(trace.events) if _path(g.file) == file]
    found = []
    for number, source in enumerate(linecache.getlines(file), 1):
        here = [g for g in groups if g.line == number]
        left = [g for g in here if g.what == "conversion"]
        spent = sum(g.seconds for g in here if g.what == "call" or not g.during)
        names = dict.fromkeys(f"{g.name} ({g.library}, {g.kind})" for g in left)
        found.append(
            (
                time_text(spent) if here else "",
                size_text(sum(g.nbytes for g in left)) if left else "",
                str(number),
                source.rstrip("\n"),
                ", ".join(names),
            )
        )
    return found


def _path(file: str) -> str:
    """An absolute path; a cell of a notebook has none."""
    return file if file.startswith("<") else os.path.abspath(file)


def _files(trace: Trace) -> list[str]:
    files = {_path(e.file) for e in trace.events if e.file}
    return sorted(file for file in files if linecache.getlines(file))


def as_html(trace: Trace, title: str = "Where the arrays went") -> str:
    """One page that needs no other file."""
    calls, conversions = trace.calls, trace.conversions
    spent = sum(event.seconds for event in calls)
    parts = [
        page.cards(
            (
                (str(len(calls)), f"calls, {time_text(spent)}"),
                (str(len(conversions)), "conversions: an array left its library"),
                (size_text(sum(event.nbytes for event in conversions)), "left in all"),
                (time_text(trace.seconds), "traced"),
            )
        )
    ]
    left = [row for row in rows(trace) if not _is_call(row)]
    if left:
        caption = "What left its library, and where"
        parts.append(page.table(caption, COLUMNS, left, lambda row: "marked", kind=_KIND))
    elif trace.events:
        parts.append(page.paragraph("No array left its library."))
    files = _files(trace)
    if files:
        parts.append(page.heading("The program, with time and bytes beside the lines"))
    for file in files:
        head = ("time", "left", "line", "source", "how")
        body = source_rows(trace, file)
        marked = page.table(
            _shown(file), head, body, lambda row: "marked" if row[1] else "", code=3
        )
        parts.append(marked)
    if trace.events:
        parts.append(page.heading("Everything"))
        parts.append(page.table("By line", COLUMNS, rows(trace), kind=_KIND))
    parts.append(page.heading("What the words mean"))
    kinds = {event.kind for event in trace.events}
    parts.append(page.legend((k, text) for k, text in {**_CALLS, **KINDS}.items() if k in kinds))
    parts.append(page.paragraph(_BYTES))
    parts.append(page.made(event.library for event in trace.events))
    return page.page(title, parts)


def as_chrome(trace: Trace) -> dict[str, Any]:
    """Chrome's trace event format: one complete event for each call and conversion."""
    names = trace.thread_names
    found: list[dict[str, Any]] = [
        {"ph": "M", "name": "thread_name", "pid": 1, "tid": thread, "args": {"name": name}}
        for thread, name in names.items()
    ]
    for event in trace.events:
        shown = event._asdict()
        start, seconds, thread = (shown.pop(key) for key in ("start", "seconds", "thread"))
        found.append(
            {
                "ph": "X",
                "name": event.name,
                "cat": f"{event.what},{event.kind}",
                "pid": 1,
                "tid": thread,
                "ts": (start - trace.began) * 1e6,
                "dur": seconds * 1e6,
                "args": shown,
            }
        )
    return {"traceEvents": found, "displayTimeUnit": "ms"}


def as_json(trace: Trace) -> str:
    """All events, as a list of objects."""
    return json.dumps([event._asdict() for event in trace.events], indent=1) + "\n"
