"""JAX (https://docs.jax.dev): NumPy's API on accelerators, differentiable and compiled.

JAX has no protocol of its own. The classes of its arrays and of its tracers get one, so that
functions written with NumPy can be given to `jax.jit`, `jax.grad` and `jax.vmap`.
"""

from __future__ import annotations

import sys
from typing import Any

from .array_api import NumPyDtypes, standard_core
from .library import Library, Unsupported


def _array_classes() -> tuple[type, ...]:
    """The class of its concrete arrays, and the base of its tracers."""
    # The first is nowhere public but as the type of an array, and to make one starts a device.
    internal: Any = sys.modules["jax._src.array"]
    core: Any = sys.modules["jax._src.core"]
    return internal.ArrayImpl, core.Tracer


jax: Library = Library(
    name="jax",
    module="jax.numpy",
    array_class=_array_classes,
    guest=True,
    parts=("jaxlib",),
    dtypes=lambda namespace: NumPyDtypes(),
    core=standard_core,
    differences={},
    reasons={
        "asanyarray": Unsupported(
            "JAX has no subclasses of arrays to pass through", "np.asarray(..., like=x)"
        ),
        "fix": Unsupported("jax.numpy has it by another name", "np.trunc(x) is the same"),
        "isfortran": Unsupported(
            "JAX's arrays are in no order that a program sees", "leave the question out"
        ),
        "lib.stride_tricks.sliding_window_view": Unsupported(
            "windows are views of memory, by strides that JAX's arrays have not got",
            "np.stack([x[i : i + n] for i in range(len(x) - n + 1)]) copies",
        ),
    },
    to_host="numpy.asarray",
    from_host="asarray",
    advice="Call numpy.asarray(x) where a NumPy array in host memory is what you want.",
)
