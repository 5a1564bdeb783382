"""An array class whose functions are those of a namespace of the standard, and nothing else."""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from arrayproto import ArrayFunctionMixin

xp = types.ModuleType("tests.authors.wrapped")


class Wrapped(ArrayFunctionMixin):
    """Has the attributes of the standard; its functions are in `xp`."""

    _fallback_array_api = xp

    def __init__(self, held: Any) -> None:
        self.held = np.asarray(held)

    shape = property(lambda self: self.held.shape)
    dtype = property(lambda self: self.held.dtype)
    ndim = property(lambda self: self.held.ndim)

    def __getitem__(self, key: Any) -> Any:
        return Wrapped(self.held[key])

    def __bool__(self) -> bool:
        return bool(self.held)

    def __int__(self) -> int:
        return int(self.held)

    def __float__(self) -> float:
        return float(self.held)

    def __index__(self) -> int:
        return int(self)


def _held(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(map(_held, value))
    return value.held if isinstance(value, Wrapped) else value


def _around(function: Any) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        result = function(*map(_held, args), **{k: _held(v) for k, v in kwargs.items()})
        if isinstance(result, tuple):
            return tuple(map(Wrapped, result))
        return Wrapped(result) if isinstance(result, (np.ndarray, np.generic)) else result

    return call


for _name, _value in vars(np).items():
    if isinstance(_value, type) or not callable(_value):
        setattr(xp, _name, _value)
    else:
        setattr(xp, _name, _around(_value))
