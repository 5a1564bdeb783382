"""Products and sums of products."""

from __future__ import annotations

import warnings
from typing import Any

import numpy

import arrayproto.numpy as np

from .creation import refuse_out

__all__ = ["cross", "einsum_path", "inner", "kron", "trace", "vdot"]

_normalize = numpy.lib.array_utils.normalize_axis_index


def trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Any:
    refuse_out("trace", out)
    if np.ndim(a) < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype)


def inner(a: Any, b: Any, /) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    if np.shape(a)[-1] != np.shape(b)[-1]:
        raise ValueError(
            f"shapes {np.shape(a)} and {np.shape(b)} not aligned: {np.shape(a)[-1]} "
            f"(dim {np.ndim(a) - 1}) != {np.shape(b)[-1]} (dim {np.ndim(b) - 1})"
        )
    return np.tensordot(a, b, ([np.ndim(a) - 1], [np.ndim(b) - 1]))


def vdot(a: Any, b: Any, /) -> Any:
    if numpy.issubdtype(a.dtype, numpy.complexfloating):
        a = np.conjugate(a)  # of booleans it would be integers
    first, second = np.ravel(a), np.ravel(b)
    if np.shape(first) != np.shape(second):
        raise ValueError("vectors have different lengths")
    return np.dot(first, second)


def kron(a: Any, b: Any) -> Any:
    rank = max(np.ndim(a), np.ndim(b))
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    first, second = ((1,) * (rank - np.ndim(x)) + tuple(np.shape(x)) for x in (a, b))
    spread = np.multiply(
        np.reshape(a, [n for length in first for n in (length, 1)]),
        np.reshape(b, [n for length in second for n in (1, length)]),
    )
    return np.reshape(spread, tuple(m * n for m, n in zip(first, second, strict=True)))


def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    if axis is not None:
        axisa = axisb = axisc = axis
    if np.ndim(a) < 1 or np.ndim(b) < 1:
        raise ValueError("At least one array has zero dimension")
    axisa = _normalize(axisa, np.ndim(a), msg_prefix="axisa")
    axisb = _normalize(axisb, np.ndim(b), msg_prefix="axisb")
    lengths = np.shape(a)[axisa], np.shape(b)[axisb]
    if not set(lengths) <= {2, 3}:
        raise ValueError("incompatible dimensions for cross product\n(dimension must be 2 or 3)")
    if 2 in lengths:
        warnings.warn(
            "Arrays of 2-dimensional vectors are deprecated. Use arrays of 3-dimensional vectors "
            "instead. (deprecated in NumPy 2.0)",
            DeprecationWarning,
            stacklevel=2,
        )
    dtype = np.result_type(a, b)
    a, b = (np.moveaxis(np.astype(x, dtype), axis, -1) for x, axis in ((a, axisa), (b, axisb)))
    # Slices keep the axis: an item of a vector would be a scalar, of no library.
    (a0, a1, a2), (b0, b1, b2) = ([x[..., i : i + 1] for i in range(3)] for x in (a, b))
    third = a0 * b1 - a1 * b0
    if lengths == (2, 2):
        return third[..., 0]
    axisc = _normalize(axisc, np.ndim(third), msg_prefix="axisc")
    if lengths == (3, 3):
        parts = [a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, third]
    elif lengths == (2, 3):
        parts = [a1 * b2, -(a0 * b2), third]
    else:
        parts = [-(a2 * b1), a2 * b0, third]
    return np.moveaxis(np.concatenate(parts, -1), -1, axisc)


def einsum_path(*operands: Any, optimize: Any = "greedy", einsum_call: bool = False) -> Any:
    # Shapes alone decide: stand-ins of the same shapes, which hold one element each.
    stand_ins = [
        numpy.broadcast_to(numpy.empty((), o.dtype), o.shape) if hasattr(o, "dtype") else o
        for o in operands
    ]
    return numpy.einsum_path(*stand_ins, optimize=optimize, einsum_call=einsum_call)
