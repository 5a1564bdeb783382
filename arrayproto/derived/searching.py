"""`numpy.searchsorted` of the core of a class, or of its own search of numbers in order."""

from __future__ import annotations

from typing import Any

import numpy

import arrayproto.numpy as np

from .core import Core
from .sorting import searchsorted as by_sorting


def searchsorted(core: Core, a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    a, v = core.own(a), core.own(v)
    dtype = numpy.result_type(a.dtype, v.dtype)
    if len(a.shape) != 1 or side not in ("left", "right") or dtype.kind not in "biuf":
        return by_sorting(a, v, side, sorter)  # which has NumPy's errors, and any order
    if sorter is not None:
        if np.size(sorter) != np.size(a):
            raise ValueError("sorter.size must equal a.size")
        a = np.take(a, sorter)
    if dtype.kind == "b":
        dtype = numpy.dtype(numpy.uint8)
    a, v = core.own(a, dtype), core.own(v, dtype)
    length, shape = a.shape[0], tuple(v.shape)
    if 0 in shape or length == 0:
        return np.zeros_like(v, dtype=numpy.intp)
    v = np.reshape(v, (-1,))
    search = core.get("searchsorted")
    if dtype.kind != "f":
        places = search(a, v, side) if search else _by_bits(core, a, v, side)
        return np.reshape(places, shape)
    # NaN comes after all numbers. A search knows no such thing, so it stands where infinity does.
    numbers = np.sum(np.equal(a, a))
    a = np.where(np.equal(a, a), a, numpy.inf)
    is_nan = np.not_equal(v, v)
    places = search(a, v, side) if search else _by_bits(core, a, v, side)
    end = numbers if side == "left" else length
    return np.reshape(np.where(is_nan, end, np.minimum(places, numbers)), shape)


def _by_bits(core: Core, a: Any, v: Any, side: str) -> Any:
    """Of all values at once, one bit of their places after the other."""
    length = a.shape[0]
    most = numpy.inf if a.dtype.kind == "f" else numpy.iinfo(a.dtype).max
    bits = length.bit_length()
    padding = core.own(numpy.full(2**bits - 1 - length, most, a.dtype))
    a = np.concatenate([a, padding])
    places = np.zeros_like(v, dtype=numpy.intp)
    for bit in reversed(range(bits)):
        ahead = np.add(places, 1 << bit)
        last = core["take"](a, np.subtract(ahead, 1), 0)
        if side == "left":
            places = np.where(np.less(last, v), ahead, places)
        else:
            places = np.where(np.less(v, last), places, ahead)
    return np.minimum(places, length)  # the padding is no less than the largest number
