"""autograd (https://github.com/HIPS/autograd): derivatives of functions written with NumPy.

autograd records what is done with its boxes in `autograd.numpy`, a copy of NumPy that a program
has to import. Here the boxes get the protocol, so that `autograd.grad` and the others work on
functions written with plain NumPy. What a box holds is left to what it holds: its values are
never asked for but where NumPy's result has no derivative.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..derived.core import numpy_function
from ..errors import UnsupportedFunctionError
from .array_api import Dtypes, NumPyDtypes
from .library import Library
from .rows import Made, Row


def _box_classes() -> tuple[type, ...]:
    boxes: Any = sys.modules["autograd.numpy.numpy_boxes"]
    return (boxes.ArrayBox,)


def _core(namespace: Any, dtypes: Dtypes) -> Mapping[str, Callable[..., Any]]:
    found: Any = importlib.import_module("arrayproto.libraries.autograd_core")
    return found.core()  # type: ignore[no-any-return]


def _shortcuts(namespace: Any) -> Mapping[str, Callable[..., Any]]:
    found: Any = importlib.import_module("arrayproto.libraries.autograd_shortcuts")
    return found.shortcuts()  # type: ignore[no-any-return]


#: Functions whose results have no derivative, or are the same all around an argument.
CONSTANT = frozenset(
    """
    all any allclose array_equal array_equiv isclose iscomplex iscomplexobj isfortran isin isneginf
    isposinf isreal isrealobj isscalar iterable
    argmax argmin argpartition argsort argwhere flatnonzero nanargmax nanargmin nonzero lexsort
    searchsorted digitize count_nonzero unravel_index ravel_multi_index diag_indices_from
    tril_indices_from triu_indices_from mask_indices
    ndim shape size result_type can_cast common_type min_scalar_type
    fix around round zeros_like ones_like empty_like
    packbits unpackbits bitwise_count linalg.matrix_rank
    array2string array_repr array_str save savetxt savez savez_compressed
    may_share_memory shares_memory
    floor ceil trunc rint sign signbit spacing floor_divide
    equal not_equal less less_equal greater greater_equal
    logical_and logical_or logical_xor logical_not isfinite isinf isnan
    bitwise_and bitwise_or bitwise_xor invert left_shift right_shift gcd lcm
    """.split()  # noqa: SIM905
)


def _of_values(function: Callable[..., Any]) -> Callable[..., Any]:
    core: Any = sys.modules["arrayproto.libraries.autograd_core"]
    found: Callable[..., Any] = core.on_values(function)
    found.__name__ = function.__name__
    return found


class _Constant(Made):
    """A row of a ufunc."""

    __slots__ = ()

    def make(
        self, library: Library, function: Callable[..., Any], ducks: Callable[..., Any]
    ) -> Callable[..., Any]:
        return _of_values(function)


def _constant(name: str) -> Row:
    function = numpy_function(name)
    return _Constant() if isinstance(function, np.ufunc) else _of_values(function)


def _writing(name: str, instead: str) -> Callable[..., Any]:
    def write(*args: Any, **kwargs: Any) -> Any:
        raise UnsupportedFunctionError(
            f"numpy.{name} is not supported with boxes of autograd: they cannot be written to, and "
            "an ndarray that it wrote their values to would have no derivative. Write "
            f"{instead}, which makes a new array, and use that from there on"
        )

    write.__name__ = name
    return write


_WRITTEN = {
    "copyto": "x = np.where(mask, values, x)",
    "fill_diagonal": "x = np.where(np.eye(len(x), dtype=bool), value, x)",
    "place": "x = np.where(mask, values, x)",
    "put": "x = np.where(np.isin(np.arange(x.size).reshape(x.shape), indices), value, x)",
    "put_along_axis": "x = np.where(mask, values, x)",
    "putmask": "x = np.where(mask, values, x)",
}


def _differences() -> Mapping[str, Row]:
    importlib.import_module("arrayproto.libraries.autograd_core")
    return {
        **{name: _constant(name) for name in CONSTANT if _is_here(name)},
        **{name: _writing(name, instead) for name, instead in _WRITTEN.items()},
    }


def _is_here(name: str) -> bool:
    """Whether the installed NumPy has it."""
    return hasattr(np, name) or "." in name


autograd: Library = Library(
    name="autograd",
    module="autograd.numpy",
    array_class=_box_classes,
    guest=True,
    dtypes=lambda namespace: NumPyDtypes(),
    core=_core,
    shortcuts=_shortcuts,
    differences=_differences,
    # Operators are those of boxes, which autograd's own protocol answers.
    reflects=(),
    callers=("autograd.wrap_util",),
    # Masked arrays leave an operator to those who have a priority and show no protocol.
    hidden=True,
    advice="autograd.tracer.getval(x) is the array without derivatives.",
)
