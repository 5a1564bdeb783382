"""Choosing, dropping and repeating elements."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError
from .creation import (
    alike,
    array_of,
    cast,
    certainly,
    check_index,
    is_duck,
    make,
    one_of,
    take,
)

__all__ = [
    "apply_along_axis",
    "apply_over_axes",
    "choose",
    "compress",
    "delete",
    "diag",
    "diag_indices_from",
    "diagflat",
    "ediff1d",
    "extract",
    "flatnonzero",
    "piecewise",
    "ravel_multi_index",
    "resize",
    "select",
    "take_along_axis",
    "tril",
    "tril_indices_from",
    "trim_zeros",
    "triu",
    "triu_indices_from",
    "unravel_index",
]


def flatnonzero(a: Any) -> Any:
    return np.nonzero(np.ravel(a))[0]


def compress(condition: Any, a: Any, axis: int | None = None, out: Any = None) -> Any:
    if out is not None:
        raise UnsupportedArgumentError("numpy.compress: out= is not supported here; leave it out")
    if np.ndim(condition) != 1:
        raise ValueError("condition must be a 1-d array")
    a = alike(a, condition)
    if axis is None or np.ndim(a) == 0:
        a, axis = np.ravel(a), axis or 0
    return np.take(a, np.flatnonzero(condition), axis=axis)


def extract(condition: Any, arr: Any) -> Any:
    return np.take(np.ravel(alike(arr, condition)), np.flatnonzero(condition), axis=0)


def delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    if axis is None:
        arr, axis = np.ravel(arr), 0
    (axis,) = np.lib.array_utils.normalize_axis_tuple((axis,), np.ndim(arr))
    if is_duck(obj):
        arr = alike(arr, obj)
        length = np.shape(arr)[axis]
        # And true everywhere: a sparse array that is true where it stores nothing has no places.
        kept = np.logical_and(alike(numpy.ones(length, bool), obj), _not_named(obj, length))
        return np.take(arr, np.flatnonzero(kept), axis=axis)
    # What NumPy deletes from the positions is what it would delete from the array.
    kept = numpy.delete(numpy.arange(np.shape(arr)[axis]), obj)
    return np.take(arr, kept, axis=axis)


def _not_named(obj: Any, length: int) -> Any:
    """Which of the places along an axis an array of indices, or a mask, does not name."""
    if obj.dtype == bool:
        if np.shape(obj) != (length,):
            raise ValueError(
                f"boolean array argument obj to delete must be one dimensional and match the axis "
                f"length of {length}"
            )
        return np.logical_not(obj)
    check_index(obj)
    places = make(numpy.arange, obj, length)
    named = np.where(np.less(obj, 0), np.add(obj, length), obj)
    if certainly(np.any(np.logical_or(np.less(named, 0), np.greater_equal(named, length)))):
        raise IndexError(f"index is out of bounds for axis 0 with size {length}")
    return np.isin(places, named, invert=True)


def diagflat(v: Any, k: int = 0) -> Any:
    return np.diag(np.ravel(v), k)


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if not condlist:
        raise ValueError("select with an empty condition list is not possible")
    condlist = [c if hasattr(c, "dtype") else numpy.asarray(c) for c in condlist]
    for i, condition in enumerate(condlist):
        if condition.dtype != bool:
            raise TypeError(f"invalid entry {i} in condlist: should be boolean ndarray")
    choices = [*choicelist, default]
    weak = (bool, int, float, complex)
    dtype = np.result_type(*(c if isinstance(c, weak) else c.dtype for c in choices))
    shape = numpy.broadcast_shapes(*map(np.shape, (*condlist, *choices)))
    result: Any = dtype.type(default) if np.ndim(default) == 0 else default
    for condition, choice in zip(condlist[::-1], choicelist[::-1], strict=True):
        result = np.where(condition, choice, result)
    result = result if result.dtype == dtype else np.astype(result, dtype)
    return result if np.shape(result) == shape else np.broadcast_to(result, shape)


def choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    if out is not None:
        raise UnsupportedArgumentError("numpy.choose: out= is not supported here; leave it out")
    choices = list(choices)
    a = array_of(a, one_of(a, *choices))
    if a.dtype.kind not in "biu":
        raise TypeError(
            f"Cannot cast array data from {a.dtype!r} to dtype('int64') according to the rule "
            "'safe'"
        )
    if mode not in ("raise", "wrap", "clip"):
        numpy.choose(0, [0], mode=mode)
    if mode == "wrap":
        a = np.mod(a, len(choices))
    elif mode == "clip":
        a = np.clip(a, 0, len(choices) - 1)
    elif certainly(np.any((a < 0) | (a >= len(choices)))):
        raise ValueError("invalid entry in choice array")
    result = choices[0]
    for index, choice in enumerate(choices[1:], 1):
        result = np.where(a == index, choice, result)
    return result if len(choices) > 1 else np.where(a == 0, result, result)


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    flat = np.ravel(ary)
    parts = [np.subtract(flat[1:], flat[:-1])]
    for ends, at in ((to_begin, 0), (to_end, len(parts) + 1)):
        if ends is not None:
            ends = np.asarray(ends) if isinstance(ends, (list, tuple, int, float)) else ends
            if not np.can_cast(ends.dtype, ary.dtype, casting="same_kind"):
                side = "to_end" if at else "to_begin"
                raise TypeError(
                    f"dtype of `{side}` must be compatible with input `ary` under the "
                    "`same_kind` rule."
                )
            parts.insert(at, np.astype(np.ravel(ends), ary.dtype))
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def resize(a: Any, new_shape: Any) -> Any:
    new_shape = (new_shape,) if isinstance(new_shape, (int, numpy.integer)) else new_shape
    new_shape = tuple(map(operator.index, new_shape))
    if any(length < 0 for length in new_shape):
        raise ValueError("all elements of `new_shape` must be non-negative")
    a, length = np.ravel(a), math.prod(new_shape)
    if np.size(a) == 0 or length == 0:
        return np.zeros_like(a, shape=new_shape)
    copies = -(-length // np.size(a))
    return np.reshape(
        np.concatenate([a] * copies)[:length] if copies > 1 else a[:length], new_shape
    )


def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    trim = trim.lower()
    if trim not in ("fb", "bf", "f", "b"):
        raise ValueError(f"unexpected character(s) in `trim`: {trim!r}")
    rank = np.ndim(filt)
    axes = range(rank) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, rank)
    places = np.argwhere(filt)
    window = [slice(None)] * rank
    for i in axes:
        if places.shape[0] == 0:
            window[i] = slice(0, 0)
            continue
        start, stop = int(np.min(places[:, i])), int(np.max(places[:, i])) + 1
        window[i] = slice(start if "f" in trim else None, stop if "b" in trim else None)
    return filt[tuple(window)]


def apply_over_axes(func: Callable[..., Any], a: Any, axes: Any) -> Any:
    rank = np.ndim(a)
    axes = (axes,) if np.ndim(axes) == 0 else axes

    def apply(value: Any, axis: int) -> Any:
        axis = axis + rank if axis < 0 else axis
        result = func(value, axis)
        if np.ndim(result) != np.ndim(value):
            result = np.expand_dims(result, axis)
            if np.ndim(result) != np.ndim(value):
                raise ValueError("function is not returning an array of the correct shape")
        return result

    return functools.reduce(apply, axes, a)


def _two_dimensional(arr: Any) -> None:
    if np.ndim(arr) != 2:
        raise ValueError("input array must be 2-d")


def tril_indices_from(arr: Any, k: int = 0) -> Any:
    _two_dimensional(arr)
    found = numpy.tril_indices(np.shape(arr)[-2], k=k, m=np.shape(arr)[-1])
    return tuple(alike(index, arr) for index in found)


def triu_indices_from(arr: Any, k: int = 0) -> Any:
    _two_dimensional(arr)
    found = numpy.triu_indices(np.shape(arr)[-2], k=k, m=np.shape(arr)[-1])
    return tuple(alike(index, arr) for index in found)


def diag_indices_from(arr: Any) -> Any:
    if np.ndim(arr) < 2:
        raise ValueError("input array must be at least 2-d")
    if len(set(np.shape(arr))) != 1:
        raise ValueError("All dimensions of input must be of equal length")
    return (alike(numpy.arange(np.shape(arr)[0]), arr),) * np.ndim(arr)


# Along an axis ------------------------------------------------------------------------------------


def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    if axis is None:
        if np.ndim(indices) != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        return np.take(np.reshape(arr, (-1,)), indices)
    rank = np.ndim(arr)
    axis = numpy.lib.array_utils.normalize_axis_index(axis, rank)
    if indices.dtype.kind not in "iu":
        raise IndexError("`indices` must be an integer array")
    if np.ndim(indices) != rank:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    like = one_of(arr, indices)
    arr, indices = np.moveaxis(alike(arr, like), axis, -1), np.moveaxis(indices, axis, -1)
    try:
        others = numpy.broadcast_shapes(np.shape(arr)[:-1], np.shape(indices)[:-1])
    except ValueError as error:
        raise IndexError(str(error)) from None
    length, count = np.shape(arr)[-1], np.shape(indices)[-1]
    arr = np.broadcast_to(arr, (*others, length))
    indices = cast(np.broadcast_to(indices, (*others, count)), numpy.intp)
    if math.prod((*others, count)):
        bad = np.logical_or(np.less(indices, -length), np.greater_equal(indices, length))
        if certainly(np.any(bad)):
            raise IndexError(
                f"index out of bounds: `indices` must be within axis {axis} with size {length}"
            )
    indices = np.where(np.less(indices, 0), np.add(indices, length), indices)
    return np.moveaxis(_of_lines(arr, indices), -1, axis)


def arranged(arr: Any, places: Any, axis: int) -> Any:
    """`take_along_axis` with places that are there for certain, one for each element."""
    arr, places = np.moveaxis(arr, axis, -1), np.moveaxis(places, axis, -1)
    return np.moveaxis(_of_lines(arr, places), -1, axis)


def _of_lines(arr: Any, places: Any) -> Any:
    """Elements of each line of the last axis, at places that were looked at."""
    *others, length = np.shape(arr)
    if others:
        lines = numpy.arange(math.prod(others)).reshape((*others, 1)) * length
        arr, places = np.reshape(arr, (-1,)), np.add(places, alike(lines, arr))
    # "clip" costs less than to look again.
    return np.take(arr, places, mode="clip") if math.prod(np.shape(places)) else take(arr, places)


def apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    axis = numpy.lib.array_utils.normalize_axis_index(axis, np.ndim(arr))
    lines = np.moveaxis(arr, axis, -1)
    *others, length = np.shape(lines)
    count = math.prod(others)
    if count == 0:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    lines = np.reshape(lines, (count, length))
    found = [func1d(lines[i], *args, **kwargs) for i in range(count)]
    found = [_as_array(x, arr) for x in found]
    # NumPy gives what comes later the dtype of the first.
    results = np.stack([cast(x, found[0].dtype) for x in found])
    results = np.reshape(results, (*others, *np.shape(results)[1:]))
    rank = len(others)
    inner = np.ndim(results) - rank
    return np.moveaxis(results, tuple(range(rank, rank + inner)), tuple(range(axis, axis + inner)))


def _as_array(x: Any, like: Any) -> Any:
    """What a function of the program's has returned: an array, a number, or a list of these."""
    if isinstance(x, (list, tuple)) and any(hasattr(item, "dtype") for item in x):
        return np.stack([_as_array(item, like) for item in x])
    return alike(x if hasattr(x, "dtype") else numpy.asarray(x), like)


# Diagonals and triangles --------------------------------------------------------------------------


def diag(v: Any, k: int = 0) -> Any:
    if np.ndim(v) == 2:
        return np.diagonal(v, k)
    if np.ndim(v) != 1:
        raise ValueError("Input must be 1- or 2-d.")
    length = np.shape(v)[0] + abs(k)
    before, after = (max(-k, 0), max(k, 0))
    there = make(numpy.eye, v, length, length, k, dtype=bool)
    rows = np.reshape(np.pad(v, (before, after)), (length, 1))
    return np.where(there, rows, make(numpy.zeros, v, (), dtype=v.dtype))


def _triangle(m: Any, k: int) -> Any:
    m = np.broadcast_to(m, (np.shape(m)[0], np.shape(m)[0])) if np.ndim(m) == 1 else m
    return m, make(numpy.tri, m, *np.shape(m)[-2:], k=k, dtype=bool)


def tril(m: Any, k: int = 0) -> Any:
    m, lower = _triangle(m, k)
    return np.where(lower, m, make(numpy.zeros, m, (), dtype=m.dtype))


def triu(m: Any, k: int = 0) -> Any:
    m, below = _triangle(m, k - 1)
    return np.where(below, make(numpy.zeros, m, (), dtype=m.dtype), m)


# Cases --------------------------------------------------------------------------------------------


def _put(there: Any, values: Any, otherwise: Any) -> Any:
    """`values`, one after another, at the places that are true."""
    if np.ndim(values) == 0:
        return np.where(there, values, otherwise)
    count = np.shape(values)[0]
    if count == 0:
        return otherwise
    number = np.subtract(np.cumsum(cast(there, numpy.intp)), 1)
    return np.where(there, take(values, np.clip(number, 0, count - 1)), otherwise)


def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    count = len(funclist)
    if not hasattr(x, "dtype"):
        x = array_of(x, one_of(*(condlist if isinstance(condlist, (list, tuple)) else (condlist,))))
    if numpy.isscalar(condlist) or (is_duck(condlist) and np.ndim(condlist) <= 1):
        condlist = [condlist]
    elif is_duck(condlist):
        condlist = [condlist[i] for i in range(np.shape(condlist)[0])]
    elif not isinstance(condlist[0], (list, numpy.ndarray)) and np.ndim(x) != 0:
        condlist = condlist if is_duck(condlist[0]) else [condlist]
    if count - len(condlist) not in (0, 1):
        raise ValueError(
            f"with {len(condlist)} condition(s), either {len(condlist)} or {len(condlist) + 1} "
            "functions are expected"
        )
    shape = tuple(np.shape(x))
    conditions = [
        np.reshape(np.broadcast_to(_boolean(c, x, shape), shape), (-1,)) for c in condlist
    ]
    if len(conditions) == count - 1:
        others = conditions[0]
        for condition in conditions[1:]:
            others = np.logical_or(others, condition)
        conditions.append(np.logical_not(others))
    flat = np.reshape(x, (-1,))
    result = np.zeros_like(flat)
    for condition, function in zip(conditions, funclist, strict=True):
        values = function
        if callable(function):
            chosen = np.take(flat, np.nonzero(condition)[0])
            if np.shape(chosen)[0] == 0:
                continue
            values = function(chosen, *args, **kw)
        values = cast(alike(numpy.asarray(values) if not is_duck(values) else values, x), x.dtype)
        result = _put(condition, values, result)
    return np.reshape(result, shape)


def _boolean(condition: Any, like: Any, shape: tuple[int, ...]) -> Any:
    if not hasattr(condition, "dtype"):
        condition = numpy.asarray(condition)
    if np.ndim(condition) and tuple(np.shape(condition)) != shape:
        raise IndexError(
            f"boolean index did not match indexed array: its shape is {np.shape(condition)}, the "
            f"array's {shape}"
        )
    return cast(alike(condition, like), bool)


# Places in flat arrays ----------------------------------------------------------------------------


def _radices(shape: Any, order: str) -> list[tuple[int, int]]:
    """Length and stride, in elements, of each axis."""
    if order not in ("C", "F"):
        raise ValueError("only 'C' or 'F' order is permitted")
    shape = (shape,) if isinstance(shape, (int, numpy.integer)) else tuple(shape)
    found, stride = [], 1
    for length in shape[::-1] if order == "C" else shape:
        found.append((int(length), stride))
        stride *= int(length)
    return found[::-1] if order == "C" else found


def unravel_index(indices: Any, shape: Any, order: str = "C") -> Any:
    radices = _radices(shape, order)
    if indices.dtype.kind not in "iu":
        raise TypeError("only int indices permitted")
    size = math.prod(length for length, _ in radices)
    bad = np.logical_or(np.less(indices, 0), np.greater_equal(indices, size))
    if certainly(np.any(bad)):
        first = int(np.reshape(indices, (-1,))[int(np.argmax(bad))])
        raise ValueError(f"index {first} is out of bounds for array with size {size}")
    indices = cast(indices, numpy.intp)
    return tuple(
        np.remainder(np.floor_divide(indices, stride), max(length, 1)) for length, stride in radices
    )


def ravel_multi_index(multi_index: Any, dims: Any, mode: Any = "raise", order: str = "C") -> Any:
    radices = _radices(dims, order)
    if is_duck(multi_index):
        multi_index = [multi_index[i] for i in range(np.shape(multi_index)[0])]
    modes = (mode,) * len(radices) if isinstance(mode, str) else tuple(mode)
    if len(multi_index) != len(radices):
        raise ValueError(f"parameter multi_index must be a sequence of length {len(radices)}")
    if 0 in (length for length, _ in radices) and any(np.size(index) for index in multi_index):
        raise ValueError("cannot unravel if shape has zero entries (is empty).")
    total: Any = 0
    for index, (length, stride), how in zip(multi_index, radices, modes, strict=True):
        if getattr(index, "dtype", numpy.dtype(int)).kind not in "iu":
            raise TypeError("only int indices permitted")
        if how == "wrap":
            index = np.remainder(index, length)
        elif how == "clip":
            index = np.clip(index, 0, length - 1)
        elif how != "raise":
            numpy.ravel_multi_index((0,), (1,), mode=how)
        elif certainly(np.any(np.logical_or(np.less(index, 0), np.greater_equal(index, length)))):
            raise ValueError("invalid entry in coordinates array")
        total = np.add(total, np.multiply(index, stride))
    return cast(total, numpy.intp)
