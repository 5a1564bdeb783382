"""xarray: one namespace for whatever arrays a call has.

xarray asks arrays for their own Array API namespace, whose functions do not take an ndarray beside
them, and lack what is not in the standard. For duck arrays NumPy's functions take their place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .consumer import Consumer, Row
from .flavour import Namespace
from .kept import duck_in


def _namespace(original: Callable[..., Any], np_: Any) -> Callable[..., Any]:
    def get_array_namespace(*values: Any) -> Any:
        return np_ if duck_in(values) is not None else original(*values)

    return get_array_namespace


def _numpy(original: Any, np_: Any) -> Any:
    """The namespace, with what xarray gives its own arrays to, for NumPy to convert."""
    module = Namespace("numpy", np_._flavour)
    vars(module)["lexsort"] = original.lexsort
    return module


xarray = Consumer(
    "xarray",
    names={"get_array_namespace": _namespace},
    rows={"xarray.core.dataset": (Row("np", _numpy),)},
)
