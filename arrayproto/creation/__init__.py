"""`using`: within it the program's own creation functions make the arrays of a library.

A program begins with ``np.zeros``, ``np.random.default_rng`` or ``np.loadtxt``, which have no array
to dispatch on. NumPy's functions of this kind are rebound as long as a context is open somewhere in
the process (see `arrayproto.creation.rebound`), and for the program's own calls alone (see
`arrayproto.creation.callsite`).
"""

from __future__ import annotations

import contextlib
import functools
import importlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import numpy as np

from ..activation import activated
from ..libraries import Library, get_library, library_of_class
from . import context

F = TypeVar("F", bound=Callable[..., Any])

#: Libraries with makers of their own; any other makes its arrays like an example.
_OWN = {
    "cupy": "CupyMaker",
    "dask": "DaskMaker",
    "jax": "JaxMaker",
    "sparse": "SparseMaker",
    "torch": "TorchMaker",
}


@contextlib.contextmanager
def using(
    library: Any,
    *,
    device: Any = None,
    dtype: Any = None,
    same_stream: bool = False,
    packages: Iterable[str] = (),
    **options: Any,
) -> Iterator[None]:
    """Let the program's creation functions make a library's arrays.

    Parameters
    ----------
    library : str, type, Library or array
        The library by name, which is imported; an array class; or an array, for the library and
        the device of it. ``"numpy"`` is NumPy again, within another context.
    device : object, optional
        Where the arrays are, for CuPy, JAX and PyTorch: what their own functions take.
    dtype : dtype, optional
        A floating-point dtype in the place of float64 wherever the program names none. For JAX,
        ``"float64"`` turns on 64 bits until the context is left.
    same_stream : bool, optional
        Whether random numbers are drawn by NumPy, bit for bit, and handed to the library. By
        default Dask, CuPy, JAX and PyTorch draw large arrays themselves: reproducible from the
        seed, equal to NumPy's in distribution.
    packages : iterable of str
        Installed packages whose calls count as the program's.
    **options
        For Dask: ``chunks=``.

    Raises
    ------
    ValueError
        If the name is unknown, or `dtype` is no floating-point one.
    TypeError
        If an option is none of the library's.
    ImportError
        If the library is not installed.
    UnsupportedArgumentError
        If the library has no devices.

    See Also
    --------
    bind, activated

    Notes
    -----
    The context holds for the thread or the task that entered it, and what they call; `bind` takes
    it along to a pool of threads. (Python's free-threaded build lets new threads inherit it.) The
    library is active in it, as by `activated`, for the whole process.

    Seen by the program's modules only: those that are not below a folder of installed packages or
    part of Python, ``__main__``, and `packages`. NumPy's own code, the library's and all others'
    get NumPy's arrays. A name that the program took before (``from numpy import zeros``) is
    NumPy's still. A generator, once made, draws the library's arrays wherever it goes.

    The endings of a program work: printing and formatting an array, `item`, `tolist`, iteration,
    NumPy's functions that write files, matplotlib (see docs/programs.md). They copy to the host.

    What has no like in the library stays NumPy's: arrays of text and objects, `numpy.memmap` open
    for writing, and masked arrays. A single random number is NumPy's number.

    Examples
    --------
    >>> import numpy as np
    >>> import arrayproto
    >>> with arrayproto.using("dask", chunks=2):
    ...     x = np.arange(4) + np.ones(4)
    >>> type(x)
    <class 'dask.array.core.Array'>
    >>> x.compute()
    array([1., 2., 3., 4.])
    """
    with contextlib.ExitStack() as stack:
        creation = stack.enter_context(
            _opened(library, device, dtype, same_stream, packages, options)
        )
        context.enter(creation)
        stack.callback(context.leave, creation)
        yield


@contextlib.contextmanager
def using_everywhere(
    library: Any, *, packages: Iterable[str] = (), **options: Any
) -> Iterator[None]:
    """`using`, for all threads of the process that are in no context of their own.

    For those that run a whole program; the processes that it starts have it too (see
    `arrayproto.creation.children`). Parameters are those of `using`.
    """
    from .children import inheriting

    others = dict(options)
    device, dtype = others.pop("device", None), others.pop("dtype", None)
    same = others.pop("same_stream", False)
    with contextlib.ExitStack() as stack:
        creation = stack.enter_context(_opened(library, device, dtype, same, packages, others))
        stack.callback(context.set_everywhere, context.set_everywhere(creation))
        stack.enter_context(inheriting(library, {**options, "packages": tuple(packages)}))
        yield


def bind(function: F) -> F:
    """Take the context of `using` along to where a function is called: a pool of threads.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
        Calls `function` in the context that held when `bind` was called.

    Examples
    --------
    >>> import numpy as np, concurrent.futures
    >>> import arrayproto
    >>> with concurrent.futures.ThreadPoolExecutor() as pool:
    ...     with arrayproto.using("sparse"):
    ...         made = pool.submit(arrayproto.bind(lambda: np.eye(3))).result()
    >>> made.nnz
    3
    """
    creation = context.current.get()

    @functools.wraps(function)
    def bound(*args: Any, **kwargs: Any) -> Any:
        token = context.current.set(creation)
        try:
            return function(*args, **kwargs)
        finally:
            context.current.reset(token)

    return bound  # type: ignore[return-value]


@contextlib.contextmanager
def _opened(
    library: Any,
    device: Any,
    dtype: Any,
    same_stream: bool,
    packages: Iterable[str],
    options: dict[str, Any],
) -> Iterator[context.Creation]:
    """Everything but for whom: the maker, the library active, NumPy's names rebound."""
    if isinstance(library, str) and library == "numpy":
        if options or device is not None or dtype is not None:
            raise TypeError("arrayproto.using: NumPy takes no options; leave them out")
        yield context.Stock()
        return
    found, example = _library(library)
    _import(found)
    from . import endings, makers, rebound, receivers

    cls: type[makers.Maker] = makers.Maker
    if found.name in _OWN:
        cls = getattr(importlib.import_module(f"{__name__}.{found.name}"), _OWN[found.name])
    unknown = options.keys() - set(cls.options)
    if unknown:
        known = ", ".join(("device", "dtype", "same_stream", "packages", *cls.options))
        raise TypeError(
            f"arrayproto.using: {found.name} has no option {sorted(unknown)[0]!r}; it has {known}"
        )
    maker = cls(
        found, example=example, device=device, dtype=dtype, same_stream=same_stream, **options
    )
    if isinstance(packages, str):
        packages = (packages,)
    if example is None and cls is makers.Maker:
        maker.upload(np.empty(0))  # raises where there is no way, before anything is changed
    with contextlib.ExitStack() as stack:
        stack.enter_context(activated(found))
        stack.enter_context(maker.entered())
        for part in (rebound, receivers):
            part.enter()
            stack.callback(part.leave)
        stack.enter_context(endings.given(maker))
        yield context.Creation(maker, frozenset(packages))


def _import(library: Library) -> None:
    try:
        importlib.import_module(library.module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != library.module.partition(".")[0]:
            raise  # the library is here; what it needs is not
        raise ModuleNotFoundError(
            f"arrayproto.using: {library.name} is not installed, so that it can make no arrays; "
            "install it, or name a library that is",
            name=error.name,
        ) from error


def _library(given: Any) -> tuple[Library, Any]:
    """The library that is meant, and the array that it was given by, if any."""
    if isinstance(given, str):
        return get_library(given), None
    if isinstance(given, Library):
        return given, None
    if isinstance(given, type):
        return library_of_class(given), None
    return library_of_class(type(given)), given
