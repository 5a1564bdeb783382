"""Measure cases: from arrays of times to the rows of the report, as plain data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from . import cases, timing
from .cases import DIRECT, OTHER_DIRECT, REAL, WHOLE, Case


def measure(case: Case, rounds: int = timing.ROUNDS) -> dict[str, Any]:
    """Time a case's peers against each other.

    Returns
    -------
    dict
        What goes into the report's JSON for this case.
    """
    row: dict[str, Any] = {"section": case.section, "title": case.title}
    reason = case.unavailable()
    if reason is not None:
        return {**row, "skipped": reason}
    with case.opened() as names:
        groups = case.groups(names)
        check(case, groups)
        times = timing.interleave(groups, rounds)
    directs = {name: peer.direct for name, peer in case.peers.items()}
    even = timing.evened(times, directs)
    # Where only what is outside the function was timed, this is the cost of timing.
    row["direct_ns"] = _short(np.median(even[DIRECT].peer))
    row["peers"] = {
        name: {"call": case.peers[name].call, **_overhead(pair)}
        for name, pair in even.items()
        if name not in (DIRECT, OTHER_DIRECT)
    }
    raw = {n: timing.Pair(t, group[directs[n]]) for group in times for n, t in group.items()}
    row["goals"] = [_goal(goal, raw, even) for goal in case.goals]
    return row


def check(case: Case, groups: list[timing.Group]) -> None:
    """Call each peer once; raise AssertionError if another function than the right one answers."""
    for group in groups:
        with group.context():
            for name, call in group.calls.items():
                result = call.once()
                if not case.right(result):
                    raise AssertionError(f"{case.title}, {name}: answered {result!r}")


def _overhead(pair: timing.Pair) -> dict[str, Any]:
    value, low, high = timing.overhead(pair)
    return {"overhead_ns": _short(value), "interval_ns": [_short(low), _short(high)]}


def _goal(
    goal: cases.Goal, raw: dict[str, timing.Pair], even: dict[str, timing.Pair]
) -> dict[str, Any]:
    row: dict[str, Any] = {"peer": goal.peer, "against": goal.against, "at_most": goal.at_most}
    if goal.against is None:
        value = timing.overhead(even[goal.peer])
    else:
        value = timing.ratio_of_overheads(even[goal.peer], even[goal.against])
        fastest = timing.ratio_of_fastest(raw[goal.peer], raw[goal.against])
        row["value_of_fastest"] = _short(fastest)
    row |= {"value": _short(value.value), "interval": [_short(value.low), _short(value.high)]}
    return row | {"reached": verdict(value, goal.at_most, ratio=goal.against is not None)}


def verdict(value: timing.Estimate, at_most: float, *, ratio: bool = True) -> str:
    """ "yes", "no", or "not resolved" where the noise is as large as the answer."""
    if not all(map(math.isfinite, value)) or (ratio and value.low < 0):
        return "not resolved"
    if value.low <= at_most < value.high and value.high - value.low > at_most / 4:
        return "not resolved"
    return "yes" if value.value <= at_most else "no"


def growth(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """How the cost grows with the number of types, for each peer that was timed for all."""
    found = [row for row in rows if row["section"] == "types"]
    if len(found) != len(cases.TYPE_COUNTS):
        return []
    lines = []
    for name in found[0]["peers"]:
        overheads = [row["peers"][name]["overhead_ns"] for row in found]
        value = timing.growth(cases.TYPE_COUNTS, overheads)
        line: dict[str, Any] = {"peer": name, "overheads_ns": overheads, "value": _short(value)}
        if name == cases.OURS:
            at_most = cases.GROWTH_AT_MOST
            line |= {"at_most": at_most, "reached": "yes" if value <= at_most else "no"}
        lines.append(line)
    return lines


def measure_all(
    rounds: int = timing.ROUNDS,
    only: str = "",
    progress: Callable[[str], None] = lambda text: None,
) -> list[dict[str, Any]]:
    """Measure every case whose section or title contains `only`."""
    rows = []
    for case in cases.CASES:
        if only in f"{case.section}: {case.title}":
            progress(f"{case.section}: {case.title}")
            rows.append(measure(case, rounds_for(case, rounds)))
    return rows


def rounds_for(case: Case, rounds: int) -> int:
    """Real functions take up to milliseconds, so there are fewer rounds of them."""
    return max(10, rounds // 3) if case.section.endswith((REAL, WHOLE)) else rounds


def _short(value: float) -> float:
    return float(f"{value:.4g}")
