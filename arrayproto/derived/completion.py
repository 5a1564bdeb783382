"""Core functions with all of NumPy's arguments, of core functions with the few that they have.

Each takes the core of the array class first, then what NumPy's function of that name takes. The
other functions here are creation functions, which know their class from ``like=`` alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError, UnsupportedFunctionError
from . import derived_functions
from .arguments import keeps, reduced_axis
from .completion_creation import (
    asarray,
    ascontiguousarray,
    full,
    indices_from,
    made_by_numpy,
    ones,
    require,
    zeros,
)
from .completion_linalg import (
    linalg_cholesky,
    linalg_eig,
    linalg_eigh,
    linalg_qr,
    linalg_slogdet,
    linalg_solve,
    linalg_svd,
)
from .core import Core, stand_in
from .searching import searchsorted

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
    if axis is None or not a.shape:
        a, axis = np.reshape(a, (-1,)), axis or 0
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
    axes = _axes(reduced_axis(axis, len(a.shape)), len(a.shape))
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


# Fourier transforms -----------------------------------------------------------------------------


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
    from . import elementwise, loops

    name = ufunc.__name__
    if name not in elementwise.__all__:
        return NotImplemented
    composed = getattr(elementwise, name)
    if name in elementwise.AS_THEY_ARE:
        return composed(*inputs)
    return loops.loop(ufunc, composed, inputs)


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


#: NumPy function to its completion, which takes the core of the class first.
COMPLETIONS: dict[str, Callable[..., Any]] = {
    function.__name__.replace("linalg_", "linalg.").replace("fft_fft", "fft.fft"): function
    for function in (
        asarray, astype, reshape, transpose, broadcast_to, concatenate, where, take, nonzero,
        argsort, sum, prod, min, max, cumsum, cumprod, real, imag,
        linalg_cholesky, linalg_eig, linalg_eigh, linalg_qr, linalg_slogdet, linalg_solve,
        linalg_svd, fft_fft, full, zeros, ones, copy, result_type, can_cast, searchsorted,
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
    **{f"{name}indices_from": indices_from(name) for name in ("diag", "tril", "triu")},
    "empty": zeros,
    **{
        name: made_by_numpy(name)
        for name in (
            "arange", "eye", "frombuffer", "fromfile", "fromfunction", "fromiter", "fromstring",
            "genfromtxt", "identity", "loadtxt", "tri",
        )
    },
}  # fmt: skip
