"""What a library does with NumPy's optional arguments, as far as signatures and code tell."""

from __future__ import annotations

import dis
import functools
import inspect
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .. import capabilities
from ..libraries import Library, Resolution
from .composition import function_behind

#: What ufuncs take, where NumPy (before 2.4) does not tell their signatures.
_OF_UFUNCS = ("out", "where", "casting", "order", "dtype", "subok")
_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
#: Arguments that are seen to around the function, whose code need not read them.
_AROUND = frozenset({"out", "device", "like"})


@functools.cache
def signature_of(public_api: Any) -> inspect.Signature | None:
    """NumPy's signature of a function or ufunc; None where it does not tell."""
    try:
        return inspect.signature(public_api)
    except (TypeError, ValueError):
        return None


def optional_arguments(public_api: Any) -> tuple[str, ...]:
    """NumPy's names for what need not be given."""
    signature = signature_of(public_api)
    if signature is None:
        return _OF_UFUNCS if isinstance(public_api, np.ufunc) else ()
    found = (p.name for p in signature.parameters.values() if p.default is not p.empty)
    # How a ufunc is told which of its loops to run is told by dtype= too.
    return tuple(n for n in found if n != "signature" or not isinstance(public_api, np.ufunc))


@functools.cache
def positional_names(public_api: Any) -> tuple[str, ...]:
    """Names of the arguments that may be given by position, in their order."""
    signature = signature_of(public_api)
    if signature is None:
        return ()
    return tuple(p.name for p in signature.parameters.values() if p.kind in _BY_POSITION)


@functools.cache
def defaults_of(public_api: Any) -> dict[str, Any]:
    """NumPy's defaults, by name."""
    signature = signature_of(public_api)
    parameters = {} if signature is None else signature.parameters
    return {name: p.default for name, p in parameters.items() if p.default is not p.empty}


def refused(library: Library, public_api: Any, found: Resolution) -> frozenset[str]:
    """Arguments that a library refuses, as far as that is known without a call."""
    lacking: frozenset[str] = getattr(found.call, "lacking", frozenset())
    unwritten = library.core and "setitem" not in library.core
    if unwritten and "out" in optional_arguments(public_api):
        lacking |= {"out"}
    return lacking


def takes_ndarray_out(library: Library, found: Resolution) -> bool:
    """Whether a result is copied into an ndarray that is given as ``out=``."""
    copied = library.to_host == "numpy.asarray" or "fill" in library.core
    return bool(library.core) and copied and "out" not in getattr(found.call, "lacking", ())


def refused_or_recorded(
    library: Library, name: str, public_api: Any, found: Resolution
) -> frozenset[str]:
    """The same with those that only a call shows, as recorded in `arrayproto.capabilities`."""
    told = capabilities.read(library.name)
    known = {} if told is None else told.newest.functions
    recorded = known[name].refusing() if name in known and found.call is not None else ()
    return refused(library, public_api, found).union(recorded)


def classify(library: Library, public_api: Any, found: Resolution) -> dict[str, str]:
    """Each optional argument as "supported", "ignored" or "refused".

    Parameters
    ----------
    library : Library
    public_api : callable
        NumPy's function or ufunc.
    found : Resolution
        How the library gets it.

    Returns
    -------
    dict of str to str
        Empty for what is unsupported.
    """
    if found.call is None:
        return {}
    lacking = refused(library, public_api, found)
    unused = _unused(found.call)
    kinds = {}
    for name in optional_arguments(public_api):
        if name in lacking:
            kinds[name] = "refused"
        else:
            kinds[name] = "ignored" if name in unused else "supported"
    return kinds


@functools.cache
def is_mutable(library: Library) -> bool:
    """Whether elements of its arrays can be assigned."""
    assigned = "setitem" in library.core if library.core else True
    return assigned and hasattr(library.cls, "__setitem__")  # of TensorFlow's only variables are


def _unused(call: Callable[..., Any]) -> frozenset[str]:
    """Parameters of a composed function that its code never reads."""
    function = function_behind(call)
    if function is None or not function.__module__.startswith("arrayproto."):
        return frozenset()
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    return frozenset(code.co_varnames[:count]) - _AROUND - frozenset(_read(code))


def _read(code: types.CodeType) -> Iterator[str]:
    """Names of local variables that are read, in functions inside it too."""
    for instruction in dis.get_instructions(code):
        # Python 3.13 reads two at once.
        if instruction.opname.startswith(("LOAD_", "STORE_FAST_LOAD_FAST")):
            found = instruction.argval
            yield from found if isinstance(found, tuple) else (found,)
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from _read(const)
