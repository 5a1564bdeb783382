"""The namespace that an adopted package has in the place of NumPy's.

It is the explicit namespace (`arrayproto.numpy`), with coercing functions that keep duck arrays,
dtypes of all libraries, and ufuncs that ask the libraries without activation.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import inspect
import sys
import types
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..accelerator import original
from ..ducks import Duck
from ..mixins import mixin_of
from ..private import ArrayFunctionDispatcher
from . import kept

Call = Callable[..., Any]


class Flavour(NamedTuple):
    """What `arrayproto.adopt` was told.

    Attributes
    ----------
    fallback : {"raise", "convert"}
        What compiled code of the package does with duck arrays.
    follow : bool
        Whether ``np.zeros(shape)`` in a function of the package makes an array like the first duck
        array among the function's own arguments.
    """

    fallback: str = "raise"
    follow: bool = False


class _LikeNumPys:
    """Compares and hashes like the object of NumPy's that it stands for, and pickles as it."""

    __slots__ = ()
    __wrapped__: Any

    def __eq__(self, other: object) -> bool:
        mine = self.__wrapped__  # NumPy's functions have a __wrapped__ of their own
        return other is mine or (type(other) is type(self) and other.__wrapped__ is mine)

    def __hash__(self) -> int:
        return hash(self.__wrapped__)

    def __reduce__(self) -> Any:
        return _same, (self.__wrapped__,)

    def __repr__(self) -> str:
        return f"<{self.__wrapped__!r}, adopted by arrayproto>"


# Ufuncs -------------------------------------------------------------------------------------------


class AdoptedUfunc(_LikeNumPys):
    """A ufunc of NumPy's that asks the libraries of its inputs, active or not.

    It compares and hashes like NumPy's, pickles as it, and has its attributes.
    """

    __slots__ = ("__wrapped__",)

    def __init__(self, ufunc: np.ufunc) -> None:
        self.__wrapped__ = ufunc

    def __call__(self, *inputs: Any, **kwargs: Any) -> Any:
        return _ask(self.__wrapped__, "__call__", inputs, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name in ("reduce", "accumulate", "reduceat", "outer", "at"):
            return lambda *inputs, **kwargs: _ask(self.__wrapped__, name, inputs, kwargs)
        return getattr(self.__wrapped__, name)


def _same(value: Any) -> Any:
    return value


_ndarray_ufunc = np.ndarray.__array_ufunc__


def _ask(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What NumPy does with ``__array_ufunc__``, where adapted libraries have ours."""
    out = kwargs.get("out")
    outs: tuple[Any, ...] = out if builtins.isinstance(out, tuple) else (out,)
    asked: dict[type, Any] = {type(x): x for x in reversed((*inputs, *outs))}
    if not any(map(kept.is_duck, asked.values())):
        return getattr(ufunc, method)(*inputs, **kwargs)
    if out is not None:
        kwargs = {**kwargs, "out": outs}
    kwargs = {k: kept.numpy_dtype(v) if k == "dtype" else v for k, v in kwargs.items()}
    for cls, x in reversed(asked.items()):
        library = kept.library_for(x)
        if library is not None and not builtins.isinstance(x, Duck):
            answer = vars(mixin_of(library))["__array_ufunc__"]
        else:
            answer = getattr(cls, "__array_ufunc__", None)
        if answer is None or answer is _ndarray_ufunc:
            continue
        result = answer(x, ufunc, method, *inputs, **kwargs)
        if result is not NotImplemented:
            return result
    told = ", ".join(cls.__name__ for cls in asked)
    raise TypeError(
        f"operand type(s) all returned NotImplemented from __array_ufunc__({ufunc!r}, {method!r}, "
        f"...): {told}"
    )


# Functions ----------------------------------------------------------------------------------------


class AdoptedFunction(_LikeNumPys, functools.partial):  # type: ignore[type-arg]
    """Stands in adopted modules for a function of NumPy's; made ready by the first call.

    It compares and hashes like NumPy's function, and pickles as it.
    """

    __wrapped__: Call


def _late(function: Call, make: Callable[[], Call]) -> AdoptedFunction:
    """What is generated when it is called first: to do so for all would take a third of a second"""

    def first_call(*args: Any, **kwargs: Any) -> Any:
        ours.__setstate__((make(), (), {}, vars(ours)))  # type: ignore[attr-defined]
        return ours(*args, **kwargs)

    ours = AdoptedFunction(first_call)
    functools.update_wrapper(ours, function)
    return ours


#: Functions that make arrays of shapes and numbers.
CREATION = frozenset({"arange", "empty", "eye", "full", "identity", "linspace", "ones", "zeros"})


def _creating(function: Call, follow: bool) -> Call:
    dispatched = _explicit("numpy", function.__name__)

    @functools.wraps(function)
    def create(*args: Any, **kwargs: Any) -> Any:
        args = tuple(map(kept.numpy_dtype, args))
        if "dtype" in kwargs:
            kwargs["dtype"] = kept.numpy_dtype(kwargs["dtype"])
        like = kept.place_of(kwargs)
        if like is None and follow and kwargs.get("like") is None:
            like = _argument_of(sys._getframe(1))
        if like is not None:
            return kept.made_like(like, function, *args, **kwargs)
        return dispatched(*args, **kwargs)

    return create


def _argument_of(frame: types.FrameType) -> Any:
    """The first duck array among the arguments of the function that a frame runs."""
    if frame.f_globals is globals() and frame.f_back is not None:  # `first_call`
        frame = frame.f_back
    code, held = frame.f_code, frame.f_locals
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return kept.duck_in([held[name] for name in names if name in held])


def _explicit(module: str, name: str) -> Any:
    return getattr(importlib.import_module(f"arrayproto.{module}"), name)


# The namespace ------------------------------------------------------------------------------------

#: Modules of NumPy's that have a counterpart; others, such as `numpy.random`, stay what they are.
MIRRORED = ("numpy", "numpy.linalg", "numpy.fft")


class Namespace(types.ModuleType):
    """One of NumPy's modules, as an adopted package sees it."""

    def __init__(self, module: str, flavour: Flavour) -> None:
        super().__init__(f"arrayproto.consumers.{module}", sys.modules[module].__doc__)
        self.__dict__["_module"] = module
        self.__dict__["_flavour"] = flavour

    def __getattr__(self, name: str) -> Any:
        module = self._module
        value = original(getattr(sys.modules[module], name))
        made = replacement(value, module, name, self._flavour)
        return self.__dict__.setdefault(name, made)

    def __dir__(self) -> list[str]:
        return dir(sys.modules[self._module])

    def __repr__(self) -> str:
        return f"<{self._module}, as adopted packages see it>"


@functools.cache
def namespace(module: str, flavour: Flavour) -> Namespace:
    """One of the `MIRRORED` modules, in a flavour."""
    return Namespace(module, flavour)


def replacement(value: Any, module: str, name: str, flavour: Flavour) -> Any:
    """What stands for an object of NumPy's in adopted modules; the object itself for most.

    Parameters
    ----------
    value : object
        NumPy's own.
    module, name : str
        Where NumPy has it.
    flavour : Flavour
    """
    place = places().get(id(value))
    if place is not None:
        return of_place(place, flavour)
    if builtins.isinstance(value, types.ModuleType):
        return value
    # Functions of arrays that NumPy does not dispatch; the explicit namespace knows.
    if builtins.isinstance(value, types.FunctionType):
        return _explicit(module, name) if module in MIRRORED else value
    return value


@functools.cache
def of_place(place: tuple[str, str], flavour: Flavour) -> Any:
    """What stands for NumPy's object of a place of `places`."""
    module, name = place
    if not name:
        return namespace(module, flavour)
    value = original(getattr(sys.modules[module], name))
    if builtins.isinstance(value, np.ufunc):
        return AdoptedUfunc(value)
    if module == "numpy":
        if name in kept.COERCING:
            return kept.COERCING[name]
        if name in kept.OF_DTYPES:
            return kept.OF_DTYPES[name]
        if name in CREATION:
            return _late(value, lambda: _creating(value, flavour.follow))
    return _late(value, lambda: _with_dtypes(value, _explicit(module, name)))


def _with_dtypes(function: Call, dispatched: Call) -> Call:
    """A function that takes libraries' dtypes where it takes a dtype."""
    try:
        if "dtype" not in inspect.signature(function).parameters:
            return dispatched
    except ValueError:
        return dispatched

    @functools.wraps(function)
    def translated(*args: Any, **kwargs: Any) -> Any:
        if "dtype" in kwargs:
            kwargs["dtype"] = kept.numpy_dtype(kwargs["dtype"])
        return dispatched(*map(kept.numpy_dtype, args), **kwargs)

    return translated


@functools.cache
def places() -> dict[int, tuple[str, str]]:
    """What is replaced: the ids of NumPy's objects, to where NumPy has them."""
    found: dict[int, tuple[str, str]] = {}
    for module in MIRRORED:
        held = sys.modules[module]
        found[id(held)] = module, ""
        for name in held.__all__:
            value = original(getattr(held, name))
            if (
                builtins.isinstance(value, (np.ufunc, ArrayFunctionDispatcher))
                or (module == "numpy" and (name in CREATION or name in kept.COERCING))
                or (module == "numpy" and name in kept.OF_DTYPES)
            ):
                # The shortest way to it, where it has aliases: np.concat is np.concatenate.
                own = getattr(value, "__name__", name)
                alias = original(getattr(held, own, None)) is value
                found.setdefault(id(value), (module, own if alias else name))
    return found


def isinstance(instance: Any, classes: Any, /) -> bool:
    """`isinstance` of adopted modules: duck arrays are instances of `numpy.ndarray`."""
    if builtins.isinstance(instance, classes):
        return True
    return kept.is_duck(instance) and _names_ndarray(classes)


def _names_ndarray(classes: Any) -> bool:
    if builtins.isinstance(classes, tuple):
        return any(map(_names_ndarray, classes))
    if builtins.isinstance(classes, types.UnionType):
        return any(map(_names_ndarray, classes.__args__))
    return classes is np.ndarray
