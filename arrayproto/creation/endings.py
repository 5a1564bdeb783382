"""The endings of a program: its arrays printed, formatted, iterated over, made lists or bytes.

A NumPy program ends with ``print(x.sum())`` or ``json.dumps(x.tolist())``. Dask's arrays show their
graph there, and most libraries lack some of the methods. As long as a context is open, the
program's own calls find what NumPy's arrays have: the values, copied to the host, since that is
what the program asks for. Everybody else, a notebook's display and the library itself included,
finds what the library has. So it is with methods that are NumPy's functions of the same name
(``x.astype``), which stay on the library.
"""

from __future__ import annotations

import contextlib
import functools
import math
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import arrayproto.numpy as anp

from ..libraries import Library
from ..patching import Patch
from ..ways_out import family
from . import own_first
from .context import asked_by_program
from .makers import Maker

#: What shows an array's values, on every library.
TEXTS = ("__str__", "__repr__", "__format__")
#: Methods of NumPy's arrays, where a library's have none: what each makes of the ndarray.
METHODS = ("item", "tolist", "tobytes", "tofile")
#: The same: functions of the same name, whose first argument is the array.
FUNCTIONS = (
    *("argpartition", "argsort", "astype", "clip", "copy", "cumprod", "cumsum"),
    *("diagonal", "dot", "nonzero", "ravel", "repeat", "round", "searchsorted", "squeeze", "std"),
    *("swapaxes", "take", "trace", "var"),
)
#: Bytes up to which an array is iterated over at once; larger ones in Dask's blocks.
AT_ONCE = 2**27


# What is shown ------------------------------------------------------------------------------------


def corners(maker: Maker, array: Any, threshold: int, edgeitems: int) -> np.ndarray | None:
    """Of an array too large to be shown whole, what NumPy shows of it; None of others.

    Parameters
    ----------
    maker : Maker
    array : array
        Of the library.
    threshold, edgeitems : int
        As of `numpy.set_printoptions`.

    Returns
    -------
    ndarray or None
        No longer than ``2 * edgeitems + 1`` along any axis: with the threshold 0, NumPy's text of
        it is that of the whole array.
    """
    shape = tuple(array.shape)
    if not all(isinstance(n, int) for n in shape) or math.prod(shape) <= threshold:
        return None
    for axis, length in enumerate(shape):
        if length > 2 * edgeitems + 1:
            before = (slice(None),) * axis
            ends = (
                array[(*before, slice(0, edgeitems + 1))],
                array[(*before, slice(-edgeitems, None))],
            )
            array = anp.concatenate(ends, axis=axis) if edgeitems else ends[0]
    return maker.to_host(array)


def text(maker: Maker, array: Any, write: Callable[..., str], **options: Any) -> str:
    """NumPy's text of an array, of which no more than that is copied to the host.

    Parameters
    ----------
    maker : Maker
    array : array
        Of the library.
    write : callable
        `str`, `repr` or one of NumPy's printing functions.
    **options
        Of that function.
    """
    current = np.get_printoptions()
    threshold, edgeitems = (
        current[name] if options.get(name) is None else options[name]
        for name in ("threshold", "edgeitems")
    )
    shown = corners(maker, array, threshold, edgeitems)
    if shown is None:
        host = maker.to_host(array)
        return write(host if host.ndim else host[()], **options)
    if "threshold" in options:
        options["threshold"] = 0
    with np.printoptions(threshold=0):
        written = write(shown, **options)
    return written.replace(f"shape={shown.shape}", f"shape={tuple(array.shape)}")


def _texts(maker: Maker, name: str, own: Callable[..., Any]) -> Callable[..., Any]:
    writes: dict[str, Callable[[Any], str]] = {"__str__": str, "__repr__": repr}
    write = writes.get(name)

    def for_program(self: Any, *spec: str) -> Any:
        if write is not None:
            return text(maker, self, write)
        if not any(spec):
            return text(maker, self, str)
        host: Any = maker.to_host(self)
        return format(host if host.ndim else host[()], *spec)

    def shown(self: Any, *spec: str) -> Any:
        return (for_program if asked_by_program(sys._getframe(1)) else own)(self, *spec)

    # What stands over this calls the one or the other: it is not the program.
    vars(shown).update(own=own, for_program=for_program, asked_by_program=asked_by_program)
    return shown


# What arrays have ---------------------------------------------------------------------------------


class _Method:
    """A method of NumPy's arrays, which only the program's own code finds."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name, self.function = name, function

    def __get__(self, array: Any, cls: type) -> Any:
        if not asked_by_program(sys._getframe(1)):
            raise AttributeError(f"{cls.__name__!r} object has no attribute {self.name!r}")
        if array is None:
            return getattr(np.ndarray, self.name)
        call = functools.partial(self.function, array)
        call.__doc__ = getattr(np.ndarray, self.name).__doc__
        return call


class _Attribute:
    """An attribute of NumPy's arrays, likewise."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, array: Any, cls: type) -> Any:
        if not asked_by_program(sys._getframe(1)):
            raise AttributeError(f"{cls.__name__!r} object has no attribute {self.name!r}")
        return (
            getattr(np.ndarray, self.name)
            if array is None
            else own_first.as_numpys(self.name, array)
        )


def _of_host(maker: Maker, name: str, array: Any, *args: Any, **kwargs: Any) -> Any:
    return getattr(maker.to_host(array), name)(*args, **kwargs)


def _rounded(maker: Maker) -> Callable[..., Any]:
    def __round__(self: Any, *digits: Any) -> Any:
        if self.ndim or not asked_by_program(sys._getframe(1)):
            raise TypeError(f"type {type(self).__name__} doesn't define __round__ method")
        host: Any = maker.to_host(self)
        return round(host[()], *digits)

    return __round__


def _row(maker: Maker, array: Any, index: int) -> Any:
    row = array[index]
    if maker.views is not None:
        maker.views.remember(array, index, row)
    return row


def _iterated(maker: Maker, own: Callable[..., Any]) -> Callable[..., Any]:
    """The elements of an array with one axis are numbers, as NumPy's are; rows stay lazy."""

    def __iter__(self: Any) -> Iterator[Any]:
        if asked_by_program(sys._getframe(1)):
            if self.ndim == 1:
                # The size is NaN where Dask does not know it.
                parts = self.blocks if self.nbytes > AT_ONCE else [self]
                return (number for part in parts for number in maker.to_host(part))
            if self.ndim and math.isnan(self.shape[0]):
                self.compute_chunk_sizes()
            return map(functools.partial(_row, maker, self), range(len(self)))
        return own(self)  # type: ignore[no-any-return]

    return __iter__


def _counted(own: Callable[..., Any]) -> Callable[..., Any]:
    def __len__(self: Any) -> int:
        if self.ndim and math.isnan(self.shape[0]) and asked_by_program(sys._getframe(1)):
            self.compute_chunk_sizes()
        return own(self)  # type: ignore[no-any-return]

    return __len__


# In and out ---------------------------------------------------------------------------------------


def _patches(maker: Maker) -> Iterator[Patch]:
    base: Any
    replaced = list(own_first.replaced(maker))  # of the library's own members, not of those here
    for base in maker.library.classes:
        for name in TEXTS:
            for cls in family(base, maker.library):
                if cls is base or name in vars(cls):
                    yield Patch.apply(cls, name, _texts(maker, name, getattr(cls, name)))
        for name in METHODS:
            if not hasattr(base, name):
                function = functools.partial(_of_host, maker, name)
                yield Patch.apply(base, name, _Method(name, function))
        for name in FUNCTIONS:
            if not hasattr(base, name):
                yield Patch.apply(base, name, _Method(name, getattr(anp, name)))
        for name in (*own_first.MEMBERS, "flatten"):
            if not hasattr(base, name):
                yield Patch.apply(
                    base, name, _Method(name, functools.partial(own_first.as_numpys, name))
                )
        for name, change in own_first.CHANGING.items():
            if not hasattr(base, name):
                yield Patch.apply(base, name, _Method(name, change))
        for name in own_first.ATTRIBUTES:
            if not hasattr(base, name):
                yield Patch.apply(base, name, _Attribute(name))
        if not hasattr(base, "__round__"):
            yield Patch.apply(base, "__round__", _rounded(maker))
        if maker.lazy:
            yield Patch.apply(base, "__iter__", _iterated(maker, base.__iter__))
            yield Patch.apply(base, "__len__", _counted(base.__len__))
    for cls, name, function in (*replaced, *maker.members()):
        yield Patch.apply(cls, name, function)


_lock = threading.RLock()
_counts: dict[Library, int] = {}
_applied: dict[Library, list[Patch]] = {}
#: By library, what copies its arrays to the host while a context for it is open.
open_makers: dict[Library, Maker] = {}


def _enter(maker: Maker) -> None:
    library = maker.library
    with _lock:
        _counts[library] = _counts.get(library, 0) + 1
        if _counts[library] > 1:
            return
        open_makers[library] = maker
        applied = _applied[library] = []
        try:
            applied.extend(_patches(maker))
        except TypeError:  # a class of C's, which takes no attribute: it is as it is
            for patch in reversed(applied):
                patch.undo("using()")
            applied.clear()


def _leave(maker: Maker) -> None:
    library = maker.library
    with _lock:
        _counts[library] -= 1
        if not _counts[library]:
            del _counts[library], open_makers[library]
            for patch in reversed(_applied.pop(library)):
                patch.undo("using()")


@contextlib.contextmanager
def given(maker: Maker) -> Iterator[None]:
    """Give the arrays of a maker's library the endings, as long as any context for it is open."""
    _enter(maker)
    try:
        yield
    finally:
        _leave(maker)


def taking_ndarrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is given ndarrays, where a call has arrays of the open libraries.

    What is lazy is computed at once, so that what the arguments have in common is computed once.
    Lists and tuples are looked through.
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for maker in tuple(open_makers.values()):
            found: list[Any] = []
            for value in (*args, *kwargs.values()):
                _collect(maker, value, found)
            if found:
                hosts = iter(maker.to_hosts(found))
                args = tuple(_replaced(maker, value, hosts) for value in args)
                kwargs = {key: _replaced(maker, value, hosts) for key, value in kwargs.items()}
        return function(*args, **kwargs)

    return call


def _collect(maker: Maker, value: Any, found: list[Any]) -> None:
    if maker.is_own(value):
        found.append(value)
    elif type(value) in (list, tuple):
        for item in value:
            _collect(maker, item, found)


def _replaced(maker: Maker, value: Any, hosts: Iterator[np.ndarray]) -> Any:
    if maker.is_own(value):
        return next(hosts)
    if type(value) in (list, tuple):
        return type(value)(_replaced(maker, item, hosts) for item in value)
    return value
