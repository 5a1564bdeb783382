"""Ducks: arrays of any library seen as NumPy sees its own.

Libraries that are no copies of NumPy have functions, promotion rules, indexing and dtypes of their
own. `arrayproto.derived.core` says how little of them is needed. A duck is a thin view of a
library's array that has NumPy's attributes and the functions of that core; every other function of
NumPy follows. Nothing is copied on the way in or out.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from .derived.core import numpy_function
from .errors import UnsupportedArgumentError, UnsupportedFunctionError
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

    def __setitem__(self, key: Any, value: Any) -> None:
        write = self._library.core.get("setitem")
        if write is None:
            raise UnsupportedFunctionError(
                f"arrays of {self._library.name} cannot be written to; numpy.where makes a new one"
            )
        own = type(self)._implementations.core.own(value, self.dtype)
        write(self.native, unwrap(key), own.native)

    @property
    def known(self) -> bool:
        """Whether there are values: while a library traces a program there are none."""
        return self._library.known(self.native)

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
    members = {"__slots__": (), "_library": library}
    cls: Any = type(f"{name.capitalize()}Duck", (Duck,), members)
    for path, native in library.core.items():
        if path in ("getitem", "setitem"):
            continue
        function = numpy_function(path)
        if isinstance(function, np.ufunc):
            cls.implements(function)(_loop(cls, function, native))
        else:
            cls.implements(function)(_on_natives(cls, native))
    return cls  # type: ignore[no-any-return]


def _on_natives(cls: type[Duck], native: Callable[..., Any]) -> Callable[..., Any]:
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
    compares = ufunc.__name__ in ("less", "equal")

    def call(*inputs: Any) -> Any:
        kinds = [x.dtype if type(x) is cls else _kind(x) for x in inputs]
        *wanted, result_dtype = ufunc.resolve_dtypes((*kinds, None))
        if of_bools is not None and wanted[0].kind == "b":
            return of_bools(*inputs)
        if compares:
            known = _beyond(ufunc, inputs, wanted[0])
            if known is not None:
                shape = next(x.shape for x in inputs if type(x) is cls)
                return cls(core["broadcast_to"](asarray(np.asarray(known)), shape))
        natives = []
        for x, kind in zip(inputs, wanted, strict=True):
            if type(x) is not cls:
                x = asarray(np.asarray(x, kind))
            elif x.dtype == kind:
                x = x.native
            else:
                x = astype(x.native, kind)
            natives.append(x)
        try:
            result = native(*natives)
        except TypeError:
            if ufunc.signature is None:
                np.broadcast_shapes(*(tuple(x.shape) for x in natives))  # NumPy's error
            raise
        if dtypes.to_numpy(result.dtype) != result_dtype:
            result = astype(result, result_dtype)
        return cls(result)

    return call


def _kind(number: Any) -> Any:
    """What counts for promotion: that a Python number is weak."""
    kind = type(number)
    return np.dtype(bool) if kind is bool else kind


def _beyond(ufunc: np.ufunc, inputs: tuple[Any, ...], dtype: Any) -> bool | None:
    """What a comparison says of an integer of Python's that the dtype cannot hold."""
    if dtype.kind not in "iu":
        return None
    for position, x in enumerate(inputs):
        if type(x) is int:
            bounds = np.iinfo(dtype)
            if not bounds.min <= x <= bounds.max:
                return ufunc.__name__ == "less" and (x > 0) == (position == 1)
    return None


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
    """Arguments with the library's arrays in them as ducks, and its dtypes as NumPy's."""
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


def _is_mutable(library: Library) -> bool:
    return "setitem" in library.core


#: Functions whose whole point is to write into their first argument.
_WRITING = frozenset({"copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"})


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
    if found is None or (name in _WRITING and not _is_mutable(library)):
        return None
    implementation: Callable[..., Any] = found
    out_at = _place_of_out(function)

    def call(*args: Any, **kwargs: Any) -> Any:
        out = None
        if out_at is not None:
            args, kwargs, out = _without_out(args, kwargs, out_at)
        args = tuple([wrap(library, a) for a in args])
        if kwargs:
            kwargs = {key: wrap(library, value) for key, value in kwargs.items()}
        result = implementation(*args, **kwargs)
        return unwrap(result) if out is None else write_out(library, name, result, out)

    call.__name__ = call.__qualname__ = name
    call.__wrapped__ = implementation  # type: ignore[attr-defined]
    return call


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
    library: Library, name: str, result: Any, out: Any, where: Any = True, casting: Any = None
) -> Any:
    """Write a duck's values to ``out=``, as NumPy does, and return it.

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
            unwrap(one) if to is None else write_out(library, name, one, to, where, casting)
            for one, to in pairs
        )
    cls = duck_class(library)
    if not isinstance(out, library.classes) or not _is_mutable(library):
        raise UnsupportedArgumentError(
            f"numpy.{name}: out= is not supported for arrays of {library.name}"
            + (
                ", which cannot be written to; leave it out, and assign the result"
                if not _is_mutable(library)
                else f" where it is a {type(out).__name__}; give an array of {library.name}"
            )
        )
    target = cls(out)
    result = result if isinstance(result, cls) else np.asarray(result)
    if casting is None and not np.can_cast(result.dtype, target.dtype, "same_kind"):
        raise TypeError(
            f"numpy.{name}: cannot cast the result from {result.dtype!r} to {target.dtype!r} of "
            "out= with casting rule 'same_kind'"
        )
    if np.broadcast_shapes(result.shape, target.shape) != target.shape:
        raise ValueError(
            f"numpy.{name}: out= has the shape {target.shape}, and the result {result.shape}"
        )
    if where is True:
        target[...] = result
    else:
        target[...] = np.where(wrap(library, where), result, target)
    return out


def derives(library: Library, ufunc: np.ufunc) -> bool:
    """Whether a library with a core gets a ufunc."""
    from .derived import elementwise  # needs the namespace, and that us

    name = ufunc.__name__
    return name in library.core or name in elementwise.__all__


def ufunc_through_ducks(
    library: Library, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any
) -> Any:
    """The answer to a ufunc, or to a method of it, by way of ducks."""
    cls = duck_class(library)
    if method == "at":
        return _at(library, ufunc, *inputs)
    inputs = tuple([wrap(library, x) for x in inputs])
    out, where = kwargs.pop("out", None), True
    if out is not None and method == "__call__":
        where = kwargs.pop("where", True)
    kwargs = {key: wrap(library, value) for key, value in kwargs.items()}
    duck = next((x for x in (*inputs, *kwargs.values()) if isinstance(x, cls)), None)
    if duck is None:  # only out= or where= is an array of the library
        inputs = (cls._implementations.core.own(np.asarray(inputs[0])), *inputs[1:])
        duck = inputs[0]
    result = duck._derive_ufunc(ufunc, method, *inputs, **kwargs)
    if out is None:
        return unwrap(result)
    return write_out(library, ufunc.__name__, result, out, where)


def _at(library: Library, ufunc: np.ufunc, a: Any, indices: Any, b: Any = None) -> Any:
    """``ufunc.at``: one element after the other, so that repeated indices count repeatedly."""
    if not isinstance(a, library.classes) or not _is_mutable(library):
        raise UnsupportedFunctionError(
            f"numpy.{ufunc.__name__}.at is not supported for arrays of {library.name}, which "
            "cannot be written to. numpy.bincount(indices, weights=b) adds up by index"
        )
    target = wrap(library, a)
    places = np.empty(target.shape, np.intp)
    places.flat[:] = np.arange(places.size)
    where = places[_on_host(indices)].reshape(-1)
    values = None
    if b is not None:
        shape = places[_on_host(indices)].shape
        values = np.reshape(np.broadcast_to(wrap(library, b), shape), -1)
    flat = np.reshape(target, -1)
    for n, place in enumerate(where):
        one = flat[int(place)]
        flat[int(place)] = ufunc(one) if values is None else ufunc(one, values[n])
    target[...] = np.reshape(flat, target.shape)
    return None


def _on_host(indices: Any) -> Any:
    if isinstance(indices, tuple):
        return tuple(map(_on_host, indices))
    return indices
