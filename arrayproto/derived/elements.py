"""Functions of each element."""

from __future__ import annotations

import operator
from typing import Any

import numpy

import arrayproto.numpy as np

from .arguments import clip_bounds
from .creation import cast, refuse_out

__all__ = [
    "angle",
    "around",
    "clip",
    "fix",
    "i0",
    "isneginf",
    "isposinf",
    "nan_to_num",
    "round",
    "sinc",
]


def _inexact(x: Any) -> Any:
    return x if x.dtype.kind in "fc" else cast(x, float)


def angle(z: Any, deg: bool = False) -> Any:
    if z.dtype.kind == "c":
        real, imag = np.real(z), np.imag(z)
    else:
        real, imag = cast(z, numpy.angle(numpy.zeros(0, z.dtype)).dtype), 0
    result = np.arctan2(imag, real)
    return np.multiply(result, 180 / numpy.pi) if deg else result


def clip(
    a: Any,
    a_min: Any = numpy._NoValue,
    a_max: Any = numpy._NoValue,
    out: Any = None,
    *,
    min: Any = numpy._NoValue,
    max: Any = numpy._NoValue,
    **kwargs: Any,
) -> Any:
    a_min, a_max = clip_bounds(a_min, a_max, min, max)
    refuse_out("clip", out)
    if a_min is None and a_max is None:
        return np.positive(a, **kwargs)
    if a.dtype.kind in "iu":  # Python integers that the dtype has not got bound nothing
        limits = numpy.iinfo(a.dtype)
        a_min = None if type(a_min) is int and a_min <= limits.min else a_min
        a_max = None if type(a_max) is int and a_max >= limits.max else a_max
    result = a if a_min is None else np.maximum(a, a_min, **kwargs)
    return result if a_max is None else np.minimum(result, a_max, **kwargs)


def fix(x: Any, out: Any = None) -> Any:
    refuse_out("fix", out)
    return np.where(np.greater_equal(x, 0), np.floor(x), np.ceil(x))


def round(a: Any, decimals: int = 0, out: Any = None) -> Any:
    refuse_out("round", out)
    decimals = operator.index(decimals)
    if a.dtype.kind == "c":
        real, imag = (np.round(part, decimals) for part in (np.real(a), np.imag(a)))
        return cast(real + imag * 1j, a.dtype)
    if a.dtype.kind == "b":
        return cast(a, numpy.float16)
    if decimals >= 0 and a.dtype.kind in "iu":
        return a
    scale = 10.0 ** abs(decimals)
    if decimals == 0:
        return np.rint(a)
    if decimals > 0:
        return cast(np.divide(np.rint(np.multiply(a, scale)), scale), a.dtype)
    return cast(np.multiply(np.rint(np.divide(a, scale)), scale), a.dtype)


def around(a: Any, decimals: int = 0, out: Any = None) -> Any:
    return np.round(a, decimals, out)


def isposinf(x: Any, out: Any = None) -> Any:
    refuse_out("isposinf", out)
    return _infinite("isposinf", x, numpy.inf)


def isneginf(x: Any, out: Any = None) -> Any:
    refuse_out("isneginf", out)
    return _infinite("isneginf", x, -numpy.inf)


def _infinite(name: str, x: Any, bound: float) -> Any:
    if x.dtype.kind == "c":
        raise TypeError(
            f"This operation is not supported for {x.dtype} values because it would be ambiguous."
        )
    return np.equal(x, bound)


def sinc(x: Any) -> Any:
    y = np.multiply(numpy.pi, np.where(np.equal(x, 0), 1.0e-20, x))
    return np.divide(np.sin(y), y)


def nan_to_num(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    if x.dtype.kind == "c":
        real, imag = (nan_to_num(p, copy, nan, posinf, neginf) for p in (np.real(x), np.imag(x)))
        return cast(real + imag * 1j, x.dtype)
    if x.dtype.kind != "f":
        return x
    limits = numpy.finfo(x.dtype)
    posinf = limits.max if posinf is None else posinf
    neginf = limits.min if neginf is None else neginf
    result = np.where(np.isnan(x), _typed(nan, x), x)
    result = np.where(np.equal(x, numpy.inf), _typed(posinf, x), result)
    return np.where(np.equal(x, -numpy.inf), _typed(neginf, x), result)


def _typed(value: Any, x: Any) -> Any:
    return cast(value, x.dtype) if hasattr(value, "shape") else x.dtype.type(value)


# The modified Bessel function of order 0: Chebyshev series, as in Cephes and NumPy.
_UP_TO_8 = (
    -4.41534164647933937950e-18, 3.33079451882223809783e-17, -2.43127984654795469359e-16,
    1.71539128555513303061e-15, -1.16853328779934516808e-14, 7.67618549860493561688e-14,
    -4.85644678311192946090e-13, 2.95505266312963983461e-12, -1.72682629144155570723e-11,
    9.67580903537323691224e-11, -5.18979560163526290666e-10, 2.65982372468238665035e-9,
    -1.30002500998624804212e-8, 6.04699502254191894932e-8, -2.67079385394061173391e-7,
    1.11738753912010371815e-6, -4.41673835845875056359e-6, 1.64484480707288970893e-5,
    -5.75419501008210370398e-5, 1.88502885095841655729e-4, -5.76375574538582365885e-4,
    1.63947561694133579842e-3, -4.32430999505057594430e-3, 1.05464603945949983183e-2,
    -2.37374148058994688156e-2, 4.93052842396707084878e-2, -9.49010970480476444210e-2,
    1.71620901522208775349e-1, -3.04682672343198398683e-1, 6.76795274409476084995e-1,
)  # fmt: skip
_ABOVE_8 = (
    -7.23318048787475395456e-18, -4.83050448594418207126e-18, 4.46562142029675999901e-17,
    3.46122286769746109310e-17, -2.82762398051658348494e-16, -3.42548561967721913462e-16,
    1.77256013305652638360e-15, 3.81168066935262242075e-15, -9.55484669882830764870e-15,
    -4.15056934728722208663e-14, 1.54008621752140982691e-14, 3.85277838274214270114e-13,
    7.18012445138366623367e-13, -1.79417853150680611778e-12, -1.32158118404477131188e-11,
    -3.14991652796324136454e-11, 1.18891471078464383424e-11, 4.94060238822496958910e-10,
    3.39623202570838634515e-9, 2.26666899049817806459e-8, 2.04891858946906374183e-7,
    2.89137052083475648297e-6, 6.88975834691682398426e-5, 3.36911647825569408990e-3,
    8.04490411014108831608e-1,
)  # fmt: skip


def _chebyshev(x: Any, coefficients: tuple[float, ...]) -> Any:
    b0: Any = coefficients[0]
    b1: Any = 0.0
    b2: Any = 0.0
    for coefficient in coefficients[1:]:
        b2, b1 = b1, b0
        b0 = x * b1 - b2 + coefficient
    return 0.5 * (b0 - b2)


def i0(x: Any) -> Any:
    if x.dtype.kind == "c":
        raise TypeError("i0 not supported for complex values")
    x = np.absolute(_inexact(x))
    near, far = np.minimum(x, 8.0), np.maximum(x, 8.0)
    small = np.exp(near) * _chebyshev(near / 2.0 - 2, _UP_TO_8)
    large = np.exp(far) * _chebyshev(32.0 / far - 2.0, _ABOVE_8) / np.sqrt(far)
    return cast(np.where(np.less_equal(x, 8.0), small, large), x.dtype)
