"""Dask, whose chunks are the arrays of other libraries.

Dask calls NumPy's functions on chunks, which dispatch where the chunks' library is active, so that
its own calls of NumPy stay as they are: to Dask's code a Dask array must be no ndarray. It asks
chunks for NumPy's dtypes and methods too. Arrays without a NumPy dtype (PyTorch's, TensorFlow's)
are chunks as `arrayproto.asduck` shows them, and `compute` gives the library's arrays.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..ducks import Duck
from ..libraries import library_of
from ..view import asduck
from .consumer import Consumer, Row
from .kept import is_duck, native

Call = Callable[..., Any]


def _chunk(value: Any) -> Any:
    """What Dask can hold as a chunk: an array with a NumPy dtype."""
    if is_duck(value) and not isinstance(value.dtype, np.dtype):
        return asduck(value)
    return value


def _taking_chunks(original: Call, np_: Any) -> Call:
    @functools.wraps(original)
    def function(*args: Any, **kwargs: Any) -> Any:
        return original(*map(_chunk, args), **kwargs)

    return function


def _finalize(original: Call, np_: Any) -> Call:
    @functools.wraps(original)
    def finalize(results: Any) -> Any:
        return native(original(results))

    return finalize


def _is_valid_chunk_type(original: Call, np_: Any) -> Call:
    @functools.wraps(original)
    def is_valid_chunk_type(type: Any) -> bool:
        return original(type) or _holds(type)

    return is_valid_chunk_type


def _is_valid_array_chunk(original: Call, np_: Any) -> Call:
    @functools.wraps(original)
    def is_valid_array_chunk(array: Any) -> bool:
        return original(array) or _holds(type(array))

    return is_valid_array_chunk


def _holds(cls: Any) -> bool:
    """Whether Dask can hold arrays of a class in its chunks, and answers beside them."""
    if not isinstance(cls, type):
        return False
    if issubclass(cls, Duck):
        return cls._library.name != "dask"
    library = library_of(cls)
    return library is not None and library.guest and not library.by_name


class _LookUp:
    """One of Dask's tables of functions by class, with NumPy's function for duck arrays.

    Dask has sparse's own for sparse, which take no two fill values, and for classes that it does
    not know NumPy's, which it takes for a sign that it may write to ndarrays.
    """

    def __init__(self, own: Any, function: Call) -> None:
        self._own, self._function = own, function

    def dispatch(self, cls: type) -> Call:
        return self._function if _holds(cls) or _is_sparse_class(cls) else self._own.dispatch(cls)

    def __call__(self, arg: Any, *args: Any, **kwargs: Any) -> Any:
        return self.dispatch(type(arg))(arg, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)


def _look_up(name: str) -> Callable[[Any, Any], Any]:
    return lambda original, np_: _LookUp(original, getattr(np_, name))


# Positions --------------------------------------------------------------------------------------


def _arg_chunk(original: Call, np_: Any) -> Call:
    """Positions in chunks that cannot be written to, and hold no records: sparse's."""

    @functools.wraps(original)
    def arg_chunk(func: Call, argfunc: Call, x: Any, axis: Any, offset_info: Any) -> Any:
        if not _is_sparse(x):
            return original(func, argfunc, x, axis, offset_info)
        along = None if len(axis) == x.ndim or x.ndim == 1 else axis[0]
        vals, arg = func(x, axis=along, keepdims=True), argfunc(x, axis=along, keepdims=True)
        if along is not None:
            return {"vals": vals, "arg": np.add(arg, offset_info)}
        offset, whole = offset_info
        place = np.unravel_index(int(np.ravel(arg)[0]), x.shape)
        place = np.ravel_multi_index([o + i for o, i in zip(offset, place, strict=True)], whole)
        return {"vals": vals, "arg": np.full_like(arg, place)}

    return arg_chunk


def _arg_combine(original: Call, np_: Any) -> Call:
    @functools.wraps(original)
    def _arg_combine(data: Any, axis: Any, argfunc: Call, keepdims: bool = False) -> Any:
        if not (isinstance(data, dict) and is_duck(data["vals"])):
            return original(data, axis, argfunc, keepdims)
        vals, arg = data["vals"], data["arg"]
        if len(axis) == vals.ndim or vals.ndim == 1:
            place = int(np.ravel(argfunc(vals, axis=None))[0])
            shape = (1,) * vals.ndim if keepdims else ()
            return tuple(
                np.reshape(np.ravel(part)[place : place + 1], shape) for part in (arg, vals)
            )
        places = np.expand_dims(argfunc(vals, axis=axis[0]), axis[0])
        taken = [np.take_along_axis(part, places, axis[0]) for part in (arg, vals)]
        return tuple(part if keepdims else np.squeeze(part, axis[0]) for part in taken)

    return _arg_combine


def _is_sparse_class(cls: type) -> bool:
    library = library_of(cls)
    return library is not None and library.name == "sparse"


def _is_sparse(value: Any) -> bool:
    return _is_sparse_class(type(value))


_CHUNK_TYPES = (
    Row("is_valid_chunk_type", _is_valid_chunk_type),
    Row("is_valid_array_chunk", _is_valid_array_chunk),
)

dask = Consumer(
    "dask",
    rows={
        "dask.array": (Row("from_array", _taking_chunks),),
        "dask.array.chunk_types": _CHUNK_TYPES,
        "dask.array.core": (
            *_CHUNK_TYPES,
            Row("elemwise", _taking_chunks),
            Row("finalize", _finalize),
            Row("from_array", _taking_chunks),
        ),
        "dask.array.reductions": (
            Row("arg_chunk", _arg_chunk),
            Row("_arg_combine", _arg_combine),
        ),
    },
    names={
        f"{name}_lookup": _look_up(name) for name in ("concatenate", "einsum", "take", "tensordot")
    },
    calls_numpy=False,
)
