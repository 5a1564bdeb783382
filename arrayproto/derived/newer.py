"""Arguments that the installed NumPy has, and the derived functions, which are older, have not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy

from ..errors import UnsupportedArgumentError


def refusing_newer(
    name: str, function: Callable[..., Any], composed: Callable[..., Any]
) -> Callable[..., Any]:
    """A derived function that says so where it lacks an argument of NumPy's function.

    Parameters
    ----------
    name : str
        Of NumPy's function, without ``numpy.``.
    function : callable
        NumPy's own.
    composed : callable
        What is derived in its place.

    Returns
    -------
    callable
        `composed` itself unless the installed NumPy has optional arguments that it has not: these
        are refused, but for their defaults.
    """
    try:
        ours = inspect.signature(composed).parameters
        theirs = inspect.signature(function).parameters
    except (TypeError, ValueError):  # written in C: Python's own message has to do
        return composed
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in ours.values()):
        return composed
    newer = {
        key: p.default
        for key, p in theirs.items()
        if key not in ours
        and p.default is not p.empty
        and key != "like"  # NumPy's dispatch takes it
    }
    if not newer:
        return composed

    def call(*args: Any, **kwargs: Any) -> Any:
        for key in newer.keys() & kwargs.keys():
            value = kwargs.pop(key)
            if value is not newer[key] and value is not numpy._NoValue:
                raise UnsupportedArgumentError(
                    f"numpy.{name}: argument {key!r}, which NumPy {numpy.__version__} has, is not "
                    f"derived by this arrayproto yet; leave {key!r} out"
                )
        return composed(*args, **kwargs)

    call.__name__ = call.__qualname__ = name.rpartition(".")[2]
    call.__wrapped__ = composed  # type: ignore[attr-defined]
    call.lacking = frozenset(newer)  # type: ignore[attr-defined]
    return call
