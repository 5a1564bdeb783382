"""Calls that are known not to give NumPy's answer, each with its reason.

A gap is a call that is neither right nor refused with one of our errors, and that this project
could not mend. A call that gives NumPy's answer again must be taken out: the tests say so.
"""

from __future__ import annotations

#: (subject, expression) to the reason. A library's name stands for all its subjects.
GAPS: dict[tuple[str, str], str] = {
    ("sparse", "np.lexsort([a, -a])"): "NumPy looks for arrays among the keys in a tuple only",
}


def known_gap(subject: str, library: str, expression: str) -> str | None:
    """The reason why a call is known to differ, or None."""
    return GAPS.get((subject, expression)) or GAPS.get((library, expression))
