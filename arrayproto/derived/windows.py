"""Views of arrays, which are copies here."""

from __future__ import annotations

from typing import Any

import numpy

import arrayproto.numpy as np

from ..errors import UnsupportedArgumentError
from .creation import take

__all__ = ["sliding_window_view"]


def sliding_window_view(
    x: Any,
    window_shape: Any,
    axis: Any = None,
    *,
    subok: bool = False,
    writeable: bool = False,
) -> Any:
    if writeable:
        raise UnsupportedArgumentError(
            "numpy.lib.stride_tricks.sliding_window_view: writeable=True is not supported, for the "
            "windows are copies here; leave it out"
        )
    windows = tuple(window_shape) if numpy.iterable(window_shape) else (window_shape,)
    if any(n < 0 for n in windows):
        raise ValueError("`window_shape` cannot contain negative values")
    shape = tuple(np.shape(x))
    if axis is None:
        axes = tuple(range(len(shape)))
        if len(windows) != len(axes):
            raise ValueError(
                "Since axis is None, must provide window_shape for all dimensions of `x`; got "
                f"{len(windows)} window_shape elements and `x.ndim` is {len(shape)}."
            )
    else:
        axes = numpy.lib.array_utils.normalize_axis_tuple(axis, len(shape), allow_duplicate=True)
        if len(windows) != len(axes):
            raise ValueError(
                "Must provide matching length window_shape and axis; got "
                f"{len(windows)} window_shape elements and {len(axes)} axes elements."
            )
    for along, length in zip(axes, windows, strict=True):
        count = np.shape(x)[along] - length + 1
        if count < 1:
            raise ValueError("window shape cannot be larger than input array shape")
        places = numpy.arange(count)[:, None] + numpy.arange(length)
        x = np.moveaxis(take(x, places, axis=along), along + 1, -1)
    return x
