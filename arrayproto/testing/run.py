"""Judge many calls, and say how many functions are wholly right."""

from __future__ import annotations

import collections
import itertools
import json
import sys
from collections.abc import Iterable, Sequence
from importlib import metadata
from typing import Any, NamedTuple

import numpy as np

from .calls import Call, load_calls
from .chunks import Kept, ProcessDiedError, Tell, judged, judged_by_processes
from .judge import Judgement, Verdict, needs, passes
from .subjects import SUBJECTS, Subject

#: So many calls are judged one after the other before what was compiled for them is forgotten:
#: neighbours in the table are of one function, and share most of it.
_CHUNK = 100


class Report(NamedTuple):
    """All judgements on one subject.

    Attributes
    ----------
    subject : Subject
    judgements : list of Judgement
    """

    subject: Subject
    judgements: list[Judgement]

    @property
    def sensible(self) -> list[Judgement]:
        """Those on calls that make sense for the library."""
        return [j for j in self.judgements if not needs(j.call) & self.subject.lacks]

    def by_function(self) -> dict[str, list[Judgement]]:
        """Judgements on sensible calls, by function or ufunc."""
        found: dict[str, list[Judgement]] = collections.defaultdict(list)
        for judgement in self.sensible:
            found[judgement.call.public_api].append(judgement)
        return dict(found)

    def by_argument(self) -> dict[str, dict[str, collections.Counter[str]]]:
        """Verdicts on calls that give an optional argument, by function and argument.

        Those that ask for a write count too where arrays cannot be written to: ``out=`` is an
        argument, and refusing it is an answer.
        """
        found: dict[str, dict[str, collections.Counter[str]]] = {}
        for judgement in self.judgements:
            if (needs(judgement.call) & self.subject.lacks) <= {"writes"}:
                arguments = found.setdefault(judgement.call.public_api, {})
                for argument in judgement.call.given:
                    counts = arguments.setdefault(argument, collections.Counter())
                    counts[judgement.verdict.value] += 1
        return {name: arguments for name, arguments in found.items() if arguments}

    def wholly_right(self) -> tuple[int, int]:
        """How many functions have only right answers, and how many there are."""
        functions = self.by_function()
        right = sum(
            all(j.verdict is Verdict.RIGHT for j in judgements) for judgements in functions.values()
        )
        return right, len(functions)

    def record(self) -> dict[str, Any]:
        """What is kept of it: versions, and counts of verdicts by function."""
        return {
            "subject": self.subject.name,
            "library": self.subject.library,
            "version": version_of(self.subject),
            "numpy": np.__version__,
            "device": self.subject.device(),
            "wholly_right": self.wholly_right(),
            "functions": {
                name: dict(collections.Counter(j.verdict.value for j in judgements))
                for name, judgements in sorted(self.by_function().items())
            },
            "arguments": {
                name: {argument: dict(counts) for argument, counts in sorted(found.items())}
                for name, found in sorted(self.by_argument().items())
            },
        }


def version_of(subject: Subject) -> str:
    """The version of the distribution that a subject's library comes in."""
    root = subject.module.partition(".")[0]
    return metadata.version(metadata.packages_distributions().get(root, [root])[0])


def run(
    subject: Subject,
    calls: Iterable[Call] | None = None,
    jobs: int = 1,
    kept: Kept | None = None,
    tell: Tell | None = None,
) -> Report:
    """Judge calls on one subject, with its library activated.

    Parameters
    ----------
    subject : Subject
    calls : iterable of Call, optional
        All of them by default.
    jobs : int, optional
        How many processes share the calls. Of the library's state, such as the memory of a device
        that a call has spoilt, none is shared.
    kept : Kept, optional
        Where judged chunks are kept, so that a run that was interrupted goes on from there. Even
        one job is a process of its own then.
    tell : callable, optional
        Is told of each chunk, where there are processes.

    Raises
    ------
    ProcessDiedError
        If a call ends a process.
    """
    calls = list(load_calls() if calls is None else calls)
    chunks = [calls[i : i + _CHUNK] for i in range(0, len(calls), _CHUNK)]
    if jobs == 1 and kept is None:
        found = [judged(subject, chunk) for chunk in chunks]
    else:
        found = judged_by_processes(subject, chunks, jobs, kept, tell)
    return Report(subject, [*itertools.chain.from_iterable(found)])


def main(
    names: Sequence[str],
    functions: Sequence[str] | None = None,
    verdicts: Sequence[str] | None = None,
    as_json: bool = False,
    jobs: int = 1,
) -> int:
    """Print reports; the exit status is 0 if nothing is wrong but what is refused or known."""
    from .gaps import known_gap

    calls = [
        call
        for call in load_calls()
        if not functions or call.function in functions or call.public_api in functions
    ]
    try:
        reports = [run(SUBJECTS[name], calls, jobs) for name in names]
    except ProcessDiedError as error:
        print(f"arrayproto conformance: {error}", file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps([report.record() for report in reports], indent=1))
    failed = False
    for report in reports:
        subject, sensible = report.subject, set(map(id, report.sensible))
        for judgement in report.judgements:
            call, verdict, detail = judgement
            refused = verdict is Verdict.REFUSED
            known = known_gap(subject.name, subject.library, call.expression)
            failed |= not (known or passes(judgement, subject))
            if as_json or (verdicts is not None and verdict.value not in verdicts):
                continue
            if verdict is Verdict.RIGHT or (refused and id(judgement) not in sensible):
                if verdicts is None:
                    continue
            print(f"{subject.name}: {verdict}: {call.expression}\n    {known or detail}")
        if not as_json:
            counts = collections.Counter(j.verdict.value for j in report.sensible)
            right, count = report.wholly_right()
            share = f"{right / count:.1%}" if count else "none"
            told = ", ".join(f"{n} {verdict}" for verdict, n in counts.most_common())
            print(
                f"{subject.name}: {right} of {count} functions wholly right ({share}); "
                f"calls that make sense for it: {told}"
            )
    return 1 if failed else 0
