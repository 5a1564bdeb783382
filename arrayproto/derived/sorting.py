"""Sets, made of `numpy.unique` and `numpy.isin`."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy

import arrayproto.numpy as np

from .creation import alike, array_of, cast, certainly, is_duck, make, one_of, refuse_out, there
from .selection import arranged

__all__ = [
    "argmax",
    "argmin",
    "argpartition",
    "argwhere",
    "digitize",
    "intersect1d",
    "isin",
    "lexsort",
    "partition",
    "searchsorted",
    "setdiff1d",
    "setxor1d",
    "sort",
    "sort_complex",
    "union1d",
    "unique",
    "unique_all",
    "unique_counts",
    "unique_inverse",
    "unique_values",
]


def _elements(ar: Any, assume_unique: bool) -> Any:
    return np.ravel(ar) if assume_unique else np.unique(ar)


def _chosen(values: Any, mask: Any) -> Any:
    if isinstance(values, numpy.ndarray) and not isinstance(mask, numpy.ndarray):
        values = np.where(mask, values, values)  # an array of the mask's library
    if values.shape[0] != values.shape[0]:  # NaN: not known before it is computed
        return values[mask]
    return np.extract(mask, values)


def union1d(ar1: Any, ar2: Any) -> Any:
    return np.unique(np.concatenate([np.unique(ar1), np.unique(ar2)]))


def intersect1d(
    ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False
) -> Any:
    like = one_of(ar1, ar2)
    ar1, ar2 = array_of(ar1, like), array_of(ar2, like)
    if return_indices:
        one, first = np.unique(ar1, return_index=True)
        other, second = np.unique(ar2, return_index=True)
        both = np.isin(one, other)
        common = np.extract(both, one)
        return (
            np.astype(common, numpy.result_type(ar1.dtype, ar2.dtype)),
            np.extract(both, first),
            np.take(second, np.searchsorted(other, common)),
        )
    one = np.unique(ar1)
    common = _chosen(one, np.isin(one, np.unique(ar2)))
    return np.astype(common, numpy.result_type(ar1.dtype, ar2.dtype))


def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    one = _elements(ar1, assume_unique)
    return _chosen(one, np.isin(one, np.unique(ar2), invert=True))


def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    one, other = np.unique(ar1), np.unique(ar2)
    return np.unique(
        np.concatenate(
            [
                _chosen(one, np.isin(one, other, invert=True)),
                _chosen(other, np.isin(other, one, invert=True)),
            ]
        )
    )


class _All(NamedTuple):
    values: Any
    indices: Any
    inverse_indices: Any
    counts: Any


class _Counts(NamedTuple):
    values: Any
    counts: Any


class _Inverse(NamedTuple):
    values: Any
    inverse_indices: Any


def _unique(x: Any, **returned: bool) -> Any:
    # Only floats have a NaN, whose copies the Array API counts as different.
    return np.unique(x, **returned, **({"equal_nan": False} if x.dtype.kind in "fc" else {}))


def unique_all(x: Any) -> Any:
    return _All(*_unique(x, return_index=True, return_inverse=True, return_counts=True))


def unique_counts(x: Any) -> Any:
    return _Counts(*_unique(x, return_counts=True))


def unique_inverse(x: Any) -> Any:
    return _Inverse(*_unique(x, return_inverse=True))


def unique_values(x: Any) -> Any:
    return _unique(x)


# Order --------------------------------------------------------------------------------------------


def sort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    if axis is None:
        a, axis = np.reshape(a, (-1,)), 0
    axis = numpy.lib.array_utils.normalize_axis_index(axis, np.ndim(a))
    return arranged(a, np.argsort(a, axis, kind, order, stable=stable), axis)


def sort_complex(a: Any) -> Any:
    result = np.sort(a)
    if result.dtype.kind == "c":
        return result
    code = result.dtype.char
    return cast(result, "F" if code in "bhBH" else "G" if code == "g" else "D")


def _check_kth(a: Any, kth: Any, axis: Any, kind: Any) -> None:
    if axis is None or np.ndim(a) == 0:
        length = math.prod(np.shape(a))
    else:
        length = np.shape(a)[numpy.lib.array_utils.normalize_axis_index(axis, np.ndim(a))]
    numpy.partition(numpy.empty(length, bool), kth, kind=kind)


def partition(
    a: Any, kth: Any, axis: Any = -1, kind: str = "introselect", order: Any = None
) -> Any:
    """Sorted, which is a partition at every place."""
    _check_kth(a, kth, axis, kind)
    return np.sort(a, axis, order=order)


def argpartition(
    a: Any, kth: Any, axis: Any = -1, kind: str = "introselect", order: Any = None
) -> Any:
    _check_kth(a, kth, axis, kind)
    return np.argsort(a, axis, order=order)


def lexsort(keys: Any, axis: int = -1) -> Any:
    if is_duck(keys):
        keys = [keys[i] for i in range(np.shape(keys)[0])]
    else:
        like = one_of(*keys)
        keys = [alike(numpy.asarray(k) if not is_duck(k) else k, like) for k in keys]
    if not keys:
        raise TypeError("need sequence of keys with len > 0 in lexsort")
    if len({tuple(np.shape(key)) for key in keys}) > 1:
        raise ValueError("all keys need to be the same shape")
    if np.ndim(keys[0]) == 0:
        return np.argsort(keys[0])
    order = np.argsort(keys[0], axis, stable=True)
    for key in keys[1:]:
        step = np.argsort(np.take_along_axis(key, order, axis), axis, stable=True)
        order = np.take_along_axis(order, step, axis)
    return order


def _arg(name: str, a: Any, axis: Any, out: Any, keepdims: Any) -> Any:
    refuse_out(name, out)
    shape = tuple(np.shape(a))
    if axis is None:
        a, along = np.reshape(a, (-1,)), 0
    else:
        along = numpy.lib.array_utils.normalize_axis_index(axis, max(len(shape), 1))
        a = np.atleast_1d(a)
    length = np.shape(a)[along]
    if length == 0:
        raise ValueError(f"attempt to get {name} of an empty sequence")
    extreme = np.max if name == "argmax" else np.min
    there = np.equal(a, extreme(a, axis=along, keepdims=True))
    if a.dtype.kind in "fc":
        there = np.logical_or(there, np.isnan(a))
    places = make(numpy.arange, a, length)
    places = np.reshape(places, [-1 if i == along else 1 for i in range(np.ndim(a))])
    result = np.min(np.where(there, places, length), axis=along)
    if axis is not None and not shape:
        result = np.reshape(result, ())
    if keepdims is numpy._NoValue or not keepdims:
        return result
    kept = tuple(1 if axis is None or i == along else n for i, n in enumerate(shape))
    return np.reshape(result, kept)


def argmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
    return _arg("argmax", a, axis, out, keepdims)


def argmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
    return _arg("argmin", a, axis, out, keepdims)


def argwhere(a: Any) -> Any:
    if np.ndim(a) == 0:
        return argwhere(np.reshape(a, (1,)))[:, :0]
    return np.stack(np.nonzero(a), 1)


# Search -------------------------------------------------------------------------------------------


def searchsorted(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    """Where the values come in a stable sort of both, less the values before them."""
    like = one_of(a, v)
    a = alike(a, like)
    v = alike(numpy.asarray(v) if not hasattr(v, "dtype") else v, like)
    if np.ndim(a) != 1:
        raise ValueError("object of too small depth for desired array")
    if side not in ("left", "right"):
        numpy.searchsorted(numpy.zeros(1), 0, side=side)
    if sorter is not None:
        if np.size(sorter) != np.size(a):
            raise ValueError("sorter.size must equal a.size")
        a = np.take(a, sorter)
    shape, values = tuple(np.shape(v)), np.reshape(v, (-1,))
    count, length = np.shape(values)[0], np.shape(a)[0]
    # Of equal elements, the one that stands first stays first.
    both = [values, a] if side == "left" else [a, values]
    rank = np.argsort(np.argsort(np.concatenate(both), stable=True), stable=True)
    rank = rank[:count] if side == "left" else rank[length:]
    before = np.argsort(np.argsort(values, stable=True), stable=True)
    return np.reshape(np.subtract(rank, before), shape)


def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    if getattr(x, "dtype", numpy.dtype(float)).kind == "c":
        raise TypeError("x may not be complex")
    if np.ndim(bins) != 1:
        raise ValueError("object of too small depth for desired array")
    rising = not certainly(np.logical_not(np.all(np.less_equal(bins[:-1], bins[1:]))))
    if not rising and not bool(np.all(np.greater_equal(bins[:-1], bins[1:]))):
        raise ValueError("bins must be monotonically increasing or decreasing")
    side = "left" if right else "right"
    if rising:
        return np.searchsorted(bins, x, side)
    return np.subtract(np.shape(bins)[0], np.searchsorted(np.flip(bins, 0), x, side))


def isin(
    element: Any,
    test_elements: Any,
    assume_unique: bool = False,
    invert: bool = False,
    *,
    kind: Any = None,
) -> Any:
    if kind not in (None, "sort", "table"):
        raise ValueError(f"Invalid kind: '{kind}'. Please use None, 'sort' or 'table'.")
    like = one_of(element, test_elements)
    element, tests = (
        alike(numpy.asarray(x) if not hasattr(x, "dtype") else x, like)
        for x in (element, test_elements)
    )
    if kind == "table" and not {element.dtype.kind, tests.dtype.kind} <= set("biu"):
        raise ValueError(
            "The 'table' method is only supported for boolean or integer arrays. Please select "
            "'sort' or None for kind."
        )
    tests = np.sort(np.reshape(tests, (-1,)))
    count = np.shape(tests)[0]
    if count == 0:
        return np.full_like(element, invert, dtype=bool)
    if count < 10 * np.size(element) ** 0.145:  # as NumPy's: one after the other is quicker then
        found = np.equal(element, tests[0])
        for i in range(1, count):
            found = np.logical_or(found, np.equal(element, tests[i]))
    else:
        places = np.minimum(np.searchsorted(tests, element), count - 1)
        found = np.equal(there(tests, places), element)
    return np.logical_not(found) if invert else found


# Distinct elements --------------------------------------------------------------------------------


def _after_another(values: Any, equal_nan: bool) -> Any:
    """For each element but the first of a sorted vector, or row, whether it differs."""
    differ = np.not_equal(values[1:], values[:-1])
    if equal_nan and values.dtype.kind in "fc":
        both = np.logical_and(np.isnan(values[1:]), np.isnan(values[:-1]))
        differ = np.logical_and(differ, np.logical_not(both))
    return differ if np.ndim(values) == 1 else np.any(differ, axis=1)


def unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
) -> Any:
    shape = tuple(np.shape(ar))
    if axis is None:
        rows = np.reshape(ar, (-1,))
        order = np.argsort(rows, stable=True)
    else:
        moved = np.moveaxis(ar, axis, 0)
        rest = np.shape(moved)[1:]
        rows = np.reshape(moved, (np.shape(moved)[0], math.prod(rest)))
        columns = range(np.shape(rows)[1] - 1, -1, -1)
        order = (
            np.lexsort(tuple(rows[:, i] for i in columns))
            if len(columns)
            else make(numpy.arange, ar, np.shape(rows)[0])
        )
    count = np.shape(rows)[0]
    in_order = np.take(rows, order, axis=0)
    first = make(numpy.ones, ar, min(count, 1), dtype=bool)
    starts = np.concatenate([first, _after_another(in_order, equal_nan)]) if count else first
    begins = np.nonzero(starts)[0]
    values = np.take(in_order, begins, axis=0)
    if axis is not None:
        length = -1 if math.prod(rest) else np.shape(values)[0]
        values = np.moveaxis(np.reshape(values, (length, *rest)), 0, axis)
    results = [values]
    if return_index:
        results.append(np.take(order, begins))
    if return_inverse:
        number = np.subtract(np.cumsum(cast(starts, numpy.intp)), 1)
        inverse = np.take(number, np.argsort(order))
        results.append(np.reshape(inverse, shape) if axis is None else inverse)
    if return_counts:
        end = make(numpy.asarray, ar, [count])
        results.append(np.diff(np.concatenate([begins, end])))
    return values if len(results) == 1 else tuple(results)
