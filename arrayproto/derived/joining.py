"""Joining and splitting."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import arrayproto.numpy as np

__all__ = [
    "append",
    "array_split",
    "column_stack",
    "dsplit",
    "dstack",
    "hsplit",
    "hstack",
    "split",
    "unstack",
    "vsplit",
    "vstack",
]


def _joined(arrays: list[Any], axis: int, dtype: Any = None, casting: str = "same_kind") -> Any:
    result = np.concatenate(arrays, axis)
    if dtype is None:
        return result
    if not np.can_cast(result.dtype, dtype, casting):
        raise TypeError(
            f"Cannot cast array data from {result.dtype!r} to {np.dtype(dtype)!r} "
            f"according to the rule {casting!r}"
        )
    return result.astype(dtype)


def vstack(tup: Sequence[Any], *, dtype: Any = None, casting: str = "same_kind") -> Any:
    return _joined([np.atleast_2d(a) for a in tup], 0, dtype, casting)


def hstack(tup: Sequence[Any], *, dtype: Any = None, casting: str = "same_kind") -> Any:
    arrays = [np.atleast_1d(a) for a in tup]
    axis = 0 if arrays and np.ndim(arrays[0]) == 1 else 1
    return _joined(arrays, axis, dtype, casting)


def dstack(tup: Sequence[Any]) -> Any:
    return np.concatenate([np.atleast_3d(a) for a in tup], 2)


def column_stack(tup: Sequence[Any]) -> Any:
    return np.concatenate([np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for a in tup], 1)


def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    if axis is None:
        return np.concatenate([np.ravel(arr), np.ravel(values)], 0)
    return np.concatenate([arr, values], axis)


def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    length = np.shape(ary)[axis]
    try:
        bounds = [0, *indices_or_sections, length]
    except TypeError:
        sections = int(indices_or_sections)
        if sections <= 0:
            raise ValueError("number sections must be larger than 0.") from None
        size, extra = divmod(length, sections)
        bounds = [0]
        for index in range(sections):
            bounds.append(bounds[-1] + size + (index < extra))
    before = (slice(None),) * (axis % np.ndim(ary))
    return [ary[(*before, slice(start, stop))] for start, stop in itertools.pairwise(bounds)]


def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    if not hasattr(indices_or_sections, "__len__"):
        if np.shape(ary)[axis] % indices_or_sections:
            raise ValueError("array split does not result in an equal division")
    return array_split(ary, indices_or_sections, axis)  # type: ignore[no-any-return]


def vsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    if np.ndim(ary) < 2:
        raise ValueError("vsplit only works on arrays of 2 or more dimensions")
    return split(ary, indices_or_sections, 0)


def hsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    if np.ndim(ary) == 0:
        raise ValueError("hsplit only works on arrays of 1 or more dimensions")
    return split(ary, indices_or_sections, 1 if np.ndim(ary) > 1 else 0)


def dsplit(ary: Any, indices_or_sections: Any) -> list[Any]:
    if np.ndim(ary) < 3:
        raise ValueError("dsplit only works on arrays of 3 or more dimensions")
    return split(ary, indices_or_sections, 2)


def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    if np.ndim(x) == 0:
        raise ValueError("Input array must be at least 1-d.")
    moved = np.moveaxis(x, axis, 0)
    return tuple(moved[index] for index in range(np.shape(moved)[0]))
