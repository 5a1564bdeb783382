"""What happens where a library has not got a function: the user's choice, given by name."""

from __future__ import annotations

from typing import Literal, get_args

Fallback = Literal["raise", "warn"]

_fallback: Fallback = "raise"


def fallback() -> Fallback:
    """The choice in force: ``"raise"`` an error, or ``"warn"`` and do as the stock library does."""
    return _fallback


def set_fallback(value: Fallback) -> None:
    """Change the choice.

    Raises
    ------
    ValueError
        If `value` is not one of the choices.
    """
    global _fallback
    check_fallback(value)
    _fallback = value


def check_fallback(value: str) -> None:
    if value not in get_args(Fallback):
        choices = " or ".join(map(repr, get_args(Fallback)))
        raise ValueError(f"fallback must be {choices}, not {value!r}")
