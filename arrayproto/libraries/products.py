"""Products that are a library's own, wherever these are right."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..accelerator import speed

if TYPE_CHECKING:
    from .library import Library


class Product:
    """A row of a table of differences: `numpy.tensordot`, the library's own wherever it is right.

    Whether it is right is told from an ndarray behind each operand, which an array of the library
    has as an attribute. In C that costs next to nothing; without C `otherwise` sees to it.

    Parameters
    ----------
    otherwise : callable
        The right answer to every call.
    array_class : str
        Of both operands, below the library's module. No subclass of it.
    attribute : str
        Of an operand: the ndarray.
    rank : int or None
        None where the values of that ndarray must be finite, because what the library does not
        store is not multiplied. Otherwise the number of axes that are summed over by default: the
        ndarray must be of an inexact dtype, because those are not widened, and have as many axes
        as are summed over.
    """

    __slots__ = ("array_class", "attribute", "otherwise", "rank")

    def __init__(
        self, otherwise: Callable[..., Any], array_class: str, attribute: str, rank: int | None
    ) -> None:
        self.otherwise, self.array_class = otherwise, array_class
        self.attribute, self.rank = attribute, rank

    def make(self, library: Library) -> Callable[..., Any]:
        """What the library's table calls."""
        if speed is None:
            return self.otherwise
        own, cls = library.namespace.tensordot, getattr(library.namespace, self.array_class)
        call = speed.Product(
            own, cls, sys.intern(self.attribute), self.rank, np.generic, self.otherwise
        )
        return functools.update_wrapper(call, self.otherwise)
