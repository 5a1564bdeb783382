"""Joining and splitting."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Sequence
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
    one_of,
    refuse_out,
)

__all__ = [
    "append",
    "array_split",
    "column_stack",
    "dsplit",
    "dstack",
    "hsplit",
    "hstack",
    "insert",
    "pad",
    "repeat",
    "split",
    "stack",
    "tile",
    "unstack",
    "vsplit",
    "vstack",
]


def _joined(arrays: list[Any], axis: int, dtype: Any = None, casting: str = "same_kind") -> Any:
    result = np.concatenate(arrays, axis)
    if dtype is None:
        return result
    if not np.can_cast(result.dtype, dtype, casting):
        raise TypeError(
            f"Cannot cast array data from {result.dtype!r} to {np.dtype(dtype)!r} "
            f"according to the rule {casting!r}"
        )
    return cast(result, dtype)


def vstack(tup: Sequence[Any], *, dtype: Any = None, casting: str = "same_kind") -> Any:
    return _joined([np.atleast_2d(a) for a in tup], 0, dtype, casting)


def hstack(tup: Sequence[Any], *, dtype: Any = None, casting: str = "same_kind") -> Any:
    arrays = [np.atleast_1d(a) for a in tup]
    axis = 0 if arrays and np.ndim(arrays[0]) == 1 else 1
    return _joined(arrays, axis, dtype, casting)


def dstack(tup: Sequence[Any]) -> Any:
    return np.concatenate([np.atleast_3d(a) for a in tup], 2)


def column_stack(tup: Sequence[Any]) -> Any:
    return np.concatenate([np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for a in tup], 1)


def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    if axis is None:
        return np.concatenate([np.ravel(arr), np.ravel(values)], 0)
    return np.concatenate([arr, values], axis)


def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    axis = operator.index(axis)
    length = np.shape(ary)[axis]
    try:
        bounds = [0, *indices_or_sections, length]
    except TypeError:
        sections = int(indices_or_sections)
        if sections <= 0:
            raise ValueError("number sections must be larger than 0.") from None
        size, extra = divmod(length, sections)
        bounds = [0]
        for index in range(sections):
            bounds.append(bounds[-1] + size + (index < extra))
    before = (slice(None),) * (axis % np.ndim(ary))
    return [ary[(*before, slice(start, stop))] for start, stop in itertools.pairwise(bounds)]


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    if not hasattr(indices_or_sections, "__len__"):
        if np.shape(ary)[axis] % indices_or_sections:
            raise ValueError("array split does not result in an equal division")
    return array_split(ary, indices_or_sections, axis)  # type: ignore[no-any-return]


def vsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    if np.ndim(ary) < 2:
        raise ValueError("vsplit only works on arrays of 2 or more dimensions")
    return split(ary, indices_or_sections, 0)


def hsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    if np.ndim(ary) == 0:
        raise ValueError("hsplit only works on arrays of 1 or more dimensions")
    return split(ary, indices_or_sections, 1 if np.ndim(ary) > 1 else 0)


def dsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    if np.ndim(ary) < 3:
        raise ValueError("dsplit only works on arrays of 3 or more dimensions")
    return split(ary, indices_or_sections, 2)


def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    if np.ndim(x) == 0:
        raise ValueError("Input array must be at least 1-d.")
    moved = np.moveaxis(x, axis, 0)
    return tuple(moved[index] for index in range(np.shape(moved)[0]))


def _items(arrays: Any) -> list[Any]:
    return [arrays[i] for i in range(np.shape(arrays)[0])] if is_duck(arrays) else list(arrays)


def stack(
    arrays: Any, axis: int = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    refuse_out("stack", out)
    arrays = _items(arrays)
    if not arrays:
        raise ValueError("need at least one array to stack")
    if len({tuple(np.shape(a)) for a in arrays}) > 1:
        raise ValueError("all input arrays must have the same shape")
    like = one_of(*arrays)
    arrays = [np.expand_dims(alike(a, like), axis) for a in arrays]
    return _joined(arrays, axis, dtype, casting)


def tile(A: Any, reps: Any) -> Any:
    try:
        reps = tuple(reps)
    except TypeError:
        reps = (reps,)
    rank = max(len(reps), np.ndim(A))
    reps = (1,) * (rank - len(reps)) + reps
    shape = (1,) * (rank - np.ndim(A)) + tuple(np.shape(A))
    spread = np.reshape(A, tuple(n for length in shape for n in (1, length)))
    full = tuple(n for pair in zip(reps, shape, strict=True) for n in pair)
    tiled = tuple(r * n for r, n in zip(reps, shape, strict=True))
    return np.reshape(np.broadcast_to(spread, full), tiled)


def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    if axis is None or np.ndim(a) == 0:
        a, axis = np.reshape(a, (-1,)), axis or 0
    axis = numpy.lib.array_utils.normalize_axis_index(axis, np.ndim(a))
    length = np.shape(a)[axis]
    if is_duck(repeats):
        # From the element after which each place of the result comes.
        ends = np.cumsum(np.broadcast_to(repeats, (length,)))
        total = int(ends[-1]) if length else 0
        places = np.searchsorted(ends, alike(numpy.arange(total), ends), side="right")
    else:
        places = numpy.repeat(numpy.arange(length), repeats)
    return np.take(a, places, axis=axis)


def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    like = one_of(arr, values, obj)
    arr, values = array_of(arr, like), array_of(values, like)
    if axis is None:
        arr, axis = np.reshape(arr, (-1,)), 0
    rank = np.ndim(arr)
    axis = numpy.lib.array_utils.normalize_axis_index(axis, rank)
    length = np.shape(arr)[axis]
    values = np.reshape(values, (1,) * (rank - np.ndim(values)) + tuple(np.shape(values)))
    values = cast(values, arr.dtype)
    if is_duck(obj):
        return _inserted(arr, obj, values, axis)
    if not isinstance(obj, slice) and numpy.ndim(obj) == 0:
        values = np.moveaxis(values, 0, axis)
    count = len(numpy.insert(numpy.arange(length), obj, 0)) - length
    if not isinstance(obj, slice) and numpy.size(obj) == 1:
        count = np.shape(values)[axis]
        obj = numpy.repeat(numpy.ravel(obj), count)
    shape = tuple(count if i == axis else n for i, n in enumerate(np.shape(arr)))
    both = np.concatenate([arr, np.broadcast_to(values, shape)], axis)
    order = numpy.insert(numpy.arange(length), obj, numpy.arange(length, length + count))
    return np.take(both, order, axis=axis)


def _inserted(arr: Any, obj: Any, values: Any, axis: int) -> Any:
    """At indices that Python has not got: in order of the places, twice as far apart."""
    length = np.shape(arr)[axis]
    obj = np.nonzero(obj)[0] if obj.dtype == bool else np.reshape(obj, (-1,))
    check_index(obj)
    count = np.shape(obj)[0]
    obj = np.where(np.less(obj, 0), np.add(obj, length), obj)
    if certainly(np.any(np.logical_or(np.less(obj, 0), np.greater(obj, length)))):
        raise IndexError(f"index is out of bounds for axis {axis} with size {length}")
    shape = tuple(count if i == axis else n for i, n in enumerate(np.shape(arr)))
    both = np.concatenate([np.broadcast_to(values, shape), arr], axis)
    places = np.concatenate([obj * 2, alike(numpy.arange(length) * 2 + 1, arr)])
    return np.take(both, np.argsort(places, stable=True), axis=axis)


# Padding ----------------------------------------------------------------------------------------


def _pairs(value: Any, rank: int, whole: bool = False) -> list[tuple[Any, Any]]:
    """A pair for each axis, of the short forms that NumPy takes."""
    if isinstance(value, dict):
        full = [(0, 0)] * rank
        for axis, pair in value.items():
            full[axis] = pair if isinstance(pair, tuple) else (pair, pair)
        value = full
    value = numpy.asarray(value)
    if whole:
        if value.dtype.kind != "i" and value.dtype.kind != "u":
            raise TypeError("`pad_width` must be of integral type.")
        if value.size and value.min() < 0:
            raise ValueError("index can't contain negative values")
    return [tuple(pair) for pair in numpy.broadcast_to(value, (rank, 2)).tolist()]


def _edge(a: Any, axis: int, count: int, at_end: bool) -> Any:
    stop = slice(-1, None) if at_end else slice(0, 1)
    edge = a[(*(slice(None),) * axis, stop)]
    shape = tuple(count if i == axis else n for i, n in enumerate(np.shape(a)))
    return np.broadcast_to(edge, shape)


def _constant(a: Any, axis: int, count: int, value: Any) -> Any:
    shape = tuple(count if i == axis else n for i, n in enumerate(np.shape(a)))
    value = cast(alike(value, a), a.dtype)
    return np.broadcast_to(value, shape)


def _statistic(a: Any, axis: int, count: int, at_end: bool, mode: str, length: Any) -> Any:
    size = np.shape(a)[axis]
    if size == 0 or (length is not None and length < 1):
        raise ValueError("stat_length of 0 yields no value for padding")
    length = size if length is None else min(length, size)
    part = slice(size - length, None) if at_end else slice(0, length)
    part = a[(*(slice(None),) * axis, part)]
    value = getattr(np, {"maximum": "max", "minimum": "min"}.get(mode, mode))(
        part, axis=axis, keepdims=True
    )
    if a.dtype.kind in "iu" and value.dtype.kind == "f":
        value = np.rint(value)
    shape = tuple(count if i == axis else n for i, n in enumerate(np.shape(a)))
    return np.broadcast_to(cast(value, a.dtype), shape)


def _reflected(a: Any, axis: int, before: int, after: int, mode: str, kind: str) -> Any:
    """By the places that NumPy pads the places with."""
    length = np.shape(a)[axis]
    if length == 0 and (before or after):
        raise ValueError(
            f"can't extend empty axis {axis} using modes other than 'constant' or 'empty'"
        )
    if mode == "wrap" or kind == "even":
        places = numpy.pad(numpy.arange(length), (before, after), mode=mode)  # type: ignore[call-overload]
        return np.take(a, places, axis=axis)
    # Odd: twice the edge less the reflection, step by step where the padding is longer than the
    # array.
    while before or after:
        length = np.shape(a)[axis]
        period = length if mode == "symmetric" else length - 1
        if period == 0:
            parts = [_edge(a, axis, before, False), a, _edge(a, axis, after, True)]
            return np.concatenate(parts, axis)
        index = (slice(None),) * axis
        start, stop = min(before, period), min(after, period)
        skip = 0 if mode == "symmetric" else 1
        parts = [a]
        if start:
            mirrored = np.flip(a[(*index, slice(skip, skip + start))], axis)
            parts.insert(0, 2 * a[(*index, slice(0, 1))] - mirrored)
        if stop:
            mirrored = np.flip(a[(*index, slice(length - skip - stop, length - skip))], axis)
            parts.append(2 * a[(*index, slice(-1, None))] - mirrored)
        a = np.concatenate(parts, axis)
        before, after = before - start, after - stop
    return a


def _ramp(a: Any, axis: int, count: int, at_end: bool, end: Any) -> Any:
    edge = np.squeeze(_edge(a, axis, 1, at_end), axis)
    if at_end:
        ramp = np.linspace(end, edge, count, endpoint=False, dtype=a.dtype, axis=axis)
        return np.flip(ramp, axis)
    return np.linspace(end, edge, count, endpoint=False, dtype=a.dtype, axis=axis)


_PAD_ARGUMENTS = {
    **dict.fromkeys(("edge", "wrap", "empty"), ()),
    "constant": ("constant_values",),
    "linear_ramp": ("end_values",),
    **dict.fromkeys(("maximum", "mean", "median", "minimum"), ("stat_length",)),
    **dict.fromkeys(("reflect", "symmetric"), ("reflect_type",)),
}


def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    rank = np.ndim(array)
    widths = _pairs(pad_width, rank, whole=True)
    if callable(mode):
        raise UnsupportedArgumentError(
            "numpy.pad: a function for mode= writes into an array that it is given, which is not "
            "supported here; pad with mode='empty', and numpy.concatenate"
        )
    if mode not in _PAD_ARGUMENTS:
        raise ValueError(f"mode '{mode}' is not supported")
    unknown = set(kwargs) - set(_PAD_ARGUMENTS[mode])
    if unknown:
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {unknown}")
    values = _pairs(kwargs.get("constant_values", kwargs.get("end_values", 0)), rank)
    lengths = kwargs.get("stat_length")
    lengths = [(None, None)] * rank if lengths is None else _pairs(lengths, rank)
    if any(length is not None and length < 0 for pair in lengths for length in pair):
        raise ValueError("index can't contain negative values")
    for axis, (before, after) in enumerate(widths):
        if not before and not after:
            continue
        if mode in ("reflect", "symmetric", "wrap"):
            kind = kwargs.get("reflect_type", "even")
            array = _reflected(array, axis, before, after, mode, kind)
            continue
        parts = []
        for side, count in enumerate((before, after)):
            if mode in ("constant", "empty"):
                parts.append(_constant(array, axis, count, values[axis][side]))
            elif math.prod(np.shape(array)) == 0 and np.shape(array)[axis] == 0:
                raise ValueError(
                    f"can't extend empty axis {axis} using modes other than 'constant' or 'empty'"
                )
            elif mode == "edge":
                parts.append(_edge(array, axis, count, bool(side)))
            elif mode == "linear_ramp":
                parts.append(_ramp(array, axis, count, bool(side), values[axis][side]))
            else:
                length = lengths[axis][side]
                parts.append(_statistic(array, axis, count, bool(side), mode, length))
        array = np.concatenate([parts[0], array, parts[1]], axis)
    return array
