"""Ufuncs: arguments of calls, methods, operators, and what composes them; NumPy is the oracle."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import arrayproto
from arrayproto.catalog import ufuncs
from arrayproto.derived import derived_ufuncs
from arrayproto.libraries import LIBRARIES
from arrayproto.libraries.ufuncs import ARRAY_API_NAMES
from tests.core_array import CoreArray
from tests.oracle import BACKENDS, Plain, assert_same, check

X = np.array([[0.0, 1.5, 0.0, -2.0], [2.5, 0.0, 0.25, 0.0], [0.0, 1.0, 0.0, 3.0]])
ARRAYS = {
    "float": X,
    "float32": X.astype(np.float32),
    "int": np.array([[3, 0, 1, 0], [0, 2, 0, -4], [0, 0, 5, 1]]),
    "uint8": np.array([[3, 0, 1, 0], [0, 2, 0, 4]], np.uint8),
    "bool": X > 0,
    "complex": X * (1 + 2j),
    "vector": X[:, 1],
    "3-d": np.stack([X, X.T.reshape(3, 4)]),
}
METHODS = ("__call__", "reduce", "accumulate", "reduceat", "outer", "at")


@pytest.fixture
def active(library):
    BACKENDS[library].load()
    arrayproto.activate(library)
    with np.errstate(all="ignore"):
        yield library


def takes(ufunc, *args, **kwargs):
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ufunc(*args, **kwargs)
        except Exception:
            return False
    return True


class TestCalls:
    @pytest.mark.parametrize("name", sorted(ufuncs()))
    def test_every_ufunc(self, active, name):
        ufunc, tried = ufuncs()[name], 0
        for array in ARRAYS.values():
            for args in ((array,) * ufunc.nin, (array, 2)[: ufunc.nin], (2, array)[-ufunc.nin :]):
                if ufunc.signature is None and takes(ufunc, *args):
                    tried += 1
                    check(ufunc, *args, library=active)
        assert tried or ufunc.signature or name == "isnat"

    def test_dtype_decides_the_loop(self, active):
        check(np.exp, ARRAYS["float32"], dtype=np.float64, library=active, rtol=1e-15)
        check(np.add, ARRAYS["int"], 1, dtype=np.float32, library=active)
        check(np.sqrt, ARRAYS["float"] ** 2, signature="f->f", casting="same_kind", library=active)

    def test_casting_raises_what_numpy_raises(self, active):
        x = BACKENDS[active].from_numpy(X)
        for call in (
            lambda a: np.exp(a, dtype=int),
            lambda a: np.add(a, a, dtype=np.float32, casting="safe"),
            lambda a: np.add(a, a, out=np.zeros_like(a).astype(int)),
            lambda a: np.bitwise_and(a, a),
        ):
            with pytest.raises(TypeError) as expected:
                call(X)
            with pytest.raises(type(expected.value)):
                call(x)

    def test_out(self, active):
        def program(x, out):
            result = np.multiply(x, 2, out=out)
            assert result is out
            return out

        check(program, X, np.zeros_like(X), library=active)
        check(program, X[:1], np.zeros_like(X), library=active)
        check(program, ARRAYS["int"], np.zeros((3, 4), np.float32), library=active)

    def test_out_of_two_results(self, active):
        def program(x, whole):
            fraction, same = np.modf(x, out=(None, whole))
            assert same is whole
            return fraction, whole

        check(program, X, np.zeros_like(X), library=active)

    def test_out_of_another_shape(self, active):
        make = BACKENDS[active].from_numpy
        with pytest.raises(ValueError, match="non-broadcastable output operand"):
            np.add(make(X), 1, out=make(X[:1]))

    def test_where(self, active):
        def program(x, mask, out):
            return np.add(x, 1, out=out, where=mask)

        check(program, X, X > 0, np.zeros_like(X), library=active)
        check(program, X, Plain(X > 0), np.zeros_like(X), library=active)

    def test_where_without_out_is_zero_and_warns(self, active):
        make = BACKENDS[active].from_numpy
        with pytest.warns(UserWarning, match="'where' used without 'out'"):
            result = np.multiply(make(X), 2, where=make(X > 0))
        assert_same(BACKENDS[active].to_numpy(result), np.where(X > 0, X * 2, 0))

    def test_an_ndarray_is_not_written_to(self, active):
        host, x = X.copy(), BACKENDS[active].from_numpy(X)
        with pytest.raises(arrayproto.UnsupportedArgumentError, match="out="):
            host += x
        assert_same(host, X)

    def test_beside_an_ndarray(self, active):
        for operator in (np.add, np.subtract, np.multiply, np.maximum, np.less):
            check(operator, X, Plain(X + 1), library=active)
            check(operator, Plain(X + 1), X, library=active)
            check(operator, Plain((X + 1)[0]), X, library=active)
        check(lambda a, b: b + a, X, Plain(X + 1), library=active)


class TestProducts:
    def test_generalized(self, active):
        t, q = ARRAYS["3-d"], X[:, :3]
        # NumPy has them since 2.2.
        newer = [(np.matvec, X, X[0]), (np.vecmat, X[:, 0], X)] if hasattr(np, "matvec") else []
        for args, kwargs in (
            *((args, {}) for args in newer),
            ((np.vecdot, t, t), {}),
            ((np.vecdot, t, t), {"axis": 1}),
            ((np.vecdot, ARRAYS["complex"], ARRAYS["complex"]), {}),
            ((np.matmul, t, X.T), {}),
            ((np.matmul, q, q), {"axes": [(0, 1), (1, 0), (0, 1)]}),
            ((np.matmul, ARRAYS["bool"], ARRAYS["bool"].T), {}),
            ((np.matmul, q, q), {"out": np.zeros((3, 3))}),
        ):
            check(*args, library=active, **kwargs)


class TestMethods:
    @pytest.mark.parametrize("name", [n for n, u in sorted(ufuncs().items()) if u.nin == 2])
    def test_reduce(self, active, name):
        reduce = ufuncs()[name].reduce
        if name in ("power", "arctan2"):
            pytest.skip("NumPy 2.4 skips elements: np.power.reduce([2.0, 3.0, 2.0]) is 4.0")
        forms = ({}, {"axis": 1}, {"axis": (0, -1)}, {"axis": None}, {"keepdims": True},
                 {"dtype": np.float32}, {"initial": 1}, {"initial": 0, "where": X > 0})  # fmt: skip
        for array in (X, ARRAYS["int"], ARRAYS["bool"], ARRAYS["3-d"]):
            for form in forms:
                if "where" in form and array.ndim == 3:
                    continue
                # What NumPy makes of bools less bools depends on the calls before: it may raise.
                if takes(reduce, array, **form) and (name, array.dtype) != ("subtract", bool):
                    rtol = _TOLERANCES[reduce(array, **form).dtype.char]
                    check(reduce, array, library=active, rtol=rtol, **form)

    def test_reduce_raises_what_numpy_raises(self, active):
        x = BACKENDS[active].from_numpy(X)
        for form in ({"axis": 7}, {"axis": (0, 0)}):
            with pytest.raises(Exception) as expected:  # noqa: PT011 - the classes are compared
                np.add.reduce(X, **form)
            with pytest.raises(type(expected.value)):
                np.add.reduce(x, **form)
        with pytest.raises(ValueError, match="does not have an identity"):
            np.maximum.reduce(x, where=x > 0)
        with pytest.raises(ValueError, match="not reorderable"):
            np.subtract.reduce(x, axis=None)

    def test_accumulate(self, active):
        names = ["add", "multiply", "logical_and"]
        if active != "sparse":  # there a running result would be dense
            names += ["maximum", "subtract", "logaddexp", "bitwise_or"]
        for name in names:
            for array in (ARRAYS["int"], ARRAYS["bool"], X):
                for axis in (0, 1):
                    if takes(getattr(np, name).accumulate, array, axis):
                        check(getattr(np, name).accumulate, array, axis, library=active)

    def test_reduceat(self, active):
        for name in ("add", "multiply", "maximum", "logical_or"):
            check(getattr(np, name).reduceat, X, [0, 2, 1], library=active)
            check(getattr(np, name).reduceat, X, np.intp([3, 0]).tolist(), 1, library=active)
        with pytest.raises(IndexError):
            np.add.reduceat(BACKENDS[active].from_numpy(X), [5])

    def test_outer(self, active):
        for name in ("add", "multiply", "less", "arctan2", "divmod"):
            check(getattr(np, name).outer, X, X[0], library=active)
        check(np.multiply.outer, X, 2, library=active)
        check(np.add.outer, X, X[0], dtype=np.float32, library=active)

    def test_at(self, active):
        make = BACKENDS[active].from_numpy
        if active == "sparse":
            with pytest.raises(arrayproto.UnsupportedFunctionError, match="numpy.add.at"):
                np.add.at(make(X), [0], 1)
            return

        def program(x, indices, *b):
            np.add.at(x, indices, *b)
            return x

        for indices, b in (
            ([0, 0, 2], 1.5), ((np.array([0, 1, 0]), np.array([1, 1, 1])), 2.0),
            (slice(1, 3), 3.0), (X > 0, 1.0), ([1, 1], [[1, 2, 3, 4], [5, 6, 7, 8]]),
        ):  # fmt: skip
            expected = program(X.copy(), indices, b)
            actual = program(make(X), indices, b)
            assert_same(BACKENDS[active].to_numpy(actual), expected)
        with pytest.raises(IndexError):
            np.add.at(make(X), [3], 1)

    @settings(max_examples=25, deadline=None, database=None)
    @given(st.data())
    def test_reductions_at_random(self, data):
        pytest.importorskip("dask.array")
        name = data.draw(st.sampled_from(["add", "multiply", "maximum", "subtract", "hypot"]))
        shape = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
        axis = data.draw(st.integers(-len(shape), len(shape) - 1))
        array = np.arange(np.prod(shape), dtype=float).reshape(shape) % 5 - 1
        method = data.draw(st.sampled_from(["reduce", "accumulate"]))
        BACKENDS["dask"].load()
        with arrayproto.activated("dask"):
            check(getattr(getattr(np, name), method), array, axis=axis, library="dask")


class TestClassification:
    def test_every_ufunc_and_method(self, known_library):
        BACKENDS[known_library].load()
        own = LIBRARIES[known_library]
        for ufunc in ufuncs().values():
            for method in METHODS:
                resolution = own.resolve_ufunc(ufunc, method)
                assert (resolution.call is None) == (resolution.kind == "unsupported")
                assert resolution.note
                assert resolution.kind != "unsupported" or resolution.instead


# Those composed of the core ------------------------------------------------------------------------


class TestComposed:
    @pytest.mark.parametrize("name", sorted(set(derived_ufuncs()) & set(ufuncs())))
    def test_edges(self, name):
        ufunc = ufuncs()[name]
        if ufunc.signature is not None:
            return
        with np.errstate(all="ignore"):
            for kind, array in _EDGES.items():
                others = (array[::-1], array) if ufunc.nin == 2 else (None,)
                for other in others:
                    args = (array,) if other is None else (array, other)
                    if not takes(ufunc, *args):
                        continue
                    actual = ufunc(*map(CoreArray, args))
                    actual = actual if isinstance(actual, tuple) else (actual,)
                    expected = ufunc(*args)
                    expected = expected if isinstance(expected, tuple) else (expected,)
                    for one, wanted in zip(actual, expected, strict=True):
                        assert isinstance(one, CoreArray), kind
                        assert_same(one._held, wanted, rtol=_TOLERANCES[wanted.dtype.char])

    def test_names_of_the_standard(self):
        for name in ARRAY_API_NAMES:
            assert callable(getattr(np, name))


_TOLERANCES = {"e": 4e-3, "f": 1e-6} | dict.fromkeys("?bBhHiIlLqQdFD", 1e-13)
_EDGES = {
    "float": np.array(
        [0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 7.25, -0.125, np.inf, -np.inf, np.nan, 1e-8, -0.0]
    ),
    "float32": np.array([0.0, 1.0, -1.5, 8.0, 0.25, 3.0], np.float32),
    "int": np.array([0, 1, -1, 2, 6, -9, 12, 35]),
    "uint8": np.array([0, 1, 2, 6, 255, 12], np.uint8),
    "bool": np.array([True, False, False, True]),
    "complex": np.array([0, 1 + 1j, -2j, 3]),
}
