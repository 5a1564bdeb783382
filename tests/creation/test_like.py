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


def using_64_bits(name):
    """JAX has 32 bits elsewhere."""
    if name == "jax":
        return arrayproto.using(name, **OPTIONS[name])
    return arrayproto.using("numpy")
