"""A consumer's table by class, with what stands for the classes of duck arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class ByClass(dict[Any, Any]):
    """A table by class, or by several classes, that knows those of duck arrays.

    Parameters
    ----------
    own : dict
        The consumer's. What is registered meanwhile is put there, and stays when this goes.
    of_ducks : callable
        Given a key that `own` has not got, with the class of a duck array in it, returns the value.
    """

    def __init__(self, own: dict[Any, Any], of_ducks: Callable[[Any], Any]) -> None:
        super().__init__()
        self.own, self.of_ducks = own, of_ducks

    def __missing__(self, key: Any) -> Any:
        if key in self.own:
            return self.own[key]
        if any(map(is_duck_class, key if isinstance(key, tuple) else (key,))):
            return self.of_ducks(key)
        raise KeyError(key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.own[key] = value

    def __delitem__(self, key: Any) -> None:
        del self.own[key]

    def __contains__(self, key: object) -> bool:
        return key in self.own

    def keys(self) -> Any:
        return self.own.keys()


def is_duck_class(cls: Any) -> bool:
    """Whether a class is one of the arrays of an adapted library, or of `arrayproto.asduck`."""
    from ..ducks import Duck
    from ..libraries import library_of

    return isinstance(cls, type) and (issubclass(cls, Duck) or library_of(cls) is not None)
