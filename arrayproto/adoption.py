"""Give a consumer package the explicit namespace, from outside, and take it back.

Libraries that are written with ``import numpy as np`` coerce what they are given. In the modules of
an adopted package, and only there, the names for NumPy, for its modules and its functions mean the
namespace of `arrayproto.consumers.flavour`. NumPy itself and all other packages stay as they are.
"""

from __future__ import annotations

import contextlib
import sys
import types
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from .errors import ArrayProtoWarning
from .import_hook import PackageWatcher
from .locks import lock
from .patching import Patch, Undoing

if TYPE_CHECKING:
    from .consumers import Flavour
    from .libraries import Library

Compiled = Literal["raise", "convert"]


class _Cell(NamedTuple):
    """A variable that a function has closed over, replaced."""

    holder: types.CellType
    before: Any
    ours: Any

    def undo(self, since: str) -> str | None:
        if self.holder.cell_contents is self.ours:
            self.holder.cell_contents = self.before
        elif self.holder.cell_contents is not self.before:
            return f"a variable that held {self.before!r} was changed after {since}"
        return None


class _Adopted(NamedTuple):
    """A module with the namespace."""

    module: types.ModuleType
    flavour: Flavour
    patches: list[Patch | _Cell]


class _Wish(NamedTuple):
    """One adopt(), or one open adopted(), of a package."""

    package: str
    flavour: Flavour
    permanent: bool


class _State:
    """What is adopted; changed only under the lock, never read on the way of a call."""

    def __init__(self) -> None:
        self.lock = lock("adoption")
        self.wishes: list[_Wish] = []  # the last one of a package counts
        self.adopted: dict[str, _Adopted] = {}
        #: By id, what took a place, and what was there: modules that are imported copy it.
        self.made: dict[int, tuple[Any, Any]] = {}
        self.cells: set[int] = set()
        self.undoing = Undoing("adopt()")
        #: By library, the methods that its classes were given.
        self.given: dict[Library, list[Patch]] = {}
        self.watcher = PackageWatcher(_imported, _importing)


def adopt(*packages: str, fallback: Compiled = "raise", follow: bool = False) -> None:
    """Have a package that is written for NumPy work on the arrays of other libraries.

    Parameters
    ----------
    *packages : str
        Names of packages or modules: ``"tensorly"``, ``"scipy.signal"``. They may be imported
        before or after; none is imported by it.
    fallback : {"raise", "convert"}, optional
        What the package's compiled functions do with a duck array: raise an error (the default),
        or copy to NumPy and back, with a warning at the caller's line.
    follow : bool, optional
        Whether ``np.zeros(shape)`` and the like, in a function of the package that has a duck array
        among its arguments, make an array of that library.

    Raises
    ------
    ValueError
        If `fallback` is none of the choices, or a package is NumPy, arrayproto or an array library.
    TypeError
        If no package is given.

    See Also
    --------
    disown, adopted, activate

    Notes
    -----
    In the package's modules, and only there, ``np``, ``numpy.linalg``, names taken ``from numpy
    import ...`` and functions of NumPy that its classes and closures hold become the explicit
    namespace's. ``np.asarray`` and the like keep a duck array on its library,
    ``isinstance(x, np.ndarray)`` is true of it, dtypes may be the library's. `arrayproto.consumers`
    has what is special about some packages.

    Operators and methods are the array's own. Those between an ndarray and a duck array follow
    NumPy where the array's library is active: a program calls `activate` too.

    Examples
    --------
    >>> import types, sys
    >>> import numpy, sparse
    >>> import arrayproto
    >>> halves = sys.modules["halves"] = types.ModuleType("halves")
    >>> exec("import numpy as np\\ndef half(x): return np.asarray(x) / 2", vars(halves))
    >>> x = sparse.COO.from_numpy(numpy.eye(3))
    >>> with arrayproto.adopted("halves"):
    ...     type(halves.half(x)).__name__
    'COO'
    >>> halves.np is numpy
    True
    """
    _check(packages, fallback)
    from .consumers import Flavour

    flavour = Flavour(fallback, follow)
    with _state.lock:
        for package in packages:
            wish = _Wish(package, flavour, True)
            _state.wishes = [w for w in _state.wishes if not (w.permanent and w.package == package)]
            _state.wishes.append(wish)
        _reconcile()


def disown(*packages: str) -> None:
    """Undo `adopt`, exactly.

    Parameters
    ----------
    *packages : str
        As for `adopt`; all adopted ones by default. Those that are not adopted are passed over.

    Warns
    -----
    ArrayProtoWarning
        If somebody else has replaced what `adopt` had put in place: that is left alone, and the
        warning names it.

    Notes
    -----
    What is held by contexts of `adopted` stays until they are left.
    """
    with _state.lock:
        _state.wishes = [
            w for w in _state.wishes if not w.permanent or (packages and w.package not in packages)
        ]
        _reconcile()


@contextlib.contextmanager
def adopted(*packages: str, fallback: Compiled = "raise", follow: bool = False) -> Iterator[None]:
    """`adopt` for the time of a ``with`` block; blocks may nest and overlap in any order.

    Parameters
    ----------
    *packages : str
    fallback : {"raise", "convert"}, optional
    follow : bool, optional
        As for `adopt`. Of several for one package, those of the block that was entered last count.

    Notes
    -----
    Modules are global, so what is adopted is so for every thread of the process.
    """
    _check(packages, fallback)
    from .consumers import Flavour

    flavour = Flavour(fallback, follow)
    wishes = [_Wish(package, flavour, False) for package in packages]
    with _state.lock:
        _state.wishes += wishes
        _reconcile()
    try:
        yield
    finally:
        with _state.lock:
            _state.wishes = [w for w in _state.wishes if not any(w is one for one in wishes)]
            _reconcile()


def _check(packages: tuple[str, ...], fallback: str) -> None:
    if not packages or not all(isinstance(package, str) for package in packages):
        raise TypeError(f"adopt() takes the names of packages, such as 'tensorly', not {packages}")
    if fallback not in ("raise", "convert"):
        raise ValueError(f"fallback must be 'raise' or 'convert', not {fallback!r}")
    from .consumers import CONSUMERS
    from .libraries import LIBRARIES

    own = {
        root: library.name
        for library in LIBRARIES.values()
        if not library.by_name
        for root in library.roots
    }
    for package in packages:
        root = package.partition(".")[0]
        if root in ("numpy", "arrayproto"):
            raise ValueError(f"{package!r} cannot be adopted: it is what adopted packages call")
        if root in own and root not in CONSUMERS:  # autograd and xarray are both
            raise ValueError(
                f"{package!r} is a part of the array library {own[root]!r}, whose own code counts "
                f"on NumPy; arrayproto.activate({own[root]!r}) is for its arrays"
            )


def status() -> dict[str, int]:
    """What is adopted: the packages, with the number of names that were replaced in them."""
    with _state.lock:
        counts = dict.fromkeys((wish.package for wish in _state.wishes), 0)
        for name, held in _state.adopted.items():
            package = _package_of(name, counts)
            if package is not None:
                counts[package] += len(held.patches)
        return counts


# Bringing the modules in line with what is wanted -------------------------------------------------


def _package_of(module: str, packages: Any) -> str | None:
    """The innermost of the packages that a module belongs to."""
    while module:
        if module in packages:
            return module
        module = module.rpartition(".")[0]
    return None


def _reconcile() -> None:
    """Adopt the modules that are wanted and loaded, give back those that are not."""
    _state.undoing.retry()
    wanted = {wish.package: wish.flavour for wish in _state.wishes}
    messages: list[str] = []
    for name, held in list(_state.adopted.items()):
        package = _package_of(name, wanted)
        if package is None or held.flavour != wanted[package]:
            messages += _give_back(name)
    for name in list(sys.modules):
        package = _package_of(name, wanted)
        if package is not None:
            _enter(name, wanted[package])
    if not wanted:
        _state.made.clear()
        _state.cells.clear()
    _state.watcher.watch(set(wanted))
    messages += _give_methods()
    for message in messages:  # last: a warning may be turned into an error
        warnings.warn(message, ArrayProtoWarning, stacklevel=3)


def _enter(name: str, flavour: Flavour) -> None:
    module = sys.modules.get(name)
    if not isinstance(module, types.ModuleType) or name in _state.adopted:
        return
    if getattr(getattr(module, "__spec__", None), "_initializing", False):
        return  # the watcher tells when it is complete
    from .consumers import substituted

    patches: list[Patch | _Cell] = []
    for holder, attribute, ours in substituted(module, flavour):
        if isinstance(holder, types.CellType):
            patches.append(_Cell(holder, holder.cell_contents, ours))
            holder.cell_contents = ours
        else:
            patches.append(Patch.apply(holder, attribute, ours))
    for patch in patches:
        _state.made.setdefault(id(patch.ours), (patch.ours, patch.before))
    # These are given back with their own module, whoever else has the function.
    _state.cells |= {id(patch.holder) for patch in patches if isinstance(patch, _Cell)}
    _state.adopted[name] = _Adopted(module, flavour, patches)


def _give_back(name: str) -> list[str]:
    """Undo all in one module; what could not be undone, in words."""
    return _state.undoing.undo(reversed(_state.adopted.pop(name).patches))


def _give_methods() -> list[str]:
    """Give the classes of active libraries NumPy's methods while something is adopted."""
    from .activation import active

    wanted = [one for one in active() if not one.by_name] if _state.wishes else []
    messages = []
    for library in [one for one in _state.given if one not in wanted]:
        messages += _state.undoing.undo(reversed(_state.given.pop(library)))
    for library in wanted:
        if library not in _state.given:
            from .consumers.methods import give

            _state.given[library] = give(library, _state.adopted)
    return messages


def libraries_changed() -> list[str]:
    """Told by `activate` and `deactivate`; what could not be undone, in words."""
    with _state.lock:
        return _give_methods()


def given() -> tuple[str, ...]:
    """The methods that classes were given for adopted packages."""
    with _state.lock:
        return tuple(
            f"{patch.holder.__module__}.{patch.holder.__qualname__}.{patch.name}"
            for patches in _state.given.values()
            for patch in patches
        )


def _importing(module: str) -> contextlib.AbstractContextManager[Any]:
    """What a consumer wants while it is imported; it is asked for with its own package."""
    from .consumers import find_consumers

    for consumer in find_consumers(module):
        if consumer.name == module:
            return consumer.importing()
    return contextlib.nullcontext()


def _imported(module: str) -> None:
    """A module of an adopted package is there."""
    with _state.lock:
        wanted = {wish.package: wish.flavour for wish in _state.wishes}
        package = _package_of(module, wanted)
        if package is not None:
            from .consumers import restored

            _state.adopted.pop(module, None)  # a reload has put NumPy's objects there again
            restored(sys.modules[module], _state.made, _state.cells)
            _enter(module, wanted[package])


_state = _State()
