"""NumPy programs, unchanged, on arrays that are not NumPy's.

``import arrayproto; arrayproto.activate()`` makes unchanged ``np.*`` calls work on the arrays of
CuPy, sparse and Dask. See README.md for the tour and NEP.md for the design.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .activation import Status, activate, activated, deactivate, status
from .adoption import adopt, adopted, disown
from .authors import ArrayFunctionMixin, implements
from .dispatch import array_function_dispatch, get_implementing_args, verify_matching_signatures
from .errors import (
    ActivationError,
    ArrayProtoWarning,
    CopyError,
    UnsupportedArgumentError,
    UnsupportedFunctionError,
)
from .mixins import CupyMixin, DaskMixin, SparseMixin
from .notebook import load_ipython_extension as load_ipython_extension
from .notebook import unload_ipython_extension as unload_ipython_extension
from .registration import register, unregister

if TYPE_CHECKING:
    from .authors.standard import ArrayNamespaceMixin
    from .creation import bind, using
    from .tools.explain import Explanation, explain
    from .tools.no_copies import NoCopies, no_copies
    from .tools.trace import Trace, trace
    from .view import asduck

__version__ = "0.1.0"

#: Imported when they are asked for: `import arrayproto` is no slower for them.
_LATE = {
    "ArrayNamespaceMixin": "authors.standard",
    "Explanation": "tools.explain",
    "NoCopies": "tools.no_copies",
    "Trace": "tools.trace",
    "asduck": "view",
    "bind": "creation",
    "explain": "tools.explain",
    "no_copies": "tools.no_copies",
    "trace": "tools.trace",
    "using": "creation",
}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_LATE[name]}"), name)
    globals()[name] = value
    return value


__all__ = [
    "ActivationError",
    "ArrayFunctionMixin",
    "ArrayNamespaceMixin",
    "ArrayProtoWarning",
    "CopyError",
    "CupyMixin",
    "DaskMixin",
    "Explanation",
    "NoCopies",
    "SparseMixin",
    "Status",
    "Trace",
    "UnsupportedArgumentError",
    "UnsupportedFunctionError",
    "activate",
    "activated",
    "adopt",
    "adopted",
    "array_function_dispatch",
    "asduck",
    "bind",
    "deactivate",
    "disown",
    "explain",
    "get_implementing_args",
    "implements",
    "no_copies",
    "register",
    "status",
    "trace",
    "unregister",
    "using",
    "verify_matching_signatures",
]
