"""sparse's differences from NumPy's ufuncs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .rows import Derived, Row
from .sparse_arrays import FORMATS, Lines, coo, is_sparse, refuse, whole
from .sparse_products import matmul
from .unsupported import Unsupported


def _sparse() -> Any:
    return sys.modules["sparse"]


def write(out: Any, value: Any) -> None:
    """As sparse does with the ``out=`` of a ufunc: the array takes over what the result holds."""
    formats = {"COO": "coo", **FORMATS}
    form = next(formats[cls.__name__] for cls in type(out).__mro__ if cls.__name__ in formats)
    if isinstance(value, (np.ndarray, np.generic)):
        value = _sparse().COO.from_numpy(np.asarray(value))
    out._make_shallow_copy_of(value.asformat(form))


def _beside_dense(ufunc: np.ufunc, stock: Callable[..., Any]) -> Callable[..., Any] | None:
    """sparse's ufunc of two arguments, that keeps to sparse arrays beside an ndarray.

    sparse makes the array dense where the ndarray decides what the result is where nothing is
    stored, and only if the ndarray has the shape of the result. Here the ndarray is made sparse
    then, so that the result is always an array of sparse.
    """
    if ufunc.nin != 2:
        return None
    array_class = _sparse().SparseArray
    if ufunc.signature is not None:
        return _gufunc(ufunc, stock)

    def call(x1: Any, x2: Any) -> Any:
        if isinstance(x1, array_class):
            own = x1
            if not isinstance(x2, (np.ndarray, list, tuple)):
                return stock(own, ufunc, "__call__", x1, x2)
        else:
            own = x2
            if not isinstance(x1, (np.ndarray, list, tuple)):
                return stock(own, ufunc, "__call__", x1, x2)
        x1, x2 = (a if isinstance(a, array_class) else np.asarray(a) for a in (x1, x2))
        if not _fills_alike(ufunc, x1, x2):
            x1, x2 = (
                _sparse().COO.from_numpy(a) if isinstance(a, np.ndarray) else a for a in (x1, x2)
            )
        return stock(own, ufunc, "__call__", x1, x2)

    return call


def _gufunc(ufunc: np.ufunc, stock: Callable[..., Any]) -> Callable[..., Any]:
    """sparse's products, which take arrays only; that with a dense matrix is dense."""
    array_class = _sparse().SparseArray

    def call(x1: Any, x2: Any) -> Any:
        if ufunc is np.matmul:
            x1, x2 = (a if isinstance(a, (array_class, np.ndarray)) else coo(a) for a in (x1, x2))
            return NotImplemented if x1.ndim == 0 or x2.ndim == 0 else matmul(x1, x2)
        x1, x2 = (a if isinstance(a, array_class) else np.asarray(a) for a in (x1, x2))
        own = x1 if isinstance(x1, array_class) else x2
        if x1.ndim == 0 or x2.ndim == 0:
            return NotImplemented  # NumPy's error is raised then
        return stock(own, ufunc, "__call__", x1, x2)

    return call


def _fills_alike(ufunc: np.ufunc, x1: Any, x2: Any) -> bool:
    """Whether the elements of the result where nothing is stored are all the same."""
    fills = (a if isinstance(a, np.ndarray) else a.fill_value for a in (x1, x2))
    with np.errstate(all="ignore"):
        results = ufunc(*fills)
    for result in results if isinstance(results, tuple) else (results,):
        flat = np.ravel(result)
        if flat.size and not np.array_equal(
            flat, np.full_like(flat, flat[0]), equal_nan=flat.dtype.kind in "fc"
        ):
            return False
    return True


#: Running sums have a row of their own; the others have no more non-zero elements than the array.
_SPARSE_RUNNING = ("add", "multiply", "logical_and", "bitwise_and")


def _accumulate(
    ufunc: np.ufunc, array: Any, /, axis: Any = 0, dtype: Any = None, out: Any = None
) -> Any:
    """Lines with a stored value in full, and the others from one that has none."""
    out = out[0] if isinstance(out, tuple) else out
    refuse(f"{ufunc.__name__}.accumulate", out=out)
    a = coo(array)
    probe = np.ones((1,) * a.ndim, dtype=a.dtype)
    asked = ufunc.accumulate(probe, axis=axis, dtype=dtype)  # with NumPy's checks
    lines = Lines(a, 0 if axis is None else axis)

    def run(block: Any) -> Any:
        return ufunc.accumulate(block, axis=1, dtype=dtype)

    untouched = run(np.full((1, lines.length), lines.fill, dtype=a.dtype))[0]
    fill = untouched[0] if len(untouched) else asked.dtype.type(0)
    numbers, block = lines.blocks(run)
    if len(numbers) < lines.count and not np.array_equal(untouched, np.full_like(untouched, fill)):
        every = np.tile(untouched, (lines.count, 1))  # no element to leave out
        every[numbers] = block
        numbers, block = np.arange(lines.count), every
    return lines.array_of_blocks(numbers, block, fill)


def _reduceat(
    ufunc: np.ufunc, array: Any, indices: Any, /, axis: Any = 0, dtype: Any = None, out: Any = None
) -> Any:
    """The indices, as many as results, may be an array of sparse."""
    composed = importlib.import_module("arrayproto.derived.ufuncs").METHODS["reduceat"]
    if is_sparse(indices):
        indices = whole(indices)
    return composed(ufunc, array, indices, axis=axis, dtype=dtype, out=out)


ROWS: dict[str, Row] = {
    "ufunc.__call__": _beside_dense,
    "ufunc.accumulate": _accumulate,
    "ufunc.reduceat": _reduceat,
    **{f"{name}.accumulate": Derived() for name in _SPARSE_RUNNING},
    "ufunc.at": Unsupported(
        "sparse.COO and GCXS cannot be written to",
        "where values are to be added up by position, sparse.COO(coords, values, shape) adds up "
        "those of the same one",
    ),
    **{name: Derived() for name in ("matvec", "vecmat")},
}
