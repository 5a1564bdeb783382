"""pandas (https://pandas.pydata.org): a Series is a vector with labels.

A `Series` has a protocol for ufuncs, which aligns labels, and none for functions: NumPy's functions
call methods of it (``np.sum``, ``np.cumsum``, ``np.clip``), whose answers stay pandas' own, or give
ndarrays, and the labels are gone (``np.where``, ``np.concatenate``). Those get a table of what has
a clear meaning: a function of elements keeps the labels where those of all Series are the same, and
``np.concatenate`` joins the labels too. Everything else is refused.

Programs count on the silent conversion. Therefore pandas is active only where it is asked for by
name, ``activate("pandas")``, and is not among `LIBRARIES`. A DataFrame, whose columns have a dtype
each, is left alone.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ..derived.core import numpy_function
from ..errors import UnsupportedArgumentError
from .labelled import Closed, as_numpy_has_it, bound, only, table
from .library import Library, Row


def _pd() -> Any:
    return importlib.import_module("pandas")


def _only(name: str, given: Mapping[str, Any]) -> None:
    only(name, given, "Series", "s.to_numpy()")


def _all_series(value: Any) -> Iterator[Any]:
    """The Series of an argument, in lists too."""
    if isinstance(value, _pd().Series):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _all_series(item)


def _one_of(name: str, given: Mapping[str, Any]) -> list[Any]:
    """All Series of a call, which have the same labels."""
    found = list(_all_series(list(given.values())))
    first = found[0]
    if not all(first.index.equals(other.index) for other in found[1:]):
        raise ValueError(
            f"numpy.{name}: the labels of the Series differ; align them first, "
            "a, b = a.align(b), or give s.to_numpy() for values in the order in which they are"
        )
    return found


def _values(name: str, value: Any) -> Any:
    """The same argument without labels, if NumPy has its dtype."""
    pd = _pd()
    if isinstance(value, (list, tuple)):
        return type(value)(_values(name, item) for item in value)
    if isinstance(value, (pd.DataFrame, pd.Index)):
        raise UnsupportedArgumentError(
            f"numpy.{name}: with a Series, a {type(value).__name__} is not supported, whose labels "
            f"are other ones; give {'x' if isinstance(value, pd.DataFrame) else 'index'}.to_numpy()"
        )
    if not isinstance(value, pd.Series):
        return value
    if not isinstance(value.dtype, np.dtype):
        raise UnsupportedArgumentError(
            f"numpy.{name}: a Series of {value.dtype}, a dtype of pandas' own, is not supported; "
            "use its own methods (s.where, s.fillna, ...), or give s.to_numpy()"
        )
    return value.to_numpy()


def _labelled(result: Any, found: list[Any], index: Any = None) -> Any:
    """A vector of results as a Series, under the name that all have."""
    names = {series.name for series in found}
    return found[0]._constructor(
        result,
        index=found[0].index if index is None else index,
        name=found[0].name if len(names) == 1 else None,
    )


def _elementwise(name: str) -> Callable[..., Any]:
    """A function of elements: the labels of several Series have to be the same."""
    function, bind = numpy_function(name), bound(name)

    def call(*args: Any, **kwargs: Any) -> Any:
        given = bind(*args, **kwargs)
        in_place = None if given.get("copy", True) else False
        _only(name, {"out": given.pop("out", None), "copy": in_place})
        found = _one_of(name, given)
        result = function(**{key: _values(name, value) for key, value in given.items()})
        if np.shape(result) != found[0].shape:
            raise UnsupportedArgumentError(
                f"numpy.{name}: the result has the shape {np.shape(result)}, and the Series has "
                f"{len(found[0])} labels; give s.to_numpy()"
            )
        return _labelled(result, found)

    return call


def _aligned(name: str) -> Callable[..., Any]:
    """A function whose answer has no labels, and depends on the order of elements."""
    plain, bind = as_numpy_has_it(name), bound(name)

    def call(*args: Any, **kwargs: Any) -> Any:
        _one_of(name, bind(*args, **kwargs))
        return plain(*args, **kwargs)

    return call


def _quantile(name: str) -> Callable[..., Any]:
    plain, bind = as_numpy_has_it(name), bound(name)

    def call(*args: Any, **kwargs: Any) -> Any:
        if np.ndim(bind(*args, **kwargs)["q"]):
            raise UnsupportedArgumentError(
                f"numpy.{name}: several q make a vector of other labels; s.quantile([...]) of "
                "pandas has them"
            )
        return plain(*args, **kwargs)

    return call


def _where(condition: Any, *choices: Any) -> Any:
    if not choices:
        raise UnsupportedArgumentError(
            "numpy.where: positions of elements are no labels; np.where(s.to_numpy()) gives them, "
            "and s.index[s] the labels"
        )
    given = dict(zip(("condition", "x", "y"), (condition, *choices), strict=True))
    found = _one_of("where", given)
    values = [_values("where", value) for value in given.values()]
    if any(np.ndim(value) > 1 or np.size(value) not in (1, len(found[0])) for value in values):
        raise UnsupportedArgumentError(
            f"numpy.where: with a Series of {len(found[0])} elements, the others have as many, or "
            f"one; not {[np.shape(value) for value in values]}. Give s.to_numpy()"
        )
    chosen = [one for one in found if one is not condition] or found
    return _labelled(np.where(*values), chosen)


def _concatenate(arrays: Any, axis: Any = 0, out: Any = None, **kwargs: Any) -> Any:
    _only("concatenate", {"out": out, "dtype": kwargs.get("dtype")})
    pd, arrays = _pd(), list(arrays)
    if not all(isinstance(a, pd.Series) for a in arrays):
        raise UnsupportedArgumentError(
            "numpy.concatenate: with a Series all have to be, so that the labels are known; "
            "np.concatenate([s.to_numpy(), b]) is without labels"
        )
    if axis not in (0, -1, None):
        raise np.exceptions.AxisError(axis, 1)
    return pd.concat(arrays)


def _flip(m: Any, axis: Any = None) -> Any:
    if axis not in (0, -1, None, (0,), (-1,)):
        raise np.exceptions.AxisError(axis, 1)
    return m.iloc[::-1]


def _take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    _only("take", {"out": out, "mode": None if mode == "raise" else mode})
    indices = _values("take", indices)
    if np.ndim(indices) == 1 and isinstance(a, _pd().Series) and axis in (0, -1, None):
        return a.iloc[indices]
    raise UnsupportedArgumentError(
        "numpy.take: the labels are those of a Series, at a list of positions; "
        "s.iloc[...] of pandas, or np.take(s.to_numpy(), ...)"
    )


def _diff(
    a: Any, n: int = 1, axis: int = -1, prepend: Any = np._NoValue, append: Any = np._NoValue
) -> Any:
    """Each difference has the label of the later element."""
    _only("diff", {"prepend": prepend, "append": append})
    return _labelled(np.diff(_values("diff", a), n, axis), [a], a.index[n:])


def _astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    _only("astype", {"device": device})
    return x.astype(dtype)


def _copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    """Into an ndarray, which asks for values without labels."""
    if not isinstance(dst, np.ndarray):
        raise UnsupportedArgumentError(
            "numpy.copyto: to write into a Series, s[:] = values or s.loc[labels] = values"
        )
    np.copyto(dst, _values("copyto", src), casting, _values("copyto", where))


def _differences() -> Mapping[str, Row]:
    return Closed(
        {
            # NumPy calls the method, or makes a number of all elements: pandas' NaN is skipped by
            # the one, and counts in the other, as it does without us.
            **table(
                "sum prod mean std var min max any all median ptp count_nonzero argmin argmax "
                "nansum nanprod nanmean nanstd nanvar nanmin nanmax nanmedian nanargmin nanargmax "
                "cumsum cumprod clip round repeat argsort transpose squeeze ndim shape size "
                "iscomplexobj isrealobj result_type can_cast common_type array_equal array_equiv "
                "linalg.norm histogram histogram_bin_edges array2string array_repr array_str "
                "may_share_memory shares_memory save savez savez_compressed savetxt",
                as_numpy_has_it,
            ),
            **table("percentile quantile nanpercentile nanquantile", _quantile),
            **table("allclose average dot inner vdot", _aligned),
            **table(
                "isclose nan_to_num fix real imag angle sinc i0 isposinf isneginf iscomplex isreal "
                "nancumsum nancumprod interp isin digitize polyval select unwrap "
                "zeros_like ones_like empty_like full_like",
                _elementwise,
            ),
            "astype": _astype,
            "concatenate": _concatenate,
            "copy": lambda a, order="K", subok=False: a.copy(),
            "copyto": _copyto,
            "diff": _diff,
            "flip": _flip,
            "flipud": _flip,
            "isfortran": lambda a: np.isfortran(a.to_numpy()),
            "iterable": lambda y: True,
            "take": _take,
            "where": _where,
        },
        "pandas says of no such function what becomes of the labels",
        _INSTEAD,
        "np.{}(s.to_numpy(), ...), and pandas.Series(result, index=...) where that has a meaning",
    )


#: The next step for what is refused.
_INSTEAD = {
    **dict.fromkeys(
        ("stack", "vstack", "column_stack"), "pandas.concat([a, b], axis=1), a DataFrame"
    ),
    **dict.fromkeys(("hstack", "append", "block"), "pandas.concat([a, b]) or np.concatenate"),
    **dict.fromkeys(("nonzero", "flatnonzero", "argwhere"), "s.index[s != 0] are the labels"),
    **dict.fromkeys(("put", "place", "putmask"), "s.iloc[positions] = values, s[mask] = values"),
    "sort": "s.sort_values() takes the labels along",
    "unique": "s.unique(), or s.drop_duplicates() for the labels too",
    "searchsorted": "s.searchsorted(value)",
    "bincount": "s.value_counts() has the values for labels",
    "roll": "s.shift(1), or np.roll(s.to_numpy(), 1)",
    "delete": "s.drop(labels)",
    "corrcoef": "s.corr(other)",
    "cov": "s.cov(other)",
    "tile": "pandas.concat([s] * n)",
    **dict.fromkeys(("ravel", "reshape", "expand_dims"), "s.to_numpy(), which has any shape"),
}

pandas: Library = Library(
    name="pandas",
    module="pandas",
    array_class="Series",
    guest=True,
    # They take a Series for the ndarray that it becomes; NumPy's own code where they call it.
    parts=("xarray", "matplotlib", "seaborn", "sklearn", "statsmodels", "numpy"),
    accepts_also=lambda cls: cls.__module__.partition(".")[0] == "pandas",
    protocol=("__array_function__",),
    by_name=True,
    # What has the protocol others take for an array without labels.
    hidden=True,
    differences=_differences,
    to_host="to_numpy",
    advice="s.to_numpy() is the array without labels.",
)
