"""Memory of processes, and where in the program something happened."""

from __future__ import annotations

import itertools
import linecache
import re
import sys
from types import CodeType, FrameType, TracebackType
from typing import NamedTuple

_NUMPY_CALL = re.compile(r"np\.[\w.]+")


class Memory(NamedTuple):
    """Memory in bytes, None where the system does not tell.

    Attributes
    ----------
    now, peak : int or None
        In use, and the most that ever was since the last `reset_peak`.
    """

    now: int | None
    peak: int | None


def process_memory() -> Memory:
    """Resident memory of this process."""
    # ru_maxrss is inherited from the process that started this one; VmHWM is not.
    try:
        with open("/proc/self/status") as file:
            lines = dict(line.split(":", 1) for line in file)
        now, peak = (int(lines[key].split()[0]) * 1024 for key in ("VmRSS", "VmHWM"))
    except (OSError, KeyError, ValueError):
        pass
    else:
        return Memory(now, peak)
    if sys.platform == "win32":
        return Memory(None, None)
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return Memory(peak, peak)


def reset_peak() -> None:
    """Let the peak of this process start anew, where the system allows it (Linux)."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def call_in(file: str, where: FrameType | TracebackType | None) -> str | None:
    """Which call, in a source file, is under way.

    Parameters
    ----------
    file : str
        Path of the source file.
    where : frame or traceback or None
        The innermost of its stack, or the traceback of an exception.

    Returns
    -------
    str or None
        Such as ``"np.sum"``, or the expression where it is no call of NumPy, at the innermost place
        in the file; None if there is none.
    """
    places: list[tuple[CodeType, int]] = []  # from the innermost outwards
    if isinstance(where, TracebackType):
        while where is not None:
            places.insert(0, (where.tb_frame.f_code, where.tb_lasti))
            where = where.tb_next
    else:
        while where is not None:
            places.append((where.f_code, where.f_lasti))
            where = where.f_back
    for code, last in places:
        if code.co_filename == file:
            return _expression(code, last)
    return None


def _expression(code: CodeType, last: int) -> str:
    line, _, start, _ = next(itertools.islice(code.co_positions(), last // 2, None))
    text = linecache.getline(code.co_filename, line or 0)
    text = text.encode()[start or 0 :].decode().strip()
    call = _NUMPY_CALL.match(text)
    return call.group() if call else text
