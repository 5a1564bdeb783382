"""Tangent 0.1.9 (https://github.com/google/tangent): derivatives as Python source code.

Its last release is for Python 3.7, gast 0.2 and TensorFlow 1. Adopted before it is imported, it
runs on today's Python: it is given the syntax tree of that time (`older_tree`) in the place of
gast, and nothing in the place of TensorFlow, whose tensors it then has no derivatives for. Its
tables by class learn of duck arrays (google/tangent#74).
"""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from typing import Any

import numpy as np

from . import older_tree
from .by_class import ByClass
from .consumer import Consumer, Make, Row
from .kept import dtype_of, is_duck

Call = Callable[..., Any]

#: What of TensorFlow Tangent imports; its own module for it is left out.
_TENSORFLOW = (
    "tensorflow",
    "tensorflow.python",
    "tensorflow.python.eager",
    "tensorflow.python.eager.backprop",
)


@contextlib.contextmanager
def _importing() -> Iterator[None]:
    stubs = {name: _stub(name) for name in (*_TENSORFLOW, "tangent.tf_extensions")}
    vars(stubs[_TENSORFLOW[-1]])["make_vjp"] = _no_tracing
    stubs["gast"] = older_tree.module()
    before = {name: sys.modules[name] for name in stubs if name in sys.modules}
    sys.modules.update(stubs)
    try:
        yield
    finally:
        for name in stubs:
            del sys.modules[name]
        sys.modules.update(before)


def _stub(name: str) -> types.ModuleType:
    """An empty module that nobody takes for the imported library."""
    stub = types.ModuleType(name)
    stub.__spec__ = ModuleSpec(name, None)
    stub.__spec__._initializing = True  # type: ignore[attr-defined]
    return stub


def _no_tracing(function: Call) -> Call:
    raise NotImplementedError(
        "tangent.trace needs TensorFlow 1, which is not there; leave @trace out, and Tangent "
        "differentiates the function's source"
    )


# Tables by class ----------------------------------------------------------------------------------


def _table(of_ducks: Callable[[Any], Any]) -> Make:
    """A table of Tangent's; ``of_ducks(np_)`` returns what it has for classes of duck arrays."""

    def make(original: Any, np_: Any) -> Any:
        value = of_ducks(np_)
        return ByClass(original, lambda key: value)

    return make


def _unreduced(np_: Any) -> Call:
    def unreduce(array: Any, shape: Any, axis: Any, keepdims: Any) -> Any:
        if axis is not None and (not keepdims or keepdims is np._NoValue):
            for place in sorted((axis,) if isinstance(axis, int) else axis):
                array = np_.expand_dims(array, place)
        return np_.broadcast_to(array, shape)

    return unreduce


def _unbroadcast(np_: Any) -> Call:
    """Sums over what was broadcast; its own calls for the size of each of these axes."""

    def unbroadcast(array: Any, like: Any) -> Any:
        shape, wide = np_.shape(like), np_.shape(array)
        axes = tuple(
            -(1 + i)
            for i in range(len(wide))
            if i >= len(shape) or wide[-(1 + i)] > shape[-(1 + i)]
        )
        return np_.reshape(np_.sum(array, axis=axes), shape) if axes else array

    return unbroadcast


def _added(np_: Any) -> Call:
    unbroadcast = _unbroadcast(np_)
    return lambda left, right: np_.add(left, unbroadcast(right, left))


def _astype(original: Call, np_: Any) -> Call:
    def astype(array: Any, y: Any) -> Any:
        if not (is_duck(array) or is_duck(y)):
            return original(array, y)
        return np_.asarray(array, dtype=dtype_of(y) if is_duck(y) else np.asarray(y).dtype)

    return astype


tangent = Consumer(
    "tangent",
    rows={
        "tangent": (Row("astype", _astype),),  # the code that it writes calls it there
        "tangent.utils": (
            Row("astype", _astype),
            Row("grad_adders", _table(_added)),
            Row("grad_initializers", _table(lambda np_: (np_.zeros_like, False))),
            Row("shape_checkers", _table(lambda np_: lambda a, b: np_.shape(a) == np_.shape(b))),
            Row("shape_functions", _table(lambda np_: np_.shape)),
            Row("unbroadcasters", _table(_unbroadcast)),
            Row("unreducers", _table(_unreduced)),
        ),
    },
    importing=_importing,
)
