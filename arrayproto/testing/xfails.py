"""Files of known failures: a line is a call, a function or a check, and behind ``#`` the reason.

::

    np.lexsort([a, -a])        # NumPy looks for arrays among the keys in a tuple only
    linalg.svd                 # this array has no factorizations yet
    check: pickling            # holds an open file

Two blanks stand before the ``#``. A function stands for all of its calls. What is known and does
not fail any more must be taken out.
"""

from __future__ import annotations

from pathlib import Path


class Known:
    """Known failures, each with its reason.

    Parameters
    ----------
    reasons : dict of str to str, optional
    """

    def __init__(self, reasons: dict[str, str] | None = None) -> None:
        self.reasons = dict(reasons or {})

    @classmethod
    def read(cls, path: str | Path | None) -> Known:
        """Read a file; None is an empty one.

        Raises
        ------
        ValueError
            If a line has no reason.
        """
        reasons = {}
        if path is not None:
            for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
                what, mark, reason = line.partition("  #")
                if not line.strip() or line.startswith("#"):
                    continue
                if not mark or not reason.strip():
                    raise ValueError(f"{path}, line {number}: {line.strip()!r} has no reason")
                reasons[what.strip()] = reason.strip()
        return cls(reasons)

    def of_call(self, function: str, expression: str) -> str | None:
        return self.reasons.get(expression) or self.reasons.get(function)

    def of_check(self, name: str) -> str | None:
        return self.reasons.get(f"check: {name}")


def written(failures: dict[str, str]) -> str:
    """The text of a file, from what failed to how."""
    told = {what: " ".join(reason.split())[:200] for what, reason in failures.items()}
    return "".join(f"{what}  # {reason}\n" for what, reason in told.items())
