"""sparse's differences from NumPy's ufuncs."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .library import Derived, Row
from .reasons import Unsupported


def write(out: Any, value: Any) -> None:
    """As sparse does with the ``out=`` of a ufunc: the array takes over what the result holds."""
    formats = {"COO": "coo", "DOK": "dok", "GCXS": "gcxs"}
    form = next(formats[cls.__name__] for cls in type(out).__mro__ if cls.__name__ in formats)
    if isinstance(value, (np.ndarray, np.generic)):
        value = sys.modules["sparse"].COO.from_numpy(np.asarray(value))
    out._make_shallow_copy_of(value.asformat(form))


#: Running results that have no more non-zero elements than the array.
_SPARSE_RUNNING = ("multiply", "logical_and", "bitwise_and")

ROWS: dict[str, Row] = {
    "ufunc.accumulate": Unsupported(
        "a running result is non-zero from the first stored value on, so it would be dense",
        "use x.todense() where that fits in memory",
    ),
    **{f"{name}.accumulate": Derived() for name in _SPARSE_RUNNING},
    "ufunc.at": Unsupported(
        "sparse.COO and GCXS cannot be written to",
        "where values are to be added up by position, sparse.COO(coords, values, shape) adds up "
        "those of the same one",
    ),
    **{name: Derived() for name in ("matvec", "vecmat")},
}
