"""Short ways (see `.short_ways`) of any library of the Array API standard.

Only functions are here that the standard defines as NumPy does, for arrays of one floating-point or
complex dtype, and in all of its versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .array_api import ARRAY_API_NAMES
from .short_ways import Call, Maker, Own, ShortWays

_UNARY = (
    *("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "square", "negative"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"),
)
_BINARY = ("add", "subtract", "multiply", "divide")
_REAL_BINARY = (
    *("maximum", "minimum", "arctan2", "hypot"),
    *("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"),
)
#: What libraries raise where NumPy has an error, or an answer, of its own: of a library that nobody
#: knows, anything. The long way then raises what NumPy does, or what the library does there.
_REFUSED = (Exception,)


def shortcuts(array_class: type, xp: Any) -> Mapping[str, Maker]:
    """By NumPy's name, what makes the short way of a function of the long one.

    Parameters
    ----------
    array_class : type
    xp : module
        The standard's functions for its arrays.
    """
    own = Own(array_class)
    ways = ShortWays(
        own, _dtypes(xp, "float32", "float64"), _dtypes(xp, "complex64", "complex128"), _REFUSED
    )

    def tensordot(long: Call) -> Call:
        native = xp.tensordot

        def call(a: Any, b: Any, axes: Any = 2) -> Any:
            # Of products the standard's dtypes are NumPy's, whatever those of the arrays.
            if own[type(a)] and own[type(b)]:
                try:
                    if type(axes) is not int and len(axes[0]) != len(axes[1]):
                        return long(a, b, axes)
                    return native(a, b, axes=axes)
                except _REFUSED:
                    pass
            return long(a, b, axes)

        return call

    def named(name: str) -> str:
        return ARRAY_API_NAMES.get(name, name)

    makers = {
        **dict.fromkeys(_UNARY, ways.unary),
        **dict.fromkeys(_BINARY, ways.binary),
        "matmul": ways.binary,
        **dict.fromkeys(_REAL_BINARY, ways.real_binary),
    }
    found = {
        name: make(getattr(xp, named(name)))
        for name, make in makers.items()
        if hasattr(xp, named(name))
    }
    return found | {"tensordot": tensordot} if hasattr(xp, "tensordot") else found


def _dtypes(xp: Any, *names: str) -> list[Any]:
    return [getattr(xp, name) for name in names if hasattr(xp, name)]
