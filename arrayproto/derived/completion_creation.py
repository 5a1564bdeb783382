"""Completions of the functions that create arrays, called with ``like=``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

import arrayproto.numpy as np

from .core import Core, stand_in


def _nested(core: Core, a: Any) -> Any:
    """Lists with arrays of the class in them are put together, others left as they are."""
    if isinstance(a, (list, tuple)):
        found = [_nested(core, item) for item in a]
        if any(isinstance(item, core.cls) for item in found):
            return np.stack([core.own(item) for item in found])
    return a


def ascontiguousarray(core: Core, a: Any, dtype: Any = None) -> Any:
    return asarray(core, a, dtype, ndmin=1)


def require(core: Core, a: Any, dtype: Any = None, requirements: Any = None) -> Any:
    numpy.require(numpy.empty(0), None, requirements)  # raises if they are no requirements
    return asarray(core, a, dtype)


def asarray(
    core: Core,
    a: Any,
    dtype: Any = None,
    order: Any = None,
    *,
    device: Any = None,
    copy: bool | None = None,
    subok: bool = False,
    ndmin: int = 0,
) -> Any:
    if isinstance(a, (list, tuple)):
        a = _nested(core, a)
    if copy is False and not isinstance(a, core.cls):
        raise ValueError(
            "Unable to avoid copy while creating an array as requested; an array of "
            f"{core.cls.__qualname__} is always made anew of what is none"
        )
    if dtype is not None:
        numpy.dtype(dtype)
    if not isinstance(a, core.cls):
        a = numpy.asarray(a, dtype)
    result = core.own(a) if dtype is None else np.astype(core.own(a), dtype)
    rank = len(result.shape)
    return np.reshape(result, (1,) * (ndmin - rank) + tuple(result.shape))


def _filled(core: Core, shape: Any, value: Any, dtype: Any) -> Any:
    shape = stand_in(shape if numpy.iterable(shape) else (shape,)).shape
    return np.broadcast_to(core.own(numpy.asarray(value, dtype)), shape)


def full(
    core: Core,
    shape: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "C",
    *,
    device: Any = None,
) -> Any:
    if isinstance(fill_value, core.cls):
        value = fill_value if dtype is None else np.astype(fill_value, dtype)
        return np.broadcast_to(value, shape if numpy.iterable(shape) else (shape,))
    return _filled(core, shape, fill_value, dtype)


def zeros(
    core: Core, shape: Any, dtype: Any = float, order: str = "C", *, device: Any = None
) -> Any:
    return _filled(core, shape, 0, float if dtype is None else dtype)


def ones(
    core: Core, shape: Any, dtype: Any = float, order: str = "C", *, device: Any = None
) -> Any:
    return _filled(core, shape, 1, float if dtype is None else dtype)


def made_by_numpy(name: str) -> Callable[..., Any]:
    """Values that NumPy computes from arguments that are no arrays, or reads from a file."""

    def create(core: Core, *args: Any, **kwargs: Any) -> Any:
        return core.own(getattr(numpy, name)(*args, **kwargs))

    create.__name__ = name
    return create


def indices_from(name: str) -> Callable[..., Any]:
    """Index arrays that only the shape decides."""

    def indices(core: Core, arr: Any, *args: Any, **kwargs: Any) -> Any:
        from . import selection

        return tuple(map(core.own, getattr(selection, f"{name}indices_from")(arr, *args, **kwargs)))

    return indices
