"""`arrayproto.mixins`: the protocol for classes that people write themselves."""

from __future__ import annotations

import operator
import threading

import numpy as np
import pytest

import arrayproto
import arrayproto.numpy as anp
from arrayproto import ArrayFunctionMixin, array_function_dispatch, implements
from arrayproto.libraries import LIBRARIES
from arrayproto.mixins import mixin_of
from arrayproto.testing.subjects import staying_on_the_library
from tests.oracle import BACKENDS, assert_same


@pytest.fixture
def Duck():  # noqa: N802 - a class
    """A fresh class: what tests register on it is gone afterwards."""

    class Duck(ArrayFunctionMixin):
        def __init__(self, value=0):
            self.value = value

        @implements(np.sum)
        def total(self, axis=None):
            """The sum."""
            return "sum", self.value, axis

        @implements(np.concatenate)
        @staticmethod
        def joined(arrays, axis=0):
            return "concatenate", arrays, axis

        @implements(np.add)
        def plus(self, other):
            return "add", self, other

    return Duck


class Stranger:
    """Knows the protocols, and nothing of ducks."""

    def __array_function__(self, func, types, args, kwargs):
        return NotImplemented

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return NotImplemented


class TestImplements:
    def test_in_the_class_body(self, Duck):
        duck = Duck(3)
        assert np.sum(duck) == ("sum", 3, None)
        assert np.sum(duck, axis=1) == ("sum", 3, 1)

    def test_a_static_method_for_lists(self, Duck):
        ducks = [Duck(), Duck()]
        assert np.concatenate(ducks) == ("concatenate", ducks, 0)
        assert np.concatenate(ducks, axis=1) == ("concatenate", ducks, 1)
        assert np.concatenate([np.ones(1), ducks[0]])[0] == "concatenate"

    def test_a_class_method(self):
        class Duck(ArrayFunctionMixin):
            @implements(np.stack)
            @classmethod
            def stacked(cls, arrays):
                return cls

        assert np.stack([Duck()]) is Duck

    def test_the_method_stays_what_it_is(self, Duck):
        assert Duck(3).total(axis=2) == ("sum", 3, 2)
        assert Duck.total.__doc__ == "The sum."
        assert Duck.joined([1]) == ("concatenate", [1], 0)

    def test_afterwards(self, Duck):
        @Duck.implements(np.mean)
        def mean(a, axis=None):
            return "mean", a.value, axis

        assert np.mean(Duck(3), axis=1) == ("mean", 3, 1)
        assert mean(Duck(3)) == ("mean", 3, None), "the function stays what it is"

    def test_several_functions_at_once(self):
        class Duck(ArrayFunctionMixin):
            @implements(np.max, np.min)
            def extreme(self):
                return "extreme"

            @implements(np.ptp)
            @implements(np.median)
            def other(self):
                return "other"

        assert np.max(Duck()) == np.min(Duck()) == "extreme"
        assert np.ptp(Duck()) == np.median(Duck()) == "other"

    def test_ufuncs_and_operators(self, Duck):
        duck = Duck()
        assert np.add(duck, 1) == duck + 1 == ("add", duck, 1)
        assert 1 + duck == ("add", 1, duck)
        name, left, right = np.ones(2) + duck
        assert (name, right) == ("add", duck)
        assert isinstance(left, np.ndarray)

    def test_functions_decorated_by_us(self, Duck):
        @array_function_dispatch(lambda a: (a,))
        def mine(a):
            return "mine"

        Duck.implements(mine)(lambda a: "the duck's")
        assert mine(Duck()) == "the duck's"
        assert mine(1) == "mine"

    def test_functions_that_numpy_dispatches_on_like(self, Duck):
        from numpy.testing.overrides import allows_array_function_override

        if not allows_array_function_override(np.ones):
            pytest.skip("NumPy 2.0 does not say that it dispatches np.ones")
        Duck.implements(np.ones)(lambda shape, **kwargs: ("ones", shape))
        assert np.ones(3, like=Duck()) == ("ones", 3)

    @pytest.mark.parametrize(
        "function", [np.isscalar, len, np.ndarray, "sum", None, 3, lambda a: a]
    )
    def test_what_nobody_is_ever_asked_about(self, Duck, function):
        with pytest.raises(TypeError, match="no implementation of it would ever be called"):
            implements(function)
        with pytest.raises(TypeError, match="no implementation of it would ever be called"):
            Duck.implements(function)

    def test_every_overridable_function_is_accepted(self, Duck):
        from numpy.testing.overrides import (
            get_overridable_numpy_array_functions,
            get_overridable_numpy_ufuncs,
        )

        functions = [*get_overridable_numpy_array_functions(), *get_overridable_numpy_ufuncs()]
        assert len(functions) > 300
        for function in functions:
            implements(function)


class TestArrayFunctionMixin:
    def test_what_is_not_implemented(self, Duck):
        with pytest.raises(TypeError, match=r"no implementation found for 'numpy\.prod'"):
            np.prod(Duck())
        with pytest.raises(TypeError, match="NotImplemented"):
            np.multiply(Duck(), 2)
        with pytest.raises(TypeError):
            Duck() * 2

    def test_strangers(self, Duck):
        for arrays in ([Duck(), Stranger()], [Stranger(), Duck()]):
            with pytest.raises(TypeError, match="no implementation found"):
                np.concatenate(arrays)
            with pytest.raises(TypeError):
                np.add(*arrays)
            with pytest.raises(TypeError):
                operator.add(*arrays)

    def test_ndarray_subclasses_with_a_protocol_of_their_own_are_strangers(self, Duck):
        class Units(np.ndarray):
            def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
                return NotImplemented

        class Plain(np.ndarray):
            pass

        units = np.ones(2).view(Units)
        with pytest.raises(TypeError):
            np.add(Duck(), units)
        with pytest.raises(TypeError, match="no implementation found"):
            np.concatenate([Duck(), units])
        assert np.concatenate([Duck(), np.ones(2).view(Plain)])[0] == "concatenate"

    def test_handled_types(self, Duck):
        class Friendly(Duck):
            _handled_types = (np.ndarray, Stranger)

        assert np.concatenate([Friendly(), Stranger()])[0] == "concatenate"
        with pytest.raises(TypeError):
            np.concatenate([Duck(), Stranger()])

    def test_out_of_a_stranger(self, Duck):
        Duck.implements(np.add)(lambda a, b, out=None: "never")
        with pytest.raises(TypeError):
            np.add(Duck(), 1, out=Stranger())
        assert np.add(Duck(), 1, out=np.ones(1)) == "never"

    def test_methods_of_ufuncs(self, Duck):
        with pytest.raises(TypeError):
            np.add.reduce(Duck())

        class All(Duck):
            def _apply_ufunc(self, ufunc, method, *inputs, **kwargs):
                return ufunc, method

        assert np.add.reduce(All()) == (np.add, "reduce")
        assert np.exp(All()) == (np.exp, "__call__")
        assert np.add(All(), 1)[0] == "add", "an implementation comes first"

    def test_exceptions_arrive_as_they_were(self, Duck):
        error = KeyError("mine")

        @Duck.implements(np.prod)
        def prod(a):
            raise error

        with pytest.raises(KeyError) as caught:
            np.prod(Duck())
        assert caught.value is error

    def test_only_not_implemented_means_no(self, Duck):
        for answer in (None, False, 0, Ellipsis):
            Duck.implements(np.prod)(lambda a, answer=answer: answer)
            assert np.prod(Duck()) is answer
        Duck.implements(np.prod)(lambda a: NotImplemented)
        with pytest.raises(TypeError, match="no implementation found"):
            np.prod(Duck())

    def test_an_operator_of_the_class_stays(self):
        class Duck(ArrayFunctionMixin):
            def __add__(self, other):
                return "own"

        class Child(Duck):
            pass

        assert Duck() + 1 == Child() + 1 == "own"
        with pytest.raises(TypeError):
            Duck() - 1

    def test_operators_are_numpys(self, Duck):
        seen = []

        class Recorder(Duck):
            def _apply_ufunc(self, ufunc, method, *inputs, **kwargs):
                seen.append(ufunc)
                return self

        duck = Recorder()
        operators = {
            operator.sub: np.subtract, operator.mul: np.multiply, operator.truediv: np.divide,
            operator.matmul: np.matmul, operator.pow: np.power, operator.mod: np.remainder,
            operator.lt: np.less, operator.eq: np.equal, operator.and_: np.bitwise_and,
            operator.lshift: np.left_shift, operator.isub: np.subtract,
        }  # fmt: skip
        for symbol in operators:
            symbol(duck, 2)
        assert seen == list(operators.values())
        for symbol, ufunc in {
            operator.neg: np.negative,
            operator.abs: np.absolute,
            operator.inv: np.invert,
        }.items():
            symbol(duck)
            assert seen[-1] is ufunc

    def test_a_class_with_eq_is_not_hashable(self, Duck):
        with pytest.raises(TypeError, match="unhashable"):
            hash(Duck())

        class Hashable(Duck):
            def __hash__(self):
                return 7

        assert hash(Hashable()) == 7


class TestInheritance:
    def test_implementations_are_inherited_and_overridden(self, Duck):
        class Child(Duck):
            @implements(np.concatenate)
            @staticmethod
            def joined(arrays, axis=0):
                return "the child's"

        assert np.sum(Child(3)) == ("sum", 3, None)
        assert np.concatenate([Duck(), Child()]) == "the child's", "subclasses are asked first"
        assert np.concatenate([Duck()])[0] == "concatenate"

    def test_overriding_the_method_alone_changes_nothing(self, Duck):
        """As with a decorator's registry: implementations are marked, not looked up by name."""

        class Child(Duck):
            def total(self, axis=None):
                return "the child's"

        assert np.sum(Child())[0] == "sum"

    def test_registered_on_a_base_later(self, Duck):
        class Child(Duck):
            pass

        with pytest.raises(TypeError):
            np.prod(Child())
        Duck.implements(np.prod)(lambda a: "prod")
        assert np.prod(Child()) == "prod"
        Child.implements(np.prod)(lambda a: "the child's")
        assert (np.prod(Duck()), np.prod(Child())) == ("prod", "the child's")

    def test_classes_do_not_share(self, Duck):
        class Other(ArrayFunctionMixin):
            pass

        with pytest.raises(TypeError):
            np.sum(Other())

    def test_with_another_base(self, Duck):
        class Base:
            def __init_subclass__(cls, **kwargs):
                cls.seen = kwargs

        class Both(Duck, Base, spam=1):
            pass

        assert Both.seen == {"spam": 1}
        assert np.sum(Both(2)) == ("sum", 2, None)

    def test_threads(self, Duck):
        """Dispatch while others register: every answer is one of those registered."""
        errors = []
        stop = threading.Event()

        def call():
            try:
                while not stop.is_set():
                    assert np.sum(Duck(1)) in (("sum", 1, None), "new")
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=call) for _ in range(4)]
        [t.start() for t in threads]
        for _ in range(300):
            Duck.implements(np.sum)(lambda a: "new")
        stop.set()
        [t.join() for t in threads]
        assert not errors
        assert np.sum(Duck(1)) == "new"


# Mixins for the classes of libraries --------------------------------------------------------------

MATRIX = np.array([[4.0, 1.0, 0.0], [1.0, 3.0, 0.0], [0.5, 0.0, 2.0]])


@pytest.fixture
def mine(library):
    """A subclass of the library's array class with the mixin, and one array of it."""
    backend = BACKENDS[library]
    module = backend.load()
    base = {"sparse": "COO", "dask": "Array"}[library]
    mixin = {"sparse": arrayproto.SparseMixin, "dask": arrayproto.DaskMixin}[library]
    cls = type("Mine", (mixin, getattr(module, base)), {})
    x = backend.from_numpy(MATRIX)
    return cls, make_again(cls, x, library)


def make_again(cls, x, library):
    """The same array with another class."""
    return cls(x) if library == "sparse" else cls(x.dask, x.name, x.chunks, x.dtype)


class TestLibraryMixins:
    def test_answers_from_the_table_without_activation(self, mine, library):
        _, array = mine
        backend = BACKENDS[library]
        programs = [
            lambda a: np.flip(a, 0),
            lambda a: np.take(a, [0, 2], 1),
            lambda a: np.concatenate([a, a]),
            lambda a: np.tensordot(a, a, 1),
            lambda a: a + a,
            lambda a: np.multiply(a, 2),
            lambda a: a @ a,
            lambda a: anp.flip(a, 1),
        ]
        for program in programs:
            with staying_on_the_library():
                result = program(array)
            assert backend.is_array(result)
            assert_same(backend.to_numpy(result), program(MATRIX))
        assert arrayproto.status().active == ()

    def test_the_librarys_own_class_is_as_it_was(self, mine, library):
        cls, _ = mine
        stock = LIBRARIES[library].stock
        for base in cls.__mro__[1:]:
            if base.__module__.partition(".")[0] == LIBRARIES[library].root:
                assert getattr(base, "__array_function__", None) in (
                    stock["__array_function__"],
                    None,
                )

    def test_own_implementations_come_first(self, mine, library):
        cls, array = mine

        class Own(cls):
            @implements(np.flip)
            def flipped(self, axis=None):
                return "own flip", axis

        own = make_again(Own, array, library)
        assert np.flip(own, 1) == ("own flip", 1)
        assert anp.flip(own, 1) == ("own flip", 1)
        assert BACKENDS[library].is_array(np.concatenate([own, own]))

    def test_registered_afterwards(self, mine, library):
        cls, array = mine
        cls.implements(np.lexsort)(lambda keys: "lexsort")
        assert np.lexsort(array) == "lexsort"
        cls.implements(np.multiply)(lambda a, b: "multiply")
        assert np.multiply(array, 2) == array * 2 == 2 * array == "multiply"
        assert BACKENDS[library].is_array(np.add(array, array)), "the others are the library's"
        assert BACKENDS[library].is_array(np.flip(array, 0))

    def test_ufuncs_in_the_class_body(self, library, mine):
        cls, array = mine

        class Own(cls):
            @implements(np.multiply)
            def times(self, other):
                return "times"

        own = make_again(Own, array, library)
        assert own * 2 == np.multiply(own, 2) == "times"
        with pytest.raises(TypeError):
            np.multiply(own, Stranger())

    def test_prints_as_the_librarys_arrays_do(self, mine, library):
        _, array = mine
        assert type(array).__repr__ is not object.__repr__
        assert type(array).__repr__.__module__.partition(".")[0] == library

    def test_not_on_the_mixin_itself(self):
        """It answers for every array of the library, whoever has made it."""
        with pytest.raises(TypeError, match="subclass"):
            arrayproto.SparseMixin.implements(np.lexsort)

    def test_mixed_with_the_librarys_own_arrays(self, mine, library):
        _, array = mine
        plain = BACKENDS[library].from_numpy(MATRIX)
        for arrays in ([array, plain], [plain, array]):
            result = np.concatenate(arrays)
            assert_same(BACKENDS[library].to_numpy(result), np.concatenate([MATRIX, MATRIX]))

    def test_refuses_strangers(self, mine):
        _, array = mine
        for arrays in ([array, Stranger()], [Stranger(), array]):
            with pytest.raises(TypeError):
                np.concatenate(arrays)
            with pytest.raises(TypeError):
                np.add(*arrays)

    def test_together_with_activate(self, mine, library):
        cls, array = mine
        method = cls.__array_function__
        with arrayproto.activated(library):
            assert cls.__array_function__ is method
            assert_same(BACKENDS[library].to_numpy(np.flip(array, 0)), np.flip(MATRIX, 0))
        assert cls.__array_function__ is method

    def test_cupy_class_can_be_made_without_a_gpu(self):
        cupy = pytest.importorskip("cupy")

        class Mine(arrayproto.CupyMixin, cupy.ndarray):
            pass

        assert Mine.__array_function__ is vars(arrayproto.CupyMixin)["__array_function__"]
        assert issubclass(Mine, cupy.ndarray)

    def test_every_known_library_has_one(self):
        for name, library in LIBRARIES.items():
            mixin = mixin_of(library)
            assert mixin_of(library) is mixin
            if not LIBRARIES[name].guest:  # whose classes nobody subclasses
                assert getattr(arrayproto, f"{name.capitalize()}Mixin") is mixin
            assert issubclass(mixin, ArrayFunctionMixin)
