"""Coercing functions that keep a duck array on its library, and NumPy's dtypes of its.

In an adopted package ``np.asarray(x)`` and the like mean "an array that NumPy's functions take",
which an array of an adapted library is. A dtype may be NumPy's or a library's.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..ducks import Duck
from ..libraries import LIBRARIES, Library, library_of
from ..libraries.refusing import unsupported

Call = Callable[..., Any]

#: Classes that are nobody's arrays, so that most values are told without a search.
_PLAIN = frozenset(
    {np.ndarray, np.float64, np.int64, np.bool_, bool, int, float, complex, str, bytes, list, tuple,
     dict, slice, range, type(None), type(...)}
)  # fmt: skip
_of_class: dict[type, Library] = {}
_of_dtype: dict[type, Library] = {}


def library_for(value: Any) -> Library | None:
    """The adapted library that a value is an array of, or None."""
    cls = type(value)
    if cls in _PLAIN:
        return None
    found = _of_class.get(cls)
    if found is None:
        found = cls._library if issubclass(cls, Duck) else library_of(cls)
        if found is not None and found.by_name:
            return None  # an array with labels is nothing that code for ndarrays takes
        if found is not None:  # what is no array class today may be activated tomorrow
            _of_class[cls] = found
    return found


def is_duck(value: Any) -> bool:
    """Whether a value is an array of an adapted library."""
    return library_for(value) is not None


def duck_in(values: Any) -> Any:
    """The first duck array in a list or tuple, however deep; None if there is none."""
    for value in values:
        if type(value) in (list, tuple):
            value = duck_in(value)
        if is_duck(value):
            return value
    return None


def native(value: Any) -> Any:
    """A result with the library's own arrays in the place of `asduck`'s."""
    if isinstance(value, Duck):
        return value.native
    return type(value)(map(native, value)) if type(value) in (list, tuple) else value


def call(library: Library, function: Call, *args: Any, **kwargs: Any) -> Any:
    """NumPy's function, as the library has it."""
    if isinstance(duck_in(args), Duck):
        return function(*args, **kwargs)  # ducks have the protocol themselves
    found = library.table[function]
    if found is None:
        types = tuple(type(a) for a in args if is_duck(a))
        raise unsupported(library, function, types)
    return found(*args, **kwargs)


def made_like(like: Any, function: Call, *args: Any, **kwargs: Any) -> Any:
    """What a creation function of NumPy's makes on ``like=``, a duck array."""
    library = library_for(like)
    assert library is not None
    if isinstance(like, Duck):
        return function(*args, **kwargs, like=like)
    if "meet" in library.core:  # it is made where `like` is
        library.core["meet"](like)
    return call(library, function, *args, **kwargs)


def place_of(kwargs: dict[str, Any]) -> Any:
    """The duck array that ``like=`` or a library's ``device=`` stands for; None for NumPy's.

    It is taken out of `kwargs`. Also None where arrays of the library cannot be written to: whoever
    makes one on a device is about to fill it. An ndarray beside such arrays will do.
    """
    if is_duck(kwargs.get("like")):
        kwargs.pop("device", None)
        return kwargs.pop("like")
    if kwargs.get("device") is None or isinstance(kwargs["device"], str):
        return None
    device = kwargs.pop("device")
    root = type(device).__module__.partition(".")[0]
    for library in LIBRARIES.values():
        if root in library.roots and library.loaded() is not None and "setitem" in library.core:
            if hasattr(device, "__enter__"):  # CuPy's functions take no device
                with device:
                    return library.namespace.zeros(())
            return library.namespace.zeros((), device=device)
    return None


# Dtypes -------------------------------------------------------------------------------------------


def numpy_dtype(dtype: Any) -> Any:
    """NumPy's dtype for a library's; anything else as it is."""
    cls = type(dtype)
    if cls in _PLAIN or isinstance(dtype, (np.dtype, type)):
        return dtype
    library = _of_dtype.get(cls)
    if library is None:
        for one in LIBRARIES.values():
            if one.loaded() is not None and one.core and issubclass(cls, one.dtypes.classes):
                library = _of_dtype[cls] = one
                break
        else:
            return dtype
    return library.dtypes.to_numpy(dtype)


def dtype_of(value: Any) -> Any:
    """NumPy's dtype of a duck array or for a library's dtype; anything else as it is."""
    return numpy_dtype(value.dtype) if is_duck(value) else numpy_dtype(value)


def of_dtypes(function: Call) -> Call:
    """A function of dtypes, or of arrays for the sake of their dtypes, that takes libraries'."""

    @functools.wraps(function)
    def translated(*args: Any, **kwargs: Any) -> Any:
        return function(*map(dtype_of, args), **{k: dtype_of(v) for k, v in kwargs.items()})

    return translated


class _DtypeClass(type):
    """`numpy.dtype` to look at; to call, it takes libraries' dtypes too."""

    def __call__(cls, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        return np.dtype(numpy_dtype(dtype), *args, **kwargs)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, np.dtype)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, np.dtype)

    def __getattr__(cls, name: str) -> Any:
        return getattr(np.dtype, name)

    def __eq__(cls, other: object) -> bool:
        return other is cls or other is np.dtype

    def __hash__(cls) -> int:
        return hash(np.dtype)

    def __getitem__(cls, item: Any) -> Any:
        return np.dtype[item]


class dtype(metaclass=_DtypeClass):
    """Stands for `numpy.dtype` in adopted modules."""


# Coercion -----------------------------------------------------------------------------------------


def kept(a: Any, dtype: Any = None, copy: bool = False) -> Any:
    """A duck array in the dtype that is asked for, on its library.

    Parameters
    ----------
    a : duck array, or list or tuple with one in it
        A list becomes one array, as `numpy.array` makes one of a list of arrays.
    dtype : dtype, optional
    copy : bool, optional
    """
    library = library_for(a)
    if library is None:
        parts = [kept(item) if _has_ducks(item) else np.asarray(item) for item in a]
        like = library_for(duck_in(parts))
        assert like is not None
        return kept(call(like, np.stack, parts), dtype)
    wanted = numpy_dtype(dtype)
    if wanted is not None and numpy_dtype(a.dtype) != np.dtype(wanted):
        return call(library, np.astype, a, np.dtype(wanted))
    return call(library, np.copy, a) if copy else a


def _has_ducks(a: Any) -> bool:
    return is_duck(a) or (type(a) in (list, tuple) and duck_in(a) is not None)


def _copies(copy: Any) -> bool:
    """What NumPy's ``copy=`` asks for: it may be a member of an enumeration of NumPy's too."""
    return copy.name == "ALWAYS" if isinstance(copy, enum.Enum) else bool(copy)


def _coercing(function: Call, copies: bool = False) -> Call:
    @functools.wraps(function)
    def coerced(a: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        if _has_ducks(a):
            made = kept(a, dtype, copy=_copies(kwargs.get("copy", copies)))
            missing = kwargs.get("ndmin", 0) - len(made.shape)
            if missing > 0:
                library = library_for(made)
                assert library is not None
                made = call(library, np.reshape, made, (1,) * missing + tuple(made.shape))
            return made
        like = place_of(kwargs)
        if like is not None:
            return made_like(like, function, a, numpy_dtype(dtype), *args, **kwargs)
        return function(a, numpy_dtype(dtype), *args, **kwargs)

    return coerced


def array(object: Any, dtype: Any = None, **kwargs: Any) -> Any:
    """`numpy.array`, which calls its first argument so."""
    return _array(object, dtype, **kwargs)


_array = _coercing(np.array, copies=True)

#: NumPy's name to what it is in an adopted module.
COERCING: dict[str, Call] = {
    "array": functools.wraps(np.array)(array),
    **{
        name: _coercing(getattr(np, name))
        for name in (
            "asanyarray",
            "asarray",
            "asarray_chkfinite",
            "ascontiguousarray",
            "asfortranarray",
            "require",
        )
    },
}

#: Functions of dtypes.
OF_DTYPES: dict[str, Any] = {
    "dtype": dtype,
    **{
        name: of_dtypes(getattr(np, name))
        for name in (
            "can_cast",
            "finfo",
            "iinfo",
            "isdtype",
            "issubdtype",
            "promote_types",
            "result_type",
        )
    },
}
