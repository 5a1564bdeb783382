"""``run --verify``: a program under NumPy and under a library, and where the two differ.

Each of the two runs in a process of its own and leaves its results in a file: the numbers and the
arrays among the names of ``__main__``, in lists and dictionaries too, and what it has written to
files of `numpy.save` and `numpy.savez`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .creation.makers import Maker
from .running import Program

Results = dict[str, np.ndarray]

#: Kinds of dtypes that can be compared.
_KINDS = "biufc"
#: How deep lists and dictionaries are looked through.
_DEEP = 3


class Recorder:
    """Keeps what a program has named, and notes the files that it writes."""

    def __init__(self) -> None:
        self.files: dict[str, None] = {}
        self._listening = True
        sys.addaudithook(self._hear)

    def _hear(self, event: str, details: tuple[Any, ...]) -> None:
        if event == "open" and self._listening:
            path, mode = details[0], details[1]
            if isinstance(path, (str, os.PathLike)) and isinstance(mode, str):
                if mode[:1] in ("w", "x") and os.fspath(path).endswith((".npy", ".npz")):
                    self.files[os.path.abspath(path)] = None

    def write(self, names: Mapping[str, Any], makers: Sequence[Maker], file: str) -> None:
        """Write all results to a file, on the host."""
        self._listening = False
        found: Results = {}
        for name, value in names.items():
            if not name.startswith("_"):
                found.update(_numbers(name, value, makers, _DEEP))
        for path in self.files:
            found.update(_of_file(path))
        values = {f"v{i}": value for i, value in enumerate(found.values())}
        np.savez(file, names=np.array(list(found), dtype=str), **values)  # type: ignore[arg-type]


def _numbers(
    name: str, value: Any, makers: Sequence[Maker], deep: int
) -> Iterator[tuple[str, np.ndarray]]:
    maker = next((maker for maker in makers if maker.is_own(value)), None)
    if maker is not None:
        value = maker.to_host(value)
    if isinstance(value, (bool, int, float, complex, np.generic, np.ndarray)):
        host = np.asarray(value)
        if host.dtype.kind in _KINDS:
            yield name, host
    elif deep and isinstance(value, dict):
        for key, item in value.items():
            yield from _numbers(f"{name}[{key!r}]", item, makers, deep - 1)
    elif deep and isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _numbers(f"{name}[{index}]", item, makers, deep - 1)


def _of_file(path: str) -> Iterator[tuple[str, np.ndarray]]:
    name = os.path.basename(path)
    try:
        loaded = np.load(path)
    except (OSError, ValueError):  # it is gone again, or holds objects
        return
    for key, value in {"": loaded}.items() if isinstance(loaded, np.ndarray) else loaded.items():
        if value.dtype.kind in _KINDS:
            yield f"{name}[{key!r}]" if key else name, value


# In the process that compares ---------------------------------------------------------------------


class Row(NamedTuple):
    """One result.

    Attributes
    ----------
    name : str
    equal : bool
    difference : str
        In words, "" if there is none at all.
    """

    name: str
    equal: bool
    difference: str


def compare(expected: Results, found: Results) -> list[Row]:
    """Each result of either run.

    Numbers count as equal that differ by no more than a millionth of the largest one of the array;
    in 32 bits, by no more than a thousandth.
    """
    rows = []
    for name in {**expected, **found}:
        if name not in found or name not in expected:
            which = "NumPy" if name in expected else "the library"
            rows.append(Row(name, False, f"only with {which}"))
            continue
        one, other = expected[name], found[name]
        if one.shape != other.shape:
            rows.append(Row(name, False, f"shape {other.shape}, with NumPy {one.shape}"))
            continue
        single = {one.dtype, other.dtype} & {np.dtype("f4"), np.dtype("c8"), np.dtype("f2")}
        one, other = _wide(one), _wide(other)
        if np.array_equal(one, other, equal_nan=True):
            rows.append(Row(name, True, ""))
            continue
        same_nan = np.array_equal(np.isnan(one), np.isnan(other))
        with np.errstate(invalid="ignore"):
            apart = np.where(one == other, 0, np.abs(other - one))
        largest = float(np.nanmax(apart, initial=0))
        scale = float(np.nanmax(np.abs(one), initial=0))
        near = same_nan and largest <= (1e-3 if single else 1e-6) * scale
        rows.append(Row(name, near, f"differs by {largest:.3g} where NumPy has up to {scale:.3g}"))
    return rows


def _wide(a: np.ndarray) -> np.ndarray:
    return a.astype(np.complex128 if a.dtype.kind == "c" else np.float64)


def verify(program: Program, options: Sequence[str]) -> int:
    """Run a program twice, and say on standard error what differs.

    Parameters
    ----------
    program : Program
    options : sequence of str
        The command line's, for the library.

    Returns
    -------
    int
        The program's exit status; 1 if it is 0 and something differs.
    """
    given = sys.stdin.buffer.read() if program.kind == "stdin" else None
    runs, statuses = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number, own in enumerate((["--library", "numpy"], [*options, "--same-stream"])):
            file = os.path.join(folder, f"{number}.npz")
            command = [sys.executable, "-m", "arrayproto", "run", *own, "--results", file]
            quiet = {"stdout": subprocess.DEVNULL} if number == 0 else {}
            done = subprocess.run([*command, *program.command()], input=given, check=False, **quiet)  # type: ignore[call-overload]  # noqa: S603
            statuses.append(done.returncode)
            runs.append(read(file))
    if statuses[0] != statuses[1]:
        print(
            f"arrayproto: with NumPy the program ends with status {statuses[0]}, with the library "
            f"with {statuses[1]}",
            file=sys.stderr,
        )
        return statuses[1] or 1
    rows = compare(*runs)
    wrong = [row for row in rows if not row.equal]
    for row in wrong:
        print(f"arrayproto: {row.name}: {row.difference}", file=sys.stderr)
    exact = sum(not row.difference for row in rows)
    print(
        f"arrayproto: {len(rows) - len(wrong)} of {len(rows)} named results are NumPy's, "
        f"{exact} of them to the last bit",
        file=sys.stderr,
    )
    return statuses[1] or int(bool(wrong))


def read(file: str) -> Results:
    """The results that a run has left in a file; none where there is no file."""
    if not os.path.exists(file):
        return {}
    with np.load(file) as kept:
        return {str(name): kept[f"v{i}"] for i, name in enumerate(kept["names"])}
