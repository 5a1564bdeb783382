"""Random valid calls of NumPy's functions and ufuncs on random arrays.

A table says what each function takes. Whatever draws is a `random.Random`: hypothesis has one whose
draws it shrinks. Arrays have any numeric dtype, any layout in memory, and often no elements.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

import numpy as np

from arrayproto import catalog
from tests.oracle import Plain, convert

FLOATS = ("f8", "f4")
INTEGERS = ("i8", "i4", "u1", "i1")
NUMBERS = (*FLOATS, *INTEGERS, "c16", "f2", "c8")
DTYPES = (*NUMBERS, "?")

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


# Arrays ------------------------------------------------------------------------------------------


def shape(r: Random, low: int = 0, high: int = 3) -> tuple[int, ...]:
    return tuple(r.choice((3, 2, 1, 4, 0, 3, 2)) for _ in range(r.randint(low, high)))


def values(r: Random, dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    """Many zeros and ties; halves, so that sums are exact; now and then what is not finite."""
    numbers = np.random.default_rng(r.randint(0, 99))
    found = numbers.integers(-4, 5, shape) * (numbers.random(shape) < 0.7)
    kind = np.dtype(dtype).kind
    if kind in "fc":
        found = found / 2
        if kind == "c":
            found = found + 1j * (numbers.integers(-2, 3, shape) / 2)
        if r.randint(0, 5) == 5:
            odd = np.nan if kind == "c" else r.choice((np.nan, np.inf, -np.inf))
            found = np.where(numbers.random(shape) < 0.2, odd, found)
    elif kind == "u" or dtype == "i1":
        found = found * (1 if r.randint(0, 2) else 31)
    if kind == "u":
        found = np.abs(found)
    return np.asarray(found).astype(dtype)


def laid_out(r: Random, array: np.ndarray) -> np.ndarray:
    """The same values in another order in memory."""
    how = r.choice(("C", "C", "F", "backwards", "sparsely", "repeated"))
    if array.ndim > 1 and how == "F":
        return np.asfortranarray(array)
    if array.ndim and how == "backwards":
        return array[::-1].copy()[::-1]
    if array.ndim and how == "sparsely":
        return np.repeat(array, 2, axis=-1)[..., ::2]
    if array.ndim and array.shape[0] and how == "repeated":
        return np.broadcast_to(array[:1], array.shape)
    return array


def array(
    r: Random,
    dtypes: tuple[str, ...] = DTYPES,
    low: int = 0,
    high: int = 3,
    of: tuple[int, ...] | None = None,
) -> np.ndarray:
    of = shape(r, low, high) if of is None else of
    return laid_out(r, values(r, r.choice(dtypes), of))


def broadcasting(r: Random, of: tuple[int, ...], dtypes: tuple[str, ...] = DTYPES) -> Any:
    """What is broadcast with an array of that shape: of it, or ones, or with less axes; a number."""
    if r.randint(0, 5) == 5:
        return r.choice((2, -1, 0.5, True, 3))
    cut = of[r.randint(0, len(of)) :] if r.randint(0, 1) else of
    found = array(r, dtypes, of=tuple(1 if r.randint(0, 3) == 3 else n for n in cut))
    return Plain(found) if r.randint(0, 5) == 5 else found


def flags(r: Random, of: tuple[int, ...]) -> Any:
    return np.asarray(array(r, ("?",), of=tuple(1 if r.randint(0, 3) == 3 else n for n in of)))


# Arguments ---------------------------------------------------------------------------------------


def one_axis(r: Random, ndim: int) -> Any:
    axis = r.randrange(-ndim, ndim) if ndim else r.choice((0, -1))
    return np.int64(axis) if r.randint(0, 9) == 9 else axis


def some_axes(r: Random, ndim: int) -> Any:
    """None, an axis, or a tuple of axes."""
    how = r.randint(0, 3)
    if how == 0:
        return None
    if how < 3 or not ndim:
        return one_axis(r, ndim)
    axes = r.sample(range(ndim), r.randint(0, ndim))
    return tuple(axis - ndim if r.randint(0, 1) else axis for axis in axes)


def options(r: Random, **makers: Callable[[], Any]) -> dict[str, Any]:
    """Each of them now and then."""
    return {name: make() for name, make in makers.items() if r.randint(0, 2) == 2}


def wider(r: Random, a: np.ndarray) -> Any:
    """A dtype that holds the values of a."""
    kinds = {"b": "?", "u": "u1 i8 f8", "i": "i8 i4 f8", "f": "f8 f4", "c": "c16"}
    return np.dtype(r.choice(kinds[a.dtype.kind].split()))


def shuffled(r: Random, ndim: int) -> tuple[int, ...]:
    return tuple(
        axis - ndim if r.randint(0, 2) == 2 else axis for axis in r.sample(range(ndim), ndim)
    )


def reduction(
    dtypes: tuple[str, ...] = DTYPES, *names: str, tuples: bool = True, low: int = 0
) -> Callable[[Random], Arguments]:
    def draw(r: Random) -> Arguments:
        a = array(r, dtypes, low)
        axis = some_axes if tuples else one_axis
        possible = {
            "axis": lambda: axis(r, a.ndim),
            "keepdims": lambda: bool(r.randint(0, 1)),
            "dtype": lambda: wider(r, a),
            "initial": lambda: r.choice((0, 1, 3)),
            "where": lambda: flags(r, a.shape),
            "ddof": lambda: r.choice((0, 1, 0.5)),
        }
        return (a,), options(r, **{name: possible[name] for name in names})

    return draw


def cumulative(*names: str, low: int = 0) -> Callable[[Random], Arguments]:
    def draw(r: Random) -> Arguments:
        a = array(r, low=low)
        kwargs = options(
            r,
            axis=lambda: one_axis(r, a.ndim),
            dtype=lambda: wider(r, a),
            include_initial=lambda: bool(r.randint(0, 1)),
        )
        return (a,), {name: value for name, value in kwargs.items() if name in names}

    return draw


def elements(*dtypes: str, nin: int = 1) -> Callable[[Random], Arguments]:
    def draw(r: Random) -> Arguments:
        a = array(r, dtypes)
        return (a, *(broadcasting(r, a.shape, dtypes) for _ in range(nin - 1))), {}

    return draw


def along(
    low: int = 1, dtypes: tuple[str, ...] = DTYPES, **more: Callable[[Random], Any]
) -> Callable[[Random], Arguments]:
    """An array, an axis of it now and then, and more."""

    def draw(r: Random) -> Arguments:
        a = array(r, dtypes, low)
        drawn = {name: (lambda make=make: make(r)) for name, make in more.items()}
        return (a,), options(r, axis=lambda: one_axis(r, a.ndim), **drawn)

    return draw


def plainly(low: int = 0, high: int = 3, dtypes: tuple[str, ...] = DTYPES) -> Any:
    return lambda r: ((array(r, dtypes, low, high),), {})


def several(r: Random, joined: bool) -> tuple[list[Any], int]:
    """Arrays of one shape, but for the length of one axis where they are joined there."""
    of = shape(r, 1)
    axis = r.randrange(len(of))
    found = []
    for _ in range(r.randint(1, 3)):
        own = (*of[:axis], r.randint(0, 3), *of[axis + 1 :]) if joined else of
        found.append(array(r, of=own))
    return found, axis - len(of) if r.randint(0, 1) else axis


def _concatenate(r: Random) -> Arguments:
    arrays, axis = several(r, joined=True)
    if r.randint(0, 3) == 3:
        arrays[-1] = Plain(arrays[-1])
        arrays.insert(0, array(r, of=arrays[-1].array.shape))
    return (arrays,), {"axis": r.choice((axis, axis, None))}


def _stack(r: Random) -> Arguments:
    arrays, axis = several(r, joined=False)
    return (arrays,), options(r, axis=lambda: axis)


def _stacked(r: Random) -> Arguments:
    return (several(r, joined=False)[0],), {}


def _reshape(r: Random) -> Arguments:
    a = array(r, low=1)
    divided = [n for n in range(1, a.size + 1) if a.size % n == 0] or [0]
    n = r.choice(divided)
    target = r.choice(((-1,), a.size, (n, -1 if n else 3), (1, *a.shape), a.shape[::-1]))
    return (a, target), options(r, order=lambda: r.choice("CF"))


def _transpose(r: Random) -> Arguments:
    a = array(r)
    return (a,), options(r, axes=lambda: shuffled(r, a.ndim))


def _moveaxis(r: Random) -> Arguments:
    a = array(r, low=1)
    count = r.randint(1, a.ndim)
    return (a, shuffled(r, a.ndim)[:count], shuffled(r, a.ndim)[:count]), {}


def _two_axes(r: Random) -> Arguments:
    a = array(r, low=1)
    return (a, one_axis(r, a.ndim), one_axis(r, a.ndim)), {}


def _squeeze(r: Random) -> Arguments:
    a = array(r, of=tuple(r.choice((1, 1, 2, 0)) for _ in range(r.randint(0, 3))))
    ones = [axis for axis, n in enumerate(a.shape) if n == 1]
    return (a,), options(r, axis=lambda: tuple(r.sample(ones, r.randint(0, len(ones)))))


def _expand_dims(r: Random) -> Arguments:
    a = array(r)
    return (a, r.choice((0, -1, a.ndim, (0, -1), (0, a.ndim + 1)))), {}


def _roll(r: Random) -> Arguments:
    a = array(r, low=1)
    axes = r.choice((None, one_axis(r, a.ndim), (one_axis(r, a.ndim), 0)))
    shift = r.randint(-5, 5)
    return (a, (shift, 1) if isinstance(axes, tuple) and r.randint(0, 1) else shift), {"axis": axes}


def _rot90(r: Random) -> Arguments:
    a = array(r, low=2)
    return (a,), options(r, k=lambda: r.randint(-3, 5), axes=lambda: shuffled(r, a.ndim)[:2])


def _tile(r: Random) -> Arguments:
    return (array(r), r.choice((2, 0, 1, (2, 1), (1, 2, 2), (), (3, 0), (2, 1, 1, 2)))), {}


def _repeat(r: Random) -> Arguments:
    a = array(r, low=1)
    axis = r.choice((None, one_axis(r, a.ndim)))
    count = a.size if axis is None else a.shape[axis]
    repeats = r.choice((2, 0, 3, [2], [r.randint(0, 2) for _ in range(count)]))
    return (a, repeats), {"axis": axis}


def _broadcast_to(r: Random) -> Arguments:
    of = shape(r)
    a = array(r, of=tuple(1 if r.randint(0, 1) else n for n in of))
    return (a, (*r.choice(((), (2,), (0,))), *of)), {}


def _broadcast_arrays(r: Random) -> Arguments:
    a = array(r)
    return (a, broadcasting(r, a.shape)), {}


def _pad(r: Random) -> Arguments:
    a = array(r, low=1)
    mode = r.choice(
        ("constant", "edge", "wrap", "reflect", "symmetric", "maximum", "mean", "empty")
    )
    if mode not in ("constant", "empty"):
        a = array(r, of=tuple(max(1, n) for n in a.shape))
    if mode == "empty":
        mode = "linear_ramp"
    each = [(r.randint(0, 3), r.randint(0, 3)) for _ in range(a.ndim)]
    width = r.choice((1, 0, (1, 2), ((2, 1),), each, tuple(each)))
    more: dict[str, Any] = {}
    if mode == "constant":
        more = options(r, constant_values=lambda: r.choice((1, (1, 2))))
    elif mode in ("maximum", "mean"):
        more = options(r, stat_length=lambda: r.choice((1, 2, None)))
    elif mode in ("reflect", "symmetric"):
        more = options(r, reflect_type=lambda: r.choice(("even", "odd")))
    return (a, width, mode), more


def positions(r: Random, length: int) -> Any:
    if not length:
        return np.zeros((0,), int)
    of = r.choice(((), (2,), (3,), (2, 2), (0,)))
    found = np.random.default_rng(r.randint(0, 99)).integers(-length, length, of)
    return found if r.randint(0, 2) else Plain(found)


def _take(r: Random) -> Arguments:
    a = array(r, low=1)
    axis = r.choice((None, one_axis(r, a.ndim)))
    where = positions(r, a.size if axis is None else a.shape[axis])
    more = options(r, mode=lambda: r.choice(("raise", "wrap", "clip")))
    return (a, where), {"axis": axis, **more}


def _take_along_axis(r: Random) -> Arguments:
    a = array(r, of=tuple(max(1, n) for n in shape(r, 1)))
    axis = one_axis(r, a.ndim)
    return (a, np.argsort(np.sin(a.real * 3 + np.arange(a.size).reshape(a.shape)), axis)), {
        "axis": axis
    }


def _compress(r: Random) -> Arguments:
    a = array(r, low=1)
    axis = r.choice((None, one_axis(r, a.ndim)))
    count = a.size if axis is None else a.shape[axis]
    return ([bool(r.randint(0, 1)) for _ in range(r.randint(0, count))], a), {"axis": axis}


def _where(r: Random) -> Arguments:
    a = array(r)
    return (flags(r, a.shape), a, broadcasting(r, a.shape)), {}


def _select(r: Random) -> Arguments:
    a = array(r, NUMBERS)
    chosen = [broadcasting(r, a.shape, NUMBERS) for _ in range(2)]
    return ([flags(r, a.shape), array(r, ("?",), of=a.shape)], [a, chosen[0]], r.choice((0, 7))), {}


def _choose(r: Random) -> Arguments:
    a = array(r, NUMBERS)
    which = np.random.default_rng(r.randint(0, 9)).integers(0, 2, a.shape)
    more = options(r, mode=lambda: r.choice(("wrap", "clip")))
    return (which, [a, broadcasting(r, a.shape, NUMBERS)]), more


def _diagonal(r: Random) -> Arguments:
    a = array(r, low=2)
    first, second = shuffled(r, a.ndim)[:2]
    return (a,), options(r, offset=lambda: r.randint(-3, 3)) | {"axis1": first, "axis2": second}


def _clip(r: Random) -> Arguments:
    a = array(r, NUMBERS[:-2])
    low, high = (broadcasting(r, a.shape, (a.dtype.str[1:],)) for _ in range(2))
    return (a, *r.choice(((low, high), (None, high), (low, None), (-1, 1)))), {}


def _searchsorted(r: Random) -> Arguments:
    a = np.sort(array(r, NUMBERS, of=(r.randint(0, 5),)))
    return (a, broadcasting(r, shape(r), NUMBERS)), options(
        r, side=lambda: r.choice(("left", "right"))
    )


def _digitize(r: Random) -> Arguments:
    bins = np.sort(array(r, (*FLOATS, *INTEGERS), of=(r.randint(1, 5),)))
    bins = bins[:: r.choice((1, -1))]
    return (array(r, (*FLOATS, *INTEGERS)), bins), options(r, right=lambda: bool(r.randint(0, 1)))


def _sets(r: Random) -> Arguments:
    return (array(r), array(r)), {}


def _unique(r: Random) -> Arguments:
    a = array(r)
    asked = ("return_index", "return_inverse", "return_counts", "equal_nan")
    kwargs = options(r, **{name: (lambda: bool(r.randint(0, 1))) for name in asked})
    if a.ndim and r.randint(0, 2) == 2:
        kwargs["axis"] = one_axis(r, a.ndim)
    return (a,), kwargs


def finite(array: np.ndarray) -> np.ndarray:
    return np.nan_to_num(array, posinf=1, neginf=1) if array.dtype.kind in "fc" else array


def without_infinity(array: np.ndarray) -> np.ndarray:
    return np.where(np.isinf(array), np.nan, array).astype(array.dtype)


def finite_array(r: Random, dtypes: tuple[str, ...], of: tuple[int, ...]) -> np.ndarray:
    return laid_out(r, finite(values(r, r.choice(dtypes), of)))


def _matmul(r: Random) -> Arguments:
    n, before = r.randint(0, 3), shape(r, 0, 1)
    one = (*before, r.randint(0, 3), n) if r.randint(0, 2) else (n,)
    other = (*before, n, r.randint(0, 3)) if r.randint(0, 2) else (n,)
    a, b = (array(r, of=of) for of in (one, other))
    return (a, Plain(b) if r.randint(0, 5) == 5 else b), {}


def _dot(r: Random) -> Arguments:
    n = r.randint(0, 3)
    one = (*shape(r, 0, 2), n)
    other = r.choice(((n,), (n, r.randint(0, 3)), (2, n, 2), ()))
    return (array(r, of=one), array(r, of=other)), {}


def _last_axes(r: Random) -> Arguments:
    n = r.randint(0, 3)
    return (array(r, of=(*shape(r, 0, 2), n)), array(r, of=(*shape(r, 0, 2), n))), {}


def _vectors(r: Random) -> Arguments:
    a = array(r, of=(*shape(r, 0, 2), r.randint(0, 3)))
    return (a, array(r, of=r.choice((a.shape, a.shape[-1:])))), {}


def _flat(r: Random) -> Arguments:
    a = array(r)
    return (a, array(r, of=a.shape)), {}


def _any_two(r: Random) -> Arguments:
    return (array(r), array(r, high=2)), {}


def _tensordot(r: Random) -> Arguments:
    of = shape(r, 1, 3)
    a, count = array(r, of=of), r.randint(0, len(of))
    if r.randint(0, 1):
        return (a, array(r, of=(*of[len(of) - count :], *shape(r, 0, 1)))), {"axes": count}
    mine = shuffled(r, len(of))[:count]
    other = (*(of[axis] for axis in mine), *shape(r, 0, 1))
    theirs = list(range(count))
    return (a, array(r, of=other)), {"axes": (list(mine), theirs)}


def _einsum(r: Random) -> Arguments:
    text = r.choice(
        (
            "ij,jk->ik",
            "ij->ji",
            "ii->i",
            "ij->",
            "i,j->ij",
            "...i,...i->...",
            "ij,ij->j",
            "ii",
            "ijk->kij",
        )
    )
    inputs = text.partition("->")[0].split(",")
    length = dict(zip("ijk", (r.randint(0, 3) for _ in range(3)), strict=True))
    shapes = [tuple(length[c] for c in one if c in length) for one in inputs]
    return (text, *(array(r, NUMBERS, of=of) for of in shapes)), {}


def _cross(r: Random) -> Arguments:
    of = (*shape(r, 0, 1), 3)
    return (array(r, NUMBERS, of=of), array(r, NUMBERS, of=of)), {}


def _average(r: Random) -> Arguments:
    a = array(r, (*FLOATS, *INTEGERS), of=tuple(max(1, n) for n in shape(r, 1)))
    axis = r.choice((None, one_axis(r, a.ndim)))
    kwargs = options(
        r,
        weights=lambda: np.abs(finite_array(r, FLOATS, a.shape)) + 1,
        returned=lambda: True,
        keepdims=lambda: True,
    )
    return (a,), {"axis": axis, **kwargs}


def _quantile(scale: float, tables: bool = True) -> Callable[[Random], Arguments]:
    methods = (
        "linear lower higher nearest midpoint median_unbiased inverted_cdf weibull hazen".split()
    )

    def draw(r: Random) -> Arguments:
        a = array(r, (*FLOATS, *INTEGERS), of=tuple(max(1, n) for n in shape(r, 1)))
        q = r.choice(
            (0.5, 0, 1, [0.25, 0.75], [0.0, 0.3, 1.0], [[0.1], [0.9]])[: 6 if tables else 5]
        )
        q = (np.asarray(q) * scale).tolist()
        return (a, q), options(
            r,
            axis=lambda: some_axes(r, a.ndim) or None,
            keepdims=lambda: True,
            method=lambda: r.choice(methods),
        )

    return draw


def _histogram(r: Random) -> Arguments:
    a = finite_array(r, (*FLOATS, *INTEGERS), shape(r))
    bins = r.choice((3, 1, 10, [0, 1, 2], [-2.0, 0.0, 0.5, 3.0]))
    return (a,), {"bins": bins} | options(
        r,
        range=lambda: r.choice(((0, 2), (-1.5, 1.0))),
        weights=lambda: finite_array(r, FLOATS, a.shape),
        density=lambda: bool(r.randint(0, 1)),
    )


def _bincount(r: Random) -> Arguments:
    a = np.abs(finite_array(r, ("i8", "i4", "u1"), (r.randint(0, 6),)))
    return (a,), options(
        r, weights=lambda: finite_array(r, FLOATS, a.shape), minlength=lambda: r.choice((0, 130))
    )


def _cov(r: Random) -> Arguments:
    a = finite_array(r, (*FLOATS, *INTEGERS), (r.randint(1, 3), r.randint(2, 4))[r.randint(0, 1) :])
    return (a,), options(r, rowvar=lambda: bool(r.randint(0, 1)), ddof=lambda: r.choice((0, 1)))


def _corrcoef(r: Random) -> Arguments:
    return (finite_array(r, (*FLOATS, *INTEGERS), (r.randint(1, 3), 4)),), {}


def _diff(r: Random) -> Arguments:
    a = array(r, low=1)
    return (a,), options(
        r,
        n=lambda: r.randint(0, 4),
        axis=lambda: one_axis(r, a.ndim),
        prepend=lambda: r.choice((0, 1)),
        append=lambda: r.choice((0, 1)),
    )


def _ediff1d(r: Random) -> Arguments:
    return (array(r, NUMBERS),), {}


def _gradient(r: Random) -> Arguments:
    a = array(r, (*FLOATS, *INTEGERS), of=tuple(n + 2 for n in shape(r, 1, 2)))
    return (a, *r.choice(((), (2,), (0.5,)))), options(r, axis=lambda: one_axis(r, a.ndim))


def _trapezoid(r: Random) -> Arguments:
    a = array(r, NUMBERS, low=1)
    axis = one_axis(r, a.ndim)
    return (a,), {"axis": axis} | options(r, dx=lambda: r.choice((2, 0.5)))


def _interp(r: Random) -> Arguments:
    n = r.randint(1, 4)
    xp = np.arange(n) * 1.5
    more = options(r, left=lambda: -1, right=lambda: 2.5, period=lambda: 3)
    return (
        finite_array(r, (*FLOATS, *INTEGERS), shape(r)),
        xp,
        finite_array(r, FLOATS, (n,)),
    ), more


def _convolve(r: Random) -> Arguments:
    a, b = (finite_array(r, (*FLOATS, *INTEGERS, "c16"), (r.randint(1, 4),)) for _ in range(2))
    return (a, b, r.choice(("full", "same", "valid"))), {}


def _fft(real: bool = False, smallest: int = 1) -> Callable[[Random], Arguments]:
    dtypes = (*FLOATS, "i8", "i4") if real else (*FLOATS, "i8", "c16", "c8")

    def draw(r: Random) -> Arguments:
        a = finite_array(r, dtypes, tuple(max(smallest, n) for n in shape(r, 1)))
        return (a,), options(
            r,
            n=lambda: r.randint(1, 5),
            axis=lambda: one_axis(r, a.ndim),
            norm=lambda: r.choice(("ortho", "forward", "backward", None)),
        )

    return draw


def _fftn(r: Random) -> Arguments:
    a = finite_array(r, (*FLOATS, "i8", "c16"), tuple(max(1, n) for n in shape(r, 1)))
    axes = shuffled(r, a.ndim)[: r.randint(1, a.ndim)]
    return (a,), {"axes": axes} | options(
        r,
        s=lambda: tuple(r.randint(1, 4) for _ in axes),
        norm=lambda: r.choice(("ortho", "forward")),
    )


def _shift(r: Random) -> Arguments:
    a = array(r, low=1)
    return (a,), options(r, axes=lambda: r.choice((None, 0, -1, (0, a.ndim - 1)[: a.ndim])))


def _norm(r: Random) -> Arguments:
    a = array(r, (*FLOATS, *INTEGERS, "c16"), low=1)
    if r.randint(0, 1) or a.ndim < 2:
        ord_, axis = r.choice((None, 2, 1, np.inf, -np.inf, 0, 3, 0.5)), one_axis(r, a.ndim)
    else:
        ord_, axis = r.choice(("fro", 1, -1, np.inf, -np.inf, None)), shuffled(r, a.ndim)[:2]
    return (a,), {"ord": ord_, "axis": axis} | options(r, keepdims=lambda: bool(r.randint(0, 1)))


def _vector_norm(r: Random) -> Arguments:
    a = array(r, (*FLOATS, *INTEGERS, "c16"), low=1)
    return (a,), options(
        r,
        ord=lambda: r.choice((2, 1, np.inf, -np.inf, 0, 3)),
        axis=lambda: some_axes(r, a.ndim),
        keepdims=lambda: bool(r.randint(0, 1)),
    )


def _square(r: Random) -> Arguments:
    n = r.randint(0, 3)
    of = (*shape(r, 0, 1), n, n)
    a = finite_array(r, (*FLOATS, "i8", "c16"), of)
    return (a + (9 * np.eye(n)).astype(a.dtype),), {}


def _solve(r: Random) -> Arguments:
    (a,), _ = _square(r)
    n = a.shape[-1]
    return (a, finite_array(r, (*FLOATS, "i8", "c16"), r.choice(((n,), (*a.shape[:-1], 2))))), {}


def _matrix_power(r: Random) -> Arguments:
    (a,), _ = _square(r)
    return (a, r.randint(0, 4)), {}


def _like(r: Random) -> Arguments:
    return (array(r),), options(
        r,
        dtype=lambda: np.dtype(r.choice(DTYPES)),
        shape=lambda: shape(r),
        order=lambda: r.choice("CFAK"),
    )


def _full_like(r: Random) -> Arguments:
    (a,), kwargs = _like(r)
    return (a, r.choice((0, 1, 2, True))), kwargs


def _astype(r: Random) -> Arguments:
    a = finite_array(r, DTYPES, shape(r))
    return (a, wider(r, a)), options(r, copy=lambda: bool(r.randint(0, 1)))


def _insert(r: Random) -> Arguments:
    a = array(r, low=1)
    axis = r.choice((None, one_axis(r, a.ndim)))
    count = a.size if axis is None else a.shape[axis]
    return (a, r.choice((0, count, [0, count], slice(0, count))), r.choice((1, 0))), {"axis": axis}


def _delete(r: Random) -> Arguments:
    a = array(r, low=1)
    axis = r.choice((None, one_axis(r, a.ndim)))
    count = a.size if axis is None else a.shape[axis]
    choices = [slice(0, 1), slice(None, None, 2), [], slice(None, None, -1)]
    choices += (
        [0, -1, [0, count - 1], [bool(r.randint(0, 1)) for _ in range(count)]] if count else []
    )
    return (a, r.choice(choices)), {"axis": axis}


def _append(r: Random) -> Arguments:
    a = array(r, low=1)
    return (a, array(r, of=a.shape)), options(r, axis=lambda: one_axis(r, a.ndim))


def _split(r: Random) -> Arguments:
    a = array(r, low=1)
    axis = one_axis(r, a.ndim)
    return (a, r.choice((1, 2, 3, [1], [0, 2], [2, 1], [-1], []))), {"axis": axis}


def _trim_zeros(r: Random) -> Arguments:
    return (array(r, of=(r.randint(0, 5),)),), options(r, trim=lambda: r.choice(("f", "b", "fb")))


def _nan_to_num(r: Random) -> Arguments:
    return (array(r),), options(r, nan=lambda: 2.0, posinf=lambda: 9, neginf=lambda: -9)


def _round(r: Random) -> Arguments:
    return (array(r, NUMBERS),), options(r, decimals=lambda: r.choice((0, 1, 2)))


def _close(r: Random) -> Arguments:
    a = array(r)
    return (a, broadcasting(r, a.shape)), options(r, equal_nan=lambda: True, rtol=lambda: 0.5)


def _equal(r: Random) -> Arguments:
    a = array(r)
    return (a, r.choice((a.copy(), array(r), array(r, of=a.shape)))), {}


def _isin(r: Random) -> Arguments:
    return (array(r), array(r)), options(r, invert=lambda: True)


def _tri(r: Random) -> Arguments:
    return (array(r, low=1),), options(r, k=lambda: r.randint(-3, 3))


def _diag(r: Random) -> Arguments:
    return (array(r, low=1, high=2),), options(r, k=lambda: r.randint(-2, 2))


def _vander(r: Random) -> Arguments:
    a = array(r, (*FLOATS, "i8"), of=(r.randint(0, 3),))
    return (a,), options(r, N=lambda: r.randint(0, 4), increasing=lambda: True)


def _window(r: Random) -> Arguments:
    a = array(r, of=tuple(n + 1 for n in shape(r, 1)))
    axis = one_axis(r, a.ndim)
    return (a, r.randint(1, a.shape[axis])), {"axis": axis}


def _meshgrid(r: Random) -> Arguments:
    arrays = [array(r, of=(r.randint(0, 3),)) for _ in range(r.randint(1, 3))]
    return tuple(arrays), options(r, indexing=lambda: r.choice(("xy", "ij")), sparse=lambda: True)


def _polyval(r: Random) -> Arguments:
    return (array(r, NUMBERS, of=(r.randint(1, 4),)), array(r, NUMBERS)), {}


def _cosines(r: Random) -> Arguments:
    return (array(r, (*FLOATS, *INTEGERS)),), {}


def _apply_along_axis(r: Random) -> Arguments:
    a = array(r, of=tuple(max(1, n) for n in shape(r, 1)))
    return (r.choice((np.sum, np.sort, np.max)), one_axis(r, a.ndim), a), {}


def _count_nonzero(r: Random) -> Arguments:
    a = array(r)
    return (a,), options(r, axis=lambda: some_axes(r, a.ndim), keepdims=lambda: True)


def _resize(r: Random) -> Arguments:
    return (array(r), shape(r, 1)), {}


def _block(r: Random) -> Arguments:
    a = array(r, low=2, high=2)
    return ([[a, array(r, of=(a.shape[0], 2))]],), {}


def _unravel(r: Random) -> Arguments:
    of = tuple(max(1, n) for n in shape(r, 1))
    return (np.arange(r.randint(1, int(np.prod(of)))), of), {}


def _packbits(r: Random) -> Arguments:
    a = array(r, ("u1", "?"), low=1)
    return (a,), options(r, axis=lambda: one_axis(r, a.ndim), bitorder=lambda: "little")


def _unpackbits(r: Random) -> Arguments:
    a = array(r, ("u1",), low=1)
    a = a if a.size else np.ones((1,) * a.ndim, "u1")  # of nothing NumPy makes anything
    return (a,), options(r, axis=lambda: one_axis(r, a.ndim), count=lambda: r.choice((3, 20)))


REAL = (*FLOATS, *INTEGERS, "f2")

#: What each function takes.
FUNCTIONS: dict[str, Callable[[Random], Arguments]] = {
    "sum": reduction(DTYPES, "axis", "dtype", "keepdims", "initial", "where"),
    "prod": reduction(DTYPES, "axis", "dtype", "keepdims", "initial", "where"),
    "max": reduction(DTYPES, "axis", "keepdims", "initial"),
    "min": reduction(DTYPES, "axis", "keepdims", "initial"),
    "all": reduction(DTYPES, "axis", "keepdims", "where"),
    "any": reduction(DTYPES, "axis", "keepdims", "where"),
    "mean": reduction(DTYPES, "axis", "keepdims", "where", "dtype", low=1),
    "std": reduction(DTYPES, "axis", "keepdims", "where", "ddof", low=1),
    "var": reduction(DTYPES, "axis", "keepdims", "where", "ddof", low=1),
    "ptp": reduction(NUMBERS, "axis", "keepdims"),
    "median": reduction((*REAL, "?"), "axis", "keepdims"),
    "argmax": reduction(DTYPES, "axis", "keepdims", tuples=False),
    "argmin": reduction(DTYPES, "axis", "keepdims", tuples=False),
    "count_nonzero": _count_nonzero,
    **{
        f"nan{name}": reduction(DTYPES, "axis", "keepdims", "where", "dtype", low=name == "mean")
        for name in ("sum", "prod", "mean")
    },
    **{f"nan{name}": reduction(DTYPES, "axis", "keepdims", "where") for name in ("max", "min")},
    **{
        f"nan{name}": reduction(DTYPES, "axis", "keepdims", "ddof", low=1)
        for name in ("std", "var")
    },
    "nanmedian": reduction((*REAL, "?"), "axis", "keepdims"),
    "nanargmax": reduction(DTYPES, "axis", "keepdims", tuples=False),
    "nanargmin": reduction(DTYPES, "axis", "keepdims", tuples=False),
    "cumsum": cumulative("axis", "dtype"),
    "cumprod": cumulative("axis", "dtype"),
    "nancumsum": cumulative("axis", "dtype"),
    "nancumprod": cumulative("axis", "dtype"),
    "cumulative_sum": cumulative("axis", "dtype", "include_initial", low=1),
    "cumulative_prod": cumulative("axis", "dtype", "include_initial", low=1),
    "average": _average,
    "quantile": _quantile(1),
    "percentile": _quantile(100),
    # Their axes of a table of quantiles, NumPy mixes up.
    "nanquantile": _quantile(1, tables=False),
    "nanpercentile": _quantile(100, tables=False),
    "histogram": _histogram,
    "bincount": _bincount,
    "cov": _cov,
    "corrcoef": _corrcoef,
    "diff": _diff,
    "ediff1d": _ediff1d,
    "gradient": _gradient,
    "trapezoid": _trapezoid,
    "interp": _interp,
    "convolve": _convolve,
    "correlate": _convolve,
    "concatenate": _concatenate,
    "stack": _stack,
    **dict.fromkeys(("hstack", "vstack", "dstack", "column_stack"), _stacked),
    "block": _block,
    "append": _append,
    "reshape": _reshape,
    "ravel": lambda r: ((array(r),), options(r, order=lambda: r.choice("CF"))),
    "transpose": _transpose,
    "moveaxis": _moveaxis,
    "swapaxes": _two_axes,
    "rollaxis": _two_axes,
    "squeeze": _squeeze,
    "expand_dims": _expand_dims,
    "flip": lambda r: ((a := array(r),), options(r, axis=lambda: some_axes(r, a.ndim))),
    "fliplr": plainly(2),
    "flipud": plainly(1),
    "roll": _roll,
    "rot90": _rot90,
    "tile": _tile,
    "repeat": _repeat,
    "resize": _resize,
    "broadcast_to": _broadcast_to,
    "broadcast_arrays": _broadcast_arrays,
    "pad": _pad,
    "insert": _insert,
    "delete": _delete,
    "array_split": _split,
    "split": _split,
    "unstack": along(1),
    "trim_zeros": _trim_zeros,
    "matrix_transpose": plainly(2),
    **dict.fromkeys(("atleast_1d", "atleast_2d", "atleast_3d"), plainly()),
    "take": _take,
    "take_along_axis": _take_along_axis,
    "compress": _compress,
    "extract": lambda r: ((array(r, ("?",), of=(a := array(r)).shape), a), {}),
    "where": _where,
    "select": _select,
    "choose": _choose,
    "diag": _diag,
    "diagflat": _diag,
    "diagonal": _diagonal,
    "trace": _diagonal,
    "tril": _tri,
    "triu": _tri,
    "clip": _clip,
    "searchsorted": _searchsorted,
    "digitize": _digitize,
    "nonzero": plainly(1),
    "flatnonzero": plainly(),
    "argwhere": plainly(),
    "unravel_index": _unravel,
    "sort": along(1, DTYPES, kind=lambda r: "stable"),
    "argsort": lambda r: (
        (a := array(r, low=1),),
        {"kind": "stable"} | options(r, axis=lambda: one_axis(r, a.ndim)),
    ),
    "sort_complex": plainly(1),
    "lexsort": lambda r: (((a := array(r, REAL, low=1), array(r, REAL, of=a.shape)),), {}),
    "unique": _unique,
    "unique_counts": plainly(),
    "unique_inverse": plainly(),
    "unique_all": plainly(),
    "union1d": _sets,
    "intersect1d": _sets,
    "setdiff1d": _sets,
    "setxor1d": _sets,
    "isin": _isin,
    "dot": _dot,
    "vdot": _flat,
    "inner": _last_axes,
    "outer": _any_two,
    "kron": _any_two,
    "tensordot": _tensordot,
    "einsum": _einsum,
    "cross": _cross,
    "vander": _vander,
    "polyval": _polyval,
    "meshgrid": _meshgrid,
    "zeros_like": _like,
    "ones_like": _like,
    "full_like": _full_like,
    "astype": _astype,
    "copy": plainly(),
    "nan_to_num": _nan_to_num,
    "round": _round,
    "isclose": _close,
    "allclose": _close,
    "array_equal": _equal,
    "array_equiv": _equal,
    **dict.fromkeys(("real", "imag", "isreal", "iscomplex", "isposinf"), plainly()),
    **dict.fromkeys(("angle", "isneginf", "fix"), plainly()),
    "real_if_close": plainly(),
    "sinc": _cosines,
    "i0": _cosines,
    "unwrap": along(1, FLOATS),
    "apply_along_axis": _apply_along_axis,
    "packbits": _packbits,
    "unpackbits": _unpackbits,
    "fft.fft": _fft(),
    "fft.ifft": _fft(),
    "fft.rfft": _fft(real=True),
    "fft.irfft": _fft(smallest=2),
    "fft.hfft": _fft(smallest=2),
    "fft.ihfft": _fft(real=True),
    "fft.fftn": _fftn,
    "fft.ifftn": _fftn,
    "fft.fftshift": _shift,
    "fft.ifftshift": _shift,
    "linalg.norm": _norm,
    "linalg.vector_norm": _vector_norm,
    "linalg.det": _square,
    "linalg.inv": _square,
    "linalg.slogdet": _square,
    "linalg.solve": _solve,
    "linalg.matrix_power": _matrix_power,
    "linalg.trace": plainly(2),
    "linalg.diagonal": plainly(2),
    "linalg.outer": lambda r: ((array(r, low=1, high=1), array(r, low=1, high=1)), {}),
    "lib.stride_tricks.sliding_window_view": _window,
}


def found_in(namespace: Any, name: str) -> Any:
    """What a dotted name stands for; None if there is nothing of that name."""
    return functools.reduce(
        lambda holder, part: getattr(holder, part, None), name.split("."), namespace
    )


# Ufuncs ------------------------------------------------------------------------------------------

_BY_INPUTS = {1: plainly(), 2: elements(*DTYPES, nin=2)}
#: What goes to infinity on numbers that NumPy takes for integers of all kinds.
_PRODUCTS = {"matmul": _matmul, "vecdot": _vectors}
_ASSOCIATIVE = set(
    "add multiply maximum minimum fmax fmin logical_and logical_or logical_xor bitwise_and "
    "bitwise_or bitwise_xor gcd logaddexp logaddexp2 hypot".split()
)
#: What overflows in one order and not in another; what has no arrays of numbers.
_UFUNCS_LEFT_OUT = {"isnat", "lcm", "matvec", "vecmat"}


def _ufunc(ufunc: np.ufunc) -> Callable[[Random], Arguments]:
    inputs = _BY_INPUTS[ufunc.nin]
    if ufunc in (np.divide, np.reciprocal):  # what is not finite of complex numbers differs
        inputs = elements(*REAL, "?", nin=ufunc.nin)

    def draw(r: Random) -> Arguments:
        args, kwargs = inputs(r)
        return args, kwargs | options(r, dtype=lambda: np.dtype(r.choice(("f8", "c16", "f4")))) if (
            r.randint(0, 4) == 4
        ) else kwargs

    return draw


def _method(ufunc: np.ufunc, method: str) -> Callable[[Random], Arguments]:
    def draw(r: Random) -> Arguments:
        dtypes = REAL if ufunc is np.divide else DTYPES
        a = array(r, dtypes, low=method != "outer")
        if method == "outer":
            return (a, array(r, dtypes, high=2)), {}
        if method == "accumulate":
            return (a,), options(r, axis=lambda: one_axis(r, a.ndim))
        if method == "reduceat":
            axis = one_axis(r, a.ndim)
            places = (
                [r.randrange(a.shape[axis]) for _ in range(r.randint(0, 3))]
                if a.shape[axis]
                else []
            )
            return (a, places), {"axis": axis}
        return (a,), {"axis": some_axes(r, a.ndim)} | options(
            r,
            keepdims=lambda: True,
            initial=lambda: r.choice((0, 1, 2)),
            where=lambda: flags(r, a.shape),
        )

    return draw


def _of_ufuncs() -> dict[str, Callable[[Random], Arguments]]:
    found: dict[str, Callable[[Random], Arguments]] = dict(_PRODUCTS)
    for name, ufunc in catalog.ufuncs().items():
        if name in found or name in _UFUNCS_LEFT_OUT:
            continue
        found[name] = _ufunc(ufunc)
        if (ufunc.nin, ufunc.nout) == (2, 1):
            for method in ("outer", "accumulate", "reduceat", "reduce"):
                # In what is not associative NumPy skips elements (docs/upstream.md).
                if name in _ASSOCIATIVE or not method.startswith("reduce"):
                    found[f"{name}.{method}"] = _method(ufunc, method)
    return found


UFUNCS = _of_ufuncs()
#: Those that this NumPy has.
CALLS = {name: draw for name, draw in (FUNCTIONS | UFUNCS).items() if found_in(np, name)}


# Calls -------------------------------------------------------------------------------------------


class RandomCall(NamedTuple):
    """One call, for `arrayproto.testing.judge`."""

    function: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    @property
    def public_api(self) -> str:
        head, _, _ = self.function.rpartition(".")
        return head if head and isinstance(getattr(np, head, None), np.ufunc) else self.function

    @property
    def expression(self) -> str:
        given = [*map(_told, self.args), *(f"{k}={_told(v)}" for k, v in self.kwargs.items())]
        return f"np.{self.function}({', '.join(given)})"

    @property
    def arrays(self) -> tuple[str, ...]:
        found: list[str] = []
        convert([self.args, self.kwargs], lambda _: found.append("array"))
        return tuple(found)

    def made(self, make: Callable[[np.ndarray], Any]) -> dict[str, Any]:
        return {"args": convert(self.args, make), "kwargs": convert(self.kwargs, make)}

    def evaluate(self, namespace: Any, arrays: dict[str, Any], host: Any) -> Any:
        call = found_in(namespace, self.function)
        return call(*arrays["args"], **arrays["kwargs"])


def _told(value: Any) -> str:
    if isinstance(value, Plain):
        return f"host {_told(value.array)}"
    if isinstance(value, np.ndarray):
        return f"array({value.tolist()}, {value.dtype.str[1:]!r}, shape={value.shape})"
    if type(value) in (list, tuple):
        return f"{'(' if type(value) is tuple else '['}{', '.join(map(_told, value))}{')' if type(value) is tuple else ']'}"
    return getattr(value, "__name__", None) or repr(value)


#: Sums of products: BLAS passes over what is multiplied by zero, NaN included.
PRODUCTS = frozenset(
    "dot vdot inner outer kron tensordot einsum matmul vecdot linalg.matrix_power".split()
)


def draw_call(r: Random, name: str) -> RandomCall:
    """A call of the function or ufunc of that name."""
    args, kwargs = CALLS[name](r)
    arrays: list[np.ndarray] = []
    convert(args, arrays.append)
    arrays += [value.array for value in args if isinstance(value, Plain)]
    # How infinity is multiplied by a complex number is every library's own business.
    if name in PRODUCTS or any(a.dtype.kind == "c" for a in arrays):
        args = convert(args, finite if name in PRODUCTS else without_infinity)
    return RandomCall(name, args, kwargs)
