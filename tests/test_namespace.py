"""`arrayproto.numpy`: NumPy's namespace, dispatched by us."""

from __future__ import annotations

import importlib
import inspect
import pickle
import pkgutil
import sys
import types

import numpy as np
import pytest

import arrayproto
import arrayproto.numpy as anp
from arrayproto.catalog import ALIASES, MODULES, catalog
from arrayproto.testing.subjects import staying_on_the_library
from tests.oracle import BACKENDS, assert_same, check

ENTRIES = {name: entry for name, entry in catalog().items() if entry.relevant}


def ours(dotted: str):
    value = anp
    for part in dotted.split("."):
        value = getattr(value, part)
    return value


def numpy_modules() -> dict[str, types.ModuleType]:
    """NumPy's public modules that we mirror, by the name below numpy."""
    return {
        name.removeprefix("numpy").removeprefix("."): importlib.import_module(name)
        for name in MODULES
    }


class TestContents:
    @pytest.mark.parametrize("name", ENTRIES)
    def test_functions_are_decorated(self, name):
        function = ours(name)
        entry = ENTRIES[name]
        assert function is not entry.function
        assert function._implementation is entry.function
        assert function.__name__ == name.rpartition(".")[2]
        assert function.__module__ == f"arrayproto.numpy.{name}".rpartition(".")[0]
        assert function.__doc__ == entry.function.__doc__
        if entry.signature is not None:
            assert inspect.signature(function) == inspect.signature(entry.function)
        assert pickle.loads(pickle.dumps(function)) is function

    @pytest.mark.parametrize("name", numpy_modules())
    def test_everything_else_passes_through(self, name):
        theirs = numpy_modules()[name]
        module = importlib.import_module(f"arrayproto.numpy.{name}".rstrip("."))
        decorated = {id(entry.function) for entry in catalog().values()}
        for attribute in getattr(theirs, "__all__", None) or dir(theirs):
            value = getattr(theirs, attribute)
            if attribute[0] == "_" or isinstance(value, types.ModuleType) or id(value) in decorated:
                continue
            here = getattr(module, attribute)
            # Functions of numpy.random, bound methods all, are not in the catalogue; here some
            # are decorated.
            assert here is value or getattr(here, "_implementation", None) is value, attribute

    def test_constants_dtypes_and_ufuncs(self):
        assert anp.pi is np.pi
        assert anp.newaxis is None
        assert anp.float64 is np.float64
        assert anp.ndarray is np.ndarray
        assert anp.dtype is np.dtype
        assert anp.add is np.add
        assert anp.add.reduce(np.arange(4)) == 6
        assert anp.random.Generator is np.random.Generator
        assert anp.random.default_rng(1).integers(9) == np.random.default_rng(1).integers(9)
        assert anp.polynomial.Polynomial is np.polynomial.Polynomial
        assert anp.linalg.LinAlgError is np.linalg.LinAlgError
        assert anp.__version__ == np.__version__

    @pytest.mark.parametrize("name", [n for n in numpy_modules() if n])
    def test_submodules_where_they_belong(self, name):
        module = importlib.import_module(f"arrayproto.numpy.{name}")
        assert ours(name) is module
        assert module.__name__ == f"arrayproto.numpy.{name}"

    def test_an_alias_of_a_module(self):
        for alias, name in ALIASES.items():
            assert ours(alias.removeprefix("numpy.")) is sys.modules[f"arrayproto.{name}"]

    def test_aliases_are_one_object(self):
        assert anp.concat is anp.concatenate
        assert anp.permute_dims is anp.transpose
        assert anp.linalg.norm is anp.linalg.norm

    def test_the_modules_that_numpy_has_and_no_others(self):
        found = {m.name for m in pkgutil.walk_packages(anp.__path__, "arrayproto.")}
        mirrored = {
            m.name.removeprefix("arrayproto.")
            for m in pkgutil.walk_packages(anp.__path__, "arrayproto.numpy.")
        }
        assert found
        assert mirrored == set(MODULES) - {"numpy"}

    def test_what_numpy_has_not_got(self):
        with pytest.raises(
            AttributeError, match=r"'arrayproto\.numpy' has no attribute 'tensordto'"
        ):
            anp.tensordto  # noqa: B018
        with pytest.raises(AttributeError, match="arrayproto"):
            anp.linalg.nrom  # noqa: B018
        assert not hasattr(anp, "_NoSuchThing")
        with pytest.raises(ImportError):
            from arrayproto.numpy import tensordto  # noqa: F401

    def test_what_numpy_has_removed_says_why(self):
        try:
            np.float_  # noqa: B018
        except AttributeError as error:
            with pytest.raises(AttributeError, match="removed"):
                anp.float_  # noqa: B018
            assert "removed" in str(error)
        else:
            pytest.skip("this NumPy still has it")

    def test_a_star_import(self):
        namespace: dict = {}
        exec("from arrayproto.numpy import *", namespace)
        assert namespace["tensordot"] is anp.tensordot
        assert set(np.__all__) <= set(namespace)

    def test_a_function_looked_up_while_active_is_the_same(self, run_python):
        pytest.importorskip("dask.array")
        run_python("""
import numpy as np, dask.array as da, arrayproto
original = np.isfortran
arrayproto.activate("dask")
import arrayproto.numpy as anp
assert anp.isfortran._implementation is original
arrayproto.deactivate()
assert not anp.isfortran(da.ones(2)) and not anp.isfortran(np.ones(2))
""")


class TestCompletion:
    """Editors complete it as they complete NumPy."""

    @pytest.mark.parametrize("name", numpy_modules())
    def test_dir(self, name):
        module = importlib.import_module(f"arrayproto.numpy.{name}".rstrip("."))
        assert set(dir(module)) >= set(dir(numpy_modules()[name]))
        assert dir(module) == sorted(dir(module))

    @pytest.mark.parametrize("name", numpy_modules())
    def test_all(self, name):
        theirs = numpy_modules()[name]
        module = importlib.import_module(f"arrayproto.numpy.{name}".rstrip("."))
        expected = getattr(theirs, "__all__", None) or [n for n in dir(theirs) if n[0] != "_"]
        assert list(module.__all__) == list(expected)

    def test_before_anything_was_looked_up(self, run_python):
        assert (
            run_python("import arrayproto.numpy as a, numpy as n; print(set(dir(n)) - set(dir(a)))")
            == "set()\n"
        )


# Plain arrays: NumPy's answer, whatever it is -----------------------------------------------------

MATRIX = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.0], [0.5, 0.0, 2.0]])
FORMS = {
    "()": lambda: ((), {}),
    "(m)": lambda: ((MATRIX.copy(),), {}),
    "(m, m)": lambda: ((MATRIX.copy(), MATRIX.copy()), {}),
    "(m, 1)": lambda: ((MATRIX.copy(), 1), {}),
    "(m, m, 1)": lambda: ((MATRIX.copy(), MATRIX.copy(), 1), {}),
    "([m, m])": lambda: (([MATRIX.copy(), MATRIX.copy()],), {}),
    "(m, axis=1)": lambda: ((MATRIX.copy(),), {"axis": 1}),
    "(list)": lambda: ((MATRIX.tolist(),), {}),
    "(m, spam=1)": lambda: ((MATRIX.copy(),), {"spam": 1}),
    "(7 arguments)": lambda: ((MATRIX.copy(),) * 7, {}),
}
#: They write files, or read them.
FILES = {
    "save",
    "savez",
    "savez_compressed",
    "savetxt",
    "load",
    "loadtxt",
    "genfromtxt",
    "fromfile",
    "fromregex",
}


def outcome(function, form):
    args, kwargs = FORMS[form]()
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error


class TestPlainArrays:
    @pytest.mark.filterwarnings("ignore")
    @pytest.mark.parametrize("name", [n for n in ENTRIES if n not in FILES])
    def test_as_numpy(self, name):
        function, original = ours(name), ENTRIES[name].function
        for form in FORMS:
            expected, actual = outcome(original, form), outcome(function, form)
            if isinstance(expected, Exception):
                assert type(actual) is type(expected), form
                # Python words calls that do not bind in its own way; we do not promise that.
                if not isinstance(expected, TypeError):
                    assert str(actual) == str(expected), form
            elif isinstance(expected, (np.ndarray, np.generic, int, float, str, bool)):
                assert type(actual) is type(expected), form
                if name not in ("empty_like",):
                    np.testing.assert_array_equal(actual, expected, err_msg=form)
            else:
                assert not isinstance(actual, Exception), (form, actual)
                assert type(actual) is type(expected), form

    @pytest.mark.parametrize("name", ["unique_values", "unique_all", "unique_inverse"])
    def test_what_numpys_dispatcher_takes_by_position_only(self, name):
        with pytest.raises(TypeError) as numpys:
            getattr(np, name)(x=np.ones(2))
        with pytest.raises(TypeError) as ours:
            getattr(anp, name)(x=np.ones(2))
        assert str(ours.value) == str(numpys.value)

    def test_a_default_is_not_passed_to_a_function_in_c(self):
        # np.busday_offset shows holidays=None and refuses it.
        out = np.empty((), "M8[D]")
        given = np.array("2026-11-27", "M8[D]"), np.array(1)
        assert anp.busday_offset(*given, roll="forward", out=out) is out
        assert out == np.busday_offset(*given, roll="forward")

    def test_bmat_sees_the_names_of_its_caller(self):
        A = MATRIX
        assert (anp.bmat("A,A") == np.hstack([A, A])).all()

    def test_errors_name_the_public_function(self):
        for args, kwargs in [((), {}), ((MATRIX,), {"spam": 1})]:
            with pytest.raises(TypeError, match="tensordot"):
                anp.tensordot(*args, **kwargs)

    def test_ndarray_subclasses_keep_their_type(self):
        class Mine(np.ndarray):
            pass

        assert type(anp.flip(MATRIX.view(Mine), 0)) is Mine
        assert type(anp.ma.masked_array([1, 2], [0, 1]).sum()) is not None
        assert isinstance(anp.concatenate([np.matrix([1]), np.matrix([2])]), np.matrix)


class TestWithoutActivation:
    def test_what_answers_a_class_is_remembered_once(self):
        sparse = pytest.importorskip("sparse")
        x = sparse.COO.from_numpy(np.eye(2))
        copies = arrayproto.libraries.LIBRARIES["sparse"].table.copies

        def calls():
            anp.concatenate([x, x])  # whose arguments have no type of their own
            anp.sum(a=x)  # by keyword, which the quick way does not take

        calls()
        before = len(copies)
        for _ in range(3):
            calls()
        assert len(copies) == before

    def test_what_is_remembered_is_forgotten_with_the_table(self, monkeypatch):
        sparse = pytest.importorskip("sparse")
        table = arrayproto.libraries.LIBRARIES["sparse"].table
        x = sparse.COO.from_numpy(np.eye(2))

        def answers(name):
            monkeypatch.setattr(sparse, "tensordot", lambda a, b, axes=2: name)
            return [function(x, x) for function in [np.tensordot, anp.tensordot] * 2]

        try:
            with arrayproto.activated("sparse"):
                table.clear()
                assert answers("one") == ["one"] * 4
                table.clear()
                assert answers("another") == ["another"] * 4
        finally:
            table.clear()

    def test_dispatches(self, library):
        check(lambda a, b: anp.tensordot(a, b, axes=1), MATRIX, MATRIX, library=library)
        check(anp.concatenate, [MATRIX, MATRIX], library=library)
        check(anp.flip, MATRIX, 0, library=library)
        check(anp.linalg.matmul, MATRIX, MATRIX, library=library)
        check(anp.isfortran, MATRIX, library=library)

    def test_ufuncs_and_numbers(self, library):
        check(lambda a: anp.sum(anp.multiply(a, 2)), MATRIX, library=library)

    def test_changes_nothing(self, library):
        module = BACKENDS[library].load()
        cls = arrayproto.libraries.LIBRARIES[library].cls
        before = dict(vars(cls)), dict(vars(module)), np.isfortran
        check(anp.flip, MATRIX, 0, library=library)
        check(anp.isfortran, MATRIX, library=library)
        assert dict(vars(cls)) == before[0]
        assert dict(vars(module)) == before[1]
        assert np.isfortran is before[2]
        assert arrayproto.status().active == ()

    def test_the_same_when_active(self, library):
        inactive = check(anp.flip, MATRIX, 0, library=library)
        arrayproto.activate(library)
        active = check(anp.flip, MATRIX, 0, library=library)
        assert type(active) is type(inactive)

    def test_classes_with_a_protocol_of_their_own_are_asked(self):
        class Duck:
            def __array_function__(self, func, types, args, kwargs):
                return func, types, args, kwargs

        duck = Duck()
        assert anp.sum(duck, axis=0) == (np.sum, (Duck,), (duck,), {"axis": 0})

    def test_a_subclass_of_a_librarys_class_with_a_method_of_its_own_is_asked(self):
        da = pytest.importorskip("dask.array")

        class Mine(da.Array):
            def __array_function__(self, func, types, args, kwargs):
                return "mine"

        x = da.ones(3, chunks=2)
        mine = Mine(x.dask, x.name, x.chunks, x.dtype)
        assert anp.flip(mine, 0) == "mine"

    def test_an_array_of_a_library_that_is_imported_afterwards(self, run_python):
        pytest.importorskip("dask.array")
        run_python("""
import numpy as np, arrayproto.numpy as anp
assert anp.flip(np.arange(2), 0)[0] == 1
import dask.array as da
assert isinstance(anp.take(da.ones((2, 2)), [0]), da.Array)
assert anp.take(da.ones((2, 2)), [0]).shape == (1,)
""")

    def test_what_the_library_lacks(self, library):
        from tests.test_activation import unsupported_function

        function = unsupported_function(library)
        x = BACKENDS[library].load() and BACKENDS[library].from_numpy(MATRIX)
        count = sum(p.default is p.empty for p in inspect.signature(function).parameters.values())
        with staying_on_the_library(), pytest.raises(arrayproto.UnsupportedFunctionError):
            getattr(anp, function.__name__)(*[x] * count)

    def test_mixed_with_ndarrays(self, library):
        from tests.oracle import Plain

        check(
            anp.tensordot, MATRIX, Plain(MATRIX), 1, library=library, dtype=True
        ) if library == "dask" else None
        backend = BACKENDS[library]
        backend.load()
        result = anp.tensordot(MATRIX, backend.from_numpy(MATRIX), 1)
        value = backend.to_numpy(result) if backend.is_array(result) else result
        assert_same(value, np.tensordot(MATRIX, MATRIX, 1))


def test_threads_get_one_wrapper(run_python):
    """Wrappers are made on first use: two threads that come at once get the same one."""
    run_python("""
import sys, threading
import arrayproto.numpy as anp
sys.setswitchinterval(1e-6)
found = []
barrier = threading.Barrier(8)
names = ["sum", "flip", "tensordot", "where", "concatenate", "einsum"]
def work():
    barrier.wait()
    found.append([getattr(anp, n) for n in names])
threads = [threading.Thread(target=work) for _ in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
assert len(found) == 8 and all(a is b for row in found for a, b in zip(row, found[0]))
assert found[0][0] is anp.sum
""")


def test_guests_are_found_without_activation(run_python):
    """Their classes have no protocol that NumPy's C code would see."""
    pytest.importorskip("torch")
    first = "import arrayproto.numpy as np; np.cumsum([1]); import torch"
    print_types = "print(type(np.cumsum(torch.ones(2))), type(np.stack([torch.ones(2)])))"
    assert (
        run_python(f"{first}; {print_types}") == "<class 'torch.Tensor'> <class 'torch.Tensor'>\n"
    )
