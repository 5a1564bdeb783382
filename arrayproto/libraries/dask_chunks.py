"""Dask: what goes in one chunk, functions of chunks, and results that are written to `out`."""

from __future__ import annotations

import functools
import inspect
import math
import sys
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..derived.creation import make
from ..errors import UnsupportedArgumentError
from .dask_views import wrote

normalize_axes = np.lib.array_utils.normalize_axis_tuple
axis_index = np.lib.array_utils.normalize_axis_index


def da() -> Any:
    """`dask.array`, which the program has imported."""
    return sys.modules["dask.array"]


def is_dask(a: Any) -> bool:
    return isinstance(a, da().Array)


def as_dask(a: Any) -> Any:
    """An array of Dask; a list, a number or an ndarray becomes one chunk.

    A class that Dask takes for its chunks stays one: a quantity keeps its unit.
    """
    if is_dask(a):
        return a
    return da().asanyarray(a if hasattr(a, "__array_function__") else np.asarray(a))


def limit() -> int:
    """How many bytes Dask itself puts in a chunk at most."""
    dask: Any = sys.modules["dask"]
    return int(sys.modules["dask.utils"].parse_bytes(dask.config.get("array.chunk-size", "128MiB")))


def known_shape(name: str, *arrays: Any) -> None:
    """Refuse arrays whose shape is for their values to say."""
    for a in arrays:
        if any(n != n for n in np.shape(a)):
            raise UnsupportedArgumentError(
                f"numpy.{name}: the shape {a.shape} is not known before the array is computed; "
                "call x.compute_chunk_sizes() first"
            )


def lines(name: str, a: Any, axes: Iterable[int]) -> Any:
    """`a` with each of these axes in one chunk.

    One axis may be gathered, whatever its length: the other axes stay in chunks. Several may be as
    long as what comes together is no more than a chunk of Dask's own choice.
    """
    axes = tuple(axes)
    split = [i for i in axes if len(a.chunks[i]) > 1]
    if not split:
        return a
    known_shape(name, a)
    if len(axes) > 1:
        one = math.prod(a.shape[i] if i in axes else max(a.chunks[i]) for i in range(a.ndim))
        if one * a.dtype.itemsize > limit():
            raise UnsupportedArgumentError(
                f"numpy.{name}: axes {axes} are in several chunks, and in one they would be "
                f"{one * a.dtype.itemsize} bytes, more than Dask's array.chunk-size; where that "
                f"fits in memory, x.rechunk({dict.fromkeys(axes, -1)}) makes them one"
            )
    return a.rechunk(dict.fromkeys(split, -1))


def meta_of(a: Any, ndim: int, dtype: Any) -> Any:
    """An empty array of the class of the chunks: sparse chunks stay sparse, CuPy's stay CuPy's."""
    meta_from_array: Any = sys.modules["dask.array.utils"].meta_from_array
    meta = getattr(a, "_meta", None)
    if getattr(meta, "dtype", None) is not None and meta.dtype.names is not None:
        meta = None  # no cast leads from records to numbers, and NumPy alone has arrays of them
    return meta_from_array(meta, ndim=ndim, dtype=dtype)


def alike(made: Any, like: Any) -> Any:
    """A new array with chunks of the class that the chunks of `like` have; one number has none."""
    chunk = like._meta
    if not getattr(made, "ndim", 0):
        return made
    if isinstance(chunk, np.ndarray) or not is_dask(made) or type(made._meta) is not np.ndarray:
        return made
    convert = functools.partial(make, np.asarray, chunk)
    return made.map_blocks(convert, dtype=made.dtype, meta=meta_of(like, made.ndim, made.dtype))


def flattened(a: Any) -> Any:
    if a.ndim == 1:
        return a
    # Dask does not ravel every array without elements.
    return da().empty((0,), dtype=a.dtype) if 0 in a.shape else da().ravel(a)


def never_given(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose result is no array that it was given: either may be written to."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        for given in args:
            if given is result:
                return result.copy()
            if type(given) in (list, tuple) and any(item is result for item in given):
                return result.copy()
        return result

    return call


def swallowed(name: str, **arguments: Any) -> None:
    """Refuse arguments that were given and that are not to be had."""
    for argument, value in arguments.items():
        if value is not None:
            raise UnsupportedArgumentError(
                f"numpy.{name}: {argument}= is not supported for arrays of dask; leave it out"
            )


# Results written to an array --------------------------------------------------------------------


#: Functions of single elements, whose `out` may be larger than the result, as that of a ufunc.
_LIKE_UFUNCS = frozenset({"around", "clip", "fix", "isneginf", "isposinf", "round"})


#: Functions whose arguments are cast to the dtype of ``out=``.
_JOINING = frozenset({"concatenate", "stack"})


def _takes_out(name: str) -> bool:
    """Whether Dask's own function has the argument; it gives `out` the dtype of any result."""
    own = getattr(da(), name, None)
    return own is not None and "out" in inspect.signature(own).parameters


def become(a: Any, result: Any) -> None:
    """Make `a` the result, which has its shape: it is given another graph."""
    sys.modules["dask.array.core"].handle_out(a, result)
    wrote(a)


def write_out(name: str, result: Any, out: Any) -> Any:
    """Make `out` the result: a Dask array is changed by being given another graph."""
    if isinstance(out, tuple) and len(out) == 1:
        (out,) = out
    if not is_dask(out):
        if not isinstance(out, np.ndarray):
            raise TypeError("return arrays must be of ArrayType")
        raise UnsupportedArgumentError(
            f"numpy.{name}: out= is a numpy.ndarray, which a lazy result cannot be written to; "
            "leave it out, and use dask.array.store(result, out) when it is to be computed"
        )
    result = as_dask(result)
    if name in _LIKE_UFUNCS and out.shape != result.shape:
        result = da().broadcast_to(result, out.shape)
    if tuple(out.shape) != tuple(result.shape):
        raise ValueError(
            f"{name}: the output array has shape {out.shape}, and the result {result.shape}"
        )
    if result.dtype != out.dtype:
        if name == "dot":
            raise ValueError(
                "output array is not acceptable (must have the right datatype, number of "
                "dimensions, and be a C-Array)"
            )
        if np.can_cast(result.dtype, out.dtype, "same_kind"):
            result = result.astype(out.dtype)
        elif not _takes_out(name):
            raise TypeError(
                f"Cannot cast {name} output from {result.dtype!r} to {out.dtype!r} with casting "
                "rule 'same_kind'"
            )
    become(out, result)
    return out


def copied(name: str) -> Callable[..., Any]:
    """Dask's function, where it has the array itself for NumPy's copy, which may be written to."""

    def call(a: Any, *args: Any, **kwargs: Any) -> Any:
        result = getattr(da(), name)(a, *args, **kwargs)
        return result.copy() if result is a else result

    call.__name__ = name
    return call


def writing(name: str, call: Callable[..., Any], position: int | None) -> Callable[..., Any]:
    """`call` with NumPy's argument `out`, which is at this position."""

    joins = name in _JOINING

    def with_out(*args: Any, **kwargs: Any) -> Any:
        if joins and is_dask(kwargs.get("out")):
            if kwargs.get("dtype") is not None:
                raise TypeError(f"numpy.{name} takes one of `out` and `dtype`, and both were given")
            kwargs["dtype"] = kwargs["out"].dtype  # what is joined is cast to it, as casting= says
        if position is not None and len(args) > position:
            out = args[position]
            if out is not None and len(args) == position + 1:
                return write_out(name, call(*args[:position], **kwargs), out)
            if out is not None:
                rest = (*args[:position], None, *args[position + 1 :])
                return write_out(name, call(*rest, **kwargs), out)
        elif "out" in kwargs:
            out = kwargs.pop("out")
            if out is not None:
                result = call(*args, **kwargs)
                if name in _LIKE_UFUNCS and kwargs.get("where", True) is not True and is_dask(out):
                    result = da().where(kwargs["where"], result, out)
                return write_out(name, result, out)
        return call(*args, **kwargs)

    with_out.__name__ = name.rpartition(".")[2]
    with_out.__wrapped__ = call  # type: ignore[attr-defined]
    with_out.lacking = getattr(call, "lacking", frozenset()) - {"out"}  # type: ignore[attr-defined]
    return with_out
