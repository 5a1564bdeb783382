"""Rows that the tables of several libraries share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .reasons import FAMILIES, Unsupported, why


def clip_of(find: Callable[[], Callable[..., Any]]) -> Callable[..., Any]:
    """A library's `clip` with NumPy's `min` and `max`, the Array API's names of the bounds.

    Parameters
    ----------
    find : callable
        Returns the library's function ``clip(a, a_min, a_max)``.
    """

    def clip(
        a: Any,
        a_min: Any = None,
        a_max: Any = None,
        out: Any = None,
        *,
        min: Any = None,
        max: Any = None,
        **kwargs: Any,
    ) -> Any:
        if min is not None or max is not None:
            if a_min is not None or a_max is not None:
                raise ValueError(
                    "Passing `min` or `max` keyword argument when `a_min` and `a_max` are "
                    "provided is forbidden."
                )
            a_min, a_max = min, max
        if out is not None:
            kwargs["out"] = out
        return find()(a, a_min, a_max, **kwargs)

    return clip


def no_text(module: str) -> dict[str, Unsupported]:
    """Rows for the ufuncs of text, for a library whose protocol takes every ufunc.

    Parameters
    ----------
    module : str
        The library's module.
    """
    names = (f"strings.{n}" for n in FAMILIES["text"].names if n[-1] != "*")
    return {name: why(name, module) for name in names}
