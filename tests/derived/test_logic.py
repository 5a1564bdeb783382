"""`arrayproto.derived.logic`, and the libraries' own functions of that topic."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .statistics_oracle import X, call, compare, parameters

matrix = X([[0, 3.0, 0, 1], [2, 0, 0, -1]])
near = X([[0, 3.0 + 1e-9, 0, 1], [2, 0, 1e-9, -1]])
integers = X([[0, 3, 0], [2, 0, -1]])
booleans = X([[True, False, False], [False, False, True]])
complexes = X([[0, 1j, 2], [3 - 1j, 0, 0]])
odd = X([[0, np.nan, np.inf], [-np.inf, 1, 0]])
odd32 = X([[0, np.nan, np.inf], [-np.inf, 1, 0]], np.float32)
filled = X([[2, 2, 5], [2, 0, 2]], float, fill=2)
empty = X(np.zeros((0, 3)))
scalar = X(4.0)

pairs = [
    call("same", matrix, matrix),
    call("near", matrix, near),
    call("ndarray", matrix, near.values),
    call("row", integers, X([0, 3, 0])),
    call("nan", odd, odd),
    call("types", odd, odd32),
    call("booleans", booleans, booleans),
    call("complex", complexes, complexes),
    call("filled", filled, filled),
    call("empty", empty, empty),
    call("0-d", scalar, scalar),
]
close = [
    *pairs,
    call("number", matrix, 3.0),
    call("rtol", matrix, near, rtol=0, atol=1e-12),
    call("equal_nan", odd, odd, equal_nan=True),
    call("shapes", integers, X([1, 2])),
]
one = [
    call("floats", matrix),
    call("integers", integers),
    call("booleans", booleans),
    call("complex", complexes),
    call("odd", odd),
    call("filled", filled),
    call("empty", empty),
    call("0-d", scalar),
]

BOTH: dict[str, list[Any]] = {
    "isclose": close,
    "allclose": close,
    "array_equal": [
        *pairs,
        call("other shape", matrix, integers),
        call("equal_nan", odd, odd, equal_nan=True),
        call("other rank", matrix, scalar),
    ],
    "array_equiv": [
        *pairs,
        call("other shape", matrix, integers),
        call("column", filled, X([[2], [2]])),
    ],
    "isreal": one,
    "iscomplex": one,
    "isrealobj": one,
    "iscomplexobj": one,
    "angle": [
        *(c for c in one if c[0] != "booleans"),
        call("degrees", complexes, deg=True),
    ],
    "sinc": one,
    "nan_to_num": [*one, call("numbers", odd32, nan=1.0, posinf=2.0, neginf=-2.0)],
}
SPARSE: dict[str, list[Any]] = {
    "real_if_close": [*one, call("near", X([1 + 1e-16j, 0])), call("tol", X([1 + 0.1j, 0]), tol=1)]
}


@pytest.mark.parametrize(
    ("maker", "name", "args", "kwargs"),
    [
        *parameters(BOTH, lambda name: ("coo", "gcxs", "rows", "grid")),
        *parameters(SPARSE, lambda name: ("coo", "gcxs")),
    ],
)
def test_numpys_answer(maker, name, args, kwargs):
    compare(maker, name, args, kwargs, plain=False)
