"""Short ways: autograd's own functions, in the calls for which it has the right derivatives.

Its values are NumPy's in any case. What it has no derivative for, or not with these arguments, goes
the long way, by the core.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.tracer import getval

Call = Callable[..., Any]
Fits = Callable[..., bool]

#: An integer that would be in a box, and an argument that has no derivative.
_REFUSED = (TypeError, NotImplementedError)
_ARRAYS = frozenset({ArrayBox, np.ndarray})
_OPERANDS = _ARRAYS | {float, int, np.float64, np.float32}


def _one(*args: Any, **kwargs: Any) -> bool:
    return len(args) == 1 and not kwargs


def _operands(*args: Any, **kwargs: Any) -> bool:
    return len(args) == 2 and not kwargs and _OPERANDS.issuperset(map(type, args))


def _arrays(*args: Any, **kwargs: Any) -> bool:
    return len(args) == 2 and not kwargs and _ARRAYS.issuperset(map(type, args))


def _inexact_arrays(*args: Any, **kwargs: Any) -> bool:
    """autograd gives derivatives of products the dtype of the argument."""
    return _arrays(*args, **kwargs) and args[0].dtype.kind in "fc" and args[1].dtype.kind in "fc"


def _contracted(*args: Any, **kwargs: Any) -> bool:
    return _arrays(*args[:2], **kwargs) and (len(args) == 2 or type(args[2]) is int)


def _along(*args: Any, **kwargs: Any) -> bool:
    """An array, and at most one axis."""
    if kwargs.keys() - {"axis", "keepdims"} or not 0 < len(args) < 3:
        return False
    axis = kwargs.get("axis", args[1] if len(args) == 2 else None)
    return type(args[0]) is ArrayBox and (axis is None or type(axis) is int)


def _of_reals(*args: Any, **kwargs: Any) -> bool:
    return _along(*args, **kwargs) and args[0].dtype.kind == "f"


def _subscripts(*args: Any, **kwargs: Any) -> bool:
    """No diagonals, and nothing left to dots."""
    subscripts, *operands = args
    if kwargs or type(subscripts) is not str or "." in subscripts:
        return False
    terms = subscripts.replace(" ", "").partition("->")[0].split(",")
    return all(len(set(term)) == len(term) for term in terms) and all(
        type(x) in _ARRAYS for x in operands
    )


def _shape(*args: Any, **kwargs: Any) -> bool:
    return len(args) == 2 and not kwargs and type(args[1]) in (int, tuple)


def _axes(*args: Any, **kwargs: Any) -> bool:
    if kwargs or type(args[0]) is not ArrayBox:
        return False
    return len(args) == 1 or (type(args[1]) is tuple and min(args[1], default=0) >= 0)


def _matrix(*args: Any, **kwargs: Any) -> bool:
    return len(args) == 1 and not kwargs and type(args[0]) is ArrayBox and args[0].ndim == 2


def _normed(*args: Any, **kwargs: Any) -> bool:
    given = [*args[1:], *kwargs.values()]
    return not given or (_matrix(args[0]) and given == ["nuc"])


def _system(*args: Any, **kwargs: Any) -> bool:
    return (
        _arrays(*args, **kwargs)
        and args[0].dtype.kind == args[1].dtype.kind == "f"
        and args[0].ndim == 2
        and args[1].ndim in (1, 2)
    )


def _rows(names: str, fits: Fits) -> dict[str, Fits]:
    return dict.fromkeys(names.split(), fits)


_EighResult: Any = type(np.linalg.eigh(np.eye(1)))


def _eigh(a: Any, UPLO: str = "L") -> Any:
    """Of the upper half, vectors of the signs that NumPy gives them."""
    found = anp.linalg.eigh(a, UPLO)
    return _EighResult(found[0], found[1])


def _half(*args: Any, **kwargs: Any) -> bool:
    return type(args[0]) is ArrayBox and [*args[1:], *kwargs.values()] in ([], ["L"], ["U"])


#: NumPy's names to the calls for which autograd's function of that name will do.
_FITS: dict[str, Fits] = {
    **_rows(
        "negative exp exp2 expm1 log log2 log10 log1p sin cos tan arctan sinh cosh tanh arcsinh "
        "rad2deg degrees deg2rad radians square sqrt absolute fabs reciprocal conjugate",
        _one,
    ),
    **_rows("add subtract multiply divide power maximum minimum remainder arctan2", _operands),
    **_rows("sum mean max min", _along),
    **_rows("std var", _of_reals),
    **_rows("dot inner", _inexact_arrays),
    "matmul": _arrays,
    "tensordot": _contracted,
    "einsum": _subscripts,
    "reshape": _shape,
    "transpose": _axes,
    **_rows("linalg.inv linalg.det", _matrix),
    "linalg.solve": _system,
    "linalg.norm": _normed,
}


def _own(name: str) -> Call:
    found: Any = anp
    for part in name.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


#: They move elements, and integers with them, which may become others further on.
_MOVING = frozenset({"reshape", "transpose"})


def _short(native: Call, fits: Fits, moves: bool) -> Callable[[Call], Call]:
    def make(long: Call) -> Call:
        def call(*args: Any, **kwargs: Any) -> Any:
            if fits(*args, **kwargs):
                try:
                    result = native(*args, **kwargs)
                except _REFUSED:
                    pass
                else:
                    if moves or type(result) is not ArrayBox or result._value.dtype.kind in "fc":
                        return result
                    return getval(result)  # integers have no derivative
            return long(*args, **kwargs)

        return call

    return make


def shortcuts() -> Mapping[str, Callable[[Call], Call]]:
    """By NumPy's name, what makes the short way of a function of the long one."""
    rows = {name: _short(_own(name), fits, name in _MOVING) for name, fits in _FITS.items()}
    return rows | {"linalg.eigh": _short(_eigh, _half, moves=True)}
