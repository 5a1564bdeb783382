"""Arrays of two types in one call: who wins, and what is lost on the way.

A handful of functions is run on every ordered pair of the array types that are installed. The
oracle is the same call with ndarrays in the place of the arrays of libraries: its values, and its
units and masks, have to come out whoever answers; an error is no loss.
"""

from __future__ import annotations

import contextlib
import importlib
import math
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..activation import activated
from ..testing.subjects import SUBJECTS, Subject

#: From the smallest to what is tried: a counter-example is the first that still is one.
SHAPES: tuple[tuple[int, ...], ...] = ((), (1,), (1, 1), (2, 2))


class ArrayType(NamedTuple):
    """A type of array, and how to make one.

    Attributes
    ----------
    name : str
    expression : str
        Python for an array made of an ndarray that is written ``{}``.
    modules : tuple of str
        What the expression needs.
    subject : Subject or None
        For an array library that arrayproto adapts.
    """

    name: str
    expression: str
    modules: tuple[str, ...]
    subject: Subject | None = None

    def available(self) -> bool:
        if self.subject is not None:
            return self.subject.available()
        try:
            for module in self.modules:
                importlib.import_module(module)
        except ImportError:
            return False
        return True

    def make(self, values: np.ndarray[Any, Any]) -> Any:
        if self.subject is not None:
            return self.subject.from_numpy(values)
        return MAKERS[self.name](values)

    @property
    def adds(self) -> bool:
        """Whether it says more than an ndarray does: a unit, a mask, or labels."""
        return self.name in MAKERS and self.name != "ndarray"


MAKERS: dict[str, Callable[[np.ndarray[Any, Any]], Any]] = {
    "ndarray": lambda values: values,
    "masked": lambda values: np.ma.masked_array(values, values > 3),
    "astropy": lambda values: importlib.import_module("astropy.units").Quantity(values, "m"),
    "unyt": lambda values: importlib.import_module("unyt").unyt_array(values, "m"),
    "xarray": lambda values: importlib.import_module("xarray").DataArray(values),
}
#: Those of them that `arrayproto.activate` is to be given by name.
_NAMED = frozenset({"xarray"})

TYPES: tuple[ArrayType, ...] = (
    ArrayType("ndarray", "{}", ("numpy",)),
    ArrayType("masked", "np.ma.masked_array({0}, {0} > 3)", ("numpy.ma",)),
    ArrayType("astropy", "astropy.units.Quantity({}, 'm')", ("astropy.units",)),
    ArrayType("unyt", "unyt.unyt_array({}, 'm')", ("unyt",)),
    ArrayType("sparse", "sparse.COO.from_numpy({})", ("sparse",), SUBJECTS["sparse"]),
    ArrayType("dask", "dask.array.from_array({})", ("dask.array",), SUBJECTS["dask"]),
    ArrayType("cupy", "cupy.asarray({})", ("cupy",), SUBJECTS["cupy"]),
    ArrayType("jax", "jax.numpy.asarray({})", ("jax.numpy",), SUBJECTS["jax"]),
    ArrayType("torch", "torch.from_numpy({})", ("torch",), SUBJECTS["torch"]),
    ArrayType("tensorflow", "tensorflow.constant({})", ("tensorflow",), SUBJECTS["tensorflow"]),
    ArrayType(
        "autograd",
        "autograd.tracer.new_box({}, 0, autograd.core.VJPNode.new_root())",
        ("autograd.numpy",),
        SUBJECTS["autograd"],
    ),
    ArrayType("mlx", "mlx.core.array({})", ("mlx.core",), SUBJECTS["mlx"]),
    ArrayType("xarray", "xarray.DataArray({})", ("xarray",)),
)

#: Calls of two arrays, by name.
CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "np.add({}, {})": np.add,
    "np.multiply({}, {})": np.multiply,
    "np.less({}, {})": np.less,
    "{} + {}": lambda a, b: a + b,
    "{} * {}": lambda a, b: a * b,
    "np.tensordot({}, {}, 0)": lambda a, b: np.tensordot(a, b, 0),
    "np.concatenate([{}, {}])": lambda a, b: np.concatenate([a, b]),
    "np.where([True, False], {}, {})": lambda a, b: np.where(np.array([True, False]), a, b),
}


class Outcome(NamedTuple):
    """What came of a call.

    Attributes
    ----------
    call, first, second : str
        Of `CALLS`, and names of types.
    shape : tuple of int
        Of both arrays.
    result : str
        The type of the result, "" for an error.
    error : str
        Its type.
    lost : str
        What is not as the oracle has it: "the unit", "the mask", "the labels", "the values", "the
        error" that is due (of metres and a number without a unit); "" for nothing.
    """

    call: str
    first: str
    second: str
    shape: tuple[int, ...]
    result: str
    error: str
    lost: str

    @property
    def edge(self) -> tuple[str, str] | None:
        """The type that gives way, and the one that the result has."""
        if self.result not in (self.first, self.second):
            return None
        return (self.second if self.result == self.first else self.first), self.result

    @property
    def example(self) -> str:
        """The call as Python."""
        types = {one.name: one for one in TYPES}
        values = [f"np.array({array.tolist()})" for array in _values(self.shape)]
        made = (
            types[name].expression.format(value)
            for name, value in zip((self.first, self.second), values, strict=True)
        )
        return self.call.format(*made)


class Problem(NamedTuple):
    """Something worth knowing, with its smallest example.

    Attributes
    ----------
    kind : {"loss", "order", "cycle"}
    message : str
    examples : tuple of str
        Python.
    """

    kind: str
    message: str
    examples: tuple[str, ...]


class Hierarchy(NamedTuple):
    """What was found.

    Attributes
    ----------
    active : bool
        Whether arrayproto was.
    types : tuple of str
    outcomes : list of Outcome
    problems : list of Problem
    """

    active: bool
    types: tuple[str, ...]
    outcomes: list[Outcome]
    problems: list[Problem]

    def edges(self) -> dict[tuple[str, str], Outcome]:
        """From the one to the other that wins, with the first call that says so."""
        found: dict[tuple[str, str], Outcome] = {}
        for outcome in self.outcomes:
            if outcome.edge is not None:
                found.setdefault(outcome.edge, outcome)
        return found

    @property
    def losses(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.kind == "loss"]


def examine(*, active: bool = True, names: Sequence[str] | None = None) -> Hierarchy:
    """Run the calls on every ordered pair of types that are installed.

    Parameters
    ----------
    active : bool, optional
        With arrayproto active for the libraries, or without.
    names : sequence of str, optional
        Types; all that are installed by default.

    Returns
    -------
    Hierarchy
    """
    wanted = [one for one in TYPES if names is None or one.name in names]
    types = [one for one in wanted if one.available()]
    subjects = [
        one.subject.library if one.subject is not None else one.name
        for one in types
        if one.subject is not None or one.name in _NAMED
    ]
    context = activated(*subjects) if active and subjects else contextlib.nullcontext()
    with context, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        outcomes = [
            _smallest(call, a, b) for a in types for b in types if a is not b for call in CALLS
        ]
    found = Hierarchy(active, tuple(one.name for one in types), outcomes, [])
    found.problems.extend((*_losses(outcomes), *_orders(outcomes), *_cycles(found)))
    return found


def _values(shape: tuple[int, ...]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    size = math.prod(shape)
    return np.arange(1.0, size + 1).reshape(shape), np.arange(4.0, size + 4).reshape(shape)


def _smallest(call: str, a: ArrayType, b: ArrayType) -> Outcome:
    """What comes of a call; with the smallest arrays, where something is lost."""
    outcome = _outcome(call, a, b, SHAPES[-1])
    for shape in SHAPES if outcome.lost else ():
        smaller = _outcome(call, a, b, shape)
        if smaller.lost:
            return smaller
    return outcome


def _outcome(call: str, a: ArrayType, b: ArrayType, shape: tuple[int, ...]) -> Outcome:
    first, second = _values(shape)
    plain = [one.make(values) if one.adds else values for one, values in ((a, first), (b, second))]
    expected = _tried(CALLS[call], *plain)
    result = _tried(CALLS[call], a.make(first), b.make(second))
    if isinstance(result, Exception):
        return Outcome(call, a.name, b.name, shape, "", type(result).__name__, "")
    lost = _lost(result, expected)
    return Outcome(call, a.name, b.name, shape, _type_of(result), "", lost)


def _tried(call: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    try:
        return call(a, b)
    except Exception as error:  # whatever a library raises is an answer here
        return error


def _type_of(result: Any) -> str:
    for one in TYPES:
        if one.subject is not None and one.subject.module in sys.modules:
            if one.subject.is_array(result):
                return one.name
    root = type(result).__module__.partition(".")[0]
    if isinstance(result, np.ma.MaskedArray):
        return "masked"
    return root if root in MAKERS else "ndarray"


def _lost(result: Any, expected: Any) -> str:
    """What a result has not got of what the oracle has."""
    try:
        values = _dense(result)
    except Exception:  # computed late, it is an error: no loss
        return ""
    if isinstance(expected, Exception):
        return "the error"
    if _is_labelled(expected):
        if not _is_labelled(values):
            return "the labels"
        values, expected = values.data, expected.data
    if _unit(values) != _unit(expected) and _unit(expected):
        return "the unit"
    if getattr(getattr(values, "dtype", None), "kind", "") == "O":  # of arrays, or their elements
        return "the dtype"
    if isinstance(expected, np.ma.MaskedArray) and np.ma.getmaskarray(expected).any():
        if not isinstance(values, np.ma.MaskedArray):
            return "the mask"
    if isinstance(values, np.ma.MaskedArray):  # what lies under a mask is nobody's business
        expected = np.ma.masked_array(expected, np.ma.getmaskarray(values)).filled(0)
        values = values.filled(0)
    same = np.allclose(np.asarray(values, float), np.asarray(expected, float), equal_nan=True)
    return "" if same else "the values"


def _dense(result: Any) -> Any:
    if _is_labelled(result):
        return result.copy(data=_dense(result.data))
    for one in TYPES:
        if one.subject is None or one.subject.module not in sys.modules:
            continue
        if one.subject.is_array(result):
            if one.name == "dask":
                return _dense(result.compute(scheduler="sync"))
            return one.subject.to_numpy(result)
    return result


def _is_labelled(value: Any) -> bool:
    xarray: Any = sys.modules.get("xarray")
    return xarray is not None and isinstance(value, xarray.DataArray)


def _unit(value: Any) -> str:
    unit = getattr(value, "unit", getattr(value, "units", None))
    return "" if unit is None else str(unit)


# What there is to tell ----------------------------------------------------------------------------


def _losses(outcomes: list[Outcome]) -> Iterator[Problem]:
    seen: set[tuple[str, str, str]] = set()
    for outcome in sorted(outcomes, key=lambda o: len(o.example)):
        key = outcome.first, outcome.second, outcome.lost
        if outcome.lost and key not in seen:
            seen.add(key)
            message = f"{outcome.first} with {outcome.second} loses {outcome.lost} without a word"
            yield Problem("loss", message, (outcome.example,))


def _orders(outcomes: list[Outcome]) -> Iterator[Problem]:
    by_key = {(o.call, o.first, o.second): o for o in outcomes}
    seen: set[frozenset[str]] = set()
    for outcome in sorted(outcomes, key=lambda o: len(o.example)):
        other = by_key[outcome.call, outcome.second, outcome.first]
        pair = frozenset((outcome.first, outcome.second))
        if pair in seen or outcome.result == other.result or outcome.lost or other.lost:
            continue
        seen.add(pair)
        told = [f"{o.result}" if o.result else f"an error ({o.error})" for o in (outcome, other)]
        yield Problem(
            "order",
            f"{outcome.first} before {outcome.second} gives {told[0]}, the other way {told[1]}",
            (outcome.example, other.example),
        )


def _cycles(found: Hierarchy) -> Iterator[Problem]:
    """Three types of which each gives way to the next, in one call."""
    for call in CALLS:
        own = found._replace(outcomes=[o for o in found.outcomes if o.call == call])
        edges = own.edges()
        for a, b in edges:
            for c in found.types:
                if a < min(b, c) and b != c and (b, c) in edges and (c, a) in edges:
                    told = f"{b} wins over {a}, {c} over {b}, and {a} over {c}"
                    pairs = ((a, b), (b, c), (c, a))
                    yield Problem("cycle", told, tuple(edges[pair].example for pair in pairs))


def main(
    names: Sequence[str] | None = None,
    format: str = "text",
    *,
    stock: bool = False,
    output: str | None = None,
) -> int:
    """The command: 1 if something is lost silently, 2 for mistakes."""
    from .hierarchy_formats import FORMATS

    unknown = sorted(set(names or ()) - {one.name for one in TYPES})
    if unknown:
        known = ", ".join(one.name for one in TYPES)
        print(f"arrayproto hierarchy: no type {unknown[0]!r}; there are {known}", file=sys.stderr)
        return 2
    found = examine(active=not stock, names=names)
    try:
        made = FORMATS[format](found)
    except ImportError as error:
        print(f"arrayproto hierarchy: {error}", file=sys.stderr)
        return 2
    written = made.encode() if isinstance(made, str) else made
    if output is not None:
        Path(output).write_bytes(written)
    elif isinstance(made, str):
        print(made, end="")
    else:
        sys.stdout.buffer.write(written)
    return 1 if found.losses else 0
