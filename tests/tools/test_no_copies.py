"""`arrayproto.no_copies`: as a context, a decorator and a fixture."""

from __future__ import annotations

import asyncio
import inspect
import struct
import sys
import threading
import warnings

import numpy as np
import pytest

import arrayproto
from arrayproto import CopyError, no_copies
from arrayproto.testing.subjects import SUBJECTS
from arrayproto.tools import watch
from arrayproto.tools.units import parse_size, size_text, time_text

pytest_plugins = ["pytester"]
VALUES = np.eye(3)


def array(library):
    subject = SUBJECTS[library]
    pytest.importorskip(subject.module)
    subject.load()
    return subject.from_numpy(VALUES)


@pytest.fixture
def x():
    return array("sparse")


@pytest.fixture(autouse=True)
def nothing_stays():
    yield
    assert watch._watchers == ()


def line():
    return inspect.currentframe().f_back.f_lineno


def test_c_code_that_raises_an_error_of_its_own_instead():
    x = array("dask")
    with pytest.raises(struct.error) as caught, no_copies(limit=0):
        struct.pack("d", x[0, 0])
    assert "had refused: Array.__float__ of an array of dask" in caught.value.__notes__[0]
    with pytest.raises(ValueError, match="sequence") as caught, no_copies(limit=0):
        np.fromiter(x[0], float)
    assert isinstance(caught.value.__cause__, CopyError)
    assert not hasattr(caught.value, "__notes__"), "the traceback shows it"


class TestContext:
    @pytest.mark.parametrize(
        ("library", "call"),
        [
            ("sparse", lambda x: x.todense()),
            ("dask", lambda x: x.compute()),
            ("dask", lambda x: np.asarray(x)),
            pytest.param(
                "dask",
                lambda x: np.sort(x),
                marks=pytest.mark.filterwarnings("ignore:The `numpy.sort` function"),
            ),
            ("jax", lambda x: np.asarray(x)),
            ("jax", lambda x: sys.modules["jax"].device_get({"x": x})),
            ("torch", lambda x: x.numpy()),
            ("torch", lambda x: np.array([x, x])),
        ],
    )
    def test_raises_before_anything_is_converted(self, library, call):
        x = array(library)
        with no_copies(limit=0) as guard:
            with pytest.raises(
                CopyError, match=f"of an array of {library}: .* \\(.*test_no_copies"
            ):
                call(x)
        assert len(guard.copies) == 1

    def test_the_limit(self, x):
        with no_copies(limit=72) as guard:
            x.todense()
        with no_copies(limit="71 B"), pytest.raises(CopyError):
            x.todense()
        with no_copies():
            x.todense()
        assert guard.copies == []

    def test_warns_at_the_users_line(self, x):
        with no_copies(0, "warn"), pytest.warns(arrayproto.ArrayProtoWarning) as caught:
            x.todense(); here = line()  # fmt: skip # noqa: E702
        (warning,) = caught
        assert (warning.filename, warning.lineno) == (__file__, here)
        assert "arrayproto trace" in str(warning.message)

    def test_records(self, x):
        with no_copies(0, action="record") as guard:
            x.todense()
        (copy,) = guard.copies
        assert (copy.name, copy.library, copy.nbytes) == ("COO.todense", "sparse", 72)
        assert copy.file == __file__

    def test_what_stays_is_let_through(self, x):
        with arrayproto.activated("sparse"), no_copies(limit=0):
            np.flip(x, 0)
            np.exp(x)

    def test_a_fallback_is_caught(self, x):
        with arrayproto.activated("sparse", fallback="convert"), no_copies(limit=0):
            with pytest.raises(CopyError):
                np.array2string(x)

    def test_it_nests(self, x):
        with no_copies(0, "record") as outer:
            with no_copies(100, "record") as inner:
                x.todense()
            x.todense()
        assert (len(outer.copies), len(inner.copies)) == (2, 0)

    def test_other_threads_are_let_through(self, x):
        errors = []

        def work():
            try:
                x.todense()
            except CopyError as error:
                errors.append(error)

        with no_copies(limit=0):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        assert errors == []

    def test_mistakes(self):
        for wrong in ("lots", "1 parsec", -1, float("nan"), True):
            with pytest.raises(ValueError, match="a size is"):
                no_copies(wrong)
        with pytest.raises(ValueError, match="'raise', 'warn' or 'record'"):
            no_copies(action="shout")


class TestDecorator:
    def test_a_function(self, x):
        @no_copies(limit=0)
        def f(a, times=1):
            """Densify."""
            return a.todense()

        assert f.__doc__ == "Densify."
        for _ in range(2):
            with pytest.raises(CopyError):
                f(x, times=2)
        x.todense()

    def test_recursion(self, x):
        guard = no_copies(0, "record")

        @guard
        def f(n):
            x.todense()
            return f(n - 1) if n else n

        f(2)
        assert len(guard.copies) == 6, "three copies; one, two and three calls are open"

    def test_a_coroutine(self, x):
        @no_copies(limit=0)
        async def f():
            await asyncio.sleep(0)
            return x.todense()

        async def other():
            return x.todense()

        async def both():
            return await asyncio.gather(f(), other(), return_exceptions=True)

        caught, fine = asyncio.run(both())
        assert isinstance(caught, CopyError)
        assert fine.shape == (3, 3)

    def test_a_generator_is_refused(self):
        with pytest.raises(TypeError, match="inside it"):

            @no_copies()
            def f():
                yield


def test_the_fixture(pytester):
    pytester.makeconftest('pytest_plugins = ["arrayproto.testing.plugin"]')
    pytester.makepyfile(
        """
import numpy as np, pytest, sparse

@pytest.fixture
def x():
    return sparse.COO.from_numpy(np.eye(400))

def test_raises(no_copies, x):
    x.todense()

@pytest.mark.no_copies("2 MB")
def test_passes(no_copies, x):
    x.todense()
    assert no_copies.copies == []
"""
    )
    pytester.runpytest("-p", "no:cacheprovider").assert_outcomes(failed=1, passed=1)


class TestUnits:
    @pytest.mark.parametrize(
        ("text", "nbytes"),
        [("1 MB", 10**6), ("64KiB", 65536), ("0", 0), (" 1.5 kb ", 1500), (7, 7), (".5 GB", 5 * 10**8)],
    )  # fmt: skip
    def test_sizes(self, text, nbytes):
        assert parse_size(text) == nbytes

    def test_words(self):
        assert [size_text(n) for n in (0, 999, 1500, 2e6, 5e13)] == [
            "0 B", "999 B", "1.5 kB", "2.0 MB", "50.0 TB",
        ]  # fmt: skip
        assert [time_text(s) for s in (2e-6, 0.0015, 1.5)] == ["2 µs", "1.50 ms", "1.50 s"]


def test_warnings_may_be_errors(x):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with no_copies(0, "warn"), pytest.raises(arrayproto.ArrayProtoWarning):
            x.todense()
