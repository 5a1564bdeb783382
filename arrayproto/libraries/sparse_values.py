"""sparse: which values there are, how often, and where.

What is counted are the stored values and, once, the fill value. The results are dense by nature,
and small; they are arrays of sparse nevertheless, so that a program goes on with one class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..derived import derived_functions
from ..errors import UnsupportedArgumentError
from .rows import Derived, Row
from .sparse_arrays import Lines, coo, in_full, is_sparse, made, module, normalize, whole


class _Distinct(NamedTuple):
    """Distinct values in order, and where and how often they are.

    `inverse` has one number for each stored value, `fill` that of the elements not stored, if any.
    """

    values: Any
    first: Any
    counts: Any
    inverse: Any
    fill: int | None


def _distinct(a: Any, equal_nan: bool = True) -> _Distinct:
    lines = Lines(a, None)
    values, place, data = lines.data, lines.place, lines.data
    missing = lines.length - len(data)
    if missing:
        gap = np.flatnonzero(place != np.arange(len(place)))
        place = np.append(place, gap[0] if len(gap) else len(place))
        data = np.append(data, lines.fill)
    by_place = np.argsort(place)  # the element found first is the first that there is
    values, first, inverse, counts = np.unique(
        data[by_place], return_index=True, return_inverse=True, return_counts=True,
        equal_nan=equal_nan,
    )  # fmt: skip
    first = place[by_place][first]
    backwards = np.empty_like(inverse)
    backwards[by_place] = inverse
    if not missing:
        return _Distinct(values, first, counts, backwards, None)
    of_fill = int(backwards[-1])
    counts[of_fill] += missing - 1
    return _Distinct(values, first, counts, backwards[:-1], of_fill)


def distinct_values(a: Any) -> Any:
    """The distinct values of an array of sparse, or of anything, as an ndarray."""
    return _distinct(a).values if is_sparse(a) else np.unique(a)


def _expanded_nans(found: _Distinct, a: Any) -> _Distinct:
    """With `equal_nan=False` each NaN that is not stored is a value of its own."""
    if found.fill is None or found.values[found.fill] == found.values[found.fill]:
        return found
    values = np.append(found.values, np.full(found.counts[found.fill] - 1, np.nan))
    counts = np.append(found.counts, np.ones(len(values) - len(found.counts), dtype=np.intp))
    counts[found.fill] = 1
    return found._replace(values=values.astype(a.dtype), counts=counts)


def _unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
) -> Any:
    ar = coo(ar)
    if ar.dtype.names is not None:
        raise UnsupportedArgumentError(
            "numpy.unique of records is not supported for arrays of sparse; keep an array for each "
            "field"
        )
    if axis is not None:
        (axis,) = normalize((axis,), ar.ndim)
        if ar.ndim > 1:
            return _unique_slices(ar, axis, return_index, return_inverse, return_counts)
    if equal_nan and not (return_index or return_inverse or return_counts):
        missing = [ar.fill_value] if ar.nnz < ar.size else []
        return in_full(np.unique(np.append(ar.data, missing).astype(ar.dtype, copy=False)))
    found = _distinct(ar, equal_nan)
    if not equal_nan and not (return_index or return_inverse):
        found = _expanded_nans(found, ar)
    results = [in_full(found.values)]
    if return_index:
        results.append(in_full(found.first))
    if return_inverse:
        results.append(
            made(ar.coords, found.inverse, ar.shape, np.intp(found.fill or 0))
            if ar.ndim
            else in_full(np.zeros((), dtype=np.intp))
        )
    if return_counts:
        results.append(in_full(found.counts))
    return results[0] if len(results) == 1 else tuple(results)


def _unique_slices(ar: Any, axis: int, index: bool, inverse: bool, counts: bool) -> Any:
    """Distinct slices, by the stored values of each.

    A slice is written as its values below and above the fill value, in such a way that the order of
    what is written is that of the slices: a value below, the sooner the smaller; the end; a value
    above, the later the smaller.
    """
    others = tuple(i for i in range(ar.ndim) if i != axis)
    lines = Lines(ar, others)
    kept = lines.data != lines.fill
    lines = lines.only(kept)
    fill, written = lines.fill, [((1,),)] * lines.count
    for number, start, stored in zip(lines.touched, lines.first, lines.stored, strict=True):
        part = slice(start, start + stored)
        written[number] = (
            *(
                (0, place, value) if value < fill else (2, -place, value)
                for place, value in zip(
                    lines.place[part].tolist(), lines.data[part].tolist(), strict=True
                )
            ),
            (1,),
        )
    order = sorted(range(lines.count), key=written.__getitem__)
    firsts, number_of, how_often = [], np.zeros(lines.count, dtype=np.intp), []
    for position, slice_ in enumerate(order):
        if position == 0 or written[slice_] != written[order[position - 1]]:
            firsts.append(slice_)
            how_often.append(0)
        number_of[slice_] = len(firsts) - 1
        how_often[-1] += 1
    first = np.array(firsts, dtype=np.intp)
    results = [module().take(ar, first, axis=axis)]
    if index:
        results.append(in_full(first))
    if inverse:
        results.append(in_full(number_of))
    if counts:
        results.append(in_full(np.array(how_often, dtype=np.intp)))
    return results[0] if len(results) == 1 else tuple(results)


# Sets ------------------------------------------------------------------------------------------


def _union1d(ar1: Any, ar2: Any) -> Any:
    return in_full(np.union1d(distinct_values(ar1), distinct_values(ar2)))


def _intersect1d(
    ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False
) -> Any:
    if not return_indices:
        return in_full(np.intersect1d(distinct_values(ar1), distinct_values(ar2)))
    one, other = _distinct(coo(ar1)), _distinct(coo(ar2))
    common, i, j = np.intersect1d(one.values, other.values, True, True)
    return in_full(common), in_full(one.first[i]), in_full(other.first[j])


def _setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    gone = distinct_values(ar2)
    if not assume_unique:
        return in_full(np.setdiff1d(distinct_values(ar1), gone))
    lines = Lines(ar1, None)  # in the order in which they are there
    values = lines.data
    if len(values) < lines.length and not np.isin(lines.fill, gone):
        values = np.full(lines.length, lines.fill)  # and most of them stay
        values[lines.place] = lines.data
    return in_full(values[np.isin(values, gone, invert=True)])


def _setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    return in_full(np.setxor1d(distinct_values(ar1), distinct_values(ar2)))


def _isin(
    element: Any,
    test_elements: Any,
    assume_unique: bool = False,
    invert: bool = False,
    *,
    kind: str | None = None,
) -> Any:
    if is_sparse(test_elements):
        test_elements = distinct_values(test_elements)
    if not is_sparse(element):
        return in_full(np.isin(element, test_elements, assume_unique, invert, kind=kind))
    # Stored values repeat, so nothing is to be assumed of them.
    return module().elemwise(
        lambda values: np.isin(values, test_elements, invert=invert, kind=kind), element
    )


# Histograms ------------------------------------------------------------------------------------


def _edges(bins: Any) -> Any:
    """Edges of bins are few: those in an array of sparse are written out."""
    return whole(bins) if is_sparse(bins) else bins


def _weighted(a: Any, weights: Any) -> tuple[Any, Any]:
    """Distinct values and the weight of each: how often they occur, or the sum of weights."""
    if not is_sparse(a):
        a = coo(a)
    if weights is None:
        found = _distinct(a)
        return found.values, found.counts
    weights = coo(weights)
    if weights.shape != a.shape:
        raise ValueError("weights should have the same shape as a.")
    both = Lines(
        module().elemwise(np.add, (a != a.fill_value), (weights != weights.fill_value)), None
    )
    values, amounts = _at(a, both.place), _at(weights, both.place)
    rest = both.length - len(both.place)
    if rest:  # a weight of zero too, for what has it is in the range
        values = np.append(values, a.fill_value)
        amounts = np.append(amounts, weights.fill_value * rest)
    return values, amounts


def _at(a: Any, places: Any) -> Any:
    lines = Lines(a, None)
    result = np.full(len(places), lines.fill)
    if len(lines.place):
        where = np.minimum(np.searchsorted(lines.place, places), len(lines.place) - 1)
        hit = lines.place[where] == places
        result[hit] = lines.data[where[hit]]
    return result


def _bins(a: Any, bins: Any, range: Any, weights: Any) -> Any:
    """How many bins there are, or their edges; those of an estimator are composed."""
    if not isinstance(bins, str):
        return _edges(bins)
    edges = derived_functions()["histogram_bin_edges"]
    return whole(edges(coo(a), bins, range, weights))


def _histogram(
    a: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> Any:
    bins = _bins(a, bins, range, weights)
    values, amounts = _weighted(a, weights)
    counted = weights is None and not density
    counts, edges = np.histogram(values, bins, range, density, amounts)
    return in_full(counts.astype(np.intp) if counted else counts), in_full(edges)


def _histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    bins = _bins(a, bins, range, weights)
    values, _ = _weighted(a, None)
    return in_full(np.histogram_bin_edges(values, bins, range))


def _points(columns: list[Any], weights: Any) -> tuple[Any, Any]:
    """Points of which something is stored, and how much they and those at the fill values count."""
    weighted = [] if weights is None else [coo(weights)]
    if weighted and weighted[0].shape != columns[0].shape:
        raise ValueError("The weights and list don't have the same length.")
    places = np.unique(np.concatenate([Lines(c, None).place for c in (*columns, *weighted)]))
    points = np.stack([_at(c, places) for c in columns], axis=1)
    amounts: Any = _at(weighted[0], places) if weighted else np.ones(len(points))
    rest = columns[0].size - len(points)
    if rest:
        fill = np.array([[c.fill_value for c in columns]], dtype=points.dtype)
        each = weighted[0].fill_value if weighted else 1
        points, amounts = np.concatenate([points, fill]), np.append(amounts, each * rest)
    return points, amounts


def _histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> Any:
    if is_sparse(sample):
        sample = coo(sample)
        if sample.ndim == 1:
            sample = sample.reshape((sample.size, 1))
        columns = [sample[:, i] for i in np.arange(sample.shape[1])]
    else:
        columns = [coo(c) for c in sample]
    points, amounts = _points(columns, weights)
    if not np.isscalar(bins):
        bins = [_edges(b) for b in bins]
    counts, edges = np.histogramdd(points, bins, range, density, amounts)
    return in_full(counts), tuple(map(in_full, edges))


def _histogram2d(
    x: Any,
    y: Any,
    bins: Any = 10,
    range: Any = None,
    density: bool | None = None,
    weights: Any = None,
) -> Any:
    if x.ndim > 1 or np.ndim(y) > 1:
        raise ValueError("x and y must be vectors")
    if len(x) != len(y):
        raise ValueError("x and y must have the same length.")
    points, amounts = _points([coo(x), coo(y)], weights)
    bins = _edges(bins)
    if isinstance(bins, (list, tuple)) and len(bins) == 2:
        bins = [_edges(b) for b in bins]
    results = np.histogram2d(points[:, 0], points[:, 1], bins, range, density, amounts)
    return tuple(map(in_full, results))


def _bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    x = coo(x)
    if x.ndim != 1:
        raise ValueError("object too deep for desired array")
    found = _distinct(x)
    counts = np.bincount(found.values, minlength=minlength)  # with NumPy's checks of the values
    if weights is None:
        counts[found.values] = found.counts
        return in_full(counts)
    weights = coo(weights)
    if weights.dtype.kind == "c":
        raise TypeError("weights must be real numbers")
    if weights.shape != x.shape:
        raise ValueError("The weights and list don't have the same length.")
    values, amounts = _weighted(x, weights)
    return in_full(np.bincount(values, amounts.astype(np.float64), len(counts)))


def _digitize(x: Any, bins: Any, right: bool = False) -> Any:
    if not is_sparse(x):
        return in_full(np.digitize(x, _edges(bins), right))
    edges = _edges(bins)
    return module().elemwise(lambda values: np.digitize(values, edges, right), x)


def _searchsorted(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    if np.ndim(a) != 1:
        raise ValueError("object too deep for desired array")
    a, sorter = _edges(a), _edges(sorter)
    if not is_sparse(v):
        return in_full(np.searchsorted(a, v, side, sorter))
    return module().elemwise(lambda values: np.searchsorted(a, values, side, sorter), v)


ROWS: dict[str, Row | Callable[..., Any]] = {
    "unique": _unique,
    "unique_all": Derived(),
    "unique_counts": Derived(),
    "unique_inverse": Derived(),
    "unique_values": Derived(),
    "union1d": _union1d,
    "intersect1d": _intersect1d,
    "setdiff1d": _setdiff1d,
    "setxor1d": _setxor1d,
    "isin": _isin,
    "histogram": _histogram,
    "histogram_bin_edges": _histogram_bin_edges,
    "histogram2d": _histogram2d,
    "histogramdd": _histogramdd,
    "bincount": _bincount,
    "digitize": _digitize,
    "searchsorted": _searchsorted,
}
