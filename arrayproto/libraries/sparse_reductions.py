"""sparse: its reductions with all of NumPy's arguments, and its joining with any fill values."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..derived.arguments import reduced_axis
from .rows import Row
from .sparse_arrays import (
    coo,
    formatted,
    in_full,
    is_sparse,
    keeping_format,
    made,
    module,
    normalize,
    refuse,
)

_NO_VALUE: Any = np._NoValue

#: Reduction to what it makes of nothing; those without such a thing are of some elements only.
_IDENTITY = {"sum": 0, "prod": 1, "any": False, "all": True, "max": None, "min": None}
_COMBINE = {"sum": np.add, "prod": np.multiply, "max": np.maximum, "min": np.minimum}


def checked_axis(axis: Any, rank: int) -> tuple[int, ...]:
    """The axes that are meant, or the error that NumPy raises."""
    if axis is None:
        return tuple(range(rank))
    return normalize(tuple(axis) if isinstance(axis, tuple) else operator.index(axis), rank)


def chosen(a: Any, where: Any, other: Any) -> Any:
    """The array with another value wherever `where` is not true."""
    where = coo(where).astype(bool)
    np.broadcast_shapes(where.shape, a.shape)
    return module().where(where, a, np.asarray(other, dtype=np.result_type(a.dtype, other))[()])


def keep(keepdims: Any) -> bool:
    return False if keepdims is _NO_VALUE else bool(keepdims)


def _is_simple(a: Any, axis: Any) -> bool:
    """Whether sparse checks the axis as NumPy does, of an array in which there are values."""
    if type(a) is not module().COO:
        return False
    shape = a.shape
    if not shape or 0 in shape:
        return False
    return axis is None or (type(axis) is int and -len(shape) <= axis < len(shape))


def _reduction(name: str) -> Callable[..., Any]:
    stock_name = name.removeprefix("a") if name in ("amax", "amin") else name
    kind = stock_name.removeprefix("nan")
    neutral = _IDENTITY[kind]
    takes_dtype = kind in ("sum", "prod")

    def call(
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = _NO_VALUE,
        initial: Any = _NO_VALUE,
        where: Any = _NO_VALUE,
    ) -> Any:
        options = {"dtype": dtype} if takes_dtype else {}
        function = getattr(module(), stock_name)
        if out is None and where is initial is _NO_VALUE and _is_simple(a, axis):
            return function(a, axis=axis, keepdims=keep(keepdims), **options)
        refuse(name, out=out)
        given, a = a, coo(a)
        axes = checked_axis(reduced_axis(axis, a.ndim), a.ndim)
        dropped = 1
        for i in axes:
            dropped *= a.shape[i]
        if where is not _NO_VALUE and where is not True:
            if neutral is None and initial is _NO_VALUE:
                raise ValueError(
                    f"reduction operation '{kind}imum' does not have an identity, so to use a "
                    "where mask one has to specify 'initial'"
                )
            a = chosen(a, where, initial if neutral is None else a.dtype.type(neutral))
        shape = tuple(1 if i in axes else n for i, n in enumerate(a.shape))
        if neutral is None and dropped == 0:
            if initial is _NO_VALUE:
                ufunc = f"f{kind}" if stock_name != kind else f"{kind}imum"
                raise ValueError(
                    f"zero-size array to reduction operation {ufunc} which has no identity"
                )
            start = 0 if initial is _NO_VALUE else initial
            result = module().full(shape, np.asarray(start, a.dtype)[()], dtype=a.dtype)
            if not keep(keepdims):
                result = result.reshape(tuple(n for i, n in enumerate(shape) if i not in axes))
            return formatted(result, given)
        result = function(a, axis=axes, keepdims=keep(keepdims), **options)
        if initial is not _NO_VALUE:
            result = _COMBINE[kind](result, np.asarray(initial).astype(result.dtype)[()])
        return formatted(result, given)

    if takes_dtype:
        return call

    def without_dtype(
        a: Any,
        axis: Any = None,
        out: Any = None,
        keepdims: Any = _NO_VALUE,
        initial: Any = _NO_VALUE,
        where: Any = _NO_VALUE,
    ) -> Any:
        return call(a, axis, None, out, keepdims, initial, where)

    if kind in ("max", "min"):
        return without_dtype

    def of_truth(
        a: Any,
        axis: Any = None,
        out: Any = None,
        keepdims: Any = _NO_VALUE,
        *,
        where: Any = _NO_VALUE,
    ) -> Any:
        if out is None and where is _NO_VALUE and a.dtype.kind in "biufc" and _is_simple(a, axis):
            return getattr(module(), name)(a, axis=axis, keepdims=keep(keepdims))
        truth = formatted(coo(a).astype(bool), a)
        return call(truth, axis, None, out, keepdims, where=where)

    return of_truth


def _mean(name: str) -> Callable[..., Any]:
    skip_nan = name == "nanmean"

    def call(
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = _NO_VALUE,
        *,
        where: Any = _NO_VALUE,
    ) -> Any:
        if out is None and where is _NO_VALUE and not skip_nan and _is_simple(a, axis):
            return module().mean(a, axis=axis, dtype=dtype, keepdims=keep(keepdims))
        refuse(name, out=out)
        given, a = a, coo(a)
        axis = reduced_axis(axis, a.ndim) if skip_nan else axis  # as NumPy
        axes, kept = checked_axis(axis, a.ndim), keep(keepdims)
        if skip_nan and a.dtype.kind in "fc":
            if dtype is not None and not np.issubdtype(dtype, np.inexact):
                raise TypeError("If a is inexact, then dtype must be inexact")
            there = ~module().isnan(a)
            where = (
                there if where is _NO_VALUE or where is True else np.logical_and(there, coo(where))
            )
        if where is _NO_VALUE or where is True:
            return formatted(module().mean(a, axis=axes, dtype=dtype, keepdims=kept), given)
        wanted = np.mean(np.zeros(1, a.dtype), dtype=dtype).dtype
        work = np.float32 if wanted == np.float16 else wanted
        where = coo(where).astype(bool)
        total = module().sum(
            chosen(a, where, a.dtype.type(0)), axis=axes, dtype=work, keepdims=kept
        )
        counted = module().broadcast_to(where, a.shape)
        count = module().sum(counted, axis=axes, dtype=np.intp, keepdims=kept)
        with np.errstate(all="ignore"):
            result = module().elemwise(lambda t, n: (t / n).astype(wanted), total, count)
        return formatted(result, given)

    call.__name__ = name
    return call


# Joining ---------------------------------------------------------------------------------------


def _of_one_fill(arrays: Any) -> list[Any]:
    """COO arrays with the fill value of the one that has most of it; the others store all."""
    arrays = [coo(a) for a in arrays]
    # The same bits: sparse tells -0.0 from 0.0.
    if len({(a.dtype, a.fill_value.tobytes()) for a in arrays}) < 2:
        return arrays
    fill = max(arrays, key=lambda a: a.size - a.nnz).fill_value

    def with_fill(a: Any) -> Any:
        if a.fill_value == fill or (a.fill_value != a.fill_value and fill != fill):
            same = a.dtype.kind not in "fc" or str(a.fill_value) == str(a.dtype.type(fill))
            return a if same else made(a.coords, a.data, a.shape, a.dtype.type(fill))
        values = np.full(a.shape, a.fill_value, dtype=a.dtype)
        values[tuple(a.coords)] = a.data
        wide = np.result_type(a.dtype, np.asarray(fill).dtype)
        return module().COO.from_numpy(values.astype(wide), fill_value=wide.type(fill))

    return [with_fill(a) for a in arrays]


def _check_casting(dtypes: list[Any], dtype: Any, casting: str) -> None:
    for given in dtypes:
        if not np.can_cast(given, dtype, casting):
            raise TypeError(
                f"Cannot cast array data from {given!r} to {np.dtype(dtype)!r} according to the "
                f"rule {casting!r}"
            )


def _joined(function: str, arrays: Any, axis: Any, dtype: Any, casting: str) -> Any:
    arrays = _of_one_fill(arrays)
    if not arrays:
        raise ValueError("need at least one array to concatenate")
    dtypes = [a.dtype for a in arrays]
    if dtype is not None or dtypes.count(dtypes[0]) < len(dtypes) or casting != "same_kind":
        wide = np.result_type(*dtypes) if dtype is None else np.dtype(dtype)
        _check_casting(dtypes, wide, casting)
        arrays = [a if a.dtype == wide else a.astype(wide) for a in arrays]
    return getattr(module(), function)(arrays, axis=axis)


def _concatenate(
    arrays: Any, /, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind"
) -> Any:
    refuse("concatenate", out=out)
    arrays = [a if is_sparse(a) else np.asarray(a) for a in arrays]
    if axis is None:
        arrays, axis = [coo(a).reshape((a.size,)) for a in arrays], 0
    ranks = {a.ndim for a in arrays}
    if ranks == {0}:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    if len(ranks) > 1:
        raise ValueError(
            "all the input array dimensions except for the concatenation axis must match exactly, "
            f"but the arrays have {sorted(ranks)} dimensions"
        )
    if arrays:
        (axis,) = normalize((operator.index(axis),), arrays[0].ndim)
        if len({(*a.shape[:axis], *a.shape[axis + 1 :]) for a in arrays}) > 1:
            raise ValueError(
                "all the input array dimensions except for the concatenation axis must match "
                f"exactly: {', '.join(str(a.shape) for a in arrays)} along axis {axis}"
            )
    return _joined("concatenate", arrays, axis, dtype, casting)


def stack(
    arrays: Any, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind"
) -> Any:
    refuse("stack", out=out)
    arrays = [a if is_sparse(a) else np.asarray(a) for a in arrays]
    if not arrays:
        raise ValueError("need at least one array to stack")
    if len({a.shape for a in arrays}) > 1:
        raise ValueError("all input arrays must have the same shape")
    (axis,) = normalize((operator.index(axis),), arrays[0].ndim + 1)
    if arrays[0].ndim == 0:
        values = [coo(a)[()] for a in arrays]
        _check_casting([np.asarray(v).dtype for v in values], dtype or np.result_type(*values),
                       casting)  # fmt: skip
        return in_full(np.stack(values, dtype=dtype, casting=casting))
    return _joined("stack", arrays, axis, dtype, casting)


ROWS: dict[str, Row | Callable[..., Any]] = {
    **{
        name: _reduction(name)
        for name in (
            *("sum", "prod", "max", "min", "amax", "amin", "any", "all"),
            *("nansum", "nanprod", "nanmax", "nanmin"),
        )
    },
    "mean": _mean("mean"),
    "nanmean": _mean("nanmean"),
    "concatenate": keeping_format(_concatenate),
    "stack": keeping_format(stack),
}
