"""Convolution and phases."""

from __future__ import annotations

from typing import Any

import numpy

import arrayproto.numpy as np

from .creation import cast

__all__ = ["convolve", "correlate", "unwrap"]


def _window(long: int, short: int, mode: Any) -> tuple[int, int]:
    """Where, in the full convolution, the result of a mode begins, and how long it is."""
    # NumPy itself says what a mode means, and which are none.
    length = len(numpy.correlate(numpy.ones(3), numpy.ones(2), mode))
    if length == 4:
        return 0, long + short - 1
    return ((short - 1) // 2, long) if length == 3 else (short - 1, long - short + 1)


def _full(a: Any, v: Any) -> Any:
    """The full convolution, `v` being the shorter one.

    The outer product, each row shifted by one more than the row before it, summed over the rows.
    Shifting is a matter of shape alone: rows that are padded by their number and cut into rows that
    are one shorter.
    """
    rows, columns = v.shape[0], a.shape[0]
    products = np.pad(np.multiply(v[:, None], a[None, :]), ((0, 0), (0, rows)))
    width = rows + columns - 1
    shifted = np.reshape(np.reshape(products, (-1,))[: rows * width], (rows, width))
    if shifted.dtype == bool:
        return np.any(shifted, axis=0)
    return np.sum(shifted, axis=0, dtype=shifted.dtype)


def _check(a: Any, v: Any) -> None:
    if np.ndim(a) > 1 or np.ndim(v) > 1:
        raise ValueError("object too deep for desired array")


def convolve(a: Any, v: Any, mode: Any = "full") -> Any:
    a, v = np.atleast_1d(a), np.atleast_1d(v)
    for array, name in ((a, "a"), (v, "v")):
        if array.shape[0] == 0:
            raise ValueError(f"{name} cannot be empty")
    _check(a, v)
    if v.shape[0] > a.shape[0]:
        a, v = v, a
    begin, length = _window(a.shape[0], v.shape[0], mode)
    return _full(a, v)[begin : begin + length]


def correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    if np.ndim(a) == 0 or np.ndim(v) == 0:
        raise ValueError("object of too small depth for desired array")
    a, v = np.atleast_1d(a), np.atleast_1d(v)
    _check(a, v)
    for array, name in ((a, "first"), (v, "second")):
        if array.shape[0] == 0:
            raise ValueError(f"{name} array argument cannot be empty")
    if numpy.issubdtype(v.dtype, numpy.complexfloating):
        v = np.conjugate(v)
    v = np.flip(v, 0)
    n, m = a.shape[0], v.shape[0]
    if n >= m:
        begin, length = _window(n, m, mode)
        full = _full(a, v)
    else:  # NumPy swaps the two and reverses the result
        begin, length = _window(m, n, mode)
        begin = n + m - 1 - begin - length
        full = _full(v, a)
    return full[begin : begin + length]


def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2 * numpy.pi) -> Any:
    rank = np.ndim(p)
    steps = np.diff(p, axis=axis)
    axis = numpy.lib.array_utils.normalize_axis_index(axis, rank)
    if discont is None:
        discont = period / 2
    dtype = np.result_type(steps.dtype, period)
    if numpy.issubdtype(dtype, numpy.integer):
        high, rest = divmod(period, 2)
        ambiguous = rest == 0
    else:
        high, ambiguous = period / 2, True
    low = -high
    wrapped = np.mod(steps - low, period) + low
    if ambiguous:
        wrapped = np.where((wrapped == low) & (steps > 0), high, wrapped)
    correction = np.where(np.abs(steps) < discont, 0, wrapped - steps)
    before = (slice(None),) * axis
    first, others = p[(*before, slice(None, 1))], p[(*before, slice(1, None))]
    return np.concatenate(
        [cast(first, dtype), cast(others + np.cumsum(correction, axis), dtype)], axis
    )
