"""What arrayproto knows of a consumer library beyond its calls of NumPy."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from types import MappingProxyType
from typing import Any, NamedTuple

#: Given what is there and the namespace, returns what takes its place.
Make = Callable[[Any, Any], Any]


class Row(NamedTuple):
    """Something of a consumer that is replaced while it is adopted, and put back afterwards.

    Attributes
    ----------
    path : str
        Dotted, below its module: ``"new_box"``, ``"VSpace.mappings"``. ``"untake:f_raw"`` is the
        variable ``f_raw`` that the function ``untake`` has closed over.
    make : callable
        ``make(original, namespace)`` returns what takes its place.
    """

    path: str
    make: Make


class Consumer:
    """A library that calls NumPy, and what is special about it.

    Parameters
    ----------
    name : str
        Its package: ``"tensorly"``. What is adopted may be a part of it, ``"scipy.signal"``, or
        have it as a part.
    rows : mapping of str to sequence of Row
        By module.
    names : mapping of str to callable
        What is replaced in every module of it that has the name: ``make(original, namespace)``
        returns what takes its place.
    keeps : frozenset of str, optional
        Modules that are left as they are: those for arrays of other libraries.
    calls_numpy : bool, optional
        Whether its names for NumPy become the namespace of adopted packages, which is the default.
        An array library that is a consumer too, of other libraries' arrays, keeps NumPy itself: in
        its code its own arrays must not pass for ndarrays.
    importing : callable, optional
        Returns a context in which its package is imported, where it is adopted before that.
    """

    def __init__(
        self,
        name: str,
        rows: Mapping[str, tuple[Row, ...]] = MappingProxyType({}),
        names: Mapping[str, Make] = MappingProxyType({}),
        keeps: frozenset[str] = frozenset(),
        calls_numpy: bool = True,
        importing: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        self.name, self.rows, self.names, self.keeps = name, rows, names, keeps
        self.calls_numpy, self.importing = calls_numpy, importing

    def __repr__(self) -> str:
        return f"<arrayproto consumer {self.name!r}>"


def holder_of(module: str, path: str) -> tuple[Any, str]:
    """The object that has what a row names, and the name of the attribute.

    Raises
    ------
    AttributeError
        If this version of the consumer has no such thing.
    """
    held: Any = sys.modules[module]
    path, _, variable = path.partition(":")
    *parts, name = path.split(".")
    for part in parts:
        held = vars(held)[part] if part in vars(held) else getattr(held, part)
    if not variable:
        return held, name
    function = getattr(held, name)
    names = function.__code__.co_freevars
    if variable not in names:
        raise AttributeError(f"{module}.{path} has not closed over {variable!r}")
    return function.__closure__[names.index(variable)], "cell_contents"
