"""`arrayproto.using`: on, off, for whom, and exactly as it was."""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import inspect
import pickle
import sys
import threading
import types
import warnings

import numpy as np
import pytest

import arrayproto
from arrayproto.creation import callsite, rebound, using_everywhere
from arrayproto.libraries import get_library
from tests.creation.libraries import using

pytest.importorskip("torch")
pytest.importorskip("dask.array")


def is_torch(array) -> bool:
    return type(array).__module__ == "torch"


def namespaces() -> dict:
    return {
        module: dict(vars(sys.modules[module]))
        for prefix in ("", "arrayproto.")
        for module in (prefix + name for name in rebound.NAMES)
        if module in sys.modules
    }


def program(source: str, file: str = "/home/somebody/program.py", **names) -> dict:
    """A module of a program, or of a package, by the path of its file."""
    names = {"np": np, "__name__": "program", **names}
    exec(compile(source, file, "exec"), names)
    return names


class TestContext:
    def test_is_undone_by_identity(self):
        import arrayproto.numpy  # noqa: F401

        with arrayproto.using("torch"):
            pass
        before = namespaces()
        with arrayproto.using("torch"):
            assert vars(np)["zeros"] is not before["numpy"]["zeros"]
        after = namespaces()
        for module, held in before.items():
            assert held.keys() == after[module].keys()
            assert all(held[name] is after[module][name] for name in held), module

    def test_nests(self):
        with arrayproto.using("torch"):
            assert is_torch(np.zeros(2))
            with arrayproto.using("dask"):
                assert hasattr(np.zeros(2), "dask")
                with arrayproto.using("numpy"):
                    assert type(np.zeros(2)) is np.ndarray
                    assert type(np.mgrid[0:2]) is np.ndarray
            assert is_torch(np.zeros(2))
        assert type(np.zeros(2)) is np.ndarray

    def test_is_left_by_an_error(self):
        with pytest.raises(ZeroDivisionError):
            with arrayproto.using("torch"):
                1 / 0
        assert type(np.zeros) is not rebound._Following

    def test_activates_the_library(self):
        with arrayproto.using("torch"):
            assert arrayproto.status().active == ("torch",)
            assert is_torch(np.flip(np.arange(3)))
        assert arrayproto.status().active == ()

    def test_the_status_tells(self):
        assert arrayproto.status().creation == ()
        with arrayproto.using("torch"):
            status = arrayproto.status()
            assert {"numpy.zeros", "numpy.mgrid", "numpy.random.default_rng"} <= set(
                status.creation
            )
            assert "to make the arrays of using()" in str(status)

    def test_as_a_decorator(self):
        @arrayproto.using("torch")
        def make():
            return np.ones(3)

        assert is_torch(make())
        assert is_torch(make())
        assert type(np.ones(3)) is np.ndarray

    @pytest.mark.parametrize("given", ["torhc", None])
    def test_an_unknown_library(self, given):
        before = namespaces()
        with pytest.raises((ValueError, TypeError)):
            with arrayproto.using(given):
                pass
        assert namespaces() == before

    def test_a_library_that_is_not_installed(self, monkeypatch):
        before = np.zeros
        monkeypatch.setitem(sys.modules, "cupy", None)
        with pytest.raises(ModuleNotFoundError, match="cupy is not installed, .*; install it"):
            with arrayproto.using("cupy"):
                pass
        assert np.zeros is before

    def test_what_a_library_needs_is_not_installed(self, monkeypatch, tmp_path):
        (tmp_path / "needing.py").write_text("import nowhere_to_be_found")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setattr(get_library("cupy"), "module", "needing")
        with pytest.raises(ModuleNotFoundError, match="^No module named 'nowhere_to_be_found'$"):
            with arrayproto.using("cupy"):
                pass

    def test_an_option_that_is_none(self):
        with pytest.raises(TypeError, match=r"torch has no option 'chunks'; it has device, dtype"):
            with arrayproto.using("torch", chunks=3):
                pass
        with pytest.raises(TypeError, match="NumPy takes no options"):
            with arrayproto.using("numpy", dtype="f4"):
                pass
        with pytest.raises(ValueError, match="floating-point one, not int64"):
            with arrayproto.using("torch", dtype=int):
                pass

    def test_what_others_have_patched_is_left_alone_and_named(self):
        def theirs(shape):
            return "theirs"

        own = np.zeros
        try:
            with pytest.warns(arrayproto.ArrayProtoWarning, match=r"numpy\.zeros was replaced by"):
                with arrayproto.using("torch"):
                    np.zeros = theirs
            assert np.zeros is theirs
        finally:
            np.zeros = own

    def test_arrays_live_on(self):
        with arrayproto.using("torch"):
            x, rng = np.ones(3), np.random.default_rng(0)
        assert is_torch(x + 1)
        assert is_torch(rng.normal(size=2)), "a generator is an object of the library's too"


class TestThreadsAndTasks:
    def test_another_thread_has_numpys(self):
        with arrayproto.using("torch"), concurrent.futures.ThreadPoolExecutor() as pool:
            assert type(pool.submit(lambda: np.zeros(2)).result()) is np.ndarray

    def test_unless_it_is_bound(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            with arrayproto.using("torch"):
                bound = arrayproto.bind(lambda n: np.zeros(n))
                made = list(pool.map(bound, range(4)))
            assert all(map(is_torch, made))
            assert type(pool.submit(lambda: np.zeros(2)).result()) is np.ndarray

    def test_each_thread_its_own(self):
        both = threading.Barrier(2)

        def make(name):
            with arrayproto.using(name):
                both.wait(30)
                made = [np.zeros(2), np.arange(3)]
                both.wait(30)
            return {type(x).__module__.partition(".")[0] for x in made}

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            assert list(pool.map(make, ["torch", "dask"])) == [{"torch"}, {"dask"}]
        assert type(np.zeros) is not rebound._Following

    def test_each_task_its_own(self):
        async def make(name):
            with arrayproto.using(name):
                await asyncio.sleep(0)
                x = np.zeros(2)
                await asyncio.sleep(0)
                return type(x).__module__.partition(".")[0]

        async def main():
            return await asyncio.gather(make("torch"), make("numpy"), make("dask"))

        assert asyncio.run(main()) == ["torch", "numpy", "dask"]

    def test_everywhere_but_where_the_library_works_on_parts(self):
        import dask.array as da

        seen = []

        def block(x):
            seen.append(type(np.zeros(2)))
            return x

        with using_everywhere("dask"), concurrent.futures.ThreadPoolExecutor() as pool:
            assert hasattr(np.zeros(2), "dask")
            assert hasattr(pool.submit(lambda: np.zeros(2)).result(), "dask")
            da.ones(4, chunks=2).map_blocks(block, dtype=float, meta=np.ones(0)).compute(
                scheduler="threads"
            )
            with arrayproto.using("numpy"):
                assert type(np.zeros(2)) is np.ndarray
                assert type(np.r_[0:2]) is np.ndarray
        assert set(seen) == {np.ndarray}
        assert type(np.zeros(2)) is np.ndarray


class TestForWhom:
    SOURCE = "def make():\n    return np.zeros(2)\n"

    @pytest.mark.parametrize(
        ("file", "name", "sees"),
        [
            ("/home/somebody/program.py", "program", True),
            ("<stdin>", "__main__", True),
            ("<string>", "made_by_exec", True),
            ("/usr/lib/python3/dist-packages/other/core.py", "other.core", False),
            (np.__file__.replace("numpy", "other"), "other", False),
            (inspect.__file__, "inspect", False),
            ("<frozen importlib._bootstrap>", "importlib._bootstrap", False),
            ("/home/somebody/numpy/fork.py", "numpy.fork", False),
            ("/home/somebody/torch/fork.py", "torch.fork", False),
            ("/home/somebody/arrayproto/a.py", "arrayproto.a", False),
        ],
    )
    def test_by_the_file(self, file, name, sees):
        make = program(self.SOURCE, file, __name__=name)["make"]
        with arrayproto.using("torch"):
            assert is_torch(make()) == sees

    def test_packages_that_were_named(self):
        file = np.__file__.replace("numpy", "mine")
        make = program(self.SOURCE, file, __name__="mine.core")["make"]
        with arrayproto.using("torch", packages=["mine"]):
            assert is_torch(make())
            with arrayproto.using("torch"):
                assert not is_torch(make())

    def test_code_of_a_module_that_has_a_file(self):
        module = types.ModuleType("other")
        module.__file__ = np.__file__
        sys.modules["other"] = module
        try:
            make = program(self.SOURCE, "<string>", __name__="other")["make"]
            with arrayproto.using("torch"):
                assert not is_torch(make())
        finally:
            del sys.modules["other"]

    def test_numpys_own_code(self):
        with arrayproto.using("torch"):
            # These make arrays inside NumPy.
            assert type(np.linalg.norm([3.0, 4.0])) is np.float64
            assert type(np.histogram([1, 2, 2], bins=2)[1]) is np.ndarray
            assert type(np.polynomial.Polynomial([1, 2]).coef) is np.ndarray

    def test_compiled_code_that_the_program_calls(self):
        """numpy.random is written in Cython: the program's frame is the nearest one."""
        stock = np.random.Generator(np.random.PCG64(0))
        state = stock.bit_generator.state
        expected = np.random.Generator(np.random.PCG64(0)).normal(size=(2, 2))
        with arrayproto.using("torch"):
            assert stock.bit_generator.state == state, "its getter reads memory"
            assert pickle.dumps(stock)
            made = stock.normal(size=(2, 2))
            stock.normal(size=np.empty((2, 2)).shape)
        assert type(made) is np.ndarray
        np.testing.assert_array_equal(made, expected)

    def test_however_the_program_calls(self):
        make = np.zeros  # taken before: it is NumPy's still
        with arrayproto.using("torch"):
            held = types.SimpleNamespace(make=np.zeros)
            one = np.zeros
            ways = [
                one(2), held.make(2), functools.partial(np.zeros, 2)(),
                *map(np.zeros, [2]), (lambda f: f(2))(np.zeros), np.zeros(*[2]), np.zeros(shape=2),
                np.zeros(np.zeros(2).shape[0]), [np.zeros(2) for _ in range(1)][0],
                np.zeros(
                    2
                ).reshape(2),
            ]  # fmt: skip
            assert all(map(is_torch, ways))
            assert type(make(2)) is np.ndarray

    def test_without_positions_all_calls_count(self, run_python):
        source = (
            "import numpy as np, arrayproto\n"
            "with arrayproto.using('torch'):\n"
            "    print(type(np.zeros(2)).__module__)"
        )
        assert run_python(source, "-X", "no_debug_ranges").strip() == "torch"

    def test_a_call_site_is_looked_at_once(self, monkeypatch):
        seen = []
        calls = callsite.calls
        monkeypatch.setattr(callsite, "calls", lambda *a: seen.append(a) or calls(*a))
        with arrayproto.using("torch"):
            for _ in range(5):
                np.zeros(2)
        assert len(seen) == 1


class TestTheObjects:
    def test_compare_and_hash_like_numpys(self):
        own = {name: getattr(np, name) for name in ("zeros", "array", "linspace", "eye")}
        table = {function: name for name, function in own.items()}
        with arrayproto.using("torch"):
            for name, function in own.items():
                ours = getattr(np, name)
                assert ours == function
                assert table[ours] == name
                assert ours.__name__ == name
                assert ours.__module__ == "numpy"
                assert ours.__doc__ == function.__doc__
                assert inspect.signature(ours) == inspect.signature(function)
                assert repr(function) in repr(ours)

    def test_pickle_by_public_name(self):
        with arrayproto.using("torch"):
            held = [np.zeros, np.random.normal, np.random.default_rng, np.memmap]
            inside = pickle.dumps([*held, np.mgrid])
            assert b"arrayproto" not in inside
        own = [np.zeros, np.random.normal, np.random.default_rng, np.memmap]
        assert pickle.loads(inside)[:4] == own
        assert type(pickle.loads(inside)[4]) is type(np.mgrid)
        assert pickle.loads(pickle.dumps(held)) == own

    def test_what_was_kept_calls_numpys_afterwards(self):
        with arrayproto.using("torch"):
            zeros, rng, memmap = np.zeros, np.random.default_rng, np.memmap
        assert type(zeros(2)) is np.ndarray
        assert type(rng(0)) is np.random.Generator
        assert issubclass(np.memmap, memmap)

    def test_classes_are_still_classes(self):
        stock = np.random.Generator(np.random.PCG64(1))
        with arrayproto.using("torch"):
            rng = np.random.default_rng(0)
            assert isinstance(rng, np.random.Generator)
            assert isinstance(stock, np.random.Generator)
            assert isinstance(np.random.RandomState(0), (int, np.random.RandomState))
            assert not isinstance(3, np.random.Generator)
            assert issubclass(type(stock), np.random.Generator)

            class Mine(np.random.Generator):
                pass

            assert issubclass(Mine, type(stock))
            assert isinstance(stock, np.random.Generator | None)

    def test_numpys_function_is_what_gets_dispatched(self):
        seen = []

        class Duck:
            def __array_function__(self, func, types, args, kwargs):
                seen.append(func)
                return "duck"

        own = np.linspace
        with arrayproto.using("torch"):
            assert np.linspace(Duck(), 1) == "duck"
            assert np.zeros(3, like=Duck()) == "duck"
        assert seen[0] is own


class TestTheExplicitNamespace:
    def test_follows(self):
        import arrayproto.numpy as anp

        assert type(anp.zeros(2)) is np.ndarray
        with arrayproto.using("torch"):
            assert is_torch(anp.zeros(2))
            assert is_torch(anp.linspace(0, 1, 3))
            assert is_torch(anp.random.default_rng(0).random(2))
        assert type(anp.zeros(2)) is np.ndarray

    def test_a_function_that_is_asked_for_first_within(self, run_python):
        source = (
            "import arrayproto, arrayproto.numpy as anp\n"
            "with arrayproto.using('dask'):\n"
            "    print(type(anp.linspace(0, 1, 3)).__name__, type(anp.random.rand(3)).__name__)\n"
            "print(type(anp.linspace(0, 1, 3)).__name__)"
        )
        assert run_python(source).split() == ["Array", "Array", "ndarray"]

    def test_derived_functions_do_not(self):
        """They are written over it, and are no program."""
        sparse = pytest.importorskip("sparse")
        x = sparse.COO(np.eye(3))
        with arrayproto.using("torch"), arrayproto.activated("sparse"):
            assert isinstance(np.linspace(x, 1, 3), sparse.SparseArray)


def test_sparse_compiles_its_kernels_within():
    """numba looks NumPy's functions up by themselves."""
    pytest.importorskip("sparse")
    with using("sparse"):
        x = np.eye(4)
        y = np.tensordot(x, x, axes=1) + np.concatenate([x, x])[:4]
    assert (y.todense() == 2 * np.eye(4)).all()


def test_no_warnings_of_ours():
    with warnings.catch_warnings():
        warnings.simplefilter("error", arrayproto.ArrayProtoWarning)
        with arrayproto.using("torch"):
            np.zeros(2)
