"""Which line of the user's program is running."""

from __future__ import annotations

import os
import sysconfig
from types import FrameType
from typing import Literal

from ..libraries import LIBRARIES
from ..wrapper import FILENAME as WRAPPER

Place = Literal["machinery", "package", "user"]

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


def site_of(frame: FrameType | None) -> tuple[str, int, str]:
    """The user's line that a frame was called from.

    Parameters
    ----------
    frame : frame or None

    Returns
    -------
    file, line : str, int
        The innermost line outside of installed packages; of a package if there is none; ``""`` and
        0 in a thread where there is neither.
    via : str
        The innermost line in a package that is no array library, where there is one below the
        user's: ``"sklearn/utils/validation.py:123"``.
    """
    package: FrameType | None = None
    places = _places
    while frame is not None:
        filename = frame.f_code.co_filename
        try:
            place = places[filename]
        except KeyError:
            place = places[filename] = _place_of(filename)
        if place == "user":
            return filename, frame.f_lineno, "" if package is None else _short(package)
        if place == "package" and package is None:
            package = frame
        frame = frame.f_back
    if package is None:
        return "", 0, ""
    return package.f_code.co_filename, package.f_lineno, ""


def is_users(frame: FrameType) -> bool:
    """Whether a frame is of the user's program."""
    filename = frame.f_code.co_filename
    return _places.setdefault(filename, _place_of(filename)) == "user"


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
    return "machinery" if filename.startswith(_STANDARD) else "user"


def _short(frame: FrameType) -> str:
    filename = frame.f_code.co_filename
    for root in _PACKAGES:
        filename = filename.removeprefix(root)
    return f"{filename}:{frame.f_lineno}"
