"""Completions of `numpy.linalg`."""

from __future__ import annotations

import functools
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError
from .core import Core, stand_in


def _matrices(a: Any, square: bool = True) -> Any:
    """`a` in a dtype of linear algebra, its shape checked."""
    LinAlgError = numpy.linalg.LinAlgError
    if len(a.shape) < 2:
        raise LinAlgError(
            f"{len(a.shape)}-dimensional array given. Array must be at least two-dimensional"
        )
    if square and a.shape[-1] != a.shape[-2]:
        raise LinAlgError("Last 2 dimensions of the array must be square")
    return np.astype(a, linalg_dtype(a.dtype))


def linalg_dtype(*dtypes: Any) -> Any:
    """The dtype of results of `numpy.linalg`."""
    for dtype in dtypes:
        if dtype.kind not in "biufc" or dtype.char in "egG":
            raise TypeError(f"array type {dtype.name} is unsupported in linalg")
    common = numpy.result_type(*dtypes)
    return common if common.kind in "fc" else numpy.dtype(float)


def _named(name: str, *results: Any) -> Any:
    """Results under the names that NumPy has for them."""
    return type(getattr(numpy.linalg, name)(numpy.eye(1)))(*results)


def linalg_cholesky(core: Core, a: Any, /, *, upper: bool = False) -> Any:
    a = _matrices(a)
    # The upper half alone counts, or the lower.
    a = np.conjugate(np.matrix_transpose(a)) if upper else a
    factor = core["linalg.cholesky"](a)
    return np.conjugate(np.matrix_transpose(factor)) if upper else factor


def linalg_eig(core: Core, a: Any) -> Any:
    a = _matrices(a)
    values, vectors = core["linalg.eig"](a)
    from .linalg import are_real

    if a.dtype.kind == "f" and not _always_complex() and are_real(values):
        values, vectors = np.real(values), np.real(vectors)
    return _named("eig", values, vectors)


@functools.cache
def _always_complex() -> bool:
    """Whether NumPy's eigenvalues are complex numbers even where all are real, as since 2.5."""
    return numpy.linalg.eig(numpy.eye(1))[0].dtype.kind == "c"


def linalg_eigh(core: Core, a: Any, UPLO: str = "L") -> Any:
    if UPLO.upper() not in ("L", "U"):
        raise ValueError("UPLO argument must be 'L' or 'U'")
    a = _matrices(a)
    if UPLO.upper() == "U":
        a = np.conjugate(np.matrix_transpose(a))
    return _named("eigh", *core["linalg.eigh"](a))


def linalg_qr(core: Core, a: Any, mode: str = "reduced") -> Any:
    if mode == "raw":
        raise UnsupportedArgumentError(
            "numpy.linalg.qr: mode='raw' is LAPACK's own form, which this class has not got; "
            "modes are 'reduced', 'complete' and 'r'"
        )
    if mode not in ("reduced", "complete", "r"):
        raise ValueError(f"Unrecognized mode '{mode}'")
    factors = core["linalg.qr"](
        _matrices(a, square=False), "complete" if mode == "complete" else "reduced"
    )
    return factors[1] if mode == "r" else _named("qr", *factors)


def linalg_slogdet(core: Core, a: Any) -> Any:
    return _named("slogdet", *core["linalg.slogdet"](_matrices(a)))


def linalg_solve(core: Core, a: Any, b: Any) -> Any:
    a, b = core.own(a), core.own(b)
    dtype = linalg_dtype(a.dtype, b.dtype)
    a = np.astype(_matrices(a), dtype)
    vector = len(b.shape) == 1
    b = np.astype(b[:, None] if vector else b, dtype)
    if len(b.shape) < 2 or b.shape[-2] != a.shape[-1]:
        numpy.linalg.solve(stand_in(a.shape, float), stand_in(b.shape[:-1] if vector else b.shape))
    stack = numpy.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a = np.broadcast_to(a, stack + tuple(a.shape[-2:]))
    b = np.broadcast_to(b, stack + tuple(b.shape[-2:]))
    result = core["linalg.solve"](a, b)
    return result[..., 0] if vector else result


def linalg_svd(
    core: Core,
    a: Any,
    full_matrices: bool = True,
    compute_uv: bool = True,
    hermitian: bool = False,
) -> Any:
    a = _matrices(a, square=hermitian)
    factors = core["linalg.svd"](a, bool(full_matrices and compute_uv))
    return _named("svd", *factors) if compute_uv else factors[1]
