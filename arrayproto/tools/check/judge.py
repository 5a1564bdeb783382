"""What a library does with each thing that a program does: the findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from ...ducks import WRITING
from ...ways_out import KINDS
from .asked import Asked, ways_out
from .codes import CODES
from .names import find_public
from .reader import Use


class Finding(NamedTuple):
    """One line of the output.

    Attributes
    ----------
    file : str
    line, column : int
        From 1.
    code, message : str
    library : str
        "" where it holds for all.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    library: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column} {self.code} {self.message}"


def findings(file: str, uses: Iterable[Use], libraries: Iterable[Asked]) -> Iterator[Finding]:
    """What a file does that is worth telling.

    Parameters
    ----------
    file : str
    uses : iterable of Use
    libraries : iterable of Asked
        Each is asked.
    """
    libraries = list(libraries)
    for use in uses:
        line, column = use.node.lineno, use.node.col_offset + 1  # type: ignore[attr-defined]
        for code, message, library in _of_use(use, libraries):
            yield Finding(file, line, column, code, message, library)


def _of_use(use: Use, libraries: list[Asked]) -> Iterator[tuple[str, str, str]]:
    if use.what == "isinstance":
        yield "AP301", "isinstance(x, numpy.ndarray) is false for arrays of other libraries", ""
    elif use.what == "type":
        yield "AP302", "a test for the type numpy.ndarray fails for arrays of other libraries", ""
    elif use.what == "create":
        yield (
            "AP004",
            f"numpy.{use.name} makes an ndarray; like=x makes an array of x's library",
            "",
        )
    elif use.what == "list":
        yield (
            "AP202",
            f"numpy.{use.name} of a list of arrays makes an ndarray; numpy.stack stays",
            "",
        )
    elif use.what == "coercion":
        may = "" if use.certain else "may "
        makes = "makes" if use.certain else "make"
        yield "AP201", f"numpy.{use.name} {may}{makes} an ndarray of another library's array", ""
    else:
        for library in libraries:
            for code, message in _on_library(use, library):
                yield code, message, library.name


def _on_library(use: Use, library: Asked) -> Iterator[tuple[str, str]]:
    if use.what == "write":
        if not library.is_mutable():
            yield "AP401", _not_written(library)
    elif use.what == "backwards":
        if library.name in _FORWARD_ONLY:
            why = f"slices of arrays of {library.name} have no negative step"
            yield "AP105", f"{why}; numpy.flip(x, axis) reverses"
    elif use.what == "number":
        if use.name in ways_out(library.name):
            told = f"{use.name[2:-2]}(x) takes the value out of {library.name}"
            yield "AP203", f"{told}: {_reason(use, library)}"
    elif use.what == "ending":
        yield "AP203", f".{use.name}() takes the values out of {library.name}"
    elif use.what == "attribute":
        problem = library.attribute_problem(use.name)
        if problem:
            yield "AP104", f"{problem}, which ndarrays have"
    elif use.what == "method":
        yield from _of_method(use, library)
    else:
        yield from _of_call(use, library)


#: Libraries whose slices go forward alone.
_FORWARD_ONLY = frozenset({"torch"})


def _not_written(library: Asked) -> str:
    return f"arrays of {library.name} cannot be written to; numpy.where makes a new one"


#: Names that nothing else bears, so that it is an array whatever is known of the value.
_UNMISTAKABLE = frozenset({"todense", "compute", "persist", "asnumpy"})
_NDARRAY_METHODS = frozenset(
    name for name, member in vars(np.ndarray).items() if name[0] != "_" and callable(member)
)


def _of_method(use: Use, library: Asked) -> Iterator[tuple[str, str]]:
    name = use.name
    if name in ways_out(library.name):
        if use.certain or name in _UNMISTAKABLE:
            reason = _reason(use, library)
            yield "AP203", f".{name}() takes the values out of {library.name}: {reason}"
    elif use.certain and name in _NDARRAY_METHODS:
        if not library.has_method(name):
            yield "AP104", f"arrays of {library.name} have no method {name!r}, which ndarrays have"
        elif use.positional is not None:
            problem = library.method_problem(name, use.positional, use.arguments)
            if problem:
                yield "AP104", f"method {name!r} of arrays of {library.name}: {problem}"


_NOTES = {"native": "AP001", "bridged": "AP002", "derived": "AP003"}


def _of_call(use: Use, library: Asked) -> Iterator[tuple[str, str]]:
    public = find_public(f"numpy.{use.name}")
    found = library.function(public.name)
    if found.kind == "unsupported":
        step = f". Instead: {found.instead}" if found.instead else ""
        code = "AP103" if public.method not in ("", "__call__") else "AP101"
        yield code, f"numpy.{use.name} is not supported on {library.name}: {found.note}{step}"
        return
    writes = public.method == "at" or public.name in WRITING
    if writes and not use.ndarray_out and not library.is_mutable():
        yield "AP401", f"numpy.{use.name}: {_not_written(library)}"
        return
    refused = found.refuses & set(use.arguments)
    if use.ndarray_out and found.ndarray_out is not None:
        refused -= {"out"}
        if found.ndarray_out:
            into = "into the ndarray that it is to write to"
            yield "AP203", f"numpy.{use.name} takes its result out of {library.name}, {into}"
        elif writes:
            none = f"writes no arrays of {library.name} to an ndarray"
            yield "AP102", f"numpy.{use.name} {none}; bring them to the host by name before"
        else:
            none = f"takes no ndarray as out= on {library.name}"
            yield "AP102", f"numpy.{use.name} {none}; leave it out"
    for argument in sorted(refused):
        yield "AP102", f"numpy.{use.name} has no {argument}= on {library.name}; leave it out"
    if found.kind in _NOTES:
        yield (
            _NOTES[found.kind],
            f"numpy.{use.name} is {found.kind} on {library.name}: {found.note}",
        )


def _reason(use: Use, library: Asked) -> str:
    return KINDS[ways_out(library.name)[use.name]]


def not_parsed(file: str, error: SyntaxError | ValueError) -> Finding:
    """The finding of a file that is no Python."""
    line, column = getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1
    message = getattr(error, "msg", None) or str(error)
    return Finding(file, line, column, "AP901", f"{CODES['AP901'].name}: {message}")
