"""Dask: Fourier transforms, axis after axis, so that only one at a time is in one chunk."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .dask_chunks import as_dask, da, lines, meta_of
from .rows import Row


def _line(name: str) -> Callable[..., Any]:
    """A transform along one axis: the axis becomes one chunk, NumPy transforms each chunk."""
    function = getattr(np.fft, name)

    def call(a: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
        a = as_dask(a)
        shape = [1] * a.ndim
        if a.ndim:
            shape[axis if -a.ndim <= axis < a.ndim else 0] = a.shape[axis]
        # NumPy says what is wrong with the arguments, how long the result is, and its dtype.
        example = function(np.ones(shape, a.dtype), n, axis, norm)
        (axis,) = np.lib.array_utils.normalize_axis_tuple((axis,), a.ndim)
        chunks = list(a.chunks)
        chunks[axis] = (example.shape[axis],)
        return lines(f"fft.{name}", a, (axis,)).map_blocks(
            functools.partial(function, n=n, axis=axis, norm=norm),
            dtype=example.dtype,
            chunks=tuple(chunks),
            meta=meta_of(a, a.ndim, example.dtype),
        )

    call.__name__ = name
    return call


_fft, _ifft, _rfft, _irfft = map(_line, ("fft", "ifft", "rfft", "irfft"))


def _axes_and_lengths(name: str, a: Any, s: Any, axes: Any) -> tuple[list[int], list[Any]]:
    """Of NumPy, with its errors: -1 stands for the length of the axis."""
    if s is None:
        axes = list(range(-a.ndim, 0)) if axes is None else list(axes)
        lengths: list[Any] = [None] * len(axes)
    else:
        lengths = list(s)
        axes = list(range(-len(lengths), 0)) if axes is None else list(axes)
        if len(lengths) != len(axes):
            raise ValueError("Shape and axes have different lengths.")
        lengths = [None if n == -1 else n for n in lengths]
    if name.startswith(("rfft", "irfft")) and not axes:
        raise IndexError("list index out of range")
    return axes, lengths


def _all_axes(name: str, default: Any) -> Callable[..., Any]:
    def call(a: Any, s: Any = None, axes: Any = default, norm: Any = None) -> Any:
        a = as_dask(a)
        along, lengths = _axes_and_lengths(name, a, s, axes)
        steps = list(zip(along, lengths, strict=True))
        if name.startswith("rfft"):
            axis, n = steps.pop()
            a = _rfft(a, n, axis, norm)
        if name.startswith("irfft"):
            for axis, n in steps[:-1]:
                a = _ifft(a, n, axis, norm)
            return _irfft(a, steps[-1][1], steps[-1][0], norm)
        step = _ifft if name.startswith("ifft") else _fft
        for axis, n in reversed(steps):
            a = step(a, n, axis, norm)
        return a if along else a.astype(np.result_type(a.dtype, np.complex64))

    call.__name__ = name
    return call


def _shifted(name: str) -> Callable[..., Any]:
    def call(x: Any, axes: Any = None) -> Any:
        x = as_dask(x)
        if x.ndim == 0:
            getattr(np.fft, name)(np.zeros(()), axes)  # NumPy's error
        return getattr(da().fft, name)(x, axes)

    call.__name__ = name
    return call


#: Rows of Dask's table of differences.
ROWS: dict[str, Row] = {
    **{f"fft.{n}": _line(n) for n in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")},
    **{f"fft.{n}": _all_axes(n, None) for n in ("fftn", "ifftn", "rfftn", "irfftn")},
    **{f"fft.{n}": _all_axes(n, (-2, -1)) for n in ("fft2", "ifft2", "rfft2", "irfft2")},
    **{f"fft.{n}": _shifted(n) for n in ("fftshift", "ifftshift")},
}
