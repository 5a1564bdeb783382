"""``like=``, on every library: derived where a library's own function refuses it, and nested."""

from __future__ import annotations

import numpy as np
import pytest

import arrayproto
from arrayproto.catalog import catalog
from tests.creation.libraries import OPTIONS, ROOTS, every, root, to_numpy, using
from tests.creation.test_makers import CALLS, evaluate, names  # noqa: F401 - a fixture

WITH_LIKE = sorted(
    name for name, e in catalog().items() if e.signature and "like" in e.signature.parameters
)


@pytest.fixture
def example(name):
    with using(name):
        return np.ones(2)


@every
def test_every_function(name, names, example):  # noqa: F811
    with using_64_bits(name), arrayproto.using("numpy"), arrayproto.activated(name):
        for function in WITH_LIKE:
            for call in CALLS[function]:
                expected = evaluate(call, names)
                made = evaluate(f"{call[:-1]}, like=x)", {**names, "x": example})
                assert root(made) == ROOTS[name], call
                np.testing.assert_array_equal(to_numpy(made), expected, err_msg=call)


@every
def test_nested(name, example):
    x = example
    with using_64_bits(name), arrayproto.using("numpy"), arrayproto.activated(name):
        for nested, shape in (
            ([x, x], (2, 2)),
            ([[x, x], [x, [3.0, 4.0]]], (2, 2, 2)),
            ((x[0], 1.0), (2,)),
            ([[x[0], x[1]], [1.0, 2.0]], (2, 2)),
        ):
            made = np.array(nested, like=x)
            assert root(made) == ROOTS[name]
            assert made.shape == shape


class TestArraysOfArrays:
    """Dask's arrays whose chunks are sparse's: what is made like them is of sparse too."""

    @pytest.fixture
    def x(self):
        da = pytest.importorskip("dask.array")
        sparse = pytest.importorskip("sparse")
        host = da.from_array(np.eye(4), chunks=2)
        return host.map_blocks(sparse.COO.from_numpy, meta=sparse.COO.from_numpy(np.eye(0)))

    def test_every_function(self, x, names):  # noqa: F811
        with arrayproto.activated("dask", "sparse"):
            for function in WITH_LIKE:
                for call in CALLS[function]:
                    expected = evaluate(call, names)
                    made = evaluate(f"{call[:-1]}, like=x)", {**names, "x": x})
                    assert root(made) == "dask", call
                    if not made.ndim:
                        continue  # one number is NumPy's, as Dask's own reductions have it
                    assert root(made._meta) == root(made.compute()) == "sparse", call
                    np.testing.assert_array_equal(made.compute().todense(), expected, err_msg=call)

    def test_as_an_example(self, x):
        with arrayproto.using(x, same_stream=True):
            rng = np.random.default_rng(0)
            made = [np.zeros(3), np.array([1, 2]), np.linspace(0, 1, 3), rng.random(3), np.eye(2)]
            assert str(np.array([0.0, 1.5])) == "[0.  1.5]"
        assert all(root(one._meta) == root(one.compute()) == "sparse" for one in made)
        with arrayproto.using(x):
            rng = np.random.default_rng(0)
            made = [
                rng.random(3),
                rng.normal(size=3),
                rng.integers(0, 3, 2),
                rng.gamma(2.0, size=3),
            ]
        assert all(root(one.compute()) == "sparse" for one in made)


def using_64_bits(name):
    """JAX has 32 bits elsewhere."""
    if name == "jax":
        return arrayproto.using(name, **OPTIONS[name])
    return arrayproto.using("numpy")
