"""Rows that the tables of several libraries share."""

from __future__ import annotations

from .reasons import FAMILIES, Unsupported, why


def no_text(module: str) -> dict[str, Unsupported]:
    """Rows for the ufuncs of text, for a library whose protocol takes every ufunc.

    Parameters
    ----------
    module : str
        The library's module.
    """
    names = (f"strings.{n}" for n in FAMILIES["text"].names if n[-1] != "*")
    return {name: why(name, module) for name in names}
