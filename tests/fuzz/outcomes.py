"""What a call of NumPy does, in plain values that two processes can compare.

Imports NumPy and nothing of arrayproto: the process with stock NumPy runs it too.
"""

from __future__ import annotations

import contextlib
import io
import pkgutil
import re
import warnings

import numpy as np

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+")
#: Memory that nobody has written to has no value.
UNINITIALISED = {"empty", "empty_like", "recarray"}


class Refuses:
    """A stranger with NumPy's protocol that has no function at all."""

    def __array_function__(self, func, types, args, kwargs):
        return NotImplemented

    def __repr__(self):
        return "Refuses()"


class Converts:
    """A stranger that becomes an ndarray."""

    def __array__(self, dtype=None, copy=None):
        return np.array([1.5, 2.5], dtype)

    def __repr__(self):
        return "Converts()"


def find(name):
    """What a dotted name below ``numpy`` stands for now."""
    return pkgutil.resolve_name(f"numpy.{name}")


NO_LOOP = ("did not contain a loop with signature", "No loop matching the specified signature")


def outcome(function, args, kwargs):
    """Result or exception, warnings, what was printed, and the arguments afterwards."""
    printed = io.StringIO()
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        try:
            result = function(*args, **kwargs)
        except Exception as error:
            what = ("raises", type(error).__qualname__, _text(str(error)))
            # Which of the two a ufunc says depends on what it was called with before: NumPy
            # remembers the loops that it has looked for.
            if isinstance(error, TypeError) and any(said in what[2] for said in NO_LOOP):
                what = ("raises", "TypeError", "no loop of the ufunc")
        else:
            unwritten = getattr(function, "__name__", "") in UNINITIALISED
            # NumPy itself warns of it.
            unwritten |= kwargs.get("where", True) is not True and kwargs.get("out") is None
            what = ("returns", describe(result, values=not unwritten))
            for place, arg in [*enumerate(args), *kwargs.items()]:
                if arg is result and isinstance(arg, np.ndarray):
                    what += (f"argument {place} itself",)
    return {
        "does": what,
        "warns": sorted({(w.category.__qualname__, _text(str(w.message))) for w in caught}),
        "prints": _text(printed.getvalue()),
        "leaves": describe([args, kwargs]),
    }


def _text(text):
    return _ADDRESS.sub("0x", text)


def describe(value, values=True):
    """A value as nested tuples, with arrays as dtype, shape, order in memory and values."""
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        flags = value.flags if isinstance(value, np.ndarray) else None
        return (
            type(value).__qualname__,
            str(array.dtype),
            array.shape,
            flags and (flags.c_contiguous, flags.f_contiguous, flags.writeable),
            _values(value, array) if values else None,
        )
    if isinstance(value, (list, tuple)):
        return (type(value).__qualname__, tuple(describe(v, values) for v in value))
    if isinstance(value, dict):
        items = tuple((describe(k), describe(v, values)) for k, v in value.items())
        return (type(value).__qualname__, items)
    if isinstance(value, (int, float, complex, str, bytes, bool, type(None), type(...))):
        return (type(value).__qualname__, value)
    return (type(value).__qualname__, _text(repr(value)))


def _values(value, array):
    if isinstance(value, np.ma.MaskedArray):
        return (describe(np.ma.getdata(value)), describe(np.ma.getmaskarray(value)))
    if array.dtype.hasobject:
        return tuple(describe(item) for item in array.ravel().tolist())
    if array.dtype.kind in "fc":
        return array.ravel()  # for the comparison, which allows for the last bits
    return array.tobytes()


def same(ours, stocks):
    """Whether two descriptions are equal, but for the last bits of floating-point numbers."""
    if isinstance(ours, np.ndarray) and isinstance(stocks, np.ndarray):
        if ours.shape != stocks.shape or ours.dtype != stocks.dtype:
            return False
        # What sums round off depends on where in memory an array lies.
        tolerance = 64 * np.finfo(ours.dtype).eps
        with np.errstate(all="ignore"):
            return np.allclose(ours, stocks, rtol=tolerance, atol=tolerance, equal_nan=True)
    if isinstance(ours, (tuple, list)) and type(ours) is type(stocks):
        return len(ours) == len(stocks) and all(map(same, ours, stocks))
    if isinstance(ours, dict) and isinstance(stocks, dict):
        return ours.keys() == stocks.keys() and all(same(ours[k], stocks[k]) for k in ours)
    if isinstance(ours, (float, complex)) and type(ours) is type(stocks):
        return same(np.array([ours]), np.array([stocks]))
    return type(ours) is type(stocks) and ours == stocks
