"""Locks that a forked child does not find taken.

A child has one thread, the one that forked. A lock that another thread held at that moment would
stay taken in it for ever, and what it guards would be half changed. So a fork waits for ours.
"""

from __future__ import annotations

import os
from _thread import RLock  # that of threading, which takes as long to import as the rest here

#: From the outermost to the innermost: who holds one takes only those behind it.
ORDER = (
    "adoption",
    "creation",
    "settings",
    "activation",
    "namespace",
    "mixins",
    "registered",
    "patching",
)
_locks = {name: RLock() for name in ORDER}


def lock(name: str) -> RLock:
    """The lock of that name, one of `ORDER`; its own thread may take it again."""
    return _locks[name]


class Nested:
    """Several of them, which a ``with`` statement takes together, in their order.

    Parameters
    ----------
    *names : str
    """

    def __init__(self, *names: str) -> None:
        self._taken = [lock(name) for name in sorted(names, key=ORDER.index)]

    def __enter__(self) -> None:
        for one in self._taken:
            one.acquire()

    def __exit__(self, *_: object) -> None:
        for one in reversed(self._taken):
            one.release()


def _take() -> None:
    for name in ORDER:
        _locks[name].acquire()


def _release() -> None:
    for name in reversed(ORDER):
        _locks[name].release()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(before=_take, after_in_parent=_release, after_in_child=_release)
