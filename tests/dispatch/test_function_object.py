"""The decorated function as an object: its attributes, its tracebacks, what it keeps."""

from __future__ import annotations

import copy
import functools
import gc
import inspect
import pickle
import sys
import traceback
import types
import weakref
from pathlib import Path

import numpy as np
import pytest
from numpy._core.overrides import array_function_dispatch as numpys_dispatch

import arrayproto
from arrayproto.dispatch import array_function_dispatch
from arrayproto.wrapper import FILENAME

PACKAGE = str(Path(arrayproto.__file__).parent)


def answering(answer):
    """An object of a fresh class whose override is `answer`."""
    return type("Duck", (), {"__array_function__": answer})()


def example(decorate=array_function_dispatch):
    @decorate(lambda a, b=None, *, k=None: (a, b))
    def function(a: int, b: str = "b", *, k: float = 1.0) -> tuple:
        """Docstring."""
        return a, b, k

    return function


class TestAttributes:
    def test_those_of_the_implementation(self):
        function = example()
        own = function._implementation
        for name in ("__name__", "__qualname__", "__module__", "__doc__", "__annotations__"):
            assert getattr(function, name) == getattr(own, name)
        assert function.__wrapped__ is own and function is not own
        assert function.__name__ == "function" and function.__doc__ == "Docstring."

    def test_attributes_of_the_implementation_are_copied(self):
        def implementation(a):
            return a

        implementation.mark = object()
        function = array_function_dispatch(lambda a: (a,))(implementation)
        assert function.mark is implementation.mark

    def test_signature(self):
        function = example()
        assert inspect.signature(function) == inspect.signature(function._implementation)
        # It does not tell of the slots to those who do not follow __wrapped__ either.
        with pytest.raises(TypeError):
            inspect.getfullargspec(function)

    def test_signature_without_verify_is_the_dispatchers(self):
        def dispatcher(a, b=None):
            return (a,)

        for implementation in (lambda *args, **kwargs: None, max):
            ours, theirs = (
                decorate(dispatcher, verify=False)(implementation)
                for decorate in (array_function_dispatch, numpys_dispatch)
            )
            if np.lib.NumpyVersion(np.__version__) >= "2.4.0":  # older ones show *args, **kwargs
                assert inspect.signature(ours) == inspect.signature(theirs)
            assert str(inspect.signature(ours)) == "(a, b=None)"

    def test_a_builtin_that_tells_its_signature_keeps_it(self):
        function = array_function_dispatch(lambda x: (x,), verify=False)(abs)
        assert inspect.signature(function) == inspect.signature(abs)

    def test_repr_is_that_of_a_function(self):
        function = example()
        assert repr(function).startswith(f"<function {function.__qualname__} at ")

    def test_hash_and_equality_are_by_identity(self):
        one, two = example(), example()
        assert {one: 1, two: 2}[one] == 1 and one != two and len({one, two, one}) == 2

    def test_weak_references_and_copies(self):
        function = example()
        assert weakref.ref(function)() is function
        assert copy.copy(function) is function and copy.deepcopy(function) is function

    def test_a_function_that_is_given_up_is_freed(self):
        function = example()
        reference = weakref.ref(function)
        del function
        gc.collect()  # it knows itself, to pass itself as `func`: a cycle
        assert reference() is None


class TestPickle:
    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_by_name(self, protocol, monkeypatch):
        module = types.ModuleType("a_public_module")
        monkeypatch.setitem(sys.modules, module.__name__, module)
        space = {"dispatch": array_function_dispatch}
        exec(
            "@dispatch(lambda a: (a,), module='a_public_module')\ndef public(a):\n    return a",
            space,
        )
        module.public = space["public"]
        data = pickle.dumps(module.public, protocol=protocol)
        assert pickle.loads(data) is module.public
        assert b"implementation" not in data

    def test_a_local_function_cannot_be_pickled(self):
        with pytest.raises((pickle.PicklingError, AttributeError), match="function"):
            pickle.dumps(example())


class TestUses:
    """A function like any other: whatever takes a function takes it."""

    def test_as_method_staticmethod_and_classmethod(self):
        received = array_function_dispatch(lambda a, b=None: (a, b))(lambda a, b=None: (a, b))

        class Owner:
            method = received
            static = staticmethod(received)
            on_class = classmethod(received)

        owner = Owner()
        assert owner.method() == (owner, None) and owner.method(1) == (owner, 1)
        assert owner.static(1) == Owner.static(1) == (1, None)
        assert owner.on_class(1) == Owner.on_class(1) == (Owner, 1)
        assert Owner.method is received and Owner.method(1, b=2) == (1, 2)
        assert received.__get__(owner, Owner)(1) == (owner, 1)

    def test_a_duck_class_can_have_it_for_a_method(self):
        received = array_function_dispatch(lambda a: (a,))(lambda a: "original")

        class Duck:
            method = received

            def __array_function__(self, func, types, args, kwargs):
                return func is received, args == (self,)

        assert Duck().method() == (True, True)

    def test_partial_and_map(self):
        function = example()
        x = answering(lambda self, func, types, args, kwargs: (args, kwargs))
        assert functools.partial(function, x, k=2)() == ((x,), {"k": 2})
        assert list(map(function, [1, x])) == [(1, "b", 1.0), ((x,), {})]
        assert sorted([-2, 1], key=array_function_dispatch(lambda a: (a,))(lambda a: -a)) == [1, -2]

    def test_decorated_twice(self):
        # An own override of the inner function is asked first by the outer one.
        inner = array_function_dispatch(lambda a: (a,), module="inner")(lambda a: "original")
        outer = array_function_dispatch(lambda a: (a,), module="outer", verify=False)(inner)
        asked = []
        x = answering(lambda self, func, *rest: asked.append(func.__module__) or NotImplemented)
        with pytest.raises(TypeError, match="'outer"):
            outer(x)
        assert asked == ["outer"] and outer(1) == "original"

    def test_generators_and_coroutines_are_passed_through(self):
        @array_function_dispatch(lambda a: (a,))
        def each(a):
            yield a

        assert list(each(3)) == [3]


def frames_of_ours(error):
    """Names of the frames of the package that are on an error's traceback."""
    return [
        f.name
        for f in traceback.extract_tb(error.__traceback__)
        if f.filename == FILENAME or f.filename.startswith(PACKAGE)
    ]


class TestTraceback:
    """Between the caller and the code that raised stands one frame of ours, and none in C."""

    @pytest.mark.parametrize(
        "argument", [np.ones(1), 1.5, [np.ones(1)]], ids=["plain", "1.5", "[]"]
    )
    def test_implementation(self, argument, frames_in_between):
        @array_function_dispatch(lambda a: (a,))
        def function(a):
            raise LookupError("mine")

        with pytest.raises(LookupError, match="mine") as caught:
            function(argument)
        assert len(frames_of_ours(caught.value)) == frames_in_between

    @pytest.mark.parametrize("form", ["tuple", "list", "variadic"])
    def test_override(self, form, frames_in_between):
        def answer(self, func, types, args, kwargs):
            raise LookupError("mine")

        dispatcher = {
            "tuple": lambda a: (a,),
            "list": lambda a: [a],
            "variadic": lambda *args: args,
        }[form]
        function = array_function_dispatch(dispatcher, verify=False)(lambda a: None)
        with pytest.raises(LookupError, match="mine") as caught:
            function(answering(answer))
        assert len(frames_of_ours(caught.value)) == frames_in_between

    def test_dispatcher(self, frames_in_between):
        def dispatcher(a):
            raise LookupError("mine")

        function = array_function_dispatch(dispatcher)(lambda a: None)
        with pytest.raises(LookupError, match="mine") as caught:
            function(1)
        assert len(frames_of_ours(caught.value)) == frames_in_between

    def test_errors_of_the_protocol_itself(self, frames_in_between):
        function = example()
        with pytest.raises(TypeError, match="no implementation found") as refused:
            function(answering(lambda *_: NotImplemented))
        with pytest.raises(TypeError, match="missing 1 required") as wrong:
            function()
        for error in (refused.value, wrong.value):
            assert len(frames_of_ours(error)) == frames_in_between
            assert error.__cause__ is None
            # Nothing is shown above it: the user did not call a dispatcher.
            assert error.__context__ is None or error.__suppress_context__


class TestReferences:
    """No argument outlives its call, and no garbage collection is needed for that."""

    CALLS = {
        "plain": (lambda a, b: (a, b), lambda f, x: f(np.ones(1), np.ones(1)), None),
        "implementation": (lambda a, b: (b,), lambda f, x: f(x, 1), None),
        "override": (lambda a, b: (a, b), lambda f, x: f(x, b=1), None),
        "long": (lambda a, b: (a, b, a, b, a, b), lambda f, x: f(x, b=x), None),
        "no implementation": (lambda a, b: (a, b), lambda f, x: f(1, x), TypeError),
        "missing": (lambda a, b: (a, b), lambda f, x: f(x), TypeError),
        "too many": (lambda a, b: (a, b), lambda f, x: f(x, x, x), TypeError),
        "far too many": (lambda a, b: (a, b), lambda f, x: f(*[x] * 20), TypeError),
        "unknown keyword": (lambda a, b: (a, b), lambda f, x: f(x, x, c=x), TypeError),
        "given twice": (lambda a, b: (a, b), lambda f, x: f(x, x, b=x), TypeError),
        "no iterable": (lambda a, b: 5, lambda f, x: f(x, x), TypeError),
        "dispatcher raises": (lambda a, b: 1 / 0, lambda f, x: f(x, x), ZeroDivisionError),
    }

    @pytest.mark.parametrize("name", CALLS)
    def test_no_argument_is_kept(self, name):
        dispatcher, call, error = self.CALLS[name]
        refuses = name == "no implementation"

        class Duck:
            def __array_function__(self, func, types, args, kwargs):
                return NotImplemented if refuses else "overridden"

        function = array_function_dispatch(dispatcher)(lambda a, b: "original")
        x = Duck()
        reference = weakref.ref(x)
        gc.collect()
        gc.disable()
        try:
            if error is None:
                assert call(function, x) in ("original", "overridden")
            else:
                try:
                    call(function, x)
                except error:
                    pass
                else:
                    pytest.fail(f"{error} was not raised")
            del x
            assert reference() is None
        finally:
            gc.enable()

    def test_an_error_of_an_override(self):
        class Duck:
            def __array_function__(self, func, types, args, kwargs):
                raise LookupError

        function = example()
        x = Duck()
        reference = weakref.ref(x)
        gc.disable()
        try:
            try:
                function(x, x, k=x)
            except LookupError:
                pass
            del x
            assert reference() is None
        finally:
            gc.enable()


class TestErrors:
    @pytest.mark.parametrize(
        "kind", [TypeError, ValueError, SystemExit, KeyboardInterrupt, StopIteration]
    )
    @pytest.mark.parametrize(
        "place", ["dispatcher", "generator", "override", "implementation", "plain"]
    )
    def test_reach_the_user_as_they_were(self, kind, place):
        if (kind, place) == (StopIteration, "generator"):
            pytest.skip("Python itself turns it into RuntimeError")
        error = kind("mine")

        def fail(*_):
            raise error

        def generator(a):
            yield a
            raise error

        dispatcher = {
            "dispatcher": lambda a: fail(),
            "generator": generator,
        }.get(place, lambda a: (a,))
        function = array_function_dispatch(dispatcher)(lambda a: fail())
        argument = {"override": answering(fail), "plain": np.ones(1)}.get(place, 1.5)
        with pytest.raises(kind) as caught:
            function(argument)
        assert caught.value is error and error.args == ("mine",)
        assert error.__cause__ is None and error.__context__ is None

    @pytest.mark.parametrize("suffix", ["() is mine", "(a) is mine", " is mine", "s"])
    def test_a_type_error_of_the_dispatcher_that_begins_with_its_name(self, suffix):
        # NumPy takes it for a wrong call: it replaces object, text and traceback. We tell by the
        # traceback whether the dispatcher ran.
        error = []

        def dispatcher(a):
            error.append(TypeError(dispatcher.__qualname__ + suffix))
            raise error[-1]

        ours, theirs = (
            d(dispatcher)(lambda a: a) for d in (array_function_dispatch, numpys_dispatch)
        )
        with pytest.raises(TypeError) as caught:
            theirs(1)
        assert caught.value is not error[-1]
        with pytest.raises(TypeError) as caught:
            ours(1)
        assert caught.value is error[-1]
        assert traceback.extract_tb(caught.value.__traceback__)[-1].name == "dispatcher"

    @pytest.mark.parametrize("args", [(), (1,), ("text", 2)])
    def test_type_errors_with_other_arguments(self, args):
        error = TypeError(*args)

        def dispatcher(a):
            raise error

        with pytest.raises(TypeError) as caught:
            array_function_dispatch(dispatcher)(lambda a: a)(1)
        assert caught.value is error and error.args == args

    def test_a_wrong_call_inside_the_dispatcher_keeps_its_own_name(self):
        def helper(a):
            return (a,)

        function = array_function_dispatch(lambda a: helper(a, a))(lambda a: a)
        with pytest.raises(TypeError, match=r"helper\(\) takes 1 positional argument but 2 were"):
            function(1)

    def test_a_wrong_call_of_a_dispatcher_that_is_not_a_function(self):
        class Dispatcher:
            __qualname__ = "Dispatcher"

            def __call__(self, a):
                return (a,)

        function = array_function_dispatch(Dispatcher(), verify=False)(lambda a: a)
        assert function(1) == 1
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'a'"):
            function()

    @pytest.mark.skipif(sys.version_info < (3, 13), reason="Python suggests keywords since 3.13")
    def test_pythons_suggestion_is_the_parameter_that_was_meant(self):
        function = array_function_dispatch(lambda a, axis=None: (a,))(lambda a, axis=0: a)
        with pytest.raises(TypeError, match=r"'axes'\. Did you mean 'axis'\?$"):
            function(1, axes=1)

    def test_an_override_sees_the_exception_that_is_being_handled(self):
        # As with any call: ours does not put an exception of its own around the override.
        seen = []
        x = answering(lambda *_: seen.append(sys.exc_info()[1]))
        example()(x)
        assert seen == [None]
