"""Dask: reductions with the arguments that its own have not got."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..derived.arguments import keeps, reduced_axis
from .bridge import bridge
from .dask_chunks import as_dask, axis_index, da, flattened, normalize_axes
from .rows import Row

#: What an element that `where` leaves out counts as.
_NEUTRAL = {
    "sum": 0,
    "nansum": 0,
    "prod": 1,
    "nanprod": 1,
    "any": False,
    "all": True,
}
#: How `initial` joins the rest.
_JOINED = {
    "sum": np.add,
    "nansum": np.add,
    "prod": np.multiply,
    "nanprod": np.multiply,
    "max": np.maximum,
    "amax": np.maximum,
    "nanmax": np.fmax,
    "min": np.minimum,
    "amin": np.minimum,
    "nanmin": np.fmin,
}
_EXTREMES = ("max", "min", "amax", "amin", "nanmax", "nanmin")
_VARIANCES = ("std", "var", "nanstd", "nanvar")
#: What takes no axis of an array without axes, if it is of integers and if it is not.
_STRICT = (("mean", "nanmean", *_VARIANCES), ("mean", "std", "var"))
_ALIASES = {"amax": "max", "amin": "min"}
#: Arguments whose presence takes a call off Dask's own way.
_MORE = frozenset({"where", "initial", "mean", "correction"})


def _given(value: Any) -> bool:
    return value is not np._NoValue


@functools.cache
def _own(name: str) -> Callable[..., Any]:
    """Dask's own function, under NumPy's signature."""
    own = _ALIASES.get(name, name)
    return bridge(name, inspect.signature(getattr(np, name)), getattr(da(), own), library="dask")


def _check(name: str, a: Any, axis: Any, initial: Any) -> None:
    if isinstance(axis, tuple):
        normalize_axes(axis, a.ndim)  # Dask takes one axis twice
    if name in _EXTREMES and not _given(initial) and 0 in a.shape:
        axes = range(a.ndim) if axis is None else normalize_axes(axis, a.ndim)
        if any(a.shape[i] == 0 for i in axes):
            which = "maximum" if "max" in name else "minimum"
            raise ValueError(
                f"zero-size array to reduction operation {which} which has no identity"
            )


def reduction(name: str) -> Callable[..., Any]:
    """One of NumPy's reductions, its `where`, `initial`, `mean` and `correction` included."""
    signature = inspect.signature(getattr(np, name))

    def call(a: Any, *args: Any, **kwargs: Any) -> Any:
        a = as_dask(a)
        simple = a.ndim and not args and not kwargs.keys() & _MORE
        axis = kwargs.get("axis")
        if simple and (axis is None or axis.__class__ is int) and name not in _EXTREMES:
            if name not in ("nanmean", *_VARIANCES[2:]):
                return _empty_of_its_shape(_own(name)(a, **kwargs))
        try:
            given = signature.bind(a, *args, **kwargs).arguments
        except TypeError as error:
            raise TypeError(f"{name}() {error}") from None
        del given["a"]
        initial = given.pop("initial", np._NoValue)
        where = given.pop("where", np._NoValue)
        mean = given.pop("mean", np._NoValue)
        correction = given.pop("correction", np._NoValue)
        keepdims = given.pop("keepdims", np._NoValue)
        given["keepdims"] = keeps(keepdims)
        # These take no axis of a number, and with a mask they do.
        strict = name in _STRICT[a.dtype.kind in "fc"] and not _given(where)
        rank = 1 if strict else a.ndim
        given["axis"] = reduced_axis(given.get("axis"), rank)
        _check(name, a, given.get("axis"), initial)
        if _given(correction):
            if given.get("ddof", 0) != 0:
                raise ValueError("ddof and correction can't be provided simultaneously.")
            given["ddof"] = correction
        dtype = given.get("dtype")
        if name in ("nanmean", "nanstd", "nanvar") and dtype is not None and a.dtype.kind in "fc":
            if not issubclass(np.dtype(dtype).type, np.inexact):
                raise TypeError("If a is inexact, then dtype must be inexact")
        if where is True:
            where = np._NoValue
        if _given(where):
            where = as_dask(where)
            if where.dtype != bool:
                raise TypeError(
                    f"Cannot cast array data from {where.dtype!r} to dtype('bool') according to "
                    "the rule 'safe'"
                )
        if _given(where) or _given(mean):
            if name in _VARIANCES:
                return _variance(name, a, where, mean, **given)
            if name in ("mean", "nanmean"):
                return _mean(name, a, where, **given)[0]
            if name in _EXTREMES:
                if not _given(initial):
                    which = "fmax" if name == "nanmax" else "fmin" if name == "nanmin" else None
                    which = which or ("maximum" if "max" in name else "minimum")
                    raise ValueError(
                        f"reduction operation '{which}' does not have an identity, so to use a "
                        "where mask one has to specify 'initial'"
                    )
                a = da().where(where, a, np.asarray(initial).astype(a.dtype)[()])
            else:
                neutral = np.asarray(_NEUTRAL[name]).astype(a.dtype)[()]
                a = da().where(where, a, neutral)
        own = name.removeprefix("nan") if name in _EXTREMES and 0 in a.shape else name
        if not _given(initial):
            return _empty_of_its_shape(_own(own)(a, **given))  # no empty result of `nanmax`
        return _empty_of_its_shape(_with_initial(name, a, initial, given))

    call.__name__ = name
    return call


def _empty_of_its_shape(result: Any) -> Any:
    """Dask computes some empty results in another shape than it has said."""
    if 0 not in result.shape:
        return result
    return da().zeros(result.shape, dtype=result.dtype)


def _with_initial(name: str, a: Any, initial: Any, given: dict[str, Any]) -> Any:
    join, axis = _JOINED[name], given.get("axis")
    axes = range(a.ndim) if axis is None else normalize_axes(axis, a.ndim)
    if name in _EXTREMES and any(a.shape[i] == 0 for i in axes):
        keepdims = given["keepdims"]
        shape = [1 if i in axes else n for i, n in enumerate(a.shape) if keepdims or i not in axes]
        return da().full(shape, np.asarray(initial).astype(a.dtype)[()], dtype=a.dtype)
    result = _own(name)(a, **given)
    return join(result, np.asarray(initial).astype(result.dtype)[()])


def _real(dtype: Any) -> np.dtype[Any]:
    return np.empty(0, dtype).real.dtype


def _mask(name: str, a: Any, where: Any) -> Any:
    """The elements that count."""
    mask = da().broadcast_to(where, a.shape) if _given(where) else da().ones_like(a, dtype=bool)
    return mask & ~da().isnan(a) if name.startswith("nan") and a.dtype.kind in "fc" else mask


def _mean(
    name: str, a: Any, where: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False
) -> tuple[Any, Any, Any]:
    """The mean of the elements that count, how many there are, and the mask of them."""
    mask = _mask(name, a, where)
    result = np.result_type(a.dtype, np.float64) if a.dtype.kind in "biu" else a.dtype
    result = np.dtype(result if dtype is None else dtype)
    wide = np.dtype(np.float32) if result == np.float16 else result
    kept = da().where(mask, a, np.zeros((), a.dtype)[()])
    total = da().sum(kept, axis=axis, dtype=wide, keepdims=keepdims)
    count = da().sum(mask, axis=axis, dtype=np.intp, keepdims=keepdims)
    return (total / count).astype(result), count, mask


def _variance(
    name: str,
    a: Any,
    where: Any,
    mean: Any,
    axis: Any = None,
    dtype: Any = None,
    ddof: Any = 0,
    keepdims: bool = False,
) -> Any:
    center, _, mask = _mean(name, a, where, axis, dtype, True)
    if _given(mean):
        center = mean
    deviation = da().where(mask, a - center, np.zeros((), np.result_type(a, center))[()])
    squares = da().real(deviation * da().conj(deviation))
    if a.dtype.kind in "biu" and dtype is None:
        dtype = np.float64
    result = _real(np.result_type(a.dtype, center.dtype) if dtype is None else dtype)
    total = da().sum(squares, axis=axis, keepdims=keepdims)
    count = da().sum(mask, axis=axis, dtype=np.intp, keepdims=keepdims)
    left = count - ddof
    variance = total / da().where(left > 0, left, 0)
    if name.startswith("nan"):
        variance = da().where(left > 0, variance, np.nan)
    return (da().sqrt(variance) if name.endswith("std") else variance).astype(result)


def _nanarg(name: str) -> Callable[..., Any]:
    def call(a: Any, axis: Any = None, *, keepdims: Any = np._NoValue) -> Any:
        a = as_dask(a)
        axis = reduced_axis(axis, a.ndim)
        lengths = a.shape if axis is None else (a.shape[axis_index(axis, a.ndim)],)
        if 0 in lengths and a.size == 0:
            raise ValueError(f"attempt to get {name[3:]} of an empty sequence")
        keep = keeps(keepdims)
        if axis is None and a.ndim > 1:  # of equals, Dask finds the one in the first chunk
            result = getattr(da(), name)(flattened(a), axis=0)
            return result.reshape((1,) * a.ndim) if keep else result
        return getattr(da(), name)(a, axis=axis, keepdims=keep)

    call.__name__ = name
    return call


def _cumulative(name: str) -> Callable[..., Any]:
    def call(a: Any, axis: Any = None, dtype: Any = None) -> Any:
        a = as_dask(a)
        if axis is not None and not hasattr(axis, "__index__"):
            raise TypeError(f"'{type(axis).__name__}' object cannot be interpreted as an integer")
        if a.ndim == 0:
            if axis is not None:
                normalize_axes(axis, 1)
            a, axis = a.reshape(1), 0
        if axis is not None:
            (axis,) = normalize_axes(axis, a.ndim)
        elif 0 in a.shape:  # which Dask does not flatten
            a, axis = flattened(a), 0
        return getattr(da(), name)(a, axis=axis, dtype=dtype)

    call.__name__ = name
    return call


#: Rows of Dask's table of differences.
ROWS: dict[str, Row] = {
    **{name: reduction(name) for name in (*_NEUTRAL, *_EXTREMES, *_VARIANCES, "mean", "nanmean")},
    **{name: _nanarg(name) for name in ("nanargmax", "nanargmin")},
    **{name: _cumulative(name) for name in ("cumsum", "cumprod", "nancumsum", "nancumprod")},
}
