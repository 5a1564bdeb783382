"""What arrayproto knows of an array library: classes, functions, differences.

A `Library` is described by data alone and is never imported by us: everything that needs the
module waits until the user's program has imported it.
"""

from __future__ import annotations

import functools
import inspect
import sys
import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any, Literal, get_args

import numpy as np

from .. import private
from ..accelerator import original
from ..derived import derived_functions
from ..derived.newer import refusing_newer
from ..errors import UnsupportedFunctionError
from ..given import Given
from ..locks import lock
from .array_api import Dtypes, namespace_of, standard_core, with_devices, with_writing
from .bridge import bridge
from .own_first import TAKE_FUNCTIONS, own_first
from .products import Product
from .ufuncs import UfuncTable
from .ufuncs import resolve as resolve_ufunc
from .unsupported import Unsupported
from .watched import enroll, watched, watcher

Kind = Literal["native", "bridged", "derived", "unsupported"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_ndarray_function = np.ndarray.__array_function__
_ndarray_ufunc = np.ndarray.__array_ufunc__
#: Methods that change their array, where NumPy's function of the same name returns another.
_IN_PLACE = frozenset({"fill", "partition", "put", "resize", "sort"})
#: Packages that make ndarrays of what they are given, with functions that NumPy dispatches (SciPy
#: with `numpy.asarray_chkfinite`), and go on with these.
_CONVERTING = frozenset({"scipy"})
_adopting = lock("registered")
_SCALARS = (np.generic, bool, int, float, complex, str, bytes, type(None))


class Resolution:
    """How a library gets a NumPy function.

    Attributes
    ----------
    kind : {"native", "bridged", "derived", "unsupported"}
    call : callable or None
        What is called with the arguments of the NumPy function; None where it is unsupported.
    note : str
        Where the implementation comes from or, for an unsupported function, the reason.
    instead : str
        For an unsupported function, the next step that a user can take; "" for the others.
    """

    __slots__ = ("call", "instead", "kind", "note")

    def __init__(
        self, kind: Kind, call: Callable[..., Any] | None, note: str, instead: str = ""
    ) -> None:
        self.kind, self.call, self.note, self.instead = kind, call, note, instead

    def __repr__(self) -> str:
        return f"<{self.kind}: {self.note}>"


class Renamed:
    """A row of a table of differences: the same function under other names.

    Parameters
    ----------
    path : str
        The library's function, dotted below the library's module; "" for NumPy's own name.
    arguments : mapping of str to str
        NumPy's argument names to the library's.
    own_defaults : frozenset of str
        Arguments whose default is the library's, although it differs from NumPy's.
    refused : frozenset of str
        Arguments that the library's function has, and does not do as NumPy does.
    named : bool
        Whether the results, a plain tuple there, have names in NumPy.
    """

    __slots__ = ("arguments", "named", "own_defaults", "path", "refused")

    def __init__(
        self,
        path: str = "",
        arguments: Mapping[str, str] = MappingProxyType({}),
        own_defaults: frozenset[str] = frozenset(),
        refused: frozenset[str] = frozenset(),
        named: bool = False,
    ) -> None:
        self.path, self.arguments, self.own_defaults = path, arguments, own_defaults
        self.refused, self.named = refused, named


class Derived:
    """A row of a table of differences: the derived function, although the library has its own."""

    __slots__ = ()


class OfCore:
    """A row: by way of the core, although the library has a function of its own."""

    __slots__ = ()


class Made:
    """A row that makes what is called, for a library with a core."""

    __slots__ = ()

    def make(
        self, library: Library, function: Callable[..., Any], ducks: Callable[..., Any]
    ) -> Callable[..., Any]:
        """What is called for NumPy's `function`, which goes through ducks otherwise."""
        raise NotImplementedError


class Native:
    """A row for a ufunc's method: the library's ``__array_ufunc__`` does what NumPy does."""

    __slots__ = ()


Row = Renamed | Unsupported | Derived | OfCore | Made | Native | Product | Callable[..., Any]


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
        known: Callable[[Any], bool] = lambda array: True,
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
        self._adopted: frozenset[type] = frozenset()
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
            If `array_class` is not a class of the standard, or does not tell its namespace.
        """
        if issubclass(array_class, np.ndarray):
            raise TypeError(
                f"{array_class.__qualname__} is an ndarray, which NumPy's functions take as it is"
            )
        if namespace is None:
            namespace = namespace_of(array_class)
        module = getattr(namespace, "__name__", array_class.__module__)
        library = cls(
            module.partition(".")[0],
            module,
            array_class.__qualname__,
            guest=True,
            dtypes=Dtypes,
            core=functools.partial(_core_of_class, array_class),
            shortcuts=functools.partial(_shortcuts_of_class, array_class),
            advice="Convert the array with its own library where a NumPy array is what you want.",
        )
        vars(library).update(namespace=namespace, classes=(array_class,))
        return library

    def __repr__(self) -> str:
        return f"<arrayproto library {self.name!r}>"

    @property
    def root(self) -> str:
        """The top-level package."""
        return self.module.partition(".")[0]

    @property
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
            self._adopted |= {cls}

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
        if issubclass(cls, self.classes) or cls in self._adopted:
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

    def remember(
        self,
        targets: dict[type, Callable[..., Any]],
        function: Callable[..., Any],
        cls: type,
        call: Callable[..., Any],
    ) -> None:
        """Put what the table holds where it is found faster, until the table is cleared."""
        targets[cls] = call
        self.table.copies.append((targets, cls))
        if self.table.by_position.get(function) is not call:  # another thread has cleared it
            targets.pop(cls, None)

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
        name = public_name(function)
        if name is None:
            from .reasons import NOT_NUMPYS

            return self._refusal(NOT_NUMPYS)
        found = self._resolve(function, name)
        if self.refusals:
            found = self._with_core(found, function, name)
        if self.writing is not None and found.call is not None:
            try:
                parameters = inspect.signature(function).parameters
            except (TypeError, ValueError):
                return found
            if "out" in parameters:
                by_position = parameters["out"].kind is not inspect.Parameter.KEYWORD_ONLY
                position = list(parameters).index("out") if by_position else None
                kind = "bridged" if found.kind == "native" else found.kind
                call = self.writing(name, found.call, position)
                found = Resolution(kind, call, found.note)
        return found

    def _resolve(self, function: Callable[..., Any], name: str) -> Resolution:
        row = self.differences.get(name)
        if isinstance(row, Unsupported):
            return self._refusal(row)
        if isinstance(row, Derived):
            return self._derived(function, name)
        if isinstance(row, OfCore):
            return self._through_ducks(function, name)
        if isinstance(row, Made):
            ducks = self._through_ducks(function, name)
            if ducks.call is None:
                return ducks
            own = row.make(self, function, ducks.call)
            return Resolution("bridged", own, f"{self.module}.{name}")
        if isinstance(row, Product):
            row = row.make(self)
        if row is not None and not isinstance(row, Renamed):
            call = refusing_newer(name, function, row)
            return Resolution("bridged", call, f"arrayproto.libraries.{self.name}")
        if row is None and self.core and not self.refusals:
            return self._through_ducks(function, name)
        path = row.path if row and row.path else name
        found = self.find(path)
        if found is None or found is function:
            if name in derived_functions() and name not in self.reasons:
                return self._derived(function, name)
            found = self.find_member(path)
        if found is None:
            return self._through_ducks(function, name) if self.core else self._refusal_of(name)
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):
            return Resolution("native", found, f"{self.module}.{path}")
        row = row or Renamed()
        call = bridge(
            name,
            signature,
            found,
            library=self.name,
            renamed=row.arguments,
            own_defaults=row.own_defaults,
            refused=row.refused,
        )
        kind: Kind = "native" if call is found else "bridged"
        if row.named:
            kind, call = "bridged", _named(name, call)
        return Resolution(kind, call, f"{self.module}.{path}")

    def _with_core(self, found: Resolution, function: Callable[..., Any], name: str) -> Resolution:
        """The same, with the core for the calls that are refused."""
        row = self.differences.get(name)
        if found.call is None or isinstance(row, OfCore) or name in TAKE_FUNCTIONS:
            return found
        ducks = self._through_ducks(function, name).call
        if ducks is None:
            return found
        return Resolution(found.kind, own_first(found.call, ducks, self.refusals), found.note)

    def _refusal(self, row: Unsupported) -> Resolution:
        return Resolution("unsupported", None, row.reason, row.instead or self.advice)

    def _refusal_of(self, name: str) -> Resolution:
        return self._refusal(self.why(name))

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

    def _through_ducks(self, function: Callable[..., Any], name: str) -> Resolution:
        from ..ducks import through_ducks

        call = through_ducks(self, function)
        if call is None:
            return self._refusal_of(name)
        if name in self.shortcuts:
            short = self.shortcuts[name](call)
            return Resolution("bridged", short, self.short_ways)
        if name in self.core:
            return Resolution("bridged", call, f"the core of arrayproto.libraries.{self.name}")
        return Resolution("derived", call, "arrayproto.derived, of the core")

    @staticmethod
    def _derived(function: Callable[..., Any], name: str) -> Resolution:
        composed = derived_functions()[name]
        note = f"{composed.__module__}.{composed.__name__}"
        return Resolution("derived", refusing_newer(name, function, composed), note)

    def find(self, path: str) -> Callable[..., Any] | None:
        """The library's own function of that dotted name, or None."""
        found: Any = self.namespace
        for part in path.split("."):
            found = getattr(found, part, None)
            if found is None:
                break
        return found if callable(found) else None

    def find_member(self, name: str) -> Callable[..., Any] | None:
        """A method or property of the array class, as a function; None for a dotted name."""
        if "." in name or name in _IN_PLACE:
            return None
        # Some members are those of the library's own subclasses: sparse.COO.transpose.
        classes: list[type] = [self.cls]
        child: type
        for child in self.cls.__subclasses__():
            # A class may have a property of that name for its instances.
            if str(child.__module__).partition(".")[0] == self.root:
                classes.append(child)
        # What adopted packages see is made of the library's functions, and none of its own.
        members = (getattr(cls, name) for cls in classes if hasattr(cls, name))
        member = next((one for one in members if not isinstance(one, Given)), None)

        def check(x: Any) -> None:
            # The method of an ndarray would convert the duck arrays that it is given.
            if not (isinstance(x, self.classes) or type(x) in self._adopted) or not hasattr(
                x, name
            ):
                raise UnsupportedFunctionError(
                    f"numpy.{name} is not supported for arrays of {self.name} where the first "
                    f"argument is a {type(x).__module__}.{type(x).__qualname__}: it is a method "
                    f"{name!r} of {self.name}. Nothing was converted. {self.advice}"
                )

        if callable(member):

            def method(x: Any, /, *args: Any, **kwargs: Any) -> Any:
                check(x)
                return getattr(x, name)(*args, **kwargs)

            method.__name__, method.__module__ = name, f"{self.cls.__module__}.{self.cls.__name__}"
            try:
                signature = inspect.signature(member)
            except (TypeError, ValueError):
                return None
            itself, *others = signature.parameters.values()
            # Bound by NumPy's name for it, and passed by position.
            itself = itself.replace(kind=inspect.Parameter.POSITIONAL_ONLY)
            method.__signature__ = signature.replace(parameters=[itself, *others])  # type: ignore[attr-defined]
            return method
        if isinstance(member, property):

            def get(a: Any) -> Any:
                check(a)
                return getattr(a, name)

            get.__name__ = name
            return get
        return None

    def check(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Raise what NumPy raises of these arguments, where the row of the function says so."""
        row = self.differences.get(public_name(function) or "")
        if isinstance(row, Unsupported) and row.checked and (args or kwargs):
            small = {key: self._stand_in(value) for key, value in kwargs.items()}
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                function(*map(self._stand_in, args), **small)

    def _stand_in(self, value: Any) -> Any:
        """A small ndarray of the same rank and dtype; an empty axis stays empty."""
        if isinstance(value, self.classes):
            return np.ones([min(int(n), 3) if n == n else 3 for n in value.shape], value.dtype)
        if type(value) in (list, tuple):
            return type(value)(map(self._stand_in, value))
        return value

    def unsupported(
        self, function: Callable[..., Any], types: tuple[type, ...]
    ) -> UnsupportedFunctionError:
        """The error for a function that the library has not got."""
        name = public_name(function)
        full = f"numpy.{name}" if name else getattr(function, "__name__", repr(function))
        return self.refusal(full, types, self.resolve(function))

    def _more(self) -> str:
        """The command that shows more, for error messages: it knows the libraries by name."""
        from . import LIBRARIES

        if LIBRARIES.get(self.name) is not self:
            return ""
        return f" What there is: python -m arrayproto coverage --library {self.name}."

    def refusal(
        self, name: str, types: tuple[type, ...], resolution: Resolution
    ) -> UnsupportedFunctionError:
        """The error for what `resolution` says is unsupported."""
        classes = ", ".join(f"{cls.__module__}.{cls.__qualname__}" for cls in types)
        instead = resolution.instead
        step = f" Instead: {instead}." if instead and instead != self.advice else ""
        error = UnsupportedFunctionError(
            f"{name} is not supported for arrays of {self.name} ({classes}): {resolution.note}. "
            f"Nothing was converted.{step}{self._more()} {self.advice}".rstrip()
        )
        error.reason = f"{name} is not supported for arrays of {self.name}: {resolution.note}"
        return error


def _pass(array: Any) -> None:
    """For a library without devices."""


def _named(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose results get the names that NumPy has for them."""
    names: Any = type(getattr(np.linalg, name.rpartition(".")[2])(np.eye(1)))

    def call(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        return names(*result) if type(result) is tuple else result

    call.__name__ = name.rpartition(".")[2]
    return call


def _core_of_class(
    array_class: type, namespace: Any, dtypes: Dtypes
) -> Mapping[str, Callable[..., Any]]:
    core = standard_core(namespace, dtypes)
    if hasattr(array_class, "device"):
        core = with_devices(core, namespace)
    # The standard leaves it to the library whether its arrays can be written to.
    return with_writing(core, namespace) if hasattr(array_class, "__setitem__") else core


def _shortcuts_of_class(array_class: type, namespace: Any) -> Mapping[str, Callable[..., Any]]:
    from .array_api_shortcuts import shortcuts

    return shortcuts(array_class, namespace)


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


def public_name(function: Any) -> str | None:
    """Name of a public NumPy function without ``numpy.``, or None.

    Every public function says where it lives; that it really is there is checked.
    """
    module, name = getattr(function, "__module__", None), getattr(function, "__name__", None)
    if not isinstance(module, str) or not isinstance(name, str):
        return None
    if module.partition(".")[0] != "numpy":
        return None
    holder = sys.modules.get(module)
    held = getattr(holder, name, None)
    # What activate() puts in the place of a function still names it.
    if held is not function and original(held) is not function:
        if not isinstance(function, private.ArrayFunctionDispatcher):
            return None
    return f"{module}.{name}".removeprefix("numpy.")
