"""Files: `numpy.load` and `numpy.memmap`, and the functions that write them.

Tables of text are read by NumPy. What is written, to a file or as text, is copied to the host: that
is what the program asks for, by name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .makers import Maker


class _Archive(Mapping[str, Any]):
    """A file of `numpy.savez`, opened, with arrays of a library; the rest is NumPy's object's."""

    def __init__(self, opened: Any, convert: Callable[[Any], Any]) -> None:
        self._opened, self._convert = opened, convert

    def __getitem__(self, name: str) -> Any:
        return self._convert(self._opened[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._opened)

    def __len__(self) -> int:
        return len(self._opened)

    def __enter__(self) -> _Archive:
        return self

    def __exit__(self, *details: object) -> None:
        self._opened.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opened, name)


def _load(maker: Maker, own: Callable[..., Any]) -> Callable[..., Any]:
    def load(file: Any, mmap_mode: Any = None, *args: Any, **kwargs: Any) -> Any:
        if mmap_mode in ("r+", "w+"):
            return own(file, mmap_mode, *args, **kwargs)
        if maker.reads_in_parts and mmap_mode is None and isinstance(file, (str, os.PathLike)):
            mmap_mode = "r"  # objects and archives are read as ever
        try:
            opened = own(file, mmap_mode, *args, **kwargs)
        except ValueError:
            # Of objects, which cannot be mapped; or an error of the file, which is raised again.
            opened = own(file, None, *args, **kwargs)
        if isinstance(opened, np.lib.npyio.NpzFile):
            return _Archive(opened, lambda array: maker.of_host(array, False))
        return maker.of_host(opened, False)

    return load


def _memmap(maker: Maker, own: Callable[..., Any]) -> Callable[..., Any]:
    """A map that is open for writing is the file itself, and stays NumPy's."""

    def memmap(
        filename: Any, dtype: Any = np.uint8, mode: Any = "r+", *args: Any, **kw: Any
    ) -> Any:
        mapped = own(filename, dtype, mode, *args, **kw)
        return (
            maker.of_host(mapped, False)
            if mode in ("r", "c", "readonly", "copyonwrite")
            else mapped
        )

    return memmap


def _saved(maker: Maker, own: Callable[..., Any]) -> Callable[..., Any]:
    from .endings import taking_ndarrays  # which needs what needs this module

    return taking_ndarrays(own)


def _written(maker: Maker, own: Callable[..., Any]) -> Callable[..., Any]:
    """The functions that write an array as text."""
    from .endings import text

    def write(a: Any, *args: Any, **kwargs: Any) -> str:
        if not maker.is_own(a) or args:
            return own(maker.to_host(a) if maker.is_own(a) else a, *args, **kwargs)  # type: ignore[no-any-return]
        return text(maker, a, own, **kwargs)

    return write


#: By public name, what makes the function for a library.
MAKERS: dict[str, Callable[[Any, Any], Callable[..., Any]]] = {
    "load": _load,
    "memmap": _memmap,
    **dict.fromkeys(("save", "savetxt", "savez", "savez_compressed"), _saved),
    **dict.fromkeys(("array2string", "array_repr", "array_str"), _written),
}
