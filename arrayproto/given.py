"""A method of NumPy's arrays that a class was given, and that adopted packages see."""

from __future__ import annotations

import sys
from collections.abc import Container
from typing import Any

from .view import asduck

#: What is no method.
ATTRIBUTES = ("T", "imag", "itemsize", "mT", "nbytes", "real", "size")


class Given:
    """A method or attribute of NumPy's arrays that the code of adopted modules sees.

    Parameters
    ----------
    name : str
    adopted : container of str
        The names of the modules that are adopted now.
    """

    def __init__(self, name: str, adopted: Container[str]) -> None:
        self.name, self.adopted = name, adopted

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        if sys._getframe(1).f_globals.get("__name__") not in self.adopted:
            raise AttributeError(f"{owner.__name__!r} object has no attribute {self.name!r}")
        found = getattr(asduck(instance), self.name)
        if self.name in ATTRIBUTES:
            return _native(found)
        return lambda *args, **kwargs: _native(found(*args, **kwargs))

    def __call__(self, instance: Any, /, *args: Any, **kwargs: Any) -> Any:
        """The method, of an array that it is given."""
        return _native(getattr(asduck(instance), self.name)(*args, **kwargs))


def _native(value: Any) -> Any:
    from .consumers.kept import native

    return native(value)
