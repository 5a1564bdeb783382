"""MLX (https://ml-explore.github.io/mlx): arrays of Apple silicon, computed when asked for.

MLX is near the Array API standard: the core is made of it. There are no complex numbers of double
precision, and on a GPU no double precision at all: there NumPy's float64 is MLX's float32.
Factorizations are made on the CPU, which MLX asks its users to say.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..derived.core import stand_in
from .array_api import Dtypes, standard_core
from .library import Library
from .shared import OPERATORS
from .unsupported import Unsupported


class _Dtypes(Dtypes):
    """NumPy's dtypes as MLX holds them on the device that is in use."""

    def __init__(self, mx: Any) -> None:
        super().__init__(mx)
        self._mx = mx
        self._own["bool"], self._numpy[mx.bool_] = mx.bool_, np.dtype(bool)
        self.classes = (mx.Dtype,)

    def from_numpy(self, dtype: Any) -> Any:
        name = np.dtype(dtype).name
        single = self._mx.default_device().type == self._mx.gpu
        held = {
            "longdouble": "float64",
            "complex128": "complex64",
            "clongdouble": "complex64",
            **({"float64": "float32", "longdouble": "float32"} if single else {}),
        }
        return super().from_numpy(held.get(name, name))


def _standard(mx: Any) -> Any:
    """MLX with the arguments of the standard that it has not got."""
    on_cpu = {
        name: functools.partial(getattr(mx.linalg, name), stream=mx.cpu)
        for name in ("cholesky", "eig", "eigh", "qr", "slogdet", "solve", "svd")
    }

    def svd(a: Any, full_matrices: bool) -> Any:
        u, s, vh = on_cpu["svd"](a)
        if full_matrices:
            return u, s, vh
        rank = min(a.shape[-2:])
        return u[..., :rank], s, vh[..., :rank, :]

    def qr(a: Any, mode: str) -> Any:
        rows, columns = a.shape[-2:]
        if mode == "complete" and rows > columns:
            # Columns of zeros are completed to a basis.
            a = mx.concatenate([a, mx.zeros((*a.shape[:-1], rows - columns), a.dtype)], axis=-1)
        q, r = on_cpu["qr"](a)
        return q, r[..., :columns]

    return types.SimpleNamespace(
        **{
            **vars(mx),
            "astype": lambda x, dtype, copy=True: mx.astype(x, dtype),
            # It keeps the order of equal elements.
            "argsort": lambda a, axis, stable: mx.argsort(a, axis=axis).astype(mx.int64),
            "linalg": types.SimpleNamespace(**{**on_cpu, "qr": qr, "svd": svd}),
        }
    )


def _core(mx: Any, dtypes: Dtypes) -> Mapping[str, Callable[..., Any]]:
    xp = _standard(mx)
    core = dict(standard_core(xp, dtypes))
    own, matmul = dtypes.from_numpy, core["matmul"]
    LinAlgError = np.linalg.LinAlgError

    def asarray(a: np.ndarray) -> Any:
        return mx.array(np.asarray(a, order="C"), dtype=own(a.dtype))

    getitem = core["getitem"]

    def checked_getitem(a: Any, key: Any) -> Any:
        stand_in(a.shape)[key]  # raises where an index is out of bounds, which MLX does not
        return getitem(a, key)

    def nonzero(a: Any) -> tuple[Any, ...]:
        size, flat = a.size, mx.reshape(a, (-1,)) != 0
        count = int(mx.sum(flat))
        places = mx.sort(mx.where(flat, mx.arange(size, dtype=mx.int64), size))[:count]
        found = []
        for length in reversed(a.shape):
            found.append(mx.remainder(places, length))
            places = mx.floor_divide(places, length)
        return tuple(reversed(found))

    def of_integers(name: str) -> Callable[..., Any]:
        """An integer divided by zero ends the process there; NumPy's quotient is zero."""
        function = core[name]

        def call(x1: Any, x2: Any) -> Any:
            if mx.issubdtype(x1.dtype, mx.inexact):
                return function(x1, x2)
            zero = x2 == 0
            return mx.where(zero, 0, function(x1, mx.where(zero, 1, x2))).astype(x1.dtype)

        return call

    def product(x1: Any, x2: Any) -> Any:
        """MLX multiplies matrices of floating-point numbers alone."""
        if mx.issubdtype(x1.dtype, mx.inexact):
            return matmul(x1, x2)
        vector1, vector2 = x1.ndim == 1, x2.ndim == 1
        x1 = x1[None, :] if vector1 else x1
        x2 = x2[:, None] if vector2 else x2
        result = mx.sum(x1[..., :, :, None] * x2[..., None, :, :], axis=-2).astype(x1.dtype)
        result = result[..., 0] if vector2 else result
        return (result[..., 0] if vector2 else result[..., 0, :]) if vector1 else result

    def copysign(x1: Any, x2: Any) -> Any:
        minus = (x2 < 0) | ((x2 == 0) & (1 / x2 < 0))
        return mx.where(minus, -mx.abs(x1), mx.abs(x1))

    def solve(a: Any, b: Any) -> Any:
        if not b.size or not a.size:  # it would end the process
            return mx.zeros(b.shape, b.dtype)
        if bool(mx.any(xp.linalg.slogdet(a)[0] == 0)):
            raise LinAlgError("Singular matrix")
        return xp.linalg.solve(a, b)

    def cholesky(a: Any) -> Any:
        factor = xp.linalg.cholesky(a)
        diagonal = mx.diagonal(factor, axis1=-2, axis2=-1)
        if a.size and not bool(mx.all(mx.real(diagonal) > 0)):  # what it has no error for
            raise LinAlgError("Matrix is not positive definite")
        return factor

    def total(name: str, of_nothing: int) -> Callable[..., Any]:
        """Of no elements MLX has no product of one, and its sum may never end."""
        function = core[name]

        def call(a: Any, axis: Any, dtype: Any) -> Any:
            if a.size:
                return function(a, axis, dtype)
            rest = [n for i, n in enumerate(a.shape) if i not in axis]
            return mx.full(rest, of_nothing, own(dtype))

        return call

    def finite(name: str) -> Callable[..., Any]:
        function = core[name]

        def call(a: Any) -> Any:
            if not bool(mx.all(mx.isfinite(a))):
                raise LinAlgError("Array must not contain infs or NaNs")
            return function(a)

        return call

    def setitem(a: Any, key: Any, value: Any) -> None:
        a[key] = value

    def fresh(result: Any, arrays: list[Any]) -> Any:
        # Parts of arrays are arrays of their own.
        return mx.array(result) if any(result is a for a in arrays) else result

    return core | {
        "asarray": asarray,
        "getitem": checked_getitem,
        "nonzero": nonzero,
        "matmul": product,
        "sum": total("sum", 0),
        "prod": total("prod", 1),
        "copysign": copysign,
        "setitem": setitem,
        "fresh": fresh,
        "linalg.solve": solve,
        "linalg.cholesky": cholesky,
        **{name: finite(name) for name in ("linalg.eig", "linalg.eigh")},
        **{name: of_integers(name) for name in ("floor_divide", "remainder")},
    }


mlx: Library = Library(
    name="mlx",
    module="mlx.core",
    array_class="array",
    guest=True,
    dtypes=_Dtypes,
    core=_core,
    operators=OPERATORS,
    differences={
        name: Unsupported(
            "MLX has no function for the next number, and none to compose it of",
            f"np.{name}(np.array(x){', y' if name == 'nextafter' else ''})",
        )
        for name in ("nextafter", "spacing")
    },
    to_host="numpy.array",
    advice="Call np.array(x) where a NumPy array in host memory is what you want.",
)
