"""Notice when the program imports an array library."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec


class ImportWatcher:
    """A meta path finder that tells when a module was imported; it finds nothing itself.

    (Not a subclass of importlib.abc's: importing that alone costs more than all of arrayproto.)

    Parameters
    ----------
    imported : callable
        Called with the name of a module that was awaited, once it has been executed.
    """

    def __init__(self, imported: Callable[[str], None]) -> None:
        self.imported = imported
        self.awaited: set[str] = set()

    def importing(self, fullname: str) -> AbstractContextManager[Any]:
        """The context in which a module is executed."""
        return nullcontext()

    def watch(self, modules: set[str]) -> None:
        self.awaited = modules
        if modules and self not in sys.meta_path:
            sys.meta_path.insert(0, self)
        elif not modules and self in sys.meta_path:
            sys.meta_path.remove(self)

    def awaits(self, fullname: str) -> bool:
        """Whether it is to tell of a module."""
        return fullname in self.awaited

    def find_spec(
        self, fullname: str, path: Any, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        if not self.awaits(fullname):
            return None
        finders = list(sys.meta_path)
        if self in finders:  # those before it have been asked, perhaps another watcher
            del finders[: finders.index(self) + 1]
        for finder in finders:
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Loader(spec.loader, self)  # type: ignore[assignment]
                return spec
        return None


class PackageWatcher(ImportWatcher):
    """Tells of every module of the packages that it awaits.

    Parameters
    ----------
    imported : callable
        As for `ImportWatcher`.
    importing : callable
        Given the name of a module, returns the context in which it is executed.
    """

    def __init__(
        self,
        imported: Callable[[str], None],
        importing: Callable[[str], AbstractContextManager[Any]],
    ) -> None:
        super().__init__(imported)
        self._importing = importing

    def importing(self, fullname: str) -> AbstractContextManager[Any]:
        return self._importing(fullname)

    def awaits(self, fullname: str) -> bool:
        return any(fullname == name or fullname.startswith(f"{name}.") for name in self.awaited)


class _Loader:
    """Executes a module with its own loader, then tells."""

    def __init__(self, loader: Any, watcher: ImportWatcher) -> None:
        self.loader, self.watcher = loader, watcher

    def create_module(self, spec: ModuleSpec) -> types.ModuleType | None:
        return self.loader.create_module(spec)  # type: ignore[no-any-return]

    def exec_module(self, module: types.ModuleType) -> None:
        # The module shall not see that it was watched: resources are found through its loader.
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = self.loader
        with self.watcher.importing(module.__name__):
            self.loader.exec_module(module)
        # The import system clears this flag after we return; here the module is complete.
        module.__spec__._initializing = False  # type: ignore[attr-defined]
        self.watcher.imported(module.__name__)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)
