"""Who is given a program's results: matplotlib, and the assertions of `numpy.testing`.

They ask for many things that only an ndarray has. matplotlib takes a Dask vector for a list of data
sets, each number a set. So they are given ndarrays, as long as a context is open.
"""

from __future__ import annotations

import sys
import threading

from ..import_hook import ImportWatcher
from ..patching import Patch
from .endings import taking_ndarrays

#: By module, functions, and classes with all their public methods.
RECEIVERS: dict[str, tuple[str, ...]] = {
    "matplotlib.axes": ("Axes",),
    "matplotlib.image": ("imsave",),
    "mpl_toolkits.mplot3d.axes3d": ("Axes3D",),
    "numpy.testing": (
        *("assert_allclose", "assert_almost_equal", "assert_approx_equal", "assert_equal"),
        *("assert_array_almost_equal", "assert_array_almost_equal_nulp", "assert_array_equal"),
        *("assert_array_less", "assert_array_max_ulp"),
    ),
}

_lock = threading.RLock()
_open = 0
_patches: list[Patch] = []


def _imported(module: str) -> None:
    with _lock:
        if not _open:
            return
        holder = sys.modules[module]
        for name in RECEIVERS[module]:
            receiver = getattr(holder, name)
            if not isinstance(receiver, type):
                _patches.append(Patch.apply(holder, name, taking_ndarrays(receiver)))
                continue
            for method, own in list(vars(receiver).items()):
                if method[0] != "_" and callable(own) and not isinstance(own, type):
                    _patches.append(Patch.apply(receiver, method, taking_ndarrays(own)))


_watcher = ImportWatcher(_imported)


def enter() -> None:
    """Have them given ndarrays, now or when they are imported."""
    global _open
    with _lock:
        _open += 1
        if _open == 1:
            for module in RECEIVERS.keys() & sys.modules.keys():
                _imported(module)
            _watcher.watch(RECEIVERS.keys() - sys.modules.keys())


def leave() -> None:
    """Undo it, if this was the last context of the process."""
    global _open
    with _lock:
        _open -= 1
        if not _open:
            _watcher.watch(set())
            for patch in reversed(_patches):
                patch.undo("using()")
            _patches.clear()
