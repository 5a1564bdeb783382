"""The ways out of each array library: everything that makes an ndarray, or a number, of an array.

One table. The tests refuse these ways, to prove that no array went through the host
(`arrayproto.testing.subjects`); traces record them, ``no_copies`` stops them, and the demonstration
counts them (`arrayproto.tools.watch`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import numpy as np

from .libraries import LIBRARIES, Library

#: What is done in each way.
KINDS = {
    "coercion": "NumPy, or somebody else, asks the array to become an ndarray",
    "buffer": "its memory is read by the buffer protocol",
    "dlpack": "its memory is handed to another library by DLPack",
    "densifying": "a sparse array becomes dense",
    "compute": "a lazy array is computed",
    "copy": "it is copied to host memory by name",
    "list": "it becomes a list of Python numbers",
    "number": "its one element becomes a number of Python's",
    "text": "its values are read to be shown: `print`, a format, `repr`",
    "pickle": "its values are written to a pickle, for a file or another process",
    "list of arrays": "NumPy makes one ndarray of a list of arrays",
    "object array": "NumPy makes an array of Python objects of it, since it knows no better",
}
Kind = Literal[
    "coercion", "buffer", "dlpack", "densifying", "compute", "copy", "list", "number",
    "text", "pickle", "list of arrays", "object array",
]  # fmt: skip


class WayOut(NamedTuple):
    """A row: names that lead out of a library.

    Attributes
    ----------
    names : tuple of str
        Methods of its array class, and of subclasses of its own that override them; or functions.
        None where only C code goes that way.
    kind : str
        One of `KINDS`.
    modules : tuple of str
        Where the functions are; empty for methods.
    of : tuple of str
        Names of the classes whose methods they are, where others of the library, which stand for
        arrays that have no values yet, have them too; empty for all.
    """

    names: tuple[str, ...]
    kind: Kind
    modules: tuple[str, ...] = ()
    of: tuple[str, ...] = ()


_NUMBERS = ("__bool__", "__float__", "__int__", "__complex__", "__index__")
_SHOWING = ("__repr__", "__str__", "__format__")
_PICKLED = WayOut(("__reduce__", "__reduce_ex__"), "pickle")
_BUT_FOR_BUFFER = (
    WayOut(("__array__",), "coercion"),
    WayOut(("__dlpack__",), "dlpack"),
    WayOut(_NUMBERS, "number"),
)
_STANDARD = (*_BUT_FOR_BUFFER, WayOut(("__buffer__",), "buffer"))

#: Library to its ways out; a class of the Array API standard has those of the standard.
WAYS_OUT: dict[str, tuple[WayOut, ...]] = {
    "cupy": (
        WayOut(("__array__",), "coercion"),
        WayOut(("get",), "copy"),
        WayOut(("asnumpy",), "copy", ("cupy",)),
        WayOut(("tolist",), "list"),
        WayOut(("item", *_NUMBERS), "number"),
        WayOut((), "buffer"),  # of memory that the host can read
        WayOut(("__dlpack__",), "dlpack"),
        WayOut(_SHOWING, "text"),
        _PICKLED,
    ),
    "sparse": (  # a number is an element that it holds: there is nothing to make dense or wait for
        WayOut(("__array__",), "coercion"),
        WayOut(("todense", "maybe_densify"), "densifying"),
    ),
    "dask": (
        WayOut(("__array__",), "coercion"),
        WayOut(("compute", "persist"), "compute"),
        WayOut(
            ("compute", "persist"),
            "compute",
            ("dask", "dask.base", "dask.array", "dask.array.core"),
        ),
        WayOut(("__bool__", "__float__", "__int__", "__complex__"), "number"),
    ),
    "jax": (
        *_STANDARD,
        WayOut(("tobytes",), "copy"),
        WayOut(("device_get",), "copy", ("jax",)),
        WayOut(("tolist",), "list"),
        WayOut(("item",), "number"),
        WayOut(_SHOWING, "text", of=("ArrayImpl",)),
        _PICKLED,
    ),
    "torch": (
        WayOut(("__array__",), "coercion"),
        WayOut(("numpy",), "copy"),
        WayOut(("tolist",), "list"),
        WayOut(("item", *_NUMBERS), "number"),
        WayOut(("__dlpack__",), "dlpack"),
        WayOut(("to_dlpack",), "dlpack", ("torch", "torch.utils.dlpack")),
        WayOut(_SHOWING, "text"),
        _PICKLED,
    ),
    "tensorflow": (
        *_BUT_FOR_BUFFER,
        WayOut((), "buffer"),
        WayOut(("numpy", "_numpy"), "copy"),
        WayOut(_SHOWING, "text", of=("_EagerTensorBase", "BaseResourceVariable")),
        _PICKLED,
        WayOut(
            ("to_dlpack",),
            "dlpack",
            (
                "tensorflow.python.dlpack.dlpack",
                "tensorflow._api.v2.experimental.dlpack",
                "tensorflow._api.v2.compat.v2.experimental.dlpack",
            ),
        ),
    ),
    "autograd": (),  # a box gives its value to whoever asks for it by name, and to nobody else
    "mlx": (
        *_BUT_FOR_BUFFER,
        WayOut((), "buffer"),  # a call of its __buffer__ from Python may end the process
        WayOut(("__bytes__",), "copy"),
        WayOut(("tolist",), "list"),
        WayOut(("item",), "number"),
        WayOut(_SHOWING, "text"),
        WayOut(("__getstate__",), "pickle"),
    ),
    "xarray": (WayOut(("__array__",), "coercion"),),
}

#: NumPy's functions that make an ndarray of anything, and ask nobody but by ``like=``.
COERCING = (
    "array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray", "require",
    "frombuffer", "from_dlpack",
)  # fmt: skip

#: NumPy's functions that write out the values of an array, for which they are on the host.
WRITING_OUT = frozenset(
    {"array2string", "array_repr", "array_str", "save", "savetxt", "savez", "savez_compressed"}
)

#: Libraries whose arrays are dense and in memory: their own code may use the ways as it likes.
#: What sparse makes dense, or Dask computes, costs the same whoever asked for it.
EAGER = frozenset(LIBRARIES) - {"sparse", "dask"}


class Found(NamedTuple):
    """A way out in this process: an attribute of a class or a module."""

    holder: Any
    name: str
    kind: Kind

    @property
    def path(self) -> str:
        """For messages: ``COO.todense``."""
        return f"{getattr(self.holder, '__name__', self.holder)}.{self.name}"


def ways_out(library: Library) -> Iterator[Found]:
    """The ways out of a library that the program has imported.

    Parameters
    ----------
    library : Library

    Yields
    ------
    Found
        Each attribute once. Methods that a class inherits from one written in C are of that class.
    """
    for names, kind, modules, of in WAYS_OUT.get(library.name, _STANDARD):
        for name in names:
            holders: list[Any]
            if modules:
                holders = [m for m in map(sys.modules.get, modules) if hasattr(m, name)]
            else:
                holders = []
                for base in library.classes:
                    found = [cls for cls in family(base, library) if name in vars(cls)]
                    inherited = getattr(base, name, None)
                    if base not in found and inherited is not getattr(object, name, None):
                        found.insert(0, base)
                    holders += [cls for cls in found if cls not in holders]
                holders = [cls for cls in holders if not of or cls.__name__ in of]
            for holder in holders:
                yield Found(holder, name, kind)


def gives_buffers(library: Library) -> bool:
    """Whether arrays of a library may give their memory by the buffer protocol.

    Parameters
    ----------
    library : Library
    """
    return any(way.kind == "buffer" for way in WAYS_OUT.get(library.name, _STANDARD))


def family(cls: type, library: Library) -> list[type]:
    """A class, and those that a library has derived from it."""
    found, pending = {cls: None}, [cls]
    while pending:
        child: type
        for child in pending.pop().__subclasses__():
            if child not in found and child.__module__.partition(".")[0] in library.roots:
                found[child] = None
                pending.append(child)
    return list(found)


def host_size(array: Any) -> int:
    """Bytes of an array as an ndarray; 0 where its library does not know its shape, or it has none.

    Parameters
    ----------
    array : object
    """
    dtype, shape = getattr(array, "dtype", None), getattr(array, "shape", None)
    if dtype is None or shape is None:
        return 0
    size = getattr(dtype, "itemsize", None) or getattr(dtype, "size", None)  # TensorFlow, MLX
    size = np.dtype(object).itemsize if size is None else size
    return int(size * (_count(shape) or 0))


def elements(array: Any) -> int:
    """How many an array has; 1 where its library does not know.

    Parameters
    ----------
    array : object
    """
    count = _count(getattr(array, "shape", ()))
    return 1 if count is None else count


def _count(shape: Any) -> int | None:
    count = 1
    try:
        for length in shape:
            count *= length
    except (TypeError, ValueError):  # within a tf.function
        return None
    return int(count) if count == count else None
