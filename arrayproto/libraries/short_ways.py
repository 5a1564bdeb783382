"""Short ways: a library's own functions, called at once where they do what NumPy's do.

The common case is arrays of one floating-point or complex dtype, and plain arguments. Whatever else
comes, or what the library refuses, goes the long way, which knows NumPy's rules and NumPy's errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Call = Callable[..., Any]
#: Makes the short way of a function of the long one.
Maker = Callable[[Call], Call]


def _same(one: Any, other: Any) -> bool:
    """Whether dtypes are equal; to compare them may take longer than the rest."""
    return one is other or one == other


def axes_of_both(axes: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The axes that `numpy.tensordot` is given by name: those of both arrays, as many of each.

    Raises
    ------
    TypeError, ValueError
        For all that is not plain integers, which the long way is for.
    """
    of_both = [(given,) if type(given) is int else tuple(given) for given in axes]
    of_a, of_b = of_both
    if len(of_a) != len(of_b) or not all(type(axis) is int for axis in of_a + of_b):
        raise ValueError
    return of_a, of_b


class Own(dict[type, bool]):
    """Whether a class is one of a library's arrays; `issubclass` is asked once for each."""

    def __init__(self, *classes: type) -> None:
        super().__init__()
        self._classes = classes

    def __missing__(self, cls: type) -> bool:
        found = issubclass(cls, self._classes)
        if found:  # classes of others may come and go
            self[cls] = found
        return found


class ShortWays:
    """The short ways of a library, by the form of the function.

    Parameters
    ----------
    own : mapping of type to bool
        Which classes are those of its arrays.
    real, complex : iterable of dtype
        Its floating-point dtypes, of which NumPy has the same, and its complex ones.
    refused : tuple of type
        What it raises where NumPy has an error, or an answer, of its own.
    numbers : tuple of type
        Of Python's numbers, those that take the dtype of the real array beside them.
    """

    def __init__(
        self,
        own: Own,
        real: Iterable[Any],
        complex: Iterable[Any],
        refused: tuple[type[Exception], ...],
        numbers: tuple[type, ...] = (float,),
    ) -> None:
        self.own, self.refused, self.numbers = own, refused, numbers
        # No sets: the hash of a dtype may take longer than the rest, and identity is seen first.
        self.real = tuple(real)
        self.inexact = (*self.real, *complex)

    def unary(self, native: Call) -> Maker:
        inexact = self.inexact

        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 1 and not kwargs and args[0].dtype in inexact:
                    return native(args[0])
                return long(*args, **kwargs)

            return call

        return make

    def binary(self, native: Call) -> Maker:
        """Of two arrays, or of one and a number."""
        return self._binary(native, self.inexact)

    def real_binary(self, native: Call) -> Maker:
        return self._binary(native, self.real)

    def _binary(self, native: Call, dtypes: tuple[Any, ...]) -> Maker:
        own, refused, numbers = self.own, self.refused, self.numbers

        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 2 and not kwargs:
                    a, b = args
                    if own[type(a)]:
                        dtype = a.dtype
                        if dtype in dtypes and (
                            type(b) in numbers or (own[type(b)] and _same(b.dtype, dtype))
                        ):
                            try:
                                return native(a, b)
                            except refused:
                                pass
                return long(*args, **kwargs)

            return call

        return make

    def einsum(self, native: Call) -> Maker:
        own, refused, inexact = self.own, self.refused, self.inexact

        def make(long: Call) -> Call:
            def call(*operands: Any, **kwargs: Any) -> Any:
                subscripts, *arrays = operands
                if not kwargs and type(subscripts) is str and arrays:
                    dtype = getattr(arrays[0], "dtype", None)
                    if (
                        all(own[type(x)] and _same(x.dtype, dtype) for x in arrays)
                        and dtype in inexact
                    ):
                        try:
                            return native(subscripts, *arrays)
                        except refused:
                            pass
                return long(*operands, **kwargs)

            return call

        return make

    def where(self, native: Call, boolean: Any) -> Maker:
        own, refused, inexact = self.own, self.refused, self.inexact

        def make(long: Call) -> Call:
            def call(condition: Any, *rest: Any) -> Any:
                if len(rest) == 2 and own[type(condition)] and _same(condition.dtype, boolean):
                    x, y = rest
                    if own[type(x)] and own[type(y)]:
                        if _same(x.dtype, y.dtype) and x.dtype in inexact:
                            try:
                                return native(condition, x, y)
                            except refused:
                                pass
                return long(condition, *rest)

            return call

        return make

    def joining(self, native: Call) -> Maker:
        own, refused, inexact = self.own, self.refused, self.inexact

        def make(long: Call) -> Call:
            def call(arrays: Any, axis: Any = 0, *rest: Any, **kwargs: Any) -> Any:
                if not rest and not kwargs and type(axis) is int and type(arrays) in (list, tuple):
                    if arrays and all(own[type(x)] for x in arrays):
                        dtype = arrays[0].dtype
                        if dtype in inexact and all(_same(x.dtype, dtype) for x in arrays):
                            try:
                                return native(arrays, axis)
                            except refused:
                                pass
                return long(arrays, axis, *rest, **kwargs)

            return call

        return make
