"""Core functions with all of NumPy's arguments, of core functions with the few that they have.

Each takes the core of the array class first, then what NumPy's function of that name takes. The
other functions here are creation functions, which know their class from ``like=`` alone.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError, UnsupportedFunctionError
from . import derived_functions
from .arguments import keeps
from .core import Core, stand_in

_NoValue = numpy._NoValue


def _refuse_out(name: str, out: Any) -> None:
    if out is not None and out is not _NoValue:
        raise UnsupportedArgumentError(
            f"numpy.{name}: argument out= is not supported, for the arrays of this class are never "
            "written to; leave it out, and assign the result"
        )


def _given(value: Any) -> bool:
    return value is not None and value is not _NoValue


def _axes(axis: Any, rank: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(rank))
    return numpy.lib.array_utils.normalize_axis_tuple(axis, rank)


# Conversion and shape ---------------------------------------------------------------------------


def astype(core: Core, x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    dtype = numpy.dtype(dtype)
    if device is not None:
        numpy.astype(numpy.empty(0), dtype, device=device)  # its error
    if x.dtype == dtype:
        return x
    if x.dtype.kind == "c" and dtype.kind not in "cb":
        numpy.empty(0, x.dtype).astype(dtype)  # NumPy's warning
        x = core["real"](x)
    return core.own(x, dtype)


def reshape(core: Core, a: Any, shape: Any, order: str = "C", *, copy: bool | None = None) -> Any:
    a = core.own(a)
    checked = numpy.reshape(stand_in(a.shape), shape, order="F" if order == "F" else "C").shape
    if order == "F":
        turned = core["transpose"](a, tuple(range(len(a.shape)))[::-1])
        turned = core["reshape"](turned, checked[::-1])
        return core["transpose"](turned, tuple(range(len(checked)))[::-1])
    if order not in ("C", "A"):
        numpy.reshape(stand_in((1,)), 1, order=order)  # its error
    return a if checked == tuple(a.shape) else core["reshape"](a, checked)


def transpose(core: Core, a: Any, axes: Any = None) -> Any:
    rank = len(a.shape)
    if axes is None:
        axes = tuple(range(rank))[::-1]
    else:
        if isinstance(axes, int):
            axes = (axes,)
        stand_in(a.shape).transpose(axes)
        axes = _axes(tuple(axes), rank)
    return a if axes == tuple(range(rank)) else core["transpose"](a, axes)


def broadcast_to(core: Core, array: Any, shape: Any, subok: bool = False) -> Any:
    array = core.own(array)
    checked = numpy.broadcast_to(stand_in(array.shape), shape).shape
    return array if checked == tuple(array.shape) else core["broadcast_to"](array, checked)


def _items(arrays: Any) -> list[Any]:
    if hasattr(arrays, "shape") and not isinstance(arrays, (list, tuple)):
        return [arrays[i] for i in range(arrays.shape[0])]
    return list(arrays)


def _dtype_of(value: Any) -> Any:
    """What counts for promotion: a dtype, or the Python number itself."""
    if isinstance(value, (bool, int, float, complex)) and not isinstance(value, numpy.generic):
        return value
    return value.dtype if hasattr(value, "dtype") else numpy.asarray(value).dtype


def concatenate(
    core: Core,
    arrays: Any,
    /,
    axis: int | None = 0,
    out: Any = None,
    *,
    dtype: Any = None,
    casting: str = "same_kind",
) -> Any:
    _refuse_out("concatenate", out)
    numpy.can_cast(bool, bool, casting)  # raises if there is no such rule
    items = [core.own(a) for a in _items(arrays)]
    if not items:
        raise ValueError("need at least one array to concatenate")
    if axis is None:
        items, axis = [np.reshape(a, (-1,)) for a in items], 0
    # One element a length where there are more: what matters is which differ.
    shapes = [tuple(a.shape) for a in items]
    if len({len(s) for s in shapes}) > 1 or not shapes[0]:
        numpy.concatenate([stand_in((1,) * len(s)) for s in shapes])
    rank = len(shapes[0])
    axis = numpy.lib.array_utils.normalize_axis_index(axis, rank)
    if len({s[:axis] + s[axis + 1 :] for s in shapes}) > 1:
        numpy.concatenate([stand_in(s) for s in shapes], axis)
    common = numpy.result_type(*(a.dtype for a in items))
    if dtype is not None:
        dtype = numpy.dtype(dtype)
        for a in items:
            if not numpy.can_cast(a.dtype, dtype, casting):  # type: ignore[arg-type]
                raise TypeError(
                    f"Cannot cast array data from {a.dtype!r} to {dtype!r} according to the rule "
                    f"{casting!r}"
                )
        common = dtype
    items = [core.own(a, common) for a in items]
    return items[0] if len(items) == 1 else core["concatenate"](items, axis)


# Choice -----------------------------------------------------------------------------------------


def where(core: Core, condition: Any, x: Any = _NoValue, y: Any = _NoValue, /) -> Any:
    if (x is _NoValue) != (y is _NoValue):
        raise ValueError("either both or neither of x and y should be given")
    if x is _NoValue:
        return np.nonzero(condition)
    # Whose integers are out of bounds, their value tells.
    dtype = numpy.where(numpy.zeros((), bool), _empty(x), _empty(y)).dtype
    condition = core.own(condition)
    if condition.dtype != bool:
        condition = np.not_equal(condition, 0)
    numpy.broadcast_shapes(condition.shape, numpy.shape(stand_in(np.shape(x))), np.shape(y))
    x, y = (_wrapped(value, dtype) for value in (x, y))
    return core["where"](condition, core.own(x, dtype), core.own(y, dtype))


def _wrapped(value: Any, dtype: Any) -> Any:
    """A Python integer that is out of bounds as `numpy.where` has it: modulo the range."""
    return numpy.asarray(value).astype(dtype) if type(value) is int else value


def _empty(x: Any) -> Any:
    """What counts for promotion: a number, or an ndarray of that dtype."""
    known = _dtype_of(x)
    return numpy.zeros((), known) if isinstance(known, numpy.dtype) else known


def take(
    core: Core, a: Any, indices: Any, axis: int | None = None, out: Any = None, mode: str = "raise"
) -> Any:
    _refuse_out("take", out)
    a = core.own(a)
    if axis is None:
        a, axis = np.reshape(a, (-1,)), 0
    axis = numpy.lib.array_utils.normalize_axis_index(axis, len(a.shape))
    length = a.shape[axis]
    if not isinstance(indices, core.cls):
        indices = numpy.asarray(indices)
        if indices.size == 0 and indices.dtype == float:
            indices = indices.astype(numpy.intp)  # an empty list
    if indices.dtype.kind not in "iub":
        numpy.take(numpy.zeros(1), numpy.zeros(1, indices.dtype))  # its error
    shape = tuple(indices.shape)
    if isinstance(indices, numpy.ndarray):
        if indices.size or length == 0:
            indices = numpy.take(numpy.arange(length), indices, mode=mode)  # type: ignore[call-overload]
        indices = core.own(indices.reshape(-1).astype(numpy.intp))
    else:
        indices = _within(np.reshape(core.own(indices, numpy.intp), (-1,)), length, axis, mode)
    result = core["take"](a, indices, axis)
    return np.reshape(result, (*a.shape[:axis], *shape, *a.shape[axis + 1 :]))


def _within(indices: Any, length: int, axis: int, mode: str) -> Any:
    if math.prod(indices.shape) == 0:
        return indices
    if length == 0:
        raise IndexError("cannot do a non-empty take from an empty axes.")
    if mode == "wrap":
        return np.remainder(indices, length)
    if mode == "clip":
        return np.clip(indices, 0, length - 1)
    if mode != "raise":
        numpy.take(numpy.zeros(1), 0, mode=mode)  # type: ignore[call-overload]
    bad = np.logical_or(np.less(indices, -length), np.greater_equal(indices, length))
    from .creation import certainly

    if certainly(np.any(bad)):
        first = int(indices[int(np.argmax(bad))])
        raise IndexError(f"index {first} is out of bounds for axis {axis} with size {length}")
    return np.where(np.less(indices, 0), np.add(indices, length), indices)


def nonzero(core: Core, a: Any) -> Any:
    if not a.shape:
        raise ValueError(
            "Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() "
            "instead. If the context of this error is of the form `arr[nonzero(cond)]`, just use "
            "`arr[cond]`."
        )
    return core["nonzero"](a)


def argsort(
    core: Core, a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None
) -> Any:
    numpy.argsort(stand_in((1,)), kind=kind, order=order, stable=stable)  # its errors
    if axis is None:
        a, axis = np.reshape(a, (-1,)), 0
    if not a.shape:
        a = np.reshape(a, (1,))
    return core["argsort"](a, numpy.lib.array_utils.normalize_axis_index(axis, len(a.shape)))


# Reductions -------------------------------------------------------------------------------------


def kept(shape: Any, axes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape after a reduction with keepdims."""
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def _reduced(
    core: Core,
    name: str,
    a: Any,
    axis: Any,
    dtype: Any,
    out: Any,
    keepdims: Any,
    initial: Any,
    where: Any,
) -> Any:
    _refuse_out(name, out)
    a = core.own(a)
    ufunc = {"sum": np.add, "prod": np.multiply, "min": np.minimum, "max": np.maximum}[name]
    totals = name in ("sum", "prod")
    axes = _axes(axis, len(a.shape))
    if totals:
        default = getattr(numpy, name)(numpy.empty(0, a.dtype)).dtype
        dtype = numpy.dtype(default if dtype is None else dtype)
        a = np.astype(a, dtype) if dtype.kind in "fc" or a.dtype.kind == "c" else a
    else:
        dtype = a.dtype
    if where is not True and where is not _NoValue:
        if not totals and initial is _NoValue:
            raise ValueError(
                f"reduction operation '{ufunc.__name__}' does not have an identity, so to use a "
                "where mask one has to specify 'initial'"
            )
        neutral = initial if not totals else a.dtype.type(name == "prod")
        a = np.where(where, a, neutral)
    empty = any(a.shape[i] == 0 for i in axes)
    if empty and not totals:
        if initial is _NoValue:
            raise ValueError(
                f"zero-size array to reduction operation {ufunc.__name__} which has no identity"
            )
        shape = tuple(n for i, n in enumerate(a.shape) if i not in axes)
        result = np.broadcast_to(core.own(initial, dtype), shape)
    elif not axes:
        result = core.own(a, dtype)
    elif totals:
        result = core[name](a, axes, dtype)
    else:
        result = core[name](a, axes)
    if _given(initial):  # in the dtype of the result, whatever that does to it
        result = ufunc(result, core.own(initial, dtype))
    if keeps(keepdims):
        result = np.reshape(result, kept(a.shape, axes))
    return result


def sum(
    core: Core,
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = _NoValue,
    initial: Any = _NoValue,
    where: Any = _NoValue,
) -> Any:
    return _reduced(core, "sum", a, axis, dtype, out, keepdims, initial, where)


def prod(
    core: Core,
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = _NoValue,
    initial: Any = _NoValue,
    where: Any = _NoValue,
) -> Any:
    return _reduced(core, "prod", a, axis, dtype, out, keepdims, initial, where)


def min(
    core: Core,
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = _NoValue,
    initial: Any = _NoValue,
    where: Any = _NoValue,
) -> Any:
    return _reduced(core, "min", a, axis, None, out, keepdims, initial, where)


def max(
    core: Core,
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = _NoValue,
    initial: Any = _NoValue,
    where: Any = _NoValue,
) -> Any:
    return _reduced(core, "max", a, axis, None, out, keepdims, initial, where)


def _running(core: Core, name: str, a: Any, axis: Any, dtype: Any, out: Any) -> Any:
    _refuse_out(name, out)
    if axis is None or not a.shape:
        if axis is not None:
            numpy.lib.array_utils.normalize_axis_index(axis, 1)
        a, axis = np.reshape(a, (-1,)), 0
    axis = numpy.lib.array_utils.normalize_axis_index(axis, len(a.shape))
    default = getattr(numpy, name)(numpy.empty(0, a.dtype)).dtype
    return core[name](a, axis, numpy.dtype(default if dtype is None else dtype))


def cumsum(core: Core, a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return _running(core, "cumsum", a, axis, dtype, out)


def cumprod(core: Core, a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return _running(core, "cumprod", a, axis, dtype, out)


# Complex numbers --------------------------------------------------------------------------------


def real(core: Core, val: Any) -> Any:
    return core["real"](val) if val.dtype.kind == "c" else val


def imag(core: Core, val: Any) -> Any:
    return core["imag"](val) if val.dtype.kind == "c" else np.zeros_like(val)


# Linear algebra ---------------------------------------------------------------------------------


def _matrices(a: Any, square: bool = True) -> Any:
    """`a` in a dtype of linear algebra, its shape checked."""
    LinAlgError = numpy.linalg.LinAlgError
    if len(a.shape) < 2:
        raise LinAlgError(
            f"{len(a.shape)}-dimensional array given. Array must be at least two-dimensional"
        )
    if square and a.shape[-1] != a.shape[-2]:
        raise LinAlgError("Last 2 dimensions of the array must be square")
    return np.astype(a, linalg_dtype(a.dtype))


def linalg_dtype(*dtypes: Any) -> Any:
    """The dtype of results of `numpy.linalg`."""
    for dtype in dtypes:
        if dtype.kind not in "biufc" or dtype.char in "egG":
            raise TypeError(f"array type {dtype.name} is unsupported in linalg")
    common = numpy.result_type(*dtypes)
    return common if common.kind in "fc" else numpy.dtype(float)


def _named(name: str, *results: Any) -> Any:
    """Results under the names that NumPy has for them."""
    return type(getattr(numpy.linalg, name)(numpy.eye(1)))(*results)


def linalg_cholesky(core: Core, a: Any, /, *, upper: bool = False) -> Any:
    a = _matrices(a)
    # The upper half alone counts, or the lower.
    a = np.conjugate(np.matrix_transpose(a)) if upper else a
    factor = core["linalg.cholesky"](a)
    return np.conjugate(np.matrix_transpose(factor)) if upper else factor


def linalg_eig(core: Core, a: Any) -> Any:
    a = _matrices(a)
    values, vectors = core["linalg.eig"](a)
    from .linalg import are_real

    if a.dtype.kind == "f" and not _always_complex() and are_real(values):
        values, vectors = np.real(values), np.real(vectors)
    return _named("eig", values, vectors)


@functools.cache
def _always_complex() -> bool:
    """Whether NumPy's eigenvalues are complex numbers even where all are real, as since 2.5."""
    return numpy.linalg.eig(numpy.eye(1))[0].dtype.kind == "c"


def linalg_eigh(core: Core, a: Any, UPLO: str = "L") -> Any:
    if UPLO.upper() not in ("L", "U"):
        raise ValueError("UPLO argument must be 'L' or 'U'")
    a = _matrices(a)
    if UPLO.upper() == "U":
        a = np.conjugate(np.matrix_transpose(a))
    return _named("eigh", *core["linalg.eigh"](a))


def linalg_qr(core: Core, a: Any, mode: str = "reduced") -> Any:
    if mode == "raw":
        raise UnsupportedArgumentError(
            "numpy.linalg.qr: mode='raw' is LAPACK's own form, which this class has not got; "
            "modes are 'reduced', 'complete' and 'r'"
        )
    if mode not in ("reduced", "complete", "r"):
        raise ValueError(f"Unrecognized mode '{mode}'")
    factors = core["linalg.qr"](
        _matrices(a, square=False), "complete" if mode == "complete" else "reduced"
    )
    return factors[1] if mode == "r" else _named("qr", *factors)


def linalg_slogdet(core: Core, a: Any) -> Any:
    return _named("slogdet", *core["linalg.slogdet"](_matrices(a)))


def linalg_solve(core: Core, a: Any, b: Any) -> Any:
    a, b = core.own(a), core.own(b)
    dtype = linalg_dtype(a.dtype, b.dtype)
    a = np.astype(_matrices(a), dtype)
    vector = len(b.shape) == 1
    b = np.astype(b[:, None] if vector else b, dtype)
    if len(b.shape) < 2 or b.shape[-2] != a.shape[-1]:
        numpy.linalg.solve(stand_in(a.shape, float), stand_in(b.shape[:-1] if vector else b.shape))
    stack = numpy.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a = np.broadcast_to(a, stack + tuple(a.shape[-2:]))
    b = np.broadcast_to(b, stack + tuple(b.shape[-2:]))
    result = core["linalg.solve"](a, b)
    return result[..., 0] if vector else result


def linalg_svd(
    core: Core,
    a: Any,
    full_matrices: bool = True,
    compute_uv: bool = True,
    hermitian: bool = False,
) -> Any:
    a = _matrices(a, square=hermitian)
    factors = core["linalg.svd"](a, bool(full_matrices and compute_uv))
    return _named("svd", *factors) if compute_uv else factors[1]


def fft_fft(
    core: Core, a: Any, n: int | None = None, axis: int = -1, norm: Any = None, out: Any = None
) -> Any:
    _refuse_out("fft.fft", out)
    from .fft import lengthened, normalized

    axis = numpy.lib.array_utils.normalize_axis_index(axis, len(a.shape))
    a = lengthened(a, n, axis)
    dtype = numpy.fft.fft(numpy.zeros(1, a.dtype)).dtype
    length = a.shape[axis]
    return normalized(core["fft.fft"](np.astype(a, dtype), axis), length, norm, forward=True)


# Of dtypes ----------------------------------------------------------------------------------------


def _weak(x: Any) -> Any:
    plain = isinstance(x, (numpy.ndarray, numpy.generic, type))
    return x if plain or not hasattr(x, "dtype") else x.dtype


def result_type(core: Core, *arrays_and_dtypes: Any) -> Any:
    return numpy.result_type(*map(_weak, arrays_and_dtypes))


def can_cast(core: Core, from_: Any, to: Any, casting: str = "safe") -> bool:
    return numpy.can_cast(_weak(from_), to, casting)  # type: ignore[arg-type]


def copy(core: Core, a: Any, order: str = "K", subok: bool = False) -> Any:
    return core.own(a)  # never written to, so never changed


# Ufuncs -----------------------------------------------------------------------------------------


def call_ufunc(
    core: Core, ufunc: np.ufunc, found: Callable[..., Any] | None, inputs: tuple[Any, ...]
) -> Any:
    """Call a ufunc with inputs alone: the class's own, or the one composed of others."""
    numbers = [type(x) in (bool, int, float, complex) for x in inputs]
    keep = not all(numbers)
    inputs = tuple(x if n and keep else core.own(x) for x, n in zip(inputs, numbers, strict=True))
    if found is not None:
        return found(*inputs)
    from . import elementwise, ufuncs

    name = ufunc.__name__
    if name not in elementwise.__all__:
        return NotImplemented
    composed = getattr(elementwise, name)
    if name in elementwise.AS_THEY_ARE:
        return composed(*inputs)
    return ufuncs.loop(ufunc, composed, inputs)


# In place ---------------------------------------------------------------------------------------


def _in_place(name: str) -> Callable[..., Any]:
    def write(core: Core, *args: Any, **kwargs: Any) -> Any:
        if not hasattr(core.cls, "__setitem__"):
            raise UnsupportedFunctionError(
                f"numpy.{name} is not supported for arrays of {core.cls.__qualname__}, which "
                "cannot be written to; numpy.where makes a new array"
            )
        return derived_functions()[name](*args, **kwargs)

    return write


# Creation, on like= -----------------------------------------------------------------------------


def _nested(core: Core, a: Any) -> Any:
    """Lists with arrays of the class in them are put together, others left as they are."""
    if isinstance(a, (list, tuple)):
        found = [_nested(core, item) for item in a]
        if any(isinstance(item, core.cls) for item in found):
            return np.stack([core.own(item) for item in found])
    return a


def ascontiguousarray(core: Core, a: Any, dtype: Any = None) -> Any:
    return asarray(core, a, dtype, ndmin=1)


def require(core: Core, a: Any, dtype: Any = None, requirements: Any = None) -> Any:
    numpy.require(numpy.empty(0), None, requirements)  # raises if they are no requirements
    return asarray(core, a, dtype)


def asarray(
    core: Core,
    a: Any,
    dtype: Any = None,
    order: Any = None,
    *,
    device: Any = None,
    copy: bool | None = None,
    subok: bool = False,
    ndmin: int = 0,
) -> Any:
    if isinstance(a, (list, tuple)):
        a = _nested(core, a)
    if copy is False and not isinstance(a, core.cls):
        raise ValueError(
            "Unable to avoid copy while creating an array as requested; an array of "
            f"{core.cls.__qualname__} is always made anew of what is none"
        )
    if dtype is not None:
        numpy.dtype(dtype)
    if not isinstance(a, core.cls):
        a = numpy.asarray(a, dtype)
    result = core.own(a) if dtype is None else np.astype(core.own(a), dtype)
    rank = len(result.shape)
    return np.reshape(result, (1,) * (ndmin - rank) + tuple(result.shape))


def _filled(core: Core, shape: Any, value: Any, dtype: Any) -> Any:
    shape = stand_in(shape if numpy.iterable(shape) else (shape,)).shape
    return np.broadcast_to(core.own(numpy.asarray(value, dtype)), shape)


def full(
    core: Core,
    shape: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "C",
    *,
    device: Any = None,
) -> Any:
    if isinstance(fill_value, core.cls):
        value = fill_value if dtype is None else np.astype(fill_value, dtype)
        return np.broadcast_to(value, shape if numpy.iterable(shape) else (shape,))
    return _filled(core, shape, fill_value, dtype)


def zeros(
    core: Core, shape: Any, dtype: Any = float, order: str = "C", *, device: Any = None
) -> Any:
    return _filled(core, shape, 0, float if dtype is None else dtype)


def ones(
    core: Core, shape: Any, dtype: Any = float, order: str = "C", *, device: Any = None
) -> Any:
    return _filled(core, shape, 1, float if dtype is None else dtype)


def _made_by_numpy(name: str) -> Callable[..., Any]:
    """Values that NumPy computes from arguments that are no arrays, or reads from a file."""

    def create(core: Core, *args: Any, **kwargs: Any) -> Any:
        return core.own(getattr(numpy, name)(*args, **kwargs))

    create.__name__ = name
    return create


def _indices_from(name: str) -> Callable[..., Any]:
    """Index arrays that only the shape decides."""

    def indices(core: Core, arr: Any, *args: Any, **kwargs: Any) -> Any:
        from . import selection

        return tuple(
            map(core.own, getattr(selection, f"{name}_indices_from")(arr, *args, **kwargs))
        )

    return indices


#: NumPy function to its completion, which takes the core of the class first.
COMPLETIONS: dict[str, Callable[..., Any]] = {
    function.__name__.replace("linalg_", "linalg.").replace("fft_fft", "fft.fft"): function
    for function in (
        asarray, astype, reshape, transpose, broadcast_to, concatenate, where, take, nonzero,
        argsort, sum, prod, min, max, cumsum, cumprod, real, imag,
        linalg_cholesky, linalg_eig, linalg_eigh, linalg_qr, linalg_slogdet, linalg_solve,
        linalg_svd, fft_fft, full, zeros, ones, copy, result_type, can_cast,
    )
} | {
    "array": asarray,
    "asanyarray": asarray,
    "ascontiguousarray": ascontiguousarray,
    "asfortranarray": ascontiguousarray,
    "require": require,
    **{
        name: _in_place(name)
        for name in ("copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask")
    },
    **{f"{name}_indices_from": _indices_from(name) for name in ("diag", "tril", "triu")},
    "empty": zeros,
    **{
        name: _made_by_numpy(name)
        for name in (
            "arange", "eye", "frombuffer", "fromfile", "fromfunction", "fromiter", "fromstring",
            "genfromtxt", "identity", "loadtxt", "tri",
        )
    },
}  # fmt: skip
