"""What the adapters of labelled arrays share: closed tables, and calls without labels."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..derived.core import numpy_function
from ..errors import UnsupportedArgumentError
from .library import Row
from .unsupported import Unsupported


def bound(name: str) -> Callable[..., dict[str, Any]]:
    """Reads the arguments of a call by NumPy's names."""
    try:
        signature = inspect.signature(numpy_function(name))
    except ValueError:  # empty_like, which is written in C, tells its own since NumPy 2.4
        signature = inspect.signature(np.ones_like)

    def bind(*args: Any, **kwargs: Any) -> dict[str, Any]:
        return dict(signature.bind(*args, **kwargs).arguments)

    return bind


def only(
    name: str, given: Mapping[str, Any], kind: str, plain: str, known: tuple[str, ...] = ()
) -> None:
    """Refuse arguments that have no meaning with labels.

    Parameters
    ----------
    name : str
        NumPy's name of the function.
    given : mapping of str to object
    kind, plain : str
        What is labelled, and what is the same without labels, in words.
    known : tuple of str
        Arguments that have a meaning.
    """
    for argument, value in given.items():
        if argument not in known and not (value is None or value is np._NoValue):
            raise UnsupportedArgumentError(
                f"numpy.{name}: argument {argument}= is not supported for a {kind}; leave it "
                f"out, or give {plain}, which is without labels"
            )


def as_numpy_has_it(name: str) -> Callable[..., Any]:
    """What is asked is no array, so that there is nothing that labels could be of."""
    function = numpy_function(name)

    def call(*args: Any, **kwargs: Any) -> Any:
        return np.ndarray.__array_function__(np.empty(0), function, (), args, kwargs)

    return call


def table(names: str, make: Callable[..., Row], *more: Any) -> dict[str, Row]:
    """A row for each name, made by its name."""
    return {name: make(name, *more) for name in names.split()}


class Closed(dict[str, Row]):
    """Rows for functions, and a refusal for every function without one; ufuncs are the library's.

    Parameters
    ----------
    rows : mapping of str to Row
    reason : str
        Why there is no row.
    instead : mapping of str to str
        The next step, by function.
    otherwise : str
        That of the others; ``{}`` stands for NumPy's name of the function.
    """

    def __init__(
        self, rows: Mapping[str, Row], reason: str, instead: Mapping[str, str], otherwise: str
    ) -> None:
        super().__init__(rows)
        self._reason, self._instead, self._otherwise = reason, instead, otherwise

    def get(self, name: str, default: Any = None) -> Any:
        if name in self:
            return self[name]
        head = name.partition(".")[0]
        if head == "ufunc" or isinstance(getattr(np, head, None), np.ufunc):
            return default
        step = self._instead.get(name) or self._otherwise.format(name)
        return Unsupported(self._reason, step)
