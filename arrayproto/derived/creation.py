"""Creation from arrays: ranges between them, grids, index arrays, blocks."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError

__all__ = [
    "block",
    "common_type",
    "empty_like",
    "full_like",
    "geomspace",
    "ix_",
    "linspace",
    "logspace",
    "meshgrid",
    "min_scalar_type",
    "mintypecode",
    "ones_like",
    "zeros_like",
]


def make(function: Callable[..., Any], like: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a creation function of NumPy's for the library of `like`: ``like=``, active or not."""
    from .. import namespace

    method = namespace.find(type(like))
    if method is None:
        return function(*args, **kwargs)
    return method(like, function, (type(like),), args, kwargs)


def refuse_out(name: str, out: Any) -> None:
    """Raise if `out` is given: a composed result has no place to be written to."""
    if out is not None:
        raise UnsupportedArgumentError(
            f"numpy.{name}: argument out= is not supported where the function is composed of "
            "others; leave it out, and assign the result"
        )


def cast(x: Any, dtype: Any) -> Any:
    """An array, of whatever library, in a dtype."""
    if isinstance(x, (bool, int, float, complex)):
        return numpy.dtype(dtype).type(x)
    # sparse's reductions, for example, return NumPy's numbers, which np.astype does not take.
    return x.astype(dtype) if hasattr(x, "astype") else np.astype(x, dtype)


def alike(value: Any, like: Any) -> Any:
    """`value` as an array of the library of `like`, if it is of none."""
    if is_duck(value) or not is_duck(like):
        return value
    return make(numpy.asarray, like, value)


def array_of(value: Any, like: Any) -> Any:
    """A list, a number or an array as an array of the library of `like`."""
    if isinstance(value, (list, tuple)) and any(map(is_duck, value)):
        return np.stack([array_of(item, like) for item in value])
    return alike(value if hasattr(value, "dtype") else numpy.asarray(value), like)


def take(a: Any, indices: Any, axis: int = 0) -> Any:
    """`numpy.take` along an axis by indices of any shape, of a library that takes vectors alone."""
    if np.ndim(indices) == 1:
        return np.take(a, indices, axis=axis)
    shape, axis = tuple(np.shape(a)), axis % np.ndim(a)
    taken = np.take(a, np.reshape(indices, (-1,)), axis=axis)
    return np.reshape(taken, (*shape[:axis], *np.shape(indices), *shape[axis + 1 :]))


def there(a: Any, places: Any) -> Any:
    """Elements of a vector at places that it has, which `numpy.take` would look at first."""
    core = getattr(getattr(type(a), "_implementations", None), "core", None)
    if core is None or not isinstance(places, core.cls):
        return take(a, places)
    taken = core["take"](a, np.reshape(core.own(places, numpy.intp), (-1,)), 0)
    return np.reshape(taken, np.shape(places))


def one_of(*values: Any) -> Any:
    """The first array of a library among `values`, else the first."""
    return next((v for v in values if is_duck(v)), values[0])


# What dtypes alone decide -----------------------------------------------------------------------


def common_type(*arrays: Any) -> Any:
    return numpy.common_type(*(numpy.empty(0, a.dtype) for a in arrays))


def mintypecode(typechars: Any, typeset: str = "GDFgdf", default: str = "d") -> str:
    # Its items are what counts: of one dtype in an array.
    items = [typechars] * np.shape(typechars)[0] if hasattr(typechars, "dtype") else typechars
    chars = [item if isinstance(item, str) else item.dtype.char for item in items]
    return numpy.mintypecode(chars, typeset, default)


def min_scalar_type(a: Any) -> Any:
    if np.ndim(a):
        return numpy.dtype(a.dtype)
    raise UnsupportedArgumentError(
        "numpy.min_scalar_type: the answer for a 0-dimensional array depends on its value, which "
        "would have to be brought to the host; give it the value, or ask for .dtype"
    )


# Ranges -----------------------------------------------------------------------------------------


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: Any = None,
) -> Any:
    num = operator.index(num)
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    div = num - 1 if endpoint else num
    inexact = np.result_type(start, stop, 0.0)
    result_dtype = numpy.dtype(inexact if dtype is None else dtype)
    delta = np.subtract(stop, start, dtype=inexact)
    rank = len(delta.shape)
    y = numpy.arange(num, dtype=inexact).reshape((-1,) + (1,) * rank)
    if div > 0:
        step = delta / div
        # NumPy's way with denormal numbers: if any step is zero, divide first.
        y = np.where(np.any(step == 0), (y / div) * delta, y * step)
    else:
        step = numpy.nan
        y = y * delta
    y = y + start
    if endpoint and num > 1:
        last = np.broadcast_to(cast(make(numpy.asarray, delta, stop), y.dtype), delta.shape)
        y = np.concatenate([y[:-1], last[None]], 0)
    if axis != 0:
        y = np.moveaxis(y, 0, axis)
    if numpy.issubdtype(result_dtype, numpy.integer):
        y = np.floor(y)
    y = cast(y, result_dtype)
    return (y, step) if retstep else y


def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    if not isinstance(base, (float, int)) and np.ndim(base):
        rank = max(map(np.ndim, (start, stop, base)))
        start, stop, base = (
            np.reshape(a, (1,) * (rank - np.ndim(a)) + tuple(np.shape(a)))
            for a in (start, stop, base)
        )
        base = np.expand_dims(base, axis)
    y = np.linspace(start, stop, num=num, endpoint=endpoint, axis=axis)
    result = np.power(base, y)
    return result if dtype is None else cast(result, dtype)


# Grids and indices ------------------------------------------------------------------------------


def check_index(indices: Any) -> None:
    """Raise NumPy's error for an array that is no index."""
    if indices.dtype.kind not in "biu":
        raise IndexError("arrays used as indices must be of integer (or boolean) type")


def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    rank = len(xi)
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    axes = list(range(rank))
    xi = tuple(array_of(x, one_of(*xi)) for x in xi)
    if indexing == "xy" and rank > 1:
        axes[:2] = [1, 0]
    grids = [
        np.reshape(x, (1,) * axis + (-1,) + (1,) * (rank - axis - 1))
        for x, axis in zip(xi, axes, strict=True)
    ]
    if not sparse:
        shape = tuple(
            numpy.prod([grid.shape[axis] for grid in grids], dtype=int).item()
            for axis in range(rank)
        )
        grids = [np.broadcast_to(grid, shape) for grid in grids]
    if copy:
        grids = [np.copy(grid) if any(grid is x for x in xi) else grid for grid in grids]
    return grids if sparse and not copy else tuple(grids)


def ix_(*args: Any) -> tuple[Any, ...]:
    found = []
    like = one_of(*args)
    for axis, new in enumerate(args):
        if not hasattr(new, "dtype"):
            new = numpy.asarray(new)
            if new.size == 0:
                new = new.astype(numpy.intp)
        new = alike(new, like)
        if len(new.shape) != 1:
            raise ValueError("Cross index must be 1 dimensional")
        if new.dtype == bool:
            (new,) = np.nonzero(new)
        if new.shape[0] != new.shape[0]:  # nan: as long as its values tell
            raise UnsupportedArgumentError(
                "numpy.ix_: how many items a lazy boolean index selects is not known before it is "
                "computed; give it integers"
            )
        found.append(np.reshape(new, (1,) * axis + (-1,) + (1,) * (len(args) - axis - 1)))
    return tuple(found)


# Blocks -----------------------------------------------------------------------------------------


def _check_blocks(arrays: Any, index: tuple[int, ...] = ()) -> tuple[int, int, Any]:
    """Depth of the lists, largest number of dimensions, and an array of the library."""
    where = "arrays" + "".join(f"[{i}]" for i in index)
    if isinstance(arrays, tuple):
        raise TypeError(
            f"{where} is a tuple. Only lists can be used to arrange blocks, and np.block does not "
            "allow implicit conversion from tuple to ndarray."
        )
    if not isinstance(arrays, list):
        return len(index), np.ndim(arrays), arrays
    if not arrays:
        raise ValueError(f"List at {where} cannot be empty")
    found = [_check_blocks(item, (*index, i)) for i, item in enumerate(arrays)]
    depths = {depth for depth, _, _ in found}
    if len(depths) > 1:
        raise ValueError(
            f"List depths are mismatched. First element was at depth {found[0][0]}, but there is "
            f"an element at depth {next(d for d, _, _ in found if d != found[0][0])} ({where})"
        )
    known = next((a for _, _, a in found if is_duck(a)), found[0][2])
    return found[0][0], max(rank for _, rank, _ in found), known


def certainly(condition: Any) -> bool:
    """Whether a condition is true and known to be: what checks ask that do nothing but raise.

    While a library traces a program no value is known yet, and it is no error then; nor is it
    worth it to compute the array of a lazy library.
    """
    from ..libraries import library_of  # needs what is derived

    if not getattr(condition, "known", True):
        return False
    library = library_of(type(condition))
    return (library is None or not library.lazy) and bool(condition)


def is_duck(a: Any) -> bool:
    return hasattr(a, "__array_function__") and not isinstance(a, numpy.ndarray)


def block(arrays: Any) -> Any:
    depth, rank, like = _check_blocks(arrays)
    rank = max(rank, depth)

    def joined(item: Any, level: int) -> Any:
        if level == depth:
            if not is_duck(item):
                item = make(numpy.asarray, like, item)
            return np.reshape(item, (1,) * (rank - np.ndim(item)) + tuple(np.shape(item)))
        return np.concatenate([joined(i, level + 1) for i in item], rank - depth + level)

    return joined(arrays, 0)


# Like another -------------------------------------------------------------------------------------


def refuse_device(device: Any) -> None:
    """Raise NumPy's error for another device than its own; the array's own is always meant."""
    numpy.empty(0, device=device)


def _filled_like(a: Any, value: Any, dtype: Any, shape: Any) -> Any:
    dtype = numpy.dtype(a.dtype if dtype is None else dtype)
    shape = np.shape(a) if shape is None else shape
    shape = tuple(shape) if numpy.iterable(shape) else (shape,)
    if is_duck(value):
        return np.broadcast_to(cast(value, dtype), shape)
    value = numpy.full(numpy.shape(value), value, dtype)
    if value.ndim == 0:
        return make(numpy.full, a, shape, value[()], dtype=dtype)
    return np.broadcast_to(make(numpy.asarray, a, value), shape)


def full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    refuse_device(device)
    return _filled_like(a, fill_value, dtype, shape)


def zeros_like(
    a: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    refuse_device(device)
    return _filled_like(a, 0, dtype, shape)


def ones_like(
    a: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    refuse_device(device)
    return _filled_like(a, 1, dtype, shape)


def empty_like(
    prototype: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    refuse_device(device)
    return _filled_like(prototype, 0, dtype, shape)


def geomspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    like = one_of(start, stop)
    start, stop = (
        alike(x if hasattr(x, "dtype") else numpy.asarray(x), like) for x in (start, stop)
    )
    if certainly(np.any(np.logical_or(np.equal(start, 0), np.equal(stop, 0)))):
        raise ValueError("Geometric sequence cannot include zero")
    exact = numpy.result_type(start.dtype, stop.dtype, float(num), numpy.zeros(()))
    if dtype is None:
        dtype = exact
    else:
        exact = numpy.result_type(exact, dtype)
    start, stop = (cast(x, exact) for x in (start, stop))
    sign: Any = np.sign(start)
    start, stop = np.divide(start, sign), np.divide(stop, sign)
    first, last = np.log10(start), np.log10(stop)
    result = np.logspace(first, last, num=num, endpoint=endpoint, base=10.0, dtype=exact)
    shape = np.shape(result)[1:]
    if num > 0:
        # The ends are exact.
        parts = [np.broadcast_to(start, shape)[None], result[1:]]
        if num > 1 and endpoint:
            parts = [parts[0], result[1:-1], np.broadcast_to(stop, shape)[None]]
        result = np.concatenate(parts, 0)
    result = np.multiply(result, sign)
    result = np.moveaxis(result, 0, axis) if axis != 0 else result
    return cast(result, dtype)
