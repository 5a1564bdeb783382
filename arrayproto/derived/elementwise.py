"""Ufuncs composed of other ufuncs, nearly all of them in the Array API standard.

Each function gets arrays in the dtypes of NumPy's loop, and its results are cast to the loop's
dtypes; so what is written here need not care for promotion. Values are NumPy's up to rounding.
"""

from __future__ import annotations

import math
from typing import Any

import numpy

import arrayproto.numpy as np

from .creation import make

__all__ = [
    "arctan2",
    "bitwise_count",
    "cbrt",
    "copysign",
    "deg2rad",
    "degrees",
    "divmod",
    "exp2",
    "expm1",
    "fabs",
    "float_power",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "frexp",
    "gcd",
    "heaviside",
    "hypot",
    "isfinite",
    "isinf",
    "isnan",
    "lcm",
    "ldexp",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logaddexp2",
    "logical_xor",
    "matvec",
    "maximum",
    "minimum",
    "modf",
    "negative",
    "positive",
    "rad2deg",
    "radians",
    "reciprocal",
    "remainder",
    "sign",
    "signbit",
    "square",
    "trunc",
    "vecdot",
    "vecmat",
]


def _real(x: Any) -> bool:
    return bool(x.dtype.kind != "c")


def _scalar(value: Any, like: Any) -> Any:
    """A number in the dtype of an array, as a 0-d array of its library."""
    return make(numpy.asarray, like, numpy.asarray(value, like.dtype))


def _bits(x: Any) -> int:
    return int(numpy.iinfo(x.dtype).bits)


# Signs and comparisons ---------------------------------------------------------------------------


def positive(x: Any, /) -> Any:
    return np.add(x, _scalar(0, x)) if x.dtype.kind in "iu" else np.multiply(x, _scalar(1, x))


def negative(x: Any, /) -> Any:
    return np.multiply(x, _scalar(-1, x)) if x.dtype.kind != "u" else np.subtract(_scalar(0, x), x)


def sign(x: Any, /) -> Any:
    if not _real(x):
        size = np.abs(x)
        return np.where(size == 0, _scalar(0, x), np.divide(x, size))
    zero, one = _scalar(0, x), _scalar(1, x)
    if x.dtype.kind == "u":
        return np.where(x > zero, one, zero)
    signs = np.where(x < zero, _scalar(-1, x), np.where(x > zero, one, zero))
    return signs if x.dtype.kind != "f" else np.where(x == x, signs, x)


def signbit(x: Any, /) -> Any:
    # 1 / -0.0 is -inf; a NaN's sign is not to be had from its value.
    return np.logical_or(x < 0, np.logical_and(x == 0, np.divide(_scalar(1, x), x) < 0))


def copysign(x1: Any, x2: Any, /) -> Any:
    size = np.abs(x1)
    return np.where(np.signbit(x2), np.negative(size), size)


def fabs(x: Any, /) -> Any:
    return np.abs(x)


def heaviside(x1: Any, x2: Any, /) -> Any:
    zero = _scalar(0, x1)
    step = np.where(x1 < zero, zero, np.where(x1 > zero, _scalar(1, x1), x2))
    return np.where(x1 == x1, step, x1)


def isnan(x: Any, /) -> Any:
    return np.not_equal(x, x)


def isinf(x: Any, /) -> Any:
    if x.dtype.kind not in "fc":
        return np.not_equal(x, x)
    if not _real(x):
        return np.logical_or(np.isinf(np.real(x)), np.isinf(np.imag(x)))
    return np.equal(np.abs(x), _scalar(math.inf, x))


def isfinite(x: Any, /) -> Any:
    return np.logical_not(np.logical_or(np.isnan(x), np.isinf(x)))


def logical_xor(x1: Any, x2: Any, /) -> Any:
    return np.not_equal(np.not_equal(x1, _scalar(0, x1)), np.not_equal(x2, _scalar(0, x2)))


def _isnan(x: Any) -> Any:
    return np.not_equal(x, x)


def maximum(x1: Any, x2: Any, /) -> Any:
    return np.where(np.logical_or(x1 >= x2, _isnan(x1)), x1, x2)


def minimum(x1: Any, x2: Any, /) -> Any:
    return np.where(np.logical_or(x1 <= x2, _isnan(x1)), x1, x2)


def fmax(x1: Any, x2: Any, /) -> Any:
    if x1.dtype.kind not in "fc":
        return np.maximum(x1, x2)
    larger = np.maximum(x1, x2)
    return np.where(_isnan(x1), x2, np.where(_isnan(x2), x1, larger))


def fmin(x1: Any, x2: Any, /) -> Any:
    if x1.dtype.kind not in "fc":
        return np.minimum(x1, x2)
    smaller = np.minimum(x1, x2)
    return np.where(_isnan(x1), x2, np.where(_isnan(x2), x1, smaller))


# Powers, exponentials, logarithms ---------------------------------------------------------------


def square(x: Any, /) -> Any:
    return np.multiply(x, x)


def reciprocal(x: Any, /) -> Any:
    if x.dtype.kind not in "iu":
        return np.divide(_scalar(1, x), x)
    # Of integers, 1 and -1 are their own; the others' are zero.
    unit = np.equal(x, _scalar(1, x))
    if x.dtype.kind == "i":
        unit = np.logical_or(unit, np.equal(x, _scalar(-1, x)))
    result = np.where(unit, x, _scalar(0, x))
    with numpy.errstate(all="ignore"):
        of_zero = numpy.reciprocal(numpy.zeros(1, x.dtype))[0]
    return np.where(np.equal(x, _scalar(0, x)), _scalar(of_zero, x), result)


def cbrt(x: Any, /) -> Any:
    root = np.power(np.abs(x), _scalar(1 / 3, x))
    # One step of Newton's for the rounding of 1/3, where there is something to divide by.
    usual = np.logical_and(root > 0, root < _scalar(math.inf, x))
    divisor = np.where(usual, root, _scalar(1, x))
    step = (root - np.abs(x) / divisor / divisor) / _scalar(3, x)
    return np.copysign(np.where(usual, root - step, root), x)


def exp2(x: Any, /) -> Any:
    return np.power(_scalar(2, x), x)


def float_power(x1: Any, x2: Any, /) -> Any:
    return np.power(x1, x2)


def expm1(x: Any, /) -> Any:
    # 2 sinh(x/2) exp(x/2), which does not cancel.
    half = np.multiply(x, _scalar(0.5, x))
    near = np.multiply(np.multiply(_scalar(2, x), np.sinh(half)), np.exp(half))
    return np.where(np.abs(x) < 1, near, np.subtract(np.exp(x), _scalar(1, x)))


def log1p(x: Any, /) -> Any:
    # Kahan's: what rounding takes from 1 + x cancels in the quotient.
    one = _scalar(1, x)
    sum_ = np.add(x, one)
    difference = np.subtract(sum_, one)
    usual = np.logical_and(difference != 0, np.isfinite(sum_))
    divisor = np.where(usual, difference, one)
    precise = np.multiply(np.log(sum_), np.divide(x, divisor))
    return np.where(usual, precise, np.where(difference == 0, x, np.log(sum_)))


def _scaled(x: Any, factor: float) -> Any:
    """The product with a real number; a complex infinity times a complex number is NaN."""
    if _real(x):
        return np.multiply(x, _scalar(factor, x))
    real, imag = np.real(x), np.imag(x)
    scale = _scalar(factor, real)
    return np.add(np.multiply(real, scale), np.multiply(np.multiply(imag, scale), _scalar(1j, x)))


def log2(x: Any, /) -> Any:
    return _scaled(np.log(x), 1 / math.log(2))


def log10(x: Any, /) -> Any:
    return _scaled(np.log(x), 1 / math.log(10))


def logaddexp(x1: Any, x2: Any, /) -> Any:
    larger, distance = np.maximum(x1, x2), np.abs(np.subtract(x1, x2))
    sum_ = np.add(larger, np.log1p(np.exp(np.negative(distance))))
    # Two infinities of one sign have no distance.
    return np.where(np.equal(x1, x2), np.add(x1, _scalar(math.log(2), x1)), sum_)


def logaddexp2(x1: Any, x2: Any, /) -> Any:
    larger, distance = np.maximum(x1, x2), np.abs(np.subtract(x1, x2))
    more = np.multiply(np.log1p(np.exp2(np.negative(distance))), _scalar(1 / math.log(2), x1))
    return np.where(np.equal(x1, x2), np.add(x1, _scalar(1, x1)), np.add(larger, more))


def hypot(x1: Any, x2: Any, /) -> Any:
    a, b = np.abs(x1), np.abs(x2)
    longer, shorter = np.maximum(a, b), np.minimum(a, b)
    zero, infinite = _scalar(0, x1), _scalar(math.inf, x1)
    ratio = np.divide(shorter, np.where(longer > zero, longer, _scalar(1, x1)))
    length = np.multiply(longer, np.sqrt(np.add(_scalar(1, x1), np.multiply(ratio, ratio))))
    any_infinite = np.logical_or(np.equal(a, infinite), np.equal(b, infinite))
    return np.where(any_infinite, infinite, length)


# Angles -----------------------------------------------------------------------------------------


def deg2rad(x: Any, /) -> Any:
    return np.multiply(x, _scalar(math.pi / 180, x))


def rad2deg(x: Any, /) -> Any:
    return np.multiply(x, _scalar(180 / math.pi, x))


radians, degrees = deg2rad, rad2deg


def arctan2(x1: Any, x2: Any, /) -> Any:
    half_turn = _scalar(math.pi, x1)
    quotient = np.arctan(np.divide(x1, x2))
    turned = np.add(quotient, np.copysign(half_turn, x1))
    angle = np.where(x2 < 0, turned, quotient)
    upright = np.copysign(_scalar(math.pi / 2, x1), x1)
    angle = np.where(np.logical_and(x2 == 0, x1 != 0), upright, angle)
    on_axis = np.where(np.signbit(x2), np.copysign(half_turn, x1), x1)
    angle = np.where(np.logical_and(x2 == 0, x1 == 0), on_axis, angle)
    both = np.logical_and(np.isinf(x1), np.isinf(x2))
    diagonal = np.where(x2 < 0, _scalar(0.75 * math.pi, x1), _scalar(0.25 * math.pi, x1))
    return np.where(both, np.copysign(diagonal, x1), angle)


# Quotients and parts ----------------------------------------------------------------------------


def trunc(x: Any, /) -> Any:
    if x.dtype.kind != "f":
        return x
    return np.copysign(np.floor(np.abs(x)), x)


def fmod(x1: Any, x2: Any, /) -> Any:
    """Of numbers whose quotient is so large that it is rounded, the result is rounded too."""
    if x1.dtype.kind == "f":
        rest = np.subtract(x1, np.multiply(np.trunc(np.divide(x1, x2)), x2))
        endless = np.logical_and(np.isinf(x2), np.isfinite(x1))
        return np.copysign(np.where(endless, x1, rest), x1)
    rest = np.remainder(x1, x2)
    if x1.dtype.kind == "u":
        return rest
    # The remainder has the sign of the divisor, this that of the dividend.
    zero = _scalar(0, x1)
    other = np.logical_and(rest != zero, (x1 < zero) != (x2 < zero))
    return np.where(other, np.subtract(rest, x2), rest)


def remainder(x1: Any, x2: Any, /) -> Any:
    if x1.dtype.kind != "f":
        rest = np.subtract(x1, np.multiply(np.floor_divide(x1, x2), x2))
        return np.where(np.equal(x2, _scalar(0, x2)), _scalar(0, x1), rest)
    rest = np.fmod(x1, x2)
    rest = np.where((rest != 0) & ((rest < 0) != (x2 < 0)), np.add(rest, x2), rest)
    return np.where(rest == 0, np.copysign(_scalar(0, x1), x2), rest)


def floor_divide(x1: Any, x2: Any, /) -> Any:
    if x1.dtype.kind != "f":
        zero = np.equal(x2, _scalar(0, x2))
        quotient = np.floor(np.divide(x1, np.where(zero, _scalar(1, x2), x2)))
        return np.where(zero, _scalar(0, quotient), quotient)
    rest = np.fmod(x1, x2)
    quotient = np.divide(np.subtract(x1, rest), x2)
    below = (rest != 0) & ((rest < 0) != (x2 < 0))
    quotient = np.floor(np.where(below, quotient - 1, quotient) + 0.5)
    quotient = np.where(quotient == 0, np.copysign(_scalar(0, x1), np.divide(x1, x2)), quotient)
    return np.where(x2 == 0, np.divide(x1, x2), quotient)


def divmod(x1: Any, x2: Any, /) -> Any:
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


def modf(x: Any, /) -> Any:
    whole = np.trunc(x)
    fraction = np.where(np.isinf(x), _scalar(0, x), np.subtract(x, whole))
    return np.copysign(fraction, x), whole


def frexp(x: Any, /) -> Any:
    size = np.abs(x)
    usual = np.logical_and(size > 0, np.isfinite(x))
    # Denormal numbers are lifted first, so that no power of two leaves the range.
    info = numpy.finfo(x.dtype)
    small = np.logical_and(usual, size < _scalar(info.tiny, x))
    lift = info.nmant + 2
    size = np.where(small, np.multiply(size, _scalar(2.0**lift, x)), size)
    size = np.where(usual, size, _scalar(0.5, x))
    exponent = np.add(np.floor(np.log2(size)), _scalar(1, x))
    # In two steps: 2 ** -exponent alone may be too large.
    half = np.floor(np.multiply(exponent, _scalar(0.5, x)))
    two = _scalar(2, x)
    mantissa = np.divide(
        np.divide(size, np.power(two, half)), np.power(two, np.subtract(exponent, half))
    )
    # The logarithm may be rounded over a power of two.
    over, under = mantissa >= 1, mantissa < 0.5
    mantissa = np.where(over, mantissa / two, np.where(under, mantissa * two, mantissa))
    exponent = np.where(over, exponent + 1, np.where(under, exponent - 1, exponent))
    exponent = np.where(small, np.subtract(exponent, _scalar(lift, x)), exponent)
    mantissa = np.where(usual, np.copysign(mantissa, x), x)
    return mantissa, np.where(usual, exponent, _scalar(0, x))


def ldexp(x1: Any, x2: Any, /) -> Any:
    info = numpy.finfo(x1.dtype)
    bound = 2 * (info.maxexp - info.minexp)
    exponent = np.minimum(np.maximum(x2, _scalar(-bound, x2)), _scalar(bound, x2))
    exponent = exponent.astype(x1.dtype) if hasattr(exponent, "astype") else exponent
    # In four steps, so that no power of two leaves the range before the result does.
    step, two, done = np.trunc(exponent / 4), _scalar(2, x1), x1
    for part in (step, step, step, exponent - 3 * step):
        done = np.multiply(done, np.power(two, part))
    return done


# Integers ---------------------------------------------------------------------------------------


def gcd(x1: Any, x2: Any, /) -> Any:
    """Euclid's, as often as the largest numbers of the dtype may need."""
    a, b = np.abs(x1), np.abs(x2)
    zero, one = _scalar(0, a), _scalar(1, a)
    for _ in range(int(1.45 * _bits(a)) + 2):
        nonzero = b != zero
        rest = np.where(nonzero, np.remainder(a, np.where(nonzero, b, one)), zero)
        a, b = np.where(nonzero, b, a), rest
    return np.abs(a)


def lcm(x1: Any, x2: Any, /) -> Any:
    divisor = np.gcd(x1, x2)
    nonzero = divisor != _scalar(0, divisor)
    quotient = np.floor_divide(np.abs(x1), np.where(nonzero, divisor, _scalar(1, divisor)))
    return np.where(nonzero, np.abs(np.multiply(quotient, x2)), _scalar(0, divisor))


def bitwise_count(x: Any, /) -> Any:
    size = np.abs(x)
    count = np.bitwise_and(size, _scalar(1, x))
    for bit in range(1, _bits(x)):
        shifted = np.right_shift(size, _scalar(bit, x))
        count = np.add(count, np.bitwise_and(shifted, _scalar(1, x)))
    return count


# Products ---------------------------------------------------------------------------------------


def vecdot(x1: Any, x2: Any, /) -> Any:
    _check_core("vecdot", np.shape(x1)[-1], np.shape(x2)[-1], "(n),(n)->()")
    if x1.dtype == bool:
        return np.any(np.logical_and(x1, x2), axis=-1)
    x1 = x1 if _real(x1) else np.conj(x1)
    return np.sum(np.multiply(x1, x2), axis=-1, dtype=x1.dtype)


def matvec(x1: Any, x2: Any, /) -> Any:
    _check_core("matvec", np.shape(x1)[-1], np.shape(x2)[-1], "(m,n),(n)->(m)")
    return np.matmul(x1, x2[..., None])[..., 0]


def vecmat(x1: Any, x2: Any, /) -> Any:
    _check_core("vecmat", np.shape(x1)[-1], np.shape(x2)[-2], "(n),(n,m)->(m)")
    x1 = x1 if _real(x1) else np.conj(x1)
    return np.matmul(x1[..., None, :], x2)[..., 0, :]


def _check_core(name: str, size: int, other: int, signature: str) -> None:
    if size != other:
        raise ValueError(
            f"{name}: Input operand 1 has a mismatch in its core dimension 0, with gufunc "
            f"signature {signature} (size {other} is different from {size})"
        )
