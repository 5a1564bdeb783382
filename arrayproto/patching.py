"""Attributes that are replaced, and put back by identity."""

from __future__ import annotations

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
