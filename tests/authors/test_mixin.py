"""`arrayproto.authors.mixin`: who answers for what an array class does not implement."""

from __future__ import annotations

import types

import numpy as np
import pytest

from arrayproto import ArrayFunctionMixin, UnsupportedFunctionError, implements
from arrayproto.derived.core import missing
from tests.authors.standard_array import StandardArray
from tests.authors.wrapped_namespace import Wrapped
from tests.core_array import CoreArray


class Silent:
    """Another array class, which answers nothing."""

    def __array_function__(self, func, types, args, kwargs):
        return NotImplemented

    __array_ufunc__ = __array_function__


def _module(**functions):
    module = types.ModuleType("mylib")
    vars(module).update(functions)
    return module


class TestImplements:
    def test_two_methods_for_one_function(self):
        with pytest.raises(TypeError, match=r"\.one and .*\.two both implement .*sum"):

            class Twice(ArrayFunctionMixin):
                @implements(np.sum)
                def one(self):
                    return 1

                @implements(np.prod, np.sum)
                def two(self):
                    return 2

    def test_one_method_under_two_names(self):
        class Named(ArrayFunctionMixin):
            @implements(np.sum)
            def total(self):
                return 1

            alias = total

        assert np.sum(Named()) == 1

    def test_of_several_modules_at_once(self):
        class Any(ArrayFunctionMixin):
            @implements(np.linalg.norm, np.fft.fft, np.add)
            def anything(self, *args):
                return "anything"

        assert np.linalg.norm(Any()) == np.fft.fft(Any()) == Any() + 1 == "anything"


class TestElementwise:
    def test_every_ufunc_and_operator(self):
        class Recorder(ArrayFunctionMixin):
            @classmethod
            def _elementwise(cls, ufunc, *inputs, **kwargs):
                return ufunc.__name__, len(inputs), kwargs

        x = Recorder()
        assert np.exp(x) == ("exp", 1, {})
        assert 2 * x == ("multiply", 2, {})
        assert np.add(x, 1, dtype=float) == ("add", 2, {"dtype": float})
        with pytest.raises(TypeError):  # no function of elements
            np.matmul(x, x)
        with pytest.raises(TypeError):
            np.add.reduce(x)

    def test_an_implementation_comes_first(self):
        class Both(ArrayFunctionMixin):
            @staticmethod
            def _elementwise(ufunc, *inputs):
                return "elementwise"

            @implements(np.add)
            def plus(self, other):
                return "plus"

        assert Both() + 1 == "plus"
        assert Both() - 1 == "elementwise"

    def test_it_is_part_of_the_core(self):
        assert missing(StandardArray) == frozenset()
        x = StandardArray(np.arange(6.0).reshape(2, 3))
        assert np.add.reduce(x, axis=1).to_numpy().tolist() == [3, 12]
        assert np.hypot(x, x, dtype=np.float32).dtype == np.float32

    def test_a_method_of_one_array_is_refused(self):
        with pytest.raises(TypeError, match="make it a class method or a static method"):

            class Wrong(ArrayFunctionMixin):
                def _elementwise(self, ufunc, *inputs):
                    return None


class TestModule:
    def test_functions_of_the_same_name(self):
        class Mine(ArrayFunctionMixin):
            _fallback_module = _module(
                flip=lambda x, *, axis=None: ("flip", axis),
                exp=lambda x: "exp",
                linalg=types.SimpleNamespace(norm=lambda x: "norm"),
                prod=np.prod,
            )

            @implements(np.sum)
            def total(self):
                return "own"

        x = Mine()
        assert np.flip(x, 1) == ("flip", 1), "the bridge passes by name what is keyword-only"
        assert np.exp(x) == "exp"
        assert np.linalg.norm(x) == "norm"
        assert np.sum(x) == "own"
        with pytest.raises(TypeError, match="no implementation found"):
            np.prod(x)  # NumPy's own, which would ask the class again
        with pytest.raises(TypeError, match="no implementation found"):
            np.median(x)

    def test_subclasses_declare_their_own(self):
        class Mine(ArrayFunctionMixin):
            _fallback_module = _module(sum=lambda a: "base")

        class Child(Mine):
            _fallback_module = _module(sum=lambda a: "child")

        assert (np.sum(Mine()), np.sum(Child())) == ("base", "child")

    def test_it_may_hold_the_core(self):
        held = CoreArray(np.arange(4.0))
        core = {
            name: getattr(CoreArray, f"_{name}")
            for name in ("sum", "reshape", "asarray", "astype", "broadcast_to", "transpose")
        }

        class FromModule(CoreArray):
            _fallback_module = _module(**core)

        assert float(np.mean(FromModule(held._held))) == 1.5


class TestArrayAPI:
    def test_all_of_numpy_follows(self):
        x = Wrapped(np.arange(6.0).reshape(2, 3))
        assert np.median(x, axis=1).held.tolist() == [1, 4]
        assert np.percentile(x, 50).held == 2.5
        assert (x + 1).held.tolist() == [[1, 2, 3], [4, 5, 6]]
        assert np.add.reduce(x, axis=0).held.tolist() == [3, 5, 7]
        assert isinstance(np.vstack([x, x]), Wrapped)


class TestRefusal:
    def test_names_function_class_reason_and_next_step(self):
        class Mine(ArrayFunctionMixin):
            _refusal = "Call .to_numpy() on it."

        for call, name in (
            (lambda x: np.median(x), "numpy.median"),
            (lambda x: np.exp(x), "numpy.exp"),
            (lambda x: np.add.reduce(x), "numpy.add.reduce"),
        ):
            with pytest.raises(UnsupportedFunctionError) as caught:
                call(Mine())
            assert name in str(caught.value)
            assert "Mine" in str(caught.value)
            assert str(caught.value).endswith("Call .to_numpy() on it.")

    def test_numbers_are_nobody_else(self):
        class Mine(ArrayFunctionMixin):
            _refusal = "Never."

        for other in (1, np.float64(2), np.ones(2)):
            with pytest.raises(UnsupportedFunctionError, match="Never"):
                np.add(Mine(), other)

    def test_not_where_others_are_asked(self):
        class Mine(ArrayFunctionMixin):
            _handled_types = (np.ndarray, Silent)
            _refusal = "Never."

        with pytest.raises(TypeError, match="no implementation found"):
            np.concatenate([Mine(), Silent()])


class TestRepr:
    def test_shape_and_dtype(self):
        class Shaped(ArrayFunctionMixin):
            shape, dtype = (2, 3), np.dtype(float)

        class Bare(ArrayFunctionMixin):
            pass

        class Own(Shaped):
            def __repr__(self):
                return "own"

        assert repr(Shaped()).endswith("Shaped: shape=(2, 3), dtype=float64>")
        assert "object at" in repr(Bare())
        assert repr(Own()) == "own"


class TestWriting:
    def test_what_is_returned_as_it_is_becomes_a_copy(self):
        """Who has __setitem__ may write to a copy, and the array must stay."""
        x = StandardArray(np.arange(3.0))
        for function in (np.copy, np.positive, lambda a: np.astype(a, float), np.sort):
            copy = function(x)
            copy[0] = 9.0
            assert x.to_numpy().tolist() == [0, 1, 2]
        assert np.astype(x, float, copy=False) is x
        assert np.reshape(x, (3,)) is x

    def test_arrays_that_are_never_written_to_are_not_copied(self):
        x = CoreArray(np.arange(3.0))
        assert np.copy(x) is x
