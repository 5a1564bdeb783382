"""Buffers: the memory of arrays that C code reads without asking Python, watched by ``_buffers.c``.

JAX, TensorFlow, MLX and CuPy give their memory through a slot of their type (``bf_getbuffer``).
NumPy reads it first, before it asks for ``__array__``; so does ``memoryview``, ``bytes`` or the
``write`` of a file. A class shows the slot as ``__buffer__`` since Python 3.12, if it was made so;
there it is an attribute like others. Where it is none, the C code puts a function of its own into
the slot, which calls whoever watches. Without the C code such buffers are not seen.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType
from typing import Any

import numpy as np

from ..accelerator import buffers
from ..locks import lock

#: Takes a buffer, and returns its length; to be called once.
Take = Callable[[], int]
#: Is given the array, the flags of the protocol, the frame that wants the buffer, and what takes
#: it. What an observer raises refuses the buffer.
Observer = Callable[[Any, int, "FrameType | None", Take], int]

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
            for child in _family(cls):
                if _is_hidden(child):
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


def _is_hidden(cls: type) -> bool:
    """Whether arrays of a class give their memory by a slot that it does not show."""
    return (
        buffers is not None
        and bool(buffers.slot(cls))
        and not hasattr(cls, "__buffer__")
        and not issubclass(cls, np.ndarray)
    )


def _family(cls: type) -> Iterator[type]:
    """A class and whatever was derived from it, by anybody."""
    yield cls
    child: type
    for child in type.__subclasses__(cls):
        yield from _family(child)
