"""Array classes of libraries that never heard of arrayproto, and how they fare.

``python -m arrayproto conformance --peers docs/conformance.md`` writes the table.
"""

from __future__ import annotations

import datetime
import importlib.util
import platform
import sys
from pathlib import Path
from typing import Any

import numpy as np

from .conformance import Result, conformance
from .conformance_formats import percent, summary
from .described import Target
from .judge import Verdict

_HERE = "arrayproto.testing.peers"

#: Each with what makes and reads its arrays.
PEERS = (
    Target("sparse:SparseArray", "sparse:COO.from_numpy", f"{_HERE}:dense", label="sparse"),
    Target(
        "dask.array:Array",
        "dask.array:from_array",
        f"{_HERE}:computed",
        ("values",),
        label="dask",
    ),
    Target(
        "astropy.units:Quantity",
        f"{_HERE}:quantity_of_astropy",
        "astropy.units:Quantity.to_value",
        label="astropy",
    ),
    Target("unyt:unyt_array", "unyt:unyt_array", f"{_HERE}:value_of_unyt", label="unyt"),
    Target("pint:Quantity", f"{_HERE}:quantity_of_pint", f"{_HERE}:magnitude", label="pint"),
    Target("awkward:Array", "awkward:from_numpy", "awkward:to_numpy", label="awkward"),
    Target("ndonnx:Array", "ndonnx:asarray", f"{_HERE}:unwrapped", label="ndonnx"),
    Target(
        "blosc2:NDArray",
        "blosc2:asarray",
        f"{_HERE}:decompressed",
        label="blosc2",
        also=("blosc2:LazyExpr",),
    ),
)


def dense(array: Any) -> Any:
    return array.todense()


def computed(array: Any) -> Any:
    return array.compute(scheduler="sync")


def quantity_of_astropy(array: np.ndarray) -> Any:
    """Without a unit, so that it may do what plain numbers do."""
    astropy: Any = sys.modules["astropy.units"]
    return astropy.Quantity(array, dtype=array.dtype)


def value_of_unyt(array: Any) -> Any:
    return array.value


def quantity_of_pint(array: np.ndarray) -> Any:
    pint: Any = sys.modules["pint"]
    return pint.Quantity(array)


def magnitude(array: Any) -> Any:
    return array.magnitude


def unwrapped(array: Any) -> Any:
    return array.unwrap_numpy()


def decompressed(array: Any) -> Any:
    return array[()]


def installed() -> list[Target]:
    """The peers that are here."""
    return [
        p for p in PEERS if importlib.util.find_spec(p.name.partition(":")[0].partition(".")[0])
    ]


def markdown(results: list[Result]) -> str:
    """The document of results."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    rows = []
    for result in results:
        passed, applying = result.checks
        failed = [o.name for o in result.all_outcomes() if o.passed is False]
        counts = (
            result.count(Verdict.RIGHT),
            result.count(Verdict.RIGHT, Verdict.LEFT),
            result.count(Verdict.RIGHT, Verdict.REFUSED),
        )
        cells = (
            f"{result.title} {result.version}",
            percent(result.score),
            *map(str, (*counts, result.functions)),
            percent(result.calls_right),
            f"{passed} of {applying}",
            ", ".join(failed) or "none",
        )
        rows.append("| " + " | ".join(cells) + " |")
    return _TEXT.format(
        date=today, numpy=np.__version__, python=platform.python_version(), rows="\n".join(rows)
    )


_TEXT = """# Array classes that never heard of us

How much of NumPy the array classes of other libraries have, stock, by the conformance kit: each
public function and ufunc about which NumPy asks an array class, called in many ways, and compared
with NumPy in value, shape, dtype and errors. arrayproto is not active here; what it adds is in
[coverage/](coverage/). Made by `python -m arrayproto conformance --peers docs/conformance.md` on
{date} with NumPy {numpy} and Python {python}.

| class | score | wholly right | or an ndarray | or refused | of | calls right | passed | failed |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
{rows}

*Wholly right*: each call gives NumPy's value, shape, dtype and error, in an array of the class,
without a way through the host. The next two columns forgive that the right values are an ndarray,
which is what some libraries want (the answer to a question has no unit), and that NumPy says that
nobody answers, which is honest. *Of*: functions that make sense for the class: of numbers, of
complex ones if it holds these, writing if it has `__setitem__`. *Calls right*: of all calls, not by
function, so that one argument that is not there does not count for the whole function. *Passed* and
*failed* are checks, described in
[`arrayproto/testing/discipline.py`](../arrayproto/testing/discipline.py). A library that promotes
otherwise than NumPy on purpose has a low score, and need not be wrong.

NumPy's own tests, run on arrays of other libraries with arrayproto active, are on
[a page of their own](numpys_own.md).

The same for your class, with all details: `python -m arrayproto conformance mylib:MyArray`.
"""


def main(path: str, jobs: int) -> int:
    """Judge all peers that are installed, and write the document."""
    results = []
    for target in installed():
        # In processes of their own: compiled code may end them.
        results.append(conformance(target, jobs=max(2, jobs)))
        print(summary(results[-1]), flush=True)
    Path(path).write_text(markdown(results), encoding="utf-8")
    return 0
