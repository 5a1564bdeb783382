"""The codes of what is found: one table, from which the documentation is checked."""

from __future__ import annotations

from typing import Literal, NamedTuple

Level = Literal["note", "warning", "error"]


class Code(NamedTuple):
    """A kind of finding.

    Attributes
    ----------
    name : str
        For people.
    level : str
        "error": an exception on that library; "warning": the array leaves its library, or what
        happens is not what the line says; "note": something to know, shown where it is selected.
    meaning : str
        A sentence.
    """

    name: str
    level: Level
    meaning: str


CODES: dict[str, Code] = {
    "AP001": Code(
        "native",
        "note",
        "The library's own function is called as it is.",
    ),
    "AP002": Code(
        "bridged",
        "note",
        "The library's own function is called with NumPy's arguments, or corrected.",
    ),
    "AP003": Code(
        "derived",
        "note",
        "The function is composed of others that the library has.",
    ),
    "AP004": Code(
        "creates-ndarray",
        "note",
        "The function makes an ndarray in host memory, since it has no `like=`.",
    ),
    "AP101": Code(
        "unsupported-function",
        "error",
        "The library has not got the function; the message says why, and what to do instead.",
    ),
    "AP102": Code(
        "unsupported-argument",
        "error",
        "The library has the function, but not this argument.",
    ),
    "AP103": Code(
        "unsupported-ufunc-method",
        "error",
        "The library has not got this method of the ufunc.",
    ),
    "AP104": Code(
        "unsupported-method",
        "error",
        "Arrays of the library have no such method or attribute, or it takes other arguments.",
    ),
    "AP105": Code(
        "unsupported-index",
        "error",
        "Arrays of the library have no such index, as `x[::-1]` of tensors of PyTorch.",
    ),
    "AP201": Code(
        "coercion",
        "warning",
        "NumPy makes an ndarray of the array: a copy to the host, a computation, or an error.",
    ),
    "AP202": Code(
        "list-of-arrays",
        "warning",
        "NumPy makes one ndarray of a list of arrays, one by one; `np.stack` stays on the library.",
    ),
    "AP203": Code(
        "way-out",
        "warning",
        "The method, the builtin, or an ndarray as `out=`, takes the values out of the library.",
    ),
    "AP301": Code(
        "isinstance-ndarray",
        "warning",
        "`isinstance(x, np.ndarray)` is false for arrays of other libraries.",
    ),
    "AP302": Code(
        "type-is-ndarray",
        "warning",
        "`type(x) is np.ndarray` is false for arrays of other libraries.",
    ),
    "AP401": Code(
        "in-place-write",
        "error",
        "Arrays of the library cannot be written to.",
    ),
    "AP901": Code(
        "not-parsed",
        "error",
        "The file is no Python that this Python reads.",
    ),
}


def is_selected(code: str, select: tuple[str, ...], ignore: tuple[str, ...]) -> bool:
    """Whether a code is shown: as in ruff, the longest prefix that fits decides."""
    for length in range(len(code), 0, -1):
        prefix = code[:length]
        if prefix in ignore:
            return False
        if prefix in select:
            return True
    return False


#: Shown by default: all that is no note.
DEFAULT = ("AP1", "AP2", "AP3", "AP4", "AP9")
