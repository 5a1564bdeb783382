"""Array classes that each do one thing wrong, for the checks that find it."""

from __future__ import annotations

import os
from typing import Any

import numpy as np


class Good(np.lib.mixins.NDArrayOperatorsMixin):
    """Holds an ndarray, and does all of NumPy with it."""

    def __init__(self, held: Any) -> None:
        self._held = np.array(held)

    from_numpy = classmethod(lambda cls, array: cls(array))

    def to_numpy(self) -> np.ndarray:
        return self._held.copy()

    def __repr__(self) -> str:
        return f"Good({self._held!r})"

    def _handles(self, types: Any) -> bool:
        return all(issubclass(cls, (Good, np.ndarray)) for cls in types)

    def _wrapped(self, result: Any) -> Any:
        if isinstance(result, (list, tuple)):
            return type(result)(map(self._wrapped, result))
        return type(self)(result) if isinstance(result, (np.ndarray, np.generic)) else result

    def __array_function__(self, func, types, args, kwargs):
        if not self._handles(types) or not func.__module__.startswith("numpy"):
            return NotImplemented
        return self._wrapped(func(*_held(args), **_held(kwargs)))

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        arrays = {type(x) for x in inputs if hasattr(type(x), "__array_ufunc__")}
        if not self._handles(arrays - {type(x) for x in inputs if isinstance(x, np.generic)}):
            return NotImplemented
        return self._wrapped(getattr(ufunc, method)(*_held(inputs), **_held(kwargs)))


def _held(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(map(_held, value))
    if isinstance(value, dict):
        return {key: _held(item) for key, item in value.items()}
    return value._held if isinstance(value, Good) else value


class Greedy(Good):
    """Answers beside anybody."""

    def _handles(self, types: Any) -> bool:
        return True

    def __array_function__(self, func, types, args, kwargs):
        return self

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return self


class Converting(Good):
    """Gives an ndarray for a function that it does not know."""

    def __array_function__(self, func, types, args, kwargs):
        result = super().__array_function__(func, types, args, kwargs)
        return self._held if result is NotImplemented else result


class Exact(Good):
    """Takes its own class for all that there is."""

    def __array_function__(self, func, types, args, kwargs):
        if any(cls is not type(self) and cls is not np.ndarray for cls in types):
            return NotImplemented
        return super().__array_function__(func, types, args, kwargs)


class First(Good):
    """Its operator does not let a subclass answer."""

    def __add__(self, other):
        return (
            type(self)(self._held + other._held) if isinstance(other, Good) else np.add(self, other)
        )


class Swallowing(Good):
    """Makes a refusal of every error."""

    def __array_function__(self, func, types, args, kwargs):
        try:
            return super().__array_function__(func, types, args, kwargs)
        except Exception:
            return self


class Leaving(Good):
    """The operator on the right gives an ndarray."""

    def __radd__(self, other):
        return np.asarray(other) + self._held


class Alike(Good):
    """Makes ndarrays where its own are asked for."""

    def __array_function__(self, func, types, args, kwargs):
        if func in (np.asarray, np.array):
            return np.asarray(args[0])
        return super().__array_function__(func, types, args, kwargs)


class Sorting(Good):
    """Sorts in place."""

    def __array_function__(self, func, types, args, kwargs):
        if func is np.sort:
            self._held.sort()
            self._held[0] = 0
        return super().__array_function__(func, types, args, kwargs)


class Attached(Good):
    """Cannot be pickled, and has no product."""

    def __reduce__(self):
        raise TypeError("holds an open file")

    def __array_function__(self, func, types, args, kwargs):
        if func is np.prod:
            return NotImplemented
        return super().__array_function__(func, types, args, kwargs)


class Sharing(Good):
    """A deep copy is the same array, which can be written to."""

    def __setitem__(self, key, value):
        self._held[key] = value

    def __deepcopy__(self, memo):
        return self


class Plain(Good):
    """Prints as any object."""

    __repr__ = object.__repr__


class MumbleError(ValueError):
    """Has no message."""

    def __str__(self):
        raise AttributeError("no message")


class Mumbling(Good):
    """Its errors cannot be read, and nothing of it can be added."""

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        raise MumbleError


class Fatal(Good):
    """Ends the process where a library of compiled code might."""

    def __array_function__(self, func, types, args, kwargs):
        if func is np.flipud and args and args[0]._held.dtype == bool:
            os._exit(7)
        return super().__array_function__(func, types, args, kwargs)
