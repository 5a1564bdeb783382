"""Dask: functions that need an axis in one chunk, where NumPy answers for each chunk."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..derived.arguments import keeps, reduced_axis
from .dask_chunks import (
    as_dask,
    da,
    flattened,
    is_dask,
    known_shape,
    lines,
    meta_of,
    normalize_axes,
    swallowed,
)
from .rows import Row

# Sorting ----------------------------------------------------------------------------------------


def _in_order(name: str) -> Callable[..., Any]:
    """`sort` and its like."""
    function = getattr(np, name)
    signature = inspect.signature(function)

    def call(a: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            given = signature.bind(a, *args, **kwargs).arguments
        except TypeError as error:
            raise TypeError(f"{name}() {error}") from None
        given.pop("a")
        a, axis = as_dask(a), given.pop("axis", -1)
        if a.ndim == 0 and name.startswith("arg") and reduced_axis(axis, 0) is None:
            return da().zeros(1, dtype=np.intp)
        if axis is None:
            a, axis = flattened(a), 0
        (axis,) = normalize_axes((axis,), a.ndim)
        # NumPy says what is wrong with the arguments.
        shape = [1] * a.ndim
        shape[axis] = a.shape[axis] if a.shape[axis] == a.shape[axis] else 1
        if "kth" not in given or a.shape[axis] == a.shape[axis]:
            function(np.ones(shape, a.dtype), axis=axis, **given)
        dtype = np.dtype(np.intp) if name.startswith("arg") else a.dtype
        return lines(name, a, (axis,)).map_blocks(
            functools.partial(function, axis=axis, **given),
            dtype=dtype,
            meta=meta_of(a, a.ndim, dtype),
        )

    call.__name__ = name
    return call


def _lexsort(keys: Any, axis: int = -1) -> Any:
    """The keys are put in one chunk along the axis, and all of them go to each task."""
    keys = da().stack([as_dask(k) for k in keys]) if not is_dask(keys) else keys
    if keys.ndim < 2 or keys.shape[0] == 0:
        if keys.ndim == 0 or keys.shape[0] == 0:
            raise TypeError("need sequence of keys with len > 0 in lexsort")
        return da().zeros((), dtype=np.intp)
    (axis,) = normalize_axes((axis,), keys.ndim - 1)
    keys = lines("lexsort", keys, (axis + 1,)).rechunk({0: -1})
    return keys.map_blocks(
        functools.partial(np.lexsort, axis=axis),
        dtype=np.dtype(np.intp),
        drop_axis=0,
        meta=meta_of(keys, keys.ndim - 1, np.intp),
    )


def _sort_complex(a: Any) -> Any:
    a = _in_order("sort")(a)
    if a.dtype.kind == "c":
        return a
    return a.astype(np.sort_complex(np.zeros(1, a.dtype)).dtype)


def _take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    arr, indices = as_dask(arr), as_dask(indices)
    if indices.dtype.kind not in "iu":
        raise IndexError("`indices` must be an integer array")
    if axis is None:
        if indices.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        arr, axis = flattened(arr), 0
    (axis,) = normalize_axes((axis,), arr.ndim)
    if arr.ndim != indices.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    known_shape("take_along_axis", arr, indices)
    # Other axes broadcast, as in NumPy, which refuses those that do not.
    one = [1 if i == axis else n for i, n in enumerate(arr.shape)]
    other = [1 if i == axis else n for i, n in enumerate(indices.shape)]
    try:
        common = np.broadcast_shapes(tuple(one), tuple(other))
    except ValueError as error:
        raise IndexError(f"shape mismatch: {error}") from None
    full = [*common]
    full[axis] = arr.shape[axis]
    arr = lines("take_along_axis", da().broadcast_to(arr, full), (axis,))
    full[axis] = indices.shape[axis]
    indices = da().broadcast_to(indices, full)
    indices = indices.rechunk({i: c for i, c in enumerate(arr.chunks) if i != axis})
    letters = tuple(range(arr.ndim))
    lengths = tuple(arr.ndim if i == axis else i for i in letters)
    indices = indices.rechunk({axis: -1})

    def take(block: Any, index: Any) -> Any:
        return np.take_along_axis(block, index, axis)

    return da().blockwise(
        take,
        lengths,
        arr,
        letters,
        indices,
        lengths,
        dtype=arr.dtype,
        concatenate=True,
        meta=meta_of(arr, arr.ndim, arr.dtype),
    )


# Order statistics -------------------------------------------------------------------------------


def _order_statistic(name: str) -> Callable[..., Any]:
    """`median` and its like: NumPy reduces each chunk."""
    function = getattr(np, name)
    signature = inspect.signature(function)
    takes_quantiles = "quantile" in name or "percentile" in name

    def call(a: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            given = signature.bind(a, *args, **kwargs).arguments
        except TypeError as error:
            raise TypeError(f"{name}() {error}") from None
        a = as_dask(given.pop("a"))
        given.pop("overwrite_input", None)
        axis, q = given.pop("axis", None), given.pop("q", None)
        keepdims, weights = given.pop("keepdims", False), given.pop("weights", None)
        keepdims = keeps(keepdims)
        axes = tuple(range(a.ndim)) if axis is None else normalize_axes(axis, a.ndim)
        a = lines(name, a, axes)
        lazy = is_dask(q)
        if not takes_quantiles:
            asked: tuple[Any, ...] = ()
        else:
            asked = (np.full(q.shape, 0.5, q.dtype) if lazy else q,)
        if weights is not None:
            weights = weights_like(a, axis, axes, weights)
            given["weights"] = np.ones((1,) * a.ndim, weights.dtype)
        # NumPy says what is wrong with the arguments, and the dtype.
        shape = [1 if n else 0 for n in a.shape]
        if weights is not None:
            given["weights"] = np.ones(shape, weights.dtype)
        with np.errstate(all="ignore"):
            example = function(np.ones(shape, a.dtype), *asked, axis=axes, **given)
        given.pop("weights", None)
        leading = len(np.shape(asked[0])) if asked else 0
        letters = tuple(range(a.ndim))
        q_letters = tuple(range(a.ndim, a.ndim + leading))
        kept = tuple(i for i in letters if i not in axes)
        operands: list[Any] = [a, letters]
        if weights is not None:
            operands += [weights, letters]
        if lazy:
            operands += [q.rechunk(-1), q_letters]
        weighted = weights is not None

        def reduce(block: Any, *others: Any) -> Any:
            more = {"weights": others[0]} if weighted else {}
            which = (others[-1],) if lazy else asked
            return function(block, *which, axis=axes, **given, **more)

        new = {} if lazy or not leading else dict(zip(q_letters, np.shape(q), strict=True))
        result = da().blockwise(
            reduce,
            q_letters + kept,
            *operands,
            new_axes=new,
            dtype=example.dtype,
            concatenate=True,
            meta=meta_of(a, leading + len(kept), example.dtype),
        )
        if keepdims:
            result = result[
                (slice(None),) * leading
                + tuple(None if i in axes else slice(None) for i in letters)
            ]
        return result

    call.__name__ = name
    return call


def weights_like(a: Any, axis: Any, axes: tuple[int, ...], weights: Any) -> Any:
    """In the shape and the chunks of the array."""
    weights = as_dask(weights)
    if weights.shape != a.shape:
        if axis is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        if weights.shape != tuple(a.shape[i] for i in axes):
            raise ValueError(
                "Shape of weights must be consistent with shape of a along specified axis."
            )
        weights = da().transpose(weights, np.argsort(axes).tolist())
        shape = [n if i in axes else 1 for i, n in enumerate(a.shape)]
        weights = da().broadcast_to(weights.reshape(shape), a.shape)
    return weights.rechunk(a.chunks)


# Bits -------------------------------------------------------------------------------------------


def _bits(name: str) -> Callable[..., Any]:
    function = getattr(np, name)

    def call(a: Any, /, axis: int | None = None, **kwargs: Any) -> Any:
        a = as_dask(a)
        if axis is None:
            a, axis = flattened(a), 0
        (axis,) = normalize_axes((axis,), a.ndim)
        known_shape(name, a)
        shape = [1] * a.ndim
        shape[axis] = a.shape[axis]
        length = function(np.zeros(shape, a.dtype), axis=axis, **kwargs).shape[axis]
        a = lines(name, a, (axis,))
        chunks = [(length,) if i == axis else c for i, c in enumerate(a.chunks)]
        return a.map_blocks(
            functools.partial(function, axis=axis, **kwargs),
            dtype=np.dtype(np.uint8),
            chunks=tuple(chunks),
            meta=meta_of(a, a.ndim, np.uint8),
        )

    call.__name__ = name
    return call


# Curves -----------------------------------------------------------------------------------------


def _interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Any:
    """The curve is put in one chunk; what is asked of it stays in chunks."""
    x, xp, fp = as_dask(x), as_dask(xp), as_dask(fp)
    known_shape("interp", xp, fp)
    # NumPy says what is wrong with the arguments, and the dtype.
    ends = [None if e is None else np.ones((), getattr(e, "dtype", None)) for e in (left, right)]
    example = np.interp(
        np.ones((), x.dtype), np.arange(xp.size, dtype=xp.dtype).reshape(xp.shape),
        np.ones(fp.shape, fp.dtype), *ends, period=period,
    )  # fmt: skip
    letters, curve = tuple(range(x.ndim)), (x.ndim,)
    operands = [x, letters, xp.rechunk(-1), curve, fp.rechunk(-1), curve]
    lazy = [is_dask(e) for e in (left, right)]
    for end, is_lazy in zip((left, right), lazy, strict=True):
        if is_lazy:
            operands += [end, ()]

    def interpolate(x: Any, xp: Any, fp: Any, *more: Any) -> Any:
        rest = list(more)
        first = rest.pop(0) if lazy[0] else left
        return np.interp(x, xp, fp, first, rest.pop(0) if lazy[1] else right, period)

    return da().blockwise(
        interpolate,
        letters,
        *operands,
        dtype=example.dtype,
        concatenate=True,
        meta=meta_of(x, x.ndim, example.dtype),
    )


def _polyfit(
    x: Any,
    y: Any,
    deg: Any,
    rcond: Any = None,
    full: bool = False,
    w: Any = None,
    cov: Any = False,
) -> Any:
    """The points are put in one chunk."""
    x, y = as_dask(x), as_dask(y)
    w = None if w is None else as_dask(w)
    arrays = [x, y] + ([] if w is None else [w])
    known_shape("polyfit", *arrays)
    degree = np.atleast_1d(deg)
    stand_ins = [np.linspace(0, 1, a.size).reshape(a.shape).astype(a.dtype) for a in (x, y)]
    weights = None if w is None else np.ones(w.shape, w.dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = functools.partial(np.polyfit, deg=degree if np.ndim(deg) else deg, rcond=rcond)
        tried = fit(*stand_ins, w=weights, full=full, cov=cov)
    swallowed("polyfit", full=full or None)
    several = isinstance(tried, tuple)
    one_block = [lines("polyfit", a, range(a.ndim)) for a in arrays]

    def part(index: int | None, like: Any) -> Any:
        def fitted(*blocks: Any) -> Any:
            result = fit(blocks[0], blocks[1], w=blocks[2] if w is not None else None, cov=cov)
            return result if index is None else result[index]

        operands: list[Any] = []
        new = {100 + i: n for i, n in enumerate(like.shape)}
        for a in one_block:
            operands += [a, tuple(range(len(operands) * 8, len(operands) * 8 + a.ndim))]
        return da().blockwise(
            fitted,
            tuple(new),
            *operands,
            new_axes=new,
            dtype=like.dtype,
            concatenate=True,
            meta=meta_of(y, like.ndim, like.dtype),
        )

    if several:
        return tuple(part(i, np.asarray(t)) for i, t in enumerate(tried))
    return part(None, tried)


#: Rows of Dask's table of differences.
ROWS: dict[str, Row] = {
    **{name: _in_order(name) for name in ("argpartition", "argsort", "partition", "sort")},
    **{
        name: _order_statistic(name)
        for name in (
            "median",
            "nanmedian",
            "nanpercentile",
            "nanquantile",
            "percentile",
            "quantile",
        )
    },
    **{name: _bits(name) for name in ("packbits", "unpackbits")},
    "lexsort": _lexsort,
    "sort_complex": _sort_complex,
    "take_along_axis": _take_along_axis,
    "interp": _interp,
    "polyfit": _polyfit,
}
