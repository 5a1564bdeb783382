"""Short ways for the functions of PyTorch that programs spend their time in.

In the common case PyTorch's own function gives NumPy's answer: tensors of one floating-point or
complex dtype, and plain arguments. Whatever else comes, or what PyTorch refuses, goes the long way,
which knows NumPy's rules and NumPy's errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Call = Callable[..., Any]
#: What PyTorch raises where NumPy has an error, or an answer, of its own.
_REFUSED = (RuntimeError, TypeError, IndexError, ValueError)

_UNARY = {
    **{name: name for name in ("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin")},
    **{name: name for name in ("cos", "tan", "sinh", "cosh", "tanh", "negative", "square")},
}
_BINARY = {name: name for name in ("add", "subtract", "multiply", "divide")}
_REAL_BINARY = {
    name: name for name in ("maximum", "minimum", "less", "less_equal", "greater", "greater_equal")
} | {"equal": "eq", "not_equal": "ne"}


def _aligned(shape1: Any, shape2: Any, axes: Any) -> bool:
    """Whether the axes of a tensordot are as long as each other: PyTorch repeats those of one."""
    if type(axes) is int:
        if axes == 1:
            return shape1[-1] == shape2[0]  # type: ignore[no-any-return]
        if axes == len(shape1):
            return shape1 == shape2[:axes] if axes < len(shape2) else shape1 == shape2
        return axes > 0 and all(shape1[i - axes] == shape2[i] for i in range(axes))
    of_a, of_b = axes
    return all(shape1[i] == shape2[j] for i, j in zip(of_a, of_b, strict=True))


def shortcuts(torch: Any) -> Mapping[str, Callable[[Call], Call]]:
    """By NumPy's name, what makes the short way of a function of the long one."""
    own = frozenset({torch.Tensor, torch.nn.Parameter})
    float32, float64 = torch.float32, torch.float64
    real = frozenset({float32, float64})
    inexact = real | {torch.complex64, torch.complex128}

    def unary(native: Call) -> Callable[[Call], Call]:
        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 1 and not kwargs:
                    dtype = args[0].dtype
                    if dtype is float64 or dtype is float32 or dtype in inexact:
                        return native(args[0])
                return long(*args, **kwargs)

            return call

        return make

    def binary(native: Call, dtypes: frozenset[Any]) -> Callable[[Call], Call]:
        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 2 and not kwargs:
                    a, b = args
                    if type(a) in own:
                        dtype = a.dtype
                        if (dtype is float64 or dtype is float32 or dtype in dtypes) and (
                            type(b) is float or (type(b) in own and b.dtype is dtype)
                        ):
                            try:
                                return native(a, b)
                            except _REFUSED:
                                pass
                return long(*args, **kwargs)

            return call

        return make

    def product(native: Call) -> Callable[[Call], Call]:
        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 2 and not kwargs:
                    a, b = args
                    if type(a) in own and type(b) in own and a.dtype is b.dtype:
                        if a.dtype in inexact and 0 < a.ndim < 3 and 0 < b.ndim < 3:
                            try:
                                return native(a, b)
                            except _REFUSED:
                                pass
                return long(*args, **kwargs)

            return call

        return make

    def tensordot(long: Call) -> Call:
        native = torch.tensordot

        def call(a: Any, b: Any, axes: Any = 2) -> Any:
            if type(a) in own and type(b) in own:
                dtype = a.dtype
                # Identity first: the hash of a dtype takes longer than the rest.
                if b.dtype is dtype and (dtype is float64 or dtype is float32 or dtype in inexact):
                    try:
                        if _aligned(a.shape, b.shape, axes):
                            return native(a, b, axes)
                    except _REFUSED:
                        pass
            return long(a, b, axes)

        return call

    def einsum(long: Call) -> Call:
        native = torch.einsum

        def call(*operands: Any, **kwargs: Any) -> Any:
            subscripts, *tensors = operands
            if not kwargs and type(subscripts) is str and tensors:
                dtype = getattr(tensors[0], "dtype", None)
                if dtype in inexact and all(type(x) in own and x.dtype is dtype for x in tensors):
                    try:
                        return native(subscripts, *tensors)
                    except _REFUSED:
                        pass
            return long(*operands, **kwargs)

        return call

    def reduction(native: Call, whole: Call) -> Callable[[Call], Call]:
        def make(long: Call) -> Call:
            def call(a: Any, axis: Any = None, *rest: Any, **kwargs: Any) -> Any:
                if not rest and not kwargs and type(a) in own and a.dtype in real:
                    if axis is None:
                        return whole(a)
                    if type(axis) is int and a.ndim:
                        try:
                            return native(a, axis)
                        except _REFUSED:
                            pass
                return long(a, axis, *rest, **kwargs)

            return call

        return make

    def where(long: Call) -> Call:
        native = torch.where

        def call(condition: Any, *rest: Any) -> Any:
            if len(rest) == 2 and type(condition) in own and condition.dtype is torch.bool:
                x, y = rest
                if type(x) in own and type(y) in own and x.dtype is y.dtype:
                    try:
                        return native(condition, x, y)
                    except _REFUSED:
                        pass
            return long(condition, *rest)

        return call

    def joining(native: Call) -> Callable[[Call], Call]:
        def make(long: Call) -> Call:
            def call(arrays: Any, axis: Any = 0, *rest: Any, **kwargs: Any) -> Any:
                if not rest and not kwargs and type(axis) is int and type(arrays) in (list, tuple):
                    # PyTorch passes over vectors without elements.
                    if len({x.dtype if type(x) in own else None for x in arrays}) == 1:
                        if type(arrays[0]) in own and len({x.ndim for x in arrays}) == 1:
                            try:
                                return native(arrays, axis)
                            except _REFUSED:
                                pass
                return long(arrays, axis, *rest, **kwargs)

            return call

        return make

    def reshape(long: Call) -> Call:
        def call(a: Any, /, *args: Any, **kwargs: Any) -> Any:
            if len(args) == 1 and not kwargs and type(a) in own:
                try:
                    return a.reshape(args[0])
                except _REFUSED:
                    pass
            return long(a, *args, **kwargs)

        return call

    def transpose(long: Call) -> Call:
        def call(a: Any, axes: Any = None) -> Any:
            if type(a) in own and axes is None:
                return a.permute(tuple(range(a.ndim))[::-1])
            return long(a, axes)

        return call

    return {
        **{name: unary(getattr(torch, native)) for name, native in _UNARY.items()},
        **{name: binary(getattr(torch, native), inexact) for name, native in _BINARY.items()},
        **{name: binary(getattr(torch, native), real) for name, native in _REAL_BINARY.items()},
        "dot": product(torch.matmul),
        "matmul": product(torch.matmul),
        "tensordot": tensordot,
        "einsum": einsum,
        "sum": reduction(torch.sum, torch.sum),
        "mean": reduction(torch.mean, torch.mean),
        "where": where,
        "concatenate": joining(torch.cat),
        "stack": joining(torch.stack),
        "reshape": reshape,
        "transpose": transpose,
    }
