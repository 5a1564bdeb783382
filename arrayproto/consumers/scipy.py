"""SciPy: the parts of it that are written in Python.

SciPy asks each function's arguments for an Array API namespace, and takes NumPy's where its own
support is off, which coerces. In the adopted part of it duck arrays have the namespace of adopted
packages, which has all of the standard. Its Fourier transforms are `numpy.fft`'s for duck arrays.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from ..view import asduck
from .consumer import Consumer, Row
from .flavour import namespace
from .kept import dtype_of, duck_in, is_duck, native
from .written import written

Call = Callable[..., Any]


def _array_namespace(original: Call, np_: Any) -> Call:
    def array_namespace(*arrays: Any, **kwargs: Any) -> Any:
        return np_ if duck_in(arrays) is not None else original(*arrays, **kwargs)

    return array_namespace


class _Transforms(types.ModuleType):
    """`scipy.fft`, with `numpy.fft` for duck arrays."""

    def __init__(self, module: types.ModuleType, np_: Any) -> None:
        super().__init__(module.__name__, module.__doc__)
        self.__dict__.update(_module=module, _np=np_)

    def __getattr__(self, name: str) -> Any:
        own = getattr(self._module, name)
        if name not in np.fft.__all__:
            return own
        others = getattr(self._np.fft, name)

        def transform(x: Any, *args: Any, overwrite_x: bool = False, **kwargs: Any) -> Any:
            if not is_duck(x):
                return own(x, *args, **kwargs)
            kwargs.pop("workers", None)
            return others(x, *args, **kwargs)

        return transform


class _Extra(types.ModuleType):
    """SciPy's array_api_extra, whose ``at`` writes where a library lets it."""

    def __init__(self, module: types.ModuleType, np_: Any) -> None:
        super().__init__(module.__name__, module.__doc__)
        self.__dict__.update(_module=module, _np=np_)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def at(self, x: Any, *index: Any) -> Any:
        return _At(self._np, x, *index) if is_duck(x) else self._module.at(x, *index)


class _At:
    """``at(x, index).set(values)`` of array_api_extra, for duck arrays."""

    def __init__(self, np_: Any, x: Any, *index: Any) -> None:
        self.np, self.x = np_, x
        self.index = index[0] if index else None

    def __getitem__(self, index: Any) -> _At:
        return _At(self.np, self.x, index)

    def set(self, values: Any, /, copy: Any = None, xp: Any = None) -> Any:
        return written(self.np, self.x, self.index, values)

    def __getattr__(self, name: str) -> Any:
        function = getattr(self.np, self._UFUNCS[name])

        def change(values: Any, /, copy: Any = None, xp: Any = None) -> Any:
            if is_duck(self.index):  # of all, where it holds
                changed = function(self.x, values)
                return self.np.where(self.index, changed, self.x)
            return self.set(function(self.x[self.index], values))

        return change

    _UFUNCS = {
        "add": "add",
        "subtract": "subtract",
        "multiply": "multiply",
        "divide": "divide",
        "power": "power",
        "min": "minimum",
        "max": "maximum",
    }


def _dtypes(original: Call, np_: Any) -> Call:
    """A function of an array's dtype, asked with NumPy's."""

    def of_dtype(x: Any, *args: Any, **kwargs: Any) -> Any:
        if is_duck(x):
            x = np.broadcast_to(np.empty((), dtype_of(x)), tuple(x.shape))
        return original(x, *args, **kwargs)

    return of_dtype


def _of_module(original: Any, np_: Any) -> Any:
    return _Transforms(original, np_) if isinstance(original, types.ModuleType) else original


def _by_ducks(original: Call, np_: Any) -> Call:
    """A function that writes into arrays, or calls their methods: it is given ducks."""

    @functools.wraps(original)
    def by_ducks(*args: Any, **kwargs: Any) -> Any:
        if duck_in(args) is None:
            return original(*args, **kwargs)
        ducks = [asduck(a) if is_duck(a) else a for a in args]
        return native(original(*ducks, **kwargs))

    return by_ducks


def _following(original: Any, np_: Any) -> Any:
    """The namespace whose ``np.zeros(shape)``, which is then filled, is like the arguments."""
    return namespace("numpy", np_._flavour._replace(follow=True))


class _Algebra(types.ModuleType):
    """`scipy.linalg`, with `numpy.linalg` for the least squares of duck arrays."""

    def __init__(self, module: types.ModuleType, np_: Any) -> None:
        super().__init__(module.__name__, module.__doc__)
        self.__dict__.update(_module=module, _np=np_)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def lstsq(self, a: Any, b: Any, *args: Any, **kwargs: Any) -> Any:
        if duck_in((a, b)) is None:
            return self._module.lstsq(a, b, *args, **kwargs)
        return self._np.linalg.lstsq(a, b, rcond=None)


#: Functions that write into arrays, or ask for attributes of ndarrays.
_FILTERS = ("detrend", "hilbert", "hilbert2")
_SPECTRA = ("coherence", "csd", "periodogram", "spectrogram", "welch")

scipy = Consumer(
    "scipy",
    names={
        "array_namespace": _array_namespace,
        "fft": _of_module,
        "sp_fft": _of_module,
        "xp_size": _dtypes,
        "xpx": _Extra,
    },
    rows={
        "scipy.integrate": (Row("simpson", _by_ducks),),
        "scipy.signal": tuple(Row(name, _by_ducks) for name in (*_FILTERS, *_SPECTRA)),
        "scipy.signal._short_time_fft": (Row("np", _following),),
        "scipy.signal._signaltools": (
            Row("linalg", _Algebra),
            *(Row(name, _by_ducks) for name in _FILTERS),
        ),
        "scipy.signal._spectral_py": tuple(Row(name, _by_ducks) for name in _SPECTRA),
    },
)
