"""Dask: functions that flatten their array, as its own cannot do with every empty one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from .bridge import bridge
from .dask_chunks import as_dask, da, flattened, normalize_axes
from .dask_shape import concatenate
from .rows import Row

_SIGNATURE = inspect.signature(np.unique)


@functools.cache
def _own_unique() -> Callable[..., Any]:
    return bridge("unique", _SIGNATURE, da().unique, library="dask")


def _unique(ar: Any, *args: Any, **kwargs: Any) -> Any:
    ar = as_dask(ar)
    if 0 not in ar.shape or ar.ndim == 1:
        return _own_unique()(ar, *args, **kwargs)
    result = _own_unique()(flattened(ar), *args, **kwargs)
    given = _SIGNATURE.bind(ar, *args, **kwargs).arguments
    if not given.get("return_inverse", False):
        return result
    place = 1 + bool(given.get("return_index", False))
    inverse = da().empty(ar.shape, dtype=np.intp)
    return (*result[:place], inverse, *result[place + 1 :])


_OWN = {"ar", "return_index", "return_inverse", "return_counts"}
_unique.lacking = frozenset(_SIGNATURE.parameters) - _OWN  # type: ignore[attr-defined]


def _append(arr: Any, values: Any, axis: int | None = None) -> Any:
    arr, values = as_dask(arr), as_dask(values)
    if axis is None:
        arr, values, axis = flattened(arr), flattened(values), 0
    return concatenate((arr, values), axis)


def _flatnonzero(a: Any) -> Any:
    return da().flatnonzero(flattened(as_dask(a)))


def _compress(condition: Any, a: Any, axis: int | None = None, out: Any = None) -> Any:
    a = as_dask(a)
    if axis is None or a.ndim == 0:
        a, axis = flattened(a), axis or 0
    (axis,) = normalize_axes((axis,), a.ndim)
    return da().compress(condition, a, axis)


def _diag(v: Any, k: int = 0) -> Any:
    v = as_dask(v)
    if v.shape == (0,):
        return da().zeros((abs(k), abs(k)), dtype=v.dtype)
    return da().diag(v, k)


#: Rows of Dask's table of differences.
ROWS: dict[str, Row] = {
    "append": _append,
    "compress": _compress,
    "diag": _diag,
    "flatnonzero": _flatnonzero,
    "unique": _unique,
}
