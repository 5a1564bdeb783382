"""A conformance result as text, table, page and badge."""

from __future__ import annotations

import collections
import datetime
from collections.abc import Iterator

import numpy as np

from ..tools import page as pages
from ..tools.terminal import plain
from .asked import Outcome
from .badge import badge
from .conformance import Result
from .judge import Judgement, Verdict
from .xfails import Known

_SIGNS = {True: "passed", False: "failed", None: "does not apply"}


def percent(share: float) -> str:
    """Rounded down, so that 100 % is all of them."""
    return f"{int(share * 1000) / 10:.1f} %"


def failures(result: Result, known: Known) -> Iterator[tuple[str, str]]:
    """What fails and is not known, and what is known and does not fail any more.

    Yields
    ------
    what, how : str
    """
    failing: dict[str, bool] = collections.defaultdict(bool)
    for judgement in result.judgements:
        call, wrong = judgement.call, judgement.verdict is not Verdict.RIGHT
        for what in (call.expression, call.public_api):
            failing[what] |= wrong
        if wrong and known.of_call(call.public_api, call.expression) is None:
            yield call.expression, f"{judgement.verdict.value}: {judgement.detail}"
    for outcome in result.all_outcomes():
        what = f"check: {outcome.name}"
        failing[what] = outcome.passed is False
        if outcome.passed is False and known.of_check(outcome.name) is None:
            yield what, outcome.detail
    for what, reason in known.reasons.items():
        if what in failing and not failing[what]:
            yield what, f"does not fail any more ({reason}); take it out of the file"


def summary(result: Result) -> str:
    """One line."""
    passed, applying = result.checks
    return (
        f"{result.title}: {percent(result.score)} of NumPy: {result.right} of {result.functions} "
        f"functions wholly right; {passed} of {applying} checks passed"
    )


def _verdicts(judgements: list[Judgement]) -> str:
    counts = collections.Counter(j.verdict.value for j in judgements)
    return ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())


def _row(outcome: Outcome) -> tuple[str, str, str]:
    return outcome.name, _SIGNS[outcome.passed], outcome.detail


def text(result: Result, known: Known, verdicts: list[str] | None = None) -> str:
    """For a terminal: what is not right, the checks and the summary."""
    lines = []
    for judgement in result.judgements:
        call, verdict, detail = judgement
        if verdict.value in verdicts if verdicts is not None else verdict is not Verdict.RIGHT:
            why = known.of_call(call.public_api, call.expression)
            lines.append(f"{verdict.value}: {call.expression}\n    {why or detail}\n")
    lines.append(plain(("check", "", ""), [_row(outcome) for outcome in result.all_outcomes()]))
    lines.append(summary(result) + "\n")
    return "".join(lines)


def html(result: Result) -> str:
    """A page that needs no other file."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    functions = result.by_function()
    bad = [j for j in result.judgements if j.verdict is not Verdict.RIGHT]
    parts = [
        pages.paragraph(summary(result) + "."),
        pages.paragraph(
            f"{today}; NumPy {np.__version__}; {result.title} {result.version}. A function is "
            "wholly right if NumPy's value, shape, dtype and errors come out of each call, in an "
            "array of the class, without a way through the host."
        ),
        pages.table(
            "Checks",
            ("check", "", "what was seen"),
            [_row(outcome) for outcome in result.all_outcomes()],
            style=lambda row: "marked" if row[1] == "failed" else "",
        ),
        pages.table(
            "Functions",
            ("function", "calls", "wholly right", "verdicts"),
            [
                (
                    f"np.{name}",
                    str(len(judgements)),
                    "yes" if all(j.verdict is Verdict.RIGHT for j in judgements) else "no",
                    _verdicts(judgements),
                )
                for name, judgements in functions.items()
            ],
            style=lambda row: "" if row[2] == "yes" else "marked",
        ),
        pages.table(
            "Calls that are not right",
            ("call", "verdict", "what was seen"),
            [(j.call.expression, j.verdict.value, j.detail) for j in bad],
            code=0,
        ),
    ]
    return pages.page(f"{result.title}: how much of NumPy it has", parts)


def svg(result: Result) -> str:
    """The badge of a result."""
    passed, applying = result.checks
    share = result.score if passed == applying else min(result.score, 0.94)
    return badge("NumPy functions", f"{percent(result.score)}, checks {passed}/{applying}", share)
