"""Where in a consumer library `LoopbackArray` are coerced.

A `Recorder` listens, and finds the line of the consumer that is to blame for a coercion in the
frames that are on the stack. Coercions that the tests themselves do are nobody's business.
"""

from __future__ import annotations

import fnmatch
import linecache
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from .loopback import CoercionError, LoopbackArray

#: Parts of the names of modules that test, or that help to.
_TESTING = frozenset({"conftest", "test", "testing", "tests"})


class Coercion(NamedTuple):
    """A place where arrays are coerced.

    Attributes
    ----------
    file : str
        As imported: ``scipy/stats/_stats_py.py``.
    line : int
    function : str
        Its qualified name.
    code : str
        What was being evaluated there.
    by : str
        The file, line and code of what coerces, if that is another part of the same distribution.
    """

    file: str
    line: int
    function: str
    code: str
    by: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.function}: {self.code}" + (
            f" ({self.by})" if self.by else ""
        )


class Recorder:
    """Counts coercions, and lets them be done.

    Parameters
    ----------
    packages : sequence of str
        Modules and packages that are blamed: ``"scipy.stats"``.
    allowed : sequence of str
        Patterns of functions that convert because that is what they are for, with their module:
        ``"xarray.core.variable.Variable.values"``, ``"*.to_numpy"``.
    tests : iterable of str
        Names of the modules that test.
    refuse : bool
        Raise `CoercionError` at the place instead.
    """

    def __init__(
        self,
        packages: Sequence[str],
        allowed: Sequence[str] = (),
        tests: Iterable[str] = (),
        refuse: bool = False,
    ) -> None:
        self.packages, self.allowed, self.refuse = packages, allowed, refuse
        self.roots = {package.partition(".")[0] for package in packages}
        self.tests = set(tests)
        self.found: Counter[Coercion] = Counter()

    def __call__(self, array: LoopbackArray, way: str) -> None:
        found = self.blame(sys._getframe(1))
        if found is None:
            return
        self.found[found] += 1
        if self.refuse:
            raise CoercionError(f"a LoopbackArray was coerced to an ndarray: {found}")

    def take(self) -> Counter[Coercion]:
        """What was found since this was called last."""
        found, self.found = self.found, Counter()
        return found

    def is_test(self, module: str) -> bool:
        """Whether a module tests."""
        return module in self.tests or not _TESTING.isdisjoint(module.split("."))

    def blame(self, innermost: FrameType | None) -> Coercion | None:
        """The place that is to blame; None where it is the test's, or was allowed.

        The innermost frame of the packages is; failing that, one of their distribution.
        """
        ours: list[FrameType] = []
        for frame in _outwards(innermost):
            module = _module(frame)
            if self.is_test(module):
                break
            if module.partition(".")[0] in self.roots:
                if self._is_allowed(frame):
                    return None
                ours.append(frame)
        if not ours:
            return None
        by = ours[0]
        frame = next((frame for frame in ours if self._is_named(_module(frame))), by)
        place = _place(frame)
        told = "" if frame is by else "{0.file}:{0.line}: {0.code}".format(_place(by))
        return place._replace(by=told)

    def _is_named(self, module: str) -> bool:
        return any(f"{module}.".startswith(f"{package}.") for package in self.packages)

    def _is_allowed(self, frame: FrameType) -> bool:
        name = f"{_module(frame)}.{frame.f_code.co_qualname}"
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.allowed)


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    """The frames on the stack that are not ours."""
    while frame is not None:
        if _module(frame).partition(".")[0] != "arrayproto":
            yield frame
        frame = frame.f_back


def _module(frame: FrameType) -> str:
    return frame.f_globals.get("__name__") or ""


def file_of(module: str, path: str) -> str:
    """The path of a module's file below where its outermost package is."""
    return "/".join(Path(path).parts[-module.count(".") - (2 if _is_package(path) else 1) :])


def _is_package(path: str) -> bool:
    return Path(path).name == "__init__.py"


def _place(frame: FrameType) -> Coercion:
    code = frame.f_code
    path = file_of(_module(frame), code.co_filename)
    function = code.co_qualname.rpartition("<locals>.")[2]
    return Coercion(path, frame.f_lineno, function, _evaluated(frame))


def _evaluated(frame: FrameType) -> str:
    """The source text of the instruction at which a frame is, or its line."""
    path = frame.f_code.co_filename
    positions = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    first, last, start, end = positions
    if first is None or last is None or start is None or end is None:
        return linecache.getline(path, frame.f_lineno).strip()
    # Columns count bytes.
    lines = [linecache.getline(path, line).encode() for line in range(first, last + 1)]
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    text = " ".join(b"".join(lines).decode(errors="replace").split())
    return text if len(text) <= 80 else f"{text[:77]}..."
