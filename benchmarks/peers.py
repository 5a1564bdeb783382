"""Other ways to dispatch a function, each made from an implementation and a dispatcher.

Every maker takes an implementation, a NEP-18 dispatcher of the same signature and, where it
dispatches on other classes than ndarray, a class and the function for it. Each is set up as its own
documentation shows, and where there is a choice, in the way that is faster.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable
from typing import Any

import autoray
import numpy as np
import uarray
from numpy._core.overrides import array_function_dispatch as numpy_dispatch

import arrayproto

Function = Callable[..., Any]
_numbers = itertools.count()


def arrayproto_decorated(implementation: Function, dispatcher: Function) -> Function:
    return arrayproto.array_function_dispatch(dispatcher, verify=False)(implementation)


def numpy_c_dispatcher(implementation: Function, dispatcher: Function) -> Function:
    return numpy_dispatch(dispatcher, verify=False)(implementation)


def python_nep18(implementation: Function, dispatcher: Function) -> Function:
    """The wrapper as the text of NEP-18 has it."""

    @functools.wraps(implementation)
    def public_api(*args: Any, **kwargs: Any) -> Any:
        relevant_args = dispatcher(*args, **kwargs)
        return _implement_array_function(implementation, public_api, relevant_args, args, kwargs)

    return public_api


def _overloaded(relevant_args: Iterable[Any]) -> tuple[list[type], list[Any]]:
    types: list[type] = []
    arguments: list[Any] = []
    for argument in relevant_args:
        cls = type(argument)
        if cls not in types and hasattr(cls, "__array_function__"):
            types.append(cls)
            index = len(arguments)
            for i, other in enumerate(arguments):
                if issubclass(cls, type(other)):
                    index = i
                    break
            arguments.insert(index, argument)
    return types, arguments


def _implement_array_function(
    implementation: Function,
    public_api: Function,
    relevant_args: Iterable[Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    types, overloaded = _overloaded(relevant_args)
    if not any(cls.__array_function__ is not np.ndarray.__array_function__ for cls in types):
        return implementation(*args, **kwargs)
    for argument in overloaded:
        result = type(argument).__array_function__(argument, public_api, types, args, kwargs)
        if result is not NotImplemented:
            return result
    raise TypeError(f"no implementation found for {public_api} on {types}")


def singledispatch(
    implementation: Function,
    dispatcher: Function,
    cls: type | None = None,
    function: Function | None = None,
) -> Function:
    """Dispatches on the first positional argument alone."""
    public_api = functools.singledispatch(implementation)
    if cls is not None and function is not None:
        public_api.register(cls)(function)
    return public_api


def uarray_multimethod(
    implementation: Function,
    dispatcher: Function,
    cls: type | None = None,
    function: Function | None = None,
) -> Function:
    """Without a class only its default is called, which is the fastest that uarray has."""
    domain = f"arrayproto_benchmarks_{next(_numbers)}"

    @functools.wraps(dispatcher)
    def extractor(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
        return tuple(uarray.Dispatchable(a, np.ndarray) for a in dispatcher(*args, **kwargs))

    def replacer(args: Any, kwargs: Any, dispatchables: Any) -> tuple[Any, Any]:
        if isinstance(args[0], list):
            return (list(dispatchables), *args[1:]), kwargs
        return (*dispatchables, *args[len(dispatchables) :]), kwargs

    public_api = uarray.generate_multimethod(extractor, replacer, domain, default=implementation)
    if cls is not None and function is not None:
        uarray.set_global_backend(_uarray_backend(domain, cls, function))
    return public_api


def _uarray_backend(domain: str, cls: type, function: Function) -> Any:
    class Backend:
        __ua_domain__ = domain

        @staticmethod
        def __ua_convert__(dispatchables: Any, coerce: bool) -> Any:
            values = [d.value for d in dispatchables]
            return values if all(isinstance(v, cls) for v in values) else NotImplemented

        @staticmethod
        def __ua_function__(method: Any, args: Any, kwargs: Any) -> Any:
            return function(*args, **kwargs)

    return Backend


def autoray_name(implementation: Function) -> str:
    """Register an implementation for NumPy's arrays; what to call with ``autoray.do``."""
    name = f"arrayproto_benchmarks_{next(_numbers)}"
    autoray.register_function("numpy", name, implementation)
    return name


#: For plain ndarrays, by what is printed: how it is made, and whether it needs its first argument
#: by position.
DECORATORS: dict[str, tuple[Callable[[Function, Function], Function], bool]] = {
    "arrayproto": (arrayproto_decorated, False),
    "NumPy's C dispatcher": (numpy_c_dispatcher, False),
    "Python NEP-18 wrapper": (python_nep18, False),
    "singledispatch": (singledispatch, True),
    "uarray": (uarray_multimethod, False),
}
