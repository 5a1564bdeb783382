"""Rows that the tables of several libraries share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .unsupported import Unsupported


def no_text(module: str) -> dict[str, Unsupported]:
    """Rows for the ufuncs of text, for a library whose protocol takes every ufunc.

    Parameters
    ----------
    module : str
        The library's module.
    """
    from .reasons import FAMILIES, why  # when something is refused, and not before

    names = (f"strings.{n}" for n in FAMILIES["text"].names if n[-1] != "*")
    return {name: why(name, module) for name in names}


#: Functions whose whole point is on the host: files and memory, which NumPy asks a guest for.
ON_HOST = ("save", "savez", "savez_compressed", "savetxt", "shares_memory", "may_share_memory")
PRINTING = ("array2string", "array_repr", "array_str")


#: Operators of arrays that take every ndarray, quantities and masked arrays too, for plain numbers.
OPERATORS = (
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"),
    *(
        f"__{prefix}{name}__"
        for name in (
            *("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "matmul"),
            *("and", "or", "xor", "lshift", "rshift"),
        )
        for prefix in ("", "r", "i")
    ),
)


def on_host(name: str) -> Callable[..., Any]:
    """What NumPy does with a guest's arrays without us."""

    def call(*args: Any, **kwargs: Any) -> Any:
        function = getattr(np, name)
        return np.ndarray.__array_function__(np.empty(0), function, (), args, kwargs)

    call.__name__ = name
    return call
