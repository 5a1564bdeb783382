"""Reductions that take NaN for missing."""

from __future__ import annotations

import math
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError
from .arguments import keeps
from .creation import cast, refuse_out
from .statistics import DISCRETE, place, probabilities

__all__ = [
    "nancumprod",
    "nancumsum",
    "nanmax",
    "nanmean",
    "nanmedian",
    "nanmin",
    "nanpercentile",
    "nanprod",
    "nanquantile",
    "nanstd",
    "nansum",
    "nanvar",
]

_NoValue = numpy._NoValue


def _without(a: Any, value: Any) -> Any:
    """`a` with a value in the place of NaN."""
    if a.dtype.kind not in "fc":
        return a
    return np.where(np.isnan(a), a.dtype.type(value), a)


def _given(**arguments: Any) -> dict[str, Any]:
    return {key: value for key, value in arguments.items() if value is not _NoValue}


def nansum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = _NoValue,
    initial: Any = _NoValue,
    where: Any = _NoValue,
) -> Any:
    refuse_out("nansum", out)
    rest = _given(keepdims=keepdims, initial=initial, where=where)
    return np.sum(_without(a, 0), axis=axis, dtype=dtype, **rest)


def nanprod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = _NoValue,
    initial: Any = _NoValue,
    where: Any = _NoValue,
) -> Any:
    refuse_out("nanprod", out)
    rest = _given(keepdims=keepdims, initial=initial, where=where)
    return np.prod(_without(a, 1), axis=axis, dtype=dtype, **rest)


def nancumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    refuse_out("nancumsum", out)
    return np.cumsum(_without(a, 0), axis=axis, dtype=dtype)


def nancumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    refuse_out("nancumprod", out)
    return np.cumprod(_without(a, 1), axis=axis, dtype=dtype)


def _extreme(name: str, a: Any, axis: Any, out: Any, rest: dict[str, Any]) -> Any:
    refuse_out(name, out)
    extreme, bound = (np.max, -numpy.inf) if name == "nanmax" else (np.min, numpy.inf)
    rest = _given(**rest)
    if a.dtype.kind not in "fc":
        return extreme(a, axis=axis, **rest)
    result = extreme(_without(a, bound), axis=axis, **rest)
    only_nan = np.all(np.isnan(a), axis=axis, **{k: v for k, v in rest.items() if k != "initial"})
    if "initial" in rest:
        return result
    return np.where(only_nan, a.dtype.type(numpy.nan), result)


def nanmax(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = _NoValue,
    initial: Any = _NoValue,
    where: Any = _NoValue,
) -> Any:
    rest = {"keepdims": keepdims, "initial": initial, "where": where}
    return _extreme("nanmax", a, axis, out, rest)


def nanmin(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = _NoValue,
    initial: Any = _NoValue,
    where: Any = _NoValue,
) -> Any:
    rest = {"keepdims": keepdims, "initial": initial, "where": where}
    return _extreme("nanmin", a, axis, out, rest)


# Averages -----------------------------------------------------------------------------------------


def _present(a: Any, where: Any) -> Any:
    """Where there is a number that counts."""
    if where is _NoValue or where is True:
        return np.logical_not(np.isnan(a))
    return np.logical_and(np.logical_not(np.isnan(a)), where)


def _inexact(name: str, a: Any, dtype: Any) -> None:
    if dtype is not None and not numpy.issubdtype(dtype, numpy.inexact):
        raise TypeError("If a is inexact, then dtype must be inexact")


def nanmean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = _NoValue,
    *,
    where: Any = _NoValue,
) -> Any:
    refuse_out("nanmean", out)
    rest = _given(keepdims=keepdims)
    if a.dtype.kind not in "fc":
        return np.mean(a, axis=axis, dtype=dtype, **rest, **_given(where=where))
    _inexact("nanmean", a, dtype)
    there = _present(a, where)
    total = np.sum(np.where(there, a, a.dtype.type(0)), axis=axis, dtype=dtype, **rest)
    count = np.sum(there, axis=axis, dtype=numpy.intp, **rest)
    return cast(np.divide(total, count), total.dtype)


def nanvar(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = _NoValue,
    *,
    where: Any = _NoValue,
    mean: Any = _NoValue,
    correction: Any = _NoValue,
) -> Any:
    refuse_out("nanvar", out)
    if a.dtype.kind not in "fc":
        rest = _given(keepdims=keepdims, where=where, mean=mean, correction=correction)
        return np.var(a, axis=axis, dtype=dtype, ddof=ddof, **rest)
    _inexact("nanvar", a, dtype)
    if correction is not _NoValue:
        if ddof != 0:
            raise ValueError("ddof and correction can't be provided simultaneously.")
        ddof = correction
    there = _present(a, where)
    count = np.sum(there, axis=axis, dtype=numpy.intp, keepdims=True)
    zero = a.dtype.type(0)
    if mean is _NoValue:
        total = np.sum(np.where(there, a, zero), axis=axis, dtype=dtype, keepdims=True)
        mean = cast(np.divide(total, count), total.dtype)
    apart = np.where(there, np.subtract(a, mean), zero)
    if apart.dtype.kind == "c":
        real, imag = np.real(apart), np.imag(apart)
        squares = np.add(np.multiply(real, real), np.multiply(imag, imag))
    else:
        squares = np.multiply(apart, apart)
    keep = keeps(keepdims)
    total = np.sum(squares, axis=axis, dtype=dtype, keepdims=keep)
    freedom = np.subtract(count if keep else np.reshape(count, np.shape(total)), ddof)
    result = np.divide(total, np.where(np.less_equal(freedom, 0), 1, freedom))
    nothing = total.dtype.type(numpy.nan)
    return np.where(np.less_equal(freedom, 0), nothing, cast(result, total.dtype))


def nanstd(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = _NoValue,
    *,
    where: Any = _NoValue,
    mean: Any = _NoValue,
    correction: Any = _NoValue,
) -> Any:
    refuse_out("nanstd", out)
    rest = _given(keepdims=keepdims, where=where, mean=mean, correction=correction)
    return np.sqrt(np.nanvar(a, axis=axis, dtype=dtype, ddof=ddof, **rest))


# Order statistics ---------------------------------------------------------------------------------


def _lines(a: Any, axis: Any) -> tuple[Any, tuple[int, ...], tuple[int, ...]]:
    """Sorted along a last axis made of `axis`; the shapes without and with keepdims."""
    rank, shape = np.ndim(a), tuple(np.shape(a))
    axes = (
        tuple(range(rank))
        if axis is None
        else numpy.lib.array_utils.normalize_axis_tuple(axis, rank)
    )
    others = tuple(i for i in range(rank) if i not in axes)
    dropped = tuple(shape[i] for i in others)
    kept = tuple(1 if i in axes else n for i, n in enumerate(shape))
    lines = np.transpose(a, others + axes) if rank else a
    lines = np.reshape(lines, (*dropped, math.prod(shape[i] for i in axes)))
    return np.sort(lines, axis=-1), dropped, kept


def _nanquantile(
    name: str, a: Any, q: Any, axis: Any, out: Any, method: str, keepdims: Any, weights: Any
) -> Any:
    refuse_out(name, out)
    if weights is not None:
        raise UnsupportedArgumentError(
            f"numpy.{name}: argument weights= is not supported here; leave 'weights' out"
        )
    keep = keeps(keepdims)
    if a.dtype.kind not in "fc":
        function = np.quantile  # percentages were divided by 100 already
        return function(a, q, axis=axis, method=method, keepdims=keep)
    lines, dropped, kept = _lines(a, axis)
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
    if q.ndim == 0:
        return results[0]
    return np.reshape(np.stack(results), (*q.shape, *shape))


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
    lines, dropped, kept = _lines(a, axis)
    shape = kept if keep else dropped
    if np.shape(lines)[-1] == 0:
        return np.reshape(np.mean(lines, axis=-1), shape)
    count = np.sum(np.logical_not(np.isnan(lines)), axis=-1, keepdims=True, dtype=numpy.intp)
    low = np.maximum(np.floor_divide(np.subtract(count, 1), 2), 0)
    high = np.minimum(np.floor_divide(count, 2), np.maximum(np.subtract(count, 1), 0))
    pair = [np.take_along_axis(lines, places, -1) for places in (low, high)]
    return np.reshape(np.mean(np.concatenate(pair, -1), axis=-1), shape)
