"""sparse: where elements are, and other shapes of them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .rows import Derived, Row
from .sparse_arrays import coo, module, normalize

# Which elements are not zero ---------------------------------------------------------------------


def nonzero(a: Any) -> tuple[Any, ...]:
    """Positions as ndarrays, which is what arrays of sparse are indexed with."""
    a = coo(a)
    if a.ndim == 0:
        raise ValueError(
            "Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() "
            "instead."
        )
    kept = a.data != 0  # -0.0 may be stored
    if a.fill_value == 0:
        coords = a.coords if kept.all() else a.coords[:, kept]
        return tuple(coords.astype(np.intp))
    everywhere = np.ones(a.shape, dtype=bool)  # nearly as many as the positions
    everywhere[tuple(a.coords)] = kept
    return np.nonzero(everywhere)


def _argwhere(a: Any) -> Any:
    a = coo(a)
    if a.ndim == 0:
        return np.zeros((int(a[()] != 0), 0), dtype=np.intp)
    return np.stack(nonzero(a), 1)


def _flatnonzero(a: Any) -> Any:
    a = coo(a)
    return nonzero(a.reshape((a.size,)))[0]


# Shapes ------------------------------------------------------------------------------------------


def _checked(shape: Any) -> tuple[int, ...]:
    return tuple(map(operator.index, shape)) if np.iterable(shape) else (operator.index(shape),)


def _broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    """sparse's own is a method of COO alone."""
    array, shape = coo(array), _checked(shape)
    np.broadcast_to(np.broadcast_to(np.int8(0), array.shape), shape)  # with NumPy's checks
    return module().broadcast_to(array, shape)


def _broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    return tuple(module().broadcast_arrays(*map(coo, args)))


def _reshape(
    a: Any, /, shape: int | tuple[int, ...], order: str = "C", *, copy: bool | None = None
) -> Any:
    shape = _checked(shape)
    if order == "F":
        return _reshape(a.transpose(), shape[::-1], copy=copy).transpose()
    np.reshape(np.zeros(1), (1,), order=order)  # type: ignore[call-overload]
    if a.ndim or not isinstance(a, module().GCXS):
        return module().reshape(a, shape, copy=copy)
    # GCXS reads memory that is not there when it reshapes a 0-d array, and turns it into a COO with
    # floating-point coordinates.
    nowhere = np.zeros((0, a.nnz), dtype=np.intp)
    scalar = module().COO(nowhere, a.data, shape=(), fill_value=a.fill_value)
    return scalar.reshape(shape)


def _roll(a: Any, shift: Any, axis: Any = None) -> Any:
    a = coo(a)
    if axis is None:
        return _roll(a.reshape((a.size,)), shift, 0).reshape(a.shape)
    np.roll(np.broadcast_to(np.int8(0), (0,) * a.ndim), shift, axis)  # with NumPy's checks
    axes = normalize(axis, a.ndim, allow_duplicate=True)
    coords = a.coords.astype(np.intp)
    for by, along in np.broadcast(shift, axes):
        coords[along] = (coords[along] + by) % max(a.shape[along], 1)
    return module().COO(
        coords, a.data, shape=a.shape, has_duplicates=False, fill_value=a.fill_value
    )


def _diag(v: Any, k: int = 0) -> Any:
    v = coo(v)
    if v.ndim == 2:
        return module().diagonal(v, k)
    if v.ndim != 1:
        raise ValueError("Input must be 1- or 2-d.")
    places, values = v.coords[0], v.data
    if v.fill_value != 0 or np.signbit(np.real(v.fill_value)):
        values = np.full(v.shape, v.fill_value, v.dtype)  # n elements of n x n
        values[places] = v.data
        places = np.arange(v.shape[0])
    length = v.shape[0] + abs(k)
    return module().COO(
        np.stack([places + max(-k, 0), places + max(k, 0)]), values, shape=(length, length)
    )


ROWS: dict[str, Row | Callable[..., Any]] = {
    "argwhere": _argwhere,
    "broadcast_arrays": _broadcast_arrays,
    "broadcast_to": _broadcast_to,
    "diag": _diag,
    "expand_dims": Derived(),
    "flatnonzero": _flatnonzero,
    "flip": Derived(),
    "nonzero": nonzero,
    "reshape": _reshape,
    "roll": _roll,
    "squeeze": Derived(),
    "tile": Derived(),
}
