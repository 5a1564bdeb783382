"""An array that does all that an ndarray does, and is none.

A `LoopbackArray` holds an ndarray and answers for every function, ufunc, method and operator of
NumPy's, by the protocols alone. It has no ``__array__`` and no buffer, so that whoever turns it
into an ndarray without a word is caught in the act. Where it fails in a library that is written for
NumPy, arrays on a GPU, sparse or distributed ones fail too, or are copied to the host.
"""

from __future__ import annotations

import functools
import operator
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy as np

from ..authors import ArrayFunctionMixin


class CoercionError(TypeError):
    """A `LoopbackArray` was about to become an ndarray."""


def _refuse(array: LoopbackArray, way: str) -> NoReturn:
    raise CoercionError(
        f"a LoopbackArray of shape {array.shape} and dtype {array.dtype} was coerced to an ndarray "
        f"({way}): numpy.asarray or the like was called, or compiled code, which reads memory; "
        "call NumPy's functions on the array itself, or unwrap() where an ndarray is wanted"
    )


#: What a `LoopbackArray` can hold; text and records stay what they are.
_HELD = (np.ndarray, np.number, np.bool)

#: Is told of a coercion, with the array and "__array_interface__" or "__buffer__"; what it raises
#: prevents it.
Listener = Callable[["LoopbackArray", str], None]
_listener: Listener = _refuse


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Let somebody else decide on coercions, which raise `CoercionError` otherwise.

    Parameters
    ----------
    listener : callable
        Is called with the array, and with what was asked of it, before a coercion. If it returns,
        the coercion is done. It is so in all threads.
    """
    global _listener
    before, _listener = _listener, listener
    try:
        yield
    finally:
        _listener = before


@contextmanager
def with_array_method() -> Iterator[None]:
    """Let loopback arrays have ``__array__`` meanwhile, which is a coercion as any other is.

    Some consumers take for an array only what has it.
    """
    LoopbackArray.__array__ = _array_method  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del LoopbackArray.__array__  # type: ignore[attr-defined]


def _array_method(self: LoopbackArray, dtype: Any = None, copy: bool | None = None) -> Any:
    _listener(self, "__array__")
    return np.array(self._held, dtype, copy=copy)


class LoopbackArray(ArrayFunctionMixin):
    """Holds an ndarray, and does all that it does by NumPy's protocols.

    Parameters
    ----------
    values : ndarray, numpy.number or numpy.bool
        Is held as it is, not copied, so that writes reach it.

    Raises
    ------
    TypeError
        If `values` is anything else: what that means as an array is not decided here.

    Notes
    -----
    Results come back as arrays of this class, and so do numbers, as those on a device are: the sum
    of an array has no dimensions. `bool`, `int`, `float` and `complex` read its value. Functions
    among the arguments (of `numpy.apply_along_axis`, say) are given arrays of this class.

    Examples
    --------
    >>> import numpy as np
    >>> from arrayproto.testing import LoopbackArray
    >>> x = LoopbackArray(np.arange(4.0))
    >>> np.flip(x)[:2] + x.mean()
    LoopbackArray([4.5, 3.5])
    >>> x.sum(), float(x.sum())
    (LoopbackArray(6.), 6.0)
    >>> np.asarray(x)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    arrayproto.testing.loopback.CoercionError: a LoopbackArray of shape (4,) ...
    """

    __slots__ = ("_held",)
    _held: Any
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __init__(self, values: np.ndarray[Any, Any] | np.number | np.bool) -> None:
        if not isinstance(values, _HELD):
            raise TypeError(f"a LoopbackArray holds an ndarray, not a {type(values).__qualname__}")
        self._held = values

    # NumPy's protocols -----------------------------------------------------------------------

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        is_numpys = (func.__module__ or "").partition(".")[0] == "numpy"
        if not is_numpys or not self._handles(types):
            return NotImplemented
        return _looped(func, args, kwargs)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.get("out") or ()
        others = (*inputs, *out, kwargs.get("where"))
        if not self._handles({type(a) for a in others if hasattr(type(a), "__array_ufunc__")}):
            return NotImplemented
        if isinstance(self._held, np.generic) and any(o is self for o in out):
            del kwargs["out"]  # n += 1, where n is a number and not an array
        return _looped(getattr(ufunc, method), inputs, kwargs)

    # The ways to an ndarray ------------------------------------------------------------------

    @property
    def __array_interface__(self) -> dict[str, Any]:
        # NumPy asks for this before it takes anything for a sequence.
        _listener(self, "__array_interface__")
        return self._held.__array_interface__  # type: ignore[no-any-return]

    def __buffer__(self, flags: int) -> memoryview:
        # Asked for by Python 3.12 and later; before, there is no buffer.
        _listener(self, "__buffer__")
        return memoryview(self._held)

    # What is no method of ndarray's, or not by name -------------------------------------------

    def __repr__(self) -> str:
        return _renamed(repr(np.asarray(self._held)))

    def __reduce__(self) -> tuple[Any, ...]:
        return LoopbackArray, (self._held,)

    def __copy__(self) -> LoopbackArray:
        return LoopbackArray(self._held.copy())

    def __iter__(self) -> Iterator[Any]:
        return map(wrap, iter(self._held))

    def __setattr__(self, name: str, value: Any) -> None:
        # ndarray's attributes that can be set: shape, dtype, flat, real, imag.
        if name == "_held":
            object.__setattr__(self, name, value)
        else:
            setattr(self._held, name, unwrap(value))


def wrap(value: Any) -> Any:
    """The same with a `LoopbackArray` in the place of each ndarray, in tuples, lists and dicts too.

    Parameters
    ----------
    value : object

    Returns
    -------
    object
        Classes of tuples (named ones) stay what they are. What holds no ndarray is returned itself.
    """
    return exchanged(value, _wrapped)


def unwrap(value: Any) -> Any:
    """The reverse of `wrap`.

    Parameters
    ----------
    value : object

    Returns
    -------
    object
    """
    return exchanged(value, _unwrapped)


def _wrapped(value: Any) -> Any:
    return LoopbackArray(value) if isinstance(value, _HELD) else value


def _unwrapped(value: Any) -> Any:
    return value._held if isinstance(value, LoopbackArray) else value


def exchanged(value: Any, exchange: Callable[[Any], Any]) -> Any:
    """The same with ``exchange(item)`` in the place of each item of tuples, lists and dicts.

    Parameters
    ----------
    value : object
    exchange : callable

    Returns
    -------
    object
        `value` itself where nothing changes.
    """
    if isinstance(value, tuple):
        items = [exchanged(item, exchange) for item in value]
        if all(map(operator.is_, items, value)):
            return value
        found = tuple.__new__(type(value), items)
        if hasattr(value, "__dict__"):  # SciPy's results are tuples with attributes beside
            vars(found).update({k: exchanged(v, exchange) for k, v in vars(value).items()})
        return found
    if type(value) is list:
        items = [exchanged(item, exchange) for item in value]
        return value if all(map(operator.is_, items, value)) else items
    if type(value) is dict:
        items = [exchanged(item, exchange) for item in value.values()]
        same = all(map(operator.is_, items, value.values()))
        return value if same else dict(zip(value, items, strict=True))
    return exchange(value)


def _looped(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a function with ndarrays; an array that it gives back is the one that it was given."""
    given: dict[int, LoopbackArray] = {}

    def enter(value: Any) -> Any:
        if isinstance(value, LoopbackArray):
            given[id(value._held)] = value
            return value._held
        return _with_loopbacks(value) if isinstance(value, types.FunctionType) else value

    def leave(value: Any) -> Any:
        return given[id(value)] if id(value) in given else _wrapped(value)

    result = function(*exchanged(args, enter), **exchanged(kwargs, enter))
    if isinstance(result, types.GeneratorType | map):
        return map(wrap, result)
    return exchanged(result, leave)


def _with_loopbacks(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the caller's, that NumPy calls with ndarrays."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return unwrap(function(*wrap(args), **wrap(kwargs)))

    return call


def _renamed(text: str) -> str:
    """``array([[1],\\n       [2]])`` with the lines still below each other."""
    head, paren, rest = text.partition("(")
    return "LoopbackArray" + paren + rest.replace("\n", "\n" + " " * (13 - len(head)))


# Methods and attributes ---------------------------------------------------------------------------

_OPERATIONS: dict[str, Callable[..., Any]] = {
    **{f"__{kind.__name__}__": kind for kind in (bool, int, float, complex, len, format, str)},
    "__contains__": operator.contains,
    "__delitem__": operator.delitem,
    "__getitem__": operator.getitem,
    "__index__": operator.index,
    "__setitem__": operator.setitem,
}
#: Ways to the memory, which an array elsewhere has not got.
_MEMORY = frozenset({"base", "ctypes", "data"})


def _operation(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def operation(self: LoopbackArray, *args: Any) -> Any:
        return _looped(function, (self, *args), {})

    operation.__name__ = name
    return operation


def _method(name: str) -> Callable[..., Any]:
    def method(self: LoopbackArray, *args: Any, **kwargs: Any) -> Any:
        return _looped(_call_method, (self, name, *args), kwargs)

    functools.update_wrapper(method, getattr(np.ndarray, name))
    method.__doc__ = f"As `numpy.ndarray.{name}`."  # whose examples are of ndarrays
    return method


def _call_method(held: Any, name: str, /, *args: Any, **kwargs: Any) -> Any:
    return getattr(held, name)(*args, **kwargs)


def _attribute(name: str) -> property:
    return property(lambda self: wrap(getattr(self._held, name)))


for _name, _function in _OPERATIONS.items():
    setattr(LoopbackArray, _name, _operation(_name, _function))
for _name in dir(np.ndarray):
    if not _name.startswith("_") and _name not in _MEMORY:
        _is_method = callable(getattr(np.ndarray, _name))
        setattr(LoopbackArray, _name, _method(_name) if _is_method else _attribute(_name))
