"""Watch calls and conversions while somebody wants to know of them.

Everything is put in place when the first watcher begins and taken away, by identity, when the last
one ends: a call costs nothing in between. Calls are seen in the tables of the libraries, or around
the protocol of libraries that are not active; conversions at the ways out (`arrayproto.ways_out`)
and at NumPy's functions that make an ndarray of anything. No array is kept.
"""

from __future__ import annotations

import functools
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from threading import get_ident
from time import perf_counter
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from .. import activation, fallback, namespace
from ..errors import REFUSALS, ArrayProtoWarning
from ..import_hook import ImportWatcher
from ..libraries import LIBRARIES, Library, Resolution, library_of, watched
from ..patching import Patch, Undoing
from ..rebinding import ReboundFunction, one_for_each
from ..ways_out import COERCING, EAGER, Found, Kind, elements, gives_buffers, host_size, ways_out
from . import buffers
from .computing import watched_schedulers
from .conversions import NO_ARRAYS, Attempt, arrays_in, is_own, own_roots, package_of, size_of
from .sites import site_of

_PROTOCOL = ("__array_function__", "__array_ufunc__")
_OF_COERCING: dict[str, Kind] = {"from_dlpack": "dlpack", "frombuffer": "buffer"}


class Event(NamedTuple):
    """A call, or a conversion, that was seen.

    Attributes
    ----------
    what : {"call", "conversion"}
    name : str
        ``"numpy.tensordot"``; for a conversion the way out, ``"COO.todense"``.
    library : str
        The array library.
    kind : str
        Of a call: "native", "bridged", "derived", "stock" (the library's own protocol), "converted"
        (by ``fallback="convert"``), "refused", or "raised" (an error of the library's or of
        NumPy's). Of a conversion: one of `arrayproto.ways_out.KINDS`.
    file, line : str, int
        The user's line.
    via : str
        The line of a package in between, "" if there is none.
    during : str
        Of a conversion: the call that it was a part of, "" if none.
    start, seconds : float
        By `time.perf_counter`, and how long it took.
    nbytes : int
        Of a call: the size of the result. Of a conversion: of the array, as an ndarray. 0 where it
        is not known.
    thread : int
        Its identifier.
    """

    what: str
    name: str
    library: str
    kind: str
    file: str
    line: int
    via: str
    during: str
    start: float
    seconds: float
    nbytes: int
    thread: int


class Leaving(NamedTuple):
    """A conversion that is about to be done.

    Attributes
    ----------
    name, library, kind : str
        As of `Event`.
    nbytes : int
    file, line, via, during
        As of `Event`.
    again : bool
        Whether it was refused a moment ago, and is tried in another way.
    """

    name: str
    library: str
    kind: Kind
    nbytes: int
    file: str
    line: int
    via: str
    during: str
    again: bool = False


class Watcher:
    """Somebody who wants to know; to be subclassed.

    Attributes
    ----------
    wants_calls : bool
        Whether calls are wanted too, and not conversions alone.
    """

    wants_calls = False

    def leaving(self, conversion: Leaving) -> None:
        """Called before a conversion; what it raises prevents it."""

    def seen(self, event: tuple[Any, ...]) -> None:
        """Called after a call or a conversion, with the fields of `Event`."""


class _Here(threading.local):
    """What this thread is doing."""

    calling = ""  # the outermost call
    leaving = False  # in a conversion
    failed: Attempt | None = None  # the last conversion that did not come about


_here = _Here()
_lock = activation.lock  # classes change here too
_watchers: tuple[Watcher, ...] = ()
_seen: tuple[Callable[[tuple[Any, ...]], None], ...] = ()  # of those who want calls


def begin(watcher: Watcher) -> None:
    """Let somebody watch."""
    global _watchers, _seen
    with _lock:
        _watchers = (*_watchers, watcher)
        _seen = tuple(w.seen for w in _watchers if w.wants_calls)
        try:
            _state.reconcile()
        except BaseException:  # undone whatever it was, and raised again
            end(watcher)
            raise


def end(watcher: Watcher) -> None:
    """Let somebody watch no more; the last one takes everything away."""
    global _watchers, _seen
    with _lock:
        _watchers = tuple(w for w in _watchers if w is not watcher)
        _seen = tuple(w.seen for w in _watchers if w.wants_calls)
        _state.reconcile()


# What is in place ---------------------------------------------------------------------------------


class _State:
    """What was put in place; changed under the lock only."""

    def __init__(self) -> None:
        # None for NumPy's functions.
        self.conversions: dict[Library | None, list[Patch | buffers.BufferPatch]] = {}
        self.protocols: dict[Library, list[Patch]] = {}
        self.calls = False
        self.imports = ImportWatcher(self.imported)

    def reconcile(self) -> None:
        """Bring the process in line with who is watching."""
        _undoing.retry()
        self.watch_calls(bool(_seen))
        buffers.observe(_buffer, bool(_watchers))
        messages = [] if _seen else _undo(self.protocols)
        if _watchers:
            self.look()
        else:
            messages += _undo(self.conversions)
        self.imports.watch(self.awaited() if _watchers else set())
        for message in messages:
            warnings.warn(message, ArrayProtoWarning, stacklevel=_outside())

    def watch_calls(self, on: bool) -> None:
        if on != self.calls:
            self.calls = on
            watched.watch(_around_call if on else None)
            activation.listen(self.activation_changes, on)
            fallback.listeners = (_answered,) if on else ()

    def look(self) -> None:
        """Put in place what is missing, for the libraries that the program has imported."""
        if None not in self.conversions:
            self.conversions[None] = [
                Patch.apply(np, name, _coercing(name, getattr(np, name)))
                for name in COERCING
                if hasattr(np, name)
            ]
        for library in watched.everyone():
            if library.loaded() is None or not library.has_classes():
                continue
            if library not in self.conversions:
                patches = (_way_out(library, way) for way in ways_out(library))
                self.conversions[library] = [patch for patch in patches if patch is not None]
                if gives_buffers(library):
                    slots = map(buffers.BufferPatch.apply, library.classes)
                    self.conversions[library].extend(slots)
                if library.name == "dask":
                    self.conversions[library] += filter(None, [watched_schedulers(_computed)])
            if _seen and library not in self.protocols and not activation.is_active(library):
                self.protocols[library] = list(_around_protocol(library))

    def awaited(self) -> set[str]:
        names = {name for one in LIBRARIES.values() for name in (one.root, one.module)}
        return names - sys.modules.keys()

    def imported(self, module: str) -> None:
        with _lock:
            if _watchers:
                self.look()

    def activation_changes(self, begins: bool) -> None:
        """What is around the protocols is out of the way while they are changed."""
        if begins:
            _undo(self.protocols)
        else:
            self.look()


def _undo(patches: dict[Any, list[Any]]) -> list[str]:
    """Undo all of them; what could not be undone, in words."""
    found = [patch for held in patches.values() for patch in held]
    patches.clear()
    for patch in found:
        if isinstance(patch, Patch):
            namespace.stand_in(patch.ours, None)
    return _undoing.undo(reversed(found))


def _outside() -> int:
    """The number of frames up to the first that is no tool's."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and (frame.f_globals.get("__name__") or "").startswith(
        ("arrayproto.", "contextlib")
    ):
        level, frame = level + 1, frame.f_back
    return level


_globals = globals()
_undoing = Undoing("it was watched")
_state = _State()

# Calls --------------------------------------------------------------------------------------------


def _record(
    name: str, library: str, kind: str, frame: FrameType | None, start: float, result: Any
) -> None:
    seconds = perf_counter() - start
    file, line, via = site_of(frame)
    nbytes = _result_size(result)
    event = ("call", name, library, kind, file, line, via, "", start, seconds, nbytes, get_ident())
    for seen in _seen:
        seen(event)


#: Classes of results, and of their items, that hold nothing to speak of.
_NO_ARRAYS = frozenset({int, float, complex, bool, str, type(None)})


def _result_size(result: Any) -> int:
    if type(result) in _NO_ARRAYS:
        return 0
    nbytes = getattr(result, "nbytes", None)
    if type(nbytes) is int:  # not what is NaN where Dask does not know
        return nbytes
    if isinstance(result, (list, tuple)):
        size = 0
        for item in result:
            if type(item) not in _NO_ARRAYS:
                size += _result_size(item)
        return size
    return host_size(result)


def _around_call(library: Library, name: str, resolution: Resolution) -> Callable[..., Any]:
    """What is put around a call from a library's table."""
    call, kind, its = resolution.call, resolution.kind, library.name
    assert call is not None
    frame, here, refusals = sys._getframe, _here, REFUSALS

    def watched_call(*args: Any, **kwargs: Any) -> Any:
        if here.calling:  # what a derived function calls is a part of it
            return call(*args, **kwargs)
        here.calling = name
        start = perf_counter()
        try:
            result = call(*args, **kwargs)
        except refusals:  # somebody may answer in its place, and tells then
            raise
        except BaseException:  # told of whatever it was, and raised again
            _record(name, its, "raised", frame(1), start, None)
            raise
        finally:
            here.calling = ""
        _record(name, its, kind, frame(1), start, result)
        return result

    return watched_call


def _answered(call: fallback.Call, done: str, start: float) -> None:
    """A refusal was answered by the user's fallback, or raised."""
    if not _here.calling:
        _record(call.name, call.library.name, done, sys._getframe(2), start, None)


def _around_protocol(library: Library) -> Iterator[Patch]:
    """What is put around the protocol of a library that is not active."""
    for name, stock in ({} if library.guest else library.stock).items():
        function = name == "__array_function__"
        own = _watched_function(library, stock) if function else _watched_ufunc(library, stock)
        for cls in library.classes:
            try:
                yield Patch.apply(cls, name, own)
            except (TypeError, AttributeError):  # a class that cannot take an attribute
                return
        if function:
            namespace.stand_in(own, library)


def _watched_function(library: Library, stock: Callable[..., Any]) -> Callable[..., Any]:
    def __array_function__(self: Any, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        name = f"{func.__module__}.{func.__name__}"
        return _stock_call(library, name, stock, (self, func, types, args, kwargs), {})

    return __array_function__


def _watched_ufunc(library: Library, stock: Callable[..., Any]) -> Callable[..., Any]:
    def __array_ufunc__(self: Any, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        name = f"numpy.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
        return _stock_call(library, name, stock, (self, ufunc, method, *inputs), kwargs)

    return __array_ufunc__


def _stock_call(
    library: Library, name: str, stock: Callable[..., Any], args: tuple[Any, ...], kwargs: Any
) -> Any:
    frame = sys._getframe(2)
    if _here.calling or frame.f_globals.get("__name__", "").partition(".")[0] == library.root:
        return stock(*args, **kwargs)
    _here.calling = name
    start = perf_counter()
    try:
        result = stock(*args, **kwargs)
    except BaseException:  # told of whatever it was, and raised again
        _record(name, library.name, "raised", frame, start, None)
        raise
    finally:
        _here.calling = ""
    if result is not NotImplemented:
        _record(name, library.name, "stock", frame, start, result)
    return result


# Conversions --------------------------------------------------------------------------------------


def _way_out(library: Library, way: Found) -> Patch | None:
    """Put ourselves in the place of a way out; None where a class does not allow it."""
    original, roots = getattr(way.holder, way.name), own_roots(library)
    eager = library.name in EAGER
    is_method = isinstance(way.holder, type)
    path = way.path if is_method else f"{library.root}.{way.name}"
    if way.kind == "buffer" and buffers.by_slot(way.holder):
        return None

    # Within `arrayproto.using` no more than is shown leaves, which is told on its way.
    shown = original if hasattr(original, "for_program") else None
    if shown is not None:
        original = shown.own

    def way_out(*args: Any, **kwargs: Any) -> Any:
        if _here.leaving:  # a part of another conversion
            return original(*args, **kwargs)
        frame = _caller(sys._getframe(1))
        if shown is not None and shown.asked_by_program(frame):
            return shown.for_program(*args, **kwargs)
        own = package_of(frame) in roots
        # sparse takes the number out of a 0-d array in this way.
        number = way.kind == "densifying" and not getattr(args[0] if args else None, "ndim", 1)
        if own and (eager or number):
            return original(*args, **kwargs)
        if way.kind == "number" and args and elements(args[0]) > 1:  # an error, or a probe
            return original(*args, **kwargs)
        if way.kind == "pickle" and package_of(frame) == "copy":  # in place of a method for that
            return original(*args, **kwargs)
        kind: Kind = "number" if number else way.kind
        size = size_of(args[0] if is_method and args else args)
        call = functools.partial(original, *args, **kwargs)
        flags = args[1] if way.kind == "buffer" and len(args) > 1 else 0
        attempt = Attempt.of(way.name, frame, args[0], flags) if args else None
        return _convert(call, path, library.name, kind, size, frame, attempt)

    functools.update_wrapper(way_out, original)
    try:
        return Patch.apply(way.holder, way.name, way_out)
    except (TypeError, AttributeError):
        return None


def _computed(call: Callable[[], Any], name: str, collections: Any, frame: FrameType) -> Any:
    """Dask computes, and nobody has been told yet."""
    if _here.leaving:
        return call()
    return _convert(call, name, "dask", "compute", size_of(list(collections)), frame)


def _buffer(array: Any, flags: int, frame: FrameType | None, take: buffers.Take) -> int:
    """C code wants the memory of an array."""
    library, frame = None if _here.leaving else library_of(type(array)), _caller(frame)
    if library is None or is_own(array, frame):
        return take()
    attempt = Attempt.of("__buffer__", frame, array, flags)
    path, size = f"{type(array).__name__}.__buffer__", host_size(array)
    length: int = _convert(take, path, library.name, "buffer", size, frame, attempt)
    return length


@one_for_each  # however often it is watched: others keep what they have met
def _coercing(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    """What is in the place of a function of NumPy's that asks nobody."""
    # Where `arrayproto.using` came first: the program's calls make a library's arrays.
    maker_of = getattr(original, "for_caller", None) if hasattr(original, "place") else None

    def coercing(*args: Any, **kwargs: Any) -> Any:
        if maker_of is not None:
            make = maker_of(_caller(sys._getframe(1)))
            if make is not None:
                return make(*args, **kwargs)
        value = args[0] if args else next(iter(kwargs.values()), None)
        if type(value) in NO_ARRAYS or not _watchers or _here.leaving or "like" in kwargs:
            return original(*args, **kwargs)
        arrays = list(arrays_in(value))
        frame = _caller(sys._getframe(1))
        if not arrays or is_own(arrays[0], frame):
            return original(*args, **kwargs)
        cls = type(arrays[0])
        known = library_of(cls)
        its = cls.__module__.partition(".")[0] if known is None else known.name
        kind: Kind = _OF_COERCING.get(name, "coercion")
        if arrays[0] is not value:
            kind = "list of arrays"
        size = sum(map(host_size, arrays))
        call = functools.partial(original, *args, **kwargs)
        return _convert(call, f"numpy.{name}", its, kind, size, frame)

    ours = ReboundFunction(coercing)
    functools.update_wrapper(ours, original)
    ours._original = original
    return ours


def _caller(frame: FrameType | None) -> FrameType | None:
    """Who called what was put in place: not that itself, on behalf of a library's own code."""
    while frame is not None and frame.f_globals is _globals:
        frame = frame.f_back
    return frame


def _convert(
    call: Callable[[], Any],
    name: str,
    library: str,
    kind: Kind,
    size: int,
    frame: FrameType | None,
    attempt: Attempt | None = None,
) -> Any:
    site, during, failed, _here.failed = site_of(frame), _here.calling, _here.failed, None
    leaving = Leaving(name, library, kind, size, *site, during)
    if attempt is not None and attempt.follows(failed):
        leaving = leaving._replace(again=True)
    if not leaving.again or (failed is not None and failed.refused):
        try:
            for watcher in _watchers:
                watcher.leaving(leaving)
        except BaseException:  # of whatever kind; raised again
            _here.failed = attempt and attempt._replace(refused=True)
            raise
    _here.leaving = True
    start = perf_counter()
    try:
        result = call()
    except BaseException:
        _here.failed = attempt
        raise
    finally:
        _here.leaving = False
    end = perf_counter()
    if isinstance(result, np.ndarray):
        if result.dtype == object and kind in ("coercion", "list of arrays"):
            kind = "object array"
        size = size or result.nbytes
    event = (
        *("conversion", name, library, kind, *site, during),
        *(start, end - start, size, get_ident()),
    )
    for watcher in _watchers:
        watcher.seen(event)
    return result
