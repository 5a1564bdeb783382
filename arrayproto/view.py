"""`asduck`: what users call; the class is in `arrayproto.array_duck`."""

from __future__ import annotations

from typing import Any


def asduck(x: Any) -> Any:
    """View an array of another library as NumPy's code sees an ndarray.

    Parameters
    ----------
    x : array
        Of a library that arrayproto knows, or of a class of the Array API standard that it was
        told of. A duck and an ndarray are returned as they are.

    Returns
    -------
    duck
        With NumPy's methods, operators, dtypes and indexing. ``duck.native`` is `x` itself:
        nothing is copied on the way in or out. What NumPy's functions return for it are ducks.

    Raises
    ------
    TypeError
        If `x` is no array of an adapted library.

    Notes
    -----
    Where the library's arrays can be written to, writes into a duck are writes into `x`. Where they
    cannot (JAX, sparse), ``duck[index] = values`` and ``duck += values`` put another array in the
    place of ``duck.native``: the duck changes, `x` does not, and neither do other ducks of it. A
    part of a duck, ``duck[1:]``, is then no view of it.

    Examples
    --------
    >>> import numpy as np, sparse
    >>> import arrayproto
    >>> duck = arrayproto.asduck(sparse.COO.from_numpy(np.eye(3)))
    >>> duck[0, 1] = 5
    >>> duck.sum(axis=0).tolist(), duck.T.shape, type(duck.native).__name__
    ([1.0, 6.0, 1.0], (3, 3), 'COO')
    """
    # Imported when it is needed: most programs never do.
    import numpy as np

    from .array_duck import ArrayDuck, class_of
    from .libraries import library_of

    if isinstance(x, (ArrayDuck, np.ndarray)):
        return x
    library = library_of(type(x))
    if library is None:
        raise TypeError(
            f"asduck() takes an array of an adapted library, not a {type(x).__module__}."
            f"{type(x).__qualname__}; arrayproto.activate() of its class, if it is one of the "
            "Array API standard, or arrayproto.register() says what it is"
        )
    return class_of(library)(x)
