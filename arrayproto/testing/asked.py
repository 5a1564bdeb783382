"""What the checks of `discipline` ask an array class: calls, strangers, words for answers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ..errors import UnsupportedArgumentError, UnsupportedFunctionError
from .judge import told
from .subjects import Subject

VALUES = np.array([[1.0, 2.0], [3.0, 4.5]])
ANSWER = object()
_REFUSALS = (UnsupportedFunctionError, UnsupportedArgumentError)


class Broken(AssertionError):
    """The class does not do what the check asks."""


class DoesNotApply(Exception):
    """There is nothing to ask the class."""


class Outcome(NamedTuple):
    """What came of a check.

    Attributes
    ----------
    name : str
    passed : bool or None
        None where it does not apply.
    detail : str
    """

    name: str
    passed: bool | None
    detail: str = ""


class Stranger:
    """An array of a library that nobody knows: it answers everything."""

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return ANSWER

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return ANSWER


class Silent:
    """The same, and it answers nothing."""

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return NotImplemented

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return NotImplemented


class BoomError(Exception):
    """Raised by a function of the caller's."""


def boom(*_: Any, **__: Any) -> Any:
    raise BoomError


#: Calls of one array.
ONE: dict[str, Callable[[Any], Any]] = {
    "np.sum(x)": np.sum,
    "np.mean(x)": np.mean,
    "np.max(x)": np.max,
    "np.sum(x, axis=0)": lambda x: np.sum(x, axis=0),
    "np.cumsum(x, axis=0)": lambda x: np.cumsum(x, axis=0),
    "np.sort(x)": np.sort,
    "np.transpose(x)": np.transpose,
    "np.reshape(x, (4,))": lambda x: np.reshape(x, (4,)),
    "np.sqrt(x)": np.sqrt,
    "np.exp(x)": np.exp,
    "np.negative(x)": np.negative,
}

#: Calls of two.
TWO: dict[str, Callable[[Any, Any], Any]] = {
    "np.concatenate((x, y))": lambda x, y: np.concatenate((x, y)),
    "np.stack((x, y))": lambda x, y: np.stack((x, y)),
    "np.dot(x, y)": np.dot,
    "np.tensordot(x, y, 1)": lambda x, y: np.tensordot(x, y, 1),
    "np.where(x > 2, x, y)": lambda x, y: np.where(x > 2, x, y),
    "np.add(x, y)": np.add,
    "np.multiply(x, y)": np.multiply,
    "np.matmul(x, y)": np.matmul,
    "x + y": operator.add,
    "x * y": operator.mul,
}

#: Calls that make arrays like another.
LIKE: dict[str, Callable[[Any], Any]] = {
    "np.asarray([1.0, 2.0], like=x)": lambda x: np.asarray([1.0, 2.0], like=x),
    "np.array([[1, 2]], like=x)": lambda x: np.array([[1, 2]], like=x),
    "np.zeros((2, 2), like=x)": lambda x: np.zeros((2, 2), like=x),
    "np.ones(3, like=x)": lambda x: np.ones(3, like=x),
    "np.full(3, 2.5, like=x)": lambda x: np.full(3, 2.5, like=x),
    "np.arange(4, like=x)": lambda x: np.arange(4, like=x),
    "np.eye(2, like=x)": lambda x: np.eye(2, like=x),
}


def array_of(subject: Subject) -> Any:
    return subject.from_numpy(VALUES.copy())


def read(subject: Subject, value: Any) -> Any:
    return subject.to_numpy(value) if subject.is_array(value) else value


def short(error: Exception) -> str:
    return told(error).split("\n")[0][:160]


def declined(error: Exception) -> bool:
    """Whether an error says that nobody answers: NumPy's, or one of our refusals."""
    if isinstance(error, _REFUSALS):
        return True
    text = told(error)
    return isinstance(error, TypeError) and (
        "no implementation found for" in text
        or "returned NotImplemented" in text
        or "unsupported operand" in text
        or "not supported between instances" in text
    )


def having(subject: Subject, calls: dict[str, Any], count: int) -> Iterator[tuple[str, Any]]:
    """Of these calls, those that the class answers."""
    for text, call in calls.items():
        arrays = [array_of(subject) for _ in range(count)]
        try:
            result = call(*arrays)
            read(subject, result)
        except Exception:  # noqa: S112 - the oracle tells of these
            continue
        if subject.is_array(result) or isinstance(result, (np.generic, bool, int, float)):
            yield text, call


def some(found: list[Any], what: str) -> list[Any]:
    if not found:
        raise DoesNotApply(f"it has none of {what}")
    return found


def method_of(subject: Subject) -> Any:
    method = getattr(subject.classes()[0], "__array_function__", None)
    if method is None or method is np.ndarray.__array_function__:
        raise DoesNotApply("it has no __array_function__ of its own")
    return method
