"""opt_einsum: operands of several libraries, and of libraries that it has no backend for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .consumer import Consumer, Row
from .kept import library_for

Call = Callable[..., Any]


def _parse_backend(original: Call, np_: Any) -> Call:
    """NumPy's functions, which dispatch, unless one library with a backend has all operands."""

    def parse_backend(arrays: Any, backend: str | None) -> Any:
        if backend in ("auto", None):
            libraries = {library_for(a) for a in arrays if hasattr(a, "shape")}
            one = next(iter(libraries)) if len(libraries) == 1 else None
            if any(libraries) and (one is None or not one.guest):
                return "numpy"
        return original(arrays, backend)

    return parse_backend


def _get_func(original: Call, np_: Any) -> Call:
    def get_func(func: str, backend: str = "numpy", default: Any = None) -> Any:
        if backend == "numpy" and hasattr(np, func):
            return getattr(np_, func)
        return original(func, backend, default)

    return get_func


opt_einsum = Consumer(
    "opt_einsum",
    rows={"opt_einsum.contract": (Row("parse_backend", _parse_backend),)},
    names={"get_func": _get_func},
)
