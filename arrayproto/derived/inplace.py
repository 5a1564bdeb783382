"""Functions that write into their first argument, where its class has item assignment.

The array is replaced by one that is chosen elementwise, so a lazy array stays lazy.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError
from ..libraries import library_of
from .creation import make

__all__ = ["copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"]


def _cast(values: Any, dtype: Any, casting: str = "same_kind") -> Any:
    """`values` in a dtype, if the rule allows it."""
    if isinstance(values, (bool, int, float, complex)):
        return numpy.asarray(values, numpy.result_type(values, dtype)).astype(
            dtype, casting=casting
        )
    if not hasattr(values, "dtype"):
        values = numpy.asarray(values)
    if not numpy.can_cast(values.dtype, dtype, casting):
        raise TypeError(
            f"Cannot cast array data from {values.dtype!r} to {numpy.dtype(dtype)!r} "
            f"according to the rule {casting!r}"
        )
    return np.astype(values, dtype)


def _told(condition: Any, function: str) -> bool:
    """Whether any of it is true; refused of arrays that may have to be computed for that."""
    if isinstance(condition, (bool, numpy.bool, numpy.ndarray)) or hasattr(condition, "_derives"):
        return bool(np.any(condition))
    raise UnsupportedArgumentError(
        f"numpy.{function}: a {type(condition).__name__} says which elements get which values, "
        "and is not known before it is computed. Give a list or a numpy.ndarray"
    )


def _flat(values: Any) -> Any:
    """One axis; of what is no duck array, an ndarray."""
    if hasattr(values, "__array_function__"):
        return np.reshape(values, (-1,))
    return numpy.ravel(values)


def _repeated(values: Any, size: int) -> Any:
    """As many of `values`, which are flat and not none, from the start again and again."""
    if isinstance(values, numpy.ndarray):
        return numpy.resize(values, size)
    return np.take(values, numpy.arange(size) % values.shape[0])


def _positions(a: Any, axis: int) -> Any:
    """Indices along an axis, broadcastable to `a`."""
    index = make(numpy.arange, a, a.shape[axis])
    return np.reshape(index, [-1 if i == axis else 1 for i in range(np.ndim(a))])


def refuse_host(function: str, name: str, target: Any, *others: Any) -> None:
    """An ndarray is not written to, since what is to be written would have to be converted.

    Raises
    ------
    UnsupportedArgumentError
        If the target is one.
    """
    if not isinstance(target, numpy.ndarray):
        return
    owners = (library_of(type(value)) for value in others)
    for library in filter(None, owners):
        raise UnsupportedArgumentError(
            f"numpy.{function}: {name} is a numpy.ndarray, and what is to be written to it, or "
            f"where, an array x of {library.name}; nothing is converted. Give {library.host_copy} "
            f"in its place, or make {name} an array of {library.name}"
        )


def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    refuse_host("copyto", "dst", dst, src, where)
    values = np.broadcast_to(_cast(src, dst.dtype, casting), dst.shape)
    if where is not True:
        if np.dtype(getattr(where, "dtype", bool)) != np.dtype(bool):
            raise TypeError(
                f"Cannot cast array data from {where.dtype!r} to dtype('bool') according to the "
                "rule 'safe'"
            )
        values = np.where(np.broadcast_to(where, dst.shape), values, dst)
    dst[...] = values


def putmask(a: Any, /, mask: Any, values: Any) -> None:
    refuse_host("putmask", "a", a, mask, values)
    if math.prod(np.shape(mask)) != math.prod(a.shape):
        raise ValueError("putmask: mask and data must be the same size")
    mask = np.reshape(np.astype(mask, bool) if hasattr(mask, "dtype") else mask, a.shape)
    if not hasattr(values, "dtype"):  # assigned, as Python's numbers are
        values = numpy.asarray(values, a.dtype)
    values = _cast(values, a.dtype)
    size = math.prod(values.shape)
    if size == 0:
        return
    if size == math.prod(a.shape):
        values = np.reshape(values, a.shape)
    elif size > 1:
        values = np.reshape(_repeated(_flat(values), math.prod(a.shape)), a.shape)
    else:
        values = np.reshape(values, ())
    a[...] = np.where(mask, values, a)


def place(arr: Any, mask: Any, vals: Any) -> None:
    if math.prod(np.shape(mask)) != math.prod(arr.shape):
        raise ValueError("place: mask and data must be the same size")
    empty = not hasattr(vals, "dtype") and numpy.size(vals) == 0
    values = _cast(numpy.empty(0, arr.dtype) if empty else _flat(vals), arr.dtype)
    count = values.shape[0]
    mask = np.reshape(np.astype(mask, bool) if hasattr(mask, "dtype") else mask, arr.shape)
    if count == 0:
        if _told(mask, "place"):
            raise ValueError("Cannot insert from an empty array!")
        return
    if count > 1:
        # The k-th true element gets the k-th value.
        number = np.subtract(np.cumsum(_like(np.reshape(mask, (-1,)), arr)), 1)
        values = np.reshape(np.take(_like(values, arr), np.remainder(number, count)), arr.shape)
    else:
        values = np.reshape(values, ())
    arr[...] = np.where(mask, values, arr)


def _like(values: Any, a: Any) -> Any:
    """An array of the library of `a`."""
    if isinstance(values, (numpy.ndarray, list, tuple)):
        return make(numpy.asarray, a, numpy.asarray(values))
    return values


def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    indices, values = _flat(ind), _flat(v)
    size, count = math.prod(a.shape), indices.shape[0]
    if mode not in ("raise", "wrap", "clip"):
        raise ValueError(f"clipmode must be one of 'clip', 'raise', or 'wrap' (got {mode!r})")
    if not count or not values.shape[0]:
        return
    indices = np.astype(indices, numpy.intp)
    if mode == "clip":
        indices = np.clip(indices, 0, size - 1)
    elif mode == "raise" and _told((indices < -size) | (indices >= size), "put"):
        raise IndexError(f"an index is out of bounds for axis 0 with size {size}")
    else:
        indices = np.remainder(indices, size)
    values = _cast(values, a.dtype)
    # Of equal indices the last counts.
    order = np.argsort(indices, kind="stable")
    ascending = np.take(indices, order)
    places = numpy.arange(size)
    last = np.searchsorted(ascending, _like(places, ascending), side="right") - 1
    found = np.equal(np.take(ascending, np.maximum(last, 0)), places)
    source = np.remainder(np.take(order, np.maximum(last, 0)), values.shape[0])
    found, chosen = (np.reshape(x, a.shape) for x in (found, np.take(_like(values, a), source)))
    a[...] = np.where(_like(found, a), _like(chosen, a), a)


def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    shape = a.shape
    if len(shape) < 2:
        raise ValueError("array must be at least 2-d")
    values = _cast(_flat(val), a.dtype, "unsafe")
    if len(shape) == 2:
        rows, columns = _positions(a, 0), _positions(a, 1)
        width = shape[1] + 1
        on_diagonal = (rows * shape[1] + columns) % width == 0
        if not wrap:
            on_diagonal = on_diagonal & (rows < shape[1])
        count = -(-shape[0] * shape[1] // width) or 1
        # The k-th element of the diagonal is on row k + k // width.
        number = numpy.arange(shape[0])
        number = number - number // width
    else:
        if len(set(shape)) > 1:
            raise ValueError("All dimensions of input must be of equal length")
        on_diagonal = True
        for axis in range(1, len(shape)):
            on_diagonal = on_diagonal & (_positions(a, 0) == _positions(a, axis))
        count, number = max(shape[0], 1), numpy.arange(shape[0])
    if values.shape[0] == 0:
        raise ValueError("cannot fill a diagonal with no values")
    cycle = _repeated(values, max(count, int(number.max(initial=0)) + 1))
    column = np.reshape(np.take(cycle, number), (-1,) + (1,) * (len(shape) - 1))
    a[...] = np.where(on_diagonal, _like(column, a), a)


def put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None = -1) -> None:
    if axis is None:
        if np.ndim(indices) != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        put(arr, indices, np.broadcast_to(values, np.shape(indices)))
        return
    axis = numpy.lib.array_utils.normalize_axis_index(axis, np.ndim(arr))
    if not numpy.issubdtype(indices.dtype, numpy.integer):
        raise IndexError("`indices` must be an integer array")
    if np.ndim(indices) != np.ndim(arr):
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    length = arr.shape[axis]
    outside = (indices < -length) | (indices >= length)
    if isinstance(indices, numpy.ndarray) or hasattr(indices, "_derives"):
        if np.any(outside):
            raise IndexError(f"an index is out of bounds for axis {axis} with size {length}")
    indices = np.where(indices < 0, indices + length, indices)
    values = np.broadcast_to(_cast(values, arr.dtype), indices.shape)
    position, result = _positions(arr, axis), arr
    # Where several indices meet one element, the last of them is what stays.
    meeting = [
        range(count) if i == axis or length < count else (None,)
        for i, (length, count) in enumerate(zip(arr.shape, indices.shape, strict=True))
    ]
    for place in itertools.product(*meeting):
        one = tuple(slice(None) if k is None else slice(k, k + 1) for k in place)
        result = np.where(indices[one] == position, values[one], result)
    arr[...] = result
