"""Comparisons and questions about elements."""

from __future__ import annotations

import builtins
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError
from .arguments import keeps
from .creation import array_of, cast, is_duck, one_of, refuse_out

__all__ = [
    "all",
    "allclose",
    "any",
    "array_equal",
    "array_equiv",
    "asarray_chkfinite",
    "isclose",
    "iscomplex",
    "iscomplexobj",
    "isfortran",
    "isreal",
    "isrealobj",
    "iterable",
    "real_if_close",
]


# What NumPy asks nobody about ---------------------------------------------------------------------


def asarray_chkfinite(a: Any, dtype: Any = None, order: Any = None) -> Any:
    if dtype is not None:
        a = cast(a, dtype)
    if a.dtype.kind in "fc":
        found = np.nonzero(np.reshape(np.logical_not(np.isfinite(a)), (-1,)))[0].shape[0]
        if found != found:
            raise UnsupportedArgumentError(
                "numpy.asarray_chkfinite: whether all elements are finite is not known before they "
                "are computed; np.isfinite(a).all() is lazy"
            )
        if found:
            raise ValueError("array must not contain infs or NaNs")
    return a


def isfortran(a: Any) -> bool:
    return False  # arrays of others have no order in memory


def iterable(y: Any) -> bool:
    return len(y.shape) > 0


# Comparisons --------------------------------------------------------------------------------------


def isclose(
    a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Any:
    like = one_of(a, b)
    a, b = (array_of(x, like) if isinstance(x, (list, tuple)) else x for x in (a, b))
    # As NumPy: the tolerance of an integer is a float's, so that nothing overflows.
    dtype = numpy.result_type(getattr(b, "dtype", type(b)), 1.0)
    b = np.astype(b, dtype) if is_duck(b) or np.ndim(b) else dtype.type(b)
    near = np.less_equal(np.abs(np.subtract(a, b)), atol + rtol * np.abs(b))
    result = (near & np.isfinite(b)) | np.equal(a, b)
    return result | (np.isnan(a) & np.isnan(b)) if equal_nan else result


def allclose(
    a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Any:
    return np.all(np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan))


def _differ(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether shapes differ; a length that is not known yet (NaN) may be any."""
    if len(one) != len(other):
        return True
    return builtins.any(m != n and m == m and n == n for m, n in zip(one, other, strict=True))


def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> Any:
    if _differ(np.shape(a1), np.shape(a2)):
        return False
    a1, a2 = (array_of(a, one_of(a1, a2)) for a in (a1, a2))
    same = np.equal(a1, a2)
    if equal_nan:
        same = same | (np.not_equal(a1, a1) & np.not_equal(a2, a2))
    return np.all(same)


def array_equiv(a1: Any, a2: Any) -> Any:
    try:
        numpy.broadcast_shapes(np.shape(a1), np.shape(a2))
    except ValueError:
        return False
    return np.all(np.equal(a1, a2))


def iscomplexobj(x: Any) -> bool:
    return bool(numpy.dtype(x.dtype).kind == "c")


def isrealobj(x: Any) -> bool:
    return not np.iscomplexobj(x)


def iscomplex(x: Any) -> Any:
    return np.not_equal(np.imag(x), 0)


def isreal(x: Any) -> Any:
    return np.equal(np.imag(x), 0)


def real_if_close(a: Any, tol: float = 100) -> Any:
    if not np.iscomplexobj(a):
        return a
    if tol > 1:
        tol = np.finfo(a.dtype.type).eps * tol
    return np.real(a) if np.all(np.abs(np.imag(a)) < tol) else a


# Reductions ---------------------------------------------------------------------------------------


def any(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = True,
) -> Any:
    refuse_out("any", out)
    true = np.not_equal(a, 0)
    if where is not True and where is not numpy._NoValue:
        true = np.logical_and(true, where)
    return np.greater(np.sum(true, axis=axis, keepdims=keeps(keepdims)), 0)


def all(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = True,
) -> Any:
    refuse_out("all", out)
    false = np.equal(a, 0)
    if where is not True and where is not numpy._NoValue:
        false = np.logical_and(false, where)
    return np.equal(np.sum(false, axis=axis, keepdims=keeps(keepdims)), 0)
