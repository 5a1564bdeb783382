"""Which line of the user's program is running."""

from __future__ import annotations

import linecache
import os
import sysconfig
from types import FrameType
from typing import Literal

from ..libraries import LIBRARIES
from ..wrapper import FILENAME as WRAPPER

Place = Literal["machinery", "package", "user", "generated"]

#: Packages that array calls pass through, beside those of the libraries themselves.
_MACHINERY = {
    "numpy",
    "arrayproto",
    "distributed",
    "numba",
    "llvmlite",
    "array_api_compat",
    "toolz",
}
_PATHS = sysconfig.get_paths()
_PACKAGES = tuple({_PATHS[name] + os.sep for name in ("purelib", "platlib")})
_STANDARD = tuple({_PATHS[name] + os.sep for name in ("stdlib", "platstdlib")})
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_places: dict[str, Place] = {}
#: What cloudpickle calls the file of functions that it sends to workers by value.
_BY_VALUE = "<dynamic-code>"


def site_of(frame: FrameType | None) -> tuple[str, int, str]:
    """The user's line that a frame was called from.

    Parameters
    ----------
    frame : frame or None

    Returns
    -------
    file, line : str, int
        The innermost line outside of installed packages; of a text that was compiled
        (``python -c``) if there is none, or else of a package; ``""`` and 0 in a thread where there
        is neither.
    via : str
        The innermost line in a package that is no array library, where there is one below the
        user's: ``"sklearn/utils/validation.py:123"``.
    """
    package: FrameType | None = None
    generated: FrameType | None = None
    through: FrameType | None = None
    places = _places
    while frame is not None:
        filename = frame.f_code.co_filename
        try:
            place = places[filename]
        except KeyError:
            place = places[filename] = _place_of(filename)
        if place == "user":
            return filename, frame.f_lineno, "" if package is None else _short(package)
        if place == "package":
            package = package or frame
        elif place == "generated" and generated is None and "__name__" in frame.f_globals:
            generated, through = frame, package
            if filename == _BY_VALUE and "__file__" in frame.f_globals:
                break
            if linecache.getline(filename, frame.f_lineno):  # a cell, or a line of a doctest
                break
        frame = frame.f_back
    if generated is not None:
        via = "" if through is None else _short(through)
        return _file_of(generated), generated.f_lineno, via
    if package is None:
        return "", 0, ""
    return package.f_code.co_filename, package.f_lineno, ""


def level_of_user(frame: FrameType) -> int:
    """The number of frames up to the user's line, as `site_of` tells it; 1 for the frame itself."""
    file, line, _ = site_of(frame)
    level, found = 1, frame
    while (_file_of(found), found.f_lineno) != (file, line) and found.f_back is not None:
        level, found = level + 1, found.f_back
    return level


def _file_of(frame: FrameType) -> str:
    """The file that its code is from."""
    filename = frame.f_code.co_filename
    if filename == _BY_VALUE:
        filename = frame.f_globals.get("__file__", filename)
    return filename


def _place_of(filename: str) -> Place:
    if filename.startswith((_OURS, WRAPPER, "<frozen", "<__array_function__")):
        return "machinery"
    for root in _PACKAGES:
        if filename.startswith(root):
            top = filename[len(root) :].partition(os.sep)[0].removesuffix(".py")
            # What hands labelled arrays on, such as pandas, is a package like others.
            libraries = (lib for lib in LIBRARIES.values() if not lib.by_name)
            roots = _MACHINERY.union(*(library.roots for library in libraries))
            return "machinery" if top in roots else "package"
    if filename.startswith(_STANDARD):
        return "machinery"
    # Functions that decorators, dataclasses and the like compile, and what nobody keeps in a file.
    return "generated" if filename.startswith("<") else "user"


def _short(frame: FrameType) -> str:
    filename = frame.f_code.co_filename
    for root in _PACKAGES:
        filename = filename.removeprefix(root)
    return f"{filename}:{frame.f_lineno}"
