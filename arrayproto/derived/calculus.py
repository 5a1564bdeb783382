"""Differences, gradients, interpolation."""

from __future__ import annotations

import operator
from typing import Any

import numpy

import arrayproto.numpy as np

from .creation import array_of, cast, one_of, there

__all__ = ["diff", "gradient", "interp"]


def diff(
    a: Any,
    n: int = 1,
    axis: int = -1,
    prepend: Any = numpy._NoValue,
    append: Any = numpy._NoValue,
) -> Any:
    n = operator.index(n)
    if n == 0:
        return a
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    a = array_of(a, one_of(a, prepend, append))
    if np.ndim(a) == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = numpy.lib.array_utils.normalize_axis_index(axis, np.ndim(a))
    parts = [a]
    for value, place in ((prepend, 0), (append, 2)):
        if value is not numpy._NoValue:
            value = array_of(value, a)
            if np.ndim(value) == 0:
                shape = tuple(1 if i == axis else k for i, k in enumerate(np.shape(a)))
                value = np.broadcast_to(value, shape)
            parts.insert(place, value)
    if len(parts) > 1:
        a = np.concatenate(parts, axis)
    before = (slice(None),) * axis
    apart = np.not_equal if a.dtype == bool else np.subtract
    for _ in range(n):
        a = apart(a[(*before, slice(1, None))], a[(*before, slice(None, -1))])
    return a


def _spacings(f: Any, varargs: tuple[Any, ...], axes: tuple[int, ...]) -> list[Any]:
    """For each axis the distance between its points, a number or a vector."""
    if not varargs:
        return [1.0] * len(axes)
    if len(varargs) == 1 and np.ndim(varargs[0]) == 0:
        return list(varargs) * len(axes)
    if len(varargs) != len(axes):
        raise TypeError("invalid number of arguments")
    found: list[Any] = []
    for axis, points in zip(axes, varargs, strict=True):
        if np.ndim(points) == 0:
            found.append(points)
            continue
        if np.ndim(points) != 1:
            raise ValueError("distances must be either scalars or 1d")
        points = array_of(points, f)
        if np.shape(points)[0] != np.shape(f)[axis]:
            raise ValueError(
                "when 1d, distances must match the length of the corresponding dimension"
            )
        found.append(np.diff(points if points.dtype.kind in "fc" else cast(points, float)))
    return found


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    f = array_of(f, one_of(f, *varargs))
    rank = np.ndim(f)
    axes = (
        tuple(range(rank))
        if axis is None
        else numpy.lib.array_utils.normalize_axis_tuple(axis, rank)
    )
    spacings = _spacings(f, varargs, axes)
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    if f.dtype.kind in "iu":
        f = cast(f, float)
    results = []
    for along, spacing in zip(axes, spacings, strict=True):
        if np.shape(f)[along] < edge_order + 1:
            raise ValueError(
                "Shape of array too small to calculate a numerical gradient, at least (edge_order "
                "+ 1) elements are required."
            )
        results.append(cast(_along(f, along, spacing, edge_order), f.dtype))
    return results[0] if len(axes) == 1 else tuple(results)


def _along(f: Any, axis: int, h: Any, edge_order: int) -> Any:
    before = (slice(None),) * axis

    def at(start: int | None, stop: int | None) -> Any:
        return f[(*before, slice(start, stop))]

    column = [-1 if i == axis else 1 for i in range(np.ndim(f))]
    uneven = np.ndim(h) == 1
    if uneven:
        left, right = np.reshape(h[:-1], column), np.reshape(h[1:], column)
        both = left + right
        inner = (
            -right / (left * both) * at(None, -2)
            + (right - left) / (left * right) * at(1, -1)
            + left / (right * both) * at(2, None)
        )
        first, last = np.reshape(h[:1], column), np.reshape(h[-1:], column)
    else:
        inner = (at(2, None) - at(None, -2)) / (2.0 * h)
        first = last = h
    if edge_order == 1:
        begin, end = (at(1, 2) - at(0, 1)) / first, (at(-1, None) - at(-2, -1)) / last
    elif uneven:
        one, two = np.reshape(h[:1], column), np.reshape(h[1:2], column)
        begin = (
            -(2.0 * one + two) / (one * (one + two)) * at(0, 1)
            + (one + two) / (one * two) * at(1, 2)
            - one / (two * (one + two)) * at(2, 3)
        )
        one, two = np.reshape(h[-2:-1], column), np.reshape(h[-1:], column)
        end = (
            two / (one * (one + two)) * at(-3, -2)
            - (two + one) / (one * two) * at(-2, -1)
            + (2.0 * two + one) / (two * (one + two)) * at(-1, None)
        )
    else:
        begin = (-1.5 * at(0, 1) + 2.0 * at(1, 2) - 0.5 * at(2, 3)) / h
        end = (0.5 * at(-3, -2) - 2.0 * at(-2, -1) + 1.5 * at(-1, None)) / h
    return np.concatenate([begin, inner, end], axis)


def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Any:
    like = one_of(x, xp, fp)
    x, xp, fp = (array_of(a, like) for a in (x, xp, fp))
    for a in (x, xp):
        if a.dtype.kind == "c":
            raise TypeError(
                f"Cannot cast array data from {a.dtype!r} to dtype('float64') according to the "
                "rule 'safe'"
            )
    dtype = numpy.dtype(complex if fp.dtype.kind == "c" else float)
    x, xp, fp = cast(x, float), cast(xp, float), cast(fp, dtype)
    if period is not None:
        if period == 0:
            raise ValueError("period must be a non-zero value")
        period, left, right = abs(period), None, None
        if np.ndim(xp) != 1 or np.ndim(fp) != 1:
            raise ValueError("Data points must be 1-D sequences")
        if np.shape(xp)[0] != np.shape(fp)[0]:
            raise ValueError("fp and xp are not of the same length")
        x, xp = np.remainder(x, period), np.remainder(xp, period)
        order = np.argsort(xp)
        xp, fp = np.take(xp, order), np.take(fp, order)
        xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = np.concatenate([fp[-1:], fp, fp[:1]])
    if np.ndim(xp) != 1 or np.ndim(fp) != 1:
        raise ValueError("object too deep for desired array")
    count = np.shape(xp)[0]
    if count == 0:
        raise ValueError("array of sample points is empty")
    if np.shape(fp)[0] != count:
        raise ValueError("fp and xp are not of the same length.")
    left, right = (fp[0] if left is None else left), (fp[-1] if right is None else right)
    if count == 1:
        found = np.broadcast_to(fp[0], np.shape(x))
    else:
        low = np.clip(np.subtract(np.searchsorted(xp, x, side="right"), 1), 0, count - 2)
        slope = np.divide(np.diff(fp), np.diff(xp))
        rise = there(slope, low)
        found = rise * (x - there(xp, low)) + there(fp, low)
        # Where a difference of infinities is NaN, the distance to the other end may tell.
        again = rise * (x - there(xp, low + 1)) + there(fp, low + 1)
        found = np.where(np.isnan(found), again, found)
        found = np.where(np.equal(x, xp[-1]), fp[-1], found)
    found = np.where(np.less(x, xp[0]), cast(array_of(left, like), dtype), found)
    found = np.where(np.greater(x, xp[-1]), cast(array_of(right, like), dtype), found)
    return np.where(np.isnan(x), cast(x, dtype), found)
