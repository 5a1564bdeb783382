"""What a loop of a ufunc does with its operands: dtypes and errors, and where results go.

What such dtypes and ranks give, or raise, NumPy itself says of arrays of at most one element.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError, UnsupportedFunctionError
from ..libraries import library_of
from .creation import make

PYTHON_NUMBERS = (bool, int, float, complex)


# What NumPy would do ----------------------------------------------------------------------------


def operand(a: Any) -> Any:
    """An argument as an array, unless it is one or a number of Python, whose dtype gives way."""
    if type(a) in PYTHON_NUMBERS or hasattr(a, "dtype"):
        return a
    return numpy.asarray(a)


def stand_in(a: Any) -> Any:
    """An ndarray of the same dtype and rank, with as few elements as that takes."""
    if isinstance(a, (numpy.ufunc, type(None))) or type(a) in PYTHON_NUMBERS:
        return a
    return numpy.ones([int(n != 0) for n in a.shape], a.dtype)


def ask_numpy(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What NumPy makes of stand-ins: the dtype of the result, and NumPy's errors."""
    with numpy.errstate(all="ignore"):
        return function(*args, **kwargs)


def ask(ufunc: np.ufunc, inputs: Sequence[Any]) -> Any:
    """What NumPy makes of stand-ins for the inputs of a ufunc, its errors included."""
    return ask_numpy(ufunc, *(stand_in(operand(a)) for a in inputs))


def loop_dtypes(
    ufunc: np.ufunc, inputs: Sequence[Any], signature: Any = None, casting: str = "same_kind"
) -> tuple[Any, ...]:
    """The dtypes of NumPy's loop for these inputs: of its inputs, then of its results."""
    given = tuple(
        numpy.dtype(bool) if type(a) is bool else type(a) if type(a) in PYTHON_NUMBERS else a.dtype
        for a in inputs
    )
    given += (None,) * ufunc.nout
    if signature is None:  # NumPy takes no None here
        return ufunc.resolve_dtypes(given, casting=casting)
    return ufunc.resolve_dtypes(given, signature=signature, casting=casting)


def cast(a: Any, dtype: Any) -> Any:
    """An operand in a dtype."""
    if type(a) in PYTHON_NUMBERS:
        return numpy.asarray(a, dtype)[()]  # OverflowError where the dtype has no such number
    if a.dtype == dtype:
        return a
    return a.astype(dtype) if hasattr(a, "astype") else np.astype(a, dtype)


def shape_of(a: Any) -> tuple[int, ...]:
    return tuple(getattr(a, "shape", ()))


def array_as(a: Any, like: Any, dtype: Any) -> Any:
    """An operand in a dtype, as an array of the library of `like`.

    A quantity stays what it is: the library accepts it, and its unit would be lost.
    """
    if isinstance(a, numpy.ndarray) and type(a) is not numpy.ndarray:
        return cast(a, dtype)
    if isinstance(a, (numpy.ndarray, numpy.generic)) or type(a) in PYTHON_NUMBERS:
        return make(numpy.asarray, like, numpy.asarray(cast(a, dtype)))
    return cast(a, dtype)


def loop(ufunc: np.ufunc, function: Callable[..., Any], inputs: Sequence[Any]) -> Any:
    """Call `function` with inputs in the dtypes of the ufunc's loop; the results get theirs."""
    operands = [operand(a) for a in inputs]
    ask(ufunc, operands)
    dtypes = loop_dtypes(ufunc, operands)
    like = next((a for a in operands if hasattr(a, "dtype") and not is_held(a)), operands[0])
    results = function(*(array_as(a, like, d) for a, d in zip(operands, dtypes, strict=False)))
    if ufunc.nout == 1:
        return cast(results, dtypes[-1])
    pairs = zip(results, dtypes[ufunc.nin :], strict=True)
    return tuple(cast(result, dtype) for result, dtype in pairs)


def is_held(a: Any) -> bool:
    """Whether values can be read at no cost: an ndarray or what makes one, no duck array."""
    return isinstance(a, (numpy.ndarray, numpy.generic)) or not (
        hasattr(a, "__array_ufunc__")
        or hasattr(a, "__array_function__")
        or hasattr(a, "__array_namespace__")
    )


def mask_as(where: Any, arrays: Sequence[Any]) -> Any:
    """The argument `where` for the library of the arrays."""
    if isinstance(where, bool):
        return where
    where = operand(where)
    like = next((a for a in arrays if not is_held(a)), None)
    if like is None or not isinstance(where, numpy.ndarray):
        return where
    return make(numpy.asarray, like, where)


# Where results go -------------------------------------------------------------------------------


def write(ufunc: np.ufunc, out: Any, value: Any, casting: str = "same_kind") -> Any:
    """Write a result, of the right dtype kind and broadcastable, to an array that was given."""
    if is_held(out) and not is_held(value):
        raise UnsupportedArgumentError(
            f"numpy.{ufunc.__name__}: argument out= is a {type(out).__module__}."
            f"{type(out).__qualname__} and the result a {type(value).__module__}."
            f"{type(value).__qualname__}, which would have to be brought to the host. Leave out= "
            "out (a = a + x instead of a += x), or convert the result yourself"
        )
    library = library_of(type(out))
    if library is not None and library.write is not None:
        library.write(out, np.broadcast_to(cast(value, out.dtype), out.shape))
        return out
    try:
        np.copyto(out, value, casting=casting)
    except UnsupportedFunctionError as error:
        raise UnsupportedArgumentError(
            f"numpy.{ufunc.__name__}: argument out= is not supported for arrays that cannot be "
            "written to; leave it out, and assign the result"
        ) from error
    return out


def check_shape(out: Any, *shapes: tuple[int, ...]) -> None:
    """Raise as NumPy does if results of these shapes do not fit."""
    shape = numpy.broadcast_shapes(out.shape, *shapes)
    if shape != out.shape:

        def text(shape: tuple[int, ...]) -> str:
            return f"({','.join(map(str, shape))}{',' if len(shape) == 1 else ''})"

        raise ValueError(
            f"non-broadcastable output operand with shape {text(out.shape)} doesn't match the "
            f"broadcast shape {text(shape)}"
        )
