"""The promises of the design, each with a test that fails when it stops being true."""

from __future__ import annotations

import contextlib
import threading

import numpy as np
import pytest

import arrayproto
from arrayproto.catalog import catalog
from arrayproto.private import ArrayFunctionDispatcher
from tests.oracle import BACKENDS

SNAPSHOT = """
import sys, types
import numpy as np, numpy.fft, numpy.linalg, numpy.polynomial, numpy.random, numpy.strings

def public():
    modules = [m for n, m in sys.modules.items() if n.split('.')[0] == 'numpy']
    return {
        (m.__name__, n): v for m in modules for n, v in vars(m).items()
        if not n.startswith('_') and not isinstance(v, types.ModuleType)
    }
"""


class TestImport:
    def test_changes_nothing_in_numpy(self, run_python):
        run_python(
            SNAPSHOT
            + """
before = public()
import arrayproto, arrayproto.numpy
after = public()
assert all(after[key] is before[key] for key in before)
"""
        )

    @pytest.mark.parametrize("line", ["", "arrayproto.activate()", "import arrayproto.numpy"])
    def test_imports_no_array_library(self, run_python, line):
        run_python(
            f"import sys, arrayproto\n{line}\n"
            "assert not {'sparse', 'dask', 'cupy', 'jax', 'torch', 'numba'} & sys.modules.keys()"
        )


class TestTypesFirst:
    def test_what_numpy_dispatches_is_the_identical_object(self, known_library):
        def dispatched():
            return {
                (m.__name__, n): getattr(m, n)
                for entry in catalog().values()
                if isinstance(entry.function, ArrayFunctionDispatcher)
                for m, n in entry.places
            }

        before = dispatched()
        assert len(before) > 270
        arrayproto.activate(known_library)
        after = dispatched()
        assert all(after[key] is before[key] for key in before)

    def test_no_ufunc_is_touched(self, known_library):
        before = {n: v for n, v in vars(np).items() if isinstance(v, np.ufunc)}
        arrayproto.activate(known_library)
        assert all(getattr(np, n) is v for n, v in before.items())

    def test_tables_keyed_on_what_is_rebound_keep_working(self, library):
        table = {np.isfortran: "found"}
        arrayproto.activate(library)
        assert table[np.isfortran] == "found"


class TestErrors:
    def test_what_a_library_raises_reaches_the_user_as_it_was(self, library, monkeypatch):
        from arrayproto.libraries import LIBRARIES

        arrayproto.activate(library)
        error = KeyError("from the library")

        def fails(*args, **kwargs):
            raise error

        described = LIBRARIES[library]
        np.tensordot(BACKENDS[library].make(np.eye(2)), BACKENDS[library].make(np.eye(2)))
        monkeypatch.setitem(described.table.by_position, np.tensordot, fails)
        array = BACKENDS[library].make(np.eye(2))
        with pytest.raises(KeyError) as caught:
            np.tensordot(array, array)
        assert caught.value is error

    def test_a_refusal_names_function_types_reason_and_next_step(self, library):
        arrayproto.activate(library)
        array = BACKENDS[library].make(np.eye(2))
        with pytest.raises(arrayproto.UnsupportedFunctionError) as caught:
            np.savetxt("nowhere.txt", array)
        message = str(caught.value)
        assert "numpy.savetxt" in message
        assert type(array).__name__ in message
        assert "Nothing was converted" in message
        assert ".todense()" in message or ".compute()" in message


class TestStock:
    def test_the_librarys_own_code_sees_its_own_protocol(self, monkeypatch):
        """A call from inside the library, of a function that its table lacks."""
        da = pytest.importorskip("dask.array")
        arrayproto.activate("dask")
        inside = {"np": np, "__name__": "dask.array.somewhere"}
        exec("def call(x): return np.sort_complex(x)", inside)
        array = da.ones(3, chunks=2)
        with pytest.warns(FutureWarning, match="sort_complex"):
            assert isinstance(inside["call"](array), np.ndarray)
        with pytest.raises(arrayproto.UnsupportedFunctionError):
            np.sort_complex(array)


class TestThreads:
    def test_activating_deactivating_and_dispatching_at_once(self, library):
        array = BACKENDS[library].make(np.eye(3))
        before = {name: vars(type(array)).get(name) for name in ("__array_function__",)}
        errors: list[BaseException] = []
        start = threading.Barrier(8)

        def switch():
            start.wait()
            for _ in range(30):
                with arrayproto.activated(library):
                    np.tensordot(array, array)

        def dispatch():
            start.wait()
            for _ in range(60):
                np.tensordot(array, array)

        def guarded(work):
            try:
                work()
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=guarded, args=(w,)) for w in [switch, dispatch] * 4]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert not errors
        assert arrayproto.status().active == ()
        assert {n: vars(type(array)).get(n) for n in before} == before


class TestUndo:
    def test_in_any_order_of_nesting(self, library):
        original, other = np.isfortran, "dask" if library == "sparse" else "sparse"
        pytest.importorskip({"dask": "dask.array"}.get(other, other))
        first, second = arrayproto.activated(library), arrayproto.activated(other)
        with contextlib.ExitStack() as leftovers:
            leftovers.callback(arrayproto.deactivate)
            first.__enter__()
            second.__enter__()
            first.__exit__(None, None, None)
            assert arrayproto.status().active == (other,)
            second.__exit__(None, None, None)
        assert arrayproto.status().active == ()
        assert np.isfortran is original
