"""Dask (https://docs.dask.org/en/stable/array.html): chunked, lazy arrays."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .library import Library
from .rows import Derived, Row
from .unsupported import Unsupported

# Corrections ------------------------------------------------------------------------------------


def _apply_along_axis(func1d: Any, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """Dask tries the function on an array of one element, so that shapes come out wrong."""
    (axis,) = np.lib.array_utils.normalize_axis_tuple((axis,), arr.ndim)
    tried = np.asarray(func1d(np.ones(arr.shape[axis], arr.dtype), *args, **kwargs))
    return dask.namespace.apply_along_axis(
        func1d, axis, arr, *args, dtype=tried.dtype, shape=tried.shape, **kwargs
    )


def _chunk_type(cls: type) -> bool:
    """Classes that Dask takes for its chunks: CuPy's, sparse's, ndarray's with units."""
    chunk_types = sys.modules.get("dask.array.chunk_types")
    return chunk_types is not None and bool(chunk_types.is_valid_chunk_type(cls))


def _differences() -> Mapping[str, Row]:
    # Imported when they are needed: most programs have one library, and many none.
    from . import (
        dask_choosing,
        dask_counts,
        dask_creation,
        dask_differences,
        dask_elements,
        dask_empty,
        dask_fft,
        dask_linalg,
        dask_order,
        dask_reductions,
        dask_series,
        dask_shape,
        dask_ufuncs,
        dask_writes,
    )
    from .dask_chunks import da, never_given

    rows: dict[str, Row] = {
        **dask_reductions.ROWS,
        **dask_fft.ROWS,
        **dask_series.ROWS,
        "count_nonzero": Derived(),
        "ptp": Derived(),
        "corrcoef": Derived(),
        "delete": Derived(),
        "select": Derived(),
        **dask_shape.ROWS,
        **dask_choosing.ROWS,
        **dask_differences.ROWS,
        **dask_order.ROWS,
        **dask_counts.ROWS,
        "trim_zeros": Unsupported(
            "where the zeros end depends on values not computed yet",
            "find the bounds with np.argwhere(x).compute(), and slice x",
            checked=True,
        ),
        **dask_linalg.ROWS,
        **dask_ufuncs.ROWS,
        **dask_creation.ROWS,
        **dask_elements.ROWS,
        **dask_empty.ROWS,
        **dask_writes.ROWS,
        **{
            name: Derived()
            for name in (
                *("linalg.norm", "linspace", "meshgrid", "ediff1d", "rollaxis", "union1d", "vdot"),
            )
        },
        "apply_along_axis": _apply_along_axis,
        **dict.fromkeys(
            ("may_share_memory", "shares_memory"),
            Unsupported(
                "a lazy array has no memory before it is computed",
                "leave the question out: Dask never writes into the memory of another array",
            ),
        ),
        "polymul": Unsupported(
            "leading zeros are trimmed, so the length of the product depends on values not "
            "computed yet",
            "np.convolve(a1, a2) has the product untrimmed",
            checked=True,
        ),
        "polydiv": Unsupported(
            "the length of the remainder depends on values not computed yet",
            "coefficients are few: np.polydiv(u.compute(), v.compute())",
            checked=True,
        ),
        "roots": Unsupported(
            "leading zeros are trimmed, so the number of roots depends on values not computed yet",
            "coefficients are few: np.roots(p.compute())",
            checked=True,
        ),
    }
    own = {"block": da().block, "tile": da().tile, "where": da().where}
    copied: Any = {name: own.get(name) or rows[name] for name in _NEVER_GIVEN}
    return {**rows, **{name: never_given(function) for name, function in copied.items()}}


#: Functions that would return an array as it was given, where there is nothing to be done.
_NEVER_GIVEN = (
    *("astype", "block", "concatenate", "fft.fftshift", "fft.ifftshift", "full_like", "hstack"),
    *("pad", "roll", "tile", "vstack", "where"),
)


def _write(out: Any, values: Any) -> None:
    from .dask_ufuncs import write

    write(out, values)


def _writing(name: str, function: Callable[..., Any], position: int | None) -> Callable[..., Any]:
    from .dask_chunks import writing

    return writing(name, function, position)


def _alike(made: Any, like: Any) -> Any:
    from .dask_chunks import alike

    return alike(made, like)


dask: Library = Library(
    name="dask",
    module="dask.array",
    array_class="Array",
    accepts_also=_chunk_type,
    lazy=True,
    writing=_writing,
    differences=_differences,
    reasons={
        "text": Unsupported(
            "dask.array has no functions of text",
            "dask.array.map_blocks({name}, x, dtype=...) does it chunk by chunk",
        ),
        "business days": Unsupported(
            "dask.array has no calendar",
            "dask.array.map_blocks({name}, x, dtype=...) does it chunk by chunk",
        ),
        "writing files": Unsupported(
            "it writes the memory of an ndarray to a file",
            "dask.array.to_npy_stack, to_zarr and to_hdf5 write chunk by chunk",
        ),
    },
    to_host="compute",
    from_host="from_array",
    advice=(
        "Call .compute() where a NumPy array in this process's memory is what you want, or "
        "dask.array.map_blocks for a function that works chunk by chunk."
    ),
    alike=_alike,
    write=_write,
)
