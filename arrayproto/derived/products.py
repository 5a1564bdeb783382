"""Products and sums of products."""

from __future__ import annotations

import math
import operator
import warnings
from typing import Any

import numpy

import arrayproto.numpy as np

from .creation import alike, array_of, cast, one_of, refuse_out

__all__ = [
    "cross",
    "dot",
    "einsum",
    "einsum_path",
    "inner",
    "kron",
    "outer",
    "tensordot",
    "trace",
    "vdot",
]

_normalize = numpy.lib.array_utils.normalize_axis_index


def trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Any:
    refuse_out("trace", out)
    if np.ndim(a) < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype)


def inner(a: Any, b: Any, /) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    if np.shape(a)[-1] != np.shape(b)[-1]:
        raise ValueError(
            f"shapes {np.shape(a)} and {np.shape(b)} not aligned: {np.shape(a)[-1]} "
            f"(dim {np.ndim(a) - 1}) != {np.shape(b)[-1]} (dim {np.ndim(b) - 1})"
        )
    return np.tensordot(a, b, ([np.ndim(a) - 1], [np.ndim(b) - 1]))


def vdot(a: Any, b: Any, /) -> Any:
    if numpy.issubdtype(a.dtype, numpy.complexfloating):
        a = np.conjugate(a)  # of booleans it would be integers
    first, second = np.ravel(a), np.ravel(b)
    if np.shape(first) != np.shape(second):
        raise ValueError("vectors have different lengths")
    return np.dot(first, second)


def kron(a: Any, b: Any) -> Any:
    rank = max(np.ndim(a), np.ndim(b))
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    first, second = ((1,) * (rank - np.ndim(x)) + tuple(np.shape(x)) for x in (a, b))
    spread = np.multiply(
        np.reshape(a, [n for length in first for n in (length, 1)]),
        np.reshape(b, [n for length in second for n in (1, length)]),
    )
    return np.reshape(spread, tuple(m * n for m, n in zip(first, second, strict=True)))


def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    if axis is not None:
        axisa = axisb = axisc = axis
    if np.ndim(a) < 1 or np.ndim(b) < 1:
        raise ValueError("At least one array has zero dimension")
    axisa = _normalize(axisa, np.ndim(a), msg_prefix="axisa")
    axisb = _normalize(axisb, np.ndim(b), msg_prefix="axisb")
    lengths = np.shape(a)[axisa], np.shape(b)[axisb]
    if not set(lengths) <= {2, 3}:
        raise ValueError("incompatible dimensions for cross product\n(dimension must be 2 or 3)")
    if 2 in lengths:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            numpy.cross(*map(numpy.ones, lengths))  # NumPy 2.5 and later refuse these
        warnings.warn(
            "Arrays of 2-dimensional vectors are deprecated. Use arrays of 3-dimensional vectors "
            "instead. (deprecated in NumPy 2.0)",
            DeprecationWarning,
            stacklevel=2,
        )
    like = one_of(a, b)
    a, b = array_of(a, like), array_of(b, like)
    dtype = np.result_type(a, b)
    a, b = (np.moveaxis(np.astype(x, dtype), axis, -1) for x, axis in ((a, axisa), (b, axisb)))
    # Slices keep the axis: an item of a vector would be a scalar, of no library.
    (a0, a1, a2), (b0, b1, b2) = ([x[..., i : i + 1] for i in range(3)] for x in (a, b))
    third = a0 * b1 - a1 * b0
    if lengths == (2, 2):
        return third[..., 0]
    axisc = _normalize(axisc, np.ndim(third), msg_prefix="axisc")
    if lengths == (3, 3):
        parts = [a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, third]
    elif lengths == (2, 3):
        parts = [a1 * b2, -(a0 * b2), third]
    else:
        parts = [-(a2 * b1), a2 * b0, third]
    return np.moveaxis(np.concatenate(parts, -1), -1, axisc)


def einsum_path(*operands: Any, optimize: Any = "greedy", einsum_call: bool = False) -> Any:
    # Shapes alone decide: stand-ins of the same shapes, which hold one element each.
    stand_ins = [
        numpy.broadcast_to(numpy.empty((), o.dtype), o.shape) if hasattr(o, "dtype") else o
        for o in operands
    ]
    return numpy.einsum_path(*stand_ins, optimize=optimize, einsum_call=einsum_call)


def outer(a: Any, b: Any, out: Any = None) -> Any:
    refuse_out("outer", out)
    return np.multiply(np.ravel(a)[:, None], np.ravel(b)[None, :])


def dot(a: Any, b: Any, out: Any = None) -> Any:
    refuse_out("dot", out)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    rank, last = np.ndim(b), max(np.ndim(b) - 2, 0)
    if np.shape(a)[-1] != np.shape(b)[last]:
        raise ValueError(
            f"shapes {_shown(a)} and {_shown(b)} not aligned: {np.shape(a)[-1]} "
            f"(dim {np.ndim(a) - 1}) != {np.shape(b)[last]} (dim {last})"
        )
    if np.ndim(a) <= 2 and rank <= 2:
        return np.matmul(a, b)
    return np.tensordot(a, b, ([np.ndim(a) - 1], [last]))


def _shown(a: Any) -> str:
    return str(tuple(np.shape(a))).replace(" ", "")


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    try:
        first, second = axes
    except TypeError:
        first, second = range(-axes, 0), range(axes)
    first = list(first) if numpy.iterable(first) else [first]
    second = list(second) if numpy.iterable(second) else [second]
    if len({*first}) < len(first) or len({*second}) < len(second):
        raise ValueError("duplicate axes are not allowed in tensordot")
    like = one_of(a, b)
    a, b = (alike(x if hasattr(x, "dtype") else numpy.asarray(x), like) for x in (a, b))
    left, right = tuple(np.shape(a)), tuple(np.shape(b))
    if len(first) != len(second) or any(
        left[i] != right[j] for i, j in zip(first, second, strict=True)
    ):
        raise ValueError("shape-mismatch for sum")
    first, second = (
        [i % n for i in axes] if n else axes
        for axes, n in ((first, len(left)), (second, len(right)))
    )
    kept = [i for i in range(len(left)) if i not in first]
    other = [i for i in range(len(right)) if i not in second]
    inner = math.prod(left[i] for i in first)
    rows, columns = [left[i] for i in kept], [right[i] for i in other]
    a = np.reshape(np.transpose(a, kept + first), (math.prod(rows), inner))
    b = np.reshape(np.transpose(b, second + other), (inner, math.prod(columns)))
    return np.reshape(np.matmul(a, b), (*rows, *columns))


# Einstein's notation ------------------------------------------------------------------------------

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBERS = frozenset(range(len(_LETTERS)))


def _by_numbers(operands: tuple[Any, ...]) -> tuple[str, list[Any]]:
    """The other form: each array followed by a list of numbers for its axes."""
    arrays = list(operands[0 : len(operands) - len(operands) % 2 : 2])
    lists = list(operands[1::2])
    result = operands[-1] if len(operands) % 2 else None
    lists = [[i if i is Ellipsis else operator.index(i) for i in one] for one in lists]
    if result is not None:
        result = [i if i is Ellipsis else operator.index(i) for i in result]
    numbers = {i for one in (*lists, result or ()) for i in one if i is not Ellipsis}
    if not numbers <= _NUMBERS:
        raise ValueError(f"subscript is not within the valid range [0, {len(_LETTERS)})")
    letters = {number: _LETTERS[i] for i, number in enumerate(sorted(numbers))}
    letters[Ellipsis] = "..."
    text = ",".join("".join(letters[i] for i in one) for one in lists)
    if result is not None:
        text += "->" + "".join(letters[i] for i in result)
    return text, arrays


def _parsed(operands: tuple[Any, ...]) -> tuple[list[str], str, list[Any]]:
    """Subscripts of each operand, without dots, those of the result, and the operands."""
    if isinstance(operands[0], str):
        text, arrays = operands[0].replace(" ", ""), list(operands[1:])
    else:
        text, arrays = _by_numbers(operands)
    terms, arrow, result = text.partition("->")
    subscripts = terms.split(",")
    for c in text.replace("...", "").replace("->", "").replace(",", ""):
        if c not in _LETTERS:
            raise ValueError(
                f"invalid subscript '{c}' in einstein sum subscripts string, subscripts must be "
                "letters"
            )
    if len(subscripts) != len(arrays):
        which = "more" if len(arrays) > len(subscripts) else "fewer"
        raise ValueError(
            f"{which} operands provided to einstein sum function than specified in the subscripts "
            "string"
        )
    dots, filled = _without_dots(subscripts, arrays, [c for c in _LETTERS if c not in text])
    if arrow:
        result = result.replace("...", dots)
    else:
        joined = terms.replace("...", "").replace(",", "")
        result = dots + "".join(sorted(c for c in set(joined) if joined.count(c) == 1))
    for c in result:
        if c not in "".join(filled):
            raise ValueError(
                f"einstein sum subscripts string included output subscript '{c}' which never "
                "appeared in an input"
            )
        if result.count(c) > 1:
            raise ValueError(
                f"einstein sum subscripts string includes output subscript '{c}' multiple times"
            )
    return filled, result, arrays


def _without_dots(
    subscripts: list[str], arrays: list[Any], free: list[str]
) -> tuple[str, list[str]]:
    """What the dots stand for, and the subscripts with letters in their place."""
    counts = []
    for term, array in zip(subscripts, arrays, strict=True):
        counts.append(np.ndim(array) - len(term.replace("...", "")))
        if counts[-1] < 0:
            raise ValueError(
                "einstein sum subscripts string contains too many subscripts for operand"
            )
        if counts[-1] > 0 and "..." not in term:
            raise ValueError(
                "operand has more dimensions than subscripts given in einstein sum, but no '...' "
                "ellipsis provided to broadcast the extra dimensions."
            )
    widest = max(counts, default=0)
    dots = "".join(free[:widest])
    filled = [
        term.replace("...", dots[widest - count :])
        for term, count in zip(subscripts, counts, strict=True)
    ]
    return dots, filled


def _without_repeats(term: str, array: Any) -> tuple[str, Any]:
    """The diagonal where a subscript stands twice."""
    for c in dict.fromkeys(term):
        while term.count(c) > 1:
            first = term.index(c)
            second = term.index(c, first + 1)
            if np.shape(array)[first] != np.shape(array)[second]:
                raise ValueError(
                    f"dimensions in single operand for collapsing index '{c}' don't match "
                    f"({np.shape(array)[first]} != {np.shape(array)[second]})"
                )
            array = np.diagonal(array, 0, first, second)
            term = "".join(t for i, t in enumerate(term) if i not in (first, second)) + c
    return term, array


def _summed(term: str, array: Any, kept: set[str]) -> tuple[str, Any]:
    gone = tuple(i for i, c in enumerate(term) if c not in kept)
    if not gone:
        return term, array
    total = (
        np.any(array, axis=gone)
        if array.dtype == bool
        else np.sum(array, axis=gone, dtype=array.dtype)
    )
    return "".join(c for c in term if c in kept), total


def _contracted(one: tuple[str, Any], other: tuple[str, Any], kept: set[str]) -> tuple[str, Any]:
    """The product of two operands, summed over what nobody needs any more: a matmul."""
    (first, a), (second, b) = one, other
    first, a = _summed(first, a, kept | set(second))
    second, b = _summed(second, b, kept | set(first))
    lengths: dict[str, int] = {}
    for term, array in ((first, a), (second, b)):
        for c, n in zip(term, np.shape(array), strict=True):
            if c in lengths and lengths[c] != n and 1 not in (lengths[c], n):
                raise ValueError(
                    "operands could not be broadcast together with remapped shapes for "
                    f"subscript '{c}'"
                )
            lengths[c] = n if lengths.get(c, 1) == 1 else lengths[c]
    batch = [c for c in first if c in second and c in kept]
    inner = [c for c in first if c in second and c not in kept]
    rows = [c for c in first if c not in second]
    columns = [c for c in second if c not in first]

    def shaped(term: str, array: Any, *groups: list[str]) -> Any:
        array = np.transpose(array, [term.index(c) for group in groups for c in group])
        array = np.broadcast_to(array, tuple(lengths[c] for group in groups for c in group))
        stack = tuple(lengths[c] for c in groups[0])
        return np.reshape(array, (*stack, *(math.prod(lengths[c] for c in g) for g in groups[1:])))

    product = np.matmul(
        shaped(first, a, batch, rows, inner), shaped(second, b, batch, inner, columns)
    )
    term = "".join(batch + rows + columns)
    return term, np.reshape(product, tuple(lengths[c] for c in term))


def _sizes(subscripts: list[str], result: str, arrays: list[Any]) -> tuple[Any, ...]:
    """The same call of arrays that have nothing but shapes."""
    shapes = (numpy.broadcast_to(0.0, np.shape(a)) for a in arrays)
    return (f"{','.join(subscripts)}->{result}", *shapes)


def einsum(*operands: Any, out: Any = None, optimize: Any = False, **kwargs: Any) -> Any:
    refuse_out("einsum", out)
    dtype = kwargs.pop("dtype", None)
    kwargs.pop("order", None), kwargs.pop("casting", None)
    if kwargs:
        raise TypeError(f"Did not understand the following kwargs: {sorted(kwargs)}")
    subscripts, result, arrays = _parsed(operands)
    if not isinstance(optimize, (bool, str)):  # a path, which need not be followed but has to fit
        numpy.einsum_path(*_sizes(subscripts, result, arrays), optimize=optimize)
    like = one_of(*arrays)
    arrays = [alike(a if hasattr(a, "dtype") else numpy.asarray(a), like) for a in arrays]
    if dtype is None:
        dtype = numpy.result_type(*(a.dtype for a in arrays))
    terms = [
        _without_repeats(term, cast(a, dtype)) for term, a in zip(subscripts, arrays, strict=True)
    ]
    done = terms.pop(0)
    while terms:
        kept = set(result).union(*(term for term, _ in terms[1:]))
        done = _contracted(done, terms.pop(0), kept)
    term, array = _summed(*done, set(result))
    return np.transpose(array, [term.index(c) for c in result])
