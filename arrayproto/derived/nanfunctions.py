"""Reductions that take NaN for missing."""

from __future__ import annotations

from typing import Any

import numpy

import arrayproto.numpy as np

from .arguments import keeps
from .creation import cast, refuse_out

__all__ = [
    "nancumprod",
    "nancumsum",
    "nanmax",
    "nanmean",
    "nanmin",
    "nanprod",
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
