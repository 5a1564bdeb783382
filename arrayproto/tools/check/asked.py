"""Whom the judge asks about a library: itself, where it is installed, or else what is recorded."""

from __future__ import annotations

import functools
import importlib
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


class Installed:
    """A library that is imported."""

    def __init__(self, library: Library) -> None:
        self.name, self._library = library.name, library
        self.function = functools.cache(self._function)
        self.has_method = functools.cache(functools.partial(has_method, library))

    def _function(self, name: str) -> Answer:
        public = find_public(f"numpy.{name}")
        if public.method:
            found = self._library.resolve_ufunc(public.public_api, public.method)
        else:
            found = self._library.resolve(public.public_api)
        refuses = arguments.refused_or_recorded(self._library, name, public.public_api, found)
        ndarray_out = arguments.takes_ndarray_out(self._library, found)
        return Answer(found.kind, found.note, found.instead, refuses, ndarray_out)

    def is_mutable(self) -> bool:
        return arguments.is_mutable(self._library)


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
