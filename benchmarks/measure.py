"""Measure cases: from arrays of times to the rows of the report, as plain data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from . import cases, timing
from .cases import DIRECT, Case


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
        timed = case.timed(names)
        for name, call in timed.items():
            with call.context():
                result = call.once()
            if not case.right(result):
                raise AssertionError(f"{case.title}, {name}: the wrong function answered {result!r}")
        raw = timing.interleave(timed, rounds)
    even = timing.evened(raw)
    direct = even[DIRECT]
    row["direct_ns"] = _short(np.median(direct))
    row["peers"] = {
        name: {"call": case.peers[name].call, **_overhead(times, direct)}
        for name, times in even.items()
        if name != DIRECT
    }
    row["goals"] = [_goal(goal, raw, even) for goal in case.goals]
    return row


def _overhead(times: np.ndarray, direct: np.ndarray) -> dict[str, Any]:
    value, low, high = timing.overhead(times, direct)
    return {"overhead_ns": _short(value), "interval_ns": [_short(low), _short(high)]}


def _goal(
    goal: cases.Goal, raw: dict[str, np.ndarray], even: dict[str, np.ndarray]
) -> dict[str, Any]:
    row: dict[str, Any] = {"peer": goal.peer, "against": goal.against, "at_most": goal.at_most}
    if goal.against is None:
        value = timing.overhead(even[goal.peer], even[DIRECT])
    else:
        value = timing.ratio_of_overheads(even[goal.peer], even[goal.against], even[DIRECT])
        fastest = timing.ratio_of_fastest(raw[goal.peer], raw[goal.against], raw[DIRECT])
        row["value_of_fastest"] = _short(fastest)
    row |= {"value": _short(value.value), "interval": [_short(value.low), _short(value.high)]}
    return row | {"reached": verdict(value, goal.at_most)}


def verdict(value: timing.Estimate, at_most: float) -> str:
    """ "yes", "no", or "not resolved" where the noise is as large as the answer."""
    if not all(map(math.isfinite, value)) or value.low < 0:
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
    """Real functions take milliseconds: fewer rounds resolve no less of them."""
    return max(20, rounds // 2) if case.section.endswith("real function") else rounds


def _short(value: float) -> float:
    return float(f"{value:.4g}")
