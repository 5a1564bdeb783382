"""Arguments that NumPy's functions take in more than one way, read as NumPy reads them."""

from __future__ import annotations

import functools
import operator
from typing import Any

import numpy

_NoValue = numpy._NoValue


def keeps(keepdims: Any) -> bool:
    """The argument `keepdims`, whose default in NumPy is that nobody has said."""
    return keepdims is not _NoValue and bool(keepdims)


def index_axis(axis: Any) -> Any:
    """The argument `axis` with an integer in the place of whatever stands for one."""
    if axis is None or type(axis) is int:
        return axis
    if isinstance(axis, tuple):
        return tuple(map(index_axis, axis))
    if isinstance(axis, bool):
        raise TypeError("an integer is required for the axis")
    return operator.index(axis)


def reduced_axis(axis: Any, rank: int) -> Any:
    """The argument `axis`, of which NumPy's ufuncs take 0 and -1 for an array without axes."""
    axis = index_axis(axis)
    return None if rank == 0 and axis in (0, -1) else axis


@functools.cache
def _turns_a_row() -> bool:
    """Whether this NumPy takes a first array of one row for one of many variables."""
    return numpy.cov(numpy.ones((1, 2)), rowvar=False, bias=True).ndim == 2


def has_variables_in_columns(shape: tuple[int, ...], rowvar: bool, first: bool) -> bool:
    """The argument `rowvar` of `numpy.cov`, for its first array or for the other."""
    if rowvar or len(shape) != 2:
        return False
    return shape[0] != 1 or (first and _turns_a_row())


def clip_bounds(a_min: Any, a_max: Any, min: Any, max: Any) -> tuple[Any, Any]:
    """The bounds of `numpy.clip`, by position or under the Array API's names.

    Returns
    -------
    low, high : object
        None where there is no bound.

    Raises
    ------
    TypeError
        If one of the two is given by position, and the other not at all.
    ValueError
        If they are given in both ways.
    """
    if a_min is _NoValue and a_max is _NoValue:
        return (None if min is _NoValue else min), (None if max is _NoValue else max)
    if a_min is _NoValue:
        raise TypeError("clip() missing 1 required positional argument: 'a_min'")
    if a_max is _NoValue:
        raise TypeError("clip() missing 1 required positional argument: 'a_max'")
    if min is not _NoValue or max is not _NoValue:
        raise ValueError(
            "Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is "
            "forbidden."
        )
    return a_min, a_max
