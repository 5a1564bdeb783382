"""NumPy programs, unchanged, on arrays that are not NumPy's.

``import arrayproto; arrayproto.activate()`` makes unchanged ``np.*`` calls work on the arrays of
CuPy, sparse and Dask. See README.md for the tour and NEP.md for the design.
"""

from .activation import Status, activate, activated, deactivate, status
from .creation import bind, using
from .dispatch import array_function_dispatch, get_implementing_args, verify_matching_signatures
from .errors import (
    ActivationError,
    ArrayProtoWarning,
    UnsupportedArgumentError,
    UnsupportedFunctionError,
)
from .mixins import ArrayFunctionMixin, CupyMixin, DaskMixin, SparseMixin, implements
from .notebook import load_ipython_extension as load_ipython_extension
from .notebook import unload_ipython_extension as unload_ipython_extension
from .registration import register, unregister

__version__ = "0.1.0"

__all__ = [
    "ActivationError",
    "ArrayFunctionMixin",
    "ArrayProtoWarning",
    "CupyMixin",
    "DaskMixin",
    "SparseMixin",
    "Status",
    "UnsupportedArgumentError",
    "UnsupportedFunctionError",
    "activate",
    "activated",
    "array_function_dispatch",
    "bind",
    "deactivate",
    "get_implementing_args",
    "implements",
    "register",
    "status",
    "unregister",
    "using",
    "verify_matching_signatures",
]
