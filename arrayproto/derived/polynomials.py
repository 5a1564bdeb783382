"""Polynomials as arrays of coefficients, the highest power first."""

from __future__ import annotations

from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError
from .creation import make

__all__ = ["poly", "polyadd", "polyder", "polyint", "polymul", "polysub", "polyval", "vander"]


def _coefficients(p: Any, name: str) -> Any:
    """`p`, at least 1-d; its type stays."""
    if isinstance(p, numpy.poly1d):
        raise UnsupportedArgumentError(
            f"numpy.{name}: a poly1d holds its coefficients as a numpy.ndarray, so the result can "
            "be none of another library; give .coeffs"
        )
    return np.atleast_1d(p)


def polyval(p: Any, x: Any) -> Any:
    if isinstance(x, numpy.poly1d) or isinstance(p, numpy.poly1d):
        _coefficients(x, "polyval")
    if not hasattr(p, "shape"):
        p = numpy.asarray(p)
    if not hasattr(x, "shape"):
        x = numpy.asanyarray(x)
    y = np.zeros_like(x)
    for index in range(p.shape[0]):
        y = y * x + p[index]
    return y


def _aligned(a1: Any, a2: Any, name: str) -> tuple[Any, Any]:
    """Both with leading zeros to the same length."""
    a1, a2 = _coefficients(a1, name), _coefficients(a2, name)
    if isinstance(a1, numpy.ndarray):
        a1 = make(numpy.asarray, a2, a1)
    elif isinstance(a2, numpy.ndarray):
        a2 = make(numpy.asarray, a1, a2)
    length = max(a1.shape[0], a2.shape[0])
    return _lengthened(a1, length), _lengthened(a2, length)


def _lengthened(p: Any, length: int) -> Any:
    missing = length - p.shape[0]
    if not missing:
        return p
    return np.concatenate([make(numpy.zeros, p, missing, dtype=p.dtype), p], 0)


def polyadd(a1: Any, a2: Any) -> Any:
    a1, a2 = _aligned(a1, a2, "polyadd")
    return a1 + a2


def polysub(a1: Any, a2: Any) -> Any:
    a1, a2 = _aligned(a1, a2, "polysub")
    return a1 - a2


def polymul(a1: Any, a2: Any) -> Any:
    return np.convolve(_trimmed(a1), _trimmed(a2))


def _trimmed(p: Any) -> Any:
    """Without its leading zeros, as poly1d has it; one zero stays."""
    p = _coefficients(p, "polymul")
    if np.ndim(p) > 1:
        raise ValueError("Polynomial must be 1d only.")
    (where,) = np.nonzero(p)
    # How long it is, is for the stored values to say.
    if len(where):
        return p[int(where[0]) :]
    return p[:1] if p.shape[0] else make(numpy.zeros, p, 1, dtype=p.dtype)


def polyder(p: Any, m: int = 1) -> Any:
    m = int(m)
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    for _ in range(m):
        p = p[:-1] * numpy.arange(p.shape[0] - 1, 0, -1)
    return p


def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    m = int(m)
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    constants = numpy.zeros(m) if k is None else np.atleast_1d(k)
    if len(constants) == 1 and m > 1:
        constants = constants[0] * numpy.ones(m)
    if len(constants) < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    for index in range(m):
        p = p / numpy.arange(p.shape[0], 0, -1)
        constant = make(numpy.asarray, p, constants[index : index + 1])
        p = np.concatenate([p, constant], 0)
    return p


def poly(seq_of_zeros: Any) -> Any:
    if np.ndim(seq_of_zeros) != 1 or numpy.issubdtype(seq_of_zeros.dtype, numpy.complexfloating):
        if np.ndim(seq_of_zeros) not in (1, 2) or (
            np.ndim(seq_of_zeros) == 2 and len({*seq_of_zeros.shape, 0}) != 2
        ):
            raise ValueError("input must be 1d or non-empty square 2d array.")
        raise UnsupportedArgumentError(
            "numpy.poly: of a matrix, or of complex zeros, the dtype of the result depends on "
            "values; give it real zeros"
        )
    zeros = seq_of_zeros.astype(numpy.mintypecode(seq_of_zeros.dtype.char))
    if zeros.shape[0] == 0:
        return 1.0
    result = make(numpy.asarray, zeros, numpy.ones(1, zeros.dtype))
    for index in range(zeros.shape[0]):
        result = np.pad(result, ((0, 1),)) - zeros[index] * np.pad(result, ((1, 0),))
    return result


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    if np.ndim(x) != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    if N is None:
        N = x.shape[0]
    x = x.astype(numpy.promote_types(x.dtype, int))
    length = x.shape[0]
    if N <= 0:
        return make(numpy.asarray, x, numpy.empty((length, N), x.dtype))
    powers = [make(numpy.asarray, x, numpy.ones(length, x.dtype))]
    for _ in range(N - 1):
        powers.append(powers[-1] * x)
    return np.stack(powers if increasing else powers[::-1], 1)
