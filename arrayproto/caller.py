"""Functions of NumPy that look at who called them, called by way of a wrapper."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

from .wrapper import FILENAME

_OURS = __name__.partition(".")[0]


def seeing_caller(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as it works if a wrapper of ours stands between it and its caller.

    Parameters
    ----------
    function : callable
        NumPy's own.

    Returns
    -------
    callable
        `function` itself, but for `numpy.bmat`: it takes the names in a text, ``"A,B;C,D"``, for
        variables of the frame above its own.
    """
    if getattr(function, "__name__", "") != "bmat":
        return function

    @functools.wraps(function)  # Python's messages name it
    def bmat(obj: Any, ldict: Any = None, gdict: Any = None) -> Any:
        if isinstance(obj, str) and gdict is None:
            frame: Any = sys._getframe(1)
            while frame.f_back is not None and _is_ours(frame):
                frame = frame.f_back
            ldict, gdict = frame.f_locals, frame.f_globals
        return function(obj, ldict, gdict)

    return bmat


def _is_ours(frame: Any) -> bool:
    name: str = frame.f_globals.get("__name__", "")
    return bool(frame.f_code.co_filename == FILENAME or name.partition(".")[0] == _OURS)
