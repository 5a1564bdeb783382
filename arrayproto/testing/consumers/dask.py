"""Dask arrays whose chunks are the arrays of other libraries: its documentation's first steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from .program import Make, imported, matrix, program


def _chunked(make: Make, array: Any) -> Any:
    return imported("dask.array").from_array(make(array), chunks=(3, 2))


def _computed(*arrays: Any) -> Any:
    # Stock NumPy's arrays come from `numpy.copy`, and go into Dask all the same.
    return [array.compute(scheduler="sync") for array in arrays]


@program("dask")
def dask_elements(make: Make) -> Any:
    x = _chunked(make, matrix())
    return _computed(np.sin(x) + 2 * x, np.where(x > 0.5, x, 0), np.clip(x, 0.2, 0.5), x / (x + 1))


@program("dask")
def dask_reductions(make: Make) -> Any:
    x = _chunked(make, matrix())
    return _computed(x.sum(axis=0), np.mean(x, axis=1), x.std(axis=0), x.max(axis=0), x.sum())


@program("dask")
def dask_positions(make: Make) -> Any:
    x = _chunked(make, matrix())
    return _computed(np.argmax(x, axis=0), x.argmin(axis=1))


@program("dask")
def dask_products(make: Make) -> Any:
    x = _chunked(make, matrix())
    return _computed(
        np.tensordot(x, x.T, axes=1), x.T @ x, np.einsum("ij,kj->ik", x, x), x.dot(x.T)
    )


@program("dask")
def dask_indexing(make: Make) -> Any:
    x = _chunked(make, matrix())
    return _computed(x[1:3, ::2], x[[0, 2]], x[:, 0], x[:, None, 1:])


@program("dask")
def dask_joining(make: Make) -> Any:
    x = _chunked(make, matrix())
    return _computed(np.concatenate([x, x]), np.stack([x, 2 * x]), x.rechunk((6, 2)))


@program("dask")
def dask_shapes(make: Make) -> Any:
    x = _chunked(make, matrix())
    return _computed(np.transpose(x), x.rechunk((6, 4)).reshape((4, 6)), x.astype("float32"))


@program("dask")
def dask_by_blocks(make: Make) -> Any:
    x = _chunked(make, matrix())
    return _computed(x.map_blocks(lambda block: block * 2), np.cumsum(x, axis=0))


@program("dask")
def dask_beside_arrays(make: Make) -> Any:
    x, y = _chunked(make, matrix()), make(matrix() + 1)
    return _computed(x + y, np.multiply(y, x), x * imported("dask.array").ones((6, 4), chunks=3))
