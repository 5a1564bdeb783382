"""``pytest --arrayproto-loopback scipy.stats ...``.

The tests of a library that is written for NumPy, with the arrays that they give to its public
functions turned into `LoopbackArray`. A test in which one is coerced fails, with the line of the
library; a table at the end counts all of them. Coercions are done nevertheless, so that one run
finds them all.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .boundary import Boundary
from .coercions import Coercion, Recorder, file_of
from .loopback import listening, with_array_method

_PROPERTY = "arrayproto-loopback"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("arrayproto")
    group.addoption(
        "--arrayproto-loopback",
        action="append",
        default=[],
        metavar="NAME",
        help="give loopback arrays to the public functions of this module or package, or to the "
        "constructor of this class",
    )
    group.addoption(
        "--arrayproto-loopback-allow",
        action="append",
        default=[],
        metavar="PATTERN",
        help="a function that converts because that is what it is for: '*.Variable.values'",
    )
    group.addoption(
        "--arrayproto-loopback-with-array",
        action="store_true",
        help="loopback arrays have __array__, for a consumer that takes nothing else for an array",
    )
    group.addoption(
        "--arrayproto-loopback-raise",
        action="store_true",
        help="raise an error at the first coercion of each test, instead of going on",
    )
    group.addoption(
        "--arrayproto-loopback-report", metavar="FILE", help="write what was found as JSON"
    )


def pytest_configure(config: pytest.Config) -> None:
    names = [
        name for given in config.getoption("--arrayproto-loopback") for name in given.split(",")
    ]
    if not names:
        return
    try:
        boundary = Boundary(names)
    except ImportError as error:
        raise pytest.UsageError(f"--arrayproto-loopback: {error}") from error
    config.pluginmanager.register(_Loopback(config, names, boundary), "arrayproto-loopback")


class _Loopback:
    """The hooks, where the option is given."""

    def __init__(self, config: pytest.Config, names: list[str], boundary: Boundary) -> None:
        self.names, self.boundary = names, boundary
        self.recorder = Recorder(
            boundary.packages,
            config.getoption("--arrayproto-loopback-allow"),
            refuse=config.getoption("--arrayproto-loopback-raise"),
        )
        self.with_array = config.getoption("--arrayproto-loopback-with-array")
        self.report_to: str | None = config.getoption("--arrayproto-loopback-report")
        self.outcome = Outcome()

    def pytest_report_header(self) -> str:
        return f"arrayproto: loopback arrays for {', '.join(self.names)}"

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        modules = dict.fromkeys(getattr(item, "module", None) for item in items)
        for module in modules:
            if module is not None:
                self.recorder.tests.add(module.__name__)
                self.boundary.exchange_in(module)
        for item in items:
            if hasattr(item, "callspec"):  # functions among the parameters
                seen = {k: self.boundary.seen(v) for k, v in item.callspec.params.items()}
                item.callspec.params.update(seen)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.boundary.exchanged_constructors(self.recorder.is_test))
            if self.with_array:
                stack.enter_context(with_array_method())
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        self.boundary.is_open, self.boundary.given = True, 0
        try:
            with listening(self.recorder):
                result = yield
        finally:
            self.boundary.is_open = False
            found = self.recorder.take()
            text = "\n".join(f"{n} x {coercion}" for coercion, n in found.most_common())
            if found:
                item.add_report_section("call", "coercions of loopback arrays", text)
            told = [[*coercion, n] for coercion, n in found.items()]
            item.user_properties.append((_PROPERTY, [self.boundary.given, told]))
        if found:
            pytest.fail(f"loopback arrays were coerced:\n{text}", pytrace=False)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Iterator[None]:
        report: Any = yield
        if report.when == "call" and call.excinfo is not None and report.failed:
            told = self._place_of_error(call.excinfo)
            if told is not None:
                report.user_properties.append((f"{_PROPERTY}-error", told))
        return report  # type: ignore[no-any-return]

    def _place_of_error(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str | None:
        """Where the library raised what the test did not expect."""
        for entry in reversed(excinfo.traceback):
            module = entry.frame.f_globals.get("__name__") or ""
            if self.recorder.is_test(module):
                return None
            if module.partition(".")[0] in self.recorder.roots:
                path = file_of(module, str(entry.path))
                return f"{path}:{entry.lineno + 1}: {excinfo.exconly().splitlines()[0]}"
        return None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.outcome.add(report)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        terminalreporter.section(f"loopback arrays for {', '.join(self.names)}")
        for line in self.outcome.lines():
            terminalreporter.write_line(line)
        if self.report_to is not None:
            Path(self.report_to).write_text(json.dumps(self.outcome.record(), indent=1) + "\n")


class Outcome:
    """What all tests have shown.

    Attributes
    ----------
    tests : Counter of str
        How many there were ("all"), had their arrays exchanged ("given"), and of these had none
        coerced and passed ("clean"), had some coerced ("coerced"), or failed in another way
        ("failed"); tests that expect to fail and those that are skipped count with none of them.
    times, in_tests : Counter of Coercion
        How often each was seen, and in how many tests.
    errors : Counter of str
        Places where the library raised what a test did not expect, in tests without a coercion.
    """

    def __init__(self) -> None:
        self.tests: Counter[str] = Counter()
        self.times: Counter[Coercion] = Counter()
        self.in_tests: Counter[Coercion] = Counter()
        self.errors: Counter[str] = Counter()

    def add(self, report: pytest.TestReport) -> None:
        """Count a test that has run."""
        told: dict[str, Any] = dict(report.user_properties)
        given, found = told.get(_PROPERTY, (0, ()))
        self.tests["all"] += 1
        self.tests["given"] += given > 0
        for *fields, n in found:
            coercion = Coercion(*fields)
            self.times[coercion] += n
            self.in_tests[coercion] += 1
        if found:
            self.tests["coerced"] += 1
        elif given:
            self.tests["clean"] += report.passed
            self.tests["failed"] += report.failed
            if f"{_PROPERTY}-error" in told:
                self.errors[told[f"{_PROPERTY}-error"]] += 1

    def lines(self) -> Iterator[str]:
        """A summary, and a table with the most frequent places first."""
        tests = self.tests
        yield (
            f"{tests['given']} of {tests['all']} tests gave arrays; in {tests['coerced']} some "
            f"were coerced, in {len(self.times)} places; {tests['clean']} passed without; "
            f"{tests['failed']} failed otherwise"
        )
        if self.times:
            yield "tests times place"
        for coercion, tests_of_it in self.in_tests.most_common():
            yield f"{tests_of_it:5} {self.times[coercion]:5} {coercion}"
        if self.errors:
            yield "tests raised in the library, which refuses the array"
        for place, n in self.errors.most_common():
            yield f"{n:5} {place}"

    def record(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "tests": dict(self.tests),
            "coercions": [
                {**coercion._asdict(), "tests": n, "times": self.times[coercion]}
                for coercion, n in self.in_tests.most_common()
            ],
            "errors": dict(self.errors.most_common()),
        }
