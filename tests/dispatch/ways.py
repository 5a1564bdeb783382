"""The two ways to dispatch: in C, where that was built, and in Python."""

from __future__ import annotations

import contextlib

import pytest

from arrayproto import accelerator, dispatch

WAYS = ["python"] if accelerator.speed is None else ["c", "python"]


@contextlib.contextmanager
def taken(way):
    """What is decorated meanwhile dispatches that way."""
    with pytest.MonkeyPatch.context() as patch:
        if way == "python":
            patch.setattr(dispatch, "speed", None)
        yield way
