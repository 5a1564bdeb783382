"""Ducks: arrays of any library seen as NumPy sees its own.

Libraries that are no copies of NumPy have functions, promotion rules, indexing and dtypes of their
own. `arrayproto.derived.core` says how little of them is needed. A duck is a thin view of a
library's array that has NumPy's attributes and the functions of that core; every other function of
NumPy follows. Nothing is copied on the way in or out.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from .authors import ArrayFunctionMixin
from .authors.registry import VIEWING
from .derived.core import numpy_function
from .duck_loops import loop, on_natives
from .errors import UnsupportedArgumentError, UnsupportedFunctionError
from .libraries.library import Library
from .libraries.names import public_name
from .libraries.refusing import refusal
from .libraries.resolution import Resolution

#: What a library's core may have beside NumPy's functions.
NOT_NUMPYS = {
    "getitem": "a, key",
    # Is told of each array of a call, before anything is made: so that it is made where they are.
    "meet": "a",
    # The values that an array which can be written to has now.
    "read": "a",
    # Whether an array can be written to, of a library with arrays that cannot.
    "writable": "a",
    # An array of one element, for Python to read; raises where it has no value yet.
    "value": "a",
    # The next three are of libraries whose arrays can be written to. Write into an ndarray:
    "fill": "out, a",
    "setitem": "a, key, value",
    # The result, or a copy of it if it shares memory with one of the arrays, or with itself.
    "fresh": "result, arrays",
    # The items of a container that the library has in the place of a list; None if `a` is none.
    "items": "a",
}


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
    #: What is asked for by name here is made fresh in `through_ducks`.
    _may_alias = True
    _library: ClassVar[Library]
    native: Any

    def __init__(self, native: Any) -> None:
        self.native = native

    @property
    def shape(self) -> tuple[int, ...]:
        shape = tuple(self.native.shape)
        if None in shape:
            raise UnsupportedArgumentError(
                f"not all lengths are known of an array of {self._library.name} with the shape "
                f"{shape}, and numpy's functions ask for them; while a function is traced, give it "
                "arrays of known shapes"
            )
        return shape

    @property
    def ndim(self) -> int:
        return len(self.native.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._library.dtypes.to_numpy(self.native.dtype)

    def __getitem__(self, key: Any) -> Duck:
        return type(self)(self._library.core["getitem"](self.native, key))

    def __setitem__(self, key: Any, value: Any) -> None:
        write = self._library.core.get("setitem")
        if write is None:
            raise UnsupportedFunctionError(
                f"arrays of {self._library.name} cannot be written to; numpy.where makes a new one"
            )
        own = type(self)._implementations.core.own(value, self.dtype)
        write(self.native, unwrap(key), own.native)

    @classmethod
    def _lacking(cls, name: str) -> UnsupportedFunctionError:
        """The error for a core function that the library has not got."""
        library = cls._library
        lacking = library.why(name)
        found = Resolution("unsupported", None, lacking.reason, lacking.instead)
        return refusal(library, f"numpy.{name}", library.classes, found)

    @property
    def known(self) -> bool:
        """Whether there are values: while a library traces a program there are none."""
        return not self._library.lazy and self._library.known(self.native)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Duck]:
        # Without it Python asks for items until there is an IndexError: JAX raises none.
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        self._computed()
        return bool(self.native)

    def _computed(self) -> None:
        """Raise where the library would have to compute a value that is asked for."""
        library = self._library
        if library.lazy and library.core:  # without a core it is asked by its user alone
            raise UnsupportedFunctionError(
                f"a function of numpy's asks for a value of an array of {library.name}, which is "
                f"lazy: no shape there depends on values. Nothing was computed. Compute the array "
                f"before where it is wanted. {library.advice}"
            )

    def _value(self) -> Any:
        self._computed()
        value = self._library.core.get("value")
        return self.native if value is None else value(self.native)

    def __int__(self) -> int:
        return int(self._value())

    def __float__(self) -> float:
        return float(self._value())

    def __complex__(self) -> complex:
        return complex(self._value())

    def __index__(self) -> int:
        return self._value().__index__()  # type: ignore[no-any-return]

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
    members = {"__slots__": (), "_library": library}
    cls: Any = type(f"{name.capitalize()}Duck", (Duck,), members)
    for path, native in library.core.items():
        if path in NOT_NUMPYS:
            continue
        function = numpy_function(path)
        if isinstance(function, np.ufunc):
            cls.implements(function)(loop(cls, function, native))
        else:
            cls.implements(function)(on_natives(cls, native))
    return cls  # type: ignore[no-any-return]


def wrap(library: Library, value: Any) -> Any:
    """Arguments with the library's arrays in them as ducks, and its dtypes as NumPy's."""
    if isinstance(value, library.classes):
        meet = library.core.get("meet")
        if meet is not None:
            meet(value)
        read = library.core.get("read")
        return duck_class(library)(value if read is None else read(value))
    if isinstance(value, library.dtypes.classes):
        return library.dtypes.to_numpy(value)
    if type(value) in (list, tuple):
        return type(value)([wrap(library, item) for item in value])
    items = library.core.get("items")
    found = None if items is None else items(value)
    return value if found is None else [wrap(library, item) for item in found]


def unwrap(value: Any) -> Any:
    """Results with the library's arrays in the place of ducks."""
    if isinstance(value, Duck):
        return value.native
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(unwrap, value))
    if type(value) in (list, tuple):
        return type(value)(map(unwrap, value))
    return value


def is_mutable(library: Library, a: Any = None) -> bool:
    """Whether an array can be written to; without one, whether any of the library's can."""
    writable = library.core.get("writable")
    return "setitem" in library.core and (a is None or writable is None or writable(a))


#: Functions that call functions of the program with arrays.
_CALLING = frozenset({"apply_along_axis", "apply_over_axes", "piecewise"})


def _handing_on(library: Library, value: Any) -> Any:
    """A function of the program's, which is given arrays with NumPy's methods; or other values.

    NumPy's own functions need none, and go faster without.
    """
    if type(value) in (list, tuple):
        return type(value)([_handing_on(library, item) for item in value])
    if not callable(value) or isinstance(value, type) or public_name(value) is not None:
        return value
    from .array_duck import class_of  # which is made of this module

    function: Callable[..., Any] = value
    with_methods = class_of(library)

    def call(*args: Any, **kwargs: Any) -> Any:
        arrays = [with_methods(a.native) if isinstance(a, Duck) else a for a in args]
        return wrap(library, unwrap(function(*arrays, **kwargs)))

    return call


#: Functions whose whole point is to write into their first argument, and its name.
_TARGETS = {
    **dict.fromkeys(("fill_diagonal", "put", "putmask"), "a"),
    "copyto": "dst",
    "place": "arr",
    "put_along_axis": "arr",
}
WRITING = frozenset(_TARGETS)


#: Functions with ``out=`` that are ufuncs in NumPy's code.
_BY_UFUNCS = frozenset(
    {
        *("around", "clip", "fix", "isneginf", "isposinf", "outer", "round", *np.fft.__all__),
        *("percentile", "quantile", "nanpercentile", "nanquantile"),
    }
)
#: Functions whose results, new in NumPy, are views of their arguments where these are as they want.
_SHARING = frozenset({"dstack", "meshgrid", "resize", "roll", "stack", "tile"})
#: Functions whose arguments are cast to the dtype of ``out=``, by the rule that is given.
_CASTING = frozenset({"concatenate", "hstack", "stack", "vstack"})


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
    name = getattr(function, "__name__", "call")
    if found is None or (name in WRITING and not is_mutable(library)):
        return None
    implementation: Callable[..., Any] = found
    out_at = _place_of_out(function)
    writes, calling, fills = name in WRITING, name in _CALLING, "fill" in library.core
    exact = name not in _BY_UFUNCS
    fresh = None if name in VIEWING else library.core.get("fresh")
    shares = name in _SHARING and getattr(fresh, "by_identity", False)

    def call(*args: Any, **kwargs: Any) -> Any:
        out = None
        if writes and not args:
            args = (kwargs.pop(_TARGETS[name]),)
        if writes and type(args[0]) is np.ndarray and not is_named_host(library, args[0]):
            if not fills:
                step = f"Give {library.host_copy} in the place of each array x of {library.name}"
                raise not_to_host(library, name, _TARGETS[name], step)
            target = library.core["asarray"](args[0].copy())
            call(target, *args[1:], **kwargs)
            library.core["fill"](args[0], target)
            return None
        given: Any = (args, kwargs)
        if out_at is not None:
            args, kwargs, out = _without_out(args, kwargs, out_at)
            if name in _CASTING and out is not None:
                kwargs = _cast_to(library, name, out, kwargs)
        if calling:
            args = tuple([_handing_on(library, a) for a in args])
            kwargs = {key: _handing_on(library, value) for key, value in kwargs.items()}
        args = tuple([wrap(library, a) for a in args])
        if kwargs:
            kwargs = {key: wrap(library, value) for key, value in kwargs.items()}
        # A ufunc in NumPy: where= says what of out= is written to.
        where = kwargs.pop("where", True) if name == "clip" and out is not None else True
        if writes and isinstance(given[0][0], library.classes):  # itself, and not its values
            args = (duck_class(library)(given[0][0]), *args[1:])
        result = implementation(*args, **kwargs)
        if out is None and name == "nan_to_num" and not _copies(*args[1:2], **kwargs):
            out = given[0][0] if given[0] else given[1]["x"]
            if isinstance(out, library.classes) and not is_mutable(library, out):
                raise UnsupportedArgumentError(
                    f"numpy.nan_to_num: copy=False writes to x, and arrays of {library.name} "
                    "cannot be written to. Leave it out, and assign the result: "
                    "x = np.nan_to_num(x)"
                )
        if out is not None:
            casting = kwargs.get("casting", "same_kind")
            return write_out(library, name, result, out, where, casting, exact)
        result = unwrap(result)
        if shares:  # copied, whatever it is
            given = (result,)
        return result if fresh is None else made_fresh(library, fresh, result, given)

    call.__name__ = call.__qualname__ = name
    call.__wrapped__ = implementation  # type: ignore[attr-defined]
    return call


def not_to_host(library: Library, name: str, target: str, step: str) -> UnsupportedArgumentError:
    """The error of a call that would write arrays of a library to an ndarray."""
    return UnsupportedArgumentError(
        f"numpy.{name}: {target} is a numpy.ndarray, into which the result would have to be copied "
        f"from the arrays of {library.name}. {step}"
    )


def _cast_to(library: Library, name: str, out: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments that say that what is joined is cast to the dtype of ``out=``."""
    if kwargs.get("dtype") is not None:
        raise TypeError(f"numpy.{name} takes one of `out` and `dtype`, and both were given")
    dtype = duck_class(library)(out).dtype if isinstance(out, library.classes) else out.dtype
    return {**kwargs, "dtype": dtype}


def _copies(copy: Any = True, **kwargs: Any) -> bool:
    return bool(copy)


def made_fresh(library: Library, fresh: Callable[..., Any], result: Any, given: Any) -> Any:
    """Results that may be written to without a change to what was given."""
    if isinstance(result, library.classes):
        return fresh(result, list(natives_in(library, given)))
    if isinstance(result, tuple) and hasattr(result, "_fields"):
        return type(result)(*(made_fresh(library, fresh, item, given) for item in result))
    if type(result) in (list, tuple):
        return type(result)(made_fresh(library, fresh, item, given) for item in result)
    return result


def natives_in(library: Library, value: Any) -> Iterator[Any]:
    """The library's arrays in arguments."""
    if isinstance(value, (library.classes, np.ndarray)):
        yield value
    elif isinstance(value, dict):
        yield from natives_in(library, tuple(value.values()))
    elif type(value) in (list, tuple):
        for item in value:
            yield from natives_in(library, item)


def _place_of_out(function: Callable[..., Any]) -> int | None:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    for position, parameter in enumerate(parameters):
        if parameter.name == "out":
            by_position = parameter.kind is not parameter.KEYWORD_ONLY
            variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
            return position if by_position and not variadic else 10**6
    return None


def _without_out(
    args: tuple[Any, ...], kwargs: dict[str, Any], position: int
) -> tuple[tuple[Any, ...], dict[str, Any], Any]:
    if len(args) > position:
        return (*args[:position], None, *args[position + 1 :]), kwargs, args[position]
    if kwargs.get("out") is not None:
        kwargs = dict(kwargs)
        return args, kwargs, kwargs.pop("out")
    return args, kwargs, None


def write_out(
    library: Library,
    name: str,
    result: Any,
    out: Any,
    where: Any = True,
    casting: Any = "same_kind",
    exact: bool = False,
) -> Any:
    """Write a duck's values to ``out=``, as NumPy does, and return it.

    What NumPy does by a ufunc repeats a smaller result; with `exact` it is refused.

    Raises
    ------
    UnsupportedArgumentError
        If `out` is not an array of the library, or cannot be written to.
    """
    if isinstance(out, tuple) and len(out) == 1 and not isinstance(result, tuple):
        out = out[0]
    if isinstance(result, tuple):
        pairs = zip(result, out, strict=True)
        return tuple(
            unwrap(one) if to is None else write_out(library, name, one, to, where, casting, exact)
            for one, to in pairs
        )
    cls = duck_class(library)
    if is_named_host(library, out):
        np.copyto(out, np.asarray(unwrap(result)), casting or "same_kind", of_host(library, where))
        return out
    on_host = type(out) is np.ndarray
    on_library = isinstance(out, library.classes)
    if not on_host and not (on_library and is_mutable(library, out)):
        raise UnsupportedArgumentError(
            f"numpy.{name}: out= is not supported for arrays of {library.name}"
            + (
                ", which cannot be written to; leave it out, and assign the result"
                if on_library or not is_mutable(library)
                else f" where it is a {type(out).__name__}; give an array of {library.name}"
            )
        )
    target = out if on_host else cls(out)
    result = result if isinstance(result, cls) else np.asarray(result)
    if name == "dot" and result.dtype != target.dtype:
        raise ValueError("output array is not acceptable (must have the right datatype)")
    if not np.can_cast(result.dtype, target.dtype, casting):
        raise TypeError(
            f"numpy.{name}: cannot cast the result from {result.dtype!r} to {target.dtype!r} of "
            f"out= with casting rule {casting!r}"
        )
    fills = result.shape if exact else np.broadcast_shapes(result.shape, target.shape)
    if fills != target.shape:
        raise ValueError(
            f"numpy.{name}: out= has the shape {target.shape}, and the result {result.shape}"
        )
    if on_host and "fill" not in library.core:
        step = f"Leave it out, and assign the result. {library.advice}"
        raise not_to_host(library, name, "out=", step)
    if on_host:
        if where is not True:
            result = np.where(wrap(library, where), result, target)
        own = cls._implementations.core.own
        library.core["fill"](out, own(np.broadcast_to(own(result), out.shape), out.dtype).native)
        return out
    if where is True:
        target[...] = result
    else:
        target[...] = np.where(wrap(library, where), result, target)
    return out


def is_named_host(library: Library, target: Any) -> bool:
    """Whether a target is an ndarray, by which the user has asked for a copy on the host."""
    return type(target) is np.ndarray and library.to_host == "numpy.asarray"


def of_host(library: Library, value: Any) -> Any:
    value = unwrap(value)
    return np.asarray(value) if isinstance(value, library.classes) else value
