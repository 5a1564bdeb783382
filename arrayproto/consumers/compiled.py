"""Compiled functions of an adopted package, which take NumPy's arrays only.

What is written in C or Cython reads memory: it would convert a duck array without a word. In an
adopted package it raises, or converts and says so, as the user has chosen.
"""

from __future__ import annotations

import functools
import importlib
import importlib.machinery
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import fallback
from ..ducks import Duck
from ..errors import UnsupportedFunctionError
from ..libraries import Library
from ..view import asduck
from . import kept

Call = Callable[..., Any]

_CYTHON = frozenset({"cython_function_or_method", "fused_cython_function"})
#: Where libraries have the ufuncs of `scipy.special` under the same names.
_SPECIAL = {"cupy": "cupyx.scipy.special", "jax": "jax.scipy.special", "torch": "torch.special"}
_SUFFIXES = tuple(importlib.machinery.EXTENSION_SUFFIXES)


def guard(value: Any, root: str, how: str) -> Any:
    """What stands for a compiled function, or a module of them; None for anything else.

    Parameters
    ----------
    value : object
        What a module of the package has by some name.
    root : str
        The top-level package: what others have compiled is theirs.
    how : {"raise", "convert"}
    """
    cls = type(value)
    if cls is types.BuiltinFunctionType or cls.__name__ in _CYTHON:
        module = getattr(value, "__module__", None) or ""
        if module.partition(".")[0] == root:
            return CompiledFunction(value, f"{module}.{value.__name__}", how)
    elif cls is np.ufunc:
        # NumPy's own have been replaced before.
        return CompiledFunction(value, f"{root}'s ufunc {value.__name__}", how)
    elif cls is types.ModuleType and value.__name__.partition(".")[0] == root:
        if (getattr(value, "__file__", None) or "").endswith(_SUFFIXES):
            return CompiledModule(value, how)
    return None


class CompiledFunction(functools.partial):  # type: ignore[type-arg]
    """A compiled function that says no to duck arrays, or converts them with a warning."""

    name: str
    how: str
    __wrapped__: Call

    def __new__(cls, function: Call, name: str, how: str) -> CompiledFunction:
        self = super().__new__(cls, function)
        self.__wrapped__, self.name, self.how = function, name, how
        return self

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        duck = kept.duck_in((*args, *kwargs.values()))
        if duck is None or self._takes(duck):
            return self.__wrapped__(*args, **kwargs)
        library = kept.library_for(duck)
        assert library is not None
        own = self._of(library)
        if own is not None:
            result = own(*map(kept.native, args), **kwargs)
            return asduck(result) if isinstance(duck, Duck) else result
        cls = type(duck)
        refusal = UnsupportedFunctionError(
            f"{self.name} is compiled code, which reads the memory of NumPy arrays: it cannot take "
            f"a {cls.__module__}.{cls.__qualname__}. Nothing was converted. "
            "arrayproto.adopt(..., fallback='convert') copies to NumPy and back at such calls, "
            f"with a warning. {library.advice}"
        )
        refusal.reason = f"{self.name} is compiled code, which takes NumPy arrays only"
        if self.how != "convert":
            raise refusal
        call = fallback.Call(library, self.name, self.__wrapped__, args, kwargs, False, _no_stock)
        return fallback.convert(call, refusal)

    def _takes(self, duck: Any) -> bool:
        # Libraries with the protocol apply any ufunc by blocks, or to the stored values.
        library = kept.library_for(duck)
        return isinstance(self.__wrapped__, np.ufunc) and library is not None and not library.guest

    def _of(self, library: Library) -> Call | None:
        """The library's own function of a ufunc of `scipy.special`."""
        path = _SPECIAL.get(library.name)
        if path is None or not isinstance(self.__wrapped__, np.ufunc):
            return None
        return getattr(importlib.import_module(path), self.__wrapped__.__name__, None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__wrapped__, name)

    def __eq__(self, other: object) -> bool:
        return other is self or other == self.__wrapped__

    def __hash__(self) -> int:
        return hash(self.__wrapped__)

    def __reduce__(self) -> Any:
        return _same, (self.__wrapped__,)  # adoption is a matter of this process


def _same(function: Call) -> Call:
    return function


def _no_stock() -> Any:
    raise AssertionError("compiled code has no other way")


class CompiledModule(types.ModuleType):
    """An extension module, with its functions guarded."""

    def __init__(self, module: types.ModuleType, how: str) -> None:
        super().__init__(module.__name__, module.__doc__)
        self.__dict__["_module"], self.__dict__["_how"] = module, how
        self.__dict__["__file__"] = module.__file__

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        guarded = guard(value, self.__name__.partition(".")[0], self._how)
        return value if guarded is None else guarded

    def __dir__(self) -> list[str]:
        return dir(self._module)
