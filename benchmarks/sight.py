"""What seeing costs: a trace, open and not, and `check` on 100 000 lines: ``python -m benchmarks.sight``.

The least of many short batches is taken: what a call costs while the machine has nothing else to do.
"""

from __future__ import annotations

import contextlib
import datetime
import platform
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dask.array
import numpy as np
import sparse

import arrayproto
from arrayproto.tools import check
from arrayproto.tools.check.asked import load

RESULT = Path(__file__).parent / "results" / "sight.md"
BATCHES, CALLS = 300, 300
LINES = 100_000
GOALS = {"trace": 2000.0, "check": 10.0}  # nanoseconds a call; seconds

_X = sparse.COO.from_numpy(np.eye(3))
_D = dask.array.ones((3, 3))
_M = np.eye(3)
#: What is called, and what it shows.
CASES: dict[str, tuple[Callable[[], Any], str]] = {
    "np.ndim(sparse)": (lambda: np.ndim(_X), "the least: the result is no array"),
    "np.shape(dask)": (lambda: np.shape(_D), "the same"),
    "np.atleast_1d(dask)": (lambda: np.atleast_1d(_D), "the bytes of the result are asked for"),
    "np.reshape(sparse)": (lambda: np.reshape(_X, (3, 3)), "the same"),
    "np.ndim(ndarray)": (lambda: np.ndim(_M), "a plain ndarray, which nobody watches"),
}


def least(call: Callable[[], Any]) -> float:
    """Nanoseconds of a call, at best."""
    call()
    best = float("inf")
    for _ in range(BATCHES):
        start = time.perf_counter()
        for _ in range(CALLS):
            call()
        best = min(best, time.perf_counter() - start)
    return best / CALLS * 1e9


def trace() -> list[tuple[str, float, float, float, str]]:
    """Of each call: never traced, while a trace is open, after it; nanoseconds."""
    found = []
    with arrayproto.activated("sparse", "dask"):
        for name, (call, words) in CASES.items():
            before = least(call)
            with arrayproto.trace() as t:
                during = least(call)
                t.raw.clear()
            found.append((name, before, during, least(call), words))
    return found


def source_tree(folder: Path, lines: int = LINES) -> tuple[int, int]:
    """Copies of installed packages that use NumPy, at least so many lines; files and lines."""
    count = files = 0
    with contextlib.suppress(StopIteration):
        for package in ("scipy", "dask", "sparse", "xarray", "tensorly", "numpy"):
            root = Path(np.__file__).parents[1] / package
            for path in sorted(root.rglob("*.py")):
                text = path.read_text(encoding="utf-8")
                (folder / f"{files}.py").write_text(text, encoding="utf-8")
                files, count = files + 1, count + text.count("\n")
                if count >= lines:
                    raise StopIteration
    return files, count


def check_tree() -> tuple[int, int, int, float]:
    """Files, lines, findings, and the seconds of `check` for two libraries."""
    with tempfile.TemporaryDirectory() as name:
        files, lines = source_tree(Path(name))
        libraries = [load("sparse"), load("dask")]
        start = time.perf_counter()
        found = check.check([name], libraries, check.Config())
        return files, lines, len(found), time.perf_counter() - start


def text() -> str:
    """The page."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "sparse", "dask"))
    lines = [
        "# What seeing costs",
        "",
        f"{datetime.date.today().isoformat()}, Python {platform.python_version()}, {packages}; "
        "`python -m benchmarks.sight`. Nanoseconds, the least of "
        f"{BATCHES} batches of {CALLS} calls.",
        "",
        "| call | no trace | a trace is open | added | after it | |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for name, before, during, after, words in trace():
        added = during - before
        reached = "" if added <= GOALS["trace"] else " (goal: 2000)"
        lines.append(
            f"| `{name}` | {before:.0f} | {during:.0f} | {added:.0f}{reached} | {after:.0f} | {words} |"
        )
    files, count, found, seconds = check_tree()
    lines += [
        "",
        f"`python -m arrayproto check --for sparse,dask` on {count} lines in {files} files of "
        f"installed packages: {seconds:.1f} s (goal: {GOALS['check']:.0f}), {found} findings; "
        "importing the libraries is not counted.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    page = text()
    RESULT.write_text(page, encoding="utf-8")
    print(page, end="")
