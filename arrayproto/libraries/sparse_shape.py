"""sparse: its own functions of shapes and places, with all that NumPy's take."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..derived import derived_functions
from ..derived.arguments import clip_bounds, reduced_axis
from .rows import Row
from .sparse_arrays import (
    FORMATS,
    Lines,
    coo,
    in_full,
    is_sparse,
    keeping_format,
    module,
    moved,
    normalize,
    refuse,
    whole,
)
from .sparse_places import nonzero
from .sparse_reductions import ROWS as REDUCTIONS
from .sparse_reductions import keep

_NO_VALUE: Any = np._NoValue


# ndarrays and lists beside arrays of sparse ------------------------------------------------------


def _to_sparse(a: Any) -> Any:
    """An array of sparse of an ndarray or of nested lists of numbers; anything else as it is."""
    if isinstance(a, np.ndarray):
        return coo(a) if a.ndim else a[()]
    if isinstance(a, (list, tuple)) and a and not any(map(is_sparse, a)):
        values = np.asarray(a)
        return coo(values) if values.dtype.kind in "biufc" else a
    return a


def all_sparse(
    name: str, count: int, function: str = "", result: Callable[[Any], Any] = lambda r: r
) -> Callable[..., Any]:
    """A function whose first arguments are all made arrays of sparse.

    An ndarray beside an array of sparse would make the result dense, or an ndarray.

    Parameters
    ----------
    name : str
    count : int
        How many arguments are arrays.
    function : str
        The function of sparse; by default the derived one is called.
    """
    arrays = {"a", "b", "y", "x", "a1", "a2", "x1", "x2", "weights"}

    def call(*args: Any, **kwargs: Any) -> Any:
        args = (*map(_to_sparse, args[:count]), *args[count:])
        kwargs = {k: _to_sparse(v) if k in arrays else v for k, v in kwargs.items()}
        called = getattr(module(), function) if function else derived_functions()[name]
        return result(called(*args, **kwargs))

    call.__name__ = name
    return call


def _where(condition: Any, x: Any = _NO_VALUE, y: Any = _NO_VALUE, /) -> Any:
    if x is _NO_VALUE and y is _NO_VALUE:
        return nonzero(condition)
    if x is _NO_VALUE or y is _NO_VALUE:
        raise ValueError("either both or neither of x and y should be given")
    condition, x, y = map(_to_sparse, (condition, x, y))
    if not any(map(is_sparse, (condition, x, y))):
        return np.where(condition, x, y)
    # Numbers stay numbers, whose dtype gives way to the arrays'.
    dtype = np.result_type(*(v.dtype if hasattr(v, "dtype") else v for v in (x, y)))
    x, y = (v if is_sparse(v) else np.asarray(v).astype(dtype)[()] for v in (x, y))
    return module().elemwise(lambda c, a, b: np.where(c, a, b).astype(dtype), condition, x, y)


def _clip(
    a: Any,
    a_min: Any = _NO_VALUE,
    a_max: Any = _NO_VALUE,
    out: Any = None,
    *,
    min: Any = _NO_VALUE,
    max: Any = _NO_VALUE,
    **kwargs: Any,
) -> Any:
    """sparse's own takes out= and does not write to it."""
    unknown = {key: value for key, value in kwargs.items() if key not in ("dtype", "casting")}
    refuse("clip", out=out, **unknown)
    a_min, a_max = clip_bounds(a_min, a_max, min, max)
    bounds = [_to_sparse(b) for b in (a_min, a_max) if b is not None]
    low, high = a_min is not None, a_max is not None

    def clip(values: Any, *given: Any) -> Any:
        return np.clip(values, given[0] if low else None, given[-1] if high else None, **kwargs)

    return module().elemwise(clip, _to_sparse(a), *bounds)


# Elements and places ---------------------------------------------------------------------------


def _take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    refuse("take", out=out)
    a = coo(a)
    if axis is None or a.ndim == 0:
        a, axis = a.reshape((a.size,)), axis or 0
    (axis,) = normalize((operator.index(axis),), a.ndim)
    if is_sparse(indices):  # as many as the result has elements of it
        indices = whole(indices)
    indices = np.asarray(indices)
    if indices.dtype.kind not in "biu" and indices.size:
        raise TypeError(
            f"Cannot cast array data from {indices.dtype!r} to dtype('int64') according to the "
            "rule 'safe'"
        )
    # NumPy checks the positions, and brings them into range.
    positions = np.take(np.arange(a.shape[axis]), indices.astype(np.intp), mode=mode)
    taken = module().take(a, positions.ravel(), axis=axis)
    taken = taken.reshape((*a.shape[:axis], *indices.shape, *a.shape[axis + 1 :]))
    return taken if taken.ndim else taken[()]  # an element is a number, as sparse's own


def _repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    a = coo(a)
    if axis is None or a.ndim == 0:
        a, axis = a.reshape((a.size,)), axis or 0
    (axis,) = normalize((operator.index(axis),), a.ndim)
    if is_sparse(repeats):
        repeats = whole(repeats)
    # NumPy checks the counts, and says how often each slice comes.
    counts = np.bincount(np.repeat(np.arange(a.shape[axis]), repeats), minlength=a.shape[axis])
    start = np.cumsum(counts) - counts
    place = a.coords[axis].astype(np.intp)
    each = counts[place]
    coords = np.repeat(a.coords.astype(np.intp), each, axis=1)
    within = np.arange(coords.shape[1]) - np.repeat(np.cumsum(each) - each, each)
    coords[axis] = np.repeat(start[place], each) + within
    return module().COO(
        coords,
        np.repeat(a.data, each),
        shape=(*a.shape[:axis], int(counts.sum()), *a.shape[axis + 1 :]),
        has_duplicates=False,
        fill_value=a.fill_value,
    )


def _diff(
    a: Any, n: int = 1, axis: int = -1, prepend: Any = _NO_VALUE, append: Any = _NO_VALUE
) -> Any:
    a = coo(a)
    if n == 0:
        return a
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    if a.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    (axis,) = normalize((axis,), a.ndim)
    parts = [a]
    for end, at in ((prepend, 0), (append, len(parts) + 1)):
        if end is not _NO_VALUE:
            end = coo(end)
            if end.ndim == 0:
                shape = tuple(1 if i == axis else length for i, length in enumerate(a.shape))
                end = module().full(shape, end[()], dtype=end.dtype)
            parts.insert(at, end)
    if len(parts) > 1:
        a = REDUCTIONS["concatenate"](parts, axis)  # type: ignore[operator]
    before = (slice(None),) * axis
    for _ in range(n):
        ends = a[(*before, slice(1, None))], a[(*before, slice(None, -1))]
        a = module().elemwise(np.not_equal if a.dtype == bool else np.subtract, *ends)
    return a


def _interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Any:
    """Elements one by one; the points that are given are few, and written out."""
    xp, fp = (whole(a) if is_sparse(a) else a for a in (xp, fp))
    if not is_sparse(x):
        return np.interp(x, xp, fp, left, right, period)  # as dense as x, as sparse's own
    return module().elemwise(lambda values: np.interp(values, xp, fp, left, right, period), x)


def _first_best(lines: Lines, name: str) -> Any:
    """Of each touched line the first place of its largest or its least element, or of NaN."""
    best = np.maximum if name == "argmax" else np.minimum
    has_gap, data, fill = lines.stored < lines.length, lines.data, lines.fill
    if data.dtype.kind in "SU":  # np.maximum takes no text
        ranks = np.unique(np.append(data, fill), return_inverse=True)[1]
        data, fill = ranks[:-1], ranks[-1]
    values = best.reduceat(data, lines.first) if len(data) else data
    values = np.where(has_gap, best(values, fill), values)

    def equal(a: Any, b: Any) -> Any:
        return (a == b) | ((a != a) & (b != b))

    # A line's first place that is not stored is where the stored ones first leave their rank.
    rank = np.arange(len(data)) - lines.by_line(lines.first)
    ahead = np.where(lines.place != rank, rank, lines.length)
    hit = np.where(equal(data, lines.by_line(values)), lines.place, lines.length)
    if len(data):
        ahead, hit = (np.minimum.reduceat(x, lines.first) for x in (ahead, hit))
    gap = np.where(has_gap & equal(values, fill), np.minimum(ahead, lines.stored), hit)
    return np.minimum(hit, gap)


def _extreme(name: str) -> Callable[..., Any]:
    def call(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = _NO_VALUE) -> Any:
        refuse(name, out=out)
        a = coo(a)
        axis = reduced_axis(axis, a.ndim)
        if axis is not None:
            (axis,) = normalize((axis,), a.ndim)
        length = a.size if axis is None else a.shape[axis]
        if length == 0:
            raise ValueError(f"attempt to get {name} of an empty sequence")
        if a.ndim == 0:
            return in_full(np.intp(0))
        lines = Lines(a, axis)
        return lines.reduced(_first_best(lines, name), 0, keep(keepdims))

    call.__name__ = name
    return call


def _triangle(name: str) -> Callable[..., Any]:
    def call(m: Any, k: int = 0) -> Any:
        m = coo(m)
        if m.ndim == 0:
            raise TypeError(f"numpy.{name} of a 0-dimensional array has no rows")
        if m.ndim == 1:
            m = module().broadcast_to(m, (m.shape[0], m.shape[0]))
        row, column = m.coords[-2].astype(np.intp), m.coords[-1]
        inside = column <= row + k if name == "tril" else column >= row + k
        if m.fill_value == 0:
            return moved(m, m.coords, m.shape, inside)
        mask = getattr(np, name)(np.ones(m.shape[-2:], dtype=bool), k)
        return module().where(coo(mask), m, m.dtype.type(0))

    call.__name__ = name
    return call


def _pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    array = coo(array)
    if mode == "constant":
        # NumPy checks the widths, and tells the shape.
        probe = np.broadcast_to(np.int8(0), array.shape)
        value = kwargs.get("constant_values", 0)
        if set(kwargs) <= {"constant_values"} and np.ndim(value) == 0:
            if value == array.fill_value:
                if isinstance(pad_width, dict):
                    pad_width = [pad_width.get(i, pad_width.get(i - array.ndim, (0, 0)))
                                 for i in range(array.ndim)]  # fmt: skip
                    pad_width = [(w, w) if np.ndim(w) == 0 else w for w in pad_width]
                widths = np.broadcast_to(np.asarray(pad_width), (array.ndim, 2))
                if widths.dtype.kind not in "iu":
                    raise TypeError("`pad_width` must be of integral type.")
                if (widths < 0).any():
                    raise ValueError("index can't contain negative values")
                shape = [n + int(w.sum()) for n, w in zip(probe.shape, widths, strict=True)]
                return moved(array, array.coords + widths[:, :1], shape)
    return derived_functions()["pad"](array, pad_width, mode, **kwargs)


def _moveaxis(a: Any, source: Any, destination: Any) -> Any:
    np.moveaxis(np.empty((0,) * a.ndim), source, destination)  # NumPy's errors
    return module().moveaxis(a, source, destination)


ROWS: dict[str, Row | Callable[..., Any]] = {
    "moveaxis": _moveaxis,
    "where": keeping_format(_where, tuple(FORMATS)),
    "clip": _clip,
    "take": _take,
    "repeat": _repeat,
    "diff": keeping_format(_diff, tuple(FORMATS)),
    "interp": _interp,
    "argmax": _extreme("argmax"),
    "argmin": _extreme("argmin"),
    "tril": _triangle("tril"),
    "triu": _triangle("triu"),
    "pad": _pad,
    "allclose": all_sparse("allclose", 2, "", bool),
    "array_equal": all_sparse("array_equal", 2, "", bool),
    "array_equiv": all_sparse("array_equiv", 2, "", bool),
    "average": all_sparse("average", 3),
    "isclose": all_sparse("isclose", 2),
    "trapezoid": all_sparse("trapezoid", 2),
    "inner": all_sparse("inner", 2),
    "cross": all_sparse("cross", 2),
    "linalg.cross": all_sparse("linalg.cross", 2),
}
