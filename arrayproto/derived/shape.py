"""Shapes and axes."""

from __future__ import annotations

from typing import Any

import arrayproto.numpy as np

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "fliplr",
    "flipud",
    "matrix_transpose",
    "ndim",
    "ravel",
    "rollaxis",
    "rot90",
    "shape",
    "size",
    "swapaxes",
]


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
    return one(arrays[0]) if len(arrays) == 1 else tuple(one(a) for a in arrays)


def atleast_1d(*arys: Any) -> Any:
    return _each(arys, lambda a: a if np.ndim(a) else np.reshape(a, (1,)))


def atleast_2d(*arys: Any) -> Any:
    def one(a: Any) -> Any:
        if np.ndim(a) == 0:
            return np.reshape(a, (1, 1))
        return (
            np.asanyarray(a)[None, :]
            if isinstance(a, (list, tuple))
            else (a[None, :] if np.ndim(a) == 1 else a)
        )

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
