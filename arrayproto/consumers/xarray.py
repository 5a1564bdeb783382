"""xarray: one namespace for whatever arrays a call has.

xarray asks arrays for their own Array API namespace, whose functions do not take an ndarray beside
them, and lack what is not in the standard. For duck arrays NumPy's functions take their place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .consumer import Consumer, Row
from .flavour import Namespace
from .kept import duck_in, is_duck


def _namespace(original: Callable[..., Any], np_: Any) -> Callable[..., Any]:
    def get_array_namespace(*values: Any) -> Any:
        return np_ if duck_in(values) is not None else original(*values)

    return get_array_namespace


def _numpy(original: Any, np_: Any) -> Any:
    """The namespace, with what xarray gives its own arrays to, for NumPy to convert."""
    module = Namespace("numpy", np_._flavour)
    vars(module)["lexsort"] = original.lexsort
    return module


def _interp1d(original: Callable[..., Any], np_: Any) -> Callable[..., Any]:
    """Linear interpolation along the last axis, which xarray leaves to SciPy's compiled code."""

    def interp1d(var: Any, x_: Any, new_x_: Any, func: Any, kwargs: Any) -> Any:
        data = var.data
        if not is_duck(data) or kwargs != {"method": "linear"}:
            return original(var, x_, new_x_, func, kwargs)
        x, new = np.asarray(x_[0].data), np.asarray(new_x_[0].data)
        at = np.ravel(new)
        right = np.clip(np.searchsorted(x, at), 1, len(x) - 1)
        weight = (at - x[right - 1]) / (x[right] - x[right - 1])
        weight[(at < x[0]) | (at > x[-1])] = np.nan
        low, high = np_.take(data, right - 1, axis=-1), np_.take(data, right, axis=-1)
        found = np_.add(low, np_.multiply(np_.subtract(high, low), weight))
        return np_.reshape(found, (*data.shape[:-1], *new.shape))

    return interp1d


xarray = Consumer(
    "xarray",
    names={"get_array_namespace": _namespace},
    rows={
        "xarray.core.dataset": (Row("np", _numpy),),
        "xarray.core.missing": (Row("_interp1d", _interp1d),),
    },
)
