"""Dask (https://docs.dask.org/en/stable/array.html): chunked, lazy arrays."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import UnsupportedArgumentError
from .dask_chunks import writing
from .dask_counts import ROWS as COUNT_ROWS
from .dask_fft import ROWS as FFT_ROWS
from .dask_linalg import ROWS as LINALG_ROWS
from .dask_order import ROWS as ORDER_ROWS
from .dask_reductions import ROWS as REDUCTION_ROWS
from .dask_series import ROWS as SERIES_ROWS
from .dask_shape import ROWS as SHAPE_ROWS
from .dask_ufuncs import ROWS as UFUNC_ROWS
from .dask_ufuncs import write
from .library import Derived, Library, Unsupported
from .shared import clip_of

# Corrections ------------------------------------------------------------------------------------


def _apply_along_axis(func1d: Any, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """Dask tries the function on an array of one element, so that shapes come out wrong."""
    (axis,) = np.lib.array_utils.normalize_axis_tuple((axis,), arr.ndim)
    tried = np.asarray(func1d(np.ones(arr.shape[axis], arr.dtype), *args, **kwargs))
    return dask.namespace.apply_along_axis(
        func1d, axis, arr, *args, dtype=tried.dtype, shape=tried.shape, **kwargs
    )


# Creation, on like= -----------------------------------------------------------------------------


def _filled(name: str) -> Callable[..., Any]:
    """Dask's own ignores a dtype that is given by position."""

    def call(shape: Any, dtype: Any = None, order: str = "C", *, device: Any = None) -> Any:
        return getattr(dask.namespace, name)(shape, dtype=float if dtype is None else dtype)

    call.__name__ = name
    return call


def _full(
    shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", *, device: Any = None
) -> Any:
    if dtype is None:
        dtype = getattr(fill_value, "dtype", None) or np.asarray(fill_value).dtype
    return dask.namespace.full(shape, fill_value, dtype=dtype)


def _eye(
    N: int,
    M: int | None = None,
    k: int = 0,
    dtype: Any = float,
    order: str = "C",
    *,
    device: Any = None,
) -> Any:
    """Dask's own misses chunks where it is not square."""
    da = dask.namespace
    rows, columns = da.arange(N)[:, None], da.arange(N if M is None else M)
    return (columns == rows + k).astype(float if dtype is None else dtype)


def _identity(n: int, dtype: Any = None) -> Any:
    return _eye(n, dtype=dtype)


def _from_function(function: Any, shape: Any, *, dtype: Any = float, **kwargs: Any) -> Any:
    return dask.namespace.fromfunction(
        function, chunks="auto", shape=tuple(shape), dtype=dtype, **kwargs
    )


def _read(name: str) -> Callable[..., Any]:
    """What is read from a file or a buffer is read by NumPy."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return dask.namespace.asarray(getattr(np, name)(*args, **kwargs))

    call.__name__ = name
    return call


def _complex_only(name: str) -> Callable[..., Any]:
    """Of `numpy.emath`: whether the result is complex is known only where the argument is."""
    function = {"logn": lambda n, x: np.log(x) / np.log(n)}.get(name) or getattr(np, name)

    def call(*args: Any) -> Any:
        real = "numpy.log(x) / numpy.log(n)" if name == "logn" else f"numpy.{name}"
        decisive = args if name == "logn" else args[:1]
        if not all(_is_complex(a) for a in decisive):
            raise UnsupportedArgumentError(
                f"numpy.emath.{name}: whether the result is complex depends on values not computed "
                f"yet. Give complex arrays, x.astype(complex), for a complex result, or {real} for "
                "a real one"
            )
        return function(*args)

    call.__name__ = name
    return call


def _is_complex(a: Any) -> bool:
    return np.result_type(getattr(a, "dtype", a)).kind == "c"


def _nan_to_num(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    """Dask's own takes no nan=, posinf= and neginf=; a chunk is never written to."""
    return x.map_blocks(np.nan_to_num, dtype=x.dtype, nan=nan, posinf=posinf, neginf=neginf)


def _chunk_type(cls: type) -> bool:
    """Classes that Dask takes for its chunks: CuPy's, sparse's, ndarray's with units."""
    chunk_types = sys.modules.get("dask.array.chunk_types")
    return chunk_types is not None and bool(chunk_types.is_valid_chunk_type(cls))


dask: Library = Library(
    name="dask",
    module="dask.array",
    array_class="Array",
    accepts_also=_chunk_type,
    lazy=True,
    writing=writing,
    differences={
        "clip": clip_of(lambda: dask.namespace.clip),
        **REDUCTION_ROWS,
        **FFT_ROWS,
        **SERIES_ROWS,
        "count_nonzero": Derived(),
        "ptp": Derived(),
        "corrcoef": Derived(),
        "delete": Derived(),
        "select": Derived(),
        "nan_to_num": _nan_to_num,
        **SHAPE_ROWS,
        **ORDER_ROWS,
        **COUNT_ROWS,
        "real_if_close": Unsupported(
            "whether the result is real depends on values not computed yet",
            "x.real, where the imaginary parts are known to be none",
        ),
        "trim_zeros": Unsupported(
            "where the zeros end depends on values not computed yet",
            "find the bounds with np.argwhere(x).compute(), and slice x",
        ),
        **LINALG_ROWS,
        **UFUNC_ROWS,
        **{
            name: Derived()
            for name in ("linalg.norm", "linspace", "meshgrid", "ediff1d", "union1d", "vdot")
        },
        "apply_along_axis": _apply_along_axis,
        "empty": _filled("empty"),
        "ones": _filled("ones"),
        "zeros": _filled("zeros"),
        "full": _full,
        "eye": _eye,
        "identity": _identity,
        "fromfunction": _from_function,
        **{
            name: _read(name)
            for name in ("frombuffer", "fromfile", "fromiter", "genfromtxt", "loadtxt")
        },
        **{
            f"lib.scimath.{name}": _complex_only(name)
            for name in (
                "arccos",
                "arcsin",
                "arctanh",
                "log",
                "log10",
                "log2",
                "logn",
                "power",
                "sqrt",
            )
        },
        **dict.fromkeys(
            ("may_share_memory", "shares_memory"),
            Unsupported(
                "a lazy array has no memory before it is computed",
                "leave the question out: Dask never writes into the memory of another array",
            ),
        ),
        "geomspace": Unsupported(
            "NumPy refuses zeros and turns complex for negative numbers, which depends on values "
            "not computed yet",
            "np.exp(np.linspace(np.log(start), np.log(stop), num)) is lazy",
        ),
        "polymul": Unsupported(
            "leading zeros are trimmed, so the length of the product depends on values not "
            "computed yet",
            "np.convolve(a1, a2) has the product untrimmed",
        ),
        "polydiv": Unsupported(
            "the length of the remainder depends on values not computed yet",
            "coefficients are few: np.polydiv(u.compute(), v.compute())",
        ),
        "roots": Unsupported(
            "leading zeros are trimmed, so the number of roots depends on values not computed yet",
            "coefficients are few: np.roots(p.compute())",
        ),
    },
    reasons={
        "histogram_bin_edges": Unsupported(
            "the edges depend on values not computed yet", "np.histogram(x, bins)[1] is lazy"
        ),
        "interp": Unsupported(
            "dask.array has no interpolation",
            "dask.array.map_blocks(np.interp, x, xp, fp), where xp and fp are ndarrays",
        ),
        "lexsort": Unsupported(
            "an order by several keys needs all chunks of all of them",
            "np.lexsort([key.compute() for key in keys])",
        ),
        "polyfit": Unsupported(
            "dask.array has no polynomials", "np.linalg.lstsq(np.vander(x, deg + 1), y) is lazy"
        ),
        "sort_complex": Unsupported(
            "dask.array has no complex sort", "np.sort(x).astype(complex) is lazy"
        ),
        "take_along_axis": Unsupported(
            "dask.array has no look-up with an index for each element",
            "dask.array.map_blocks(np.take_along_axis, x, indices, axis=axis), with the axis in "
            "one chunk of both",
        ),
        "linalg.tensorinv": Unsupported(
            "dask.array has inverses of matrices only",
            "np.linalg.inv(x.reshape(n, n)).reshape(...)",
        ),
        "linalg.tensorsolve": Unsupported(
            "dask.array solves with matrices only",
            "np.linalg.solve(a.reshape(n, n), b.ravel()).reshape(...)",
        ),
        "text": Unsupported(
            "dask.array has no functions of text",
            "dask.array.map_blocks({name}, x, dtype=...) does it chunk by chunk",
        ),
        "business days": Unsupported(
            "dask.array has no calendar",
            "dask.array.map_blocks({name}, x, dtype=...) does it chunk by chunk",
        ),
        "writing files": Unsupported(
            "it writes the memory of an ndarray to a file",
            "dask.array.to_npy_stack, to_zarr and to_hdf5 write chunk by chunk",
        ),
        "bits": Unsupported(
            "bits of two chunks may share a byte",
            "dask.array.map_blocks({name}, x, ...) where chunks are of multiples of eight",
        ),
    },
    to_host="compute",
    from_host="from_array",
    advice=(
        "Call .compute() where a NumPy array in this process's memory is what you want, or "
        "dask.array.map_blocks for a function that works chunk by chunk."
    ),
    write=write,
)
