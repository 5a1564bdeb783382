"""The plot of ratios."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402 - the backend is chosen first

from . import cases  # noqa: E402

_COLOURS = {
    cases.OURS: "#c0392b",
    cases.ACTIVE: "#c0392b",
    cases.EXPLICIT: "#e67e22",
    cases.NUMPY: "#2c3e50",
    cases.STOCK: "#2c3e50",
    cases.PYTHON: "#7f8c8d",
    cases.SINGLE: "#27ae60",
    cases.UARRAY: "#2980b9",
    cases.AUTORAY: "#8e44ad",
    cases.NAMESPACE: "#16a085",
}
_MARKERS = {cases.OURS: "D", cases.ACTIVE: "D", cases.EXPLICIT: "D"}


def _panel(
    axes: Any, rows: list[dict[str, Any]], against: str, goals: list[tuple[float, str]]
) -> None:
    """One line a case, one mark a peer: its overhead over that of `against`."""
    labels = []
    for height, row in enumerate(reversed(rows)):
        base = row["peers"][against]["overhead_ns"]
        labels.append(row["title"])
        for name, peer in row["peers"].items():
            if peer["overhead_ns"] > 0 and base > 0:
                axes.scatter(
                    peer["overhead_ns"] / base,
                    height,
                    s=42 if name in _MARKERS else 26,
                    color=_COLOURS[name],
                    marker=_MARKERS.get(name, "o"),
                    zorder=4 if name in _MARKERS else 3,
                    label=name,
                )
    axes.axvline(1, color=_COLOURS[against], linewidth=1, zorder=1)
    for goal, text, side in goals:
        axes.axvline(goal, color="#c0392b", linewidth=1, linestyle="--", zorder=1)
        axes.annotate(
            text, (goal, len(rows) - 0.45), ha=side, fontsize=7, color="#c0392b", rotation=0,
            xytext=(-2 if side == "right" else 2, 0), textcoords="offset points",
        )  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_yticks(range(len(labels)), labels, fontsize=8)
    axes.set_ylim(-0.6, len(rows) - 0.05)
    axes.set_xlabel(
        f"overhead, as a multiple of that of {against}  (log scale; left is faster)", fontsize=8
    )
    axes.grid(axis="both", color="#ecf0f1", zorder=0)
    axes.tick_params(axis="x", labelsize=8)
    handles: dict[str, Any] = {}
    for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
        handles.setdefault(name, handle)
    shown = [name for name in _COLOURS if name in handles]
    axes.legend(
        [handles[name] for name in shown],
        shown,
        fontsize=7.5,
        loc="upper left",
        bbox_to_anchor=(1.01, 1),
        frameon=False,
    )


def plot(measured: list[dict[str, Any]], path: Path) -> bool:
    """Draw the plot; False if there is nothing to draw."""
    rows = [row for row in measured if "peers" in row]
    plain = [row for row in rows if row["section"] == "plain ndarrays"]
    of_libraries = [row for row in rows if row["section"].endswith("dispatch only")]
    library = [row for row in of_libraries if cases.STOCK in row["peers"]]
    guests = [row for row in of_libraries if cases.STOCK not in row["peers"]]
    panels = [
        (
            plain,
            cases.NUMPY,
            [(0.75, "goal 0.75", "right")],
            "Plain ndarrays through a decorated function",
        ),
        (
            library,
            cases.STOCK,
            [
                (0.33, "goal for np., 0.33", "left"),
                (0.2, "goal for arrayproto.numpy, 0.2", "right"),
            ],
            "Arrays of a library, dispatch only (its function replaced by one that does nothing)",
        ),
        (
            guests,
            cases.AUTORAY,
            [(0.5, "goal 0.5", "right")],
            "Arrays of a library without the protocol, dispatch only",
        ),
    ]
    panels = [panel for panel in panels if panel[0]]
    if not panels:
        return False
    heights = [1.6 + len(panel[0]) for panel in panels]
    with plt.rc_context({"svg.hashsalt": "arrayproto", "font.family": "sans-serif"}):
        figure, all_axes = plt.subplots(
            len(panels),
            figsize=(10, 1.2 + 0.27 * sum(heights) + 0.5 * len(panels)),
            height_ratios=heights,
            squeeze=False,
            layout="constrained",
        )
        for axes, (lines, against, goals, title) in zip(all_axes[:, 0], panels, strict=True):
            _panel(axes, lines, against, goals)
            axes.set_title(title, fontsize=10, loc="left")
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)
    return True
