"""Elements of Dask arrays that are chosen: by position, by condition, by value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..derived.arguments import keeps, reduced_axis
from .dask_chunks import (
    as_dask,
    axis_index,
    da,
    flattened,
    is_dask,
    known_shape,
    meta_of,
    normalize_axes,
)
from .dask_shape import reshape
from .rows import Row


def take(
    a: Any, indices: Any, axis: int | None = None, out: Any = None, mode: str = "raise"
) -> Any:
    """NumPy's default axis is that of the flattened array; Dask's own `take` has none such."""
    a = as_dask(a)
    if axis is None or a.ndim == 0:
        a, axis = flattened(a), axis or 0
    (axis,) = normalize_axes((axis,), a.ndim)
    if mode != "raise":
        np.take(np.zeros(1), 0, mode=mode)  # NumPy's error
        known_shape("take", a)
        length = a.shape[axis]
        if mode == "wrap":
            indices = np.mod(indices, length)
        else:
            indices = np.clip(indices, 0, length - 1)
    if isinstance(indices, (list, tuple)):
        indices = np.asarray(indices) if indices else np.zeros(0, int)
    if isinstance(indices, np.ndarray) and indices.ndim == 0:
        indices = indices[()]
    if np.ndim(indices) > 1:
        rest = np.shape(indices)
        flat = take(a, reshape(indices, -1) if is_dask(indices) else indices.ravel(), axis)
        return reshape(flat, (*a.shape[:axis], *rest, *a.shape[axis + 1 :]))
    return da().take(a, indices, axis)


def _extract(condition: Any, arr: Any) -> Any:
    arr = flattened(as_dask(arr))
    if is_dask(condition):
        return da().extract(flattened(condition), arr)
    places, size = np.flatnonzero(condition), arr.shape[0]
    for place in places[places >= size]:
        raise IndexError(f"index {place} is out of bounds for axis 0 with size {size}")
    return da().take(arr, places, 0)


def _choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    choices = list(choices)
    a = as_dask(a)
    np.choose(np.zeros((), a.dtype), [np.zeros(())] * len(choices), mode=mode)  # NumPy's errors
    return da().core.elemwise(
        lambda block, *chosen: np.choose(block, chosen, mode=mode),
        a,
        *choices,
        dtype=np.result_type(*(c if np.isscalar(c) else as_dask(c).dtype for c in choices)),
    )


def _mask(condition: Any, x: Any) -> Any:
    """A boolean index of the first axes, in the shape and the chunks of `x`."""
    if condition.ndim > x.ndim:
        raise IndexError(
            f"too many indices for array: array is {x.ndim}-dimensional, but {condition.ndim} "
            "were indexed"
        )
    if condition.shape != x.shape[: condition.ndim]:
        raise IndexError(
            f"boolean index did not match indexed array: its shape is {condition.shape}, and that "
            f"of the array {x.shape}"
        )
    condition = condition[(..., *(None,) * (x.ndim - condition.ndim))]
    return da().broadcast_to(condition, x.shape).rechunk(x.chunks)


def _piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    x = as_dask(x)
    if isinstance(condlist, (list, tuple)):
        single = bool(x.ndim and condlist) and not is_dask(condlist[0]) and not np.ndim(condlist[0])
    else:
        single = np.ndim(condlist) < 2 and (np.ndim(condlist) == 0 or x.ndim > 0)
    conditions = [condlist] if single else list(condlist)
    count = len(funclist)
    if count not in (len(conditions), len(conditions) + 1):
        n = len(conditions)
        raise ValueError(f"with {n} condition(s), either {n} or {n + 1} functions are expected")
    conditions = [_mask(as_dask(c).astype(bool), x) for c in conditions]
    return da().map_blocks(
        lambda block, *chosen: np.piecewise(block, list(chosen), funclist, *args, **kw),
        x,
        *conditions,
        dtype=x.dtype,
        meta=meta_of(x, x.ndim, x.dtype),
    )


def _arg_extreme(name: str) -> Callable[..., Any]:
    def call(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = np._NoValue) -> Any:
        a = as_dask(a)
        axis = reduced_axis(axis, a.ndim)
        length = a.size if axis is None else a.shape[axis_index(axis, a.ndim)]
        if length == 0:
            raise ValueError(f"attempt to get {name} of an empty sequence")
        keep = keeps(keepdims)
        if axis is None and a.ndim > 1:  # of equals, Dask finds the one in the first chunk
            result = getattr(da(), name)(reshape(a, -1), axis=0)
            return result.reshape((1,) * a.ndim) if keep else result
        return getattr(da(), name)(a, axis=axis, keepdims=keep)

    call.__name__ = name
    return call


def _places(name: str) -> Callable[..., Any]:
    """Dask's own cannot merge the chunks of an array that is empty."""

    def call(a: Any) -> Any:
        a = as_dask(a)
        if a.ndim == 0:
            if name == "argwhere":  # of one place without a number, or of none
                return da().flatnonzero(a.reshape(1))[:, None][:, :0]
            np.nonzero(np.zeros(()))  # NumPy's error
        return getattr(da(), name)(a.rechunk(-1) if 0 in a.shape else a)

    call.__name__ = name
    return call


#: Rows of Dask's table of differences.
ROWS: dict[str, Row] = {
    "argwhere": _places("argwhere"),
    "nonzero": _places("nonzero"),
    "take": take,
    "choose": _choose,
    "extract": _extract,
    "piecewise": _piecewise,
    **{name: _arg_extreme(name) for name in ("argmax", "argmin")},
}
