"""The core: the smallest set of functions from which all the derived ones follow.

An author of an array class implements these, and what they are called with; everything else that
`arrayproto.derived` holds is composed of them (``class Mine(ArrayFunctionMixin, derive=True)``).
A function is in the core if it cannot be composed of the others exactly, in the same order of time
and memory, and in a number of calls that does not grow with the array. Nearly all of them are in
the Array API standard, of whose set they are a part.

What an author writes for a core function is simpler than NumPy's function. It is called with the
arguments listed here, all of them, by position, in NumPy's order, and they are in one form:

- arrays are arrays of the class; of several, all have the same dtype, but for ``where``, whose
  condition is boolean, and for ``take``, whose indices are integers;
- ``axis`` is a tuple of axes, none of them negative, for reductions, and one such axis otherwise;
- ``shape`` and ``axes`` are tuples, complete, without -1;
- ``dtype`` is a `numpy.dtype`, that of the result.

Ufuncs are called with their inputs alone: arrays of the class of any dtypes, which NumPy's rules
promote, or Python numbers.

Besides functions, the class has the attributes ``shape`` and ``dtype``, ``__len__`` and
``__iter__``; ``__getitem__`` with integers, slices, None and Ellipsis; and for its 0-dimensional
arrays ``__bool__``, ``__int__``, ``__index__``, ``__float__`` and ``__complex__``, for functions
that look at values. A class that refuses these, because its arrays are lazy, has the functions that
do not need them.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy

from ..errors import UnsupportedFunctionError

#: NumPy function, without ``numpy.``, to the arguments that it is called with.
FUNCTIONS = MappingProxyType(
    {
        # The way in, on ``like=``: an ndarray; the dtype is its own.
        "asarray": "a",
        "astype": "x, dtype",
        "reshape": "a, shape",
        "transpose": "a, axes",
        "broadcast_to": "array, shape",
        "concatenate": "arrays, axis",
        # Condition, x and y broadcast.
        "where": "condition, x, y",
        # Indices are one-dimensional and within bounds.
        "take": "a, indices, axis",
        "nonzero": "a",
        # Equal elements stay in their order, NaN goes last.
        "argsort": "a, axis",
        "sum": "a, axis, dtype",
        "prod": "a, axis, dtype",
        "min": "a, axis",
        "max": "a, axis",
        "cumsum": "a, axis, dtype",
        "cumprod": "a, axis, dtype",
        # Of complex arrays.
        "real": "val",
        "imag": "val",
    }
)

#: Ufuncs, called with nothing but their inputs.
UFUNCS = frozenset(
    [
        "add",
        "subtract",
        "multiply",
        "divide",
        "floor_divide",
        "remainder",
        "power",
        "negative",
        "absolute",
        "exp",
        "expm1",
        "log",
        "log1p",
        "log2",
        "log10",
        "sqrt",
        "sin",
        "cos",
        "tan",
        "arcsin",
        "arccos",
        "arctan",
        "arctan2",
        "sinh",
        "cosh",
        "tanh",
        "arcsinh",
        "arccosh",
        "arctanh",
        "floor",
        "rint",
        "copysign",
        "nextafter",
        "conjugate",
        "equal",
        "less",
        "bitwise_and",
        "bitwise_or",
        "bitwise_xor",
        "invert",
        "left_shift",
        "right_shift",
        "matmul",
    ]
)

#: What an array class needs for `numpy.linalg` and `numpy.fft`, as the extensions of the Array API.
#: Matrices are in the last two axes, and of floating-point or complex numbers.
EXTENSIONS = MappingProxyType(
    {
        "linalg.cholesky": "a",
        "linalg.eig": "a",
        "linalg.eigh": "a",
        "linalg.qr": "a, mode",
        "linalg.slogdet": "a",
        "linalg.solve": "a, b",
        "linalg.svd": "a, full_matrices",
        # Of complex numbers, forward, not normalized, of all elements along the axis.
        "fft.fft": "a, axis",
    }
)

#: What is composed of the core where a class has not got it, and goes faster where it has.
#: Of numbers in ascending order and others of the same dtype, both vectors without NaN in `a`.
OPTIONAL = MappingProxyType({"searchsorted": "a, v, side"})

CORE = frozenset(FUNCTIONS) | UFUNCS


def stand_in(shape: Any, dtype: Any = bool) -> Any:
    """An ndarray of that shape that holds one element: NumPy's checks of arguments for free."""
    return numpy.broadcast_to(numpy.empty((), dtype), tuple(shape))


def numpy_function(name: str) -> Callable[..., Any]:
    """NumPy's function or ufunc of that name, without ``numpy.``."""
    found: Any = numpy
    for part in name.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


class Core:
    """The core functions of one array class.

    Parameters
    ----------
    cls : type
    find : callable
        Returns what the class implements a NumPy function with, or None.
    """

    def __init__(
        self, cls: type, find: Callable[[Callable[..., Any]], Callable[..., Any] | None]
    ) -> None:
        self.cls, self._find = cls, find

    def __getitem__(self, name: str) -> Callable[..., Any]:
        found = self._find(numpy_function(name))
        if found is None:
            lacking = getattr(self.cls, "_lacking", None)
            if lacking is not None:
                raise lacking(name)
            raise UnsupportedFunctionError(
                f"{self.cls.__module__}.{self.cls.__qualname__} does not implement numpy.{name}, "
                f"which is of the core that other functions are derived from; implement it with "
                f"the arguments ({FUNCTIONS.get(name) or EXTENSIONS.get(name) or '...'})"
            )
        return found

    def get(self, name: str) -> Callable[..., Any] | None:
        """One of `OPTIONAL`, or None where the class has not got it."""
        return self._find(numpy_function(name))

    def own(self, value: Any, dtype: Any = None) -> Any:
        """`value` as an array of the class, and in a dtype if one is given."""
        if not isinstance(value, self.cls):
            return self["asarray"](numpy.asarray(value, dtype))
        if dtype is None or value.dtype == dtype:  # type: ignore[attr-defined]
            return value
        return self["astype"](value, numpy.dtype(dtype))


def missing(cls: type) -> frozenset[str]:
    """The core functions that an array class has not got yet.

    Parameters
    ----------
    cls : type
        A subclass of `arrayproto.ArrayFunctionMixin`.

    Returns
    -------
    frozenset of str
        Without those of `EXTENSIONS`.
    """
    own = cls._implementations.own  # type: ignore[attr-defined]
    return frozenset(name for name in CORE if own(numpy_function(name)) is None)
