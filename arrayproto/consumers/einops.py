"""einops: a backend for arrays that it does not know, by NumPy's functions."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

from .consumer import Consumer
from .kept import is_duck, numpy_dtype


def _get_backend(original: Callable[..., Any], np_: Any) -> Callable[..., Any]:
    def get_backend(tensor: Any) -> Any:
        if not is_duck(tensor):
            return original(tensor)
        try:
            return original(tensor)
        except RuntimeError:  # it knows JAX's and PyTorch's itself
            return _backend(np_)

    return get_backend


@functools.cache
def _backend(np_: Any) -> Any:
    base: Any = sys.modules["einops._backends"].NumpyBackend

    class DuckBackend(base):  # type: ignore[misc]
        # einops asks a backend whether it is for a tensor by this name among the loaded modules.
        framework_name = "no module: given by arrayproto"

        def __init__(self) -> None:
            self.np = np_

        def is_appropriate_type(self, tensor: Any) -> bool:
            return is_duck(tensor)

        def reshape(self, x: Any, shape: Any) -> Any:
            return np_.reshape(x, shape)

        def transpose(self, x: Any, axes: Any) -> Any:
            return np_.transpose(x, axes)

        def reduce(self, x: Any, operation: str, axes: Any) -> Any:
            return getattr(np_, operation)(x, axis=axes)

        def is_float_type(self, x: Any) -> bool:
            return bool(numpy_dtype(x.dtype).kind == "f")

    return DuckBackend()


einops = Consumer("einops", names={"get_backend": _get_backend})
