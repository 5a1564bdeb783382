"""Classes that cannot take attributes, registered from outside with `set_registered`."""

from __future__ import annotations

import array
import collections
import datetime
import decimal
import fractions
import numbers
import sys
import threading

import numpy as np
import pytest

from arrayproto import dispatch
from arrayproto.dispatch import (
    array_function_dispatch,
    find_method,
    get_implementing_args,
    set_registered,
)


@pytest.fixture
def register():
    """`set_registered`, undone afterwards."""
    before = dispatch._registered
    yield set_registered
    dispatch._registered = before


def recorded(self, func, types, args, kwargs):
    return "registered", self, func, types, args, kwargs


def refuse(self, func, types, args, kwargs):
    return NotImplemented


def example():
    return array_function_dispatch(lambda a, b=None: (a, b))(lambda a, b=None: "original")


CLOSED = {
    "array.array": array.array("d", [1.0]),
    "Fraction": fractions.Fraction(1, 2),
    "Decimal": decimal.Decimal(1),
    "deque": collections.deque([1]),
    "timedelta": datetime.timedelta(1),
    "range": range(3),
    "memoryview": memoryview(b"abc"),
    "type": int,
    "float64": np.float64(1.0),
}


class TestDispatch:
    @pytest.mark.parametrize("name", CLOSED)
    def test_classes_that_are_not_ours_to_change(self, name, register):
        thing = CLOSED[name]
        cls = type(thing)
        function = example()
        assert function(thing) == "original"
        register(cls, recorded)
        assert function(thing, b=1) == ("registered", thing, function, (cls,), (thing,), {"b": 1})
        assert function(1, thing)[0] == "registered"
        assert get_implementing_args([1, thing]) == [thing]
        assert "__array_function__" not in vars(cls)

    def test_class_with_slots(self, register):
        class Point:
            __slots__ = ("x",)

        register(Point, recorded)
        assert example()(Point())[0] == "registered"

    def test_every_form_of_dispatcher(self, register):
        thing = fractions.Fraction(1)
        register(fractions.Fraction, lambda *_: "registered")
        plain = np.ones(1)
        for dispatcher in (
            lambda a, b=None: (a, b),
            lambda a, b=None: [a, b],
            lambda a, b=None: (x for x in (a, b)),
            # Long lists go to NumPy's C code, which knows nothing of registered classes.
            lambda a, b=None: (a, a, a, a, a, a, b),
        ):
            function = array_function_dispatch(dispatcher)(lambda a, b=None: "original")
            assert function(plain, thing) == function(thing) == "registered"
            assert function(plain, plain) == "original"

    def test_long_lists_take_the_quick_way_again_after_removal(self, register):
        function = array_function_dispatch(lambda *a: a, verify=False)(lambda *a: "original")
        things = [fractions.Fraction(1)] * 8
        register(fractions.Fraction, lambda *_: "registered")
        assert function(*things) == "registered"
        register(fractions.Fraction, None)
        assert function(*things) == "original"

    def test_beside_a_plain_array(self, register):
        register(fractions.Fraction, refuse)
        with pytest.raises(TypeError, match=r"no implementation found.*fractions\.Fraction"):
            example()(np.ones(1), fractions.Fraction(1))

    def test_plain_arrays_are_not_slowed_into_dispatching(self, register):
        register(fractions.Fraction, recorded)
        assert example()(np.ones(1), np.ones(1)) == example()(1, 2.5) == "original"


class TestInheritance:
    def test_subclasses_are_registered_too(self, register):
        register(fractions.Fraction, recorded)

        class Half(fractions.Fraction):
            pass

        assert example()(Half(1, 2))[0] == "registered"
        assert find_method(Half) is recorded
        # Its bases are not, nor what only passes for a subclass by register().
        assert find_method(numbers.Rational) is None
        register(numbers.Number, recorded)
        assert isinstance(decimal.Decimal(1), numbers.Number)
        assert find_method(decimal.Decimal) is None

    def test_the_nearest_registered_base_counts(self, register):
        class Half(fractions.Fraction):
            pass

        register(fractions.Fraction, recorded)
        register(Half, lambda *_: "nearest")
        assert example()(Half(1, 2)) == "nearest"
        assert example()(fractions.Fraction(1))[0] == "registered"

    def test_subclass_comes_before_its_registered_base(self, register):
        class Half(fractions.Fraction):
            pass

        asked = []
        register(fractions.Fraction, lambda self, *_: asked.append(type(self)) or NotImplemented)
        with pytest.raises(TypeError, match="no implementation"):
            example()(fractions.Fraction(1), Half(1, 2))
        assert asked == [Half, fractions.Fraction]

    def test_own_protocol_wins(self, register):
        class Duck:
            def __array_function__(self, func, types, args, kwargs):
                return "own"

        class Half(fractions.Fraction):
            __array_function__ = Duck.__array_function__

        register(Duck, recorded)
        register(fractions.Fraction, recorded)
        assert example()(Duck()) == example()(Half(1, 2)) == "own"

    def test_a_protocol_inherited_from_another_base_wins(self, register):
        class Duck:
            def __array_function__(self, func, types, args, kwargs):
                return "own"

        class Both(fractions.Fraction, Duck):
            pass

        register(fractions.Fraction, recorded)
        assert example()(Both(1)) == "own"

    def test_ndarray_subclasses_have_their_own(self, register):
        class Sub(np.ndarray):
            pass

        register(Sub, recorded)
        assert example()(np.ones(1).view(Sub)) == "original"

    def test_object_is_everything_without_a_protocol_but_the_builtins_numpy_skips(self, register):
        register(object, lambda *_: "registered")
        assert example()(fractions.Fraction(1)) == "registered"
        assert example()(1, "text") == example()(None, [1]) == example()(np.ones(1)) == "original"


class TestOddClasses:
    def test_a_metaclass_that_makes_classes_unhashable(self, register):
        class Unhashable(type):
            def __eq__(cls, other):
                return NotImplemented

            __hash__ = None

        Odd = Unhashable("Odd", (), {})
        register(fractions.Fraction, recorded)
        assert example()(Odd()) == "original"
        register(Odd, lambda *_: "registered")
        assert example()(Odd()) == "registered"
        register(Odd, None)
        assert example()(Odd()) == "original"

    def test_a_metaclass_under_which_classes_are_equal(self, register):
        class Equal(type):
            def __eq__(cls, other):
                return True

            def __hash__(cls):
                return hash(fractions.Fraction)

        register(fractions.Fraction, recorded)
        assert example()(Equal("Odd", (), {})()) == "original"

    def test_a_metaclass_that_raises_for_unknown_attributes(self, register):
        class Raises(type):
            def __getattr__(cls, name):
                raise RuntimeError(name)

        Odd = Raises("Odd", (), {})
        assert example()(Odd()) == "original"
        register(Odd, lambda *_: "registered")
        assert example()(Odd()) == "registered"


class TestRemoval:
    def test_with_none(self, register):
        function = example()
        register(fractions.Fraction, recorded)
        register(fractions.Fraction, None)
        assert function(fractions.Fraction(1)) == "original"
        assert find_method(fractions.Fraction) is None

    def test_of_what_was_never_registered(self, register):
        before = dict(dispatch._registered)
        register(fractions.Fraction, None)
        assert dispatch._registered == before

    def test_leaves_the_others(self, register):
        register(fractions.Fraction, recorded)
        register(decimal.Decimal, recorded)
        register(fractions.Fraction, None)
        assert example()(decimal.Decimal(1))[0] == "registered"

    def test_a_second_registration_replaces_the_first(self, register):
        register(fractions.Fraction, recorded)
        register(fractions.Fraction, lambda *_: "second")
        assert example()(fractions.Fraction(1)) == "second"

    def test_the_table_is_swapped_whole(self, register):
        before = dispatch._registered
        copy = dict(before)
        register(fractions.Fraction, recorded)
        assert before == copy and dispatch._registered is not before


class TestThreads:
    @pytest.fixture(autouse=True)
    def often(self):
        """Threads take turns as often as can be."""
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        yield
        sys.setswitchinterval(interval)

    def in_threads(self, *works):
        errors = []

        def guarded(work):
            try:
                work()
            except BaseException as error:  # a thread's own would only be printed
                errors.append(error)

        threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []

    def test_calls_while_the_table_is_swapped(self, register):
        function, thing = example(), fractions.Fraction(1)
        seen, done = [], threading.Event()

        def swap():
            while not done.is_set():
                register(fractions.Fraction, lambda *_: "registered")
                register(fractions.Fraction, None)

        def call():
            try:
                seen.extend(function(thing) for _ in range(3000))
            finally:
                done.set()

        self.in_threads(swap, call)
        assert len(seen) == 3000 and set(seen) <= {"original", "registered"}

    def test_a_table_that_is_swapped_in_the_middle_of_a_look_up(self, register):
        # The race above, without chance: the class of the first base is asked for its method while
        # the table is emptied.
        class Empties(type):
            @property
            def __mro__(cls):
                register(fractions.Fraction, None)
                return type.__dict__["__mro__"].__get__(cls)

        class Meta(Empties, type(fractions.Fraction)):
            pass

        class Half(fractions.Fraction, metaclass=Meta):
            pass

        register(fractions.Fraction, recorded)
        assert find_method(Half) is recorded
        assert find_method(Half) is None

    def test_no_registration_is_lost(self, register):
        groups = [[type(f"T{i}{j}", (), {}) for j in range(300)] for i in range(4)]

        def work(group):
            return lambda: [register(cls, recorded) for cls in group]

        self.in_threads(*map(work, groups))
        missing = [cls for group in groups for cls in group if find_method(cls) is not recorded]
        assert missing == []
