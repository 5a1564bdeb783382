"""docs/tutorial.md: every step of it runs, and leads to the score that it says."""

from __future__ import annotations

import doctest
import re
import sys
import zlib

import pytest

from arrayproto.testing.conformance import calls_for, judge_class
from arrayproto.testing.described import Target, described
from arrayproto.testing.discipline import CHECKS, run_check
from arrayproto.testing.judge import Verdict
from arrayproto.testing.tutorial import module, steps
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
STEPS = list(steps(TEXT))
START = "x = MyArray([[1.0, 2.0], [3.0, 4.0]])"


@pytest.fixture
def made(request):
    name = f"tutorial_of_test_{request.param.number}"
    yield request.param, module(request.param, name)
    del sys.modules[name]


def test_there_are_seven():
    assert [step.number for step in STEPS] == list(range(1, 8))
    assert all(step.session for step in STEPS)
    assert TEXT.count(START) == 1


@pytest.mark.parametrize("made", STEPS, indirect=True, ids=lambda step: step.title)
def test_each_step_runs(made):
    step, mylib = made
    scope = dict(vars(mylib))
    if START not in step.session:
        exec(START, scope)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    test = doctest.DocTestParser().get_doctest(step.session, scope, step.title, None, 0)
    told = []
    results = doctest.DocTestRunner(optionflags=flags, verbose=False).run(test, out=told.append)
    assert results.attempted
    assert not results.failed, "".join(told)


@pytest.mark.parametrize("made", STEPS[-1:], indirect=True, ids=["full"])
def test_the_last_step_has_all_of_numpy(made):
    """By a fifth of the calls, for the sake of time; the table says it of all."""
    _, mylib = made
    subject = described(Target(f"{mylib.__name__}:MyArray"))
    chosen = [c for c in calls_for(subject) if zlib.crc32(c.expression.encode()) % 5 == 0]
    assert len(chosen) > 800
    wrong = [j for j in (judge_class(c, subject) for c in chosen) if j.verdict is not Verdict.RIGHT]
    assert not wrong
    failed = [o for o in (run_check(name, subject) for name in CHECKS) if o.passed is not True]
    assert not failed


def test_the_table_is_of_these_steps():
    rows = re.findall(r"^\| (\d\. .*?) \| ([\d.]+) % \|", TEXT, re.MULTILINE)
    assert [title for title, _ in rows] == [f"{step.number}. {step.title}" for step in STEPS]
    assert rows[-1][1] == "100.0"
    assert float(rows[4][1]) < float(rows[5][1]) < 100
