"""`arrayproto.derived.selection`, and the libraries' own functions of that topic."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import arrayproto.numpy as anp

from .statistics_oracle import X, call, compare, parameters

vector = X([3, 0, 0, -1, 2, 0, 0])
floats = X([0.5, 0, 0, -1.25, 2, 0], np.float32)
matrix = X([[0, 3.0, 0, 1], [2, 0, 0, -1], [0, 0, 5, 0]])
square = X([[0, 3, 0], [2, 0, -1], [0, 0, 4]])
complexes = X([0, 1j, 2, 0])
cube = X(np.arange(24).reshape(2, 3, 4) % 5 - 2)
filled = X([2, 2, 5, 2], float, fill=2)
index = X([[0, 1, 0], [2, 0, 1]])
zeros = X([[0, 0], [0, 0]])
condition = X([True, False, True])

BOTH: dict[str, list[Any]] = {
    "diag": [
        call("vector", vector),
        call("above", floats, 1),
        call("below", complexes, k=-2),
        call("matrix", matrix),
        call("of matrix", matrix, 1),
        call("below of matrix", square, -1),
        call("filled", filled, 1),
        call("cube", cube),
    ],
    "diagflat": [call("matrix", square), call("above", vector, 1)],
    "select": [
        call("two", [X(matrix.values > 2), X(matrix.values < 0)], [matrix, X(-matrix.values)]),
        call("default", [X(vector.values > 0)], [vector], 5),
        call("float default", [X(vector.values > 0)], [vector], 0.5),
        call("float32", [X(floats.values > 0)], [floats], 1.0),
        call("lengths", [X(vector.values > 0)], [vector, vector]),
        call("integers", [vector], [vector]),
    ],
    "compress": [
        call("rows", [True, False, True], matrix, axis=0),
        call("ndarray", np.array([False, True, True, False]), matrix, axis=1),
        call("flat", [False, True, True], matrix),
        call("matrix", [[True, False]], matrix),
    ],
    "delete": [
        call("row", matrix, 1, axis=0),
        call("slice", matrix, slice(0, 2), axis=1),
        call("list", vector, [0, -1]),
        call("too far", vector, 9),
    ],
    "ediff1d": [
        call("vector", vector),
        call("matrix", matrix),
        call("float32", floats),
    ],
    "resize": [
        call("larger", vector, (3, 4)),
        call("smaller", matrix, (2, 2)),
        call("number", floats, 8),
        call("negative", vector, (-1, 2)),
    ],
    "apply_over_axes": [call("sum", anp.sum, cube, [0, 2]), call("last", anp.sum, matrix, -1)],
    "flatnonzero": [call("vector", vector), call("matrix", matrix)],
    "argwhere": [call("vector", vector), call("cube", cube)],
    "extract": [
        call("conditions", X(vector.values > 0), vector),
        call("matrix", X(matrix.values > 0), matrix),
    ],
}
SPARSE: dict[str, list[Any]] = {
    "choose": [
        call("arrays", index, [X([[1, 0, 3]] * 2), X([[0, 5, 0]] * 2), X([[7, 0, 0]] * 2)]),
        call("clip", X([0, 5, -1]), [X([1, 0, 3]), X([0, 5, 6])], mode="clip"),
        call("wrap", X([0, 5, -1]), [X([1, 0, 3]), X([0, 5, 6])], mode="wrap"),
        call("too far", index, [X([1, 0, 3]), X([0, 5, 0])]),
    ],
    "ediff1d": [call("ends", vector, X([9]), X([7, 0]))],
    "trim_zeros": [
        call("vector", vector),
        call("front", vector, "f"),
        call("back", vector, "b"),
        call("matrix", matrix),
        call("axis", square, axis=0),
        call("zeros", zeros),
        call("wrong", vector, "x"),
    ],
    "tril_indices_from": [call("square", square), call("k", matrix, 1), call("cube", cube)],
    "triu_indices_from": [call("square", square), call("k", matrix, -1)],
    "diag_indices_from": [call("square", square), call("oblong", matrix)],
}
PLAIN = {
    "argwhere",
    "flatnonzero",
}


@pytest.mark.parametrize(
    ("maker", "name", "args", "kwargs"),
    [
        *parameters(BOTH, lambda name: ("coo", "gcxs", "rows", "grid")),
        *parameters(SPARSE, lambda name: ("coo", "gcxs")),
    ],
)
def test_numpys_answer(maker, name, args, kwargs):
    compare(maker, name, args, kwargs, name in PLAIN)
