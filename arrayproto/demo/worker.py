"""Runs the program on the arrays of one library, in a process of its own."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sys
import time
import warnings
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

import arrayproto

from . import data, program
from .backends import BACKENDS, Backend, NotAvailable, Results
from .measure import call_in

#: The run before the measured one, and the one without arrayproto, see every 20th document.
CORNER = slice(None, None, 20)


@dataclasses.dataclass(frozen=True)
class Row:
    """What came out for one library: a row of the table.

    Attributes
    ----------
    library : str
        Name of the backend.
    status : {"ran", "not available", "failed"}
    note : str
        Why it did not run to the end.
    version : str
        Of the library.
    result_type : str
        Class of the results.
    difference : float or None
        Largest absolute difference from NumPy over all results, each relative to its largest value.
    seconds : float or None
        Wall time.
    peak_memory, memory_added : int or None
        The most bytes in use during the program, and how many more that is than before it.
    memory_of : str
        Whose memory that is, if not that of the one process.
    host_copies : int or None
        Conversions to NumPy during the program.
    without_arrayproto : str
        What the same program does before ``arrayproto.activate()``.
    findings : list of str
        What the program says about the data.
    """

    library: str
    status: str
    note: str = ""
    version: str = ""
    result_type: str = ""
    difference: float | None = None
    seconds: float | None = None
    peak_memory: int | None = None
    memory_added: int | None = None
    memory_of: str = ""
    host_copies: int | None = None
    without_arrayproto: str = ""
    findings: list[str] = dataclasses.field(default_factory=list)


def main(name: str) -> int:
    """Run and print the row, as JSON, as the last line of the standard output."""
    with contextlib.redirect_stdout(sys.stderr):
        row = run(name)
    print(json.dumps(dataclasses.asdict(row)))
    return 0


def run(name: str) -> Row:
    """Run the program on the arrays of one library.

    Parameters
    ----------
    name : str
        Name of a backend.

    Returns
    -------
    Row
    """
    backend = BACKENDS[name]()
    with contextlib.ExitStack() as stack:
        try:
            backend.open(stack)
        except NotAvailable as reason:
            return Row(name, "not available", note=str(reason))
        row = Row(name, "failed", version=backend.version, memory_of=backend.memory_of)
        texts = data.load()
        if name != "numpy":
            stock = without_arrayproto(backend, texts.counts)
            row = dataclasses.replace(row, without_arrayproto=stock)
        with arrayproto.activated():
            try:
                return _measured(row, backend, texts)
            except Exception as error:  # whatever the library raises is its row
                return dataclasses.replace(row, note=_describe(error))


def without_arrayproto(backend: Backend, counts: NDArray[Any]) -> str:
    """What the program does on the library as it comes.

    Returns
    -------
    str
        ``"works"``, the first error and the call that raised it, or the calls that copied arrays to
        the host without a word.
    """
    copies = Copies()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with backend.watch(copies):
                results = program.analyse(backend.array(counts[CORNER]))
            _check_types(backend, results)
        except Exception as error:  # likewise
            return _describe(error, short=True)
    if copies.where:
        return f"copies to the host at {', '.join(copies.where)}"
    return "works"


class Copies:
    """Counts copies to the host by the call of the program that made them."""

    def __init__(self) -> None:
        self.where: Counter[str] = Counter()

    def __call__(self) -> None:
        self.where[call_in(program.__file__, sys._getframe(1)) or "outside the program"] += 1


def _measured(row: Row, backend: Backend, texts: data.Texts) -> Row:
    array = backend.array(texts.counts)
    _evaluate(backend, backend.array(texts.counts[CORNER]), Copies())  # compiles and caches
    copies = Copies()
    backend.reset_memory()
    before = backend.memory()
    start = time.perf_counter()
    results = _evaluate(backend, array, copies)
    seconds = time.perf_counter() - start
    after = backend.memory()
    (cls,) = {type(result) for result in results.values()}
    mine = {name: backend.to_numpy(result) for name, result in results.items()}
    added = None
    if after.peak is not None and before.now is not None:
        added = after.peak - before.now
    return dataclasses.replace(
        row,
        status="ran",
        result_type=f"{backend.modules[0]}.{cls.__name__}",
        difference=_difference(mine, program.analyse(texts.counts)),
        seconds=seconds,
        peak_memory=after.peak,
        memory_added=added,
        host_copies=copies.where.total(),
        note=f"copied to the host at {', '.join(copies.where)}" if copies.where else "",
        findings=findings(mine, texts),
    )


def _evaluate(backend: Backend, array: Any, copies: Copies) -> Results:
    with backend.watch(copies):
        results = program.analyse(array)
    _check_types(backend, results)
    return backend.finish(results)


def _check_types(backend: Backend, results: Results) -> None:
    for name, result in results.items():
        if not isinstance(result, backend.array_classes()):
            cls = type(result)
            raise TypeError(f"the result {name!r} is a {cls.__module__}.{cls.__qualname__}")


def _difference(results: Results, reference: Results) -> float:
    """Largest difference over all results, each relative to its largest value."""
    largest = 0.0
    for name, expected in reference.items():
        result = results[name]
        if result.shape != expected.shape or result.dtype != expected.dtype:
            raise ValueError(
                f"the result {name!r} is {result.dtype} of shape {result.shape}, NumPy's is "
                f"{expected.dtype} of shape {expected.shape}"
            )
        difference = np.max(np.abs(result - expected)) / np.max(np.abs(expected))
        if not np.isfinite(difference):
            raise ValueError(f"the result {name!r} is not finite where NumPy's is")
        largest = max(largest, float(difference))
    return largest


def _describe(error: BaseException, *, short: bool = False) -> str:
    where = call_in(program.__file__, error.__traceback__)
    kind = type(error).__name__
    text = "" if short else f": {' '.join(str(error).split())}"
    return f"{kind} at {where}{text}" if where else f"{kind}: {' '.join(str(error).split())}"


def findings(results: Results, texts: data.Texts) -> list[str]:
    """What the results say about the texts, in words."""
    centre = int(np.argmax(results["centrality"]))
    lines = [f"most central paragraph ({texts.topics[centre]}): {texts.documents[centre]}"]
    for number, theme in enumerate(results["themes"], 1):
        leading = np.argsort(-np.abs(theme), kind="stable")[:8]
        lines.append(f"theme {number}: {', '.join(texts.words[i] for i in leading)}")
    return lines
