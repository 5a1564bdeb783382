"""Short ways (see `.short_ways`) for the functions of PyTorch that programs spend their time in."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from typing import Any

from ..accelerator import speed
from .short_ways import Call, Maker, Own, ShortWays

#: What PyTorch raises where NumPy has an error, or an answer, of its own.
_REFUSED = (RuntimeError, TypeError, IndexError, ValueError)

_UNARY = (
    *("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin"),
    *("cos", "tan", "sinh", "cosh", "tanh", "negative", "square"),
)
_BINARY = ("add", "subtract", "multiply", "divide")
_REAL_BINARY = {
    name: name for name in ("maximum", "minimum", "less", "less_equal", "greater", "greater_equal")
} | {"equal": "eq", "not_equal": "ne"}


class _Own(Own):
    """Other subclasses say themselves what PyTorch's functions do with them."""

    def __missing__(self, cls: type) -> bool:
        return False


def _aligned(shape1: Any, shape2: Any, axes: Any) -> bool:
    """Whether the axes of a tensordot are as long as each other: PyTorch repeats those of one."""
    if type(axes) is int:
        if axes == 1:
            return shape1[-1] == shape2[0]  # type: ignore[no-any-return]
        if axes == len(shape1) == len(shape2):
            return shape1 == shape2  # type: ignore[no-any-return]
        return axes > 0 and all(shape1[i - axes] == shape2[i] for i in range(axes))
    of_a, of_b = axes
    return all(shape1[i] == shape2[j] for i, j in zip(of_a, of_b, strict=True))


def shortcuts(torch: Any) -> Mapping[str, Maker]:
    """By NumPy's name, what makes the short way of a function of the long one."""
    own = _Own()
    own.update({torch.Tensor: True, torch.nn.Parameter: True})
    ways = ShortWays(
        own, (torch.float32, torch.float64), (torch.complex64, torch.complex128), _REFUSED
    )
    inexact = ways.inexact

    def product(long: Call) -> Call:
        native = torch.matmul

        def call(*args: Any, **kwargs: Any) -> Any:
            if len(args) == 2 and not kwargs:
                a, b = args
                if own[type(a)] and own[type(b)] and a.dtype is b.dtype:
                    if a.dtype in inexact and 0 < a.ndim < 3 and 0 < b.ndim < 3:
                        try:
                            return native(a, b)
                        except _REFUSED:
                            pass
            return long(*args, **kwargs)

        return call

    def tensordot(long: Call) -> Call:
        native = torch.tensordot

        def call(a: Any, b: Any, axes: Any = 2) -> Any:
            if own[type(a)] and own[type(b)]:
                try:
                    # It takes one dtype, in which it is NumPy's, and refuses all others.
                    if _aligned(a.shape, b.shape, axes):
                        return native(a, b, axes)
                except _REFUSED:
                    pass
            return long(a, b, axes)

        if speed is None:
            return call
        # The same for tensors proper and a number of axes; all others go on to `call`.
        in_c = speed.Aligned(native, torch.Tensor, sys.intern("shape"), _REFUSED, call)
        return functools.update_wrapper(in_c, call)  # type: ignore[no-any-return]

    def along(native: Call) -> Call:
        def call(a: Any, axis: int) -> Any:
            if not a.ndim:
                raise IndexError  # PyTorch takes a number for a vector
            return native(a, axis)

        return call

    def joined(arrays: Any, axis: int) -> Any:
        if len({x.ndim for x in arrays}) > 1:
            raise ValueError  # PyTorch passes over vectors without elements
        return torch.cat(arrays, axis)

    def reshape(long: Call) -> Call:
        def call(a: Any, /, *args: Any, **kwargs: Any) -> Any:
            if len(args) == 1 and not kwargs and own[type(a)]:
                try:
                    return a.reshape(args[0])
                except _REFUSED:
                    pass
            return long(a, *args, **kwargs)

        return call

    def transpose(long: Call) -> Call:
        def call(a: Any, axes: Any = None) -> Any:
            if own[type(a)] and axes is None:
                return a.permute(tuple(range(a.ndim))[::-1])
            return long(a, axes)

        return call

    return {
        **{name: ways.unary(getattr(torch, name)) for name in _UNARY},
        **{name: ways.binary(getattr(torch, name)) for name in _BINARY},
        **{name: ways.real_binary(getattr(torch, native)) for name, native in _REAL_BINARY.items()},
        "dot": product,
        "matmul": product,
        "tensordot": tensordot,
        "einsum": ways.einsum(torch.einsum),
        "sum": ways.reduction(along(torch.sum), torch.sum),
        "mean": ways.reduction(along(torch.mean), torch.mean),
        "where": ways.where(torch.where, torch.bool),
        "concatenate": ways.joining(joined),
        "stack": ways.joining(torch.stack),
        "reshape": reshape,
        "transpose": transpose,
    }
