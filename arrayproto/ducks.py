"""Ducks: arrays of any library seen as NumPy sees its own.

Libraries that are no copies of NumPy have functions, promotion rules, indexing and dtypes of their
own. `arrayproto.derived.core` says how little of them is needed. A duck is a thin view of a
library's array that has NumPy's attributes and the functions of that core; every other function of
NumPy follows. Nothing is copied on the way in or out.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from .authors import ArrayFunctionMixin
from .authors.registry import VIEWING
from .derived.core import numpy_function, stand_in
from .errors import UnsupportedArgumentError, UnsupportedFunctionError
from .libraries.library import Library

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

    def _value(self) -> Any:
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
    special = {
        kind: found[ufunc.__name__]
        for kind, found in (("b", _OF_BOOLS), ("c", _OF_COMPLEX))
        if ufunc.__name__ in found
    }
    check: Callable[..., Any] = _check_matmul if ufunc.__name__ == "matmul" else np.broadcast_shapes
    loops: dict[Any, Any] = {}

    def call(*inputs: Any) -> Any:
        kinds = tuple([x.dtype if type(x) is cls else _kind(x) for x in inputs])
        found = loops.get(kinds)
        if found is None:
            found = loops[kinds] = ufunc.resolve_dtypes((*kinds, None))
        *wanted, result_dtype = found
        if wanted[0].kind in special:
            return special[wanted[0].kind](*inputs)
        natives = []
        for x, kind in zip(inputs, wanted, strict=True):
            if type(x) is not cls:
                try:
                    x = asarray(np.asarray(x, kind))
                except OverflowError:
                    if ufunc.__name__ not in ("less", "equal"):
                        raise
                    return _out_of_bounds(cls, ufunc, *inputs)
            elif x.dtype == kind:
                x = x.native
            else:
                x = astype(x.native, kind)
            natives.append(x)
        if len(natives) > 1 and (natives[0].shape != natives[1].shape or check is _check_matmul):
            check(tuple(natives[0].shape), tuple(natives[1].shape))
        result = native(*natives)
        if dtypes.to_numpy(result.dtype) != result_dtype:
            result = astype(result, result_dtype)
        return cls(result)

    return call


def _kind(number: Any) -> Any:
    """What counts for promotion: that a Python number is weak."""
    kind = type(number)
    return np.dtype(bool) if kind is bool else kind


def _check_matmul(shape1: tuple[int, ...], shape2: tuple[int, ...]) -> None:
    """Raise NumPy's error where these cannot be multiplied."""
    if not shape1 or not shape2 or shape1[-1] != shape2[-2 if len(shape2) > 1 else 0]:
        np.matmul(stand_in(shape1), stand_in(shape2))
    np.broadcast_shapes(shape1[:-2], shape2[:-2])


def _out_of_bounds(cls: type[Duck], ufunc: np.ufunc, x1: Any, x2: Any) -> Any:
    """A comparison with a Python integer that the array's dtype has not got: by value."""
    first = type(x1) is cls
    array, number = (x1, x2) if first else (x2, x1)
    answer = ufunc.__name__ == "less" and (number > 0) == first
    core = cls._library.core
    return cls(core["broadcast_to"](core["asarray"](np.asarray(answer)), array.shape))


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


# Orders of complex numbers, likewise ------------------------------------------------------------


def _less_complex(x1: Any, x2: Any) -> Any:
    re1, im1, re2, im2 = np.real(x1), np.imag(x1), np.real(x2), np.imag(x2)
    known = np.logical_not(np.logical_or(np.isnan(im1), np.isnan(im2)))
    return np.logical_or(
        np.logical_and(np.less(re1, re2), known),
        np.logical_and(np.equal(re1, re2), np.less(im1, im2)),
    )


_OF_COMPLEX: dict[str, Callable[..., Any]] = {"less": _less_complex}


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


#: Functions whose whole point is to write into their first argument.
WRITING = frozenset({"copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"})


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
    writes = name in WRITING and "fill" in library.core
    fresh = None if name in VIEWING else library.core.get("fresh")

    def call(*args: Any, **kwargs: Any) -> Any:
        out = None
        if writes and args and type(args[0]) is np.ndarray:
            target = library.core["asarray"](args[0].copy())
            call(target, *args[1:], **kwargs)
            library.core["fill"](args[0], target)
            return None
        given = (args, kwargs)
        if out_at is not None:
            args, kwargs, out = _without_out(args, kwargs, out_at)
        args = tuple([wrap(library, a) for a in args])
        if kwargs:
            kwargs = {key: wrap(library, value) for key, value in kwargs.items()}
        # A ufunc in NumPy: where= says what of out= is written to.
        where = kwargs.pop("where", True) if name == "clip" and out is not None else True
        if name in WRITING:
            args, kwargs = _with_target(library, given, args, kwargs)
        result = implementation(*args, **kwargs)
        if out is None and name == "nan_to_num" and not _copies(*args[1:2], **kwargs):
            out = given[0][0]
        if out is not None:
            return write_out(library, name, result, out, where)
        result = unwrap(result)
        return result if fresh is None else _fresh(library, fresh, result, given)

    call.__name__ = call.__qualname__ = name
    call.__wrapped__ = implementation  # type: ignore[attr-defined]
    return call


def _with_target(
    library: Library, given: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments whose first is what was given for it, to be written to, and not its values."""
    cls = duck_class(library)
    if args:
        target = given[0][0]
        return (cls(target) if isinstance(target, library.classes) else args[0], *args[1:]), kwargs
    for key in ("dst", "a", "arr"):
        if isinstance(given[1].get(key), library.classes):
            kwargs = {**kwargs, key: cls(given[1][key])}
    return args, kwargs


def _copies(copy: Any = True, **kwargs: Any) -> bool:
    return bool(copy)


def _fresh(library: Library, fresh: Callable[..., Any], result: Any, given: Any) -> Any:
    """Results that may be written to without a change to what was given."""
    if isinstance(result, library.classes):
        return fresh(result, list(natives_in(library, given)))
    if isinstance(result, tuple) and hasattr(result, "_fields"):
        return type(result)(*(_fresh(library, fresh, item, given) for item in result))
    if type(result) in (list, tuple):
        return type(result)(_fresh(library, fresh, item, given) for item in result)
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
    if _is_named_host(library, out):
        np.copyto(out, np.asarray(unwrap(result)), casting or "same_kind", _of_host(library, where))
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
    if np.broadcast_shapes(result.shape, target.shape) != target.shape:
        raise ValueError(
            f"numpy.{name}: out= has the shape {target.shape}, and the result {result.shape}"
        )
    if on_host and "fill" not in library.core:
        raise UnsupportedArgumentError(
            f"numpy.{name}: out= is a numpy.ndarray, into which the result would have to be copied "
            f"from the arrays of {library.name}. Leave it out, and assign the result. "
            f"{library.advice}"
        )
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


def _is_named_host(library: Library, target: Any) -> bool:
    """Whether a target is an ndarray, by which the user has asked for a copy on the host."""
    return type(target) is np.ndarray and library.to_host == "numpy.asarray"


def _of_host(library: Library, value: Any) -> Any:
    value = unwrap(value)
    return np.asarray(value) if isinstance(value, library.classes) else value


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
    given = inputs
    inputs = tuple([wrap(library, x) for x in inputs])
    if method == "reduceat" and isinstance(inputs[1], cls):
        # Where the slices begin decides what is computed.
        inputs = (inputs[0], [int(inputs[1][i]) for i in range(len(inputs[1]))], *inputs[2:])
    out, where = kwargs.pop("out", None), True
    if out is not None and method == "__call__":
        where = kwargs.pop("where", True)
    casting = kwargs.get("casting", "same_kind") if method == "__call__" else "unsafe"
    kwargs = {key: wrap(library, value) for key, value in kwargs.items()}
    duck = next((x for x in (*inputs, *kwargs.values()) if isinstance(x, cls)), None)
    if duck is None:  # only out= or where= is an array of the library
        wrap(library, out)
        inputs = (cls._implementations.core.own(np.asarray(inputs[0])), *inputs[1:])
        duck = inputs[0]
    result = duck._derive_ufunc(ufunc, method, *inputs, **kwargs)
    if out is not None:
        return write_out(library, ufunc.__name__, result, out, where, casting)
    result, fresh = unwrap(result), library.core.get("fresh")
    return result if fresh is None else _fresh(library, fresh, result, given)


def _at(library: Library, ufunc: np.ufunc, a: Any, indices: Any, *operands: Any) -> None:
    """``ufunc.at``: an index that occurs several times counts as often."""
    if _is_named_host(library, a):
        operands = tuple(_of_host(library, x) for x in operands)
        ufunc.at(a, _of_host(library, indices), *operands)
        return
    cls, core = duck_class(library), library.core
    name = f"numpy.{ufunc.__name__}.at"
    on_host = type(a) is np.ndarray and "fill" in core
    if not on_host and not (isinstance(a, library.classes) and is_mutable(library, a)):
        raise UnsupportedFunctionError(
            f"{name} is not supported for arrays of {library.name}, which cannot be written to, "
            f"nor where the array is a {type(a).__name__}. "
            "numpy.bincount(indices, weights=b) adds up by index"
        )
    own = cls._implementations.core.own
    target = own(a.copy()) if on_host else cls(a)
    operands = tuple(wrap(library, b) for b in operands)
    numbers = (
        b if type(b) in (bool, int, float, complex) else np.ones((), _dtype(b)) for b in operands
    )
    ufunc.at(np.ones(1, target.dtype), [0], *numbers)  # NumPy's errors
    size = math.prod(target.shape)
    indexed = _indexed(cls, np.reshape(np.arange(size), target.shape), indices)
    operands = tuple(
        b
        if type(b) in (bool, int, float, complex)
        else np.reshape(np.broadcast_to(own(b), indexed.shape), (-1,))
        for b in operands
    )
    where = np.reshape(indexed, (-1,))
    flat = np.copy(np.reshape(target, (-1,)))
    for turn in _turns(where):
        here = np.take(where, turn)
        chosen = (np.take(b, turn) if isinstance(b, cls) else b for b in operands)
        value = np.astype(ufunc(np.take(flat, here), *chosen), target.dtype)
        flat = _scattered(flat, here, value)
    target[...] = np.reshape(flat, target.shape)
    if on_host:
        core["fill"](a, target.native)


def _indexed(cls: type[Duck], places: np.ndarray[Any, Any], indices: Any) -> Any:
    """``places[indices]`` as a duck, where the library's arrays are among the indices too."""
    own = cls._implementations.core.own
    keys = list(indices) if isinstance(indices, tuple) else [indices]
    ducks = [place for place, key in enumerate(keys) if isinstance(key, cls._library.classes)]
    if not ducks:
        return own(places[indices])
    (place, *others), rest = ducks, [key for i, key in enumerate(keys) if i not in ducks]
    if others or not all(isinstance(key, slice) or key is Ellipsis for key in rest):
        raise UnsupportedArgumentError(
            f"several indices, of which some are arrays of {cls._library.name}, are not supported; "
            "give slices beside one such array, or numpy.ravel_multi_index of them"
        )
    key: Any = cls(keys[place])
    depth = len(key.shape) if key.dtype == bool else 1
    # The other axes as the slices say, and all of those that the array is for.
    keys[place : place + 1] = [slice(None)] * depth
    axis = place
    if Ellipsis in keys[:place]:
        axis = places.ndim - depth - (len(keys) - place - depth)
    lengths = places.shape[axis : axis + depth]
    places = places[tuple(keys)]
    if key.dtype == bool:
        if key.shape != lengths:
            raise IndexError(f"boolean index of shape {key.shape} for axes of lengths {lengths}")
        places = places.reshape(*places.shape[:axis], -1, *places.shape[axis + depth :])
        key = np.nonzero(np.reshape(key, (-1,)))[0]
    return np.take(own(places), key, axis=axis)


def _dtype(value: Any) -> np.dtype[Any]:
    return value.dtype if hasattr(value, "dtype") else np.asarray(value).dtype


def _turns(where: Any) -> Iterator[Any]:
    """Positions in `where`, in parts in each of which no value occurs twice."""
    if not len(where):
        return
    order = np.argsort(where, stable=True)
    ascending = np.take(where, order)
    earlier = np.subtract(np.arange(len(where)), np.searchsorted(ascending, ascending))
    for k in range(int(np.max(earlier)) + 1):
        yield np.take(order, np.nonzero(np.equal(earlier, k))[0])


def _scattered(flat: Any, here: Any, values: Any) -> Any:
    """`flat` with `values` at the positions `here`, of which none occurs twice."""
    source = np.arange(len(flat))
    order = np.argsort(here)
    nearest = np.searchsorted(np.take(here, order), source)
    nearest = np.take(order, np.minimum(nearest, len(here) - 1))
    return np.where(np.equal(np.take(here, nearest), source), np.take(values, nearest), flat)
