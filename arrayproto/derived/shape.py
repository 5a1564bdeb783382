"""Shapes and axes."""

from __future__ import annotations

from typing import Any

import numpy

import arrayproto.numpy as np

from .arguments import reduced_axis
from .creation import array_of, one_of

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "broadcast_arrays",
    "diagonal",
    "expand_dims",
    "flip",
    "fliplr",
    "flipud",
    "matrix_transpose",
    "moveaxis",
    "ndim",
    "ravel",
    "roll",
    "rollaxis",
    "rot90",
    "shape",
    "size",
    "squeeze",
    "swapaxes",
]

_normalized = numpy.lib.array_utils.normalize_axis_tuple


def ndim(a: Any) -> int:
    return len(a.shape)


def shape(a: Any) -> tuple[int, ...]:
    return tuple(a.shape)


def size(a: Any, axis: int | tuple[int, ...] | None = None) -> int:
    lengths = a.shape
    if axis is not None:
        axes = axis if isinstance(axis, tuple) else (axis,)
        lengths = [lengths[i] for i in np.lib.array_utils.normalize_axis_tuple(axes, len(lengths))]
    product = 1
    for length in lengths:
        product *= length
    return product


def _each(arrays: tuple[Any, ...], one: Any) -> Any:
    like = one_of(*arrays)
    found = tuple(one(array_of(a, like)) for a in arrays)
    return found[0] if len(found) == 1 else found


def atleast_1d(*arys: Any) -> Any:
    return _each(arys, lambda a: a if np.ndim(a) else np.reshape(a, (1,)))


def atleast_2d(*arys: Any) -> Any:
    def one(a: Any) -> Any:
        if np.ndim(a) == 0:
            return np.reshape(a, (1, 1))
        return a[None, :] if np.ndim(a) == 1 else a

    return _each(arys, one)


def atleast_3d(*arys: Any) -> Any:
    def one(a: Any) -> Any:
        rank = np.ndim(a)
        if rank == 0:
            return np.reshape(a, (1, 1, 1))
        if rank == 1:
            return a[None, :, None]
        return a[:, :, None] if rank == 2 else a

    return _each(arys, one)


def ravel(a: Any, order: str = "C") -> Any:
    if order == "F":
        a = np.transpose(a)
    elif order not in ("C", "A", "K"):
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K' (got {order!r})")
    return np.reshape(a, (-1,))


def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    axes = list(range(np.ndim(a)))
    first, second = np.lib.array_utils.normalize_axis_tuple((axis1,), len(axes)) + (
        np.lib.array_utils.normalize_axis_tuple((axis2,), len(axes))
    )
    axes[first], axes[second] = axes[second], axes[first]
    return np.transpose(a, axes)


def matrix_transpose(x: Any, /) -> Any:
    if np.ndim(x) < 2:
        raise ValueError(f"Input array must be at least 2-dimensional, but it is {np.ndim(x)}")
    return np.swapaxes(x, -1, -2)


def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    rank = np.ndim(a)
    (axis,) = np.lib.array_utils.normalize_axis_tuple((axis,), rank)
    if start < 0:
        start += rank
    if not 0 <= start < rank + 1:
        raise np.exceptions.AxisError(
            f"'start' arg requires {-rank} <= start < {rank + 1}, but {start} was passed in"
        )
    return np.moveaxis(a, axis, start - (axis < start))


def flipud(m: Any) -> Any:
    if np.ndim(m) < 1:
        raise ValueError("Input must be >= 1-d.")
    return np.flip(m, 0)


def fliplr(m: Any) -> Any:
    if np.ndim(m) < 2:
        raise ValueError("Input must be >= 2-d.")
    return np.flip(m, 1)


def rot90(m: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    axes = tuple(axes)  # type: ignore[assignment]
    if len(axes) != 2:
        raise ValueError("len(axes) must be 2.")
    rank = np.ndim(m)
    if axes[0] == axes[1] or abs(axes[0] - axes[1]) == rank:
        raise ValueError("Axes must be different.")
    if any(not -rank <= axis < rank for axis in axes):
        raise ValueError(f"Axes={axes} out of range for array of ndim={rank}.")
    k %= 4
    if k == 0:
        return m[...]
    if k == 2:
        return np.flip(np.flip(m, axes[0]), axes[1])
    if k == 1:
        return np.swapaxes(np.flip(m, axes[1]), *axes)
    return np.flip(np.swapaxes(m, *axes), axes[1])


def expand_dims(a: Any, axis: Any) -> Any:
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    rank = np.ndim(a) + len(axes)
    axes = _normalized(axes, rank)
    lengths = iter(np.shape(a))
    return np.reshape(a, tuple(1 if i in axes else next(lengths) for i in range(rank)))


def squeeze(a: Any, axis: Any = None) -> Any:
    lengths = tuple(np.shape(a))
    if reduced_axis(axis, len(lengths)) is None:
        return np.reshape(a, tuple(n for n in lengths if n != 1))
    axes = _normalized(axis, len(lengths))
    if any(lengths[i] != 1 for i in axes):
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return np.reshape(a, tuple(n for i, n in enumerate(lengths) if i not in axes))


def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    rank = np.ndim(a)
    source = np.lib.array_utils.normalize_axis_tuple(source, rank, "source")
    destination = np.lib.array_utils.normalize_axis_tuple(destination, rank, "destination")
    if len(source) != len(destination):
        raise ValueError(
            "`source` and `destination` arguments must have the same number of elements"
        )
    order = [i for i in range(rank) if i not in source]
    for to, of in sorted(zip(destination, source, strict=True)):
        order.insert(to, of)
    return np.transpose(a, order)


def flip(m: Any, axis: Any = None) -> Any:
    rank = np.ndim(m)
    axes = range(rank) if axis is None else _normalized(axis, rank)
    if rank == 0:
        return np.reshape(m, ())  # an index would give the element
    return m[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(rank))]


def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    if axis is not None and numpy.size(axis) == 0 and np.ndim(a) == 0:
        raise ValueError("not enough values to unpack (expected 2, got 0)")
    if axis is None:
        return np.reshape(roll(np.reshape(a, (-1,)), shift, 0), np.shape(a))
    axes = np.lib.array_utils.normalize_axis_tuple(axis, np.ndim(a), allow_duplicate=True)
    shifts, places = numpy.broadcast_arrays(shift, axes)
    if shifts.ndim > 1:
        raise ValueError("'shift' and 'axis' should be scalars or 1D sequences")
    total = dict.fromkeys(axes, 0)
    for by, at in zip(shifts.ravel().tolist(), places.ravel().tolist(), strict=True):
        total[at] += int(by)
    for at, by in total.items():
        length = np.shape(a)[at]
        by = by % length if length else 0
        if by:
            before = (slice(None),) * at
            parts = [a[(*before, slice(-by, None))], a[(*before, slice(None, -by))]]
            a = np.concatenate(parts, at)
    return a


def broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Any, ...]:
    like = one_of(*args)
    args = tuple(array_of(a, like) for a in args)
    shape = numpy.broadcast_shapes(*(np.shape(a) for a in args))
    return tuple(np.broadcast_to(a, shape) for a in args)


def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    rank = np.ndim(a)
    if rank < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    first, second = (
        numpy.lib.array_utils.normalize_axis_index(axis, rank, prefix)
        for axis, prefix in ((axis1, "axis1"), (axis2, "axis2"))
    )
    if first == second:
        raise ValueError("axis1 and axis2 cannot be the same")
    a = np.moveaxis(a, (first, second), (-2, -1))
    *others, rows, columns = np.shape(a)
    row, column = max(-offset, 0), max(offset, 0)
    length = max(min(rows - row, columns - column), 0)
    flat = np.reshape(a, (*others, rows * columns))
    if not length:
        return flat[..., :0]
    start = row * columns + column
    return flat[..., start : start + (length - 1) * (columns + 1) + 1 : columns + 1]
