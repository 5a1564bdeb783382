"""Whom the judge asks about a library: itself, where it is installed, or else what is recorded."""

from __future__ import annotations

import functools
import importlib
import inspect
import warnings
from typing import NamedTuple, Protocol

from ... import capabilities
from ...capabilities import Capabilities, Capability
from ...libraries import Library, get_library
from ...ways_out import WAYS_OUT
from .. import arguments
from ..capabilities import has_method
from .names import Public, find_public


class NotInstalledError(Exception):
    """A library that is not here, and nothing is recorded of its functions."""


class Answer(NamedTuple):
    """How a library gets a function.

    Attributes
    ----------
    kind, note, instead : str
        As of `arrayproto.libraries.Resolution`.
    refuses : frozenset of str
        Arguments that it refuses, where they are not as by default.
    ndarray_out : bool or None
        Whether it copies a result into an ndarray that is given as ``out=``; None if that is not
        known.
    """

    kind: str
    note: str
    instead: str
    refuses: frozenset[str]
    ndarray_out: bool | None = None


class Asked(Protocol):
    """A library, as far as the judge has questions."""

    name: str

    def function(self, name: str) -> Answer:
        """How it gets a function, by NumPy's name; of a ufunc, or of a method of one."""
        ...

    def is_mutable(self) -> bool:
        """Whether its arrays can be written to."""
        ...

    def has_method(self, name: str) -> bool:
        """Whether its arrays have a method of ndarrays."""
        ...

    def method_problem(self, name: str, positional: int, keywords: tuple[str, ...]) -> str:
        """Why a method does not take what an ndarray's takes; "" if it does, or nobody knows."""
        ...

    def attribute_problem(self, name: str) -> str:
        """What is wrong with an attribute that ndarrays have; "" if nothing, or nobody knows."""
        ...


#: Methods of ndarrays that take the items of a tuple one by one.
_BY_ITEMS = frozenset({"reshape", "transpose"})


class Installed:
    """A library that is imported."""

    def __init__(self, library: Library) -> None:
        self.name, self._library = library.name, library
        self.function = functools.cache(self._function)
        self.has_method = functools.cache(functools.partial(has_method, library))
        self.method_problem = functools.cache(self._method_problem)

    def _function(self, name: str) -> Answer:
        public = find_public(f"numpy.{name}")
        if public.method:
            found = self._library.resolve_ufunc(public.public_api, public.method)
        else:
            found = self._library.resolve(public.public_api)
        refuses = arguments.refused_or_recorded(self._library, name, public.public_api, found)
        if self._library.core and not self.is_mutable():  # of TensorFlow's, variables can be
            refuses |= {"out"}
        ndarray_out = arguments.takes_ndarray_out(self._library, found)
        return Answer(found.kind, found.note, found.instead, refuses, ndarray_out)

    def is_mutable(self) -> bool:
        return arguments.is_mutable(self._library)

    def _method_problem(self, name: str, positional: int, keywords: tuple[str, ...]) -> str:
        classes = (self._library.cls, *self._library.cls.__subclasses__())
        methods = (getattr(cls, name) for cls in classes if hasattr(cls, name))
        signature = arguments.signature_of(next(methods, None))
        if signature is None:
            return ""
        kinds = {parameter.kind for parameter in signature.parameters.values()}
        if name in _BY_ITEMS and positional > 1 and inspect.Parameter.VAR_POSITIONAL not in kinds:
            return "it takes one tuple, not its items"
        try:
            signature.bind(None, *[None] * positional, **dict.fromkeys(keywords))
        except TypeError as error:
            return str(error)
        return ""

    def attribute_problem(self, name: str) -> str:
        if not self.has_method(name):
            return f"arrays of {self.name} have no attribute {name!r}"
        if callable(getattr(self._library.cls, name, None)):
            return f"{name!r} is a method of arrays of {self.name}, and no value"
        return ""


class Recorded:
    """A library that is not installed: what its capability file says."""

    def __init__(self, found: Capabilities) -> None:
        self.name, self._found = found.library, found

    def function(self, name: str) -> Answer:
        found = self._one(find_public(f"numpy.{name}"), name)
        if found is None:
            return Answer("unknown", "nothing is recorded of it", "", frozenset())
        newest = self._found.newest
        note = f"{found.note} (recorded with {self.name} {newest.version})"
        return Answer(found.kind, note, found.instead, frozenset(found.refusing()))

    def _one(self, public: Public, name: str) -> Capability | None:
        functions = self._found.newest.functions
        if public.method in ("", "__call__"):
            return functions.get(name)
        ufunc = functions.get(name.rpartition(".")[0])
        return None if ufunc is None else ufunc.methods.get(public.method)

    def is_mutable(self) -> bool:
        return self._found.mutable

    def has_method(self, name: str) -> bool:
        return name not in self._found.lacks

    def method_problem(self, name: str, positional: int, keywords: tuple[str, ...]) -> str:
        return ""  # signatures of methods are not recorded, nor are attributes

    def attribute_problem(self, name: str) -> str:
        return ""


def load(name: str) -> Asked:
    """A library by name: imported, or as it is recorded.

    Raises
    ------
    ValueError
        If there is none of that name.
    NotInstalledError
        If it cannot be imported, and nothing is recorded of it.
    """
    library = get_library(name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.import_module(library.module)
    except ImportError as error:
        recorded = capabilities.read(name)
        if recorded is not None:
            return Recorded(recorded)
        raise NotInstalledError(
            f"{name} is not installed here ({error}), and nothing is recorded of it: install it "
            f"beside arrayproto (it needs no device), or leave {name} out"
        ) from error
    return Installed(library)


@functools.cache
def ways_out(library: str) -> dict[str, str]:
    """Names of methods that lead out of a library, to what they do."""
    return {name: row.kind for row in WAYS_OUT.get(library, ()) for name in row.names}
