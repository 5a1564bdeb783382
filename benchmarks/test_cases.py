"""Every call of every case as a record of pytest-benchmark; what is asserted is who answers.

No test asserts a time: ratios are measured by ``python -m benchmarks.report``.
"""

from __future__ import annotations

import inspect
from operator import attrgetter

import pytest

from . import cases, measure
from .cases import CASES, Case


def _name(case: Case) -> str:
    return f"{case.section}: {case.title}"


def _records() -> list[pytest.param]:
    return [
        pytest.param(case, name, id=f"{_name(case)}-{name}", marks=[pytest.mark.gpu] * case.gpu)
        for case in CASES
        for name in case.peers
    ]


def _available(case: Case) -> None:
    reason = case.unavailable()
    if reason is not None:
        pytest.skip(reason)


@pytest.mark.parametrize(("case", "name"), _records())
@pytest.mark.benchmark(max_time=0.03, min_rounds=3, warmup=False)
def test_call(case, name, benchmark):
    """The time recorded has the call of a closure in it, about as much as a direct call."""
    _available(case)
    benchmark.group = _name(case)
    benchmark.extra_info["call"] = case.peers[name].call
    with case.opened() as names:
        for group in case.groups(names):
            if name in group.calls:
                with group.context():
                    assert case.right(group.calls[name].once())
                    benchmark(group.calls[name].once)
                break


@pytest.mark.parametrize(
    "case", [pytest.param(c, id=_name(c), marks=[pytest.mark.gpu] * c.gpu) for c in CASES]
)
def test_the_right_function_answers_every_peer(case):
    _available(case)
    with case.opened() as names:
        measure.check(case, case.groups(names))


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_every_goal_is_about_a_peer_that_is_timed(case):
    assert cases.DIRECT in case.peers
    for goal in case.goals:
        assert goal.peer in case.peers
        assert goal.against is None or goal.against in case.peers


@pytest.mark.parametrize("row", [row for row in cases.LIBRARY_ROWS if not row.gpu])
def test_a_library_gets_its_function_back(row):
    module = pytest.importorskip(row.module)
    before = module.tensordot
    called = cases.FUNCTION_ROWS[0]
    for timed in (cases.DISPATCH_ONLY, cases.REAL):
        with cases._library(row, called, timed) as names:
            assert module.tensordot is not before
            assert names["lib"] is module
        assert module.tensordot is before
        x = eval(row.array, {"lib": module, "np": cases.np})
        for answered in (
            cases.arrayproto.numpy.tensordot(x, x),
            cases.autoray.do("tensordot", x, x),
        ):
            assert isinstance(answered, type(x))


@pytest.mark.parametrize("row", [row for row in cases.GUEST_ROWS if row.ends])
def test_a_library_gets_the_function_back_that_we_end_in(row):
    module = pytest.importorskip(row.module)
    end = attrgetter(row.ends.partition("(")[0])
    before = end(module)
    with cases._library(row, cases.GUEST_FUNCTION_ROWS[row.name], cases.DISPATCH_ONLY):
        assert end(module) is not before
        assert eval(f"module.{row.ends}", {"module": module, "x": None}) is cases._answer(row)
    assert end(module) is before


@pytest.mark.parametrize("row", [row for row in cases.LIBRARY_ROWS if not row.gpu])
def test_what_does_nothing_takes_what_the_real_function_takes(row):
    module = pytest.importorskip(row.module)
    for called in cases.FUNCTION_ROWS:
        real = getattr(module, called.name)
        expected = [
            (p.name, p.kind, p.default) for p in inspect.signature(real).parameters.values()
        ]
        nothing = inspect.signature(cases.nothing_like(real)).parameters.values()
        assert [(p.name, p.kind, p.default) for p in nothing] == expected
