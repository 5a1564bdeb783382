"""What is put around the calls that tables find, while somebody watches them.

Nothing here is on the way of a call: a table asks when it looks a function up for the first time,
and forgets everything when a watch begins or ends.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .library import Library
    from .resolution import Resolution

Call = Callable[..., Any]
#: Given the library, the public name of the function and how the library gets it, returns what is
#: called in the place of that.
Around = Callable[["Library", str, "Resolution"], Call]

_around: Around | None = None
_everyone: weakref.WeakSet[Library] = weakref.WeakSet()


def enroll(library: Library) -> None:
    """Let a library's tables take part."""
    _everyone.add(library)


def everyone() -> list[Library]:
    """All libraries that there are: known ones, adapters, and classes made known by the user."""
    return list(_everyone)


def watched(library: Library, name: str, resolution: Resolution) -> Call | None:
    """What a table has to call."""
    if _around is None or resolution.call is None:
        return resolution.call
    return _around(library, name, resolution)


def watcher() -> Around | None:
    """What is put around calls now. A table that it has changed for meanwhile looks again."""
    return _around


def watch(around: Around | None) -> None:
    """Put `around` around every call from every table, or nothing."""
    global _around
    _around = around
    for library in everyone():
        library.table.clear()
