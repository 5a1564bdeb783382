"""NEP-18: collect the implementing arguments, order them, defer to them, raise.

`array_function_dispatch` is the decorator of NumPy's own functions, for functions outside NumPy
(numpy#13872). What it promises is NEP-18's contract as ``numpy/_core/tests/test_overrides.py``
pins it; `arrayproto.wrapper` generates the code, which `arrayproto.accelerator` replaces where it
was built.
"""

from __future__ import annotations

import functools
import inspect
import sys
import types as _types
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np

from . import private
from .accelerator import parameters, speed
from .locks import lock

F = TypeVar("F", bound=Callable[..., Any])
Method = Callable[..., Any]
Overrides = tuple[list[tuple[Any, Method]], tuple[type, ...]]

#: Where to look further when everybody declined; beside the message, which is NumPy's.
WHO_ANSWERS = (
    "arrayproto.explain(function, *args) says who was asked and why each declined; python -m "
    "arrayproto hierarchy, which array types go together; python -m arrayproto coverage, which "
    "functions each library has"
)
#: As in NumPy (``NPY_MAXARGS``).
MAX_TYPES = 64

ndarray = np.ndarray
_ndarray_method = np.ndarray.__array_function__

# NumPy's C code does not look for the method on these either.
_BASIC_TYPES = frozenset(
    map(id, (int, float, complex, bool, str, bytes, type(None), list, tuple, dict, set, frozenset,
             slice, type(...), type(NotImplemented)))
)  # fmt: skip

#: Classes that were registered from outside with their methods, by id (a metaclass may make its
#: classes unhashable); swapped whole, never changed in place.
_registered: dict[int, tuple[type, Method]] = {}
_registering = lock("registered")

_in_c = private.get_implementing_args_c


def find_method(cls: type) -> Method | None:
    """The ``__array_function__`` of a class, looked up on the class as NEP-18 says.

    Parameters
    ----------
    cls : type

    Returns
    -------
    callable or None
        The unbound method; that of a class registered with `arrayproto.register` if the class
        (or a base) has none of its own.
    """
    try:
        method = cls.__array_function__  # type: ignore[attr-defined]
    except Exception:
        # Whatever a metaclass raises means "no protocol": NumPy clears the error here too.
        registered = _registered  # one table for the whole look-up: another thread may swap it
        if registered:
            for base in cls.__mro__:
                if id(base) in registered:
                    return registered[id(base)][1]
        return None
    return _refuse if method is None else method


def _refuse(argument: Any, *_: Any) -> Any:
    """The method of a class that sets it to None, which is not the same as having none."""
    raise TypeError(
        f"'NoneType' object is not callable: {type(argument).__qualname__}.__array_function__ "
        "is None"
    )


def set_registered(cls: type, method: Method | None) -> None:
    """Give a class that cannot take attributes its method, or take it away with None."""
    global _registered
    with _registering:  # readers need no lock, but of two writers neither may lose its entry
        table = dict(_registered)
        if method is None:
            table.pop(id(cls), None)
        else:
            table[id(cls)] = (cls, method)
        _registered = table


def is_basic(cls: type) -> bool:
    """Whether a class is one that nothing ever dispatches on: numbers, strings, containers."""
    return id(cls) in _BASIC_TYPES or cls is ndarray


def is_registered(cls: type) -> bool:
    """Whether a class, not only a base of it, was registered from outside."""
    return id(cls) in _registered


def registered_methods() -> Sequence[Method]:
    """The methods of the classes that were registered from outside."""
    return [method for _, method in _registered.values()] if _registered else ()


def implementing(
    relevant_args: Iterable[Any], find: Callable[[type], Method | None]
) -> list[tuple[Any, Method]]:
    """Implementing arguments, each with its method, in NEP-18's order."""
    found: list[tuple[Any, Method]] = []
    looked_at: set[int] = set()  # types, by id
    ask_all = False
    for argument in relevant_args:
        cls = type(argument)
        key = id(cls)
        if key in looked_at or key in _BASIC_TYPES:
            continue
        looked_at.add(key)
        method = _ndarray_method if cls is ndarray else find(cls)
        if method is None:
            continue
        if len(found) == MAX_TYPES:
            raise TypeError(
                f"maximum number ({MAX_TYPES}) of distinct argument types "
                "implementing __array_function__ exceeded"
            )
        place = len(found)
        if found:
            # It goes before its first superclass, or last. To ask every other class is quadratic
            # in the number of types, so ask only where the answer can be yes: a base was looked
            # at, or isinstance() may be answered by somebody's code.
            bases = cls.__mro__
            try:
                ask = ask_all or argument.__class__ is not cls
            except AttributeError:
                ask = ask_all
            if ask or (len(bases) > 2 and not looked_at.isdisjoint(map(id, bases[1:]))):
                supers = (i for i, (a, _) in enumerate(found) if isinstance(argument, type(a)))
                place = next(supers, place)
        found.insert(place, (argument, method))
        if type(cls) is not type or cls is object:
            ask_all = True
    return found


def _as_sequence(relevant_args: Iterable[Any]) -> Sequence[Any]:
    if isinstance(relevant_args, (tuple, list)):
        return relevant_args
    try:
        iterator = iter(relevant_args)
    except TypeError:  # a 0-d array too
        raise TypeError("dispatcher for __array_function__ did not return an iterable") from None
    return list(iterator)


def get_implementing_args(relevant_args: Iterable[Any]) -> list[Any]:
    """Collect the arguments on which to call ``__array_function__``, in order.

    Parameters
    ----------
    relevant_args : iterable
        What a dispatcher returns: possibly array-like arguments.

    Returns
    -------
    list
        One argument a type, subclasses before superclasses, otherwise from left to right.

    Raises
    ------
    TypeError
        If `relevant_args` is not iterable, or more than 64 types implement the protocol.

    Examples
    --------
    >>> import numpy as np
    >>> get_implementing_args([1, np.ones(2), np.zeros(3)])
    [array([1., 1.])]
    """
    if speed is not None:
        return speed.get_implementing_args(relevant_args)  # type: ignore[no-any-return]
    return [argument for argument, _ in implementing(_as_sequence(relevant_args), find_method)]


#: Up to so many arguments, or for a long list of one type, NumPy's C code collects faster. For
#: many types it is quadratic, which ours is not.
_FEW = 8


def implementing_of_many(
    relevant_args: Sequence[Any], find: Callable[[type], Method | None]
) -> list[tuple[Any, Method]]:
    """As `implementing`, for what may be a long list."""
    if speed is not None:
        return speed.implementing(relevant_args, find)  # type: ignore[no-any-return]
    if _registered or not relevant_args or _in_c is None:
        return implementing(relevant_args, find)  # C cannot see classes that only we know
    if len(relevant_args) > _FEW and type(relevant_args[0]) is not type(relevant_args[-1]):
        return implementing(relevant_args, find)
    return [(a, find(type(a)) or _ndarray_method) for a in _in_c(relevant_args)]


def seen_by_numpy(items: Sequence[Any]) -> Sequence[Any]:
    """The implementing arguments in a list or tuple, but for registered classes."""
    return implementing(items, find_method)


if _in_c is not None:
    seen_by_numpy = _in_c

#: Where the generated wrappers see whether any class is registered.
registry = sys.modules[__name__]


def collect(relevant_args: Iterable[Any]) -> Overrides | None:
    """Implementing arguments with their methods, and their types; None if nothing overrides."""
    found = implementing_of_many(_as_sequence(relevant_args), find_method)
    for _, method in found:
        if method is not _ndarray_method:
            return found, tuple([type(argument) for argument, _ in found])
    return None


def no_implementation(public_api: Callable[..., Any], types: Iterable[type]) -> TypeError:
    """The error when every override returned NotImplemented, worded as NumPy words it."""
    name = f"{public_api.__module__}.{public_api.__name__}"
    error = TypeError(
        f"no implementation found for {name!r} on types that implement "
        f"__array_function__: {list(types)}"
    )
    error.add_note(WHO_ANSWERS)
    return error


def _getargspec(function: Any) -> tuple[Any, ...]:
    """Arguments as NumPy compares them, keyword-only ones included."""
    code = getattr(function, "__code__", None)
    if code is None:
        raise TypeError(
            f"{function!r} is not a Python function: its signature can only be taken on trust, "
            "with verify=False"
        )
    flags, count, only = code.co_flags, code.co_argcount, code.co_kwonlyargcount
    names = list(code.co_varnames)
    rest = names[count + only :]
    varargs = rest.pop(0) if flags & inspect.CO_VARARGS else None
    keywords = rest.pop(0) if flags & inspect.CO_VARKEYWORDS else None
    defaults = function.__defaults__
    kwdefaults = function.__kwdefaults__ or {}
    return names[:count], varargs, keywords, defaults, names[count : count + only], kwdefaults


def verify_matching_signatures(
    implementation: Callable[..., Any], dispatcher: Callable[..., Any]
) -> None:
    """Verify that a dispatcher function has the right signature.

    Parameters
    ----------
    implementation, dispatcher : function
        Python functions.

    Raises
    ------
    RuntimeError
        If the arguments differ in name, order or kind, or in which of them have defaults; or if
        the dispatcher has a default other than None.
    TypeError
        If one of them is not a Python function.
    """
    names, varargs, keywords, defaults, only, kwdefaults = _getargspec(implementation)
    d_names, d_varargs, d_keywords, d_defaults, d_only, d_kwdefaults = _getargspec(dispatcher)
    if (
        (names, varargs, keywords) != (d_names, d_varargs, d_keywords)
        or len(defaults or ()) != len(d_defaults or ())
        or only != d_only
        or kwdefaults.keys() != d_kwdefaults.keys()
    ):
        raise RuntimeError(
            f"implementation and dispatcher for {implementation} have different function signatures"
        )
    if any(value is not None for value in (*(d_defaults or ()), *d_kwdefaults.values())):
        raise RuntimeError("dispatcher functions can only use None for default argument values")


def _static_relevant_args(dispatcher: Callable[..., Any]) -> dict[str, str] | None:
    """Relevant arguments of a dispatcher that does nothing but return them.

    ``lambda a, b, axes=None: (a, b)`` is such a dispatcher: its code loads parameters and builds a
    tuple of them. So is ``lambda arrays, axis=None: arrays``, whose relevant arguments are the
    items of one. Any other instruction (a condition, a call, a yield) gives None, and then the
    dispatcher is asked at each call.
    """
    # Only called for plain functions; `dis` is in memory already, through `inspect`.
    import dis

    code = dispatcher.__code__
    if code.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        return None
    parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    names: list[str] = []
    instructions = [i for i in dis.get_instructions(code) if i.opname != "RESUME"]
    if not instructions or instructions.pop().opname != "RETURN_VALUE":
        return None
    built = instructions.pop() if instructions[-1].opname == "BUILD_TUPLE" else None
    for load in instructions:
        if not load.opname.startswith("LOAD_FAST") or "CLEAR" in load.opname:
            return None
        names += load.argval if isinstance(load.argval, tuple) else (load.argval,)
    if not set(names) <= set(parameters):
        return None
    if built is None:
        return {names[0]: "items"} if len(names) == 1 else None
    return dict.fromkeys(names, "itself") if built.arg == len(names) else None


def array_function_dispatch(
    dispatcher: Callable[..., Iterable[Any]] | None = None,
    module: str | None = None,
    verify: bool = True,
    docs_from_dispatcher: bool = False,
) -> Callable[[F], F]:
    """Make a function overridable through ``__array_function__``.

    The decorator of NumPy's own functions, for everyone: a library that decorates its public
    functions lets duck arrays take them over, as NumPy's functions do.

    Parameters
    ----------
    dispatcher : callable or None
        Function that, called with the arguments of a call, returns an iterable of the arguments
        to check for ``__array_function__``. If None, the first positional argument of each call
        is the ``like=`` argument: it is checked, and not passed on.
    module : str, optional
        ``__module__`` of the public function, for example ``"mylib"``; by default that of the
        implementation.
    verify : bool, optional
        Verify that dispatcher and implementation have the same signature: the same arguments in
        the same order, and None for every default of the dispatcher. Disable it only where the
        dispatcher must deviate, for example for ``func(*args, **kwargs)``.
    docs_from_dispatcher : bool, optional
        Copy the docstring of the dispatcher, for implementations written in C.

    Returns
    -------
    callable
        A decorator. The decorated function keeps name, signature and documentation of the
        implementation, which stays reachable as its attribute ``_implementation``: that is what
        ``numpy.ndarray.__array_function__`` calls, and what an override calls for ndarrays.

    Raises
    ------
    RuntimeError
        At decoration, if `verify` and the signatures differ (see `verify_matching_signatures`).

    Notes
    -----
    Where all relevant arguments are plain ndarrays, the implementation is called after a few type
    checks in the generated wrapper, provided that the dispatcher only returns a tuple of its
    parameters. Otherwise the dispatcher is asked first, as NEP-18 describes [1]_: one implementing
    argument a type, subclasses before superclasses, else from left to right. An override
    receives the arguments as they were passed.

    An error raised by the dispatcher, by an override or by the implementation reaches the caller
    as it was. Called with wrong arguments, the function raises TypeError under its public name.
    If every override returns NotImplemented, it raises TypeError.

    References
    ----------
    .. [1] NEP 18, https://numpy.org/neps/nep-0018-array-function-protocol.html

    Examples
    --------
    >>> import numpy as np
    >>> from arrayproto import array_function_dispatch
    >>> @array_function_dispatch(lambda a, scale=None: (a,), module="mylib")
    ... def rescale(a, scale=1.0):
    ...     return a * scale
    >>> rescale(np.ones(2), scale=3.0)
    array([3., 3.])
    >>> class Lazy:
    ...     def __array_function__(self, func, types, args, kwargs):
    ...         return f"lazy {func.__module__}.{func.__name__}, {kwargs}"
    >>> rescale(Lazy(), scale=3.0)
    "lazy mylib.rescale, {'scale': 3.0}"
    """

    def decorator(implementation: F) -> F:
        if dispatcher is None:
            if verify:
                _verify_like(implementation)
            public_api = _like_dispatch(implementation)
        else:
            if verify:
                verify_matching_signatures(implementation, dispatcher)
            public_api = _wrap(dispatcher, implementation)
        functools.update_wrapper(public_api, implementation)
        public_api._implementation = implementation  # type: ignore[attr-defined]
        if docs_from_dispatcher and dispatcher is not None and dispatcher.__doc__ is not None:
            public_api.__doc__ = inspect.cleandoc(dispatcher.__doc__)
        told = getattr(implementation, "__text_signature__", None)
        if not verify and dispatcher is not None and not told:
            public_api.__signature__ = inspect.signature(dispatcher)  # type: ignore[attr-defined]
        if module is not None:
            public_api.__module__ = module
        return public_api  # type: ignore[return-value]

    return decorator


def _wrap(dispatcher: Callable[..., Any], implementation: Callable[..., Any]) -> Callable[..., Any]:
    signature, relevant = None, None
    if _same_parameters(implementation, dispatcher):
        signature = _own_signature(implementation)
        relevant = _static_relevant_args(dispatcher)
    renamed = functools.partial(with_public_name, dispatcher, implementation)
    if speed is not None:
        known = parameters(signature, relevant, strict=True)
        return speed.Function(implementation, dispatcher, renamed, *known)  # type: ignore[no-any-return]
    from .wrapper import generate  # not needed where C does it

    return generate(
        signature,
        relevant,
        implementation=implementation,
        dispatcher=dispatcher,
        collect=collect,
        seen_by_numpy=seen_by_numpy,
        registry=registry,
        with_public_name=renamed,
        no_implementation=no_implementation,
    )


def _same_parameters(implementation: Callable[..., Any], dispatcher: Callable[..., Any]) -> bool:
    """Whether a call can be taken apart by one signature; not so where `verify` was needed off."""
    function = _types.FunctionType
    if not (isinstance(implementation, function) and isinstance(dispatcher, function)):
        return False
    try:
        verify_matching_signatures(implementation, dispatcher)
    except RuntimeError:
        return False
    ours, theirs = implementation.__code__, dispatcher.__code__
    return ours.co_posonlyargcount == theirs.co_posonlyargcount


def _own_signature(function: Any) -> inspect.Signature:
    """What the code of a function takes, whatever a ``__signature__`` on it says."""
    bare = _types.FunctionType(
        function.__code__,
        {},
        argdefs=function.__defaults__,
        closure=function.__closure__,
    )
    bare.__kwdefaults__ = function.__kwdefaults__
    return inspect.signature(bare)


def with_public_name(
    dispatcher: Callable[..., Any], implementation: Callable[..., Any], error: TypeError
) -> TypeError | None:
    """A dispatcher called with wrong arguments complains under its own name: mend the message."""
    private_name = getattr(dispatcher, "__qualname__", None)
    message = error.args[0] if error.args else None
    # More than our own frame on the traceback, which C has not got, means that the dispatcher ran,
    # and this is its error.
    ran = error.__traceback__ is not None and error.__traceback__.tb_next is not None
    if ran or not private_name or not isinstance(message, str):
        return None
    if not message.startswith(f"{private_name}("):
        return None
    return TypeError(implementation.__qualname__ + message[len(private_name) :])


def _verify_like(implementation: Callable[..., Any]) -> None:
    code = implementation.__code__
    last = code.co_varnames[code.co_argcount + code.co_kwonlyargcount - 1]
    if last != "like" or code.co_kwonlyargcount == 0:
        raise RuntimeError(
            "__array_function__ expects `like=` to be the last argument and a keyword-only "
            f"argument. {implementation} does not seem to comply."
        )


def _like_dispatch(implementation: Callable[..., Any]) -> Callable[..., Any]:
    """Dispatch on ``like``, passed as the first argument (NEP 35)."""

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if not args:
            raise TypeError(
                "`like` argument dispatching, but first argument is not positional in call to "
                f"{implementation.__qualname__}."
            )
        like, *rest = args
        method = _ndarray_method if type(like) is ndarray else find_method(type(like))
        if method is None or id(type(like)) in _BASIC_TYPES:
            raise TypeError(
                "The `like` argument must be an array-like that implements the "
                "`__array_function__` protocol."
            )
        if method is _ndarray_method:
            return implementation(*rest, **kwargs)
        types = (type(like),)
        result = method(like, implementation, types, tuple(rest), kwargs)
        if result is NotImplemented:
            raise no_implementation(implementation, types)
        return result

    return wrapper


if speed is not None:
    speed.configure(ndarray, _ndarray_method, globals(), find_method, no_implementation)


__all__ = [
    "array_function_dispatch",
    "get_implementing_args",
    "verify_matching_signatures",
]
