"""Dask: shapes and joining, comparisons and triangles, where its own is short of NumPy's."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..derived.arguments import reduced_axis
from ..errors import UnsupportedArgumentError
from .dask_chunks import (
    as_dask,
    da,
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
        if name == "squeeze":
            axis = reduced_axis(axis, a.ndim)
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
    shape = tuple(shape) if np.iterable(shape) else (shape,)
    if any(length < 0 for length in shape):
        raise ValueError("all elements of broadcast shape must be non-negative")
    return da().broadcast_to(as_dask(array), shape)


def _places(shift: Any) -> int:
    """By how much is rolled; of a Dask array it would be computed."""
    if is_dask(shift):
        raise UnsupportedArgumentError(
            "numpy.roll: the shift is a dask.array.Array, whose value is not known yet; give an "
            "integer, or shift.compute()"
        )
    return int(shift)


def _roll(a: Any, shift: Any, axis: Any = None) -> Any:
    a = as_dask(a)
    if axis is None:
        total = sum(_places(one) for one in np.ravel(shift))
        total = total % a.size if a.size > 0 else 0 if a.size == 0 else total
        return reshape(da().roll(_ravel(a), total, 0), a.shape)
    if a.ndim == 0:
        np.roll(np.zeros(()), shift, axis)  # NumPy's error
    axis = normalize_axes(axis, a.ndim, allow_duplicate=True)
    pairs = np.broadcast(shift, axis)
    if pairs.ndim > 1:
        raise ValueError("'shift' and 'axis' should be scalars or 1D sequences")
    total = dict.fromkeys(range(a.ndim), 0)
    for one, along in pairs:
        total[int(along)] += _places(one)
    for along, one in total.items():
        if one and a.shape[along]:
            known = a.shape[along] > 0  # which NaN is not
            a = da().roll(a, one % a.shape[along] if known else one, along)
    return a


# Joining ----------------------------------------------------------------------------------------


def _check_lengths(shapes: list[tuple[Any, ...]], axis: int) -> None:
    """Raise NumPy's error where lengths differ; Dask leaves out what has no elements."""
    first = shapes[0]
    if len({len(shape) for shape in shapes}) > 1 or not -len(first) <= axis < len(first):
        return  # an error of Dask's own
    for place, shape in enumerate(shapes):
        for along, (n, one) in enumerate(zip(shape, first, strict=True)):
            # A length that is not known is NaN.
            if along != axis % len(first) and n != one and n == n and one == one:
                raise ValueError(
                    "all the input array dimensions except for the concatenation axis must match "
                    f"exactly, but along dimension {along}, the array at index 0 has size {one} "
                    f"and the array at index {place} has size {n}"
                )


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
        if name == "concatenate":
            _check_lengths([a.shape for a in arrays], axis)
        arrays = [a if a.dtype == found.dtype else a.astype(found.dtype) for a in arrays]
        result = getattr(da(), name)(arrays, axis, allow_unknown_chunksizes=False)
        # Of one array, or one and empty ones, Dask has that array itself.
        return result.copy() if any(result is a for a in arrays) else result

    call.__name__ = name
    return call


concatenate = _join("concatenate")


def _stacked(name: str) -> Callable[..., Any]:
    def call(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
        if name == "vstack":
            arrays = [da().atleast_2d(as_dask(a)) for a in tup]
            return concatenate(arrays, 0, None, dtype=dtype, casting=casting)
        if name == "dstack":
            return concatenate([da().atleast_3d(as_dask(a)) for a in tup], 2)
        arrays = [da().atleast_1d(as_dask(a)) for a in tup]
        axis = 0 if arrays and arrays[0].ndim == 1 else 1
        return concatenate(arrays, axis, None, dtype=dtype, casting=casting)

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
    if axis is None or a.ndim == 0:
        a, axis = _ravel(a), axis or 0
    (axis,) = normalize_axes((axis,), a.ndim)
    known_shape("repeat", a)
    return da().take(a, np.repeat(np.arange(a.shape[axis]), repeats), axis)


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
    result = x.astype(dtype, copy=copy)
    return result.copy() if copy and result is x else result


def _copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    return a.copy()


#: Rows of Dask's table of differences.
ROWS: dict[str, Row] = {
    "reshape": reshape,
    "ravel": _ravel,
    **{name: _checked(name) for name in ("expand_dims", "flip", "squeeze")},
    "swapaxes": _swapaxes,
    "broadcast_to": _broadcast_to,
    "roll": _roll,
    "concatenate": concatenate,
    "stack": _join("stack"),
    "vstack": _stacked("vstack"),
    "hstack": _stacked("hstack"),
    "dstack": _stacked("dstack"),
    "insert": _insert,
    "repeat": _repeat,
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
