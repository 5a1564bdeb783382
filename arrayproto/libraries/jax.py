"""JAX (https://docs.jax.dev): NumPy's API on accelerators, differentiable and compiled.

JAX has no protocol of its own. The classes of its arrays and of its tracers get one, so that
functions written with NumPy can be given to `jax.jit`, `jax.grad` and `jax.vmap`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..errors import UnsupportedFunctionError
from .array_api import Dtypes, NumPyDtypes, standard_core
from .library import Library
from .rows import Row
from .shared import ON_HOST, OPERATORS, PRINTING, on_host


def _array_classes() -> tuple[type, ...]:
    """The class of its concrete arrays, and the base of its tracers."""
    # The first is nowhere public but as the type of an array, and to make one starts a device.
    internal: Any = sys.modules["jax._src.array"]
    core: Any = sys.modules["jax._src.core"]
    return internal.ArrayImpl, core.Tracer


def _writing(name: str, instead: str) -> Callable[..., Any]:
    """Into an ndarray NumPy writes itself; an array of JAX's cannot be changed."""
    host = on_host(name)

    def write(*args: Any, **kwargs: Any) -> Any:
        target = args[0] if args else next(iter(kwargs.values()))
        if isinstance(target, np.ndarray):
            return host(*args, **kwargs)
        raise UnsupportedFunctionError(
            f"numpy.{name} is not supported for arrays of jax: they are immutable, and cannot be "
            f"written to. Write {instead}, which makes a new array, and use that from there on"
        )

    write.__name__ = name
    return write


_WRITTEN = {
    "copyto": "x = np.where(mask, values, x), or x = x.at[...].set(values)",
    "fill_diagonal": "x = x.at[np.diag_indices(len(x))].set(value)",
    "place": "x = np.where(mask, values, x)",
    "put": "x = x.at[np.unravel_index(indices, x.shape)].set(values)",
    "put_along_axis": "x = jax.numpy.put_along_axis(x, indices, values, axis, inplace=False)",
    "putmask": "x = np.where(mask, values, x)",
}


class _Dtypes(NumPyDtypes):
    """Without 64 bits, which is JAX's default, integers have 32: NumPy's own default is 64.

    Floating-point numbers of 64 were asked for, and JAX warns.
    """

    def from_numpy(self, dtype: Any) -> Any:
        dtype = np.dtype(dtype)
        canonical = sys.modules["jax"].dtypes.canonicalize_dtype
        return canonical(dtype) if dtype.kind in "iu" and dtype.itemsize == 8 else dtype


def _known(array: Any) -> bool:
    return not isinstance(array, sys.modules["jax._src.core"].Tracer)  # type: ignore[attr-defined]


def _core(namespace: Any, dtypes: Dtypes) -> Mapping[str, Callable[..., Any]]:
    core = dict(standard_core(namespace, dtypes))

    def searchsorted(a: Any, v: Any, side: str) -> Any:
        return namespace.searchsorted(a, v, side=side).astype(dtypes.from_numpy(np.intp))

    power, cholesky, solve = core["power"], core["linalg.cholesky"], core["linalg.solve"]

    def checked_power(x1: Any, x2: Any) -> Any:
        if x2.dtype.kind == "i" and x1.size and _known(x2) and bool(namespace.any(x2 < 0)):
            raise ValueError("Integers to negative integer powers are not allowed.")
        return power(x1, x2)

    def checked_cholesky(a: Any) -> Any:
        factor = cholesky(a, symmetrize_input=False)
        # What cannot be factored is NaN there, and an error in NumPy.
        if _known(factor) and bool(namespace.any(namespace.isnan(factor))):
            raise np.linalg.LinAlgError("Matrix is not positive definite")
        return factor

    def checked_solve(a: Any, b: Any) -> Any:
        result = solve(a, b)
        if _known(result) and not bool(namespace.all(namespace.isfinite(result))):
            if bool(namespace.any(namespace.linalg.det(a) == 0)):
                raise np.linalg.LinAlgError("Singular matrix")
        return result

    eig = core["linalg.eig"]

    def checked_eig(a: Any) -> Any:
        if _known(a) and not bool(namespace.all(namespace.isfinite(a))):
            raise np.linalg.LinAlgError("Array must not contain infs or NaNs")
        return eig(a)

    def whole_numbers(name: str) -> Callable[..., Any]:
        function = core[name]

        def call(x1: Any, x2: Any) -> Any:
            if x1.dtype.kind not in "iu":
                return function(x1, x2)
            # NumPy's quotient of integers by zero is zero.
            zero = x2 == 0
            return namespace.where(zero, 0, function(x1, namespace.where(zero, 1, x2)))

        return call

    for name in ("floor_divide", "remainder"):
        core[name] = whole_numbers(name)
    core["power"], core["linalg.eig"] = checked_power, checked_eig
    core["linalg.cholesky"], core["linalg.solve"] = checked_cholesky, checked_solve
    core["searchsorted"] = searchsorted
    core["linalg.eigh"] = lambda a: namespace.linalg.eigh(a, symmetrize_input=False)
    return core


def _differences() -> Mapping[str, Row]:
    from .jax_own import OWN  # when it is needed: many programs have no JAX

    return {
        **OWN,
        **{name: on_host(name) for name in (*ON_HOST, *PRINTING)},
        **{name: _writing(name, instead) for name, instead in _WRITTEN.items()},
    }


jax: Library = Library(
    name="jax",
    module="jax.numpy",
    array_class=_array_classes,
    guest=True,
    parts=("jaxlib",),
    dtypes=lambda namespace: _Dtypes(),
    core=_core,
    known=_known,
    operators=OPERATORS,
    differences=_differences,
    to_host="numpy.asarray",
    from_host="asarray",
    advice="Call numpy.asarray(x) where a NumPy array in host memory is what you want.",
)
