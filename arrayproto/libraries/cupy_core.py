"""The core (see `arrayproto.derived.core`) of CuPy's functions.

It answers what CuPy's own functions refuse: lists and ndarrays beside arrays on the device, which
are copied to it, and arguments that CuPy has not got.
"""

from __future__ import annotations

import math
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..derived.core import UFUNCS
from .array_api import Dtypes, argsort_complex, extreme_complex


def core(cupy: Any, dtypes: Dtypes) -> Mapping[str, Callable[..., Any]]:
    """The core functions, and what it takes to write to arrays.

    Parameters
    ----------
    cupy : module
    dtypes : Dtypes
        NumPy's own.
    """
    with_complex = types.SimpleNamespace(
        astype=lambda a, dtype: a.astype(dtype),
        argsort=lambda a, axis, stable: cupy.argsort(a, axis=axis),  # by a stable sort
        int8=cupy.int8,
        permute_dims=cupy.transpose,
        **{
            name: getattr(cupy, name)
            for name in ("imag", "isnan", "real", "reshape", "take_along_axis", "where")
        },
    )

    def asarray(a: Any) -> Any:
        if a.dtype.kind not in "biufc":
            raise TypeError(f"CuPy has no arrays of {a.dtype!r}")
        return cupy.asarray(a)

    def argsort(a: Any, axis: int) -> Any:
        if a.dtype.kind == "c":
            return argsort_complex(with_complex, a, axis)
        return cupy.argsort(a.view(np.uint8) if a.dtype.kind == "b" else a, axis=axis)

    def total(name: str) -> Callable[..., Any]:
        function = getattr(cupy, name)

        def call(a: Any, axis: Any, dtype: Any) -> Any:
            if dtype.kind == "b":
                return function(a, axis=axis, dtype=np.int64).astype(bool)
            return function(a.astype(dtype, copy=False), axis=axis, dtype=dtype)

        return call

    def extreme(name: str) -> Callable[..., Any]:
        function = getattr(cupy, name)

        def call(a: Any, axis: Any) -> Any:
            if a.dtype.kind == "c":
                return extreme_complex(with_complex, a, axis, argsort, largest=name == "max")
            return function(a, axis=axis)

        return call

    def power(x1: Any, x2: Any) -> Any:
        if x2.dtype.kind == "i" and x1.size and bool((x2 < 0).any()):
            raise ValueError("Integers to negative integer powers are not allowed.")
        return cupy.power(x1, x2)

    def eig(a: Any) -> Any:
        if not bool(cupy.isfinite(a).all()):
            raise np.linalg.LinAlgError("Array must not contain infs or NaNs")
        return _stacked(cupy, cupy.linalg.eig, a)

    def setitem(a: Any, key: Any, value: Any) -> None:
        a[key] = value

    own = {
        "asarray": asarray,
        "astype": lambda x, dtype: x.astype(dtype, copy=False),
        "reshape": lambda a, shape: a.reshape(shape),
        "transpose": lambda a, axes: a.transpose(axes),
        "broadcast_to": cupy.broadcast_to,
        "concatenate": lambda arrays, axis: cupy.concatenate(arrays, axis=axis),
        "where": cupy.where,
        "take": lambda a, indices, axis: cupy.take(a, indices, axis=axis),
        "nonzero": cupy.nonzero,
        "argsort": argsort,
        **{name: total(name) for name in ("sum", "prod", "cumsum", "cumprod")},
        **{name: extreme(name) for name in ("min", "max")},
        "real": cupy.real,
        "imag": cupy.imag,
        "power": power,
        "log2": lambda x: log2(cupy, x),
        **{name: shift(cupy, name) for name in ("left_shift", "right_shift")},
        **{f"linalg.{name}": checked(name) for name in ("cholesky", "eigh", "solve")},
        "linalg.eig": eig,
        "linalg.qr": lambda a, mode: tuple(cupy.linalg.qr(a, mode=mode)),
        "linalg.slogdet": lambda a: tuple(cupy.linalg.slogdet(a)),
        "linalg.svd": lambda a, full: tuple(cupy.linalg.svd(a, full_matrices=full)),
        "fft.fft": lambda a, axis: cupy.fft.fft(a, axis=axis) if a.size else a,
        "getitem": lambda a, key: a[key],
        "setitem": setitem,
        "fresh": _fresh,
    }
    return {**{name: getattr(cupy, name) for name in UFUNCS}, **own}


def checked(name: str) -> Callable[..., Any]:
    """A function of ``cupy.linalg`` that raises where a matrix is singular, as NumPy's does."""

    def call(*args: Any, **kwargs: Any) -> Any:
        import cupyx  # a part of CuPy, which the program has imported

        function = getattr(sys.modules["cupy"].linalg, name)
        with cupyx.errstate(linalg="raise"):
            return function(*args, **kwargs)

    call.__name__ = name
    return call


def log2(cupy: Any, x: Any) -> Any:
    """CuPy's own has NaN for the imaginary part where a complex number is zero."""
    if x.dtype.kind != "c":
        return cupy.log2(x)
    result = cupy.log(x)
    result.real /= math.log(2)
    result.imag /= math.log(2)
    return result


def shift(cupy: Any, name: str) -> Callable[..., Any]:
    """Shifts by more than there are bits, which C does not define."""
    function = getattr(cupy, name)

    def call(x1: Any, x2: Any) -> Any:
        bits = 8 * x1.dtype.itemsize
        gone = (x2 >= bits) | (x2 < 0)
        if name == "right_shift":
            return function(x1, cupy.where(gone, bits - 1, x2).astype(x2.dtype)) * (
                ~gone | (x1 < 0)
            ).astype(x1.dtype)
        return cupy.where(gone, 0, function(x1, cupy.where(gone, 0, x2))).astype(x1.dtype)

    return call


def _stacked(cupy: Any, function: Callable[..., Any], a: Any) -> Any:
    """A function of one matrix, for a stack of them."""
    if a.ndim == 2:
        return tuple(function(a))
    stack = a.reshape(-1, *a.shape[-2:])
    results = zip(*(function(matrix) for matrix in stack), strict=True)
    return tuple(cupy.stack(parts).reshape(*a.shape[:-2], *parts[0].shape) for parts in results)


def _fresh(result: Any, arrays: list[Any]) -> Any:
    """The result, or a copy of it if a write to it would be one to something else."""
    shared = any(n > 1 and step == 0 for n, step in zip(result.shape, result.strides, strict=True))
    memory = result.data.mem.ptr
    for a in arrays:
        if not isinstance(a, np.ndarray) and a.data.mem.ptr == memory != 0:
            shared = True
    return result.copy() if shared else result
