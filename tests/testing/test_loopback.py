"""The loopback array does all that an ndarray does, and becomes none unseen."""

from __future__ import annotations

import collections
import copy
import pickle

import numpy as np
import pytest

import arrayproto.numpy
from arrayproto.catalog import catalog, ufuncs
from arrayproto.testing import CoercionError, LoopbackArray, Subject, Verdict, judge, load_calls
from arrayproto.testing.loopback import listening, unwrap, with_array_method, wrap

SUBJECT = Subject(
    "loopback",
    "loopback",
    "arrayproto.testing.loopback",
    LoopbackArray,
    unwrap,
    lambda: (LoopbackArray,),
    ways=lambda: iter(()),
)

#: Calls in which nobody asks a loopback array, and why.
NOBODY_ASKS = {
    "np.lexsort([a, -a])": "NumPy looks for arrays among the keys in a tuple only",
    "np.roots(ev)": "NumPy looks for arrays among the elements only, and there are none",
}


@pytest.fixture
def x():
    return LoopbackArray(np.arange(6.0).reshape(2, 3))


def _calls():
    found = collections.defaultdict(list)
    for call in load_calls():
        if call.expression not in NOBODY_ASKS:
            found[call.public_api].append(call)
    return found


def _dispatched():
    """Functions that NumPy asks arrays about, and ufuncs."""
    return {name for name, entry in catalog().items() if entry.dispatched} | set(ufuncs())


def _not_right(calls, namespace):
    for call in calls:
        found = judge(call, SUBJECT, namespace)
        if found.verdict is not Verdict.RIGHT:
            yield f"{call.expression}: {found.verdict}: {found.detail}"


class TestScore:
    def test_every_function_that_numpy_asks_about(self):
        calls = _calls()
        judged = sorted(_dispatched() & set(calls))
        assert len(judged) > 400
        wrong = [text for name in judged for text in _not_right(calls[name], np)]
        assert not wrong, "\n".join(wrong)

    def test_all_others_in_the_explicit_namespace(self):
        calls = _calls()
        judged = sorted(set(calls) - _dispatched())
        assert len(judged) > 130
        wrong = [text for name in judged for text in _not_right(calls[name], arrayproto.numpy)]
        assert not wrong, "\n".join(wrong)


class TestCoercion:
    @pytest.mark.parametrize(
        "coerce",
        [
            np.asarray,
            np.array,
            np.ascontiguousarray,
            lambda x: np.array([x, x]),
            lambda x: np.array([[1.0, x.sum()]]),
            lambda x: np.zeros((2, 3)).__setitem__(..., x),
            lambda x: np.polynomial.polynomial.polyval(2.0, x),
            lambda x: np.concatenate([np.zeros(3), [x, x]], axis=None),
        ],
    )
    def test_is_refused(self, coerce, x):
        with pytest.raises(CoercionError, match=r"shape \(\S*.*\) and dtype float64 was coerced"):
            coerce(x)

    def test_has_none_of_numpys_ways(self, x):
        assert not hasattr(x, "__array__")
        assert not hasattr(x, "__array_struct__")
        for name in ("data", "ctypes", "base", "__dlpack__"):
            assert not hasattr(x, name)
        with pytest.raises(TypeError):
            memoryview(x)

    def test_is_done_where_the_listener_lets_it_be(self, x):
        seen = []
        with listening(lambda array, way: seen.append((array, way))):
            found = np.asarray(x)
        assert type(found) is np.ndarray
        assert found.tolist() == [[0, 1, 2], [3, 4, 5]]
        assert seen == [(x, "__array_interface__")] or seen[0][0] is x
        with pytest.raises(CoercionError):
            np.asarray(x)

    @pytest.mark.parametrize(
        "values", [np.array(["a", None], object), np.array(["2024-03-01"], "M8[D]"), np.array(2.5)]
    )
    def test_of_any_dtype(self, values):
        with listening(lambda array, way: None):
            found = np.asarray(LoopbackArray(values))
        assert found.dtype == values.dtype
        assert found.tolist() == values.tolist()

    def test_with_array_method(self, x):
        with with_array_method():
            assert hasattr(x, "__array__")
            with pytest.raises(CoercionError):
                np.asarray(x)
        assert not hasattr(x, "__array__")


class TestAsAnArray:
    def test_numbers_are_arrays(self, x):
        total = x.sum()
        assert isinstance(total, LoopbackArray)
        assert total.shape == ()
        assert float(total) == 15.0
        assert bool(total > 3)
        assert [0, 1, 2][LoopbackArray(np.array([1, 2])).max()] == 2

    def test_numbers_grow(self, x):
        total = before = x.sum()
        total += 1
        assert float(total) == 16.0
        assert float(before) == 15.0

    def test_writes_reach_what_is_held(self):
        held = np.zeros(3)
        x = y = LoopbackArray(held)
        x += 1
        x[1] = LoopbackArray(np.array(5.0))
        x.shape = (3, 1)
        assert x is y
        assert held.tolist() == [[1], [5], [1]]

    def test_out_is_the_array_that_was_given(self, x):
        out = np.empty_like(x)
        assert np.add(x, 1, out=out) is out
        assert float(out[0, 0]) == 1

    def test_functions_of_the_caller_are_given_loopback_arrays(self, x):
        seen = []
        np.apply_along_axis(lambda row: seen.append(type(row)) or row.sum(), 1, x)
        assert set(seen) == {LoopbackArray}

    def test_strangers_are_asked(self, x):
        class Stranger:
            def __array_function__(self, *_):
                return "a stranger's"

            def __array_ufunc__(self, *_, **__):
                return "a stranger's"

        assert np.concatenate([x, Stranger()]) == "a stranger's"
        assert np.add(x, Stranger()) == "a stranger's"

    def test_copies_and_pickles(self, x):
        for same in copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x)):
            assert isinstance(same, LoopbackArray)
            assert np.array_equal(same, x)
            assert not np.shares_memory(same, x)

    def test_is_printed_as_what_it_is(self, x):
        assert repr(x) == "LoopbackArray([[0., 1., 2.],\n               [3., 4., 5.]])"

    def test_holds_no_list(self):
        with pytest.raises(TypeError, match="holds an ndarray, not a list"):
            LoopbackArray([1.0])


class TestWrap:
    def test_goes_into_tuples_lists_and_dicts(self):
        Pair = collections.namedtuple("Pair", "a b")
        value = Pair([np.ones(2), 3], {"k": (np.zeros(1),)})
        wrapped = wrap(value)
        assert type(wrapped) is Pair
        assert isinstance(wrapped.a[0], LoopbackArray)
        assert isinstance(wrapped.b["k"][0], LoopbackArray)
        assert unwrap(wrapped).a[0] is value.a[0]

    def test_what_holds_no_array_is_itself(self):
        value = ([1, 2], {"a": "b"})
        assert wrap(value) is value
        assert unwrap(value) is value
