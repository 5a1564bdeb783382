"""sparse: creation on ``like=``, and arrays like another."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .rows import Derived, Row
from .sparse_arrays import FORMATS, coo, in_full, is_sparse, keeping_format, module
from .sparse_reductions import stack


def _shape(shape: Any) -> tuple[int, ...]:
    return tuple(map(operator.index, shape)) if np.iterable(shape) else (operator.index(shape),)


def _check_device(device: Any) -> None:
    if device is not None:
        np.empty(0, device=device)  # NumPy's error for any other than the one that there is


# Values that NumPy makes or reads ----------------------------------------------------------------

_MADE = (
    "arange",
    "frombuffer",
    "fromfile",
    "fromfunction",
    "fromiter",
    "fromstring",
    "genfromtxt",
    "identity",
    "loadtxt",
    "tri",
)


def _created(name: str) -> Callable[..., Any]:
    """Values that NumPy makes, or reads; those that are zero are not kept."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return in_full(getattr(np, name)(*args, **kwargs))

    call.__name__ = name
    return call


def _filled(name: str) -> Callable[..., Any]:
    """Nothing but a fill value, so that no order is in it."""

    def call(shape: Any, dtype: Any = float, order: Any = "C", *, device: Any = None) -> Any:
        _check_device(device)
        return getattr(module(), name)(_shape(shape), dtype=float if dtype is None else dtype)

    call.__name__ = name
    return call


# Of what is there already ------------------------------------------------------------------------


def _nested(object: Any) -> Any:
    """Lists with arrays of sparse in them are put together; anything else is left as it is."""
    if isinstance(object, (list, tuple)):
        items = [_nested(item) for item in object]
        if any(map(is_sparse, items)):
            return stack([coo(item) for item in items])
    return object


def _as_array(name: str) -> Callable[..., Any]:
    always_copies = name == "array"
    least = 1 if name.endswith("contiguousarray") else 0

    def call(
        object: Any,
        dtype: Any = None,
        order: Any = None,
        *,
        copy: bool | None = always_copies or None,
        subok: bool = False,
        ndmin: int = least,
        device: Any = None,
    ) -> Any:
        _check_device(device)
        object = _nested(object)
        if is_sparse(object):
            x = object if dtype is None else object.astype(dtype)
            x = x.copy() if copy and x is object else x
        else:
            x = in_full(np.asarray(object, dtype))
        return x.reshape((1,) * (ndmin - x.ndim) + x.shape) if x.ndim < ndmin else x

    call.__name__ = name
    return call


def _require(a: Any, dtype: Any = None, requirements: Any = None) -> Any:
    """What may be required is all of memory, which sparse's arrays have not got."""
    np.require(np.zeros(1), dtype, requirements)  # with NumPy's checks
    return ROWS["asarray"](a, dtype)  # type: ignore[operator]


def _copy(a: Any, order: Any = "K", subok: bool = False) -> Any:
    return a.copy() if is_sparse(a) else in_full(a)


# Like another ------------------------------------------------------------------------------------


def _of_one_value(shape: Any, fill_value: Any, dtype: Any, form: str = "coo") -> Any:
    if np.ndim(fill_value) == 0 and not is_sparse(fill_value):
        fill = np.full((), fill_value, dtype=dtype)[()]  # with NumPy's cast, and its errors
        return module().full(shape, fill, dtype=fill.dtype, format=form)
    values = coo(fill_value)
    return module().broadcast_to(values if dtype is None else values.astype(dtype), shape)


def _full(
    shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C", *, device: Any = None
) -> Any:
    _check_device(device)
    return _of_one_value(_shape(shape), fill_value, dtype)


def _full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: Any = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    _check_device(device)
    dtype = np.dtype(a.dtype if dtype is None else dtype)
    shape = np.shape(a) if shape is None else _shape(shape)
    form = type(a).__name__.lower() if is_sparse(a) else "coo"
    return _of_one_value(shape, fill_value, dtype, form)


def _like(value: int) -> Callable[..., Any]:
    def call(
        a: Any,
        dtype: Any = None,
        order: Any = "K",
        subok: bool = True,
        shape: Any = None,
        *,
        device: Any = None,
    ) -> Any:
        return _full_like(a, value, dtype, order, subok, shape, device=device)

    return call


def _empty_like(prototype: Any, *args: Any, **kwargs: Any) -> Any:
    return _like(0)(prototype, *args, **kwargs)


def _min_scalar_type(a: Any, /) -> Any:
    return np.min_scalar_type(a[()]) if a.ndim == 0 else a.dtype


ROWS: dict[str, Row | Callable[..., Any]] = {
    **{name: _created(name) for name in _MADE},
    **{name: _filled(name) for name in ("empty", "ones", "zeros")},
    **{
        name: _as_array(name)
        for name in ("array", "asanyarray", "asarray", "ascontiguousarray", "asfortranarray")
    },
    "copy": _copy,
    "empty_like": _empty_like,
    "full": _full,
    "full_like": keeping_format(_full_like, tuple(FORMATS)),
    "logspace": Derived(),
    "min_scalar_type": _min_scalar_type,
    "ones_like": _like(1),
    "require": _require,
    "zeros_like": _like(0),
}
