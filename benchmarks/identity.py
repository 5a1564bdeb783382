"""What activation leaves as it is: the functions that NumPy dispatches, object by object."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import arrayproto
from arrayproto.catalog import MODULES
from arrayproto.private import ArrayFunctionDispatcher


class Identity(NamedTuple):
    """Public functions while everything is active.

    Attributes
    ----------
    dispatched : int
        Places in NumPy's public modules that hold a function which NumPy dispatches.
    identical : int
        How many of them hold the identical object while libraries are active.
    rebound : tuple of str
        Functions that are not: NumPy does not dispatch these.
    """

    dispatched: int
    identical: int
    rebound: tuple[str, ...]


def _public() -> dict[tuple[str, str], Any]:
    found = {}
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        for name in dir(module):
            if not name.startswith("_"):
                found[module_name, name] = getattr(module, name)
    return found


def identity(*libraries: str) -> Identity:
    """Compare NumPy's public functions before and while `libraries` are active."""
    before = _public()
    with arrayproto.activated(*libraries):
        during = _public()
        rebound = tuple(sorted(arrayproto.status().functions))
    dispatched = [k for k, v in before.items() if isinstance(v, ArrayFunctionDispatcher)]
    same = sum(during[key] is before[key] for key in dispatched)
    return Identity(len(dispatched), same, rebound)
