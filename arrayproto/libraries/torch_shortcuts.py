"""Short ways (see `.short_ways`) for the functions of PyTorch that programs spend their time in."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from ..accelerator import speed
from .short_forms import Forms
from .short_ways import Call, Maker, Own, axes_of_both

#: What PyTorch raises where NumPy has an error, or an answer, of its own.
REFUSED = (RuntimeError, TypeError, IndexError, ValueError)

_UNARY = (
    *("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin"),
    *("cos", "tan", "sinh", "cosh", "tanh", "negative", "square"),
    *("isnan", "isfinite", "isinf"),
)
#: NumPy's names to PyTorch's, of functions of real arrays.
_REAL_UNARY = {
    **{name: name for name in ("absolute", "signbit", "floor", "ceil", "trunc", "reciprocal")},
    **{name: name for name in ("arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh")},
    "fabs": "abs",
    "rint": "round",
}
_BINARY = ("add", "subtract", "multiply", "divide")
_REAL_BINARY = {
    name: name for name in ("maximum", "minimum", "less", "less_equal", "greater", "greater_equal")
} | {"equal": "eq", "not_equal": "ne"}


class _Own(Own):
    """Other subclasses say themselves what PyTorch's functions do with them."""

    def __missing__(self, cls: type) -> bool:
        return False


def shortcuts(torch: Any) -> Mapping[str, Maker]:
    """By NumPy's name, what makes the short way of a function of the long one."""
    own = _Own()
    own.update({torch.Tensor: True, torch.nn.Parameter: True})
    ways = Forms(
        own,
        (torch.float32, torch.float64),
        (torch.complex64, torch.complex128),
        REFUSED,
        (float, int),
        rank=attrgetter("ndim"),
        length=torch.Tensor.numel,
    )
    inexact, real, boolean = ways.inexact, ways.real, (torch.bool,)

    def product(long: Call) -> Call:
        native = torch.matmul

        def call(*args: Any, **kwargs: Any) -> Any:
            if len(args) == 2 and not kwargs:
                a, b = args
                if own[type(a)] and own[type(b)] and a.dtype is b.dtype:
                    if a.dtype in inexact and 0 < a.ndim < 3 and 0 < b.ndim < 3:
                        try:
                            return native(a, b)
                        except REFUSED:
                            pass
            return long(*args, **kwargs)

        return call

    def permuted(a: Any, axes: Any, last: bool) -> Any:
        """With these axes last, or first; what are no axes, `permute` refuses."""
        summed = [axis + a.ndim if axis < 0 else axis for axis in axes]
        before = list(range(a.ndim))
        kept = [axis for axis in before if axis not in summed]
        order = kept + summed if last else summed + kept
        return a if order == before else a.permute(order)

    def tensordot(long: Call) -> Call:
        matmul, flatten = torch.matmul, torch.flatten

        def contracted(a: Any, b: Any, axes: Any) -> Any:
            """By `torch.matmul`, which its tensordot comes to as well, in a half of the time.

            PyTorch's tensordot repeats axes of length one, where this refuses them, as NumPy does.
            Both take one dtype, in which they are NumPy's, and refuse all others.
            """
            if type(axes) is not int:
                of_a, of_b = axes_of_both(axes)
                a, b, axes = permuted(a, of_a, True), permuted(b, of_b, False), len(of_a)
            if axes != 1:
                if axes < 1 or a.shape[-axes:] != b.shape[:axes]:
                    raise ValueError
                a, b = flatten(a, -axes), flatten(b, 0, axes - 1)
            if b.ndim > 2:
                return matmul(a, flatten(b, 1)).unflatten(-1, b.shape[1:])
            return matmul(a, b)

        def call(a: Any, b: Any, axes: Any = 2) -> Any:
            if own[type(a)] and own[type(b)]:
                try:
                    return contracted(a, b, axes)
                except REFUSED:
                    pass
            return long(a, b, axes)

        if speed is None:
            return call
        # Of vectors and matrices on the right it sums over the first axis.
        by_ranks = ((), *[(None, matmul, matmul)] * 5)
        in_c = speed.Ranked(by_ranks, torch.Tensor, torch.Tensor.dim, REFUSED, call)
        return functools.update_wrapper(in_c, call)  # type: ignore[no-any-return]

    def flip(long: Call) -> Call:
        native = torch.flip

        def call(m: Any, axis: Any = None) -> Any:
            if own[type(m)]:
                try:
                    if axis is None:
                        return native(m, tuple(range(m.ndim)))
                    if type(axis) is int and m.ndim:
                        return native(m, (axis,))
                except REFUSED:
                    pass
            return long(m, axis)

        return call

    def roll(long: Call) -> Call:
        native = torch.roll

        def call(a: Any, shift: Any, axis: Any = None) -> Any:
            if own[type(a)] and type(shift) is int:
                try:
                    if axis is None:
                        return native(a, shift)
                    if type(axis) is int and -a.ndim <= axis < a.ndim:
                        return native(a, shift, axis)
                except REFUSED:
                    pass
            return long(a, shift, axis)

        return call

    def broadcast_to(long: Call) -> Call:
        native = torch.broadcast_to

        def call(array: Any, shape: Any, *rest: Any, **kwargs: Any) -> Any:
            # It takes -1 for a length that stays.
            if not rest and not kwargs and type(shape) is tuple and own[type(array)]:
                if all(type(length) is int and length >= 0 for length in shape):
                    try:
                        return native(array, shape)
                    except REFUSED:
                        pass
            return long(array, shape, *rest, **kwargs)

        return call

    def spread(native: Call) -> Call:
        def call(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
            return native(a, axis, correction=0, keepdim=keepdims)

        return call

    def median(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
        if axis is None:
            a, axis = a.reshape(-1), 0
        ordered = torch.sort(a, axis).values
        length = ordered.shape[axis]
        # PyTorch's own is the lower one of the two in the middle.
        middle = ordered.narrow(axis, (length - 1) // 2, 2 - length % 2).mean(axis, keepdims)
        last = ordered.narrow(axis, length - 1, 1)  # NaN is sorted there
        return torch.where(
            torch.isnan(last if keepdims else last.squeeze(axis)),
            last.new_tensor(float("nan")),
            middle,
        )

    def joined(arrays: Any, axis: int) -> Any:
        if len({x.ndim for x in arrays}) > 1:
            raise ValueError  # PyTorch passes over vectors without elements
        return torch.cat(arrays, axis)

    def reshape(long: Call) -> Call:
        def call(a: Any, /, *args: Any, **kwargs: Any) -> Any:
            if len(args) == 1 and not kwargs and own[type(a)]:
                try:
                    return a.reshape(args[0])
                except REFUSED:
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
        **{name: ways.alone(getattr(torch, native), real) for name, native in _REAL_UNARY.items()},
        **{name: ways.binary(getattr(torch, name)) for name in _BINARY},
        **{name: ways.real_binary(getattr(torch, native)) for name, native in _REAL_BINARY.items()},
        "dot": product,
        "matmul": product,
        "tensordot": tensordot,
        "einsum": ways.einsum(torch.einsum),
        **{
            name: ways.reduced(getattr(torch, native), real)
            for name, native in (
                ("sum", "sum"),
                ("mean", "mean"),
                ("prod", "prod"),
                ("nansum", "nansum"),
            )
        },
        **{
            name: ways.reduced(getattr(torch, native), real, empty=False)
            for name, native in (
                ("max", "amax"),
                ("min", "amin"),
                ("amax", "amax"),
                ("amin", "amin"),
            )
        },
        "any": ways.reduced(torch.any, boolean),
        "all": ways.reduced(torch.all, boolean),
        "std": ways.reduced(spread(torch.std), real, empty=False),
        "var": ways.reduced(spread(torch.var), real, empty=False),
        "median": ways.reduced(median, real, empty=False),
        "argmax": ways.reduced(torch.argmax, real, empty=False),
        "argmin": ways.reduced(torch.argmin, real, empty=False),
        "sort": ways.along(lambda a, axis: torch.sort(a, axis).values, -1),
        "argsort": ways.along(lambda a, axis: torch.argsort(a, dim=axis, stable=True), -1),
        "cumsum": ways.along(torch.cumsum, None),
        "cumprod": ways.along(torch.cumprod, None),
        "diff": ways.alone(torch.diff, real, range(1, 99)),
        "trace": ways.alone(torch.trace, real, (2,)),
        "linalg.norm": ways.alone(torch.linalg.norm, real),
        "round": ways.alone(torch.round, real),
        "diagonal": ways.alone(torch.diagonal, ranks=(2,)),
        "squeeze": ways.alone(torch.squeeze),
        "ravel": ways.alone(lambda a: a.reshape(-1)),
        "copy": ways.alone(torch.clone),
        "zeros_like": ways.alone(torch.zeros_like),
        "ones_like": ways.alone(torch.ones_like),
        "expand_dims": ways.by_integers(torch.unsqueeze, 1, number=True),
        "swapaxes": ways.by_integers(torch.swapaxes, 2),
        "moveaxis": ways.by_integers(torch.movedim, 2),
        "linalg.inv": ways.alone(torch.linalg.inv, real),
        "linalg.det": ways.alone(torch.linalg.det, real),
        "linalg.cholesky": ways.alone(torch.linalg.cholesky, real),
        "linalg.solve": ways.of_two(torch.linalg.solve, real, (2,)),
        "outer": ways.of_two(torch.outer, real, (1,)),
        "inner": ways.of_two(torch.inner, real, range(1, 99)),
        "kron": ways.of_two(torch.kron, real, range(1, 99)),
        "array_equal": ways.of_two(torch.equal, real),
        "isclose": ways.of_two(torch.isclose, real),
        "allclose": ways.of_two(torch.allclose, real),
        "logical_and": ways.of_two(torch.logical_and, boolean),
        "logical_or": ways.of_two(torch.logical_or, boolean),
        "logical_xor": ways.of_two(torch.logical_xor, boolean),
        "logical_not": ways.alone(torch.logical_not, boolean),
        "clip": ways.clipped(torch.clamp),
        "flip": flip,
        "roll": roll,
        "broadcast_to": broadcast_to,
        "vstack": ways.joined(torch.vstack),
        "hstack": ways.joined(torch.hstack),
        "dstack": ways.joined(torch.dstack),
        "where": ways.where(torch.where, torch.bool),
        "concatenate": ways.joining(joined),
        "stack": ways.joining(torch.stack),
        "reshape": reshape,
        "transpose": transpose,
    }
