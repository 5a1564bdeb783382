"""Settings of a library that hold for the whole process, as long as a context wants them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from ..locks import lock


class Setting:
    """One setting, which contexts that are left in any order share.

    The one that was opened last and is open still decides; when none is, it is as it was before.

    Parameters
    ----------
    get, set : callable
        What the library has for it.
    """

    def __init__(self, get: Callable[[], Any], set: Callable[[Any], Any]) -> None:
        self._get, self._set = get, set
        self._lock = lock("settings")
        self._wanted: list[tuple[object, Any]] = []
        self._before: Any = None

    @contextlib.contextmanager
    def turned(self, value: Any) -> Iterator[None]:
        """Have it set to a value, or to that of a context opened within."""
        own = object(), value
        with self._lock:
            if not self._wanted:
                self._before = self._get()
            self._wanted.append(own)
            self._set(value)
        try:
            yield
        finally:
            with self._lock:
                self._wanted.remove(own)
                self._set(self._wanted[-1][1] if self._wanted else self._before)
