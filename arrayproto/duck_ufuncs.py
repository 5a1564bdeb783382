"""Ufuncs, and methods of them, by way of ducks (see `arrayproto.ducks`)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from .ducks import (
    Duck,
    duck_class,
    is_mutable,
    is_named_host,
    made_fresh,
    not_to_host,
    of_host,
    unwrap,
    wrap,
    write_out,
)
from .errors import UnsupportedArgumentError, UnsupportedFunctionError
from .libraries.library import Library


def derives(library: Library, ufunc: np.ufunc) -> bool:
    """Whether a library with a core gets a ufunc."""
    from .derived import elementwise  # needs the namespace, and that us

    name = ufunc.__name__
    return name in library.core or name in elementwise.__all__


def ufunc_through_ducks(
    library: Library, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any
) -> Any:
    """The answer to a ufunc, or to a method of it, by way of ducks."""
    cls = duck_class(library)
    if method == "at":
        return _at(library, ufunc, *inputs)
    given = inputs
    inputs = tuple([wrap(library, x) for x in inputs])
    if method == "reduceat" and isinstance(inputs[1], cls):
        # Where the slices begin decides what is computed.
        inputs = (inputs[0], [int(inputs[1][i]) for i in range(len(inputs[1]))], *inputs[2:])
    out, where = kwargs.pop("out", None), True
    if out is not None and method == "__call__":
        where = kwargs.pop("where", True)
    casting = kwargs.get("casting", "same_kind") if method == "__call__" else "unsafe"
    kwargs = {key: wrap(library, value) for key, value in kwargs.items()}
    duck = next((x for x in (*inputs, *kwargs.values()) if isinstance(x, cls)), None)
    if duck is None:  # only out= or where= is an array of the library
        wrap(library, out)
        inputs = (cls._implementations.core.own(np.asarray(inputs[0])), *inputs[1:])
        duck = inputs[0]
    result = duck._derive_ufunc(ufunc, method, *inputs, **kwargs)
    if out is not None:
        return write_out(library, ufunc.__name__, result, out, where, casting)
    result, fresh = unwrap(result), library.core.get("fresh")
    return result if fresh is None else made_fresh(library, fresh, result, given)


def _at(library: Library, ufunc: np.ufunc, a: Any, indices: Any, *operands: Any) -> None:
    """``ufunc.at``: an index that occurs several times counts as often."""
    if is_named_host(library, a):
        operands = tuple(of_host(library, x) for x in operands)
        ufunc.at(a, of_host(library, indices), *operands)
        return
    cls, core = duck_class(library), library.core
    name = f"numpy.{ufunc.__name__}.at"
    on_host = type(a) is np.ndarray and "fill" in core
    if type(a) is np.ndarray and not on_host and is_mutable(library):
        step = f"Give {library.host_copy} in the place of each array x of {library.name}"
        raise not_to_host(library, f"{ufunc.__name__}.at", "the array", step)
    if not on_host and not (isinstance(a, library.classes) and is_mutable(library, a)):
        raise UnsupportedFunctionError(
            f"{name} is not supported on a {type(a).__module__}.{type(a).__qualname__} with arrays "
            f"of {library.name}, since it cannot be written to. Instead: "
            "numpy.bincount(indices, weights=b) adds up by index"
        )
    own = cls._implementations.core.own
    target = own(a.copy()) if on_host else cls(a)
    operands = tuple(wrap(library, b) for b in operands)
    numbers = (
        b if type(b) in (bool, int, float, complex) else np.ones((), _dtype(b)) for b in operands
    )
    ufunc.at(np.ones(1, target.dtype), [0], *numbers)  # NumPy's errors
    size = math.prod(target.shape)
    indexed = _indexed(cls, np.reshape(np.arange(size), target.shape), indices)
    operands = tuple(
        b
        if type(b) in (bool, int, float, complex)
        else np.reshape(np.broadcast_to(own(b), indexed.shape), (-1,))
        for b in operands
    )
    where = np.reshape(indexed, (-1,))
    flat = np.copy(np.reshape(target, (-1,)))
    for turn in _turns(where):
        here = np.take(where, turn)
        chosen = (np.take(b, turn) if isinstance(b, cls) else b for b in operands)
        value = np.astype(ufunc(np.take(flat, here), *chosen), target.dtype)
        flat = _scattered(flat, here, value)
    target[...] = np.reshape(flat, target.shape)
    if on_host:
        core["fill"](a, target.native)


def _indexed(cls: type[Duck], places: np.ndarray[Any, Any], indices: Any) -> Any:
    """``places[indices]`` as a duck, where the library's arrays are among the indices too."""
    own = cls._implementations.core.own
    keys = list(indices) if isinstance(indices, tuple) else [indices]
    ducks = [place for place, key in enumerate(keys) if isinstance(key, cls._library.classes)]
    if not ducks:
        return own(places[indices])
    (place, *others), rest = ducks, [key for i, key in enumerate(keys) if i not in ducks]
    if others or not all(isinstance(key, slice) or key is Ellipsis for key in rest):
        raise UnsupportedArgumentError(
            f"several indices, of which some are arrays of {cls._library.name}, are not supported; "
            "give slices beside one such array, or numpy.ravel_multi_index of them"
        )
    key: Any = cls(keys[place])
    depth = len(key.shape) if key.dtype == bool else 1
    # The other axes as the slices say, and all of those that the array is for.
    keys[place : place + 1] = [slice(None)] * depth
    axis = place
    if Ellipsis in keys[:place]:
        axis = places.ndim - depth - (len(keys) - place - depth)
    lengths = places.shape[axis : axis + depth]
    places = places[tuple(keys)]
    if key.dtype == bool:
        if key.shape != lengths:
            raise IndexError(f"boolean index of shape {key.shape} for axes of lengths {lengths}")
        places = places.reshape(*places.shape[:axis], -1, *places.shape[axis + depth :])
        key = np.nonzero(np.reshape(key, (-1,)))[0]
    return np.take(own(places), key, axis=axis)


def _dtype(value: Any) -> np.dtype[Any]:
    return value.dtype if hasattr(value, "dtype") else np.asarray(value).dtype


def _turns(where: Any) -> Iterator[Any]:
    """Positions in `where`, in parts in each of which no value occurs twice."""
    if not len(where):
        return
    order = np.argsort(where, stable=True)
    ascending = np.take(where, order)
    earlier = np.subtract(np.arange(len(where)), np.searchsorted(ascending, ascending))
    for k in range(int(np.max(earlier)) + 1):
        yield np.take(order, np.nonzero(np.equal(earlier, k))[0])


def _scattered(flat: Any, here: Any, values: Any) -> Any:
    """`flat` with `values` at the positions `here`, of which none occurs twice."""
    source = np.arange(len(flat))
    order = np.argsort(here)
    nearest = np.searchsorted(np.take(here, order), source)
    nearest = np.take(order, np.minimum(nearest, len(here) - 1))
    return np.where(np.equal(np.take(here, nearest), source), np.take(values, nearest), flat)
