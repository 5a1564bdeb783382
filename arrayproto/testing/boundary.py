"""The public functions of a consumer, as its tests see them: ndarrays go in as loopback arrays.

What is exchanged are names in the modules of tests, and nothing in the consumer itself, so that its
own calls of its own functions stay what they are.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from .loopback import LoopbackArray, exchanged, unwrap

_ORIGINAL = "_arrayproto_original"


class Boundary:
    """What stands between tests and the packages that they test.

    Parameters
    ----------
    names : sequence of str
        Modules and packages, whose public functions are given loopback arrays; and classes
        (``"xarray.DataArray"``), whose constructors are.

    Raises
    ------
    ImportError
        If there is no such module or class.

    Attributes
    ----------
    packages : list of str
        The modules and packages, and those of the classes.
    is_open : bool
        Whether arrays are exchanged now.
    given : int
        How many were.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.packages: list[str] = []
        self.classes: list[type] = []
        self.is_open = False
        self.given = 0
        for name in names:
            found = _resolve(name)
            if isinstance(found, type):
                self.classes.append(found)
                name = found.__module__.partition(".")[0]
            self.packages.append(name)

    # What tests see ----------------------------------------------------------------------------

    def exchange_in(self, module: ModuleType) -> None:
        """Exchange what a module of tests has taken from the packages."""
        for name, value in list(vars(module).items()):
            ours = self.seen(value)
            if ours is not value:
                setattr(module, name, ours)

    def seen(self, value: Any) -> Any:
        """What stands in the place of a module or a function of the packages; or `value` itself."""
        if isinstance(value, _SeenModule):
            return value
        if isinstance(value, ModuleType):
            return _SeenModule(value, self) if self._leads_to(value.__name__) else value
        if _is_function(value) and id(value) in self._public():
            return self.function(value)
        return value

    def function(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function that is given loopback arrays, and returns ndarrays."""

        @functools.wraps(function)
        def at_boundary(*args: Any, **kwargs: Any) -> Any:
            if not self.is_open:
                return function(*args, **kwargs)
            return _leaving(function(*self.enter(args), **self.enter(kwargs)))

        setattr(at_boundary, _ORIGINAL, function)
        return at_boundary

    def enter(self, arguments: Any) -> Any:
        """The same with loopback arrays in the place of plain ndarrays of numbers and dates."""
        return exchanged(arguments, self._entering)

    def _entering(self, value: Any) -> Any:
        if type(value) is np.ndarray and value.dtype.kind in "biufcmM":
            self.given += 1
            return LoopbackArray(value)
        return value

    def _leads_to(self, module: str) -> bool:
        return any(
            f"{package}.".startswith(f"{module}.") or f"{module}.".startswith(f"{package}.")
            for package in self.packages
        )

    def _public(self) -> dict[int, Any]:
        """The public functions by id, kept alive; of what has been imported by now."""
        modules = [
            module
            for name, module in list(sys.modules.items())
            if module is not None and any(_is_public_in(name, one) for one in self.packages)
        ]
        return _public_functions(tuple(dict.fromkeys(modules)))

    # Classes -------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def exchanged_constructors(self, is_test: Callable[[str], bool]) -> Iterator[None]:
        """Meanwhile the classes' constructors are given loopback arrays, when tests call them."""
        originals = [(cls, cls.__init__) for cls in self.classes]  # type: ignore[misc]
        for cls, original in originals:
            cls.__init__ = self._constructor(original, is_test)  # type: ignore[misc]
        try:
            yield
        finally:
            for cls, original in originals:
                cls.__init__ = original  # type: ignore[misc]

    def _constructor(
        self, original: Callable[..., None], is_test: Callable[[str], bool]
    ) -> Callable[..., None]:
        @functools.wraps(original)
        def __init__(this: Any, *args: Any, **kwargs: Any) -> None:
            if self.is_open and is_test(sys._getframe(1).f_globals.get("__name__") or ""):
                args, kwargs = self.enter(args), self.enter(kwargs)
            original(this, *args, **kwargs)

        return __init__


class _SeenModule(ModuleType):
    """A module whose functions, and modules below, are seen through a boundary."""

    def __init__(self, module: ModuleType, boundary: Boundary) -> None:
        super().__init__(module.__name__, module.__doc__)
        vars(self).update(_module=module, _boundary=boundary, __spec__=module.__spec__)

    def __getattr__(self, name: str) -> Any:
        return self._boundary.seen(getattr(self._module, name))

    def __setattr__(self, name: str, value: Any) -> None:
        # A test that replaces a function, and puts back what it saw.
        setattr(self._module, name, getattr(value, _ORIGINAL, value))

    def __delattr__(self, name: str) -> None:
        delattr(self._module, name)

    def __dir__(self) -> list[str]:
        return dir(self._module)


def _resolve(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        holder, _, own = name.rpartition(".")
        found = getattr(importlib.import_module(holder), own, None) if holder else None
        if isinstance(found, type):
            return found
        raise


def _is_public_in(module: str, package: str) -> bool:
    if not f"{module}.".startswith(f"{package}."):
        return False
    below = module[len(package) :].split(".")
    return not any(part.startswith("_") or part in ("tests", "testing") for part in below)


@functools.lru_cache(8)
def _public_functions(modules: tuple[ModuleType, ...]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for module in modules:
        root = module.__name__.partition(".")[0]
        held = vars(module)
        for name in held.get("__all__") or [name for name in held if not name.startswith("_")]:
            value = held.get(name)
            if not _is_function(value):
                continue
            if (getattr(value, "__module__", None) or "").partition(".")[0] == root:
                found[id(value)] = value
    return found


def _is_function(value: Any) -> bool:
    # NetworkX's functions are objects of its own.
    return not isinstance(value, type) and (
        inspect.isroutine(value) or (callable(value) and hasattr(value, "__wrapped__"))
    )


def _leaving(result: Any) -> Any:
    """A result without loopback arrays; those of SciPy's objects are in attributes or items."""
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        for field in dataclasses.fields(result):
            object.__setattr__(result, field.name, unwrap(getattr(result, field.name)))
        return result
    if isinstance(result, dict) and type(result) is not dict:
        for key, value in result.items():
            result[key] = unwrap(value)
        return result
    return unwrap(result)
