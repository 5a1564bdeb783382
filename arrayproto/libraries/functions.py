"""How a library gets each of NumPy's functions, and the table that remembers it.

The rows of a library's table of differences have NumPy's names, without ``numpy.``; what has no row
is looked up in the library by its name. Ufuncs are in `arrayproto.libraries.ufuncs`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..accelerator import speed
from ..derived import derived_functions
from ..derived.newer import refusing_newer
from .bridge import bridge
from .members import find_member
from .names import public_name
from .own_first import TAKE_FUNCTIONS, own_first
from .products import Product
from .resolution import Kind, Resolution
from .rows import Derived, Made, OfCore, Renamed
from .unsupported import Unsupported
from .watched import watched, watcher

if TYPE_CHECKING:
    from .library import Library


def resolve(library: Library, function: Callable[..., Any]) -> Resolution:
    """How a library gets a NumPy function; see `Library.resolve`."""
    name = public_name(function)
    if name is None:
        from .reasons import NOT_NUMPYS

        return _refusal(library, NOT_NUMPYS)
    found = _resolve(library, function, name)
    if library.refusals:
        found = _with_core(library, found, function, name)
    if library.writing is not None and found.call is not None:
        try:
            parameters = inspect.signature(function).parameters
        except (TypeError, ValueError):
            return found
        if "out" in parameters:
            by_position = parameters["out"].kind is not inspect.Parameter.KEYWORD_ONLY
            position = list(parameters).index("out") if by_position else None
            kind = "bridged" if found.kind == "native" else found.kind
            call = library.writing(name, found.call, position)
            found = Resolution(kind, call, found.note)
    return found


def _resolve(library: Library, function: Callable[..., Any], name: str) -> Resolution:
    row = library.differences.get(name)
    if isinstance(row, Unsupported):
        return _refusal(library, row)
    if isinstance(row, Derived):
        return _derived(function, name)
    if isinstance(row, OfCore):
        return _through_ducks(library, function, name)
    if isinstance(row, Made):
        ducks = _through_ducks(library, function, name)
        if ducks.call is None:
            return ducks
        own = row.make(library, function, ducks.call)
        return Resolution("bridged", own, f"{library.module}.{name}")
    if isinstance(row, Product):
        row = row.make(library)
    if row is not None and not isinstance(row, Renamed):
        call = refusing_newer(name, function, row)
        return Resolution("bridged", call, f"arrayproto.libraries.{library.name}")
    if row is None and library.core and not library.refusals:
        return _through_ducks(library, function, name)
    path = row.path if row and row.path else name
    found = library.find(path)
    if found is None or found is function:
        if name in derived_functions() and name not in library.reasons:
            return _derived(function, name)
        found = find_member(library, path)
    if found is None:
        return (
            _through_ducks(library, function, name) if library.core else _refusal_of(library, name)
        )
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return Resolution("native", found, f"{library.module}.{path}")
    row = row or Renamed()
    call = bridge(
        name,
        signature,
        found,
        library=library.name,
        renamed=row.arguments,
        own_defaults=row.own_defaults,
        refused=row.refused,
    )
    kind: Kind = "native" if call is found else "bridged"
    if row.named:
        kind, call = "bridged", _named(name, call)
    return Resolution(kind, call, f"{library.module}.{path}")


def _with_core(
    library: Library, found: Resolution, function: Callable[..., Any], name: str
) -> Resolution:
    """The same, with the core for the calls that are refused."""
    row = library.differences.get(name)
    if found.call is None or isinstance(row, OfCore) or name in TAKE_FUNCTIONS:
        return found
    ducks = _through_ducks(library, function, name).call
    if ducks is None:
        return found
    return Resolution(found.kind, own_first(found.call, ducks, library.refusals), found.note)


def _refusal(library: Library, row: Unsupported) -> Resolution:
    return Resolution("unsupported", None, row.reason, row.instead or library.advice)


def _refusal_of(library: Library, name: str) -> Resolution:
    return _refusal(library, library.why(name))


def _through_ducks(library: Library, function: Callable[..., Any], name: str) -> Resolution:
    from ..ducks import through_ducks

    call = through_ducks(library, function)
    if call is None:
        return _refusal_of(library, name)
    if name in library.shortcuts:
        short = library.shortcuts[name](call)
        return Resolution("bridged", short, library.short_ways)
    if name in library.core:
        return Resolution("bridged", call, f"the core of arrayproto.libraries.{library.name}")
    return Resolution("derived", call, "arrayproto.derived, of the core")


def _derived(function: Callable[..., Any], name: str) -> Resolution:
    composed = derived_functions()[name]
    note = f"{composed.__module__}.{composed.__name__}"
    return Resolution("derived", refusing_newer(name, function, composed), note)


def _named(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose results get the names that NumPy has for them."""
    names: Any = type(getattr(np.linalg, name.rpartition(".")[2])(np.eye(1)))

    def call(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        return names(*result) if type(result) is tuple else result

    call.__name__ = name.rpartition(".")[2]
    return call


#: The C code remembers what it found in a table and in its copies.
_forget: Callable[[], None] = (lambda: None) if speed is None else speed.forget


class Table(dict[Any, "Callable[..., Any] | None"]):
    """NumPy function to what is called in its place, resolved on first use.

    None stands for a function that the library has not got.
    """

    def __init__(self, library: Library) -> None:
        super().__init__()
        self.library = library
        #: What was found and called so far: a plain dict, for the way of a call.
        self.called: dict[Any, Callable[..., Any]] = {}
        #: The same for calls without keywords, which may go past a bridge.
        self.by_position: dict[Any, Callable[..., Any]] = {}
        #: Functions that take ``like=``, where that says more than the library.
        self.with_like: set[Any] = set()
        #: Where else that is held, and under which class.
        self.copies: list[tuple[dict[type, Callable[..., Any]], type]] = []

    def clear(self) -> None:
        """Forget everything, for instance because the library's functions have changed."""
        super().clear()
        self.library.ufuncs.clear()
        self.called.clear()
        self.by_position.clear()
        self.with_like.clear()
        copies, self.copies = self.copies, []
        for targets, cls in copies:
            targets.pop(cls, None)
        _forget()

    def copy_to(
        self,
        targets: dict[type, Callable[..., Any]],
        cls: type,
        held: dict[Any, Callable[..., Any]],
        function: Callable[..., Any],
    ) -> None:
        """Put what is called where it is found faster, by class, until everything is forgotten.

        Parameters
        ----------
        targets : dict
        cls : type
            Its key there.
        held : dict
            `called` or `by_position`.
        function : callable
            NumPy's.
        """
        call = held.get(function)
        if call is not None:
            targets[cls] = call
            self.copies.append((targets, cls))
            if held.get(function) is not call:  # another thread has cleared it
                targets.pop(cls, None)
                _forget()

    def __missing__(self, function: Callable[..., Any]) -> Callable[..., Any] | None:
        name = public_name(function)
        around = watcher()
        call = watched(self.library, f"numpy.{name}", self.library.resolve(function))
        # Functions that are not NumPy's come and go with the program: they are not kept.
        if name is not None:
            self[function] = call
            if call is None:
                pass
            elif self.library.asks_like(function):
                self.with_like.add(function)
            else:
                self.called[function] = call
                self.by_position[function] = getattr(call, "by_position", call)
        if watcher() is not around:  # this table has perhaps been cleared already
            self.clear()
        return call
