"""CuPy's own functions, kept to the calls in which they do what NumPy's do.

A row here raises TypeError for the other calls, which goes by way of the core (see `own_first`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Call = Callable[..., Any]


def _cupy() -> Any:
    return sys.modules["cupy"]


def _find(path: str) -> Call:
    found = _cupy()
    for part in path.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


def _only(path: str, condition: Callable[..., bool], why: str) -> Call:
    """CuPy's function, for calls of which `condition` is true."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if not condition(*args, **kwargs):
            raise TypeError(f"cupy.{path} is not numpy.{path} where {why}")
        return _find(path)(*args, **kwargs)

    call.__name__ = path.rpartition(".")[2]
    return call


def _own_arrays(*arrays: Any, **kwargs: Any) -> bool:
    return all(isinstance(a, _cupy().ndarray) for a in arrays)


def _in_space(a: Any, b: Any, **kwargs: Any) -> bool:
    return a.shape[-1:] == (3,) == b.shape[-1:]


def _on_device(a: Any, indices: Any, *args: Any, **kwargs: Any) -> bool:
    """Whether indices could not be looked at without waiting for the device."""
    return isinstance(indices, _cupy().ndarray)


def _axes_exist(a: Any, axis: Any = None, *args: Any, **kwargs: Any) -> bool:
    axes = () if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return all(-a.ndim <= i < a.ndim for i in axes)


def _not_negative(x1: Any, x2: Any, **kwargs: Any) -> bool:
    """Whether no Python integer is a power that integers have not got."""
    return type(x2) is not int or x2 >= 0 or x1.dtype.kind == "f"


def _no_booleans(x: Any, **kwargs: Any) -> bool:
    return x.dtype.kind != "b"  # type: ignore[no-any-return]


def _a_side(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> bool:
    return side in ("left", "right")


def _casting(arrays: Any, *args: Any, casting: Any = "same_kind", **kwargs: Any) -> bool:
    return casting in ("no", "equiv", "safe", "same_kind", "unsafe")


def _without_max_work(name: str) -> Call:
    """CuPy has one way to find out, however long it takes."""

    def call(a: Any, b: Any, /, max_work: Any = None) -> Any:
        # What is on the host shares nothing with what is on a device.
        return _own_arrays(a, b) and _find(name)(a, b)

    call.__name__ = name
    return call


def _sections(ary: Any, sections: Any, axis: Any = 0) -> bool:
    return not isinstance(sections, int) or sections > 0


def _sides(filt: Any, trim: str = "fb", axis: Any = None) -> bool:
    return axis is None and set(trim.lower()) <= {"f", "b"}


def _real_weights(x: Any, weights: Any = None, minlength: Any = 0) -> bool:
    return weights is None or bool(weights.dtype.kind != "c")


def _some(a: Any, n: Any = None, *args: Any, **kwargs: Any) -> bool:
    return n is None or n > 0  # type: ignore[no-any-return]


def _with_shape(a: Any, *args: Any, shape: Any = None, **kwargs: Any) -> bool:
    return bool(shape != () and "device" not in kwargs)


def _one_axis(a: Any, axis: Any = None, **kwargs: Any) -> bool:
    return axis is None or hasattr(axis, "__index__")


def _real(a: Any, *args: Any, **kwargs: Any) -> bool:
    return bool(a.dtype.kind != "c")


def _complex(z: Any, *args: Any, **kwargs: Any) -> bool:
    return bool(z.dtype.kind == "c")


def _one_tolerance(A: Any, tol: Any = None, *args: Any, **kwargs: Any) -> bool:
    return tol is None or isinstance(tol, float)


def _vectors(x1: Any, x2: Any) -> bool:
    return x1.ndim == x2.ndim == 1  # type: ignore[no-any-return]


def _planes(a: Any, s: Any = None, axes: Any = (-2, -1), *args: Any, **kwargs: Any) -> bool:
    return a.ndim > 1  # type: ignore[no-any-return]


def _clip(
    a: Any,
    a_min: Any = np._NoValue,
    a_max: Any = np._NoValue,
    out: Any = None,
    *,
    min: Any = np._NoValue,
    max: Any = np._NoValue,
) -> Any:
    """CuPy's own takes no `min` and `max`, and looks over NaN among the bounds."""
    if a_min is np._NoValue and a_max is np._NoValue:
        a_min = None if min is np._NoValue else min
        a_max = None if max is np._NoValue else max
    elif min is not np._NoValue or max is not np._NoValue or a_max is np._NoValue:
        raise TypeError("bounds that NumPy does not take")
    for bound in (a_min, a_max):
        if not (bound is None or type(bound) in (int, float)) or bound != bound:
            raise TypeError("bounds that are arrays, or NaN")
    if a.dtype.kind not in "iuf" or (a.dtype.kind != "f" and not _fit(a.dtype, a_min, a_max)):
        raise TypeError("bounds of another dtype")
    return _cupy().clip(a, a_min, a_max) if out is None else _cupy().clip(a, a_min, a_max, out)


def _fit(dtype: Any, *bounds: Any) -> bool:
    """Whether bounds are integers that the dtype has."""
    least, largest = np.iinfo(dtype).min, np.iinfo(dtype).max
    return all(b is None or (type(b) is int and least <= b <= largest) for b in bounds)


def _in_one_dtype(path: str) -> Call:
    """CuPy computes in the dtype of the first argument."""

    def call(a: Any, b: Any, *args: Any, **kwargs: Any) -> Any:
        dtype = np.result_type(a.dtype, b.dtype)
        return _find(path)(
            a.astype(dtype, copy=False), b.astype(dtype, copy=False), *args, **kwargs
        )

    call.__name__ = path.rpartition(".")[2]
    return call


def _convolution(name: str) -> Call:
    """Of vectors; CuPy goes by way of Fourier transforms, in the dtype of one of them."""
    in_one_dtype = _in_one_dtype(name)

    def call(a: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
        if not a.ndim == v.ndim == 1:
            raise TypeError("arrays that are no vectors")
        return in_one_dtype(a, v, *args, **kwargs)

    call.__name__ = name
    return call


def _unravel_index(indices: Any, shape: Any, order: str = "C") -> Any:
    results = _cupy().unravel_index(indices, shape, order)
    return tuple(result.astype(np.intp, copy=False) for result in results)


OWN: Mapping[str, Call] = {
    "broadcast_arrays": _only("broadcast_arrays", _own_arrays, "some are no arrays of CuPy"),
    "clip": _clip,
    **{name: _convolution(name) for name in ("convolve", "correlate")},
    "cross": _only("cross", _in_space, "vectors have not three elements"),
    "linalg.lstsq": _in_one_dtype("linalg.lstsq"),
    "linalg.outer": _only("outer", _vectors, "there are other arrays than vectors"),
    "unravel_index": _unravel_index,
    "angle": _only("angle", _complex, "numbers are real, and may be NaN"),
    "linalg.matrix_rank": _only("linalg.matrix_rank", _one_tolerance, "there are tolerances"),
    # Indices on the device are not looked at: that would wait for it. CuPy's wrap around.
    "take": _only("take", _on_device, "indices are not on the device"),
    "put": _only("put", _on_device, "indices are not on the device"),
    "take_along_axis": _only("take_along_axis", _on_device, "indices are not on the device"),
    "put_along_axis": _only("put_along_axis", _on_device, "indices are not on the device"),
    **{name: _without_max_work(name) for name in ("may_share_memory", "shares_memory")},
    "concatenate": _only("concatenate", _casting, "there is no such rule"),
    "array_split": _only("array_split", _sections, "there are no sections"),
    "bincount": _only("bincount", _real_weights, "weights are complex"),
    "nanmedian": _only("nanmedian", _axes_exist, "there is no such axis"),
    "power": _only("power", _not_negative, "integers have negative powers"),
    "searchsorted": _only("searchsorted", _a_side, "there is no such side"),
    "sign": _only("sign", _no_booleans, "there are booleans"),
    "trim_zeros": _only("trim_zeros", _sides, "there is an axis, or no such side"),
    **{f"fft.{name}": _only(f"fft.{name}", _some, "n is 0") for name in ("hfft", "irfft")},
    **{
        name: _only(name, _with_shape, "the shape is ()")
        for name in ("empty_like", "full_like", "ones_like", "zeros_like")
    },
    **{name: _only(name, _one_axis, "there are several axes") for name in ("argmax", "argmin")},
    **{
        f"fft.{name}": _only(f"fft.{name}", _real, "numbers are complex")
        for name in ("rfft", "rfftn", "ihfft")
    },
    "fft.rfft2": _only(
        "fft.rfft2", lambda a, *args, **kwargs: _real(a) and _planes(a), "numbers are complex"
    ),
    **{
        f"fft.{name}": _only(f"fft.{name}", _planes, "there is one axis")
        for name in ("fft2", "ifft2", "irfft2")
    },
}
