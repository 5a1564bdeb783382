"""More forms of short ways (see `.short_ways`), for libraries whose calls take microseconds.

Each takes the library's function, and returns what makes the short way of the long one. Where the
library's function differs from NumPy's for some arguments, the form leaves these to the long way.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from .short_ways import Call, Maker, ShortWays

_KEEPDIMS = {"keepdims"}


class Forms(ShortWays):
    """The short ways of a library, by the form of the function.

    Parameters
    ----------
    *known
        As of `.short_ways.ShortWays`.
    rank, length : callable
        An array to its number of axes, or of elements; None where that is not known.
    """

    def __init__(
        self, *known: Any, rank: Callable[[Any], Any], length: Callable[[Any], Any]
    ) -> None:
        super().__init__(*known)
        self.rank, self.length = rank, length

    def reduced(self, native: Call, dtypes: tuple[Any, ...], *, empty: bool = True) -> Maker:
        """Over one axis, some, or all of them: ``native(a, axis, keepdims)``, or ``native(a)``.

        Parameters
        ----------
        empty : bool
            Whether it does what NumPy does where there are no elements.
        """
        own, refused, rank, length = self.own, self.refused, self.rank, self.length

        def make(long: Call) -> Call:
            def call(a: Any, axis: Any = None, *rest: Any, **kwargs: Any) -> Any:
                if not rest and own[type(a)] and a.dtype in dtypes and (empty or length(a)):
                    kept = kwargs.get("keepdims", False)
                    if type(kept) is bool and kwargs.keys() <= _KEEPDIMS:
                        try:
                            if axis is None and not kept:
                                return native(a)
                            # A number may be taken for a vector.
                            if rank(a) != 0 and (
                                type(axis) is int or (type(axis) is tuple and axis)
                            ):
                                return native(a, axis, kept)
                        except refused:
                            pass
                return long(a, axis, *rest, **kwargs)

            return call

        return make

    def along(self, native: Call, axis: int | None, dtypes: tuple[Any, ...] = ()) -> Maker:
        """Along one axis, ``native(a, axis)``, which is `axis` by default.

        Parameters
        ----------
        dtypes : tuple of dtype
            Those in which it is NumPy's; by default the real ones.
        """
        own, refused, rank = self.own, self.refused, self.rank
        default, dtypes = axis, dtypes or self.real

        def make(long: Call) -> Call:
            def call(a: Any, axis: Any = default, *rest: Any, **kwargs: Any) -> Any:
                if not rest and not kwargs and type(axis) is int and own[type(a)]:
                    if a.dtype in dtypes and rank(a):
                        try:
                            return native(a, axis)
                        except refused:
                            pass
                return long(a, axis, *rest, **kwargs)

            return call

        return make

    def alone(
        self, native: Call, dtypes: tuple[Any, ...] = (), ranks: Container[Any] | None = None
    ) -> Maker:
        """Of an array and nothing else; of every dtype unless `dtypes` says which."""
        own, refused, rank = self.own, self.refused, self.rank

        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 1 and not kwargs:
                    [a] = args
                    if own[type(a)] and (not dtypes or a.dtype in dtypes):
                        if ranks is None or rank(a) in ranks:
                            try:
                                return native(a)
                            except refused:
                                pass
                return long(*args, **kwargs)

            return call

        return make

    def by_integers(self, native: Call, count: int, *, number: bool = False) -> Maker:
        """Of an array of any dtype, if of a number too as NumPy has it, and so many integers."""
        own, refused, rank = self.own, self.refused, self.rank

        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == count + 1 and not kwargs and own[type(args[0])]:
                    if all(type(given) is int for given in args[1:]) and (number or rank(args[0])):
                        try:
                            return native(*args)
                        except refused:
                            pass
                return long(*args, **kwargs)

            return call

        return make

    def of_two(
        self, native: Call, dtypes: tuple[Any, ...], ranks: Container[Any] | None = None
    ) -> Maker:
        """Of two arrays of one dtype, both of one of the `ranks`, and nothing else."""
        own, refused, rank = self.own, self.refused, self.rank

        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 2 and not kwargs:
                    a, b = args
                    if own[type(a)] and own[type(b)] and a.dtype is b.dtype and a.dtype in dtypes:
                        if ranks is None or (rank(a) in ranks and rank(b) in ranks):
                            try:
                                return native(a, b)
                            except refused:
                                pass
                return long(*args, **kwargs)

            return call

        return make

    def clipped(self, native: Call) -> Maker:
        """Between two numbers, neither of them NaN: ``native(a, low, high)``."""
        own, refused, real = self.own, self.refused, self.real

        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 3 and not kwargs:
                    a, low, high = args
                    if type(low) in (int, float) and type(high) in (int, float):
                        if low == low and high == high and own[type(a)] and a.dtype in real:
                            try:
                                return native(a, low, high)
                            except refused:
                                pass
                return long(*args, **kwargs)

            return call

        return make

    def joined(self, native: Call) -> Maker:
        """Of a list or tuple of arrays of one dtype and as many axes, and nothing else."""
        own, refused, rank, inexact = self.own, self.refused, self.rank, self.inexact

        def make(long: Call) -> Call:
            def call(tup: Any, **kwargs: Any) -> Any:
                if not kwargs and type(tup) in (list, tuple) and tup:
                    if all(own[type(x)] for x in tup):
                        dtype, axes = tup[0].dtype, rank(tup[0])
                        if dtype in inexact:
                            if all(x.dtype is dtype and rank(x) == axes for x in tup):
                                try:
                                    return native(tup)
                                except refused:
                                    pass
                return long(tup, **kwargs)

            return call

        return make
