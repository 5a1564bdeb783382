"""What arrayproto knows of an array library: classes, functions, differences.

A `Library` is described by data alone and is never imported by us: everything that needs the
module waits until the user's program has imported it.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np

from ..locks import lock
from .array_api import Dtypes, core_of_class, dtypes_of_class, has_values, namespace_of, readable
from .array_api_levelled import Levelled, companions, follows
from .functions import Table, resolve
from .resolution import Resolution
from .rows import Row
from .ufuncs import UfuncTable
from .ufuncs import resolve as resolve_ufunc
from .unsupported import Unsupported
from .watched import enroll

_ndarray_function = np.ndarray.__array_function__
_ndarray_ufunc = np.ndarray.__array_ufunc__
#: Packages that make ndarrays of what they are given, with functions that NumPy dispatches (SciPy
#: with `numpy.asarray_chkfinite`), and go on with these.
_CONVERTING = frozenset({"scipy"})
_adopting = lock("registered")
_SCALARS = (np.generic, bool, int, float, complex, str, bytes, type(None))


def _always(array: Any) -> bool:
    """For a library whose arrays all have values, or compute them when they are asked for."""
    return True


class Library:
    """An array library and its differences from NumPy.

    Parameters
    ----------
    name : str
        What users call it: ``"sparse"``.
    module : str
        The module with its functions: ``"dask.array"``.
    array_class : str or callable
        Dotted path, below the module, of the class that gets the protocol: the base of all its
        array classes. A callable returns them where there are several.
    differences : mapping of str to Row, or callable that returns one
        NumPy function names, without ``numpy.``, whose implementation neither the name nor the
        signature tells.
    accepts_also : callable, optional
        Classes of others that the library's own functions work with, beyond ndarray and scalars.
    reasons : mapping of str to Unsupported
        Why it lacks functions, or families of them (see `arrayproto.libraries.reasons`), and why
        they are not derived either, where the
        general reason is not its own. Unlike rows of `differences` they hide nothing: they count
        once a function is not to be had in any way.
    advice : str
        The way out, for error messages.
    to_host, from_host : str
        How users copy an array to a NumPy array and back: a method of its class, methods in a row
        (``"cpu().numpy"``) or a function of ``numpy.``; and a function below its module.
    operators : tuple of str, optional
        Methods of its classes for binary operators that ask nobody, so that strangers are
        converted: they are given `accepts` to ask first.
    lazy : bool, optional
        Whether the values of its arrays are computed only when they are asked for.
    guest : bool, optional
        Whether its classes have no protocol of their own. NumPy then coerces their arrays, and the
        library's own code may count on that: what it calls is left to NumPy.
    parts : tuple of str, optional
        Other top-level packages that belong to it.
    relays : tuple of str, optional
        Modules of it that make the calls of the user's program, which it has rewritten.
    alike : callable, optional
        ``alike(made, like)``, for arrays that hold arrays: makes what was made on ``like=`` hold
        what `like` holds.
    write : callable, optional
        ``write(out, values)`` for the ``out=`` of ufuncs, where it is not `numpy.copyto` that does
        it; the values are of the dtype and the shape of `out`.
    writing : callable, optional
        Makes a function that takes NumPy's ``out`` of one that does not: is given NumPy's name, the
        function and the position of `out` among the arguments, None if it is a keyword only.
    core : callable, optional
        For a library that is no copy of NumPy: returns, of its module and its dtypes, the functions
        of `arrayproto.derived.core` for its arrays. NumPy's other functions are derived from them;
        a function of the library with the name of one of NumPy's is called only where a row says
        so.
    refusals : callable, optional
        For a copy of NumPy that has a core too: returns, of its module, the exceptions by which its
        functions refuse arguments. Its own functions are called first then, and what they refuse
        goes by way of the core.
    shortcuts : callable, optional
        Given the module, returns for NumPy's names what makes a function that answers the common
        case at once, of the one that answers every case by way of the core.
    reflects : tuple of type, optional
        What its arrays' own operators take on the left.
    callers : tuple of str, optional
        Modules of it that call the functions of users, and NumPy's never but as one of these.
    protocol : tuple of str, optional
        What its classes are given; by default both of NumPy's.
    by_name : bool, optional
        Whether `arrayproto.activate` leaves it alone unless it is asked for by its name, because
        programs count on what NumPy does with its arrays.
    hidden : bool, optional
        Whether its classes have the protocol and its arrays, asked for the attribute, have not:
        for a library whose arrays are taken for something else where they have it. NumPy asks the
        class.
    known : callable, optional
        Whether an array of it has values, which it has not while the library traces a program; by
        default they all have.
    dtypes : callable, optional
        Returns, of its module, its dtypes and NumPy's, where there is a core.
    """

    def __init__(
        self,
        name: str,
        module: str,
        array_class: str | Callable[[], tuple[type, ...]],
        differences: Mapping[str, Row] | Callable[[], Mapping[str, Row]] = MappingProxyType({}),
        accepts_also: Callable[[type], bool] | None = None,
        reasons: Mapping[str, Unsupported] = MappingProxyType({}),
        advice: str = "",
        to_host: str = "",
        from_host: str = "",
        operators: tuple[str, ...] = (),
        guest: bool = False,
        lazy: bool = False,
        parts: tuple[str, ...] = (),
        relays: tuple[str, ...] = (),
        alike: Callable[[Any, Any], Any] | None = None,
        write: Callable[[Any, Any], None] | None = None,
        writing: Callable[[str, Callable[..., Any], int | None], Callable[..., Any]] | None = None,
        core: Callable[[Any, Dtypes], Mapping[str, Callable[..., Any]]] | None = None,
        refusals: Callable[[Any], tuple[type[Exception], ...]] | None = None,
        dtypes: Callable[[Any], Dtypes] | None = None,
        known: Callable[[Any], bool] = _always,
        shortcuts: Callable[[Any], Mapping[str, Callable[..., Any]]] | None = None,
        reflects: tuple[type, ...] = (np.ndarray, np.generic),
        callers: tuple[str, ...] = (),
        protocol: tuple[str, ...] = ("__array_function__", "__array_ufunc__"),
        by_name: bool = False,
        hidden: bool = False,
    ) -> None:
        self.name, self.module, self.array_class = name, module, array_class
        self.guest, self.parts, self.relays = guest, parts, relays
        self.lazy = lazy
        self._core, self._dtypes, self.known = core, dtypes, known
        self._refusals = refusals
        self._shortcuts, self.reflects, self.callers = shortcuts, reflects, callers
        self.protocol, self.by_name, self.hidden = protocol, by_name, hidden
        self._differences, self.accepts_also, self.advice = differences, accepts_also, advice
        self.reasons, self.to_host, self.from_host = reasons, to_host, from_host
        self.operators, self.write, self.alike = operators, write, alike
        self.writing = writing
        self.table = Table(self)
        self.ufuncs = UfuncTable(self)
        # Classes that count as the library's own, although they are no subclasses of its class.
        self.adopted: frozenset[type] = frozenset()
        # The library's own classes that were seen; others are told from their attributes.
        self._accepted: frozenset[type] = frozenset()
        enroll(self)

    @classmethod
    def of_module(cls, module: ModuleType, array_class: type) -> Library:
        """A library that is nothing but a module of NumPy-like functions and a class."""
        library = cls(module.__name__, module.__name__, array_class.__qualname__)
        vars(library).update(namespace=module, classes=(array_class,), stock={})
        return library

    @classmethod
    def of_array_api(cls, array_class: type, namespace: Any = None) -> Library:
        """A library of the Array API standard, described by its array class alone.

        Parameters
        ----------
        array_class : type
            With ``__array_namespace__``.
        namespace : module, optional
            The standard's functions for arrays of the class, where the class does not tell them
            without an array.

        Raises
        ------
        TypeError
            If `array_class` is not a class of the standard, does not tell its namespace, or the
            functions there do not give arrays of it.
        """
        if issubclass(array_class, np.ndarray):
            raise TypeError(
                f"{array_class.__qualname__} is an ndarray, which NumPy's functions take as it is"
            )
        if namespace is None:
            namespace = namespace_of(array_class)
        whole, others = follows(array_class, namespace), ()
        if not whole:
            others = companions(array_class, namespace)
            namespace = Levelled(array_class, namespace)
        lazy = whole and not has_values(namespace)
        module = getattr(namespace, "__name__", array_class.__module__)
        library = cls(
            module.partition(".")[0],
            module,
            array_class.__qualname__,
            guest=True,
            lazy=lazy,
            known=_always if lazy else readable,
            dtypes=dtypes_of_class,
            core=functools.partial(core_of_class, array_class),
            shortcuts=functools.partial(_shortcuts_of_class, array_class) if whole else None,
            to_host="numpy.from_dlpack" if hasattr(array_class, "__dlpack__") else "",
            advice="Convert the array with its own library where a NumPy array is what you want.",
        )
        vars(library).update(namespace=namespace, classes=(array_class, *others))
        return library

    def __repr__(self) -> str:
        return f"<arrayproto library {self.name!r}>"

    @functools.cached_property
    def root(self) -> str:
        """The top-level package."""
        return self.module.partition(".")[0]

    @functools.cached_property
    def roots(self) -> frozenset[str]:
        """The packages whose code is the library's own."""
        return frozenset({self.root, *self.parts})

    def owns(self, module: str) -> bool:
        """Whether what a module calls is the library's own affair, and not the user's program's.

        So is, with a guest's arrays, what a package calls to convert them.
        """
        root = module.partition(".")[0]
        if self.guest and root in _CONVERTING:
            return True
        return root in self.roots and module not in self.relays

    def loaded(self) -> ModuleType | None:
        """Its module, if the program has imported it; it is never imported here.

        A library that is still importing is not there yet: it may call NumPy on its own arrays.
        """
        if "namespace" in vars(self):
            return self.namespace
        for name in {self.root, self.module}:
            module = sys.modules.get(name)
            if module is None or getattr(getattr(module, "__spec__", None), "_initializing", False):
                return None
        return sys.modules[self.module]

    @functools.cached_property
    def namespace(self) -> ModuleType:
        module = self.loaded()
        if module is None:
            raise LookupError(f"{self.module} has not been imported")
        return module

    @functools.cached_property
    def classes(self) -> tuple[type, ...]:
        """The classes that get the protocol; each array is an instance of one of them."""
        if callable(self.array_class):
            return self.array_class()
        found: Any = self.namespace
        for part in self.array_class.split("."):
            found = getattr(found, part)
        return (found,)

    def has_classes(self) -> bool:
        """Whether its module, which is loaded, has its array classes."""
        try:
            return bool(self.classes)
        except AttributeError:
            return False

    @property
    def array_classes(self) -> str:
        """What the classes are called."""
        if isinstance(self.array_class, str):
            return f"{self.module}.{self.array_class}"
        return f"the array classes of {self.name}"

    @property
    def cls(self) -> type:
        """The first of the classes."""
        return self.classes[0]

    @functools.cached_property
    def differences(self) -> Mapping[str, Row]:
        """The rows of its table of differences; made when the first function is looked up."""
        rows = self._differences
        return rows() if callable(rows) else rows

    @functools.cached_property
    def dtypes(self) -> Dtypes:
        """Its dtypes and NumPy's; only for a library with a core."""
        assert self._dtypes is not None
        return self._dtypes(self.namespace)

    @functools.cached_property
    def core(self) -> Mapping[str, Callable[..., Any]]:
        """The core functions for its arrays; empty for a copy of NumPy."""
        return {} if self._core is None else self._core(self.namespace, self.dtypes)

    @functools.cached_property
    def meet(self) -> Callable[[Any], None]:
        """Is told of an array, on whose device others are made from then on."""
        return self.core.get("meet", _pass)

    def asks_like(self, function: Callable[..., Any]) -> bool:
        """Whether the array that NumPy's function is dispatched on tells it something by itself."""
        if self.alike is None and self.meet is _pass:
            return False
        try:
            return "like" in inspect.signature(function).parameters
        except (TypeError, ValueError):
            return False

    @functools.cached_property
    def refusals(self) -> tuple[type[Exception], ...]:
        """How its own functions refuse what its core then answers; none for other libraries."""
        return () if self._refusals is None else self._refusals(self.namespace)

    @functools.cached_property
    def shortcuts(self) -> Mapping[str, Callable[..., Any]]:
        """By NumPy's name, what makes the short way of a function of the long one."""
        return {} if self._shortcuts is None else self._shortcuts(self.namespace)

    @property
    def short_ways(self) -> str:
        """Where its short ways come from."""
        named = "array_api" if isinstance(self._shortcuts, functools.partial) else self.name
        return f"arrayproto.libraries.{named}_shortcuts"

    @functools.cached_property
    def stock(self) -> dict[str, Callable[..., Any]]:
        """The class's own protocol, as it was before anybody changed it."""
        names = ("__array_function__", "__array_ufunc__")
        return {name: getattr(self.cls, name) for name in names if hasattr(self.cls, name)}

    def adopt_class(self, cls: type) -> None:
        """Count a class as one of the library's own, although it is no subclass of its class."""
        with _adopting:
            self.adopted |= {cls}

    # Which arguments the library answers for ---------------------------------------------------

    def accepts(self, types: tuple[type, ...]) -> bool:
        """Whether the library may answer a call with arguments of these types.

        Its own classes, plain ndarrays and scalars; not strangers, such as another library's
        arrays or ndarray subclasses with a protocol of their own (units!).
        """
        accepted = self._accepted
        for cls in types:
            if cls not in accepted and not self._accept(cls):
                return False
        return True

    def _accept(self, cls: type) -> bool:
        if issubclass(cls, self.classes) or cls in self.adopted:
            self._accepted |= {cls}
            return True
        if issubclass(cls, _SCALARS):
            return True
        if self.accepts_also is not None and self.accepts_also(cls):
            return True
        if issubclass(cls, np.ndarray):
            masked = sys.modules.get("numpy.ma")
            if masked is not None and issubclass(cls, masked.MaskedArray):
                return False  # it has no protocol of its own, and a mask that would be lost
            return (
                cls.__array_function__ is _ndarray_function
                and cls.__array_ufunc__ is _ndarray_ufunc
            )
        # A plain container or number: not an array, so nobody else's.
        return not any(
            hasattr(cls, n)
            for n in ("__array_function__", "__array_ufunc__", "__array_namespace__")
        )

    # How it gets each function -----------------------------------------------------------------

    def resolve(self, function: Callable[..., Any]) -> Resolution:
        """How the library gets a NumPy function.

        Parameters
        ----------
        function : callable
            NumPy's own object.

        Returns
        -------
        Resolution
        """
        return resolve(self, function)

    def why(self, name: str) -> Unsupported:
        """Why it has not got a function for which it has no row."""
        from .reasons import why

        back = f"{self.module}.{self.from_host}" if self.from_host else ""
        return why(name, self.module, self.host_copy, back, self.reasons)

    @property
    def host_copy(self) -> str:
        """What a user writes to copy an array x to the host."""
        if self.to_host.startswith("numpy."):
            return f"{self.to_host.replace('numpy', 'np')}(x)"
        return f"x.{self.to_host}()" if self.to_host else "a NumPy array made of x"

    def copied_to_host(self, array: Any) -> Any:
        """What `to_host` makes of an array of it."""
        if self.to_host.startswith("numpy."):
            return getattr(np, self.to_host.removeprefix("numpy."))(array)
        for name in self.to_host.split("()."):
            array = getattr(array, name)()
        return array

    def resolve_ufunc(self, ufunc: np.ufunc, method: str = "__call__") -> Resolution:
        """How the library gets a ufunc, or a method of one.

        Parameters
        ----------
        ufunc : numpy.ufunc
        method : {"__call__", "reduce", "accumulate", "reduceat", "outer", "at"}

        Returns
        -------
        Resolution
            What it calls takes the arguments of the ufunc, or of its method. A native one is the
            library's where the inputs alone are given; ``dtype=``, ``where=``, ``out=`` and
            ``casting=`` are done around it.
        """
        return resolve_ufunc(self, ufunc, method)

    def find(self, path: str) -> Callable[..., Any] | None:
        """The library's own function of that dotted name, or None."""
        found: Any = self.namespace
        for part in path.split("."):
            found = getattr(found, part, None)
            if found is None:
                break
        return found if callable(found) else None


def _pass(array: Any) -> None:
    """For a library without devices."""


def _shortcuts_of_class(array_class: type, namespace: Any) -> Mapping[str, Callable[..., Any]]:
    from .array_api_shortcuts import shortcuts

    return shortcuts(array_class, namespace)
