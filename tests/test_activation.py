"""`arrayproto.activation`: on, off, and exactly as it was."""

from __future__ import annotations

import contextlib
import copy
import doctest
import inspect
import itertools
import pickle
import pydoc
import sys
import threading
import types
import typing
import warnings
from unittest import mock

import numpy as np
import pytest

import arrayproto
from arrayproto import activation
from arrayproto.accelerator import REBOUND
from arrayproto.accelerator import original as numpys_own
from arrayproto.libraries import LIBRARIES, Library, library_of
from arrayproto.mixins import mixin_of
from arrayproto.rebinding import rebound
from tests.oracle import BACKENDS, check

EYE = np.eye(3)


def array_class(name: str) -> type:
    BACKENDS[name].load()
    return LIBRARIES[name].cls


def snapshot(cls: type) -> dict[str, dict[str, object]]:
    """Every attribute of a class and of its subclasses, for comparison by identity."""
    root = cls.__module__.partition(".")[0]  # subclasses that tests have made come and go
    classes = [c for c in (cls, *cls.__subclasses__()) if c.__module__.partition(".")[0] == root]
    return {c.__qualname__: dict(vars(c)) for c in classes}


def same_objects(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(
        one[k].keys() == other[k].keys() and all(one[k][n] is other[k][n] for n in one[k])
        for k in one
    )


def public_objects() -> dict[tuple[str, str], object]:
    """Every attribute of NumPy's loaded modules."""
    return {
        (name, attribute): value
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] == "numpy" and module is not None
        for attribute, value in vars(module).items()
        # What NumPy's own test of itself changes, and Python with each import.
        if not isinstance(value, types.ModuleType) and not attribute.startswith("__")
    }


def unsupported_function(name: str):
    """A function that NumPy dispatches and that the library has not got, with its arguments."""
    for function in (
        np.pad,
        np.unwrap,
        np.piecewise,
        np.sort_complex,
        np.savetxt,
    ):
        if LIBRARIES[name].resolve(function).kind == "unsupported":
            return function
    raise LookupError(f"{name} has everything; choose another function for this test")


class TestActivate:
    def test_gives_the_class_the_protocol(self, known_library):
        cls = array_class(known_library)
        arrayproto.activate(known_library)
        mixin = mixin_of(LIBRARIES[known_library])
        assert vars(cls)["__array_function__"] is vars(mixin)["__array_function__"]
        assert vars(cls)["__array_ufunc__"] is vars(mixin)["__array_ufunc__"]

    def test_only_what_was_named(self):
        pytest.importorskip("sparse")
        pytest.importorskip("dask.array")
        before = snapshot(array_class("dask"))
        arrayproto.activate("sparse")
        assert arrayproto.status().active == ("sparse",)
        assert same_objects(before, snapshot(array_class("dask")))

    def test_everything_by_default(self, known_library):
        array_class(known_library)
        arrayproto.activate()
        status = arrayproto.status()
        assert known_library in status.active
        assert {*status.active, *status.waiting} == {
            name for name, library in LIBRARIES.items() if not library.by_name
        }

    def test_several_names(self):
        pytest.importorskip("sparse")
        pytest.importorskip("dask.array")
        assert arrayproto.activate("sparse", "dask") is None
        assert arrayproto.status().active == ("sparse", "dask")

    def test_an_unchanged_program(self, library):
        def program(a, b):
            return np.tensordot(np.concatenate([a, b]), np.flip(b, 0), axes=1)

        rng = np.random.default_rng(0)
        dense = rng.random((3, 3)) * (rng.random((3, 3)) > 0.5)
        arrayproto.activate(library)
        check(program, dense, EYE, library=library)

    def test_twice_changes_nothing(self, known_library):
        cls = array_class(known_library)
        stock = snapshot(cls)
        arrayproto.activate(known_library)
        once, status = snapshot(cls), arrayproto.status()
        arrayproto.activate(known_library)
        assert same_objects(once, snapshot(cls))
        assert arrayproto.status() == status
        arrayproto.deactivate()
        assert same_objects(stock, snapshot(cls)), (
            "one deactivate() undoes any number of activate()"
        )

    @pytest.mark.parametrize("name", ["torhc", "", "numpy", None, 3])
    def test_unknown_library(self, name):
        before = public_objects()
        with pytest.raises(ValueError, match="unknown array library") as caught:
            arrayproto.activate("sparse", name)
        message = str(caught.value)
        assert repr(name) in message
        assert all(repr(known) in message for known in LIBRARIES), "it lists what there is"
        assert "register" in message, "it names the next step"
        assert arrayproto.status().active == arrayproto.status().waiting == ()
        after = public_objects()
        assert all(after[key] is before[key] for key in before)

    @pytest.mark.parametrize(
        "activate", [arrayproto.deactivate, lambda n: arrayproto.activated(n).__enter__()]
    )
    def test_unknown_library_elsewhere(self, activate):
        with pytest.raises(ValueError, match="unknown array library 'torhc'"):
            activate("torhc")

    def test_unknown_fallback(self):
        with pytest.raises(ValueError, match="'raise', 'warn' or 'convert', not 'densify'"):
            arrayproto.activate(fallback="densify")
        with pytest.raises(ValueError, match="'raise', 'warn' or 'convert', not 'densify'"):
            with arrayproto.activated(fallback="densify"):
                pass
        assert arrayproto.status().active == arrayproto.status().waiting == ()

    def test_refuses_what_the_library_lacks(self, library):
        x = BACKENDS[library].load() and BACKENDS[library].from_numpy(EYE)
        arrayproto.activate(library)
        function = unsupported_function(library)
        with pytest.raises(arrayproto.UnsupportedFunctionError) as caught:
            function(*[x] * sum(p.default is p.empty for p in _parameters(function)))
        message = str(caught.value)
        assert f"numpy.{function.__name__}" in message
        assert type(x).__qualname__ in message
        assert LIBRARIES[library].resolve(function).note in message, "the reason"
        assert LIBRARIES[library].advice in message, "the next step"

    def test_fallback_warn_does_as_the_library_does(self):
        da = pytest.importorskip("dask.array")
        x = da.ones(3, chunks=2)
        function = unsupported_function("dask")
        args = [x] * sum(p.default is p.empty for p in _parameters(function))
        arrayproto.activate("dask", fallback="warn")
        assert arrayproto.status().fallback == "warn"
        with warnings.catch_warnings(record=True) as caught, contextlib.suppress(Exception):
            warnings.simplefilter("always")
            function(*args)
        ours = [w for w in caught if w.category is arrayproto.ArrayProtoWarning]
        assert len(ours) == 1
        assert f"numpy.{function.__name__}" in str(ours[0].message)
        assert ours[0].filename == __file__, "it points to the caller"
        # Dask's own protocol says that it computes: it was asked.
        assert any(w.category is FutureWarning for w in caught)
        arrayproto.deactivate()
        assert arrayproto.status().fallback == "raise"


def _parameters(function):
    import inspect

    return inspect.signature(function).parameters.values()


class TestDeactivate:
    def test_first(self):
        before = public_objects()
        arrayproto.deactivate()
        arrayproto.deactivate("sparse")
        after = public_objects()
        assert after.keys() == before.keys()
        assert all(after[key] is before[key] for key in before)
        assert arrayproto.status().active == ()

    def test_restores_by_identity(self, known_library):
        cls = array_class(known_library)
        arrayproto.activate(known_library)  # what is made on first use exists from here on
        arrayproto.deactivate()
        stock, numpy_objects = snapshot(cls), public_objects()
        arrayproto.activate(known_library)
        assert not same_objects(stock, snapshot(cls))
        arrayproto.deactivate()
        assert same_objects(stock, snapshot(cls))
        after = public_objects()
        assert after.keys() == numpy_objects.keys()
        assert all(after[key] is numpy_objects[key] for key in numpy_objects)

    def test_an_inherited_attribute_is_inherited_again(self, stone):
        before = dict(vars(stone.Stone))
        arrayproto.activate("stone")
        assert "__array_function__" in vars(stone.Stone)
        arrayproto.deactivate()
        assert dict(vars(stone.Stone)) == before

    def test_some_stay(self):
        pytest.importorskip("sparse")
        pytest.importorskip("dask.array")
        stock = snapshot(array_class("sparse"))
        arrayproto.activate("sparse", "dask")
        arrayproto.deactivate("sparse")
        assert arrayproto.status().active == ("dask",)
        assert same_objects(stock, snapshot(array_class("sparse")))
        check(np.vstack, [EYE, EYE], library="dask")

    def test_not_active_is_passed_over(self, library):
        array_class(library)
        arrayproto.activate(library)
        other = next(n for n in LIBRARIES if n != library)
        arrayproto.deactivate(other)
        assert arrayproto.status().active == (library,)

    def test_keeps_open_contexts(self, library):
        cls = array_class(library)
        stock = snapshot(cls)
        with arrayproto.activated(library):
            arrayproto.activate(library)
            arrayproto.deactivate(library)
            assert arrayproto.status().active == (library,)
        assert same_objects(stock, snapshot(cls))

    def test_takes_the_import_watcher_away(self, stone_to_come):
        before = list(sys.meta_path)
        arrayproto.activate("stone")
        assert len(sys.meta_path) == len(before) + 1
        arrayproto.deactivate()
        assert sys.meta_path == before


class TestActivated:
    def test_for_a_block(self, library):
        cls = array_class(library)
        stock = snapshot(cls)
        with arrayproto.activated(library) as nothing:
            assert nothing is None
            assert arrayproto.status().active == (library,)
        assert arrayproto.status().active == ()
        assert same_objects(stock, snapshot(cls))

    def test_as_a_decorator(self, library):
        array_class(library)

        @arrayproto.activated(library)
        def active():
            return arrayproto.status().active

        assert active() == active() == (library,)
        assert arrayproto.status().active == ()

    def test_an_exception_undoes_it_and_arrives(self, library):
        stock = snapshot(array_class(library))
        error = KeyError("mine")
        with pytest.raises(KeyError) as caught, arrayproto.activated(library):
            raise error
        assert caught.value is error
        assert same_objects(stock, snapshot(array_class(library)))

    def test_nested(self, library):
        stock = snapshot(array_class(library))
        with arrayproto.activated(library):
            inside = snapshot(array_class(library))
            with arrayproto.activated(library), arrayproto.activated():
                assert same_objects(inside, snapshot(array_class(library)))
            assert same_objects(inside, snapshot(array_class(library)))
        assert same_objects(stock, snapshot(array_class(library)))

    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    def test_left_in_any_order(self, library, order):
        stock = snapshot(array_class(library))
        blocks = [arrayproto.activated(library) for _ in range(3)]
        for block in blocks:
            block.__enter__()
        for index in order[:2]:
            blocks[index].__exit__(None, None, None)
            assert arrayproto.status().active == (library,)
        blocks[order[2]].__exit__(None, None, None)
        assert arrayproto.status().active == ()
        assert same_objects(stock, snapshot(array_class(library)))

    def test_inside_activate(self, library):
        array_class(library)
        arrayproto.activate(library)
        with arrayproto.activated(library):
            pass
        assert arrayproto.status().active == (library,)

    def test_around_activate(self, library):
        array_class(library)
        with arrayproto.activated(library):
            arrayproto.activate(library)
        assert arrayproto.status().active == (library,)

    def test_fallback_until_the_block_is_left(self):
        arrayproto.activate("sparse")
        with arrayproto.activated("sparse", fallback="warn"):
            assert arrayproto.status().fallback == "warn"
            with arrayproto.activated("sparse", fallback="raise"):
                assert arrayproto.status().fallback == "raise"
            assert arrayproto.status().fallback == "warn"
        assert arrayproto.status().fallback == "raise"


class TestStatus:
    def test_inactive(self):
        status = arrayproto.status()
        assert status == arrayproto.Status((), (), {}, {}, "raise")
        assert str(status) == "active: nothing"

    def test_says_what_was_changed(self, known_library):
        cls = array_class(known_library)
        arrayproto.activate(known_library)
        status = arrayproto.status()
        assert status.active == (known_library,)
        for attribute in ("__array_function__", "__array_ufunc__"):
            where = f"{cls.__module__}.{cls.__qualname__}.{attribute}"
            assert status.classes[where].startswith("arrayproto.")
            assert where in str(status)
        for name, libraries in status.functions.items():
            module, _, attribute = name.rpartition(".")
            assert isinstance(vars(sys.modules[module])[attribute], REBOUND)
            assert libraries == (known_library,)
            lines = str(status).splitlines()
            assert any(f"of {module} " in line and attribute in line for line in lines)

    def test_says_everything_that_was_changed(self, known_library):
        cls = array_class(known_library)
        arrayproto.activate(known_library)
        arrayproto.deactivate()
        before = snapshot(cls)
        arrayproto.activate(known_library)
        changed = {
            f"{c.__module__}.{c.__qualname__}.{name}"
            for c in (cls, *cls.__subclasses__())
            if c.__qualname__ in before and c.__module__.startswith(cls.__module__.split(".")[0])
            for name, value in vars(c).items()
            if before[c.__qualname__].get(name) is not value
        }
        assert changed == set(arrayproto.status().classes)

    def test_says_where_bugs_go(self, library):
        array_class(library)
        arrayproto.activate(library)
        assert "report problems" in str(arrayproto.status())
        assert "arrayproto first" in str(arrayproto.status())

    def test_waiting(self, stone_to_come):
        arrayproto.activate("stone")
        assert arrayproto.status().waiting == ("stone",)
        assert arrayproto.status().active == ()
        assert "waiting for the import of: stone" in str(arrayproto.status())


# Classes that cannot be patched ------------------------------------------------------------------


@pytest.fixture
def stone_to_come(monkeypatch):
    """A library that nobody has imported."""
    library = Library(name="stone", module="stone_for_tests", array_class="Stone")
    monkeypatch.setitem(LIBRARIES, "stone", library)
    yield library
    arrayproto.deactivate()  # while LIBRARIES still knows it


@pytest.fixture
def stone(stone_to_come, monkeypatch):
    """The same, imported, with a fresh class; tests may put another class in its place."""

    class Stone:
        pass

    module = types.ModuleType("stone_for_tests")
    module.Stone = Stone
    monkeypatch.setitem(sys.modules, "stone_for_tests", module)
    yield module
    arrayproto.deactivate()


class HalfOpen(type):
    """Takes ``__array_function__`` and refuses ``__array_ufunc__``."""

    def __setattr__(cls, name, value):
        if name == "__array_ufunc__":
            raise AttributeError("this attribute is not for you")
        super().__setattr__(name, value)


class TestClassThatCannotBePatched:
    def test_error(self, stone):
        stone.Stone = complex
        with pytest.raises(arrayproto.ActivationError) as caught:
            arrayproto.activate("stone")
        message = str(caught.value)
        assert "stone_for_tests.Stone" in message
        assert "immutable type" in message, "Python's own reason"
        assert "arrayproto.register()" in message, "the next step"
        assert isinstance(caught.value.__cause__, TypeError)

    def test_nothing_is_active_then(self, stone):
        pytest.importorskip("sparse")
        before = snapshot(array_class("sparse"))
        stone.Stone = complex
        for names in [("stone", "sparse"), ("sparse", "stone"), ()]:
            with pytest.raises(arrayproto.ActivationError):
                arrayproto.activate(*names)
            assert arrayproto.status().active == ()
            with pytest.raises(arrayproto.ActivationError), arrayproto.activated(*names):
                pytest.fail("the block was entered")
            assert arrayproto.status() == arrayproto.Status((), (), {}, {}, "raise")
            assert same_objects(before, snapshot(array_class("sparse")))

    def test_what_was_active_stays_so(self, stone, library):
        array_class(library)
        stone.Stone = complex
        arrayproto.activate(library)
        with pytest.raises(arrayproto.ActivationError):
            arrayproto.activate("stone")
        assert arrayproto.status().active == (library,)

    def test_half_patched_is_put_back(self, stone):
        stone.Stone = HalfOpen("Stone", (), {})
        with pytest.raises(arrayproto.ActivationError, match="not for you"):
            arrayproto.activate("stone")
        assert "__array_function__" not in vars(stone.Stone)

    def test_class_that_is_not_there(self, stone):
        del stone.Stone
        with pytest.raises(arrayproto.ActivationError, match=r"stone_for_tests\.Stone"):
            arrayproto.activate("stone")


# Somebody else patches over us -------------------------------------------------------------------


class Theirs:
    """What another package puts in our place; it says where it comes from."""

    def __init__(self):
        def __array_function__(self, func, types, args, kwargs):
            return "theirs"

        __array_function__.__module__ = "another_package"
        self.method = __array_function__


class TestPatchedOver:
    @pytest.fixture
    def cls(self, library):
        return array_class(library)

    def test_is_left_alone_with_a_warning_that_names_it(self, cls, library):
        stock = dict(vars(cls))
        theirs = Theirs().method
        arrayproto.activate(library)
        cls.__array_function__ = theirs
        try:
            with pytest.warns(arrayproto.ArrayProtoWarning) as caught:
                arrayproto.deactivate()
            assert len(caught) == 1
            assert f"{cls.__qualname__}.__array_function__" in str(caught[0].message)
            assert "another_package" in str(caught[0].message)
            assert caught[0].filename == __file__, "it points to deactivate()"
            assert vars(cls)["__array_function__"] is theirs
            assert vars(cls)["__array_ufunc__"] is stock["__array_ufunc__"], "the rest is undone"
            assert arrayproto.status().active == ()
        finally:
            cls.__array_function__ = stock["__array_function__"]

    def test_a_warning_made_an_error_leaves_nothing_half_done(self, cls, library):
        stock = dict(vars(cls))
        arrayproto.activate()
        cls.__array_function__ = Theirs().method
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                with pytest.raises(arrayproto.ArrayProtoWarning):
                    arrayproto.deactivate()
            assert arrayproto.status() == arrayproto.Status((), (), {}, {}, "raise")
            assert vars(cls)["__array_ufunc__"] is stock["__array_ufunc__"]
        finally:
            cls.__array_function__ = stock["__array_function__"]

    def test_restored_before_deactivate(self, cls, library):
        stock = snapshot(cls)
        arrayproto.activate(library)
        ours = vars(cls)["__array_function__"]
        cls.__array_function__ = Theirs().method
        cls.__array_function__ = ours
        arrayproto.deactivate()  # a warning would be an error
        assert same_objects(stock, snapshot(cls))

    @pytest.mark.parametrize("again", [False, True])
    def test_restored_after_deactivate(self, cls, library, again):
        """They put our function back when we are gone: the next call takes it away."""
        stock = snapshot(cls)
        arrayproto.activate(library)
        ours = vars(cls)["__array_function__"]
        cls.__array_function__ = Theirs().method
        with pytest.warns(arrayproto.ArrayProtoWarning):
            arrayproto.deactivate()
        cls.__array_function__ = ours
        if again:
            with arrayproto.activated(library):
                assert vars(cls)["__array_function__"] is ours
        else:
            arrayproto.deactivate()
        assert same_objects(stock, snapshot(cls))

    def test_they_undo_to_stock_while_we_are_active(self, cls, library):
        stock = snapshot(cls)
        arrayproto.activate(library)
        for name in ("__array_function__", "__array_ufunc__"):
            setattr(cls, name, stock[cls.__qualname__][name])
        arrayproto.deactivate()  # a warning would be an error
        assert same_objects(stock, snapshot(cls))

    def test_we_patch_over_them(self, cls, library):
        """What was there when activate() came is what deactivate() puts back."""
        stock = vars(cls)["__array_function__"]
        theirs = Theirs().method
        cls.__array_function__ = theirs
        try:
            with arrayproto.activated(library):
                assert vars(cls)["__array_function__"] is not theirs
            assert vars(cls)["__array_function__"] is theirs
        finally:
            cls.__array_function__ = stock

    def test_a_function_that_we_have_rebound(self, library):
        array_class(library)
        original = np.isfortran
        arrayproto.activate(library)
        assert np.isfortran is not original

        def isfortran(a):
            return "theirs"

        np.isfortran = isfortran
        try:
            with pytest.warns(
                arrayproto.ArrayProtoWarning, match=r"numpy\.isfortran.*test_activation"
            ):
                arrayproto.deactivate()
            assert np.isfortran is isfortran
        finally:
            np.isfortran = original


# Functions that NumPy does not dispatch ----------------------------------------------------------


class TestReboundFunction:
    """`np.isfortran` is one: NumPy asks nobody, and would convert its argument."""

    @pytest.fixture
    def original(self, library):
        array_class(library)
        original = np.isfortran
        arrayproto.activate(library)
        assert isinstance(np.isfortran, REBOUND)
        return original

    def test_dispatches(self, original, library):
        check(np.isfortran, EYE, library=library)

    def test_ndarrays_go_to_numpy(self, original):
        assert np.isfortran(np.asfortranarray(np.ones((2, 2))))
        assert not np.isfortran(a=np.ones((2, 2)))

    def test_errors_are_numpys(self, original):
        for args, kwargs in [((), {}), ((EYE, EYE), {}), ((EYE,), {"b": 1}), ((3,), {})]:
            with pytest.raises(Exception) as expected:  # noqa: PT011 - whatever NumPy raises
                original(*args, **kwargs)
            with pytest.raises(type(expected.value)) as actual:
                np.isfortran(*args, **kwargs)
            if args and args[0] is EYE:
                assert "isfortran" in str(actual.value)

    def test_wrong_calls_with_arrays_of_a_library_are_numpys_errors_too(self, original, library):
        import numpy.polynomial.polynomial as polynomial

        polyvander = numpys_own(polynomial.polyvander)
        ours = rebound(polyvander)
        x = BACKENDS[library].from_numpy(EYE)
        for args, kwargs in [((x,), {}), ((), {"x": x}), ((x, 1, 2), {}), ((x, 1), {"x": x})]:
            with pytest.raises(TypeError, match=r"^polyvander\(\) ") as expected:
                polyvander(*args, **kwargs)
            with pytest.raises(TypeError) as actual:
                ours(*args, **kwargs)
            assert str(actual.value) == str(expected.value)

    def test_overrides_get_numpys_own_object(self, original, library):
        table = LIBRARIES[library].table
        seen = []
        x = BACKENDS[library].from_numpy(EYE)
        table.clear()  # also what the C code remembers of it
        table.by_position[original] = lambda a: seen.append(a) or "answered"
        try:
            assert np.isfortran(x) == "answered"
        finally:
            table.clear()
        assert seen[0] is x

    def test_compares_and_hashes_as_the_original(self, original):
        assert np.isfortran == original
        assert original == np.isfortran
        assert np.isfortran == np.isfortran
        assert np.isfortran != np.isscalar
        assert {original: "found"}[np.isfortran] == "found"
        assert {np.isfortran: "found"}[original] == "found"

    def test_pickles_by_its_public_name(self, original):
        pickled = pickle.dumps(np.isfortran)
        assert pickle.loads(pickled) is np.isfortran
        assert b"arrayproto" not in pickled, "so that it can be read where arrayproto is not"
        arrayproto.deactivate()
        assert pickle.loads(pickled) is original

    def test_the_original_cannot_be_pickled_meanwhile(self, original):
        # pickle looks functions up by their name and wants to find the same object. Nobody is
        # asked on the way, so nothing can be done about it; NEP.md says so.
        with pytest.raises(pickle.PicklingError, match="not the same object"):
            pickle.dumps(original)
        arrayproto.deactivate()
        assert pickle.loads(pickle.dumps(original)) is original

    def test_copies_are_itself(self, original):
        assert copy.copy(np.isfortran) is copy.deepcopy(np.isfortran) is np.isfortran

    def test_looks_like_the_original(self, original):
        assert np.isfortran.__name__ == "isfortran"
        assert np.isfortran.__module__ == "numpy"
        assert np.isfortran.__doc__ == original.__doc__
        assert "rebound by arrayproto" in repr(np.isfortran)
        with pytest.raises(AttributeError, match="'function' object has no attribute 'nothing'"):
            np.isfortran.nothing

    def test_is_a_function_to_those_who_look(self, original):
        """And has no `__wrapped__`: by that unyt and others tell what NumPy dispatches."""
        ours = np.isfortran
        assert inspect.isfunction(ours)
        assert not hasattr(ours, "__wrapped__")
        for look in (
            inspect.signature,
            inspect.getfullargspec,
            inspect.getsource,
            inspect.getsourcefile,
            inspect.getmodule,
            typing.get_type_hints,
            lambda f: pydoc.plain(pydoc.render_doc(f)),
            lambda f: [(t.name, t.lineno) for t in doctest.DocTestFinder().find(f, "f", np)],
        ):
            assert look(ours) == look(original), look
        with pytest.raises(TypeError, match="too many positional arguments"):
            mock.create_autospec(ours)(1, 2)

    def test_is_pickled_by_cloudpickle(self, original):
        cloudpickle = pytest.importorskip("cloudpickle")
        ours = np.isfortran
        pickled = cloudpickle.dumps(lambda: ours)
        assert cloudpickle.loads(pickled)() is ours
        arrayproto.deactivate()
        assert cloudpickle.loads(pickled)() is original
        kept = cloudpickle.dumps(ours)  # is not NumPy's any more: goes by its code
        assert b"arrayproto" not in kept
        assert cloudpickle.loads(kept)(np.ones((2, 2), order="F"))

    def test_one_that_somebody_kept_does_nothing_when_inactive(self, original, library):
        kept = np.isfortran
        arrayproto.deactivate()
        assert not kept(EYE)
        x = BACKENDS[library].from_numpy(EYE)
        with pytest.raises(Exception) as expected:  # noqa: PT011 - stock: no attribute flags
            original(x)
        with pytest.raises(type(expected.value)):
            kept(x)

    def test_shared_by_two_libraries(self):
        pytest.importorskip("sparse")
        pytest.importorskip("dask.array")
        array_class("sparse"), array_class("dask")
        original = np.isfortran
        for first, second in [("sparse", "dask"), ("dask", "sparse")]:
            arrayproto.activate(first)
            arrayproto.activate(second)
            assert arrayproto.status().functions["numpy.isfortran"] == ("dask", "sparse")
            for name in (first, second):
                check(np.isfortran, EYE, library=name)
            arrayproto.deactivate(first)
            check(np.isfortran, EYE, library=second)
            arrayproto.deactivate(second)
            assert np.isfortran is original

    def test_nothing_that_numpy_dispatches(self, known_library):
        array_class(known_library)
        arrayproto.activate(known_library)
        for name in arrayproto.status().functions:
            module, _, attribute = name.rpartition(".")
            rebound = vars(sys.modules[module])[attribute]
            assert type(numpys_own(rebound)) is types.FunctionType, name


class TestNumPysPolynomials:
    """The classes of `numpy.polynomial` call its functions, some of which are rebound."""

    def test_classes_work_as_before(self, library):
        from numpy.polynomial import Chebyshev, Polynomial

        def program():
            p = Polynomial([1, 2, 3])
            fitted = Chebyshev.fit(np.arange(5.0), np.arange(5.0) ** 2, 2)
            return [p(EYE), (p * p).coef, p.deriv().coef, p.roots(), fitted.convert().coef]

        expected = program()
        array_class(library)
        arrayproto.activate(library)
        for ours, numpys in zip(program(), expected, strict=True):
            np.testing.assert_array_equal(ours, numpys)

    def test_values_at_arrays_of_a_library(self, library):
        from numpy.polynomial import Legendre, Polynomial

        arrayproto.activate(library)
        check(Polynomial([1, 2, 3], domain=[0, 4]), EYE, library=library)
        check(Legendre([1.0, 0.5]), EYE, library=library)

    def test_what_has_no_answer_is_refused(self, library):
        arrayproto.activate(library)
        x = BACKENDS[library].from_numpy(EYE)
        for function, args in [
            (np.asmatrix, (x,)),
            (np.bmat, ([[x, x]],)),
            (np.lib.stride_tricks.as_strided, (x,)),
            (np.rec.fromarrays, ([x, x],)),
        ]:
            with pytest.raises(arrayproto.UnsupportedFunctionError, match="Nothing was converted"):
                function(*args)

    def test_plain_calls_go_to_numpy(self, library):
        arrayproto.activate(library)
        assert np.iterable([1])
        assert np.iterable("text")
        assert not np.iterable(1)
        assert isinstance(np.bmat([[EYE, EYE]]), np.matrix)
        assert np.mintypecode(["f", "d"]) == "d"

    def test_bmat_sees_the_names_of_its_caller(self, library):
        A = EYE
        arrayproto.activate(library)
        bmat = np.bmat
        for _ in range(2):  # the first call makes the wrapper
            assert (bmat("A,A") == np.hstack([A, A])).all()
        assert (np.bmat("B", {"B": A}, {}) == A).all()
        with pytest.raises(TypeError, match=r"^bmat\(\) missing 1 required"):
            np.bmat(ldict={})
        with pytest.raises(NameError, match="name 'library_' is not defined"):
            np.bmat("library_")

    def test_text_with_hyphens_in_its_docstrings(self, library):
        """np.strings says "array-like" of some arguments, and "array_like" of others."""
        x = BACKENDS[library].from_numpy(EYE)
        arrayproto.activate(library)
        for call in (lambda: np.strings.upper(x), lambda: np.strings.index(x, "a")):
            with pytest.raises(arrayproto.UnsupportedFunctionError, match="Nothing was converted"):
                call()
        assert np.strings.strip(np.array([" a "])) == "a"


# Threads -----------------------------------------------------------------------------------------


class TestThreads:
    def test_activate_deactivate_and_dispatch_at_once(self, library):
        cls = array_class(library)
        stock = snapshot(cls)
        original = np.isfortran
        x = BACKENDS[library].from_numpy(EYE)
        errors: list[BaseException] = []
        start = threading.Barrier(8)
        done = threading.Event()

        def guarded(work):
            def run():
                try:
                    start.wait()
                    work()
                except BaseException as error:
                    errors.append(error)

            return threading.Thread(target=run)

        def switch():
            for _ in range(60):
                arrayproto.activate(library)
                arrayproto.deactivate(library)

        def nest():
            for _ in range(60):
                with arrayproto.activated(library):
                    # Ours as long as a block of ours is open, whatever the others do.
                    assert library in arrayproto.status().active
                    assert not np.isfortran(x)

        def dispatch():
            while not done.is_set():
                # Active or not, these have one answer.
                assert np.concatenate([x, x]).shape == (6, 3)
                assert np.tensordot(x, x, 1).shape == (3, 3)
                assert np.add(x, x).shape == (3, 3)

        workers = [guarded(w) for w in (switch, switch, switch, nest, nest)]
        readers = [guarded(dispatch) for _ in range(3)]
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)  # a race that can happen shall happen
        try:
            for thread in workers + readers:
                thread.start()
            for thread in workers:
                thread.join()
            done.set()
            for thread in readers:
                thread.join()
        finally:
            sys.setswitchinterval(interval)
        assert not errors, errors
        arrayproto.deactivate()
        assert same_objects(stock, snapshot(cls))
        assert np.isfortran is original

    def test_no_lock_on_the_way_of_a_call(self, library):
        """A call goes through while another thread holds the lock of activate()."""
        array_class(library)
        x = BACKENDS[library].from_numpy(EYE)
        arrayproto.activate(library)
        results = []
        with activation._state.lock:
            thread = threading.Thread(
                target=lambda: results.append(
                    (np.flip(x, 0).shape, np.add(x, x).shape, np.isfortran(x))
                )
            )
            thread.start()
            thread.join(timeout=10)
        thread.join()
        assert results == [((3, 3), (3, 3), False)]


def test_library_of(known_library):
    cls = array_class(known_library)
    assert library_of(cls) is LIBRARIES[known_library]
    assert library_of(type("Mine", (cls,), {})) is LIBRARIES[known_library]
    assert library_of(np.ndarray) is None
    assert library_of(int) is None
