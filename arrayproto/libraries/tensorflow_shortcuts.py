"""Short ways (see `.short_ways`) for the functions of TensorFlow that programs spend their time in.

They need no lengths, so that they do for those that are not known while `tf.function` traces.
"""

from __future__ import annotations

import functools
import string
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from ..accelerator import speed
from .short_forms import Forms
from .short_ways import Call, Maker, Own, axes_of_both

#: Names that TensorFlow has from NumPy.
_UNARY = (
    *("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
    *("negative", "square"),
)
_BINARY = ("add", "subtract", "multiply", "divide")
_REAL_BINARY = (
    *("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"),
    *("maximum", "minimum"),
)
#: NumPy's names to TensorFlow's, of functions of real tensors.
_REAL_UNARY = {
    "isnan": "is_nan",
    "isfinite": "is_finite",
    "isinf": "is_inf",
    "rint": "rint",
    "absolute": "abs",
    "floor": "floor",
    "ceil": "ceil",
    "reciprocal": "reciprocal",
    "round": "round",
}


@functools.lru_cache
def _equation(rank1: int, rank2: int, of_a: tuple[int, ...], of_b: tuple[int, ...]) -> str:
    """What `numpy.tensordot` over these axes is to `numpy.einsum`."""
    first, second = string.ascii_lowercase[:rank1], list(string.ascii_uppercase[:rank2])
    of_a, of_b = (
        tuple(range(rank)[axis] for axis in axes) for rank, axes in ((rank1, of_a), (rank2, of_b))
    )
    if len(set(of_a)) < len(of_a) or len(set(of_b)) < len(of_b):
        raise ValueError
    for one, other in zip(of_a, of_b, strict=True):
        second[other] = first[one]
    kept = [letter for letter in [*first, *second] if [*first, *second].count(letter) == 1]
    return f"{first},{''.join(second)}->{''.join(kept)}"


def shortcuts(tf: Any) -> Mapping[str, Maker]:
    """By NumPy's name, what makes the short way of a function of the long one."""
    # What TensorFlow raises where NumPy has an error, or an answer, of its own.
    refused = (tf.errors.OpError, TypeError, ValueError, IndexError)
    own = Own(tf.Tensor, tf.Variable)
    ways = Forms(
        own,
        (tf.float32, tf.float64),
        (tf.complex64, tf.complex128),
        refused,
        (float,),
        rank=attrgetter("shape.rank"),
        length=lambda a: a.shape.num_elements(),
    )
    inexact, real, boolean = ways.inexact, ways.real, (tf.bool,)

    def product(most: float) -> Maker:
        """Of matrices, or of stacks of at most so many axes."""
        native, by_vector = tf.matmul, tf.linalg.matvec

        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 2 and not kwargs:
                    a, b = args
                    if own[type(a)] and own[type(b)] and a.dtype is b.dtype:
                        if a.dtype in inexact:
                            one, other = a.shape.rank or 0, b.shape.rank or 0
                            try:
                                if 2 <= one <= most and 2 <= other <= most:
                                    return native(a, b)
                                if one == 2 and other == 1:
                                    return by_vector(a, b)
                            except refused:
                                pass
                return long(*args, **kwargs)

            return call

        return make

    def tensordot(long: Call) -> Call:
        # In a tenth of the time of TensorFlow's tensordot, which is a long way in Python, and which
        # compares no lengths but products of them. Both take one dtype, in which they are NumPy's.
        native, matmul, einsum = tf.tensordot, tf.raw_ops.MatMul, tf.raw_ops.Einsum
        eager = tf.__internal__.EagerTensor
        # These methods are TensorFlow's own affair; the attribute takes twice as long.
        rank_of = getattr(eager, "_rank", attrgetter("shape.rank"))
        count = getattr(eager, "_num_elements", lambda a: a.shape.num_elements())

        def of_matrices(a: Any, b: Any) -> Any:
            return matmul(a=a, b=b)

        def of_one_axis(rank1: int, rank2: int) -> Call:
            equation = _equation(rank1, rank2, (rank1 - 1,), (0,))

            def call(a: Any, b: Any) -> Any:
                if not count(a):  # Einsum compares no length with one that is zero
                    raise ValueError
                return einsum(inputs=(a, b), equation=equation)

            return call

        def contracted(a: Any, b: Any, axes: Any) -> Any:
            rank1, rank2 = a.shape.rank, b.shape.rank
            if type(axes) is not int:
                of_a, of_b = axes_of_both(axes)
            else:
                if axes == 1:
                    if rank1 == rank2 == 2:
                        return of_matrices(a, b)
                    if rank2 is None or not a.shape[-1:].is_fully_defined():  # while tracing
                        return native(a, b, 1)
                of_a, of_b = tuple(range(rank1 - axes, rank1)), tuple(range(axes))
            equation = _equation(rank1, rank2, of_a, of_b)
            shape = a.shape.as_list()
            if any(not shape[axis] for axis in of_a):  # or of no known length
                raise ValueError
            return einsum(inputs=(a, b), equation=equation)

        def call(a: Any, b: Any, axes: Any = 2) -> Any:
            if own[type(a)] and own[type(b)]:
                try:
                    return contracted(a, b, axes)
                except refused:
                    pass
            return long(a, b, axes)

        if speed is None:
            return call
        ranks = range(1, 5)
        by_ranks = [
            (
                None,
                *(of_matrices if one == other == 2 else of_one_axis(one, other) for other in ranks),
            )
            for one in ranks
        ]
        in_c = speed.Ranked(((), *by_ranks), eager, rank_of, refused, call)
        return functools.update_wrapper(in_c, call)  # type: ignore[no-any-return]

    def reshape(long: Call) -> Call:
        native = tf.reshape

        def call(a: Any, /, *args: Any, **kwargs: Any) -> Any:
            if len(args) == 1 and not kwargs and own[type(a)] and a.dtype in inexact:
                shape = args[0]
                if type(shape) is int:
                    shape = (shape,)
                # Of what is empty TensorFlow takes -1 for any length.
                if type(shape) is tuple and 0 not in shape:
                    try:
                        return native(a, shape)
                    except refused:
                        pass
            return long(a, *args, **kwargs)

        return call

    def transpose(long: Call) -> Call:
        native = tf.transpose

        def call(a: Any, axes: Any = None) -> Any:
            if own[type(a)] and axes is None and a.dtype in inexact:
                return native(a)
            return long(a, axes)

        return call

    def joined(arrays: Any, axis: int) -> Any:
        if arrays[0].shape.rank == 0:
            raise ValueError  # a single number is given back there
        return tf.concat(arrays, axis)

    def clamp(a: Any, low: Any, high: Any) -> Any:
        return tf.minimum(tf.maximum(a, low), high)  # as NumPy if low > high

    return {
        **{name: ways.unary(getattr(tf.math, name)) for name in _UNARY},
        **{name: ways.binary(getattr(tf.math, name)) for name in _BINARY},
        **{name: ways.real_binary(getattr(tf.math, name)) for name in _REAL_BINARY},
        "dot": product(2),
        "matmul": product(8),
        "tensordot": tensordot,
        "einsum": ways.einsum(tf.einsum),
        **{
            name: ways.alone(getattr(tf.math, native), real) for name, native in _REAL_UNARY.items()
        },
        "sum": ways.reduced(tf.reduce_sum, real),
        "mean": ways.reduced(tf.reduce_mean, real),
        "prod": ways.reduced(tf.reduce_prod, real),
        **dict.fromkeys(("max", "amax"), ways.reduced(tf.reduce_max, real, empty=False)),
        **dict.fromkeys(("min", "amin"), ways.reduced(tf.reduce_min, real, empty=False)),
        "std": ways.reduced(tf.math.reduce_std, real, empty=False),
        "var": ways.reduced(tf.math.reduce_variance, real, empty=False),
        "any": ways.reduced(tf.reduce_any, boolean),
        "all": ways.reduced(tf.reduce_all, boolean),
        "cumsum": ways.along(tf.cumsum, None),
        "cumprod": ways.along(tf.math.cumprod, None),
        "trace": ways.alone(tf.linalg.trace, real, (2,)),
        "squeeze": ways.alone(tf.squeeze, real),
        "ravel": ways.alone(lambda a: tf.reshape(a, (-1,)), real),
        "zeros_like": ways.alone(tf.zeros_like, real),
        "ones_like": ways.alone(tf.ones_like, real),
        "logical_not": ways.alone(tf.logical_not, boolean),
        "logical_and": ways.of_two(tf.logical_and, boolean),
        "logical_or": ways.of_two(tf.logical_or, boolean),
        "expand_dims": ways.by_integers(tf.expand_dims, 1, number=True),
        "roll": ways.by_integers(tf.roll, 2),
        "clip": ways.clipped(clamp),
        "where": ways.where(tf.where, tf.bool),
        "concatenate": ways.joining(joined),
        "stack": ways.joining(tf.stack),
        "reshape": reshape,
        "transpose": transpose,
    }
