"""Chunks of calls, judged by processes that are replaced, and kept as soon as they are judged.

To judge all calls takes minutes, and with a library that compiles each of them an hour: what was
done is not lost when it is interrupted, memory does not pile up, and what ends a process is told.
"""

from __future__ import annotations

import collections
import concurrent.futures
import hashlib
import json
import multiprocessing
import platform
import shutil
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

import numpy as np

from ..activation import activated
from .calls import Call
from .judge import Judgement, Verdict, judge
from .subjects import SUBJECTS, Subject

#: A process is replaced after so many: what a library compiles is not all given back.
_OF_A_PROCESS = 4
#: So many seconds are given to a call, and to a process to begin with.
_LONGEST = 600.0

#: Is told of each chunk: its number, how many there are, and the seconds; None for one kept before.
Tell = Callable[[int, int, float | None], None]


class ProcessDiedError(RuntimeError):
    """A process that judged calls has ended, or does not come to an end; names the call."""


class Kept:
    """The judgements of a subject's chunks, a file each, as long as nothing has changed.

    Parameters
    ----------
    folder : Path
        Of all subjects.
    subject : Subject
    version : str
        The library's. Files that were made with another, with another NumPy or Python, or before
        any module of arrayproto was edited, are not read.
    """

    def __init__(self, folder: Path, subject: Subject, version: str) -> None:
        self.folder = folder / subject.name
        told = (version, np.__version__, platform.python_version(), subject.device())
        self._of = repr((told, _package())).encode()

    def _path(self, calls: Sequence[Call]) -> Path:
        expressions = "\n".join(call.expression for call in calls).encode()
        digest = hashlib.sha256(self._of + expressions).hexdigest()
        return self.folder / f"{digest[:32]}.json"

    def read(self, calls: Sequence[Call]) -> list[Judgement] | None:
        """What was kept of these calls; None if nothing was."""
        path = self._path(calls)
        if not path.exists():
            return None
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [Judgement(c, Verdict(v), d) for c, (v, d) in zip(calls, rows, strict=True)]

    def write(self, judgements: Sequence[Judgement]) -> None:
        """Keep a chunk; an interruption leaves the whole file or none."""
        path = self._path([judgement.call for judgement in judgements])
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = json.dumps([(str(j.verdict), j.detail) for j in judgements])
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(rows, encoding="utf-8")
        unfinished.replace(path)

    def forget(self) -> None:
        """Remove all that was kept of the subject."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _package() -> str:
    """A digest of arrayproto's code, and of the calls."""
    root, found = Path(__file__).parents[1], hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".c", ".h", ".txt"):
            found.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def judged(subject: Subject, calls: Sequence[Call]) -> list[Judgement]:
    """Judge a chunk in this process."""
    subject.load()
    with activated(subject.named):
        found = [judge(call, subject) for call in calls]
    subject.forget()
    return found


def judged_by_processes(
    subject: Subject,
    chunks: Sequence[Sequence[Call]],
    jobs: int,
    kept: Kept | None = None,
    tell: Tell | None = None,
) -> list[list[Judgement]]:
    """Judge chunks in other processes, several at a time.

    Parameters
    ----------
    subject : Subject
        One of `SUBJECTS`.
    chunks : sequence of sequences of Call
    jobs : int
        How many processes there are at a time.
    kept : Kept, optional
        Chunks that are there are not judged again, and the others are added.
    tell : callable, optional
        Is told of each chunk when it is judged, in the order in which that happens.

    Returns
    -------
    list of lists of Judgement
        One for each chunk, in their order.

    Raises
    ------
    ProcessDiedError
        If a call ends its process, or the system does, or a call goes on for ten minutes. Chunks
        judged until then are kept.
    """
    found: dict[int, list[Judgement]] = {}
    todo: collections.deque[int] = collections.deque()

    def done(number: int, judgements: list[Judgement], seconds: float | None) -> None:
        found[number] = judgements
        if tell is not None:
            tell(number + 1, len(chunks), seconds)

    for number, calls in enumerate(chunks):
        before = None if kept is None else kept.read(calls)
        if before is None:
            todo.append(number)
        else:
            done(number, before, None)

    def work() -> None:
        try:
            with _Process(subject.name) as process:
                while todo:
                    number, start = todo.popleft(), time.perf_counter()
                    judgements = process.judge(chunks[number])
                    if kept is not None:
                        kept.write(judgements)
                    done(number, judgements, time.perf_counter() - start)
        except IndexError:  # another thread has taken the last
            pass
        except BaseException:  # whatever it was, the others shall stop too
            todo.clear()
            raise

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        working = [pool.submit(work) for _ in range(min(jobs, len(todo)))]
        try:
            for each in working:
                each.result()
        except BaseException:  # an interruption from the keyboard, for one
            todo.clear()
            raise
    return [found[number] for number in range(len(chunks))]


class _Process:
    """A process that judges, and the one that takes its place after a few chunks."""

    def __init__(self, name: str) -> None:
        self._name, self._chunks = name, 0
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._process is not None and self._connection is not None:
            self._connection.close()  # that it reads nothing more is what it waits for
            self._process.join()

    def judge(self, calls: Sequence[Call]) -> list[Judgement]:
        if self._chunks % _OF_A_PROCESS == 0:
            self._end()
            # Not forked: devices and threads of the library's do not survive that.
            context = multiprocessing.get_context("spawn")
            self._connection, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs, self._name), daemon=True)
            self._process.start()
            theirs.close()
        self._chunks += 1
        assert self._connection is not None
        found: list[Judgement] = []
        try:
            self._connection.send(list(calls))
            for call in calls:
                if not self._connection.poll(_LONGEST):
                    assert self._process is not None
                    self._process.kill()
                    raise self._died(calls, len(found), f"goes on for {_LONGEST:.0f} seconds")
                found.append(Judgement(call, *self._connection.recv()))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise self._died(calls, len(found), "") from None
        return found

    def _died(self, calls: Sequence[Call], place: int, how: str) -> ProcessDiedError:
        assert self._process is not None
        self._process.join()
        code = self._process.exitcode
        if not how and code == -9:
            how = "was killed, as the system does where memory runs out (fewer --jobs need less)"
        return ProcessDiedError(
            f"{self._name}: the process that judged `{calls[place].expression}` "
            f"{how or f'has ended with exit status {code}'}; it is call {place + 1} of the "
            f"{len(calls)} from `{calls[0].expression}` to `{calls[-1].expression}`"
        )


def _serve(connection: Connection, name: str) -> None:
    """Judge chunks as they come, and send each judgement at once, so that the next is known."""
    subject = SUBJECTS[name]
    subject.load()
    with activated(subject.named):
        while True:
            try:
                calls = connection.recv()
            except EOFError:
                return
            for call in calls:
                _, verdict, detail = judge(call, subject)
                connection.send((verdict, detail))
            subject.forget()
