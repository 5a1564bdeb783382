"""What ufuncs do beyond a call with inputs alone, for any ufunc.

The arguments of a call (``dtype=``, ``where=``, ``out=`` ...) and the methods (``reduce``,
``accumulate`` ...) are composed of calls of the same ufunc with nothing but inputs, and of a few
functions. What such dtypes and ranks give, or raise, NumPy itself says of arrays of at most one
element.
"""

from __future__ import annotations

import functools
import math
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError, UnsupportedFunctionError
from ..libraries import library_of
from .creation import make

_PYTHON_NUMBERS = (bool, int, float, complex)
_nothing = numpy._NoValue

#: Ufuncs whose reduction NumPy has a function for.
REDUCTIONS: dict[np.ufunc, str] = {
    numpy.add: "sum",
    numpy.multiply: "prod",
    numpy.maximum: "max",
    numpy.minimum: "min",
    numpy.logical_and: "all",
    numpy.logical_or: "any",
}
RUNNING: dict[np.ufunc, str] = {numpy.add: "cumsum", numpy.multiply: "cumprod"}
#: Ufuncs of which a reduction may be computed in any order, and in parts.
ASSOCIATIVE = frozenset(
    {
        *REDUCTIONS,
        numpy.bitwise_and,
        numpy.bitwise_or,
        numpy.bitwise_xor,
        numpy.fmax,
        numpy.fmin,
        numpy.gcd,
        numpy.hypot,
        numpy.lcm,
        numpy.logaddexp,
        numpy.logaddexp2,
        numpy.logical_xor,
    }
)


# What NumPy would do ----------------------------------------------------------------------------


def _operand(a: Any) -> Any:
    """An argument as an array, unless it is one or a number of Python, whose dtype gives way."""
    if type(a) in _PYTHON_NUMBERS or hasattr(a, "dtype"):
        return a
    return numpy.asarray(a)


def _stand_in(a: Any) -> Any:
    """An ndarray of the same dtype and rank, with as few elements as that takes."""
    if isinstance(a, (numpy.ufunc, type(None))) or type(a) in _PYTHON_NUMBERS:
        return a
    return numpy.ones([int(n != 0) for n in a.shape], a.dtype)


def _ask(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What NumPy makes of stand-ins: the dtype of the result, and NumPy's errors."""
    with numpy.errstate(all="ignore"):
        return function(*args, **kwargs)


def ask(ufunc: np.ufunc, inputs: Sequence[Any]) -> Any:
    """What NumPy makes of stand-ins for the inputs of a ufunc, its errors included."""
    return _ask(ufunc, *(_stand_in(_operand(a)) for a in inputs))


def _loop_dtypes(
    ufunc: np.ufunc, inputs: Sequence[Any], signature: Any = None, casting: str = "same_kind"
) -> tuple[Any, ...]:
    """The dtypes of NumPy's loop for these inputs: of its inputs, then of its results."""
    given = tuple(
        numpy.dtype(bool) if type(a) is bool else type(a) if type(a) in _PYTHON_NUMBERS else a.dtype
        for a in inputs
    )
    given += (None,) * ufunc.nout
    if signature is None:  # NumPy takes no None here
        return ufunc.resolve_dtypes(given, casting=casting)
    return ufunc.resolve_dtypes(given, signature=signature, casting=casting)


def cast(a: Any, dtype: Any) -> Any:
    """An operand in a dtype."""
    if type(a) in _PYTHON_NUMBERS:
        return numpy.asarray(a, dtype)[()]  # OverflowError where the dtype has no such number
    if a.dtype == dtype:
        return a
    return a.astype(dtype) if hasattr(a, "astype") else np.astype(a, dtype)


def _shape(a: Any) -> tuple[int, ...]:
    return tuple(getattr(a, "shape", ()))


def _array(a: Any, like: Any, dtype: Any) -> Any:
    """An operand in a dtype, as an array of the library of `like`.

    A quantity stays what it is: the library accepts it, and its unit would be lost.
    """
    if isinstance(a, numpy.ndarray) and type(a) is not numpy.ndarray:
        return cast(a, dtype)
    if isinstance(a, (numpy.ndarray, numpy.generic)) or type(a) in _PYTHON_NUMBERS:
        return make(numpy.asarray, like, numpy.asarray(cast(a, dtype)))
    return cast(a, dtype)


def loop(ufunc: np.ufunc, function: Callable[..., Any], inputs: Sequence[Any]) -> Any:
    """Call `function` with inputs in the dtypes of the ufunc's loop; the results get theirs."""
    operands = [_operand(a) for a in inputs]
    ask(ufunc, operands)
    dtypes = _loop_dtypes(ufunc, operands)
    like = next((a for a in operands if hasattr(a, "dtype") and not _held(a)), operands[0])
    results = function(*(_array(a, like, d) for a, d in zip(operands, dtypes, strict=False)))
    if ufunc.nout == 1:
        return cast(results, dtypes[-1])
    pairs = zip(results, dtypes[ufunc.nin :], strict=True)
    return tuple(cast(result, dtype) for result, dtype in pairs)


def _held(a: Any) -> bool:
    """Whether values can be read at no cost: an ndarray or what makes one, no duck array."""
    return isinstance(a, (numpy.ndarray, numpy.generic)) or not (
        hasattr(a, "__array_ufunc__")
        or hasattr(a, "__array_function__")
        or hasattr(a, "__array_namespace__")
    )


# Where results go -------------------------------------------------------------------------------


def _write(ufunc: np.ufunc, out: Any, value: Any, casting: str = "same_kind") -> Any:
    """Write a result, of the right dtype kind and broadcastable, to an array that was given."""
    if _held(out) and not _held(value):
        raise UnsupportedArgumentError(
            f"numpy.{ufunc.__name__}: argument out= is a {type(out).__module__}."
            f"{type(out).__qualname__} and the result a {type(value).__module__}."
            f"{type(value).__qualname__}, which would have to be brought to the host. Leave out= "
            "out (a = a + x instead of a += x), or convert the result yourself"
        )
    library = library_of(type(out))
    if library is not None and library.write is not None:
        library.write(out, np.broadcast_to(cast(value, out.dtype), out.shape))
        return out
    try:
        np.copyto(out, value, casting=casting)
    except UnsupportedFunctionError as error:
        raise UnsupportedArgumentError(
            f"numpy.{ufunc.__name__}: argument out= is not supported for arrays that cannot be "
            "written to; leave it out, and assign the result"
        ) from error
    return out


def _check_shape(out: Any, *shapes: tuple[int, ...]) -> None:
    """Raise as NumPy does if results of these shapes do not fit."""
    shape = numpy.broadcast_shapes(out.shape, *shapes)
    if shape != out.shape:

        def text(shape: tuple[int, ...]) -> str:
            return f"({','.join(map(str, shape))}{',' if len(shape) == 1 else ''})"

        raise ValueError(
            f"non-broadcastable output operand with shape {text(out.shape)} doesn't match the "
            f"broadcast shape {text(shape)}"
        )


# A call with arguments --------------------------------------------------------------------------


def call(
    ufunc: np.ufunc,
    /,
    *inputs: Any,
    out: Any = None,
    where: Any = True,
    casting: Any = "same_kind",
    order: Any = "K",
    dtype: Any = None,
    subok: bool = True,
    signature: Any = None,
    **core: Any,
) -> Any:
    """``ufunc(*inputs, ...)``.

    Where `where` is false and there is no `out`, NumPy leaves whatever the memory held; here these
    elements are zero, and there is the warning that NumPy 2.4 gives.
    """
    operands: list[Any] = [_operand(a) for a in inputs]
    outs = (None,) * ufunc.nout if out is None else out if isinstance(out, tuple) else (out,)
    where = _mask(where, operands)
    loop_given = dtype is not None or signature is not None
    given: dict[str, Any] = {"casting": casting, "order": order, "subok": subok, **core}
    if loop_given:
        given.update({"dtype": dtype} if signature is None else {"signature": signature})
    if where is not True:
        given["where"] = where if where is False else _stand_in(where)
    _ask(ufunc, *map(_stand_in, operands), out=tuple(map(_stand_in, outs)), **given)
    if loop_given or casting != "same_kind":
        wanted = signature if dtype is None else (None,) * ufunc.nin + (dtype,) * ufunc.nout
        dtypes = _loop_dtypes(ufunc, operands, wanted, casting)
        operands = [cast(a, d) for a, d in zip(operands, dtypes, strict=False)]
    if ufunc.signature is None:
        results = ufunc(*operands)
    else:
        results = _along_axes(ufunc, operands, **core)
    results = results if ufunc.nout > 1 else (results,)
    placed = tuple(
        _place(ufunc, result, o, where, casting, tuple(map(_shape, operands)))
        for result, o in zip(results, outs, strict=True)
    )
    return placed if ufunc.nout > 1 else placed[0]


def _mask(where: Any, arrays: Sequence[Any]) -> Any:
    """The argument `where` for the library of the arrays."""
    if isinstance(where, bool):
        return where
    where = _operand(where)
    like = next((a for a in arrays if not _held(a)), None)
    if like is None or not isinstance(where, numpy.ndarray):
        return where
    return make(numpy.asarray, like, where)


def _place(
    ufunc: np.ufunc, result: Any, out: Any, where: Any, casting: str, shapes: tuple[Any, ...]
) -> Any:
    """A result where `where` is true, in `out` if there is one."""
    if out is None:
        if where is True:
            return result
        warnings.warn(
            "'where' used without 'out': NumPy leaves these elements uninitialized, here they are "
            "zero",
            UserWarning,
            stacklevel=5,
        )
        return np.where(where, result, cast(0, result.dtype))
    if ufunc.signature is None:
        _check_shape(out, *shapes, _shape(where))
    else:
        _check_shape(out, _shape(result))
    if where is not True:
        result = np.where(where, cast(result, out.dtype), out)
    return _write(ufunc, out, result, casting)


def _core_dimensions(ufunc: np.ufunc, operands: Sequence[Any]) -> tuple[list[int], int]:
    """How many core dimensions the inputs have, and the result; matmul's may be absent."""
    assert ufunc.signature is not None
    groups = [
        group.split(",") if group else [] for group in re.findall(r"\((.*?)\)", ufunc.signature)
    ]
    counts, absent = [], set()
    for names, a in zip(groups, operands, strict=False):
        optional = [name for name in names if name.endswith("?")]
        if len(_shape(a)) < len(names) and optional:
            absent |= set(optional)
        counts.append(sum(name not in absent for name in names))
    return counts, sum(name not in absent for name in groups[-1])


def _along_axes(
    ufunc: np.ufunc, operands: list[Any], axes: Any = None, axis: Any = None, keepdims: bool = False
) -> Any:
    """A generalized ufunc with its core dimensions where they were said to be."""
    counts, count = _core_dimensions(ufunc, operands)
    if axis is not None:
        axes = [(axis,)] * len(operands) + [(axis,) if keepdims else ()]
    if axes is None:
        axes = [tuple(range(-n, 0)) for n in (*counts, 1 if keepdims else count)]
    axes = [(a,) if isinstance(a, int) else tuple(a) for a in axes]
    if len(axes) == len(operands):  # NumPy lets the result's be left out where it has none
        axes.append(axes[0] if keepdims else ())
    moved = [
        np.moveaxis(a, source, tuple(range(-len(source), 0))) if source else a
        for a, source in zip(operands, axes, strict=False)
    ]
    result = ufunc(*moved)
    if keepdims:
        result = np.reshape(result, (*_shape(result), *[1] * counts[0]))
    target = axes[-1]
    return np.moveaxis(result, tuple(range(-len(target), 0)), target) if target else result


# Reductions -------------------------------------------------------------------------------------


def _slices(axis: int, *bounds: Any) -> tuple[Any, ...]:
    return (*(slice(None),) * axis, slice(*bounds))


def _take(x: Any, axis: int, i: int) -> Any:
    return x[(*(slice(None),) * axis, i)]


def _axes(axis: Any, rank: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(rank))
    return numpy.lib.array_utils.normalize_axis_tuple(axis, rank)


def _full(like: Any, shape: Sequence[int], value: Any, dtype: Any) -> Any:
    return make(numpy.full, like, tuple(shape), value, dtype=dtype)


def reduce(
    ufunc: np.ufunc,
    array: Any,
    /,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = _nothing,
    where: Any = True,
) -> Any:
    """``ufunc.reduce(array, ...)``."""
    array = _operand(array)
    out = out[0] if isinstance(out, tuple) else out
    x, loop_dtype, result_dtype = _prepared(
        ufunc, array, dtype, out, axis, keepdims, initial, where
    )
    axes = _axes(axis, np.ndim(array)) if np.ndim(array) else ()
    neutral = initial if ufunc.identity is None else ufunc.identity
    if ufunc is numpy.hypot and initial is _nothing:
        initial = 0  # NumPy begins with it: the reduction of -1 alone is 1
    sequential = ufunc not in ASSOCIATIVE
    if where is not True and not sequential:
        x = np.where(_mask(where, [x]), x, cast(neutral, loop_dtype))
        where = True
    shape = [1 if i in axes else n for i, n in enumerate(_shape(x))]
    if not axes:
        result = x
    elif any(_shape(x)[i] == 0 for i in axes):
        result = _full(x, shape, neutral, loop_dtype)
        initial = _nothing if ufunc.identity is None else initial
    elif ufunc in REDUCTIONS:
        given = {"dtype": loop_dtype} if ufunc in RUNNING else {}
        result = getattr(np, REDUCTIONS[ufunc])(x, axis=axes, keepdims=True, **given)
    elif sequential:
        (along,) = axes
        result = _fold(ufunc, x, along, initial, where, loop_dtype)
        initial = _nothing
    else:
        result = x
        for along in axes:
            result = _halve(ufunc, result, along)
    if initial is not _nothing and initial is not None:
        result = ufunc(cast(initial, loop_dtype), result)
    if not keepdims and axes:
        result = np.reshape(result, [n for i, n in enumerate(shape) if i not in axes])
    result = cast(result, result_dtype)
    if out is None:
        return result
    _check_shape(out, _shape(result))
    return _write(ufunc, out, result, "unsafe")


def _prepared(
    ufunc: np.ufunc,
    array: Any,
    dtype: Any,
    out: Any,
    axis: Any,
    keepdims: bool,
    initial: Any,
    where: Any,
) -> tuple[Any, Any, Any]:
    """The array in the dtype of the loop, that dtype and the result's, after NumPy's checks."""
    given: dict[str, Any] = {"axis": axis, "dtype": dtype, "keepdims": keepdims}
    if initial is not _nothing:
        given["initial"] = initial
    if where is not True:
        given["where"] = _stand_in(_operand(where)) if where is not False else where
    result_dtype = loop_dtype = _ask(ufunc.reduce, _stand_in(array), **given).dtype
    if out is not None:
        result_dtype = out.dtype
        if dtype is None:
            loop_dtype = ufunc.resolve_dtypes((out.dtype, array.dtype, None), reduction=True)[0]
    if ufunc is numpy.ldexp:  # the one loop whose second input has a dtype of its own
        return array, loop_dtype, result_dtype
    return cast(array, loop_dtype), loop_dtype, result_dtype


def _halve(ufunc: np.ufunc, x: Any, axis: int) -> Any:
    """An associative reduction along an axis, which stays: the one half with the other."""
    odd = []
    while (length := _shape(x)[axis]) > 1:
        half = length // 2
        if length % 2:
            odd.append(x[_slices(axis, 2 * half, None)])
        x = ufunc(x[_slices(axis, half)], x[_slices(axis, half, 2 * half)])
    return functools.reduce(ufunc, odd, x)


def _fold(ufunc: np.ufunc, x: Any, axis: int, initial: Any, where: Any, dtype: Any) -> Any:
    """A reduction from the first element on to the last; the axis stays."""
    steps = _partial_folds(ufunc, x, axis, initial, where, dtype)
    return functools.reduce(lambda _, result: result, steps)


def _partial_folds(
    ufunc: np.ufunc, x: Any, axis: int, initial: Any, where: Any, dtype: Any
) -> Iterator[Any]:
    length, start = _shape(x)[axis], 0
    if where is not True:
        where = np.broadcast_to(_mask(where, [x]), _shape(x))
    if initial is _nothing or initial is None:
        result, start = cast(x[_slices(axis, 0, 1)], dtype), 1
        yield result
    else:
        result = cast(initial, dtype)
    for i in range(start, length):
        here = _slices(axis, i, i + 1)
        step = cast(ufunc(result, x[here]), dtype)
        result = step if where is True else np.where(where[here], step, result)
        yield result


def accumulate(
    ufunc: np.ufunc, array: Any, /, axis: Any = 0, dtype: Any = None, out: Any = None
) -> Any:
    """``ufunc.accumulate(array, ...)``."""
    array = _operand(array)
    out = out[0] if isinstance(out, tuple) else out
    asked = _ask(ufunc.accumulate, _stand_in(array), axis=axis, dtype=dtype)
    x = cast(array, asked.dtype)
    (along,) = _axes(axis, np.ndim(x))
    if _shape(x)[along] < 2:
        result = x
    elif ufunc in RUNNING:
        try:
            result = getattr(np, RUNNING[ufunc])(x, axis=along, dtype=asked.dtype)
        except UnsupportedFunctionError:
            result = _scan(ufunc, x, along)
    elif ufunc in ASSOCIATIVE:
        result = _scan(ufunc, x, along)
    else:
        steps = _partial_folds(ufunc, x, along, _nothing, True, asked.dtype)
        result = np.concatenate(list(steps), along)
    if out is None:
        return result
    _check_shape(out, _shape(result))
    return _write(ufunc, out, result, "unsafe")


def _scan(ufunc: np.ufunc, x: Any, axis: int) -> Any:
    """Running results of an associative ufunc, in as many steps as the length has binary digits."""
    step = 1
    while step < _shape(x)[axis]:
        later = ufunc(x[_slices(axis, None, -step)], x[_slices(axis, step, None)])
        x = np.concatenate([x[_slices(axis, None, step)], later], axis)
        step *= 2
    return x


def reduceat(
    ufunc: np.ufunc, array: Any, indices: Any, /, axis: Any = 0, dtype: Any = None, out: Any = None
) -> Any:
    """``ufunc.reduceat(array, indices, ...)``; the indices are known before the values are."""
    array = _operand(array)
    out = out[0] if isinstance(out, tuple) else out
    if not _held(indices):
        raise UnsupportedArgumentError(
            f"numpy.{ufunc.__name__}.reduceat: the indices are a {type(indices).__name__}; where "
            "the slices begin decides what is computed. Give a list or a numpy.ndarray"
        )
    indices = numpy.asarray(indices)
    asked = _ask(
        ufunc.reduceat, _stand_in(array), numpy.zeros_like(indices), axis=axis, dtype=dtype
    )
    (along,) = _axes(axis, np.ndim(array))
    length = _shape(array)[along]
    for index in indices:
        if not 0 <= index < length:
            raise IndexError(
                f"index {index} out-of-bounds in {ufunc.__name__}.reduceat [0, {length})"
            )
    x = cast(array, asked.dtype)
    pieces = []
    for start, stop in zip(indices.tolist(), [*indices.tolist()[1:], length], strict=True):
        piece = x[_slices(along, start, max(stop, start + 1))]
        if stop > start + 1:
            piece = ufunc.reduce(piece, axis=along, dtype=asked.dtype, keepdims=True)
        pieces.append(piece)
    result = np.concatenate(pieces, along) if pieces else x[_slices(along, 0, 0)]
    if out is None:
        return result
    _check_shape(out, _shape(result))
    return _write(ufunc, out, result, "unsafe")


def outer(ufunc: np.ufunc, a: Any, b: Any, /, **kwargs: Any) -> Any:
    """``ufunc.outer(a, b, ...)``: each element of the one with each of the other."""
    a, b = _operand(a), _operand(b)
    rank = len(_shape(b))
    if rank and len(_shape(a)):
        a = np.reshape(a, (*_shape(a), *[1] * rank))
    return ufunc(a, b, **kwargs)


# In place ---------------------------------------------------------------------------------------


def at(ufunc: np.ufunc, a: Any, indices: Any, /, *operands: Any) -> None:
    """``ufunc.at(a, indices, b)`` for arrays with item assignment.

    An index that occurs several times counts several times: each round writes the elements whose
    turn it is.
    """
    name = f"numpy.{ufunc.__name__}.at"
    if _held(a):
        raise UnsupportedArgumentError(
            f"{name}: the array is a {type(a).__module__}.{type(a).__qualname__} and what is to be "
            "written to it is not; convert one of the two yourself"
        )
    if not hasattr(type(a), "__setitem__"):
        raise UnsupportedFunctionError(
            f"{name} is not supported for a {type(a).__module__}.{type(a).__qualname__}, which "
            "cannot be written to. Compute the whole array: numpy.where(mask, ...) for a mask"
        )
    operands = tuple(_operand(b) for b in operands)
    one = numpy.ones(1, a.dtype)
    _ask(ufunc.at, one, [0], *(_number(b) for b in operands))
    if not _held(indices):
        _at_mask(ufunc, name, a, indices, operands)
        return
    index = indices if isinstance(indices, tuple) else (indices,)
    arrays = [numpy.asarray(i) for i in index if isinstance(i, (list, numpy.ndarray))]
    if not arrays:  # slices and numbers: each element once
        a[indices] = cast(ufunc(a[indices], *operands), a.dtype)
        return
    _at_positions(ufunc, name, a, index, operands)


def _number(b: Any) -> Any:
    return b if type(b) in _PYTHON_NUMBERS else numpy.ones((), b.dtype)


def _at_mask(ufunc: np.ufunc, name: str, a: Any, mask: Any, operands: tuple[Any, ...]) -> None:
    if mask.dtype != bool or _shape(mask) != _shape(a) or any(_shape(b) for b in operands):
        raise UnsupportedArgumentError(
            f"{name}: the indices are a {type(mask).__name__}, and which elements occur several "
            "times is not known before they are computed. Give a list or a numpy.ndarray; or a "
            "mask of the array's shape and a number"
        )
    a[...] = np.where(mask, cast(ufunc(a, *operands), a.dtype), a)


def _at_positions(
    ufunc: np.ufunc, name: str, a: Any, index: tuple[Any, ...], operands: tuple[Any, ...]
) -> None:
    if not all(isinstance(i, (int, numpy.integer, list, numpy.ndarray)) for i in index):
        raise UnsupportedArgumentError(
            f"{name}: index arrays together with slices are not supported; give index arrays for "
            "the first axes"
        )
    expanded: list[Any] = []
    for i in index:
        i = numpy.asarray(i)
        expanded += i.nonzero() if i.dtype == bool else [i]
    positions = numpy.broadcast_arrays(*expanded)
    rest, lengths = _shape(a)[len(positions) :], _shape(a)[: len(positions)]
    for axis, (position, length) in enumerate(zip(positions, lengths, strict=True)):
        for i in position[(position < -length) | (position >= length)]:
            raise IndexError(f"index {i} is out of bounds for axis {axis} with size {length}")
    wrapped = [
        numpy.where(p < 0, p + n, p).ravel() for p, n in zip(positions, lengths, strict=True)
    ]
    flat = numpy.ravel_multi_index(wrapped, lengths)
    shape = positions[0].shape
    values = [
        np.reshape(np.broadcast_to(b, (*shape, *rest)), (flat.size, *rest)) if _shape(b) else b
        for b in operands
    ]
    target = a if len(lengths) == 1 else np.reshape(a, (math.prod(lengths), *rest))
    for turn in _turns(flat):
        here = flat[turn]
        chosen = (b[turn] if _shape(b) else b for b in values)
        target[here] = cast(ufunc(target[here], *chosen), a.dtype)
    if target is not a:
        a[...] = np.reshape(target, _shape(a))


def _turns(flat: Any) -> Iterator[Any]:
    """Indices into `flat`, in parts in each of which no value occurs twice."""
    order = numpy.argsort(flat, kind="stable")
    sorted_ = flat[order]
    first = numpy.searchsorted(sorted_, sorted_)
    turn = numpy.empty_like(order)
    turn[order] = numpy.arange(flat.size) - first
    for k in range(int(turn.max(initial=-1)) + 1):
        yield numpy.flatnonzero(turn == k)


#: What composes each method; called with the ufunc first.
METHODS: dict[str, Callable[..., Any]] = {
    "__call__": call,
    "reduce": reduce,
    "accumulate": accumulate,
    "reduceat": reduceat,
    "outer": outer,
    "at": at,
}
