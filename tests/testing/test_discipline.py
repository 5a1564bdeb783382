"""`arrayproto.testing.discipline`: each check passes a good class and finds what is broken."""

from __future__ import annotations

import pytest

from arrayproto.testing.described import Target, described
from arrayproto.testing.discipline import CHECKS, run_check
from tests.testing import broken_arrays

#: Check to a class that breaks it, and what is said of it.
BROKEN = {
    "strangers answer": ("Greedy", "was answered by a Greedy"),
    "nobody answers": ("Greedy", "was answered by a Greedy"),
    "unknown functions": ("Converting", "gave a ndarray"),
    "types are honoured": ("Exact", "with a subclass of its own"),
    "subclasses are asked first": ("First", "x + y with y of a subclass was answered by a First"),
    "exceptions arrive": ("Swallowing", "gave an answer"),
    "operators with numpy": ("Leaving", "+ x is a ndarray"),
    "like": ("Alike", "is a ndarray"),
    "arguments stay": ("Sorting", "after np.sort(x)"),
    "pickling": ("Attached", "holds an open file"),
    "copying": ("Sharing", "deep copy was written to"),
    "printing": ("Plain", "that of any object"),
}


def _subject(name):
    return described(Target(f"tests.testing.broken_arrays:{name}"))


@pytest.mark.parametrize("check", CHECKS)
def test_a_good_class_passes(check):
    outcome = run_check(check, _subject("Good"))
    assert outcome.passed, outcome.detail


@pytest.mark.parametrize("check", BROKEN)
def test_what_is_broken_is_found(check):
    name, told = BROKEN[check]
    outcome = run_check(check, _subject(name))
    assert outcome.passed is False
    assert told in outcome.detail


def test_threads_are_compared(monkeypatch):
    """A class that mixes its threads up does it now and then only: the results are given here."""
    subject = _subject("Good")
    count = iter(range(10**9))
    mixed = subject._replace(to_numpy=lambda x: subject.to_numpy(x) + (next(count) > 60))
    assert run_check("threads", mixed).passed is False


def test_every_check_has_a_class_that_breaks_it():
    assert set(CHECKS) - {"threads"} == set(BROKEN)
    for name, _ in BROKEN.values():
        assert issubclass(getattr(broken_arrays, name), broken_arrays.Good)


def test_errors_that_cannot_be_read_are_reported():
    outcome = run_check("nobody answers", _subject("Mumbling"))
    assert outcome.passed
    outcome = run_check("operators with numpy", _subject("Mumbling"))
    assert outcome.detail.endswith("MumbleError, whose message raises AttributeError")
