"""Sums, averages, covariances."""

from __future__ import annotations

import math
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError
from .arguments import has_variables_in_columns, keeps
from .creation import alike, array_of, cast, certainly, is_duck, one_of

__all__ = [
    "amax",
    "amin",
    "average",
    "corrcoef",
    "count_nonzero",
    "cov",
    "cumulative_prod",
    "cumulative_sum",
    "mean",
    "nanargmax",
    "nanargmin",
    "ptp",
    "std",
    "trapezoid",
    "var",
]


def _refuse(function: str, **arguments: Any) -> None:
    """Raise for an argument that was given and that the functions here have not got."""
    for name, value in arguments.items():
        if value is not None:
            raise UnsupportedArgumentError(
                f"numpy.{function}: argument {name}= is not supported here; leave {name!r} out"
            )


def count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return np.sum(np.not_equal(a, 0), axis=axis, dtype=np.intp, keepdims=keepdims)


def amax(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = numpy._NoValue,
    initial: Any = numpy._NoValue,
    where: Any = numpy._NoValue,
) -> Any:
    _refuse("amax", out=out)
    return np.max(a, axis=axis, **_rest(keepdims=keepdims, initial=initial, where=where))


def amin(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = numpy._NoValue,
    initial: Any = numpy._NoValue,
    where: Any = numpy._NoValue,
) -> Any:
    _refuse("amin", out=out)
    return np.min(a, axis=axis, **_rest(keepdims=keepdims, initial=initial, where=where))


def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    _refuse("ptp", out=out)
    keepdims = keeps(keepdims)
    return np.subtract(
        np.max(a, axis=axis, keepdims=keepdims), np.min(a, axis=axis, keepdims=keepdims)
    )


# Averages --------------------------------------------------------------------------------------


def weights_like(a: Any, axis: Any, weights: Any) -> Any:
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
    keepdims = keeps(keepdims)
    if weights is None:
        result = np.mean(a, axis=axis, keepdims=keepdims)
        if np.size(result) == 0:
            raise ZeroDivisionError("division by zero")
        total = np.full_like(result, np.size(a) / np.size(result)) if returned else None
    else:
        like = one_of(a, weights)
        a, weights = alike(a, like), array_of(weights, like)
        weights = weights_like(a, axis, weights)
        extra = (np.float64,) if a.dtype.kind in "biu" else ()
        dtype = numpy.result_type(a.dtype, weights.dtype, *extra)
        total = np.sum(weights, axis=axis, dtype=dtype, keepdims=keepdims)
        if certainly(np.any(total == 0.0)):
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


# Along an axis ---------------------------------------------------------------------------------


def _cumulative(name: str, x: Any, axis: Any, dtype: Any, out: Any, initial: int | None) -> Any:
    _refuse(name, out=out)
    x = np.atleast_1d(x)
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
        empty = np.sum(result, axis=axis, keepdims=True, dtype=result.dtype)
        first = np.full_like(empty, initial)
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
    keepdims = keeps(keepdims)
    extreme, worst = (np.argmax, -np.inf) if name == "nanargmax" else (np.argmin, np.inf)
    if a.dtype.kind in "fc":
        missing = np.isnan(a)
        if certainly(np.any(np.all(missing, axis=axis))):
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


# Moments ------------------------------------------------------------------------------------------


def _rest(**arguments: Any) -> dict[str, Any]:
    return {key: value for key, value in arguments.items() if value is not numpy._NoValue}


def _count(a: Any, axis: Any, keepdims: bool, where: Any) -> Any:
    """How many elements a reduction is over: a number, or an array where `where` says."""
    shape = np.shape(a)
    if where is not True and where is not numpy._NoValue:
        there = np.broadcast_to(where, shape)
        return np.sum(there, axis=axis, dtype=numpy.intp, keepdims=keepdims)
    axes = range(len(shape))
    if axis is not None:
        axes = numpy.lib.array_utils.normalize_axis_tuple(axis, len(shape))
    return math.prod(shape[i] for i in axes)


def _totalled(a: Any, dtype: Any) -> tuple[Any, Any]:
    """The dtype to add in, and the one of the result; None for the array's."""
    if dtype is None and a.dtype.kind in "biu":
        return numpy.dtype(float), None
    if dtype is None and a.dtype == numpy.float16:
        return numpy.dtype(numpy.float32), numpy.dtype(numpy.float16)
    return dtype, None


def mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = numpy._NoValue,
    *,
    where: Any = numpy._NoValue,
) -> Any:
    _refuse("mean", out=out)
    keep = keeps(keepdims)
    adds, result_dtype = _totalled(a, dtype)
    total = np.sum(a, axis=axis, dtype=adds, keepdims=keep, **_rest(where=where))
    result = np.divide(total, _count(a, axis, keep, where))
    return cast(result, result_dtype or total.dtype)


def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = numpy._NoValue,
    *,
    where: Any = numpy._NoValue,
    mean: Any = numpy._NoValue,
    correction: Any = numpy._NoValue,
) -> Any:
    _refuse("var", out=out)
    if correction is not numpy._NoValue:
        if ddof != 0:
            raise ValueError("ddof and correction can't be provided simultaneously.")
        ddof = correction
    keep = keeps(keepdims)
    adds, result_dtype = _totalled(a, dtype)
    rest = _rest(where=where)
    if mean is numpy._NoValue:
        mean = np.mean(a, axis=axis, dtype=adds, keepdims=True, **rest)
    apart = np.subtract(a, mean)
    if apart.dtype.kind == "c":
        real, imag = np.real(apart), np.imag(apart)
        squares = np.add(np.multiply(real, real), np.multiply(imag, imag))
        adds = None if adds is None else numpy.empty(0, adds).real.dtype
    else:
        squares = np.multiply(apart, apart)
    total = np.sum(squares, axis=axis, dtype=adds, keepdims=keep, **rest)
    freedom = np.maximum(np.subtract(_count(a, axis, keep, where), ddof), 0)
    return cast(np.divide(total, freedom), result_dtype or total.dtype)


def std(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = numpy._NoValue,
    *,
    where: Any = numpy._NoValue,
    mean: Any = numpy._NoValue,
    correction: Any = numpy._NoValue,
) -> Any:
    _refuse("std", out=out)
    rest = _rest(keepdims=keepdims, where=where, mean=mean, correction=correction)
    return np.sqrt(np.var(a, axis=axis, dtype=dtype, ddof=ddof, **rest))


def _inverse(freedom: Any) -> Any:
    if is_duck(freedom):
        return np.divide(1, freedom)
    return float(numpy.divide(1.0, freedom))  # with NumPy's warning where there is none


def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    like = one_of(m, *(() if y is None else (y,)))
    given = [
        alike(a if hasattr(a, "dtype") else numpy.asarray(a), like) for a in (m, y) if a is not None
    ]
    for name, a in zip(("m", "y"), given, strict=False):
        if np.ndim(a) > 2:
            raise ValueError(f"{name} has more than 2 dimensions")
    if dtype is None:
        dtype = numpy.result_type(*(a.dtype for a in given), numpy.float64)
    rows = []
    for i, a in enumerate(given):
        turned = has_variables_in_columns(np.shape(a), rowvar, i == 0)
        a = np.transpose(a) if turned else a
        rows.append(cast(np.reshape(a, (1, -1)) if np.ndim(a) < 2 else a, dtype))
    x = rows[0] if len(rows) == 1 else np.concatenate(rows, 0)
    count = np.shape(x)[1]
    if ddof is None:
        ddof = 0 if bias else 1
    weights: Any = None
    for name, given_weights in (("fweights", fweights), ("aweights", aweights)):
        if given_weights is None:
            continue
        w = alike(
            given_weights if hasattr(given_weights, "dtype") else numpy.asarray(given_weights), like
        )
        w = cast(w, float)
        if name == "fweights" and certainly(np.any(np.not_equal(w, np.rint(w)))):
            raise TypeError("fweights must be integer")
        if np.ndim(w) > 1:
            raise RuntimeError(f"cannot handle multidimensional {name}")
        if np.shape(w)[0] != count:
            raise RuntimeError(f"incompatible numbers of samples and {name}")
        if certainly(np.any(np.less(w, 0))):
            raise ValueError(f"{name} cannot be negative")
        weights = w if weights is None else np.multiply(weights, w)
    if 0 in np.shape(x) and weights is None:  # NaN, and a warning, where np.average raises
        average, total = np.mean(x, axis=1), None
    else:
        average, total = np.average(x, axis=1, weights=weights, returned=True)
        total = total[0]
    if weights is None:
        freedom = count - ddof
    elif ddof == 0:
        freedom = total
    elif aweights is None:
        freedom = np.subtract(total, ddof)
    else:
        w = cast(
            alike(aweights if hasattr(aweights, "dtype") else numpy.asarray(aweights), like), float
        )
        freedom = np.subtract(total, np.divide(np.sum(np.multiply(weights, w)) * ddof, total))
    freedom = np.maximum(freedom, 0) if is_duck(freedom) else max(float(freedom), 0.0)
    x = np.subtract(x, average[:, None])
    turned = np.transpose(x if weights is None else np.multiply(x, weights))
    products = np.dot(x, np.conjugate(turned) if turned.dtype.kind == "c" else turned)
    return np.squeeze(np.multiply(products, _inverse(freedom)))
