"""Dask (https://docs.dask.org/en/stable/array.html): chunked, lazy arrays."""

from __future__ import annotations

import sys
from typing import Any

from ..errors import UnsupportedArgumentError
from .library import Library, Renamed, Unsupported


def _not_fortran(a: Any) -> bool:
    """A Dask array is many arrays, so it has no order of its own."""
    return False


def _take(a: Any, indices: Any, axis: int | None = None, out: Any = None, mode: str = "raise") -> Any:
    """NumPy's default axis is that of the flattened array; Dask's own `take` has none such."""
    if out is not None or mode != "raise":
        raise UnsupportedArgumentError(
            "numpy.take: out= and mode= are not supported for arrays of dask; leave them out"
        )
    da = dask.namespace
    return da.take(da.ravel(a), indices, 0) if axis is None else da.take(a, indices, axis)


def _chunk_type(cls: type) -> bool:
    """Classes that Dask takes for its chunks: CuPy's, sparse's."""
    chunk_types = sys.modules.get("dask.array.chunk_types")
    return chunk_types is not None and bool(chunk_types.is_valid_chunk_type(cls))


dask = Library(
    name="dask",
    module="dask.array",
    array_class="Array",
    accepts_also=_chunk_type,
    differences={
        "amax": Renamed("max"),
        "amin": Renamed("min"),
        "isfortran": _not_fortran,
        "take": _take,
        # NumPy's default makes square factors; Dask has the reduced ones, and its own protocol
        # has always answered with them.
        "linalg.svd": Renamed(own_defaults=frozenset({"full_matrices"})),
        "linalg.tensordot": Renamed("tensordot", {"x1": "lhs", "x2": "rhs"}),
        "linalg.matmul": Renamed("matmul", {"x1": "a", "x2": "b"}),
        "linalg.outer": Renamed("outer", {"x1": "a", "x2": "b"}),
        "linalg.trace": Unsupported("dask.array.trace sums over the first two axes, not the last"),
    },
    advice=(
        "Call .compute() where a NumPy array in this process's memory is what you want, or "
        "dask.array.map_blocks for a function that works chunk by chunk."
    ),
)
