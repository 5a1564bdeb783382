"""Sets, made of `numpy.unique` and `numpy.isin`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError

__all__ = [
    "intersect1d",
    "setdiff1d",
    "setxor1d",
    "union1d",
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
    return values[mask]


def union1d(ar1: Any, ar2: Any) -> Any:
    return np.unique(np.concatenate([np.unique(ar1), np.unique(ar2)]))


def intersect1d(
    ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False
) -> Any:
    if return_indices:
        raise UnsupportedArgumentError(
            "numpy.intersect1d: argument return_indices=True is not supported here; "
            "leave 'return_indices' out"
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
