"""sparse: sorting, and the order of elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import UnsupportedArgumentError
from .rows import Row
from .sparse_arrays import Lines, coo, in_full, is_sparse, made, module, normalize, refuse


def _check_order(a: Any, order: Any) -> None:
    if a.dtype.names is not None:
        raise UnsupportedArgumentError(
            "numpy.sort and argsort of records are not supported for arrays of sparse; keep an "
            "array for each field"
        )
    if order is not None:
        raise ValueError("Cannot specify order when the array has no fields.")


def _sort(
    a: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: Any = None
) -> Any:
    """Stored values in order, those above the fill value moved to the end of their line.

    Equal values cannot be told apart, so every sort is a stable one.
    """
    _check_order(a, order)
    np.sort(np.zeros(1), kind=kind, stable=stable)  # with NumPy's checks
    if a.ndim == 0 and axis is not None:
        normalize((axis,), 0)
    lines = Lines(a, axis)
    by_value = lines.in_order()
    values, fill = lines.data[by_value], lines.fill
    with np.errstate(invalid="ignore"):
        above = (values > fill) | ((values != values) & (fill == fill))
    moved = np.where(above, lines.by_line(lines.length - lines.stored), 0)
    place = np.arange(len(values)) - lines.by_line(lines.first) + moved
    return lines.array(lines.line, place, values, lines.length, fill)


def _order(a: Any, axis: int | None) -> Any:
    """The stable order along an axis: no two elements of it are equal, so it is stored in full."""
    if a.ndim == 0:
        return in_full(np.argsort(a[()], axis=-1 if axis is None else axis))
    lines = Lines(a, axis)
    numbers, block = lines.blocks(lambda block: np.argsort(block, axis=1, kind="stable"))
    if len(numbers) < lines.count:
        every = np.tile(np.arange(lines.length), (lines.count, 1))  # where all elements are equal
        every[numbers] = block
        numbers, block = np.arange(lines.count), every
    return lines.array_of_blocks(numbers, block)


def _argsort(
    a: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: Any = None
) -> Any:
    _check_order(a, order)
    np.argsort(np.zeros(1), kind=kind, stable=stable)  # with NumPy's checks
    return _order(a, axis)


def _check_kth(a: Any, kth: Any, axis: int | None, kind: str) -> None:
    if is_sparse(kth):
        raise UnsupportedArgumentError(
            "numpy.partition: kth may be no array of sparse; give the positions as integers"
        )
    np.partition(np.zeros(1), 0, kind=kind)  # with NumPy's checks
    if np.asarray(kth).dtype.kind not in "iu":
        raise TypeError("Partition index must be integer")
    length = a.size if axis is None or a.ndim == 0 else a.shape[normalize((axis,), a.ndim)[0]]
    for k in np.ravel(kth):
        if not -length <= k < length:
            raise ValueError(f"kth(={k}) out of bounds ({length})")


def _partition(
    a: Any, kth: Any, axis: int | None = -1, kind: str = "introselect", order: Any = None
) -> Any:
    """A sorted array is partitioned at every element."""
    _check_kth(a, kth, axis, kind)
    return _sort(a, axis, order=order)


def _argpartition(
    a: Any, kth: Any, axis: int | None = -1, kind: str = "introselect", order: Any = None
) -> Any:
    _check_kth(a, kth, axis, kind)
    return _argsort(a, axis, order=order)


def _lexsort(keys: Any, axis: int = -1) -> Any:
    keys = list(keys)
    if not keys:
        raise TypeError("need sequence of keys with len > 0 in lexsort")
    keys = [coo(key) for key in keys]
    if any(key.shape != keys[0].shape for key in keys):
        raise ValueError("all keys need to be the same shape")
    if keys[0].ndim == 0:
        return in_full(np.lexsort([np.zeros(()) for _ in keys]))
    whole = []
    for key in keys:
        lines = Lines(key, axis)
        numbers, block = lines.blocks(lambda block: block)
        full = np.full((lines.count, lines.length), lines.fill)
        full[numbers] = block
        whole.append(full)
    return lines.array_of_blocks(np.arange(lines.count), np.lexsort(whole, axis=1))


def _sort_complex(a: Any) -> Any:
    return _sort(coo(a)).astype(np.sort_complex(np.zeros(1, dtype=a.dtype)).dtype)


# Elements picked along an axis ------------------------------------------------------------------


def _take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    if arr.ndim == 0 and axis is not None:
        normalize((axis,), 0)
    if indices.dtype.kind not in "iu":
        raise IndexError("`indices` must be an integer array")
    arr, indices = coo(arr), coo(indices)
    if axis is None:
        if indices.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        arr, axis = arr.reshape((arr.size,)), 0
    (axis,) = normalize((axis,), arr.ndim)
    if arr.ndim != indices.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    length = arr.shape[axis]
    others = [[1 if i == axis else n for i, n in enumerate(x.shape)] for x in (arr, indices)]
    try:
        shape = list(np.broadcast_shapes(*map(tuple, others)))
    except ValueError as error:
        raise IndexError(str(error)) from None
    wide = shape.copy()
    shape[axis], wide[axis] = indices.shape[axis], length
    ns = module()
    arr = ns.broadcast_to(arr, tuple(wide))
    indices = ns.broadcast_to(indices, tuple(shape)).astype(np.intp)
    missing = [indices.fill_value] if indices.nnz < indices.size else []
    used = np.append(indices.data, missing).astype(np.intp)
    outside = used[(used < -length) | (used >= length)]
    if len(outside):
        raise IndexError(f"index {outside[0]} is out of bounds for axis {axis} with size {length}")
    # Where the index is its fill value: one slice, repeated. At the stored ones: looked up.
    if missing:
        at = int(missing[0]) % length
        base = ns.broadcast_to(arr[(slice(None),) * axis + (slice(at, at + 1),)], tuple(shape))
    else:
        base = ns.full(tuple(shape), arr.fill_value, arr.dtype)
    places = indices.coords.astype(np.intp)
    wanted = places.copy()
    wanted[axis] = indices.data % max(length, 1)
    found = _looked_up(arr, wanted)
    keep = ~np.isin(_numbers(base.coords, shape), _numbers(places, shape))
    return made(
        np.concatenate([base.coords[:, keep], places], axis=1),
        np.concatenate([base.data[keep], found]),
        shape,
        arr.fill_value,
    )


def _numbers(coords: Any, shape: Any) -> Any:
    number = np.zeros(coords.shape[1], dtype=np.intp)
    for i, n in enumerate(shape):
        number = number * n + coords[i]
    return number


def _looked_up(a: Any, coords: Any) -> Any:
    """The elements of an array at these coordinates."""
    stored, wanted = _numbers(a.coords, a.shape), _numbers(coords, a.shape)
    result = np.full(len(wanted), a.fill_value, dtype=a.dtype)
    if len(stored):
        where = np.minimum(np.searchsorted(stored, wanted), len(stored) - 1)
        hit = stored[where] == wanted
        result[hit] = a.data[where[hit]]
    return result


def _sliding_window_view(
    x: Any, window_shape: Any, axis: Any = None, *, subok: bool = False, writeable: bool = False
) -> Any:
    """Every stored element, once for each window that it is in."""
    refuse("lib.stride_tricks.sliding_window_view", writeable=writeable or None)
    x = coo(x)
    lengths = tuple(window_shape) if np.iterable(window_shape) else (window_shape,)
    if any(n < 0 for n in lengths):
        raise ValueError("`window_shape` cannot contain negative values")
    if axis is None:
        axes = tuple(range(x.ndim))
        if len(lengths) != len(axes):
            raise ValueError(
                "Since axis is None, must provide window_shape for all dimensions of `x`; got "
                f"{len(lengths)} window_shape elements and `x.ndim` is {x.ndim}."
            )
    else:
        axes = normalize(axis, x.ndim, allow_duplicate=True)
        if len(lengths) != len(axes):
            raise ValueError(
                f"Must provide matching length window_shape and axis; got {len(lengths)} "
                f"window_shape elements and {len(axes)} axes elements."
            )
    shape, coords, data = list(x.shape), x.coords.astype(np.intp), x.data
    for i, n in zip(axes, lengths, strict=True):
        shape[i] -= n - 1
        if shape[i] <= 0:
            raise ValueError("window shape cannot be larger than input array shape")
        within = np.tile(np.arange(n), coords.shape[1])
        coords = np.repeat(coords, n, axis=1)
        coords[i] -= within
        inside = (coords[i] >= 0) & (coords[i] < shape[i])
        coords = np.concatenate([coords, within[None, :]])[:, inside]
        data = np.repeat(data, n)[inside]
    return made(coords, data, (*shape, *lengths), x.fill_value)


ROWS: dict[str, Row | Callable[..., Any]] = {
    "sort": _sort,
    "argsort": _argsort,
    "partition": _partition,
    "argpartition": _argpartition,
    "lexsort": _lexsort,
    "sort_complex": _sort_complex,
    "take_along_axis": _take_along_axis,
    "lib.stride_tricks.sliding_window_view": _sliding_window_view,
}
