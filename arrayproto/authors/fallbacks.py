"""Who answers for what an array class does not implement itself."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..accelerator import original
from ..errors import UnsupportedFunctionError
from ..libraries import Library, public_name

if TYPE_CHECKING:
    from .mixin import ArrayFunctionMixin


class Fallbacks:
    """The module and the namespace that a class declares, as libraries with tables.

    Parameters
    ----------
    cls : type
        A subclass of `ArrayFunctionMixin`, whose attributes are read when they are needed first.
    """

    def __init__(self, cls: type[ArrayFunctionMixin]) -> None:
        self.cls = cls

    @functools.cached_property
    def _module(self) -> Library | None:
        module = self.cls._fallback_module
        return None if module is None else Library.of_module(module, self.cls)

    @functools.cached_property
    def _array_api(self) -> Library | None:
        namespace = self.cls._fallback_array_api
        return None if namespace is None else Library.of_array_api(self.cls, namespace)

    def of_module(self, function: Any) -> Callable[..., Any] | None:
        """The function of the same name in the declared module, with NumPy's arguments."""
        if self._module is None:
            return None
        ufunc = isinstance(function, np.ufunc)
        name = function.__name__ if ufunc else public_name(function)
        found = None if name is None else self._module.find(name)
        if found is None or original(found) is function:
            return None
        return found if ufunc else self._module.resolve(function).call

    def of_array_api(self, function: Callable[..., Any]) -> Callable[..., Any] | None:
        """NumPy's function, composed of the functions of the declared namespace."""
        return None if self._array_api is None else self._array_api.table[function]

    def of_array_api_ufunc(self, ufunc: np.ufunc, method: str) -> Callable[..., Any] | None:
        """The same for a ufunc, or for a method of one."""
        return None if self._array_api is None else self._array_api.ufuncs.find(ufunc, method)


def refusal(cls: type, name: str, advice: str) -> UnsupportedFunctionError:
    """The error for what nobody answers, with the next step that the class declares."""
    full = f"{cls.__module__}.{cls.__qualname__}"
    error = UnsupportedFunctionError(
        f"{name} is not supported for arrays of {full}: the class does not implement it. Nothing "
        f"was converted. {advice}"
    )
    error.reason = f"{name} is not implemented by {full}"
    return error
