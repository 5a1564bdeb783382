"""Arrays of two libraries in one call: a right answer or an error, never a unit that is lost."""

from __future__ import annotations

import operator
import warnings

import numpy as np
import pytest

import arrayproto
import arrayproto.numpy as anp
from arrayproto.libraries import LIBRARIES
from tests.oracle import BACKENDS

DENSE = np.array([[1.0, 2.0, 0.0], [4.0, 0.0, 0.5], [0.0, 1.0, 2.0]])


def _astropy(value):
    units = pytest.importorskip("astropy.units")
    return value * units.m


def _unyt(value):
    unyt = pytest.importorskip("unyt")
    return unyt.unyt_array(value, "m") if np.ndim(value) else unyt.unyt_quantity(value, "m")


UNITS = {
    "astropy array": lambda: _astropy(DENSE.copy()),
    "astropy number": lambda: _astropy(2.0),
    "unyt array": lambda: _unyt(DENSE.copy()),
    "unyt number": lambda: _unyt(2.0),
}

#: Programs of two arrays, in NumPy's namespace.
PROGRAMS = {
    "add": lambda np, a, b: np.add(a, b),
    "subtract": lambda np, a, b: np.subtract(a, b),
    "multiply": lambda np, a, b: np.multiply(a, b),
    "divide": lambda np, a, b: np.divide(a, b + b),
    "matmul": lambda np, a, b: np.matmul(a, b),
    "maximum": lambda np, a, b: np.maximum(a, b),
    "hypot": lambda np, a, b: np.hypot(a, b),
    "less": lambda np, a, b: np.less(a, b),
    "equal": lambda np, a, b: np.equal(a, b),
    "+": lambda np, a, b: a + b,
    "-": lambda np, a, b: a - b,
    "*": lambda np, a, b: a * b,
    "@": lambda np, a, b: a @ b,
    "<": lambda np, a, b: a < b,
    "+=": lambda np, a, b: operator.iadd(a + 0 * a, b),
    "concatenate": lambda np, a, b: np.concatenate([a, b]),
    "stack": lambda np, a, b: np.stack([a, b]),
    "vstack": lambda np, a, b: np.vstack([a, b]),
    "append": lambda np, a, b: np.append(a, b),
    "tensordot": lambda np, a, b: np.tensordot(a, b, 1),
    "dot": lambda np, a, b: np.dot(a, b),
    "outer": lambda np, a, b: np.outer(a, b),
    "kron": lambda np, a, b: np.kron(a, b),
    "vdot": lambda np, a, b: np.vdot(a, b),
    "inner": lambda np, a, b: np.inner(a, b),
    "einsum": lambda np, a, b: np.einsum("ij,jk->ik", a, b),
    "where": lambda np, a, b: np.where(DENSE > 1, a, b),
    "clip": lambda np, a, b: np.clip(a, b, None),
    "linalg.tensordot": lambda np, a, b: np.linalg.tensordot(a, b, axes=1),
}


def value_and_unit(program, a, b, namespace=np):
    """What a program gives, computed where it is lazy; or the error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = program(namespace, a, b)
            for backend in BACKENDS.values():
                if (
                    backend.name in ("sparse", "dask")
                    and LIBRARIES[backend.name].loaded()
                    and backend.is_array(result)
                ):
                    result = result.compute(scheduler="sync") if backend.name == "dask" else result
                    result = result.todense() if hasattr(result, "todense") else result
            return np.array(result), str(getattr(result, "units", getattr(result, "unit", None)))
    except Exception as error:
        return error


@pytest.fixture(params=list(PROGRAMS))
def program(request):
    return PROGRAMS[request.param]


def assert_right_or_error(actual, expected):
    if isinstance(actual, Exception):
        return
    assert not isinstance(expected, Exception), f"with ndarrays this is {expected!r}; here {actual}"
    assert actual[1] == expected[1], "a unit was lost or invented"
    np.testing.assert_allclose(actual[0], expected[0], equal_nan=True)


class TestUnits:
    """The oracle is the same program on an ndarray and the same quantity."""

    @pytest.mark.parametrize("units", UNITS)
    @pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
    def test_never_lost(self, library, units, program, first):
        backend = BACKENDS[library]
        backend.load()
        quantity = UNITS[units]()
        ours = backend.from_numpy(DENSE)
        in_order = (lambda x: (x, quantity)) if first else (lambda x: (quantity, x))
        expected = value_and_unit(program, *in_order(DENSE))
        arrayproto.activate(library)
        assert_right_or_error(value_and_unit(program, *in_order(ours)), expected)
        assert_right_or_error(value_and_unit(program, *in_order(ours), anp), expected)

    @pytest.mark.parametrize("units", UNITS)
    @pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
    def test_what_dask_does_well_stays(self, units, first):
        """Dask takes quantities for its chunks, and its own protocol keeps their units."""
        backend = BACKENDS["dask"]
        pytest.importorskip("dask.array")
        backend.load()
        quantity = UNITS[units]()
        arguments = (
            (backend.from_numpy(DENSE), quantity)
            if first
            else (quantity, backend.from_numpy(DENSE))
        )
        stock = {name: value_and_unit(program, *arguments) for name, program in PROGRAMS.items()}
        worked = {
            name: result for name, result in stock.items() if not isinstance(result, Exception)
        }
        assert {"multiply", "*"} <= set(worked)
        arrayproto.activate("dask")
        for name, expected in worked.items():
            active = value_and_unit(PROGRAMS[name], *arguments)
            assert not isinstance(active, Exception), (name, active)
            assert active[1] == expected[1], name
            np.testing.assert_allclose(active[0], expected[0], equal_nan=True, err_msg=name)

    @pytest.mark.parametrize("units", ["astropy array", "unyt array"])
    def test_quantities_alone_are_as_ever(self, units):
        quantity = UNITS[units]()
        before = [value_and_unit(p, quantity, quantity) for p in PROGRAMS.values()]
        arrayproto.activate()
        for program, expected in zip(PROGRAMS.values(), before, strict=True):
            actual = value_and_unit(program, quantity, quantity)
            assert type(actual) is type(expected)
            if not isinstance(expected, Exception):
                assert actual[1] == expected[1]
                np.testing.assert_array_equal(actual[0], expected[0])

    @pytest.mark.parametrize("order", ["units first", "arrayproto first"])
    def test_whoever_is_imported_first(self, run_python, order):
        """unyt keeps tables keyed on NumPy's functions: they find them."""
        pytest.importorskip("unyt")
        pytest.importorskip("dask.array")
        lines = ["import unyt", "import dask.array\nimport arrayproto; arrayproto.activate()"]
        lines = lines if order == "units first" else lines[::-1]
        run_python(
            "\n".join(
                [
                    *lines,
                    """
import numpy as np
q = unyt.unyt_array([1.0, 2.0], "m")
assert str(np.dot(q, q).units) == "m**2"
assert str(np.concatenate([q, q]).units) == "m"
assert str(np.linalg.norm(q).units) == "m"
assert str(np.linspace(q[0], q[1]).units) == "m"
""",
                ]
            )
        )


class TestSparseWithDask:
    """Dask takes sparse arrays for its chunks: it answers, sparse defers."""

    @pytest.fixture
    def pair(self):
        pytest.importorskip("sparse")
        pytest.importorskip("dask.array")
        for name in ("sparse", "dask"):
            BACKENDS[name].load()
        return BACKENDS["sparse"].from_numpy(DENSE), BACKENDS["dask"].from_numpy(DENSE)

    @pytest.mark.parametrize("first", ["sparse", "dask"])
    def test_right_or_an_error(self, pair, program, first):
        sparse_array, dask_array = pair
        arguments = (sparse_array, dask_array) if first == "sparse" else (dask_array, sparse_array)
        expected = value_and_unit(program, DENSE, DENSE)
        arrayproto.activate()
        assert_right_or_error(value_and_unit(program, *arguments), expected)
        assert_right_or_error(value_and_unit(program, *arguments, anp), expected)

    @pytest.mark.parametrize("first", ["sparse", "dask"])
    @pytest.mark.parametrize("name", ["multiply", "*", "tensordot", "dot", "matmul", "@"])
    def test_what_dask_can_do(self, pair, first, name):
        import dask.array as da

        sparse_array, dask_array = pair
        arguments = (sparse_array, dask_array) if first == "sparse" else (dask_array, sparse_array)
        arrayproto.activate()
        result = PROGRAMS[name](np, *arguments)
        assert isinstance(result, da.Array), "lazily"

    def test_sparse_defers(self, pair):
        sparse_array, dask_array = pair
        arrayproto.activate()
        types = (type(sparse_array), type(dask_array))
        method = type(sparse_array).__array_function__
        assert method(sparse_array, np.dot, types, (), {}) is NotImplemented
        ufunc = type(sparse_array).__array_ufunc__
        assert ufunc(sparse_array, np.add, "__call__", sparse_array, dask_array) is NotImplemented

    def test_sparse_chunks_compute(self, pair):
        import dask.array as da
        import sparse

        chunked = da.from_array(DENSE, chunks=2).map_blocks(sparse.COO)
        arrayproto.activate()
        result = np.sum(np.concatenate([chunked, chunked]), axis=0)
        computed = result.compute(scheduler="sync")
        assert isinstance(computed, sparse.SparseArray)
        np.testing.assert_allclose(computed.todense(), 2 * DENSE.sum(0))


class TestStrangersOfAnyKind:
    @pytest.fixture
    def stranger(self):
        class Stranger:
            __array_priority__ = -1

            def __array_function__(self, func, types, args, kwargs):
                return NotImplemented

            def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
                return NotImplemented

        return Stranger()

    @pytest.mark.parametrize(
        "name", ["add", "multiply", "concatenate", "tensordot", "where", "stack", "dot"]
    )
    def test_refused(self, library, stranger, name):
        backend = BACKENDS[library]
        backend.load()
        x = backend.from_numpy(DENSE)
        arrayproto.activate(library)
        for arguments in ((x, stranger), (stranger, x)):
            for namespace in (np, anp):
                with pytest.raises(TypeError) as caught:
                    PROGRAMS[name](namespace, *arguments)
                assert "Stranger" in str(caught.value), "it names the types"

    def test_strangers_that_know_better_are_asked(self, library, stranger):
        type(stranger).__array_function__ = lambda self, func, types, args, kwargs: "the stranger's"
        type(stranger).__array_ufunc__ = lambda self, *args, **kwargs: "the stranger's"
        backend = BACKENDS[library]
        backend.load()
        x = backend.from_numpy(DENSE)
        arrayproto.activate(library)
        for arguments in ((x, stranger), (stranger, x)):
            assert np.concatenate(arguments) == "the stranger's"
            assert np.add(*arguments) == "the stranger's"
            assert anp.concatenate(arguments) == "the stranger's"

    def test_sparse_matmul_asks(self, stranger):
        """sparse's own `@` asks nobody; ours does, and sparse's is back afterwards."""
        sparse = pytest.importorskip("sparse")
        for x in (sparse.COO.from_numpy(DENSE), sparse.GCXS.from_numpy(DENSE)):
            stock = vars(type(x))["__matmul__"], vars(type(x))["__rmatmul__"]
            with arrayproto.activated("sparse"):
                assert type(x).__matmul__(x, stranger) is NotImplemented
                assert type(x).__rmatmul__(x, stranger) is NotImplemented
                with pytest.raises(TypeError):
                    x @ stranger
                np.testing.assert_allclose((x @ x).todense(), DENSE @ DENSE)
                assert_dense = x @ DENSE
                np.testing.assert_allclose(np.asarray(assert_dense), DENSE @ DENSE)
            assert stock == (vars(type(x))["__matmul__"], vars(type(x))["__rmatmul__"])


class TestMaskedArrays:
    @pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
    @pytest.mark.parametrize("name", ["add", "multiply", "*", "concatenate", "where"])
    def test_a_mask_is_never_lost(self, library, name, first):
        backend = BACKENDS[library]
        backend.load()
        masked = np.ma.masked_array(DENSE, DENSE > 1)
        x = backend.from_numpy(DENSE)
        arrayproto.activate(library)
        arguments = (x, masked) if first else (masked, x)
        try:
            result = PROGRAMS[name](np, *arguments)
            result = result.compute(scheduler="sync") if library == "dask" else result
        except Exception as error:
            assert str(error)
            return
        plain = (DENSE, masked) if first else (masked, DENSE)
        expected = PROGRAMS[name](np, *plain)
        # What NumPy itself drops (np.concatenate of masked arrays), nobody has to keep.
        assert isinstance(result, np.ma.MaskedArray) or not isinstance(expected, np.ma.MaskedArray)


class TestXarray:
    def test_wrapped_arrays_pass_through(self, library):
        xarray = pytest.importorskip("xarray")
        backend = BACKENDS[library]
        backend.load()
        if library == "sparse":
            wrapped = xarray.DataArray(backend.from_numpy(DENSE), dims=("a", "b"))
        else:
            wrapped = xarray.DataArray(DENSE, dims=("a", "b")).chunk({"a": 2})
        before = wrapped.sum("a").data, (wrapped * 2).mean("b").data
        arrayproto.activate(library)
        after = wrapped.sum("a").data, (wrapped * 2).mean("b").data
        for one, other in zip(after, before, strict=True):
            assert type(one) is type(other)
            np.testing.assert_allclose(backend.to_numpy(one), backend.to_numpy(other))
