"""`arrayproto.register`: classes that cannot take an attribute."""

from __future__ import annotations

import array
import types

import numpy as np
import pytest

import arrayproto
import arrayproto.numpy as anp
from arrayproto import array_function_dispatch, dispatch
from tests.oracle import BACKENDS


@pytest.fixture(autouse=True)
def unregistered_afterwards():
    before = dispatch._registered
    yield
    dispatch._registered = before


@pytest.fixture
def toy():
    """A module of functions, called as NumPy's are, for a class with no attributes to spare."""

    class Toy:
        __slots__ = ("values",)

        def __init__(self, *values):
            self.values = values

    module = types.ModuleType("toy")
    module.Toy = Toy
    module.sum = lambda a, axis=None: ("sum", a, axis)
    module.concatenate = lambda arrays, axis=0: ("concatenate", arrays, axis)
    module.flip = lambda m, /, *, axis: ("flip", m, axis)
    module.linalg = types.SimpleNamespace(norm=lambda x: ("norm", x))
    return module


class TestRegister:
    def test_a_module(self, toy):
        t = toy.Toy()
        arrayproto.register(toy.Toy, toy)
        assert anp.sum(t) == ("sum", t, None)
        assert anp.sum(t, axis=1) == ("sum", t, 1)
        assert anp.linalg.norm(t) == ("norm", t)

    def test_in_lists(self, toy):
        t, u = toy.Toy(), toy.Toy()
        arrayproto.register(toy.Toy, toy)
        assert anp.concatenate([t, u]) == ("concatenate", [t, u], 0)
        assert anp.concatenate((np.ones(2), u))[0] == "concatenate"

    def test_bridged_by_signature(self, toy):
        t = toy.Toy()
        arrayproto.register(toy.Toy, toy)
        assert anp.flip(t, 0) == ("flip", t, 0)

    def test_arguments_that_the_module_lacks_are_refused(self, toy):
        arrayproto.register(toy.Toy, toy)
        with pytest.raises(arrayproto.UnsupportedArgumentError, match=r"numpy\.sum.*dtype.*toy"):
            anp.sum(toy.Toy(), dtype=float)

    def test_functions_that_the_module_lacks_are_refused(self, toy):
        arrayproto.register(toy.Toy, toy)
        with pytest.raises(arrayproto.UnsupportedFunctionError) as caught:
            anp.argsort(toy.Toy())
        assert "numpy.argsort" in str(caught.value)
        assert "Toy" in str(caught.value)
        assert "toy has no function 'argsort'" in str(caught.value)

    def test_numpy_is_not_told(self, toy):
        arrayproto.register(toy.Toy, toy)
        assert np.sum(np.array(toy.Toy(), dtype=object)).__class__ is toy.Toy
        assert not hasattr(toy.Toy, "__array_function__")

    def test_functions_decorated_by_us(self, toy):
        @array_function_dispatch(lambda a: (a,))
        def mine(a):
            return "mine"

        toy.mine = "never looked at: it is not NumPy's"
        arrayproto.register(toy.Toy, toy)
        with pytest.raises(TypeError, match="mine"):
            mine(toy.Toy())
        assert mine(1) == "mine"

    def test_a_class_written_in_c(self):
        module = types.ModuleType("arrays")
        module.sum = lambda a: sum(a)
        a = array.array("d", [1, 2])
        with pytest.raises(TypeError):
            array.array.__array_function__ = None
        assert anp.sum(a) == 3.0  # by conversion: NumPy knows the buffer
        arrayproto.register(array.array, module)
        with pytest.raises(arrayproto.UnsupportedFunctionError):
            anp.argsort(a)
        assert anp.sum(a) == 3.0

    def test_with_a_library_by_name(self):
        """Dask's functions take whatever NumPy takes: registered, it answers lazily."""
        da = pytest.importorskip("dask.array")
        a = array.array("d", [1, 2])
        arrayproto.register(array.array, "dask")
        result = anp.concatenate([a, a])
        assert isinstance(result, da.Array)
        assert BACKENDS["dask"].to_numpy(result).tolist() == [1, 2, 1, 2]

    def test_subclasses_too(self, toy):
        class Sub(toy.Toy):
            __slots__ = ()

        arrayproto.register(toy.Toy, toy)
        assert anp.sum(Sub())[0] == "sum"

    def test_a_class_that_has_the_protocol_keeps_its_own(self, toy):
        class Duck:
            def __array_function__(self, func, types, args, kwargs):
                return "own"

        arrayproto.register(Duck, toy)
        assert anp.sum(Duck()) == "own"

    def test_mixed_with_strangers(self, toy):
        class Stranger:
            def __array_function__(self, func, types, args, kwargs):
                return NotImplemented

        arrayproto.register(toy.Toy, toy)
        for arrays in ([toy.Toy(), Stranger()], [Stranger(), toy.Toy()]):
            with pytest.raises(TypeError, match="no implementation found"):
                anp.concatenate(arrays)

    def test_again_replaces(self, toy):
        other = types.ModuleType("other")
        other.sum = lambda a: "other"
        arrayproto.register(toy.Toy, toy)
        arrayproto.register(toy.Toy, other)
        assert anp.sum(toy.Toy()) == "other"

    def test_needs_a_class(self, toy):
        with pytest.raises(TypeError, match=r"takes a class.*perhaps Toy\?"):
            arrayproto.register(toy.Toy(), toy)

    def test_needs_a_known_library(self, toy):
        with pytest.raises(ValueError, match="unknown array library 'toys'"):
            arrayproto.register(toy.Toy, "toys")
        with pytest.raises(TypeError, match="name of a library or a module, not 3"):
            arrayproto.register(toy.Toy, 3)
        assert not dispatch.is_registered(toy.Toy)

    def test_a_library_that_is_not_imported(self, run_python):
        run_python("""
import sys, array, arrayproto, arrayproto.numpy as anp
arrayproto.register(array.array, "dask")
assert "dask" not in sys.modules
try:
    anp.flip(array.array("d", [1]))
except Exception as error:
    assert "dask.array" in str(error), error
else:
    raise AssertionError
assert "dask" not in sys.modules
""")


class TestUnregister:
    def test(self, toy):
        arrayproto.register(toy.Toy, toy)
        arrayproto.unregister(toy.Toy)
        assert anp.ndim(toy.Toy()) == np.ndim(toy.Toy()) == 0

    def test_not_registered(self, toy):
        with pytest.raises(KeyError, match="Toy.*not registered"):
            arrayproto.unregister(toy.Toy)
