"""xarray (https://xarray.dev): arrays with named dimensions and labels.

A `DataArray` has a protocol for ufuncs and none for functions, so that NumPy's functions give
ndarrays, and the labels are gone. It gets a table of what xarray itself has a clear meaning for,
where an axis stands for the dimension at that place. Everything else is refused: a function that
makes a new axis has no name for it, and one that reorders elements tears them from their labels.

Other packages (plotting, statistics) count on the silent conversion. Therefore xarray is active
only where it is asked for by name, ``activate("xarray")``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..derived.core import numpy_function
from ..errors import UnsupportedArgumentError
from .labelled import Closed, as_numpy_has_it, bound, only, table
from .library import Library
from .rows import Row

_NoValue = np._NoValue


def _xr() -> Any:
    return importlib.import_module("xarray")


def _data_array(a: Any, name: str) -> Any:
    if not isinstance(a, _xr().DataArray):
        raise UnsupportedArgumentError(
            f"numpy.{name}: the labels are those of a DataArray, and the first argument is a "
            f"{type(a).__name__}. Give both as DataArrays, or both as x.data"
        )
    return a


def _only(name: str, given: Mapping[str, Any], known: str = "") -> None:
    only(name, given, "DataArray", "x.data", tuple(known.split()))


def _dims(a: Any, axis: Any) -> Any:
    """Names of dimensions at axes; of one where one axis is given."""
    if isinstance(axis, (tuple, list)):
        return [a.dims[i] for i in np.lib.array_utils.normalize_axis_tuple(tuple(axis), a.ndim)]
    return a.dims[np.lib.array_utils.normalize_axis_index(axis, a.ndim)]


def _reduction(name: str) -> Callable[..., Any]:
    function, bind = numpy_function(name), bound(name)

    def reduce(*args: Any, **kwargs: Any) -> Any:
        given = bind(*args, **kwargs)
        a = _data_array(given.pop(next(iter(given))), name)
        axis, keepdims = given.pop("axis", None), given.pop("keepdims", False)
        _only(name, given, "dtype ddof mean correction q method initial")
        if np.ndim(given.get("q", 0)):
            raise UnsupportedArgumentError(
                f"numpy.{name}: several q make a new axis, which has no name; x.quantile([...]) of "
                "xarray names it 'quantile'"
            )
        given = {key: value for key, value in given.items() if value is not _NoValue}
        whole = keepdims is not _NoValue and bool(keepdims)
        return a.reduce(function, axis=axis, keepdims=whole, **given)

    return reduce


def _elementwise(name: str, arrays: int = 1) -> Callable[..., Any]:
    """A function of elements: the labels of several arrays have to be the same."""
    function, bind = numpy_function(name), bound(name)

    def call(*args: Any, **kwargs: Any) -> Any:
        given = bind(*args, **kwargs)
        _only(name, {"out": given.pop("out", None)})
        operands = [given.pop(key) for key in list(given)[:arrays]]
        return _xr().apply_ufunc(function, *operands, kwargs=given, dask="allowed")

    return call


def _clip(*args: Any, **kwargs: Any) -> Any:
    given = bound("clip")(*args, **kwargs)
    given.update(given.pop("kwargs", {}))
    a = _data_array(given.pop("a"), "clip")
    low, high = (given.pop(f"a_{end}", _NoValue) for end in ("min", "max"))
    low, high = (
        given.pop(end, None) if bound is _NoValue else bound
        for end, bound in (("min", low), ("max", high))
    )
    _only("clip", given)
    return a.clip(low, high)


def _running(name: str) -> Callable[..., Any]:
    function, bind = numpy_function(name), bound(name)

    def run(*args: Any, **kwargs: Any) -> Any:
        given = bind(*args, **kwargs)
        a = _data_array(given.pop("a"), name)
        axis = given.pop("axis", None)
        _only(name, given, "dtype")
        if axis is None and a.ndim != 1:
            raise UnsupportedArgumentError(
                f"numpy.{name}: without axis= the array is flattened, and its dimensions are gone; "
                "give axis=, or x.data"
            )
        return a.copy(data=function(a.data, axis=axis or 0, **given))

    return run


def _reordering(name: str) -> Callable[..., Any]:
    """A function that puts the axes in another order, which NumPy says."""
    function = numpy_function(name)

    def reorder(a: Any, *args: Any, **kwargs: Any) -> Any:
        a = _data_array(a, name)
        order = function(np.empty(range(a.ndim)), *args, **kwargs).shape
        return a.transpose(*(a.dims[i] for i in order))

    return reorder


def _turned(name: str) -> Callable[..., Any]:
    def flip(m: Any, axis: Any = None) -> Any:
        m = _data_array(m, name)
        found = m.dims if axis is None else _dims(m, axis if np.ndim(axis) else (axis,))
        return m.isel({dim: slice(None, None, -1) for dim in found})

    return flip


def _like(name: str) -> Callable[..., Any]:
    bind = bound(name)

    def make(*args: Any, **kwargs: Any) -> Any:
        given = bind(*args, **kwargs)
        given.pop("order", None)
        given.pop("subok", None)
        a = _data_array(given.pop("a", given.pop("prototype", None)), name)
        value = given.pop("fill_value", 1 if name == "ones_like" else 0)
        _only(name, given, "dtype")
        return _xr().full_like(a, value, dtype=given.get("dtype"))

    return make


def _where(condition: Any, *choices: Any) -> Any:
    if not choices:
        raise UnsupportedArgumentError(
            "numpy.where: positions of elements are no labels; np.where(x.data) gives them, and "
            "x.where(x, drop=True) the elements"
        )
    return _xr().where(condition, *choices)


def _concatenate(arrays: Any, axis: Any = 0, out: Any = None, **kwargs: Any) -> Any:
    _only("concatenate", {"out": out, **kwargs})
    xr, arrays = _xr(), list(arrays)
    if axis is None or not all(isinstance(a, xr.DataArray) for a in arrays):
        raise UnsupportedArgumentError(
            "numpy.concatenate: with a DataArray all have to be, along an axis that all have, so "
            "that the labels are known; np.concatenate([a.data, b]) is without labels"
        )
    first = arrays[0]
    if any(a.dims != first.dims for a in arrays):
        raise ValueError(
            f"numpy.concatenate: the arrays have other dimensions: {[a.dims for a in arrays]}"
        )
    dim = _dims(first, axis)
    return xr.concat(arrays, dim, join="exact", coords="minimal", compat="equals")


def _take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    a = _data_array(a, "take")
    _only("take", {"out": out, "mode": None if mode == "raise" else mode})
    if np.ndim(indices) > 1 or (axis is None and a.ndim != 1):
        raise UnsupportedArgumentError(
            "numpy.take: indices of several axes make axes without names, and without axis= the "
            "array is flattened; x.isel(dim=indices) of xarray says which"
        )
    return a.isel({_dims(a, axis or 0): indices})


def _diff(
    a: Any, n: int = 1, axis: int = -1, prepend: Any = _NoValue, append: Any = _NoValue
) -> Any:
    a = _data_array(a, "diff")
    _only("diff", {"prepend": prepend, "append": append})
    return a.diff(_dims(a, axis), n)


def _squeeze(a: Any, axis: Any = None) -> Any:
    a = _data_array(a, "squeeze")
    return a.squeeze(None if axis is None else _dims(a, axis))


def _astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    _only("astype", {"device": device})
    return _data_array(x, "astype").astype(dtype, copy=copy)


def _copyto(dst: Any, src: Any, **kwargs: Any) -> None:
    """Into an ndarray, which asks for values without labels."""
    if not isinstance(dst, np.ndarray):
        raise UnsupportedArgumentError(
            "numpy.copyto: to write into a DataArray, x[...] = values of xarray looks at the labels"
        )
    plain = {"src": src, **kwargs}
    plain = {key: getattr(value, "data", value) for key, value in plain.items()}
    np.copyto(dst, **plain)


def _copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    return _data_array(a, "copy").copy()


def _differences() -> Mapping[str, Row]:
    return Closed(
        {
            **table(
                "sum prod mean std var min max any all median ptp count_nonzero argmin argmax "
                "nansum nanprod nanmean nanstd nanvar nanmin nanmax nanmedian nanargmin nanargmax "
                "percentile quantile nanpercentile nanquantile",
                _reduction,
            ),
            **table("cumsum cumprod nancumsum nancumprod", _running),
            **table(
                "round real imag angle nan_to_num fix sinc i0 isposinf isneginf iscomplex isreal",
                _elementwise,
            ),
            **table("isclose", _elementwise, 2),
            **table("transpose swapaxes moveaxis rollaxis matrix_transpose", _reordering),
            **table("zeros_like ones_like empty_like full_like", _like),
            **table(
                "ndim shape size iscomplexobj isrealobj result_type can_cast common_type allclose "
                "array_equal array_equiv array2string array_repr array_str may_share_memory "
                "shares_memory save savez savez_compressed savetxt",
                as_numpy_has_it,
            ),
            "astype": _astype,
            "clip": _clip,
            "concatenate": _concatenate,
            "copy": _copy,
            "copyto": _copyto,
            "diff": _diff,
            "isfortran": lambda a: np.isfortran(a.data),
            "iterable": lambda y: y.ndim > 0,
            "flip": _turned("flip"),
            "fliplr": lambda m: _turned("fliplr")(m, 1),
            "flipud": lambda m: _turned("flipud")(m, 0),
            "squeeze": _squeeze,
            "take": _take,
            "where": _where,
        },
        "xarray says of no such function what becomes of dimensions and labels",
        _INSTEAD,
        "xarray.apply_ufunc(np.{}, x, ...) says of dimensions what NumPy cannot",
    )


#: The next step for what is refused.
_INSTEAD = {
    **dict.fromkeys(
        ("stack", "vstack", "hstack", "dstack", "column_stack", "append", "block"),
        "xarray.concat([a, b], dim='name') names the new dimension",
    ),
    **dict.fromkeys(
        ("dot", "vdot", "inner", "tensordot", "einsum", "linalg.matmul", "linalg.tensordot"),
        "xarray.dot(a, b, dim='name') says over which dimension",
    ),
    **dict.fromkeys(("sort", "argsort", "lexsort"), "x.sortby(...) takes the labels along"),
    **dict.fromkeys(
        ("expand_dims", "atleast_1d", "atleast_2d", "atleast_3d"), "x.expand_dims('name')"
    ),
    **dict.fromkeys(("reshape", "ravel"), "x.stack(name=[...]), which keeps the labels"),
    **dict.fromkeys(("gradient", "trapezoid"), "x.differentiate('name') or x.integrate('name')"),
    "average": "x.weighted(weights).mean('name')",
    "roll": "x.roll(name=1), which says whether the labels go along",
    "pad": "x.pad(name=1)",
    "interp": "x.interp(name=...)",
    "unique": "np.unique(x.data)",
    "broadcast_arrays": "xarray.broadcast(a, b)",
}


xarray: Library = Library(
    name="xarray",
    module="xarray",
    array_class="DataArray",
    guest=True,
    # They take a DataArray for the ndarray that it becomes; NumPy's own code where they call it.
    parts=("pandas", "matplotlib", "numpy"),
    protocol=("__array_function__",),
    by_name=True,
    # What has the protocol xarray takes for an array without dimensions of its own.
    hidden=True,
    differences=_differences,
    to_host="to_numpy",
    advice="x.data is the array without labels.",
)
