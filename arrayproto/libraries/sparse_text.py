"""sparse: the functions of text that NumPy makes of ufuncs, which sparse takes for its arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..catalog import catalog
from .rows import Row

_OF_UFUNCS = (
    *("count", "endswith", "find", "rfind", "startswith"),
    *("lstrip", "rstrip", "slice", "strip"),
)


def _numpys_own(function: Callable[..., Any]) -> Callable[..., Any]:
    """A row that is the public function itself would say that nobody implements it."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    call.__name__ = function.__name__
    return call


ROWS: dict[str, Row] = {
    name: _numpys_own(catalog()[name].function)
    for name in (f"strings.{each}" for each in _OF_UFUNCS)
    if name in catalog()
}
