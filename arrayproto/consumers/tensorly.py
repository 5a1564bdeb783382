"""TensorLy: its NumPy backend on every library, and its sparse tensors without a dense one.

What TensorLy makes of a tensor's context (weights, random factors) is an array of the tensor's own
library where that is dense. Beside a sparse tensor such things are ndarrays: they are small and
have no zeros. The product of a sparse unfolding with a Khatri-Rao product, and its singular
vectors, are computed of the stored values: TensorLy would make matrices of the size of the tensor.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import UnsupportedFunctionError
from .consumer import Consumer, Row
from .kept import library_for, numpy_dtype
from .written import can_write, written

#: A side of a matrix up to which its Gram matrix is decomposed whole.
_GRAM = 2048


def _is_sparse(value: Any) -> bool:
    library = library_for(value)
    return library is not None and library.name == "sparse"


def _context(original: Any, np_: Any) -> Any:
    def context(tensor: Any) -> dict[str, Any]:
        library = library_for(tensor)
        if library is None:
            return original.__func__(tensor)  # type: ignore[no-any-return]
        dtype = numpy_dtype(tensor.dtype)
        return {"dtype": dtype} if _is_sparse(tensor) else {"dtype": dtype, "like": tensor}

    return staticmethod(context)


def _tensor(original: Any, np_: Any) -> Any:
    def tensor(data: Any, dtype: Any = None, like: Any = None, **context: Any) -> Any:
        return np_.array(data, dtype=dtype, like=like)

    return staticmethod(tensor)


def _to_numpy(original: Any, np_: Any) -> Any:
    """What the name says: the one place where a copy on the host is asked for."""

    def to_numpy(tensor: Any) -> Any:
        library = library_for(tensor)
        if library is None:
            return original.__func__(tensor)
        return library.copied_to_host(tensor) if library.to_host else np.asarray(tensor)

    return staticmethod(to_numpy)


def _index_update(original: Any, np_: Any) -> Any:
    """``tensor[indices] = values`` where arrays cannot be written to: another array."""

    def index_update(tensor: Any, indices: Any, values: Any) -> Any:
        library = library_for(tensor)
        if library is None or not library.core or can_write(library, tensor):
            return original.__func__(tensor, indices, values)
        return written(np_, tensor, indices, values)

    return staticmethod(index_update)


def _mttkrp(original: Any, np_: Any) -> Any:
    def unfolding_dot_khatri_rao(tensor: Any, cp_tensor: Any, mode: int) -> Any:
        weights, factors = cp_tensor
        if not (_is_sparse(tensor) and hasattr(tensor, "coords")) or any(
            not isinstance(factor, np.ndarray) for factor in factors
        ):
            return original.__func__(tensor, cp_tensor, mode)
        return _stored_mttkrp(tensor, weights, factors, mode)

    return staticmethod(unfolding_dot_khatri_rao)


def _stored_mttkrp(tensor: Any, weights: Any, factors: Any, mode: int) -> np.ndarray[Any, Any]:
    """An unfolding times a Khatri-Rao product: one column at a time, of the stored values."""
    if tensor.fill_value != 0:
        raise UnsupportedFunctionError(
            f"a sparse tensor with the fill value {tensor.fill_value} has no sparse unfolding to "
            "multiply; subtract the fill value, or use the dense tensor, tensor.todense()"
        )
    rank = factors[0].shape[1]
    dtype = np.result_type(tensor.dtype, *(factor.dtype for factor in factors))
    result = np.empty((tensor.shape[mode], rank), dtype)
    for r in range(rank):
        values = tensor.data.astype(dtype)
        for axis, factor in enumerate(factors):
            if axis != mode:
                values *= np.conj(factor[:, r])[tensor.coords[axis]]
        result[:, r] = _sums(tensor.coords[mode], values, tensor.shape[mode])
    return result if weights is None else result * np.conj(weights)


def _sums(places: Any, values: Any, size: int) -> Any:
    if values.dtype.kind == "c":
        return _sums(places, values.real, size) + 1j * _sums(places, values.imag, size)
    return np.bincount(places, weights=values, minlength=size)


def _svd(original: Callable[..., Any], np_: Any) -> Any:
    def truncated_svd(matrix: Any, n_eigenvecs: int | None = None, **kwargs: Any) -> Any:
        if not _is_sparse(matrix):
            return original(matrix, n_eigenvecs, **kwargs)
        return _sparse_svd(matrix, n_eigenvecs)

    return truncated_svd


def _sparse_svd(matrix: Any, count: int | None) -> tuple[Any, Any, Any]:
    """The first singular vectors of a sparse matrix, which are dense."""
    from scipy.sparse.linalg import svds

    stored, small = matrix.to_scipy_sparse().tocsr(), min(matrix.shape)
    count = small if count is None else count
    kept = min(count, small)
    if small > _GRAM:
        if kept >= small:
            raise UnsupportedFunctionError(
                f"all {small} singular vectors of a sparse {matrix.shape[0]} x {matrix.shape[1]} "
                "matrix would be a dense matrix; ask for fewer (a smaller rank)"
            )
        start = np.ones(small, stored.dtype)
        u, s, vh = svds(stored, k=kept, v0=start)
        return u[:, ::-1], s[::-1], vh[::-1]
    tall = matrix.shape[0] > matrix.shape[1]
    side = stored.conj().T if tall else stored
    values, vectors = np.linalg.eigh((side @ side.conj().T).toarray())
    vectors = vectors[:, ::-1][:, :kept]
    s = np.sqrt(np.clip(values[::-1][:kept], 0, None))
    scale = np.divide(1, s, out=np.zeros_like(s), where=s > s.max(initial=0) * 1e-8)
    others = (side.conj().T @ vectors) * scale
    if tall:
        return others, s, vectors.conj().T
    return vectors, s, others.conj().T


_BACKEND = (
    Row("NumpyBackend.context", _context),
    Row("NumpyBackend.tensor", _tensor),
    Row("NumpyBackend.to_numpy", _to_numpy),
)

tensorly = Consumer(
    "tensorly",
    rows={
        "tensorly.backend.numpy_backend": _BACKEND,
        "tensorly.backend.core": (Row("Backend.index_update", _index_update),),
        "tensorly.tenalg.svd": (Row("truncated_svd", _svd),),
        "tensorly.tenalg.core_tenalg": (
            Row("CoreTenalgBackend.unfolding_dot_khatri_rao", _mttkrp),
        ),
    },
    keeps=frozenset(
        f"tensorly.backend.{name}_backend"
        for name in ("cupy", "jax", "paddle", "pytorch", "tensorflow")
    ),
)
