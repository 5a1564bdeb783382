"""sparse: elements one by one, as bits, as indices, and as ends of intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import UnsupportedArgumentError
from .rows import Row
from .sparse_arrays import Lines, coo, in_full, is_sparse, module, whole
from .sparse_reductions import stack
from .unsupported import Unsupported


def _elementwise(name: str) -> Callable[..., Any]:
    """NumPy's function on the stored values and the fill value."""
    function = getattr(np, name)

    def call(x: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_sparse(x) or any(map(is_sparse, args)):
            raise UnsupportedArgumentError(
                f"numpy.{name}: of the arguments only the first may be an array of sparse"
            )
        return module().elemwise(lambda values: function(values, *args, **kwargs), x)

    call.__name__ = name
    return call


def _nan_to_num(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    """What is put in the place of the others may be an array; its shape is no larger."""
    others = [nan, posinf, neginf]
    given = [i for i, other in enumerate(others) if other is not None and np.ndim(other)]
    if not is_sparse(x) or not given:
        return _elementwise("nan_to_num")(x, copy, *others)
    shapes = [np.shape(others[i]) for i in given]
    if np.broadcast_shapes(x.shape, *shapes) != x.shape:
        raise ValueError(f"could not broadcast arrays of the shapes {shapes} to {x.shape}")

    def call(values: Any, *arrays: Any) -> Any:
        parts = list(others)
        for i, part in zip(given, arrays, strict=True):
            parts[i] = np.broadcast_to(part, values.shape)
        return np.nan_to_num(values, True, *parts)

    return module().elemwise(call, x, *(coo(others[i]) for i in given))


# Bits ------------------------------------------------------------------------------------------


def _packbits(a: Any, /, axis: Any = None, bitorder: str = "big") -> Any:
    _check_bits(a, bitorder, "biu", "Expected an input array of integer or boolean data type")
    a = (coo(a) != 0).astype(np.uint8)
    if a.ndim == 0:
        return in_full(np.packbits(a[()], axis, bitorder))
    lines = Lines(a, axis)
    if lines.fill:
        numbers, block = lines.blocks(lambda block: np.packbits(block, 1, bitorder))
        return lines.array_of_blocks(numbers, block)
    byte, bit = lines.place // 8, lines.place % 8
    values = lines.data << (bit if bitorder == "little" else 7 - bit).astype(np.uint8)
    starts = np.flatnonzero(
        (np.diff(byte, prepend=-1) != 0) | (np.diff(lines.line, prepend=-1) != 0)
    )
    packed = np.bitwise_or.reduceat(values, starts) if len(values) else values
    length = -(-lines.length // 8)
    return lines.array(lines.line[starts], byte[starts], packed, length)


def _unpackbits(a: Any, /, axis: Any = None, count: Any = None, bitorder: str = "big") -> Any:
    _check_bits(a, bitorder, "", "Expected an input array of unsigned byte data type")
    a = coo(a)
    if a.ndim == 0:
        return in_full(np.unpackbits(a[()], axis, count, bitorder))
    lines = Lines(a, axis)
    if lines.fill:
        return lines.array_of_blocks(
            *lines.blocks(lambda block: np.unpackbits(block, 1, count, bitorder))
        )
    length = lines.length * 8
    if count is not None:
        length = count if count >= 0 else length + count
        if length < 0:
            raise ValueError(f"-ve count {-count} is larger than axis length {lines.length * 8}")
    bits = np.unpackbits(lines.data[:, None], 1, bitorder=bitorder)
    stored, bit = np.nonzero(bits)
    place = lines.place[stored] * 8 + bit
    kept = place < length
    line = lines.line[stored][kept]
    return lines.array(line, place[kept], np.ones(len(line), dtype=np.uint8), length)


def _check_bits(a: Any, bitorder: str, kinds: str, message: str) -> None:
    if a.dtype.kind not in kinds if kinds else a.dtype != np.uint8:
        raise TypeError(message)
    if bitorder not in ("little", "big"):
        raise ValueError("'order' must be either 'little' or 'big'")


# Indices ---------------------------------------------------------------------------------------


def _ravel_multi_index(multi_index: Any, dims: Any, mode: Any = "raise", order: str = "C") -> Any:
    if is_sparse(multi_index):
        multi_index = [multi_index[i] for i in range(multi_index.shape[0])]
    parts = [coo(part) if np.ndim(part) else part for part in multi_index]
    shape = np.broadcast_shapes(*map(np.shape, parts))
    if 0 in shape:  # the fill value is that of no element, and need not be a place
        nowhere = np.zeros((len(parts), *shape), np.intp)
        return coo(np.ravel_multi_index(tuple(nowhere), dims, mode, order))
    return module().elemwise(
        lambda *values: np.ravel_multi_index(
            tuple(np.broadcast_arrays(*values)), dims, mode, order
        ),
        *parts,
    )


def _unravel_index(indices: Any, shape: Any, order: str = "C") -> Any:
    rank = len(shape) if np.iterable(shape) else 1
    if np.size(indices) == 0:
        nowhere = np.zeros(np.shape(indices), np.intp)
        return tuple(map(coo, np.unravel_index(nowhere, shape, order)))

    def along(i: int) -> Any:
        return module().elemwise(lambda v: np.unravel_index(v, shape, order)[i], coo(indices))

    return tuple(along(i) for i in range(rank))


# Intervals -------------------------------------------------------------------------------------


def _scalar(value: Any) -> Any:
    return coo(value) if np.ndim(value) else value


def _spaced(start: Any, stop: Any, num: int, endpoint: bool, dtype: Any, axis: int) -> Any:
    """`numpy.linspace`, one point after the other: zero where both ends are."""
    elemwise = module().elemwise
    start, stop = _scalar(start), _scalar(stop)
    # A number gives way to the arrays, as in NumPy.
    kinds = [x.dtype if hasattr(x, "dtype") else x for x in (start, stop)]
    inexact = np.result_type(*kinds, 0.0)
    whole = dtype is not None and np.issubdtype(dtype, np.integer)
    divisor = num - 1 if endpoint else num
    delta = elemwise(lambda a, b: np.subtract(b, a, dtype=inexact), start, stop)
    with np.errstate(all="ignore"):
        step = delta / divisor if divisor > 0 else delta * np.nan
        if is_sparse(step):
            step = coo(step)
            some_zero = bool((step.data == 0).any()) or (
                step.nnz < step.size and bool(step.fill_value == 0)
            )
        else:
            some_zero = bool(step == 0)

    def point(i: int, a: Any, b: Any) -> Any:
        a = np.asarray(a).astype(inexact)
        difference = np.subtract(b, a, dtype=inexact)
        if endpoint and num > 1 and i == num - 1:
            result = np.asarray(b).astype(inexact) + np.zeros_like(difference)
        elif divisor > 0:
            part = i / divisor * difference if some_zero else i * (difference / divisor)
            result = part + a
        else:
            result = i * difference + a
        result = np.floor(result) if whole else result
        return result.astype(inexact if dtype is None else dtype)

    points = [elemwise(lambda a, b, i=i: point(i, a, b), start, stop) for i in range(num)]
    if not points:
        shape = np.broadcast_shapes(np.shape(start), np.shape(stop))
        stacked = module().zeros((0, *shape), dtype=inexact if dtype is None else dtype)
    else:
        stacked = stack(points)
    return (stacked, step) if axis == 0 else (module().moveaxis(stacked, 0, axis), step)


def _linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: Any = None,
) -> Any:
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    points, step = _spaced(start, stop, num, endpoint, dtype, axis)
    return (points, step) if retstep else points


def _never_zero(a: Any) -> Any:
    """`a` without the fill value zero, where every element is stored: it is the value of none."""
    if is_sparse(a) and a.size == a.nnz and a.fill_value == 0:
        a = coo(a)
        return module().COO(a.coords, a.data, a.shape, fill_value=a.dtype.type(1))
    return a


def _geomspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    start, stop = _never_zero(_scalar(start)), _never_zero(_scalar(stop))
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")

    def point(i: int, a: Any, b: Any) -> Any:
        return np.geomspace(a, b, num, endpoint, dtype)[i]

    points = [module().elemwise(lambda a, b, i=i: point(i, a, b), start, stop) for i in range(num)]
    stacked = stack(points)
    return stacked if axis == 0 else module().moveaxis(stacked, 0, axis)


# Memory ----------------------------------------------------------------------------------------


def _buffers(a: Any) -> list[Any]:
    if is_sparse(a):
        a = a.asformat("coo")
        return [a.data, a.coords]
    return [a]


def _sharing(name: str) -> Callable[..., Any]:
    """Whether values or coordinates lie in the same memory."""
    function = getattr(np, name)

    def call(a: Any, b: Any, /, max_work: Any = None) -> bool:
        return any(function(x, y, max_work) for x in _buffers(a) for y in _buffers(b))

    call.__name__ = name
    return call


# Polynomials -----------------------------------------------------------------------------------


def _polydiv(u: Any, v: Any) -> Any:
    """Quotient and remainder have as many elements as `u`."""
    results = np.polydiv(*(whole(p) if is_sparse(p) else p for p in (u, v)))
    return tuple(map(in_full, results))


_IN_PLACE = Unsupported(
    "sparse.COO and GCXS cannot be written to",
    "np.where makes a new array, and sparse.DOK is a class that takes item assignment",
)
ROWS: dict[str, Row | Callable[..., Any]] = {
    **{name: _elementwise(name) for name in ("angle", "fix", "i0", "sinc")},
    "nan_to_num": _nan_to_num,
    "packbits": _packbits,
    "unpackbits": _unpackbits,
    "ravel_multi_index": _ravel_multi_index,
    "unravel_index": _unravel_index,
    "linspace": _linspace,
    "geomspace": _geomspace,
    "may_share_memory": _sharing("may_share_memory"),
    "shares_memory": _sharing("shares_memory"),
    "polydiv": _polydiv,
    "polyfit": Unsupported(
        "least squares need a dense matrix", "np.polyfit(x.todense(), y.todense(), deg)"
    ),
    "roots": Unsupported("the roots are dense eigenvalues", "np.roots(p.todense())"),
    **dict.fromkeys(
        ("copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"), _IN_PLACE
    ),
}
