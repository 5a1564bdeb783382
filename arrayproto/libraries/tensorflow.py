"""TensorFlow (https://www.tensorflow.org): tensors and variables, eager and in `tf.function`.

Tensors have no protocol of their own and few of NumPy's rules. The core (see
`arrayproto.derived.core`) is made of TensorFlow's operations (`.tensorflow_core`), and all of NumPy
is derived from it, so that gradients are recorded and graphs built. Tensors are immutable; a
`tf.Variable` is written to by assignment.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..errors import UnsupportedArgumentError, UnsupportedFunctionError
from .array_api import Dtypes
from .library import Library
from .rows import Made, Row
from .shared import ON_HOST, OPERATORS, PRINTING, on_host


def _array_classes() -> tuple[type, ...]:
    tf: Any = sys.modules["tensorflow"]
    return tf.Tensor, tf.Variable


def _known(array: Any) -> bool:
    """In `tf.function` tensors have no values yet, and variables are read when the graph runs."""
    tf: Any = sys.modules["tensorflow"]
    if isinstance(array, tf.Tensor):
        return not tf.is_symbolic_tensor(array)
    return not isinstance(array, tf.Variable) or bool(tf.executing_eagerly())


class _Dtypes(Dtypes):
    """What NumPy has no dtype for is refused with what to do instead."""

    def to_numpy(self, dtype: Any) -> np.dtype[Any]:
        try:
            return self._numpy[dtype]
        except (KeyError, TypeError):
            raise UnsupportedArgumentError(
                f"NumPy has no dtype for {dtype!r}, so its functions have no meaning for tensors "
                "of it; convert numbers with tf.cast(x, tf.float32), and call numpy.asarray(x) of "
                "text for an ndarray of bytes"
            ) from None

    def from_numpy(self, dtype: Any) -> Any:
        try:
            return super().from_numpy(dtype)
        except TypeError as error:
            if np.dtype(dtype).kind not in "mM":
                raise
            raise UnsupportedArgumentError(f"{error}; keep dates in ndarrays") from None


class _Writing(Made):
    """Into a variable or an ndarray; a tensor cannot be changed."""

    __slots__ = ("instead",)

    def __init__(self, instead: str) -> None:
        self.instead = instead

    def make(
        self, library: Library, function: Callable[..., Any], ducks: Callable[..., Any]
    ) -> Callable[..., Any]:
        name, tensor = function.__name__, library.classes[0]
        host = on_host(name)

        def write(*args: Any, **kwargs: Any) -> Any:
            target = args[0] if args else next(iter(kwargs.values()))
            if isinstance(target, np.ndarray):
                return host(*args, **kwargs)
            if isinstance(target, tensor):
                raise UnsupportedFunctionError(
                    f"numpy.{name} is not supported for a tf.Tensor: it is immutable, and cannot "
                    f"be written to. Write {self.instead}, which makes a new one, and use that "
                    "from there on; or give a tf.Variable"
                )
            return ducks(*args, **kwargs)

        write.__name__ = name
        return write


_SCATTERED = "x = tf.tensor_scatter_nd_update(x, indices, values)"
_WRITTEN = {
    "copyto": "x = np.where(mask, values, x)",
    "fill_diagonal": "x = tf.linalg.set_diag(x, values)",
    "place": "x = np.where(mask, values, x)",
    "put": _SCATTERED,
    "put_along_axis": _SCATTERED,
    "putmask": "x = np.where(mask, values, x)",
}


def _printed(name: str) -> Callable[..., Any]:
    """Text is on the host; NumPy's function asks for more than a tensor has."""
    host = on_host(name)

    def converted(a: Any) -> Any:
        return np.asarray(a) if isinstance(a, tensorflow.classes) else a

    def text(*args: Any, **kwargs: Any) -> Any:
        return host(*map(converted, args), **{k: converted(a) for k, a in kwargs.items()})

    text.__name__ = name
    return text


# What is made of TensorFlow is imported when it is needed: many programs have none.


def _core(tf: Any, dtypes: Dtypes) -> Mapping[str, Callable[..., Any]]:
    from .tensorflow_core import core

    return core(tf, dtypes)


def _shortcuts(tf: Any) -> Mapping[str, Callable[..., Any]]:
    from .tensorflow_shortcuts import shortcuts

    return shortcuts(tf)


def _differences() -> Mapping[str, Row]:
    return {
        **{name: on_host(name) for name in ON_HOST},
        **{name: _printed(name) for name in PRINTING},
        **{name: _Writing(instead) for name, instead in _WRITTEN.items()},
    }


tensorflow: Library = Library(
    name="tensorflow",
    module="tensorflow",
    array_class=_array_classes,
    guest=True,
    parts=("keras", "tf_keras"),
    # Calls the functions of the user's program that it has rewritten.
    relays=("tensorflow.python.autograph.impl.api",),
    dtypes=_Dtypes,
    core=_core,
    known=_known,
    shortcuts=_shortcuts,
    operators=OPERATORS,
    differences=_differences,
    to_host="numpy.asarray",
    from_host="convert_to_tensor",
    advice="Call numpy.asarray(x) where a NumPy array in host memory is what you want.",
)
