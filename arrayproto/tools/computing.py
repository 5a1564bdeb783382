"""What Dask computes by whatever name: `compute` and `persist` may have been taken early."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from ..patching import Patch

#: Functions of `dask.base` that ask for a scheduler and call it; others ask which it is.
_CALLING = frozenset({"compute", "compute_as_if_collection", "persist"})

#: Is given what computes, the name of the function that does, the collections and its frame.
Told = Callable[[Callable[[], Any], str, Any, FrameType], Any]


def watched_schedulers(told: Told) -> Patch | None:
    """Have somebody called in the place of the schedulers; None without a Dask that asks for them.

    Parameters
    ----------
    told : callable
    """
    base: Any = sys.modules.get("dask.base")
    original = getattr(base, "get_scheduler", None)
    if original is None:
        return None

    @functools.wraps(original)
    def get_scheduler(*args: Any, **kwargs: Any) -> Any:
        schedule, frame = original(*args, **kwargs), sys._getframe(1)
        name = frame.f_code.co_name
        if schedule is None or frame.f_globals is not vars(base) or name not in _CALLING:
            return schedule
        if name == "persist" and inspect.ismethod(schedule):  # a cluster's, which it knows by that
            return schedule

        def watched(*args: Any, **kwargs: Any) -> Any:
            call = functools.partial(schedule, *args, **kwargs)
            return told(call, f"dask.{name}", collections, frame)

        collections = kwargs.get("collections", ())
        return watched

    return Patch.apply(base, "get_scheduler", get_scheduler)
