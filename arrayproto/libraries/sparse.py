"""sparse (https://sparse.pydata.org): COO, GCXS and DOK arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..derived import derived_functions
from ..errors import UnsupportedArgumentError
from .library import Derived, Library, Renamed, Unsupported
from .shared import no_text
from .sparse_ufuncs import ROWS as UFUNC_ROWS
from .sparse_ufuncs import write


def _not_fortran(a: Any) -> bool:
    """A sparse array has no strides, so it is in neither order."""
    return False


_RUNNING = Unsupported(
    "a running sum is non-zero from the first stored value on, so it would be dense",
    "np.cumsum(x.todense()) where that fits in memory",
)


# Elements, one by one --------------------------------------------------------------------------


def _elementwise(name: str) -> Callable[..., Any]:
    """NumPy's function on the stored values and the fill value."""
    function = getattr(np, name)

    def call(x: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(x, sparse.cls) or any(isinstance(a, sparse.cls) for a in args):
            raise UnsupportedArgumentError(
                f"numpy.{name}: of the arguments only the first may be an array of sparse"
            )
        return sparse.namespace.elemwise(lambda values: function(values, *args, **kwargs), x)

    call.__name__ = name
    return call


def _isin(
    element: Any,
    test_elements: Any,
    assume_unique: bool = False,
    invert: bool = False,
    *,
    kind: str | None = None,
) -> Any:
    if isinstance(test_elements, sparse.cls):
        test_elements = _unique(test_elements)
    if not isinstance(element, sparse.cls):
        return np.isin(element, test_elements, assume_unique, invert, kind=kind)
    # Stored values repeat, so nothing is to be assumed of them.
    return sparse.namespace.elemwise(
        lambda values: np.isin(values, test_elements, invert=invert, kind=kind), element
    )


def _searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    if isinstance(a, sparse.cls) or isinstance(sorter, sparse.cls):
        raise UnsupportedArgumentError(
            "numpy.searchsorted: only v may be an array of sparse; make a dense array of the "
            "sorted one with .todense()"
        )
    return sparse.namespace.elemwise(lambda values: np.searchsorted(a, values, side, sorter), v)


def _all_sparse(name: str, result: Callable[[Any], Any] = lambda r: r) -> Callable[..., Any]:
    """The derived function on sparse arrays only: an ndarray beside one would make all dense."""

    def call(*args: Any, **kwargs: Any) -> Any:
        def to_sparse(a: Any) -> Any:
            return sparse.namespace.asarray(a) if isinstance(a, np.ndarray) and a.ndim else a

        args = tuple(map(to_sparse, args))
        kwargs = {key: to_sparse(value) for key, value in kwargs.items()}
        return result(derived_functions()[name](*args, **kwargs))

    call.__name__ = name
    return call


# Values, however often they occur --------------------------------------------------------------


def _values_and_counts(a: Any, equal_nan: bool = True) -> tuple[Any, Any]:
    """Distinct values and how often each occurs, from the stored values and the fill value."""
    a = a.asformat("coo")
    values, counts = np.unique(a.data, return_counts=True, equal_nan=equal_nan)
    missing = a.size - a.nnz
    if missing:
        fill = np.asarray(a.fill_value, dtype=a.dtype)
        distinct = missing if fill != fill and not equal_nan else 1
        values = np.concatenate([values, np.full(distinct, fill)])
        counts = np.concatenate([counts, np.full(distinct, missing // distinct)])
        values, where = np.unique(values, return_inverse=True, equal_nan=equal_nan)
        total = np.zeros(len(values), dtype=np.intp)
        np.add.at(total, where, counts)
        counts = total
    return values, counts


def _unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
) -> Any:
    """The values are an ndarray, as those of `sparse.unique_values` are."""
    given = {"return_index": return_index, "return_inverse": return_inverse, "axis": axis}
    for name, value in given.items():
        if value is not None and value is not False and not (name == "axis" and ar.ndim == 1):
            raise UnsupportedArgumentError(
                f"numpy.unique: {name}={value} is not supported for arrays of sparse; its result "
                "would be dense, so leave it out"
            )
    values, counts = _values_and_counts(ar, equal_nan)
    return (values, counts) if return_counts else values


def _histogram(
    a: Any,
    bins: Any = 10,
    range: Any = None,
    density: bool | None = None,
    weights: Any = None,
) -> Any:
    if weights is not None or isinstance(bins, (str, sparse.cls)):
        raise UnsupportedArgumentError(
            "numpy.histogram: weights= and bins= that estimate the number of bins, or that are an "
            "array of sparse, are not supported for arrays of sparse; give a number of bins or "
            "their edges as an ndarray"
        )
    values, counts = _values_and_counts(a)
    return np.histogram(values, bins, range, density, counts)


def _histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    return _histogram(a, bins, range, None, weights)[1]


def _bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    if weights is not None:
        raise UnsupportedArgumentError(
            "numpy.bincount: weights= is not supported for arrays of sparse; leave it out"
        )
    if x.ndim != 1:
        raise ValueError("object too deep for desired array")
    values, counts = _values_and_counts(x)
    length = np.bincount(values, minlength=minlength)  # with NumPy's checks of the values
    length[values] = counts
    return length


# Order and covariance --------------------------------------------------------------------------


def _sort(
    a: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: Any = None
) -> Any:
    """Stored values in order, those above the fill value moved to the end of their line.

    Equal values cannot be told apart, so every sort is a stable one.
    """
    if order is not None:
        raise ValueError("Cannot specify order when the array has no fields.")
    a = a.asformat("coo")
    if axis is None:
        a, axis = a.reshape((a.size,)), 0
    (axis,) = np.lib.array_utils.normalize_axis_tuple((axis,), a.ndim)
    line = np.zeros(a.nnz, dtype=np.intp)
    for i, length in enumerate(a.shape):
        if i != axis:
            line = line * length + a.coords[i]
    by_value = np.lexsort((a.data, line))
    line, values = line[by_value], a.data[by_value]
    first = np.searchsorted(line, line)
    stored = np.searchsorted(line, line, side="right") - first
    fill = np.asarray(a.fill_value)
    above = (values > fill) | ((values != values) & (fill == fill))
    coords = a.coords[:, by_value].copy()
    coords[axis] = np.arange(a.nnz) - first + np.where(above, a.shape[axis] - stored, 0)
    return sparse.namespace.COO(coords, values, shape=a.shape, fill_value=a.fill_value)


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


def _cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    """From sums of products, E[xy] - E[x]E[y]: observations less their means would be dense."""
    ns = sparse.namespace
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    if fweights is not None or aweights is not None:
        raise UnsupportedArgumentError(
            "numpy.cov: fweights= and aweights= are not supported for arrays of sparse"
        )
    arrays = [
        ns.asarray(a) if isinstance(a, np.ndarray) else a.asformat("coo")
        for a in (m, y)
        if a is not None
    ]
    for name, array in zip(("m", "y"), arrays, strict=False):
        if array.ndim > 2:
            raise ValueError(f"{name} has more than 2 dimensions")
    if dtype is None:
        dtype = np.result_type(*(a.dtype for a in arrays), np.float64)
    rows = []
    for array in arrays:
        if array.ndim < 2:
            row = array.reshape((1, array.size))
        else:
            row = array if rowvar else array.T
        rows.append(row.astype(dtype) - row.fill_value)  # a shift changes no covariance
    x = rows[0] if len(rows) == 1 else ns.concatenate(rows, axis=0)
    count = x.shape[1]
    divisor = count - (ddof if ddof is not None else (0 if bias else 1))
    mean = x.sum(axis=1, keepdims=True) / count
    products = ns.matmul(x, x.conj().T) - ns.matmul(mean, mean.conj().T) * count
    return (products.astype(dtype) / max(divisor, 0)).squeeze()


def _clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **kwargs: Any) -> Any:
    """sparse's own takes out= and does not write to it."""
    if out is not None:
        raise UnsupportedArgumentError(
            "numpy.clip: out= is not supported for arrays of sparse, which cannot be written to; "
            "leave it out, and assign the result"
        )
    given = {key: kwargs.pop(key) for key in ("min", "max") if key in kwargs}
    if given and not (a_min is None and a_max is None):
        raise ValueError(
            "Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is "
            "forbidden."
        )
    return sparse.namespace.clip(a, given.get("min", a_min), given.get("max", a_max), **kwargs)


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
        if isinstance(object, sparse.cls):
            x = object if dtype is None else object.astype(dtype)
            x = x.copy() if copy and x is object else x
        else:
            x = sparse.namespace.COO.from_numpy(np.asarray(object, dtype))
        return x.reshape((1,) * (ndmin - x.ndim) + x.shape) if x.ndim < ndmin else x

    call.__name__ = name
    return call


# Linear algebra that fills what was sparse -------------------------------------------------------

_SOLVERS = "scipy.sparse.linalg has {}, and takes x.to_scipy_sparse()"
_NO_LINALG = {
    "cholesky": Unsupported("factors fill up", "scikit-sparse has sparse factors"),
    **{
        name: Unsupported(reason, _SOLVERS.format(functions))
        for name, reason, functions in (
            (
                "cond",
                "it needs an inverse or a singular value decomposition, which are dense",
                "svds and onenormest",
            ),
            ("det", "it needs a factorization", "splu"),
            ("eig", "eigenvectors are dense", "eigs"),
            ("eigh", "eigenvectors are dense", "eigsh"),
            ("eigvals", "all eigenvalues need a dense matrix", "eigs"),
            ("eigvalsh", "all eigenvalues need a dense matrix", "eigsh"),
            ("inv", "the inverse of a sparse matrix is dense", "spsolve and splu"),
            ("lstsq", "the solution is dense", "lsqr and lsmr"),
            (
                "matrix_rank",
                "it needs a singular value decomposition, which is dense",
                "svds",
            ),
            ("pinv", "the inverse of a sparse matrix is dense", "lsqr"),
            ("qr", "factors fill up", "lsqr"),
            ("slogdet", "it needs a factorization", "splu"),
            ("solve", "the solution is dense", "spsolve"),
            ("svd", "singular vectors are dense", "svds"),
            ("svdvals", "all singular values need a dense matrix", "svds"),
            ("tensorinv", "the inverse of a sparse matrix is dense", "spsolve and splu"),
            ("tensorsolve", "the solution is dense", "spsolve"),
        )
    },
}
_NO_FFT = Unsupported(
    "the transform of a sparse array is dense", "np.fft takes x.todense(), where that fits"
)
_FFT = tuple(
    f"{inverse}{real}fft{rank}"
    for inverse in ("", "i")
    for real, ranks in (("", ("", "2", "n")), ("r", ("", "2", "n")), ("h", ("",)))
    for rank in ranks
)


sparse = Library(
    name="sparse",
    module="sparse",
    array_class="SparseArray",
    differences={
        # NumPy's ddof is the Array API's correction.
        "std": Renamed(arguments={"ddof": "correction"}),
        "var": Renamed(arguments={"ddof": "correction"}),
        "amax": Renamed("max"),
        "amin": Renamed("min"),
        "around": Renamed("round"),
        "isfortran": _not_fortran,
        # They take out= and do not write to it.
        "isneginf": Renamed(refused=frozenset({"out"})),
        "isposinf": Renamed(refused=frozenset({"out"})),
        "angle": _elementwise("angle"),
        "digitize": _elementwise("digitize"),
        "fix": _elementwise("fix"),
        "i0": _elementwise("i0"),
        "nan_to_num": _elementwise("nan_to_num"),
        "sinc": _elementwise("sinc"),
        "isin": _isin,
        "searchsorted": _searchsorted,
        "allclose": _all_sparse("allclose", bool),
        "array_equal": _all_sparse("array_equal", bool),
        "array_equiv": _all_sparse("array_equiv", bool),
        "average": _all_sparse("average"),
        "isclose": _all_sparse("isclose"),
        "trapezoid": _all_sparse("trapezoid"),
        "bincount": _bincount,
        "histogram": _histogram,
        "histogram_bin_edges": _histogram_bin_edges,
        "unique": _unique,
        "cov": _cov,
        "diag": _diag,
        "argwhere": _argwhere,  # sparse's own want COO
        "nonzero": _nonzero,
        "sort": _sort,
        **dict.fromkeys(("cumsum", "cumulative_sum", "nancumsum"), _RUNNING),
        **dict.fromkeys(
            ("cumprod", "cumulative_prod", "nancumprod"),
            Unsupported("sparse has no running product", "np.cumprod(x.todense()) where that fits"),
        ),
        "argsort": Unsupported(
            "the order of all elements has no fill value, so it would be dense",
            "sort the stored values of x, x.data, or call np.sort(x), which stays sparse",
        ),
        **dict.fromkeys(
            ("unique_all", "unique_inverse"),
            Unsupported(
                "the inverse indices of all elements would be dense",
                "np.unique_counts(x) has the values and how often each occurs",
            ),
        ),
        "broadcast_arrays": _broadcast_arrays,
        "broadcast_to": _broadcast_to,
        "clip": _clip,
        "kron": Derived(),
        "reshape": _reshape,
        **{name: _created(name) for name in _CREATED},
        **{name: _as_array(name) for name in ("array", "asanyarray", "asarray")},
        **{f"linalg.{name}": row for name, row in _NO_LINALG.items()},
        **{f"fft.{name}": _NO_FFT for name in _FFT},
        **dict.fromkeys(
            ("copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"),
            Unsupported(
                "sparse.COO and GCXS cannot be written to",
                "np.where makes a new array, and sparse.DOK is a class that takes item assignment",
            ),
        ),
        **dict.fromkeys(
            ("may_share_memory", "shares_memory"),
            Unsupported("its values and coordinates are arrays of their own", "compare x.data"),
        ),
        **dict.fromkeys(
            ("linspace", "logspace", "geomspace"),
            Unsupported(
                "the points between two sparse arrays are dense",
                "of their .todense() np.linspace has them",
            ),
        ),
        **UFUNC_ROWS,
        **no_text("sparse"),
        "unwrap": Unsupported(
            "multiples of the period are added to zeros too, so it would be dense",
            "np.unwrap(x.todense()) where that fits",
        ),
        "polyfit": Unsupported(
            "least squares need a dense matrix", "np.polyfit(x.todense(), y.todense(), deg)"
        ),
        "polydiv": Unsupported(
            "quotients of sparse polynomials are dense", "np.polydiv(u.todense(), v.todense())"
        ),
        "roots": Unsupported("the roots are dense eigenvalues", "np.roots(p.todense())"),
    },
    reasons={
        "apply_along_axis": Unsupported(
            "the function is called with one line after the other, dense as it expects them",
            "{name}(func, axis, x.todense()), or functions of whole arrays with axis=",
        ),
        **dict.fromkeys(
            ("argpartition", "lexsort"),
            Unsupported(
                "the order of all elements has no fill value, so it would be dense",
                "sort the stored values of x, x.data",
            ),
        ),
        "partition": Unsupported(
            "sparse has no function that orders a part",
            "np.sort(x) is ordered at every position, and stays sparse",
        ),
        "gradient": Unsupported(
            "sparse has no differences at the edges",
            "(x[2:] - x[:-2]) / 2 has the inner ones and np.diff(x) the steps, both sparse",
        ),
        **dict.fromkeys(
            ("histogram2d", "histogramdd"),
            Unsupported(
                "samples are paired position by position, and sparse has no function that counts "
                "pairs",
                "{name} of the .todense() of the samples",
            ),
        ),
        "insert": Unsupported(
            "sparse has no insertion at positions",
            "np.concatenate((x[:i], values, x[i:])) stays sparse",
        ),
        **dict.fromkeys(
            ("nanmedian", "nanpercentile", "nanquantile"),
            Unsupported(
                "the number of elements that are no NaN differs from line to line",
                "{name}(x.todense(), ...) where that fits",
            ),
        ),
        **dict.fromkeys(
            ("nanstd", "nanvar"),
            Unsupported(
                "sparse has no variance that leaves NaN out",
                "np.nanmean(x**2, axis) - np.nanmean(x, axis) ** 2 is the variance, and sparse",
            ),
        ),
        "piecewise": Unsupported(
            "NumPy's writes the pieces in place", "np.where(condition, f(x), g(x)) stays sparse"
        ),
        **dict.fromkeys(
            ("ravel_multi_index", "unravel_index"),
            Unsupported(
                "indices have no fill value, so nothing of them would be sparse",
                "{name} of ndarrays: x.coords has the indices of the stored values",
            ),
        ),
        "sort_complex": Unsupported("sparse has no complex sort", "np.sort(x) stays sparse"),
        "take_along_axis": Unsupported(
            "sparse has no look-up with an index for each element",
            "{name}(x.todense(), indices, axis) where that fits",
        ),
        "lib.stride_tricks.sliding_window_view": Unsupported(
            "windows are views of memory, by strides that sparse arrays have not got",
            "np.stack([x[i : i + n] for i in range(len(x) - n + 1)]) copies, and stays sparse",
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
