"""Dask: counts in bins, places among sorted values, weighted averages and covariances."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..derived.arguments import has_variables_in_columns, keeps
from ..errors import UnsupportedArgumentError
from .dask_chunks import as_dask, da, is_dask, known_shape, meta_of, normalize_axes
from .dask_order import weights_like
from .rows import Row

# Bins -------------------------------------------------------------------------------------------


def _edges(name: str, a: Any, bins: Any = 10, range: Any = None, weighted: bool = False) -> Any:
    """The edges, made and checked by NumPy; lazy if they are for the values to say."""
    if isinstance(bins, str):
        weights = np.ones(1) if weighted else None
        np.histogram_bin_edges(np.ones(1), bins, weights=weights)  # NumPy's errors
        raise UnsupportedArgumentError(
            f"numpy.{name}: bins={bins!r} estimates how many there are from values not computed "
            "yet; give a number or the edges"
        )
    if np.ndim(bins) > 0:
        if is_dask(bins):
            if bins.ndim != 1:
                raise ValueError("`bins` must be 1d, when an array")
            known_shape(name, bins)
            return bins.rechunk(-1)
        return as_dask(np.histogram_bin_edges(np.zeros(0), bins))
    if is_dask(bins):
        raise UnsupportedArgumentError(
            f"numpy.{name}: how many bins there are is not known before bins= is computed; give "
            "int(bins)"
        )
    if range is not None and not any(map(is_dask, range)):
        return as_dask(np.histogram_bin_edges(np.zeros(0, a.dtype), bins, range))
    if range is None and a.size == 0:
        return as_dask(np.histogram_bin_edges(np.zeros(0, a.dtype), bins))
    low, high = map(as_dask, (a.min(), a.max()) if range is None else range)
    dtype = a.dtype
    given = range is not None

    def made(low: Any, high: Any) -> Any:
        if given:
            return np.histogram_bin_edges(np.zeros(0, dtype), bins, (low, high))
        return np.histogram_bin_edges(np.array([low, high], dtype), bins)

    example = made(np.zeros((), low.dtype), np.ones((), high.dtype))
    return da().blockwise(
        made,
        (0,),
        low,
        (),
        high,
        (),
        new_axes={0: len(example)},
        dtype=example.dtype,
        meta=np.empty(0, example.dtype),
    )


def _summed(
    count: Callable[..., Any], arrays: list[Any], weights: Any, edges: list[Any], dtype: Any
) -> Any:
    """Counts of each chunk, added up."""
    rank = arrays[0].ndim
    letters = tuple(range(rank))
    bins = tuple(range(rank, rank + len(edges)))
    operands: list[Any] = []
    for a in arrays if weights is None else [*arrays, weights]:
        operands += [a, letters]
    for i, edge in enumerate(edges):
        operands += [edge, (rank + len(edges) + i,)]
    per_chunk = da().blockwise(
        lambda *blocks: count(*blocks)[(None,) * rank],
        letters + bins,
        *operands,
        new_axes={letter: e.shape[0] - 1 for letter, e in zip(bins, edges, strict=True)},
        adjust_chunks=dict.fromkeys(letters, lambda n: 1),
        concatenate=True,
        dtype=dtype,
        meta=np.empty((0,) * (rank + len(edges)), dtype),
    )
    return per_chunk.sum(axis=letters, dtype=dtype)


def _histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    a = _countable(as_dask(a))
    if weights is not None and np.shape(weights) != a.shape:
        raise ValueError("weights should have the same shape as a.")
    return _edges("histogram_bin_edges", a, bins, range, weights is not None)


def _countable(a: Any) -> Any:
    return a.astype(np.uint8) if a.dtype == bool else a


def _histogram(
    a: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> Any:
    a = _countable(as_dask(a))
    if weights is not None:
        if np.shape(weights) != a.shape:
            raise ValueError("weights should have the same shape as a.")
        weights = as_dask(weights).rechunk(a.chunks)
    edges = _edges("histogram", a, bins, range, weights is not None)
    dtype = np.dtype(np.intp) if weights is None else weights.dtype
    weighted = weights is not None

    def count(block: Any, *rest: Any) -> Any:
        more = {"weights": rest[0].ravel()} if weighted else {}
        return np.histogram(block.ravel(), rest[-1], **more)[0]

    counts = _summed(count, [a], weights, [edges], dtype)
    if density:
        return counts / np.diff(edges).astype(float) / counts.sum(), edges
    return counts, edges


def _columns(sample: Any) -> list[Any]:
    """One vector a dimension."""
    if is_dask(sample) or isinstance(sample, np.ndarray):
        sample = as_dask(sample)
        if sample.ndim < 2:
            return [sample.reshape(-1)]
        if sample.ndim > 2:
            raise ValueError("too many values to unpack (expected 2)")
        return [sample[:, i] for i in range(sample.shape[1])]
    columns = [as_dask(s) for s in sample]
    if any(c.ndim > 1 for c in columns):
        raise ValueError("too many values to unpack (expected 2)")
    if columns and columns[0].ndim == 0:
        return [da().stack(columns)]
    dtype = np.result_type(*columns)
    return [c.astype(dtype) for c in columns]


def _histogramdd(
    sample: Any,
    bins: Any = 10,
    range: Any = None,
    density: bool | None = None,
    weights: Any = None,
) -> Any:
    columns = _columns(sample)
    rank = len(columns)
    known_shape("histogramdd", *columns)
    try:
        count_of_bins = len(bins)
    except TypeError:
        bins = rank * [bins]
    else:
        if count_of_bins != rank:
            raise ValueError(
                "The dimension of bins must be equal to the dimension of the sample x."
            )
    if range is None:
        range = (None,) * rank
    elif len(range) != rank:
        raise ValueError("range argument must have one entry per dimension")
    for i, one in enumerate(bins):
        if np.ndim(one) == 0 and not is_dask(one) and not isinstance(one, str) and one < 1:
            raise ValueError(f"`bins[{i}]` must be positive, when an integer")
    edges = [
        _edges("histogramdd", column, one, limits)
        for column, one, limits in zip(columns, bins, range, strict=True)
    ]
    edges = [
        e.astype(np.float64) if np.ndim(one) == 0 else e for e, one in zip(edges, bins, strict=True)
    ]
    chunks = columns[0].chunks
    columns = [column.rechunk(chunks) for column in columns]
    if weights is not None:
        weights = as_dask(weights).rechunk(chunks)
    weighted = weights is not None

    def count(*blocks: Any) -> Any:
        more = {"weights": blocks[rank]} if weighted else {}
        return np.histogramdd(blocks[:rank], list(blocks[rank + weighted :]), **more)[0]

    counts = _summed(count, columns, weights, edges, np.dtype(float))
    if density:
        total = counts.sum()
        for i, e in enumerate(edges):
            counts = counts / np.diff(e)[(None,) * i + (slice(None),) + (None,) * (rank - i - 1)]
        counts = counts / total
    return counts, tuple(edges)


def _histogram2d(
    x: Any,
    y: Any,
    bins: Any = 10,
    range: Any = None,
    density: bool | None = None,
    weights: Any = None,
) -> Any:
    if len(x) != len(y):
        raise ValueError("x and y must have the same length.")
    try:
        count_of_bins = len(bins)
    except TypeError:
        count_of_bins = 1
    if count_of_bins not in (1, 2):
        bins = [bins, bins]
    counts, edges = _histogramdd([x, y], bins, range, density, weights)
    return counts, edges[0], edges[1]


def _bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    x = as_dask(x)
    np.bincount(np.zeros((0,) * x.ndim, x.dtype), minlength=minlength)  # NumPy's checks
    if weights is not None:
        weights = as_dask(weights)
        np.bincount(np.zeros(1, int), np.ones(1, weights.dtype))
        if weights.shape != x.shape:
            raise ValueError("The weights and list don't have the same length.")
        weights = weights.rechunk(x.chunks) if x.size else None  # as NumPy's of nothing
    return da().bincount(x, weights=weights, minlength=minlength)


# Places among sorted values ---------------------------------------------------------------------


def _places(function: Callable[..., Any], asked: Any, table: Any, *more: Any) -> Any:
    """The table is put in one chunk; what is asked of it stays in chunks."""
    asked = as_dask(asked)
    letters = tuple(range(asked.ndim))
    operands = [asked, letters]
    for one in (table, *more):
        operands += [one.rechunk(-1), (asked.ndim,)]
    return da().blockwise(
        function,
        letters,
        *operands,
        dtype=np.dtype(np.intp),
        concatenate=True,
        meta=meta_of(asked, asked.ndim, np.intp),
    )


def _digitize(x: Any, bins: Any, right: bool = False) -> Any:
    if np.ndim(bins) != 1:
        raise ValueError("object of too small depth for desired array")
    if np.result_type(getattr(x, "dtype", type(x))).kind == "c":
        raise TypeError("x may not be complex")
    if not is_dask(bins):
        np.digitize(np.zeros(0), bins)  # NumPy's check of their order
    bins = as_dask(bins)
    return _places(lambda block, edges: np.digitize(block, edges, right), x, bins)


def _searchsorted(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    a, v = as_dask(a), as_dask(v)
    if a.ndim != 1:
        raise ValueError("object too deep for desired array")
    np.searchsorted(np.zeros(0), 0, side)  # NumPy's check
    if sorter is None:
        return _places(lambda block, a: np.searchsorted(a, block, side), v, a)
    sorter = as_dask(sorter)
    if sorter.dtype.kind not in "iu":
        raise TypeError("sorter must only contain integers")
    if sorter.shape != a.shape:
        raise ValueError("sorter.size must equal array.size")
    return _places(lambda block, a, s: np.searchsorted(a, block, side, s), v, a, sorter)


# Averages and covariances -----------------------------------------------------------------------


def _average(
    a: Any,
    axis: Any = None,
    weights: Any = None,
    returned: bool = False,
    *,
    keepdims: Any = np._NoValue,
) -> Any:
    """Dask's own takes weights of one axis only; that they add up to zero is not seen lazily."""
    a = as_dask(a)
    kept = {"axis": axis, "keepdims": keeps(keepdims)}
    if weights is None:
        mean = da().mean(a, **kept)
        if mean.size == 0:
            raise ZeroDivisionError("division by zero")
        total = da().full(mean.shape, a.size / max(mean.size, 1), dtype=mean.dtype)
        return (mean, total) if returned else mean
    axes = tuple(range(a.ndim)) if axis is None else normalize_axes(axis, a.ndim)
    weights = weights_like(a, axis, axes, weights)
    empty = [i for i, n in enumerate(a.shape) if n == 0]
    if empty and set(empty) <= set(axes):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    extra = (np.float64,) if a.dtype.kind in "biu" else ()
    dtype = np.result_type(a.dtype, weights.dtype, *extra)
    total = da().sum(weights, dtype=dtype, **kept)
    mean = da().sum(a.astype(dtype) * weights, dtype=dtype, **kept) / total
    return (mean, total) if returned else mean


def _matrix(m: Any, dtype: Any) -> Any:
    return m.astype(dtype).reshape((1,) * (2 - m.ndim) + m.shape)


def _counts(name: str, weights: Any, length: int) -> Any:
    weights = as_dask(weights).astype(float) if is_dask(weights) else np.asarray(weights, float)
    if name == "fweights" and not is_dask(weights) and not np.all(weights == np.around(weights)):
        raise TypeError("fweights must be integer")
    if weights.ndim > 1:
        raise RuntimeError(f"cannot handle multidimensional {name}")
    if weights.shape[0] != length:
        raise RuntimeError(f"incompatible numbers of samples and {name}")
    if not is_dask(weights) and np.any(weights < 0):
        raise ValueError(f"{name} cannot be negative")
    return weights


def _cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    m = as_dask(m)
    y = None if y is None else as_dask(y)
    if m.ndim > 2 or (y is not None and y.ndim > 2):
        raise ValueError(f"{'m' if m.ndim > 2 else 'y'} has more than 2 dimensions")
    if dtype is None:
        dtype = np.result_type(m, np.float64, *([] if y is None else [y]))
    x = _matrix(m, dtype)
    if has_variables_in_columns(m.shape, rowvar, first=True):
        x = x.T
    if x.shape[0] == 0:
        return da().zeros((0, 0), dtype=float)
    if y is not None:
        turned = has_variables_in_columns(y.shape, rowvar, first=False)
        y = _matrix(y, dtype)
        x = da().concatenate([x, y.T if turned else y], axis=0)
    if ddof is None:
        ddof = 0 if bias else 1
    weights: Any = None
    if fweights is not None:
        weights = fweights = _counts("fweights", fweights, x.shape[1])
    if aweights is not None:
        aweights = _counts("aweights", aweights, x.shape[1])
        weights = aweights if weights is None else weights * aweights
    factor: Any
    if weights is None:
        mean, factor = x.mean(axis=1, dtype=dtype), x.shape[1] - ddof
    else:
        total = weights.sum()
        mean = (x * weights).sum(axis=1) / total
        if aweights is None or ddof == 0:
            factor = total - ddof
        else:
            factor = total - ddof * (weights * aweights).sum() / total
    if is_dask(factor):
        factor = da().maximum(factor, 0.0)
    elif factor <= 0:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
        factor = 0.0
    x = x - mean[:, None]
    other = x.T if weights is None else (x * weights).T
    with np.errstate(all="ignore"):
        scale = np.true_divide(1, factor)
    product = da().tensordot(x, other.conj(), axes=1)
    return (product * scale).astype(dtype).squeeze()


#: Rows of Dask's table of differences.
ROWS: dict[str, Row] = {
    "histogram": _histogram,
    "histogram2d": _histogram2d,
    "histogramdd": _histogramdd,
    "histogram_bin_edges": _histogram_bin_edges,
    "bincount": _bincount,
    "digitize": _digitize,
    "searchsorted": _searchsorted,
    "average": _average,
    "cov": _cov,
}
