"""An array class that consumers of the Array API take: the core, and what indexing they use."""

from __future__ import annotations

from typing import Any

import numpy as np

from arrayproto import ArrayFunctionMixin, ArrayNamespaceMixin
from arrayproto.derived.core import EXTENSIONS, FUNCTIONS, numpy_function


class StandardArray(ArrayNamespaceMixin, ArrayFunctionMixin, derive=True):
    """Holds an ndarray, and never gives it to anybody."""

    conformance_lacks = frozenset({"writes"})

    def __init__(self, held: Any) -> None:
        assert type(held) in (np.ndarray, np.bool) or isinstance(held, np.generic)
        self._held = np.asarray(held)

    shape = property(lambda self: self._held.shape)
    dtype = property(lambda self: self._held.dtype)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("a StandardArray was asked for an ndarray")

    def __getitem__(self, key: Any) -> Any:
        return StandardArray(self._held[held(key)])

    def __setitem__(self, key: Any, value: Any) -> None:
        self._held[held(key)] = held(value)

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Any:
        return iter([self[i] for i in range(len(self))])

    def __bool__(self) -> bool:
        return bool(self._held)

    def __int__(self) -> int:
        return int(self._held)

    def __index__(self) -> int:
        return self._held.__index__()

    def __float__(self) -> float:
        return float(self._held)

    def __complex__(self) -> complex:
        return complex(self._held)

    @classmethod
    def from_numpy(cls, array: np.ndarray) -> Any:
        return cls(array.copy())

    def to_numpy(self) -> np.ndarray:
        return self._held.copy()

    @classmethod
    def _elementwise(cls, ufunc: np.ufunc, *inputs: Any) -> Any:
        return wrapped(ufunc(*map(held, inputs)))


def held(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(map(held, value))
    return value._held if isinstance(value, StandardArray) else value


def wrapped(value: Any) -> Any:
    return tuple(map(wrapped, value)) if isinstance(value, tuple) else StandardArray(value)


def _core(name: str, words: str) -> Any:
    function = numpy_function(name)
    by_position = {"asarray": 1, "astype": 2, "real": 1, "imag": 1, "concatenate": 1, "where": 3}

    def call(*args: Any) -> Any:
        count = by_position.get(name, 1)
        names = [word.strip() for word in words.split(",")][count:]
        kwargs = dict(zip(names, map(held, args[count:]), strict=True))
        if name == "argsort":
            kwargs["stable"] = True
        return wrapped(function(*map(held, args[:count]), **kwargs))

    return call


for _name, _words in {**FUNCTIONS, **EXTENSIONS}.items():
    StandardArray.implements(numpy_function(_name))(_core(_name, _words))
StandardArray.implements(np.matmul)(lambda a, b: wrapped(np.matmul(held(a), held(b))))
