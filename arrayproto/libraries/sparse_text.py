"""sparse: the functions of text that NumPy makes of ufuncs, which sparse takes for its arrays."""

from __future__ import annotations

from ..catalog import catalog
from .rows import Row

_OF_UFUNCS = (
    *("count", "endswith", "find", "rfind", "startswith"),
    *("lstrip", "rstrip", "slice", "strip"),
)

#: NumPy's own; older ones have not got all of them.
ROWS: dict[str, Row] = {
    name: catalog()[name].function
    for name in (f"strings.{each}" for each in _OF_UFUNCS)
    if name in catalog()
}
