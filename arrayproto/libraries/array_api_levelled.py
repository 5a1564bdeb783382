"""Namespaces that keep to the Array API standard in part, brought up to it.

Blosc2's functions give expressions, which compute when they are asked to, and ndarrays; some take
vectors only; some are not there; and some end the process for an array without elements. What such
a namespace has is enough: whatever its functions give is made an array of the class by its own
``asarray``, which the standard has, and what is missing is composed of the rest.

An index of such an array gives an ndarray, so that a part of it has left the library. It is taken
back at once, a few megabytes at a time.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from ..derived.core import CORE, EXTENSIONS, numpy_function

Core = Mapping[str, Callable[..., Any]]

#: So many bytes of an array are out of it at a time.
PART = 1 << 24

#: Functions of arrays that broadcast.
_ELEMENTWISE = frozenset(
    """
    add atan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor copysign
    divide equal floor_divide greater greater_equal hypot less less_equal logaddexp logical_and
    logical_or logical_xor maximum minimum multiply nextafter not_equal pow remainder subtract where
    """.split()  # noqa: SIM905
)

#: How functions refuse arguments that the standard says they take.
_REFUSED = (TypeError, ValueError, LookupError, AttributeError, NotImplementedError)


def follows(array_class: type, xp: Any) -> bool:
    """Whether functions, and indices, give arrays of the class, as the standard says."""
    if not (hasattr(xp, "asarray") and hasattr(xp, "add")):
        return True  # there is nothing to ask
    one = xp.asarray([1.0])
    if not isinstance(one, array_class):  # a class of the user's own, over these functions
        return True
    return isinstance(xp.add(one, one), array_class) and isinstance(one[...], array_class)


def companions(array_class: type, xp: Any) -> tuple[type, ...]:
    """Other classes of arrays that its functions give: of expressions, say.

    Raises
    ------
    TypeError
        If what they give cannot be made an array of the class.
    """
    one = xp.asarray([1.0])
    bring = Levelled(array_class, xp).bring
    module = getattr(xp, "__name__", array_class.__module__)
    found = {f"{module}.add(x, x)": xp.add(one, one), "x[...]": one[...]}
    for asked, given in found.items():
        brought: Any = None
        with contextlib.suppress(*_REFUSED):
            brought = bring(given)
        if not isinstance(brought, array_class):
            raise TypeError(
                f"{array_class.__module__}.{array_class.__qualname__} has an __array_namespace__ "
                f"that does not follow the Array API standard: {asked} gives a "
                f"{type(given).__module__}.{type(given).__qualname__}, which {module}.asarray does "
                "not make an array of it, so that nothing can be composed of its functions. It "
                "needs an adapter that says how they are called: docs/adapters.md"
            )
    if not isinstance(one.dtype, np.dtype):
        raise TypeError(
            f"{array_class.__module__}.{array_class.__qualname__} has an __array_namespace__ that "
            "does not follow the Array API standard, and dtypes that are not NumPy's. It needs an "
            "adapter that says how its functions are called: docs/adapters.md"
        )
    others = {type(given) for given in found.values()} - {array_class}
    return tuple(cls for cls in others if not issubclass(cls, (np.ndarray, np.generic)))


class Levelled:
    """The functions of a namespace, whose results are arrays of the class.

    Parameters
    ----------
    array_class : type
    xp : module
        A namespace that has the names of the standard, or some of them.
    whole : Levelled, optional
        What this is an extension of: ``linalg`` or ``fft``.
    """

    def __init__(self, array_class: type, xp: Any, whole: Levelled | None = None) -> None:
        self._cls, self._xp = array_class, xp
        self.asarray: Callable[..., Any] = self._asarray_of(xp) if whole is None else whole.asarray

    @staticmethod
    def _asarray_of(xp: Any) -> Callable[..., Any]:
        """Its ``asarray``, which takes a device, as the standard says, whether it does or not."""
        found: Callable[..., Any] = xp.asarray
        try:
            found(np.zeros(1), device=found(np.zeros(1)).device)
        except _REFUSED:
            return lambda obj, *, device=None, **kwargs: found(obj, **kwargs)
        return found

    def bring(self, result: Any) -> Any:
        """With arrays of the class in the place of whatever is like an array."""
        if isinstance(result, self._cls):
            return result
        if isinstance(result, (tuple, list)):
            return tuple(map(self.bring, result))
        if hasattr(result, "shape") and hasattr(result, "dtype") and not isinstance(result, type):
            # Expressions that are computed a chunk at a time; `asarray` may take all at once.
            computed = result.compute() if hasattr(result, "compute") else result
            return computed if isinstance(computed, self._cls) else self.asarray(computed)
        return result

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._xp, name)
        if isinstance(found, ModuleType):
            return Levelled(self._cls, found, self)
        if not callable(found) or isinstance(found, type):
            return found
        if not _takes_arguments(found):
            raise AttributeError(f"{name} is there in name only")

        elementwise = name in _ELEMENTWISE

        @functools.wraps(found)
        def call(*args: Any, **kwargs: Any) -> Any:
            args = self.bring(args)  # operators of arrays may have given something else
            shapes = {tuple(x.shape) for x in args} if elementwise else ()
            if len(shapes) < 2:
                return self.bring(found(*args, **kwargs))
            shape = np.broadcast_shapes(*shapes)
            with contextlib.suppress(*_REFUSED):
                result = self.bring(found(*args, **kwargs))
                if tuple(result.shape) == shape:
                    return result
            # Some do not broadcast all that broadcasts.
            return self.bring(found(*(self.broadcast_to(x, shape) for x in args), **kwargs))

        setattr(self, name, call)
        return call

    # What takes less than the standard says ------------------------------------------------------

    def astype(self, x: Any, dtype: Any, /, *, copy: bool = True) -> Any:
        """It may copy always."""
        x = self.bring(x)
        if x.dtype == dtype and not copy:
            return x
        return self.bring(self._xp.astype(x, dtype))

    def argsort(self, x: Any, /, *, axis: int = -1, stable: bool = True) -> Any:
        """Along the last axis it may be all that there is: what the standard's defaults say."""
        x = self.bring(x)
        try:
            return self.bring(self._xp.argsort(x, axis=axis, stable=stable))
        except _REFUSED:
            axes = [*range(x.ndim)]
            axes.append(axes.pop(axis))
            order = self.bring(self._xp.argsort(self.permute_dims(x, tuple(axes))))
            axes = [*range(x.ndim - 1)]
            axes.insert(axis % x.ndim, x.ndim - 1)
            return self.permute_dims(order, tuple(axes))

    def reshape(self, x: Any, /, shape: tuple[int, ...]) -> Any:
        """Of a vector it may be all that there is; so a vector is made first."""
        x = self.bring(x)
        if -1 in shape:
            known = math.prod(n for n in shape if n != -1)
            shape = tuple(math.prod(x.shape) // known if n == -1 else n for n in shape)
        if tuple(x.shape) == shape:
            return x
        try:
            return self.bring(self._xp.reshape(x, shape))
        except _REFUSED:
            if x.ndim == 1:
                raise
        flat, at = self.empty((math.prod(x.shape),), dtype=x.dtype), 0
        for key in parts(x.shape, x.dtype.itemsize):
            part = np.reshape(x[key], -1)
            flat[at : at + part.size] = part
            at += part.size
        return self.bring(self._xp.reshape(flat, shape))

    def permute_dims(self, x: Any, /, axes: tuple[int, ...]) -> Any:
        x = self.bring(x)
        if tuple(axes) == tuple(range(x.ndim)):
            return x
        return self.bring(self._xp.permute_dims(x, axes))

    def take_along_axis(self, x: Any, indices: Any, /, *, axis: int = -1) -> Any:
        """Of vectors `take` is the same; of others it is that of all lines, where refused."""
        x, indices = self.bring((x, indices))
        if x.ndim == 1:
            return self.take(x, indices, axis=0)
        try:
            return self.bring(self._xp.take_along_axis(x, indices, axis=axis))
        except _REFUSED:
            axis %= x.ndim
            last = (*(i for i in range(x.ndim) if i != axis), axis)
            x, indices = self.permute_dims(x, last), self.permute_dims(indices, last)
            length, taken = x.shape[-1], indices.shape[-1]
            lines = math.prod(x.shape[:-1])
            starts = self.asarray(np.arange(lines)[:, None] * length)
            places = self.add(self.reshape(indices, (lines, taken)), starts)
            flat = self.reshape(x, (lines * length,))
            found = self.take(flat, self.reshape(places, (lines * taken,)), axis=0)
            found = self.reshape(found, tuple(indices.shape))
            return self.permute_dims(found, tuple(np.argsort(last).tolist()))

    def nonzero(self, x: Any, /) -> tuple[Any, ...]:
        """Not there where a namespace has no functions whose results have such shapes."""
        size = math.prod(x.shape)
        if not size:
            return self.bring(np.nonzero(np.empty(x.shape)))
        if hasattr(self._xp, "nonzero"):
            return self.bring(self._xp.nonzero(x))
        zero = self.reshape(self.equal(x, self.asarray(np.zeros((), x.dtype))), (size,))
        zero = self.astype(zero, self.uint8)
        count = size - int(self.sum(zero, dtype=self.int64))
        if not count:
            return self.bring((np.empty(0, np.int64),) * x.ndim)
        places = self.bring(self.argsort(zero)[:count])
        found = []
        for length in reversed(x.shape):
            length = self.asarray(np.array(length))
            found.append(self.remainder(places, length))
            places = self.floor_divide(places, length)
        return tuple(reversed(found))

    def getitem(self, x: Any, key: tuple[Any, ...]) -> Any:
        """``x[key]``, of integers, slices, None and one Ellipsis, a part at a time."""
        at = key.index(Ellipsis)
        rest = x.ndim - sum(k is not None for k in key) + 1
        key = (*key[:at], *(slice(None),) * rest, *key[at + 1 :])
        picked = [k for k in key if k is not None]
        places = [range(n)[k] for n, k in zip(x.shape, picked, strict=True)]
        kept = [p for p in places if isinstance(p, range)]
        if [*map(range, x.shape)] == places:
            result = x
        else:
            result = self._taken(x, places, tuple(map(len, kept)))
        axes = [k for k in key if not isinstance(k, int)]
        for axis, k in enumerate(axes):
            if k is None:
                result = self.expand_dims(result, axis=axis)
        return result

    def _taken(self, x: Any, places: list[Any], shape: tuple[int, ...]) -> Any:
        size = x.dtype.itemsize
        if not math.prod(shape):
            return self.asarray(np.empty(shape, x.dtype))
        if math.prod(shape) * size <= PART:
            return self.asarray(x[tuple(map(_key, places))])
        result = self.empty(shape, dtype=x.dtype)
        for part in parts(shape, size):
            chosen = iter((*part, *(slice(None),) * (len(shape) - len(part))))
            result[part] = x[
                tuple(_key(p[next(chosen)] if isinstance(p, range) else p) for p in places)
            ]
        return result


def _takes_arguments(function: Callable[..., Any]) -> bool:
    try:
        return bool(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # written in C: it does not say
        return True


def _key(place: Any) -> Any:
    """The index that picks a place, or a range of these."""
    if not isinstance(place, range):
        return place
    stop: int | None = place.stop
    return slice(place.start, None if place.stop < 0 else stop, place.step)


def parts(shape: tuple[int, ...], itemsize: int) -> Iterator[tuple[Any, ...]]:
    """Indices of the parts of an array, in order, each no bigger than `PART` bytes."""
    if not shape:
        yield ()
        return
    length, *rest = shape
    row = math.prod(rest) * itemsize
    if row > PART:
        for i in range(length):
            for part in parts(tuple(rest), itemsize):
                yield i, *part
        return
    step = max(1, PART // max(row, 1))
    for start in range(0, length, step):
        yield (slice(start, min(start + step, length)),)


# The core ----------------------------------------------------------------------------------------


def levelled_core(core: Core, level: Levelled, array_class: type) -> Core:
    """A core of such a namespace, whose functions give arrays, and are given some elements.

    Arrays without elements have no values, so that NumPy's function says all of the result.

    Parameters
    ----------
    core : mapping of str to callable
        Of the functions of `level`.
    level : Levelled
    array_class : type
    """
    asarray, bring = level.asarray, level.bring

    def without_elements(value: Any) -> bool:
        return isinstance(value, array_class) and not math.prod(value.shape)

    def host(value: Any) -> Any:
        """What has the same shape and dtype; its values, zeros, do not count."""
        if not isinstance(value, array_class):
            return value
        return np.broadcast_to(np.zeros((), value.dtype), tuple(value.shape))

    def guarded(name: str) -> Callable[..., Any]:
        function, of_numpy = core[name], numpy_function(name)
        by_name = {"linalg.qr": "mode", "linalg.svd": "full_matrices"}.get(name)

        def call(*args: Any) -> Any:
            nothing = name == "broadcast_to" and 0 in args[1]
            if not nothing and not any(map(without_elements, args)):
                return bring(function(*args))
            given = [host(a) for a in args]
            named = {} if by_name is None else {by_name: given.pop()}
            return bring(of_numpy(*given, **named))

        return call

    def concatenate(arrays: Any, axis: int) -> Any:
        some = [a for a in arrays if not without_elements(a)]
        if not some:
            return asarray(np.concatenate([host(a) for a in arrays], axis))
        return some[0] if len(some) == 1 else bring(core["concatenate"](some, axis))

    def fresh(result: Any, arrays: list[Any]) -> Any:
        return result if without_elements(result) else core["fresh"](result, arrays)

    def setitem(a: Any, key: Any, value: Any) -> None:
        if not without_elements(value):
            core["setitem"](a, key, value)

    made = {name: guarded(name) for name in core.keys() & (CORE | EXTENSIONS.keys())}
    return {
        **core,
        **made,
        "asarray": core["asarray"],
        "concatenate": concatenate,
        "nonzero": level.nonzero,
        "read": bring,
        **({"fresh": fresh, "setitem": setitem} if "setitem" in core else {}),
        "writable": lambda a: isinstance(a, array_class),
    }
