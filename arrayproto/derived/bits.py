"""Bits of bytes."""

from __future__ import annotations

from typing import Any

import numpy

import arrayproto.numpy as np

from .creation import cast

__all__ = ["packbits", "unpackbits"]


def _weights(bitorder: Any) -> Any:
    if bitorder not in ("big", "little"):
        raise ValueError("'order' must be either 'little' or 'big'")
    places = numpy.arange(8, dtype=numpy.uint8)
    return places if bitorder == "little" else places[::-1]


def packbits(a: Any, /, axis: int | None = None, bitorder: str = "big") -> Any:
    if a.dtype.kind not in "biu":
        raise TypeError("Expected an input array of integer or boolean data type")
    places = _weights(bitorder)
    if axis is None:
        a, axis = np.reshape(a, (-1,)), 0
    bits = np.moveaxis(cast(np.not_equal(a, 0), numpy.uint8), axis, -1)
    *others, length = np.shape(bits)
    missing = -length % 8
    bits = np.pad(bits, [(0, 0)] * len(others) + [(0, missing)])
    bits = np.reshape(bits, (*others, (length + missing) // 8, 8))
    packed: Any = np.sum(np.left_shift(bits, places), axis=-1, dtype=numpy.uint8)
    return np.moveaxis(packed, -1, axis)


def unpackbits(
    a: Any, /, axis: int | None = None, count: int | None = None, bitorder: str = "big"
) -> Any:
    if a.dtype != numpy.uint8:
        raise TypeError("Expected an input array of unsigned byte data type")
    places = _weights(bitorder)
    if axis is None:
        a, axis = np.reshape(a, (-1,)), 0
    bytes_ = np.moveaxis(a, axis, -1)
    bits = np.bitwise_and(np.right_shift(bytes_[..., None], places), numpy.uint8(1))
    *others, length = np.shape(bytes_)
    bits = np.reshape(bits, (*others, length * 8))
    if count is not None:
        if count < 0 or count <= length * 8:
            bits = bits[..., :count]
        else:
            bits = np.pad(bits, [(0, 0)] * len(others) + [(0, count - length * 8)])
    return np.moveaxis(bits, -1, axis)
