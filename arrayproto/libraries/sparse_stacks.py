"""sparse: products of stacks of matrices, as one product of two matrices.

sparse goes through a stack one matrix at a time, in Python; `numpy.einsum` of ``bij,bjk->bik`` may
be a stack of thousands.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .sparse_arrays import formatted, made, module


def matmul_of_stacks(a: Any, b: Any) -> Any:
    """`numpy.matmul` of stored values that are finite, among zeros.

    Parameters
    ----------
    a, b : SparseArray
        Of two dimensions or more, at least one of them of more.

    Returns
    -------
    SparseArray
        Of shape ``(*stack, rows, columns)``; the time goes with the products that are not zero, and
        with the stored values.

    Raises
    ------
    ValueError
        If the stacks do not broadcast together, or the matrices are not aligned: sparse's own.
    """
    sparse = module()
    try:
        stack = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    except ValueError:
        return sparse.matmul(a, b)
    (rows, inner), (other, columns) = a.shape[-2:], b.shape[-2:]
    if inner != other:
        return sparse.matmul(a, b)
    first, second = (
        sparse.broadcast_to(x.asformat("coo"), (*stack, *x.shape[-2:])) for x in (a, b)
    )
    number = [_number(x, stack) for x in (first, second)]
    # Matrices on the diagonal of one, of the rows and the inner places that have stored values.
    of_first = number[0] * inner + first.coords[-1]
    of_second = number[1] * inner + second.coords[-2]
    common = np.intersect1d(of_first, of_second)
    row, row_of_each = np.unique(number[0] * rows + first.coords[-2], return_inverse=True)
    left = _matrix(row_of_each, of_first, common, first.data, len(row))
    right = _matrix(second.coords[-1], of_second, common, second.data, columns)
    product = sparse.matmul(left, right.T).asformat("coo")
    places = np.unravel_index(row[product.coords[0]], (*stack, rows))
    coords = np.stack([*places, product.coords[1]])
    return formatted(made(coords, product.data, (*stack, rows, columns)), a, b)


def _number(a: Any, stack: tuple[int, ...]) -> Any:
    """Of each stored value which matrix of the stack it is in."""
    number = np.zeros(a.nnz, dtype=np.intp)
    for length, place in zip(stack, a.coords[: len(stack)], strict=True):
        number = number * length + place
    return number


def _matrix(row: Any, inner: Any, common: Any, data: Any, rows: int) -> Any:
    """The stored values at inner places that both have, which are their columns."""
    column = np.searchsorted(common, inner)
    kept = np.flatnonzero(np.isin(inner, common))
    return made(np.stack([row[kept], column[kept]]), data[kept], (rows, len(common)))
