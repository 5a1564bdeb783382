"""The method `at` of any ufunc, for arrays with item assignment."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError, UnsupportedFunctionError
from .loops import PYTHON_NUMBERS, ask_numpy, cast, is_held, operand, shape_of


def at(ufunc: np.ufunc, a: Any, indices: Any, /, *operands: Any) -> None:
    """``ufunc.at(a, indices, b)`` for arrays with item assignment.

    An index that occurs several times counts several times: each round writes the elements whose
    turn it is.
    """
    name = f"numpy.{ufunc.__name__}.at"
    if is_held(a):
        raise UnsupportedArgumentError(
            f"{name}: the array is a {type(a).__module__}.{type(a).__qualname__} and what is to be "
            "written to it is not; convert one of the two yourself"
        )
    if not hasattr(type(a), "__setitem__"):
        raise UnsupportedFunctionError(
            f"{name} is not supported for a {type(a).__module__}.{type(a).__qualname__}, which "
            "cannot be written to. Compute the whole array: numpy.where(mask, ...) for a mask"
        )
    operands = tuple(operand(b) for b in operands)
    one = numpy.ones(1, a.dtype)
    ask_numpy(ufunc.at, one, [0], *(_number(b) for b in operands))
    if not is_held(indices):
        _at_mask(ufunc, name, a, indices, operands)
        return
    index = indices if isinstance(indices, tuple) else (indices,)
    arrays = [numpy.asarray(i) for i in index if isinstance(i, (list, numpy.ndarray))]
    if not arrays:  # slices and numbers: each element once
        a[indices] = cast(ufunc(a[indices], *operands), a.dtype)
        return
    _at_positions(ufunc, name, a, index, operands)


def _number(b: Any) -> Any:
    return b if type(b) in PYTHON_NUMBERS else numpy.ones((), b.dtype)


def _at_mask(ufunc: np.ufunc, name: str, a: Any, mask: Any, operands: tuple[Any, ...]) -> None:
    if mask.dtype != bool or shape_of(mask) != shape_of(a) or any(shape_of(b) for b in operands):
        raise UnsupportedArgumentError(
            f"{name}: the indices are a {type(mask).__name__}, and which elements occur several "
            "times is not known before they are computed. Give a list or a numpy.ndarray; or a "
            "mask of the array's shape and a number"
        )
    a[...] = np.where(mask, cast(ufunc(a, *operands), a.dtype), a)


def _at_positions(
    ufunc: np.ufunc, name: str, a: Any, index: tuple[Any, ...], operands: tuple[Any, ...]
) -> None:
    if not all(isinstance(i, (int, numpy.integer, list, numpy.ndarray)) for i in index):
        raise UnsupportedArgumentError(
            f"{name}: index arrays together with slices are not supported; give index arrays for "
            "the first axes"
        )
    expanded: list[Any] = []
    for i in index:
        i = numpy.asarray(i)
        expanded += i.nonzero() if i.dtype == bool else [i]
    positions = numpy.broadcast_arrays(*expanded)
    rest, lengths = shape_of(a)[len(positions) :], shape_of(a)[: len(positions)]
    for axis, (position, length) in enumerate(zip(positions, lengths, strict=True)):
        for i in position[(position < -length) | (position >= length)]:
            raise IndexError(f"index {i} is out of bounds for axis {axis} with size {length}")
    wrapped = [
        numpy.where(p < 0, p + n, p).ravel() for p, n in zip(positions, lengths, strict=True)
    ]
    flat = numpy.ravel_multi_index(wrapped, lengths)
    shape = positions[0].shape
    values = [
        np.reshape(np.broadcast_to(b, (*shape, *rest)), (flat.size, *rest)) if shape_of(b) else b
        for b in operands
    ]
    target = a if len(lengths) == 1 else np.reshape(a, (math.prod(lengths), *rest))
    for turn in _turns(flat):
        here = flat[turn]
        chosen = (b[turn] if shape_of(b) else b for b in values)
        target[here] = cast(ufunc(target[here], *chosen), a.dtype)
    if target is not a:
        a[...] = np.reshape(target, shape_of(a))


def _turns(flat: Any) -> Iterator[Any]:
    """Indices into `flat`, in parts in each of which no value occurs twice."""
    order = numpy.argsort(flat, kind="stable")
    sorted_ = flat[order]
    first = numpy.searchsorted(sorted_, sorted_)
    turn = numpy.empty_like(order)
    turn[order] = numpy.arange(flat.size) - first
    for k in range(int(turn.max(initial=-1)) + 1):
        yield numpy.flatnonzero(turn == k)
