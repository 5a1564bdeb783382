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
from typing import Any

#: Module here to the NumPy module that its functions belong to.
TOPICS = {
    "shape": "",
    "joining": "",
    "logic": "",
    "selection": "",
    "sorting": "",
    "statistics": "",
    "creation": "",
    "products": "",
    "linalg": "linalg.",
    "fft": "fft.",
    "polynomials": "",
    "signal": "",
    "scimath": "lib.scimath.",
    "inplace": "",
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
        for name in module.__all__:
            found[f"{prefix}{name}"] = getattr(module, name)
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
