"""Short ways for the functions of TensorFlow that programs spend their time in.

In the common case TensorFlow's own function gives NumPy's answer: tensors of one floating-point or
complex dtype, and plain arguments. That needs no lengths, so that it does for those that are not
known while `tf.function` traces. Whatever else comes, or what TensorFlow refuses, goes the long
way, which knows NumPy's rules and NumPy's errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Call = Callable[..., Any]

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


def shortcuts(tf: Any) -> Mapping[str, Callable[[Call], Call]]:
    """By NumPy's name, what makes the short way of a function of the long one."""
    own = (tf.Tensor, tf.Variable)
    float32, float64 = tf.float32, tf.float64
    real = frozenset({float32, float64})
    inexact = real | {tf.complex64, tf.complex128}
    # What TensorFlow raises where NumPy has an error, or an answer, of its own.
    refused = (tf.errors.OpError, TypeError, ValueError, IndexError)

    def unary(native: Call) -> Callable[[Call], Call]:
        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 1 and not kwargs:
                    dtype = args[0].dtype
                    # Identity first: the hash of a dtype takes longer than the rest.
                    if dtype is float32 or dtype is float64 or dtype in inexact:
                        return native(args[0])
                return long(*args, **kwargs)

            return call

        return make

    def binary(native: Call, dtypes: frozenset[Any]) -> Callable[[Call], Call]:
        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 2 and not kwargs:
                    a, b = args
                    if isinstance(a, own):
                        dtype = a.dtype
                        if (dtype is float32 or dtype is float64 or dtype in dtypes) and (
                            type(b) is float or (isinstance(b, own) and b.dtype is dtype)
                        ):
                            try:
                                return native(a, b)
                            except refused:
                                pass
                return long(*args, **kwargs)

            return call

        return make

    def product(most: float) -> Callable[[Call], Call]:
        """Of matrices, or of stacks of at most so many axes."""
        native, by_vector = tf.matmul, tf.linalg.matvec

        def make(long: Call) -> Call:
            def call(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 2 and not kwargs:
                    a, b = args
                    if isinstance(a, own) and isinstance(b, own) and a.dtype is b.dtype:
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
        native, of_matrices = tf.tensordot, tf.matmul

        def call(a: Any, b: Any, axes: Any = 2) -> Any:
            # Of more axes, or of those that are named, TensorFlow compares the product of lengths.
            if type(axes) is int and axes == 1 and isinstance(a, own) and isinstance(b, own):
                dtype = a.dtype
                if b.dtype is dtype and (dtype is float32 or dtype is float64 or dtype in inexact):
                    try:
                        if a.shape.rank == b.shape.rank == 2:
                            return of_matrices(a, b)  # in a quarter of the time
                        return native(a, b, 1)
                    except refused:
                        pass
            return long(a, b, axes)

        return call

    def einsum(long: Call) -> Call:
        native = tf.einsum

        def call(*operands: Any, **kwargs: Any) -> Any:
            subscripts, *tensors = operands
            if not kwargs and type(subscripts) is str and tensors:
                dtype = getattr(tensors[0], "dtype", None)
                if all(isinstance(x, own) and x.dtype is dtype for x in tensors):
                    if dtype in inexact:
                        try:
                            return native(subscripts, *tensors)
                        except refused:
                            pass
            return long(*operands, **kwargs)

        return call

    def reduction(native: Call) -> Callable[[Call], Call]:
        def make(long: Call) -> Call:
            def call(a: Any, axis: Any = None, *rest: Any, **kwargs: Any) -> Any:
                if not rest and not kwargs and isinstance(a, own) and a.dtype in real:
                    if axis is None or type(axis) is int:
                        try:
                            return native(a, axis)
                        except refused:
                            pass
                return long(a, axis, *rest, **kwargs)

            return call

        return make

    def where(long: Call) -> Call:
        native, boolean = tf.where, tf.bool

        def call(condition: Any, *rest: Any) -> Any:
            if len(rest) == 2 and isinstance(condition, own) and condition.dtype is boolean:
                x, y = rest
                if isinstance(x, own) and isinstance(y, own) and x.dtype is y.dtype:
                    if x.dtype in inexact:
                        try:
                            return native(condition, x, y)
                        except refused:
                            pass
            return long(condition, *rest)

        return call

    def joining(native: Call) -> Callable[[Call], Call]:
        def make(long: Call) -> Call:
            def call(arrays: Any, axis: Any = 0, *rest: Any, **kwargs: Any) -> Any:
                if not rest and not kwargs and type(axis) is int and type(arrays) in (list, tuple):
                    if len({x.dtype if isinstance(x, own) else None for x in arrays}) == 1:
                        if isinstance(arrays[0], own) and arrays[0].dtype in inexact:
                            try:
                                return native(arrays, axis)
                            except refused:
                                pass
                return long(arrays, axis, *rest, **kwargs)

            return call

        return make

    def reshape(long: Call) -> Call:
        native = tf.reshape

        def call(a: Any, /, *args: Any, **kwargs: Any) -> Any:
            if len(args) == 1 and not kwargs and isinstance(a, own) and a.dtype in inexact:
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
            if isinstance(a, own) and axes is None and a.dtype in inexact:
                return native(a)
            return long(a, axes)

        return call

    return {
        **{name: unary(getattr(tf.math, name)) for name in _UNARY},
        **{name: binary(getattr(tf.math, name), inexact) for name in _BINARY},
        **{name: binary(getattr(tf.math, name), real) for name in _REAL_BINARY},
        "dot": product(2),
        "matmul": product(8),
        "tensordot": tensordot,
        "einsum": einsum,
        "sum": reduction(tf.reduce_sum),
        "mean": reduction(tf.reduce_mean),
        "where": where,
        "concatenate": joining(tf.concat),
        "stack": joining(tf.stack),
        "reshape": reshape,
        "transpose": transpose,
    }
