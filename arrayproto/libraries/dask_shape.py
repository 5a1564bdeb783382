"""Dask: shapes, joining, choosing and differences where its own function is short of NumPy's."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..derived.arguments import keeps
from ..errors import UnsupportedArgumentError
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
from .rows import Derived, Row

# Shapes -----------------------------------------------------------------------------------------


def _whole(old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[int, ...]:
    """The new shape without -1, after NumPy's checks; as it is where sizes are not known."""
    new = tuple(operator.index(n) for n in new)
    if any(n != n for n in old):
        return new
    size, rest = math.prod(old), math.prod(n for n in new if n != -1)
    if new.count(-1) > 1:
        raise ValueError("can only specify one unknown dimension")
    if size != rest if -1 not in new else not rest or size % rest:
        raise ValueError(f"cannot reshape array of size {size} into shape {new}")
    return tuple(size // rest if n == -1 else n for n in new)


def reshape(a: Any, shape: Any, order: str = "C", *, copy: bool | None = None) -> Any:
    """Dask's own takes no number for the shape, no empty array, and not every pair of shapes."""
    a = as_dask(a)
    shape = _whole(a.shape, tuple(shape) if np.iterable(shape) else (shape,))
    if order not in ("C", "F", "A"):
        np.reshape(np.zeros(1), 1, order)  # NumPy's error
    if 0 in a.shape:
        return da().empty(shape, dtype=a.dtype)
    if order == "F":
        if -1 in shape:
            known_shape("reshape", a)
        return reshape(a.T, shape[::-1]).T
    try:
        return da().reshape(a, shape)
    except NotImplementedError:  # axes that are neither merged nor split: by way of one axis
        return da().reshape(da().ravel(a), shape)


def _ravel(a: Any, order: str = "C") -> Any:
    if order not in ("C", "F", "A", "K"):
        np.ravel(np.zeros(1), order)  # NumPy's error
    a = as_dask(a)
    return reshape(a, -1, "F" if order == "F" else "C")


def _checked(name: str) -> Callable[..., Any]:
    """Dask's own, with NumPy's error for axes that are none, or that are given twice."""

    def call(a: Any, axis: Any = None) -> Any:
        a = as_dask(a)
        if name == "expand_dims":
            count = a.ndim + (len(axis) if isinstance(axis, (tuple, list)) else 1)
            return da().expand_dims(a, normalize_axes(axis, count))
        if axis is not None:
            axis = normalize_axes(axis, a.ndim)
        return getattr(da(), name)(a, axis=axis)

    def flip(m: Any, axis: Any = None) -> Any:
        return call(m, axis)

    call.__name__ = name
    return flip if name == "flip" else call


def _swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    a = as_dask(a)
    np.swapaxes(np.empty((0,) * a.ndim), axis1, axis2)  # NumPy's errors
    return da().swapaxes(a, axis1, axis2)


def _broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    return da().broadcast_to(as_dask(array), shape if np.iterable(shape) else (shape,))


def _roll(a: Any, shift: Any, axis: Any = None) -> Any:
    a = as_dask(a)
    if axis is None:
        return reshape(da().roll(_ravel(a), np.sum(shift, dtype=int).item(), 0), a.shape)
    axis = normalize_axes(axis, a.ndim, allow_duplicate=True)
    pairs = np.broadcast(shift, axis)
    if pairs.ndim > 1:
        raise ValueError("'shift' and 'axis' should be scalars or 1D sequences")
    total = dict.fromkeys(range(a.ndim), 0)
    for one, along in pairs:
        total[int(along)] += int(one)
    for along, one in total.items():
        if one and a.shape[along]:
            a = da().roll(a, one, along)
    return a


# Joining ----------------------------------------------------------------------------------------


def _join(name: str) -> Callable[..., Any]:
    def call(
        arrays: Any,
        axis: Any = 0,
        out: Any = None,
        *,
        dtype: Any = None,
        casting: str = "same_kind",
    ) -> Any:
        arrays = [as_dask(a) for a in arrays]
        # NumPy's dtype, and its errors.
        found = np.concatenate([np.empty(0, a.dtype) for a in arrays], dtype=dtype, casting=casting)
        if axis is None and name == "concatenate":
            arrays, axis = [_ravel(a) for a in arrays], 0
        arrays = [a if a.dtype == found.dtype else a.astype(found.dtype) for a in arrays]
        return getattr(da(), name)(arrays, axis, allow_unknown_chunksizes=False)

    call.__name__ = name
    return call


_concatenate = _join("concatenate")


def _stacked(name: str) -> Callable[..., Any]:
    def call(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
        if name == "vstack":
            arrays = [da().atleast_2d(as_dask(a)) for a in tup]
            return _concatenate(arrays, 0, None, dtype=dtype, casting=casting)
        arrays = [da().atleast_1d(as_dask(a)) for a in tup]
        axis = 0 if arrays and arrays[0].ndim == 1 else 1
        return _concatenate(arrays, axis, None, dtype=dtype, casting=casting)

    call.__name__ = name
    return call


def _insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """What NumPy inserts into the positions is where the values go."""
    arr = as_dask(arr)
    if is_dask(obj) and obj.dtype == bool:
        raise UnsupportedArgumentError(
            "numpy.insert: how many values go in is not known before the mask obj= is computed; "
            "give it as a numpy.ndarray: obj.compute()"
        )
    if axis is None:
        arr, axis = _ravel(arr), 0
    known_shape("insert", arr)
    (axis,) = normalize_axes((axis,), arr.ndim)
    if is_dask(obj):
        return _insert_lazily(arr, obj, as_dask(values).astype(arr.dtype), axis)
    length = arr.shape[axis]
    values = as_dask(values).astype(arr.dtype)
    places = np.arange(*obj.indices(length)) if isinstance(obj, slice) else np.asarray(obj)
    if places.dtype == bool:
        places = np.flatnonzero(places)
    values = reshape(values, (1,) * (arr.ndim - values.ndim) + values.shape)
    if places.size == 1:
        if places.ndim == 0:
            values = da().moveaxis(values, 0, axis)
        count = values.shape[axis]
    else:
        count = places.size
    order = np.insert(np.arange(length), obj, length + np.arange(count))
    shape = tuple(count if i == axis else n for i, n in enumerate(arr.shape))
    values = da().broadcast_to(values, shape)
    return da().take(da().concatenate([arr, values], axis), order, axis)


def _insert_lazily(arr: Any, places: Any, values: Any, axis: int) -> Any:
    """The axis is put in one chunk, and all places and values of it with it."""
    known_shape("insert", places)
    if places.dtype.kind not in "iu" or places.ndim > 1:
        np.insert(np.zeros(1), np.zeros((1,) * places.ndim, places.dtype), 0)  # NumPy's errors
    values = reshape(values, (1,) * (arr.ndim - values.ndim) + values.shape)
    count = places.size
    if count == 1:
        values = da().moveaxis(values, 0, axis) if places.ndim == 0 else values
        count = values.shape[axis]
    shape = [count if i == axis else n for i, n in enumerate(arr.shape)]
    values = da().broadcast_to(values, shape).rechunk({axis: -1})
    letters = tuple(range(arr.ndim))
    inserted, longer = (
        tuple(letter if i == axis else i for i in letters) for letter in (arr.ndim, arr.ndim + 1)
    )
    return da().blockwise(
        lambda block, places, values: np.insert(block, places, values, axis),
        longer,
        lines("insert", arr, (axis,)),
        letters,
        reshape(places, -1).rechunk(-1),
        (arr.ndim + 2,),
        values,
        inserted,
        new_axes={arr.ndim + 1: arr.shape[axis] + count},
        dtype=arr.dtype,
        concatenate=True,
        meta=meta_of(arr, arr.ndim, arr.dtype),
    )


def _repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    a = as_dask(a)
    if is_dask(repeats):
        raise UnsupportedArgumentError(
            "numpy.repeat: how long the result is is not known before repeats= is computed; give "
            "it as a numpy.ndarray: repeats.compute()"
        )
    if axis is None:
        a, axis = _ravel(a), 0
    (axis,) = normalize_axes((axis,), a.ndim)
    known_shape("repeat", a)
    return da().take(a, np.repeat(np.arange(a.shape[axis]), repeats), axis)


# Choosing ---------------------------------------------------------------------------------------


def take(
    a: Any, indices: Any, axis: int | None = None, out: Any = None, mode: str = "raise"
) -> Any:
    """NumPy's default axis is that of the flattened array; Dask's own `take` has none such."""
    a = as_dask(a)
    if axis is None:
        a, axis = flattened(a), 0
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
    if np.ndim(indices) > 1:
        rest = np.shape(indices)
        flat = take(a, reshape(indices, -1) if is_dask(indices) else indices.ravel(), axis)
        return reshape(flat, (*a.shape[:axis], *rest, *a.shape[axis + 1 :]))
    return da().take(a, indices, axis)


def _extract(condition: Any, arr: Any) -> Any:
    arr = flattened(as_dask(arr))
    if is_dask(condition):
        return da().extract(condition, arr)
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
        dtype=np.result_type(*(c.dtype if is_dask(c) else np.asarray(c) for c in choices)),
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
        length = a.size if axis is None else a.shape[normalize_axes(axis, a.ndim)[0]]
        if length == 0:
            raise ValueError(f"attempt to get {name} of an empty sequence")
        keep = keeps(keepdims)
        if axis is None and a.ndim > 1:  # of equals, Dask finds the one in the first chunk
            result = getattr(da(), name)(reshape(a, -1), axis=0)
            return result.reshape((1,) * a.ndim) if keep else result
        return getattr(da(), name)(a, axis=axis, keepdims=keep)

    call.__name__ = name
    return call


# Differences ------------------------------------------------------------------------------------


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
        a = _concatenate(parts, axis)
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
        return da().pad(array, tuple(pairs), mode, **kwargs)
    known_shape("pad", array)
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
    return array


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


# Comparisons ------------------------------------------------------------------------------------


def _isclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> Any:
    """Dask's own takes tolerances that are numbers only, and hangs with others."""
    # NumPy's function by its name: a function made here would be pickled for each name of a chunk.
    close = functools.partial(np.isclose, equal_nan=equal_nan)
    arrays = [a, b]
    if type(rtol) is type(atol) is float:
        close = functools.partial(close, rtol=rtol, atol=atol)
    else:
        arrays += [rtol, atol]
    return da().core.elemwise(close, *map(as_dask, arrays), dtype=np.dtype(bool))


def _allclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> Any:
    return _isclose(a, b, rtol, atol, equal_nan).all()


def _isin(
    element: Any,
    test_elements: Any,
    assume_unique: bool = False,
    invert: bool = False,
    *,
    kind: Any = None,
) -> Any:
    element, test_elements = as_dask(element), as_dask(test_elements)
    np.isin(*(np.zeros(1, a.dtype) for a in (element, test_elements)), kind=kind)  # its errors
    return da().isin(element, test_elements, assume_unique=assume_unique, invert=invert)


def _outer(a: Any, b: Any, out: Any = None) -> Any:
    return np.multiply(_ravel(a)[:, None], _ravel(b)[None, :])


def _can_cast(from_: Any, to: Any, casting: str = "safe") -> bool:
    return np.can_cast(from_.dtype if is_dask(from_) else from_, to, casting)


def _elementwise(name: str) -> Callable[..., Any]:
    function = getattr(np, name)

    def call(x: Any, out: Any = None) -> Any:
        x = as_dask(x)
        dtype = function(np.ones(1, x.dtype)).dtype
        return x.map_blocks(function, dtype=dtype, meta=meta_of(x, x.ndim, dtype))

    call.__name__ = name
    return call


def _triangle(name: str) -> Callable[..., Any]:
    def call(m: Any, k: int = 0) -> Any:
        m = as_dask(m)
        if m.ndim == 1:
            m = da().broadcast_to(m, m.shape * 2)
        return getattr(da(), name)(m, k)

    call.__name__ = name
    return call


def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    a = as_dask(a)
    np.diagonal(np.empty((0,) * a.ndim), offset, axis1, axis2)  # NumPy's errors
    return da().diagonal(a, offset, axis1, axis2)


def _trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Any:
    a = as_dask(a)
    np.trace(np.empty((0,) * a.ndim), offset, axis1, axis2)  # NumPy's errors
    return da().trace(a, offset, axis1, axis2, dtype)


def _sliding_window_view(
    x: Any, window_shape: Any, axis: Any = None, *, subok: bool = False, writeable: bool = False
) -> Any:
    """Dask's own takes no window without elements."""
    swallowed("lib.stride_tricks.sliding_window_view", writeable=writeable or None)
    x, view = as_dask(x), np.lib.stride_tricks.sliding_window_view
    known_shape("lib.stride_tricks.sliding_window_view", x)
    found = view(np.broadcast_to(np.zeros((), x.dtype), x.shape), window_shape, axis)
    if found.size == 0:
        return da().empty(found.shape, dtype=x.dtype)
    return da().lib.stride_tricks.sliding_window_view(x, window_shape, axis)


def _indices_of_triangle(name: str) -> Callable[..., Any]:
    def call(arr: Any, k: int = 0) -> Any:
        arr = as_dask(arr)
        if 0 in arr.shape:
            return tuple(map(as_dask, getattr(np, name)(np.empty(arr.shape), k)))
        return getattr(da(), name)(arr, k)

    call.__name__ = name
    return call


def _astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    if device not in (None, "cpu"):
        raise ValueError(f'Device not understood. Only "cpu" is allowed, but received: {device}')
    return x.astype(dtype, copy=copy)


def _copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    return a.copy()


#: Rows of Dask's table of differences.


def _places(name: str) -> Callable[..., Any]:
    """Dask's own cannot merge the chunks of an array that is empty."""

    def call(a: Any) -> Any:
        a = as_dask(a)
        return getattr(da(), name)(a.rechunk(-1) if 0 in a.shape else a)

    call.__name__ = name
    return call


ROWS: dict[str, Row] = {
    "argwhere": _places("argwhere"),
    "nonzero": _places("nonzero"),
    "reshape": reshape,
    "ravel": _ravel,
    **{name: _checked(name) for name in ("expand_dims", "flip", "squeeze")},
    "swapaxes": _swapaxes,
    "broadcast_to": _broadcast_to,
    "roll": _roll,
    "concatenate": _concatenate,
    "stack": _join("stack"),
    "vstack": _stacked("vstack"),
    "hstack": _stacked("hstack"),
    "insert": _insert,
    "repeat": _repeat,
    "take": take,
    "choose": _choose,
    "extract": _extract,
    "piecewise": _piecewise,
    **{name: _arg_extreme(name) for name in ("argmax", "argmin")},
    "diff": _diff,
    "gradient": _gradient,
    "pad": _pad,
    "isclose": _isclose,
    "allclose": _allclose,
    "isin": _isin,
    "outer": _outer,
    "can_cast": _can_cast,
    **{name: _elementwise(name) for name in ("fix", "iscomplex", "isreal", "isneginf", "isposinf")},
    **{name: _triangle(name) for name in ("tril", "triu")},
    **{name: _indices_of_triangle(name) for name in ("tril_indices_from", "triu_indices_from")},
    "diag_indices_from": Derived(),
    "astype": _astype,
    "apply_over_axes": Derived(),
    "diagonal": _diagonal,
    "trace": _trace,
    "lib.stride_tricks.sliding_window_view": _sliding_window_view,
    "copy": _copy,
}
