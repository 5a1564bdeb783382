"""sparse (https://sparse.pydata.org): COO, GCXS and DOK arrays."""

from __future__ import annotations

from typing import Any

from .library import Library, Renamed


def _not_fortran(a: Any) -> bool:
    """A sparse array has no strides, so it is in neither order."""
    return False


sparse = Library(
    name="sparse",
    module="sparse",
    array_class="SparseArray",
    differences={
        # NumPy's ddof is the Array API's correction.
        "std": Renamed(arguments={"ddof": "correction"}),
        "var": Renamed(arguments={"ddof": "correction"}),
        "amax": Renamed("max"),
        "amin": Renamed("min"),
        "around": Renamed("round"),
        "isfortran": _not_fortran,
        "linalg.tensordot": Renamed("tensordot", {"x1": "a", "x2": "b"}),
        "linalg.matmul": Renamed("matmul", {"x1": "a", "x2": "b"}),
        "linalg.outer": Renamed("outer", {"x1": "a", "x2": "b"}),
        "linalg.vecdot": Renamed("vecdot"),
        "linalg.matrix_transpose": Renamed("matrix_transpose"),
        "linalg.diagonal": Renamed("diagonal"),
    },
    advice="Call .todense() where a dense NumPy array is what you want.",
)
