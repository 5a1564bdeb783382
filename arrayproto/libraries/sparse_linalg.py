"""sparse: linear algebra by SciPy's sparse LU factors, and what it has not got.

SciPy is what sparse itself takes for `to_scipy_sparse`; it is imported when a factor is asked for.
The factors, and determinants from them, take memory in proportion to what they have stored;
solutions and inverses are dense by nature, and arrays of sparse all the same.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..errors import UnsupportedFunctionError
from .rows import Row
from .sparse_arrays import coo, in_full, made, normalize
from .unsupported import Unsupported

LinAlgError = np.linalg.LinAlgError


def _scipy(name: str) -> tuple[Any, Any]:
    try:
        return (
            importlib.import_module("scipy.sparse"),
            importlib.import_module("scipy.sparse.linalg"),
        )
    except ImportError:
        raise UnsupportedFunctionError(
            f"numpy.linalg.{name} of arrays of sparse needs SciPy's sparse factors, and SciPy is "
            "not installed; install it (pip install scipy)"
        ) from None


def _stack(name: str, a: Any) -> tuple[Any, tuple[int, ...]]:
    """An array of square matrices, in NumPy's dtype for them; the shape of the stack."""
    a = coo(a)
    if a.ndim < 2:
        raise LinAlgError(
            f"{a.ndim}-dimensional array given. Array must be at least two-dimensional"
        )
    if a.shape[-1] != a.shape[-2]:
        raise LinAlgError("Last 2 dimensions of the array must be square")
    if a.dtype.kind in "biu":
        a = a.astype(np.float64)
    elif a.dtype.char not in "fdFD":
        raise TypeError(f"array type {a.dtype} is unsupported in linalg")
    if a.fill_value != 0:
        a = in_full(_whole(a))
    return a, a.shape[:-2]


def _whole(a: Any) -> Any:
    """The elements of an array that stores them all, or whose fill value is not zero."""
    values = np.full(a.shape, a.fill_value, dtype=a.dtype)
    values[tuple(a.coords)] = a.data
    return values


def _matrices(a: Any) -> Iterator[tuple[tuple[int, ...], Any]]:
    for index in itertools.product(*map(range, a.shape[:-2])):
        yield index, a[index] if index else a


def _factors(name: str, matrix: Any, **options: Any) -> Any:
    """SciPy's SuperLU; None of a matrix that is exactly singular."""
    sparse, linalg = _scipy(name)
    coords = tuple(matrix.coords.astype(np.int32))
    columns = sparse.csc_array((matrix.data, coords), shape=matrix.shape)
    try:
        return linalg.splu(columns, **options)
    except RuntimeError as error:
        if "singular" in str(error):
            return None
        raise


def _solved(name: str, a: Any, b: Any) -> Any:
    """The solution of each matrix of the stack `a` with the matrix of the stack `b`, in full."""
    dtype = np.result_type(a.dtype, b.dtype)
    stack = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    result = np.empty((*stack, *b.shape[-2:]), dtype=dtype)
    if result.size == 0:
        return in_full(result)
    found = {}
    for index, matrix in _matrices(a):
        found[index] = _factors(name, matrix.astype(dtype))
        if found[index] is None:
            raise LinAlgError("Singular matrix")
    for index in itertools.product(*map(range, stack)):
        factors = found[_of_broadcast(index, a.shape[:-2])]
        right = b[_of_broadcast(index, b.shape[:-2])]
        # Zeros that are not stored come out as zeros: SuperLU takes right-hand sides whole.
        result[index] = factors.solve(np.ascontiguousarray(right.astype(dtype).T).T)
    return in_full(result)


def _of_broadcast(index: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    index = index[len(index) - len(shape) :]
    return tuple(0 if n == 1 else i for i, n in zip(index, shape, strict=True))


def _dtype(*arrays: Any) -> Any:
    return np.result_type(*(np.float64 if x.dtype.kind in "biu" else x.dtype for x in arrays))


def _solve(a: Any, b: Any) -> Any:
    a, _ = _stack("solve", a)
    b = coo(b)
    values = _whole(b.astype(_dtype(b)))
    vector = b.ndim == 1
    if vector:
        values = values[:, None]
    if values.shape[-2] != a.shape[-1]:
        raise ValueError(
            f"solve: the right-hand side has {values.shape[-2]} rows, the matrix {a.shape[-1]}"
        )
    result = _solved("solve", a, values)
    return result[..., 0] if vector else result


def _inv(a: Any) -> Any:
    a, _ = _stack("inv", a)
    return _solved("inv", a, np.eye(a.shape[-1], dtype=a.dtype))


def _sign_of(permutation: Any) -> int:
    """The sign of a permutation: each cycle of even length turns it."""
    sign, seen = 1, np.zeros(len(permutation), dtype=bool)
    for start in range(len(permutation)):
        length, place = 0, start
        while not seen[place]:
            seen[place] = True
            place = permutation[place]
            length += 1
        if length and length % 2 == 0:
            sign = -sign
    return sign


def _pivots(name: str, matrix: Any) -> tuple[int, Any] | None:
    factors = _factors(name, matrix)
    if factors is None:
        return None
    diagonal = factors.U.diagonal()
    return _sign_of(factors.perm_r) * _sign_of(factors.perm_c), diagonal


def _number(values: Any) -> Any:
    return in_full(values) if values.ndim else values[()]


def _slogdet(a: Any) -> Any:
    a, stack = _stack("slogdet", a)
    sign = np.ones(stack, dtype=a.dtype)
    log = np.zeros(stack, dtype=np.zeros(0, a.dtype).real.dtype)
    for index, matrix in _matrices(a):
        if matrix.shape[0] == 0:
            continue
        pivots = _pivots("slogdet", matrix)
        if pivots is None or np.any(pivots[1] == 0):
            sign[index], log[index] = 0, -np.inf
            continue
        sizes = np.abs(pivots[1])
        sign[index] = pivots[0] * np.prod(pivots[1] / sizes)
        log[index] = np.sum(np.log(sizes))
    result = type(np.linalg.slogdet(np.eye(1)))
    return result(_number(sign), _number(log))


def _det(a: Any) -> Any:
    a, stack = _stack("det", a)
    result = np.ones(stack, dtype=a.dtype)
    for index, matrix in _matrices(a):
        if matrix.shape[0]:
            pivots = _pivots("det", matrix)
            result[index] = 0 if pivots is None else pivots[0] * np.prod(pivots[1])
    return _number(result)


def _cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """L D L^H without a change of order: SuperLU's unit L, and D on the diagonal of its U."""
    a, _ = _stack("cholesky", a)
    coords, data = [], []
    for index, matrix in _matrices(a):
        if matrix.shape[0] == 0:
            continue
        row, column = matrix.coords
        kept = row <= column if upper else row >= column  # NumPy reads one triangle
        row, column, values = row[kept], column[kept], matrix.data[kept]
        beside = row != column
        row, column = (
            np.concatenate([row, column[beside]]),
            np.concatenate([column, row[beside]]),
        )
        whole = made(
            np.stack([row, column]), np.concatenate([values, values[beside].conj()]), matrix.shape
        )
        factors = _factors(
            "cholesky", whole, permc_spec="NATURAL", diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )  # fmt: skip
        natural = np.arange(matrix.shape[0])
        diagonal = np.zeros(1) if factors is None else factors.U.diagonal().real
        if (
            not np.all(diagonal > 0)
            or np.any(factors.perm_r != natural)
            or np.any(factors.perm_c != natural)
        ):
            raise LinAlgError("Matrix is not positive definite")
        lower = factors.L.tocoo()
        values = lower.data * np.sqrt(diagonal)[lower.col]
        where, there = (lower.col, lower.row) if upper else (lower.row, lower.col)
        coords.append(
            np.stack([*(np.full(len(values), i) for i in index), where, there]).astype(np.intp)
        )
        data.append(values.conj() if upper else values)
    if not data:
        return in_full(np.zeros(a.shape, dtype=a.dtype))
    return made(np.concatenate(coords, axis=1), np.concatenate(data).astype(a.dtype), a.shape)


def _tensorinv(a: Any, ind: int = 2) -> Any:
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    a = coo(a)
    shape = a.shape[ind:] + a.shape[:ind]
    rows = int(np.prod(a.shape[ind:], dtype=np.intp))
    return _inv(a.reshape((rows, a.size // max(rows, 1)))).reshape(shape)


def _tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    a, b = coo(a), coo(b)
    if axes is not None:
        moved = normalize(axes, a.ndim)
        a = a.transpose((*(i for i in range(a.ndim) if i not in moved), *moved))
    shape = a.shape[b.ndim :]
    size = int(np.prod(shape, dtype=np.intp))
    if a.size != size**2:
        raise LinAlgError(
            "Input arrays must satisfy the requirement             "
            "prod(a.shape[b.ndim:]) == prod(a.shape[:b.ndim])"
        )
    return _solve(a.reshape((size, size)), b.reshape((b.size,))).reshape(shape)


# What fills up -----------------------------------------------------------------------------------

_SOLVERS = "scipy.sparse.linalg has {}, and takes x.to_scipy_sparse()"
_NO_LINALG = {
    name: Unsupported(reason, _SOLVERS.format(functions))
    for name, reason, functions in (
        ("eig", "eigenvectors are dense", "eigs"),
        ("eigh", "eigenvectors are dense", "eigsh"),
        ("eigvals", "all eigenvalues need a dense matrix", "eigs"),
        ("eigvalsh", "all eigenvalues need a dense matrix", "eigsh"),
        ("lstsq", "it needs a singular value decomposition, which is dense", "lsqr and lsmr"),
        ("matrix_rank", "it needs a singular value decomposition, which is dense", "svds"),
        ("pinv", "it needs a singular value decomposition, which is dense", "lsqr"),
        ("qr", "factors fill up", "lsqr"),
        ("svd", "singular vectors are dense", "svds"),
        ("svdvals", "all singular values need a dense matrix", "svds"),
    )
}


def _cond(x: Any, p: Any = None) -> Any:
    if p is None or p in (2, -2):
        raise UnsupportedFunctionError(
            "numpy.linalg.cond of arrays of sparse needs a singular value decomposition for p=2 "
            "and p=-2, which is dense; give p=1, p=numpy.inf or p='fro', or see "
            "scipy.sparse.linalg.svds and onenormest, which take x.to_scipy_sparse()"
        )
    import arrayproto.numpy as anp

    x, stack = _stack("cond", x)
    result = np.empty(stack, dtype=np.zeros(0, x.dtype).real.dtype)
    for index, matrix in _matrices(x):
        try:
            inverse = _inv(matrix)
        except LinAlgError:
            result[index] = np.inf
            continue
        sizes = [coo(anp.linalg.norm(m, p))[()] for m in (matrix, inverse)]
        result[index] = sizes[0] * sizes[1]
    return _number(result)


ROWS: dict[str, Row | Callable[..., Any]] = {
    **{f"linalg.{name}": row for name, row in _NO_LINALG.items()},
    "linalg.cholesky": _cholesky,
    "linalg.cond": _cond,
    "linalg.det": _det,
    "linalg.inv": _inv,
    "linalg.slogdet": _slogdet,
    "linalg.solve": _solve,
    "linalg.tensorinv": _tensorinv,
    "linalg.tensorsolve": _tensorsolve,
}
