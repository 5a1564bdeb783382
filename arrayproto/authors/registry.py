"""What an array class implements NumPy's functions with, and how it says so."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from .. import private
from ..derived import derivation
from ..derived.core import Core
from ..derived.newer import refusing_newer
from ..libraries import public_name
from .fallbacks import Fallbacks

if TYPE_CHECKING:
    from .mixin import ArrayFunctionMixin

F = TypeVar("F")

#: Functions whose results share memory with what they are given, in NumPy too.
VIEWING = frozenset(
    """
    array_split asanyarray asarray asarray_chkfinite ascontiguousarray asfortranarray
    atleast_1d atleast_2d atleast_3d broadcast_arrays broadcast_to diagonal dsplit
    expand_dims flip fliplr flipud hsplit imag linalg.diagonal linalg.matrix_transpose
    matrix_transpose moveaxis permute_dims ravel real require reshape rollaxis rot90
    sliding_window_view split squeeze swapaxes transpose unstack vsplit
    """.split()  # noqa: SIM905
)

_MARK = "_arrayproto_implements"


def implements(*functions: Callable[..., Any]) -> Callable[[F], F]:
    """Mark a function in the body of an `ArrayFunctionMixin` class as an implementation.

    Parameters
    ----------
    *functions : callable
        NumPy functions, ufuncs, or functions decorated with `array_function_dispatch`.

    Returns
    -------
    callable
        A decorator that returns the function as it is. The implementation is called with the
        arguments of the call; functions that take lists, such as `numpy.concatenate`, are best
        static methods.

    Raises
    ------
    TypeError
        If NumPy never asks anybody about one of `functions`.

    Examples
    --------
    >>> import numpy as np
    >>> from arrayproto import ArrayFunctionMixin, implements
    >>> class Percent(ArrayFunctionMixin):
    ...     def __init__(self, values):
    ...         self.values = np.asarray(values)
    ...     @implements(np.sum)
    ...     def sum(self, axis=None):
    ...         return f"{self.values.sum(axis=axis)} %"
    >>> np.sum(Percent([20, 30]))
    '50 %'
    """
    for function in functions:
        check_overridable(function)

    def decorator(implementation: F) -> F:
        target = getattr(implementation, "__func__", implementation)
        setattr(target, _MARK, (*getattr(target, _MARK, ()), *functions))
        return implementation

    return decorator


def check_overridable(function: Any) -> None:
    if isinstance(function, (np.ufunc, private.ArrayFunctionDispatcher)):
        return
    if callable(function) and not isinstance(function, type):
        if hasattr(function, "_implementation"):
            return
        from numpy.testing.overrides import allows_array_function_override

        # Creation functions, on like=; NumPy 2.0 does not count those written in C.
        if allows_array_function_override(function) or "like=None" in (function.__doc__ or ""):
            return
    raise TypeError(
        f"{function!r} is neither a ufunc nor a function that NumPy dispatches with "
        "__array_function__, so no implementation of it would ever be called"
    )


def marked(cls: type) -> dict[Any, Callable[..., Any]]:
    """What the body of a class implements, by function.

    Raises
    ------
    TypeError
        If two of its members implement the same function.
    """
    found: dict[Any, Callable[..., Any]] = {}
    names: dict[Any, str] = {}
    for name, member in list(vars(cls).items()):
        for function in getattr(getattr(member, "__func__", member), _MARK, ()):
            if function in found and vars(cls)[names[function]] is not member:
                raise TypeError(
                    f"{cls.__qualname__}.{names[function]} and {cls.__qualname__}.{name} both "
                    f"implement {function!r}; leave the decorator of one of them out"
                )
            wrapped = isinstance(member, (staticmethod, classmethod))
            found[function] = getattr(cls, name) if wrapped else member
            names[function] = name
    return found


class Implementations(dict[Any, Callable[..., Any] | None]):
    """Function to implementation for one class, its bases included; filled on first use.

    None stands for a ufunc that has none; functions come and go with the program, and are kept only
    where there is something to keep.
    """

    def __init__(self, cls: type[ArrayFunctionMixin]) -> None:
        super().__init__()
        self.cls = cls
        self.core = Core(cls, self.own)
        self.fallbacks = Fallbacks(cls)

    def own(self, function: Any) -> Callable[..., Any] | None:
        """What the class itself, or a base, or its module, implements a function with."""
        for base in self.cls.__mro__:
            own = base.__dict__.get("_own_implementations", {})
            if function in own:
                return own[function]  # type: ignore[no-any-return]
        elementwise = self.cls._elementwise
        if elementwise is not None and isinstance(function, np.ufunc):
            if function.signature is None:
                return functools.partial(elementwise, function)
        return self.fallbacks.of_module(function)

    def _fresh(self, name: str, found: Callable[..., Any] | None) -> Callable[..., Any] | None:
        """The same, with a copy for the result where it is one of the arguments.

        Derived functions return what they are given where nothing changes, which is wrong where
        somebody may write to it.
        """
        if found is None or self.cls._may_alias or not hasattr(self.cls, "__setitem__"):
            return found
        if name in VIEWING:
            return found
        function, core = found, self.core

        def call(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            if any(result is a for a in args) and kwargs.get("copy", True):
                return core["where"](core.own(True), result, result)
            return result

        return call

    def __missing__(self, function: Any) -> Callable[..., Any] | None:
        found = self.own(function)
        if not isinstance(function, np.ufunc):
            name = public_name(function)
            if name is not None and found is None:
                found = self.fallbacks.of_array_api(function)
            if name is not None and self.cls._derives:
                derived = derivation(name, self.core, found)
                if derived is not None and derived is not found:
                    derived = refusing_newer(name, function, derived)
                found = self._fresh(name, derived)
        if found is not None or isinstance(function, np.ufunc):
            self[function] = found
        return found
