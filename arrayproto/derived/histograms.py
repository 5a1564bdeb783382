"""Counts of values."""

from __future__ import annotations

import builtins
import operator
import warnings
from typing import Any

import numpy

import arrayproto.numpy as np

from .creation import array_of, cast, certainly, is_duck, make, one_of

__all__ = ["bincount", "histogram", "histogram2d", "histogram_bin_edges", "histogramdd"]

#: For so many edges all values are compared with each; for more they are sorted.
_FEW = 40


def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    like = one_of(x, weights)
    x = array_of(x, like)
    if np.ndim(x) != 1:
        raise ValueError(
            "object too deep for desired array"
            if np.ndim(x)
            else "object of too small depth for desired array"
        )
    if x.dtype.kind not in "biu":
        raise TypeError(
            f"Cannot cast array data from {x.dtype!r} to dtype('int64') according to the rule "
            "'safe'"
        )
    minlength = operator.index(minlength)
    if minlength < 0:
        raise ValueError("'minlength' must not be negative")
    count = np.shape(x)[0]
    if not count:
        return make(numpy.zeros, x, minlength, dtype=numpy.intp)
    x = cast(x, numpy.intp)
    if certainly(np.any(np.less(x, 0))):
        raise ValueError("'list' argument must have no negative elements")
    length = max(int(np.max(x)) + 1, minlength)
    order = np.argsort(x, stable=True)
    ends = np.searchsorted(np.take(x, order), make(numpy.arange, x, length + 1))
    if weights is None:
        return cast(np.diff(ends), numpy.intp)
    weights = array_of(weights, x)
    if weights.dtype.kind == "c":
        raise TypeError("Cannot cast array data from complex numbers to dtype('float64')")
    weights = cast(weights, float)
    if tuple(np.shape(weights)) != (count,):
        raise ValueError("The weights and list don't have the same length.")
    return _totals(np.take(weights, order), ends)


def _totals(weights: Any, ends: Any) -> Any:
    """Sums of the weights between one end and the next.

    Neighbours are added up, then pairs of them, and so on, each with its like: a running sum of all
    would lose the digits that small weights have after large ones, and all after infinity.
    """
    count, zero = np.shape(weights)[0], weights.dtype.type(0)
    part = np.searchsorted(ends, make(numpy.arange, weights, count), side="right")
    step = 1
    while step < count:
        before = np.where(np.equal(part[step:], part[:-step]), weights[:-step], zero)
        weights = np.concatenate([weights[:step], np.add(weights[step:], before)])
        step *= 2
    sums = np.concatenate([make(numpy.zeros, weights, 1, dtype=weights.dtype), weights])
    return np.where(np.less(ends[:-1], ends[1:]), np.take(sums, ends[1:]), zero)


# Edges --------------------------------------------------------------------------------------------


def _width(a: Any, method: str, size: int, spread: float, range: Any = None) -> float:
    """How wide a bin is, by the rule of thumb of that name."""
    if method == "sqrt":
        return spread / size**0.5
    if method == "sturges":
        return float(spread / (numpy.log2(size) + 1.0))
    if method == "rice":
        return float(spread / (2.0 * size ** (1.0 / 3)))
    if method == "scott":
        return float((24.0 * numpy.pi**0.5 / size) ** (1.0 / 3.0) * float(np.std(a)))
    if method == "fd":
        upper, lower = (float(np.percentile(a, q)) for q in (75, 25))
        return float(2.0 * (upper - lower) * size ** (-1.0 / 3.0))
    if method == "auto":
        by_size = _width(a, "sturges", size, spread)
        least = _width(a, "sqrt", size, spread) / 2
        return min(max(_width(a, "fd", size, spread), least), by_size)
    if method == "doane":
        if size > 2:
            sg1 = (6.0 * (size - 2) / ((size + 1.0) * (size + 3))) ** 0.5
            sigma = float(np.std(a))
            if sigma > 0.0:
                third = float(np.mean(np.power(np.divide(np.subtract(a, np.mean(a)), sigma), 3)))
                return float(spread / (1.0 + numpy.log2(size) + numpy.log2(1.0 + abs(third) / sg1)))
        return 0.0
    assert method == "stone", method
    return _width_by_stone(a, size, spread, range)


def _width_by_stone(a: Any, size: int, spread: float, range: Any) -> float:
    """The width of least estimated error, by cross-validation."""
    if size <= 1 or spread == 0:
        return 0.0

    def error(count: int) -> float:
        shares = np.divide(np.histogram(a, bins=count, range=range)[0], size)
        return float((2 - (size + 1) * float(np.dot(shares, shares))) / (spread / count))

    most = max(100, int(size**0.5))
    count = min(builtins.range(1, most + 1), key=error)
    if count == most:
        warnings.warn(
            "The number of bins estimated may be suboptimal.", RuntimeWarning, stacklevel=4
        )
    return float(spread / count)


def _outer_edges(a: Any, range: Any) -> tuple[Any, Any]:
    if range is not None:
        first, last = range
        if first > last:
            raise ValueError("max must be larger than min in range parameter.")
        if not (numpy.isfinite(first) and numpy.isfinite(last)):
            raise ValueError(f"supplied range of [{first}, {last}] is not finite")
    elif np.size(a) == 0:
        first, last = 0, 1
    else:
        kind = a.dtype.type
        first, last = (kind(_number(edge)) for edge in (np.min(a), np.max(a)))
        if not (numpy.isfinite(first) and numpy.isfinite(last)):
            raise ValueError(f"autodetected range of [{first}, {last}] is not finite")
    if first == last:
        first, last = first - 0.5, last + 0.5
    return first, last


def _apart(first: Any, last: Any) -> Any:
    """How far; of Python's numbers, since in a narrow dtype the difference may overflow."""
    return numpy.asarray(last).item() - numpy.asarray(first).item()


def _number(x: Any) -> Any:
    return int(x) if x.dtype.kind in "biu" else float(x)


def _edges(a: Any, bins: Any, range: Any, weights: Any) -> tuple[Any, Any]:
    """Edges of the bins; and their number, if they are equally wide."""
    if isinstance(bins, str):
        if weights is not None:
            raise TypeError(
                "Automated estimation of the number of bins is not supported for weighted data"
            )
        if bins not in ("stone", "auto", "doane", "fd", "rice", "scott", "sqrt", "sturges"):
            raise ValueError(f"{bins!r} is not a valid estimator for `bins`")
        first, last = _outer_edges(a, range)
        count = 1
        if range is not None:
            inside = np.logical_and(np.greater_equal(a, first), np.less_equal(a, last))
            a = np.take(a, np.nonzero(inside)[0])
        if np.size(a):
            # Of Python's integers: in the dtype of the values it may overflow.
            spread = _number(np.max(a)) - _number(np.min(a))
            width = _width(a, bins, np.size(a), spread, (first, last))
            if width:
                if a.dtype.kind in "iu" and width < 1:
                    width = 1
                count = int(numpy.ceil(_apart(first, last) / width))
        bins = count
    if np.ndim(bins) == 0:
        try:
            count = operator.index(bins)
        except TypeError as error:
            raise TypeError("`bins` must be an integer, a string, or an array") from error
        if count < 1:
            raise ValueError("`bins` must be positive, when an integer")
        first, last = _outer_edges(a, range)
        dtype = numpy.result_type(first, last, a.dtype)
        if dtype.kind in "iu":
            dtype = numpy.result_type(dtype, float)
        edges = numpy.linspace(first, last, count + 1, dtype=dtype)
        if numpy.any(edges[:-1] >= edges[1:]):
            raise ValueError(
                f"Too many bins for data range. Cannot create {count} finite-sized bins."
            )
        return array_of(edges, a), count
    if np.ndim(bins) == 1:
        edges = array_of(bins, a)
        if certainly(np.any(np.greater(edges[:-1], edges[1:]))):
            raise ValueError("`bins` must increase monotonically, when an array")
        return edges, None
    raise ValueError("`bins` must be 1d, when an array")


def _flat(a: Any, bins: Any, weights: Any) -> tuple[Any, Any]:
    bins_array = bins if is_duck(bins) else None
    a = array_of(a, one_of(a, bins_array, weights))
    if a.dtype == bool:
        a = cast(a, numpy.uint8)
    if weights is not None:
        weights = array_of(weights, a)
        if np.shape(weights) != np.shape(a):
            raise ValueError("weights should have the same shape as a.")
        weights = np.reshape(weights, (-1,))
    return np.reshape(a, (-1,)), weights


def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    a, weights = _flat(a, bins, weights)
    return _edges(a, bins, range, weights)[0]


def histogram(
    a: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> Any:
    a, weights = _flat(a, bins, weights)
    edges, _ = _edges(a, bins, range, weights)
    if weights is None and np.shape(edges)[0] <= _FEW and a.dtype == edges.dtype:
        # Quicker than to sort them, and as exact.
        ends = np.stack(
            [np.sum(np.less(a, edges[i])) for i in builtins.range(np.shape(edges)[0] - 1)]
            + [np.sum(np.less_equal(a, edges[-1]))]  # the last bin has both its ends
        )
        return _histogram_of(cast(np.diff(ends), numpy.intp), edges, density)
    order = np.argsort(a, stable=True)
    in_order = np.take(a, order)
    ends = np.concatenate(
        [
            np.searchsorted(in_order, edges[:-1]),
            np.searchsorted(in_order, edges[-1:], side="right"),  # the last bin has both its ends
        ]
    )
    if weights is None:
        counts = cast(np.diff(ends), numpy.intp)
    else:
        counts = _totals(np.take(weights, order), ends)
    return _histogram_of(counts, edges, density)


def _histogram_of(counts: Any, edges: Any, density: bool | None) -> tuple[Any, Any]:
    if density:
        widths = cast(np.diff(edges), float)
        counts = np.divide(np.divide(counts, widths), np.sum(counts))
    return counts, edges


# Several dimensions -------------------------------------------------------------------------------


def histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> Any:
    if hasattr(sample, "shape"):
        if len(np.shape(sample)) != 2:
            sample = np.reshape(sample, (-1, 1))
        columns = [sample[:, i] for i in builtins.range(np.shape(sample)[1])]
    else:
        like = one_of(*sample)
        columns = [array_of(x, like) for x in sample]
    rank = len(columns)
    like = one_of(*columns, weights)
    columns = [array_of(x, like) for x in columns]
    try:
        bins = [bins[i] for i in builtins.range(rank)] if len(bins) == rank else None
        if bins is None:
            raise ValueError(
                "The dimension of bins must be equal to the dimension of the sample x."
            )
    except TypeError:
        bins = [bins] * rank
    if range is None:
        range = (None,) * rank
    elif len(range) != rank:
        raise ValueError("range argument must have one entry per dimension")
    edges, lengths, flat, inside = [], [], None, None
    for i, (x, given, bounds) in enumerate(zip(columns, bins, range, strict=True)):
        if np.ndim(given) == 0:
            if given < 1:
                raise ValueError(f"`bins[{i}]` must be positive, when an integer")
            first, last = _outer_edges(x, bounds)
            try:
                number = operator.index(given)
            except TypeError as error:
                raise TypeError(f"`bins[{i}]` must be an integer, when a scalar") from error
            edge = array_of(numpy.linspace(first, last, number + 1), x)
        elif np.ndim(given) == 1:
            edge = array_of(given, x)
            if certainly(np.any(np.greater(edge[:-1], edge[1:]))):
                raise ValueError(f"`bins[{i}]` must be monotonically increasing, when an array")
        else:
            raise ValueError(f"`bins[{i}]` must be a scalar or 1d array")
        edges.append(edge)
        length = np.shape(edge)[0] - 1
        place = np.subtract(np.searchsorted(edge, x, side="right"), 1)
        place = np.where(np.equal(x, edge[-1]), length - 1, place)
        here = np.logical_and(np.greater_equal(place, 0), np.less(place, length))
        inside = here if inside is None else np.logical_and(inside, here)
        flat = place if flat is None else np.add(np.multiply(flat, length), place)
        lengths.append(length)
    size = int(numpy.prod(lengths))
    flat = np.where(inside, flat, size)
    counts = np.bincount(flat, weights, minlength=size + 1)[:size]
    counts = cast(np.reshape(counts, tuple(lengths)), float)
    if density:
        total = np.sum(counts)
        for i, edge in enumerate(edges):
            shape = [-1 if j == i else 1 for j in builtins.range(rank)]
            counts = np.divide(counts, np.reshape(np.diff(edge), shape))
        counts = np.divide(counts, total)
    return counts, (edges if isinstance(edges, tuple) else tuple(edges))


def histogram2d(
    x: Any,
    y: Any,
    bins: Any = 10,
    range: Any = None,
    density: bool | None = None,
    weights: Any = None,
) -> Any:
    if len(np.shape(x)) and np.shape(x)[0] != np.shape(y)[0]:
        raise ValueError("x and y must have the same length.")
    try:
        count = bins.shape[0] if hasattr(bins, "shape") and np.ndim(bins) else len(bins)
    except TypeError:
        count = 1
    if count not in (1, 2):
        bins = [bins, bins]
    hist, edges = np.histogramdd([x, y], bins, range, density, weights)
    return hist, edges[0], edges[1]
