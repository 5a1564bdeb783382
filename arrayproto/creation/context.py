"""Which library makes the arrays here: what is asked on each call of a creation function."""

from __future__ import annotations

import contextvars
import sys
import types
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..accelerator import sites
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
        # Others may put something over a name while contexts are open: each time is another place.
        self.key = f"{module}.{self.plain} over {id(own):x}"
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
        #: What the program's own calls go to.
        self._functions: dict[Place, Callable[..., Any]] = {}
        #: Codes that were asked about by `is_caller`.
        self.callers: dict[int, bool] = {}
        # Both go by the codes' ids, which must stay theirs.
        self._codes: set[types.CodeType] = set()

    def is_programs(self, frame: types.FrameType) -> bool:
        """Whether a frame runs code that is to get the library's arrays."""
        maker = self.maker
        return callsite.is_programs(frame, self.packages, maker.library.roots) and not (
            maker.workers is not None and callsite.is_within(frame, maker.workers)
        )

    def is_caller(self, frame: types.FrameType) -> bool:
        """Whether a frame's code is the program's, whoever called it; kept in `callers`."""
        code, maker = frame.f_code, self.maker
        self._codes.add(code)
        found = callsite.is_programs(frame, self.packages, maker.library.roots)
        self.callers[id(code)] = found
        return found

    def decide(self, place: Place, frame: types.FrameType) -> Callable[..., Any]:
        """What a call from `frame` goes to, kept for the calls to come."""
        found: Callable[..., Any] = place.own
        if (
            callsite.is_programs(frame, self.packages, self.maker.library.roots)
            and callsite.calls(frame, place.plain, place.function)
            and not _passes_on(frame, place)
        ):
            found = self._functions.get(place) or self._function(place)
        if len(self.sites) > _MANY:
            self.sites, self.callers, self._codes = {}, {}, set()
        self._codes.add(frame.f_code)
        self.sites[id(frame.f_code), frame.f_lasti, place.key] = found
        return found

    def _function(self, place: Place) -> Callable[..., Any]:
        maker = self.maker
        found = maker.function(place.name, place.own)
        if _made is not None:
            found = _counted(found, place.name, _made)
        if maker.workers is not None:
            found = unless_at_work(found, place.own, maker.workers)
        self._functions[place] = found
        return found


def _passes_on(frame: types.FrameType | None, place: Place) -> bool:
    """Whether a frame is of what somebody has put over ours, and is called by everybody."""
    there = vars(sys.modules[place.module]).get(place.plain)
    code = getattr(there, "__code__", None)
    while code is not None and frame is not None:
        if frame.f_code is code:
            return True
        frame = frame.f_back
    return False


class Stock(Creation):
    """``using("numpy")``: NumPy's arrays, where another context would hold."""

    def __init__(self) -> None:
        self.sites, self._codes = {}, set()

    def is_programs(self, frame: types.FrameType) -> bool:
        return False

    def decide(self, place: Place, frame: types.FrameType) -> Callable[..., Any]:
        return place.own  # type: ignore[no-any-return]


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


#: Where calls that make the library's arrays are counted, by the name of the function.
_made: Counter[str] | None = None


def count(made: Counter[str] | None) -> Counter[str] | None:
    """Count in `made`, from the contexts that are opened next; returns where it was before."""
    global _made
    before, _made = _made, made
    return before


def _counted(function: Callable[..., Any], name: str, made: Counter[str]) -> Callable[..., Any]:
    def counted(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if result is not None and not isinstance(result, str):  # what writes is no creation
            made[name] += 1
        return result

    return counted


def everywhere() -> Creation | None:
    """The context of a thread that has none of its own."""
    return _everywhere


def here() -> Creation | None:
    """The context of the caller."""
    creation = current.get()
    return _everywhere if creation is None else creation


def unless_at_work(
    made: Callable[..., Any], own: Callable[..., Any], workers: callsite.Packages
) -> Callable[..., Any]:
    """NumPy's function, where the library is using the thread to work on parts of its arrays.

    A function of the program that works on the chunks of a Dask array is given ndarrays there.
    """
    if sites is not None:
        return sites.UnlessAtWork(made, own, workers)  # type: ignore[no-any-return]
    frame_of, is_within = sys._getframe, callsite.is_within

    def make(*args: Any, **kwargs: Any) -> Any:
        function = own if is_within(frame_of(1), workers) else made
        return function(*args, **kwargs) if kwargs else function(*args)

    return make


def asked_by_program(frame: types.FrameType | None) -> bool:
    """Whether a call comes from the program, directly or through Python's own modules."""
    creation = here()
    if creation is None:
        return False
    while frame is not None and callsite.is_standard(frame.f_code.co_filename):
        frame = frame.f_back
    return frame is not None and creation.is_programs(frame)
