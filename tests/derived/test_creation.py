"""`arrayproto.derived.creation`, `.scimath`, `.inplace`, like= and corrections."""

from __future__ import annotations

from typing import Any

import dask.array as da
import numpy as np
import pytest
import sparse

import arrayproto
import arrayproto.numpy as anp
from arrayproto.errors import UnsupportedArgumentError, UnsupportedFunctionError

from .statistics_oracle import MAKERS, X, call, compare, nothing_converted, parameters

vector = X([3, 0, 0, -1])
other = X([1.0, 0, 2])
matrix = X([[0, 3.0, 0, 1], [2, 0, 0, -1], [0, 0, 5, 0]])
positive = X([[0, 3.0, 0, 1], [2, 0, 0, 1], [0, 0, 5, 0]])
inside = X([[0, 0.5, 0], [-1, 0, 0.25]])
integers = X([[0, 3, 0], [2, 0, -1]])
single = X([0.5, 0, -2.0], np.float32)
complexes = X([[0, 1j, 2], [3 - 1j, 0, 0]])
scalar = X(3.0)

BOTH = {
    "meshgrid": [
        call("two", vector, other),
        call("three", vector, other, X([1, 0])),
        call("ij", vector, other, indexing="ij"),
        call("open", vector, other, sparse=True),
        call("one", vector),
        call("bad", vector, other, indexing="no"),
    ],
    "ix_": [
        call("two", vector, X([0, 2])),
        call("three", X([1]), X([0, 1]), vector),
        call("matrix", matrix),
    ],
    "broadcast_arrays": [call("two", matrix, vector), call("mismatch", matrix, other)],
}
DASK = {
    "linspace": [
        call("scalars", scalar, 9, 5),
        call("arrays", vector, X([1, 2, 3, 4]), 5),
        call("matrix", matrix, 2, 3, axis=1),
        call("last", matrix, matrix, 4, axis=-1),
        call("open", vector, 5.5, 4, endpoint=False),
        call("one", vector, 2, 1),
        call("none", vector, 2, 0),
        call("integers", vector, 10, 4, dtype=int),
        call("step", vector, 10, 4, retstep=True),
        call("single", single, single, 3),
        call("negative", vector, 1, -1),
        call("fraction", vector, 1, 2.5),
    ],
    "logspace": [
        call("arrays", vector, X([1, 2, 3, 4]), 5),
        call("base", vector, 2, 3, base=2),
        call("bases", vector, 2.0, 3, base=X([1.0, 2, 3, 4])),
        call("dtype", vector, 3, 2, dtype=np.float32),
    ],
}
EMATH = ["arccos", "arcsin", "arctanh", "log", "log10", "log2", "sqrt"]
SPARSE = {
    **{
        f"emath.{name}": [
            call("positive", positive),
            call("inside", inside),
            call("negative", matrix),
            call("integers", integers),
            call("single", single),
            call("complex", complexes),
        ]
        for name in EMATH
    },
    "emath.logn": [
        call("positive", 2, positive),
        call("negative", 2, matrix),
        call("base", -2, positive),
    ],
    "emath.power": [
        call("positive", positive, 2),
        call("root", matrix, 0.5),
        call("integers", integers, 2),
        call("negative exponent", positive, -1),
    ],
}
TYPES = {
    "common_type": [
        call("two", matrix, single),
        call("one", single),
        call("complex", single, complexes),
    ],
    "result_type": [call("two", vector, single), call("scalar", single, 1.0)],
    "min_scalar_type": [call("matrix", matrix), call("integers", integers)],
}


def _makers(name: str) -> list[str]:
    if name in DASK:
        return ["rows", "grid"]
    return ["coo", "gcxs"] if name in SPARSE else list(MAKERS)


@pytest.mark.parametrize(
    ("maker", "name", "args", "kwargs"), parameters(BOTH | DASK | SPARSE, _makers)
)
def test_same_as_numpy(maker: str, name: str, args: Any, kwargs: Any) -> None:
    compare(maker, name, args, kwargs, plain=False)


BLOCKS: dict[str, Any] = {
    "matrix": [[matrix, matrix], [matrix, matrix]],
    "flat": [vector, other],
    "ranks": [[matrix], [X([1, 0, 0, 2])]],
    "deep": [[[matrix, matrix], [matrix, matrix]]],
    "tuple": (vector, other),
    "depths": [vector, [other]],
    "empty": [[vector], []],
}


@pytest.mark.parametrize("maker", list(MAKERS))
@pytest.mark.parametrize("label", list(BLOCKS))
def test_blocks(maker: str, label: str) -> None:
    def given(value: Any, make: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return type(value)(given(v, make) for v in value)
        return make(value) if isinstance(value, X) else value

    arrays = given(BLOCKS[label], MAKERS[maker])
    try:
        expected = np.block(given(BLOCKS[label], lambda x: x.values))
    except (TypeError, ValueError) as error:
        with nothing_converted(), pytest.raises(type(error)):
            anp.block(arrays)
        return
    with nothing_converted():
        result = anp.block(arrays)
    assert isinstance(result, (sparse.SparseArray, da.Array))
    assert result.dtype == expected.dtype
    result = result.compute() if isinstance(result, da.Array) else result.todense()
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    ("maker", "name", "args", "kwargs"), parameters(TYPES, lambda name: list(MAKERS))
)
def test_dtypes(maker: str, name: str, args: Any, kwargs: Any) -> None:
    def given(make: Any) -> Any:
        return [make(a) if isinstance(a, X) else a for a in args]

    with nothing_converted():
        result = getattr(anp, name)(*given(MAKERS[maker]))
    assert result == getattr(np, name)(*given(lambda x: x.values))


@pytest.mark.parametrize("maker", ["rows"])
def test_smallest_type_of_a_number_depends_on_it(maker: str) -> None:
    with nothing_converted(), pytest.raises(UnsupportedArgumentError, match="depends on its value"):
        anp.min_scalar_type(MAKERS[maker](scalar))


def test_dask_refuses_what_values_decide() -> None:
    x = da.ones(3)
    with nothing_converted():
        for name in EMATH:
            with pytest.raises(UnsupportedArgumentError, match="depends on values"):
                getattr(anp.emath, name)(x)
            complex_result = getattr(anp.emath, name)(x + 0j)
            assert complex_result.dtype == complex
        with pytest.raises(UnsupportedArgumentError, match="bool"):
            anp.ix_(x > 0)
        for name in ("shares_memory", "may_share_memory"):
            with pytest.raises(UnsupportedFunctionError, match="memory"):
                getattr(anp, name)(x, x)


# Writing into the array -------------------------------------------------------------------------

WRITES: dict[str, list[Any]] = {
    "copyto": [
        call("scalar", integers, 7),
        call("array", integers, X([9, 8, 7])),
        call("ndarray", integers, np.array([[9], [8]])),
        call("where", matrix, 7, where=X([True, False, True, False])),
        call("wrong kind", integers, 1.5),
        call("unsafe", integers, 1.5, casting="unsafe"),
        call("mismatch", integers, np.ones(7, int)),
    ],
    "putmask": [
        call("scalar", integers, X(integers.values > 0), 7),
        call("ndarray mask", integers, integers.values > 0, 7),
        call("same shape", integers, X(integers.values > 0), X(integers.values * 2)),
        call("repeated", integers, X(integers.values >= 0), [7, 8]),
        call("size", integers, X([True]), 7),
    ],
    "place": [
        call("scalar", integers, X(integers.values > 0), 7),
        call("size", integers, X([True]), 7),
    ],
    "put": [
        call("one", integers, 1, 7),
        call("many", integers, [0, 4, -1], [7, 8, 9]),
        call("repeated", integers, [0, 4, 0], [7, 8, 9]),
        call("fewer values", integers, [0, 4, 2], [7, 8]),
        call("wrap", integers, [7, -9], 5, mode="wrap"),
        call("clip", integers, [70, -90], 5, mode="clip"),
        call("vector", vector, [2, 1], 5),
        call("out of bounds", integers, [6], 5),
        call("float index", integers, [0.5], 5),
        call("bad mode", integers, [1], 5, mode="no"),
    ],
    "fill_diagonal": [
        call("wide", matrix, 9),
        call("tall", X(np.zeros((7, 3))), 9),
        call("tall wrapped", X(np.zeros((9, 3))), 9, wrap=True),
        call("tall wrapped values", X(np.zeros((9, 3))), [1, 2, 3, 4], wrap=True),
        call("values", matrix, [7, 8]),
        call("cube", X(np.zeros((3, 3, 3))), [7, 8, 9]),
        call("vector", vector, 9),
        call("uneven cube", X(np.zeros((3, 3, 2))), 9),
    ],
    "put_along_axis": [
        call("axis", integers, X([[2, 0]]).values.reshape(2, 1), 9, axis=1),
        call("lazy", integers, X([[1, 0, 1]]), X([[7, 8, 9]]), axis=0),
        call("flat", integers, np.array([0, 5]), [7, 8], axis=None),
        call("float index", integers, X([[0.5]]), 9, axis=0),
        call("ranks", integers, X([1]), 9, axis=0),
    ],
}


def _public(error: type) -> type:
    """TypeError for NumPy's private UFuncTypeError and its like."""
    return next(cls for cls in error.__mro__ if cls.__module__ == "builtins")


@pytest.mark.parametrize(
    ("maker", "name", "args", "kwargs"), parameters(WRITES, lambda name: ["rows", "grid"])
)
def test_writes_as_numpy_does(maker: str, name: str, args: Any, kwargs: Any) -> None:
    def given(value: Any, make: Any) -> Any:
        return make(value) if isinstance(value, X) else value

    values = [given(a, lambda x: x.values.copy()) for a in args]
    value_keywords = {k: given(v, lambda x: x.values) for k, v in kwargs.items()}
    arrays = [given(a, MAKERS[maker]) for a in args]
    keywords = {k: given(v, MAKERS[maker]) for k, v in kwargs.items()}
    dtype = arrays[0].dtype
    try:
        getattr(np, name)(*values, **value_keywords)
    except Exception as error:  # noqa: BLE001
        with nothing_converted(), pytest.raises(_public(type(error))):
            getattr(anp, name)(*arrays, **keywords)
        return
    with nothing_converted():
        assert getattr(anp, name)(*arrays, **keywords) is None
    assert arrays[0].dtype == dtype
    np.testing.assert_array_equal(arrays[0].compute(), values[0])


@pytest.mark.parametrize("name", list(WRITES))
def test_sparse_arrays_cannot_be_written_to(name: str) -> None:
    x = MAKERS["coo"](integers)
    arguments = {"copyto": (x, 1), "fill_diagonal": (x, 1), "put_along_axis": (x, x, 1, 0)}
    with nothing_converted(), pytest.raises(UnsupportedFunctionError, match="cannot be written to"):
        getattr(anp, name)(*arguments.get(name, (x, [1], 1)))


def test_several_values_in_places_not_known_yet() -> None:
    x = da.ones(3, chunks=2)
    with nothing_converted():
        anp.place(x, da.ones(3, chunks=2) > 0, [1, 2])
    assert x.compute().tolist() == [1, 2, 1]


# like= --------------------------------------------------------------------------------------------

CREATED: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("eye", (3,), {}),
    ("eye", (3, 4, 1, int), {}),
    ("identity", (3,), {}),
    ("identity", (2, int), {}),
    ("zeros", ((2, 3),), {}),
    ("zeros", ((2, 3), int), {}),
    ("ones", (3,), {}),
    ("ones", ((2, 2), np.float32), {}),
    ("full", ((2, 2), 3.0), {}),
    ("full", (3, 2, np.int8), {}),
    ("arange", (4,), {}),
    ("arange", (1, 9, 2), {}),
    ("arange", (3,), {"dtype": float}),
    ("array", ([1, 0, 2],), {}),
    ("array", ([[1, 0]], float), {"ndmin": 3}),
    ("asarray", ([1.0, 0],), {}),
    ("asanyarray", ([1, 0],), {}),
    ("tri", (3,), {}),
    ("tri", (3, 4, -1, int), {}),
    ("fromfunction", (lambda i, j: i * 2 + j, (2, 3)), {"dtype": int}),
    ("fromiter", ([1, 0, 2], int), {}),
    ("frombuffer", (b"\x00\x01\x02", np.uint8), {}),
    ("loadtxt", (["1 2", "0 3"],), {}),
    ("genfromtxt", (["1 2", "0 3"],), {}),
]


@pytest.mark.parametrize(("name", "args", "kwargs"), CREATED)
@pytest.mark.parametrize("library", ["sparse", "dask"])
def test_like(library: str, name: str, args: Any, kwargs: Any) -> None:
    like = MAKERS["coo" if library == "sparse" else "rows"](vector)
    expected = getattr(np, name)(*args, **kwargs)
    with arrayproto.activated(library), nothing_converted():
        result = getattr(np, name)(*args, **kwargs, like=like)
    assert isinstance(result, sparse.SparseArray if library == "sparse" else da.Array)
    assert result.dtype == expected.dtype
    assert result.shape == expected.shape
    np.testing.assert_array_equal(
        result.todense() if library == "sparse" else result.compute(), expected
    )


@pytest.mark.parametrize(("library", "maker"), [("sparse", "coo"), ("dask", "rows")])
def test_like_of_an_array_of_the_library(library: str, maker: str) -> None:
    x = MAKERS[maker](integers)
    with arrayproto.activated(library), nothing_converted():
        assert type(np.array(x, float, like=x)) is type(x)
        assert np.asarray(x, like=x) is x


# Corrections ------------------------------------------------------------------------------------


def test_clip_does_not_ignore_out() -> None:
    x = MAKERS["coo"](integers)
    with pytest.raises(UnsupportedArgumentError, match="out="):
        anp.clip(x, 0, 1, out=np.empty((2, 3)))
    np.testing.assert_array_equal(anp.clip(x, 0, 1).todense(), np.clip(integers.values, 0, 1))
    np.testing.assert_array_equal(
        anp.clip(x, min=0, max=1).todense(), np.clip(integers.values, 0, 1)
    )


def test_gradient_is_no_list() -> None:
    values = np.arange(12.0).reshape(3, 4) ** 2
    x = da.from_array(values, chunks=(3, 2))
    with nothing_converted():
        one, several, along = anp.gradient(x[0]), anp.gradient(x), anp.gradient(x, axis=1)
    np.testing.assert_allclose(one.compute(), np.gradient(values[0]))
    assert isinstance(several, tuple)
    np.testing.assert_allclose(several[1].compute(), np.gradient(values)[1])
    np.testing.assert_allclose(along.compute(), np.gradient(values, axis=1))


@pytest.mark.parametrize("function", [np.cumsum, np.sum, lambda v: v[:2], lambda v: np.outer(v, v)])
def test_apply_along_axis_declares_the_shape(function: Any) -> None:
    values = np.arange(12.0).reshape(3, 4)
    with nothing_converted():
        result = anp.apply_along_axis(function, 1, da.from_array(values, chunks=(2, 2)))
    expected = np.apply_along_axis(function, 1, values)
    assert result.shape == expected.shape
    np.testing.assert_array_equal(result.compute(), expected)
