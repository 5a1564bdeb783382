"""A plugin of pytest: its tests make a library's arrays, and what becomes of each is written down.

``pytest -p peers.numpys_own.plugin`` reads what to do from the environment (see `.run`). Every
array that a test makes is the library's, from the import of its module on. NumPy's assertions are
given ndarrays, which are made of the results after the call, and NumPy's dtypes in the place of the
library's own.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import json
import os
import resource
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import numpy.testing
import pytest

import arrayproto
from arrayproto.creation import context, endings, receivers, using_everywhere
from arrayproto.errors import REFUSALS
from arrayproto.libraries import Library
from arrayproto.tools import watch

LIBRARY = os.environ["ARRAYPROTO_NUMPYS_OWN_LIBRARY"]
OUTCOMES = os.environ["ARRAYPROTO_NUMPYS_OWN_OUTCOMES"]
#: Whether what the test modules make while they are imported is the library's too.
EARLY = bool(os.environ.get("ARRAYPROTO_NUMPYS_OWN_EARLY", "1"))
#: Seconds that a test is given, and all of them; and memory beside what is imported.
SECONDS, MEMORY = 15, 3 * 2**30
OF_ALL = float(os.environ.get("ARRAYPROTO_NUMPYS_OWN_SECONDS", "900"))
#: Functions of the test modules that judge, and are not called ``assert_...``.
JUDGES = frozenset({"consistent_subclass"})
_open = contextlib.ExitStack()
_later: list[Any] = []


class TooLongError(BaseException):
    """A test has had its time; no test catches it."""


class Calls(watch.Watcher):
    """How many calls arrayproto has dispatched, by how the library got the function."""

    wants_calls = True

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()

    def seen(self, event: tuple[Any, ...]) -> None:
        if event[0] == "call":
            self.count[event[3]] += 1


CALLS = Calls()


def _context() -> contextlib.AbstractContextManager[None]:
    """What makes a library's arrays."""
    if LIBRARY == "array_api_strict":  # known to arrayproto by its class alone
        strict = importlib.import_module(LIBRARY)
        example = strict.asarray(np.zeros(1))
        arrayproto.register(type(example))
        return using_everywhere(example, same_stream=True)
    if LIBRARY == "jax":
        return using_everywhere(LIBRARY, dtype="float64", same_stream=True)
    if LIBRARY == "dask":
        dask = importlib.import_module("dask")
        _open.enter_context(dask.config.set(scheduler="synchronous"))  # the arrays are small
        return using_everywhere(
            LIBRARY, chunks=3, same_stream=True
        )  # several, in almost every array of the tests
    return using_everywhere(LIBRARY, same_stream=True)


def _judging(library: Library) -> None:
    """NumPy's assertions read the library's dtypes as NumPy's, and wait for errors of lazy calls."""
    for name in receivers.RECEIVERS["numpy.testing"]:
        setattr(numpy.testing, name, _with_dtypes(library, getattr(numpy.testing, name)))
    for name, at in ("assert_raises", 1), ("assert_raises_regex", 2):
        setattr(numpy.testing, name, _waiting(getattr(numpy.testing, name), at))


def _with_dtypes(library: Library, function: Callable[..., Any]) -> Callable[..., Any]:
    try:
        dtypes = library.dtypes
    except AssertionError:  # its arrays have NumPy's
        return function
    own = type(dtypes.from_numpy(np.dtype(float)))

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        args = tuple(dtypes.to_numpy(a) if isinstance(a, own) else a for a in args)
        return function(*args, **kwargs)

    return call


def _waiting(function: Callable[..., Any], at: int) -> Callable[..., Any]:
    """An assertion that a call raises, with the values of its result asked for."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) > at and callable(args[at]):
            args = (*args[:at], _evaluated(args[at]), *args[at + 1 :])
        return function(*args, **kwargs)

    return call


def _evaluated(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        return _ask(function(*args, **kwargs))

    return call


_ask = endings.taking_ndarrays(lambda value: value)


def _limited() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def pytest_configure(config: pytest.Config) -> None:
    if LIBRARY != "numpy":
        watch.begin(CALLS)  # first: it is the program that calls what makes arrays
        _open.callback(watch.end, CALLS)
        _open.enter_context(_context())
        _judging(next(iter(endings.open_makers)))
        if not EARLY:
            _later.append(context.set_everywhere(None))
    _limited()
    config.pluginmanager.register(Outcomes())


def pytest_collection_finish(session: pytest.Session) -> None:
    """A test module's own assertions are given ndarrays too."""
    while _later:
        context.set_everywhere(_later.pop())
    for module in {item.module for item in session.items}:
        for name, value in list(vars(module).items()):
            if inspect.isfunction(value) and value.__module__ == module.__name__:
                if name.startswith("assert_") or name in JUDGES:
                    setattr(module, name, endings.taking_ndarrays(value))


def pytest_unconfigure(config: pytest.Config) -> None:
    _open.close()


class Outcomes:
    """What became of every test."""

    def __init__(self) -> None:
        self.outcomes: dict[str, dict[str, Any]] = {}
        self.session: pytest.Session | None = None
        self.end = time.monotonic() + OF_ALL

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.outcomes[report.nodeid] = {
                "outcome": "error",
                "exception": "CollectError",
                "message": str(report.longrepr)[-2000:],
                "frames": [],
                "calls": {},
            }

    def pytest_runtest_logfinish(self) -> None:
        if time.monotonic() > self.end and self.session is not None:
            self.session.shouldstop = f"more than {OF_ALL:.0f} s"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Any:
        CALLS.count.clear()
        signal.signal(signal.SIGALRM, _too_long)
        signal.alarm(SECONDS)
        try:
            return (yield)
        finally:
            signal.alarm(0)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo) -> Any:
        report = yield
        outcome = report.outcome
        if hasattr(report, "wasxfail"):
            outcome = "xfailed" if report.skipped else "xpassed"
        if call.when == "call" or outcome != "passed":
            found = {"outcome": outcome, "calls": dict(CALLS.count)}
            if outcome == "failed":
                found |= described(call.excinfo.value)
            self.outcomes.setdefault(item.nodeid, found)
        return report

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self.session = session

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        for item in session.items:
            self.outcomes.setdefault(item.nodeid, {"outcome": "not run", "calls": {}})
        Path(OUTCOMES).write_text(json.dumps(self.outcomes))


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TooLongError(f"more than {SECONDS} s")


def described(error: BaseException) -> dict[str, Any]:
    """An error: its class, its text, and the way to where it was raised."""
    frames = [
        [frame.filename, frame.lineno, frame.name, frame.line or ""]
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    chain = []
    seen: BaseException | None = error
    while seen is not None and len(chain) < 10:
        chain.append(f"{type(seen).__name__}: {_text(seen)[:300]}")
        seen = seen.__cause__ or seen.__context__
    return {
        "exception": type(error).__name__,
        "refused": _refused(error),
        "message": _text(error)[:1500],
        "chain": chain,
        "frames": frames,
    }


def _refused(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, REFUSALS):
            return True
        error = error.__cause__ or error.__context__
    return False


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as second:
        return f"a message that raises {type(second).__name__}"
