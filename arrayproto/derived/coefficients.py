"""Vectors of coefficients: what the functions of all bases do with them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError
from .creation import alike, array_of, cast, is_duck, one_of

Band = Callable[[int], float] | None


def _nonzero(c: Any) -> Any:
    """Where a vector is not zero; a lazy one does not tell."""
    (where,) = np.nonzero(np.not_equal(c, 0))
    if where.shape[0] != where.shape[0]:
        raise UnsupportedArgumentError(
            "numpy.polynomial: how long the series is depends on coefficients that are not "
            "computed yet; compute them first, they are few"
        )
    return where


def is_zero(c: Any) -> bool:
    return not _nonzero(np.reshape(c, (-1,))).shape[0]


def trimseq(seq: Any) -> Any:
    if seq.shape[0] == 0:
        return seq
    where = _nonzero(seq)
    return seq[: int(where[-1]) + 1 if where.shape[0] else 1]


def vector(c: Any, like: Any) -> Any:
    """As an array of the library of `like`, at least 1-d."""
    number = np.ndim(c) == 0 and not is_duck(c)
    return np.atleast_1d(array_of([c] if number else c, like))


def as_series(alist: Any, trim: bool = True) -> list[Any]:
    alist = list(alist)
    arrays = [vector(a, one_of(*alist)) for a in alist]
    for a in arrays:
        if 0 in a.shape:
            raise ValueError("Coefficient array is empty")
        if len(a.shape) != 1:
            raise ValueError("Coefficient array is not 1-d")
    if trim:
        arrays = [trimseq(a) for a in arrays]
    try:
        dtype = numpy.common_type(*(numpy.empty(0, a.dtype) for a in arrays))
    except TypeError as error:
        raise ValueError("Coefficient arrays have no common type") from error
    return [cast(a, dtype) for a in arrays]


def trimcoef(c: Any, tol: float = 0) -> Any:
    if tol < 0:
        raise ValueError("tol must be non-negative")
    [c] = as_series([c])
    where = _nonzero(np.abs(c) > tol)
    return c[: int(where[-1]) + 1] if where.shape[0] else c[:1] * 0


def getdomain(x: Any) -> Any:
    [x] = as_series([x], trim=False)
    ends = [
        f(np.real(x), keepdims=True) + 1j * f(np.imag(x), keepdims=True)
        if x.dtype.kind == "c"
        else f(x, keepdims=True)
        for f in (np.min, np.max)
    ]
    result = np.concatenate(ends, 0)
    return cast(result, complex) if x.dtype.kind == "c" else result


def mapparms(old: Any, new: Any) -> tuple[Any, Any]:
    length = old[1] - old[0]
    return (old[1] * new[0] - old[0] * new[1]) / length, (new[1] - new[0]) / length


def mapdomain(x: Any, old: Any, new: Any) -> Any:
    if isinstance(x, (list, tuple)):
        x = array_of(x, one_of(*x, old, new))
    elif isinstance(x, numpy.ndarray):
        x = alike(x, one_of(old, new))
    offset, scale = mapparms(old, new)
    return offset + scale * x


def inexact(c: Any, like: Any) -> Any:
    """Coefficients of any rank, as NumPy has them before it works with them."""
    c = vector(c, like)
    return cast(c, numpy.float64) if c.dtype.kind in "?biu" else c


def as_int(x: Any, what: str) -> int:
    try:
        return operator.index(x)
    except TypeError as error:
        raise TypeError(f"{what} must be an integer, received {x}") from error


def count_of(x: Any, what: str, order: str) -> int:
    count = as_int(x, what)
    if count < 0:
        raise ValueError(f"{order} must be non-negative")
    return count


def scaled_by(c: Any, scl: Any) -> Any:
    """`c` times a number, in the dtype of `c`: NumPy multiplies in place."""
    result = c * scl
    if result.dtype == c.dtype:
        return result
    empty = numpy.empty(0, c.dtype)
    numpy.multiply(empty, numpy.empty(0, result.dtype), out=empty)  # whether that may be
    return cast(result, c.dtype)


def _longer(c: Any, before: int, after: int) -> Any:
    """With zeros in the front and at the end of the first axis."""
    return np.pad(c, ((before, after),) + ((0, 0),) * (len(c.shape) - 1))


def plus(a: Any, b: Any) -> Any:
    """The sum of two series of any lengths."""
    missing = a.shape[0] - b.shape[0]
    if missing > 0:
        b = _longer(b, 0, missing)
    elif missing:
        a = _longer(a, 0, -missing)
    return a + b


def banded(c: Any, above: Band, same: Band, below: Band) -> Any:
    """``c[j]`` times each band's number for j, added up at j + 1, j and j - 1; one row more."""
    n, result = c.shape[0], None
    for band, shift in ((above, 1), (same, 0), (below, -1)):
        if band is None or n + shift <= 0:
            continue
        term = c * column_of(band, range(n), c)
        term = _longer(term, 1, 0) if shift == 1 else _longer(term[-shift:], 0, 1 - shift)
        result = term if result is None else result + term
    return result


def column_of(numbers: Callable[[int], float], indices: Iterable[int], c: Any) -> Any:
    dtype = numpy.empty(0, c.dtype).real.dtype
    column = numpy.asarray([numbers(j) for j in indices], dtype)
    return column.reshape((-1,) + (1,) * (len(c.shape) - 1))


def slices(c: Any) -> list[Any]:
    return [c[j : j + 1] for j in range(c.shape[0])]
