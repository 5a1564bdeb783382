"""The core (see `arrayproto.derived.core`) of any library with the Array API standard's functions.

https://data-apis.org/array-api/latest/
"""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

import numpy as np

from ..derived.core import CORE, EXTENSIONS
from ..errors import UnsupportedFunctionError
from .array_api_laws import keeping
from .array_api_levelled import Levelled, levelled_core

#: NumPy's names of functions and ufuncs of the core to those of the standard, where they differ.
ARRAY_API_NAMES = {
    "absolute": "abs",
    "arccos": "acos",
    "arccosh": "acosh",
    "arcsin": "asin",
    "arcsinh": "asinh",
    "arctan": "atan",
    "arctan2": "atan2",
    "arctanh": "atanh",
    "concatenate": "concat",
    "conjugate": "conj",
    "cumprod": "cumulative_prod",
    "cumsum": "cumulative_sum",
    "invert": "bitwise_invert",
    "left_shift": "bitwise_left_shift",
    "power": "pow",
    "right_shift": "bitwise_right_shift",
    "rint": "round",
    "transpose": "permute_dims",
}

#: NumPy's dtypes that the standard has not got, to those that take their place.
NEAREST = {"float16": "float32", "longdouble": "float64", "clongdouble": "complex128"}

_NAMES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
)


class Dtypes:
    """A library's dtypes and NumPy's.

    Parameters
    ----------
    namespace : module
        Has them as attributes with NumPy's names.

    Attributes
    ----------
    classes : tuple of type
        What the library's dtypes are instances of.
    own : tuple
        The library's dtypes that NumPy has too.
    """

    def __init__(self, namespace: Any) -> None:
        self._own = {n: getattr(namespace, n) for n in _NAMES if hasattr(namespace, n)}
        self._numpy: dict[Any, np.dtype[Any]] = {own: np.dtype(n) for n, own in self._own.items()}
        # Scalar types of NumPy's are dtypes when asked for, and arrays have instances of `dtype`.
        numpys = [n for n, own in self._own.items() if own is getattr(np, n)]
        self._numpy |= {np.dtype(n): np.dtype(n) for n in numpys}
        self.own = tuple(self._own.values())
        self.classes = tuple({type(own) for own in self._own.values()} - {type, np.dtype})

    def to_numpy(self, dtype: Any) -> np.dtype[Any]:
        """NumPy's dtype for one of the library's.

        Raises
        ------
        TypeError
            If NumPy has none, as for bfloat16.
        """
        try:
            return self._numpy[dtype]
        except (KeyError, TypeError):
            raise TypeError(
                f"NumPy has no dtype for {dtype}, so its functions have no meaning for arrays of "
                "it; convert the array to float32 with its own library before"
            ) from None

    def from_numpy(self, dtype: Any) -> Any:
        """The library's dtype for one of NumPy's, or the nearest that it has.

        Raises
        ------
        TypeError
            If it has none.
        """
        name = np.dtype(dtype).name
        own = self._own.get(name, self._own.get(NEAREST.get(name, name)))
        if own is None:
            raise TypeError(f"the array library has no dtype for NumPy's {name}")
        return own


class NumPyDtypes(Dtypes):
    """For libraries whose arrays have NumPy's own dtypes."""

    def __init__(self) -> None:
        self.classes = self.own = ()

    def to_numpy(self, dtype: Any) -> np.dtype[Any]:
        return np.dtype(dtype)

    def from_numpy(self, dtype: Any) -> Any:
        return np.dtype(dtype)


def namespace_of(array_class: type) -> Any:
    """The namespace of an array class of the standard.

    Parameters
    ----------
    array_class : type
        With ``__array_namespace__``.

    Returns
    -------
    module

    Raises
    ------
    TypeError
        If it is not a class of the standard, or tells its namespace for an array only.
    """
    full = f"{array_class.__module__}.{array_class.__qualname__}"
    ask: Any = getattr(array_class, "__array_namespace__", None)
    if ask is None:
        raise TypeError(
            f"{full} has no __array_namespace__, so it is no array class of the Array API "
            "standard. Say who answers for it: arrayproto.register(cls, library), with the name of "
            "a library or a module of functions that are called as NumPy's are; or subclass "
            "arrayproto.ArrayFunctionMixin"
        )
    try:
        return ask(None)  # next to no class looks at its array for this
    except Exception:
        # Written in C, or it does, and may raise anything of None. Then it is the package that the
        # class lives in, or none.
        module = array_class.__module__
        while module:
            found = sys.modules.get(module)
            if hasattr(found, "__array_namespace_info__"):
                return found
            module = module.rpartition(".")[0]
    raise TypeError(
        f"{full} tells its namespace for an array only. Say it: "
        "arrayproto.libraries.Library.of_array_api(cls, x.__array_namespace__()), for an array x, "
        "is what register() and activate() take for such a class"
    )


def _in_bounds(a: Any, key: Any) -> tuple[Any, ...]:
    """A key in the standard's form: complete, and no slice beyond the end of its axis."""
    keys = key if isinstance(key, tuple) else (key,)
    if Ellipsis not in keys:
        keys = (*keys, Ellipsis)
    before = keys.index(Ellipsis)
    rest = a.ndim - sum(k is not None for k in keys) + 1
    shape, axis, found = a.shape, 0, []
    for place, k in enumerate(keys):
        if place == before:
            axis += rest
        elif k is not None:
            if isinstance(k, slice):
                start, stop, step = k.indices(shape[axis])
                empty = start >= stop if step > 0 else start <= stop
                k = slice(0, 0) if empty else slice(start, None if stop < 0 else stop, step)
            else:
                k = operator.index(k)
            axis += 1
        found.append(k)
    return tuple(found)


def with_devices(
    core: Mapping[str, Callable[..., Any]], xp: Any
) -> Mapping[str, Callable[..., Any]]:
    """A core that puts what NumPy's functions make on the device of the arrays of the call.

    Parameters
    ----------
    core : mapping of str to callable
    xp : module
        A namespace of the standard.
    """
    device: ContextVar[Any] = ContextVar("device", default=None)

    def meet(a: Any) -> None:
        device.set(a.device)

    return {**core, "meet": meet, "asarray": lambda a: xp.asarray(a, device=device.get())}


def with_writing(
    core: Mapping[str, Callable[..., Any]], xp: Any
) -> Mapping[str, Callable[..., Any]]:
    """A core with what it takes to write to arrays, for a library whose arrays allow it.

    Parameters
    ----------
    core : mapping of str to callable
    xp : module
        A namespace of the standard.
    """

    def setitem(a: Any, key: Any, value: Any) -> None:
        a[key if isinstance(key, type(a)) and key.ndim else _in_bounds(a, key)] = value

    def fresh(result: Any, arrays: list[Any]) -> Any:
        return xp.asarray(result, copy=True) if any(result is a for a in arrays) else result

    fresh.by_identity = True  # type: ignore[attr-defined]  # the standard tells no memory

    def broadcast_to(array: Any, shape: Any) -> Any:
        # What the standard gives may be read-only, or one element in many places.
        return xp.asarray(xp.broadcast_to(array, shape), copy=True)

    return {**core, "setitem": setitem, "fresh": fresh, "broadcast_to": broadcast_to}


def standard_core(xp: Any, dtypes: Dtypes) -> Mapping[str, Callable[..., Any]]:
    """The core functions, of the standard's.

    Parameters
    ----------
    xp : module
        A namespace of the standard.
    dtypes : Dtypes

    Returns
    -------
    mapping of str to callable
        On the library's arrays; dtypes are NumPy's.
    """
    own = dtypes.from_numpy

    def find(name: str) -> Any:
        """What a namespace that is not whole has not got is left out of the core."""
        found = xp
        for part in ARRAY_API_NAMES.get(name, name).split("."):
            found = getattr(found, part, None)
        return found

    def argsort(a: Any, axis: int) -> Any:
        if a.dtype == own("bool"):  # the standard has no order of these
            a = xp.astype(a, own("uint8"))
        if xp.isdtype(a.dtype, "complex floating"):
            return argsort_complex(xp, a, axis)
        return xp.argsort(a, axis=axis, stable=True)

    def extreme(name: str) -> Callable[..., Any]:
        function = find(name)

        def call(a: Any, axis: Any) -> Any:
            if a.dtype == own("bool"):
                result = function(xp.astype(a, own("uint8")), axis=axis)
                return xp.astype(result, own("bool"))
            if xp.isdtype(a.dtype, "complex floating"):
                if find("argsort") is None or find("take_along_axis") is None:
                    raise NotImplementedError("it has no order of complex numbers")
                return extreme_complex(xp, a, axis, argsort, largest=name == "max")
            return function(a, axis=axis)

        return call

    def total(name: str) -> Callable[..., Any]:
        function = find(name)

        def call(a: Any, axis: Any, dtype: Any) -> Any:
            adding = own("int64" if dtype.kind == "b" else dtype)  # the standard adds no booleans
            result = function(xp.astype(a, adding, copy=False), axis=axis)
            # The standard widens sums of short integers, and of booleans.
            return xp.astype(result, own(dtype), copy=False)

        return call

    def conjugate(x: Any) -> Any:
        """Of real numbers too, which the standard had not asked for before 2024."""
        return xp.conj(x) if dtypes.to_numpy(x.dtype).kind == "c" else x

    core: dict[str, Callable[..., Any]] = {
        "asarray": xp.asarray,
        "astype": lambda x, dtype: xp.astype(x, own(dtype), copy=False),
        "concatenate": lambda arrays, axis: xp.concat(arrays, axis=axis),
        "conjugate": conjugate,
        "take": lambda a, indices, axis: xp.take(a, indices, axis=axis),
        "argsort": argsort,
        "sum": total("sum"),
        "prod": total("prod"),
        "min": extreme("min"),
        "max": extreme("max"),
        "cumsum": total("cumsum"),
        "cumprod": total("cumprod"),
        "linalg.qr": lambda a, mode: xp.linalg.qr(a, mode=mode),
        "linalg.svd": lambda a, full: xp.linalg.svd(a, full_matrices=full),
        "fft.fft": lambda a, axis: xp.fft.fft(a, axis=axis),
    }
    names = CORE | frozenset(EXTENSIONS)
    return {
        "getitem": lambda a, key: a[_in_bounds(a, key)],
        **{name: core.get(name) or find(name) for name in names if find(name) is not None},
    }


# Complex numbers, which NumPy orders by their real parts first and then by the others ------------


def argsort_complex(xp: Any, a: Any, axis: int) -> Any:
    re, im = xp.real(a), xp.imag(a)
    # With NaN in one of the parts, or in both, they go last.
    spoilt = 2 * xp.astype(xp.isnan(re), xp.int8) + xp.astype(xp.isnan(im), xp.int8)
    order = xp.argsort(im, axis=axis, stable=True)
    for key in (re, spoilt):
        later = xp.argsort(xp.take_along_axis(key, order, axis=axis), axis=axis, stable=True)
        order = xp.take_along_axis(order, later, axis=axis)
    return order


def extreme_complex(xp: Any, a: Any, axes: Any, argsort: Callable[..., Any], largest: bool) -> Any:
    rest = [i for i in range(len(a.shape)) if i not in axes]
    a = xp.permute_dims(a, (*rest, *axes))
    a = xp.reshape(a, (*a.shape[: len(rest)], math.prod(a.shape[len(rest) :])))
    ordered = xp.take_along_axis(a, argsort(a, -1), axis=-1)
    first, last = ordered[..., 0], ordered[..., -1]
    return last if largest else xp.where(xp.isnan(last), last, first)


def _saying(
    name: str, function: Callable[..., Any], array_class: type, xp: Any
) -> Callable[..., Any]:
    """A core function that says what it means that it is there in name only."""

    def call(*args: Any) -> Any:
        try:
            return function(*args)
        except NotImplementedError as error:
            library, told = getattr(xp, "__name__", array_class.__module__), str(error)
            asked = "such an index" if name == "getitem" else f"numpy.{name}"
            raise UnsupportedFunctionError(
                f"{asked} is not supported for arrays of {library} "
                f"({array_class.__module__}.{array_class.__qualname__}): {library}'s own function "
                f"raises NotImplementedError{told and f' ({told})'}. Nothing was converted. "
                "Convert the array with its own library where a NumPy array is what you want."
            ) from error

    return call


#: What the standard leaves open of integers where the second is zero.
_DIVIDING = frozenset({"floor_divide", "remainder"})


def _by_zero(
    core: Mapping[str, Callable[..., Any]], name: str, xp: Any, dtypes: Dtypes
) -> Callable[..., Any]:
    """A quotient, or remainder, of integers, which is zero in NumPy where the divisor is."""
    asarray, function = core["asarray"], core[name]

    def call(x1: Any, x2: Any) -> Any:
        dtype = dtypes.to_numpy(x2.dtype)
        if dtype.kind not in "iu":
            return function(x1, x2)
        zero, one = (asarray(np.array(number, dtype)) for number in (0, 1))
        by_zero = xp.equal(x2, zero)
        return xp.where(by_zero, zero, function(x1, xp.where(by_zero, one, x2)))

    return call


def has_values(xp: Any) -> bool:
    """Whether values are there, or can be had at once: a lazy library has to compute them."""
    ask = getattr(xp, "__array_namespace_info__", None)
    return ask is None or bool(ask().capabilities().get("data-dependent shapes", True))


def readable(array: Any) -> bool:
    """Whether an array of no dimensions has a value; while a library traces a program it has none.

    What a library raises then it alone knows.
    """
    if getattr(array, "shape", None) != ():
        return True
    try:
        bool(array)
    except (TypeError, ValueError, RuntimeError, NotImplementedError):
        return False
    return True


def core_of_class(
    array_class: type, namespace: Any, dtypes: Dtypes
) -> Mapping[str, Callable[..., Any]]:
    """The core for a class of the standard, with what the class has beside it."""
    level = namespace if isinstance(namespace, Levelled) else None
    asked = level is not None or has_values(namespace)
    core = standard_core(keeping(namespace) if asked else namespace, dtypes)
    core = {name: _saying(name, core[name], array_class, namespace) for name in core}
    if hasattr(array_class, "device"):
        core = with_devices(core, namespace)
    core = {**core, **{n: _by_zero(core, n, namespace, dtypes) for n in _DIVIDING & core.keys()}}
    # The standard leaves it to the library whether its arrays can be written to.
    if hasattr(array_class, "__setitem__"):
        core = with_writing(core, namespace)
    if level is None:
        return core
    getitem = {"getitem": lambda a, key: level.getitem(a, _in_bounds(a, key))}
    return levelled_core({**core, **getitem}, level, array_class)


def dtypes_of_class(namespace: Any) -> Dtypes:
    """The dtypes of a class of the standard; what is levelled has NumPy's, whatever it names."""
    return NumPyDtypes() if isinstance(namespace, Levelled) else Dtypes(namespace)
