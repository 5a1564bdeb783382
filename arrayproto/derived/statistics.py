"""Sums, averages, order statistics."""

from __future__ import annotations

import math
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError

__all__ = [
    "average",
    "corrcoef",
    "count_nonzero",
    "cumulative_prod",
    "cumulative_sum",
    "median",
    "nanargmax",
    "nanargmin",
    "percentile",
    "ptp",
    "quantile",
    "trapezoid",
]


def _refuse(function: str, **arguments: Any) -> None:
    """Raise for an argument that was given and that the functions here have not got."""
    for name, value in arguments.items():
        if value is not None:
            raise UnsupportedArgumentError(
                f"numpy.{function}: argument {name}= is not supported here; leave {name!r} out"
            )


def _keep(keepdims: Any) -> bool:
    return False if keepdims is numpy._NoValue else bool(keepdims)


def count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return np.sum(np.not_equal(a, 0), axis=axis, dtype=np.intp, keepdims=keepdims)


def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    _refuse("ptp", out=out)
    keepdims = _keep(keepdims)
    return np.subtract(
        np.max(a, axis=axis, keepdims=keepdims), np.min(a, axis=axis, keepdims=keepdims)
    )


# Averages --------------------------------------------------------------------------------------


def _weights_like(a: Any, axis: Any, weights: Any) -> Any:
    """Weights in a shape that goes along with the array."""
    shape, given = np.shape(a), np.shape(weights)
    if shape == given:
        return weights
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    axes = np.lib.array_utils.normalize_axis_tuple(axis, len(shape), argname="axis")
    if given != tuple(shape[i] for i in axes):
        raise ValueError(
            "Shape of weights must be consistent with shape of a along specified axis."
        )
    order = sorted(range(len(axes)), key=axes.__getitem__)
    full = [length if i in axes else 1 for i, length in enumerate(shape)]
    return np.reshape(np.transpose(weights, order), full)


def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False
) -> Any:
    keepdims = _keep(keepdims)
    if weights is None:
        result = np.mean(a, axis=axis, keepdims=keepdims)
        total = np.full_like(result, np.size(a) / np.size(result)) if returned else None
    else:
        weights = _weights_like(a, axis, weights)
        extra = (np.float64,) if a.dtype.kind in "biu" else ()
        dtype = numpy.result_type(a.dtype, weights.dtype, *extra)
        total = np.sum(weights, axis=axis, dtype=dtype, keepdims=keepdims)
        if np.any(total == 0.0):
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        products = np.multiply(a, weights, dtype=dtype)
        result = np.divide(np.sum(products, axis=axis, keepdims=keepdims), total)
    if not returned:
        return result
    if np.shape(total) != np.shape(result):
        total = np.broadcast_to(total, np.shape(result))
    return result, total


def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    covariance = np.cov(x, y, rowvar, dtype=dtype)
    if np.ndim(covariance) == 0:
        return np.divide(covariance, covariance)
    deviation = np.sqrt(np.real(np.diagonal(covariance)))
    result = covariance / deviation[:, None] / deviation[None, :]
    if np.iscomplexobj(result):
        return np.clip(np.real(result), -1, 1) + 1j * np.clip(np.imag(result), -1, 1)
    return np.clip(result, -1, 1)


# Order statistics ------------------------------------------------------------------------------


def _sorted_lines(a: Any, axis: Any) -> tuple[Any, tuple[int, ...], tuple[int, ...]]:
    """The array sorted along a last axis made of `axis`; the shapes without and with keepdims."""
    rank, shape = np.ndim(a), np.shape(a)
    if axis is None:
        axes = tuple(range(rank))
    else:
        axes = np.lib.array_utils.normalize_axis_tuple(axis, rank)
    others = tuple(i for i in range(rank) if i not in axes)
    dropped = tuple(shape[i] for i in others)
    kept = tuple(1 if i in axes else shape[i] for i in range(rank))
    lines = np.transpose(a, others + axes) if rank else a
    lines = np.reshape(lines, (*dropped, math.prod(shape[i] for i in axes)))
    return np.sort(lines, axis=-1), dropped, kept


def _nan_where_any(result: Any, lines: Any) -> Any:
    """NaN, which sorts last, makes NaN of what is computed from its line."""
    if lines.dtype.kind not in "fc" or np.shape(lines)[-1] == 0:
        return result
    last = lines[..., -1:]
    return np.where(np.isnan(last), np.astype(last, result.dtype), result)


def median(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False
) -> Any:
    _refuse("median", out=out)
    lines, dropped, kept = _sorted_lines(a, axis)
    count = np.shape(lines)[-1]
    middle = lines[..., max((count - 1) // 2, 0) : count // 2 + 1]
    result = _nan_where_any(np.mean(middle, axis=-1, keepdims=True), lines)
    return np.reshape(result, kept if keepdims else dropped)


#: Method to what it makes of the fractional part of the index.
_FRACTIONS = {
    "linear": lambda t: t,
    "lower": lambda t: t * 0,
    "higher": lambda t: t * 0 + (t > 0),
    "midpoint": lambda t: t * 0 + 0.5 * (t > 0),
}


def _quantile(
    name: str, a: Any, q: Any, axis: Any, out: Any, method: str, keepdims: bool, weights: Any
) -> Any:
    _refuse(name, out=out, weights=weights)
    if method not in _FRACTIONS:
        known = ", ".join(map(repr, _FRACTIONS))
        raise UnsupportedArgumentError(
            f"numpy.{name}: method={method!r} is not supported here; methods are {known}"
        )
    lines, dropped, kept = _sorted_lines(a, axis)
    shape = kept if keepdims else dropped
    count = np.shape(lines)[-1]
    if count == 0:
        raise IndexError(f"numpy.{name} of no elements")
    results = []
    for quantile in q.ravel():
        index = quantile * (count - 1)
        below = math.floor(index)
        above = min(below + 1, count - 1)
        fraction = _FRACTIONS[method](index - q.dtype.type(below))
        low, high = lines[..., below : below + 1], lines[..., above : above + 1]
        if method in ("lower", "higher"):  # an element as it is, in its own dtype
            result = high if fraction else low
        else:
            step = np.subtract(high, low)  # the nearer end is the one that stays exact
            result = low + step * fraction if fraction < 0.5 else high - step * (1 - fraction)
        results.append(np.reshape(_nan_where_any(result, lines), shape))
    if q.ndim == 0:
        return results[0]
    return np.reshape(np.stack(results), (*q.shape, *shape))


def _probabilities(a: Any, q: Any, scale: int, message: str) -> Any:
    if a.dtype.kind == "c":
        raise TypeError("a must be an array of real numbers")
    if scale != 1:
        q = numpy.true_divide(q, a.dtype.type(scale) if a.dtype.kind == "f" else scale)
    elif isinstance(q, (int, float)) and a.dtype.kind == "f":
        q = numpy.asarray(q, dtype=a.dtype)
    q = numpy.asarray(q)
    if q.dtype.kind in "biu":
        q = q.astype(float)
    if q.size and not (numpy.all(q >= 0) and numpy.all(q <= 1)):
        raise ValueError(message)
    return q


def quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Any = None,
) -> Any:
    q = _probabilities(a, q, 1, "Quantiles must be in the range [0, 1]")
    return _quantile("quantile", a, q, axis, out, method, keepdims, weights)


def percentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    *,
    weights: Any = None,
) -> Any:
    q = _probabilities(a, q, 100, "Percentiles must be in the range [0, 100]")
    return _quantile("percentile", a, q, axis, out, method, keepdims, weights)


# Along an axis ---------------------------------------------------------------------------------


def _cumulative(name: str, x: Any, axis: Any, dtype: Any, out: Any, initial: int | None) -> Any:
    _refuse(name, out=out)
    if np.ndim(x) == 0:
        raise ValueError("Input arrays must be at least one dimensional, but it is a 0-d array.")
    if axis is None:
        if np.ndim(x) > 1:
            raise ValueError(
                "For arrays which have more than one dimension ``axis`` argument is required."
            )
        axis = 0
    running = np.cumsum if name == "cumulative_sum" else np.cumprod
    result = running(x, axis=axis, dtype=dtype)
    if initial is None:
        return result
    (axis,) = np.lib.array_utils.normalize_axis_tuple((axis,), np.ndim(x))
    before = (slice(None),) * axis
    first = np.full_like(result[(*before, slice(0, 1))], initial)
    if np.shape(first)[axis] == 0:
        first = np.full_like(np.sum(result, axis=axis, keepdims=True), initial)
    return np.concatenate([first, result], axis)


def cumulative_sum(
    x: Any,
    /,
    *,
    axis: int | None = None,
    dtype: Any = None,
    out: Any = None,
    include_initial: bool = False,
) -> Any:
    return _cumulative("cumulative_sum", x, axis, dtype, out, 0 if include_initial else None)


def cumulative_prod(
    x: Any,
    /,
    *,
    axis: int | None = None,
    dtype: Any = None,
    out: Any = None,
    include_initial: bool = False,
) -> Any:
    return _cumulative("cumulative_prod", x, axis, dtype, out, 1 if include_initial else None)


def _nanarg(name: str, a: Any, axis: Any, out: Any, keepdims: Any) -> Any:
    _refuse(name, out=out)
    keepdims = _keep(keepdims)
    extreme, worst = (np.argmax, -np.inf) if name == "nanargmax" else (np.argmin, np.inf)
    if a.dtype.kind == "f":
        missing = np.isnan(a)
        if np.any(np.all(missing, axis=axis)):
            raise ValueError("All-NaN slice encountered")
        a = np.where(missing, a.dtype.type(worst), a)
    return extreme(a, axis=axis, keepdims=keepdims)


def nanargmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
    return _nanarg("nanargmax", a, axis, out, keepdims)


def nanargmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
    return _nanarg("nanargmin", a, axis, out, keepdims)


def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    (axis,) = np.lib.array_utils.normalize_axis_tuple((axis,), np.ndim(y))
    before = (slice(None),) * axis
    width = dx
    if x is not None:
        width = np.diff(x, axis=0 if np.ndim(x) == 1 else axis)
        if np.ndim(x) == 1:
            shape = [1] * np.ndim(y)
            shape[axis] = np.shape(width)[0]
            width = np.reshape(width, shape)
    heights = y[(*before, slice(1, None))] + y[(*before, slice(None, -1))]
    return np.sum(np.multiply(heights, width) / 2.0, axis=axis)
