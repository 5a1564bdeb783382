"""`arrayproto.libraries.bridge`: bound by NumPy's signature, called by the library's."""

from __future__ import annotations

import inspect
from inspect import Parameter, Signature

import numpy as np
import pytest

from arrayproto.errors import UnsupportedArgumentError
from arrayproto.libraries.bridge import HINTS, bridge

hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

EITHER, KEYWORD, POSITIONAL = (
    Parameter.POSITIONAL_OR_KEYWORD,
    Parameter.KEYWORD_ONLY,
    Parameter.POSITIONAL_ONLY,
)
NAMES = ["a", "b", "c"]
OPTIONS = ["axis", "out", "dtype", "keepdims", "n"]
DEFAULTS = [None, 0, 1, False, "raise", np._NoValue]


def library_function(signature: Signature):
    """A function of that signature that returns what it received."""

    def function(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return dict(bound.arguments)

    function.__signature__ = signature
    return function


@st.composite
def signatures(draw):
    """NumPy's signature, a library's of the same function, and who is who."""
    required = NAMES[: draw(st.integers(0, 3))]
    options = draw(st.lists(st.sampled_from(OPTIONS), unique=True))
    split = draw(st.integers(0, len(options)))
    defaults = {name: draw(st.sampled_from(DEFAULTS)) for name in options}
    only = draw(st.booleans())
    theirs = [Parameter(n, POSITIONAL if only else EITHER) for n in required]
    numpy_parameters = [
        *theirs,
        *(Parameter(n, EITHER, default=defaults[n]) for n in options[:split]),
        *(Parameter(n, KEYWORD, default=defaults[n]) for n in options[split:]),
    ]
    who = {}
    head = []
    for index, name in enumerate(required):
        own = draw(st.sampled_from([name, f"x{index}"]))
        who[name] = own
        head.append(own)
    kind = draw(st.sampled_from([POSITIONAL, EITHER]))
    library_parameters = [Parameter(n, kind) for n in head]
    has = draw(st.permutations([n for n in options if draw(st.booleans())]))
    middle = draw(st.integers(0, len(has)))
    for index, name in enumerate(has):
        who[name] = name
        default = draw(st.sampled_from([defaults[name], *DEFAULTS]))
        where = EITHER if index < middle else KEYWORD
        library_parameters.append(Parameter(name, where, default=default))
    return Signature(numpy_parameters), Signature(library_parameters), who


@st.composite
def calls(draw, signature: Signature):
    """Arguments that NumPy's signature takes, in any form."""
    values = st.one_of(st.sampled_from(DEFAULTS[:-1]), st.builds(object), st.integers(5, 9))
    args, kwargs, positional = [], {}, True
    for parameter in signature.parameters.values():
        required = parameter.default is parameter.empty
        if not required and draw(st.booleans()):
            positional = False
            continue
        value = draw(values)
        if parameter.kind is KEYWORD:
            positional = False
        elif parameter.kind is EITHER and positional:
            positional = draw(st.booleans())
        if positional or parameter.kind is POSITIONAL:
            args.append(value)
        else:
            kwargs[parameter.name] = value
    return args, kwargs


def equal(one, other) -> bool:
    numbers = (bool, int)
    same = type(one) is type(other) or (isinstance(one, numbers) and isinstance(other, numbers))
    return one is other or (same and one == other)


class TestRandomSignatures:
    @hypothesis.given(st.data())
    @hypothesis.settings(max_examples=600, deadline=None)
    def test_each_argument_arrives_or_is_refused(self, data):
        ours, theirs, who = data.draw(signatures())
        args, kwargs = data.draw(calls(ours))
        given = ours.bind(*args, **kwargs).arguments
        bridged = bridge("f", ours, library_function(theirs), library="lib")
        # What the library has not got and the caller has said, beyond the default.
        lost = [
            name
            for name, value in given.items()
            if name not in who
            and value is not np._NoValue
            and not equal(value, ours.parameters[name].default)
            # NumPy takes None for "not given" where its default is a mark of its own.
            and not (value is None and ours.parameters[name].default is np._NoValue)
        ]
        if lost:
            with pytest.raises(UnsupportedArgumentError) as caught:
                bridged(*args, **kwargs)
            assert any(f"{name}=" in str(caught.value) for name in lost)
            return
        received = bridged(*args, **kwargs)
        for name, parameter in ours.parameters.items():
            if name not in who:
                continue
            there = received[who[name]]
            if name in given and given[name] is not np._NoValue:
                assert there is given[name], name
            elif parameter.default is not np._NoValue:
                # NumPy's default holds, whatever the library's is.
                assert equal(there, parameter.default) or there == parameter.default, name
            else:
                assert there is theirs.parameters[who[name]].default

    @hypothesis.given(st.data())
    @hypothesis.settings(max_examples=200, deadline=None)
    def test_calls_that_numpy_refuses_are_refused(self, data):
        ours, theirs, _ = data.draw(signatures())
        args, kwargs = data.draw(calls(ours))
        bridged = bridge("f", ours, library_function(theirs), library="lib")
        too_many = [*args, *[object()] * (len(ours.parameters) + 1 - len(args))]
        for bad_args, bad_kwargs in [(too_many, {}), (args, {**kwargs, "no_such": 1})]:
            with pytest.raises(TypeError):
                ours.bind(*bad_args, **bad_kwargs)
            with pytest.raises(TypeError):
                bridged(*bad_args, **bad_kwargs)

    @hypothesis.given(signatures())
    @hypothesis.settings(max_examples=100, deadline=None)
    def test_the_same_signature_needs_no_bridge(self, both):
        ours = both[0]
        function = library_function(ours)
        assert bridge("f", ours, function, library="lib") is function


def signature_of(function) -> Signature:
    return inspect.signature(function)


class TestBridge:
    """Shapes of signature that libraries really have."""

    def test_by_keyword_only(self):
        def flip(x, /, *, axis=None):
            return x, axis

        bridged = bridge("flip", signature_of(np.flip), flip, library="sparse")
        assert bridged("x") == bridged(m="x") == ("x", None)
        assert bridged("x", 1) == bridged("x", axis=1) == bridged(m="x", axis=1) == ("x", 1)

    def test_another_default(self):
        def take(a, indices, axis=0):
            return a, indices, axis

        bridged = bridge("take", signature_of(np.take), take, library="dask")
        assert bridged("a", "i") == ("a", "i", None), "NumPy's default is said"
        assert bridged("a", "i", 1) == ("a", "i", 1)

    def test_own_defaults_stay(self):
        def svd(a, full_matrices=False):
            return full_matrices

        signature = signature_of(np.linalg.svd)
        assert bridge("svd", signature, svd, library="dask")("a") is True
        own = bridge("svd", signature, svd, library="dask", own_defaults={"full_matrices"})
        assert own("a") is False
        assert own("a", True) is True

    def test_renamed(self):
        def std(x, /, *, axis=None, correction=0.0):
            return x, axis, correction

        signature = signature_of(np.std)
        bridged = bridge("std", signature, std, library="sparse", renamed={"ddof": "correction"})
        assert bridged("x", ddof=1) == ("x", None, 1)
        assert bridged("x", 0, None, None, 1) == ("x", 0, 1)

    @pytest.mark.parametrize("out", [np.empty(2), "anything", 0, False])
    def test_out_is_never_ignored(self, out):
        bridged = bridge("sum", signature_of(np.sum), lambda a, axis=None: a, library="lib")
        with pytest.raises(UnsupportedArgumentError, match=r"numpy\.sum: argument out="):
            bridged("x", out=out)
        assert bridged("x", out=None) == "x"

    def test_refused(self):
        """Arguments that the library has, and that do something else there."""

        def std(a, axis=None, out=None):
            return a, axis, out

        bridged = bridge("std", signature_of(np.std), std, library="lib", refused={"out"})
        assert bridged("x", 0) == bridged("x", axis=0, out=None) == ("x", 0, None)
        for args, kwargs in [(("x", 0, None, "out"), {}), (("x",), {"out": "out"})]:
            with pytest.raises(UnsupportedArgumentError, match="out="):
                bridged(*args, **kwargs)

    def test_variadic_functions_do_not_swallow_out(self):
        bridged = bridge("einsum", signature_of(np.einsum), lambda *a, **k: (a, k), library="lib")
        assert bridged("ii", "x", optimize=True, out=None) == (("ii", "x"), {"optimize": True})
        with pytest.raises(UnsupportedArgumentError, match=r"numpy\.einsum: argument out="):
            bridged("ii", "x", out="out")

    def test_none_is_only_default_where_numpy_says_so(self):
        """np.sort(a, axis=None) flattens: without axis in the library, it is refused."""
        bridged = bridge("sort", signature_of(np.sort), lambda a: a, library="lib")
        assert bridged("x") == bridged("x", -1) == bridged("x", kind=None) == "x"
        with pytest.raises(UnsupportedArgumentError, match="axis"):
            bridged("x", axis=None)

    def test_refusals_say_all(self):
        def total(x):
            return x

        bridged = bridge("linalg.norm", signature_of(np.linalg.norm), total, library="lib")
        with pytest.raises(UnsupportedArgumentError) as caught:
            bridged("x", ord="fro" * 30)
        message = str(caught.value)
        assert "numpy.linalg.norm" in message
        assert "ord='frofro" in message
        assert len(message) < 300, "values are cut short"
        assert "lib" in message
        assert "total(x)" in message, "what the library has"
        assert "leave 'ord' out" in message, "the next step"

    def test_hints_may_differ(self):
        """How to compute, not what: NumPy's default is not passed on, another value is."""
        assert "kind" in HINTS
        bridged = bridge(
            "sort", signature_of(np.sort), lambda a, axis=-1, kind="radix": kind, library="lib"
        )
        assert bridged("x") == bridged("x", -1) == "radix"
        assert bridged("x", kind="stable") == "stable"

    def test_a_library_that_takes_any_keyword_gets_it(self):
        def function(a, **kwargs):
            return kwargs

        bridged = bridge("sum", signature_of(np.sum), function, library="lib")
        assert bridged("x", dtype=float) == {"dtype": float}

    def test_variadic_functions_are_called_as_they_are(self):
        def function(*args, **kwargs):
            return args, kwargs

        assert bridge("sum", signature_of(np.sum), function, library="lib") is function
        variadic = signature_of(np.broadcast_arrays)
        single = lambda a: a  # noqa: E731
        assert bridge("broadcast_arrays", variadic, single, library="lib") is single

    def test_functions_without_a_signature_are_called_as_they_are(self):
        class Opaque:
            __signature__ = "none"

            def __call__(self, *args):
                return args

        opaque = Opaque()
        with pytest.raises((TypeError, ValueError)):
            inspect.signature(opaque)
        assert bridge("sum", signature_of(np.sum), opaque, library="lib") is opaque

    def test_wrong_calls_are_named_after_numpy(self):
        bridged = bridge("linalg.norm", signature_of(np.linalg.norm), lambda v: v, library="lib")
        with pytest.raises(TypeError, match=r"^norm\(\) too many"):
            bridged(1, 2, 3, 4, 5)
        with pytest.raises(TypeError, match=r"^norm\(\) .*no_such"):
            bridged(1, no_such=2)
        assert bridged.__name__ == "norm"

    def test_errors_of_the_library_arrive(self):
        error = KeyError("theirs")

        def flip(x, /, *, axis=None):
            raise error

        with pytest.raises(KeyError) as caught:
            bridge("flip", signature_of(np.flip), flip, library="sparse")("x", 0)
        assert caught.value is error
