"""Why tests of NumPy's own end otherwise on a library's arrays, where no rule can tell."""

from __future__ import annotations

import re
from typing import NamedTuple


class Reason(NamedTuple):
    """Tests by a regular expression, of libraries by another, and what they say.

    Attributes
    ----------
    libraries, tests : str
    kind : {"own", "apart", "different"}
        See `peers.numpys_own.sorting.KINDS`.
    why : str
    """

    libraries: str
    tests: str
    kind: str
    why: str


REASONS: tuple[Reason, ...] = ()


def reason_for(library: str, test: str) -> Reason | None:
    """What is known of a test."""
    for reason in REASONS:
        if re.fullmatch(reason.libraries, library) and re.search(reason.tests, test):
            return reason
    return None
