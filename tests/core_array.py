"""An array class that implements the core, in the form that the core has, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np

from arrayproto import ArrayFunctionMixin, implements
from arrayproto.derived.core import EXTENSIONS, UFUNCS, numpy_function


class CoercionError(AssertionError):
    """A core array was to become something else."""


def _no(what: str) -> Any:
    def refuse(*_: Any, **__: Any) -> Any:
        raise CoercionError(f"a core array was asked for {what}")

    return refuse


def _number(kind: type) -> Any:
    def convert(self: CoreArray) -> Any:
        if self._held.ndim:
            raise CoercionError(f"a core array with dimensions was asked for {kind.__name__}()")
        return kind(self._held[()])

    return convert


def _is_axes(axis: Any, rank: int) -> bool:
    return type(axis) is tuple and all(0 <= i < rank for i in axis) and len(axis) > 0


class CoreArray(ArrayFunctionMixin, derive=True):
    """Holds an ndarray that nobody gets at; cannot be written to."""

    __slots__ = ("_held",)

    def __init__(self, held: Any) -> None:
        held = np.asarray(held)
        assert not isinstance(held, CoreArray)
        self._held = held.view()
        self._held.flags.writeable = False

    shape = property(lambda self: self._held.shape)
    dtype = property(lambda self: self._held.dtype)

    def __repr__(self) -> str:
        return f"<core array of shape {self.shape}, {self.dtype}>"

    def __getitem__(self, key: Any) -> CoreArray:
        for part in key if isinstance(key, tuple) else (key,):
            basic = part is None or part is Ellipsis or isinstance(part, (slice, int, np.integer))
            if not basic or isinstance(part, bool):
                raise CoercionError(f"a core array was indexed with {part!r}")
        return CoreArray(self._held[key])

    __array__ = _no("an ndarray")
    __array_interface__ = property(_no("its memory"))
    __buffer__ = _no("its memory")
    __contains__ = _no("an item")
    __bool__, __int__, __float__ = _number(bool), _number(int), _number(float)
    __complex__ = _number(complex)

    def __index__(self) -> int:
        assert self.dtype.kind in "iu"
        return int(self)

    # NumPy's own dispatchers look into what may be a list.
    def __len__(self) -> int:
        return int(self.shape[0])

    def __iter__(self) -> Any:
        return iter([self[i] for i in range(len(self))])

    # The core ---------------------------------------------------------------------------------

    @implements(np.asarray)
    @staticmethod
    def _asarray(a: np.ndarray) -> CoreArray:
        assert type(a) is np.ndarray
        return CoreArray(a.copy())

    @implements(np.astype)
    def _astype(self, dtype: np.dtype) -> CoreArray:
        assert type(self) is CoreArray
        return CoreArray(self._held.astype(dtype))

    @implements(np.reshape)
    def _reshape(self, shape: tuple[int, ...]) -> CoreArray:
        assert type(shape) is tuple
        assert -1 not in shape
        return CoreArray(self._held.reshape(shape))

    @implements(np.transpose)
    def _transpose(self, axes: tuple[int, ...]) -> CoreArray:
        assert sorted(axes) == list(range(len(self.shape)))
        return CoreArray(self._held.transpose(axes))

    @implements(np.broadcast_to)
    def _broadcast_to(self, shape: tuple[int, ...]) -> CoreArray:
        assert type(shape) is tuple
        return CoreArray(np.broadcast_to(self._held, shape))

    @implements(np.concatenate)
    @staticmethod
    def _concatenate(arrays: list[CoreArray], axis: int) -> CoreArray:
        assert axis >= 0
        assert len({a.dtype for a in arrays}) == 1
        return CoreArray(np.concatenate([a._held for a in arrays], axis))

    @implements(np.where)
    @staticmethod
    def _where(condition: CoreArray, x: CoreArray, y: CoreArray) -> CoreArray:
        assert condition.dtype == bool
        assert x.dtype == y.dtype
        return CoreArray(np.where(condition._held, x._held, y._held))

    @implements(np.take)
    def _take(self, indices: CoreArray, axis: int) -> CoreArray:
        assert len(indices.shape) == 1
        assert axis >= 0
        held = indices._held
        assert held.dtype.kind in "iu"
        assert not held.size or 0 <= held.min() <= held.max() < self.shape[axis]
        return CoreArray(np.take(self._held, held, axis))

    @implements(np.nonzero)
    def _nonzero(self) -> tuple[CoreArray, ...]:
        return tuple(map(CoreArray, np.nonzero(self._held)))

    @implements(np.argsort)
    def _argsort(self, axis: int) -> CoreArray:
        assert axis >= 0
        return CoreArray(np.argsort(self._held, axis, stable=True))

    @implements(np.sum)
    def _sum(self, axis: tuple[int, ...], dtype: np.dtype) -> CoreArray:
        assert _is_axes(axis, len(self.shape))
        return CoreArray(np.sum(self._held, axis, dtype))

    @implements(np.prod)
    def _prod(self, axis: tuple[int, ...], dtype: np.dtype) -> CoreArray:
        assert _is_axes(axis, len(self.shape))
        return CoreArray(np.prod(self._held, axis, dtype))

    @implements(np.min)
    def _min(self, axis: tuple[int, ...]) -> CoreArray:
        assert _is_axes(axis, len(self.shape))
        return CoreArray(np.min(self._held, axis))

    @implements(np.max)
    def _max(self, axis: tuple[int, ...]) -> CoreArray:
        assert _is_axes(axis, len(self.shape))
        return CoreArray(np.max(self._held, axis))

    @implements(np.cumsum)
    def _cumsum(self, axis: int, dtype: np.dtype) -> CoreArray:
        assert axis >= 0
        return CoreArray(np.cumsum(self._held, axis, dtype))

    @implements(np.cumprod)
    def _cumprod(self, axis: int, dtype: np.dtype) -> CoreArray:
        assert axis >= 0
        return CoreArray(np.cumprod(self._held, axis, dtype))

    @implements(np.real)
    def _real(self) -> CoreArray:
        assert self.dtype.kind == "c"
        return CoreArray(self._held.real)

    @implements(np.imag)
    def _imag(self) -> CoreArray:
        assert self.dtype.kind == "c"
        return CoreArray(self._held.imag)


def _elementwise(ufunc: np.ufunc) -> Any:
    def call(*inputs: Any) -> CoreArray:
        for x in inputs:
            assert type(x) in (CoreArray, bool, int, float, complex)
        return CoreArray(ufunc(*(getattr(x, "_held", x) for x in inputs)))

    return call


for _name in UFUNCS:
    CoreArray.implements(getattr(np, _name))(_elementwise(getattr(np, _name)))


def _extension(name: str) -> Any:
    function = numpy_function(name)

    def call(*args: Any) -> Any:
        arrays = [a for a in args if type(a) is CoreArray]
        rest = [a for a in args if type(a) is not CoreArray]
        assert all(a.dtype.kind in "fc" for a in arrays)
        words = [word.strip() for word in EXTENSIONS[name].split(",")][len(arrays) :]
        results = function(*(a._held for a in arrays), **dict(zip(words, rest, strict=True)))
        return tuple(map(CoreArray, results)) if isinstance(results, tuple) else CoreArray(results)

    return call


for _name in EXTENSIONS:
    CoreArray.implements(numpy_function(_name))(_extension(_name))


def values_of(array: CoreArray) -> np.ndarray:
    """What the array holds, for the comparison after a call."""
    return np.array(array._held)
