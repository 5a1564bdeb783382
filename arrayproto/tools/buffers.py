"""Buffers: the memory of arrays that C code reads without asking Python, watched in C.

JAX, TensorFlow, MLX and CuPy give their memory through a slot of their type (``bf_getbuffer``).
NumPy reads it first, before it asks for ``__array__``; so does ``memoryview``, ``bytes`` or the
``write`` of a file. The C code puts a function of its own into the slot, which asks whoever
watches. A class that is written in Python has a method ``__buffer__`` instead, since Python 3.12,
which is an attribute like others. That of a class in C is not: replaced, it gives all buffers in
Python's way, which MLX, for one, does not survive.
"""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import FrameType, WrapperDescriptorType
from typing import Any

import numpy as np

from ..accelerator import buffers
from ..locks import lock

#: Takes a buffer, and returns its length; to be called once.
Take = Callable[[], int]
#: Is given the array, the flags of the protocol, the frame that wants the buffer, and what takes
#: it. What an observer raises refuses the buffer.
Observer = Callable[[Any, int, "FrameType | None", Take], int]

#: A method of a class that is written in C.
_of_c = object.__repr__
_lock = lock("patching")
_observers: tuple[Observer, ...] = ()
#: How many patches of each class were not undone yet.
_patched: Counter[type] = Counter()


def observe(observer: Observer, on: bool) -> None:
    """Begin or end to ask somebody for the buffers of all classes that have a `BufferPatch`."""
    global _observers
    with _lock:
        others = tuple(one for one in _observers if one is not observer)
        _observers = (*others, observer) if on else others
        if buffers is not None:
            buffers.observe(_asked if _observers else None)


def _asked(array: Any, flags: int, take: Take) -> int:
    frame = sys._getframe().f_back
    for observer in _observers:
        take = partial(observer, array, flags, frame, take)
    return take()


class BufferPatch:
    """The slots of a class, and of those derived from it, that ask; undone as a `Patch` is.

    A class that is derived meanwhile inherits what is in the slot; since Python 3.12, what was.

    Attributes
    ----------
    cls : type
    """

    def __init__(self, cls: type) -> None:
        self.cls = cls

    @staticmethod
    def apply(cls: type) -> BufferPatch:
        with _lock:
            _patched[cls] += 1
            for child in slots_of(cls):
                buffers.put(child)
        return BufferPatch(cls)

    def undo(self, since: str) -> str | None:
        """Restore the slots; leave alone what somebody else put there, and say where."""
        with _lock:
            if _patched[self.cls] == 1 and buffers is not None:
                left = [child for child in _family(self.cls) if not buffers.put_back(child)]
                if left:
                    return f"the buffer slot of {left[0].__qualname__} was replaced after {since}"
            _patched[self.cls] -= 1
            if not _patched[self.cls]:
                del _patched[self.cls]
        return None


def slots_of(cls: type) -> list[type]:
    """A class and those derived from it, as far as they are `by_slot`.

    Parameters
    ----------
    cls : type
    """
    return [child for child in dict.fromkeys(_family(cls)) if by_slot(child)]


@contextlib.contextmanager
def asking(observer: Observer, classes: Iterable[type]) -> Iterator[None]:
    """Ask somebody for the buffers of classes, which are `by_slot`, and of no others.

    Parameters
    ----------
    observer : callable
    classes : iterable of type
    """
    put = [cls for cls in classes if buffers.put(cls)]
    observe(observer, True)
    try:
        yield
    finally:
        observe(observer, False)
        for cls in put:
            buffers.put_back(cls)


def by_slot(cls: type) -> bool:
    """Whether it is C code that gives the memory of a class's arrays, and ours can be asked first.

    Parameters
    ----------
    cls : type
    """
    return (
        buffers is not None
        and bool(buffers.slot(cls))
        and isinstance(getattr(cls, "__buffer__", _of_c), WrapperDescriptorType)
        and not issubclass(cls, np.ndarray)
    )


def _family(cls: type) -> Iterator[type]:
    """A class and whatever was derived from it, by anybody."""
    yield cls
    child: type
    for child in type.__subclasses__(cls):
        yield from _family(child)
