"""The row for what a library has not got.

In a module of its own: every library has such rows, and the reasons that all of them share
(`arrayproto.libraries.reasons`) are read when something is refused.
"""

from __future__ import annotations


class Unsupported:
    """A row of a table of differences: not to be had, although the name may exist.

    Parameters
    ----------
    reason : str
        Why not: a clause, without a full stop.
    instead : str
        What to do: a clause, without a full stop. By default the library's general advice.
    checked : bool
        Whether NumPy is asked first, with small ndarrays of the same ranks and dtypes, so that a
        call that NumPy refuses gets NumPy's error. For functions of arrays that do nothing else.
    """

    __slots__ = ("checked", "instead", "reason")

    def __init__(self, reason: str, instead: str = "", checked: bool = False) -> None:
        self.reason, self.instead, self.checked = reason, instead, checked
