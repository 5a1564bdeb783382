"""Give array classes the protocol, rebind what NumPy does not dispatch, and undo both.

Types first, functions last: a function that NumPy dispatches is never touched. Its array classes
get the protocol of `arrayproto.mixins`, so that ndarrays pay nothing. Only a function of arrays
that NumPy does not dispatch is rebound, as long as a library is active.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from . import adoption, policy
from .accelerator import original
from .authors.mixin import family
from .errors import ActivationError, ArrayProtoWarning
from .import_hook import ImportWatcher
from .libraries import LIBRARIES, Library, get_library, library_of_class
from .locks import Nested
from .mixins import mixin_of
from .patching import Patch, Undoing
from .rebinding import LATE, rebound, undispatched

_NUMBERS = frozenset({int, float, complex, bool, np.ndarray})


class _State:
    """What is active; changed only under the lock, never read on the way of a call."""

    def __init__(self) -> None:
        self.lock = Nested("adoption", "activation")  # adopted packages are told of a change
        self.permanent: set[Library] = set()  # by activate()
        self.scoped: Counter[Library] = Counter()  # by activated(), one for each open context
        self.patches: dict[Library, list[Patch]] = {}
        self.rebound: dict[tuple[str, str], Patch] = {}
        #: Modules of NumPy's that there were before anything was rebound.
        self.numpys_modules: set[str] = set()
        self.refused: set[Library] = set()  # were imported later, and could not be changed
        self.undoing = Undoing("activate()")
        self.watcher = ImportWatcher(_imported)
        #: Told before and after classes change, with True and False: they patch the same classes.
        self.listeners: list[Callable[[bool], None]] = []

    def wanted(self) -> set[Library]:
        scoped = {library for library, count in self.scoped.items() if count > 0}
        return (self.permanent | scoped) - self.refused


Named = str | type | Library


def _named(libraries: Sequence[Named]) -> list[Library]:
    """The libraries that are meant; an adapter of another distribution that fails is left out."""
    if not libraries:
        return [library for library in LIBRARIES.values() if not library.by_name]
    found = []
    for named in libraries:
        if isinstance(named, type):
            found.append(library_of_class(named))
        elif isinstance(named, Library):
            found.append(named)
        else:
            try:
                found.append(get_library(named))
            except ActivationError as error:
                message = f"{error}. Everything else goes on without it"
                warnings.warn(message, ArrayProtoWarning, stacklevel=_outside())
    return found


def _outside() -> int:
    """The number of frames up to the first that is not of this module, or of a context of it."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__") in (__name__, "contextlib"):
        level, frame = level + 1, frame.f_back
    return level


def activate(*libraries: Named, fallback: policy.Fallback | None = None) -> None:
    """Make unchanged ``np.*`` calls work on the arrays of other libraries.

    One line at the top of a program. Libraries may be imported before it or after it; none is
    imported by it.

    Parameters
    ----------
    *libraries : str, type or Library
        Names of libraries, such as ``"sparse"`` and ``"dask"``; by default all known ones but
        those on whose conversion by NumPy programs count, xarray and pandas. A name
        that arrayproto does not know is looked for among the adapters that other distributions
        ship. An array class of the Array API standard, one with ``__array_namespace__``, needs
        neither. A `arrayproto.libraries.Library` is what an adapter describes a library with.
    fallback : {"raise", "warn", "convert"}, optional
        What happens where a library has not got a function, or an argument of it: raise an error
        (the default); do as the library does without arrayproto; or copy the arrays to NumPy, call
        NumPy's function, and copy the results back. The last two warn at the caller's line, with
        the reason and the number of bytes. A call that would write into a copy is an error still.

    Raises
    ------
    ValueError
        If a name or `fallback` is unknown; nothing is changed then.
    TypeError
        If a class is no array class of the Array API standard; nothing is changed then.
    ActivationError
        If a library's class cannot be changed; what was changed for it is put back.

    Warns
    -----
    ArrayProtoWarning
        If the adapter of another distribution does not load; it names the distribution.

    See Also
    --------
    deactivate, activated, status

    Notes
    -----
    NumPy's own objects stay as they are: the protocol goes on the library's class, as NEP-18
    provides. Bugs in what is then called belong to arrayproto first (see ``status()``).
    Calling it again with the same names changes nothing.

    Examples
    --------
    >>> import numpy as np, sparse
    >>> import arrayproto
    >>> x = sparse.COO.from_numpy(np.eye(3))
    >>> with arrayproto.activated("sparse"):
    ...     np.flip(x, 0).todense()
    array([[0., 0., 1.],
           [0., 1., 0.],
           [1., 0., 0.]])
    """
    chosen = _named(libraries)
    if fallback is not None:
        policy.check_fallback(fallback)
    with _state.lock:
        before = set(_state.permanent)
        _state.permanent |= set(chosen)
        _state.refused -= set(chosen)
        try:
            _reconcile()
        except BaseException:  # undone whatever it was, an interrupt too, and raised again
            _state.permanent = before
            _reconcile()
            raise
        if fallback is not None:
            policy.set_fallback(fallback)


def deactivate(*libraries: Named) -> None:
    """Undo `activate`, exactly.

    Parameters
    ----------
    *libraries : str, type or Library
        As for `activate`; everything that is active by default. Those that are not active are
        passed over.

    Warns
    -----
    ArrayProtoWarning
        If somebody else has replaced what `activate` had put in place: that is left alone, and the
        warning names it.

    Notes
    -----
    Contexts opened with `activated` keep what they have activated until they are left.
    """
    chosen = _named(libraries) if libraries else None
    with _state.lock:
        _state.permanent -= _state.permanent if chosen is None else set(chosen)
        if not _state.permanent:
            policy.set_fallback("raise")
        _reconcile()


@contextlib.contextmanager
def activated(*libraries: Named, fallback: policy.Fallback | None = None) -> Iterator[None]:
    """`activate` for the time of a ``with`` block; blocks may nest and overlap in any order.

    Parameters
    ----------
    *libraries : str, type or Library
        As for `activate`.
    fallback : {"raise", "warn", "convert"}, optional
        As for `activate`, until the block is left. Of several blocks that say it, the one that was
        entered last counts.

    Notes
    -----
    Classes are global, so what is active is so for every thread of the process.
    """
    chosen = _named(libraries)
    scope = None
    if fallback is not None:
        policy.check_fallback(fallback)
    with _state.lock:
        _state.scoped.update(chosen)
        _state.refused -= set(chosen)
        try:
            _reconcile()
        except BaseException:  # undone whatever it was, an interrupt too, and raised again
            _state.scoped.subtract(chosen)
            _reconcile()
            raise
        if fallback is not None:
            scope = policy.enter(fallback)
    try:
        yield
    finally:
        with _state.lock:
            _state.scoped.subtract(chosen)
            if scope is not None:
                policy.leave(scope)
            _reconcile()


class Status(NamedTuple):
    """What `activate` has done to this process.

    Attributes
    ----------
    active : tuple of str
        Libraries that are active: imported, and their classes changed.
    waiting : tuple of str
        Libraries that will be when the program imports them.
    classes : dict of str to str
        Attributes that were replaced, to the module that answers now.
    functions : dict of str to tuple of str
        NumPy functions that were rebound, to the libraries for whose arrays.
    fallback : str
        What happens where a library has not got a function.
    creation : tuple of str
        NumPy's names that are rebound as long as a context of `arrayproto.using` is open.
    adopted : mapping of str to int
        Packages that `arrayproto.adopt` has given the namespace, to the number of names in them.
    methods : tuple of str
        NumPy's methods that classes were given for the code of adopted packages.
    """

    active: tuple[str, ...]
    waiting: tuple[str, ...]
    classes: dict[str, str]
    functions: dict[str, tuple[str, ...]]
    fallback: str
    creation: tuple[str, ...] = ()
    adopted: Mapping[str, int] = MappingProxyType({})
    methods: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"active: {', '.join(self.active) or 'nothing'}"]
        if self.waiting:
            lines.append(f"waiting for the import of: {', '.join(self.waiting)}")
        lines += [f"  {name}: answered by {owner}" for name, owner in self.classes.items()]
        lines += [
            f"  functions of {module} that NumPy does not dispatch, rebound: {', '.join(names)}"
            for module, names in _by_holder(self.functions).items()
        ]
        if self.creation:
            shown = ", ".join(name.removeprefix("numpy.") for name in self.creation)
            lines.append(
                f"  rebound, for the program's own calls, to make the arrays of using(): {shown}"
            )
        if self.active:
            lines.append(f"  functions that a library has not got: {self.fallback}")
            lines.append(
                "  Please report problems with these libraries to arrayproto first, unless they "
                "stay after arrayproto.deactivate()."
            )
        lines += [
            f"adopted: {package}, {count} names of NumPy in its modules are arrayproto's"
            for package, count in self.adopted.items()
        ]
        lines += [
            f"  methods of {cls} that adopted packages see: {', '.join(names)}"
            for cls, names in _by_holder(self.methods).items()
        ]
        return "\n".join(lines)


def _by_holder(paths: Iterable[str]) -> dict[str, list[str]]:
    """Dotted paths as what holds them, to their own names."""
    found: dict[str, list[str]] = {}
    for path in paths:
        holder, _, name = path.rpartition(".")
        found.setdefault(holder, []).append(name)
    return found


def status() -> Status:
    """What is active, what was changed for it, and whom to tell of problems.

    Returns
    -------
    Status
        Print it for a text.
    """
    # What has locks of its own is asked before: under theirs a module may be imported, which we are
    # told of.
    adopted, methods, creation = adoption.status(), adoption.given(), _rebound_for_creation()
    with _state.lock:
        shown = dict.fromkeys([*LIBRARIES.values(), *_state.patches, *_state.wanted()])
        active = [library for library in shown if library in _state.patches]
        waiting = [library for library in shown if library in _state.wanted() - set(active)]
        return Status(
            active=tuple(library.name for library in active),
            waiting=tuple(library.name for library in waiting),
            classes={
                f"{p.holder.__module__}.{p.holder.__qualname__}.{p.name}": p.ours.__module__
                for patches in _state.patches.values()
                for p in patches
            },
            functions=dict.fromkeys(
                (f"{module}.{name}" for module, name in sorted(_state.rebound)),
                tuple(sorted(library.name for library in _state.patches)),
            ),
            fallback=policy.fallback(),
            adopted=adopted,
            methods=methods,
            creation=creation,
        )


def _rebound_for_creation() -> tuple[str, ...]:
    module = sys.modules.get(
        "arrayproto.creation.rebound"
    )  # before the first using() there is none
    return () if module is None else module.rebound_now()


# Bringing the process in line with what is wanted -------------------------------------------------


def _reconcile() -> None:
    """Patch what is wanted and loaded, undo what is not, watch for what is still to come."""
    for listener in _state.listeners:
        listener(True)
    try:
        messages = _change()
    finally:
        for listener in _state.listeners:
            listener(False)
    for message in messages:  # last: a warning may be turned into an error
        warnings.warn(message, ArrayProtoWarning, stacklevel=3)


def _change() -> list[str]:
    _state.undoing.retry()
    wanted = _state.wanted()
    messages: list[str] = []
    for library in [one for one in _state.patches if one not in wanted]:
        messages += _leave(library)
    for library in wanted - _state.patches.keys():
        if library.loaded() is not None:
            _enter(library)
    messages += _rebind()
    messages += adoption.libraries_changed()
    waiting = wanted - _state.patches.keys()
    awaited = {name for library in waiting for name in (library.root, library.module)}
    if _state.patches:
        awaited |= LATE - sys.modules.keys()
    _state.watcher.watch(awaited)
    return messages


def listen(listener: Callable[[bool], None], on: bool) -> None:
    """Begin or end to tell somebody who patches classes too before they change, and after."""
    with lock:
        if on:
            _state.listeners.append(listener)
        else:
            _state.listeners.remove(listener)


def active() -> list[Library]:
    """The libraries whose classes have our protocol now."""
    return list(_state.patches)


def is_active(library: Library) -> bool:
    """Whether the library's classes have our protocol now."""
    return library in _state.patches


def _enter(library: Library) -> None:
    mixin = mixin_of(library)
    patches: list[Patch] = []
    try:
        library.stock  # noqa: B018 - read before it is replaced
        for cls in library.classes:
            for name in library.protocol:
                ours = vars(mixin)[name]
                patches.append(Patch.apply(cls, name, _Hidden(ours) if library.hidden else ours))
        for holder, name in _operators(library):
            ours = _asking_first(library, vars(holder)[name])
            patches.append(Patch.apply(holder, name, ours))
    except (TypeError, AttributeError) as error:
        for patch in reversed(patches):
            patch.undo()
        raise ActivationError(
            f"cannot give {library.array_classes} the protocol: {error}. "
            f"{library.name} stays as it is; arrayproto.numpy dispatches on its arrays without a "
            "change to the class, if they are registered with arrayproto.register()"
        ) from error
    _state.patches[library] = patches


class _Hidden:
    """An attribute of a class that its instances do not show."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __get__(self, instance: Any, owner: type) -> Callable[..., Any]:
        if instance is not None:
            raise AttributeError(f"{owner.__name__} has it for NumPy, which asks the class")
        return self._function


def _operators(library: Library) -> list[tuple[type, str]]:
    """Operator methods of the library's own classes that would convert strangers."""
    return [
        (cls, name)
        for base in library.classes
        for cls in family(base)
        for name in library.operators
        if name in vars(cls) and cls.__module__.partition(".")[0] in library.roots
    ]


def _asking_first(library: Library, method: Callable[..., Any]) -> Callable[..., Any]:
    own = library.cls

    @functools.wraps(method)
    def operator(self: Any, other: Any) -> Any:
        cls = type(other)
        if cls is own or cls in _NUMBERS or library.accepts((cls,)):
            return method(self, other)
        return NotImplemented

    operator.__module__ = __name__
    return operator


def _leave(library: Library) -> list[str]:
    """Undo all for one library; what could not be undone, in words."""
    return _state.undoing.undo(_state.patches.pop(library)[::-1])


def _rebind() -> list[str]:
    """Rebind what NumPy does not dispatch while a library is active, and only then."""
    if not _state.patches:
        patches, _state.rebound = list(_state.rebound.values()), {}
        messages = _state.undoing.undo(patches)
        if patches:
            _take_back([patch.ours for patch in patches])
        return messages
    from .catalog import MODULES  # not needed before there is a library

    if not _state.rebound:
        _state.numpys_modules = _numpys_modules()

    for module in filter(None, map(sys.modules.get, MODULES)):
        for name, function in undispatched(module).items():
            key = (module.__name__, name)
            if key not in _state.rebound:
                _state.rebound[key] = Patch.apply(module, name, rebound(function))
    return []


def _numpys_modules() -> set[str]:
    return {name for name in sys.modules.copy() if name.startswith("numpy.")}


def _take_back(ours: list[Any]) -> None:
    """Put NumPy's own where modules of it that were imported meanwhile have copied ours.

    `numpy.char` is made of the functions of `numpy.strings`, and is imported when it is first used.
    """
    own = {id(function): original(function) for function in ours}
    for name in _numpys_modules() - _state.numpys_modules:
        module = sys.modules[name]
        for attribute, value in list(vars(module).items()) if module is not None else ():
            if id(value) in own:
                setattr(module, attribute, own[id(value)])


def _imported(module: str) -> None:
    """An awaited library is there."""
    with _state.lock:
        try:
            _reconcile()
        except ActivationError as error:
            # An import that works without us works with us.
            _state.refused |= {one for one in _state.wanted() if one.module == module}
            _reconcile()
            warnings.warn(str(error), ArrayProtoWarning, stacklevel=3)


_state = _State()
#: Held while classes change.
lock = _state.lock
