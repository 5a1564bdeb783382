"""Functions that turn complex outside their real domain.

Whether they do is for the values to say, once for the whole array. That is read off the values, so
these serve libraries that hold them; for lazy arrays, see the library's table of differences.
"""

from __future__ import annotations

from typing import Any

import numpy

import arrayproto.numpy as np

from .creation import cast

__all__ = ["arccos", "arcsin", "arctanh", "log", "log2", "log10", "logn", "power", "sqrt"]


def _complex(x: Any) -> Any:
    """As NumPy's ``emath`` does: single precision stays single."""
    code = numpy.dtype(x.dtype).char
    return cast(x, numpy.csingle if code in "fhBbHF" else numpy.cdouble)


def _is_real(x: Any) -> bool:
    return not numpy.issubdtype(x.dtype, numpy.complexfloating)


def _array(x: Any) -> Any:
    return x if hasattr(x, "dtype") else numpy.asarray(x)


def _real_if_not_negative(x: Any) -> Any:
    x = _array(x)
    return _complex(x) if _is_real(x) and bool(np.any(x < 0)) else x


def _real_if_within_one(x: Any) -> Any:
    x = _array(x)
    return _complex(x) if _is_real(x) and bool(np.any(np.abs(x) > 1)) else x


def sqrt(x: Any) -> Any:
    return np.sqrt(_real_if_not_negative(x))


def log(x: Any) -> Any:
    return np.log(_real_if_not_negative(x))


def log10(x: Any) -> Any:
    return np.log10(_real_if_not_negative(x))


def log2(x: Any) -> Any:
    return np.log2(_real_if_not_negative(x))


def logn(n: Any, x: Any) -> Any:
    return np.log(_real_if_not_negative(x)) / np.log(_real_if_not_negative(n))


def power(x: Any, p: Any) -> Any:
    x, p = _real_if_not_negative(x), _array(p)
    if not numpy.issubdtype(p.dtype, numpy.inexact) and bool(np.any(p < 0)):
        p = p * 1.0
    return np.power(x, p)


def arccos(x: Any) -> Any:
    return np.arccos(_real_if_within_one(x))


def arcsin(x: Any) -> Any:
    return np.arcsin(_real_if_within_one(x))


def arctanh(x: Any) -> Any:
    return np.arctanh(_real_if_within_one(x))
