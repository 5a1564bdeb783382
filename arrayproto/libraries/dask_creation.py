"""Dask: creation, on `like=` and after another array."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import UnsupportedArgumentError
from .dask_chunks import as_dask, da, is_dask, meta_of, swallowed
from .rows import Row


def check_device(device: Any) -> None:
    """NumPy's error for a device that it has not got."""
    if device is not None:
        np.empty(0, device=device)


def _shape_of(shape: Any) -> tuple[int, ...]:
    shape = tuple(shape) if np.iterable(shape) else (shape,)
    shape = tuple(operator.index(n) for n in shape)
    if min(shape, default=0) < 0:
        raise ValueError("negative dimensions are not allowed")
    return shape


def _filled(name: str) -> Callable[..., Any]:
    """Dask's own ignores a dtype that is given by position."""

    def call(shape: Any, dtype: Any = None, order: str = "C", *, device: Any = None) -> Any:
        check_device(device)
        return getattr(da(), name)(shape, dtype=float if dtype is None else dtype)

    call.__name__ = name
    return call


def _spread(value: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """An array of values broadcast to a shape."""
    value = as_dask(value)
    return da().broadcast_to(value if dtype is None else value.astype(dtype), shape)


def _full(
    shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", *, device: Any = None
) -> Any:
    """Dask's own takes one number to fill with."""
    check_device(device)
    if is_dask(fill_value) or np.ndim(fill_value):
        return _spread(fill_value, _shape_of(shape), dtype)
    if dtype is None:
        dtype = np.asarray(fill_value).dtype
    return da().full(shape, fill_value, dtype=dtype)


def _like(name: str, a: Any, dtype: Any, shape: Any, device: Any, *value: Any) -> Any:
    check_device(device)
    a = as_dask(a)
    shape = None if shape is None else _shape_of(shape)
    if value and (is_dask(value[0]) or np.ndim(value[0])):
        dtype = a.dtype if dtype is None else dtype
        result = _spread(value[0], a.shape if shape is None else shape, dtype)
        return result.rechunk(a.chunks) if shape is None else result
    return getattr(da(), name)(a, *value, dtype=dtype, shape=shape)


def _empty_like(
    prototype: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    return _like("empty_like", prototype, dtype, shape, device)


def _zeros_like(
    a: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    return _like("zeros_like", a, dtype, shape, device)


def _ones_like(
    a: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    return _like("ones_like", a, dtype, shape, device)


def _full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    return _like("full_like", a, dtype, shape, device, fill_value)


def _eye(
    N: int,
    M: int | None = None,
    k: int = 0,
    dtype: Any = float,
    order: str = "C",
    *,
    device: Any = None,
) -> Any:
    """Dask's own misses chunks where it is not square."""
    check_device(device)
    rows, columns = map(da().arange, _shape_of((N, N if M is None else M)))
    same = columns[None, :] == rows[:, None] + k
    return same.astype(float if dtype is None else dtype)


def _identity(n: int, dtype: Any = None) -> Any:
    return _eye(n, dtype=dtype)


def _from_function(function: Any, shape: Any, *, dtype: Any = float, **kwargs: Any) -> Any:
    shape = tuple(shape)
    function(*np.zeros((len(shape),) + (1,) * len(shape), dtype), **kwargs)  # its own errors
    return da().fromfunction(function, chunks="auto", shape=shape, dtype=dtype, **kwargs)


def _read(name: str) -> Callable[..., Any]:
    """What is read from a file or a buffer is read by NumPy."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return da().asarray(getattr(np, name)(*args, **kwargs))

    call.__name__ = name
    return call


# Arrays as they are -------------------------------------------------------------------------------


def _array(
    object: Any,
    dtype: Any = None,
    *,
    copy: Any = True,
    order: Any = "K",
    subok: bool = False,
    ndmin: int = 0,
    ndmax: Any = None,
) -> Any:
    swallowed("array", ndmax=ndmax or None)
    result = da().array(object, dtype=dtype, ndmin=ndmin)
    if copy is False and not (is_dask(object) and result.dtype == object.dtype):
        raise ValueError("Unable to avoid copy while creating an array as requested.")
    return result.copy() if copy and result is object else result


def _in_order(name: str) -> Callable[..., Any]:
    """Each chunk is contiguous, in C's or in Fortran's order."""
    function = getattr(np, name)

    def call(a: Any, dtype: Any = None) -> Any:
        a = da().atleast_1d(as_dask(a))
        dtype = a.dtype if dtype is None else np.dtype(dtype)
        if a.dtype != dtype:
            a = a.astype(dtype)
        return a.map_blocks(function, dtype=dtype, meta=meta_of(a, a.ndim, dtype))

    call.__name__ = name
    return call


def _require(a: Any, dtype: Any = None, requirements: Any = None) -> Any:
    np.require(np.zeros(1), None, requirements)  # NumPy's errors
    if requirements:
        raise UnsupportedArgumentError(
            f"numpy.require: requirements={requirements!r} are of the memory of an ndarray, which "
            "a Dask array has not got; leave them out"
        )
    a = as_dask(a)
    return a if dtype is None else a.astype(dtype)


# Ranges -------------------------------------------------------------------------------------------


def _geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Any:
    """Each pair of ends by NumPy, which refuses zeros when the values are computed."""
    start, stop = as_dask(start), as_dask(stop)
    rank = max(start.ndim, stop.ndim)
    np.broadcast_shapes(start.shape, stop.shape)
    with np.errstate(all="ignore"):
        tried = np.geomspace(
            *(np.ones((1,) * a.ndim, a.dtype) for a in (start, stop)), num, endpoint, dtype, axis
        )
    result = da().blockwise(
        lambda first, last: np.geomspace(first, last, num, endpoint, dtype),
        (rank, *range(rank)),
        start,
        tuple(range(rank - start.ndim, rank)),
        stop,
        tuple(range(rank - stop.ndim, rank)),
        new_axes={rank: num},
        dtype=tried.dtype,
        meta=meta_of(start, rank + 1, tried.dtype),
    )
    return da().moveaxis(result, 0, axis)


#: Rows of Dask's table of differences.
ROWS: dict[str, Row] = {
    **{name: _filled(name) for name in ("empty", "ones", "zeros")},
    "full": _full,
    "empty_like": _empty_like,
    "zeros_like": _zeros_like,
    "ones_like": _ones_like,
    "full_like": _full_like,
    "eye": _eye,
    "identity": _identity,
    "fromfunction": _from_function,
    **{
        name: _read(name)
        for name in ("frombuffer", "fromfile", "fromiter", "fromstring", "genfromtxt", "loadtxt")
    },
    "array": _array,
    "ascontiguousarray": _in_order("ascontiguousarray"),
    "asfortranarray": _in_order("asfortranarray"),
    "require": _require,
    "geomspace": _geomspace,
}
