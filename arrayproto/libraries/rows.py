"""The rows of a library's table of differences from NumPy.

A callable is a row too: it is called in the place of NumPy's function. What a library has not got
is `Unsupported`, and `Product` is of products that are its own wherever these are right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from .products import Product
from .unsupported import Unsupported

if TYPE_CHECKING:
    from .library import Library


class Renamed:
    """A row of a table of differences: the same function under other names.

    Parameters
    ----------
    path : str
        The library's function, dotted below the library's module; "" for NumPy's own name.
    arguments : mapping of str to str
        NumPy's argument names to the library's.
    own_defaults : frozenset of str
        Arguments whose default is the library's, although it differs from NumPy's.
    refused : frozenset of str
        Arguments that the library's function has, and does not do as NumPy does.
    named : bool
        Whether the results, a plain tuple there, have names in NumPy.
    """

    __slots__ = ("arguments", "named", "own_defaults", "path", "refused")

    def __init__(
        self,
        path: str = "",
        arguments: Mapping[str, str] = MappingProxyType({}),
        own_defaults: frozenset[str] = frozenset(),
        refused: frozenset[str] = frozenset(),
        named: bool = False,
    ) -> None:
        self.path, self.arguments, self.own_defaults = path, arguments, own_defaults
        self.refused, self.named = refused, named


class Derived:
    """A row of a table of differences: the derived function, although the library has its own."""

    __slots__ = ()


class OfCore:
    """A row: by way of the core, although the library has a function of its own."""

    __slots__ = ()


class Made:
    """A row that makes what is called, for a library with a core."""

    __slots__ = ()

    def make(
        self, library: Library, function: Callable[..., Any], ducks: Callable[..., Any]
    ) -> Callable[..., Any]:
        """What is called for NumPy's `function`, which goes through ducks otherwise."""
        raise NotImplementedError


class Native:
    """A row for a ufunc's method: the library's ``__array_ufunc__`` does what NumPy does."""

    __slots__ = ()


Row: TypeAlias = (
    Renamed | Unsupported | Derived | OfCore | Made | Native | Product | Callable[..., Any]
)
