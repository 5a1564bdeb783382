"""Why a test of a peer ends otherwise with arrayproto active: each is known, or is a bug of ours."""

from __future__ import annotations

import re
from typing import NamedTuple


class Reason(NamedTuple):
    """A group of tests, by a regular expression for their names, and why they change."""

    peer: str
    tests: str
    why: str


REASONS: tuple[Reason, ...] = ()


def reason_for(peer: str, test: str, message: str) -> str:
    """The reason of a changed test, or an empty string."""
    for reason in REASONS:
        if reason.peer == peer and re.search(reason.tests, test):
            return reason.why
    return ""
