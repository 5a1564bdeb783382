"""`arrayproto.testing.peers`: the classes of other libraries, and the table of them."""

from __future__ import annotations

import re

import numpy as np
import pytest

from arrayproto.testing.asked import Outcome
from arrayproto.testing.conformance import Result, calls_for, conformance, judge_class
from arrayproto.testing.described import Target, described
from arrayproto.testing.judge import Verdict
from arrayproto.testing.peers import PEERS, installed, markdown
from tests.conftest import ROOT

ARRAY = np.array([[0.5, 0, 2], [0, -1, 0]])
CALLS = ("np.add(m, 2.5)", "np.add(im, 3)")
GOOD = Target("tests.testing.broken_arrays:Good")


@pytest.mark.parametrize("target", PEERS, ids=lambda target: target.title)
def test_it_is_judged_as_it_is(target):
    """A few calls of each: the whole is in docs/conformance.md."""
    if target not in installed():
        pytest.skip(f"{target.title} is not here: it is of the extra 'peers'")
    subject = described(target)
    made = subject.from_numpy(ARRAY)
    assert subject.is_array(made)
    np.testing.assert_array_equal(subject.to_numpy(made), ARRAY, strict=True)
    calls = [c for c in calls_for(subject, ["add"]) if c.expression in CALLS]
    assert len(calls) == len(CALLS)
    verdicts = {judge_class(c, subject).verdict for c in calls}
    # ndonnx has no protocol of NumPy's, and its own operators are no ufuncs.
    assert Verdict.RIGHT in verdicts or target.title == "ndonnx"


def test_the_table():
    found = conformance(GOOD, ["sum"])
    result = Result("mine", "1.2", found.judgements, [Outcome("pickling", False, "no")])
    text = markdown([result])
    assert "| mine 1.2 | 100.0 % | 1 | 1 | 1 | 1 | 100.0 % | 1 of 2 | pickling |" in text


def test_the_document_has_all_of_them():
    text = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z0-9]+) \d", text, re.MULTILINE)
    assert rows == [target.title for target in PEERS]
