"""Errors that end the search: each names what shows more."""

from __future__ import annotations

import numpy as np
import pytest

import arrayproto
import arrayproto.numpy as anp
from arrayproto import array_function_dispatch
from arrayproto.testing.subjects import SUBJECTS

VALUES = np.eye(3)


def array(library):
    subject = SUBJECTS[library]
    pytest.importorskip(subject.module)
    subject.load()
    return subject.from_numpy(VALUES)


@pytest.mark.parametrize("library", ["sparse", "dask", "jax", "torch"])
def test_a_function_that_a_library_has_not_got(library):
    x = array(library)
    arrayproto.activate(library)
    with pytest.raises(arrayproto.UnsupportedFunctionError) as caught:
        np.char.upper(x)
    assert f"python -m arrayproto coverage --library {library}. " in str(caught.value)


def test_a_class_that_no_command_knows():
    class_of = type(array("array-api-strict"))
    arrayproto.activate(class_of)
    with pytest.raises(arrayproto.UnsupportedFunctionError) as caught:
        np.save("file", array("array-api-strict"))
    assert "python -m" not in str(caught.value)


class TestNobodyAnswers:
    @pytest.mark.parametrize("namespace", [np, anp], ids=["numpy", "arrayproto.numpy"])
    @pytest.mark.parametrize("pair", [("sparse", "torch"), ("torch", "sparse"), ("dask", "jax")])
    def test_libraries_of_ours(self, namespace, pair):
        x, y = map(array, pair)
        arrayproto.activate(*pair)
        with pytest.raises(TypeError) as caught:
            namespace.kron(x, y)
        message = str(caught.value)
        assert message.startswith(
            "no implementation found for 'numpy.kron' on types that implement"
        )
        assert f"{pair[0]} and {pair[1]} do not take the arrays of each other" in message
        assert "python -m arrayproto hierarchy" in message
        assert any("arrayproto.explain(" in note for note in caught.value.__notes__)

    @pytest.mark.parametrize("pair", [("sparse", "torch"), ("torch", "sparse"), ("jax", "dask")])
    def test_of_a_ufunc(self, pair):
        x, y = map(array, pair)
        arrayproto.activate(*pair)
        for call in (lambda: np.add(x, y), lambda: np.add(np.add(x, 1), y), lambda: np.dot(x, y)):
            with pytest.raises(TypeError, match=f"{pair[0]} and {pair[1]} do not take the arrays"):
                call()

    def test_beside_an_ndarray(self):
        x, y = array("sparse"), array("torch")
        arrayproto.activate("sparse", "torch")
        with pytest.raises(TypeError, match="sparse and torch do not take"):
            np.concatenate([VALUES, x, y])

    def test_a_stranger_is_still_asked(self):
        class Stranger:
            def __array_function__(self, func, types, args, kwargs):
                return "the stranger's"

        arrayproto.activate("sparse", "torch")
        assert np.concatenate([array("sparse"), array("torch"), Stranger()]) == "the stranger's"

    def test_who_takes_both_is_asked(self):
        arrayproto.activate("sparse", "dask")
        x, y = array("sparse"), array("dask")
        types = (type(x), type(y))
        assert type(x).__array_function__(x, np.dot, types, (), {}) is NotImplemented
        assert np.kron(x, y) is not None

    def test_a_function_of_ours(self):
        class Declines:
            def __array_function__(self, func, types, args, kwargs):
                return NotImplemented

        @array_function_dispatch(lambda a: (a,), module="mine")
        def f(a):
            return a

        with pytest.raises(TypeError, match="^no implementation found for 'mine.f'") as caught:
            f(Declines())
        assert "python -m arrayproto coverage" in caught.value.__notes__[0]


def test_an_axis_that_sparse_has_not():
    with (
        arrayproto.activated("sparse"),
        pytest.raises(np.exceptions.AxisError, match="destination"),
    ):
        np.moveaxis(array("sparse"), 0, 5)
