"""Ufuncs composed of other ufuncs.

Each function gets its arguments in the dtypes of NumPy's loop and need not care for dtypes.
"""

from __future__ import annotations

from typing import Any

import arrayproto.numpy as np

__all__ = ["matvec", "vecdot", "vecmat"]


def vecdot(x1: Any, x2: Any, /) -> Any:
    if x1.dtype == bool:
        return np.any(np.logical_and(x1, x2), axis=-1)
    return np.sum(np.multiply(np.conj(x1), x2), axis=-1, dtype=x1.dtype)


def matvec(x1: Any, x2: Any, /) -> Any:
    return np.matmul(x1, x2[..., None])[..., 0]


def vecmat(x1: Any, x2: Any, /) -> Any:
    x1 = x1 if x1.dtype == bool else np.conj(x1)
    return np.matmul(x1[..., None, :], x2)[..., 0, :]
