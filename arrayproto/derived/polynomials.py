"""Polynomials as arrays of coefficients, the highest power first."""

from __future__ import annotations

import warnings
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError
from .creation import alike, array_of, cast, make, one_of
from .linalg import real_eigvals

__all__ = [
    "poly",
    "polyadd",
    "polyder",
    "polydiv",
    "polyfit",
    "polyint",
    "polymul",
    "polysub",
    "polyval",
    "roots",
    "vander",
]


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
    if np.ndim(p) == 0:
        raise TypeError("iteration over a 0-d array")
    if not hasattr(p, "shape"):
        p = numpy.asarray(p)
    if not hasattr(x, "shape"):
        x = numpy.asanyarray(x)
    y = np.zeros_like(alike(x, p))
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
    if where.shape[0]:
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


def _vector(p: Any) -> Any:
    """A list of numbers, some of them 0-d arrays, as an array."""
    return array_of(p, one_of(*p)) if isinstance(p, (list, tuple)) and p else p


def poly(seq_of_zeros: Any) -> Any:
    seq_of_zeros = _vector(seq_of_zeros)
    if np.ndim(seq_of_zeros) != 1 or numpy.issubdtype(seq_of_zeros.dtype, numpy.complexfloating):
        if np.ndim(seq_of_zeros) not in (1, 2) or (
            np.ndim(seq_of_zeros) == 2 and len({*seq_of_zeros.shape, 0}) != 2
        ):
            raise ValueError("input must be 1d or non-empty square 2d array.")
        raise UnsupportedArgumentError(
            "numpy.poly: of a matrix, or of complex zeros, the dtype of the result depends on "
            "values; give it real zeros"
        )
    zeros = cast(seq_of_zeros, numpy.mintypecode(seq_of_zeros.dtype.char))
    if zeros.shape[0] == 0:
        return 1.0
    result = make(numpy.asarray, zeros, numpy.ones(1, zeros.dtype))
    for index in range(zeros.shape[0]):
        result = np.pad(result, ((0, 1),)) - zeros[index : index + 1] * np.pad(result, ((1, 0),))
    return result


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    if np.ndim(x) != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    if N is None:
        N = x.shape[0]
    x = cast(x, numpy.promote_types(x.dtype, int))
    length = x.shape[0]
    if N <= 0:
        return make(numpy.asarray, x, numpy.empty((length, N), x.dtype))
    powers = [make(numpy.asarray, x, numpy.ones(length, x.dtype))]
    for _ in range(N - 1):
        powers.append(powers[-1] * x)
    return np.stack(powers if increasing else powers[::-1], 1)


def roots(p: Any) -> Any:
    p = _vector(p)
    p = np.atleast_1d(p)
    if np.ndim(p) != 1:
        raise ValueError("Input must be a rank-1 array.")
    (where,) = np.nonzero(np.ravel(p))
    if where.shape[0] == 0:
        return make(numpy.zeros, p, 0)
    first, last = int(where[0]), int(where[-1])
    zeros = p.shape[0] - last - 1
    p = p[first : last + 1]
    p = p if p.dtype.kind in "fc" else cast(p, float)
    count = p.shape[0]
    if count > 1:
        below = make(numpy.eye, p, count - 2, count - 1, dtype=p.dtype)
        top = np.divide(np.negative(p[1:]), p[:1])
        found = real_eigvals(np.concatenate([top[None, :], below], 0))
    else:
        found = make(numpy.zeros, p, 0)
    return np.concatenate([found, make(numpy.zeros, p, zeros, dtype=found.dtype)])


def polydiv(u: Any, v: Any) -> Any:
    like = one_of(u, v)
    u, v = (np.add(alike(_coefficients(a, "polydiv"), like), 0.0) for a in (u, v))
    dtype = numpy.result_type(u.dtype, v.dtype)
    u, v = cast(u, dtype), cast(v, dtype)
    steps = u.shape[0] - v.shape[0] + 1
    scale = np.divide(1.0, v[:1])
    quotient = []
    rest = u
    length = v.shape[0]
    for k in range(steps):
        factor = np.multiply(scale, rest[k : k + 1])
        quotient.append(factor)
        part = np.subtract(rest[k : k + length], np.multiply(factor, v))
        rest = np.concatenate([rest[:k], part, rest[k + length :]])
    result = np.concatenate(quotient) if quotient else make(numpy.zeros, like, 1, dtype=dtype)
    while rest.shape[0] > 1 and np.allclose(rest[0], 0, rtol=1e-14):
        rest = rest[1:]
    return result, rest


def polyfit(
    x: Any,
    y: Any,
    deg: Any,
    rcond: Any = None,
    full: bool = False,
    w: Any = None,
    cov: Any = False,
) -> Any:
    order = int(deg) + 1
    like = one_of(x, y, *(() if w is None else (w,)))
    x, y = (alike(a if hasattr(a, "dtype") else numpy.asarray(a), like) for a in (x, y))
    x, y = (a if a.dtype.kind in "fc" else cast(a, float) for a in (x, y))
    if deg < 0:
        raise ValueError("expected deg >= 0")
    if np.ndim(x) != 1:
        raise TypeError("expected 1D vector for x")
    if np.shape(x)[0] == 0:
        raise TypeError("expected non-empty vector for x")
    if not 1 <= np.ndim(y) <= 2:
        raise TypeError("expected 1D or 2D array for y")
    if np.shape(x)[0] != np.shape(y)[0]:
        raise TypeError("expected x and y to have same length")
    if rcond is None:
        rcond = np.shape(x)[0] * numpy.finfo(x.dtype).eps
    left, right = np.vander(x, order), y
    if w is not None:
        w = alike(w if hasattr(w, "dtype") else numpy.asarray(w), like)
        w = np.add(w, 0.0)
        if np.ndim(w) != 1:
            raise TypeError("expected a 1-d array for weights")
        if np.shape(w)[0] != np.shape(y)[0]:
            raise TypeError("expected w and y to have the same length")
        left = np.multiply(left, w[:, None])
        right = np.multiply(right, w[:, None] if np.ndim(right) == 2 else w)
    scale = np.sqrt(np.sum(np.multiply(left, left), axis=0))
    left = np.divide(left, scale)
    c, residuals, rank, values = np.linalg.lstsq(left, right, rcond)
    c = np.transpose(np.divide(np.transpose(c), scale))
    if rank != order and not full:
        warnings.warn(
            "Polyfit may be poorly conditioned", numpy.exceptions.RankWarning, stacklevel=2
        )
    if full:
        return c, residuals, rank, values, rcond
    if not cov:
        return c
    base = np.divide(np.linalg.inv(np.dot(np.transpose(left), left)), np.outer(scale, scale))
    factor: Any = 1
    if cov != "unscaled":
        if np.shape(x)[0] <= order:
            raise ValueError(
                "the number of data points must exceed order to scale the covariance matrix"
            )
        factor = np.divide(residuals, np.shape(x)[0] - order)
    if np.ndim(y) == 1:
        return c, np.multiply(base, factor)
    return c, np.multiply(base[:, :, None], factor)
