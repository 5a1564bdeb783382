"""Attributes that are replaced, and put back by identity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

ABSENT: Any = object()


class Patch(NamedTuple):
    """One attribute that was replaced, and how to put it back."""

    holder: Any
    name: str
    before: Any
    ours: Any

    @staticmethod
    def apply(holder: Any, name: str, ours: Any) -> Patch:
        patch = Patch(holder, name, vars(holder).get(name, ABSENT), ours)
        setattr(holder, name, ours)
        return patch

    def undo(self, since: str = "activate()") -> str | None:
        """Restore by identity; leave alone what somebody else put there, and say who."""
        now = vars(self.holder).get(self.name, ABSENT)
        if now is self.before:
            return None
        if now is not self.ours:
            owner = getattr(now, "__module__", None) or type(now).__module__
            where = getattr(self.holder, "__qualname__", None) or self.holder.__name__
            return f"{where}.{self.name} was replaced by {owner!r} after {since}"
        if self.before is ABSENT:
            delattr(self.holder, self.name)
        else:
            setattr(self.holder, self.name, self.before)
        return None


class Undoing:
    """Undoes patches, and keeps those that somebody else has patched over until they can be.

    Who patches over us puts back what was there when they have done: ours, perhaps long after it
    should have gone.

    Parameters
    ----------
    since : str
        What the patches were applied by, for messages.
    """

    def __init__(self, since: str) -> None:
        self.since = since
        self.left: list[Any] = []

    def undo(self, patches: Iterable[Any]) -> list[str]:
        """Undo the patches in this order; what could not be undone, in words."""
        messages = []
        for patch in patches:
            message = patch.undo(self.since)
            if message is not None:
                self.left.append(patch)
                messages.append(f"{message}; arrayproto leaves it alone")
        return messages

    def retry(self, current: Iterable[Any] = ()) -> None:
        """Undo what was patched over and is no longer, the last first.

        Parameters
        ----------
        current : iterable of patches
            Those in force: what is there may be ours with good reason, applied once more.
        """
        if not self.left:
            return
        again = {_place(patch) for patch in current}
        self.left = [
            patch
            for patch in self.left[::-1]
            if _place(patch) in again or patch.undo(self.since) is not None
        ][::-1]


def _place(patch: Any) -> tuple[int, Any]:
    return id(patch.holder), getattr(patch, "name", None)
