"""Linear algebra: norms, products of matrices, their axes."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy

import arrayproto.numpy as np

from .creation import alike, cast, make, one_of, refuse_out

__all__ = [
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigvals",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "matrix_transpose",
    "multi_dot",
    "norm",
    "outer",
    "pinv",
    "svdvals",
    "tensordot",
    "tensorinv",
    "tensorsolve",
    "trace",
    "vecdot",
    "vector_norm",
]

_inf = numpy.inf
_normalize = numpy.lib.array_utils.normalize_axis_tuple


# Other signatures of functions of the top level --------------------------------------------------


def cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    lengths = np.shape(x1)[axis], np.shape(x2)[axis]
    if lengths != (3, 3):
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, but they are "
            f"{lengths[0]} and {lengths[1]} dimensional instead."
        )
    return np.cross(x1, x2, axis=axis)


def diagonal(x: Any, /, *, offset: int = 0) -> Any:
    return np.diagonal(x, offset, -2, -1)


def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    return np.sum(np.diagonal(x, offset, -2, -1), axis=-1, dtype=dtype)


def outer(x1: Any, x2: Any, /) -> Any:
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ValueError(
            "Input arrays must be one-dimensional, but they are "
            f"x1.ndim={np.ndim(x1)} and x2.ndim={np.ndim(x2)}."
        )
    return np.outer(x1, x2)


def matmul(x1: Any, x2: Any, /) -> Any:
    return np.matmul(x1, x2)


def tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    return np.tensordot(x1, x2, axes=axes)


def matrix_transpose(x: Any, /) -> Any:
    return np.matrix_transpose(x)


def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    first, second = np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1)
    if np.shape(first)[-1] != np.shape(second)[-1]:
        raise ValueError(
            "vecdot: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
            f"(n),(n)->() (size {np.shape(second)[-1]} is different from {np.shape(first)[-1]})"
        )
    products = np.multiply(_conjugate(first), second)
    if products.dtype == bool:
        return np.any(products, axis=-1)
    return np.sum(products, axis=-1, dtype=products.dtype)


def _conjugate(x: Any) -> Any:
    return np.conjugate(x) if numpy.issubdtype(x.dtype, numpy.complexfloating) else x


# Norms --------------------------------------------------------------------------------------------


def _squares(x: Any) -> Any:
    """Squared absolute values, real."""
    if numpy.issubdtype(x.dtype, numpy.complexfloating):
        real, imag = np.real(x), np.imag(x)
        return real * real + imag * imag
    return x * x


def _largest(x: Any, axis: int, keepdims: bool = False) -> Any:
    """Maximum of numbers that are not negative, 0 where there are none."""
    reduce = np.max if x.shape[axis] != 0 else np.sum
    return reduce(x, axis=axis, keepdims=keepdims)


def _smallest(x: Any, axis: int, keepdims: bool = False) -> Any:
    if x.shape[axis] == 0:
        raise ValueError("zero-size array to reduction operation minimum which has no identity")
    return np.min(x, axis=axis, keepdims=keepdims)


def _vector_norm(x: Any, ord: Any, axis: int, keepdims: bool) -> Any:
    if ord is None or ord == 2:
        return np.sqrt(np.sum(_squares(x), axis=axis, keepdims=keepdims))
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")  # noqa: TRY004 - as NumPy
    if ord == 0:
        return np.sum(cast(x != 0, _real(x.dtype)), axis=axis, keepdims=keepdims)
    size = np.abs(x)
    if ord == _inf:
        return _largest(size, axis, keepdims)
    if ord == -_inf:
        return _smallest(size, axis, keepdims)
    if ord == 1:
        return np.sum(size, axis=axis, keepdims=keepdims)
    sums = np.sum(cast(np.power(size, ord), size.dtype), axis=axis, keepdims=keepdims)
    return cast(np.power(sums, numpy.reciprocal(ord, dtype=sums.dtype)), sums.dtype)


def _real(dtype: Any) -> Any:
    return numpy.empty(0, dtype).real.dtype


def _matrix_norm(x: Any, ord: Any, axis: tuple[int, int], keepdims: bool) -> Any:
    row, column = (_normalize(a, np.ndim(x))[0] for a in axis)
    if row == column:
        raise ValueError("Duplicate axes given.")
    if ord in (None, "fro", "f"):
        return np.sqrt(np.sum(_squares(x), axis=(row, column), keepdims=keepdims))
    if isinstance(ord, str) and ord != "nuc":
        raise ValueError("Invalid norm order for matrices.")
    if ord in (1, -1, _inf, -_inf):
        inner, other = (row, column) if abs(ord) == 1 else (column, row)
        sums = np.sum(np.abs(x), axis=inner)
        other -= other > inner
        result = _largest(sums, other) if ord > 0 else _smallest(sums, other)
    elif ord in (2, -2, "nuc"):
        values = np.linalg.svdvals(np.moveaxis(x, (row, column), (-2, -1)))
        if ord == "nuc":
            result = np.sum(values, axis=-1)
        else:
            result = _largest(values, -1) if ord == 2 else _smallest(values, -1)
    else:
        raise ValueError("Invalid norm order for matrices.")
    if keepdims:
        for position in sorted((row, column)):
            result = np.expand_dims(result, position)
    return result


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if not numpy.issubdtype(x.dtype, numpy.inexact):
        x = cast(x, float)
    rank = np.ndim(x)
    if axis is None:
        # The flattened array, whatever its rank; and NumPy's test is this one, in this order.
        if ord is None or (ord in ("f", "fro") and rank == 2) or (ord == 2 and rank == 1):
            return np.sqrt(np.sum(_squares(x), axis=None, keepdims=keepdims))
        axis = tuple(range(rank))
    elif not isinstance(axis, tuple):
        try:
            axis = (int(axis),)
        except Exception as error:  # NumPy hides whatever int() raises, too
            raise TypeError("'axis' must be None, an integer or a tuple of integers") from error
    if len(axis) == 1:
        return _vector_norm(x, ord, _normalize(axis[0], rank)[0], keepdims)
    if len(axis) == 2:
        return _matrix_norm(x, ord, axis, keepdims)
    raise ValueError("Improper number of dimensions to norm.")


def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    return np.linalg.norm(x, axis=(-2, -1), keepdims=keepdims, ord=ord)


def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    shape = tuple(np.shape(x))
    if axis is None:
        flat, along, axes = np.ravel(x), 0, tuple(range(len(shape)))
    elif isinstance(axis, tuple):
        axes = _normalize(axis, len(shape))
        rest = tuple(i for i in range(len(shape)) if i not in axes)
        flat = np.reshape(
            np.transpose(x, axes + rest),
            (math.prod(shape[i] for i in axes), *(shape[i] for i in rest)),
        )
        along = 0
    else:
        flat, along, axes = x, axis, _normalize(axis, len(shape))
    result = np.linalg.norm(flat, axis=along, ord=ord)
    if not keepdims:
        return result
    return np.reshape(result, tuple(1 if i in axes else n for i, n in enumerate(shape)))


# Products -----------------------------------------------------------------------------------------


def matrix_power(a: Any, n: Any) -> Any:
    shape = np.shape(a)
    if len(shape) < 2:
        raise numpy.linalg.LinAlgError(
            f"{len(shape)}-dimensional array given. Array must be at least two-dimensional"
        )
    if shape[-1] != shape[-2]:
        raise numpy.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    try:
        n = operator.index(n)
    except TypeError as error:
        raise TypeError("exponent must be an integer") from error
    if n == 0:
        return np.broadcast_to(make(numpy.eye, a, shape[-1], dtype=a.dtype), shape)
    if n < 0:
        a, n = np.linalg.inv(a), -n
    power = result = None
    while n:
        power = a if power is None else np.matmul(power, power)
        n, bit = divmod(n, 2)
        if bit:
            result = power if result is None else np.matmul(result, power)
    return result


def multi_dot(arrays: Sequence[Any], *, out: Any = None) -> Any:
    refuse_out("linalg.multi_dot", out)
    arrays = list(arrays)
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    if len(arrays) == 2:
        return np.dot(arrays[0], arrays[1])
    first, last = np.ndim(arrays[0]), np.ndim(arrays[-1])
    if first == 1:
        arrays[0] = arrays[0][None, :]
    if last == 1:
        arrays[-1] = arrays[-1][:, None]
    for a in arrays:
        if np.ndim(a) != 2:
            raise numpy.linalg.LinAlgError(
                f"{np.ndim(a)}-dimensional array given. Array must be two-dimensional"
            )
    result = _chain(arrays)
    if first == 1 and last == 1:
        return result[0, 0]
    return np.ravel(result) if 1 in (first, last) else result


def _chain(arrays: list[Any]) -> Any:
    """The product in the cheapest order (Cormen et al., section 15.2)."""
    sizes = [a.shape[0] for a in arrays] + [arrays[-1].shape[1]]
    best: dict[tuple[int, int], tuple[Any, int]] = {(i, i): (0, i) for i in range(len(arrays))}
    for length in range(1, len(arrays)):
        for i in range(len(arrays) - length):
            j = i + length
            best[i, j] = min(
                (
                    best[i, k][0] + best[k + 1, j][0] + sizes[i] * sizes[k + 1] * sizes[j + 1],
                    k,
                )
                for k in range(i, j)
            )

    def product(i: int, j: int) -> Any:
        if i == j:
            return arrays[i]
        k = best[i, j][1]
        return np.dot(product(i, k), product(k + 1, j))

    return product(0, len(arrays) - 1)


# Solutions and decompositions --------------------------------------------------------------------


def inv(a: Any) -> Any:
    _check_square(a)
    dtype = _linalg_dtype(a)
    return np.linalg.solve(a, make(numpy.eye, a, np.shape(a)[-1], dtype=dtype))


def _linalg_dtype(a: Any) -> Any:
    return a.dtype if a.dtype.kind in "fc" else numpy.dtype(float)


def _check_square(a: Any) -> None:
    if np.ndim(a) < 2:
        raise numpy.linalg.LinAlgError(
            f"{np.ndim(a)}-dimensional array given. Array must be at least two-dimensional"
        )
    if np.shape(a)[-1] != np.shape(a)[-2]:
        raise numpy.linalg.LinAlgError("Last 2 dimensions of the array must be square")


def det(a: Any) -> Any:
    sign, logarithm = np.linalg.slogdet(a)
    return cast(np.multiply(sign, np.exp(logarithm)), sign.dtype)


def are_real(values: Any) -> bool:
    """Whether complex numbers are all real ones; not where values are not known yet."""
    if values.dtype.kind != "c":
        return False
    try:
        return not np.any(np.not_equal(np.imag(values), 0))
    except TypeError:  # lazy arrays have no truth value
        return False


def real_eigvals(a: Any) -> Any:
    """Eigenvalues as NumPy's functions of roots have them: real numbers if all are."""
    values = np.linalg.eigvals(a)
    return np.real(values) if a.dtype.kind == "f" and are_real(values) else values


def eigvals(a: Any) -> Any:
    return np.linalg.eig(a)[0]


def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    return np.linalg.eigh(a, UPLO)[0]


def svdvals(x: Any, /) -> Any:
    return np.linalg.svd(x, compute_uv=False)


def cond(x: Any, p: Any = None) -> Any:
    if 0 in np.shape(x)[-2:]:
        raise numpy.linalg.LinAlgError("cond is not defined on empty arrays")
    if p is None or p in (2, -2):
        values = np.linalg.svdvals(x)
        largest, smallest = values[..., 0], values[..., -1]
        result = np.divide(smallest, largest) if p == -2 else np.divide(largest, smallest)
    else:
        _check_square(x)
        try:
            inverse = np.linalg.inv(x)
        except numpy.linalg.LinAlgError:
            return _cond_of_singular(x, p)
        result = np.multiply(
            np.linalg.norm(x, ord=p, axis=(-2, -1)), np.linalg.norm(inverse, ord=p, axis=(-2, -1))
        )
    if result.dtype.kind == "c":
        return result
    missing = np.logical_and(np.isnan(result), np.logical_not(np.any(np.isnan(x), axis=(-2, -1))))
    return np.where(missing, result.dtype.type(_inf), result)


def _cond_of_singular(x: Any, p: Any) -> Any:
    """The same of matrices of which some have no inverse, where a library raises: infinity."""
    singular = np.equal(np.linalg.det(x), 0)
    regular = np.where(singular[..., None, None], make(numpy.eye, x, np.shape(x)[-1]), x)
    conditions = cond(regular, p)
    return np.where(singular, conditions.dtype.type(_inf), conditions)


def _tolerances(values: Any, shape: Any, tol: Any, rtol: Any) -> Any:
    if tol is not None and rtol is not None:
        raise ValueError("`tol` and `rtol` can't be both set.")
    if tol is not None:
        return np.expand_dims(tol, -1) if np.ndim(tol) else tol
    if rtol is None:
        rtol = max(shape[-2:]) * numpy.finfo(values.dtype).eps
    elif np.ndim(rtol):
        rtol = np.expand_dims(rtol, -1)
    return np.multiply(_largest(values, -1, keepdims=True), rtol)


def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    if np.ndim(A) < 2:
        return cast(np.any(np.not_equal(A, 0)), numpy.intp)
    values = np.absolute(np.linalg.eigvalsh(A)) if hermitian else np.linalg.svdvals(A)
    return np.count_nonzero(
        np.greater(values, _tolerances(values, np.shape(A), tol, rtol)), axis=-1
    )


def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = numpy._NoValue) -> Any:
    if rtol is not numpy._NoValue and rcond is not None:
        raise ValueError("`rtol` and `rcond` can't be both set.")
    dtype = _linalg_dtype(a)
    if hermitian:
        _check_square(a)
    if rtol is None or (rcond is None and rtol is numpy._NoValue and _pinv_by_size):
        rcond = max(np.shape(a)[-2:]) * numpy.finfo(dtype).eps
    elif rtol is not numpy._NoValue:
        rcond = rtol
    elif rcond is None:
        rcond = 1e-15
    if 0 in np.shape(a):
        shape = (*np.shape(a)[:-2], np.shape(a)[-1], np.shape(a)[-2])
        return make(numpy.zeros, a, shape, dtype=dtype)
    u, values, vh = np.linalg.svd(np.conjugate(cast(a, dtype)), full_matrices=False)
    rcond = np.expand_dims(rcond, -1) if np.ndim(rcond) else rcond
    large = np.greater(values, np.multiply(np.max(values, axis=-1, keepdims=True), rcond))
    inverse = np.where(large, np.divide(1, np.where(large, values, 1)), values.dtype.type(0))
    return np.matmul(
        np.matrix_transpose(vh), np.multiply(inverse[..., None], np.matrix_transpose(u))
    )


#: Whether this NumPy's default tolerance depends on the shape.
_pinv_by_size = False


def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    like = one_of(a, b)
    a, b = (alike(x if hasattr(x, "dtype") else numpy.asarray(x), like) for x in (a, b))
    vector = np.ndim(b) == 1
    b = b[:, None] if vector else b
    for x in (a, b):
        if np.ndim(x) != 2:
            raise numpy.linalg.LinAlgError(
                f"{np.ndim(x)}-dimensional array given. Array must be two-dimensional"
            )
    rows, columns = np.shape(a)
    if np.shape(b)[0] != rows:
        raise numpy.linalg.LinAlgError("Incompatible dimensions")
    dtype = numpy.result_type(_linalg_dtype(a), _linalg_dtype(b))
    a, b = cast(a, dtype), cast(b, dtype)
    real = numpy.empty(0, dtype).real.dtype
    if rcond is None:
        rcond = numpy.finfo(dtype).eps * max(rows, columns)
    elif rcond == -1:
        rcond = numpy.finfo(dtype).eps / 2  # LAPACK's: what is rounded off, not what comes next
    u, values, vh = np.linalg.svd(a, full_matrices=False)
    large = np.greater(values, np.multiply(_largest(values, -1, keepdims=True), rcond))
    rank = int(np.sum(large))
    inverse = np.where(large, np.divide(1, np.where(large, values, 1)), real.type(0))
    adjoint = np.conjugate(np.matrix_transpose(u))
    x = np.matmul(
        np.conjugate(np.matrix_transpose(vh)), np.multiply(inverse[:, None], np.matmul(adjoint, b))
    )
    residuals = make(numpy.zeros, a, 0, dtype=real)
    if rank == columns and rows > columns:
        residuals = np.sum(_squares(np.subtract(b, np.matmul(a, x))), axis=0)
    return (x[:, 0] if vector else x), residuals, numpy.int32(rank), values


def tensorinv(a: Any, ind: int = 2) -> Any:
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    shape = tuple(np.shape(a))
    inverse = shape[ind:] + shape[:ind]
    size = math.prod(shape[ind:])
    return np.reshape(np.linalg.inv(np.reshape(a, (size, -1))), inverse)


def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    rank = np.ndim(a)
    if axes is not None:
        order = [i for i in range(rank) if i not in axes] + list(axes)
        a = np.transpose(a, order)
    shape = tuple(np.shape(a))[-(rank - np.ndim(b)) :]
    size = math.prod(shape)
    if math.prod(np.shape(a)) != size**2:
        raise numpy.linalg.LinAlgError(
            "Input arrays must satisfy the requirement             prod(a.shape[b.ndim:]) == "
            "prod(a.shape[:b.ndim])"
        )
    return np.reshape(np.linalg.solve(np.reshape(a, (size, size)), np.ravel(b)), shape)
