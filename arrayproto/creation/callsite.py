"""Who is calling: the program, or somebody else's code?

A creation function makes the library's arrays for the program alone. NumPy's own code, the
library's, and other installed packages count on NumPy's arrays.

A frame is the program's if its module is ``__main__`` (in a child process ``__mp_main__``) or its
root is a package that the user has named; else, if its file is neither part of Python nor below a
folder of installed packages (``site-packages``, ``dist-packages``), and its root is none of NumPy,
arrayproto and the library.
Code without a file of its own (``<string>``, a cell of a notebook) is its module's; examples in
docstrings are the program's.

Compiled code has no frame: a Cython function that makes an array seems to be the program that
called it. The instruction at which the program stands tells them apart: it is a call of the
creation function, or it is not.
"""

from __future__ import annotations

import bisect
import dis
import functools
import inspect
import os
import sys
import types
from collections.abc import Iterable
from typing import Any

from ..accelerator import original

_STDLIB = os.path.dirname(os.__file__) + os.sep
_INSTALLED = frozenset({"site-packages", "dist-packages"})
_NAMES = frozenset(
    {
        *("LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_CLASSDEREF"),
        *("LOAD_FAST", "LOAD_FAST_BORROW", "LOAD_FAST_CHECK"),
    }
)
_LOADS = _NAMES | {"LOAD_ATTR", "LOAD_METHOD", "LOAD_CONST"}
#: Two in one, whose second loads a local name; from Python 3.13 on.
_PAIRS = frozenset(
    {
        *("LOAD_FAST_LOAD_FAST", "STORE_FAST_LOAD_FAST"),
        "LOAD_FAST_BORROW_LOAD_FAST_BORROW",
    }
)

_Span = tuple[tuple[int, int], tuple[int, int]]


@functools.lru_cache(maxsize=4096)
def is_installed(file: str) -> bool:
    """Whether a file is part of Python or of an installed package."""
    if file.startswith("<"):
        return file.startswith("<frozen ")
    parts = file.replace(os.sep, "/").split("/")
    return file.startswith(_STDLIB) or not _INSTALLED.isdisjoint(parts)


@functools.lru_cache(maxsize=4096)
def is_standard(file: str) -> bool:
    """Whether a file is part of Python itself."""
    if file.startswith(("<frozen ", _STDLIB)):
        return _INSTALLED.isdisjoint(file.replace(os.sep, "/").split("/"))
    return False


class Packages(dict[str | None, bool | None]):
    """By the name of a module, whether it is of some packages; None where the program began.

    Filled as names are asked for.
    """

    def __init__(self, *packages: str) -> None:
        self.packages = packages

    def __missing__(self, name: str | None) -> bool | None:
        root = (name or "").partition(".")[0]
        found = self[name] = None if root == "__main__" else root in self.packages
        return found


def is_within(frame: types.FrameType | None, packages: Packages) -> bool:
    """Whether a frame was called, however far away, by code of some packages."""
    before = frame
    names: dict[str, Any] | None = None
    kind: bool | None = False
    while frame is not None:
        if frame.f_globals is not names:  # callers are mostly of one module
            if kind is None and before.f_code.co_name == "<module>":  # type: ignore[union-attr]
                return False  # who runs the program is nobody that works for it
            names = frame.f_globals
            kind = packages[names.get("__name__")]
            if kind:
                return True
        before, frame = frame, frame.f_back
    return False


def is_programs(
    frame: types.FrameType, packages: Iterable[str] = (), others: Iterable[str] = ()
) -> bool:
    """Whether a frame runs code of the program.

    Parameters
    ----------
    frame : frame
    packages : iterable of str
        Installed packages that count as the program's.
    others : iterable of str
        Packages that do not, wherever their files are.
    """
    name = frame.f_globals.get("__name__") or ""
    root = name.partition(".")[0]
    file = frame.f_code.co_filename
    if root in packages or name in ("__main__", "__mp_main__") or file.startswith("<doctest "):
        return True
    if root in ("arrayproto", "numpy") or root in others:
        return False
    if file.startswith("<"):
        module = sys.modules.get(name)
        file = getattr(module, "__file__", None) or file
    return not is_installed(file)


def calls(frame: types.FrameType, name: str, function: Any) -> bool:
    """Whether a frame stands at a call of `function`, not at one of compiled code that calls it.

    Parameters
    ----------
    frame : frame
    name : str
        The function's own, without its module.
    function : callable

    Returns
    -------
    bool
        True if the expression that is evaluated has the name in it (``np.zeros(3)``,
        ``map(np.zeros, shapes)``), or what it calls is the function under another name
        (``self.make(3)``). False where nobody can tell: compiled code may read whatever it is given
        as an ndarray's memory.
    """
    instructions, offsets = _instructions(frame.f_code)
    at = bisect.bisect_right(offsets, frame.f_lasti) - 1  # it may stand at a cache behind it
    span = _span(instructions[at])
    if span is None:  # python -X no_debug_ranges
        return name in frame.f_code.co_names or name in frame.f_code.co_varnames
    inside = _inside(instructions, at, span)
    # What the calls among the arguments call is not what is called here.
    inner = [own for one, own in inside if _is_call(one) and own != span]
    loads = [
        (one, own)
        for one, own in inside
        if one.opname in _LOADS
        and not any(own[0] == call[0] and _within(own, call) for call in inner)
    ]
    if any(one.argval == name for one, _ in loads):
        return True
    path = [one for one, own in loads if own[0] == span[0]]
    if not _is_call(instructions[at]) or not path or path[0].opname not in _NAMES:
        return False
    value: Any = {**frame.f_builtins, **frame.f_globals, **frame.f_locals}.get(path[0].argval)
    for one in path[1:]:
        value = inspect.getattr_static(value, one.argval, None)
    return original(value) is original(function)  # which something of ours may stand over


@functools.lru_cache(maxsize=16)
def _instructions(code: types.CodeType) -> tuple[list[dis.Instruction], list[int]]:
    """The instructions of a code, two in one taken apart, and their offsets."""
    instructions: list[dis.Instruction] = []
    for one in reversed(list(dis.get_instructions(code))):
        if one.opname in _PAIRS:
            first, second = one.argval
            instructions.append(_second(one._replace(argval=second), instructions[-1]))
            one = one._replace(opname=one.opname.partition("_LOAD")[0], argval=first)
        instructions.append(one)
    instructions.reverse()
    return instructions, [one.offset for one in instructions]


def _second(one: dis.Instruction, following: dis.Instruction) -> dis.Instruction:
    """The second of two in one, which are said to stand where the first does.

    What is called, and whose attribute is read, begins what follows.
    """
    if following.opname in ("PUSH_NULL", "LOAD_ATTR"):
        one = one._replace(positions=following.positions)
    return one._replace(opname="LOAD_FAST")


def _inside(
    instructions: list[dis.Instruction], at: int, span: _Span
) -> list[tuple[dis.Instruction, _Span]]:
    """What belongs to the expression that ends with an instruction: it stands before it."""
    found = []
    for one in reversed(instructions[:at]):
        own = _span(one)
        if own is not None:
            if not _within(own, span):
                break
            found.append((one, own))
    return found[::-1]


def _is_call(one: dis.Instruction) -> bool:
    return one.opname.startswith("CALL")


def _within(one: _Span, other: _Span) -> bool:
    return other[0] <= one[0] and one[1] <= other[1]


def _span(one: dis.Instruction) -> _Span | None:
    where = one.positions
    if where is None or where.lineno is None or where.end_lineno is None:
        return None
    if where.col_offset is None or where.end_col_offset is None:
        return None
    return (where.lineno, where.col_offset), (where.end_lineno, where.end_col_offset)
