"""Arrays of any adapted library with NumPy's methods, operators and indexing: see `asduck`.

Code that calls functions, ``np.sum(x)``, needs none of this. Code that calls methods meets the
library's own: ``tensor.sum(axis=0)`` is PyTorch's, ``tensor.dtype.kind`` is nothing. A duck has
NumPy's, in front of the same array.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .consumers.flavour import Flavour, namespace
from .consumers.kept import numpy_dtype
from .consumers.written import can_write, written
from .ducks import Duck
from .libraries import Library
from .libraries.refusing import unsupported
from .mixins import mixin_of
from .view import asduck

#: Libraries whose own functions put results into their arrays.
_WRITE_OUT = frozenset({"cupy", "dask"})

#: Libraries whose arrays take no arrays as an index.
_BY_FUNCTION = frozenset({"sparse", "tensorflow"})


class ArrayDuck(Duck):
    """An array with NumPy's methods; see `asduck`."""

    __slots__ = ()
    #: Above ndarray's: who chooses by it takes the library's functions for mixed arrays.
    __array_priority__ = 11

    def __reduce__(self) -> Any:
        return asduck, (self.native,)  # its class is made when it is needed

    # What NumPy asks -------------------------------------------------------------------------

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        library, cls = self._library, type(self)
        if not library.accepts(tuple(t for t in types if not issubclass(t, cls))):
            return NotImplemented
        found = library.table[func]
        if found is None:
            raise unsupported(library, func, library.classes)
        if "meet" in library.core:
            library.core["meet"](self.native)
        out = kwargs.get("out")
        if isinstance(out, ArrayDuck) and library.name not in _WRITE_OUT:
            result = self._wrapped(found(*_natives(args), **_natives({**kwargs, "out": None})))
            return _put(func.__name__, result, out, "same_kind")
        result = self._wrapped(found(*_natives(args), **_natives(kwargs)))
        return out if isinstance(out, ArrayDuck) else result

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        answer = vars(mixin_of(self._library))["__array_ufunc__"]
        out = kwargs.get("out")
        if out is not None and any(isinstance(x, ArrayDuck) for x in out):
            return self._into(ufunc, method, inputs, kwargs)
        result = answer(self.native, ufunc, method, *_natives(inputs), **_natives(kwargs))
        return result if result is NotImplemented else self._wrapped(result)

    def _into(
        self, ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """The result of a ufunc, put into the ducks of ``out=``, as far as NumPy's rules let it."""
        outs = kwargs.pop("out")
        where = kwargs.pop("where", True)
        casting = kwargs.get("casting", "same_kind")
        results = getattr(ufunc, method)(*inputs, **kwargs)
        several = isinstance(results, tuple)
        for out, result in zip(outs, results if several else (results,), strict=True):
            if out is not None:
                _put(ufunc.__name__, result, out, casting, where)
        return outs if several else outs[0]

    def _wrapped(self, result: Any) -> Any:
        if isinstance(result, self._library.classes):
            return type(self)(result)
        if isinstance(result, tuple) and hasattr(result, "_fields"):
            return type(result)(*(self._wrapped(item) for item in result))
        if type(result) in (list, tuple):
            return type(result)(self._wrapped(item) for item in result)
        return result

    # Attributes ------------------------------------------------------------------------------

    @property
    def dtype(self) -> np.dtype[Any]:
        if self._library.core:
            return self._library.dtypes.to_numpy(self.native.dtype)
        return np.dtype(self.native.dtype)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def itemsize(self) -> int:
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """As of an ndarray of this shape."""
        return self.size * self.itemsize

    @property
    def T(self) -> Any:
        return np.transpose(self)

    @property
    def mT(self) -> Any:
        return np.matrix_transpose(self)

    @property
    def real(self) -> Any:
        return np.real(self)

    @property
    def imag(self) -> Any:
        return np.imag(self)

    # Indices ---------------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        library, native = self._library, self.native
        if isinstance(key, Duck) and key.ndim and library.name in _BY_FUNCTION:
            if key.dtype.kind != "b":
                return np.take(self, key, axis=0)
            return np.compress(key, self, axis=0) if key.ndim < self.ndim else np.extract(key, self)
        if isinstance(key, Duck) and key.ndim > 1 and key.dtype.kind in "iu":
            if library.name == "dask":
                return np.take(self, key, axis=0)
        if _picks(key, self.ndim) and library.name in (*_BY_FUNCTION, "dask"):
            return np.take(np.ravel(self), flat_places(key, self.shape))
        kinds = {type(k) for k in (key if isinstance(key, tuple) else (key,))}
        if not library.core or any(issubclass(kind, Duck) for kind in kinds):
            return self._wrapped(native[_natives(key)])
        if kinds & {list, np.ndarray}:
            places = np.arange(self.size).reshape(self.shape)[key]
            return np.take(np.ravel(self), places)
        return type(self)(library.core["getitem"](native, _natives(key)))

    def __setitem__(self, key: Any, value: Any) -> None:
        library = self._library
        if can_write(library, self.native):
            super().__setitem__(key, np.astype(self._own(value), self.dtype))
        elif library.name == "cupy":
            self.native[_natives(key)] = _natives(value)
        else:
            own = np.asarray(value) if isinstance(value, list) else _natives(value)
            self.native = written(namespace("numpy", Flavour()), self.native, _natives(key), own)

    def _own(self, value: Any) -> Any:
        return value if isinstance(value, Duck) else type(self)(self._made(value))

    def _made(self, value: Any) -> Any:
        if isinstance(value, self._library.classes):
            return value
        made = self._library.table[np.asarray]
        assert made is not None
        return made(np.asarray(value))

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    # Methods ---------------------------------------------------------------------------------

    def astype(self, dtype: Any, order: Any = "K", casting: Any = "unsafe", **kwargs: Any) -> Any:
        dtype = np.dtype(numpy_dtype(dtype))
        if not np.can_cast(self.dtype, dtype, casting):
            raise TypeError(f"Cannot cast array data from {self.dtype!r} to {dtype!r}: {casting!r}")
        return np.astype(self, dtype)

    def copy(self, order: Any = "C") -> Any:
        return np.copy(self)

    def flatten(self, order: Any = "C") -> Any:
        return np.copy(np.ravel(self, order=order))

    def reshape(self, *shape: Any, **kwargs: Any) -> Any:
        shape = shape[0] if len(shape) == 1 else shape
        return np.reshape(self, shape, **kwargs)

    def transpose(self, *axes: Any) -> Any:
        one = len(axes) == 1 and (axes[0] is None or isinstance(axes[0], (tuple, list)))
        return np.transpose(self, (axes[0] if one else axes) or None)

    def fill(self, value: Any) -> None:
        self[...] = value

    def sort(self, axis: int = -1, **kwargs: Any) -> None:
        self[...] = np.sort(self, axis, **kwargs)

    def item(self, *index: Any) -> Any:
        if not index and self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        element = self[index[0] if len(index) == 1 else index] if index else self.reshape(())
        return {"b": bool, "i": int, "u": int, "f": float, "c": complex}[self.dtype.kind](element)

    def tolist(self) -> Any:
        """Nested lists of Python numbers, one element at a time."""
        return [part.tolist() for part in self] if self.shape else self.item()


def _picks(key: Any, ndim: int) -> bool:
    """Whether an index is an array of integers for each axis, and one of them a duck."""
    return (
        isinstance(key, tuple)
        and len(key) == ndim
        and any(isinstance(k, Duck) for k in key)
        and all(isinstance(k, (Duck, np.ndarray)) and k.dtype.kind in "iu" for k in key)
    )


def flat_places(key: tuple[Any, ...], shape: tuple[int, ...]) -> Any:
    """Places along all axes, as places in the flat array."""
    places: Any = 0
    for k, size in zip(key, shape, strict=True):
        places = places * size + np.where(k < 0, k + size, k)
    return places


def _put(name: str, result: Any, out: Any, casting: Any, where: Any = True) -> Any:
    """The result of a function, put into a duck, or into what it stands for where that can be."""
    if not np.can_cast(result.dtype, out.dtype, casting):
        raise TypeError(
            f"numpy.{name}: cannot cast the result from {result.dtype!r} to {out.dtype!r} of out= "
            f"with casting rule {casting!r}"
        )
    out[...] = result if where is True else np.where(where, result, out)
    return out


def _natives(value: Any) -> Any:
    if isinstance(value, Duck):
        return value.native
    if type(value) in (list, tuple):
        return type(value)(map(_natives, value))
    if type(value) is dict:
        return {key: _natives(item) for key, item in value.items()}
    if type(value) is slice:
        bounds = (value.start, value.stop, value.step)
        return slice(*(operator.index(b) if isinstance(b, Duck) else b for b in bounds))
    return value


#: Methods that are NumPy's functions of the same name.
METHODS = (
    "all", "any", "argmax", "argmin", "argpartition", "argsort", "clip", "compress", "conj",
    "conjugate", "cumprod", "cumsum", "diagonal", "dot", "max", "mean", "min", "nonzero", "prod",
    "ravel", "repeat", "round", "searchsorted", "squeeze", "std", "sum", "swapaxes", "take",
    "trace", "var",
)  # fmt: skip


def _method(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__name__, method.__qualname__ = name, f"ArrayDuck.{name}"
    method.__doc__ = f"`numpy.{name}`."
    return method


for _name in METHODS:
    setattr(ArrayDuck, _name, _method(getattr(np, _name), _name))


@functools.cache
def class_of(library: Library) -> type[ArrayDuck]:
    """The class of a library's ducks."""
    members = {"__slots__": (), "_library": library}
    return type(f"{library.name.capitalize()}ArrayDuck", (ArrayDuck,), members)
