"""Dask: linear algebra of matrices that lie in one chunk each, by NumPy, and rows of names."""

from __future__ import annotations

import inspect
import math
import operator
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..errors import UnsupportedArgumentError
from .dask_chunks import as_dask, da, is_dask, lines
from .products import Product
from .rows import Row


def _in_one_chunk(name: str, a: Any, axes: int = 2) -> Any:
    """`a` with each matrix in one chunk; refused where that is more than Dask puts in a chunk."""
    return lines(f"linalg.{name}", a, range(a.ndim - axes, a.ndim))


def _fits(a: Any) -> bool:
    """Whether each matrix lies, or may be put, in one chunk."""
    try:
        _in_one_chunk("", a)
    except UnsupportedArgumentError:
        return False
    return True


def _check_matrix(a: Any, square: bool) -> None:
    if a.ndim < 2:
        raise np.linalg.LinAlgError(
            f"{a.ndim}-dimensional array given. Array must be at least two-dimensional"
        )
    if square and a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")


class _Outputs(NamedTuple):
    """What a function makes of a matrix: its gufunc signature, whether outputs have names."""

    signature: str
    named: bool = False


_FUNCTIONS = {
    "cond": _Outputs("(m,n)->()"),
    "det": _Outputs("(m,m)->()"),
    "eig": _Outputs("(m,m)->(m),(m,m)", True),
    "eigh": _Outputs("(m,m)->(m),(m,m)", True),
    "eigvals": _Outputs("(m,m)->(m)"),
    "eigvalsh": _Outputs("(m,m)->(m)"),
    "matrix_rank": _Outputs("(m,n)->()"),
    "pinv": _Outputs("(m,n)->(n,m)"),
    "slogdet": _Outputs("(m,m)->(),()", True),
}


def _by_chunk(name: str, signature: str, *arrays: Any, **kwargs: Any) -> Any:
    """NumPy's function on the matrices of each chunk."""
    function = getattr(np.linalg, name)
    outputs = signature.partition("->")[2].count("(")
    arrays = tuple(
        _in_one_chunk(name, a, min(a.ndim, core.count(",") + 1 if core else 0))
        for a, core in zip(arrays, _cores(signature), strict=True)
    )
    shapes = [(1,) * core.count(",") + (1,) if core else () for core in _cores(signature)]
    with np.errstate(all="ignore"):
        tried = function(
            *(np.ones(shape, a.dtype) for shape, a in zip(shapes, arrays, strict=True)), **kwargs
        )
    dtypes = [np.asarray(t).dtype for t in (tried if outputs > 1 else (tried,))]
    sizes = {"k": min(arrays[0].shape[-2:])} if "k" in signature else None
    return da().apply_gufunc(
        lambda *blocks: function(*blocks, **kwargs),
        signature,
        *arrays,
        output_dtypes=dtypes if outputs > 1 else dtypes[0],
        output_sizes=sizes,
    )


def _cores(signature: str) -> list[str]:
    """The core dimensions of each argument: ["m,m", "m"]."""
    return signature.partition("->")[0].strip("()").split("),(")


def _per_matrix(name: str) -> Callable[..., Any]:
    signature, named = _FUNCTIONS[name]
    numpy_function = getattr(np.linalg, name)
    numpy_signature = inspect.signature(numpy_function)

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            given = numpy_signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise TypeError(f"{name}() {error}") from None
        a = as_dask(given.pop(next(iter(numpy_signature.parameters))))
        if name == "matrix_rank" and a.ndim < 2:
            return da().any(a != 0).astype(int)
        _check_matrix(a, square=name not in ("cond", "matrix_rank", "pinv"))
        if given.get("hermitian") or (name == "cond" and given.get("p") not in (None, 2, -2)):
            _check_matrix(a, square=True)
        if name == "cond" and 0 in a.shape[-2:]:
            raise np.linalg.LinAlgError("cond is not defined on empty arrays")
        hermitian = f"{name}h"
        if name in ("eig", "eigvals") and a.dtype.kind != "c":
            raise UnsupportedArgumentError(
                f"numpy.linalg.{name}: whether the eigenvalues are real, and so the dtype, depends "
                f"on values not computed yet; give x.astype(complex), or use {hermitian} for a "
                "matrix that is its own conjugate transpose"
            )
        tolerances = [
            k for k in ("tol", "rcond", "rtol") if np.ndim(given.get(k)) or is_dask(given.get(k))
        ]
        if tolerances:
            (key,) = tolerances
            tolerance = as_dask(given.pop(key))
            return _with_tolerance(name, signature, a, key, tolerance, given)
        parts = _by_chunk(name, signature, a, **given)
        return type(numpy_function(np.ones((1, 1))))(*parts) if named else parts

    call.__name__ = name
    return call


def _with_tolerance(
    name: str, signature: str, a: Any, key: str, tolerance: Any, given: dict[str, Any]
) -> Any:
    """One tolerance for each matrix."""
    function = getattr(np.linalg, name)
    a = _in_one_chunk(name, a)
    dtype = np.asarray(function(np.ones((1, 1), a.dtype))).dtype
    return da().apply_gufunc(
        lambda block, t: function(block, **{key: t}, **given),
        signature.replace("->", ",()->"),
        a,
        tolerance.rechunk(a.chunks[-2 - tolerance.ndim : -2]),
        output_dtypes=dtype,
    )


def _svdvals(x: Any, /) -> Any:
    x = as_dask(x)
    _check_matrix(x, square=False)
    if x.ndim == 2 and 1 in x.numblocks and not _fits(x):
        return da().linalg.svd(x)[1]
    return _by_chunk("svdvals", "(m,n)->(k)", x)


def _svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """A tall or wide matrix too large for one chunk is left to Dask, whose factors are reduced."""
    a = as_dask(a)
    _check_matrix(a, square=hermitian)
    if not compute_uv:
        if hermitian:
            return _by_chunk("svd", "(m,n)->(k)", a, compute_uv=False, hermitian=True)
        return _svdvals(a)
    result = type(np.linalg.svd(np.ones((1, 1))))
    if a.ndim == 2 and 1 in a.numblocks and not _fits(a):
        return result(*da().linalg.svd(a))
    m, n = a.shape[-2:]
    signature = "(m,n)->(m,k),(k),(k,n)"
    if full_matrices:
        signature = "(m,n)->(m,p),(k),(q,n)"
    a = _in_one_chunk("svd", a)
    tried = np.linalg.svd(np.ones((1, 1), a.dtype))
    sizes = {"k": min(m, n), "p": m, "q": n}
    return result(
        *da().apply_gufunc(
            lambda block: tuple(
                np.linalg.svd(block, full_matrices=full_matrices, hermitian=hermitian)
            ),
            signature,
            a,
            output_dtypes=[t.dtype for t in tried],
            output_sizes={k: n for k, n in sizes.items() if k in signature},
        )
    )


def _qr(a: Any, mode: str = "reduced") -> Any:
    a = as_dask(a)
    if mode not in ("reduced", "complete", "r", "raw"):
        np.linalg.qr(np.ones((1, 1)), mode)  # NumPy's error, or its warning
    _check_matrix(a, square=False)
    result = type(np.linalg.qr(np.ones((1, 1))))
    if mode == "reduced" and a.ndim == 2 and 1 in a.numblocks and not _fits(a):
        return result(*da().linalg.qr(a))
    m, n = a.shape[-2:]
    signature = {
        "reduced": "(m,n)->(m,k),(k,n)",
        "complete": "(m,n)->(m,p),(p,n)",
        "r": "(m,n)->(k,n)",
        "raw": "(m,n)->(n,m),(k)",
    }[mode]
    a = _in_one_chunk("qr", a)
    tried = np.linalg.qr(np.ones((1, 1), a.dtype), mode)
    sizes = {key: size for key, size in {"k": min(m, n), "p": m}.items() if key in signature}
    if mode == "r":
        return da().apply_gufunc(
            lambda block: np.linalg.qr(block, "r"), signature, a,
            output_dtypes=tried.dtype, output_sizes=sizes,
        )  # fmt: skip
    parts = da().apply_gufunc(
        lambda block: tuple(np.linalg.qr(block, mode)),
        signature,
        a,
        output_dtypes=[t.dtype for t in tried],
        output_sizes=sizes,
    )
    return tuple(parts) if mode == "raw" else result(*parts)


def _inv(a: Any) -> Any:
    """Dask's own pivots within a chunk only: it is for what fits in no chunk."""
    a = as_dask(a)
    _check_matrix(a, square=True)
    if a.ndim == 2 and not _fits(a):
        return da().linalg.inv(a)
    return _by_chunk("inv", "(m,m)->(m,m)", a)


def _solve(a: Any, b: Any) -> Any:
    a, b = as_dask(a), as_dask(b)
    _check_matrix(a, square=True)
    if b.ndim == 0:
        raise np.linalg.LinAlgError(
            "0-dimensional array given. Array must be at least two-dimensional"
        )
    if b.shape[0 if b.ndim == 1 else -2] != a.shape[-1]:
        raise ValueError(
            f"solve: Input operand 1 has a mismatch in its core dimension 0 (size "
            f"{b.shape[0 if b.ndim == 1 else -2]} is different from {a.shape[-1]})"
        )
    if a.ndim == 2 and b.ndim <= 2 and not _fits(a):
        return da().linalg.solve(a, b)
    return _by_chunk("solve", "(m,m),(m)->(m)" if b.ndim == 1 else "(m,m),(m,n)->(m,n)", a, b)


def _cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """Dask's own answers with the upper factor by default, NumPy's with the lower one."""
    a = as_dask(a)
    _check_matrix(a, square=True)
    if a.ndim == 2 and not _fits(a):
        return da().linalg.cholesky(a.rechunk({1: a.chunks[0]}), lower=not upper)
    return _by_chunk("cholesky", "(m,m)->(m,m)", a, upper=upper)


def _lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """How many residuals there are is for the rank to say, which is not known yet."""
    a, b = as_dask(a), as_dask(b)
    if a.ndim != 2:
        _check_matrix(a, square=False)
        raise np.linalg.LinAlgError(
            f"{a.ndim}-dimensional array given. Array must be two-dimensional"
        )
    if b.ndim not in (1, 2):
        raise np.linalg.LinAlgError(
            f"{b.ndim}-dimensional array given. Array must be two-dimensional"
        )
    if a.shape[0] != b.shape[0]:
        raise np.linalg.LinAlgError("Incompatible dimensions")
    np.linalg.lstsq(np.ones((1, 1)), np.ones(1), rcond)  # NumPy's error
    if not _fits(a) and a.numblocks[1] == 1 and rcond is None:
        return da().linalg.lstsq(a, b)
    a = _in_one_chunk("lstsq", a)
    b = _in_one_chunk("lstsq", b, b.ndim)
    (m, n), more = a.shape, b.shape[1:]
    example = np.linalg.lstsq(np.ones((1, 1), a.dtype), np.ones((1,) * b.ndim, b.dtype))
    one_residual = (float("nan"),) if m > n else (0,)
    chunks = [((n,), *((k,) for k in more)), (one_residual,), (), ((min(m, n),),)]

    def part(index: int) -> Any:
        letters = tuple(100 + i for i in range(len(chunks[index])))
        return da().blockwise(
            lambda a, b: np.linalg.lstsq(a, b, rcond)[index],
            letters,
            a,
            (0, 1),
            b,
            (0, *range(2, b.ndim + 1)),
            new_axes=dict(zip(letters, (c[0] for c in chunks[index]), strict=True)),
            concatenate=True,
            dtype=np.asarray(example[index]).dtype,
            meta=np.empty((0,) * len(letters), np.asarray(example[index]).dtype),
        )

    return part(0), part(1), part(2), part(3)


def _flat(a: Any, shape: tuple[int, ...]) -> Any:
    return da().reshape(da().ravel(a), shape)


def _tensorinv(a: Any, ind: int = 2) -> Any:
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    a = as_dask(a)
    shape = a.shape[ind:] + a.shape[:ind]
    return _inv(_flat(a, (math.prod(a.shape[ind:]), -1))).reshape(shape)


def _tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    a, b = as_dask(a), as_dask(b)
    if axes is not None:
        order = list(range(a.ndim))
        for axis in axes:
            order.remove(axis)
            order.insert(a.ndim, axis)
        a = a.transpose(order)
    shape = a.shape[-(a.ndim - b.ndim) :]
    if a.size != math.prod(shape) ** 2:
        raise np.linalg.LinAlgError(
            "Input arrays must satisfy the requirement             prod(a.shape[b.ndim:]) == "
            "prod(a.shape[:b.ndim])"
        )
    a = _flat(a, (-1, math.prod(shape)))
    return _solve(a, b.ravel()).reshape(shape)


_modules, _ndarray = sys.modules, np.ndarray

# Products of Dask's own --------------------------------------------------------------------------


def _from_the_front(axes: Any, *ranks: int) -> Any:
    """Axes that are not negative: of others, `dask.array.tensordot` gets the chunks wrong."""
    if not np.iterable(axes):
        return axes
    found = tuple(
        [int(i) % rank if -rank <= i < rank else int(i) for i in np.atleast_1d(one)]
        for one, rank in zip(axes, ranks, strict=True)
    )
    if any(len({*one}) < len(one) for one in found):
        raise ValueError("duplicate axes are not allowed in tensordot")
    return found


def _same_dtype(result: Any, a: Any, b: Any) -> Any:
    """Dask adds up products of small integers and of booleans as int64, chunk by chunk."""
    dtype = np.result_type(a, b)
    if dtype.kind in "biu" and dtype.itemsize < 8:
        return da().map_blocks(_astype, result, dtype, dtype=dtype)
    return result


def _astype(block: Any, dtype: Any) -> Any:
    return block.astype(dtype)


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    # Often called, so the common case is told at little cost: floats have nothing to mend. Rank
    # and dtype of its arrays are properties written in Python; those behind them are not.
    dask = _modules["dask.array"]
    array = dask.Array
    if type(axes) is int and type(a) is array and type(b) is array:
        like_a, like_b = a._meta, b._meta
        if type(like_a) is _ndarray and type(like_b) is _ndarray:
            if like_a.dtype.kind in "fc" and axes <= like_a.ndim and axes <= like_b.ndim:
                return dask.tensordot(a, b, axes)
    if not (is_dask(a) and is_dask(b)):
        a, b = as_dask(a), as_dask(b)
    if type(axes) is not int:
        axes = _from_the_front(axes, np.ndim(a), np.ndim(b))
    elif axes > min(len(a.shape), len(b.shape)):
        raise ValueError("shape-mismatch for sum")
    return _same_dtype(dask.tensordot(a, b, axes), a, b)


def _dot(a: Any, b: Any, out: Any = None) -> Any:
    a, b = as_dask(a), as_dask(b)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    if np.shape(a)[-1] != np.shape(b)[-2 if np.ndim(b) > 1 else 0]:
        raise ValueError(f"shapes {np.shape(a)} and {np.shape(b)} not aligned")
    axes = (np.ndim(a) - 1, max(np.ndim(b) - 2, 0))
    return _same_dtype(da().tensordot(a, b, axes=axes), a, b)


def _numbered(count: int) -> list[int]:
    """Where the lists of numbers are among the arguments, that of the result too."""
    return [*range(1, count, 2), *([count - 1] if count % 2 else [])]


def _subscript(number: Any) -> Any:
    if number is Ellipsis:
        return number
    number = operator.index(number)
    if not 0 <= number < 52:
        raise ValueError("subscript is not within the valid range [0, 52)")
    return number


def _einsum(*operands: Any, out: Any = None, dtype: Any = None, **kwargs: Any) -> Any:
    """Dask sums booleans and small integers in wider dtypes, and wants diagonals in like chunks."""
    operands = tuple(operands)
    if isinstance(operands[0], str):
        terms: Any = operands[0].replace(" ", "").partition("->")[0].split(",")
        positions = range(1, len(operands))
    else:
        numbers = {i: [*map(_subscript, operands[i])] for i in _numbered(len(operands))}
        operands = tuple(numbers.get(i, operand) for i, operand in enumerate(operands))
        terms, positions = operands[1::2], range(0, len(operands) // 2 * 2, 2)
    arrays = {i: as_dask(operands[i]) for i in positions}
    for i, term in zip(positions, terms, strict=False):
        arrays[i] = _alike_where_repeated(arrays[i], list(term))
    operands = tuple(arrays.get(i, operand) for i, operand in enumerate(operands))
    if dtype is not None:
        return da().einsum(*operands, dtype=dtype, **kwargs)
    dtype = np.result_type(*(a.dtype for a in arrays.values()))
    return da().einsum(*operands, **kwargs).astype(dtype)


def _alike_where_repeated(a: Any, letters: list[Any]) -> Any:
    """`a` with the same chunks along axes that have the same letter."""
    if len(letters) != a.ndim:  # dots, or NumPy's error
        return a
    first = {letter: letters.index(letter) for letter in letters}
    return a.rechunk(
        {
            i: a.chunks[first[letter]]
            for i, letter in enumerate(letters)
            if i != first[letter] and a.shape[i] == a.shape[first[letter]]
        }
    )


#: Rows of Dask's table of differences.
ROWS: dict[str, Row] = {
    **{f"linalg.{name}": _per_matrix(name) for name in _FUNCTIONS},
    "dot": _dot,
    "einsum": _einsum,
    "tensordot": Product(_tensordot, "Array", "_meta", 2),
    "linalg.cholesky": _cholesky,
    "linalg.inv": _inv,
    "linalg.solve": _solve,
    "linalg.svdvals": _svdvals,
    "linalg.svd": _svd,
    "linalg.qr": _qr,
    "linalg.lstsq": _lstsq,
    "linalg.tensorinv": _tensorinv,
    "linalg.tensorsolve": _tensorsolve,
}
