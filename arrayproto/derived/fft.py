"""Shifts of spectra."""

from __future__ import annotations

from typing import Any

import arrayproto.numpy as np

__all__ = ["fftshift", "ifftshift"]


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
