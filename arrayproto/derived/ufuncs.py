"""What ufuncs do beyond a call with inputs alone, for any ufunc.

The arguments of a call (``dtype=``, ``where=``, ``out=`` ...) and the methods (``reduce``,
``accumulate`` ...) are composed of calls of the same ufunc with nothing but inputs, and of a few
functions.
"""

from __future__ import annotations

import functools
import itertools
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError, UnsupportedFunctionError
from .creation import make
from .loops import (
    ask_numpy,
    cast,
    check_shape,
    is_held,
    loop_dtypes,
    mask_as,
    operand,
    shape_of,
    stand_in,
    write,
)
from .ufunc_at import at

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
    operands: list[Any] = [operand(a) for a in inputs]
    outs = (None,) * ufunc.nout if out is None else out if isinstance(out, tuple) else (out,)
    where = mask_as(where, operands)
    loop_given = dtype is not None or signature is not None
    given: dict[str, Any] = {"casting": casting, "order": order, "subok": subok, **core}
    if loop_given:
        given.update({"dtype": dtype} if signature is None else {"signature": signature})
    if where is not True:
        given["where"] = where if where is False else stand_in(where)
    ask_numpy(ufunc, *map(stand_in, operands), out=tuple(map(stand_in, outs)), **given)
    if loop_given or casting != "same_kind":
        wanted = signature if dtype is None else (None,) * ufunc.nin + (dtype,) * ufunc.nout
        dtypes = loop_dtypes(ufunc, operands, wanted, casting)
        operands = [cast(a, d) for a, d in zip(operands, dtypes, strict=False)]
    if ufunc.signature is None:
        results = ufunc(*operands)
    else:
        results = _along_axes(ufunc, operands, **core)
    results = results if ufunc.nout > 1 else (results,)
    placed = tuple(
        _place(ufunc, result, o, where, casting, tuple(map(shape_of, operands)))
        for result, o in zip(results, outs, strict=True)
    )
    return placed if ufunc.nout > 1 else placed[0]


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
        check_shape(out, *shapes, shape_of(where))
    else:
        check_shape(out, shape_of(result))
    if where is not True:
        result = np.where(where, cast(result, out.dtype), out)
    return write(ufunc, out, result, casting)


def _core_dimensions(ufunc: np.ufunc, operands: Sequence[Any]) -> tuple[list[int], int]:
    """How many core dimensions the inputs have, and the result; matmul's may be absent."""
    assert ufunc.signature is not None
    groups = [
        group.split(",") if group else [] for group in re.findall(r"\((.*?)\)", ufunc.signature)
    ]
    counts, absent = [], set()
    for names, a in zip(groups, operands, strict=False):
        optional = [name for name in names if name.endswith("?")]
        if len(shape_of(a)) < len(names) and optional:
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
        result = np.reshape(result, (*shape_of(result), *[1] * counts[0]))
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
    array = operand(array)
    out = out[0] if isinstance(out, tuple) else out
    x, loop_dtype, result_dtype = _prepared(
        ufunc, array, dtype, out, axis, keepdims, initial, where
    )
    axes = _axes(axis, np.ndim(array)) if np.ndim(array) else ()
    neutral = initial if ufunc.identity is None else ufunc.identity
    if ufunc.identity is not None:  # -1 of no bits is more than some dtypes hold
        neutral = numpy.asarray(neutral).astype(loop_dtype)[()]
    if ufunc in (numpy.gcd, numpy.hypot) and initial is _nothing:
        initial = 0  # NumPy begins with it: the reduction of -1 alone is 1
    sequential = ufunc not in ASSOCIATIVE
    if where is not True and not sequential:
        x = np.where(mask_as(where, [x]), x, cast(neutral, loop_dtype))
        where = True
    shape = [1 if i in axes else n for i, n in enumerate(shape_of(x))]
    if not axes:
        result = x
    elif any(shape_of(x)[i] == 0 for i in axes):
        result = _full(x, shape, neutral, loop_dtype)
        initial = _nothing if ufunc.identity is None else initial
    elif ufunc in REDUCTIONS:
        given = {"dtype": loop_dtype} if ufunc in RUNNING else {}
        along = axes[0] if len(axes) == 1 else axes
        result = getattr(np, REDUCTIONS[ufunc])(x, axis=along, keepdims=bool(keepdims), **given)
        keepdims = True  # nothing is left to be taken away
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
    check_shape(out, shape_of(result))
    return write(ufunc, out, result, "unsafe")


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
        given["where"] = stand_in(operand(where)) if where is not False else where
    result_dtype = loop_dtype = ask_numpy(ufunc.reduce, stand_in(array), **given).dtype
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
    while (length := shape_of(x)[axis]) > 1:
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
    length, start = shape_of(x)[axis], 0
    if where is not True:
        where = np.broadcast_to(mask_as(where, [x]), shape_of(x))
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
    array = operand(array)
    out = out[0] if isinstance(out, tuple) else out
    asked = ask_numpy(ufunc.accumulate, stand_in(array), axis=axis, dtype=dtype)
    x = cast(array, asked.dtype)
    (along,) = _axes(axis, np.ndim(x))
    if shape_of(x)[along] < 2:
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
    check_shape(out, shape_of(result))
    return write(ufunc, out, result, "unsafe")


def _scan(ufunc: np.ufunc, x: Any, axis: int) -> Any:
    """Running results of an associative ufunc, in as many steps as the length has binary digits."""
    step = 1
    while step < shape_of(x)[axis]:
        later = ufunc(x[_slices(axis, None, -step)], x[_slices(axis, step, None)])
        x = np.concatenate([x[_slices(axis, None, step)], later], axis)
        step *= 2
    return x


def reduceat(
    ufunc: np.ufunc, array: Any, indices: Any, /, axis: Any = 0, dtype: Any = None, out: Any = None
) -> Any:
    """``ufunc.reduceat(array, indices, ...)``; the indices are known before the values are."""
    array = operand(array)
    out = out[0] if isinstance(out, tuple) else out
    if not is_held(indices):
        raise UnsupportedArgumentError(
            f"numpy.{ufunc.__name__}.reduceat: the indices are a {type(indices).__name__}; where "
            "the slices begin decides what is computed. Give a list or a numpy.ndarray"
        )
    if isinstance(indices, (list, tuple)):  # of which NumPy makes integers, whatever is in it
        indices = numpy.array(indices).astype(numpy.intp)
    indices = numpy.asarray(indices)
    asked = ask_numpy(
        ufunc.reduceat, stand_in(array), numpy.zeros_like(indices), axis=axis, dtype=dtype
    )
    (along,) = _axes(axis, np.ndim(array))
    length = shape_of(array)[along]
    for index in indices:
        if not 0 <= index < length:
            raise IndexError(
                f"index {index} out-of-bounds in {ufunc.__name__}.reduceat [0, {length})"
            )
    x = cast(array, asked.dtype)
    pieces = []
    for start, stop in itertools.pairwise([*indices.tolist(), length]):
        piece = x[_slices(along, start, max(stop, start + 1))]
        if stop > start + 1:
            piece = ufunc.reduce(piece, axis=along, dtype=asked.dtype, keepdims=True)
        pieces.append(piece)
    result = np.concatenate(pieces, along) if pieces else x[_slices(along, 0, 0)]
    if out is None:
        return result
    check_shape(out, shape_of(result))
    return write(ufunc, out, result, "unsafe")


def outer(ufunc: np.ufunc, a: Any, b: Any, /, **kwargs: Any) -> Any:
    """``ufunc.outer(a, b, ...)``: each element of the one with each of the other."""
    a, b = operand(a), operand(b)
    rank = len(shape_of(b))
    if rank and len(shape_of(a)):
        a = np.reshape(a, (*shape_of(a), *[1] * rank))
    return ufunc(a, b, **kwargs)


#: What composes each method; called with the ufunc first.
METHODS: dict[str, Callable[..., Any]] = {
    "__call__": call,
    "reduce": reduce,
    "accumulate": accumulate,
    "reduceat": reduceat,
    "outer": outer,
    "at": at,
}
