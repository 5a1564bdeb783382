"""What `arrayproto.tools.hierarchy` finds, as text, as a graph and as JSON."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Iterator, Sequence

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


_SIZE, _RADIUS, _DISC = 560, 220, 34
Place = tuple[float, float]


def _places(names: Sequence[str]) -> dict[str, Place]:
    """The types on a circle, the first on top."""
    found = {}
    for number, name in enumerate(names):
        angle = 2 * math.pi * number / len(names) - math.pi / 2
        found[name] = _SIZE / 2 + _RADIUS * math.cos(angle), _SIZE / 2 + _RADIUS * math.sin(angle)
    return found


def _arrows(found: Hierarchy) -> Iterator[tuple[Place, Place]]:
    """From the rim of the type that gives way to the rim of the one that wins."""
    places = _places(found.types)
    for loser, winner in sorted(found.edges()):
        (x1, y1), (x2, y2) = places[loser], places[winner]
        gap = (_DISC + 2) / math.hypot(x2 - x1, y2 - y1)
        yield (
            (x1 + (x2 - x1) * gap, y1 + (y2 - y1) * gap),
            (x2 - (x2 - x1) * gap, y2 - (y2 - y1) * gap),
        )


def svg(found: Hierarchy) -> str:
    """The same as a picture, the types on a circle."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}" '
        'font-family="sans-serif" font-size="13">',
        '<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#667"/></marker></defs>',
    ]
    lines += [
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        'stroke="#667" marker-end="url(#end)"/>'
        for (x1, y1), (x2, y2) in _arrows(found)
    ]
    for name, (x, y) in _places(found.types).items():
        lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_DISC}" fill="#eef" stroke="#446"/>')
        lines.append(
            f'<text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle">{escaped(name)}</text>'
        )
    return "\n".join([*lines, "</svg>"]) + "\n"


def png(found: Hierarchy) -> bytes:
    """The same picture as PNG, by matplotlib.

    Raises
    ------
    ImportError
        Where it is not installed.
    """
    try:
        from matplotlib.figure import Figure
        from matplotlib.patches import Circle
    except ImportError as error:
        raise ImportError(
            f"PNG is drawn by matplotlib, which is not installed ({error}); --format svg needs "
            "nothing"
        ) from error
    figure = Figure(figsize=(6, 6), dpi=150)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, _SIZE), ylim=(_SIZE, 0))
    axes.set_axis_off()
    for start, end in _arrows(found):
        how = {"arrowstyle": "-|>", "color": "#667", "shrinkA": 0, "shrinkB": 0, "linewidth": 0.8}
        axes.annotate("", xy=end, xytext=start, arrowprops=how)
    for name, (x, y) in _places(found.types).items():
        axes.add_patch(Circle((x, y), _DISC, facecolor="#eef", edgecolor="#446"))
        axes.text(x, y, name.replace("$", r"\$"), ha="center", va="center", fontsize=9)
    written = io.BytesIO()
    figure.savefig(written, format="png")
    return written.getvalue()


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


FORMATS: dict[str, Callable[[Hierarchy], str | bytes]] = {
    "text": text,
    "dot": dot,
    "svg": svg,
    "png": png,
    "json": as_json,
}
