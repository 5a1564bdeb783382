"""`arrayproto.explain` says what a call does, and is held against what it does."""

from __future__ import annotations

import numpy as np
import pytest

import arrayproto
import arrayproto.numpy as anp
from arrayproto import explain
from arrayproto.libraries import LIBRARIES
from arrayproto.testing.subjects import SUBJECTS, staying_on_the_library
from arrayproto.tools.composition import composed_of

VALUES = np.array([[3.0, 0.0, 1.0], [0.0, 2.0, 0.0], [1.0, 0.0, 4.0]])
GUESTS = ("jax", "torch")


def array(library):
    subject = SUBJECTS[library]
    pytest.importorskip(subject.module)
    subject.load()
    return subject.from_numpy(VALUES)


class TestNothingRuns:
    @pytest.mark.parametrize("library", ["sparse", "dask", "jax", "torch"])
    @pytest.mark.parametrize("active", [False, True], ids=["inactive", "active"])
    def test_no_array_leaves_its_library(self, library, active):
        x = array(library)
        if active:
            arrayproto.activate(library)
        with staying_on_the_library():
            for function in (np.sort, np.linalg.svd, np.exp, np.add.reduce, np.asarray, np.kron):
                args = (x, x) if function is np.kron else (x,)
                str(explain(function, *args))

    def test_it_keeps_no_array(self):
        x = array("sparse")
        told = explain(np.concatenate, [x, VALUES])
        assert "array(" not in repr(told)

    def test_activation_is_not_needed_nor_done(self):
        before = type(array("dask")).__array_function__
        explain(np.sort, array("dask"))
        assert type(array("dask")).__array_function__ is before
        assert arrayproto.status().active == ()


class TestWhoAnswers:
    @pytest.mark.parametrize("library", ["sparse", "dask", "jax", "torch"])
    @pytest.mark.parametrize(
        "function", [np.flip, np.median, np.linalg.norm, np.exp, np.sum, np.add.accumulate]
    )
    def test_the_kind_is_that_of_the_table(self, library, function):
        x, own = array(library), LIBRARIES[library]
        ufunc = getattr(function, "__self__", function)
        if isinstance(ufunc, np.ufunc):
            method = "__call__" if function is ufunc else function.__name__
            expected = own.resolve_ufunc(ufunc, method)
        else:
            expected = own.resolve(function)
        arrayproto.activate(library)
        told = explain(function, x)
        assert told.after is None
        if expected.kind == "unsupported":
            assert told.answer is None
            assert expected.note in str(told)
        else:
            assert (told.answer.library, told.answer.kind) == (library, expected.kind)
            assert told.answer.note == expected.note

    @pytest.mark.parametrize("namespace", [np, anp], ids=["numpy", "arrayproto.numpy"])
    def test_the_explicit_namespace_needs_no_activation(self, namespace):
        told = explain(namespace.flip, array("sparse"), 0)
        if namespace is anp:
            assert (told.answer.library, told.after) == ("sparse", None)
        else:
            assert told.answer is None
            assert told.asked[0].kind == "stock"
            assert told.after.answer.library == "sparse"

    def test_a_stranger_is_deferred_to_in_the_order_of_nep_18(self):
        sparse_array, dask_array = array("sparse"), array("dask")
        arrayproto.activate("sparse", "dask")
        told = explain(np.tensordot, sparse_array, dask_array, axes=1)
        first, second = told.asked
        assert (first.library, first.verdict) == ("sparse", "defers")
        assert "dask.array.core.Array" in first.note
        assert (second.library, second.verdict) == ("dask", "answers")
        assert told.answer is second
        assert [a.name for a in told.arguments] == ["a", "b"]

    def test_who_is_not_asked(self):
        told = explain(anp.concatenate, [array("dask"), VALUES])
        assert [a.verdict for a in told.asked] == ["answers", "not asked"]
        assert [a.name for a in told.arguments] == ["arrays[0]", "arrays[1]"]

    def test_nobody(self):
        x, tensor = array("sparse"), array("torch")
        arrayproto.activate("sparse", "torch")
        told = explain(np.kron, x, tensor)
        assert [a.verdict for a in told.asked] == ["defers", "defers"]
        assert told.outcome.startswith("raises TypeError")
        with pytest.raises(TypeError):
            np.kron(x, tensor)

    def test_ndarrays_alone(self):
        told = explain(np.median, VALUES)
        assert (told.answer.kind, told.copies, told.after) == ("numpy", (), None)

    def test_a_class_of_the_users(self):
        class Mine(arrayproto.ArrayFunctionMixin):
            @arrayproto.implements(np.trace)
            def trace(self):
                return 1

        assert explain(np.trace, Mine()).answer.kind == "own"
        assert explain(np.sum, Mine()).asked[0].verdict == "defers"
        assert explain(np.trace, Mine()).answer.note.endswith("Mine.trace")

    def test_a_protocol_that_nobody_knows(self):
        class Theirs:
            def __array_function__(self, func, types, args, kwargs):
                raise AssertionError("it was called")

        told = explain(np.sum, Theirs())
        assert (told.answer, told.asked[0].verdict) == (None, "unknown")
        assert str(told).endswith("copied: what its own protocol copies")

    def test_a_class_that_takes_no_part(self):
        class Theirs:
            __array_ufunc__ = None

        told = explain(np.add, array("sparse"), Theirs())
        assert told.after.asked[0].verdict == "defers"
        assert told.after.outcome == "raises TypeError"

    def test_registered_classes_do_not_concern_numpy(self):
        x = array("jax")
        anp.sort(x)  # from now on the explicit namespace knows its class
        assert explain(np.sort, x).answer.kind == "numpy"
        assert explain(anp.sort, x).answer.library == "jax"

    def test_like(self):
        told = explain(np.zeros, 3, like=array("dask"))
        assert [a.name for a in told.arguments] == ["like"]
        assert told.after.answer.library == "dask"

    def test_what_numpy_does_not_dispatch(self):
        x = array("dask")
        told = explain(np.isfortran, x)
        assert told.answer.kind == "numpy"
        assert told.after.answer.library == "dask"
        arrayproto.activate("dask")
        assert explain(np.isfortran, x).answer.library == "dask"


class TestRefusals:
    def test_a_function(self):
        x = array("sparse")
        arrayproto.activate("sparse")
        told = explain(np.linalg.svd, x)
        assert told.asked[0].verdict == "refuses"
        assert "Instead: " in told.asked[0].note
        assert told.outcome == "raises UnsupportedFunctionError"
        with pytest.raises(arrayproto.UnsupportedFunctionError):
            np.linalg.svd(x)

    def test_an_argument(self):
        x = array("sparse")
        arrayproto.activate("sparse")
        told = explain(np.isposinf, x, out=x)
        assert told.outcome == "raises UnsupportedArgumentError"
        assert "out=" in told.asked[0].note
        with pytest.raises(arrayproto.UnsupportedArgumentError):
            np.isposinf(x, out=x)
        assert explain(np.isposinf, x, out=None).answer is not None

    def test_an_argument_of_which_only_calls_tell(self):
        """A derived function refuses it inside; the capability file has seen that."""
        x = array("sparse")
        with arrayproto.activated("sparse"):
            told = explain(np.compress, [True], x, axis=0, out=x)
            assert told.answer is None
            assert "does not take out=" in told.asked[0].note
            with pytest.raises(arrayproto.UnsupportedArgumentError):
                np.compress([True], x, axis=0, out=x)

    def test_an_ndarray_that_a_library_writes_to(self):
        x, out = array("jax"), np.empty(VALUES.shape)
        with arrayproto.activated("jax"):
            told = explain(np.exp, x, out=out)
            assert told.answer is not None
            assert told.copies == (
                "the result, to host memory: out is a numpy.ndarray of 72 bytes",
            )
            assert np.exp(x, out=out) is out
            assert explain(np.exp, x, out=x).answer is None

    def test_an_ndarray_that_a_library_does_not_write_to(self):
        x, out = array("sparse"), np.empty(VALUES.shape)
        with arrayproto.activated("sparse"):
            assert explain(np.add, x, x, out=out).outcome == "raises UnsupportedArgumentError"
            with pytest.raises(arrayproto.UnsupportedArgumentError, match="out="):
                np.add(x, x, out=out)

    @pytest.mark.parametrize(
        ("function", "rest"), [(np.put, ([0], 1.0)), (np.copyto, (1.0,)), (np.add.at, (0, 1.0))]
    )
    def test_arrays_that_cannot_be_written_to(self, function, rest):
        x = array("jax")
        with arrayproto.activated("jax"):
            told = explain(function, x, *rest)
            assert told.outcome == "raises UnsupportedFunctionError"
            assert "cannot be written to" in told.asked[0].note
            with pytest.raises(arrayproto.UnsupportedFunctionError, match="cannot be written to"):
                function(x, *rest)

    def test_a_fallback_is_said(self):
        x = array("sparse")
        arrayproto.activate("sparse", fallback="convert")
        told = explain(np.linalg.svd, x)
        assert "fallback='convert'" in told.outcome
        assert told.copies == ("72 bytes from sparse to host memory, and the result back",)
        assert explain(anp.linalg.svd, x).outcome == "raises UnsupportedFunctionError"


class TestCopies:
    @pytest.mark.parametrize("library", GUESTS)
    def test_what_has_no_protocol_is_converted(self, library):
        told = explain(np.sort, array(library))
        (copy,) = told.copies
        assert library in copy
        assert told.after.copies == ()

    def test_dask_computes_what_it_has_not_got(self):
        told = explain(np.sort, array("dask"))
        assert told.copies == ("a is computed, where dask has no answer of its own",)
        assert told.after.copies == ()

    def test_an_ndarray_beside_it(self):
        told = explain(np.add, array("sparse"), VALUES)
        assert told.after.copies == ("x2, a numpy.ndarray of 72 bytes, is handed to sparse",)


class TestComposition:
    def test_functions_and_their_helpers(self):
        own = LIBRARIES["sparse"]
        array("sparse")
        used = composed_of(own.resolve(np.block).call)
        assert {"concatenate", "reshape"} <= set(used)

    def test_kinds_are_told(self):
        told = explain(anp.block, [[array("sparse")]])
        assert dict(told.answer.uses)["concatenate"] == "bridged"
        assert "composed of concatenate (bridged)" in str(told)

    def test_by_way_of_ducks(self):
        told = explain(anp.nanmedian, array("torch"))
        assert told.answer.kind == "derived"
        assert told.answer.uses

    def test_what_is_no_function_of_ours(self):
        assert composed_of(len) == ()


class TestMistakes:
    def test_no_function_of_numpys(self):
        with pytest.raises(TypeError, match="explain\\(\\) takes a function of NumPy"):
            explain(len, VALUES)

    def test_wrong_arguments(self):
        with pytest.raises(TypeError):
            explain(np.flip)


class TestOddCalls:
    def test_an_iterator_is_not_used_up(self):
        items = iter([VALUES])
        with pytest.raises(TypeError, match="would use up the iterator that is given for arrays"):
            explain(np.concatenate, items)
        assert next(items) is VALUES

    def test_too_few_arguments_of_a_ufunc(self):
        with pytest.raises(TypeError, match="takes 2 to 3 arguments by position, not 1"):
            explain(np.add, VALUES)

    def test_what_is_in_a_list_that_nobody_asks(self):
        x = array("torch")
        for values in ([x, x], (x, x)):
            told = explain(np.sum, values)
            assert told.answer.kind == "numpy"
            assert told.copies == (
                "a, a list of 2 arrays of torch of 144 bytes, becomes one numpy.ndarray",
            )

    def test_an_argument_that_is_not_asked(self):
        told = explain(np.take, VALUES, array("dask"))
        assert told.copies == ("indices, an array of dask of 72 bytes, becomes a numpy.ndarray",)

    def test_what_is_written_out(self):
        arrayproto.activate("torch")
        told = explain(np.save, "x.npy", array("torch"))
        assert told.copies == ("arr, an array of torch of 72 bytes, to be written out",)

    def test_what_may_not_be_converted(self):
        assert (
            explain(np.sum, array("torch")).copies[0].endswith("unless NumPy takes its own 'sum'")
        )
