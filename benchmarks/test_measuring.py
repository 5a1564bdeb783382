"""The measuring itself: statistics on times that are made up, and the report from end to end."""

from __future__ import annotations

import contextlib
import json

import numpy as np
import pytest

from . import cases, measure, plot, report, timing


def _moody(nanoseconds: float, mood: np.ndarray) -> np.ndarray:
    return nanoseconds * mood


class TestEvened:
    def test_takes_the_moods_of_the_machine_out(self):
        mood = np.where(np.arange(100) % 10 < 5, 1.0, 2.0)
        times = [{"direct": _moody(50, mood), "a": _moody(90, mood), "b": _moody(130, mood)}]
        pairs = timing.evened(times)
        assert timing.ratio_of_overheads(pairs["a"], pairs["b"]).value == pytest.approx(0.5)
        assert timing.overhead(pairs["b"]).low == pytest.approx(timing.overhead(pairs["b"]).high)

    def test_compares_groups_by_their_direct_calls(self):
        fast, slow = np.ones(40), np.full(40, 2.0)
        times = [
            {"direct": _moody(50, fast), "stock": _moody(150, fast)},
            {"direct": _moody(50, slow), "active": _moody(100, slow)},
        ]
        pairs = timing.evened(times)
        assert timing.ratio_of_overheads(pairs["active"], pairs["stock"]).value == pytest.approx(
            0.5
        )

    def test_compares_a_peer_with_its_own_direct_call(self):
        even = np.ones(40)
        times = [{"direct": 50 * even, "another": 20 * even, "a": 80 * even}]
        pairs = timing.evened(times, {"a": "another"})
        assert timing.overhead(pairs["a"]).value == pytest.approx(60)


def test_interleave_alternates_and_enters_each_context():
    seen = []

    @contextlib.contextmanager
    def context():
        seen.append("in")
        yield
        seen.append("out")

    names = {"f": lambda: seen.append("f")}
    calls = {"direct": timing.compiled("f()", names), "again": timing.compiled("f()", names)}
    (times,) = timing.interleave([timing.Group(context, calls)], rounds=3)
    assert set(times) == {"direct", "again"}
    assert all(t.shape == (3,) and (t > 0).all() for t in times.values())
    assert seen[0] == "in"
    assert seen[-1] == "out"
    assert "f" in seen


def test_inside_leaves_the_function_out():
    inside = timing.Inside()
    timed = timing.compiled("f()", {"f": inside.timing(lambda: sum(range(20_000)))}, inside)
    outside = min(timed.loop(1) for _ in range(20))
    assert inside.seconds > 0
    assert outside < inside.seconds  # the function takes a hundred times as long as its call


@pytest.mark.parametrize(
    ("cost", "expected"), [(lambda n: 7.0 * n + 3, 1.0), (lambda n: float(n * n), 8.0)]
)
def test_growth(cost, expected):
    sizes = cases.TYPE_COUNTS
    assert timing.growth(sizes, [cost(n) for n in sizes]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("estimate", "expected"),
    [
        ((0.30, 0.29, 0.31), "yes"),
        ((0.40, 0.39, 0.41), "no"),
        ((0.33, 0.32, 0.34), "yes"),
        ((0.30, 0.10, 0.90), "not resolved"),
        ((-0.1, -0.9, 0.1), "not resolved"),
        ((float("nan"),) * 3, "not resolved"),
    ],
)
def test_verdict(estimate, expected):
    assert measure.verdict(timing.Estimate(*estimate), 0.33) == expected


def test_verdict_of_nanoseconds():
    assert measure.verdict(timing.Estimate(-900, -950, -850), 0.0, ratio=False) == "yes"
    assert measure.verdict(timing.Estimate(90, 85, 95), 0.0, ratio=False) == "no"
    assert measure.verdict(timing.Estimate(-1, -9, 9), 0.0, ratio=False) == "not resolved"


def test_the_report_says_what_was_measured(tmp_path):
    """From one case to table, Markdown and plot."""
    wanted = ("2 relevant arguments, positional", "sparse: tensordot(x, x)", "cupy: sum")
    chosen = [c for c in cases.CASES if c.title.startswith(wanted)]
    rows = [measure.measure(case, rounds=4) for case in chosen]
    written = {
        "date": "2000-01-01",
        "versions": report.versions(),
        "processor": "any",
        "rounds": 4,
        "cases": rows,
        "growth": [],
    }
    written = json.loads(json.dumps(written))  # plain data
    _, lines = report.goals_table(written)
    assert len(lines) == sum(len(row.get("goals", ())) for row in rows)
    assert {line[-1] for line in lines} <= {"yes", "no", "not resolved"}
    text = report.markdown(written)
    assert "| plain ndarrays: 2 relevant arguments, positional | arrayproto |" in text
    path = tmp_path / "ratios.svg"
    assert plot.plot(written["cases"], path)
    assert path.stat().st_size > 0
