"""`arrayproto.derived.linalg`, `.products`, and the libraries' own functions of these topics."""

from __future__ import annotations

from typing import Any

import dask
import dask.array as da
import numpy as np
import pytest
import sparse

import arrayproto
import arrayproto.numpy as anp
from arrayproto.errors import UnsupportedArgumentError, UnsupportedFunctionError

from .statistics_oracle import MAKERS, X, call, compare, nothing_converted, parameters

vector = X([3, 0, 0, -1])
row = X([0.5, 0, -2.0])
single = X([0.5, 0, -2.0, 0], np.float32)
matrix = X([[0, 3.0, 0, 1], [2, 0, 0, -1], [0, 0, 5, 0]])
square = X([[2, 0, 1, 0], [0, 3.0, 0, 0], [1, 0, 4, 0], [0, 0, 0, -5]])
integers = X([[0, 3, 0], [2, 0, -1], [0, 0, 0], [4, 4, 0]])
int_square = X([[1, 0, 2], [0, -1, 0], [3, 0, 0]])
small_ints = X([[1, 0, 100], [0, 100, 0], [100, 0, 0]], np.int8)
booleans = X([[True, False, True], [False, False, True], [True, False, False]])
complexes = X([[0, 1j, 2], [3 - 1j, 0, 0], [0, 0, 1]])
cube = X(np.arange(24).reshape(2, 3, 4) % 5 * (np.arange(24).reshape(2, 3, 4) % 3 == 0))
stack = X(
    (np.arange(18).reshape(2, 3, 3) % 4 * (np.arange(18).reshape(2, 3, 3) % 3 != 1)).astype(float)
)
filled = X([[2, 2, 5], [2, 0, 2], [2, 2, 9]], float, fill=2)
with_nan = X([[0, np.nan, 3.0], [1, 0, 0]])
no_rows = X(np.zeros((0, 3)))
empty = X(np.zeros(0))
scalar = X(3.0)

vector_orders = [None, 0, 1, 2, 3, 0.5, -1, -2, np.inf, -np.inf]
matrix_orders = [None, "fro", 1, -1, np.inf, -np.inf]
spectral_orders = [2, -2, "nuc"]
norms = [
    *(call(f"vector {o}", vector, o) for o in vector_orders if o not in (-1, -2)),
    *(call(f"dense {o}", X([1.0, -2, 4]), o) for o in (-1, -2)),
    *(call(f"axis {o}", matrix, o, axis=0) for o in vector_orders if o not in (-1, -2)),
    *(
        call(f"last keepdims {o}", complexes, o, axis=-1, keepdims=True)
        for o in (None, 0, 1, 3, np.inf)
    ),
    *(call(f"matrix {o}", matrix, o) for o in matrix_orders),
    *(call(f"cube {o}", cube, o, axis=(2, 0)) for o in matrix_orders),
    *(call(f"keepdims {o}", cube, o, axis=(0, -1), keepdims=True) for o in matrix_orders),
    call("single", single),
    call("single 3", single, 3),
    call("single inf", single, np.inf),
    call("booleans", booleans),
    call("booleans 1", booleans, 1),
    call("cube flat", cube),
    call("cube flat keepdims", cube, keepdims=True),
    call("nan", with_nan, np.inf, axis=1),
    call("filled", filled, 1, axis=0),
    call("empty", empty),
    call("empty inf", empty, np.inf),
    call("no rows", no_rows, axis=0),
    call("no rows inf", no_rows, np.inf, axis=0),
    call("no rows -inf", no_rows, -np.inf, axis=0),
    call("0-d", scalar),
    call("bad order", vector, "fro"),
    call("bad matrix order", matrix, 3),
    call("bad string", matrix, "no"),
    call("bad axis", matrix, axis=2),
    call("duplicate axes", matrix, axis=(0, -2)),
    call("three axes", cube, axis=(0, 1, 2)),
    call("three dimensions", cube, 1),
    call("axis of no type", matrix, axis="x"),
]
products = [
    call("vectors", vector, vector),
    call("integers", integers, integers),
    call("complex", complexes, complexes),
    call("booleans", booleans, booleans),
    call("small", small_ints, small_ints),
    call("single", single, single),
    call("mismatch", vector, row),
]
diagonals = [
    call("square", square),
    call("wide", matrix),
    call("integers", integers, offset=-1),
    call("small", small_ints),
    call("booleans", booleans),
    call("complex", complexes, offset=1),
    call("cube", cube),
    call("vector", vector),
]

TABLE: dict[str, list[Any]] = {
    "linalg.norm": norms,
    "linalg.matrix_norm": [
        *(call(f"{o}", cube, ord=o) for o in matrix_orders),
        call("keepdims", cube, keepdims=True),
        call("vector", vector),
    ],
    "linalg.vector_norm": [
        *(call(f"{o}", cube, ord=o) for o in (0, 1, 2, 3, np.inf, -np.inf)),
        call("axis", cube, axis=1),
        call("axes", cube, axis=(2, 0)),
        call("axes keepdims", cube, axis=(0, -1), keepdims=True),
        call("all keepdims", matrix, keepdims=True),
        call("single", single, keepdims=True),
        call("bad axis", matrix, axis=5),
    ],
    "linalg.trace": [
        *diagonals,
        call("dtype", integers, dtype=np.float32),
        call("empty", X(np.zeros((0, 0)))),
    ],
    "linalg.diagonal": diagonals,
    "linalg.outer": [
        call("vectors", vector, row),
        call("single", single, single),
        call("matrix", matrix, row),
    ],
    "linalg.cross": [
        call("vectors", row, X([1, 0, 2.0])),
        call("stacks", integers, integers),
        call("axis", int_square, complexes, axis=0),
        call("too long", vector, vector),
    ],
    "linalg.vecdot": [
        *products,
        call("stack", cube, vector),
        call("axis", cube, cube, axis=1),
    ],
    "linalg.matmul": [
        call("matrices", matrix, square),
        call("stacks", stack, stack),
        call("vector", square, vector),
        call("mismatch", matrix, matrix),
    ],
    "linalg.tensordot": [
        call("two", integers, integers),
        call("one", matrix, square, axes=1),
        call("axes", cube, integers, axes=([1, 2], [1, 0])),
        call("mismatch", matrix, matrix, axes=1),
    ],
    "linalg.matrix_transpose": [
        call("cube", cube),
        call("complex", complexes),
        call("vector", vector),
    ],
    "linalg.matrix_power": [
        *(call(f"{n}", square, n) for n in (0, 1, 2, 3, 5, 8)),
        *(call(f"integers {n}", int_square, n) for n in (0, 2, 7)),
        call("complex", complexes, 3),
        call("stack", stack, 3),
        call("stack 0", stack, 0),
        call("not square", matrix, 2),
        call("vector", vector, 2),
        call("fraction", square, 0.5),
    ],
    "linalg.multi_dot": [
        call("two", [matrix, square]),
        call("three", [matrix, square, X(np.eye(4)[:, :2])]),
        call("four", [matrix, square, X(np.eye(4)[:, :2]), X(np.ones((2, 5)))]),
        call("vectors", [X([1.0, 0, 2]), matrix, vector]),
        call("first vector", [X([1.0, 0, 2]), matrix, square]),
        call("last vector", [matrix, square, vector]),
        call("integers", [int_square, int_square, int_square]),
        call("one", [matrix]),
        call("cube", [matrix, cube, matrix]),
        call("mismatch", [matrix, matrix, square]),
    ],
    "trace": [
        *diagonals,
        call("axes", cube, 0, 2, 1),
        call("offset", cube, -1, 0, 1),
        call("far", square, 9),
        call("dtype", small_ints, dtype=np.int16),
        call("same axes", cube, 0, 1, 1),
    ],
    "diagonal": [
        *diagonals,
        call("axes", cube, 1, 2, 1),
        call("negative axes", cube, 0, -1, -2),
    ],
    "inner": [
        *products,
        call("matrix vector", matrix, vector),
        call("cube matrix", cube, X(np.eye(4)[:2])),
        call("scalar", matrix, 2),
        call("0-d", matrix, scalar),
        call("empty", empty, empty),
    ],
    "vdot": [
        *products,
        call("shapes", cube, X(np.ones(24))),
        call("mixed", complexes, int_square),
        call("too short", cube, vector),
    ],
    "outer": [
        *products,
        call("cube", vector, cube),
    ],
    "kron": [
        *products,
        call("ranks", vector, integers),
        call("ranks turned", integers, vector),
        call("cube", int_square, cube),
        call("scalar", 3, matrix),
    ],
    "cross": [
        call("vectors", row, X([1, 0, 2])),
        call("integers", integers, integers),
        call("broadcast", integers, row),
        call("axes", int_square, complexes, axisa=0, axisb=1, axisc=0),
        call(
            "axis", X(np.arange(12).reshape(3, 4) % 5), X(np.arange(12).reshape(3, 4) % 4), axis=0
        ),
        call("axisc", integers, integers, axisc=0),
        call("small", small_ints, small_ints),
        call("two", X([[1, 0], [0, 3]]), X([[1, 2], [5, 0]])),
        call("two and three", X([[1, 0], [0, 3]]), X([[1, 2, 0], [5, 0, 1]])),
        call("three and two", X([[1, 2, 0], [5, 0, 1]]), X([[1, 0], [0, 3]])),
        call("booleans", booleans, booleans),
        call("too long", vector, vector),
        call("bad axis", row, row, axis=1),
    ],
    "tensordot": [
        call("one", matrix, square, 1),
        call("axes", cube, integers, ([1, 2], [1, 0])),
        call("axis", cube, integers, (1, 1)),
        call("mismatch", matrix, matrix, 1),
    ],
    "einsum": [
        call("transpose", "ij->ji", matrix),
        call("product", "ij,jk->ik", matrix, square),
        call("implicit", "ij,jk", matrix, square),
        call("sum", "ij->", integers),
        call("sums", "ij->j", square),
        call("mismatch", "ij,ij", matrix, square),
    ],
}
MATRICES = {
    "linalg.det": [
        call("square", square),
        call("stack", stack),
        call("integers", int_square),
        call("single", X([[1, 2], [3, 5]], np.float32)),
        call("complex", complexes),
        call("wide", matrix),
    ],
    "linalg.slogdet": [call("square", square), call("stack", stack), call("complex", complexes)],
    "linalg.inv": [
        call("square", square),
        call("stack", X(stack.values + 9 * np.eye(3))),
        call("single", X([[1, 2], [3, 5]], np.float32)),
        call("complex", complexes),
        call("wide", matrix),
    ],
    "linalg.solve": [
        call("vector", square, vector),
        call("matrix", square, X(np.arange(8.0).reshape(4, 2))),
        call("ndarray", square, np.ones(4)),
        call("stack", X(stack.values + 9 * np.eye(3)), X(np.ones((2, 3, 1)))),
        call("too short", square, row),
    ],
    "linalg.cholesky": [
        call("lower", X(square.values @ square.values.T + np.eye(4))),
        call("upper", X(square.values @ square.values.T + np.eye(4)), upper=True),
        call("complex", X(complexes.values @ complexes.values.conj().T + np.eye(3))),
        call(
            "complex upper", X(complexes.values @ complexes.values.conj().T + np.eye(3)), upper=True
        ),
    ],
    "linalg.eigvals": [call("complex", complexes), call("stack", X(stack.values.astype(complex)))],
    "linalg.eigvalsh": [
        call("square", square),
        call("stack", stack),
        call("upper", stack, UPLO="U"),
    ],
    "linalg.svdvals": [call("wide", matrix), call("stack", stack), call("vector", vector)],
    "linalg.cond": [
        call("square", square),
        call("one", square, 1),
        call("stack", X(stack.values + 9 * np.eye(3)), 2),
    ],
    "linalg.pinv": [call("wide", matrix), call("stack", stack), call("rcond", square, 1e-3)],
    "linalg.matrix_rank": [
        call("wide", matrix),
        call("stack", stack),
        call("tol", square, 2.5),
        call("rtol", square, rtol=0.5),
    ],
    "linalg.norm": [
        *(call(f"spectral {o}", matrix, o) for o in spectral_orders),
        *(
            call(f"spectral stack {o}", stack, o, axis=(1, 2), keepdims=True)
            for o in spectral_orders
        ),
        *(call(f"spectral axes {o}", stack, o, axis=(-1, 1)) for o in spectral_orders),
    ],
    "linalg.matrix_power": [call("inverse", square, -2)],
}


@pytest.mark.parametrize(
    ("maker", "name", "args", "kwargs"), parameters(TABLE, lambda name: list(MAKERS))
)
def test_same_as_numpy(maker: str, name: str, args: Any, kwargs: Any) -> None:
    compare(maker, name, args, kwargs, plain=False)


def _in_one_chunk(x: X) -> Any:
    leading = max(0, x.values.ndim - 2)
    return da.from_array(x.values, chunks=(1,) * leading + x.values.shape[leading:])


@pytest.mark.parametrize(
    ("maker", "name", "args", "kwargs"), parameters(MATRICES, lambda name: ["rows"])
)
def test_matrices_in_one_chunk(
    maker: str, name: str, args: Any, kwargs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MAKERS, maker, _in_one_chunk)
    compare(maker, name, args, kwargs, plain=False)


@pytest.mark.parametrize(
    "name", ["det", "slogdet", "eigh", "cond", "pinv", "matrix_rank", "svdvals"]
)
def test_matrices_too_large_for_a_chunk_are_refused(name: str) -> None:
    x = da.from_array(square.values, chunks=2)
    with (
        dask.config.set({"array.chunk-size": "64 B"}),
        nothing_converted(),
        pytest.raises(UnsupportedArgumentError, match="several chunks"),
    ):
        getattr(anp.linalg, name)(x)


@pytest.mark.parametrize("name", ["inv", "cholesky"])
@pytest.mark.parametrize("dtype", [float, complex])
def test_matrices_of_square_chunks(name: str, dtype: Any) -> None:
    values = square.values @ square.values.T + np.eye(4)
    if dtype is complex:
        values = values + 1j * (np.triu(values, 1) - np.tril(values, -1)) / 4
    with nothing_converted():
        result = getattr(anp.linalg, name)(da.from_array(values, chunks=2))
    np.testing.assert_allclose(result.compute(), getattr(np.linalg, name)(values), atol=1e-12)


def test_eigh_of_each_matrix() -> None:
    x = da.from_array(stack.values + stack.values.transpose(0, 2, 1), chunks=(1, 3, 3))
    with nothing_converted():
        values, vectors = result = anp.linalg.eigh(x)
    assert type(result) is type(np.linalg.eigh(np.eye(2)))
    assert vectors.shape == (2, 3, 3)
    values, vectors, x = values.compute(), vectors.compute(), x.compute()
    np.testing.assert_allclose(vectors * values[:, None, :], x @ vectors, atol=1e-12)


@pytest.mark.parametrize("name", ["eig", "eigvals"])
def test_dtype_of_eigenvalues_is_not_known_before(name: str) -> None:
    with nothing_converted(), pytest.raises(UnsupportedArgumentError, match="depends on values"):
        getattr(anp.linalg, name)(da.ones((2, 2)))


@pytest.mark.parametrize(
    "name",
    ["cond", "eig", "eigh", "eigvals", "eigvalsh", "matrix_rank", "pinv", "qr", "svd", "svdvals"],
)  # fmt: skip
def test_sparse_says_who_has_it(name: str) -> None:
    x = MAKERS["coo"](square)
    with nothing_converted(), pytest.raises(UnsupportedFunctionError, match="scipy|scikit"):
        getattr(anp.linalg, name)(x)


@pytest.mark.parametrize("maker", list(MAKERS))
@pytest.mark.parametrize("optimize", ["greedy", "optimal", True])
def test_einsum_path_needs_shapes_alone(maker: str, optimize: Any) -> None:
    given = [matrix, square, X(np.ones((4, 6)))]
    with nothing_converted():
        result = anp.einsum_path("ij,jk,kl->il", *map(MAKERS[maker], given), optimize=optimize)
        turned = anp.einsum_path(
            *[
                a
                for x, axes in zip(map(MAKERS[maker], given), ([0, 1], [1, 2], [2, 3]), strict=True)
                for a in (x, axes)
            ],
            [0, 3],
        )
    assert result == np.einsum_path("ij,jk,kl->il", *(x.values for x in given), optimize=optimize)
    assert turned[0] == result[0]


@pytest.mark.parametrize("maker", ["rows", "grid", "coo"])
@pytest.mark.parametrize(
    ("name", "first", "second"),
    [("kron", integers, int_square), ("cross", integers, integers), ("inner", integers, int_square),
     ("vdot", int_square, booleans), ("outer", vector, row)],
)  # fmt: skip
def test_with_an_ndarray(maker: str, name: str, first: X, second: X) -> None:
    expected = getattr(np, name)(first.values, second.values)
    with nothing_converted():
        left = getattr(anp, name)(MAKERS[maker](first), second.values)
        right = getattr(anp, name)(first.values, MAKERS[maker](second))
    for result in (left, right):
        assert result.dtype == expected.dtype
        if maker == "coo":
            result = result.todense() if isinstance(result, sparse.SparseArray) else result
        else:
            assert isinstance(result, da.Array)
        np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("maker", list(MAKERS))
def test_out_is_refused(maker: str) -> None:
    with pytest.raises(UnsupportedArgumentError, match="out="):
        anp.linalg.multi_dot([MAKERS[maker](square)] * 3, out=np.empty((4, 4)))


@pytest.mark.parametrize("name", ["dot", "matmul"])
def test_a_sparse_vector_that_is_mostly_not_zero(name: str) -> None:
    first = sparse.COO.from_numpy(vector.values + 1, fill_value=1)
    for second in (square.values, sparse.COO.from_numpy(square.values)):
        with arrayproto.activated("sparse"):
            found = getattr(np, name)(first, second)
        assert found.shape == (4,)
        np.testing.assert_array_equal(found.todense(), (vector.values + 1) @ square.values)
