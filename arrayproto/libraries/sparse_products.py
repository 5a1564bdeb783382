"""sparse: products of matrices, with all that NumPy's take."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..derived import derived_functions
from .products import Product
from .rows import Derived, Row
from .sparse_arrays import FORMATS, coo, is_sparse, keeping_format, made, module, refuse
from .sparse_stacks import matmul_of_stacks


def _operand(a: Any) -> Any:
    """An array of sparse, or an ndarray where one was given: the product is one then, too."""
    if is_sparse(a):
        return coo(a) if isinstance(a, module().DOK) else a
    return a if isinstance(a, np.ndarray) and a.ndim else coo(a)


def _values(a: Any) -> Any:
    return a.data if is_sparse(a) else a


def _is_finite(a: Any) -> bool:
    return _all_finite(_values(a))


def _all_finite(values: Any) -> bool:
    if values.dtype.kind not in "fc" or not values.size:
        return True
    finite = np.isfinite(values)
    return finite.item(finite.argmin())  # type: ignore[no-any-return]  # all() is Python's, and slow


def _is_plain(a: Any) -> bool:
    """Whether what is not stored is zero, and what is stored gives zero times zero."""
    return _is_finite(a) and (not is_sparse(a) or bool(a.fill_value == 0))


def matmul(a: Any, b: Any) -> Any:
    """`numpy.matmul` of arrays of one dimension or more; sparse leaves out ``NaN * 0``."""
    a, b = _operand(a), _operand(b)
    if 0 in (*a.shape[:-2], *b.shape[:-2]):  # a stack of no matrices, which sparse cannot make
        empty = np.matmul(*(np.broadcast_to(np.empty((), x.dtype), x.shape) for x in (a, b)))
        return coo(empty) if is_sparse(a) and is_sparse(b) else empty
    if _is_plain(a) and _is_plain(b):
        if max(a.ndim, b.ndim) > 2 <= min(a.ndim, b.ndim) and is_sparse(a) and is_sparse(b):
            return matmul_of_stacks(a, b)
        return module().matmul(a, b)
    first, second = (coo(a) if is_sparse(a) else a), (coo(b) if is_sparse(b) else b)
    first = first[None, :] if a.ndim == 1 else first
    second = second[:, None] if b.ndim == 1 else second
    result = _with_fills(first, second)
    if not (_is_finite(a) and _is_finite(b)):
        result = _with_nans(result, first, second)
    if a.ndim == 1:
        result = result[..., 0, :]
    return result[..., 0] if b.ndim == 1 else result


def _with_fills(a: Any, b: Any) -> Any:
    """The product of the stored values, and what the elements that are not stored add to it.

    With A, B the stored values, P, Q where they are stored and f, g the fill values, the product
    of A + f (1 - P) and B + g (1 - Q) is A B + f (1 - P) B + g A (1 - Q) + f g (1 - P) (1 - Q);
    products with 1 are sums.
    """
    ns = module()
    fills = [x.fill_value if is_sparse(x) else x.dtype.type(0) for x in (a, b)]
    if fills[0] == 0 and fills[1] == 0:
        return ns.matmul(a, b)
    if not (is_sparse(a) and is_sparse(b)):
        a, b = coo(a), coo(b)
        fills = [a.fill_value, b.fill_value]
    dtype = np.result_type(a.dtype, b.dtype)
    stored, there = [], []
    for x in (a, b):
        stored.append(made(x.coords, x.data.astype(dtype), x.shape))
        there.append(made(x.coords, np.ones(x.nnz, dtype=dtype), x.shape))
    rows = [x.sum(axis=-1, keepdims=True, dtype=dtype) for x in (stored[0], there[0])]
    columns = [x.sum(axis=-2, keepdims=True, dtype=dtype) for x in (stored[1], there[1])]
    f, g = (fill.astype(dtype) for fill in fills)
    result = ns.matmul(stored[0], stored[1])
    if f != 0:
        result = result + (columns[0] - ns.matmul(there[0], stored[1])) * f
    if g != 0:
        result = result + (rows[0] - ns.matmul(stored[0], there[1])) * g
    if f != 0 and g != 0:
        neither = ns.matmul(there[0], there[1]) - rows[1] - columns[1]
        result = result + (neither + dtype.type(a.shape[-1])) * (f * g)
    return result


def _with_nans(result: Any, a: Any, b: Any) -> Any:
    """NaN where a value that is not finite meets a zero that is not stored.

    Its whole row, or column, of the result is written, as NumPy's is.
    """
    ns = module()

    def pattern(x: Any, chosen: Any) -> Any:
        if not is_sparse(x):
            return chosen.astype(float)
        return made(x.coords[:, chosen], np.ones(int(chosen.sum())), x.shape)

    odd = [pattern(x, ~np.isfinite(_values(x))) for x in (a, b)]
    there = [pattern(x, _values(x) != 0) for x in (a, b)]
    in_row, in_column = odd[0].sum(axis=-1, keepdims=True), odd[1].sum(axis=-2, keepdims=True)
    for count, met in (
        (in_row, ns.matmul(odd[0], there[1])),
        (in_column, ns.matmul(there[0], odd[1])),
    ):
        nan = result.dtype.type(np.nan)
        result = np.where(np.greater(count, met), nan, result)
    return result


def _dot(a: Any, b: Any, out: Any = None) -> Any:
    refuse("dot", out=out)
    a, b = _operand(a), _operand(b)
    if a.ndim == 0 or b.ndim == 0:
        return np.multiply(a, b)
    if a.ndim == 1 and b.ndim == 1:
        if a.shape != b.shape:
            raise ValueError(f"shapes {a.shape} and {b.shape} not aligned")
        if is_sparse(a) and is_sparse(b):
            products = np.multiply(a, b)
            return products.sum(dtype=products.dtype)
    if a.ndim <= 2 and b.ndim <= 2:
        _check_lengths(a.shape, b.shape, -1, max(b.ndim - 2, 0))
        return matmul(a, b)
    return _tensordot(a, b, ([a.ndim - 1], [max(b.ndim - 2, 0)]))


def _check_lengths(a: tuple[int, ...], b: tuple[int, ...], i: int, j: int) -> None:
    if a[i] != b[j]:
        raise ValueError(f"shapes {a} and {b} not aligned: {a[i]} != {b[j]}")


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    # Often called, so the common case is told at little cost.
    sparse = module()
    if type(a) is sparse.COO and type(b) is sparse.COO and a.shape and b.shape:
        if not (a.fill_value or b.fill_value) and _all_finite(a.data):
            if b is a or _all_finite(b.data):
                return sparse.tensordot(a, b, axes)
    a, b = _operand(a), _operand(b)
    if a.ndim and b.ndim and _is_plain(a) and _is_plain(b):
        return module().tensordot(a, b, axes=axes)
    if a.ndim == 0 or b.ndim == 0:
        derived_functions()["tensordot"](np.zeros(a.shape), np.zeros(b.shape), axes)  # checks
        return np.multiply(a, b)
    return derived_functions()["tensordot"](a, b, axes)


def _outer(a: Any, b: Any, out: Any = None) -> Any:
    refuse("outer", out=out)
    a, b = coo(a), coo(b)
    return np.multiply(a.reshape((a.size, 1)), b.reshape((1, b.size)))


def _is_sparses_own(subscripts: Any, arrays: tuple[Any, ...]) -> bool:
    """Whether sparse's einsum does the same, and makes nothing larger than what it is given.

    It multiplies all operands before it sums, which is quick if one of them has every index.
    """
    if type(subscripts) is not str or "." in subscripts:
        return False
    sparse = module()
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    indices = set(inputs) - {","}
    if len(terms) != len(arrays) or not any(indices == set(term) for term in terms):
        return False
    if arrow and not (len(set(output)) == len(output) and indices.issuperset(output)):
        return False
    lengths: dict[str, int] = {}
    for term, a in zip(terms, arrays, strict=True):
        if type(a) is not sparse.COO or a.ndim != len(term) or a.dtype != arrays[0].dtype:
            return False
        if any(lengths.setdefault(c, n) != n for c, n in zip(term, a.shape, strict=True)):
            return False  # of length one, it may be repeated
        # It adds up all elements of small integers as intp, where NumPy's stays with theirs.
        if not (a.dtype.kind in "fc" or (a.dtype.kind in "iu" and a.dtype.itemsize == 8)):
            return False
        if not _is_plain(a):
            return False
    return True


def _einsum(*operands: Any, out: Any = None, optimize: Any = False, **kwargs: Any) -> Any:
    refuse("einsum", out=out)
    if not kwargs and operands and _is_sparses_own(operands[0], operands[1:]):
        return module().einsum(*operands)
    text = isinstance(operands[0], str)
    # Every second one in the other form is a list of numbers for axes.
    arrays = [text or (i % 2 == 0 and i < len(operands) - 1) for i in range(len(operands))]
    operands = tuple(
        coo(x) if is_array and not isinstance(x, str) else x
        for x, is_array in zip(operands, arrays, strict=True)
    )
    return derived_functions()["einsum"](*operands, **kwargs)


def _kron(a: Any, b: Any) -> Any:
    """Each stored value of the one with each of the other."""
    a, b = coo(a), coo(b)
    if a.ndim == 0 or b.ndim == 0:
        return np.multiply(a, b)
    if not (_is_plain(a) and _is_plain(b)):
        return derived_functions()["kron"](a, b)
    rank = max(a.ndim, b.ndim)
    a, b = (x.reshape((1,) * (rank - x.ndim) + x.shape) for x in (a, b))
    shape = tuple(m * n for m, n in zip(a.shape, b.shape, strict=True))
    lengths = np.array(b.shape, dtype=np.intp)[:, None, None]
    coords = a.coords.astype(np.intp)[:, :, None] * lengths + b.coords[:, None, :]
    data = np.multiply(a.data[:, None], b.data)
    return made(coords.reshape(rank, -1), data.ravel(), shape)


def _vdot(a: Any, b: Any, /) -> Any:
    a, b = coo(a), coo(b)
    a, b = a.reshape((a.size,)), b.reshape((b.size,))
    return _dot(a.conj() if a.dtype.kind == "c" else a, b)


ROWS: dict[str, Row] = {
    "dot": _dot,
    "einsum": keeping_format(_einsum, tuple(FORMATS)),
    "kron": _kron,
    "linalg.outer": Derived(),
    "linalg.tensordot": lambda x1, x2, /, *, axes=2: _tensordot(x1, x2, axes),
    "outer": _outer,
    "tensordot": Product(_tensordot, "COO", "data", None),
    "vdot": _vdot,
}
