"""Ufuncs composed of those of the core alone, for classes that have nothing else.

Each function gets its arguments in the dtypes of NumPy's loop and need not care for dtypes, but for
those of `AS_THEY_ARE`, to which a Python number may come that the dtype has not got.
"""

from __future__ import annotations

import math
from typing import Any

import numpy

import arrayproto.numpy as np

__all__ = [
    "bitwise_count",
    "cbrt",
    "ceil",
    "deg2rad",
    "degrees",
    "divmod",
    "exp2",
    "fabs",
    "float_power",
    "fmax",
    "fmin",
    "fmod",
    "frexp",
    "gcd",
    "greater",
    "greater_equal",
    "heaviside",
    "hypot",
    "isfinite",
    "isinf",
    "isnan",
    "lcm",
    "ldexp",
    "less_equal",
    "logaddexp",
    "logaddexp2",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "matvec",
    "maximum",
    "minimum",
    "modf",
    "not_equal",
    "positive",
    "rad2deg",
    "radians",
    "reciprocal",
    "sign",
    "signbit",
    "spacing",
    "square",
    "trunc",
    "vecdot",
    "vecmat",
]

#: Called with inputs as they are.
AS_THEY_ARE = frozenset(
    {
        "greater",
        "greater_equal",
        "less_equal",
        "logical_and",
        "logical_not",
        "logical_or",
        "logical_xor",
        "not_equal",
    }
)

_inf = math.inf

# Comparison and logic: of the inputs as they are, for Python numbers may be out of bounds ---------


def not_equal(x1: Any, x2: Any) -> Any:
    return np.invert(np.equal(x1, x2))


def greater(x1: Any, x2: Any) -> Any:
    return np.less(x2, x1)


def less_equal(x1: Any, x2: Any) -> Any:
    return np.bitwise_or(np.less(x1, x2), np.equal(x1, x2))


def greater_equal(x1: Any, x2: Any) -> Any:
    return np.less_equal(x2, x1)


def _true(x: Any) -> Any:
    if not hasattr(x, "dtype"):
        return bool(x)
    return x if x.dtype == bool else np.not_equal(x, 0)


def logical_and(x1: Any, x2: Any) -> Any:
    return np.bitwise_and(_true(x1), _true(x2))


def logical_or(x1: Any, x2: Any) -> Any:
    return np.bitwise_or(_true(x1), _true(x2))


def logical_xor(x1: Any, x2: Any) -> Any:
    return np.bitwise_xor(_true(x1), _true(x2))


def logical_not(x: Any) -> Any:
    return np.equal(x, 0)


def isnan(x: Any) -> Any:
    return np.not_equal(x, x)


def isinf(x: Any) -> Any:
    return np.equal(np.absolute(x), _inf)


def isfinite(x: Any) -> Any:
    return np.less(np.absolute(x), _inf)


# One array ----------------------------------------------------------------------------------------


def positive(x: Any) -> Any:
    return x


def square(x: Any) -> Any:
    return np.multiply(x, x)


def reciprocal(x: Any) -> Any:
    if x.dtype.kind in "fc":
        return np.divide(1, x)
    # Of integers only 1 and -1 have one; that of 0 is whatever NumPy's loop makes of infinity.
    with numpy.errstate(all="ignore"):
        of_zero = numpy.reciprocal(numpy.zeros(1, x.dtype))[0]
    one = np.equal(x, 1)
    unit = one if x.dtype.kind == "u" else np.logical_or(one, np.equal(x, -1))
    return np.where(unit, x, np.where(np.equal(x, 0), of_zero, x.dtype.type(0)))


def fabs(x: Any) -> Any:
    return np.absolute(x)


def signbit(x: Any) -> Any:
    return np.less(np.copysign(1, x), 0)


def sign(x: Any) -> Any:
    if x.dtype.kind == "c":
        size = np.absolute(x)
        return np.where(np.equal(size, 0), 0, np.divide(x, np.where(np.equal(size, 0), 1, size)))
    return (
        np.where(np.less(0, x), 1, np.where(np.less(x, 0), -1, np.add(x, 0)))
        if x.dtype.kind != "u"
        else np.where(np.less(0, x), 1, x)
    )


def ceil(x: Any) -> Any:
    return x if x.dtype.kind in "biu" else np.negative(np.floor(np.negative(x)))


def trunc(x: Any) -> Any:
    return x if x.dtype.kind in "biu" else np.copysign(np.floor(np.absolute(x)), x)


def exp2(x: Any) -> Any:
    return np.power(2, x)


def cbrt(x: Any) -> Any:
    size = np.absolute(x)
    usual = np.logical_and(np.less(0, size), np.less(size, _inf))
    safe = np.where(usual, size, 1)
    root = np.power(safe, 1 / 3)
    root = np.subtract(root, np.divide(root - safe / (root * root), 3))  # one step of Newton's
    return np.copysign(np.where(usual, root, size), x)


def degrees(x: Any) -> Any:
    return np.multiply(x, 180 / math.pi)


def radians(x: Any) -> Any:
    return np.multiply(x, math.pi / 180)


def spacing(x: Any) -> Any:
    # NumPy's of half precision looks up for negative numbers too.
    end = _inf if x.dtype == numpy.float16 else np.copysign(_inf, x)
    return np.subtract(np.nextafter(x, end), x)


def bitwise_count(x: Any) -> Any:
    bits = 8 * x.dtype.itemsize
    if x.dtype.kind == "i":
        x = np.astype(np.absolute(x), numpy.dtype(f"u{x.dtype.itemsize}"))
    elif x.dtype.kind == "b":
        return np.astype(x, numpy.uint8)
    places = numpy.arange(bits, dtype=x.dtype)
    ones = np.bitwise_and(np.right_shift(x[..., None], places), 1)
    return np.sum(ones, axis=-1, dtype=numpy.uint8)


def frexp(x: Any) -> Any:
    usual = np.logical_and(np.isfinite(x), np.not_equal(x, 0))
    exponent = np.add(np.floor(np.log2(np.where(usual, np.absolute(x), 1))), 1)
    exponent = np.astype(exponent, numpy.int32)
    mantissa = np.ldexp(np.where(usual, x, 1), np.negative(exponent))
    size = np.absolute(mantissa)
    # The logarithm of a number next to a power of two is rounded to it.
    off = np.subtract(
        np.astype(np.greater_equal(size, 1), numpy.int32),
        np.astype(np.less(size, 0.5), numpy.int32),
    )
    mantissa = np.ldexp(mantissa, np.negative(off))
    return np.where(usual, mantissa, x), np.where(usual, np.add(exponent, off), 0)


def modf(x: Any) -> Any:
    whole = np.trunc(x)
    rest = np.where(np.isinf(x), 0, np.subtract(x, np.where(np.isinf(x), 0, whole)))
    return np.copysign(rest, x), whole


# Two arrays ---------------------------------------------------------------------------------------


def maximum(x1: Any, x2: Any) -> Any:
    return np.where(np.logical_or(np.greater_equal(x1, x2), np.isnan(x1)), x1, x2)


def minimum(x1: Any, x2: Any) -> Any:
    return np.where(np.logical_or(np.less_equal(x1, x2), np.isnan(x1)), x1, x2)


def fmax(x1: Any, x2: Any) -> Any:
    return np.where(np.logical_or(np.greater_equal(x1, x2), np.isnan(x2)), x1, x2)


def fmin(x1: Any, x2: Any) -> Any:
    return np.where(np.logical_or(np.less_equal(x1, x2), np.isnan(x2)), x1, x2)


def hypot(x1: Any, x2: Any) -> Any:
    x1, x2 = np.absolute(x1), np.absolute(x2)
    # Not the maximum, whose derivative is divided in one way or another where they are the same.
    shorter = np.less(x1, x2)
    long, short = np.where(shorter, x2, x1), np.where(shorter, x1, x2)
    ratio = np.divide(short, np.where(np.logical_or(np.equal(long, 0), np.isinf(long)), 1, long))
    length = np.multiply(long, np.sqrt(np.add(1, np.multiply(ratio, ratio))))
    return np.where(np.logical_or(np.isinf(x1), np.isinf(x2)), _inf, length)


def _logaddexp(x1: Any, x2: Any, log_of_two: float, exp: Any, unit: float) -> Any:
    same = np.equal(x1, x2)  # infinities too, whose difference is NaN
    apart = np.absolute(np.subtract(x1, np.where(same, 0, x2)))
    rest = np.multiply(np.log1p(exp(np.negative(apart))), unit)
    # Where they are the same, the beginning of a series in their difference, which is zero and has
    # derivatives: those of the general case jump there.
    finite = np.logical_and(same, np.isfinite(x1))
    difference = np.subtract(np.where(finite, x1, 0), np.where(finite, x2, 0))
    middle = np.add(np.multiply(x1, 0.5), np.multiply(x2, 0.5))
    bend = np.multiply(np.multiply(difference, difference), 1 / (8 * unit))
    at_the_middle = np.add(np.add(middle, log_of_two), bend)
    return np.where(same, at_the_middle, np.add(np.maximum(x1, x2), rest))


def logaddexp(x1: Any, x2: Any) -> Any:
    return _logaddexp(x1, x2, math.log(2), np.exp, 1)


def logaddexp2(x1: Any, x2: Any) -> Any:
    return _logaddexp(x1, x2, 1, np.exp2, 1 / math.log(2))


def fmod(x1: Any, x2: Any) -> Any:
    if x1.dtype.kind == "f":
        return np.copysign(np.remainder(np.absolute(x1), np.absolute(x2)), x1)
    rest = np.remainder(x1, x2)
    apart = np.logical_xor(np.less(x1, 0), np.less(x2, 0))
    return np.where(np.logical_and(apart, np.not_equal(rest, 0)), np.subtract(rest, x2), rest)


def divmod(x1: Any, x2: Any) -> Any:
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


def float_power(x1: Any, x2: Any) -> Any:
    return np.power(x1, x2)


def ldexp(x1: Any, x2: Any) -> Any:
    dtype, wide = x1.dtype, numpy.promote_types(x1.dtype, float)
    x1 = np.astype(x1, wide)
    x2 = np.clip(x2, -4400, 4400) if x2.dtype.itemsize > 1 else x2
    for part in (np.floor_divide(x2, 3), np.floor_divide(x2 + 1, 3), np.floor_divide(x2 + 2, 3)):
        x1 = np.multiply(x1, np.power(2.0, np.astype(part, wide)))
    return np.astype(x1, dtype)


def heaviside(x1: Any, x2: Any) -> Any:
    step = np.where(np.equal(x1, 0), x2, np.where(np.less(x1, 0), 0, 1))
    return np.where(np.isnan(x1), x1, step)


def gcd(x1: Any, x2: Any) -> Any:
    """Euclid's, as often as the largest numbers of the dtype may need: no value is looked at."""
    x1, x2 = np.broadcast_arrays(np.absolute(x1), np.absolute(x2))
    for _ in range(int(1.45 * 8 * x1.dtype.itemsize) + 2):
        done = np.equal(x2, 0)
        rest = np.remainder(x1, np.where(done, 1, x2))
        x1, x2 = np.where(done, x1, x2), np.where(done, 0, rest)
    return x1


def lcm(x1: Any, x2: Any) -> Any:
    divisor = np.gcd(x1, x2)
    divisor = np.where(np.equal(divisor, 0), 1, divisor)
    return np.absolute(np.multiply(np.floor_divide(x1, divisor), x2))


rad2deg, deg2rad = degrees, radians

# Products of vectors and matrices: their last axes ------------------------------------------------


def vecdot(x1: Any, x2: Any, /) -> Any:
    if x1.dtype == bool:
        return np.any(np.logical_and(x1, x2), axis=-1)
    return np.sum(np.multiply(np.conj(x1), x2), axis=-1, dtype=x1.dtype)


def matvec(x1: Any, x2: Any, /) -> Any:
    return np.matmul(x1, x2[..., None])[..., 0]


def vecmat(x1: Any, x2: Any, /) -> Any:
    x1 = x1 if x1.dtype == bool else np.conj(x1)
    return np.matmul(x1[..., None, :], x2)[..., 0, :]
