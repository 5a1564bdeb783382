"""A call of a NumPy function, taken apart and not made."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..accelerator import REBOUND, original
from ..catalog import PublicFunction, find_public, is_undispatched
from ..libraries import Library, Resolution


class Call(NamedTuple):
    """A call taken apart."""

    name: str
    function: Any  # NumPy's own; the ufunc, for a method of one
    method: str  # of a ufunc, "" for a function
    relevant: tuple[tuple[str, Any], ...]
    given: dict[str, Any]  # arguments by name, as far as NumPy tells the names
    parameters: dict[str, Any]  # and their defaults
    asks: bool  # whether NumPy asks the relevant arguments
    explicit: bool  # a function of arrayproto.numpy

    @classmethod
    def of(cls, public_api: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        module = getattr(public_api, "__module__", None) or ""
        explicit = module.startswith("arrayproto.numpy")
        function = original(public_api._implementation if explicit else public_api)
        ufunc = function if isinstance(function, np.ufunc) else getattr(function, "__self__", None)
        if isinstance(ufunc, np.ufunc):
            method = "__call__" if function is ufunc else function.__name__
            return cls._of_ufunc(ufunc, method, args, kwargs)
        entry = find_public(function)
        if entry is None:
            raise TypeError(
                "explain() takes a function of NumPy's public modules, a ufunc or a method of "
                f"one, not {public_api!r}"
            )
        return cls._of_function(entry, args, kwargs, explicit)

    @classmethod
    def _of_function(
        cls, entry: PublicFunction, args: tuple[Any, ...], kwargs: dict[str, Any], explicit: bool
    ) -> Call:
        given, parameters = dict(kwargs), {}
        if entry.signature is not None:
            given = dict(entry.signature.bind(*args, **kwargs).arguments)
            parameters = {n: p.default for n, p in entry.signature.parameters.items()}
        asked = entry.relevant
        if not asked and "like" in given:
            asked = {"like": "itself"}
        variadic = _variadic(entry)
        relevant = [
            pair
            for name in asked
            for pair in _named(name, given.get(name), asked[name], name in variadic)
        ]
        name, like = f"numpy.{entry.name}", "like" in asked
        asks = entry.dispatched or like or explicit
        if not relevant and args:  # nobody is asked, and NumPy converts it
            relevant, asks = [(next(iter(given), "the first"), args[0])], False
        return cls(name, entry.function, "", tuple(relevant), given, parameters, asks, explicit)

    @classmethod
    def _of_ufunc(
        cls, ufunc: np.ufunc, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Call:
        inputs, outs = args, kwargs.get("out")
        if method == "__call__" and not ufunc.nin <= len(args) <= ufunc.nargs:
            raise TypeError(
                f"numpy.{ufunc.__name__} takes {ufunc.nin} to {ufunc.nargs} arguments by position, "
                f"not {len(args)}"
            )
        if method == "__call__" and len(args) > ufunc.nin:
            inputs, outs = args[: ufunc.nin], args[ufunc.nin :]
        outs = outs if isinstance(outs, tuple) else (outs,)
        relevant = [(f"x{place}", x) for place, x in enumerate(inputs, 1)]
        relevant += [("out", out) for out in outs if out is not None]
        if "where" in kwargs and not isinstance(kwargs["where"], bool):
            relevant.append(("where", kwargs["where"]))
        name = f"numpy.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
        return cls(name, ufunc, method, tuple(relevant), dict(kwargs), {}, True, explicit=False)

    def protocol(self, adapted: bool) -> str:
        """Which protocol NumPy asks for; "" where it asks nobody."""
        if self.method:
            return "__array_ufunc__"
        rebound = is_undispatched(self.function) if adapted else self._is_rebound()
        return "__array_function__" if self.asks or rebound else ""

    def _is_rebound(self) -> bool:
        held = getattr(sys.modules.get(self.function.__module__), self.function.__name__, None)
        return isinstance(held, REBOUND)

    def resolve(self, library: Library) -> Resolution:
        if self.method:
            return library.resolve_ufunc(self.function, self.method)
        return library.resolve(self.function)


def _variadic(entry: PublicFunction) -> frozenset[str]:
    """Names of the parameters that take several arguments."""
    parameters = {} if entry.signature is None else entry.signature.parameters
    return frozenset(n for n, p in parameters.items() if p.kind is p.VAR_POSITIONAL)


def _named(name: str, value: Any, depth: str, several: bool = False) -> Iterator[tuple[str, Any]]:
    """The arrays in a relevant argument, each with a name."""
    if value is None:
        return
    if isinstance(value, dict):  # what is given for **kwargs
        yield from value.items()
    elif isinstance(value, (list, tuple)) and (depth != "itself" or several):
        for place, item in enumerate(value):
            inner = depth if depth == "leaves" else "itself"
            yield from _named(f"{name}[{place}]", item, inner)
    elif depth != "itself" and isinstance(value, Iterator):
        raise TypeError(
            f"explain() would use up the iterator that is given for {name}: give a list"
        )
    else:
        yield name, value
