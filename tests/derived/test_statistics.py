"""`arrayproto.derived.statistics`, and the libraries' own functions of that topic."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .statistics_oracle import X, call, compare, parameters

vector = X([3, 0, 0, -1, 2, 0, 7])
floats = X([0.5, 0, 0, -1.25, 2, 0], np.float32)
matrix = X([[0, 3.0, 0, 1], [2, 0, 0, -1], [0, 0, 5, 0], [0, 0, 1, 0.5], [0, 0, 0, 0]])
integers = X([[0, 3, 0], [2, 0, -1], [0, 0, 0], [4, 4, 0]])
booleans = X([[True, False, False], [False, False, True]])
complexes = X([[0, 1j, 2], [3 - 1j, 0, 0], [0, 0, 1]])
with_nan = X([[0, np.nan, 3.0], [1, 0, 0], [0, -2, 0], [0, 0, 4]])
cube = X(np.arange(24).reshape(2, 3, 4) % 5 * (np.arange(24).reshape(2, 3, 4) % 3 == 0))
filled = X([[2, 2, 5], [2, 0, 2], [2, 2, 9]], float, fill=2)
scalar = X(4.0)
no_rows = X(np.zeros((0, 3)))

order = [
    call("all", vector),
    call("float32", floats),
    call("matrix", matrix, axis=0),
    call("last", matrix, axis=-1),
    call("integers", integers, axis=1),
    call("keepdims", integers, axis=0, keepdims=True),
    call("nan", with_nan, axis=0),
    call("two axes", cube, axis=(0, 2)),
    call("two axes keepdims", cube, axis=(1, -1), keepdims=True),
    call("filled", filled, axis=1),
    call("bad axis", matrix, axis=2),
    call("0-d", scalar),
]


def quantiles(q: Any, calls: list[Any], scale: int = 1) -> list[Any]:
    known = [(label, (*args, q * scale), kwargs) for label, args, kwargs in calls]
    many = [0.0 * scale, 0.25 * scale, 1.0 * scale]
    return [
        *known,
        call("many", matrix, many, axis=0),
        call("many float32", floats, many),
        call(
            "grid of q", matrix, np.array([[0.1, 0.9], [0.5, 0.2]]) * scale, axis=1, keepdims=True
        ),
        call("lower", vector, 0.4 * scale, method="lower"),
        call("higher", matrix, 0.4 * scale, axis=0, method="higher"),
        call("midpoint", matrix, 0.4 * scale, axis=1, method="midpoint"),
        call("too large", vector, 1.5 * scale),
        call("complex", complexes, 0.5 * scale, axis=0),
    ]


reduced = [
    call("all", matrix),
    call("vector", vector),
    call("axis", matrix, axis=0),
    call("keepdims", integers, axis=1, keepdims=True),
    call("booleans", booleans, axis=0),
    call("cube", cube, axis=(0, 2)),
    call("bad axis", vector, axis=1),
]
running = [
    call("vector", vector),
    call("float32", floats, axis=0),
    call("booleans", booleans, axis=1),
    call("axis", matrix, axis=0),
    call("last", cube, axis=-1),
    call("complex", complexes, axis=1),
    call("dtype", integers, axis=0, dtype=np.float32),
    call("bad axis", integers, axis=2),
]
flat_running = [call("flat", matrix), call("flat cube", cube)]
positional = [
    call("vector", vector, axis=0),
    call("initial", vector, include_initial=True),
    call("initial axis", matrix, axis=1, include_initial=True),
    call("dtype", integers, axis=0, dtype=np.float32),
    call("no axis", integers),
]

BOTH: dict[str, list[Any]] = {
    "count_nonzero": [
        *reduced,
        call("keepdims all", matrix, keepdims=True),
        call("nan", with_nan),
        call("complex", complexes, axis=0),
        call("empty", no_rows, axis=0),
        call("filled", filled, axis=1),
    ],
    "ptp": [
        *[c for c in reduced if c[0] != "booleans"],
        call("booleans", booleans, axis=0),
        call("nan", with_nan, axis=0),
        call("filled", filled, axis=0),
    ],
    "average": [
        *reduced,
        call("weights", vector, weights=X([1, 2, 0, 1, 3, 0, 1])),
        call("weights of an axis", matrix, axis=0, weights=X([1.0, 2, 3, 4, 5])),
        call("weights of the shape", integers, axis=1, weights=X(np.ones((4, 3)) * [1, 2, 3])),
        call("ndarray weights", integers, axis=0, weights=np.array([1, 2, 3, 4])),
        call("float32", floats, weights=X([1, 0, 2, 1, 1, 1], np.float32)),
        call("returned", matrix, axis=1, returned=True),
        call("returned weights", matrix, axis=1, weights=X([1.0, 2, 0, 4]), returned=True),
        call("keepdims weights", matrix, axis=1, weights=X([1.0, 2, 0, 4]), keepdims=True),
        call("weights without axis", matrix, weights=X([1.0, 2, 0, 4])),
        call("weights of another length", matrix, axis=0, weights=X([1.0, 2, 0])),
    ],
    "median": [*order, call("booleans", booleans, axis=1)],
    "quantile": quantiles(0.3, order),
    "percentile": quantiles(0.3, order, 100),
    "cov": [
        call("matrix", matrix),
        call("columns", matrix, rowvar=False),
        call("vector", vector),
        call("y", matrix, X(np.arange(20.0).reshape(5, 4) % 3)),
        call("bias", integers, bias=True),
        call("ddof", integers, ddof=0),
        call("complex", complexes),
        call("filled", filled),
        call("float32", floats, dtype=np.float32),
        call("cube", cube),
    ],
    "corrcoef": [
        call("matrix", X([[0, 3.0, 0, 1], [2, 0, 0, -1], [0, 0, 5, 0]])),
        call("columns", X([[0, 3.0, 0], [2, 0, 0], [0, 0, 5]]), rowvar=False),
        call("complex", complexes),
        call("vector", vector),
    ],
    "nanargmax": [
        call("all", with_nan),
        call("axis", with_nan, axis=1),
        call("integers", integers, axis=0),
        call("keepdims", with_nan, axis=0, keepdims=True),
        call("only nan", X([[np.nan, np.nan], [1, 2]]), axis=1),
    ],
    "nanargmin": [
        call("all", with_nan),
        call("axis", with_nan, axis=0),
        call("float32", X([np.nan, 3, 0, -1], np.float32)),
    ],
    "trapezoid": [
        call("vector", vector),
        call("dx", matrix, dx=0.5),
        call("axis", matrix, axis=0),
        call("x", matrix, X([0.0, 1, 3, 4])),
        call("ndarray x", matrix, np.array([0.0, 1, 3, 4, 9]), axis=0),
        call("float32", floats),
        call("cube", cube, axis=1),
        call("bad axis", vector, axis=1),
    ],
    "digitize": [
        call("matrix", matrix, np.array([0.0, 1, 2])),
        call("right", integers, np.array([0, 2, 3]), right=True),
        call("falling", floats, np.array([2.0, 0, -1])),
        call("no order", floats, np.array([2.0, 0, 3])),
    ],
    "histogram": [
        call("range", matrix, bins=5, range=(-1, 5)),
        call("edges", integers, np.array([-1, 0, 1, 5])),
        call("density", vector, bins=4, range=(-2, 8), density=True),
        call("defaults", matrix),
        call("bins", vector, 3),
        call("one value", X([2.0, 2, 2, 2]), 4),
        call("filled", filled, 4),
    ],
}
SPARSE: dict[str, list[Any]] = {
    "histogram_bin_edges": [
        call("defaults", matrix),
        call("range", integers, 4, (0, 8)),
        call("edges", integers, np.array([0, 1, 5])),
    ],
    "bincount": [
        call("counts", X([0, 3, 0, 1, 3])),
        call("minlength", X([0, 3, 0, 1, 3]), minlength=7),
        call("negative", vector),
        call("floats", floats),
        call("matrix", integers),
    ],
}
DASK: dict[str, list[Any]] = {
    "bincount": [call("minlength", X([0, 3, 0, 1, 3]), minlength=7)],
    "cumsum": [*running, *flat_running],
    "cumprod": [*running, *flat_running],
    "nancumsum": [*running, *flat_running, call("nan", with_nan, axis=0)],
    "nancumprod": [*running, *flat_running, call("nan", with_nan, axis=0)],
    "cumulative_sum": positional,
    "cumulative_prod": positional,
    "nanmedian": order,
    "nanquantile": quantiles(0.3, order),
    "nanpercentile": quantiles(0.3, order, 100),
    "nanmean": [*reduced, call("nan", with_nan, axis=0)],
    "nanvar": [*reduced, call("nan", with_nan, axis=1), call("ddof", matrix, axis=0, ddof=1)],
    "nanstd": [*reduced, call("nan", with_nan, axis=1)],
}


@pytest.mark.parametrize(
    ("maker", "name", "args", "kwargs"),
    [
        *parameters(BOTH, lambda name: ("coo", "gcxs", "rows", "grid")),
        *parameters(SPARSE, lambda name: ("coo", "gcxs")),
        *parameters(DASK, lambda name: ("rows", "grid")),
    ],
)
def test_numpys_answer(maker, name, args, kwargs):
    compare(maker, name, args, kwargs, plain=False)
