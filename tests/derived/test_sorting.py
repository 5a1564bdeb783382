"""`arrayproto.derived.sorting`, and the libraries' own functions of that topic."""

from __future__ import annotations

from typing import Any

import dask.array as da
import numpy as np
import pytest
import sparse

import arrayproto.numpy as anp

from .statistics_oracle import X, call, compare, parameters

vector = X([3, 0, 0, -1, 2, 0, 7])
other = X([7, 3, 3, 0, 11])
floats = X([0.5, 0, 0, -1.25, 2, 0], np.float32)
matrix = X([[0, 3.0, 0, 1], [2, 0, 0, -1], [0, 0, 5, 0]])
booleans = X([[True, False, False], [False, False, True]])
complexes = X([[0, 1j, 2], [3 - 1j, 0, -1]])
with_nan = X([[0, np.nan, 3.0], [1, 0, np.nan], [0, -2, 0]])
cube = X(np.arange(24).reshape(2, 3, 4) % 5 - 2)
filled = X([[2, 2, 5], [2, 0, 2], [2, 2, 9]], float, fill=2)
nan_filled = X([[np.nan, 2, np.nan], [1, 0, np.nan]], fill=np.nan)
empty = X(np.zeros((0, 3)))
scalar = X(4.0)

arrays = [
    call("vector", vector),
    call("float32", floats),
    call("matrix", matrix),
    call("axis", matrix, axis=0),
    call("flat", matrix, axis=None),
    call("booleans", booleans, axis=0),
    call("complex", complexes),
    call("nan", with_nan),
    call("cube", cube, axis=1),
    call("filled", filled),
    call("fill of nan", nan_filled),
    call("empty", empty, axis=0),
    call("bad axis", matrix, axis=2),
    call("0-d", scalar),
]
sets = [
    call("vectors", vector, other),
    call("ndarray", vector, other.values),
    call("ndarray first", other.values, vector),
    call("matrix", matrix, X([3, 1, 9])),
    call("float32", floats, floats),
    call("booleans", booleans, booleans),
]
values = [
    call("vector", vector),
    call("float32", floats),
    call("matrix", matrix),
    call("booleans", booleans),
    call("complex", complexes),
    call("cube", cube),
    call("filled", filled),
    call("counts", vector, return_counts=True),
    call("counts of cube", cube, return_counts=True),
]

BOTH: dict[str, list[Any]] = {
    "sort": arrays,
    "unique": [*values, call("nan", with_nan)],
    "isin": [
        call("values", matrix, np.array([0, 3.0])),
        call("list", vector, [3, 7]),
        call("invert", matrix, [3, 1], invert=True),
        call("other", vector, other),
        call("complex", complexes, [1j, 0]),
        call("nothing", vector, np.array([], int)),
    ],
    "intersect1d": sets,
    "union1d": sets,
    "setdiff1d": sets,
    "setxor1d": sets,
}
SPARSE: dict[str, list[Any]] = {
    "unique": [call("many nan", with_nan, equal_nan=False), call("fill of nan", nan_filled)],
    "searchsorted": [
        call("values", np.array([0.0, 1, 2]), matrix),
        call("right", np.array([0, 2, 3]), vector, side="right"),
        call("sorter", np.array([2, 0, 3]), vector, sorter=np.array([1, 0, 2])),
    ],
}
positions = [
    call("vector", vector, 2),
    call("matrix", matrix, 1, axis=0),
    call("too far", vector, 9),
]
DASK: dict[str, list[Any]] = {
    "argsort": [call(label, *args, **kwargs, stable=True) for label, args, kwargs in arrays],
    "partition": positions,
    "argpartition": positions,
    "searchsorted": [
        call("values", X([0.0, 1, 2]), matrix),
        call("right", X([0, 2, 3]), vector, side="right"),
    ],
    "unique_counts": [call("vector", vector), call("cube", cube)],
    "unique_inverse": [call("vector", vector)],
    "unique_all": [call("vector", vector)],
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


def test_unique_values_of_dask_in_any_order():
    x = da.from_array(vector.values, chunks=3)  # NumPy does not say in which order they come
    assert sorted(anp.unique_values(x).compute()) == sorted(np.unique_values(vector.values))


def test_a_stored_fill_value_is_one_value():
    x = sparse.COO([[0, 2]], [0, 5], shape=(4,))
    values, counts = anp.unique(x, return_counts=True)
    assert values.todense().tolist() == [0, 5]
    assert counts.todense().tolist() == [3, 1]


HUGE = sparse.COO([[1, 5, 900_000], [7, 7, 3]], [2.0, -1.0, 4.0], shape=(10**6, 10**6))
IN_PROPORTION = {
    "sort": lambda: anp.sort(HUGE, axis=0),
    "median": lambda: anp.median(HUGE, axis=1),
    "percentile": lambda: anp.percentile(HUGE, 99.0),
    "isclose": lambda: anp.isclose(HUGE, HUGE),
    "allclose": lambda: anp.allclose(HUGE, HUGE),
    "array_equal": lambda: anp.array_equal(HUGE, HUGE),
    "count_nonzero": lambda: anp.count_nonzero(HUGE, axis=0),
    "average": lambda: anp.average(HUGE, axis=0),
    "cov": lambda: anp.cov(HUGE[:100]),
    "unique": lambda: anp.unique(HUGE),
    "isin": lambda: anp.isin(HUGE, [4.0]),
    "histogram": lambda: anp.histogram(HUGE),
    "diag": lambda: anp.diag(HUGE[1]),
    "trim_zeros": lambda: anp.trim_zeros(HUGE),
}


@pytest.mark.parametrize("name", IN_PROPORTION)
def test_memory_stays_in_proportion_to_what_is_stored(name):
    result = IN_PROPORTION[name]()  # 8 TB, were it dense
    if isinstance(result, sparse.SparseArray):
        assert result.nnz <= 10
    else:
        assert (
            sum(np.size(part) for part in (result if isinstance(result, tuple) else [result])) < 30
        )
