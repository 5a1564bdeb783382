"""Ducks: arrays of any library seen as NumPy sees its own.

Libraries that are no copies of NumPy have functions, promotion rules, indexing and dtypes of their
own. `arrayproto.derived.core` says how little of them is needed. A duck is a thin view of a
library's array that has NumPy's attributes and the functions of that core; every other function of
NumPy follows. Nothing is copied on the way in or out.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from .derived.core import numpy_function
from .libraries.library import Library
from .mixins import ArrayFunctionMixin


class Duck(ArrayFunctionMixin, derive=True):
    """A view of a library's array with NumPy's meaning of all that is done with it.

    Attributes
    ----------
    native : array
        The library's array.
    shape : tuple of int
    dtype : numpy.dtype
    """

    __slots__ = ("native",)
    _library: ClassVar[Library]
    native: Any

    def __init__(self, native: Any) -> None:
        self.native = native

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.native.shape)

    @property
    def ndim(self) -> int:
        return len(self.native.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._library.dtypes.to_numpy(self.native.dtype)

    def __getitem__(self, key: Any) -> Duck:
        return type(self)(self._library.core["getitem"](self.native, key))

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __bool__(self) -> bool:
        return bool(self.native)

    def __int__(self) -> int:
        return int(self.native)

    def __float__(self) -> float:
        return float(self.native)

    def __complex__(self) -> complex:
        return complex(self.native)

    def __index__(self) -> int:
        return self.native.__index__()  # type: ignore[no-any-return]

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError(
            f"an array of {self._library.name} was to become a numpy.ndarray on the way; nothing "
            f"was converted. {self._library.advice}"
        )

    def __repr__(self) -> str:
        return f"asduck({self.native!r})"


def duck_class(library: Library) -> type[Duck]:
    """The class of a library's ducks; made once."""
    return _duck_class(library.name, library)


@functools.cache
def _duck_class(name: str, library: Library) -> type[Duck]:
    cls = type(f"{name.capitalize()}Duck", (Duck,), {"__slots__": (), "_library": library})
    for path, native in library.core.items():
        if path == "getitem":
            continue
        function = numpy_function(path)
        call = _loop if isinstance(function, np.ufunc) else _on_natives
        cls.implements(function)(call(cls, function, native))
    return cls


def _on_natives(
    cls: type[Duck], function: Callable[..., Any], native: Callable[..., Any]
) -> Callable[..., Any]:
    """A core function of ducks, from that of the library's arrays."""

    def call(*args: Any) -> Any:
        natives = []
        for a in args:
            if type(a) is cls:
                a = a.native
            elif type(a) is list:
                a = [item.native for item in a]
            natives.append(a)
        result = native(*natives)
        if isinstance(result, (tuple, list)):
            return tuple(map(cls, result))
        return cls(result)

    return call


def _loop(cls: type[Duck], ufunc: np.ufunc, native: Callable[..., Any]) -> Callable[..., Any]:
    """A ufunc of ducks: the library's function in the dtypes of the loop that NumPy would run."""
    core, dtypes = cls._library.core, cls._library.dtypes
    asarray, astype = core["asarray"], core["astype"]
    of_bools = _OF_BOOLS.get(ufunc.__name__)

    def call(*inputs: Any) -> Any:
        kinds = [x.dtype if type(x) is cls else _kind(x) for x in inputs]
        *wanted, result_dtype = ufunc.resolve_dtypes((*kinds, None))
        if of_bools is not None and wanted[0] == bool:
            return of_bools(*inputs)
        natives = []
        for x, kind in zip(inputs, wanted, strict=True):
            if type(x) is not cls:
                x = asarray(_number(ufunc, x, kind))
            elif x.dtype == kind:
                x = x.native
            else:
                x = astype(x.native, kind)
            natives.append(x)
        result = native(*natives)
        if dtypes.to_numpy(result.dtype) != result_dtype:
            result = astype(result, result_dtype)
        return cls(result)

    return call


def _kind(number: Any) -> Any:
    """What counts for promotion: that a Python number is weak."""
    kind = type(number)
    return np.dtype(bool) if kind is bool else kind


def _number(ufunc: np.ufunc, number: Any, dtype: Any) -> Any:
    try:
        return np.asarray(number, dtype)
    except OverflowError:
        if ufunc.__name__ not in ("less", "equal"):
            raise
        # Python's integers are compared by value, whatever the dtype can hold.
        bounds = np.iinfo(dtype)
        return np.asarray(bounds.max if number > 0 else bounds.min, dtype)


# Loops of booleans, which other libraries have not got ------------------------------------------


def _less_bool(x1: Any, x2: Any) -> Any:
    return np.bitwise_and(np.invert(x1), x2)


_OF_BOOLS: dict[str, Callable[..., Any]] = {
    "add": np.bitwise_or,
    "multiply": np.bitwise_and,
    "less": _less_bool,
    "absolute": lambda x: x,
    "conjugate": lambda x: x,
    "floor": lambda x: x,
    "equal": lambda x1, x2: np.invert(np.bitwise_xor(x1, x2)),
    "matmul": lambda x1, x2: np.not_equal(np.matmul(np.astype(x1, int), np.astype(x2, int)), 0),
}


def wrap(library: Library, value: Any) -> Any:
    """Arguments with the library's arrays in them, however deep, as ducks; its dtypes as NumPy's."""
    if isinstance(value, library.classes):
        return duck_class(library)(value)
    if isinstance(value, library.dtypes.classes):
        return library.dtypes.to_numpy(value)
    if type(value) in (list, tuple):
        return type(value)([wrap(library, item) for item in value])
    return value


def unwrap(value: Any) -> Any:
    """Results with the library's arrays in the place of ducks."""
    if isinstance(value, Duck):
        return value.native
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(unwrap, value))
    if type(value) in (list, tuple):
        return type(value)(map(unwrap, value))
    return value


def through_ducks(library: Library, function: Callable[..., Any]) -> Callable[..., Any] | None:
    """What a library answers NumPy's function with, by way of ducks; None if it cannot.

    Parameters
    ----------
    library : Library
        With a core.
    function : callable
        NumPy's own.
    """
    found = duck_class(library)._implementations[function]
    if found is None:
        return None
    implementation: Callable[..., Any] = found

    def call(*args: Any, **kwargs: Any) -> Any:
        args = tuple([wrap(library, a) for a in args])
        if kwargs:
            kwargs = {key: wrap(library, value) for key, value in kwargs.items()}
        return unwrap(implementation(*args, **kwargs))

    call.__name__ = call.__qualname__ = getattr(function, "__name__", "call")
    call.__wrapped__ = implementation  # type: ignore[attr-defined]
    return call


def ufunc_through_ducks(
    library: Library, ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """The answer to a ufunc, or to a method of it, by way of ducks."""
    cls = duck_class(library)
    inputs = tuple([wrap(library, x) for x in inputs])
    kwargs = {key: wrap(library, value) for key, value in kwargs.items()}
    first = next((x for x in inputs if isinstance(x, cls)), None)
    if first is None:  # only out= or where= is an array of the library
        first = next(v for v in _flat(kwargs.values()) if isinstance(v, cls))
    return unwrap(first._derive_ufunc(ufunc, method, *inputs, **kwargs))


def _flat(values: Any) -> Any:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from value
        else:
            yield value
