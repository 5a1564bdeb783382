"""Arrays of different libraries in one call: never a wrong answer, never a dropped unit."""

from __future__ import annotations

import operator

import numpy as np
import pytest

import arrayproto
import arrayproto.numpy as anp
from tests.oracle import BACKENDS

VALUES = np.arange(1.0, 4.0)


def _astropy(values):
    units = pytest.importorskip("astropy.units")
    return values * units.m


def _unyt(values):
    unyt = pytest.importorskip("unyt")
    return unyt.unyt_array(values, "m")


CALLS = {
    "add": np.add,
    "multiply": np.multiply,
    "+": operator.add,
    "*": operator.mul,
    "concatenate": lambda a, b: np.concatenate([a, b]),
    "stack": lambda a, b: np.stack([a, b]),
    "where": lambda a, b: np.where(np.array([True, False, True]), a, b),
    "tensordot": lambda a, b: np.tensordot(a, b, 1),
    "dot": np.dot,
    "explicit concatenate": lambda a, b: anp.concatenate([a, b]),
    "explicit tensordot": lambda a, b: anp.tensordot(a, b, 1),
}


@pytest.mark.parametrize("quantity", [_astropy, _unyt], ids=["astropy", "unyt"])
@pytest.mark.parametrize("swapped", [False, True], ids=["array first", "quantity first"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_unit_is_never_dropped(library, quantity, swapped, call):
    arrayproto.activate(library)
    array, metres = BACKENDS[library].make(VALUES), quantity(VALUES)
    arguments = (metres, array) if swapped else (array, metres)
    try:
        result = call(*arguments)
        if hasattr(result, "compute"):
            result = result.compute()  # Dask keeps quantities in its chunks
    except Exception as error:
        # Refusing is right; what is raised names the types or the units.
        assert str(error)
        return
    assert hasattr(result, "unit") or hasattr(result, "units"), (
        f"{type(result).__name__} has lost its unit"
    )


class TestSparseWithDask:
    """Dask takes sparse arrays for its chunks, so it answers, and sparse does not."""

    @pytest.fixture
    def pair(self):
        sparse, da = pytest.importorskip("sparse"), pytest.importorskip("dask.array")
        arrayproto.activate("sparse", "dask")
        values = np.array([[0.0, 1.0], [2.0, 0.0]])
        return values, sparse.COO.from_numpy(values), da.from_array(values, chunks=1)

    @pytest.mark.parametrize("swapped", [False, True])
    def test_ufunc(self, pair, swapped):
        values, x, d = pair
        result = np.multiply(d, x) if swapped else np.multiply(x, d)
        assert type(result) is type(d)
        computed = result.compute()
        dense = computed.todense() if hasattr(computed, "todense") else computed
        np.testing.assert_array_equal(dense, values * values)

    def test_sparse_leaves_the_answer_to_dask(self, pair):
        _, x, d = pair
        types = (type(x), type(d))
        answer = type(x).__array_function__(x, np.tensordot, types, (x, d), {})
        assert answer is NotImplemented


class TestStrangerClasses:
    def test_an_unknown_duck_array_is_asked(self, library):
        class Stranger:
            def __array_function__(self, func, types, args, kwargs):
                return "the stranger answers"

        arrayproto.activate(library)
        array = BACKENDS[library].make(VALUES)
        assert np.concatenate([array, Stranger()]) == "the stranger answers"

    def test_nobody_answers(self, library):
        class Stranger:
            def __array_function__(self, func, types, args, kwargs):
                return NotImplemented

        arrayproto.activate(library)
        array = BACKENDS[library].make(VALUES)
        with pytest.raises(TypeError, match=r"no implementation found for 'numpy\.concatenate'"):
            np.concatenate([array, Stranger()])

    def test_an_ndarray_subclass_without_a_protocol_is_no_stranger(self, library):
        class Plain(np.ndarray):
            pass

        arrayproto.activate(library)
        array = BACKENDS[library].make(VALUES)
        result = np.tensordot(array, VALUES.view(Plain), 1)
        assert float(np.asarray(getattr(result, "todense", lambda: result)())) == 14.0
