"""Dask's differences from NumPy's ufuncs."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .dask_chunks import become
from .rows import Derived, Row


def write(out: Any, value: Any) -> None:
    """As Dask does with the ``out=`` of a ufunc: the array becomes the result."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = sys.modules["dask.array"].asarray(value)
    become(out, value)


def _matmul(x1: Any, x2: Any) -> Any:
    """Dask's own sums bools and small integers in the dtype of a sum, not of a product."""
    return sys.modules["dask.array"].matmul(x1, x2)


ROWS: dict[str, Row] = {
    "matmul": _matmul,
    # Dask's own need core dimensions of one chunk.
    **{name: Derived() for name in ("matvec", "vecdot", "vecmat")},
}
