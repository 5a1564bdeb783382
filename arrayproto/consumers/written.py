"""``a[index] = values`` for arrays that cannot be written to: another array."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..libraries import Library
from .kept import is_duck, library_for


def can_write(library: Library, a: Any) -> bool:
    """Whether an array of a library with a core can be written to."""
    writable = library.core.get("writable")
    return "setitem" in library.core and (writable is None or bool(writable(a)))


def written(np_: Any, a: Any, index: Any, values: Any) -> Any:
    """An array like `a` that has `values` at an index.

    Parameters
    ----------
    np_ : Namespace
        NumPy's functions for adopted packages.
    a : duck array
    index : object
        As NumPy's; a boolean duck array has the shape of `a`.
    values : array_like

    Returns
    -------
    array
        Of the library of `a`. Arrays that can be written to are copied first.
    """
    library = library_for(a)
    assert library is not None
    if isinstance(index, list):
        index = np.asarray(index)
    elif isinstance(index, tuple):
        index = tuple(np.asarray(i) if isinstance(i, list) else i for i in index)
    if is_duck(index) and len(index.shape) == len(a.shape):
        values = np_.asarray(values, dtype=a.dtype)
        if 0 in values.shape:
            return a
        if math.prod(values.shape) != 1 and tuple(values.shape) != tuple(a.shape):
            # One for each place that is chosen, in their order.
            order = np_.reshape(np_.cumsum(np_.ravel(index)), tuple(a.shape))
            values = np_.take(values, np_.maximum(np_.subtract(order, 1), 0))
        return np_.where(index, values, a)
    if library.name == "jax":
        return a.at[index].set(values)
    if can_write(library, a) or library.name in ("cupy", "dask"):
        a = np_.copy(a)
        a[index] = values
        return a
    # Each element is taken from what is written, or from the array.
    shape = tuple(map(int, a.shape))
    places = np.arange(int(np.prod(shape))).reshape(shape)[index]
    source = np.full(int(np.prod(shape)), -1)
    source[places.ravel()] = np.arange(places.size)
    if not places.size:
        return a
    new = np_.ravel(np_.broadcast_to(np_.asarray(values, dtype=a.dtype), places.shape))
    new = np_.reshape(np_.take(new, np.maximum(source, 0)), shape)
    return np_.where((source >= 0).reshape(shape), new, a)
