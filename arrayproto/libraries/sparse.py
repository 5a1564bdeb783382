"""sparse (https://sparse.pydata.org): COO, GCXS and DOK arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import UnsupportedArgumentError
from . import (
    sparse_elements,
    sparse_linalg,
    sparse_order,
    sparse_reductions,
    sparse_running,
    sparse_shape,
    sparse_statistics,
    sparse_values,
)
from .library import Derived, Library, Renamed
from .reasons import Unsupported
from .shared import no_text
from .sparse_arrays import is_sparse
from .sparse_ufuncs import ROWS as UFUNC_ROWS
from .sparse_ufuncs import write


def _not_fortran(a: Any) -> bool:
    """A sparse array has no strides, so it is in neither order."""
    return False


# Elements, one by one --------------------------------------------------------------------------


# Places and bounds ------------------------------------------------------------------------------


def _diag(v: Any, k: int = 0) -> Any:
    if v.ndim == 2:
        return sparse.namespace.diagonal(v, k)
    if v.ndim != 1:
        raise ValueError("Input must be 1- or 2-d.")
    v = v.asformat("coo")
    places, values = v.coords[0], v.data
    if v.fill_value != 0 or np.signbit(np.real(v.fill_value)):
        values = np.full(v.shape, v.fill_value, v.dtype)  # n elements of n x n
        values[places] = v.data
        places = np.arange(v.shape[0])
    length = v.shape[0] + abs(k)
    return sparse.namespace.COO(
        np.stack([places + max(-k, 0), places + max(k, 0)]), values, shape=(length, length)
    )


def _nonzero(a: Any) -> Any:
    return a.asformat("coo").nonzero()


def _argwhere(a: Any) -> Any:
    return sparse.namespace.argwhere(a.asformat("coo"))


def _broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    """sparse's own is a method of COO alone."""
    return sparse.namespace.broadcast_to(sparse.namespace.asarray(array).asformat("coo"), shape)


def _broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    arrays = [sparse.namespace.asarray(a).asformat("coo") for a in args]
    return tuple(sparse.namespace.broadcast_arrays(*arrays))


def _reshape(
    a: Any, /, shape: int | tuple[int, ...], order: str = "C", *, copy: bool | None = None
) -> Any:
    if order not in ("C", "A", "K"):
        raise UnsupportedArgumentError(
            f"numpy.reshape: order={order!r} is not supported for arrays of sparse; transpose "
            "before and after instead"
        )
    if a.ndim or not isinstance(a, sparse.namespace.GCXS):
        return sparse.namespace.reshape(a, shape, copy=copy)
    # GCXS reads memory that is not there when it reshapes a 0-d array, and turns it into a COO with
    # floating-point coordinates.
    nowhere = np.zeros((0, a.nnz), dtype=np.intp)
    scalar = sparse.namespace.COO(nowhere, a.data, shape=(), fill_value=a.fill_value)
    return scalar.reshape(shape)


# Creation, on like= ----------------------------------------------------------------------------

_CREATED = (
    "arange",
    "frombuffer",
    "fromfile",
    "fromfunction",
    "fromiter",
    "fromstring",
    "genfromtxt",
    "identity",
    "loadtxt",
    "tri",
)


def _created(name: str) -> Callable[..., Any]:
    """Values that NumPy makes, or reads; those that are zero are not kept."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return sparse.namespace.COO.from_numpy(np.asarray(getattr(np, name)(*args, **kwargs)))

    call.__name__ = name
    return call


def _as_array(name: str) -> Callable[..., Any]:
    always_copies = name == "array"

    def call(
        object: Any,
        dtype: Any = None,
        order: Any = None,
        *,
        copy: bool | None = always_copies or None,
        subok: bool = False,
        ndmin: int = 0,
        device: Any = None,
    ) -> Any:
        if is_sparse(object):
            x = object if dtype is None else object.astype(dtype)
            x = x.copy() if copy and x is object else x
        else:
            x = sparse.namespace.COO.from_numpy(np.asarray(object, dtype))
        return x.reshape((1,) * (ndmin - x.ndim) + x.shape) if x.ndim < ndmin else x

    call.__name__ = name
    return call


sparse = Library(
    name="sparse",
    module="sparse",
    array_class="SparseArray",
    differences={
        **sparse_elements.ROWS,
        **sparse_linalg.ROWS,
        **sparse_order.ROWS,
        **sparse_reductions.ROWS,
        **sparse_running.ROWS,
        **sparse_shape.ROWS,
        **sparse_statistics.ROWS,
        **sparse_values.ROWS,
        **UFUNC_ROWS,
        **no_text("sparse"),
        "around": Renamed("round"),
        "isfortran": _not_fortran,
        # They take out= and do not write to it.
        "isneginf": Renamed(refused=frozenset({"out"})),
        "isposinf": Renamed(refused=frozenset({"out"})),
        "diag": _diag,
        "argwhere": _argwhere,  # sparse's own want COO
        "nonzero": _nonzero,
        "broadcast_arrays": _broadcast_arrays,
        "broadcast_to": _broadcast_to,
        "kron": Derived(),
        "reshape": _reshape,
        **{name: _created(name) for name in _CREATED},
        **{name: _as_array(name) for name in ("array", "asanyarray", "asarray")},
    },
    reasons={
        "apply_along_axis": Unsupported(
            "the function is called with one line after the other, dense as it expects them",
            "{name}(func, axis, x.todense()), or functions of whole arrays with axis=",
        ),
        "gradient": Unsupported(
            "sparse has no differences at the edges",
            "(x[2:] - x[:-2]) / 2 has the inner ones and np.diff(x) the steps, both sparse",
        ),
        "insert": Unsupported(
            "sparse has no insertion at positions",
            "np.concatenate((x[:i], values, x[i:])) stays sparse",
        ),
        "piecewise": Unsupported(
            "NumPy's writes the pieces in place", "np.where(condition, f(x), g(x)) stays sparse"
        ),
        "writing files": Unsupported(
            "it writes the memory of an ndarray to a file",
            "sparse.save_npz(file, x), and sparse.load_npz(file) to read it again",
        ),
    },
    to_host="todense",
    from_host="COO.from_numpy",
    advice="Call .todense() where a dense NumPy array is what you want.",
    operators=("__matmul__", "__rmatmul__"),
    write=write,
)
