"""PyTorch (https://pytorch.org): tensors, on any device, differentiable.

A tensor has an API of its own, near NumPy's and different in promotion, axes and indexing. The
core (see `arrayproto.derived.core`) is that of the Array API standard, which array-api-compat
levels; all of NumPy is derived from it, so that gradients flow and nothing leaves the device.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from .array_api import Dtypes, standard_core
from .library import Library


def _namespace() -> Any:
    return importlib.import_module("array_api_compat.torch")


def _getitem(a: Any, key: Any) -> Any:
    """PyTorch has no negative steps."""
    keys = key if isinstance(key, tuple) else (key,)
    if not any(isinstance(k, slice) and k.step is not None and k.step < 0 for k in keys):
        return a[key]
    flipped, forward, axis = [], [], 0
    given = sum(k is not None and k is not Ellipsis for k in keys)
    for k in keys:
        if k is Ellipsis:
            axis += a.ndim - given
        elif isinstance(k, slice):
            if k.step is not None and k.step < 0:
                length = a.shape[axis]
                start, stop, step = k.indices(length)
                flipped.append(axis)
                k = slice(length - 1 - start, max(length - 1 - stop, 0), -step)
            axis += 1
        elif k is not None:
            axis += 1
        forward.append(k)
    return a.flip(flipped)[tuple(forward)]


def _setitem(a: Any, key: Any, value: Any) -> None:
    a[key] = value


def _core(namespace: Any, dtypes: Dtypes) -> Mapping[str, Callable[..., Any]]:
    core = dict(standard_core(_namespace(), dtypes))
    core["getitem"] = _getitem

    def whole_numbers(name: str) -> Callable[..., Any]:
        function = core[name]

        def call(x1: Any, x2: Any) -> Any:
            if x1.dtype.is_floating_point:
                return function(x1, x2)
            # NumPy's quotient of integers by zero is zero.
            zero = x2 == 0
            return namespace.where(zero, 0, function(x1, namespace.where(zero, 1, x2)))

        return call

    core["setitem"] = _setitem
    core["floor_divide"] = whole_numbers("floor_divide")
    core["remainder"] = whole_numbers("remainder")
    return core


torch: Library = Library(
    name="torch",
    module="torch",
    array_class="Tensor",
    guest=True,
    parts=("functorch",),
    dtypes=Dtypes,
    core=_core,
    advice="Call x.detach().cpu().numpy() where a NumPy array in host memory is what you want.",
)
