"""Medians, quantiles and percentiles: elements of sorted lines, and what is between them."""

from __future__ import annotations

import math
from typing import Any

import numpy

import arrayproto.numpy as np

from .arguments import keeps
from .creation import alike, array_of, cast, certainly, is_duck, refuse_out
from .statistics import weights_like

__all__ = ["median", "nanmedian", "nanpercentile", "nanquantile", "percentile", "quantile"]

_NoValue = numpy._NoValue


def _lines(a: Any, axis: Any) -> tuple[Any, tuple[int, ...], tuple[int, ...]]:
    """The array with a last axis made of `axis`; the shapes without and with keepdims."""
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
    return lines, dropped, kept


def _sorted_lines(a: Any, axis: Any) -> tuple[Any, tuple[int, ...], tuple[int, ...]]:
    lines, dropped, kept = _lines(a, axis)
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
    refuse_out("median", out)
    lines, dropped, kept = _sorted_lines(a, axis)
    count = np.shape(lines)[-1]
    middle = lines[..., max((count - 1) // 2, 0) : count // 2 + 1]
    result = _nan_where_any(np.mean(middle, axis=-1, keepdims=True), lines)
    return np.reshape(result, kept if keepdims else dropped)


#: Method to alpha and beta of Hyndman and Fan.
_CONTINUOUS = {
    "interpolated_inverted_cdf": (0.0, 1.0),
    "hazen": (0.5, 0.5),
    "weibull": (0.0, 0.0),
    "linear": (1.0, 1.0),
    "median_unbiased": (1.0 / 3.0, 1.0 / 3.0),
    "normal_unbiased": (3.0 / 8.0, 3.0 / 8.0),
}


def place(count: Any, q: float, method: str) -> tuple[Any, Any]:
    """The lower of two places in a sorted line, and how far to go to the next."""
    if method in ("lower", "higher", "midpoint", "nearest"):
        place = np.multiply(np.subtract(count, 1), q)
    elif method in ("inverted_cdf", "averaged_inverted_cdf"):
        place = np.subtract(np.multiply(count, q), 1)
    elif method == "closest_observation":
        place = np.subtract(np.multiply(count, q), 1.5)
    elif method == "linear":
        place = np.multiply(np.subtract(count, 1), q)
    elif method in _CONTINUOUS:
        alpha, beta = _CONTINUOUS[method]
        place = np.subtract(np.add(np.multiply(count, q), alpha + q * (1 - alpha - beta)), 1)
    else:
        known = "linear, lower, higher, midpoint, nearest, inverted_cdf, averaged_inverted_cdf, "
        raise ValueError(
            f"{method!r} is not a valid method. Use one of: {known}closest_observation, "
            + ", ".join(_CONTINUOUS)
        )
    below = np.floor(place)
    part = np.subtract(place, below)
    if method == "lower":
        part = np.multiply(part, 0)
    elif method in ("higher", "inverted_cdf"):
        part = np.where(np.greater(part, 0), 1.0, 0.0)
    elif method == "midpoint":
        part = np.where(np.greater(part, 0), 0.5, 0.0)
    elif method == "averaged_inverted_cdf":
        part = np.where(np.greater(part, 0), 1.0, 0.5)
    elif method in ("nearest", "closest_observation"):
        half = 0.5 if method == "nearest" else 0.0
        even = np.equal(np.remainder(below, 2), 0)
        down = np.logical_or(np.less(part, half), np.logical_and(np.equal(part, half), even))
        part = np.where(down, 0.0, 1.0)
    return below, part


#: Methods whose result is an element.
DISCRETE = ("lower", "higher", "nearest", "inverted_cdf", "closest_observation")

#: Method to what it makes of the fractional part of the index.
_FRACTIONS = {
    "linear": lambda t: t,
    "lower": lambda t: t * 0,
    "higher": lambda t: t * 0 + (t > 0),
    "midpoint": lambda t: type(t)(0.5 if t > 0 else 0),
}


def _quantile(
    name: str, a: Any, q: Any, axis: Any, out: Any, method: str, keepdims: bool, weights: Any
) -> Any:
    refuse_out(name, out)
    place(1.0, 0.5, method)  # refuses a method that is none
    if weights is not None:
        return _weighted(a, q, axis, method, keepdims, weights, skip=False)
    lines, dropped, kept = _sorted_lines(a, axis)
    shape = kept if keepdims else dropped
    count = np.shape(lines)[-1]
    if count == 0:
        raise IndexError(f"numpy.{name} of no elements")
    results = []
    for quantile in q.ravel():
        if method in _FRACTIONS:
            index = quantile * (count - 1)
            below = math.floor(index)
            fraction = _FRACTIONS[method](index - q.dtype.type(below))
        else:
            lower, part = place(q.dtype.type(count), quantile, method)
            below, fraction = int(lower), q.dtype.type(part)
        above = min(max(below + 1, 0), count - 1)
        below = min(max(below, 0), count - 1)
        low, high = lines[..., below : below + 1], lines[..., above : above + 1]
        if method in DISCRETE:  # an element as it is, in its own dtype
            result = high if fraction else low
        else:
            step = np.subtract(high, low)  # the nearer end is the one that stays exact
            result = low + step * fraction if fraction < 0.5 else high - step * (1 - fraction)
        results.append(np.reshape(_nan_where_any(result, lines), shape))
    return _as_many_as(q, results, shape)


def _as_many_as(q: Any, results: list[Any], shape: tuple[int, ...]) -> Any:
    return results[0] if q.ndim == 0 else np.reshape(np.stack(results), (*q.shape, *shape))


def _weighted(
    a: Any, q: Any, axis: Any, method: str, keepdims: bool, weights: Any, *, skip: bool
) -> Any:
    """The first elements at which the weights sum to the quantiles, as inverted_cdf has it."""
    if method != "inverted_cdf":
        raise ValueError(f"Only method 'inverted_cdf' supports weights. Got: {method}.")
    weights = weights_like(a, axis, array_of(weights, a))
    if certainly(np.any(np.less(weights, 0))):
        raise ValueError("Weights must be non-negative.")
    lines, dropped, kept = _lines(a, axis)
    shape = kept if keepdims else dropped
    weights, _, _ = _lines(np.broadcast_to(weights, np.shape(a)), axis)
    missing = np.isnan(lines) if lines.dtype.kind == "f" else None
    if skip and missing is not None:
        weights = np.where(missing, 0, weights)
    order = np.argsort(lines, axis=-1, stable=True)
    lines = np.take_along_axis(lines, order, -1)
    totals = np.cumsum(np.take_along_axis(weights, order, -1), axis=-1, dtype=numpy.float64)
    totals = np.divide(totals, totals[..., -1:])
    nothing = np.isnan(totals[..., -1:])
    if skip and missing is not None:  # a line of nothing else has no quantile
        nothing = np.logical_and(nothing, np.logical_not(np.all(missing, axis=-1, keepdims=True)))
    if certainly(np.any(nothing)):
        raise ValueError("Weights included NaN, inf or were all zero.")
    totals = cast(totals, q.dtype)
    totals = np.where(np.equal(totals, 0), -1, totals)  # what weighs nothing comes before all
    last = np.shape(lines)[-1] - 1
    results = []
    for quantile in q.ravel():
        here = np.sum(np.less(totals, quantile), axis=-1, keepdims=True, dtype=numpy.intp)
        result = np.take_along_axis(lines, np.minimum(here, last), -1)
        results.append(np.reshape(result if skip else _nan_where_any(result, lines), shape))
    return _as_many_as(q, results, shape)


def probabilities(a: Any, q: Any, scale: int, message: str) -> Any:
    if a.dtype.kind == "c":
        raise TypeError("a must be an array of real numbers")
    if is_duck(q):  # how many results there are, and of which elements, is for Python to say
        flat = np.reshape(q, (-1,))
        values = [float(flat[i]) for i in range(flat.shape[0])]
        q = numpy.array(values, q.dtype).reshape(q.shape)
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


def exact(q: Any, method: str) -> str:
    """The method for these probabilities: 0 and 1 as integers ask for elements as they are."""
    dtype = numpy.dtype(q.dtype) if is_duck(q) else numpy.asarray(q).dtype
    return "lower" if dtype.kind in "biu" and method in ("linear", "higher") else method


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
    a = alike(a, q)
    method = exact(q, method)
    q = probabilities(a, q, 1, "Quantiles must be in the range [0, 1]")
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
    a = alike(a, q)
    q = probabilities(a, q, 100, "Percentiles must be in the range [0, 100]")
    return _quantile("percentile", a, q, axis, out, method, keepdims, weights)


# Without NaN --------------------------------------------------------------------------------------


def _nanquantile(
    name: str, a: Any, q: Any, axis: Any, out: Any, method: str, keepdims: Any, weights: Any
) -> Any:
    refuse_out(name, out)
    keep = keeps(keepdims)
    if weights is not None:
        place(1.0, 0.5, method)  # refuses a method that is none
        return _weighted(a, q, axis, method, keep, weights, skip=True)
    if a.dtype.kind not in "fc":
        function = np.quantile  # percentages were divided by 100 already
        return function(a, q, axis=axis, method=method, keepdims=keep)
    lines, dropped, kept = _sorted_lines(a, axis)
    shape = kept if keep else dropped
    length = np.shape(lines)[-1]
    count = np.sum(np.logical_not(np.isnan(lines)), axis=-1, keepdims=True, dtype=numpy.intp)
    results = []
    for quantile in q.ravel():
        result_dtype = numpy.result_type(a.dtype, q.dtype)
        if length == 0:
            nothing = np.full_like(np.sum(lines, axis=-1, keepdims=True), numpy.nan)
            results.append(np.reshape(cast(nothing, result_dtype), shape))
            continue
        below, part = place(cast(count, q.dtype), quantile, method)
        last = np.maximum(np.subtract(count, 1), 0)
        low = np.clip(cast(below, numpy.intp), 0, last)
        high = np.clip(np.add(cast(below, numpy.intp), 1), 0, last)
        part = np.where(np.less(below, 0), 0.0, part)
        first = np.take_along_axis(lines, low, -1)
        second = np.take_along_axis(lines, high, -1)
        if method in DISCRETE:
            result = np.where(np.equal(part, 0), first, second)
        else:
            step = np.subtract(second, first)  # the nearer end is the one that stays exact
            near = np.add(first, np.multiply(step, part))
            far = np.subtract(second, np.multiply(step, np.subtract(1, part)))
            result = cast(np.where(np.less(part, 0.5), near, far), result_dtype)
        results.append(np.reshape(result, shape))
    return _as_many_as(q, results, shape)


def nanquantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = _NoValue,
    *,
    weights: Any = None,
) -> Any:
    method = exact(q, method)
    q = probabilities(a, q, 1, "Quantiles must be in the range [0, 1]")
    return _nanquantile("nanquantile", a, q, axis, out, method, keepdims, weights)


def nanpercentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = _NoValue,
    *,
    weights: Any = None,
) -> Any:
    q = probabilities(a, q, 100, "Percentiles must be in the range [0, 100]")
    return _nanquantile("nanpercentile", a, q, axis, out, method, keepdims, weights)


def nanmedian(
    a: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    keepdims: Any = _NoValue,
) -> Any:
    refuse_out("nanmedian", out)
    keep = keeps(keepdims)
    if a.dtype.kind not in "fc":
        return np.median(a, axis=axis, keepdims=keep)
    lines, dropped, kept = _sorted_lines(a, axis)
    shape = kept if keep else dropped
    if np.shape(lines)[-1] == 0:
        return np.reshape(np.mean(lines, axis=-1), shape)
    count = np.sum(np.logical_not(np.isnan(lines)), axis=-1, keepdims=True, dtype=numpy.intp)
    low = np.maximum(np.floor_divide(np.subtract(count, 1), 2), 0)
    high = np.minimum(np.floor_divide(count, 2), np.maximum(np.subtract(count, 1), 0))
    pair = [np.take_along_axis(lines, places, -1) for places in (low, high)]
    return np.reshape(np.mean(np.concatenate(pair, -1), axis=-1), shape)
