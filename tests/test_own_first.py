"""The library's own function first, and the core for what it refuses."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from arrayproto.errors import UnsupportedArgumentError
from arrayproto.libraries import LIBRARIES
from arrayproto.libraries.own_first import OwnUfunc, own_first


class Array:
    """Something of the user's that must not be kept alive."""


def own(a, b=1, *, out=None):
    if not isinstance(a, Array):
        raise TypeError(f"{type(a).__name__} is refused")
    if b == 0:
        raise ZeroDivisionError
    return "own", b, out


def otherwise(a, b=1, **kwargs):
    if a is None:
        raise ValueError("as NumPy says")
    if b == "unknown":
        raise UnsupportedArgumentError("b is not supported")
    return "otherwise", b, kwargs


REFUSALS = (TypeError,)
CALL = own_first(own, otherwise, REFUSALS)


class TestOwnFirst:
    def test_its_own_answer(self):
        assert CALL(Array(), 2) == ("own", 2, None)
        assert CALL(Array(), out="o") == ("own", 1, "o")

    def test_what_it_refuses(self):
        assert CALL([1], 2) == ("otherwise", 2, {})
        assert CALL([1], b=2) == ("otherwise", 2, {})

    def test_numpys_error_stands_alone(self):
        with pytest.raises(ValueError, match="as NumPy says") as caught:
            CALL(None)
        assert caught.value.__context__ is None

    def test_a_refusal_of_ours_tells_the_librarys(self):
        with pytest.raises(UnsupportedArgumentError) as caught:
            CALL([1], "unknown")
        assert "list is refused" in str(caught.value.__cause__)

    def test_what_is_no_refusal_passes(self):
        with pytest.raises(ZeroDivisionError):
            CALL(Array(), 0)

    @pytest.mark.parametrize("b", [1, 0])
    def test_keeps_no_argument(self, b):
        class Refused:
            pass

        gc.disable()  # not even for a while
        try:
            argument = Refused()
            seen = weakref.ref(argument)
            CALL(argument, b)
            del argument
            assert seen() is None
        finally:
            gc.enable()


class TestOwnUfunc:
    UFUNC = OwnUfunc(own, lambda *args, **kwargs: ("composed", kwargs), otherwise, REFUSALS)

    def test_inputs_alone(self):
        assert self.UFUNC(Array(), 2) == ("own", 2, None)
        assert self.UFUNC.by_position([1], 2) == ("otherwise", 2, {})

    def test_out_is_its_own_affair(self):
        """One kernel, not a result that is copied."""
        assert self.UFUNC(Array(), 2, out=("o",)) == ("own", 2, "o")
        assert self.UFUNC([1], 2, out=("o",)) == ("otherwise", 2, {"out": ("o",)})

    def test_other_arguments_are_composed(self):
        assert self.UFUNC(Array(), 2, where=True) == ("composed", {"where": True})


class TestCupyWithoutADevice:
    """What CuPy gets, read from the real CuPy; nothing runs."""

    @pytest.fixture(autouse=True)
    def cupy(self):
        return pytest.importorskip("cupy")

    @pytest.mark.parametrize(
        ("function", "kind"),
        [
            (np.tensordot, "native"),
            (np.vstack, "native"),
            (np.sum, "bridged"),
            (np.linalg.svd, "bridged"),
            (np.linalg.solve, "bridged"),
            (np.block, "derived"),
            (np.geomspace, "derived"),
            (np.insert, "derived"),
            (np.polyder, "derived"),
            (np.linalg.multi_dot, "derived"),
            (np.linalg.vector_norm, "derived"),
            (np.quantile, "derived"),  # its own reads memory that is not there
        ],
    )
    def test_kinds(self, function, kind):
        assert LIBRARIES["cupy"].resolve(function).kind == kind

    def test_ufuncs_are_its_own(self, cupy):
        for name in ("add", "exp", "arctan2", "logical_and"):
            found = LIBRARIES["cupy"].resolve_ufunc(getattr(np, name))
            assert found.kind == "native"
            assert found.call.by_position.__wrapped__ is getattr(cupy, name)

    def test_functions_of_the_user_are_called_once(self, cupy):
        """An error of theirs is no refusal: there is no second way to which it leads."""
        call = LIBRARIES["cupy"].resolve(np.apply_along_axis).call
        assert call is cupy.apply_along_axis

    def test_every_core_function_is_there(self):
        from arrayproto.derived.core import CORE, EXTENSIONS

        assert LIBRARIES["cupy"].core.keys() >= CORE | EXTENSIONS.keys()
