"""Adapters that other distributions ship, found by entry point.

A distribution that says in its ``pyproject.toml``::

    [project.entry-points."arrayproto.libraries"]
    blosc2 = "blosc2_arrayproto:library"

gives arrayproto the `Library` that this names. Entry points are read when a name is asked for that
arrayproto does not know, never before: to read them takes longer than all the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ActivationError

if TYPE_CHECKING:
    from .library import Library

GROUP = "arrayproto.libraries"


def _entry_points() -> Any:
    from importlib.metadata import entry_points

    return entry_points(group=GROUP)


def adapter_names() -> list[str]:
    """Names of the libraries that installed distributions have adapters for."""
    return sorted(_entry_points().names)


def load_adapter(name: str) -> Library | None:
    """The library of that name that an installed distribution describes, or None.

    Raises
    ------
    ActivationError
        If the adapter does not load, or is none; the message names the distribution.
    """
    from .library import Library

    for entry_point in _entry_points().select(name=name):
        distribution = getattr(entry_point.dist, "name", None) or "an unnamed distribution"
        told = f"the adapter {entry_point.value!r} for {name!r}, of {distribution}"
        try:
            found = entry_point.load()
        except Exception as error:  # importing another's code may raise anything
            raise ActivationError(
                f"{told}, does not load: {type(error).__name__}: {error}. Problems with it belong "
                f"to {distribution}"
            ) from error
        if not isinstance(found, Library) or found.name != name:
            raise ActivationError(
                f"{told}, is {found!r}, which is no arrayproto.libraries.Library of that name. "
                f"Problems with it belong to {distribution}"
            )
        return found
    return None
