"""Conversions: of which arrays, on whose behalf, and which attempts are one and the same."""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from ..libraries import Library, library_of
from ..ways_out import EAGER, host_size

#: Classes of values that are no arrays of other libraries, and hold none.
NO_ARRAYS = frozenset({np.ndarray, int, float, complex, bool, str, bytes, dict, type(None)})

#: What NumPy tries, in this order; a buffer that it may write to it wants before another.
_STEPS = {"__buffer__": 1, "__array__": 2}
_WRITABLE = 1  # the flag of that


class Attempt(NamedTuple):
    """One of the ways in which NumPy tries to convert an array, each when the last one has failed.

    It takes an error of a watcher's for a failure too: so one conversion may be met three times.
    """

    step: int
    array: int
    frame: int
    instruction: int
    refused: bool = False

    @classmethod
    def of(cls, name: str, frame: FrameType | None, array: Any, flags: int = 0) -> Attempt | None:
        """The attempt to call a method; None for what is called by name, and not by NumPy."""
        step = _STEPS.get(name)
        if step is None or frame is None:
            return None
        return cls(step - (flags & _WRITABLE), id(array), id(frame), frame.f_lasti)

    def follows(self, other: Attempt | None) -> bool:
        """Whether NumPy makes it because the other one has failed."""
        return other is not None and other.step < self.step and other[1:4] == self[1:4]


def arrays_in(value: Any) -> Iterator[Any]:
    """Arrays of other libraries: the value itself, or what is in a list of them."""
    if type(value) in (list, tuple):
        # A list of numbers is not looked through: arrays stand at both ends of theirs.
        if value and any(map(_is_duck, (_innermost(value[0]), _innermost(value[-1])))):
            for item in value:
                yield from arrays_in(item)
    elif _is_duck(value):
        yield value


def _innermost(value: Any) -> Any:
    while type(value) in (list, tuple) and value:
        value = value[0]
    return value


def _is_duck(value: Any) -> bool:
    cls = type(value)
    if cls in NO_ARRAYS or issubclass(cls, (np.ndarray, np.generic)):
        return False
    if cls.__module__.startswith("arrayproto."):  # views of arrays, on the way of a call
        return False
    named = ("__array_function__", "__array_namespace__")
    return library_of(cls) is not None or any(hasattr(cls, name) for name in named)


def is_own(array: Any, frame: FrameType | None) -> bool:
    """Whether it is the array's own library that converts it, which is its business."""
    library = library_of(type(array))
    return library is not None and library.name in EAGER and package_of(frame) in own_roots(library)


def package_of(frame: FrameType | None) -> str:
    """The top-level package whose code it is; "" for none."""
    return "" if frame is None else frame.f_globals.get("__name__", "").partition(".")[0]


def own_roots(library: Library) -> frozenset[str]:
    """The packages whose conversions are the library's business; NumPy's are whoever's calls it."""
    return library.roots - {"numpy"}


def size_of(value: Any) -> int:
    """Bytes of an array, or of all in what may hold some: the arguments of ``dask.compute``."""
    if type(value) in (list, tuple):
        return sum(map(size_of, value))
    if type(value) is dict:
        return sum(map(size_of, value.values()))
    return host_size(value)
