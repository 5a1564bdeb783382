"""Classes of the Array API standard, known by nothing but their `__array_namespace__`.

array_api_strict has what the standard says and no more: it raises where more is asked for.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import tracemalloc
import types

import numpy as np
import pytest

import arrayproto
import arrayproto.numpy as anp
from arrayproto import dispatch
from arrayproto.libraries import (
    Dtypes,
    Library,
    array_api_levelled,
    get_library,
    library_of,
    library_of_class,
)
from arrayproto.testing.subjects import staying_on_the_library

xp = pytest.importorskip("array_api_strict")
Array = type(xp.zeros(()))
HOST = np.array([[0.5, 3.0, -2.0, 0.0], [4.0, 0.0, 1.25, -0.25], [1.0, 7.0, 2.0, 2.0]])


@pytest.fixture(autouse=True)
def unregistered_afterwards():
    before = dispatch._registered
    yield
    dispatch._registered = before


@pytest.fixture
def x():
    return xp.asarray(HOST.copy())


@pytest.fixture
def active():
    arrayproto.activate(Array)


def same(actual, wanted):
    assert isinstance(actual, Array)
    actual = np.from_dlpack(actual)
    assert (actual.shape, actual.dtype) == (wanted.shape, wanted.dtype)
    np.testing.assert_allclose(actual, wanted)


PROGRAMS = {
    "sum": lambda np, x: np.sum(x, axis=0),
    "flip": lambda np, x: np.flip(x, 0),
    "median": lambda np, x: np.median(x, axis=1, keepdims=True),
    "var": lambda np, x: np.var(x, axis=0, ddof=1),
    "tensordot": lambda np, x: np.tensordot(x, x, axes=([1], [1])),
    "pad": lambda np, x: np.pad(x, 1, mode="reflect"),
    "unique": lambda np, x: np.unique(x),
    "histogram": lambda np, x: np.histogram(x, bins=4)[0],
    "norm": lambda np, x: np.linalg.norm(x, axis=1),
    "pinv": lambda np, x: np.linalg.pinv(x),
    "rfft": lambda np, x: np.fft.rfft(x, axis=0),
    "concatenate": lambda np, x: np.concatenate([x, x], axis=None),
    "interp": lambda np, x: np.interp(x, [-2, 0, 7], [1, 2, 4]),
    "apply_along_axis": lambda np, x: np.apply_along_axis(
        lambda row: [row.sum(), row[::-1].mean() * 2], 1, x
    ),
    "zeros_like": lambda np, x: np.zeros_like(x, dtype=int),
}


class TestRegister:
    @pytest.mark.parametrize("name", PROGRAMS)
    def test_the_class_alone(self, x, name):
        arrayproto.register(Array)
        with staying_on_the_library():
            result = PROGRAMS[name](anp, x)
        same(result, PROGRAMS[name](np, HOST))

    def test_changes_nothing_of_the_class(self, x):
        before = dict(vars(Array))
        arrayproto.register(Array)
        anp.sum(x)
        assert dict(vars(Array)) == before

    def test_functions_decorated_by_us(self, x):
        @arrayproto.array_function_dispatch(lambda a: (a,))
        def mine(a):
            return "mine"

        assert mine(x) == "mine"
        arrayproto.register(Array)
        assert mine(x) == "mine", "nobody answers for it, so it does what it did before"

    def test_unregister(self, x):
        arrayproto.register(Array)
        anp.flip(x, 0)
        arrayproto.unregister(Array)
        assert not dispatch.is_registered(Array)
        assert not isinstance(anp.median(x), Array), "NumPy's own converts"

    def test_mixed_with_ndarrays(self, x):
        """array_api_strict refuses them; what takes ndarrays for us takes them everywhere."""
        arrayproto.register(Array)
        same(anp.concatenate([x, HOST]), np.concatenate([HOST, HOST]))
        same(anp.dot(HOST.T, x), HOST.T @ HOST)

    def test_mixed_with_strangers(self, x):
        class Stranger:
            def __array_function__(self, func, types, args, kwargs):
                return NotImplemented

        arrayproto.register(Array)
        with pytest.raises(TypeError, match="no implementation found"):
            anp.concatenate([x, Stranger()])

    def test_needs_a_namespace(self):
        class Plain:
            pass

        for way in (arrayproto.register, arrayproto.activate):
            with pytest.raises(TypeError, match=r"Plain has no __array_namespace__.*register\(cls"):
                way(Plain)
        assert not dispatch.is_registered(Plain)

    def test_ndarrays_are_numpys(self):
        class Mine(np.ndarray):
            pass

        with pytest.raises(TypeError, match="Mine is an ndarray"):
            arrayproto.register(Mine)


class Wrapped:
    """An array class of the user's own, whose functions are array_api_strict's."""

    def __init__(self, array):
        self.array = array

    def __array_namespace__(self, api_version=None):
        return self.namespace


class TestNamespaces:
    def test_of_a_class_that_looks_at_its_array(self, x):
        with pytest.raises(TypeError, match="for an array only.*of_array_api"):
            arrayproto.register(Wrapped)
        library = Library.of_array_api(Wrapped, xp)
        assert library.namespace is xp
        arrayproto.register(Wrapped, library)
        assert dispatch.is_registered(Wrapped)

    def test_of_a_class_whose_method_wants_an_array(self, monkeypatch):
        """One written in C does; the package that it lives in has the functions."""
        package = types.ModuleType("package")
        vars(package).update({k: v for k, v in vars(xp).items() if k != "__name__"})
        monkeypatch.setitem(sys.modules, "package", package)
        monkeypatch.setattr(Wrapped, "__module__", "package.arrays")
        assert Library.of_array_api(Wrapped).namespace is package

    def test_one_library_a_class(self):
        library = library_of_class(Array)
        assert library is library_of_class(Array)
        assert library is library_of(Array)
        assert library.name == "array_api_strict"

    def test_a_class_of_a_known_library(self):
        da = pytest.importorskip("dask.array")
        assert library_of_class(da.Array) is get_library("dask")

    def test_functions_that_it_lacks(self, x, monkeypatch):
        """A namespace that is not whole gives what follows from the rest, and names what not."""
        part = types.ModuleType("part")
        vars(part).update({k: v for k, v in vars(xp).items() if k not in ("nonzero", "linalg")})
        arrayproto.register(Array, Library.of_array_api(Array, part))
        same(anp.flip(x, 0), np.flip(HOST, 0))
        with pytest.raises(arrayproto.UnsupportedFunctionError, match=r"numpy\.nonzero"):
            anp.argwhere(x)


class TestActivate:
    @pytest.mark.parametrize("name", PROGRAMS)
    def test_unchanged_calls(self, x, name, active):
        with staying_on_the_library():
            result = PROGRAMS[name](np, x)
        same(result, PROGRAMS[name](np, HOST))

    def test_ufuncs(self, x, active):
        same(np.hypot(x, 2), np.hypot(HOST, 2))
        same(np.add(x, HOST), HOST + HOST)
        same(np.add.reduce(x, axis=1), HOST.sum(1))
        same(HOST - x, np.zeros_like(HOST))

    def test_out_and_writing(self, x, active):
        """Its arrays can be written to, by assignment: so NumPy's functions write to them."""
        assert np.add(x, 1, out=x) is x
        same(x, HOST + 1)
        np.copyto(x, 0)
        same(x, np.zeros_like(HOST))
        made = np.zeros(3, like=x)
        np.put(made, [1], 5.0)
        same(made, np.array([0.0, 5.0, 0.0]))

    def test_undone_exactly(self):
        before = dict(vars(Array))
        isfortran = np.isfortran
        with arrayproto.activated(Array):
            assert "__array_function__" in vars(Array)
            with arrayproto.activated(Array):
                pass
            assert "__array_function__" in vars(Array)
        assert dict(vars(Array)) == before
        assert np.isfortran is isfortran

    def test_status(self):
        arrayproto.activate(Array)
        status = arrayproto.status()
        assert status.active == ("array_api_strict",)
        assert any("Array.__array_function__" in name for name in status.classes)
        arrayproto.deactivate(Array)
        assert arrayproto.status().active == ()

    def test_deactivate_everything(self):
        arrayproto.activate(Array)
        arrayproto.deactivate()
        assert arrayproto.status().active == ()
        assert "__array_function__" not in vars(Array)

    def test_with_libraries_by_name(self):
        pytest.importorskip("sparse")
        arrayproto.activate("sparse", Array)
        assert arrayproto.status().active == ("sparse", "array_api_strict")

    def test_subclasses(self, active):
        class Sub(Array):
            pass

        sub = object.__new__(Sub)
        for name in ("_array", "_dtype", "_device"):
            setattr(sub, name, getattr(xp.asarray(HOST), name))
        same(np.flip(sub, 0), np.flip(HOST, 0))

    def test_a_class_that_cannot_be_changed(self):
        class Closed(type):
            def __setattr__(cls, name, value):
                raise TypeError("it is closed")

        class Stone(metaclass=Closed):
            def __array_namespace__(self, api_version=None):
                return xp

        with pytest.raises(arrayproto.ActivationError, match=r"Stone.*closed.*register"):
            arrayproto.activate(Stone)
        assert arrayproto.status().active == ()

    def test_no_method_of_numpys_is_needed(self, x, active):
        """What array_api_strict would refuse is not asked for: `x[0]`, `len(x)`, `for row in x`."""
        with pytest.raises(IndexError):
            x[0]
        same(np.take(x, 0, axis=0), HOST[0])
        same(np.vstack([x, x]), np.vstack([HOST, HOST]))


class TestDtypes:
    @pytest.mark.parametrize(
        "name", ["bool", "int8", "uint8", "int32", "uint64", "int64", "float32", "complex64"]
    )
    def test_there_and_back(self, name):
        dtypes = Dtypes(xp)
        own = dtypes.from_numpy(name)
        assert own == getattr(xp, name)
        assert dtypes.to_numpy(own) == np.dtype(name)

    def test_of_the_result(self, active):
        x = xp.asarray([1, 2, 3], dtype=xp.uint8)
        assert np.sum(x).dtype == xp.uint64
        assert np.mean(x).dtype == xp.float64
        assert np.add(x, xp.asarray(1.5, dtype=xp.float32)).dtype == xp.float32  # strict: TypeError
        assert np.astype(x, xp.float32).dtype == xp.float32
        assert np.zeros_like(x, dtype=np.complex64).dtype == xp.complex64

    def test_that_it_lacks(self, active):
        with pytest.raises(TypeError, match="no dtype for NumPy's str"):
            np.astype(xp.asarray([1]), "U3")


class TestDevices:
    @pytest.mark.parametrize("name", PROGRAMS)
    def test_everything_is_made_where_the_arrays_are(self, name, active):
        """array_api_strict refuses arrays of two devices in one call."""
        device = xp.Device("device1")
        result = PROGRAMS[name](np, xp.asarray(HOST.copy(), device=device))
        assert result.device == device
        same(xp.asarray(result, device=xp.Device("CPU_DEVICE")), PROGRAMS[name](np, HOST))


class TestNdonnx:
    """Arrays that are traced into ONNX programs: a real library, by its class alone."""

    @pytest.mark.parametrize("name", [n for n in PROGRAMS if n not in ("pinv", "rfft")])
    def test_programs(self, name):
        ndonnx = pytest.importorskip("ndonnx")
        arrayproto.activate(ndonnx.Array)
        result = PROGRAMS[name](np, ndonnx.asarray(HOST))
        assert isinstance(result, ndonnx.Array)
        wanted = PROGRAMS[name](np, HOST)
        assert result.unwrap_numpy().dtype == wanted.dtype
        np.testing.assert_allclose(result.unwrap_numpy(), wanted)

    def test_arrays_without_values(self):
        """Arguments of a program that is traced: checks that only raise are left out."""
        ndonnx = pytest.importorskip("ndonnx")
        arrayproto.activate(ndonnx.Array)
        x = ndonnx.argument(shape=(3, 4), dtype=ndonnx.float64)
        assert np.nanargmax(x, axis=0).shape == (4,)
        assert np.median(x, axis=1).shape == (3,)
        assert np.cumprod(x, axis=1).shape == (3, 4)

    def test_errors_of_broadcasting_are_numpys(self):
        """The library raises an error of a class of its own."""
        ndonnx = pytest.importorskip("ndonnx")
        arrayproto.activate(ndonnx.Array)
        with pytest.raises(ValueError, match="broadcast"):
            np.add(ndonnx.asarray(HOST), ndonnx.asarray(HOST[0, :3]))

    def test_what_it_lacks_is_named(self):
        ndonnx = pytest.importorskip("ndonnx")
        arrayproto.activate(ndonnx.Array)
        with pytest.raises(arrayproto.UnsupportedFunctionError, match=r"numpy\.linalg\.\w+"):
            np.linalg.svd(ndonnx.asarray(HOST))


class TestBlosc2:
    """An adapter that is shipped by somebody else: examples/blosc2_adapter.py."""

    @pytest.fixture
    def adapter(self):
        pytest.importorskip("blosc2")
        spec = importlib.util.spec_from_file_location(
            "blosc2_adapter", f"{__file__.rpartition('/')[0]}/../examples/blosc2_adapter.py"
        )
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    @pytest.mark.parametrize("name", PROGRAMS)
    def test_programs(self, adapter, name):
        blosc2 = sys.modules["blosc2"]
        arrayproto.activate(adapter.library)
        result = PROGRAMS[name](np, blosc2.asarray(HOST))
        assert isinstance(result, blosc2.NDArray)
        wanted = PROGRAMS[name](np, HOST)
        assert result.dtype == wanted.dtype
        np.testing.assert_allclose(result[...], wanted)


blosc2 = importlib.import_module("blosc2") if importlib.util.find_spec("blosc2") else None

#: It has no Fourier transforms and no decompositions.
OF_BLOSC2 = [name for name in PROGRAMS if name not in ("pinv", "rfft")]


@pytest.mark.skipif(blosc2 is None, reason="blosc2 is not installed")
class TestBlosc2ByItsClass:
    """A real library whose functions give expressions and ndarrays: its class is enough."""

    @pytest.fixture
    def activated(self):
        arrayproto.activate(blosc2.NDArray)

    def same(self, actual, wanted):
        assert isinstance(actual, blosc2.NDArray)
        assert (actual.shape, actual.dtype) == (wanted.shape, wanted.dtype)
        np.testing.assert_allclose(actual[()], wanted)

    @pytest.mark.parametrize("name", OF_BLOSC2)
    def test_register(self, name):
        arrayproto.register(blosc2.NDArray)
        self.same(PROGRAMS[name](anp, blosc2.asarray(HOST)), PROGRAMS[name](np, HOST))

    @pytest.mark.parametrize("name", ["flip", "unique", "pad"])
    def test_activate(self, activated, name):
        self.same(PROGRAMS[name](np, blosc2.asarray(HOST)), PROGRAMS[name](np, HOST))

    def test_what_its_operators_give(self, activated):
        """An expression is an array of the library too, and is computed where it is needed."""
        expression = blosc2.asarray(HOST) * 2 + 1
        assert isinstance(expression, blosc2.LazyExpr)
        self.same(np.median(expression, axis=0), np.median(HOST * 2 + 1, axis=0))
        arrayproto.deactivate()
        assert "__array_function__" not in vars(blosc2.LazyExpr)

    def test_registered_and_not(self):
        expression = blosc2.asarray(HOST) + 1
        arrayproto.register(blosc2.NDArray)
        self.same(anp.flip(expression, 1), np.flip(HOST + 1, 1))
        arrayproto.unregister(blosc2.NDArray)
        assert not dispatch.is_registered(blosc2.LazyExpr)

    def test_a_module_answers_for_the_class_alone(self):
        arrayproto.register(blosc2.NDArray, types.ModuleType("mine"))
        assert not dispatch.is_registered(blosc2.LazyExpr), "nobody has asked for it"

    def test_it_stays_compressed(self, activated, monkeypatch):
        """What is out of the array at a time is a part, however big it is."""
        monkeypatch.setattr(array_api_levelled, "PART", 1 << 18)
        host = np.arange(1 << 20).reshape(1 << 10, 1 << 10) // 1000  # 8 MB, and 80 kB compressed
        x = blosc2.asarray(host, chunks=(64, 1024), blocks=(8, 1024))
        tracemalloc.start()
        try:
            flipped, total = np.flip(x, 0), np.add(x, x)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < host.nbytes // 3
        assert flipped.schunk.cratio > 10
        np.testing.assert_array_equal(flipped[::100], host[::-100])
        np.testing.assert_array_equal(total[::100], 2 * host[::100])

    def test_without_elements(self, activated):
        """A process of its own functions would end."""
        empty = blosc2.asarray(np.zeros((0, 3)))
        self.same(np.concatenate([empty, empty]), np.zeros((0, 3)))
        self.same(np.vstack([empty, blosc2.asarray(np.ones((2, 3)))]), np.ones((2, 3)))
        self.same(np.sum(empty, axis=0), np.zeros(3))
        self.same(np.divide(empty, 2), np.zeros((0, 3)))
        self.same(np.argwhere(empty), np.argwhere(np.zeros((0, 3))))

    def test_where_it_breaks_the_standard(self, activated):
        """Its remainder has the sign of the dividend, and a half goes away from zero."""
        x = np.array([-1.5, 0.5, 2.5, -7.0])
        self.same(np.remainder(blosc2.asarray(x), 3.0), np.remainder(x, 3.0))
        self.same(np.round(blosc2.asarray(x)), np.round(x))
        u = np.array([5, 255, 0], np.uint8)
        self.same(np.bitwise_xor(blosc2.asarray(u), blosc2.asarray(u[::-1])), u ^ u[::-1])
        quotient = np.floor_divide(blosc2.asarray(u), blosc2.asarray(u[::-1]))
        self.same(quotient, np.array([0, 1, 0], np.uint8))

    def test_what_it_lacks_is_named(self, activated):
        x = blosc2.asarray(HOST)
        with pytest.raises(arrayproto.UnsupportedFunctionError, match=r"fft\.fft.*blosc2 has no"):
            np.fft.fft(x)
        with pytest.raises(arrayproto.UnsupportedFunctionError, match=r"svd.*NotImplementedError"):
            np.linalg.pinv(x)


class TestNamespacesThatKeepToItInPart:
    """Array classes of the test's own over array_api_strict, each with one fault."""

    def test_results_that_nobody_can_bring_back(self):
        class Expression:
            shape, dtype = (1,), np.dtype(float)

        part = types.ModuleType("part")
        vars(part).update({k: v for k, v in vars(xp).items() if k != "__name__"})
        part.add = lambda x, y: Expression()
        with pytest.raises(TypeError, match=r"part\.add\(x, x\) gives.*Expression.*adapters"):
            Library.of_array_api(Array, part)

    def test_a_product_of_signs(self, x, monkeypatch):
        """Where one computes cumulative products by logarithms, signs are lost."""
        part = types.ModuleType("part")
        vars(part).update({k: v for k, v in vars(xp).items() if k != "__name__"})
        part.cumulative_prod = lambda x, axis: xp.abs(xp.cumulative_prod(x, axis=axis))
        arrayproto.register(Array, Library.of_array_api(Array, part))
        same(anp.cumprod(x, axis=1), np.cumprod(HOST, axis=1))

    def test_a_lazy_one_is_not_computed(self, x):
        """It says that no shape depends on values; functions that ask for one are refused."""
        lazy = types.ModuleType("lazy")
        vars(lazy).update({k: v for k, v in vars(xp).items() if k != "__name__"})
        told = types.SimpleNamespace(capabilities=lambda: {"data-dependent shapes": False})
        lazy.__array_namespace_info__ = lambda: told
        del lazy.nonzero
        library = Library.of_array_api(Array, lazy)
        assert library.lazy
        arrayproto.register(Array, library)
        same(anp.var(x, axis=0), np.var(HOST, axis=0))
        same(anp.take(x, [0, 5, -1]), HOST.ravel()[[0, 5, -1]])
        with pytest.raises(arrayproto.UnsupportedFunctionError, match="lazy.*Nothing was computed"):
            anp.lib.scimath.sqrt(x)

    def test_a_function_in_name_only(self):
        part = types.ModuleType("part")
        vars(part).update({k: v for k, v in vars(xp).items() if k != "__name__"})

        def tan(x):
            raise NotImplementedError("next year")

        part.tan = tan
        arrayproto.activate(Library.of_array_api(Array, part))
        with pytest.raises(arrayproto.UnsupportedFunctionError, match=r"numpy\.tan.*next year"):
            np.tan(xp.asarray([1, 2]))
