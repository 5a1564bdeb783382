"""The answer to how a library gets a function of NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args

Kind = Literal["native", "bridged", "derived", "unsupported"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Resolution:
    """How a library gets a NumPy function.

    Attributes
    ----------
    kind : {"native", "bridged", "derived", "unsupported"}
    call : callable or None
        What is called with the arguments of the NumPy function; None where it is unsupported.
    note : str
        Where the implementation comes from or, for an unsupported function, the reason.
    instead : str
        For an unsupported function, the next step that a user can take; "" for the others.
    """

    __slots__ = ("call", "instead", "kind", "note")

    def __init__(
        self, kind: Kind, call: Callable[..., Any] | None, note: str, instead: str = ""
    ) -> None:
        self.kind, self.call, self.note, self.instead = kind, call, note, instead

    def __repr__(self) -> str:
        return f"<{self.kind}: {self.note}>"
