"""Differences along the axes of Dask arrays, and what is put around them."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from .dask_chunks import (
    as_dask,
    copied,
    da,
    is_dask,
    known_shape,
    lines,
    meta_of,
    normalize_axes,
)
from .dask_shape import concatenate
from .rows import Row


def _diff(
    a: Any, n: int = 1, axis: int = -1, prepend: Any = np._NoValue, append: Any = np._NoValue
) -> Any:
    if n == 0:
        return a
    a = as_dask(a)
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    if a.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    (axis,) = normalize_axes((axis,), a.ndim)

    def side(value: Any) -> list[Any]:
        if value is np._NoValue:
            return []
        value = as_dask(value)
        if value.ndim == 0:
            value = da().broadcast_to(value, [1 if i == axis else k for i, k in enumerate(a.shape)])
        return [value]

    parts = [*side(prepend), a, *side(append)]
    if len(parts) > 1:
        a = concatenate(parts, axis)
    before = (slice(None),) * axis
    for _ in range(n):
        later, earlier = a[(*before, slice(1, None))], a[(*before, slice(None, -1))]
        a = later != earlier if a.dtype == bool else later - earlier
    return a


def _gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Dask's own, where chunks are long enough; else each axis in turn becomes one chunk."""
    f = as_dask(f)
    axes = tuple(range(f.ndim)) if axis is None else normalize_axes(axis, f.ndim)
    known_shape("gradient", f)
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    spacings = list(varargs)
    if len(spacings) == 0:
        spacings = [1.0] * len(axes)
    elif len(spacings) == 1 and np.ndim(spacings[0]) == 0:
        spacings = spacings * len(axes)
    elif len(spacings) != len(axes):
        raise TypeError("invalid number of arguments")
    for v, along in zip(spacings, axes, strict=True):
        if np.ndim(v) == 1 and len(v) != f.shape[along]:
            raise ValueError(
                "when 1d, distances must match the length of the corresponding dimension"
            )
        if np.ndim(v) > 1:
            raise ValueError("distances must be either scalars or 1d")
        if f.shape[along] < edge_order + 1:
            raise ValueError(
                "Shape of array too small to calculate a numerical gradient, at least (edge_order "
                "+ 1) elements are required."
            )
    results = [_slope(f, v, along, edge_order) for v, along in zip(spacings, axes, strict=True)]
    return results[0] if len(axes) == 1 else tuple(results)


def _slope(f: Any, spacing: Any, axis: int, edge_order: int) -> Any:
    if min(f.chunks[axis]) > edge_order + 1 and not is_dask(spacing) and f.dtype.kind == "f":
        (result,) = da().gradient(f, spacing, axis=(axis,), edge_order=edge_order)
        return result
    f = lines("gradient", f, (axis,))
    letters = tuple(range(f.ndim))
    operands = [f, letters]
    if is_dask(spacing):
        operands += [spacing.rechunk(-1), (axis,) if spacing.ndim else ()]

    def slope(block: Any, *more: Any) -> Any:
        return np.gradient(block, *(more or (spacing,)), axis=axis, edge_order=edge_order)

    shape = [2 + edge_order if i == axis else 1 for i in letters]
    dtype = np.gradient(np.ones(shape, f.dtype), axis=axis, edge_order=edge_order).dtype
    return da().blockwise(
        slope, letters, *operands, dtype=dtype, concatenate=True, meta=meta_of(f, f.ndim, dtype)
    )


def _pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    """Constants and edges by Dask; for other modes one axis after another becomes one chunk."""
    array = as_dask(array)
    if kwargs.get("stat_length", 0) is None:  # as if it were not given
        del kwargs["stat_length"]
    if isinstance(pad_width, dict):
        widths = [(0, 0)] * array.ndim
        for axis, width in pad_width.items():
            widths[axis] = width if np.ndim(width) else (width, width)
        pad_width = widths
    pad_width = np.asarray(pad_width)
    if pad_width.dtype.kind not in "iu":
        raise TypeError("`pad_width` must be of integral type.")
    pairs = [tuple(map(int, p)) for p in np.broadcast_to(pad_width, (array.ndim, 2))]
    by_axis = ("stat_length", "constant_values", "end_values")
    checked = {key: value for key, value in kwargs.items() if key not in by_axis}
    np.pad(np.ones((1,) * array.ndim, array.dtype), 0, mode, **checked)  # NumPy's errors
    if min((n for p in pairs for n in p), default=0) < 0:
        raise ValueError("index can't contain negative values")
    if 0 in array.shape:  # what comes around it is in the arguments
        return as_dask(np.pad(np.empty(array.shape, array.dtype), pairs, mode, **kwargs))
    if mode in ("constant", "edge", "empty") or callable(mode):
        result = da().pad(array, tuple(pairs), mode, **kwargs)
        return result.copy() if result is array else result
    known_shape("pad", array)
    whole = array
    each = {
        key: np.broadcast_to(kwargs[key], (array.ndim, 2))
        for key in ("stat_length", "end_values")
        if kwargs.get(key) is not None
    }
    rest = {key: value for key, value in kwargs.items() if key not in each}
    for axis, pair in enumerate(pairs):
        if pair != (0, 0):
            here = {key: tuple(value[axis].tolist()) for key, value in each.items()}
            array = _pad_axis(array, axis, pair, mode, {**rest, **here})
    return array.copy() if array is whole else array


def _pad_axis(a: Any, axis: int, pair: tuple[int, ...], mode: str, options: dict[str, Any]) -> Any:
    widths = [pair if i == axis else (0, 0) for i in range(a.ndim)]
    a = lines("pad", a, (axis,))
    others = {"stat_length": (1, 1), "end_values": (0, 0)}
    sizes = {
        key: [value if i == axis else others[key] for i in range(a.ndim)]
        for key, value in options.items()
        if key in others
    }
    shape = [a.shape[axis] if i == axis else 1 for i in range(a.ndim)]
    np.pad(np.ones(shape, a.dtype), widths, mode, **{**options, **sizes})  # NumPy's errors
    chunks = [(sum(c) + sum(pair),) if i == axis else c for i, c in enumerate(a.chunks)]
    return a.map_blocks(
        functools.partial(np.pad, pad_width=widths, mode=mode, **{**options, **sizes}),
        dtype=a.dtype,
        chunks=tuple(chunks),
        meta=meta_of(a, a.ndim, a.dtype),
    )


#: Rows of Dask's table of differences.
ROWS: dict[str, Row] = {
    **{name: copied(name) for name in ("append", "tile")},
    "diff": _diff,
    "gradient": _gradient,
    "pad": _pad,
}
