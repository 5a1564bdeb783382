"""Dask: functions of single elements where its own is short of NumPy's."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import UnsupportedArgumentError
from .dask_chunks import as_dask, da, is_dask, meta_of, write_out
from .rows import Row

_missing = np._NoValue

# Rounding and bounds ----------------------------------------------------------------------------


def _clip(
    a: Any,
    a_min: Any = _missing,
    a_max: Any = _missing,
    out: Any = None,
    *,
    min: Any = _missing,
    max: Any = _missing,
    **kwargs: Any,
) -> Any:
    """Dask's own for two bounds; the composed one knows the arguments of a ufunc."""
    if a_min is not _missing and a_max is not _missing and not kwargs:
        if min is _missing and max is _missing:
            return da().clip(a, a_min, a_max)
    from ..derived.elements import clip

    return clip(as_dask(a), a_min, a_max, min=min, max=max, **kwargs)


def _round(a: Any, decimals: int = 0, out: Any = None) -> Any:
    """Dask's own says that the dtype stays, which that of booleans does not."""
    a, decimals = as_dask(a), operator.index(decimals)
    dtype = np.round(np.zeros(1, a.dtype), decimals).dtype
    return a.map_blocks(np.round, decimals, dtype=dtype, meta=meta_of(a, a.ndim, dtype))


def _nan_to_num(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    """Dask's own takes no nan=, posinf= and neginf=; a chunk is never written to."""
    x = as_dask(x)
    if all(not is_dask(value) and np.ndim(value) == 0 for value in (nan, posinf, neginf)):
        result = x.map_blocks(np.nan_to_num, dtype=x.dtype, nan=nan, posinf=posinf, neginf=neginf)
    else:
        from ..derived.elements import nan_to_num

        result = nan_to_num(x, True, nan, posinf, neginf)
    return result if copy else write_out("nan_to_num", result, x)


# Indices ----------------------------------------------------------------------------------------


def _ravel_multi_index(multi_index: Any, dims: Any, mode: Any = "raise", order: str = "C") -> Any:
    """NumPy says of each chunk which index is none."""
    indices = [as_dask(index) for index in multi_index]
    dims = tuple(map(operator.index, dims)) if np.iterable(dims) else (operator.index(dims),)
    stand_ins = tuple(np.zeros((), index.dtype) for index in indices)
    np.ravel_multi_index(stand_ins, tuple(max(n, 1) for n in dims), mode, order)  # NumPy's errors
    return da().core.elemwise(
        lambda *blocks: np.ravel_multi_index(blocks, dims, mode, order),
        *(index.astype(np.intp) for index in indices),
        dtype=np.dtype(np.intp),
    )


def _unravel_index(indices: Any, shape: Any, order: str = "C") -> Any:
    indices = as_dask(indices)
    shape = tuple(map(operator.index, shape)) if np.iterable(shape) else (operator.index(shape),)
    np.unravel_index(np.zeros(0, indices.dtype), shape, order)  # NumPy's errors
    meta = meta_of(indices, indices.ndim, np.intp)

    def along(axis: int) -> Any:
        return indices.map_blocks(
            lambda block: np.asarray(np.unravel_index(block, shape, order)[axis]),
            dtype=np.dtype(np.intp),
            meta=meta,
        )

    return tuple(map(along, range(len(shape))))


# Complex where they must be ---------------------------------------------------------------------


def _real_if_close(a: Any, tol: float = 100) -> Any:
    if (a := as_dask(a)).dtype.kind != "c":
        return a
    raise UnsupportedArgumentError(
        "numpy.real_if_close: whether the result is real depends on values not computed yet. "
        "Take x.real, where the imaginary parts are known to be none"
    )


def _complex_only(name: str) -> Callable[..., Any]:
    """Of `numpy.emath`: whether the result is complex is known only where the argument is."""
    function = {"logn": lambda n, x: np.log(x) / np.log(n)}.get(name) or getattr(np, name)

    def call(*args: Any) -> Any:
        np.broadcast_shapes(*map(np.shape, args))
        real = "numpy.log(x) / numpy.log(n)" if name == "logn" else f"numpy.{name}"
        decisive = [a for a in (args if name == "logn" else args[:1]) if not _is_complex(a)]
        if not all(_is_positive(a) for a in decisive):
            raise UnsupportedArgumentError(
                f"numpy.emath.{name}: whether the result is complex depends on values not computed "
                f"yet. Give complex arrays, x.astype(complex), for a complex result, or {real} for "
                "a real one"
            )
        return function(*args)

    call.__name__ = name
    return call


def _is_complex(a: Any) -> bool:
    return np.result_type(getattr(a, "dtype", a)).kind == "c"


def _is_positive(a: Any) -> bool:
    """A number that is at hand, and within the real domain of every logarithm."""
    return not is_dask(a) and np.ndim(a) == 0 and bool(a > 0)


#: Rows of Dask's table of differences.
ROWS: dict[str, Row] = {
    "clip": _clip,
    "round": _round,
    "around": _round,
    "nan_to_num": _nan_to_num,
    "ravel_multi_index": _ravel_multi_index,
    "unravel_index": _unravel_index,
    "real_if_close": _real_if_close,
    **{
        f"lib.scimath.{name}": _complex_only(name)
        for name in (
            "arccos",
            "arcsin",
            "arctanh",
            "log",
            "log10",
            "log2",
            "logn",
            "power",
            "sqrt",
        )
    },
}
