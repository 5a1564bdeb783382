"""NumPy functions composed of other NumPy functions, for libraries that lack them.

One module a topic. Each function is written as plain NumPy code over the explicit namespace, so
that the calls inside are native where a library has them and derived where it has not. A function
here has the name and the signature of NumPy's, and says what its values are only by the calls it
makes: no conversion, no copy to the host, no compute.

To add one, write the function in the module of its topic, under NumPy's name, and list it in the
module's ``__all__``; ``tests/derived/`` holds the calls that prove it.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy

if TYPE_CHECKING:
    from .core import Core

#: Module here to the NumPy module that its functions belong to.
TOPICS = {
    "shape": "",
    "joining": "",
    "elements": "",
    "logic": "",
    "selection": "",
    "sorting": "",
    "statistics": "",
    "nanfunctions": "",
    "quantiles": "",
    "histograms": "",
    "calculus": "",
    "bits": "",
    "creation": "",
    "products": "",
    "linalg": "linalg.",
    "fft": "fft.",
    "polynomials": "",
    "signal": "",
    "scimath": "lib.scimath.",
    "inplace": "",
    "windows": "lib.stride_tricks.",
    "bases": "polynomial.",
}


@functools.cache
def derived_functions() -> dict[str, Callable[..., Any]]:
    """All derived functions by NumPy name, without ``numpy.``.

    Returns
    -------
    dict of str to function
    """
    found: dict[str, Callable[..., Any]] = {}
    for topic, prefix in TOPICS.items():
        module = importlib.import_module(f"{__name__}.{topic}")
        # Functions whose names say which of NumPy's modules they are of are in a dict.
        functions = getattr(module, "FUNCTIONS", None) or {
            name: getattr(module, name) for name in module.__all__
        }
        found.update({f"{prefix}{name}": function for name, function in functions.items()})
    return found


@functools.cache
def derived_ufuncs() -> dict[str, Callable[..., Any]]:
    """All derived ufuncs by NumPy name: what a call with the inputs alone does.

    Returns
    -------
    dict of str to function
    """
    module = importlib.import_module(f"{__name__}.elementwise")
    return {name: getattr(module, name) for name in module.__all__}


def derivation(
    name: str, core: Core, found: Callable[..., Any] | None
) -> Callable[..., Any] | None:
    """What a class that derives functions calls for a NumPy function.

    Parameters
    ----------
    name : str
        Of the NumPy function, without ``numpy.``.
    core : Core
        The core functions of the class.
    found : callable or None
        What the class itself implements the function with.

    Returns
    -------
    callable or None
    """
    from .completion import COMPLETIONS
    from .core import EXTENSIONS, FUNCTIONS, OPTIONAL

    completion = COMPLETIONS.get(name)
    if completion is not None and (
        found is None or name in FUNCTIONS or name in EXTENSIONS or name in OPTIONAL
    ):
        return functools.partial(completion, core)
    return found or derived_functions().get(name)


def derived_ufunc(
    core: Core,
    ufunc: numpy.ufunc,
    method: str,
    found: Callable[..., Any] | None,
    inputs: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """The answer of a class that derives functions to the call of a ufunc, or of its method.

    Parameters
    ----------
    core : Core
        The core functions of the class.
    ufunc, method, inputs, kwargs
        As in ``__array_ufunc__``.
    found : callable or None
        What the class itself implements the ufunc with.

    Returns
    -------
    object
    """
    from .ufuncs import METHODS

    if method == "__call__" and not kwargs:
        from .completion import call_ufunc

        return call_ufunc(core, ufunc, found, inputs)
    return METHODS[method](ufunc, *inputs, **kwargs)
