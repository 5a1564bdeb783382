"""What a dotted name of NumPy's, or of an array library, stands for."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ...accelerator import original
from ...catalog import ALIASES, MODULES
from ...libraries import LIBRARIES, public_name
from ..coverage import Asked, public_functions

#: Packages whose functions make arrays of a library, and NumPy. Of labelled arrays, the package
#: itself: others through which they pass make none.
LIBRARY_MODULES = frozenset({"numpy"}).union(
    *({one.root} if one.by_name else one.roots for one in LIBRARIES.values())
)
#: Functions that give a fact of an array: numbers, shapes, dtypes, booleans of Python's.
_FACTS = frozenset(
    {
        *("shape", "ndim", "size", "iterable", "isscalar", "isrealobj", "iscomplexobj"),
        *("result_type", "can_cast", "common_type", "min_scalar_type", "mintypecode"),
        *("array_equal", "array_equiv", "allclose", "may_share_memory", "shares_memory"),
        *("array_str", "array_repr", "array2string"),
    }
)


class Public(NamedTuple):
    """What a name stands for.

    Attributes
    ----------
    name : str
        NumPy's, without ``numpy.``; that of the method too, for ``add.reduce``.
    public_api : object
        None for what is not NumPy's, or does not exist.
    method : str
        Of a ufunc; "" for others.
    asked : str
        One of `arrayproto.tools.coverage.ASKED`.
    of_library : bool
        It is a library's own.
    members : tuple of str
        What ``import *`` of a module imports.
    """

    name: str
    public_api: Any = None
    method: str = ""
    asked: Asked = "nobody"
    of_library: bool = False
    members: tuple[str, ...] = ()

    @property
    def is_function(self) -> bool:
        return self.public_api is not None and not isinstance(self.public_api, type)

    @property
    def is_ndarray(self) -> bool:
        return self.public_api is np.ndarray

    @property
    def gives_facts(self) -> bool:
        return self.name in _FACTS


@functools.cache
def _asked() -> dict[int, Asked]:
    return {id(function.public_api): function.asked for function in public_functions()}


@functools.cache
def find_public(path: str) -> Public:
    """What a dotted path, as a program writes it, stands for."""
    path = path.removeprefix("arrayproto.") if path.startswith("arrayproto.numpy") else path
    root, _, rest = path.partition(".")
    if root != "numpy":
        return Public(path, of_library=True)
    found, above = _follow(rest)
    if found is None:
        return Public(rest)
    found = original(found)
    if isinstance(above, np.ufunc):
        return Public(f"{above.__name__}.{found.__name__}", above, found.__name__, "ufunc")
    if isinstance(found, np.ufunc):
        return Public(found.__name__, found, "__call__", "ufunc")
    if isinstance(found, type):
        return Public(rest, found)
    if isinstance(found, type(np)):
        members = getattr(found, "__all__", None) or [n for n in dir(found) if n[0] != "_"]
        return Public(rest, members=tuple(members))
    if not isinstance(found, Callable):  # type: ignore[arg-type]
        return Public(rest)
    return Public(public_name(found) or rest, found, "", _asked().get(id(found), "nobody"))


def _follow(rest: str) -> tuple[Any, Any]:
    """The object at a path below NumPy, and what it is an attribute of."""
    for module in sorted((*MODULES, *ALIASES), key=len, reverse=True):
        below = module.removeprefix("numpy").removeprefix(".")
        if below and (rest == below or rest.startswith(below + ".")):
            found: Any = importlib.import_module(ALIASES.get(module, module))
            parts = rest[len(below) + 1 :].split(".") if rest != below else []
            break
    else:
        found, parts = np, rest.split(".") if rest else []
    above: Any = None
    for part in parts:
        above, found = found, getattr(found, part, None)
    return found, above
