"""Choosing, dropping and repeating elements."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError

__all__ = [
    "apply_over_axes",
    "choose",
    "compress",
    "delete",
    "diag_indices_from",
    "diagflat",
    "ediff1d",
    "extract",
    "flatnonzero",
    "resize",
    "select",
    "tril_indices_from",
    "trim_zeros",
    "triu_indices_from",
]


def flatnonzero(a: Any) -> Any:
    return np.nonzero(np.ravel(a))[0]


def compress(condition: Any, a: Any, axis: int | None = None, out: Any = None) -> Any:
    if out is not None:
        raise UnsupportedArgumentError("numpy.compress: out= is not supported here; leave it out")
    if np.ndim(condition) != 1:
        raise ValueError("condition must be a 1-d array")
    if axis is None:
        a, axis = np.ravel(a), 0
    return np.take(a, np.flatnonzero(condition), axis=axis)


def extract(condition: Any, arr: Any) -> Any:
    return np.take(np.ravel(arr), np.flatnonzero(condition), axis=0)


def delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    if axis is None:
        arr, axis = np.ravel(arr), 0
    (axis,) = np.lib.array_utils.normalize_axis_tuple((axis,), np.ndim(arr))
    # What NumPy deletes from the positions is what it would delete from the array.
    kept = numpy.delete(numpy.arange(np.shape(arr)[axis]), obj)
    return np.take(arr, kept, axis=axis)


def diagflat(v: Any, k: int = 0) -> Any:
    return np.diag(np.ravel(v), k)


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if not condlist:
        raise ValueError("select with an empty condition list is not possible")
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
    if mode == "wrap":
        a = np.mod(a, len(choices))
    elif mode == "clip":
        a = np.clip(a, 0, len(choices) - 1)
    elif np.any((a < 0) | (a >= len(choices))):
        raise ValueError("invalid entry in choice array")
    result = choices[0]
    for index, choice in enumerate(choices[1:], 1):
        result = np.where(a == index, choice, result)
    return result if len(choices) > 1 else np.where(a == 0, result, result)


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    parts = [np.diff(np.ravel(ary))]
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
    new_shape = (new_shape,) if isinstance(new_shape, (int, numpy.integer)) else tuple(new_shape)
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
        if len(places) == 0:
            window[i] = slice(0, 0)
            continue
        start, stop = int(places[:, i].min()), int(places[:, i].max()) + 1
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
    return numpy.tril_indices(np.shape(arr)[-2], k=k, m=np.shape(arr)[-1])


def triu_indices_from(arr: Any, k: int = 0) -> Any:
    _two_dimensional(arr)
    return numpy.triu_indices(np.shape(arr)[-2], k=k, m=np.shape(arr)[-1])


def diag_indices_from(arr: Any) -> Any:
    if np.ndim(arr) < 2:
        raise ValueError("input array must be at least 2-d")
    if len(set(np.shape(arr))) != 1:
        raise ValueError("All dimensions of input must be of equal length")
    return numpy.diag_indices(np.shape(arr)[0], np.ndim(arr))
