"""Methods and properties of a library's array class, in the place of functions it has not got."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import UnsupportedFunctionError
from ..given import Given

if TYPE_CHECKING:
    from .library import Library

#: Methods that change their array, where NumPy's function of the same name returns another.
_IN_PLACE = frozenset({"fill", "partition", "put", "resize", "sort"})


def find_member(library: Library, name: str) -> Callable[..., Any] | None:
    """A method or property of the array class, as a function; None for a dotted name."""
    if "." in name or name in _IN_PLACE:
        return None
    # Some members are those of the library's own subclasses: sparse.COO.transpose.
    classes: list[type] = [library.cls]
    child: type
    for child in library.cls.__subclasses__():
        # A class may have a property of that name for its instances.
        if str(child.__module__).partition(".")[0] == library.root:
            classes.append(child)
    # What adopted packages see is made of the library's functions, and none of its own.
    members = (getattr(cls, name) for cls in classes if hasattr(cls, name))
    member = next((one for one in members if not isinstance(one, Given)), None)

    def check(x: Any) -> None:
        # The method of an ndarray would convert the duck arrays that it is given.
        own = isinstance(x, library.classes) or type(x) in library.adopted
        if not own or not hasattr(x, name):
            raise UnsupportedFunctionError(
                f"numpy.{name} is not supported for arrays of {library.name} where the first "
                f"argument is a {type(x).__module__}.{type(x).__qualname__}: it is a method "
                f"{name!r} of {library.name}. Nothing was converted. {library.advice}"
            )

    if callable(member):

        def method(x: Any, /, *args: Any, **kwargs: Any) -> Any:
            check(x)
            return getattr(x, name)(*args, **kwargs)

        method.__name__ = name
        method.__module__ = f"{library.cls.__module__}.{library.cls.__name__}"
        try:
            signature = inspect.signature(member)
        except (TypeError, ValueError):
            return None
        itself, *others = signature.parameters.values()
        # Bound by NumPy's name for it, and passed by position.
        itself = itself.replace(kind=inspect.Parameter.POSITIONAL_ONLY)
        method.__signature__ = signature.replace(parameters=[itself, *others])  # type: ignore[attr-defined]
        return method
    if isinstance(member, property):

        def get(a: Any) -> Any:
            check(a)
            return getattr(a, name)

        get.__name__ = name
        return get
    return None
