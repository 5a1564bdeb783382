"""Attributes that are replaced, and put back by identity.

Several parts of arrayproto may replace the same attribute (`arrayproto.trace` and
`arrayproto.using` both replace ``np.asarray``), and threads end them in any order. So patches of
one attribute know of each other: one that ends below another hands on what was there before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .locks import lock

ABSENT: Any = object()
#: By attribute, the patches that were not undone yet, the last one last.
_patches: dict[tuple[int, str], list[Patch]] = {}
_lock = lock("patching")


class Patch:
    """One attribute that was replaced, and how to put it back; made by `apply`.

    Attributes
    ----------
    holder : object
        A class or a module.
    name : str
    before : object
        What was there; `ABSENT` if it was inherited, or nothing.
    ours : object
    """

    __slots__ = ("before", "holder", "name", "ours")

    def __init__(self, holder: Any, name: str, before: Any, ours: Any) -> None:
        self.holder, self.name, self.before, self.ours = holder, name, before, ours

    @staticmethod
    def apply(holder: Any, name: str, ours: Any) -> Patch:
        with _lock:
            patch = Patch(holder, name, vars(holder).get(name, ABSENT), ours)
            setattr(holder, name, ours)
            _patches.setdefault((id(holder), name), []).append(patch)
        return patch

    def undo(self, since: str = "activate()") -> str | None:
        """Restore by identity; leave alone what somebody else put there, and say who."""
        with _lock:
            now = vars(self.holder).get(self.name, ABSENT)
            above = self._above()
            upon = next((patch for patch in above if patch.before is self.ours), None)
            if upon is not None:
                upon.before = self.before
            # What is there may be ours for a patch above: the same, applied again over others'.
            elif now is not self.before and (
                now is not self.ours or any(patch.ours is now for patch in above)
            ):
                owner = getattr(now, "__module__", None) or type(now).__module__
                where = getattr(self.holder, "__qualname__", None) or self.holder.__name__
                return f"{where}.{self.name} was replaced by {owner!r} after {since}"
            if now is self.ours:
                if self.before is ABSENT:
                    delattr(self.holder, self.name)
                else:
                    setattr(self.holder, self.name, self.before)
            self._forget()
        return None

    def _above(self) -> list[Patch]:
        known = _patches.get((id(self.holder), self.name), [])
        return known[known.index(self) + 1 :] if self in known else []

    def _forget(self) -> None:
        key = id(self.holder), self.name
        left = [patch for patch in _patches.get(key, []) if patch is not self]
        if left:
            _patches[key] = left
        else:
            _patches.pop(key, None)


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

    def retry(self) -> None:
        """Undo what was patched over and is no longer, the last first."""
        if self.left:
            self.left = [p for p in self.left[::-1] if p.undo(self.since) is not None][::-1]
