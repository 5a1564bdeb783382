"""How a library gets each of NumPy's ufuncs, and each method of them.

Rows of a library's table of differences for ufuncs have these names: ``"exp"`` for a call,
``"add.reduce"`` for one method of one ufunc, ``"ufunc.reduce"`` for that method of every ufunc.
A row for a method is called with the ufunc first. ``"ufunc.__call__"`` is given the ufunc and the
library's own ``__array_ufunc__``, and returns what is called with the inputs alone, or None.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..derived import derived_ufuncs
from ..errors import UnsupportedFunctionError
from .array_api import ARRAY_API_NAMES
from .own_first import OwnUfunc, own_first
from .products import Product
from .refusing import refusal as refusal_of
from .resolution import Resolution
from .rows import Derived, Made, Native, OfCore, Renamed
from .unsupported import Unsupported
from .watched import watched, watcher

if TYPE_CHECKING:
    from .library import Library

Call = Callable[..., Any]


@functools.cache
def _composed() -> ModuleType:
    """`arrayproto.derived.ufuncs`, imported late: it needs the namespace, and that us."""
    return importlib.import_module("arrayproto.derived.ufuncs")


@functools.cache
def _loops() -> ModuleType:
    """`arrayproto.derived.loops`, late as well."""
    return importlib.import_module("arrayproto.derived.loops")


@functools.cache
def public_ufuncs() -> dict[np.ufunc, str]:
    """NumPy's ufuncs to their names, those of ``numpy.strings`` included."""
    found = {}
    for prefix, module in (("strings.", np.strings), ("", np)):
        for value in vars(module).values():
            if isinstance(value, np.ufunc) and hasattr(module, value.__name__):
                found[value] = f"{prefix}{value.__name__}"
    return found


class UfuncTable:
    """What is called in the place of a ufunc, or of a method of one; resolved on first use."""

    def __init__(self, library: Library) -> None:
        self.library = library
        #: Ufunc to what is called with its inputs alone, for the way of a call. None stands for
        #: the library's own ``__array_ufunc__``.
        self.plain: dict[np.ufunc, Call | None] = {}
        self._methods: dict[tuple[np.ufunc, str], Call | None] = {}

    def clear(self) -> None:
        """Forget everything, for instance because the library's functions have changed."""
        self.plain.clear()
        self._methods.clear()

    def find_plain(self, ufunc: np.ufunc) -> Call | None:
        """What is called with the inputs of a ufunc alone; None for the library's own protocol."""
        around = watcher()
        resolution = resolve(self.library, ufunc, "__call__")
        # With a core for what the library refuses, NumPy's ufuncs are called by their names.
        by_name = self.library.refusals and ufunc in public_ufuncs()
        stock = resolution.kind == "native" and not by_name
        call = None if stock else resolution.call
        if type(call) is Corrected:
            call = call.function
        call = getattr(call, "by_position", call)
        if resolution.call is None:
            call = functools.partial(_refuse, self.library, ufunc, "__call__")
        elif around is not None:
            resolution.call = call or functools.partial(_stock, self.library, ufunc, "__call__")
            call = watched(self.library, _full_name(ufunc, "__call__"), resolution)
        if ufunc in public_ufuncs():  # others come and go with the program
            self.plain[ufunc] = call
        if watcher() is not around:  # this table has perhaps been cleared already
            self.clear()
        return call

    def find(self, ufunc: np.ufunc, method: str) -> Call | None:
        """What is called for a method, or with keyword arguments; None where there is nothing."""
        key = ufunc, method
        if key in self._methods:
            return self._methods[key]
        around = watcher()
        resolution = resolve(self.library, ufunc, method)
        call = watched(self.library, _full_name(ufunc, method), resolution)
        if ufunc in public_ufuncs():
            self._methods[key] = call
        if watcher() is not around:
            self.clear()
        return call


def _full_name(ufunc: np.ufunc, method: str) -> str:
    name = getattr(ufunc, "__name__", repr(ufunc))
    return f"numpy.{name}" if method == "__call__" else f"numpy.{name}.{method}"


def resolve(library: Library, ufunc: np.ufunc, method: str) -> Resolution:
    """How a library gets a ufunc, or a method of one; see `Library.resolve_ufunc`."""
    if method == "__call__":
        return _resolve_call(library, ufunc)
    return _resolve_method(library, ufunc, method)


def _resolve_call(library: Library, ufunc: np.ufunc) -> Resolution:
    name = public_ufuncs().get(ufunc)
    row = None if name is None else library.differences.get(name)
    if isinstance(row, Unsupported):
        return Resolution("unsupported", None, row.reason, row.instead or library.advice)
    if isinstance(row, OfCore):
        return _by_ducks(library, ufunc, "__call__")
    if isinstance(row, Made):
        of_core = _by_ducks(library, ufunc, "__call__").call
        assert of_core is not None, f"no core function {name!r}"
        return Resolution("bridged", row.make(library, ufunc, of_core), f"{library.module}.{name}")
    with_arguments = functools.partial(_composed().call, ufunc)
    composed = derived_ufuncs().get(name or "")
    if isinstance(row, Derived):
        assert composed is not None, f"no derived function {name!r}"
        return Resolution("derived", Elementwise(ufunc, composed), _place(composed))
    if row is not None and not isinstance(row, Renamed):
        bridged: Call = Elementwise(ufunc, row)
        if library.refusals:
            ducks = _by_ducks(library, ufunc, "__call__").call
            assert ducks is not None, f"no core function {name!r}"
            bridged = OwnUfunc(row, with_arguments, ducks, library.refusals)
        return Resolution("bridged", bridged, f"arrayproto.libraries.{library.name}")
    if library.core and row is None and name is not None:
        found = _by_ducks(library, ufunc, "__call__")
        own = library.find(name) if library.refusals else None
        if own is None or found.call is None:
            return found
        first = OwnUfunc(own, with_arguments, found.call, library.refusals)
        return Resolution("native", first, f"{library.module}.{name}")
    if "__array_ufunc__" in library.stock:
        around: Any = library.differences.get("ufunc.__call__")
        plain = around(ufunc, library.stock["__array_ufunc__"]) if around else None
        if plain is not None:
            return Resolution("bridged", Corrected(ufunc, plain), _place(around))
        return Resolution("native", with_arguments, f"{library.cls.__name__}.__array_ufunc__")
    if name is None:
        return Resolution("unsupported", None, "it is not a ufunc of NumPy", library.advice)
    for path in (row.path if row else name, name, ARRAY_API_NAMES.get(name, name)):
        function = library.find(path) if path else None
        if function is not None and function is not ufunc:
            call = Elementwise(ufunc, function)
            return Resolution("bridged", call, f"{library.module}.{path}")
    if composed is not None:
        return Resolution("derived", Elementwise(ufunc, composed), _place(composed))
    lacking = library.why(name)
    return Resolution("unsupported", None, lacking.reason, lacking.instead)


def _resolve_method(library: Library, ufunc: np.ufunc, method: str) -> Resolution:
    reason = _not_in_numpy(ufunc, method)
    if reason:
        return Resolution(
            "unsupported", None, reason, "np.ufunc.nin, .nout and .signature say which is which"
        )
    name = public_ufuncs().get(ufunc)
    rows = library.differences
    row = rows.get(f"{name}.{method}") or rows.get(f"ufunc.{method}")
    if isinstance(row, Unsupported):
        return Resolution("unsupported", None, row.reason, row.instead or library.advice)
    if isinstance(row, Native):
        call = functools.partial(_stock, library, ufunc, method)
        return Resolution("native", call, f"{library.cls.__name__}.__array_ufunc__")
    if row is not None and not isinstance(row, (Renamed, Derived, Made, OfCore, Product)):
        where = f"arrayproto.libraries.{library.name}"
        return Resolution("bridged", functools.partial(row, ufunc), where)
    composed = _composed().METHODS[method]
    of_others = functools.partial(composed, ufunc)
    if library.core and name is not None:
        found = _by_ducks(library, ufunc, method)
        if not library.refusals or found.call is None or isinstance(row, OfCore):
            return found
        of_others = own_first(of_others, found.call, library.refusals)
    return Resolution("derived", of_others, _place(composed))


def _by_ducks(library: Library, ufunc: np.ufunc, method: str) -> Resolution:
    from ..duck_ufuncs import derives, ufunc_through_ducks

    name = ufunc.__name__
    if not derives(library, ufunc):
        lacking = library.why(name)
        return Resolution("unsupported", None, lacking.reason, lacking.instead)
    call = functools.partial(ufunc_through_ducks, library, ufunc, method)
    if method == "__call__" and name in library.shortcuts:
        short = library.shortcuts[name](call)
        return Resolution("bridged", short, library.short_ways)
    if method == "__call__" and name in library.core:
        return Resolution("bridged", call, f"the core of arrayproto.libraries.{library.name}")
    return Resolution("derived", call, "arrayproto.derived, of the core")


def _not_in_numpy(ufunc: np.ufunc, method: str) -> str | None:
    """Why NumPy itself has not got this method of this ufunc, if it has not."""
    if method not in _composed().METHODS:
        return f"ufuncs have no method {method!r}"
    if ufunc.signature is not None:
        return "NumPy has no methods of generalized ufuncs"
    if method == "at":
        return None if ufunc.nout == 1 else "NumPy has it for ufuncs with one result"
    if ufunc.nin != 2:
        return "NumPy has it for ufuncs of two arguments"
    if ufunc.nout != 1 and method != "outer":
        return "NumPy has it for ufuncs with one result"
    return None


def _place(function: Call) -> str:
    return f"{function.__module__}.{function.__name__}"


def _stock(library: Library, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
    arrays = (*inputs, *(kwargs.get("out") or ()))
    own = next(a for a in arrays if isinstance(a, library.cls))
    return library.stock["__array_ufunc__"](own, ufunc, method, *inputs, **kwargs)


def refusal(
    library: Library, ufunc: np.ufunc, method: str, types: tuple[type, ...]
) -> UnsupportedFunctionError:
    """The error for a ufunc, or a method of one, that the library has not got."""
    full = _full_name(ufunc, method)
    arrays = tuple(t for t in dict.fromkeys(types) if hasattr(t, "__array_ufunc__"))
    return refusal_of(library, full, arrays, resolve(library, ufunc, method))


def _refuse(library: Library, ufunc: np.ufunc, method: str, *inputs: Any) -> Any:
    raise refusal(library, ufunc, method, tuple(map(type, inputs)))


def raise_numpys_error(ufunc: np.ufunc, inputs: tuple[Any, ...]) -> None:
    """Raise what NumPy does where it has no loop for such dtypes, or no such power."""
    _loops().ask(ufunc, inputs)


class Corrected:
    """What is called with the inputs of a ufunc, and what with arguments beside them."""

    __slots__ = ("function", "ufunc")

    def __init__(self, ufunc: np.ufunc, function: Call) -> None:
        self.ufunc, self.function = ufunc, function

    def __call__(self, *inputs: Any, **kwargs: Any) -> Any:
        if kwargs:
            return _composed().call(self.ufunc, *inputs, **kwargs)
        return self.function(*inputs)


class Elementwise(Corrected):
    """A library's function, or a composition, with the dtypes and the arguments of a ufunc.

    The inputs are cast to the dtypes of NumPy's loop before the call, and the results afterwards,
    so that a function with other rules of promotion, or for floating-point numbers only, will do.
    """

    __slots__ = ()

    def __call__(self, *inputs: Any, **kwargs: Any) -> Any:
        if kwargs:
            return _composed().call(self.ufunc, *inputs, **kwargs)
        return _loops().loop(self.ufunc, self.function, inputs)
