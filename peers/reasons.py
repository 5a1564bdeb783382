"""Why tests of peers end otherwise with arrayproto active: known, or else a bug of ours."""

from __future__ import annotations

import re
from typing import NamedTuple


class Reason(NamedTuple):
    """A group of tests, by a regular expression for their names, and why they change."""

    peer: str
    tests: str
    why: str


REASONS: tuple[Reason, ...] = (
    Reason(
        "unyt",
        "test_wrapping_completeness",
        "it takes every function of NumPy's namespace with `__wrapped__` for one that NumPy "
        "dispatches. What `activate()` rebinds has it too, so that `inspect.signature`, "
        "`inspect.getsource` and the like still see NumPy's function.",
    ),
)


def reason_for(peer: str, test: str, message: str) -> str:
    """The reason of a changed test, or an empty string."""
    for reason in REASONS:
        if reason.peer == peer and re.search(reason.tests, test):
            return reason.why
    return ""
