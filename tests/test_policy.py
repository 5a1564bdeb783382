"""What happens where a library has not got a function: an error, or what the user asked for by name."""

from __future__ import annotations

import importlib
import inspect
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import arrayproto
import arrayproto.numpy as anp
from arrayproto import policy
from arrayproto.errors import UnsupportedArgumentError, UnsupportedFunctionError
from arrayproto.libraries import LIBRARIES, Unsupported
from arrayproto.libraries.refusing import refusal
from arrayproto.testing import SUBJECTS

from .oracle import BACKENDS

VALUES = np.array([[3.0, 0.0, 1.0], [0.0, 2.0, 0.0]])
REFUSALS = (UnsupportedFunctionError, UnsupportedArgumentError)


def a_library_lacks(monkeypatch, library, *names):
    """Take functions away, so that these tests do not depend on what a library has got."""
    own = LIBRARIES[library]
    rows = dict.fromkeys(names, Unsupported("it was taken away", "do without"))
    monkeypatch.setattr(own, "differences", {**own.differences, **rows})
    own.table.clear()


@pytest.fixture(autouse=True)
def fresh_tables():
    yield
    for library in LIBRARIES.values():
        library.table.clear()


@pytest.fixture
def backend(library, monkeypatch):
    found = BACKENDS[library]
    found.load()
    a_library_lacks(monkeypatch, library, "flip", "concatenate", "linalg.norm", "exp", "divmod")
    return found


@pytest.fixture
def x(backend):
    return backend.from_numpy(VALUES)


def told(caught):
    return [w for w in caught if w.category is arrayproto.ArrayProtoWarning]


def line():
    return inspect.currentframe().f_back.f_lineno


class TestRaise:
    """The default."""

    def test_is_the_default(self, backend, x, library):
        arrayproto.activate(library)
        assert arrayproto.status().fallback == "raise"
        with pytest.raises(UnsupportedFunctionError, match="it was taken away"):
            np.flip(x)
        with pytest.raises(UnsupportedFunctionError, match="it was taken away"):
            np.exp(x)

    def test_the_explicit_namespace_raises_whatever_is_chosen(self, backend, x, library):
        with pytest.raises(UnsupportedFunctionError):
            anp.flip(x)
        for choice in ("warn", "convert"):
            with arrayproto.activated(library, fallback=choice):
                with pytest.raises(UnsupportedFunctionError):
                    anp.flip(x)

    def test_choices(self):
        for wrong in ("densify", "", None, 3):
            with pytest.raises(ValueError, match="'raise', 'warn' or 'convert', not"):
                policy.set_fallback(wrong)
        assert policy.fallback() == "raise"


class TestConvert:
    def test_a_function(self, backend, x, library):
        arrayproto.activate(library, fallback="convert")
        with pytest.warns(arrayproto.ArrayProtoWarning) as caught:
            result = np.flip(x, 0); here = line()  # fmt: skip # noqa: E702
        assert backend.is_array(result)
        np.testing.assert_array_equal(backend.to_numpy(result), np.flip(VALUES, 0))
        (warning,) = told(caught)
        assert (warning.filename, warning.lineno) == (__file__, here)
        message = str(warning.message)
        assert message.startswith("numpy.flip copied 48 bytes from ")
        assert f"from {library} to host memory and 48 bytes back (fallback='convert')" in message
        assert "it was taken away" in message
        assert "Nothing was converted" not in message

    def test_an_argument_that_is_not_supported(self, library):
        backend = BACKENDS[library]
        backend.load()
        x = backend.from_numpy(VALUES)
        call, name = _refused_argument(library, x)
        with arrayproto.activated(library):
            with pytest.raises(UnsupportedArgumentError, match=name):
                call(x)
        with arrayproto.activated(library, fallback="convert"):
            with pytest.warns(arrayproto.ArrayProtoWarning, match=name) as caught:
                result = call(x)
        assert backend.is_array(result)
        wanted = np.partition(VALUES, [1]) if library == "sparse" else call(VALUES)
        np.testing.assert_array_equal(backend.to_numpy(result), wanted)
        (warning,) = told(caught)
        assert warning.filename == __file__

    def test_lists_of_arrays(self, backend, x, library):
        with arrayproto.activated(library, fallback="convert"):
            with pytest.warns(
                arrayproto.ArrayProtoWarning, match="copied 96 bytes .* 144 bytes back"
            ):
                result = np.concatenate([x, VALUES, x])
        np.testing.assert_array_equal(backend.to_numpy(result), np.concatenate([VALUES] * 3))

    def test_scalars_stay_scalars(self, backend, x, library):
        with arrayproto.activated(library, fallback="convert"):
            with pytest.warns(arrayproto.ArrayProtoWarning, match="48 bytes .* and 0 bytes back"):
                result = np.linalg.norm(x)
        assert result == np.linalg.norm(VALUES)

    def test_text_stays_where_it_is(self, backend, x, library):
        with arrayproto.activated(library, fallback="convert"):
            with pytest.warns(arrayproto.ArrayProtoWarning, match="0 bytes back"):
                assert np.array2string(x) == np.array2string(VALUES)

    def test_a_ufunc(self, backend, x, library):
        arrayproto.activate(library, fallback="convert")
        with pytest.warns(
            arrayproto.ArrayProtoWarning, match="numpy.exp copied 48 bytes"
        ) as caught:
            result = np.exp(x); here = line()  # fmt: skip # noqa: E702
        assert backend.is_array(result)
        np.testing.assert_array_equal(backend.to_numpy(result), np.exp(VALUES))
        (warning,) = told(caught)
        assert (warning.filename, warning.lineno) == (__file__, here)

    def test_a_ufunc_of_two_results_with_a_keyword(self, backend, x, library):
        arrayproto.activate(library, fallback="convert")
        with pytest.warns(arrayproto.ArrayProtoWarning, match="and 96 bytes back"):
            results = np.divmod(x, 2)
        for result, expected in zip(results, np.divmod(VALUES, 2), strict=True):
            assert backend.is_array(result)
            np.testing.assert_array_equal(backend.to_numpy(result), expected)

    def test_a_method_of_a_ufunc(self, library, monkeypatch):
        backend = BACKENDS[library]
        backend.load()
        a_library_lacks(monkeypatch, library, "add.accumulate", "ufunc.accumulate")
        arrayproto.activate(library, fallback="convert")
        with pytest.warns(arrayproto.ArrayProtoWarning, match=r"numpy\.add\.accumulate copied 48"):
            result = np.add.accumulate(backend.from_numpy(VALUES), axis=1)
        np.testing.assert_array_equal(backend.to_numpy(result), np.add.accumulate(VALUES, axis=1))

    def test_results_in_an_ndarray_of_the_users(self, backend, x, library):
        out = np.empty((2, 3))
        arrayproto.activate(library, fallback="convert")
        with pytest.warns(arrayproto.ArrayProtoWarning, match="and 0 bytes back"):
            assert np.exp(x, out=out) is out
        np.testing.assert_array_equal(out, np.exp(VALUES))

    def test_one_warning_a_call(self, backend, x, library):
        arrayproto.activate(library, fallback="convert")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            np.flip(x)
            np.flip(x)
        assert len(told(caught)) == 2

    def test_what_is_supported_is_not_converted(self, backend, x, library):
        arrayproto.activate(library, fallback="convert")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert backend.is_array(np.add(x, x))
            assert backend.is_array(np.transpose(x))

    def test_other_errors_reach_the_user_as_they_were(self, backend, x, library):
        arrayproto.activate(library, fallback="convert")
        with pytest.raises(np.exceptions.AxisError):
            np.flip(x, 7)

    def test_strangers_are_not_converted(self, backend, x, library):
        class Stranger:
            __array_ufunc__ = None

            def __array_function__(self, func, types, args, kwargs):
                return NotImplemented

        arrayproto.activate(library, fallback="convert")
        with pytest.raises(TypeError, match="no implementation found"):
            np.concatenate([x, Stranger()])

    def test_the_choice_ends_with_its_block(self, backend, x, library):
        with arrayproto.activated(library, fallback="convert"):
            assert arrayproto.status().fallback == "convert"
            assert "convert" in str(arrayproto.status())
        assert arrayproto.status().fallback == "raise"
        arrayproto.activate(library, fallback="convert")
        arrayproto.deactivate()
        arrayproto.activate(library)
        with pytest.raises(UnsupportedFunctionError):
            np.flip(x)


class TestWrites:
    """What is written into a copy would be lost."""

    @pytest.mark.parametrize(
        "call",
        [
            lambda x: np.put(x, [0], 1.0),
            lambda x: np.copyto(x, 1.0),
            lambda x: np.fill_diagonal(x, 1.0),
            lambda x: np.add.at(x, ([0], [0]), 1.0),
            lambda x: np.exp(x, out=x),
            lambda x: np.concatenate([x, x], out=x),
            lambda x: np.lib.recfunctions.recursive_fill_fields(x, x),
        ],
        ids=["put", "copyto", "fill_diagonal", "at", "out=", "out= of a function", "recfunctions"],
    )
    def test_are_refused(self, library, monkeypatch, call):
        importlib.import_module("numpy.lib.recfunctions")
        backend = BACKENDS[library]
        backend.load()
        lost = ("put", "copyto", "fill_diagonal", "ufunc.at", "add.at", "exp", "concatenate")
        a_library_lacks(monkeypatch, library, *lost)
        x = backend.from_numpy(VALUES)
        with arrayproto.activated(library, fallback="convert"):
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                with pytest.raises(REFUSALS, match="fallback='convert' does not help: what is"):
                    call(x)
        np.testing.assert_array_equal(backend.to_numpy(x), VALUES)

    def test_copies_cannot_be_written_to(self, backend, library):
        """A write that nobody foresaw is an error, and never one into the user's own memory."""
        values = VALUES.copy()
        x = backend.from_numpy(values)
        seen = []
        arrayproto.activate(library, fallback="convert")

        def write(a):
            seen.append(a.flags.writeable)
            return a

        with pytest.warns(arrayproto.ArrayProtoWarning):
            np.array2string(x, formatter={"float_kind": lambda v: "0"})
        from arrayproto.fallback import Call, _Copies

        copy = _Copies(Call(LIBRARIES[library], "", write, (), {}, False, None), None).host(x)
        with pytest.raises(ValueError, match="read-only"):
            copy[0, 0] = 9.0
        assert values.flags.writeable
        np.testing.assert_array_equal(values, VALUES)


class TestDerived:
    """A refusal on the way of a derived function converts the user's call, not a part of it."""

    def test_the_whole_call_is_converted_with_one_warning(self, library, monkeypatch):
        backend = BACKENDS[library]
        backend.load()
        own = LIBRARIES[library]
        assert own.resolve(np.diagflat).kind == "derived", "it is composed of np.diag and np.ravel"
        a_library_lacks(monkeypatch, library, "ravel")
        x = backend.from_numpy(VALUES)
        with arrayproto.activated(library):
            with pytest.raises(UnsupportedFunctionError, match="taken away"):
                np.diagflat(x)
        with arrayproto.activated(library, fallback="convert"):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                result = np.diagflat(x)
        (warning,) = told(caught)
        assert str(warning.message).startswith("numpy.diagflat copied 48 bytes")
        assert "numpy.ravel is not supported" in str(warning.message)
        assert warning.filename == __file__
        np.testing.assert_array_equal(backend.to_numpy(result), np.diagflat(VALUES))

    def test_functions_of_the_user_are_the_users_calls(self, backend, x, library):
        arrayproto.activate(library, fallback="convert")

        def flipped(a):
            return np.flip(np.transpose(a), 0)

        with pytest.warns(arrayproto.ArrayProtoWarning, match="numpy.flip copied") as caught:
            assert backend.is_array(flipped(x))
        (warning,) = told(caught)
        assert (warning.filename, warning.lineno) == (__file__, flipped.__code__.co_firstlineno + 1)


class TestTheLine:
    """The warning is at the user's line, whatever number of frames of ours is in between."""

    def test_through_a_mixin(self, library):
        backend = BACKENDS[library]
        module = backend.load()
        base, mixin = {
            "sparse": ("COO", arrayproto.SparseMixin),
            "dask": ("Array", arrayproto.DaskMixin),
        }[library]

        class Mine(mixin, getattr(module, base)):
            pass

        @Mine.implements(np.trace)
        def trace(a):
            return "mine"

        method = Mine.__array_function__
        x = backend.from_numpy(VALUES)
        policy.set_fallback("convert")
        try:
            with pytest.warns(arrayproto.ArrayProtoWarning) as caught:
                method(_As(Mine, x), np.array_repr, (type(x),), (x,), {}); here = line()  # fmt: skip # noqa: E702
        finally:
            policy.set_fallback("raise")
        (warning,) = told(caught)
        assert (warning.filename, warning.lineno) == (__file__, here)

    def test_through_numpys_own_python_code(self, backend, x, library):
        """A function that NumPy does not dispatch may call one that it does; the line is not its."""
        scope = {"__name__": "numpy.lib._some_impl", "np": np}
        exec(compile("def between(x):\n    return np.flip(x)\n", "numpy's", "exec"), scope)
        arrayproto.activate(library, fallback="convert")
        with pytest.warns(arrayproto.ArrayProtoWarning, match="numpy.flip") as caught:
            scope["between"](x); here = line()  # fmt: skip # noqa: E702
        assert [(w.filename, w.lineno) for w in told(caught)] == [(__file__, here)]

    def test_deeper_calls_of_the_user(self, backend, x, library):
        arrayproto.activate(library, fallback="convert")

        def outer(depth):
            return np.flip(x) if depth == 0 else outer(depth - 1)

        with pytest.warns(arrayproto.ArrayProtoWarning) as caught:
            outer(5)
        (warning,) = told(caught)
        assert warning.filename == __file__
        assert warning.lineno == outer.__code__.co_firstlineno + 1

    def test_the_same_for_warn(self, backend, x, library):
        arrayproto.activate(library, fallback="warn")
        for call in (lambda: np.flip(x), lambda: np.exp(x)):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    call()
                except TypeError:
                    pass
            (warning,) = told(caught)
            assert (warning.filename, warning.lineno) == (__file__, call.__code__.co_firstlineno)
            assert "it was taken away" in str(warning.message)
            assert "48 bytes" in str(warning.message)
            assert "(fallback='warn')" in str(warning.message)


class _As:
    """Just enough of an instance of a class to call its method."""

    def __init__(self, cls, array):
        self._implementations, self._library, self.array = cls._implementations, cls._library, array


class TestWarn:
    def test_does_as_the_library_does(self, backend, x, library):
        stock = _attempt(lambda: np.flip(x, 0))
        arrayproto.activate(library, fallback="warn")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            active = _attempt(lambda: np.flip(x, 0))
        assert type(active) is type(stock)

    def test_arguments_too(self, library):
        backend = BACKENDS[library]
        backend.load()
        x = backend.from_numpy(VALUES)
        call, _ = _refused_argument(library, x)
        stock = _attempt(lambda: call(x))
        arrayproto.activate(library, fallback="warn")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            active = _attempt(lambda: call(x))
        assert len(told(caught)) == 1
        assert type(active) is type(stock)


def _refused_argument(library, x):
    """A call with an argument that the library refuses, and the argument's name."""
    if library == "sparse":
        kth = BACKENDS["sparse"].from_numpy(np.array([1]))
        return lambda x: np.partition(x, kth), "kth"
    return lambda x: np.histogram_bin_edges(x, "auto"), "bins"


def _attempt(call):
    try:
        return call()
    except Exception as error:
        return error


class TestTheLibrarysOwnCode:
    def test_sees_its_stock_protocol(self, backend, x, library):
        """Nothing is converted, and nobody warned, for calls that the library makes."""
        arrayproto.activate(library, fallback="convert")
        code = compile("def call(f, *args):\n    return f(*args)", "own", "exec")
        scope = {"__name__": f"{LIBRARIES[library].root}.inside"}
        exec(code, scope)
        with warnings.catch_warnings():
            warnings.simplefilter("error", arrayproto.ArrayProtoWarning)
            _attempt(lambda: scope["call"](np.flip, x))


def test_errors_can_be_pickled():
    error = refusal(
        LIBRARIES["sparse"], "numpy.x", (int,), type("R", (), {"note": "why", "instead": "how"})
    )
    assert error.reason == "numpy.x is not supported for arrays of sparse: why"
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.reason) == (str(error), error.reason)


def test_dask_arrays_of_sparse_chunks():
    da, sparse = pytest.importorskip("dask.array"), pytest.importorskip("sparse")
    x = da.from_array(sparse.COO.from_numpy(VALUES), chunks=2, asarray=False)
    arrayproto.activate(fallback="convert")
    with pytest.warns(arrayproto.ArrayProtoWarning, match="numpy.array2string copied 48 bytes"):
        assert np.array2string(x) == np.array2string(VALUES)


@pytest.mark.gpu
def test_cupy(monkeypatch):
    cupy = pytest.importorskip("cupy")
    a_library_lacks(monkeypatch, "cupy", "flip", "exp")
    x = cupy.asarray(VALUES)
    arrayproto.activate("cupy", fallback="convert")
    with pytest.warns(arrayproto.ArrayProtoWarning, match="48 bytes from cupy .* 48 bytes back"):
        result = np.flip(x)
    assert isinstance(result, cupy.ndarray)
    np.testing.assert_array_equal(result.get(), np.flip(VALUES))
    with pytest.warns(arrayproto.ArrayProtoWarning, match="numpy.exp copied 48 bytes"):
        assert isinstance(np.exp(x), cupy.ndarray)


def test_a_whole_program(tmp_path):
    """The warning that a user sees names the user's own file and line."""
    program = tmp_path / "program.py"
    program.write_text(
        "import numpy as np, sparse\n"
        "import arrayproto\n"
        "arrayproto.activate(fallback='convert')\n"
        "x = sparse.COO.from_numpy(np.eye(3))\n"
        "print(np.array2string(x))\n"
    )
    done = subprocess.run(
        [sys.executable, str(program)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        env={"PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert done.returncode == 0, done.stderr
    assert f"{program}:5: ArrayProtoWarning: numpy.array2string copied 72 bytes" in done.stderr


class TestGuests:
    """Libraries without a protocol of their own."""

    def test_of_the_standard(self):
        xp = pytest.importorskip("array_api_strict")
        x = xp.asarray([3.0, 1.0])
        with arrayproto.activated(type(x), fallback="convert"):
            with pytest.warns(arrayproto.ArrayProtoWarning, match="16 bytes from array_api_strict"):
                assert np.array2string(x) == "[3. 1.]"
        with arrayproto.activated(type(x), fallback="warn"):
            with pytest.warns(arrayproto.ArrayProtoWarning, match="library's own answer"):
                assert np.shares_memory(x, x)

    def test_a_derivative_is_not_lost(self):
        autograd = pytest.importorskip("autograd")
        with arrayproto.activated("autograd", fallback="convert"):
            with pytest.raises(
                arrayproto.UnsupportedFunctionError, match="no way is known to copy"
            ):
                autograd.grad(lambda x: np.sum(np.isnat(x)))(np.ones(2))

    @pytest.mark.parametrize("library", ["jax", "autograd", "tensorflow"])
    def test_out_of_what_cannot_be_written_to(self, library):
        """As without us, NumPy says so; it asked itself for ever."""
        subject = SUBJECTS[library]
        pytest.importorskip(subject.module)
        x = subject.from_numpy(np.ones(2))
        said = "returned NotImplemented|must be of ArrayType"
        with pytest.raises(TypeError, match=said):
            np.add(x, 1, out=x)
        with arrayproto.activated(library, fallback="warn"):
            with pytest.warns(arrayproto.ArrayProtoWarning, match="cannot be written to"):
                with pytest.raises(TypeError, match=said):
                    np.add(x, 1, out=x)
