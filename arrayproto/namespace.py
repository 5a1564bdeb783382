"""The explicit namespace: NumPy's public functions, dispatched by us.

``arrayproto.numpy.tensordot`` is a generated wrapper that goes straight to the table of an array's
library, activated or not, and to the method of a class that was registered from outside. Calls
with no such array go to NumPy's own function, which dispatches as ever.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from . import dispatch
from .accelerator import original, parameters, speed
from .caller import seeing_caller
from .catalog import ALIASES, MODULES, PublicFunction, dispatcher_of, find_public
from .libraries import LIBRARIES, Library
from .locks import lock
from .mixins import answering, mixin_of
from .wrapper import NOT_REWRITTEN, generate

#: Stock methods of the libraries' classes to ours; swapped whole when a library turns up.
_adapters: dict[Any, Callable[..., Any]] = {}
_pending = list(LIBRARIES.values())
#: How many modules there were when they were looked for last.
_modules = 0
#: Held where these three change; it may import, and that look again.
_looking = lock("namespace")
_ndarray_method = np.ndarray.__array_function__
_PLAIN = (np.ndarray, list, tuple, int, float, complex, bool)


def find(cls: type) -> Callable[..., Any] | None:
    """The method that answers for a class: ours in the place of a known library's own."""
    method = dispatch.find_method(cls)
    if method in answering:
        return method
    if method is None:
        if _pending:
            _look_for_libraries()
            method = dispatch.find_method(cls)
        return method
    # A subclass with a method of its own has it asked; one that inherits the library's gets ours.
    ours = _adapters.get(method)
    if ours is None and _pending:
        _look_for_libraries()
        ours = _adapters.get(method)
    return method if ours is None else ours


def _look_for_libraries() -> None:
    """See which libraries the program has imported since the last time."""
    global _adapters, _modules
    if len(sys.modules) == _modules:
        return
    with _looking:
        for library in list(_pending):
            if library.loaded() is not None:
                ours = vars(mixin_of(library))["__array_function__"]
                if library.guest:
                    for cls in library.classes:
                        dispatch.set_registered(cls, ours)
                else:
                    _adapters = {**_adapters, library.stock["__array_function__"]: ours}
                _pending.remove(library)
        importing = any(library.module in sys.modules for library in _pending)
        _modules = 0 if importing else len(sys.modules)


def stand_in(method: Callable[..., Any], library: Library | None) -> None:
    """Treat what somebody has put around a library's own method like that; None for no longer."""
    global _adapters
    with _looking:
        table = {own: ours for own, ours in _adapters.items() if own is not method}
        if library is not None:
            table[method] = vars(mixin_of(library))["__array_function__"]
        _adapters = table


class _Collector:
    """`dispatch.collect` for one function of the explicit namespace.

    It answers None where NumPy's own dispatch does as well, if there is any. What it finds for the
    classes of a library goes into ``targets`` and, for calls with keywords, into ``by_name``, from
    which the wrapper calls the next time without asking.
    """

    def __init__(
        self, function: Callable[..., Any], plain: Callable[..., Any], dispatched: bool
    ) -> None:
        self.function, self.dispatched = function, dispatched
        # Types that override nothing.
        self.targets: dict[type, Callable[..., Any]] = dict.fromkeys(_PLAIN, plain)
        self.by_name = dict(self.targets)

    def __call__(self, relevant_args: Any) -> dispatch.Overrides | None:
        if _pending:  # NumPy's C code, which may be asked now, sees no array of a guest
            _look_for_libraries()
        found = dispatch.implementing_of_many(relevant_args, find)
        if not self.dispatched and any(method is not _ndarray_method for _, method in found):
            return found, tuple([type(argument) for argument, _ in found])
        for _, method in found:
            if method in answering or method in dispatch.registered_methods():
                if len(found) == 1:
                    self._remember(type(found[0][0]), method)
                return found, tuple([type(argument) for argument, _ in found])
        return None

    def _remember(self, cls: type, method: dispatch.Method) -> None:
        library = answering.get(method)
        # Only classes of the library's own: they stay as long as the process does.
        if library is None or cls in self.targets:
            return
        if cls.__module__.partition(".")[0] in library.roots:
            table = library.table
            table[self.function]
            table.copy_to(self.targets, cls, table.by_position, self.function)
            table.copy_to(self.by_name, cls, table.called, self.function)


def public_function(entry: PublicFunction, module: str, name: str) -> Callable[..., Any]:
    """The function of the explicit namespace that stands for one of NumPy's.

    Parameters
    ----------
    entry : PublicFunction
    module, name : str
        Where it is to be found again, by pickle for example.
    """
    dispatcher = dispatcher_of(entry)
    # Where nothing overrides, NumPy need not look again.
    plain = getattr(entry.function, "_implementation", seeing_caller(entry.function))
    collector = _Collector(entry.function, plain, entry.dispatched)
    wrapper = generate(
        entry.signature,
        entry.relevant or None,
        implementation=seeing_caller(entry.function),
        dispatcher=dispatcher,
        collect=collector,
        seen_by_numpy=dispatch.seen_by_numpy if speed is None else speed.get_implementing_args,
        registry=dispatch.registry,
        with_public_name=functools.partial(dispatch.with_public_name, dispatcher, entry.function),
        no_implementation=dispatch.no_implementation,
        public_api=entry.function,
        plain=plain,
        targets=collector.targets,
    )
    wrapper.__name__ = wrapper.__qualname__ = name
    public_api = _direct(wrapper, entry, collector)
    functools.update_wrapper(public_api, entry.function)
    public_api._implementation = entry.function  # type: ignore[attr-defined]
    public_api.autograph_info__ = NOT_REWRITTEN  # type: ignore[attr-defined]
    public_api.__module__ = module
    public_api.__name__ = public_api.__qualname__ = name
    return public_api


def _direct(
    wrapper: Callable[..., Any], entry: PublicFunction, collector: _Collector
) -> Callable[..., Any]:
    """The same in C, where all arrays given are of one type that the collector knows."""
    known = parameters(entry.signature, entry.relevant or None, strict=True)
    if speed is None or entry.signature is None or not known:
        return wrapper
    needed = [p for p in entry.signature.parameters.values() if p.default is p.empty]
    if any(p.kind is p.KEYWORD_ONLY for p in needed):
        return wrapper
    names, depths, positional = known
    if len(names) > speed.MAX_NAMES or not any(depths[: len(needed)]):
        return wrapper
    counts = bytes((len(needed), positional))
    return speed.Direct(  # type: ignore[no-any-return]
        wrapper, collector.targets, collector.by_name, names, depths, counts
    )


def populate(module_name: str, numpy_module: types.ModuleType) -> tuple[Any, Any, list[str]]:
    """``__getattr__``, ``__dir__`` and ``__all__`` of a module that mirrors one of NumPy's.

    Parameters
    ----------
    module_name : str
        The module of ours.
    numpy_module : module
        NumPy's.

    Notes
    -----
    Wrappers are made on first use: making all of them takes a third of a second.
    """
    names = getattr(numpy_module, "__all__", None) or [
        name for name in dir(numpy_module) if not name.startswith("_")
    ]
    namespace = sys.modules[module_name].__dict__
    prefix = "arrayproto."

    def __getattr__(name: str) -> Any:
        if name.startswith("__") and name not in names:
            raise AttributeError(f"module {module_name!r} has no attribute {name!r}")
        try:
            value = original(getattr(numpy_module, name))
        except AttributeError as error:
            message = str(error).replace(numpy_module.__name__, module_name, 1)
            raise AttributeError(message) from None
        if isinstance(value, types.ModuleType):
            mirrored = ALIASES.get(f"{numpy_module.__name__}.{name}", value.__name__)
            if mirrored in MODULES and _is_mirrored(mirrored):
                value = importlib.import_module(prefix + mirrored)
        else:
            entry = find_public(value)
            if entry is not None and entry.overridable:
                own = entry.function.__name__
                if own != name and original(getattr(numpy_module, own, None)) is value:
                    return __getattr__(own)  # an alias, np.concat: the same object here as there
                value = public_function(entry, module_name, name)
        # Another thread may have been faster: the one that is stored is everyone's.
        namespace.setdefault(name, value)
        creation = sys.modules.get("arrayproto.creation.rebound")
        made = getattr(creation, "made", None)  # another thread may be importing it
        if made is not None:  # a context of using() may be open
            made(module_name, name)
        return namespace[name]

    def __dir__() -> list[str]:
        return sorted({*dir(numpy_module), *namespace})

    return __getattr__, __dir__, list(names)


def _is_mirrored(numpy_name: str) -> bool:
    return importlib.util.find_spec(f"arrayproto.{numpy_name}") is not None
