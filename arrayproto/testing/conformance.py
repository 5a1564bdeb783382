"""The conformance of an array class: every function by the oracle, then the discipline.

``python -m arrayproto conformance mylib:MyArray`` prints it; the formats are in `formats`.
"""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import datetime
import multiprocessing
from collections.abc import Iterable, Sequence
from importlib import metadata
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import numpy as np

from ..activation import activated
from ..catalog import catalog, ufuncs
from .asked import Outcome
from .calls import Call, load_calls
from .described import Target, described
from .discipline import CHECKS, run_check
from .judge import Judgement, Verdict, judge, needs
from .subjects import Subject

#: Calls with arrays that NumPy does not find, so that no class can answer.
NOBODY_IS_ASKED = {
    "np.lexsort([a, -a])": "NumPy looks for arrays among the keys in a tuple only",
    "np.poly(ev)": "NumPy looks for arrays among the elements only",
    "np.roots(ev)": "NumPy looks for arrays among the elements only",
}

#: What NumPy says where nobody answers: a refusal, as honest as one of ours.
_NOBODY = ("TypeError: no implementation found for", "TypeError: operand type(s) all returned Not")


class Result(NamedTuple):
    """All that was found out about one array class.

    Attributes
    ----------
    title : str
    version : str
        Of the distribution that it is of; "" where there is none.
    judgements : list of Judgement
        Of the calls that make sense for it.
    outcomes : list of Outcome
        Of the checks.
    """

    title: str
    version: str
    judgements: list[Judgement]
    outcomes: list[Outcome]

    def by_function(self) -> dict[str, list[Judgement]]:
        """Judgements by function or ufunc."""
        found: dict[str, list[Judgement]] = collections.defaultdict(list)
        for judgement in self.judgements:
            found[judgement.call.public_api].append(judgement)
        return dict(sorted(found.items()))

    def count(self, *verdicts: Verdict) -> int:
        """How many functions have only judgements of these."""
        return sum(
            all(j.verdict in verdicts for j in judgements)
            for judgements in self.by_function().values()
        )

    @property
    def functions(self) -> int:
        return len(self.by_function())

    @property
    def right(self) -> int:
        """Functions whose every call is NumPy's, in value, shape, dtype and error, on the class."""
        return self.count(Verdict.RIGHT)

    @property
    def score(self) -> float:
        """The share of these, from 0 to 1."""
        return self.right / self.functions if self.functions else 0.0

    @property
    def calls_right(self) -> float:
        """The share of the calls that are right, from 0 to 1."""
        right = sum(j.verdict is Verdict.RIGHT for j in self.judgements)
        return right / len(self.judgements) if self.judgements else 0.0

    @property
    def checks(self) -> tuple[int, int]:
        """How many checks passed, and how many apply; the passage through the host is one."""
        outcomes = self.all_outcomes()
        return (
            sum(outcome.passed is True for outcome in outcomes),
            sum(outcome.passed is not None for outcome in outcomes),
        )

    def all_outcomes(self) -> list[Outcome]:
        """The checks, and what the calls say of the host."""
        return [*self.outcomes, _staying(self.judgements)]

    def record(self) -> dict[str, Any]:
        """What is kept of it: numbers, by function and by check."""
        passed, applying = self.checks
        return {
            "class": self.title,
            "version": self.version,
            "numpy": np.__version__,
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "score": round(self.score, 4),
            "right": self.right,
            "functions": self.functions,
            "checks_passed": passed,
            "checks": applying,
            "calls": dict(collections.Counter(j.verdict.value for j in self.judgements)),
            "by_function": {
                name: dict(collections.Counter(j.verdict.value for j in judgements))
                for name, judgements in self.by_function().items()
            },
            "by_check": {o.name: [o.passed, o.detail] for o in self.all_outcomes()},
        }


def _staying(judgements: list[Judgement]) -> Outcome:
    name = "staying off the host"
    if not judgements:
        return Outcome(name, None, "no call was judged")
    found = [j for j in judgements if j.verdict in (Verdict.HOST, Verdict.LEFT)]
    if not found:
        return Outcome(name, True)
    first = f"{found[0].call.expression}: {found[0].verdict.value}: {found[0].detail}"
    return Outcome(name, False, f"{len(found)} calls, for instance {first}"[:240])


def _can_be_asked() -> frozenset[str]:
    """Functions and ufuncs about which NumPy asks the classes of the arguments."""
    return frozenset(n for n, entry in catalog().items() if entry.dispatched) | frozenset(ufuncs())


def calls_for(subject: Subject, functions: Sequence[str] | None = None) -> list[Call]:
    """The calls that make sense for a subject.

    Those with an array of it, of functions that NumPy dispatches, that ask for nothing that it
    lacks.

    Parameters
    ----------
    subject : Subject
    functions : sequence of str, optional
        These functions only.
    """
    askable = _can_be_asked()
    return [
        call
        for call in load_calls()
        if call.arrays
        and call.expression not in NOBODY_IS_ASKED
        and call.public_api in askable
        and (not functions or call.function in functions or call.public_api in functions)
        and not needs(call) & subject.lacks
    ]


def judge_class(call: Call, subject: Subject) -> Judgement:
    """`judge`, where NumPy's own refusal counts as one."""
    judgement = judge(call, subject)
    # Where NumPy raises a TypeError too, it is that of nobody all the same.
    if judgement.detail.startswith(_NOBODY):
        return judgement._replace(verdict=Verdict.REFUSED)
    return judgement


def version_of(module: str) -> str:
    """Of the distribution that a module is of, or ""."""
    found = metadata.packages_distributions().get(module.partition(".")[0])
    return metadata.version(found[0]) if found else ""


@contextlib.contextmanager
def _ready(target: Target) -> Any:
    subject = described(target)
    with activated(subject.classes()[0]) if target.activate else contextlib.nullcontext():
        yield subject


def _items(subject: Subject, functions: Sequence[str] | None) -> list[Call | str]:
    """All that is to be found out: calls, and names of checks."""
    return [*calls_for(subject, functions), *(CHECKS if functions is None else ())]


def _found(item: Call | str, subject: Subject) -> Judgement | Outcome:
    return run_check(item, subject) if isinstance(item, str) else judge_class(item, subject)


def _serve(connection: Connection, target: Target, functions: Any, part: slice) -> None:
    """Find out a part of the items, in a process of its own."""
    with _ready(target) as subject:
        for item in _items(subject, functions)[part]:
            connection.send(_found(item, subject))
    connection.close()


def _surviving(
    target: Target, functions: Any, items: list[Call | str], first: int, step: int
) -> list[Judgement | Outcome]:
    """The same; what ends the process, or does not end itself, is told of, and the rest goes on.

    Compiled code of a library may do the one, and a recursion in one the other.
    """
    # Not forked: threads of a library's do not survive that.
    context = multiprocessing.get_context("spawn")
    results: list[Judgement | Outcome] = []
    mine, deaths = items[first::step], 0
    while len(results) < len(mine) and deaths < _MOST_DEATHS:
        receiver, sender = context.Pipe(duplex=False)
        part = slice(first + len(results) * step, None, step)
        process = context.Process(target=_serve, args=(sender, target, functions, part))
        process.start()
        sender.close()
        try:
            while len(results) < len(mine):
                results.append(_received(receiver))
        except TimeoutError:
            process.kill()
            how = f"does not come to an end within {_LONGEST} seconds"
        except EOFError:
            process.join()
            how = f"ends the process: exit status {process.exitcode}"
        else:
            how = ""
        process.join()
        if how:
            deaths += 1
            results.append(_died(mine[len(results)], how))
    return results + [_died(item, "not tried after the others") for item in mine[len(results) :]]


def _received(receiver: Connection) -> Judgement | Outcome:
    """What a process has found out next."""
    if not receiver.poll(_LONGEST):
        raise TimeoutError
    return receiver.recv()  # type: ignore[no-any-return]


#: After so many the rest is not tried any more.
_MOST_DEATHS = 40
#: So many seconds are given to a call, and to a process to begin with.
_LONGEST = 40


def _died(item: Call | str, how: str) -> Judgement | Outcome:
    if isinstance(item, str):
        return Outcome(item, False, how)
    return Judgement(item, Verdict.ERROR, how)


def conformance(target: Target, functions: Iterable[str] | None = None, jobs: int = 1) -> Result:
    """Find out how far an array class does what NumPy does.

    Parameters
    ----------
    target : Target
    functions : iterable of str, optional
        These only, and no checks.
    jobs : int, optional
        How many processes share the calls. With two or more, a call that ends its process, or does
        not come to an end, is an error like others; with one, all is done in this process.

    Returns
    -------
    Result

    Raises
    ------
    ValueError
        If the target is not described well; see `described`.
    """
    chosen = None if functions is None else list(functions)
    with _ready(target) as subject:
        items = _items(subject, chosen)
        if jobs == 1:
            found = [_found(item, subject) for item in items]
    if jobs > 1:
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            started = [pool.submit(_surviving, target, chosen, items, i, jobs) for i in range(jobs)]
            parts = [each.result() for each in started]
        found = [parts[i % jobs][i // jobs] for i in range(len(items))]
    return Result(
        target.title,
        version_of(subject.module),
        [each for each in found if isinstance(each, Judgement)],
        [each for each in found if isinstance(each, Outcome)],
    )
