"""Core functions of ducks (see `arrayproto.ducks`), from a library's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .derived.core import stand_in
from .derived.creation import cast

if TYPE_CHECKING:
    from .ducks import Duck


def on_natives(cls: type[Duck], native: Callable[..., Any]) -> Callable[..., Any]:
    """A core function of ducks, from that of the library's arrays."""

    def call(*args: Any) -> Any:
        natives = []
        for a in args:
            if type(a) is cls:
                a = a.native
            elif type(a) is list:
                a = [item.native for item in a]
            natives.append(a)
        result = native(*natives)
        if isinstance(result, (tuple, list)):
            return tuple(map(cls, result))
        return cls(result)

    return call


def loop(cls: type[Duck], ufunc: np.ufunc, native: Callable[..., Any]) -> Callable[..., Any]:
    """A ufunc of ducks: the library's function in the dtypes of the loop that NumPy would run."""
    core, dtypes = cls._library.core, cls._library.dtypes
    asarray, astype = core["asarray"], core["astype"]
    special = {
        kind: found[ufunc.__name__]
        for kind, found in (("b", _OF_BOOLS), ("c", _OF_COMPLEX))
        if ufunc.__name__ in found
    }
    check: Callable[..., Any] = _check_matmul if ufunc.__name__ == "matmul" else np.broadcast_shapes
    loops: dict[Any, Any] = {}

    def call(*inputs: Any) -> Any:
        kinds = tuple([x.dtype if type(x) is cls else _kind(x) for x in inputs])
        found = loops.get(kinds)
        if found is None:
            found = ufunc.resolve_dtypes((*kinds, None))
            if ufunc.__name__ in _BY_SIGN and found[0] != found[1]:
                found = found[2:]  # signed and unsigned, which no dtype of integers has in common
            loops[kinds] = found
        *wanted, result_dtype = found
        if not wanted:
            return _BY_SIGN[ufunc.__name__](*map(cls._implementations.core.own, inputs))
        if wanted[0].kind in special:
            return special[wanted[0].kind](*inputs)
        natives = []
        for x, kind in zip(inputs, wanted, strict=True):
            if type(x) is not cls:
                try:
                    x = asarray(np.asarray(x, kind))
                except OverflowError:
                    if ufunc.__name__ not in ("less", "equal"):
                        raise
                    return _out_of_bounds(cls, ufunc, *inputs)
            elif x.dtype == kind:
                x = x.native
            else:
                x = astype(x.native, kind)
            natives.append(x)
        if len(natives) > 1 and (natives[0].shape != natives[1].shape or check is _check_matmul):
            check(tuple(natives[0].shape), tuple(natives[1].shape))
        result = native(*natives)
        if dtypes.to_numpy(result.dtype) != result_dtype:
            result = astype(result, result_dtype)
        return cls(result)

    return call


def _kind(number: Any) -> Any:
    """What counts for promotion: that a Python number is weak."""
    kind = type(number)
    return np.dtype(bool) if kind is bool else kind


def _check_matmul(shape1: tuple[int, ...], shape2: tuple[int, ...]) -> None:
    """Raise NumPy's error where these cannot be multiplied."""
    if not shape1 or not shape2 or shape1[-1] != shape2[-2 if len(shape2) > 1 else 0]:
        np.matmul(stand_in(shape1), stand_in(shape2))
    np.broadcast_shapes(shape1[:-2], shape2[:-2])


def _less_by_sign(x1: Any, x2: Any) -> Any:
    if x1.dtype.kind == "u":
        return np.logical_and(np.greater(x2, 0), np.less(x1, cast(x2, x1.dtype)))
    return np.logical_or(np.less(x1, 0), np.less(cast(x1, x2.dtype), x2))


def _equal_by_sign(x1: Any, x2: Any) -> Any:
    unsigned, signed = (x1, x2) if x1.dtype.kind == "u" else (x2, x1)
    same = np.equal(unsigned, cast(signed, unsigned.dtype))
    return np.logical_and(np.greater_equal(signed, 0), same)


#: Comparisons of integers, one with a sign and the other with as many bits or more.
_BY_SIGN: dict[str, Callable[[Any, Any], Any]] = {"equal": _equal_by_sign, "less": _less_by_sign}


def _out_of_bounds(cls: type[Duck], ufunc: np.ufunc, x1: Any, x2: Any) -> Any:
    """A comparison with a Python integer that the array's dtype has not got: by value."""
    first = type(x1) is cls
    array, number = (x1, x2) if first else (x2, x1)
    answer = ufunc.__name__ == "less" and (number > 0) == first
    core = cls._library.core
    return cls(core["broadcast_to"](core["asarray"](np.asarray(answer)), array.shape))


# Loops of booleans, which other libraries have not got ------------------------------------------


def _less_bool(x1: Any, x2: Any) -> Any:
    return np.bitwise_and(np.invert(x1), x2)


_OF_BOOLS: dict[str, Callable[..., Any]] = {
    "add": np.bitwise_or,
    "multiply": np.bitwise_and,
    "less": _less_bool,
    "absolute": lambda x: x,
    "conjugate": lambda x: x,
    "floor": lambda x: x,
    "equal": lambda x1, x2: np.invert(np.bitwise_xor(x1, x2)),
    "matmul": lambda x1, x2: np.not_equal(np.matmul(cast(x1, int), np.astype(x2, int)), 0),
}


# Orders of complex numbers, likewise ------------------------------------------------------------


def _less_complex(x1: Any, x2: Any) -> Any:
    re1, im1, re2, im2 = np.real(x1), np.imag(x1), np.real(x2), np.imag(x2)
    known = np.logical_not(np.logical_or(np.isnan(im1), np.isnan(im2)))
    return np.logical_or(
        np.logical_and(np.less(re1, re2), known),
        np.logical_and(np.equal(re1, re2), np.less(im1, im2)),
    )


_OF_COMPLEX: dict[str, Callable[..., Any]] = {"less": _less_complex}
