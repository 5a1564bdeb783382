"""What is in C (``src/``: the modules ``_speed``, ``_sites`` and ``_buffers``), where it was built.

It is optional. The Python code beside it is the reference, and serves where there was no compiler,
or where the environment variable ``ARRAYPROTO_PURE`` is set to anything but ``0``; but for buffers,
which Python code cannot see.
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Mapping
from typing import Any

#: The module ``_speed``, or None.
speed: Any = None
if os.environ.get("ARRAYPROTO_PURE", "0") in ("", "0"):
    try:
        from . import _speed as speed  # type: ignore[attr-defined,no-redef,unused-ignore]
    except ImportError:  # it was not built, or for another Python
        speed = None

#: The module ``_sites`` of `arrayproto.creation.rebound`, or None.
sites: Any = None
if speed is not None:
    try:
        from . import _sites as sites  # type: ignore[attr-defined,no-redef,unused-ignore]
    except ImportError:
        sites = None

#: The module ``_buffers`` of `arrayproto.tools.buffers`, or None.
buffers: Any = None
if speed is not None:
    try:
        from . import _buffers as buffers  # type: ignore[attr-defined,no-redef,unused-ignore]
    except ImportError:
        buffers = None

#: What `arrayproto.rebinding` puts in the place of functions is an instance of one of these; none
#: of NumPy's public functions is.
REBOUND = (functools.partial,) if speed is None else (functools.partial, speed.Rebound)


def original(value: Any) -> Any:
    """NumPy's own object, where something of ours stands in its place, perhaps over another."""
    while isinstance(value, REBOUND) and hasattr(value, "_original"):
        value = value._original
    return value


# How a parameter is relevant, as in src/speed.h.
_ITSELF, _ITEMS, _ITEMS_OR_ITSELF = 1, 2, 3
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def parameters(
    signature: inspect.Signature | None, relevant: Mapping[str, str] | None, *, strict: bool
) -> tuple[Any, ...]:
    """What the C code has to know of a function to see that a call overrides nothing.

    Parameters
    ----------
    signature : inspect.Signature or None
        Of the implementation; None if it is not known.
    relevant : mapping of str to str, or None
        Names of the relevant arguments to ``"itself"``, ``"items"`` or ``"leaves"``; None if only
        a dispatcher knows.
    strict : bool
        Whether what should hold arrays must be a list or tuple: a dispatcher iterates over
        whatever it is.

    Returns
    -------
    tuple
        Names of the parameters, how each is relevant, and how many may be given by position; empty
        where the dispatcher has to be asked at each call.
    """
    if signature is None or relevant is None or "leaves" in relevant.values():
        return ()
    found = signature.parameters.values()
    if any(p.kind in _VARIADIC for p in found):
        return ()
    codes = {"itself": _ITSELF, "items": _ITEMS if strict else _ITEMS_OR_ITSELF, "": 0}
    return (
        tuple(sys.intern(str(p.name)) for p in found),
        bytes(codes[relevant.get(p.name, "")] for p in found),
        sum(p.kind is not p.KEYWORD_ONLY for p in found),
    )
