"""What a test that ended in one way or another says about arrayproto: nothing, or something."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from .reasons import Reason, reason_for

#: In the order of the table.
KINDS = {
    "right": "passed, on the library's arrays",
    "without": "passed, and no call was dispatched",
    "refused": "refused, with a reason",
    "own": "the test's own code asks the arrays for more",
    "dtype": "a dtype that the library has not got",
    "apart": "apart by intention",
    "late": "too long",
    "skipped": "skipped",
    "different": "different",
}
#: Calls that arrayproto has answered.
_ANSWERED = ("native", "bridged", "derived")
#: What says that the library has no such dtype.
_NO_DTYPE = re.compile(
    r"does not support the dtype|can't convert np\.ndarray of type|has no dtype for NumPy's|has no dtype |"
    r"not a valid JAX array type|Could not find .*dtype|Failed to convert .* to a DType|"
    r"data type .* not understood|object dtype|does not support (complex|object)|"
    r"array of references|Unsupported (object type|dtype)|Invalid dtype|not (yet )?supported dtype"
)
#: What says that an array was to become an ndarray: by a class of NumPy's own that the test calls.
_NOT_CONVERTED = re.compile("nothing was converted")
#: What NumPy says of a library's dtype that the test hands to it.
_DTYPES_OF_ITS_OWN = re.compile("Cannot interpret '.*' as a data type")
#: Assertions about what only an ndarray has, or is.
_OF_NDARRAYS = re.compile(
    r"isinstance\(|type\(|\.flags|\.base\b|\.strides|\.dtype|\.data\b|getrefcount|\.item\b|"
    r"is (a|b|c|out|res|result|arr|expected|x)\b|consistent_subclass|\.ctypes|np\.ndarray|isscalar"
)


class Sorted(NamedTuple):
    """A test, and which of `KINDS` it is."""

    test: str
    kind: str
    why: str
    message: str = ""


def sort(library: str, test: str, found: dict[str, Any]) -> Sorted:
    """Which kind a test is of, and why.

    Parameters
    ----------
    library : str
    test : str
        Its name, with the module's file.
    found : dict
        What `peers.numpys_own.plugin` has written down.
    """
    outcome, message = found["outcome"], " ".join(found.get("message", "").split())
    if outcome in ("skipped", "xfailed"):
        return Sorted(test, "skipped", "")
    if outcome in ("passed", "xpassed"):
        answered = any(found["calls"].get(kind) for kind in _ANSWERED)
        return Sorted(test, "right" if answered else "without", "")
    if outcome == "not run":
        return Sorted(test, "late", "")
    if outcome == "error":
        return Sorted(test, "late" if message.startswith("more than") else "own", message[-300:])
    if found["exception"] == "TooLongError":
        return Sorted(test, "late", message)
    chain = " ".join(found["chain"])
    if found["refused"] or "UnsupportedFunctionError" in message:
        return Sorted(test, "refused", message[:200])
    if _NO_DTYPE.search(chain) or _NO_DTYPE.search(message):
        return Sorted(test, "dtype", message[:200])
    known: Reason | None = reason_for(library, test)
    if known is not None:
        return Sorted(test, known.kind, known.why, message[:200])
    if _NOT_CONVERTED.search(chain):
        return Sorted(test, "refused", message[:200])
    if _DTYPES_OF_ITS_OWN.search(chain):
        return Sorted(test, "own", message[:200])
    line, ours = _where(found["frames"])
    if found["exception"] in ("AssertionError", "Failed"):
        asks = _OF_NDARRAYS.search(line) or "AttributeError" in message
        return Sorted(test, "own" if asks else "different", "", message[:200])
    return Sorted(test, "different" if ours else "own", "", message[:200])


def _where(frames: list[list[Any]]) -> tuple[str, bool]:
    """The line of the test that failed, and whether arrayproto was at work below it."""
    last = max((i for i, frame in enumerate(frames) if _is_test(frame[0])), default=-1)
    below = [frame[0] for frame in frames[last + 1 :]]
    ours = [f for f in below if "/arrayproto/" in f and not _JUDGES.search(f)]
    return (frames[last][3] if last >= 0 else ""), bool(ours)


#: Makes arrays, and hands them to NumPy's assertions: no answer of NumPy's functions.
_JUDGES = re.compile(r"/arrayproto/(creation|tools)/")


def _is_test(file: str) -> bool:
    return "site-packages" not in file and re.search(r"/test_\w+\.py$", file) is not None
