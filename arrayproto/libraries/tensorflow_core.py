"""The core functions (see `arrayproto.derived.core`), of TensorFlow's operations.

An operation has the dtypes that its kernels are written for, and rules of its own where NumPy's are
others: what is whole is divided by zero, shifted by more than its bits, and so on.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..errors import UnsupportedArgumentError
from .array_api import NEAREST, Dtypes

Call = Callable[..., Any]

#: Ufuncs of the core to TensorFlow's function for it, where that does what NumPy's loop does.
_SAME = {
    "add": "add",
    "subtract": "subtract",
    "multiply": "multiply",
    "divide": "divide",
    "negative": "negative",
    "absolute": "abs",
    "equal": "equal",
    "less": "less",
    **{name: name for name in ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan")},
    **{name: name for name in ("sinh", "cosh", "tanh", "floor", "rint", "nextafter")},
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "arctan2": "atan2",
}
_BITS = {
    "bitwise_and": "logical_and",
    "bitwise_or": "logical_or",
    "bitwise_xor": "logical_xor",
    "invert": "logical_not",
}


class _Kinds:
    """TensorFlow's dtypes by what their kernels have in common."""

    def __init__(self, tf: Any) -> None:
        self.signed = {tf.float16: tf.int16, tf.float32: tf.int32, tf.float64: tf.int64}
        self.unsigned = frozenset({tf.uint8, tf.uint16, tf.uint32, tf.uint64})
        self.of_product = frozenset({tf.int8, tf.int16}) | self.unsigned


def core(tf: Any, dtypes: Dtypes) -> Mapping[str, Call]:
    """The core functions for TensorFlow's tensors.

    Parameters
    ----------
    tf : module
    dtypes : Dtypes

    Returns
    -------
    mapping of str to callable
    """
    kinds = _Kinds(tf)
    return {
        **_arrays(tf, dtypes),
        **_order(tf, kinds),
        **_ufuncs(tf, kinds),
        **_matrices(tf, kinds),
        **_values(tf, dtypes),
    }


# Arrays -----------------------------------------------------------------------------------------


def _arrays(tf: Any, dtypes: Dtypes) -> Mapping[str, Call]:
    own = dtypes.from_numpy

    def asarray(a: np.ndarray) -> Any:
        dtype = np.dtype(NEAREST[a.dtype.name]) if a.dtype.char in "gG" else a.dtype
        own(dtype)  # raises where there is none: text would become one of tf.string
        return tf.constant(a.astype(dtype.newbyteorder("="), copy=False))

    def astype(x: Any, dtype: Any) -> Any:
        if dtype.kind == "b":  # a cast takes of a complex number the real part
            return tf.not_equal(x, tf.zeros((), x.dtype))
        return tf.cast(x, own(dtype))

    def getitem(a: Any, key: Any) -> Any:
        # Old iterators end with this error.
        if isinstance(key, int) and not -a.shape[0] <= key < a.shape[0]:
            raise IndexError(f"index {key} is out of bounds for axis 0 with size {a.shape[0]}")
        return a[key]

    def total(function: Call) -> Call:
        def call(a: Any, axis: Any, dtype: Any) -> Any:
            adding = own("int64" if dtype.kind == "b" else dtype)
            return astype(function(tf.cast(a, adding), axis), dtype)

        return call

    return {
        "asarray": asarray,
        "astype": astype,
        "getitem": getitem,
        "reshape": tf.reshape,
        "transpose": tf.transpose,
        "broadcast_to": tf.broadcast_to,
        "concatenate": tf.concat,
        "where": tf.where,
        "take": lambda a, indices, axis: tf.gather(a, indices, axis=axis),
        "nonzero": lambda a: tf.unstack(tf.where(astype(a, np.dtype(bool))), axis=1),
        "sum": total(tf.reduce_sum),
        "prod": total(tf.reduce_prod),
        "cumsum": total(tf.cumsum),
        "cumprod": total(tf.math.cumprod),
        "real": tf.math.real,
        "imag": tf.math.imag,
    }


def _order(tf: Any, kinds: _Kinds) -> Mapping[str, Call]:
    def ordered(a: Any) -> Any:
        """Integers in the order of the elements: of NaN, TensorFlow's own order is not defined."""
        if a.dtype is tf.bool:
            return tf.cast(a, tf.uint8)
        if a.dtype not in kinds.signed:
            return a
        dtype = kinds.signed[a.dtype]
        bits = tf.bitcast(a + 0, dtype)  # of the two zeros one
        bits = tf.where(bits < 0, tf.bitwise.bitwise_xor(bits, dtype.max), bits)
        return tf.where(tf.math.is_nan(a), tf.constant(dtype.max, dtype), bits)

    def along(a: Any, order: Any, axis: int) -> Any:
        """`a` in another order along an axis."""
        perm = list(range(len(a.shape)))
        perm[axis], perm[-1] = perm[-1], perm[axis]
        a, order = tf.transpose(a, perm), tf.transpose(order, perm)
        return tf.transpose(tf.gather(a, order, axis=-1, batch_dims=len(perm) - 1), perm)

    def argsort(a: Any, axis: int) -> Any:
        if not a.dtype.is_complex:
            return tf.cast(tf.argsort(ordered(a), axis, stable=True), tf.int64)
        re, im = tf.math.real(a), tf.math.imag(a)
        # With NaN in one of the parts, or in both, they go last.
        spoilt = 2 * tf.cast(tf.math.is_nan(re), tf.int8) + tf.cast(tf.math.is_nan(im), tf.int8)
        order = argsort(im, axis)
        for key in (re, spoilt):
            order = along(order, argsort(along(key, order, axis), axis), axis)
        return order

    def extreme(function: Call, largest: bool) -> Call:
        def call(a: Any, axis: Any) -> Any:
            if a.dtype is tf.bool:
                return (tf.reduce_any if largest else tf.reduce_all)(a, axis)
            if not a.dtype.is_complex:
                return function(a, axis)
            rest = [i for i in range(len(a.shape)) if i not in axis]
            a = tf.transpose(a, (*rest, *axis))
            a = tf.reshape(a, (*a.shape[: len(rest)], -1))
            a = along(a, argsort(a, len(rest)), len(rest))
            first, last = a[..., 0], a[..., -1]
            if largest:
                return last
            return tf.where(tf.math.is_nan(tf.abs(last)), last, first)

        return call

    def searchsorted(a: Any, v: Any, side: str) -> Any:
        return tf.searchsorted(a, v, side=side, out_type=tf.int64)

    return {
        "argsort": argsort,
        "searchsorted": searchsorted,
        "min": extreme(tf.reduce_min, False),
        "max": extreme(tf.reduce_max, True),
    }


# Ufuncs -----------------------------------------------------------------------------------------


def _ufuncs(tf: Any, kinds: _Kinds) -> Mapping[str, Call]:
    found = {name: getattr(tf.math, own) for name, own in _SAME.items()}
    int64 = tf.int64

    def unsigned(function: Call, otherwise: Call) -> Call:
        return lambda x: (otherwise if x.dtype in kinds.unsigned else function)(x)

    def bits(name: str, of_bools: str) -> Call:
        function, logical = getattr(tf.bitwise, name), getattr(tf.math, of_bools)
        return lambda *x: (logical if x[0].dtype is tf.bool else function)(*x)

    def shift(function: Call, right: bool) -> Call:
        """A shift by more than there are bits leaves the sign, or nothing."""

        def call(x1: Any, x2: Any) -> Any:
            most = 8 * x1.dtype.size - 1
            gone = x2 > most
            if x2.dtype not in kinds.unsigned:
                gone |= x2 < 0
            last = tf.where(gone, tf.constant(most, x2.dtype), x2)
            result = function(x1, last)
            if right and x1.dtype not in kinds.unsigned:
                return result
            return tf.where(gone, tf.zeros((), x1.dtype), result)

        return call

    def whole(function: Call, of_floats: Call) -> Call:
        """NumPy's quotient of integers by zero is zero, and so is the remainder."""

        def call(x1: Any, x2: Any) -> Any:
            if x1.dtype.is_floating:
                return of_floats(x1, x2)
            zero = tf.equal(x2, 0)
            result = function(x1, tf.where(zero, tf.ones((), x2.dtype), x2))
            return tf.where(zero, tf.zeros((), x1.dtype), result)

        return call

    def remainder(x1: Any, x2: Any) -> Any:
        if x1.dtype is tf.float16:  # has no kernel
            x1, x2 = tf.cast(x1, tf.float32), tf.cast(x2, tf.float32)
            return tf.cast(remainder(x1, x2), tf.float16)
        rest = tf.truncatemod(x1, x2)
        other = tf.not_equal(rest, 0) & tf.not_equal(rest < 0, x2 < 0)
        return tf.where(tf.equal(rest, 0), copysign(rest, x2), tf.where(other, rest + x2, rest))

    def quotient(x1: Any, x2: Any) -> Any:
        # As NumPy's own npy_divmod: the quotient fits the remainder.
        exact = (x1 - remainder(x1, x2)) / x2
        floor = tf.floor(exact)
        floor = tf.where(exact - floor > 0.5, floor + 1, floor)
        floor = tf.where(tf.equal(exact, 0), copysign(tf.zeros_like(exact), x1 / x2), floor)
        return tf.where(tf.equal(x2, 0), x1 / x2, floor)

    def power(x1: Any, x2: Any) -> Any:
        if x2.dtype.is_complex:
            # Of zero, which TensorFlow makes NaN.
            zero = tf.equal(x1, 0)
            result = tf.pow(tf.where(zero, tf.ones((), x1.dtype), x1), x2)
            re, nan = tf.math.real(x2), tf.constant(complex(np.nan, np.nan), x2.dtype)
            of_zero = tf.where(tf.equal(x2, 0), tf.ones((), x2.dtype), tf.zeros((), x2.dtype))
            return tf.where(zero, tf.where(tf.equal(x2, 0) | (re > 0), of_zero, nan), result)
        if not x2.dtype.is_integer:
            return tf.pow(x1, x2)
        if x2.dtype in kinds.unsigned:  # modulo 2**64 they are the same
            return tf.cast(tf.pow(tf.cast(x1, int64), tf.cast(x2, int64)), x1.dtype)
        if 0 in x1.shape or tf.is_symbolic_tensor(x2):
            return tf.pow(x1, x2)
        if bool(tf.reduce_any(x2 < 0)):
            raise ValueError("Integers to negative integer powers are not allowed.")
        return tf.pow(x1, x2)

    def copysign(x1: Any, x2: Any) -> Any:
        negative = tf.bitcast(x2, kinds.signed[x2.dtype]) < 0
        size = tf.abs(x1)
        return tf.where(negative, -size, size)

    def rounding(function: Call) -> Call:
        def call(x: Any) -> Any:
            if x.dtype.is_complex:
                return tf.complex(function(tf.math.real(x)), function(tf.math.imag(x)))
            if not x.dtype.is_floating:
                return x
            if x.dtype is tf.float16:
                return tf.cast(function(tf.cast(x, tf.float32)), x.dtype)
            return function(x)

        return call

    def nextafter(x1: Any, x2: Any) -> Any:
        if x1.dtype is not tf.float16:
            return tf.math.nextafter(x1, x2)
        bits = tf.bitcast(x1, tf.int16)
        away = tf.equal(x2 > x1, x1 > 0)  # from zero
        step = tf.where(away, tf.ones((), tf.int16), -tf.ones((), tf.int16))
        least = copysign(tf.bitcast(tf.ones((), tf.int16), x1.dtype), x2)
        moved = tf.where(tf.equal(x1, 0), least, tf.bitcast(bits + step, x1.dtype))
        moved = tf.where(tf.math.is_nan(x1 + x2), x1 + x2, moved)
        return tf.where(tf.equal(x1, x2), x2, moved)

    def logarithm(base: float) -> Call:
        def call(x: Any) -> Any:
            result = tf.math.log(x)
            if not x.dtype.is_complex:
                return result / tf.constant(np.log(base), x.dtype)
            # Quotients of complex infinities are NaN.
            re, im = tf.math.real(result), tf.math.imag(result)
            divisor = tf.constant(np.log(base), re.dtype)
            return tf.complex(re / divisor, im / divisor)

        return call

    return {
        **found,
        **{name: bits(name, of_bools) for name, of_bools in _BITS.items()},
        "absolute": unsigned(tf.abs, lambda x: x),
        "negative": unsigned(tf.negative, lambda x: tf.zeros_like(x) - x),
        "conjugate": tf.math.conj,
        "floor_divide": whole(tf.math.floordiv, quotient),
        "remainder": whole(tf.math.floormod, remainder),
        "power": power,
        "copysign": copysign,
        "nextafter": nextafter,
        "floor": rounding(tf.floor),
        "rint": rounding(tf.math.rint),
        "log2": logarithm(2),
        "log10": logarithm(10),
        "left_shift": shift(tf.bitwise.left_shift, False),
        "right_shift": shift(tf.bitwise.right_shift, True),
    }


# Matrices ---------------------------------------------------------------------------------------


def _matrices(tf: Any, kinds: _Kinds) -> Mapping[str, Call]:
    def matmul(x1: Any, x2: Any) -> Any:
        dtype = x1.dtype
        if dtype in kinds.of_product:  # modulo 2**64 they are the same
            return tf.cast(matmul(tf.cast(x1, tf.int64), tf.cast(x2, tf.int64)), dtype)
        row, column = len(x1.shape) == 1, len(x2.shape) == 1
        result = tf.matmul(x1[None, :] if row else x1, x2[:, None] if column else x2)
        if row:
            result = result[..., 0, :]
        return result[..., 0] if column else result

    def checked(function: Call) -> Call:
        """What cannot be factored is NumPy's error; in `tf.function` it is TensorFlow's."""

        @functools.wraps(function)
        def call(*args: Any) -> Any:
            try:
                return function(*args)
            except tf.errors.InvalidArgumentError as error:
                raise np.linalg.LinAlgError(error.message) from error

        return call

    def has_nan(a: Any) -> bool:
        """What TensorFlow fills in where it has not found an answer."""
        if tf.is_symbolic_tensor(a):
            return False
        return bool(tf.reduce_any(tf.math.is_nan(tf.abs(a))))

    def cholesky(a: Any) -> Any:
        factor = tf.linalg.cholesky(a)
        if has_nan(tf.linalg.diag_part(factor)):  # nothing is filled in above it
            raise np.linalg.LinAlgError("Matrix is not positive definite")
        return factor

    def eigh(a: Any) -> Any:
        values, vectors = tf.linalg.eigh(a)
        return tf.math.real(values), vectors

    def svd(a: Any, full_matrices: bool) -> Any:
        s, u, v = tf.linalg.svd(a, full_matrices=full_matrices)
        if has_nan(s):
            raise np.linalg.LinAlgError("SVD did not converge")
        return u, s, tf.linalg.adjoint(v)

    def slogdet(a: Any) -> Any:
        sign, logabs = tf.linalg.slogdet(a)
        return sign, tf.math.real(logabs)

    def fft(a: Any, axis: int) -> Any:
        perm = list(range(len(a.shape)))
        perm[axis], perm[-1] = perm[-1], perm[axis]
        return tf.transpose(tf.signal.fft(tf.transpose(a, perm)), perm)

    return {
        "matmul": matmul,
        "linalg.cholesky": checked(cholesky),
        "linalg.eig": checked(tf.linalg.eig),
        "linalg.eigh": checked(eigh),
        "linalg.qr": lambda a, mode: tf.linalg.qr(a, full_matrices=mode == "complete"),
        "linalg.slogdet": checked(slogdet),
        "linalg.solve": checked(tf.linalg.solve),
        "linalg.svd": svd,
        "fft.fft": fft,
    }


# Values -----------------------------------------------------------------------------------------


def _values(tf: Any, dtypes: Dtypes) -> Mapping[str, Call]:
    def read(a: Any) -> Any:
        dtypes.to_numpy(a.dtype)  # raises where there is none
        return tf.convert_to_tensor(a)

    def value(a: Any) -> Any:
        if tf.is_symbolic_tensor(a):
            raise UnsupportedArgumentError(
                "a value of a tensor decides what the result is, and is not known while "
                "tf.function traces; call it outside of tf.function, or by tf.py_function"
            )
        return a

    def setitem(a: Any, key: Any, value: Any) -> None:
        assert key is Ellipsis  # as everything writes that is derived
        a.assign(tf.broadcast_to(value, a.shape))

    return {
        "read": read,
        "value": value,
        "setitem": setitem,
        "writable": lambda a: isinstance(a, tf.Variable),
    }
