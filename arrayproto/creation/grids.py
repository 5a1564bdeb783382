"""Grids of indices, from `numpy.indices` to `numpy.r_`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

import arrayproto.numpy as anp

from ..errors import UnsupportedArgumentError
from . import makers

if TYPE_CHECKING:
    from .makers import Maker


def _meshgrid(maker: Maker, own: Callable[..., Any]) -> Callable[..., Any]:
    """Of arrays of the library, so that it does not repeat their values on the host."""

    def meshgrid(*xi: Any, **kwargs: Any) -> Any:
        given = [x if makers.is_duck(x) else maker.of_host(np.asarray(x), False) for x in xi]
        return anp.meshgrid(*given, **kwargs)

    return meshgrid


def _indices(maker: Maker, own: Callable[..., Any]) -> Callable[..., Any]:
    native = maker.natives().get("indices")

    def indices(dimensions: Any, dtype: Any = int, sparse: bool = False) -> Any:
        (dtype,), _ = maker.with_dtypes_of_numpy((dtype,), {})
        if sparse or native is None:
            return maker.of_host(own(dimensions, dtype, sparse), dtype is float)
        return native(dimensions, dtype)

    return indices


def _from_function(maker: Maker, own: Callable[..., Any]) -> Callable[..., Any]:
    indices = _indices(maker, np.indices)

    def fromfunction(
        function: Any, shape: Any, *, dtype: Any = float, like: Any = None, **kwargs: Any
    ) -> Any:
        if like is not None:
            return np.fromfunction(function, shape, dtype=dtype, like=like, **kwargs)
        (dtype,), _ = maker.with_dtypes_of_numpy((dtype,), {})
        grid = indices(shape, dtype=maker.dtype(dtype))
        return function(*(grid[axis] for axis in range(grid.shape[0])), **kwargs)

    return fromfunction


def _grid(maker: Maker, own: Any) -> Callable[..., Any]:
    return lambda key: maker.of_host(own[key], True)


def _concatenated(name: str, maker: Maker, own: Any) -> Callable[..., Any]:
    # np.c_ has columns of vectors; np.r_ joins them end to end.
    columns = name == "c_"

    def get(key: Any) -> Any:
        items = key if isinstance(key, tuple) else (key,)
        if not any(map(makers.is_duck, items)):
            return maker.of_host(own[key], not any(hasattr(item, "dtype") for item in items))
        if any(isinstance(item, str) for item in items):
            raise UnsupportedArgumentError(
                f"numpy.{name}: directives such as 'r' and '0,2' are "
                f"not supported for arrays of {maker.library.name}; np.concatenate takes axis="
            )
        like = next(item for item in items if makers.is_duck(item))
        joined = []
        for item in items:
            if not makers.is_duck(item):
                value = np.r_[item] if isinstance(item, slice) else np.asarray(item)
                item = makers.like(like, np.asarray, value)
            if columns:
                item = item[:, None] if len(item.shape) == 1 else anp.atleast_2d(item)
            joined.append(anp.atleast_1d(item))
        return anp.concatenate(joined, axis=1 if columns else 0)

    return get


#: By public name, what makes the function for a library.
MAKERS: dict[str, Callable[[Any, Any], Callable[..., Any]]] = {
    "meshgrid": _meshgrid,
    "indices": _indices,
    "fromfunction": _from_function,
    "mgrid": _grid,
    "ogrid": _grid,
    **{name: functools.partial(_concatenated, name) for name in ("c_", "r_")},
}
