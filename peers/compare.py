"""Outcomes with arrayproto against those without, test by test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from .reasons import reason_for
from .run import Outcomes

#: As if a test that is not there at all had an outcome.
ABSENT = ["absent", ""]


class Changed(NamedTuple):
    """A test that ended otherwise with arrayproto than without."""

    test: str
    mode: str
    stock: str
    ours: str
    message: str
    reason: str  # empty if nobody knows


def changed_tests(stock: Outcomes, ours: Outcomes) -> list[str]:
    """Names of the tests whose outcome differs."""
    names = dict.fromkeys([*stock, *ours])
    return [n for n in names if stock.get(n, ABSENT)[0] != ours.get(n, ABSENT)[0]]


def compare(
    peer: str,
    outcomes: Mapping[str, Outcomes],
    again: Callable[[str, list[str]], Outcomes],
) -> tuple[list[Changed], list[str]]:
    """What has changed, and what is different from run to run by itself.

    Parameters
    ----------
    peer : str
        Its name, for the reasons.
    outcomes : mapping of str to outcomes
        By mode, ``"stock"`` among them.
    again : callable
        Runs tests once more in a mode.

    Returns
    -------
    changed : list of Changed
    unsteady : list of str
        Tests that ended alike when they were run once more, both ways.
    """
    changed, unsteady = [], []
    stock = outcomes["stock"]
    for mode, ours in outcomes.items():
        tests = changed_tests(stock, ours)
        if not tests:
            continue
        present = [test for test in tests if test in stock and test in ours]
        repeated = {m: again(m, present) if present else {} for m in ("stock", mode)}
        for test in tests:
            if test in present and test not in changed_tests(repeated["stock"], repeated[mode]):
                unsteady.append(test)
                continue
            before, (after, message) = stock.get(test, ABSENT)[0], ours.get(test, ABSENT)
            reason = reason_for(peer, test, message)
            changed.append(Changed(test, mode, before, after, message, reason))
    return changed, sorted(set(unsteady))


def counts(outcomes: Outcomes) -> dict[str, int]:
    """How many tests ended how."""
    return dict(Counter(outcome for outcome, _ in outcomes.values()).most_common())
