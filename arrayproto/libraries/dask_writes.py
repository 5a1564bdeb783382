"""Dask: functions that write to places, and reductions between places, which may be lazy.

The places go to every chunk, and each chunk writes those that it holds; an array is changed by
being given another graph.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .dask_chunks import (
    as_dask,
    become,
    da,
    flattened,
    is_dask,
    known_shape,
    lines,
    meta_of,
    normalize_axes,
    write_out,
)
from .dask_shape import reshape
from .rows import Row


def _refuse_host(function: str, name: str, target: Any, *others: Any) -> None:
    from ..derived.inplace import refuse_host  # on first use, as all of `derived`

    refuse_host(function, name, target, *others)


def _replace(a: Any, result: Any) -> None:
    """Make `a` the result, in its own shape and chunks."""
    result = reshape(result, a.shape).rechunk(a.chunks)
    become(a, result)


def _cast(values: Any, dtype: Any, casting: Any) -> Any:
    """`values` in a dtype; what has none is read in it."""
    if not hasattr(values, "dtype"):
        return as_dask(np.array(values, dtype))
    values = as_dask(values)
    if not np.can_cast(values.dtype, dtype, casting):
        raise TypeError(
            f"Cannot cast array data from {values.dtype!r} to {dtype!r} according to the rule "
            f"'{casting}'"
        )
    return values.astype(dtype)


def _places(places: Any, length: int, mode: str = "raise") -> Any:
    """Positions from the front, by NumPy's modes."""
    if mode == "wrap":
        return places % length
    if mode == "clip":
        return np.clip(places, 0, length - 1)
    for index in places[(places < -length) | (places >= length)]:
        raise IndexError(f"index {index} is out of bounds for axis 0 with size {length}")
    return np.where(places < 0, places + length, places)


def _written(
    a: Any, places: Any, values: tuple[Any, ...], write: Callable[..., Any], mode: str = "raise"
) -> Any:
    """`a` after ``write(chunk, places in it, their values)``; places are along the first axis.

    Values are numbers, or have an item for each place, and the other axes of `a`.
    """
    length, rank = a.shape[0], a.ndim
    here = da().arange(length, chunks=(a.chunks[0],))

    def block(chunk: Any, here: Any, places: Any, *values: Any) -> Any:
        places = _places(places, length, mode)
        result = chunk.copy()
        if here.size:
            inside = (places >= here[0]) & (places <= here[-1])
            write(result, places[inside] - here[0], *(v[inside] if v.ndim else v for v in values))
        return result

    letters = tuple(range(rank))
    operands = [a, letters, here, (0,), places.rechunk(-1), (rank,)]
    for one in values:
        if one.ndim:
            operands += [one.rechunk({0: -1}), (rank, *letters[1:])]
        else:
            operands += [one, ()]
    return da().blockwise(
        block, letters, *operands, dtype=a.dtype, concatenate=True, meta=meta_of(a, rank, a.dtype)
    )


# In place ---------------------------------------------------------------------------------------


def _put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    _refuse_host("put", "a", a, ind, v)
    if mode not in ("raise", "wrap", "clip"):
        np.put(np.zeros(1), 0, 0, mode=mode)  # NumPy's error
    if not hasattr(ind, "dtype"):  # a list is cast whatever is in it, an array is not
        ind = np.asarray(ind).astype(np.intp)
    if not ind.size:
        return
    places, values = flattened(as_dask(ind)), flattened(as_dask(v))
    if places.dtype.kind not in "iub":
        np.put(np.zeros(1), np.zeros(1, places.dtype), 0)
    known_shape("put", a, places, values)
    if not is_dask(ind):
        _places(np.ravel(ind), a.size, mode)  # NumPy's error, at once
    if not places.size or not values.size:
        return
    values = _cast(values, a.dtype, "unsafe")
    if values.size != places.size:
        values = da().take(values, np.arange(places.size) % values.size, 0)

    def write(chunk: Any, places: Any, values: Any) -> None:
        chunk[places] = values

    flat = reshape(a, -1)
    _replace(a, _written(flat, places.astype(np.intp), (values,), write, mode))


def _place(arr: Any, mask: Any, vals: Any) -> None:
    """Which element gets which value is told by how many of the mask come before it."""
    _refuse_host("place", "arr", arr, mask, vals)
    mask = as_dask(mask)
    known_shape("place", arr, mask)
    if mask.size != arr.size:
        raise ValueError("place: mask and data must be the same size")
    _write_where(arr, mask, flattened(_cast(vals, arr.dtype, "safe")))


def write_masked(arr: Any, mask: Any, values: Any) -> None:
    """``arr[mask] = values``, a value for each place; their number need not be known."""
    mask = as_dask(mask)
    known_shape("place", arr, mask)
    if mask.shape != arr.shape:
        raise IndexError(
            f"boolean index did not match indexed array: its shape is {mask.shape}, and that of "
            f"the array {arr.shape}"
        )
    values = _cast(values, arr.dtype, "unsafe")
    if math.isnan(values.shape[0]):  # the values in one chunk, when they are computed
        values = da().from_delayed(
            sys.modules["dask"].delayed(np.asarray)(values), (math.nan,), values.dtype
        )
    _write_where(arr, mask, values)


def _write_where(arr: Any, mask: Any, values: Any) -> None:
    if values.npartitions > 1 and not math.isnan(values.size):
        values = values.rechunk(-1)
    flat = reshape(arr, -1)
    mask = reshape(mask, -1).astype(bool).rechunk(flat.chunks)
    before = da().cumsum(mask, axis=0, dtype=np.intp).rechunk(flat.chunks) - 1

    def block(chunk: Any, mask: Any, before: Any, values: Any) -> Any:
        result = chunk.copy()
        if mask.any():
            if not values.size:
                raise ValueError("Cannot insert from an empty array!")
            result[mask] = values[before[mask] % values.size]
        return result

    operands = (flat, (0,), mask, (0,), before, (0,), values, (1,))
    _replace(
        arr,
        da().blockwise(
            block,
            (0,),
            *operands,
            dtype=arr.dtype,
            concatenate=True,
            meta=meta_of(flat, 1, arr.dtype),
        ),
    )


def _put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None = -1) -> None:
    """The axis is put in one chunk of all three."""
    _refuse_host("put_along_axis", "arr", arr, indices, values)
    held = None if is_dask(indices) else np.asarray(indices)
    indices = as_dask(indices)
    if indices.dtype.kind not in "iu":
        raise IndexError("`indices` must be an integer array")
    if axis is None:
        if indices.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        values = da().broadcast_to(as_dask(values), indices.shape)
        _put(arr, indices, values)
        return
    (axis,) = normalize_axes((axis,), arr.ndim)
    if indices.ndim != arr.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    known_shape("put_along_axis", arr, indices)
    length = arr.shape[axis]
    if held is not None:
        for index in held[(held < -length) | (held >= length)]:
            raise IndexError(f"index {index} is out of bounds for axis {axis} with size {length}")
    # Where several indices meet one element, a chunk of it is given all of them.
    meeting = {i for i, n in enumerate(arr.shape) if n == 1 < indices.shape[i]} | {axis}
    shape = [indices.shape[i] if i in meeting else n for i, n in enumerate(arr.shape)]
    whole = dict.fromkeys(meeting, -1)
    values = da().broadcast_to(_cast(values, arr.dtype, "unsafe"), shape).rechunk(whole)
    indices = da().broadcast_to(indices, shape).rechunk(whole)
    letters = tuple(range(arr.ndim))
    places = tuple(arr.ndim + i if i in meeting else i for i in letters)

    def block(chunk: Any, indices: Any, values: Any) -> Any:
        result = chunk.copy()
        np.put_along_axis(result, indices, values, axis)
        return result

    operands = (lines("put_along_axis", arr, (axis,)), letters, indices, places, values, places)
    result = da().blockwise(
        block,
        letters,
        *operands,
        dtype=arr.dtype,
        concatenate=True,
        meta=meta_of(arr, arr.ndim, arr.dtype),
    )
    _replace(arr, result)


# Methods of ufuncs ------------------------------------------------------------------------------


def _at(ufunc: np.ufunc, a: Any, indices: Any, /, *operands: Any) -> None:
    """Each chunk does what concerns it, in the order of the indices."""
    if isinstance(indices, tuple) and len(indices) == 1:
        (indices,) = indices
    if not (is_dask(a) and is_dask(indices) and indices.dtype.kind in "iu" and a.ndim):
        from ..derived.ufunc_at import at

        at(ufunc, a, indices, *operands)
        return
    known_shape(f"{ufunc.__name__}.at", a, indices)
    arrays = [as_dask(b) for b in operands]
    numbers = [
        b if isinstance(b, (bool, int, float, complex)) else np.ones((), one.dtype)
        for b, one in zip(operands, arrays, strict=True)
    ]
    ufunc.at(np.ones(1, a.dtype), [0], *numbers)  # NumPy's errors
    count, rest = math.prod(indices.shape), a.shape[1:]
    values = []
    for b, one in zip(operands, arrays, strict=True):
        if one.ndim:
            one = reshape(da().broadcast_to(one, (*indices.shape, *rest)), (count, *rest))
        elif isinstance(b, (bool, int, float, complex)):
            one = as_dask(np.asarray(b, np.result_type(b, a.dtype)))
        values.append(one)
    _replace(a, _written(a, flattened(indices), tuple(values), ufunc.at))


def _reduceat(
    ufunc: np.ufunc, array: Any, indices: Any, /, axis: Any = 0, dtype: Any = None, out: Any = None
) -> Any:
    """The axis is put in one chunk where the indices are lazy."""
    if not is_dask(indices):
        from ..derived.ufuncs import reduceat

        return reduceat(ufunc, array, indices, axis, dtype, out)
    array = as_dask(array)
    example = ufunc.reduceat(
        np.ones([int(n != 0) for n in array.shape], array.dtype),
        np.zeros((1,) * indices.ndim, indices.dtype),
        axis=axis,
        dtype=dtype,
    )
    (axis,) = normalize_axes((axis,), array.ndim)
    letters = tuple(range(array.ndim))
    result = da().blockwise(
        lambda block, indices: ufunc.reduceat(block, indices, axis=axis, dtype=dtype),
        tuple(array.ndim if i == axis else i for i in letters),
        lines(f"{ufunc.__name__}.reduceat", array, (axis,)),
        letters,
        indices.rechunk(-1),
        (array.ndim,),
        dtype=example.dtype,
        concatenate=True,
        meta=meta_of(array, array.ndim, example.dtype),
    )
    return result if out is None else write_out(f"{ufunc.__name__}.reduceat", result, out)


#: Rows of Dask's table of differences.
ROWS: dict[str, Row] = {
    "put": _put,
    "place": _place,
    "put_along_axis": _put_along_axis,
    "ufunc.at": _at,
    "ufunc.reduceat": _reduceat,
}
