"""sparse: variances, covariances and quantiles, from the stored values of each line.

An array less its mean would be dense, so deviations are taken of the stored values alone, and the
elements that are not stored are counted.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..derived.arguments import keeps, reduced_axis
from ..derived.statistics import row_is_turned
from .rows import Row
from .sparse_arrays import (
    Lines,
    coo,
    in_full,
    is_sparse,
    keeping_format,
    made,
    module,
    refuse,
    whole,
)
from .sparse_reductions import stack

_NO_VALUE: Any = np._NoValue


# Variances -------------------------------------------------------------------------------------


def _variance(name: str) -> Callable[..., Any]:
    skip_nan, root = name.startswith("nan"), name.endswith("std")
    function = getattr(np, name)

    def call(
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        ddof: Any = 0,
        keepdims: Any = _NO_VALUE,
        *,
        where: Any = _NO_VALUE,
        mean: Any = _NO_VALUE,
        correction: Any = _NO_VALUE,
    ) -> Any:
        refuse(name, out=out)
        if correction is not _NO_VALUE:
            if ddof != 0:
                raise ValueError("ddof and correction can't be provided simultaneously.")
            ddof = correction
        a = coo(a)
        axis = reduced_axis(axis, a.ndim) if skip_nan else axis  # as NumPy
        lines = Lines(a, axis)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result_dtype = function(np.zeros(2, lines.data.dtype), dtype=dtype).dtype
        least = np.float32 if lines.data.dtype.kind in "fc" else np.float64
        work = np.dtype(dtype or np.result_type(lines.data.dtype, least))
        fill = np.asarray(lines.fill).astype(work)[()]
        if (where is not _NO_VALUE and where is not True) or mean is not _NO_VALUE:
            moments = _Moments(a, axis, where, mean, work, skip_nan)
            values = moments.variances(ddof, skip_nan)
            values = (np.sqrt(values) if root else values).astype(result_dtype)
            return moments.array(values, keeps(keepdims))
        total = np.full(len(lines.touched), lines.length)
        missing, untouched = total - lines.stored, lines.length
        values, absent = lines.data.astype(work), np.zeros(len(lines.data), dtype=bool)
        if skip_nan:
            absent = np.isnan(values)
            values[absent] = 0
            total = total - lines.totals(absent.astype(np.intp))
            if np.isnan(fill):
                total, missing, untouched, fill = total - missing, missing * 0, 0, work.type(0)
        with np.errstate(all="ignore"):
            means = (lines.totals(values) + np.where(missing, fill * missing, 0)) / total
            deviations = values - lines.by_line(means).astype(work)
            squares = (deviations * deviations.conj()).real
            squares[absent] = 0
            rest = fill - means
            squared = lines.totals(squares) + np.where(
                missing, (rest * np.conj(rest)).real * missing, 0
            )
            result = squared / np.maximum(total - ddof, 0)
            alone = (fill - fill).real * untouched / np.float64(max(untouched - ddof, 0))
            if skip_nan:
                result[total - ddof <= 0] = np.nan
            if root:
                result, alone = np.sqrt(result), np.sqrt(alone)
        if (untouched and untouched <= ddof) or (total <= ddof).any():
            warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
        return lines.reduced(result.astype(result_dtype), alone, keeps(keepdims))

    call.__name__ = name
    return call


class _Moments:
    """Of every line the elements that `where` chooses, about a mean that may be given.

    Parameters
    ----------
    a : COO
    axis : int, tuple of int or None
    where : array of bool, optional
    mean : array, optional
        With the axes of the lines kept as of length 1.
    work : dtype
    skip_nan : bool
    """

    def __init__(self, a: Any, axis: Any, where: Any, mean: Any, work: Any, skip_nan: bool) -> None:
        lines = Lines(a, axis)
        self.shape, self.others, self.count = lines.shape, lines.others, lines.count
        self.kept = tuple(n if i in lines.others else 1 for i, n in enumerate(lines.shape))
        row, self.values = lines.line, lines.data.astype(work)
        fill = np.asarray(lines.fill).astype(work)[()]
        if where is _NO_VALUE or where is True:
            chosen = np.full(lines.count, lines.length)
        else:
            where = coo(where).astype(bool)
            if np.broadcast_shapes(where.shape, a.shape) != a.shape:
                raise ValueError("non-broadcastable where= of a reduction")
            mask = Lines(module().broadcast_to(where, a.shape), axis)
            turned = np.bincount(mask.line[mask.data != mask.fill], minlength=lines.count)
            chosen = lines.length - turned if mask.fill else turned
            places = mask.line * max(lines.length, 1) + mask.place
            hit = np.isin(row * max(lines.length, 1) + lines.place, places[mask.data])
            if mask.fill:
                hit = ~np.isin(row * max(lines.length, 1) + lines.place, places[~mask.data])
            row, self.values = row[hit], self.values[hit]
        rest = chosen - np.bincount(row, minlength=lines.count)
        if skip_nan:
            there = ~np.isnan(self.values)
            row, self.values = row[there], self.values[there]
            if np.isnan(fill):
                rest, fill = np.zeros_like(rest), work.type(0)
            chosen = rest + np.bincount(row, minlength=lines.count)
        self.row, self.rest, self.chosen, self.fill = row, rest, chosen, fill
        with np.errstate(all="ignore"):
            if mean is _NO_VALUE:
                total = self._totals(self.values) + np.where(rest, fill * rest, 0)
                self.mean = total / chosen
            else:
                mean = whole(mean) if is_sparse(mean) else np.asarray(mean)
                self.mean = np.broadcast_to(mean, self.kept).ravel()

    def _totals(self, values: Any) -> Any:
        result = np.zeros(self.count, dtype=values.dtype)
        np.add.at(result, self.row, values)
        return result

    def variances(self, ddof: Any, skip_nan: bool) -> Any:
        with np.errstate(all="ignore"):
            apart = self.values - self.mean[self.row]
            rest = self.fill - self.mean
            squares = self._totals((apart * apart.conj()).real) + np.where(
                self.rest, (rest * np.conj(rest)).real * self.rest, 0
            )
            freedom = self.chosen - ddof
            result = squares / np.maximum(freedom, 0)
        if skip_nan:
            result[freedom <= 0] = np.nan
        if (freedom <= 0).any():
            warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=4)
        return result

    def array(self, values: Any, keepdims: bool) -> Any:
        return in_full(
            values.reshape(self.kept if keepdims else tuple(self.shape[i] for i in self.others))
        )


# Covariances -----------------------------------------------------------------------------------


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
    ns = module()
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    arrays = [coo(a) for a in (m, y) if a is not None]
    for name, array in zip(("m", "y"), arrays, strict=False):
        if array.ndim > 2:
            raise ValueError(f"{name} has more than 2 dimensions")
    if dtype is None:
        dtype = np.result_type(*(a.dtype for a in arrays), np.float64)
    rows = []
    for array in arrays:
        if array.ndim < 2:
            row = array.reshape((1, array.size))
        else:
            one = array.shape[0] == 1 and not row_is_turned()
            row = array if rowvar or one else array.T
        rows.append(row.astype(dtype) - row.fill_value)  # a shift changes no covariance
    if len({row.shape[1] for row in rows}) > 1:
        raise ValueError(f"m and y have {' and '.join(str(r.shape[1]) for r in rows)} observations")
    x = rows[0] if len(rows) == 1 else ns.concatenate(rows, axis=0)
    if x.shape[0] == 0:
        return in_full(np.zeros((0, 0), dtype=dtype))
    count = x.shape[1]
    if ddof is None:
        ddof = 0 if bias else 1
    weights = _weights(fweights, aweights, count)
    if weights is None:
        divisor = count - ddof
    else:
        total = weights.sum()
        divisor = total - ddof
        if ddof and aweights is not None:
            divisor = total - ddof * (weights * _listed(aweights)).sum() / total
        if total == 0:
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    if divisor <= 0:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=2)
    with np.errstate(all="ignore"):
        products = _products_of_deviations(x, weights)
        return (products / max(divisor, 0)).astype(dtype).squeeze()


def _listed(weights: Any) -> Any:
    return (whole(weights) if is_sparse(weights) else np.asarray(weights)).astype(float)


def _weights(fweights: Any, aweights: Any, count: int) -> Any:
    """Of each observation the product of both weights; None where there are none."""
    result = None
    for name, given in (("fweights", fweights), ("aweights", aweights)):
        if given is None:
            continue
        given = _listed(given)
        if name == "fweights" and not np.all(given == np.around(given)):
            raise TypeError("fweights must be integer")
        if given.ndim > 1:
            raise RuntimeError(f"cannot handle multidimensional {name}")
        if given.shape[0] != count:
            raise RuntimeError(f"incompatible numbers of samples and {name}")
        if np.any(given < 0):
            raise ValueError(f"{name} cannot be negative")
        result = given if result is None else result * given
    return result


def _products_of_deviations(x: Any, weights: Any = None) -> Any:
    """The sums over columns of (x_i - mean of i)(x_j - mean of j), for rows with a fill of zero.

    Each column counts as often as its weight says.
    """
    ns, row = module(), x.coords[0]
    each = np.ones(x.nnz) if weights is None else weights[x.coords[1]]
    count = x.shape[1] if weights is None else weights.sum()
    stored = np.bincount(row, each, x.shape[0])
    mean = np.zeros(x.shape[0], dtype=x.dtype)
    np.add.at(mean, row, (x.data * each).astype(x.dtype))
    mean = mean / count
    deviation = x.data - mean[row]
    squares = np.bincount(row, np.abs(deviation) ** 2 * each, x.shape[0])
    squares = squares + (count - stored) * np.abs(mean) ** 2  # of no elements they are integers
    if np.all(count * np.abs(mean) ** 2 <= 100 * squares):
        # Then sum(x_i x_j) - n mean_i mean_j costs no more than two digits.
        means = in_full(mean[:, None])
        products = ns.matmul(_times(x, each), x.conj().T)
        return products - ns.matmul(means, means.conj().T) * count
    # An element that is not stored deviates by -mean: four kinds of pairs.
    d = ns.COO(x.coords, deviation, shape=x.shape)
    is_stored = ns.COO(x.coords, np.ones(x.nnz, dtype=x.dtype), shape=x.shape)
    sums = np.zeros(x.shape[0], dtype=x.dtype)
    np.add.at(sums, row, (deviation * each).astype(x.dtype))
    one = in_full(mean)
    # i is stored, and not j
    alone = in_full(sums)[:, None] - ns.matmul(_times(d, each), is_stored.T)
    neither = in_full(count - stored[:, None] - stored[None, :])
    neither = neither + ns.matmul(_times(is_stored, each), is_stored.T)
    result = ns.matmul(_times(d, each), d.conj().T) - alone * one.conj()[None, :]
    return result - alone.conj().T * one[:, None] + neither * one[:, None] * one.conj()[None, :]


def _times(x: Any, each: Any) -> Any:
    return made(x.coords, (x.data * each).astype(x.dtype), x.shape)


# Quantiles -------------------------------------------------------------------------------------


def _hyndman_fan(alpha: float, beta: float) -> Callable[[Any, Any], Any]:
    return lambda n, q: n * q + (alpha + q * (1 - alpha - beta)) - 1


def _discrete(shift: float, is_exact: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def index(n: Any, q: Any) -> Any:
        position = n * q - 1 - shift
        previous = np.floor(position)
        exact = is_exact(position - previous, previous)
        return np.maximum(np.where(exact, previous, previous + 1), 0).astype(np.intp)

    return index


def _midpoint(n: Any, q: Any) -> Any:
    return 0.5 * (np.floor((n - 1) * q) + np.ceil((n - 1) * q))


#: Method to the index of the quantile q among n sorted elements; whole ones name an element.
_INDEX: dict[str, Callable[[Any, Any], Any]] = {
    "inverted_cdf": _discrete(0, lambda gamma, _: gamma == 0),
    "averaged_inverted_cdf": lambda n, q: n * q - 1,
    "closest_observation": _discrete(0.5, lambda g, previous: (g == 0) & (previous % 2 == 1)),
    "interpolated_inverted_cdf": _hyndman_fan(0, 1),
    "hazen": _hyndman_fan(0.5, 0.5),
    "weibull": _hyndman_fan(0, 0),
    "linear": lambda n, q: (n - 1) * q,
    "median_unbiased": _hyndman_fan(1 / 3.0, 1 / 3.0),
    "normal_unbiased": _hyndman_fan(3 / 8.0, 3 / 8.0),
    "lower": lambda n, q: np.floor((n - 1) * q).astype(np.intp),
    "higher": lambda n, q: np.ceil((n - 1) * q).astype(np.intp),
    "midpoint": _midpoint,
    "nearest": lambda n, q: np.around((n - 1) * q).astype(np.intp),
}
#: Method to what it makes of the fractional part of the index.
_FRACTION: dict[str, Callable[[Any], Any]] = {
    "averaged_inverted_cdf": lambda gamma: np.where(gamma == 0, 0.5, 1.0),
    "midpoint": lambda gamma: np.where(gamma == 0, 0.0, 0.5),
}


class _Sorted:
    """Each touched line sorted, and an untouched line after them, as if they were there whole."""

    def __init__(self, lines: Lines) -> None:
        order = lines.in_order()
        self.data, self.fill = lines.data[order], lines.fill
        self.first = np.append(lines.first, len(self.data))
        stored = np.append(lines.stored, 0)
        self.missing = lines.length - stored
        row = np.repeat(np.arange(len(lines.touched)), lines.stored)
        size = len(stored)
        self.nans = np.zeros(size, dtype=np.intp)
        if self.data.dtype.kind in "fc":
            self.nans += np.bincount(row[np.isnan(self.data)], minlength=size)
            if np.isnan(self.fill):
                self.nans += self.missing
                below = stored - np.bincount(row[np.isnan(self.data)], minlength=size)
            else:
                below = np.bincount(row[self.data <= self.fill], minlength=size)
        else:
            below = np.bincount(row[self.data <= self.fill], minlength=size)
        self.below, self.length = below, lines.length

    def at(self, index: Any) -> Any:
        """The element of each line at that index, counted in its sorted elements."""
        filled = (index >= self.below) & (index < self.below + self.missing)
        offset = np.where(index < self.below, index, index - self.missing)
        if not len(self.data):
            return np.full(len(self.first), self.fill)
        where = np.clip(self.first + np.where(filled, 0, offset), 0, len(self.data) - 1)
        return np.where(filled, self.fill, self.data[where])


def _warn_of_nothing(lines: Lines, line: _Sorted) -> None:
    there = line.nans if len(lines.touched) < lines.count else line.nans[:-1]
    if (there == lines.length).any():
        warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=3)


def _one_quantile(line: _Sorted, q: Any, method: str, skip_nan: bool) -> Any:
    count = line.length - line.nans if skip_nan else np.full_like(line.nans, line.length)
    index = _INDEX[method](count, q)
    last = np.maximum(count - 1, 0)
    if index.dtype.kind in "iu":
        result = line.at(np.clip(index, 0, last))
    else:
        previous = np.floor(index)
        low = line.at(np.clip(previous, 0, last).astype(np.intp))
        high = line.at(np.clip(previous + 1, 0, last).astype(np.intp))
        outside = (index >= count - 1) | (index < 0)
        low = np.where(index >= count - 1, line.at(last), low)
        high = np.where(index >= count - 1, low, np.where(index < 0, low, high))
        gamma = index - previous
        gamma = np.where(outside, 0.0, _FRACTION.get(method, lambda g: g)(gamma))
        if line.data.dtype.kind in "fc":
            gamma = gamma.astype(np.result_type(q, line.data.dtype))
        step = np.subtract(high, low)  # the nearer end is the one that stays exact
        result = np.where(gamma >= 0.5, high - step * (1 - gamma), low + step * gamma)
    if line.data.dtype.kind in "fc":
        result = np.where(count == 0 if skip_nan else line.nans > 0, np.nan, result)
    return result


def _weighted_quantile(
    function: Callable[..., Any],
    a: Any,
    q: Any,
    axis: Any,
    method: str,
    keepdims: bool,
    weights: Any,
) -> Any:
    """NumPy's of the lines that have a stored value, and of one that has none.

    Of all lines, where each has weights of its own: those are as many as the elements.
    """
    weights = whole(weights) if is_sparse(weights) else np.asarray(weights)
    lines = Lines(a, axis)
    block = np.full((len(lines.touched) + 1, lines.length), lines.fill, dtype=a.dtype)
    if weights.shape == a.shape:
        block = np.full((lines.count, lines.length), lines.fill, dtype=a.dtype)
        block[lines.line, lines.place] = lines.data
        weights = np.transpose(weights, (*lines.others, *lines.axes)).reshape(block.shape)
    else:
        if axis is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        if weights.shape != tuple(a.shape[i] for i in lines.axes):
            raise ValueError(
                "Shape of weights must be consistent with shape of a along specified axis."
            )
        weights = weights.ravel()
        row = np.repeat(np.arange(len(lines.touched)), lines.stored)
        block[row, lines.place] = lines.data
    found = function(block, q, axis=1, method=method, weights=weights)
    results = found.reshape((-1, found.shape[-1]))
    if weights.ndim == 2:
        kept = tuple(
            n if i in lines.others else 1
            for i, n in enumerate(lines.shape)
            if keepdims or i in lines.others
        )
        return in_full(results.reshape((*np.shape(q), *kept)))
    arrays = [lines.reduced(one[:-1], one[-1], keepdims) for one in results]
    if np.ndim(q) == 0:
        return arrays[0]
    return stack(arrays).reshape((*np.shape(q), *arrays[0].shape))


def _quantile(name: str) -> Callable[..., Any]:
    skip_nan = name.startswith("nan")
    function = getattr(np, name)
    percent = name.endswith("percentile")

    def call(
        a: Any,
        q: Any,
        axis: Any = None,
        out: Any = None,
        overwrite_input: bool = False,
        method: str = "linear",
        keepdims: Any = _NO_VALUE,
        *,
        weights: Any = None,
    ) -> Any:
        refuse(name, out=out)
        q = whole(q) if is_sparse(q) else q  # few, and as many as results
        a = coo(a)
        if weights is not None:
            return _weighted_quantile(function, a, q, axis, method, keeps(keepdims), weights)
        # NumPy checks the arguments, and says what dtype comes out of them.
        dtype = function(np.zeros(1, dtype=a.dtype), q, method=method).dtype
        lines = Lines(a, axis)
        if lines.length == 0:
            if skip_nan:
                return module().nanmean(coo(a), axis=axis, keepdims=keeps(keepdims))
            raise IndexError("index -1 is out of bounds for axis 0 with size 0")
        chosen = np.asarray(q)
        if percent:
            weak = type(q) in (int, float) and a.dtype.kind == "f"
            hundred = a.dtype.type(100) if a.dtype.kind == "f" else 100
            chosen = np.asarray(np.true_divide(np.asarray(q, a.dtype) if weak else q, hundred))
        line = _Sorted(lines)
        if skip_nan:
            _warn_of_nothing(lines, line)
        results = []
        with np.errstate(all="ignore"):
            for one in chosen.ravel():
                values = _one_quantile(line, one, method, skip_nan).astype(dtype)
                results.append(lines.reduced(values[:-1], values[-1], keeps(keepdims)))
        if chosen.ndim == 0:
            return results[0]
        if not results:
            return in_full(np.zeros(chosen.shape, dtype=dtype))
        stacked = stack(results)
        return stacked.reshape((*chosen.shape, *results[0].shape))

    call.__name__ = name
    return call


def _median(name: str) -> Callable[..., Any]:
    skip_nan = name.startswith("nan")

    def call(
        a: Any,
        axis: Any = None,
        out: Any = None,
        overwrite_input: bool = False,
        keepdims: Any = _NO_VALUE,
    ) -> Any:
        refuse(name, out=out)
        lines = Lines(a, axis)
        if lines.length == 0:
            return module().mean(coo(a), axis=axis, keepdims=keeps(keepdims))
        line = _Sorted(lines)
        count = lines.length - line.nans if skip_nan else np.full_like(line.nans, lines.length)
        if skip_nan:
            _warn_of_nothing(lines, line)
        middle = [line.at(np.maximum(count - 1, 0) // 2), line.at(count // 2)]
        with np.errstate(all="ignore"):
            values = np.where(count % 2, middle[0], np.mean(middle, axis=0))
        values = values.astype(np.mean(np.zeros(1, dtype=a.dtype)).dtype)
        if a.dtype.kind in "fc":
            values[count == 0 if skip_nan else line.nans > 0] = np.nan
        return lines.reduced(values[:-1], values[-1], keeps(keepdims))

    call.__name__ = name
    return call


ROWS: dict[str, Row] = {
    **{name: keeping_format(_variance(name)) for name in ("var", "std", "nanvar", "nanstd")},
    **{
        name: _quantile(name) for name in ("quantile", "percentile", "nanquantile", "nanpercentile")
    },
    "median": _median("median"),
    "nanmedian": _median("nanmedian"),
    "cov": _cov,
}
