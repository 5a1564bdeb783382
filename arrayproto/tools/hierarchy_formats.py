"""What `arrayproto.tools.hierarchy` finds, as text, as a graph and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

from . import terminal
from .hierarchy import CALLS, Hierarchy, Outcome
from .page import escaped


def text(found: Hierarchy) -> str:
    """The table of results of the first call, and the problems."""
    first = next(iter(CALLS))
    cells = {(o.first, o.second): o for o in found.outcomes if o.call == first}
    head = (first.format("row", "column"), *found.types)
    rows = [
        (name, *(_cell(cells.get((name, other))) for other in found.types)) for name in found.types
    ]
    with_or = "with" if found.active else "without"
    lines = [f"{with_or} arrayproto active", terminal.table(head, rows).rstrip("\n")]
    for problem in found.problems:
        lines.append(f"{problem.kind}: {problem.message}")
        lines += [f"    {example}" for example in problem.examples]
    if not found.losses:
        lines.append("nothing is lost without a word")
    return "\n".join(lines) + "\n"


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return ""
    if outcome.lost:
        return f"{outcome.result}, {outcome.lost} lost"
    return outcome.result or outcome.error


def dot(found: Hierarchy) -> str:
    """The graph of types for Graphviz: an arrow goes to the one that wins."""
    lines = ["digraph hierarchy {"]
    lines += [f"  {json.dumps(name)};" for name in found.types]
    lines += [f"  {json.dumps(a)} -> {json.dumps(b)};" for a, b in sorted(found.edges())]
    return "\n".join([*lines, "}"]) + "\n"


def svg(found: Hierarchy) -> str:
    """The same as a picture, the types on a circle."""
    size, radius = 520, 200
    places = {}
    for number, name in enumerate(found.types):
        angle = 2 * math.pi * number / len(found.types) - math.pi / 2
        places[name] = size / 2 + radius * math.cos(angle), size / 2 + radius * math.sin(angle)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        'font-family="sans-serif" font-size="14">',
        '<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#666"/></marker></defs>',
    ]
    for loser, winner in sorted(found.edges()):
        (x1, y1), (x2, y2) = places[loser], places[winner]
        gap = 34 / math.hypot(x2 - x1, y2 - y1)
        start = x1 + (x2 - x1) * gap, y1 + (y2 - y1) * gap
        end = x2 - (x2 - x1) * gap, y2 - (y2 - y1) * gap
        lines.append(
            f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
            'stroke="#666" marker-end="url(#end)"/>'
        )
    for name, (x, y) in places.items():
        lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="32" fill="#eef" stroke="#446"/>')
        lines.append(
            f'<text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle">{escaped(name)}</text>'
        )
    return "\n".join([*lines, "</svg>"]) + "\n"


def as_json(found: Hierarchy) -> str:
    return (
        json.dumps(
            {
                "active": found.active,
                "types": found.types,
                "outcomes": [o._asdict() for o in found.outcomes],
                "problems": [p._asdict() for p in found.problems],
            },
            indent=1,
        )
        + "\n"
    )


FORMATS: dict[str, Callable[[Hierarchy], str]] = {
    "text": text,
    "dot": dot,
    "svg": svg,
    "json": as_json,
}
