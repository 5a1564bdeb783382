"""What happens where a library has not got a function: the user's choice, given by name."""

from __future__ import annotations

from typing import Literal, get_args

Fallback = Literal["raise", "warn", "convert"]

_fallback: Fallback = "raise"


def fallback() -> Fallback:
    """The choice in force.

    ``"raise"`` an error; ``"warn"`` and do as the stock library does; or ``"convert"`` to NumPy and
    back, with a warning.
    """
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
        *others, last = map(repr, get_args(Fallback))
        raise ValueError(f"fallback must be {', '.join(others)} or {last}, not {value!r}")
