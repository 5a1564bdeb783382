"""Operators, indices and methods that a library has, and refuses where NumPy would answer.

``x[::-1]`` of a tensor, ``x @ y`` of sparse arrays whose fill value is not zero, ``a + b`` of
TensorFlow's tensors of two dtypes raise an error. As long as a context is open the library's own is
called first; where it raises, the program's own calls get what NumPy's functions make of it, on the
library too. What it answers is its answer, as ever.
"""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import arrayproto.numpy as anp

from ..array_duck import METHODS
from ..ducks import unwrap
from ..libraries import Library
from ..view import asduck
from ..ways_out import family
from .context import asked_by_program
from .makers import Maker

#: By the name of an operator, NumPy's ufunc.
OPERATORS: dict[str, np.ufunc] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "truediv": np.true_divide,
    "floordiv": np.floor_divide,
    "mod": np.remainder,
    "pow": np.power,
    "matmul": np.matmul,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
}
_COMPARISONS = {"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal}
_SPECIAL: dict[str, tuple[np.ufunc | None, bool]] = {
    **{f"__{name}__": (ufunc, False) for name, ufunc in (OPERATORS | _COMPARISONS).items()},
    **{f"__r{name}__": (ufunc, True) for name, ufunc in OPERATORS.items()},
    "__getitem__": (None, False),
    "__setitem__": (None, False),
}
#: What a duck has, and a library's array lacks or has in another form.
MEMBERS = (*METHODS, "reshape", "transpose")
ATTRIBUTES = ("T", "flat", "imag", "itemsize", "mT", "nbytes", "real", "size")

_REFUSALS = (TypeError, ValueError, IndexError, NotImplementedError, RuntimeError)
_SEQUENCES = (list, tuple)


def refusals(library: Library) -> tuple[type[Exception], ...]:
    """By which errors a library's own methods refuse."""
    if library.name == "dask":
        return (*_REFUSALS, AssertionError)
    if library.name != "tensorflow":
        return _REFUSALS
    errors = library.namespace.errors
    return (*_REFUSALS, AttributeError, errors.InvalidArgumentError, errors.UnimplementedError)


def replaced(maker: Maker) -> Iterator[tuple[type, str, Any]]:
    """What stands in the place of the library's own: the class, the name, and what is called."""
    refused = refusals(maker.library)
    for base in maker.library.classes:
        for cls, name in _defined(family(base, maker.library), (*_SPECIAL, *MEMBERS)):
            own = getattr(cls, name)
            if callable(own):
                yield cls, name, _first(maker, name, own, refused)
        if maker.views is not None:
            for name, ufunc in OPERATORS.items():
                yield base, f"__i{name}__", _in_place(ufunc)
        elif maker.changes_numbers:
            for name in OPERATORS:
                own = getattr(base, f"__i{name}__", None)
                if own is not None:
                    yield base, f"__i{name}__", _of_number(own)
        for name in maker.copying:
            yield base, name, _copying(maker, getattr(base, name))
        if not hasattr(base, "__setitem__"):
            yield base, "__setitem__", _no_assignment(maker.library)


def _defined(classes: list[type], names: tuple[str, ...]) -> list[tuple[type, str]]:
    """Where classes have something under a name that they do not inherit from one another."""
    found: dict[tuple[type, str], type] = {}
    for cls in sorted(classes, key=lambda one: len(one.__mro__)):
        for name in names:
            holder = next((one for one in cls.__mro__ if name in vars(one)), object)
            bases = cls.__mro__[1:]
            if holder is not object and not any(found.get((b, name)) is holder for b in bases):
                found[cls, name] = holder
    return list(found)


def _first(maker: Maker, name: str, own: Any, refused: tuple[type[Exception], ...]) -> Any:
    if name == "__getitem__":
        return _index(maker, own, refused)
    if name == "__setitem__":
        return _assignment(maker, own, refused)
    if name in _SPECIAL:
        return _operator(own, *_SPECIAL[name], refused)
    return _method(name, own, refused)


def _operator(
    own: Any, ufunc: np.ufunc | None, reflected: bool, refused: tuple[type[Exception], ...]
) -> Any:
    assert ufunc is not None

    @functools.wraps(own)
    def operate(self: Any, other: Any) -> Any:
        try:
            result = own(self, other)
            if result is not NotImplemented or type(other) not in _SEQUENCES:
                return result
        except refused:
            if not asked_by_program(sys._getframe(1)):
                raise
            return ufunc(other, self) if reflected else ufunc(self, other)
        if not asked_by_program(sys._getframe(1)):
            return result
        return ufunc(other, self) if reflected else ufunc(self, other)

    return operate


def _index(maker: Maker, own: Any, refused: tuple[type[Exception], ...]) -> Any:
    @functools.wraps(own)
    def __getitem__(self: Any, key: Any) -> Any:
        try:
            return own(self, key)
        except refused:
            if not asked_by_program(sys._getframe(1)):
                raise
            return unwrap(asduck(self)[maker.ducks(key)])

    if maker.views is None:
        return __getitem__
    remember = maker.views.remember

    @functools.wraps(own)
    def taken(self: Any, key: Any) -> Any:
        if not asked_by_program(sys._getframe(1)):
            return own(self, key)
        try:
            part = own(self, key)
        except refused:
            return unwrap(asduck(self)[maker.ducks(key)])
        remember(self, key, part)
        return part

    return taken


def _assignment(maker: Maker, own: Any, refused: tuple[type[Exception], ...]) -> Any:
    @functools.wraps(own)
    def __setitem__(self: Any, key: Any, value: Any) -> None:
        try:
            own(self, key, value)
        except refused:
            if not maker.can_be_changed(self) or not asked_by_program(sys._getframe(1)):
                raise
            maker.write(self, key, value)

    if maker.views is None:
        return __setitem__
    views = maker.views

    @functools.wraps(own)
    def written(self: Any, key: Any, value: Any) -> None:
        if not asked_by_program(sys._getframe(1)):
            own(self, key, value)
        elif views.is_part(self, key, value):
            return
        else:
            try:
                own(self, key, value)
            except refused:
                maker.write(self, key, value)
        views.wrote(self)

    return written


def _in_place(ufunc: np.ufunc) -> Any:
    """``x += y`` changes the array, whoever else has it; a number is another number."""

    def operate(self: Any, other: Any) -> Any:
        unknown = any(map(math.isnan, (*self.shape, *getattr(other, "shape", ()))))
        if not self.ndim or unknown or not asked_by_program(sys._getframe(1)):
            return NotImplemented
        return ufunc(self, other, out=(self,))

    return operate


def _of_number(own: Any) -> Any:
    """``x += y`` where `x` is a number, ``np.sum(a)``: another one, not a change of that one."""

    @functools.wraps(own)
    def operate(self: Any, other: Any) -> Any:
        if self.ndim or not asked_by_program(sys._getframe(1)):
            return own(self, other)
        return NotImplemented

    return operate


def _copying(maker: Maker, own: Any) -> Any:
    """For a method that has the array itself where NumPy's has a copy, which is written to."""

    @functools.wraps(own)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = own(self, *args, **kwargs)
        kept = maker.shares(result, self) and kwargs.get("copy", True)
        return anp.copy(result) if kept and asked_by_program(sys._getframe(1)) else result

    return method


def _no_assignment(library: Library) -> Any:
    def __setitem__(self: Any, key: Any, value: Any) -> None:
        raise TypeError(
            f"{type(self).__name__!r} object does not support item assignment: arrays of "
            f"{library.name} never change. Write x = np.where(mask, value, x), or have NumPy make "
            'this array: with arrayproto.using("numpy")'
        )

    return __setitem__


def _method(name: str, own: Any, refused: tuple[type[Exception], ...]) -> Any:
    @functools.wraps(own)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return own(self, *args, **kwargs)
        except refused:
            if not asked_by_program(sys._getframe(1)):
                raise
            return as_numpys(name, self, *args, **kwargs)

    return method


def _sort(array: Any, axis: int = -1, **kwargs: Any) -> None:
    np.copyto(array, np.sort(array, axis, **kwargs))


def _fill(array: Any, value: Any) -> None:
    np.copyto(array, value, casting="unsafe")


#: Methods of NumPy's arrays that change them.
CHANGING: dict[str, Callable[..., None]] = {"fill": _fill, "sort": _sort}


class Flat:
    """``x.flat``: the elements of an array, one after another."""

    def __init__(self, array: Any) -> None:
        self._array = array

    def __len__(self) -> int:
        return int(np.size(self._array))

    def __iter__(self) -> Iterator[Any]:
        return iter(np.ravel(self._array))

    def __getitem__(self, key: Any) -> Any:
        return np.take(np.ravel(self._array), np.arange(len(self))[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        np.put(self._array, np.arange(len(self))[key], value)


def as_numpys(name: str, array: Any, *args: Any, **kwargs: Any) -> Any:
    """What NumPy's attribute or method of that name is of a library's array."""
    if name == "flat":
        return Flat(array)
    found = getattr(asduck(array), name)
    return unwrap(found(*args, **kwargs) if callable(found) else found)
