"""Dask (https://docs.dask.org/en/stable/array.html): chunked, lazy arrays."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .dask_chunks import writing
from .dask_counts import ROWS as COUNT_ROWS
from .dask_creation import ROWS as CREATION_ROWS
from .dask_elements import ROWS as ELEMENT_ROWS
from .dask_fft import ROWS as FFT_ROWS
from .dask_linalg import ROWS as LINALG_ROWS
from .dask_order import ROWS as ORDER_ROWS
from .dask_reductions import ROWS as REDUCTION_ROWS
from .dask_series import ROWS as SERIES_ROWS
from .dask_shape import ROWS as SHAPE_ROWS
from .dask_ufuncs import ROWS as UFUNC_ROWS
from .dask_ufuncs import write
from .dask_writes import ROWS as WRITE_ROWS
from .library import Derived, Library, Unsupported

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


dask: Library = Library(
    name="dask",
    module="dask.array",
    array_class="Array",
    accepts_also=_chunk_type,
    lazy=True,
    writing=writing,
    differences={
        **REDUCTION_ROWS,
        **FFT_ROWS,
        **SERIES_ROWS,
        "count_nonzero": Derived(),
        "ptp": Derived(),
        "corrcoef": Derived(),
        "delete": Derived(),
        "select": Derived(),
        **SHAPE_ROWS,
        **ORDER_ROWS,
        **COUNT_ROWS,
        "trim_zeros": Unsupported(
            "where the zeros end depends on values not computed yet",
            "find the bounds with np.argwhere(x).compute(), and slice x",
        ),
        **LINALG_ROWS,
        **UFUNC_ROWS,
        **CREATION_ROWS,
        **ELEMENT_ROWS,
        **WRITE_ROWS,
        **{
            name: Derived()
            for name in ("linalg.norm", "linspace", "meshgrid", "ediff1d", "union1d", "vdot")
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
        ),
        "polydiv": Unsupported(
            "the length of the remainder depends on values not computed yet",
            "coefficients are few: np.polydiv(u.compute(), v.compute())",
        ),
        "roots": Unsupported(
            "leading zeros are trimmed, so the number of roots depends on values not computed yet",
            "coefficients are few: np.roots(p.compute())",
        ),
    },
    reasons={
        "histogram_bin_edges": Unsupported(
            "the edges depend on values not computed yet", "np.histogram(x, bins)[1] is lazy"
        ),
        "interp": Unsupported(
            "dask.array has no interpolation",
            "dask.array.map_blocks(np.interp, x, xp, fp), where xp and fp are ndarrays",
        ),
        "lexsort": Unsupported(
            "an order by several keys needs all chunks of all of them",
            "np.lexsort([key.compute() for key in keys])",
        ),
        "polyfit": Unsupported(
            "dask.array has no polynomials", "np.linalg.lstsq(np.vander(x, deg + 1), y) is lazy"
        ),
        "sort_complex": Unsupported(
            "dask.array has no complex sort", "np.sort(x).astype(complex) is lazy"
        ),
        "take_along_axis": Unsupported(
            "dask.array has no look-up with an index for each element",
            "dask.array.map_blocks(np.take_along_axis, x, indices, axis=axis), with the axis in "
            "one chunk of both",
        ),
        "linalg.tensorinv": Unsupported(
            "dask.array has inverses of matrices only",
            "np.linalg.inv(x.reshape(n, n)).reshape(...)",
        ),
        "linalg.tensorsolve": Unsupported(
            "dask.array solves with matrices only",
            "np.linalg.solve(a.reshape(n, n), b.ravel()).reshape(...)",
        ),
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
        "bits": Unsupported(
            "bits of two chunks may share a byte",
            "dask.array.map_blocks({name}, x, ...) where chunks are of multiples of eight",
        ),
    },
    to_host="compute",
    from_host="from_array",
    advice=(
        "Call .compute() where a NumPy array in this process's memory is what you want, or "
        "dask.array.map_blocks for a function that works chunk by chunk."
    ),
    write=write,
)
