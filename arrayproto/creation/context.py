"""Which library makes the arrays here: what is asked on each call of a creation function."""

from __future__ import annotations

import contextvars
import sys
import threading
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import callsite

if TYPE_CHECKING:
    from .makers import Maker


class Place:
    """A public name that is rebound while a context is open.

    Attributes
    ----------
    module : str
        ``"numpy.fft"``, or the module of arrayproto's that mirrors it.
    name : str
        Of the function below ``numpy``: ``"fft.fftfreq"``.
    own : object
        What was there before.
    function : object
        What is there while a context is open.
    """

    def __init__(self, module: str, name: str, own: Any) -> None:
        self.module, self.name, self.own = module, name, own
        self.plain = name.rpartition(".")[2]
        self.key = f"{module}.{self.plain}"
        self.function: Any = None


#: More places in programs than are kept: cells and ``exec`` make new ones.
_MANY = 20_000


class Creation:
    """One ``with using(...)``: what makes the arrays, and for whose code.

    Attributes
    ----------
    maker : Maker
    packages : frozenset of str
        Installed packages that count as the program's.
    sites : dict
        Code and instruction of a call, and what is called, to what it goes to: the maker's function
        for the program's own calls, NumPy's for others'. Filled at the first call of each.
    outer : Creation or None
        The one around it.
    closed : bool
        Whether it was left.
    """

    outer: Creation | None = None
    closed = False

    def __init__(self, maker: Maker, packages: frozenset[str]) -> None:
        self.maker, self.packages = maker, packages
        maker.creation = self
        self.sites: dict[tuple[int, int, str], Callable[..., Any]] = {}
        # The sites go by the codes' ids, which must stay theirs.
        self._codes: set[types.CodeType] = set()

    def is_programs(self, frame: types.FrameType) -> bool:
        """Whether a frame runs code that is to get the library's arrays."""
        return callsite.is_programs(frame, self.packages, self.maker.library.roots)

    def decide(self, place: Place, frame: types.FrameType) -> Callable[..., Any]:
        """What a call from `frame` goes to, kept for the calls to come."""
        if self.is_programs(frame) and callsite.calls(frame, place.plain, place.function):
            found = self.maker.function(place.name, place.own)
        else:
            found = place.own
        if len(self.sites) > _MANY:
            self.sites, self._codes = {}, set()
        self._codes.add(frame.f_code)
        self.sites[id(frame.f_code), frame.f_lasti, place.key] = found
        return found


class Stock(Creation):
    """``using("numpy")``: NumPy's arrays, where another context would hold."""

    def __init__(self) -> None:
        self.sites, self._codes = {}, set()

    def is_programs(self, frame: types.FrameType) -> bool:
        return False


#: The innermost context of this thread or task.
current: contextvars.ContextVar[Creation | None] = contextvars.ContextVar(
    "arrayproto_using", default=None
)


def enter(creation: Creation) -> None:
    """Make it the innermost one of this thread or task."""
    creation.outer = current.get()
    current.set(creation)


def leave(creation: Creation) -> None:
    """Go back to the innermost one that is open.

    Generators leave theirs in any order, and perhaps in another thread: no token tells.
    """
    creation.closed = True
    innermost = current.get()
    while innermost is not None and innermost.closed:
        innermost = innermost.outer
    current.set(innermost)


_everywhere: Creation | None = None


def set_everywhere(creation: Creation | None) -> Creation | None:
    """The context of all threads that have none of their own; returns the one before."""
    global _everywhere
    before, _everywhere = _everywhere, creation
    return before


def everywhere() -> Creation | None:
    """The context of a thread without one, unless the library is using the thread itself.

    A function of the program that works on the chunks of a Dask array is given ndarrays there.
    """
    creation = _everywhere
    if creation is None or threading.current_thread() is threading.main_thread():
        return creation
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None:
        root = frame.f_globals.get("__name__", "").partition(".")[0]
        if root in creation.maker.pools:
            return None
        frame = frame.f_back
    return creation
