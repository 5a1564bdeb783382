"""Names, signatures and classes that try to get in the way of the generated code."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from numpy._core.overrides import array_function_dispatch as numpys_dispatch

from arrayproto.dispatch import array_function_dispatch
from arrayproto.wrapper import generate


def answering(answer):
    """An object of a fresh class whose override is `answer`."""
    return type("Duck", (), {"__array_function__": answer})()


def two(decorate=array_function_dispatch):
    return decorate(lambda a, b=None: (a, b))(lambda a, b=None: "original")


HOSTILE = [
    *("type", "len", "isinstance", "ndarray", "wrapper", "implementation", "dispatcher", "collect"),
    *("NotImplemented", "TypeError", "self", "args", "kwargs", "public_api", "types", "result"),
    *("_", "__", "_0", "_1", "__0", "___0", "_args", "_kwargs", "_dispatcher", "_default0"),
    *("_implementation", "__implementation", "_renamed", "_public_api", "match", "µ", "ﬁ"),
]


class TestHostileNames:
    """No name in a signature meets a name of the generated code."""

    @pytest.mark.parametrize("name", HOSTILE)
    @pytest.mark.parametrize(
        "form", ["{0}", "{0}, _9", "{0}, b, c", "a=None, *, {0}=None", "{0}, /"]
    )
    def test_parameter(self, name, form):
        parameters = form.format(name)
        space = {}
        exec(
            f"def implementation({parameters}): return 'original', {name}\n"
            f"names = implementation.__code__.co_varnames",  # Python has normalised them
            space,
        )
        names = space["names"]
        exec(f"def dispatcher({parameters}): return ({''.join(n + ', ' for n in names)})", space)
        ours, theirs = (
            decorate(space["dispatcher"])(space["implementation"])
            for decorate in (array_function_dispatch, numpys_dispatch)
        )
        x = answering(lambda self, func, types, args, kwargs: (args, kwargs))
        y = np.ones(1)
        for values in ((y, y, y), (1.5, y, y), (x, x, x), (y, y, x), (x, y, 1.5)):
            named = dict(zip(names, values, strict=False))
            by_position = values[: 1 if "*" in form else len(names)]
            for args, kwargs in ((by_position, {}), ((), named)):
                if kwargs and "/" in form:
                    continue
                assert ours(*args, **kwargs) == theirs(*args, **kwargs)

    @pytest.mark.parametrize("name", ["_0", "_1", "_3", "__0", "<position 0>", "<one too many>"])
    @pytest.mark.parametrize(
        "parameters, values", [("a, b=None", (1,)), ("a, b, c, d=None", (1, 2, 3)), ("a, /", (1,))]
    )
    def test_the_slots_are_no_keywords(self, name, parameters, values):
        space = {}
        exec(f"def function({parameters}): return 'original', a", space)
        exec(f"def dispatcher({parameters}): return (a, b, c)" if "c" in parameters else
             f"def dispatcher({parameters}): return (a,)", space)  # fmt: skip
        function = array_function_dispatch(space["dispatcher"])(space["function"])
        assert function(*values) == ("original", 1)
        if name.startswith("_"):
            with pytest.raises(TypeError) as caught:
                function(*values, **{name: 5})
            expected = f"function() got an unexpected keyword argument '{name}'"
            assert str(caught.value) == expected
        else:  # not an identifier: only a dict can pass it, and an error is all that matters
            with pytest.raises(TypeError, match="argument"):
                function(*values, 4, 5, 6, 7, 8, 9, **{name: 5})

    def test_positional_only_parameters_are_named_in_errors(self):
        function = array_function_dispatch(lambda a, /, b=None: (a,))(lambda a, /, b=1: None)
        with pytest.raises(TypeError, match="positional-only arguments passed as keyword.*: 'a'"):
            function(a=1)

    @pytest.mark.parametrize(
        "text", ['"""', "'''", "\\", "\n    raise SystemExit", "%s {0} {p}", "\0", "<missing>"]
    )
    def test_documentation_and_names_are_data(self, text):
        def implementation(a, b="<missing>"):
            return b

        implementation.__doc__ = implementation.__name__ = implementation.__qualname__ = text
        function = array_function_dispatch(lambda a, b=None: (a,), module=text)(implementation)
        assert (function.__doc__, function.__name__, function.__module__) == (text, text, text)
        assert function(1) == function(np.ones(1)) == "<missing>"
        with pytest.raises(TypeError) as wrong:
            function()
        assert str(wrong.value).startswith(f"{text}() missing")
        with pytest.raises(TypeError) as refused:
            function(answering(lambda *_: NotImplemented))
        assert f"{text}.{text}" in str(refused.value) or repr(f"{text}.{text}") in str(
            refused.value
        )

    def test_defaults_are_data(self):
        class Default:
            def __repr__(self):
                raise SystemExit("a default was printed")

            def __eq__(self, other):
                raise SystemExit("a default was compared")

            __hash__ = None

        default = Default()

        def implementation(a, b=default, *, c=default):
            return b, c

        function = array_function_dispatch(lambda a, b=None, *, c=None: (a, b))(implementation)
        assert all(found is default for found in function(np.ones(1)))
        assert function(np.ones(1), c=1)[0] is default
        assert function(np.ones(1), np.ones(1))[1] is default

    def test_a_signature_made_by_hand_is_not_believed(self):
        def implementation(a, b=1):
            return a, b

        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        forged = inspect.Signature([inspect.Parameter(n, kind) for n in ("x", "y")])
        implementation.__signature__ = forged
        function = array_function_dispatch(lambda a, b=None: (a,))(implementation)
        assert inspect.signature(function) == forged  # what it tells is the author's affair
        assert function(np.ones(1), b=2)[1] == 2 and function(a=3) == (3, 1)

    @pytest.mark.parametrize("kind", ["POSITIONAL_OR_KEYWORD", "KEYWORD_ONLY", "POSITIONAL_ONLY"])
    def test_a_signature_made_by_hand_is_never_evaluated(self, kind):
        class Name(str):
            def isidentifier(self):
                return True

        # inspect.Parameter asks the name itself, and believes it.
        name = Name("a=__import__('os').abort(), b")
        signature = inspect.Signature([inspect.Parameter(name, getattr(inspect.Parameter, kind))])
        services = inspect.signature(generate).parameters.values()
        unused = {
            p.name: print for p in services if p.kind is p.KEYWORD_ONLY and p.default is p.empty
        }
        with pytest.raises(ValueError, match="cannot generate a wrapper for the signature"):
            generate(signature, None, **unused)

    def test_annotations_are_not_evaluated(self):
        def implementation(a: 1 / 0, b: exit() = 1) -> undefined_name:  # noqa: F821
            return a

        function = array_function_dispatch(lambda a, b=None: (a,))(implementation)
        assert function(3) == 3 and function.__annotations__ == implementation.__annotations__


class TestClassesThatLie:
    """Classes that answer questions about themselves in odd ways are still dispatched on."""

    def test_a_class_attribute_that_raises(self):
        class Duck:
            def __array_function__(self, func, types, args, kwargs):
                return "overridden"

            @property
            def __class__(self):
                raise AttributeError("nobody")

        refusing = answering(lambda *_: NotImplemented)
        for decorate in (array_function_dispatch, numpys_dispatch):
            assert two(decorate)(refusing, Duck()) == "overridden"

    def test_attributes_of_the_instance_are_not_asked(self):
        class Duck:
            def __getattribute__(self, name):
                raise LookupError(name)

            def __array_function__(self, func, types, args, kwargs):
                return "overridden"

        assert two()(Duck()) == "overridden"

    @pytest.mark.parametrize("dispatcher", [lambda a: a, lambda a: (a,), lambda a: [a]])
    def test_a_metaclass_under_which_classes_are_equal(self, dispatcher):
        class Equal(type):
            def __eq__(cls, other):
                return True

            __hash__ = type.__hash__

        class Items(metaclass=Equal):
            def __iter__(self):
                return iter([1.0])

        for decorate in (array_function_dispatch, numpys_dispatch):
            assert decorate(dispatcher)(lambda a: "original")(Items()) == "original"
