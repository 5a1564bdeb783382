"""The forms of PyTorch's functions for which there are short ways (see `.torch_shortcuts`).

Each maker takes PyTorch's function, and returns what makes the short way of the long one. Where
PyTorch's function differs from NumPy's for some arguments, the form leaves these to the long way.
"""

from __future__ import annotations

from typing import Any

from .short_ways import Call, Maker, ShortWays

#: What PyTorch raises where NumPy has an error, or an answer, of its own.
REFUSED = (RuntimeError, TypeError, IndexError, ValueError)
_KEEPDIMS = {"keepdims"}


class TorchWays(ShortWays):
    """The forms of PyTorch's functions, beside those of all libraries.

    Parameters
    ----------
    own : mapping of type to bool
        Which classes are those of its arrays.
    torch : module
    """

    def __init__(self, own: Any, torch: Any) -> None:
        super().__init__(
            own,
            (torch.float32, torch.float64),
            (torch.complex64, torch.complex128),
            REFUSED,
            (float, int),
        )
        self.torch = torch
        self.boolean = (torch.bool,)

    def reduced(self, native: Call, dtypes: tuple[Any, ...], *, empty: bool = True) -> Maker:
        """Over one axis, some, or all of them: ``native(a, axis, keepdims)``, or ``native(a)``.

        Parameters
        ----------
        empty : bool
            Whether it does what NumPy does where there are no elements.
        """
        own = self.own

        def make(long: Call) -> Call:
            def call(a: Any, axis: Any = None, *rest: Any, **kwargs: Any) -> Any:
                if not rest and own[type(a)] and a.dtype in dtypes and (empty or a.numel()):
                    kept = kwargs.get("keepdims", False)
                    if type(kept) is bool and kwargs.keys() <= _KEEPDIMS:
                        try:
                            if axis is None and not kept:
                                return native(a)
                            # It takes a number for a vector.
                            if a.ndim and (type(axis) is int or (type(axis) is tuple and axis)):
                                return native(a, axis, kept)
                        except REFUSED:
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
        own, default, dtypes = self.own, axis, dtypes or self.real

        def make(long: Call) -> Call:
            def call(a: Any, axis: Any = default, *rest: Any, **kwargs: Any) -> Any:
                if not rest and not kwargs and type(axis) is int and own[type(a)]:
                    if a.dtype in dtypes and a.ndim:
                        try:
                            return native(a, axis)
                        except REFUSED:
                            pass
                return long(a, axis, *rest, **kwargs)

            return call

        return make

    def alone(self, native: Call, dtypes: tuple[Any, ...] = (), ranks: Any = None) -> Maker:
        """Of an array and nothing else; of every dtype unless `dtypes` says which."""
        own = self.own

        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 1 and not kwargs:
                    [a] = args
                    if own[type(a)] and (not dtypes or a.dtype in dtypes):
                        if ranks is None or a.ndim in ranks:
                            try:
                                return native(a)
                            except REFUSED:
                                pass
                return long(*args, **kwargs)

            return call

        return make

    def by_integers(self, native: Call, count: int, *, number: bool = False) -> Maker:
        """Of an array of any dtype, if of a number too as NumPy has it, and so many integers."""
        own = self.own

        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == count + 1 and not kwargs and own[type(args[0])]:
                    if all(type(given) is int for given in args[1:]) and (number or args[0].ndim):
                        try:
                            return native(*args)
                        except REFUSED:
                            pass
                return long(*args, **kwargs)

            return call

        return make

    def of_two(self, native: Call, dtypes: tuple[Any, ...], ranks: Any = None) -> Maker:
        """Of two arrays of one dtype, both of one of the `ranks`, and nothing else."""
        own = self.own

        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 2 and not kwargs:
                    a, b = args
                    if own[type(a)] and own[type(b)] and a.dtype is b.dtype and a.dtype in dtypes:
                        if ranks is None or (a.ndim in ranks and b.ndim in ranks):
                            try:
                                return native(a, b)
                            except REFUSED:
                                pass
                return long(*args, **kwargs)

            return call

        return make

    def clip(self, long: Call) -> Call:
        """Between two numbers, neither of them NaN."""
        own, real, native = self.own, self.real, self.torch.clamp

        def call(*args: Any, **kwargs: Any) -> Any:
            if len(args) == 3 and not kwargs:
                a, low, high = args
                if type(low) in (int, float) and type(high) in (int, float):
                    if low == low and high == high and own[type(a)] and a.dtype in real:
                        try:
                            return native(a, low, high)
                        except REFUSED:
                            pass
            return long(*args, **kwargs)

        return call

    def flip(self, long: Call) -> Call:
        own, native = self.own, self.torch.flip

        def call(m: Any, axis: Any = None) -> Any:
            if own[type(m)]:
                try:
                    if axis is None:
                        return native(m, tuple(range(m.ndim)))
                    if type(axis) is int and m.ndim:
                        return native(m, (axis,))
                except REFUSED:
                    pass
            return long(m, axis)

        return call

    def roll(self, long: Call) -> Call:
        own, native = self.own, self.torch.roll

        def call(a: Any, shift: Any, axis: Any = None) -> Any:
            if own[type(a)] and type(shift) is int:
                try:
                    if axis is None:
                        return native(a, shift)
                    if type(axis) is int and -a.ndim <= axis < a.ndim:
                        return native(a, shift, axis)
                except REFUSED:
                    pass
            return long(a, shift, axis)

        return call

    def broadcast_to(self, long: Call) -> Call:
        own, native = self.own, self.torch.broadcast_to

        def call(array: Any, shape: Any, *rest: Any, **kwargs: Any) -> Any:
            # It takes -1 for a length that stays.
            if not rest and not kwargs and type(shape) is tuple and own[type(array)]:
                if all(type(length) is int and length >= 0 for length in shape):
                    try:
                        return native(array, shape)
                    except REFUSED:
                        pass
            return long(array, shape, *rest, **kwargs)

        return call

    def joined(self, native: Call) -> Maker:
        """Of a list or tuple of arrays of one dtype and as many axes, and nothing else."""
        own, inexact = self.own, self.inexact

        def make(long: Call) -> Call:
            def call(tup: Any, **kwargs: Any) -> Any:
                if not kwargs and type(tup) in (list, tuple) and tup:
                    if all(own[type(x)] for x in tup):
                        dtype, rank = tup[0].dtype, tup[0].ndim
                        if dtype in inexact:
                            if all(x.dtype is dtype and x.ndim == rank for x in tup):
                                try:
                                    return native(tup)
                                except REFUSED:
                                    pass
                return long(tup, **kwargs)

            return call

        return make
