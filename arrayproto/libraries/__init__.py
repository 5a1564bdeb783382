"""The array libraries that arrayproto knows: one small file each."""

from __future__ import annotations

from .cupy import cupy
from .dask import dask
from .jax import jax
from .library import Library, Renamed, Resolution, Unsupported, public_name
from .sparse import sparse
from .torch import torch

#: By name, in the order in which they are shown.
LIBRARIES: dict[str, Library] = {
    library.name: library for library in (cupy, sparse, dask, jax, torch)
}


def get_library(name: str) -> Library:
    """A library by name.

    Raises
    ------
    ValueError
        If there is none of that name; the message lists those that there are.
    """
    try:
        return LIBRARIES[name]
    except (KeyError, TypeError):
        known = ", ".join(map(repr, LIBRARIES))
        raise ValueError(
            f"unknown array library {name!r}; arrayproto knows {known}. A class of your own needs "
            "no library: subclass arrayproto.ArrayFunctionMixin, or arrayproto.register() it"
        ) from None


def library_of(cls: type) -> Library | None:
    """The known library whose array class this is, or a subclass of it."""
    for library in LIBRARIES.values():
        if library.loaded() is not None and issubclass(cls, library.classes):
            return library
    return None


__all__ = [
    "LIBRARIES",
    "Library",
    "Renamed",
    "Resolution",
    "Unsupported",
    "get_library",
    "library_of",
    "public_name",
]
