"""The array libraries that arrayproto knows: one small file each.

What is named here is public: it is what an adapter for another library is written with (see
docs/adapters.md).
"""

from __future__ import annotations

from .adapters import adapter_names, load_adapter
from .array_api import Dtypes, NumPyDtypes, standard_core, with_devices, with_writing
from .autograd import autograd
from .cupy import cupy
from .dask import dask
from .jax import jax
from .library import Library
from .mlx import mlx
from .names import public_name
from .pandas import pandas
from .resolution import Resolution
from .rows import Derived, Native, Renamed
from .sparse import sparse
from .tensorflow import tensorflow
from .torch import torch
from .unsupported import Unsupported
from .xarray import xarray

#: By name, in the order in which they are shown.
LIBRARIES: dict[str, Library] = {
    library.name: library
    for library in (cupy, sparse, dask, jax, torch, tensorflow, autograd, mlx, xarray)
}

#: Libraries that are known where somebody asks for them by name, and to nobody else.
BY_REQUEST: dict[str, Library] = {pandas.name: pandas}
_requested: dict[str, Library] = {}

#: Array classes of the Array API standard to the libraries that were made of them.
_of_classes: dict[type, Library] = {}


def get_library(name: str) -> Library:
    """A library by name.

    Raises
    ------
    ValueError
        If there is none of that name; the message lists those that there are.
    ActivationError
        If another distribution has an adapter for it, which does not load.
    """
    if isinstance(name, str) and name in BY_REQUEST:
        return _requested.setdefault(name, BY_REQUEST[name])
    if not isinstance(name, str) or name not in LIBRARIES:
        found = load_adapter(name) if isinstance(name, str) else None
        if found is None:
            known = ", ".join(map(repr, dict.fromkeys([*LIBRARIES, *BY_REQUEST, *adapter_names()])))
            raise ValueError(
                f"unknown array library {name!r}; arrayproto knows {known}. A class of your own "
                "needs no library: subclass arrayproto.ArrayFunctionMixin, or "
                "arrayproto.register() it"
            )
        LIBRARIES.setdefault(name, found)
    return LIBRARIES[name]


def library_of_class(array_class: type) -> Library:
    """The library that an array class belongs to, or is all that is known of.

    Raises
    ------
    TypeError
        If it is no array class: neither of a known library nor of the Array API standard.
    """
    library = library_of(array_class)
    if library is None:
        made = Library.of_array_api(array_class)
        library = _of_classes.setdefault(array_class, made)
    return library


def library_of(cls: type) -> Library | None:
    """The known library whose array class this is, or a subclass of it."""
    for library in (*LIBRARIES.values(), *_requested.values(), *_of_classes.values()):
        if library.loaded() is not None and issubclass(cls, library.classes):
            return library
    return None


__all__ = [
    "LIBRARIES",
    "Derived",
    "Dtypes",
    "Library",
    "Native",
    "NumPyDtypes",
    "Renamed",
    "Resolution",
    "Unsupported",
    "get_library",
    "library_of",
    "library_of_class",
    "public_name",
    "standard_core",
    "with_devices",
    "with_writing",
]
