"""What happens where a library has not got a function: the user's choice, given by name."""

from __future__ import annotations

from typing import Literal, get_args

Fallback = Literal["raise", "warn", "convert"]


class _Chosen:
    """One choice, for as long as somebody wants it; two of the same value are not the same."""

    __slots__ = ("value",)

    def __init__(self, value: Fallback) -> None:
        self.value = value


_permanent: Fallback = "raise"
#: Of the contexts that are open, in the order in which they were entered; swapped whole.
_scoped: tuple[_Chosen, ...] = ()


def fallback() -> Fallback:
    """The choice in force: that of the open context that was entered last, or the permanent one.

    ``"raise"`` an error; ``"warn"`` and do as the stock library does; or ``"convert"`` to NumPy and
    back, with a warning.
    """
    scoped = _scoped
    return scoped[-1].value if scoped else _permanent


def set_fallback(value: Fallback) -> None:
    """Change the permanent choice.

    Raises
    ------
    ValueError
        If `value` is not one of the choices.
    """
    global _permanent
    check_fallback(value)
    _permanent = value


def enter(value: Fallback) -> _Chosen:
    """Choose for the time of a context; what is returned is for `leave`.

    Contexts of several threads are left in any order, so that none may put back what it has met.
    Called under the lock of activation, as `leave` is.
    """
    global _scoped
    chosen = _Chosen(value)
    _scoped = (*_scoped, chosen)
    return chosen


def leave(chosen: _Chosen) -> None:
    """Undo `enter`."""
    global _scoped
    _scoped = tuple(one for one in _scoped if one is not chosen)


def check_fallback(value: str) -> None:
    if value not in get_args(Fallback):
        *others, last = map(repr, get_args(Fallback))
        raise ValueError(f"fallback must be {', '.join(others)} or {last}, not {value!r}")
