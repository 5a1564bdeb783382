"""What NumPy's own ``test_overrides.py`` pins, of our decorator.

The file itself is run on our decorator in `test_numpys_own`.
"""

from __future__ import annotations

import abc

import numpy as np
import pytest
from numpy._core.overrides import _get_implementing_args

from arrayproto.dispatch import (
    MAX_TYPES,
    array_function_dispatch,
    get_implementing_args,
    verify_matching_signatures,
)


def refuse(self, func, types, args, kwargs):
    return NotImplemented


def duck(name="Duck", bases=(), answer=refuse):
    """A fresh class with the protocol."""
    return type(name, bases or (object,), {"__array_function__": answer})


def table_driven():
    """A fresh duck class with a table of functions, as NEP-18 recommends, and its `implements`."""
    handled = {}

    class Duck:
        def __array_function__(self, func, types, args, kwargs):
            if func not in handled or not all(issubclass(t, Duck) for t in types):
                return NotImplemented
            return handled[func](*args, **kwargs)

    def implements(function):
        return lambda own: handled.setdefault(function, own)

    return Duck, implements


class TestGetImplementingArgs:
    def test_ndarrays_count_once(self):
        array, other = np.array(1), np.array(2)
        assert get_implementing_args([array]) == [array]
        assert get_implementing_args([array, other])[0] is array
        assert len(get_implementing_args([array, other, array])) == 1

    @pytest.mark.parametrize("plain", [1, 2.5, 1j, True, "text", b"", None, [], (), {}, set(), ...])
    def test_builtin_objects_do_not_implement(self, plain):
        array = np.array(1)
        assert get_implementing_args([plain]) == []
        assert get_implementing_args([plain, array, plain]) == [array]

    def test_subclass_comes_before_ndarray_with_or_without_a_method_of_its_own(self):
        with_method = np.array(1).view(duck("With", (np.ndarray,)))
        without = np.array(1).view(type("Without", (np.ndarray,), {}))
        array = np.array(1)
        for sub in (with_method, without):
            found = get_implementing_args([array, sub])
            assert [id(a) for a in found] == [id(sub), id(array)]
        found = get_implementing_args([with_method, without])
        assert [id(a) for a in found] == [id(with_method), id(without)]

    def test_unrelated_types_keep_their_order(self):
        array, other = np.array(1), duck()()
        assert get_implementing_args([other, array]) == [other, array]
        assert get_implementing_args([array, other]) == [array, other]

    def test_subclass_passes_its_base_and_leaves_strangers(self):
        array, other = np.array(1), duck()()
        sub = np.array(1).view(duck("Sub", (np.ndarray,)))
        for relevant in ([array, sub, other], [array, other, sub]):
            found = get_implementing_args(relevant)
            assert [id(a) for a in found] == [id(sub), id(array), id(other)]

    def test_siblings_keep_their_order_before_their_base(self):
        A = duck("A")
        a, b, c, d = A(), duck("B", (A,))(), duck("C", (A,))(), duck("D")()
        assert get_implementing_args([a, 1, a, a]) == [a]
        assert get_implementing_args([a, d, a]) == [a, d]
        assert get_implementing_args([a, b]) == get_implementing_args([b, a]) == [b, a]
        assert get_implementing_args([a, b, c]) == [b, c, a]
        assert get_implementing_args([a, c, b]) == [c, b, a]

    def test_isinstance_decides_whoever_answers_it(self):
        # As an ABC's register() does, or a proxy that gives itself out for another class.
        First, Other = duck("First"), duck("Other")
        namespace = {"__array_function__": refuse, "__class__": property(lambda self: First)}
        Proxy = type("Proxy", (), namespace)
        Abstract = abc.ABCMeta("Abstract", (), {"__array_function__": refuse})
        Abstract.register(Other)
        first, other, proxy, abstract = First(), Other(), Proxy(), Abstract()
        for relevant, expected in [
            ([first, other], [first, other]),
            ([first, proxy], [proxy, first]),
            ([abstract, other], [other, abstract]),
            ([abstract, first, other], [other, abstract, first]),
        ]:
            assert get_implementing_args(relevant) == expected
            assert _get_implementing_args(relevant) == expected

    def test_maximum_number_of_types(self):
        objects = [duck(f"A{i}")() for i in range(MAX_TYPES + 1)]
        assert get_implementing_args(objects[:MAX_TYPES]) == objects[:MAX_TYPES]
        with pytest.raises(TypeError, match="maximum number .64. of distinct argument types"):
            get_implementing_args(objects)
        # Once more through a call, which takes another way for long lists.
        function = array_function_dispatch(lambda *args: args, verify=False)(lambda *args: None)
        with pytest.raises(TypeError, match="no implementation found"):
            function(*objects[:MAX_TYPES])
        with pytest.raises(TypeError, match="maximum number .64. of distinct argument types"):
            function(*objects)

    @pytest.mark.parametrize("relevant", [None, 1, np.array(1)])
    def test_not_an_iterable(self, relevant):
        # A 0-d array has __iter__, and yet cannot be iterated over.
        with pytest.raises(TypeError, match="did not return an iterable"):
            get_implementing_args(relevant)

    def test_the_instance_is_not_looked_at(self):
        thing = type("Thing", (), {})()
        thing.__array_function__ = refuse
        assert get_implementing_args([thing]) == []


class TestNDArrayArrayFunction:
    """``ndarray.__array_function__`` is NumPy's; it must find our ``_implementation``."""

    def test_calls_the_implementation_for_its_own_kind_only(self):
        function = array_function_dispatch(lambda a, b: (a, b))(lambda a, b: "original")
        other = duck()
        sub, refusing = type("Sub", (np.ndarray,), {}), duck("Refusing", (np.ndarray,))
        array = np.array([1])

        def ask(*types):
            return array.__array_function__(function, types, (array, array), {})

        assert ask(np.ndarray) == ask(np.ndarray, sub) == ask(np.ndarray, refusing) == "original"
        assert ask(np.ndarray, other) is NotImplemented

    def test_stranger_beside_an_array(self):
        function = array_function_dispatch(lambda a, b: (a, b))(lambda a, b: "original")
        array = np.array([1])
        with pytest.raises(TypeError, match="no implementation found"):
            function(array, duck()())
        assert function(array, array.view(type("Sub", (np.ndarray,), {}))) == "original"
        # A subclass that refuses leaves the call to the ndarray beside it, which answers for both.
        assert function(array, array.view(duck("Refusing", (np.ndarray,)))) == "original"

    def test_super_reaches_the_implementation_once(self):
        calls = []

        class Sub(np.ndarray):
            def __array_function__(self, func, types, args, kwargs):
                calls.append(func)
                return super().__array_function__(func, types, args, kwargs)

        function = array_function_dispatch(lambda a: (a,))(lambda a: ("implementation", type(a)))
        assert function(np.array(1).view(Sub)) == ("implementation", Sub)
        assert calls == [function]

    @pytest.mark.skipif(
        np.lib.NumpyVersion(np.__version__) < "2.2.0", reason="NumPy took its own functions only"
    )
    def test_no_wrapper(self):
        array = np.array(1)
        assert array.__array_function__(lambda x: x * 2, (np.ndarray,), (array,), {}) == 2


class TestArrayFunctionDispatch:
    def test_interface(self):
        @array_function_dispatch(lambda array: (array,))
        def function(array):
            return "original"

        Duck = duck(answer=lambda *received: received)
        original = Duck()
        itself, func, types, args, kwargs = function(original)
        assert itself is original and func is function
        assert types == (Duck,) and args == (original,) and kwargs == {}
        assert (type(types), type(args), type(kwargs)) == (tuple, tuple, dict)

    def test_arguments_as_they_were_passed(self):
        @array_function_dispatch(lambda a, b=None, *, c=None: (a,))
        def function(a, b=1, *, c=2):
            return "original"

        Duck = duck(answer=lambda self, func, types, args, kwargs: (args, kwargs))
        x = Duck()
        assert function(x) == ((x,), {})
        assert function(x, 5) == ((x, 5), {})
        assert function(x, b=1) == ((x,), {"b": 1})  # even where it is the default
        assert function(a=x, c=None) == ((), {"a": x, "c": None})

    def test_not_implemented(self):
        @array_function_dispatch(lambda array: (array,), module="my")
        def function(array):
            return "original"

        Duck = duck()
        message = r"^no implementation found for 'my\.function' on types that implement "
        with pytest.raises(TypeError, match=message) as caught:
            function(Duck())
        assert str(caught.value).endswith(f"__array_function__: [{Duck!r}]")

    def test_the_first_answer_counts(self):
        asked = []

        def answering(name, result):
            def answer(self, func, types, args, kwargs):
                asked.append(name)
                return result

            return duck(name, answer=answer)()

        function = array_function_dispatch(lambda *a: a, verify=False)(lambda *a: "original")
        no, yes, never = (answering(*p) for p in [("no", NotImplemented), ("yes", None), ("x", 1)])
        assert function(no, yes, never) is None  # None is an answer: only NotImplemented means no
        assert asked == ["no", "yes"]

    def test_an_optional_relevant_argument_overrides(self):
        function = array_function_dispatch(lambda a, *, where=None: (a, where))(
            lambda a, *, where=True: where
        )
        x = duck(answer=lambda *_: "overridden")()
        assert function(np.array(1), where=x) == "overridden"
        assert function(np.array(1), where=False) is False
        assert function(np.array(1)) is True

    def test_module_name_and_docstring(self):
        @array_function_dispatch(lambda array: (array,), module="my")
        def function(array):
            """Docstring."""

        assert function.__module__ == "my" and function.__name__ == "function"
        assert function.__doc__ == "Docstring."

    def test_docs_from_dispatcher(self):
        def _dispatcher(array):
            """
            Of the dispatcher.

                Indented.
            """

        function = array_function_dispatch(_dispatcher, docs_from_dispatcher=True)(lambda array: 1)
        assert function.__doc__ == "Of the dispatcher.\n\n    Indented."


class TestVerifyMatchingSignatures:
    @pytest.mark.parametrize(
        "implementation, dispatcher",
        [
            (lambda x: 0, lambda x: 0),
            (lambda x=None: 0, lambda x=None: 0),
            (lambda x=1: 0, lambda x=None: 0),
            (lambda *a, **k: 0, lambda *a, **k: 0),
            (lambda x, *, k=1: 0, lambda x, *, k=None: 0),
        ],
    )
    def test_matching(self, implementation, dispatcher):
        assert verify_matching_signatures(implementation, dispatcher) is None
        array_function_dispatch(dispatcher)(implementation)

    @pytest.mark.parametrize(
        "implementation, dispatcher",
        [
            (lambda a: 0, lambda b: 0),
            (lambda a, b: 0, lambda b, a: 0),
            (lambda x: 0, lambda x=None: 0),
            (lambda x=None: 0, lambda y=None: 0),
            (lambda x, y=1: 0, lambda x=None, y=None: 0),
            (lambda *a: 0, lambda *b: 0),
            (lambda *a: 0, lambda a: 0),
            (lambda **a: 0, lambda **b: 0),
        ],
    )
    def test_different(self, implementation, dispatcher):
        with pytest.raises(RuntimeError, match="have different function signatures"):
            verify_matching_signatures(implementation, dispatcher)
        with pytest.raises(RuntimeError, match="have different function signatures"):
            array_function_dispatch(dispatcher)(implementation)
        array_function_dispatch(dispatcher, verify=False)(implementation)  # does not raise

    @pytest.mark.parametrize(
        "implementation, dispatcher",
        [
            (lambda x, *, k: 0, lambda x, *, j: 0),
            (lambda x, *, k=1: 0, lambda x, *, k: 0),
            (lambda x, *, k=1: 0, lambda x: 0),
        ],
    )
    def test_keyword_only_arguments_count_here(self, implementation, dispatcher):
        # NumPy looks at positional ones only, and then each call of such a function fails.
        with pytest.raises(RuntimeError, match="have different function signatures"):
            verify_matching_signatures(implementation, dispatcher)

    @pytest.mark.parametrize("dispatcher", [lambda x=1: 0, lambda x=None, *, k=1: 0])
    def test_defaults_of_a_dispatcher_are_none(self, dispatcher):
        same = dispatcher
        with pytest.raises(RuntimeError, match="can only use None for default"):
            verify_matching_signatures(same, dispatcher)

    @pytest.mark.parametrize("implementation", [max, "text", type("Callable", (), {})()])
    def test_not_a_python_function(self, implementation):
        with pytest.raises(TypeError, match="is not a Python function"):
            verify_matching_signatures(implementation, lambda x: 0)


class TestArrayFunctionImplementation:
    def test_one_argument(self):
        Duck, implements = table_driven()
        function = array_function_dispatch(lambda array: (array,))(lambda array: "original")
        implements(function)(lambda array: "duck")
        assert function(1) == function(np.array(1)) == "original"
        assert function(Duck()) == "duck"

    def test_options_of_the_override_are_its_own(self):
        Duck, implements = table_driven()

        @array_function_dispatch(lambda array, option=None: (array,))
        def function(array, option="default"):
            return option

        @implements(function)
        def own(array, new_option="duck"):
            return new_option

        assert function(1) == "default" and function(1, option="extra") == "extra"
        assert function(Duck()) == "duck"
        with pytest.raises(TypeError, match="unexpected keyword argument 'option'"):
            function(Duck(), option="extra")
        # A new option cannot be used through the public function.
        assert own(Duck(), new_option="yes") == "yes"
        with pytest.raises(TypeError, match=r"function\(\) got an unexpected keyword .*new_option"):
            function(Duck(), new_option="no")

    @pytest.mark.parametrize("call", [(), (1, 2), (1, 2, 3, 4, 5)])
    def test_signature_errors_name_the_public_function(self, call):
        def _dispatcher(array):
            return (array,)

        @array_function_dispatch(_dispatcher)
        def function(array):
            return array

        with pytest.raises(TypeError) as direct:
            function._implementation(*call)
        with pytest.raises(TypeError) as dispatched:
            function(*call)
        name = function.__qualname__
        assert str(dispatched.value).startswith(f"{name}(")
        if len(call) <= 2:  # beyond, Python's message counts our parameters: a known deviation
            assert dispatched.value.args == direct.value.args

    @pytest.mark.parametrize("value", [234, "this func is not replaced"])
    def test_an_error_of_the_dispatcher_is_not_changed(self, value):
        error = TypeError(value)

        def dispatcher():
            raise error

        function = array_function_dispatch(dispatcher)(lambda: 3)
        with pytest.raises(TypeError) as caught:
            function()
        assert caught.value is error and caught.value.args == (value,)


class TestLike:
    """``dispatcher=None``: the first positional argument is ``like=`` (NEP 35)."""

    @pytest.mark.parametrize(
        "implementation",
        [lambda x, y: 0, lambda like=None: 0, lambda *, like=None, a=3: 0],
        ids=["none", "not keyword-only", "not last"],
    )
    def test_bad_signature(self, implementation):
        with pytest.raises(RuntimeError, match="expects `like=` to be the last argument"):
            array_function_dispatch()(implementation)

    def test_like_is_taken_off(self):
        function = array_function_dispatch()(lambda n, *, k=1, like=None: ("original", n, k, like))
        assert function(np.array(1), 5, k=2) == ("original", 5, 2, None)
        Duck = duck(answer=lambda *received: received)
        like = Duck()
        # The public function is the one that takes `like=`, which NumPy has call this one.
        implementation = function._implementation
        assert function(like, 5, k=2) == (like, implementation, (Duck,), (5,), {"k": 2})

    def test_bad_passing(self):
        function = array_function_dispatch()(lambda *, like=None: None)
        with pytest.raises(TypeError, match="first argument is not positional"):
            function()
        with pytest.raises(TypeError, match="first argument is not positional"):
            function(like=234)
        with pytest.raises(TypeError, match="must be an array-like that implements"):
            function(234)
        with pytest.raises(TypeError, match="no implementation found"):
            function(duck()())
