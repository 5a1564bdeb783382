"""Processes that a program starts: they make the library's arrays too, as the program does.

A process that is forked has what its parent has. One that is started anew (``spawn``,
``forkserver``, joblib's loky) is first sent what it has to know to import the program: with it goes
an object that opens the same context when it is unpickled, before the program is imported. Nothing
is put on the path; a child has to be able to import arrayproto. Programs that are started by name
(``subprocess.run([sys.executable, ...])``) are programs of their own.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from ..import_hook import ImportWatcher
from ..patching import Patch

#: Modules with a function that makes what a child is sent first.
STARTING = (
    "multiprocessing.spawn",
    "joblib.externals.loky.backend.spawn",
    "loky.backend.spawn",
    "multiprocess.spawn",
)
_NAME = "get_preparation_data"

#: In a child, what its parent has given it.
_inherited = contextlib.ExitStack()


class _Context:
    """Opens a context where it is unpickled."""

    def __init__(self, library: str, options: dict[str, Any]) -> None:
        self.given = library, options

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _open_here, self.given


def _open_here(library: str, options: dict[str, Any]) -> None:
    """In a child: open the context of its parent, for good."""
    from . import using_everywhere

    _inherited.enter_context(using_everywhere(library, **options))
    atexit.register(_inherited.close)


class _Heirs:
    """What the innermost context has put in place."""

    def __init__(self, library: str, options: dict[str, Any]) -> None:
        self.context = _Context(library, options)
        self.patches: list[Patch] = []
        self.watcher = ImportWatcher(self.imported)

    def imported(self, module: str) -> None:
        own = getattr(sys.modules[module], _NAME)

        @functools.wraps(own)
        def prepared(*args: Any, **kwargs: Any) -> Any:
            return {**own(*args, **kwargs), "arrayproto": self.context}

        self.patches.append(Patch.apply(sys.modules[module], _NAME, prepared))

    def begin(self) -> None:
        for module in sys.modules.keys() & set(STARTING):
            self.imported(module)
        self.watcher.watch(set(STARTING) - sys.modules.keys())

    def end(self) -> None:
        self.watcher.watch(set())
        for patch in reversed(self.patches):
            patch.undo("using()")


_lock = threading.RLock()


@contextlib.contextmanager
def inheriting(library: Any, options: dict[str, Any]) -> Iterator[None]:
    """Have the processes that are started meanwhile make a library's arrays.

    Parameters
    ----------
    library : str, or anything
        What is not the name of a library cannot be sent to a child.
    options : dict
        Of `arrayproto.creation.using_everywhere`.
    """
    if not isinstance(library, str):
        yield
        return
    heirs = _Heirs(library, options)
    with _lock:
        heirs.begin()
    try:
        yield
    finally:
        with _lock:
            heirs.end()
