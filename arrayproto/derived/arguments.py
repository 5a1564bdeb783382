"""Arguments that NumPy's functions take in more than one way, read as NumPy reads them."""

from __future__ import annotations

from typing import Any

import numpy

_NoValue = numpy._NoValue


def keeps(keepdims: Any) -> bool:
    """The argument `keepdims`, whose default in NumPy is that nobody has said."""
    return keepdims is not _NoValue and bool(keepdims)


def reduced_axis(axis: Any, rank: int) -> Any:
    """The argument `axis`, of which NumPy's ufuncs take 0 and -1 for an array without axes."""
    return None if rank == 0 and isinstance(axis, int) and axis in (0, -1) else axis


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
