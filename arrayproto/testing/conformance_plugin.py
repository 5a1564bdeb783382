"""``pytest --arrayproto mylib:MyArray``: the conformance of an array class, one test a function.

Where arrayproto is installed pytest knows the option; ``-p arrayproto.testing.conformance_plugin``
says it otherwise. Without the option it does nothing, and imports no more than ``import
arrayproto`` does. With ``--arrayproto-loopback`` it loads `loopback_plugin`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .calls import Call
    from .subjects import Subject
    from .xfails import Known


_LOOPBACK = "arrayproto.testing.loopback_plugin"


def pytest_addoption(parser: Any, pluginmanager: Any) -> None:
    # It imports NumPy, which only those who ask for it shall wait for.
    asked = any(word.startswith("--arrayproto-loopback") for word in sys.argv[1:])
    if asked and not pluginmanager.hasplugin(_LOOPBACK):
        pluginmanager.import_plugin(_LOOPBACK)
    group = parser.getgroup("arrayproto")
    group.addoption(
        "--arrayproto",
        metavar="MODULE:CLASS",
        help="test how far this array class does what NumPy does, one test a function",
    )
    group.addoption(
        "--arrayproto-from-numpy",
        default="",
        metavar="MODULE:NAME",
        help="makes its arrays of ndarrays; by default its from_numpy",
    )
    group.addoption(
        "--arrayproto-to-numpy",
        default="",
        metavar="MODULE:NAME",
        help="makes ndarrays of its arrays; by default its to_numpy",
    )
    for name, what in (("lacks", "shall not"), ("holds", "shall")):
        group.addoption(
            f"--arrayproto-{name}",
            action="append",
            default=[],
            metavar="WORD",
            help=f"what it {what} be asked for, as in python -m arrayproto conformance --{name}",
        )
    group.addoption(
        "--arrayproto-xfail", metavar="FILE", help="known failures, each with its reason"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    name = session.config.getoption("--arrayproto")
    if name is None:
        return
    from .conformance import calls_for
    from .described import Target, described
    from .discipline import CHECKS
    from .xfails import Known

    option = session.config.getoption
    try:
        subject = described(
            Target(
                name,
                option("--arrayproto-from-numpy"),
                option("--arrayproto-to-numpy"),
                tuple(option("--arrayproto-lacks")),
                tuple(option("--arrayproto-holds")),
            )
        )
        known = Known.read(_path(session, option("--arrayproto-xfail")))
    except (ValueError, ImportError, OSError) as error:
        raise pytest.UsageError(f"--arrayproto: {error}") from error
    calls: dict[str, list[Call]] = {}
    for call in calls_for(subject):
        calls.setdefault(call.public_api, []).append(call)
    parent = _Parent.from_parent(session, name=name, nodeid=name)
    for check in CHECKS:
        items.append(
            _Check.from_parent(parent, name=f"check[{check}]", subject=subject, known=known)
        )
    for function, of_function in sorted(calls.items()):
        items.append(
            _Function.from_parent(
                parent, name=f"np.{function}", subject=subject, known=known, calls=of_function
            )
        )


def _path(session: pytest.Session, name: str | None) -> Path | None:
    """A file as it is called from here, or from where the configuration of pytest is."""
    if name is None:
        return None
    return Path(name) if Path(name).exists() else session.config.rootpath / name


class _Parent(pytest.Collector):
    """The class that is tested."""

    def collect(self) -> list[Any]:
        return []


class _Test(pytest.Item):
    def __init__(self, *, subject: Subject, known: Known, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.subject, self.known = subject, known

    def reportinfo(self) -> tuple[Any, None, str]:
        return self.path, None, ""

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        if isinstance(excinfo.value, _Failed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)


class _Failed(AssertionError):
    """What a test has found, without a traceback: the traceback is of the kit."""


class _Check(_Test):
    def runtest(self) -> None:
        from .discipline import run_check

        check = self.name.removeprefix("check[").removesuffix("]")
        outcome, reason = run_check(check, self.subject), self.known.of_check(check)
        if outcome.passed is None:
            pytest.skip(outcome.detail)
        if outcome.passed and reason:
            raise _Failed(f"does not fail any more ({reason}); take it out of the file")
        if not outcome.passed:
            if reason:
                pytest.xfail(reason)
            raise _Failed(outcome.detail)


class _Function(_Test):
    def __init__(self, *, calls: list[Call], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.calls = calls

    def runtest(self) -> None:
        from .conformance import judge_class
        from .judge import Verdict

        function = self.name.removeprefix("np.")
        of_function = self.known.reasons.get(function)
        wrong, expected = [], []
        for call in self.calls:
            judgement = judge_class(call, self.subject)
            reason = self.known.reasons.get(call.expression)
            told = f"{call.expression}\n    {judgement.verdict.value}: {judgement.detail}"
            if judgement.verdict is Verdict.RIGHT:
                if reason:
                    wrong.append(
                        f"{call.expression}\n    does not fail any more ({reason}); take it out"
                    )
            elif reason or of_function:
                expected.append(reason or of_function or "")
            else:
                wrong.append(told)
        if of_function and not expected:
            wrong.append(f"np.{function} does not fail any more ({of_function}); take it out")
        if wrong:
            raise _Failed("\n".join(wrong))
        if expected:
            pytest.xfail("; ".join(dict.fromkeys(expected)))
