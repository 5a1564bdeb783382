"""What stands in the place of NumPy's creation functions while a context is open, and only then.

The rebound objects compare, hash and pickle like NumPy's, and call NumPy's wherever no context
holds: in other threads, in the code of installed packages, and once the context is left.
"""

from __future__ import annotations

import functools
import importlib
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..accelerator import sites
from ..errors import ArrayProtoWarning
from ..locks import lock
from ..patching import Patch, Undoing
from ..rebinding import ReboundFunction, by_public_name, one_for_each
from . import context
from .context import Creation, Place, current

#: What makes arrays of no array, by NumPy's module; what writes them; and what is asked of dtypes.
NAMES: dict[str, tuple[str, ...]] = {
    "numpy": (
        *("arange", "array", "asanyarray", "asarray", "ascontiguousarray", "asfortranarray"),
        *("bartlett", "blackman", "empty", "eye", "frombuffer", "fromfile", "fromfunction"),
        *("fromiter", "fromstring", "full", "genfromtxt", "geomspace", "hamming", "hanning"),
        *("identity", "indices", "kaiser", "linspace", "load", "loadtxt", "logspace", "memmap"),
        *("meshgrid", "ones", "require", "save", "savetxt", "savez", "savez_compressed", "tri"),
        *("array2string", "array_repr", "array_str", "zeros"),
        *("c_", "mgrid", "ogrid", "r_"),
        *("finfo", "iinfo", "issubdtype"),
    ),
    "numpy.fft": ("fftfreq", "rfftfreq"),
    "numpy.random": tuple(
        name
        for name in sorted(np.random.__all__)
        if name in ("Generator", "RandomState", "default_rng")
        or (not isinstance(getattr(np.random, name), type) and name not in ("bytes", "get_state"))
    ),
}
_INDEXERS = ("c_", "mgrid", "ogrid", "r_")


class _Following(ReboundFunction):
    """A function of NumPy's, or what the context of the caller has for it."""

    def for_caller(self, frame: types.FrameType) -> Callable[..., Any] | None:
        """What makes the library's arrays for the code of a frame; None where NumPy does.

        For what stands over this function, and calls it in the frame's place.
        """
        creation, place = context.here(), self.place
        if creation is None:
            return None
        key = id(frame.f_code), frame.f_lasti, place.key
        found = creation.sites.get(key) or creation.decide(place, frame)
        return None if found is place.own else found

    def __reduce__(self) -> Any:
        return by_public_name(self, self.place.module, self.place.plain)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__signature__":
            raise AttributeError(name)
        return getattr(self._original, name)


class _FollowingClass(_Following):
    """The same for a class: its instances and subclasses are those of NumPy's."""

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, self.place.own)

    def __subclasscheck__(self, cls: type) -> bool:
        return issubclass(cls, self.place.own)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (self.place.own,)

    def __or__(self, other: Any) -> Any:
        return self.place.own | other

    def __ror__(self, other: Any) -> Any:
        return other | self.place.own


def _following(place: Place) -> _Following:
    own, key = place.own, place.key

    def find(creation: Creation, frame: types.FrameType) -> Callable[..., Any]:
        try:
            return creation.sites[id(frame.f_code), frame.f_lasti, key]
        except KeyError:
            return creation.decide(place, frame)

    if sites is None:
        call = _in_python(place, find)
    else:
        call = sites.Sites(current, vars(context), "_everywhere", own, find)
    ours = (_FollowingClass if isinstance(own, type) else _Following)(call)
    names = ("__module__", "__name__", "__qualname__", "__doc__")
    told = [n for n in names if isinstance(getattr(own, n, 0), str)]
    # The methods of a class are not those of what stands for it.
    functools.update_wrapper(ours, own, told, () if isinstance(own, type) else ("__dict__",))
    vars(ours).update(__module__=place.module, __name__=place.plain, place=place, _original=own)
    return ours


def _in_python(place: Place, find: Callable[..., Any]) -> Callable[..., Any]:
    """What ``src/sites.c`` does, where it was not built."""
    own, key = place.own, place.key
    get, everywhere, frame_of = current.get, context.everywhere, sys._getframe

    # Each line here costs every creation while a context is open.
    def call(*args: Any, **kwargs: Any) -> Any:
        creation = get()
        if creation is None:
            creation = everywhere()
            if creation is None:
                return own(*args, **kwargs)
        frame = frame_of(1)
        try:
            made = creation.sites[id(frame.f_code), frame.f_lasti, key]
        except KeyError:
            made = find(creation, frame)
        return made(*args, **kwargs) if kwargs else made(*args)

    return call


def _indexer(place: Place) -> Any:
    """`numpy.mgrid` and its like: what is asked for items, not called."""
    own = place.own

    def __getitem__(self: Any, key: Any) -> Any:
        creation = context.here()
        if creation is None or not creation.is_programs(sys._getframe(1)):
            return own[key]
        return creation.maker.function(place.name, own)(key)

    cls = type(own)
    members = {
        "__slots__": (),
        "__getitem__": __getitem__,
        "__module__": cls.__module__,
        "__doc__": cls.__doc__,
        "__reduce__": lambda self: (cls, ()),
        "__reduce_ex__": lambda self, protocol: (cls, ()),
    }
    return type(cls.__name__, (cls,), members)()


# In and out ---------------------------------------------------------------------------------------

_lock = lock("creation")
_open = 0
_patches: list[Patch] = []
_undoing = Undoing("using()")


def _rebind(module: str, name: str) -> None:
    holder = importlib.import_module(module)  # NumPy imports some of its own late
    public = f"{module}.{name}".removeprefix("arrayproto.").removeprefix("numpy.")
    ours = _rebound(module, public, vars(holder)[name])
    _patches.append(Patch.apply(holder, name, ours))


def made(module: str, name: str) -> None:
    """The explicit namespace has made one of its functions, while a context may be open."""
    with _lock:
        if _open and name in NAMES.get(module.removeprefix("arrayproto."), ()):
            if not any(p.holder.__name__ == module and p.name == name for p in _patches):
                _rebind(module, name)


@one_for_each
def _rebound(module: str, name: str, own: Any) -> Any:
    place = Place(module, name, own)
    make: Callable[[Place], Any] = _indexer if place.plain in _INDEXERS else _following
    place.function = make(place)
    return place.function


def enter() -> None:
    """Rebind, if this is the first context of the process."""
    global _open
    with _lock:
        _open += 1
        if _open == 1:
            _undoing.retry()
            for module, names in NAMES.items():
                for name in names:
                    _rebind(module, name)
                # Ours makes its functions when they are asked for: see `made`.
                mirror = sys.modules.get(f"arrayproto.{module}")
                for name in [] if mirror is None else vars(mirror).keys() & set(names):
                    _rebind(f"arrayproto.{module}", name)


def leave() -> None:
    """Restore by identity, if this was the last one; what others have put there is left alone.

    Warns
    -----
    ArrayProtoWarning
        If somebody else has replaced what was rebound.
    """
    global _open
    with _lock:
        for patch in _patches if sites is not None else ():
            if isinstance(patch.ours, _Following):  # knows the context that is left
                patch.ours.func.forget()  # type: ignore[attr-defined]
        _open -= 1
        if _open:
            return
        messages = _undoing.undo(reversed(_patches))
        _patches.clear()
    for message in messages:
        warnings.warn(message, ArrayProtoWarning, stacklevel=4)


def rebound_now() -> tuple[str, ...]:
    """The names in NumPy's modules that are rebound at the moment."""
    with _lock:
        return tuple(
            f"{p.holder.__name__}.{p.name}"
            for p in _patches
            if p.holder.__name__.startswith("numpy")
        )
