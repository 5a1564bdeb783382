"""Bytes and seconds as people write them."""

from __future__ import annotations

import re

_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_UNITS |= {"KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*([A-Za-z]*)\s*")


def parse_size(size: str | float) -> int:
    """Bytes of a size such as ``"1 MB"``, ``"64 KiB"`` or ``1000``.

    Raises
    ------
    ValueError
        If it is none.
    """
    if isinstance(size, str):
        match = _SIZE.fullmatch(size)
        unit = _UNITS.get((match[2] or "B").upper()) if match else None
        if match is None or unit is None:
            raise ValueError(
                f"a size is a number of bytes, or like '1 MB' or '64 KiB', not {size!r}"
            )
        return int(float(match[1]) * unit)
    if isinstance(size, bool) or not size >= 0:
        raise ValueError(f"a size is a number of bytes, or like '1 MB', not {size!r}")
    return int(size)


def size_text(nbytes: float) -> str:
    """Bytes in words: ``"1.2 MB"``."""
    for unit in ("B", "kB", "MB", "GB"):
        if nbytes < 1000:
            return f"{nbytes:.0f} {unit}" if unit == "B" else f"{nbytes:.1f} {unit}"
        nbytes /= 1000
    return f"{nbytes:.1f} TB"


def time_text(seconds: float) -> str:
    """Seconds in words: ``"1.2 ms"``."""
    for unit, factor in (("s", 1), ("ms", 10**3)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.2f} {unit}"
    return f"{seconds * 10**6:.0f} µs"
