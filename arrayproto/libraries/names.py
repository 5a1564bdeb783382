"""What NumPy calls its functions."""

from __future__ import annotations

import sys
from typing import Any

from .. import private
from ..accelerator import original


def public_name(function: Any) -> str | None:
    """Name of a public NumPy function without ``numpy.``, or None.

    Every public function says where it lives; that it really is there is checked.
    """
    module, name = getattr(function, "__module__", None), getattr(function, "__name__", None)
    if not isinstance(module, str) or not isinstance(name, str):
        return None
    if module.partition(".")[0] != "numpy":
        return None
    holder = sys.modules.get(module)
    held = getattr(holder, name, None)
    # What activate() puts in the place of a function still names it.
    if held is not function and original(held) is not original(function):
        if not isinstance(function, private.ArrayFunctionDispatcher):
            return None
    return f"{module}.{name}".removeprefix("numpy.")
