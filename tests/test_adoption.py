"""Adoption of a package: what is replaced, what stays, and exact undo."""

from __future__ import annotations

import importlib
import pickle
import sys
import textwrap
import types

import numpy as np
import pytest

import arrayproto
from arrayproto import UnsupportedFunctionError, adoption
from arrayproto.consumers import Consumer, Row, registry

sparse = pytest.importorskip("sparse")
torch = pytest.importorskip("torch")

SOURCES = {
    "__init__.py": """
        import numpy as np
        from . import work
        TABLE = {np.dot: "dot"}
        """,
    "work.py": """
        import numpy
        import numpy as np
        import numpy.linalg as la
        from numpy import add, asarray, ndarray, tensordot
        from numpy.linalg import norm

        def coerce(x, dtype=None):
            return np.asarray(x, dtype=dtype)

        def is_array(x):
            return isinstance(x, np.ndarray), isinstance(x, (list, ndarray))

        def copies(x):
            return np.array(x), np.array(x, copy=False), np.ascontiguousarray(x), np.require(x)

        def joined(x):
            return np.array([x, x])

        def dtypes(x):
            return np.dtype(x.dtype), np.finfo(x.dtype).bits, np.issubdtype(x.dtype, np.floating)

        def promoted(x):
            return np.result_type(x.dtype, np.int8), np.can_cast(x.dtype, np.complex128)

        def zeros(x, n=2):
            return np.zeros(n, dtype=x.dtype)

        def scaled(x, *, factor=np.add):
            return tensordot(x, x, axes=1), norm(x), add(x, 1)

        class Methods:
            exp = staticmethod(np.exp)

            def double(self, x):
                return np.multiply(x, 2)

        def closing(function):
            def closed(x):
                return function(x)
            return closed

        summed = closing(np.sum)
        """,
    "copying.py": """
        from .work import *
        from .work import add, closing, tensordot

        closed = closing(add)

        class Here:
            add = staticmethod(add)
        """,
    "part/__init__.py": "import numpy as np\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A fresh package that is written for NumPy; its name."""
    name = "for_numpy"
    for path, source in SOURCES.items():
        file = tmp_path / name / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(textwrap.dedent(source), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    arrayproto.disown()
    for module in [m for m in sys.modules if m.partition(".")[0] == name]:
        del sys.modules[module]


@pytest.fixture
def work(package):
    return importlib.import_module(f"{package}.work")


def held(module):
    return {name: value for name, value in vars(module).items() if not name.startswith("__")}


class TestUndo:
    def test_by_identity(self, package, work):
        before, methods = held(work), dict(vars(work.Methods))
        cell = work.summed.__closure__[0].cell_contents
        arrayproto.adopt(package)
        assert work.np is not np
        assert work.la is not np.linalg
        assert work.summed.__closure__[0].cell_contents is not cell
        arrayproto.disown(package)
        after = held(work)
        assert after.keys() == before.keys()
        assert all(after[name] is before[name] for name in before)
        assert dict(vars(work.Methods)) == methods
        assert vars(work.Methods)["exp"] is methods["exp"]
        assert work.summed.__closure__[0].cell_contents is cell
        assert not any(adoption._state.watcher is finder for finder in sys.meta_path)

    def test_is_idempotent(self, package, work):
        arrayproto.adopt(package)
        adopted = held(work)
        arrayproto.adopt(package)
        assert held(work) == adopted
        arrayproto.disown()
        assert work.np is np

    def test_contexts_overlap_in_any_order(self, package, work):
        first, second = arrayproto.adopted(package), arrayproto.adopted(package)
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert work.np is not np
        second.__exit__(None, None, None)
        assert work.np is np

    def test_a_context_leaves_what_was_adopted(self, package, work):
        arrayproto.adopt(package)
        with arrayproto.adopted(package):
            pass
        assert work.np is not np

    def test_what_others_changed_is_left_alone(self, package, work):
        arrayproto.adopt(package)
        mine = types.ModuleType("mine")
        work.np = mine
        with pytest.warns(arrayproto.ArrayProtoWarning, match=r"for_numpy.work.np was replaced"):
            arrayproto.disown()
        assert work.np is mine
        assert work.numpy is np

    def test_after_an_error_in_a_context(self, package, work):
        with pytest.raises(ZeroDivisionError), arrayproto.adopted(package):
            1 / 0  # noqa: B018
        assert work.np is np


class TestWhatIsAdopted:
    def test_before_the_import(self, package):
        arrayproto.adopt(package)
        work = importlib.import_module(f"{package}.work")
        assert work.coerce(torch.ones(2)).__class__ is torch.Tensor
        arrayproto.disown()
        assert work.np is np

    def test_what_a_module_copies_while_it_is_imported(self, package):
        arrayproto.adopt(package)
        copying = importlib.import_module(f"{package}.copying")
        assert copying.coerce(torch.ones(2)).__class__ is torch.Tensor
        assert copying.tensordot is not np.tensordot
        arrayproto.disown()
        assert copying.tensordot is np.tensordot
        assert copying.closed.__closure__[0].cell_contents is np.add
        assert copying.Here.add is np.add
        assert "isinstance" not in vars(copying)

    def test_only_the_part_that_is_named(self, package, work):
        part = importlib.import_module(f"{package}.part")
        with arrayproto.adopted(f"{package}.part"):
            assert part.np is not np
            assert work.np is np

    def test_numpy_and_others_stay(self, package, work):
        everything = {name: id(value) for name, value in vars(np).items()}
        here = np.asarray
        with arrayproto.adopted(package):
            work.coerce([1])
            assert {name: id(value) for name, value in vars(np).items()} == everything
            assert globals()["np"] is sys.modules["numpy"]
            assert here is np.asarray

    def test_status(self, package, work):
        assert arrayproto.status().adopted == {}
        with arrayproto.adopted(package):
            status = arrayproto.status()
            assert status.adopted[package] > 8
            assert f"adopted: {package}" in str(status)

    def test_tables_keyed_on_numpys_functions(self, package, work):
        table = importlib.import_module(package).TABLE
        with arrayproto.adopted(package):
            assert table[work.np.dot] == "dot"
            assert work.np.dot == np.dot
            assert work.np.exp == np.exp
            assert pickle.loads(pickle.dumps(work.tensordot)) is np.tensordot
            assert pickle.loads(pickle.dumps(work.add)) is np.add

    @pytest.mark.parametrize("name", ["numpy", "numpy.linalg", "sparse", "arrayproto", "torch"])
    def test_not_what_is_called(self, name):
        with pytest.raises(ValueError, match=name.partition(".")[0]):
            arrayproto.adopt(name)

    def test_takes_names(self):
        with pytest.raises(TypeError, match="names of packages"):
            arrayproto.adopt()
        with pytest.raises(ValueError, match="fallback must be 'raise' or 'convert'"):
            arrayproto.adopt("x", fallback="warn")


MAKE = {
    "sparse": lambda array: sparse.COO.from_numpy(array),
    "torch": lambda array: torch.from_numpy(array.copy()),
    "dask": lambda array: pytest.importorskip("dask.array").from_array(array),
    "jax": lambda array: pytest.importorskip("jax.numpy").asarray(array),
}


@pytest.fixture(params=list(MAKE))
def x(request):
    return MAKE[request.param](np.eye(3, dtype=np.float32))


@pytest.fixture
def adopted(package, work):
    with arrayproto.adopted(package):
        yield work


class TestInAnAdoptedPackage:
    def test_coercion_keeps(self, adopted, x):
        assert adopted.coerce(x) is x
        assert adopted.asarray(x) is x
        assert all(type(found) is type(x) for found in adopted.copies(x))
        copied, *kept = adopted.copies(x)
        assert copied is not x or "jax" in type(x).__module__  # which nobody can write to
        assert all(found is x for found in kept)

    def test_with_the_dtype(self, adopted, x):
        found = adopted.coerce(x, np.int16)
        assert type(found) is type(x)
        assert adopted.np.dtype(found.dtype) == np.int16

    def test_a_list_of_arrays_is_one(self, adopted, x):
        found = adopted.joined(x)
        assert type(found) is type(x)
        assert tuple(found.shape) == (2, 3, 3)

    def test_isinstance(self, adopted, x):
        assert adopted.is_array(x) == (True, True)
        assert adopted.is_array(np.ones(1)) == (True, True)
        assert adopted.is_array([1]) == (False, True)
        assert adopted.is_array("x") == (False, False)
        assert not isinstance(x, np.ndarray)

    def test_dtypes(self, adopted, x):
        assert adopted.dtypes(x) == (np.float32, 32, True)
        assert adopted.promoted(x) == (np.float32, True)
        assert adopted.zeros(x).dtype == np.float32
        assert isinstance(np.dtype("f4"), adopted.np.dtype)

    def test_functions_ask_without_activation(self, adopted, x):
        assert all(type(found) is type(x) for found in adopted.scaled(x))
        assert type(adopted.Methods.exp(x)) is type(x)
        assert type(adopted.Methods().double(x)) is type(x)
        assert type(adopted.summed(x)) is type(x)

    def test_ndarrays_as_ever(self, adopted):
        a = np.eye(3, dtype=np.float32)
        assert adopted.coerce(a) is a
        product, norm, sums = adopted.scaled(a)
        np.testing.assert_array_equal(product, a)
        assert norm == np.linalg.norm(a)
        np.testing.assert_array_equal(sums, a + 1)
        assert adopted.np.add.reduce([1, 2]) == 3
        assert adopted.np.add.nin == 2
        assert adopted.np.random is np.random
        assert adopted.np.pi is np.pi

    def test_strangers_are_refused(self, adopted):
        class Stranger:
            def __array_ufunc__(self, *args, **kwargs):
                return NotImplemented

        with pytest.raises(TypeError, match="returned NotImplemented"):
            adopted.np.add(torch.ones(1), Stranger())

    def test_methods_of_ufuncs(self, adopted, x):
        found = adopted.np.add.reduce(x, dtype=np.float32)
        assert type(found) is type(x)
        assert adopted.np.dtype(found.dtype) == np.float32


class TestFollow:
    def test_off_by_default(self, adopted, x):
        assert type(adopted.zeros(x)) is np.ndarray

    def test_like_the_argument(self, package, work, x):
        with arrayproto.adopted(package, follow=True):
            for _ in range(2):  # what is called first is made ready then
                assert type(work.zeros(x)) is type(x)
            assert type(work.zeros(np.ones(2))) is np.ndarray


class TestDevices:
    def test_of_a_library(self, adopted):
        found = adopted.np.zeros(2, device=torch.device("cpu"))
        assert type(found) is torch.Tensor
        assert type(adopted.np.asarray([1.0], device=torch.device("cpu"))) is torch.Tensor

    def test_numpys_own(self, adopted):
        assert type(adopted.np.zeros(2, device="cpu")) is np.ndarray
        for make in (adopted.np.zeros, adopted.np.asarray):
            with pytest.raises(ValueError, match="Device not understood"):
                make(2, device="gpu")


class TestCompiled:
    @pytest.fixture
    def signal(self):
        return pytest.importorskip("scipy.signal")

    def test_raises(self, signal):
        with arrayproto.adopted("scipy.signal"):
            with pytest.raises(UnsupportedFunctionError, match=r"compiled code.*torch.Tensor"):
                signal.lfilter([1.0], [1.0, 0.5], torch.ones(3))

    def test_converts_where_asked(self, signal):
        wanted = signal.lfilter([1.0], [1.0, 0.5], np.ones(3))
        ones = sparse.COO.from_numpy(np.ones(3))
        with arrayproto.adopted("scipy.signal", fallback="convert"):
            with pytest.warns(
                arrayproto.ArrayProtoWarning, match=r"_linear_filter copied \d+ bytes"
            ):
                found = signal.lfilter([1.0], [1.0, 0.5], ones)
        np.testing.assert_array_equal(found.todense(), wanted)

    def test_ufuncs_that_a_library_has(self):
        special = pytest.importorskip("scipy.special")
        x = torch.tensor([0.0, 1.0])
        with arrayproto.adopted("scipy.special"):
            assert torch.equal(special.expit(x), torch.special.expit(x))
            assert torch.equal(special.expit(arrayproto.asduck(x)).native, torch.special.expit(x))
            with pytest.raises(UnsupportedFunctionError, match="ufunc voigt_profile"):
                special.voigt_profile(x, 1.0, 1.0)

    def test_ndarrays_as_ever(self, signal):
        from scipy.special import expit

        with arrayproto.adopted("scipy"):
            np.testing.assert_array_equal(signal.lfilter([1.0], [1.0], np.ones(3)), np.ones(3))
        assert type(expit) is np.ufunc


class TestConsumers:
    def test_shipped_by_others(self, package, work, monkeypatch):
        consumer = Consumer(
            package, rows={f"{package}.work": (Row("coerce", lambda original, np_: np_.ravel),)}
        )
        entry_point = types.SimpleNamespace(
            name=package, value="theirs:consumer", dist=None, load=lambda: consumer
        )
        monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [entry_point])
        registry._shipped.cache_clear()
        original = work.coerce
        try:
            with arrayproto.adopted(package):
                assert work.coerce(torch.ones(2, 2)).shape == (4,)
            assert work.coerce is original
        finally:
            registry._shipped.cache_clear()

    def test_that_do_not_load_are_told(self, package, work, monkeypatch):
        def load():
            raise ImportError("no such module")

        entry_point = types.SimpleNamespace(name=package, value="theirs:x", dist=None, load=load)
        monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [entry_point])
        registry._shipped.cache_clear()
        try:
            with pytest.warns(arrayproto.ArrayProtoWarning, match="does not load"):
                arrayproto.adopt(package)
        finally:
            registry._shipped.cache_clear()

    def test_code_outside_is_the_identical_code(self):
        """Not a nanosecond: no other module, function or class is another than before."""
        scipy_signal = pytest.importorskip("scipy.signal")
        others = ("dask", "jax", "numpy", "pandas", "sparse", "tensorly", "torch", "xarray")
        outside = [m for n, m in sys.modules.items() if n.partition(".")[0] in others]
        before = [dict(vars(module)) for module in outside]
        code = [
            (value, value.__code__)
            for names in before
            for value in names.values()
            if type(value) is types.FunctionType
        ]
        with arrayproto.adopted("scipy"):
            assert scipy_signal._signaltools.np is not np
            for module, was in zip(outside, before, strict=True):
                now = vars(module)
                assert all(now[name] is value for name, value in was.items()), module
            assert all(function.__code__ is held for function, held in code)

    def test_undo_of_all_that_are_known(self):
        """What is in every module of every consumer, and its tables, before and after."""
        names = [name for name in registry.CONSUMERS if importlib.util.find_spec(name)]
        with arrayproto.adopted(*names):  # Tangent cannot be imported without
            for name in names:
                importlib.import_module("autograd.numpy" if name == "autograd" else name)
        modules = [m for n, m in sys.modules.items() if n.partition(".")[0] in names]
        before = [dict(vars(module)) for module in modules]
        with arrayproto.adopted(*names):
            assert sum(arrayproto.status().adopted.values()) > 100
        for module, was in zip(modules, before, strict=True):
            now = vars(module)
            assert now.keys() == was.keys(), module
            assert all(now[name] is was[name] for name in was), module
