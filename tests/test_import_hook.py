"""Libraries that the program imports after `activate()`."""

from __future__ import annotations

import importlib.util
import textwrap

import pytest

# A stand-in for `sparse`, quick to import, in which tests can break what they like.
HEAD = """
import sys, pathlib, warnings
warnings.simplefilter("error")
place = pathlib.Path({path!r})
sys.path.insert(0, str(place))
import numpy as np, numpy.polynomial
import arrayproto
stock = list(sys.meta_path)
"""
FAKE = """
class SparseArray:
    def __array_function__(self, func, types, args, kwargs):
        return "stock"

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return "stock"

def diagonal(x, /, *, offset=0, axis1=0, axis2=1):
    return "diagonal", offset
"""


@pytest.fixture
def fake(tmp_path, run_python):
    """Run a program that finds a stand-in for sparse; `source` is what its module holds."""

    def run(program: str, source: str = FAKE) -> str:
        package = tmp_path / "sparse"
        package.mkdir(exist_ok=True)
        (package / "__init__.py").write_text(source)
        (package / "part.py").write_text("")
        (package / "data.txt").write_text("data")
        return run_python(HEAD.format(path=str(tmp_path)) + textwrap.dedent(program))

    return run


class TestLateImport:
    """The real libraries."""

    @pytest.mark.parametrize(
        "statement",
        [
            "import dask.array as da",
            "from dask import array as da",
            "import dask.array.linalg; da = dask.array",
        ],
    )
    def test_dask(self, run_python, statement):
        pytest.importorskip("dask.array")
        run_python(f"""
import sys
import numpy as np, arrayproto
arrayproto.activate("dask")
assert "dask" not in sys.modules
assert arrayproto.status().waiting == ("dask",), arrayproto.status()
{statement}
import numpy.polynomial
assert arrayproto.status().active == ("dask",), arrayproto.status()
assert arrayproto.status().waiting == ()
assert not any("arrayproto" in type(f).__module__ for f in sys.meta_path), "nothing to wait for"
x = da.ones((2, 2), chunks=1)
assert type(x).__array_function__.__module__ == "arrayproto.mixins"
assert isinstance(np.take(x, [0]), da.Array) and np.take(x, [0]).shape == (1,)
arrayproto.deactivate()
assert type(x).__array_function__.__module__ == "dask.array.core"
""")

    def test_sparse(self, run_python):
        pytest.importorskip("sparse")
        run_python("""
import numpy as np, arrayproto
arrayproto.activate()
import sparse
assert "sparse" in arrayproto.status().active
x = sparse.COO.from_numpy(np.eye(2))
assert np.array_equal(np.flip(x, 0).todense(), [[0, 1], [1, 0]])
assert not np.isfortran(x)
""")

    def test_cupy_imports_without_a_gpu(self, run_python):
        pytest.importorskip("cupy")
        run_python("""
import arrayproto
arrayproto.activate("cupy")
import cupy
assert arrayproto.status().active == ("cupy",)
assert cupy.ndarray.__array_function__.__module__ == "arrayproto.mixins"
arrayproto.deactivate()
assert "arrayproto" not in str(cupy.ndarray.__array_function__.__objclass__)
""")

    def test_before_and_after_are_the_same(self, run_python):
        pytest.importorskip("dask.array")
        program = """
import arrayproto
{0}
import numpy as np, dask.array as da
{1}
print(arrayproto.status())
print(da.Array.__array_function__.__qualname__, np.flip(da.arange(3), 0).compute())
"""
        activate = "arrayproto.activate('dask')"
        assert run_python(program.format(activate, "")) == run_python(program.format("", activate))


class TestNumPysOwnModules:
    """`numpy.polynomial` is imported on first use."""

    def test_imported_later(self, run_python):
        pytest.importorskip("dask.array")
        run_python("""
import sys
import numpy as np, dask.array as da
import arrayproto
stock = list(sys.meta_path)
loaded = "numpy.polynomial" in sys.modules
arrayproto.activate("dask")
assert loaded or "numpy.polynomial" not in sys.modules
assert loaded or len(sys.meta_path) == len(stock) + 1
chebval = np.polynomial.chebyshev.chebval
assert "numpy.polynomial.chebyshev.chebval" in arrayproto.status().functions
assert sys.meta_path == stock
assert isinstance(chebval(da.ones(3), [1, 2]), da.Array)
arrayproto.deactivate()
assert np.polynomial.chebyshev.chebval is chebval._original
assert np.polynomial.polynomial.polytrim is np.polynomial.polyutils.trimcoef
assert type(np.polynomial.polynomial.polytrim) is type(lambda: 0)
""")

    def test_arrayproto_does_not_import_it(self, run_python):
        run_python("""
import sys
import numpy as np
stock = "numpy.polynomial" in sys.modules
import arrayproto
arrayproto.activate()
assert ("numpy.polynomial" in sys.modules) is stock
""")


class TestWatcher:
    def test_activates_when_the_import_is_complete(self, fake):
        fake("""
        arrayproto.activate("sparse")
        assert sys.meta_path[1:] == stock
        import sparse
        assert arrayproto.status().active == ("sparse",)
        assert np.diagonal(sparse.SparseArray(), 3) == ("diagonal", 3)
        assert sys.meta_path == stock
        """)

    def test_within_a_block(self, fake):
        fake("""
        with arrayproto.activated("sparse"):
            import sparse
            assert arrayproto.status().active == ("sparse",)
        assert np.diagonal(sparse.SparseArray(), 3) == "stock"
        assert sys.meta_path == stock
        """)

    def test_not_after_deactivate(self, fake):
        fake("""
        arrayproto.activate("sparse")
        arrayproto.deactivate()
        import sparse
        assert arrayproto.status() == arrayproto.Status((), (), {}, {}, "raise")
        assert np.diagonal(sparse.SparseArray(), 3) == "stock"
        """)

    def test_the_module_sees_nothing_of_it(self, fake):
        program = """
        {0}
        import sparse, importlib.resources
        spec = sparse.__spec__
        assert spec.loader is sparse.__loader__
        assert not spec._initializing
        print(type(spec.loader), spec.origin, spec.submodule_search_locations, spec.cached)
        print(sorted(vars(sparse)), sparse.__file__, sparse.__path__)
        print(importlib.resources.files("sparse").joinpath("data.txt").read_text())
        import inspect; print(inspect.getsource(sparse.diagonal))
        """
        assert fake(program.format("arrayproto.activate('sparse')")) == fake(program.format(""))

    def test_an_import_that_fails_halfway(self, fake):
        fake(
            """
            arrayproto.activate("sparse")
            try:
                import sparse
            except ImportError as error:
                assert str(error) == "halfway", error
            else:
                raise AssertionError
            assert "sparse" not in sys.modules
            assert arrayproto.status().waiting == ("sparse",), arrayproto.status()
            assert sys.meta_path[1:] == stock
            # The user mends it, and tries again.
            sys.halfway = False
            import sparse
            assert arrayproto.status().active == ("sparse",), arrayproto.status()
            assert np.diagonal(sparse.SparseArray(), 3) == ("diagonal", 3)
            arrayproto.deactivate()
            assert sys.meta_path == stock
            """,
            FAKE + "\nimport sys\nif getattr(sys, 'halfway', True): raise ImportError('halfway')",
        )

    def test_activate_in_the_middle_of_the_import(self, fake):
        """A library whose own code activates us is not complete yet."""
        fake(
            """
            import sparse
            assert sparse.during == (), sparse.during
            arrayproto.activate("sparse")
            assert arrayproto.status().active == ("sparse",)
            """,
            "import arrayproto; arrayproto.activate('sparse'); during = arrayproto.status().active"
            + FAKE,
        )

    def test_a_submodule_alone_imports_the_package(self, fake):
        fake("""
        arrayproto.activate("sparse")
        import sparse.part
        assert arrayproto.status().active == ("sparse",)
        """)

    def test_a_module_that_is_not_there(self, run_python):
        run_python("""
import sys
sys.path[:] = [p for p in sys.path if "site-packages" not in p] + [p for p in sys.path if "site-packages" in p]
import arrayproto
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "sparse":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hide())
arrayproto.activate("sparse")
try:
    import sparse
except ModuleNotFoundError as error:
    assert error.name == "sparse"
else:
    raise AssertionError
assert arrayproto.status().waiting == ("sparse",)
""")

    def test_looking_does_not_import(self, fake):
        fake("""
        import importlib.util
        arrayproto.activate("sparse")
        spec = importlib.util.find_spec("sparse")
        assert spec.origin.endswith("__init__.py")
        assert spec.loader.is_package("sparse")
        assert "sparse" not in sys.modules
        assert arrayproto.status().waiting == ("sparse",)
        assert importlib.util.find_spec("no_such_module") is None
        """)

    def test_reload(self, fake):
        """The class of before the reload stays as it is; the program calls activate() again."""
        fake("""
        import importlib
        arrayproto.activate("sparse")
        import sparse
        importlib.reload(sparse)
        assert arrayproto.status().active == ("sparse",)
        arrayproto.deactivate()
        assert sys.meta_path == stock
        """)

    def test_reload_of_the_real_one(self, run_python):
        """Its array class lives in another module, so it is the same after as before."""
        pytest.importorskip("dask.array")
        run_python("""
import importlib, arrayproto, dask.array as da, numpy as np
before = dict(vars(da.Array))
arrayproto.activate("dask")
importlib.reload(da)
assert da.Array.__array_function__.__module__ == "arrayproto.mixins"
assert isinstance(np.flip(da.arange(3), 0), da.Array)
arrayproto.deactivate()
assert all(vars(da.Array)[k] is before[k] for k in before)
""")

    def test_a_class_that_cannot_be_patched_does_not_break_the_import(self, fake):
        fake(
            """
            arrayproto.activate("sparse", "dask")
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                import sparse
            (warning,) = caught
            assert warning.category is arrayproto.ArrayProtoWarning
            assert "sparse.SparseArray" in str(warning.message)
            status = arrayproto.status()
            assert (status.active, status.waiting) == ((), ("dask",)), status
            # What comes later does not stumble over it, until the user names it again.
            with arrayproto.activated("dask"):
                pass
            try:
                arrayproto.activate("sparse")
            except arrayproto.ActivationError:
                pass
            else:
                raise AssertionError
            arrayproto.deactivate()
            assert sys.meta_path == stock
            """,
            "SparseArray = complex",
        )

    def test_other_finders_come_and_go(self, fake):
        fake("""
        class Other:
            seen = []
            def find_spec(self, name, path=None, target=None):
                self.seen.append(name)
        arrayproto.activate("sparse")
        other = Other()
        sys.meta_path.insert(0, other)
        import sparse
        assert arrayproto.status().active == ("sparse",)
        assert "sparse" in other.seen
        assert sys.meta_path == [other, *stock]
        """)

    def test_threads_that_import_at_once(self, fake):
        fake(
            """
            import threading
            arrayproto.activate("sparse")
            seen = []
            def work():
                import sparse
                seen.append(np.diagonal(sparse.SparseArray(), 3))
            threads = [threading.Thread(target=work) for _ in range(8)]
            [t.start() for t in threads]; [t.join(10) for t in threads]
            assert seen == [("diagonal", 3)] * 8, seen
            """,
            "import time; time.sleep(0.1)\n" + FAKE,
        )


def test_optimised_interpreter(run_python):
    """Docstrings and asserts are gone under -OO: what NumPy dispatches works all the same."""
    if importlib.util.find_spec("dask") is None:
        pytest.skip("needs dask")
    out = run_python(
        "import arrayproto; arrayproto.activate()\n"
        "import numpy as np, dask.array as da\n"
        "print(type(np.flip(da.arange(3), 0)).__name__, 'dask' in arrayproto.status().active)",
        "-OO",
    )
    assert out == "Array True\n"
