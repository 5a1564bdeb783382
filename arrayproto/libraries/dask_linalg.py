"""Dask: linear algebra of matrices that lie in one chunk each, by NumPy, and rows of names."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..errors import UnsupportedArgumentError
from .library import Row


def _da() -> Any:
    return sys.modules["dask.array"]


def _in_one_chunk(a: Any, axes: int = 2) -> bool:
    return all(len(chunks) == 1 for chunks in getattr(a, "chunks", ())[-axes:])


def _need_one_chunk(name: str, *arrays: Any) -> None:
    for a in arrays:
        if not _in_one_chunk(a):
            raise UnsupportedArgumentError(
                f"numpy.linalg.{name}: the last two axes are in several chunks, {a.chunks[-2:]}; "
                "where a matrix fits in memory, x.rechunk({-2: -1, -1: -1}) makes them one"
            )


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
    tried = function(*(np.ones((1,) * min(a.ndim, 2), a.dtype) for a in arrays), **kwargs)
    dtypes = [np.asarray(t).dtype for t in (tried if outputs > 1 else (tried,))]
    sizes = {"k": min(arrays[0].shape[-2:])} if "k" in signature else None
    return _da().apply_gufunc(
        lambda *blocks: function(*blocks, **kwargs),
        signature,
        *arrays,
        output_dtypes=dtypes if outputs > 1 else dtypes[0],
        output_sizes=sizes,
    )


def _per_matrix(name: str) -> Callable[..., Any]:
    signature, named = _FUNCTIONS[name]
    numpy_function = getattr(np.linalg, name)

    def call(a: Any, *args: Any, **kwargs: Any) -> Any:
        if args:
            kwargs = {**inspect.signature(numpy_function).bind(a, *args, **kwargs).arguments}
            kwargs.pop(next(iter(inspect.signature(numpy_function).parameters)))
        for key, value in kwargs.items():
            if not isinstance(value, (int, float, str, type(None))):
                raise UnsupportedArgumentError(
                    f"numpy.linalg.{name}: {key}= must be a number for arrays of dask"
                )
        if name == "matrix_rank" and a.ndim < 2:
            return _da().any(a != 0).astype(int)
        _check_matrix(a, square=name not in ("cond", "matrix_rank", "pinv"))
        hermitian = f"{name}h"
        if name in ("eig", "eigvals") and a.dtype.kind != "c":
            raise UnsupportedArgumentError(
                f"numpy.linalg.{name}: whether the eigenvalues are real, and so the dtype, depends "
                f"on values not computed yet; give x.astype(complex), or use {hermitian} for a "
                "matrix that is its own conjugate transpose"
            )
        _need_one_chunk(name, a)
        parts = _by_chunk(name, signature, a, **kwargs)
        return type(numpy_function(np.ones((1, 1))))(*parts) if named else parts

    call.__name__ = name
    return call


def _svdvals(x: Any, /) -> Any:
    _check_matrix(x, square=False)
    if x.ndim == 2 and not _in_one_chunk(x) and 1 in x.numblocks:
        return _da().linalg.svd(x)[1]
    _need_one_chunk("svdvals", x)
    return _by_chunk("svdvals", "(m,n)->(k)", x)


def _inv(a: Any) -> Any:
    _check_matrix(a, square=True)
    if a.ndim == 2 and not _in_one_chunk(a):
        return _da().linalg.inv(a)
    _need_one_chunk("inv", a)
    return _by_chunk("inv", "(m,m)->(m,m)", a)


def _solve(a: Any, b: Any) -> Any:
    da = _da()
    a, b = da.asarray(a), da.asarray(b)
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
    if _in_one_chunk(a) and _in_one_chunk(b, min(b.ndim, 2)):
        return _by_chunk("solve", "(m,m),(m)->(m)" if b.ndim == 1 else "(m,m),(m,n)->(m,n)", a, b)
    if a.ndim == 2 and b.ndim <= 2:
        return da.linalg.solve(a, b)
    _need_one_chunk("solve", a, b)
    raise AssertionError("unreachable")


def _cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """Dask's own answers with the upper factor by default, NumPy's with the lower one."""
    _check_matrix(a, square=True)
    if a.ndim == 2 and not _in_one_chunk(a):
        return _da().linalg.cholesky(a, lower=not upper)
    _need_one_chunk("cholesky", a)
    return _by_chunk("cholesky", "(m,m)->(m,m)", a, upper=upper)


_FLOAT = np.dtype(float)

# Products of Dask's own --------------------------------------------------------------------------


def _from_the_front(axes: Any, *ranks: int) -> Any:
    """Axes that are not negative: of others, `dask.array.tensordot` gets the chunks wrong."""
    if not np.iterable(axes):
        return axes
    return tuple(
        [int(i) % rank if -rank <= i < rank else int(i) for i in np.atleast_1d(one)]
        for one, rank in zip(axes, ranks, strict=True)
    )


def _same_dtype(result: Any, a: Any, b: Any) -> Any:
    """Dask adds up products of small integers and of booleans as int64, chunk by chunk."""
    dtype = np.result_type(a, b)
    if dtype.kind in "biu" and dtype.itemsize < 8:
        return _da().map_blocks(_astype, result, dtype, dtype=dtype)
    return result


def _astype(block: Any, dtype: Any) -> Any:
    return block.astype(dtype)


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    if type(axes) is not int:
        axes = _from_the_front(axes, np.ndim(a), np.ndim(b))
    result = sys.modules["dask.array"].tensordot(a, b, axes)
    # Often called, so the common case is told at little cost: floats have nothing to mend. The
    # dtype of Dask's array is a property written in Python, that of the ndarray behind it is not.
    try:
        dtype = a._meta.dtype
        if dtype is _FLOAT or dtype.kind in "fc":
            return result
    except AttributeError:  # not Dask's
        pass
    return _same_dtype(result, a, b)


def _dot(a: Any, b: Any, out: Any = None) -> Any:
    if out is not None:
        raise UnsupportedArgumentError("numpy.dot: out= is not supported for arrays of dask")
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    if np.shape(a)[-1] != np.shape(b)[-2 if np.ndim(b) > 1 else 0]:
        raise ValueError(f"shapes {np.shape(a)} and {np.shape(b)} not aligned")
    axes = (np.ndim(a) - 1, max(np.ndim(b) - 2, 0))
    return _same_dtype(_da().tensordot(a, b, axes=axes), a, b)


#: Rows of Dask's table of differences.
ROWS: dict[str, Row] = {
    **{f"linalg.{name}": _per_matrix(name) for name in _FUNCTIONS},
    "dot": _dot,
    "tensordot": _tensordot,
    "linalg.cholesky": _cholesky,
    "linalg.inv": _inv,
    "linalg.solve": _solve,
    "linalg.svdvals": _svdvals,
}
