"""The errors for what a library has not got."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import UnsupportedFunctionError
from .names import public_name
from .resolution import Resolution
from .unsupported import Unsupported

if TYPE_CHECKING:
    from .library import Library


def check(
    library: Library, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """Raise what NumPy raises of these arguments, where the row of the function says so."""
    row = library.differences.get(public_name(function) or "")
    if isinstance(row, Unsupported) and row.checked and (args or kwargs):
        small = {key: _stand_in(library, value) for key, value in kwargs.items()}
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function(*(_stand_in(library, value) for value in args), **small)


def _stand_in(library: Library, value: Any) -> Any:
    """A small ndarray of the same rank and dtype; an empty axis stays empty."""
    if isinstance(value, library.classes):
        return np.ones([min(int(n), 3) if n == n else 3 for n in value.shape], value.dtype)
    if type(value) in (list, tuple):
        return type(value)(_stand_in(library, part) for part in value)
    return value


def unsupported(
    library: Library, function: Callable[..., Any], types: tuple[type, ...]
) -> UnsupportedFunctionError:
    """The error for a function that the library has not got."""
    name = public_name(function)
    full = f"numpy.{name}" if name else getattr(function, "__name__", repr(function))
    return refusal(library, full, types, library.resolve(function))


def _more(library: Library) -> str:
    """The command that shows more, for error messages: it knows the libraries by name."""
    from . import LIBRARIES

    if LIBRARIES.get(library.name) is not library:
        return ""
    return f" What there is: python -m arrayproto coverage --library {library.name}."


def refusal(
    library: Library, name: str, types: tuple[type, ...], resolution: Resolution
) -> UnsupportedFunctionError:
    """The error for what `resolution` says is unsupported."""
    classes = ", ".join(f"{cls.__module__}.{cls.__qualname__}" for cls in types)
    instead = resolution.instead
    step = f" Instead: {instead}." if instead and instead != library.advice else ""
    error = UnsupportedFunctionError(
        f"{name} is not supported for arrays of {library.name} ({classes}): {resolution.note}. "
        f"Nothing was converted.{step}{_more(library)} {library.advice}".rstrip()
    )
    error.reason = f"{name} is not supported for arrays of {library.name}: {resolution.note}"
    return error
