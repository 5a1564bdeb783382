"""sparse: running sums and products, Fourier transforms, phases.

Their results are zero, or constant, on lines without a stored value and dense along the others.
They stay arrays of sparse, in proportion to what NumPy's answer has in it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .rows import Derived, Row
from .sparse_arrays import Lines, coo, in_full, module, normalize, refuse


def _accumulated(ufunc: np.ufunc, lines: Lines, dtype: Any) -> Any:
    """`ufunc.accumulate` over the stored values of each line, in NumPy's order of operations.

    Lines with about equally many stored values make a block, so that blocks hold at most twice as
    much as is stored.
    """
    result = np.empty(len(lines.data), dtype=dtype)
    powers = np.frexp(lines.stored)[1]
    for power in np.unique(powers):
        chosen = np.flatnonzero(powers == power)
        first, stored = lines.first[chosen], lines.stored[chosen]
        place = np.arange(stored.max())
        inside = place < stored[:, None]
        where = (first[:, None] + place)[inside]
        block = np.zeros(inside.shape, dtype=dtype)
        block[inside] = lines.data[where]
        result[where] = ufunc.accumulate(block, axis=1)[inside]
    return result


def _until_the_next(lines: Lines, values: Any) -> tuple[Any, Any, Any]:
    """Each value from its place to the next one of its line; zeros are not kept."""
    following = np.append(lines.place[1:], 0)
    following[lines.first[1:] - 1] = lines.length
    if len(following):
        following[-1] = lines.length
    spans = np.where(values == 0, 0, following - lines.place)
    within = np.arange(spans.sum()) - np.repeat(np.cumsum(spans) - spans, spans)
    return (
        np.repeat(lines.line, spans),
        np.repeat(lines.place, spans) + within,
        np.repeat(values, spans),
    )


def _running(name: str) -> Callable[..., Any]:
    function = getattr(np, name.removeprefix("nan"))
    neutral = 0 if name.endswith("sum") else 1

    def call(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        refuse(name, out=out)
        a = coo(a)
        if name.startswith("nan") and a.dtype.kind in "fc":
            a = module().elemwise(lambda v: np.where(np.isnan(v), v.dtype.type(neutral), v), a)
        if axis is not None:
            axis = operator.index(axis)
        if a.ndim == 0:
            return in_full(function(a[()], axis=axis, dtype=dtype))
        lines = Lines(a, axis)
        dtype = function(np.ones(1, dtype=a.dtype), dtype=dtype).dtype
        if lines.fill != 0:
            numbers, block = lines.blocks(lambda block: function(block, axis=1, dtype=dtype))
            return lines.array_of_blocks(numbers, block)
        if neutral == 0:
            values = _accumulated(np.add, lines, dtype)
            return lines.array(*_until_the_next(lines, values), lines.length)
        if a.dtype.kind in "fc" and not np.isfinite(lines.data).all():  # zero times NaN
            numbers, block = lines.blocks(lambda block: function(block, axis=1, dtype=dtype))
            return lines.array_of_blocks(numbers, block)
        # A product is zero from the first zero on.
        rank = np.arange(len(lines.data)) - lines.by_line(lines.first)
        before = lines.only(lines.place == rank)
        values = _accumulated(np.multiply, before, dtype)
        return lines.array(before.line, before.place, values, lines.length)

    call.__name__ = name
    return call


# Fourier transforms ----------------------------------------------------------------------------


def _transformed(name: str, a: Any, n: Any, axis: int, norm: Any) -> Any:
    function = getattr(np.fft, name)
    lines = Lines(a, axis)
    return lines.array_of_blocks(*lines.blocks(lambda block: function(block, n, norm=norm)))


def _fft(name: str) -> Callable[..., Any]:
    def call(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
        refuse(f"fft.{name}", out=out)
        (axis,) = normalize((axis,), a.ndim)
        return _transformed(name, a, n, axis, norm)

    call.__name__ = name
    return call


def _fft_of_axes(name: str) -> Callable[..., Any]:
    inverse = "i" if name.startswith("i") else ""
    real = "r" in name
    default = (-2, -1) if name.endswith("2") else None

    def call(a: Any, s: Any = None, axes: Any = default, norm: Any = None, out: Any = None) -> Any:
        refuse(f"fft.{name}", out=out)
        a = coo(a)
        if s is not None and axes is not None and len(s) != len(axes):
            raise ValueError("Shape and axes have different lengths.")
        if axes is None:
            axes = range(a.ndim) if s is None else range(a.ndim - len(s), a.ndim)
        axes = [normalize((axis,), a.ndim)[0] for axis in axes]
        if s is None:
            s = [a.shape[axis] for axis in axes]
            if real and inverse:
                s[-1] = (s[-1] - 1) * 2
        else:
            s = [a.shape[x] if n == -1 else n for n, x in zip(s, axes, strict=False)]
        steps = [(f"{inverse}fft", n, axis) for n, axis in zip(s, axes, strict=True)][::-1]
        if real and inverse:  # the axis of the real values comes last
            steps = [*steps[1:][::-1], ("irfft", s[-1], axes[-1])]
        elif real:
            steps = [("rfft", s[-1], axes[-1]), *steps[1:]]
        for step, n, axis in steps:
            a = _transformed(step, a, n, axis, norm)
        return a

    call.__name__ = name
    return call


# Phases ----------------------------------------------------------------------------------------


def _unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: float = 2 * np.pi) -> Any:
    """A constant line stays as it is, so the lines without a stored value do."""
    lines = Lines(p, axis)
    return lines.array_of_blocks(
        *lines.blocks(lambda block: np.unwrap(block, discont, period=period))
    )


ROWS: dict[str, Row] = {
    **{name: _running(name) for name in ("cumsum", "cumprod", "nancumsum", "nancumprod")},
    "cumulative_sum": Derived(),
    "cumulative_prod": Derived(),
    **{f"fft.{n}": _fft(n) for n in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")},
    **{
        f"fft.{inverse}{real}fft{rank}": _fft_of_axes(f"{inverse}{real}fft{rank}")
        for inverse in ("", "i")
        for real in ("", "r")
        for rank in ("2", "n")
    },
    "unwrap": _unwrap,
}
