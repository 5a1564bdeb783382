"""Functions that write into their first argument, where its class has item assignment.

The array is replaced by one that is chosen elementwise, so a lazy array stays lazy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError
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
    return values.astype(dtype)


def _held(values: Any, function: str, argument: str) -> Any:
    """`values` as an ndarray; refused if it would have to be computed or copied to the host."""
    if hasattr(values, "__array_function__") and not isinstance(values, numpy.ndarray):
        raise UnsupportedArgumentError(
            f"numpy.{function}: argument {argument}= is a {type(values).__name__}; which elements "
            "get which values is not known before it is computed. Give a list or a numpy.ndarray"
        )
    return numpy.asarray(values)


def _positions(a: Any, axis: int) -> Any:
    """Indices along an axis, broadcastable to `a`."""
    index = make(numpy.arange, a, a.shape[axis])
    return np.reshape(index, [-1 if i == axis else 1 for i in range(np.ndim(a))])


def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
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
    if math.prod(np.shape(mask)) != math.prod(a.shape):
        raise ValueError("putmask: mask and data must be the same size")
    mask = np.reshape(np.astype(mask, bool) if hasattr(mask, "dtype") else mask, a.shape)
    values = _cast(values, a.dtype)
    size = math.prod(values.shape)
    if size == 0:
        return
    if size == math.prod(a.shape):
        values = np.reshape(values, a.shape)
    elif size > 1:
        values = _cycled(_held(values, "putmask", "values"), a)
    else:
        values = np.reshape(values, ())
    a[...] = np.where(mask, values, a)


def _cycled(values: Any, a: Any) -> Any:
    return make(numpy.asarray, a, numpy.resize(values, a.shape))


def place(arr: Any, mask: Any, vals: Any) -> None:
    if math.prod(np.shape(mask)) != math.prod(arr.shape):
        raise ValueError("place: mask and data must be the same size")
    values = _cast(_held(vals, "place", "vals").ravel(), arr.dtype)
    if values.size != 1:
        raise UnsupportedArgumentError(
            "numpy.place: which element gets which of several values is not known before the mask "
            "is computed; give one value, or use numpy.where"
        )
    putmask(arr, mask, values)


def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    indices = _held(ind, "put", "ind").ravel().astype(numpy.intp)
    values = _held(v, "put", "v").ravel()
    size = math.prod(a.shape)
    if indices.size and mode == "raise":
        bad = indices[(indices < -size) | (indices >= size)]
        if bad.size:
            raise IndexError(f"index {bad[0]} is out of bounds for axis 0 with size {size}")
        indices = indices % size
    elif indices.size and mode == "wrap":
        indices = indices % size
    elif indices.size and mode == "clip":
        indices = numpy.clip(indices, 0, size - 1)
    elif mode not in ("raise", "wrap", "clip"):
        raise ValueError(f"clipmode must be one of 'clip', 'raise', or 'wrap' (got {mode!r})")
    if not indices.size or not values.size:
        return
    values = _cast(numpy.resize(values, indices.shape), a.dtype)
    last = dict(zip(indices.tolist(), range(indices.size), strict=True))
    order = sorted(last)
    flat = np.ravel(a)
    flat[numpy.array(order)] = values[[last[i] for i in order]]
    a[...] = np.reshape(flat, a.shape)


def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    shape = a.shape
    if len(shape) < 2:
        raise ValueError("array must be at least 2-d")
    values = _cast(_held(val, "fill_diagonal", "val").ravel(), a.dtype, "unsafe")
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
    if values.size == 0:
        raise ValueError("cannot fill a diagonal with no values")
    cycle = numpy.resize(values, max(count, int(number.max(initial=0)) + 1))
    column = cycle[number].reshape((-1,) + (1,) * (len(shape) - 1))
    a[...] = np.where(on_diagonal, make(numpy.asarray, a, column), a)


def put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None = -1) -> None:
    if axis is None:
        if np.ndim(indices) != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        put(
            arr,
            indices,
            numpy.broadcast_to(_held(values, "put_along_axis", "values"), len(indices)),
        )
        return
    axis = numpy.lib.array_utils.normalize_axis_index(axis, np.ndim(arr))
    if not numpy.issubdtype(indices.dtype, numpy.integer):
        raise IndexError("`indices` must be an integer array")
    if np.ndim(indices) != np.ndim(arr):
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    indices = np.where(indices < 0, indices + arr.shape[axis], indices)
    values = np.broadcast_to(_cast(values, arr.dtype), indices.shape)
    before, position, result = (slice(None),) * axis, _positions(arr, axis), arr
    for k in range(indices.shape[axis]):
        one = (*before, slice(k, k + 1))
        result = np.where(indices[one] == position, values[one], result)
    arr[...] = result
