"""Register array classes from outside, for classes that cannot take an attribute."""

from __future__ import annotations

from types import ModuleType

from . import dispatch
from .libraries import Library, get_library, library_of_class
from .mixins import answering, array_function, mixin_of


def register(cls: type, library: str | ModuleType | Library | None = None) -> None:
    """Make `arrayproto.numpy`, and functions decorated by us, dispatch on a class.

    For a class that does not implement ``__array_function__`` and cannot be given it, because it
    is written in C for example; or that shall not be changed. A class that has the protocol keeps
    its own. NumPy itself asks nobody about a registered class: unchanged ``np.*`` calls, and
    ufuncs, need `activate`, which takes array classes too.

    Parameters
    ----------
    cls : type
        The array class; its subclasses are dispatched on too.
    library : str, module or Library, optional
        Who answers: a library that arrayproto knows, by name, or a module with functions that are
        called as NumPy's are. A class of the Array API standard, one with ``__array_namespace__``,
        says it itself: all of NumPy that can be composed of the standard's functions follows.

    Raises
    ------
    TypeError
        If `cls` is not a class or a basic type of Python, or `library` neither a name nor a
        module; or is not given, and `cls` has no ``__array_namespace__``.
    ValueError
        If no library of that name is known.

    See Also
    --------
    unregister

    Examples
    --------
    >>> import fractions, types
    >>> import arrayproto
    >>> import arrayproto.numpy as np
    >>> halves = types.ModuleType("halves")
    >>> halves.sum = lambda a: f"the sum of {a}"
    >>> arrayproto.register(fractions.Fraction, halves)
    >>> np.sum(fractions.Fraction(1, 2))
    'the sum of 1/2'
    >>> arrayproto.unregister(fractions.Fraction)
    """
    if not isinstance(cls, type):
        raise TypeError(f"register() takes a class, not {cls!r}; perhaps {type(cls).__name__}?")
    if dispatch.is_basic(cls):
        raise TypeError(
            f"{cls.__name__} is a basic type of Python, which NumPy's functions take as a value: "
            "they never dispatch on it. Register a class of your own that wraps it"
        )
    if isinstance(library, ModuleType):
        described = Library.of_module(library, cls)
        method = array_function(described)
    else:
        if library is None:
            described = library_of_class(cls)
        elif isinstance(library, str):
            described = get_library(library)
        elif isinstance(library, Library):
            described = library
        else:
            raise TypeError(f"register() takes the name of a library or a module, not {library!r}")
        method = vars(mixin_of(described))["__array_function__"]
    # By its class alone, what its functions give too: Blosc2's give expressions.
    alone = library is None and cls is described.cls
    for each in described.classes if alone else (cls,):
        described.adopt_class(each)
        dispatch.set_registered(each, method)


def unregister(cls: type) -> None:
    """Undo `register`.

    Raises
    ------
    KeyError
        If `cls` is not registered.
    """
    if not dispatch.is_registered(cls):
        raise KeyError(f"{cls!r} is not registered")
    library = answering.get(dispatch.find_method(cls))
    dispatch.set_registered(cls, None)
    if library is not None:
        for each in library.classes if cls is library.cls else ():
            dispatch.set_registered(each, None)
        library.table.clear()  # so that nothing is left of it where calls are remembered
