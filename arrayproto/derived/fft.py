"""Fourier transforms, composed of one, and shifts of spectra."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy

import arrayproto.numpy as np

from .creation import cast, refuse_out

__all__ = [
    "fft2",
    "fftn",
    "fftshift",
    "hfft",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "irfft",
    "irfft2",
    "irfftn",
    "rfft",
    "rfft2",
    "rfftn",
]


def _shifted(x: Any, axes: Any, shift_of: Any) -> Any:
    if axes is None:
        axes = tuple(range(np.ndim(x)))
    elif not hasattr(axes, "__len__"):
        return np.roll(x, shift_of(x.shape[axes]), axes)
    return np.roll(x, tuple(shift_of(x.shape[axis]) for axis in axes), tuple(axes))


def fftshift(x: Any, axes: Any = None) -> Any:
    return _shifted(x, axes, lambda length: length // 2)


def ifftshift(x: Any, axes: Any = None) -> Any:
    return _shifted(x, axes, lambda length: -(length // 2))


# Transforms, of one: that of complex numbers, forward -------------------------------------------


def lengthened(a: Any, n: int | None, axis: int) -> Any:
    """Cut, or with zeros behind, to `n` elements along an axis."""
    length = np.shape(a)[axis]
    n = length if n is None else operator.index(n)
    if n < 1:
        raise ValueError(f"Invalid number of FFT data points ({n}) specified.")
    if n <= length:
        return a if n == length else a[(*(slice(None),) * (axis % np.ndim(a)), slice(0, n))]
    widths = [(0, n - length) if i == axis % np.ndim(a) else (0, 0) for i in range(np.ndim(a))]
    return np.pad(a, widths)


def normalized(a: Any, n: int, norm: Any, forward: bool) -> Any:
    """Divided by what `norm` says."""
    if norm not in (None, "backward", "ortho", "forward"):
        raise ValueError(f'Invalid norm value {norm}; should be "backward", "ortho" or "forward".')
    if norm == "ortho":
        return np.divide(a, math.sqrt(n))
    return np.divide(a, n) if (norm == "forward") == forward else a


_OTHER = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}


def _axis(a: Any, axis: int) -> int:
    return numpy.lib.array_utils.normalize_axis_index(axis, np.ndim(a))


def ifft(a: Any, n: int | None = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    refuse_out("fft.ifft", out)
    normalized(1, 1, norm, False)
    return np.conjugate(np.fft.fft(np.conjugate(a), n, axis, norm=_OTHER[norm]))


def _part(a: Any, axis: int, stop: int) -> Any:
    return a[(*(slice(None),) * axis, slice(0, stop))]


def rfft(a: Any, n: int | None = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    refuse_out("fft.rfft", out)
    if a.dtype.kind == "c":
        raise TypeError("ufunc 'rfft_n_even' did not contain a loop for complex arrays")
    axis = _axis(a, axis)
    whole = np.fft.fft(a, n, axis, norm)
    return _part(whole, axis, np.shape(whole)[axis] // 2 + 1)


def irfft(a: Any, n: int | None = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    refuse_out("fft.irfft", out)
    axis, given = _axis(a, axis), a.dtype
    n = 2 * (np.shape(a)[axis] - 1) if n is None else operator.index(n)
    if n < 1:
        raise ValueError(f"Invalid number of FFT data points ({n}) specified.")
    half = lengthened(a, n // 2 + 1, axis)
    # The other half is the mirrored conjugate of this one.
    before = (slice(None),) * axis
    mirrored = np.conjugate(np.flip(half[(*before, slice(1, (n + 1) // 2))], axis))
    # The first, and of an even number the middle, have no imaginary part that counts.
    first = half[(*before, slice(0, 1))]
    rest = half[(*before, slice(1, (n + 1) // 2))]
    parts = [cast(np.real(first), half.dtype), rest]
    if n % 2 == 0:
        parts.append(cast(np.real(half[(*before, slice(n // 2, None))]), half.dtype))
    whole = np.concatenate([*parts, mirrored], axis)
    result = np.real(np.fft.ifft(whole, axis=axis, norm=norm))
    return cast(result, numpy.fft.irfft(numpy.zeros(2, given)).dtype)


def hfft(a: Any, n: int | None = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    refuse_out("fft.hfft", out)
    normalized(1, 1, norm, True)
    n = 2 * (np.shape(a)[axis] - 1) if n is None else n
    return np.fft.irfft(np.conjugate(a), n, axis, norm=_OTHER[norm])


def ihfft(a: Any, n: int | None = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    refuse_out("fft.ihfft", out)
    normalized(1, 1, norm, False)
    return np.conjugate(np.fft.rfft(a, n, axis, norm=_OTHER[norm]))


def _lengths(a: Any, s: Any, axes: Any, inverse_real: bool = False) -> tuple[list[Any], list[int]]:
    given = s is not None
    if not given:
        if axes is None:
            s, axes = list(np.shape(a)), list(range(np.ndim(a)))
        else:
            s = [np.shape(a)[axis] for axis in axes]
    else:
        s = list(s)
        if axes is None:
            axes = list(range(-len(s), 0))
    axes = list(axes)
    if len(s) != len(axes):
        raise ValueError("Shape and axes have different lengths.")
    if inverse_real and not given and axes:
        s[-1] = (np.shape(a)[axes[-1]] - 1) * 2
    return [np.shape(a)[axis] if n == -1 else n for n, axis in zip(s, axes, strict=True)], axes


def _each_axis(transform: Any, a: Any, s: Any, axes: Any, norm: Any) -> Any:
    s, axes = _lengths(a, s, axes)
    for n, axis in reversed(list(zip(s, axes, strict=True))):
        a = transform(a, n, axis, norm)
    return a


def fftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    refuse_out("fft.fftn", out)
    return _each_axis(np.fft.fft, a, s, axes, norm)


def ifftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    refuse_out("fft.ifftn", out)
    return _each_axis(np.fft.ifft, a, s, axes, norm)


def fft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    refuse_out("fft.fft2", out)
    return _each_axis(np.fft.fft, a, s, axes, norm)


def ifft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    refuse_out("fft.ifft2", out)
    return _each_axis(np.fft.ifft, a, s, axes, norm)


def rfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    refuse_out("fft.rfftn", out)
    s, axes = _lengths(a, s, axes)
    a = np.fft.rfft(a, s[-1], axes[-1], norm)
    for n, axis in reversed(list(zip(s[:-1], axes[:-1], strict=True))):
        a = np.fft.fft(a, n, axis, norm)
    return a


def irfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    refuse_out("fft.irfftn", out)
    s, axes = _lengths(a, s, axes, inverse_real=True)
    for n, axis in zip(s[:-1], axes[:-1], strict=True):
        a = np.fft.ifft(a, n, axis, norm)
    return np.fft.irfft(a, s[-1], axes[-1], norm)


def rfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    refuse_out("fft.rfft2", out)
    return np.fft.rfftn(a, s, axes, norm)


def irfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    refuse_out("fft.irfft2", out)
    return np.fft.irfftn(a, s, axes, norm)
