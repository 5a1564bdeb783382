"""The optional code in C: that it can be left out, that it keeps nothing, and what it refuses.

What it does is tested with the Python code, in tests/dispatch.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import gc
import importlib.util
import sys
import threading
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays
from hypothesis.strategies import floats

from arrayproto import accelerator, array_function_dispatch
from arrayproto.dispatch import _as_sequence, find_method, get_implementing_args, implementing

speed = accelerator.speed
in_c = pytest.mark.skipif(speed is None, reason="the C code was not built")


@pytest.fixture(scope="module", autouse=True)
def what_other_tests_imported_is_no_garbage():
    """Else each of the hundreds of `gc.collect` here looks at all of it."""
    gc.collect()
    gc.freeze()


class Duck:
    def __array_function__(self, func, types, args, kwargs):
        return "overridden"


class TestWithoutIt:
    PROGRAM = """
import numpy as np, sparse
import arrayproto
from arrayproto import accelerator, array_function_dispatch
assert accelerator.speed is None
@array_function_dispatch(lambda a: (a,))
def function(a): return "original"
assert function(np.ones(1)) == "original" and hasattr(function, "__code__")
arrayproto.activate()
assert not np.isfortran(np.ones(2))
x = sparse.COO.from_numpy(np.eye(2))
assert type(np.tensordot(x, x, 1)) is sparse.COO
"""

    @pytest.fixture(autouse=True)
    def needs_sparse(self):
        pytest.importorskip("sparse")

    def test_by_choice(self, run_python):
        run_python("import os; os.environ['ARRAYPROTO_PURE'] = '1'" + self.PROGRAM)

    def test_where_it_was_not_built(self, run_python):
        run_python("import sys; sys.modules['arrayproto._speed'] = None" + self.PROGRAM)

    @in_c
    @pytest.mark.parametrize("value", ["", "0"])
    def test_not_by_mistake(self, value, run_python):
        run_python(
            f"import os; os.environ['ARRAYPROTO_PURE'] = {value!r}\n"
            "from arrayproto import accelerator; assert accelerator.speed is not None"
        )


def dispatched(dispatcher=lambda a, b=None: (a, b)):
    return array_function_dispatch(dispatcher, verify=False)(lambda a, b=None: "original")


def attempt(call):
    try:
        call()
    except Exception:
        pass


class Stored:
    """An array of which a product is told to be right by its ``data``."""

    def __init__(self, data):
        self.data = data


@in_c
class TestRanked:
    """Over one axis, by the numbers of axes of both arrays, or the long way."""

    def ranked(self, by_ranks=((), (None, lambda *args: args)), rank=lambda x: x.data):
        return speed.Ranked(by_ranks, Stored, rank, (LookupError,), lambda *a, **kw: "long way")

    def test_ranks(self):
        of_one, of_two = Stored(1), Stored(2)
        ranked = self.ranked(((), (None, lambda *args: "one"), (None, lambda *args: "two")))
        assert ranked(of_one, of_one, 1) == "one"
        assert ranked(of_two, of_one, 1) == "two"
        assert ranked(of_one, of_two, 1) == ranked(Stored(3), of_one, 1) == "long way"
        assert ranked(of_one, Stored(0), 1) == ranked(Stored(0), of_one, 1) == "long way"

    def test_it_is_given_the_arrays_alone(self):
        one, other = Stored(1), Stored(1)
        assert self.ranked()(one, other, 1) == (one, other)

    def test_what_else_goes_the_long_way(self):
        ranked, x = self.ranked(), Stored(1)
        for axes in (0, 2, -1, 2**70, True, 1.0, ([0], [0]), None):
            assert ranked(x, x, axes) == "long way"
        assert ranked(x) == ranked(x, x) == ranked(x, x, axes=1) == "long way"
        assert ranked(x, x, 1, 2) == ranked(x, np.ones(1), 1) == "long way"
        assert ranked(type("Sub", (Stored,), {})(1), x, 1) == "long way"
        for rank in (None, -1, 2**40, 2**70, "1"):
            assert ranked(Stored(rank), x, 1) == ranked(x, Stored(rank), 1) == "long way"

    def test_errors(self):
        x = Stored(1)

        def refuse(*args):
            raise KeyError

        assert self.ranked(((), (None, refuse)))(x, x, 1) == "long way"
        assert self.ranked(rank=refuse)(x, x, 1) == "long way"
        with pytest.raises(ZeroDivisionError):  # of whoever was called, as it was
            self.ranked(((), (None, lambda *args: 1 / 0)))(x, x, 1)
        with pytest.raises(ZeroDivisionError):
            self.ranked(rank=lambda x: 1 / 0)(x, x, 1)
        with pytest.raises(TypeError, match="tuple of tuples"):
            self.ranked((None,))


@in_c
class TestProduct:
    def product(self, own=lambda *args: "own", rank=None, cls=Stored):
        return speed.Product(own, cls, "data", rank, np.generic, lambda *args, **kwargs: "long way")

    @pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
    @pytest.mark.parametrize("count", [1, 5, 1000])
    def test_values_that_are_not_finite_go_the_long_way(self, dtype, count):
        product = self.product()
        whole = np.ones(count, dtype)
        assert product(Stored(whole), Stored(whole)) == "own"
        for place in (0, count - 1):
            for value in (np.nan, -np.nan, np.inf, -np.inf):
                odd = whole.copy()
                odd[place] = value
                assert product(Stored(odd), Stored(whole)) == "long way"
                assert product(Stored(whole), Stored(odd), 1) == "long way"
                if odd.dtype.kind == "c":
                    odd[place] = complex(1, value)
                    assert product(Stored(odd), Stored(whole)) == "long way"

    @given(arrays(np.float64, array_shapes(min_dims=0, min_side=0), elements=floats()))
    def test_as_numpy_tells_it(self, data):
        x = Stored(data)
        assert (self.product()(x, x) == "own") == np.isfinite(data).all()

    @pytest.mark.parametrize("dtype", ["?", "i1", "u8", "i4"])
    def test_integers_are_finite(self, dtype):
        x = Stored(np.ones(3, dtype))
        assert self.product()(x, x) == "own"

    @pytest.mark.parametrize(
        "data",
        [
            np.ones(3, "f2"),
            np.ones(3, "g"),
            np.ones(3, ">f8"),
            np.ones(6)[::2],
            np.ones(3, object),
            np.ones(3, "m8[s]"),
            np.ma.ones(3),
            [1.0],
        ],
        ids=lambda data: str(getattr(data, "dtype", "list")),
    )
    def test_what_c_cannot_tell_goes_the_long_way(self, data):
        x = Stored(data)
        assert self.product()(x, x) == "long way"

    def test_another_form_of_call(self):
        product, x = self.product(), Stored(np.ones(1))
        assert product(x) == product(x, b=x) == product(x, x, axes=1) == "long way"
        assert product(x, x, 1, 2) == product(x, np.ones(1)) == product([], x) == "long way"
        assert product(type("Sub", (Stored,), {})(np.ones(1)), x) == "long way"

    def test_by_rank(self):
        product = self.product(rank=2)
        flat, square = Stored(np.ones(0)), Stored(np.ones((0, 0)))
        assert product(square, square) == product(square, square, 2) == "own"
        assert product(flat, flat, 1) == product(flat, flat, 0) == "own"
        assert product(flat, square) == product(square, flat) == "long way"
        assert product(square, square, 3) == product(square, square, 2**70) == "long way"
        assert product(square, square, [0]) == product(square, square, True) == "long way"
        integers = Stored(np.ones((0, 0), int))
        assert product(integers, integers) == product(square, integers) == "long way"

    def test_what_it_refuses(self):
        def fails(error):
            def own(*args):
                raise error

            return self.product(own)

        x = Stored(np.ones(1))
        assert fails(ValueError("shape-mismatch"))(x, x) == "long way"
        with pytest.raises(KeyError):
            fails(KeyError("nothing"))(x, x)
        with pytest.raises(AttributeError):
            self.product(cls=list)([], [])

    def test_a_result_outside_of_the_library(self):
        x = Stored(np.ones(1))
        assert self.product(lambda *args: np.float64(1))(x, x) == "long way"


@in_c
class TestDirect:
    NAMES = ("a", "b", "axis", "out")

    def direct(self, depths=b"\1\1\0\1", required=2):
        targets = {Duck: lambda *args: "target"}
        by_name = {Duck: lambda *args, **kwargs: sorted(kwargs)}
        names, counts = self.NAMES[: len(depths)], bytes((required, len(depths)))
        return speed.Direct(
            lambda *args, **kwargs: "wrapper", targets, by_name, names, depths, counts
        )

    def test_one_type(self):
        direct, x = self.direct(), Duck()
        assert direct(x, x) == direct(x, x, "option") == direct(x, x, 3, None) == "target"
        assert direct(x, x, 3, np.ones(1)) == "target"

    def test_keywords(self):
        direct, x = self.direct(), Duck()
        assert direct(x, x, axis=1) == direct(x, x, axis=x) == ["axis"]
        assert direct(x, x, 1, out=None) == direct(x, x, 1, out=np.ones(1)) == ["out"]
        assert direct(x, x, out=None, axis=1) == ["axis", "out"]
        assert direct(x, x, out=x) == direct(x, b=x) == direct(a=x, b=x) == "wrapper"
        assert direct(x, x, other=1) == direct(x, x, a=x) == direct(1, x, axis=1) == "wrapper"

    def test_everything_else(self):
        direct, x = self.direct(), Duck()
        assert direct(x) == direct(x, 1) == direct(1, 1) == direct(x, x, 3, x) == "wrapper"
        assert direct(x, x, 1, None, 1) == direct() == "wrapper"

    def test_items_of_one_type(self):
        direct, x = self.direct(b"\2\1\2", 1), Duck()
        assert direct([x]) == direct((x, x)) == direct([x] * 3, None, None) == "target"
        assert direct([x], axis=None) == ["axis"]
        assert direct([]) == direct(x) == direct([x, 1]) == direct([1, x]) == "wrapper"
        assert direct(iter([x])) == direct([[x]]) == direct({x: x}) == "wrapper"
        assert direct([x], None, [np.ones(1)]) == direct([x], x) == "wrapper"
        assert direct([x], axis=[np.ones(1)]) == "wrapper"
        both = self.direct(b"\2\1", 2)
        assert both([x, x], x) == "target"
        assert both([x, x], 1) == both([1], x) == "wrapper"

    @pytest.mark.parametrize("counts", [b"\1", b"\2\1", b"\1\3"])
    def test_what_does_not_belong_together(self, counts):
        with pytest.raises(ValueError, match="belong together"):
            speed.Direct(len, {}, {}, ("a", "b"), b"\1\1", counts)

    def test_no_more_names_than_it_holds(self):
        for more in (0, 1):
            names = tuple(f"name_{i}" for i in range(speed.MAX_NAMES + more))
            arguments = (len, {}, {}, names, bytes(len(names)), bytes((1, len(names))))
            with (
                pytest.raises(ValueError, match="belong together")
                if more
                else contextlib.nullcontext()
            ):
                speed.Direct(*arguments)

    def test_a_class_that_dies_while_it_is_looked_up(self):
        held, targets = [], {}

        class Meta(type):
            def __hash__(cls):
                held.clear()
                gc.collect()
                return 1

            def __eq__(cls, other):
                gc.collect()
                return True

        targets[Meta("Odd", (), {})] = lambda arrays: "target"
        direct = speed.Direct(lambda *args: "wrapper", targets, {}, ("arrays",), b"\2", b"\1\1")
        held[:] = [Meta("Odd", (), {})()]
        assert direct(held) == "target"

    def test_a_class_that_cannot_be_hashed(self):
        meta = type("Meta", (type,), {"__eq__": lambda a, b: True})
        x = meta("Odd", (), {})()
        assert self.direct()(x, x) == "wrapper"


@in_c
class TestMemory:
    """An Adapter and a Direct remember what their dicts answered, until forget()."""

    @staticmethod
    def adapter(table):
        return speed.Adapter(
            lambda *args: "in Python",
            lambda types: True,
            table,
            table,
            (KeyError,),
            lambda *args: 0,
        )

    @staticmethod
    def direct(targets):
        return speed.Direct(lambda *args: "wrapper", targets, {}, ("a", "b"), b"\1\1", b"\2\2")

    def test_it_answers_until_it_is_forgotten(self):
        table, targets, x = {len: lambda *args: "one"}, {Duck: lambda *args: "one"}, Duck()
        adapter, direct = self.adapter(table), self.direct(targets)

        def answers():
            return [adapter(x, len, (Duck,), (x, x), {}), direct(x, x)]

        assert answers() == answers() == ["one", "one"]
        table[len] = targets[Duck] = lambda *args: "another"
        assert answers() == ["one", "one"]
        speed.forget()
        assert answers() == answers() == ["another", "another"]
        table.clear()
        targets.clear()
        speed.forget()
        assert answers() == ["in Python", "wrapper"]

    def test_many_functions_and_types(self):
        functions = [lambda *args, n=n: n for n in range(50)]
        types = [type(f"Duck{n}", (Duck,), {}) for n in range(50)]
        adapter = self.adapter(dict(zip(functions, functions, strict=True)))
        direct = self.direct(dict(zip(types, functions, strict=True)))
        for _ in range(3):
            for n, (function, cls) in enumerate(zip(functions, types, strict=True)):
                for _ in range(2):
                    assert adapter(1, function, (cls,), (), {}) == n
                    assert direct(cls(), cls()) == n

    def test_of_other_forms_of_call(self):
        x = Duck()
        adapter = self.adapter({len: lambda *args, **kwargs: (args, kwargs)})
        direct = self.direct({Duck: lambda *args: args})
        for _ in range(2):
            assert adapter(x, len, (Duck,), (1,), {}) == ((1,), {})
            assert adapter(x, len, (Duck, int), (1,), {}) == ((1,), {})
            assert adapter(x, len, (Duck,), (1,), {"k": 2}) == ((1,), {"k": 2})
            assert adapter(x, max, (Duck,), (1,), {}) == "in Python"
            assert direct(x, x) == (x, x)
            assert direct(x, 1) == direct(1, x) == direct(x) == direct(x, x, x) == "wrapper"

    def test_what_is_called_may_forget_itself(self):
        table, targets, x = {}, {}, Stored(np.ones(1))

        def call(*args):
            table.clear()
            targets.clear()
            speed.forget()
            gc.collect()
            return args

        def product():
            return speed.Product(call, Stored, "data", None, np.generic, call)

        adapter, direct = self.adapter(table), self.direct(targets)
        for make in (lambda: call, product):
            for _ in range(3):
                table[len] = make()
                assert adapter(x, len, (Stored,), (x, x), {}) == (x, x)
                assert adapter(x, len, (Stored,), (x, x), {}) == "in Python"
                targets[Stored] = make()
                assert direct(x, x) == (x, x)
                assert direct(x, x) == "wrapper"

    def test_what_dies_may_call(self):
        table, answered = {}, []
        adapter = self.adapter(table)

        class Dies:
            def __call__(self, *args):
                return "answer"

            def __del__(self):
                speed.forget()
                answered.append(adapter(1, len, (Duck,), (), {}))

        for _ in range(3):
            table[len] = Dies()
            assert adapter(1, len, (Duck,), (), {}) == "answer"
            del table[len]
            speed.forget()
        assert answered == ["in Python"] * 3


@in_c
class TestNothingIsKept:
    """Python's count of blocks of memory does not grow with the number of calls."""

    class Refuses:
        def __array_function__(self, func, types, args, kwargs):
            return NotImplemented

    class Fails:
        def __array_function__(self, func, types, args, kwargs):
            raise LookupError

    class Hides(type):
        def __getattr__(cls, name):
            raise RuntimeError(name)

    CALLS = {
        "plain": lambda f, x: f(np.nan, b=None),
        "override": lambda f, x: f(x, b=x),
        "two types": lambda f, x: f(np.float64(1), [x]),
        "refused": lambda f, x: f(TestNothingIsKept.Refuses(), x.__class__),
        "fails": lambda f, x: f(1, TestNothingIsKept.Fails()),
        "missing": lambda f, x: f(),
        "too many": lambda f, x: f(x, x, x, x),
        "unknown": lambda f, x: f(x, zzz=x),
        "hides": lambda f, x: f(TestNothingIsKept.Hides("Odd", (), {})),
    }

    @pytest.mark.parametrize("name", CALLS)
    @pytest.mark.parametrize(
        "dispatcher",
        [
            lambda a, b=None: (a, b),
            lambda a, b=None: [a, b],
            lambda a, b=None: a,
            lambda a, b=None: a.missing,
        ],
        ids=["static", "asked", "items", "fails"],
    )
    def test_by_calls(self, name, dispatcher):
        function, call, x = dispatched(dispatcher), self.CALLS[name], Duck()
        self.check(lambda: call(function, x))

    def test_by_functions(self):
        self.check(lambda: dispatched()(1))
        self.check(lambda: copy.copy(dispatched()).__get__(1)())

    def test_by_collecting(self):
        many = [type(f"Duck{i}", (Duck,), {})() for i in range(64)]
        self.check(lambda: get_implementing_args(many), 300)
        self.check(lambda: get_implementing_args([*many, Duck()]), 300)
        self.check(lambda: get_implementing_args(5))

    def test_by_adapters(self):
        def refuse(*args):
            raise TypeError

        tables = {"a": lambda *args, **kwargs: "answer", "b": refuse}
        adapter = speed.Adapter(
            lambda *args: "in Python", lambda types: True, tables, tables, (TypeError,), refuse
        )
        for name in ("a", "b", "c"):
            for kwargs in ({}, {"k": 1}):
                self.check(lambda name=name, kwargs=kwargs: adapter(1, name, (int,), (), kwargs))
        self.check(lambda: adapter(1, [], (int,), (), {}))
        self.check(lambda: adapter(1))

    def test_by_products(self):
        def refuse(*args):
            raise ValueError

        for own in (lambda *args: "own", lambda *args: np.float64(1), refuse):
            for otherwise in (lambda *args: "long way", refuse):
                product = speed.Product(own, Stored, "data", None, np.generic, otherwise)
                for data in (np.ones(1), np.array([np.nan]), 1):
                    x, y = Stored(data), Stored(np.ones(2))
                    self.check(lambda product=product, x=x, y=y: product(x, y))
        self.check(lambda: product(object.__new__(Stored), 1))

    def test_by_the_explicit_namespace(self):
        targets = {Duck: lambda *args: args[2]}
        direct = speed.Direct(
            lambda *args, **kwargs: args[1], targets, targets, ("a", "b", "c"), b"\1\1\0", b"\2\3"
        )
        x = Duck()
        self.check(lambda: direct(x, x, 1))
        self.check(lambda: direct(x, x))
        self.check(lambda: direct(1, x, a=1))
        self.check(lambda: speed.Direct(len, {}, {}, ("a",), b"\1", b"\1\1")([]))

    def check(self, call, times=1000):
        for _ in range(50):
            attempt(call)
        gc.collect()
        before = sys.getallocatedblocks()
        for _ in range(times):
            attempt(call)
        gc.collect()
        assert sys.getallocatedblocks() - before < times / 4

    def test_what_is_given_up_is_freed(self):
        function = dispatched()
        rebound = speed.Rebound(len, function)
        adapter = speed.Adapter(len, len, {}, {}, (TypeError,), len)
        targets = {}
        direct = speed.Direct(len, targets, {}, ("a",), b"\1", b"\1\1")
        targets[int] = functools.partial(lambda direct, a: a, direct)
        assert direct(1) == 1
        targets.clear()  # the cycle goes through what is remembered
        things = [function, rebound, adapter, direct]
        for thing in things:
            thing.itself = thing
        references = [weakref.ref(thing) for thing in things]
        del function, rebound, adapter, direct, thing, things
        gc.collect()
        assert [reference() for reference in references] == [None] * 4


@in_c
def test_all_that_is_made_keeps_the_module():
    """At the end of a process types let go of it first, and what dies later looks at its state."""
    made = [
        dispatched(),
        speed.Rebound(len, len),
        speed.Product(len, Stored, "data", None, np.generic, len),
        speed.Ranked((), Stored, len, (), len),
        speed.Direct(len, {}, {}, ("a",), b"\1", b"\1\1"),
        speed.Adapter(len, len, {}, {}, (), len),
    ]
    for one in made:
        assert any(found is speed for found in gc.get_referents(one)), one


@in_c
class TestHostile:
    def test_names_that_are_not_interned(self):
        function = dispatched()
        name = "".join(["b", "_"])[:1]
        assert function(1, **{name: Duck()}) == "overridden"
        assert function(1, **{name: 2}) == "original"

    @pytest.mark.parametrize("form", [list, tuple])
    def test_a_list_that_changes_under_our_hands(self, form):
        held = []

        class Empties(type):
            @property
            def __array_function__(cls):
                held.clear()
                gc.collect()
                raise AttributeError

        function = array_function_dispatch(lambda arrays: arrays)(lambda arrays: len(arrays))
        for count in (1, 2, 50):
            held[:] = [Empties(f"Odd{i}", (), {})() for i in range(count)]
            assert function(held) == 0
            held[:] = [Empties(f"Odd{i}", (), {})() for i in range(count)]
            assert get_implementing_args(held) == []

    def test_recursion_ends_in_an_error(self):
        function = dispatched(lambda *args: args)
        for _ in range(20_000):
            function = array_function_dispatch(lambda *args: args, verify=False)(function)
        with pytest.raises(RecursionError):
            function(1)

        @array_function_dispatch(lambda a: (a,))
        def endless(a):
            return endless(a)

        with pytest.raises(RecursionError):
            endless(1)

    @pytest.mark.parametrize(
        "arguments",
        [
            (),
            (1, 2, 3),
            (len, 2, 3),
            (len, len, len, ["a"], b"1", 1),
            (len, len, len, ("a",), b"", 1),
            (len, len, len, ("a",), b"1", 2),
            (len, len, len, ("a",), b"1", -1),
        ],
    )
    def test_functions_are_made_of_what_belongs_together(self, arguments):
        with pytest.raises((TypeError, ValueError)):
            speed.Function(*arguments)

    @staticmethod
    def another():
        """The same module, loaded once more, and with a state of its own."""
        spec = importlib.util.spec_from_file_location("arrayproto._speed", speed.__file__)
        other = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(other)
        return other

    def test_what_was_made_holds_the_module(self):
        """Its type loses the module as garbage, maybe first, and the state would be gone with it."""
        other = self.another()
        other.configure(np.ndarray, len, {}, lambda cls: None, lambda api, types: TypeError())
        things = [
            other.Function(len, len, len),
            other.Rebound(len, len),
            other.Adapter(len, len, {}, {}, (TypeError,), len),
            other.Product(len, list, "data", None, np.generic, len),
            other.Ranked((), list, len, (), len),
            other.Direct(len, {}, {}, ("a",), b"\1", b"\1\1"),
        ]
        for thing in things:
            assert any(held is other for held in gc.get_referents(thing))
            thing.itself = thing
        gone = weakref.ref(other)
        del other, thing, things
        gc.collect()
        assert gone() is None

    def test_it_must_be_configured(self):
        other = self.another()
        for call in (
            lambda: other.get_implementing_args([]),
            lambda: other.implementing([], None),
            lambda: other.Function(len, len, len),
            lambda: other.Rebound(len, len),
            lambda: other.Adapter(len, len, {}, {}, (TypeError,), len),
            lambda: other.Ranked((), list, len, (), len),
            lambda: other.Product(len, list, "data", None, np.generic, len),
            lambda: other.Direct(len, {}, {}, (), b"", b"\0\0"),
        ):
            with pytest.raises(RuntimeError, match="configure"):
                call()

    def test_types_cannot_be_changed_or_subclassed(self):
        for cls in (speed.Function, speed.Rebound, speed.Adapter, speed.Product, speed.Direct):
            with pytest.raises(TypeError):
                cls.__call__ = len
            with pytest.raises(TypeError):
                type("Sub", (cls,), {})

    def test_an_adapter_called_by_hand(self):
        seen = []
        adapter = speed.Adapter(
            lambda *args, **kwargs: seen.append((args, kwargs)),
            lambda types: False,
            {},
            {},
            (TypeError,),
            len,
        )
        adapter(1, 2)
        adapter(1, 2, types=(), args=(), kwargs={})
        adapter(1, 2, [int, str], [], {})
        adapter(1, 2, (int, str), (), {})
        type("Owner", (), {"method": adapter})().method(2, (int, str), (), {})
        assert len(seen) == 5  # types that are not accepted are the Python code's too

    def test_threads_that_settle_a_function_at_once(self):
        barrier = threading.Barrier(4)
        results = []

        def first_call(a):
            rebound._settle(lambda a: "otherwise", ("a",), b"\1", 1)
            return rebound(a)

        rebound = speed.Rebound(lambda a: "original", first_call)

        def work():
            barrier.wait()
            results.extend((rebound(1), rebound(Duck())))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == ["original"] * 4 + ["otherwise"] * 4


@pytest.mark.skipif(accelerator.buffers is None, reason="the C code was not built")
def test_what_takes_a_buffer_keeps_nothing():
    class Bytes(bytearray):
        pass

    buffers, takes = accelerator.buffers, []
    x = Bytes(b"four")
    assert buffers.put(Bytes)
    buffers.observe(lambda array, flags, take: takes.append(take))
    try:
        assert bytes(memoryview(x)) == b"four"
        (take,) = takes
        gone = weakref.ref(x)
        del x
        assert gone() is None
        with pytest.raises(RuntimeError, match="once, while it is asked for"):
            take()
    finally:
        buffers.observe(None)
        buffers.put_back(Bytes)


@in_c
def test_collecting_is_that_of_the_python_code():
    class Child(Duck):
        pass

    class Pretends(Duck):
        __class__ = property(lambda self: Child)

    things = [Duck(), 1, np.ones(1), Child(), Pretends(), np.float64(1), "text", np.ma.array([1])]
    for start in range(len(things)):
        for step in (1, -1):
            relevant = things[start::step] * 2
            expected = implementing(_as_sequence(relevant), find_method)
            for find in (None, find_method):
                assert speed.implementing(relevant, find) == expected
