"""`arrayproto.libraries`: what each library answers, and what it refuses."""

from __future__ import annotations

import functools
import inspect
import sys
import types
import warnings

import numpy as np
import pytest

import arrayproto
import arrayproto.numpy as anp
from arrayproto.catalog import catalog
from arrayproto.errors import UnsupportedArgumentError, UnsupportedFunctionError
from arrayproto.libraries import LIBRARIES, Library, Renamed, Unsupported, get_library, public_name
from arrayproto.libraries.bridge import bridge
from arrayproto.libraries.members import find_member
from arrayproto.mixins import mixin_of
from arrayproto.testing.subjects import WentThroughTheHostError, staying_on_the_library
from tests.calls import FORMS, MATRIX, expected, find, functions, good_forms
from tests.oracle import BACKENDS, Plain, assert_same, check, convert, fetch

SINCE_2_1 = pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.1.0", reason="NumPy 2.0 has not got these arguments"
)


def resolve(library: str, name: str):
    return LIBRARIES[library].resolve(catalog()[name].function)


class TestResolutions:
    @pytest.mark.parametrize(
        ("name", "function", "kinds"),
        [
            ("sparse", "tensordot", {"bridged"}),
            ("sparse", "flip", {"derived"}),
            ("sparse", "std", {"bridged"}),
            ("sparse", "amax", {"bridged"}),
            ("sparse", "linalg.tensordot", {"bridged", "derived"}),
            ("sparse", "rot90", {"derived"}),
            ("sparse", "linalg.svd", {"unsupported"}),
            ("dask", "where", {"bridged"}),
            ("dask", "sum", {"bridged"}),
            ("dask", "take", {"bridged"}),
            ("dask", "fft.fft", {"bridged"}),
            ("dask", "packbits", {"bridged"}),
            ("dask", "trim_zeros", {"unsupported"}),
            ("cupy", "tensordot", {"native"}),
            ("cupy", "sum", {"bridged"}),
            ("cupy", "linalg.svd", {"bridged"}),
            ("cupy", "linalg.norm", {"native"}),
            ("cupy", "amax", {"bridged"}),
            ("cupy", "busday_count", {"unsupported"}),
        ],
    )
    def test_known(self, name, function, kinds):
        BACKENDS[name].load() if _importable(name) else pytest.skip(f"needs {name}")
        assert resolve(name, function).kind in kinds

    def test_every_public_function_is_classified(self, known_library, module):
        for name, entry in catalog().items():
            resolution = LIBRARIES[known_library].resolve(entry.function)
            assert resolution.kind in ("native", "bridged", "derived", "unsupported"), name
            assert (resolution.call is None) == (resolution.kind == "unsupported"), name
            assert resolution.note, f"{name}: where it comes from, or why it is not to be had"

    def test_native_is_the_librarys_own_object(self, known_library, module):
        own = LIBRARIES[known_library]
        for name, entry in catalog().items():
            resolution = own.resolve(entry.function)
            if resolution.kind == "native" and own.find(name) is not None:
                first = resolution.call
                if own.refusals:  # with the core behind it
                    first = getattr(first, "__wrapped__", first)
                assert first is own.find(name), name

    def test_numpys_own_functions_are_nobodys_implementation(self, known_library, module):
        """dask.array re-exports some, and calling them would go in a circle, or convert."""
        for name, entry in catalog().items():
            assert LIBRARIES[known_library].resolve(entry.function).call is not entry.function, name

    def test_rows_name_functions_of_numpy(self, known_library):
        for name, row in LIBRARIES[known_library].differences.items():
            if np.lib.NumpyVersion(np.__version__) >= "2.4.0":  # older ones have not got them all
                find(name)
            if isinstance(row, Unsupported):
                assert row.reason, name

    def test_renamed_rows_name_arguments_of_both(self, known_library, module):
        own = LIBRARIES[known_library]
        for name, row in own.differences.items():
            if not isinstance(row, Renamed):
                continue
            theirs = own.find(row.path or name)
            assert theirs is not None, f"{own.module} has no {row.path or name} (any more)"
            assert set(row.arguments) <= set(inspect.signature(find(name)).parameters), name
            parameters = inspect.signature(theirs).parameters
            assert set(row.arguments.values()) <= set(parameters), name
            assert row.own_defaults <= set(parameters), name

    def test_other_functions(self, known_library, module):
        def function():
            pass

        resolution = LIBRARIES[known_library].resolve(function)
        assert resolution.kind == "unsupported"
        assert "not a public function" in resolution.note

    def test_the_table_keeps_numpys_functions_alone(self, known_library, module):
        table = LIBRARIES[known_library].table

        def function():
            pass

        assert table[function] is None
        assert function not in table
        table[np.flip]
        assert np.flip in table


def _importable(name):
    import importlib.util

    return importlib.util.find_spec(BACKENDS[name].module.partition(".")[0]) is not None


class TestGetLibrary:
    def test(self):
        assert get_library("sparse") is LIBRARIES["sparse"]
        assert repr(get_library("sparse")) == "<arrayproto library 'sparse'>"

    def test_unknown(self):
        with pytest.raises(
            ValueError, match="unknown array library 'spare'.*'cupy', 'sparse', 'dask'"
        ):
            get_library("spare")

    def test_a_library_that_is_not_imported(self):
        library = Library("absent", "module_that_is_absent", "Array")
        assert library.loaded() is None
        with pytest.raises(LookupError, match="module_that_is_absent has not been imported"):
            library.namespace  # noqa: B018
        assert "module_that_is_absent" not in sys.modules


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (np.sum, "sum"),
        (np.linalg.norm, "linalg.norm"),
        (np.fft.fft, "fft.fft"),
        (np.isfortran, "isfortran"),
        (len, None),
        (types.SimpleNamespace(__module__="numpy", __name__="sum"), None),
        ("sum", None),
    ],
)
def test_public_name(function, name):
    assert public_name(function) == name


# Signatures --------------------------------------------------------------------------------------


class TestSignatures:
    """Each function of a library can be called as NumPy's, as far as signatures tell."""

    def test_required_arguments_arrive(self, known_library, module):
        """What NumPy requires is all that a library requires, and each is told from the others."""
        own = LIBRARIES[known_library]
        bridged = 0
        for name, entry in catalog().items():
            row = own.differences.get(name, Renamed())
            if own.resolve(entry.function).kind != "bridged" or not isinstance(row, Renamed):
                continue
            theirs = inspect.signature(own.find(row.path or name) or find_member(own, name))
            required = [
                p.name
                for p in entry.signature.parameters.values()
                if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
            ]
            values = [object() for _ in required]
            received = self.recorded(name, theirs, row)(*values)
            assert [v for v in received.values() if type(v) is object] == values, name
            bridged += 1
        assert bridged > 5

    def recorded(self, name, theirs, row):
        """The bridge of a function to a signature, which returns what arrives."""

        def function(*args, **kwargs):
            bound = theirs.bind(*args, **kwargs)
            bound.apply_defaults()
            return dict(bound.arguments)

        function.__signature__ = theirs
        signature = catalog()[name].signature
        return bridge(
            name,
            signature,
            function,
            library="any",
            renamed=row.arguments,
            own_defaults=row.own_defaults,
        )

    @pytest.mark.parametrize(
        ("name", "args", "kwargs", "arrives"),
        [
            ("sum", ("x", None, float), {"keepdims": True}, {"dtype": float, "keepdims": True}),
            ("amax", ("x",), {"axis": 1}, {"a": "x", "axis": 1}),
            ("std", ("x", 0, None, None, 1), {}, {"axis": 0, "ddof": 1}),
            ("flip", ("x", 0), {}, {"axis": 0}),
            ("linalg.tensordot", ("x", "y"), {"axes": 1}, {"a": "x", "b": "y", "axes": 1}),
        ],
    )
    def test_cupy_without_a_gpu(self, name, args, kwargs, arrives):
        """Arguments are bound to CuPy's real signatures; nothing runs."""
        pytest.importorskip("cupy")
        own = LIBRARIES["cupy"]
        row = own.differences.get(name, Renamed())
        theirs = inspect.signature(own.find(row.path or name))
        received = self.recorded(name, theirs, row)(*args, **kwargs)
        assert arrives.items() <= received.items()

    @pytest.mark.parametrize(
        ("args", "kwargs"), [((1, 2), {}), ((), {"min": 1, "max": 2}), ((1,), {"a_max": 2})]
    )
    def test_cupy_clip_without_a_gpu(self, args, kwargs, monkeypatch):
        cupy = pytest.importorskip("cupy")
        monkeypatch.setattr(cupy, "clip", lambda a, a_min, a_max, out=None: (a, a_min, a_max, out))
        call = resolve("cupy", "clip").call.__wrapped__
        assert call(MATRIX, *args, **kwargs)[1:] == (1, 2, None)
        assert call(MATRIX, 1, 2, "out")[1:] == (1, 2, "out")
        for bounds in [(np.nan, 2), (MATRIX, 2), ([1], 2)]:
            with pytest.raises(TypeError):
                call(MATRIX, *bounds)

    @pytest.mark.parametrize(
        ("program", "arguments"),
        [
            (np.flip, (MATRIX, 0)),
            (np.flip, (MATRIX,)),
            (np.std, (MATRIX, 0, None, None, 1)),
            (lambda a: np.var(a, ddof=1, keepdims=True), (MATRIX,)),
            (lambda a: np.sum(a, dtype=np.float32), (MATRIX,)),
            (lambda a: np.sum(a, -1, None, None, True), (MATRIX,)),
            (lambda a: np.max(a, axis=1), (MATRIX,)),
            (lambda a: np.amin(a, 0), (MATRIX,)),
            (lambda a: np.around(a, 0), (MATRIX,)),
            (lambda a: np.clip(a, 0.5, None), (MATRIX,)),
            pytest.param(lambda a: np.clip(a, min=0.5, max=2), (MATRIX,), marks=SINCE_2_1),
            (lambda a: np.concatenate([a, a], axis=1), (MATRIX,)),
            (lambda a: np.concatenate((a, a), 0, None), (MATRIX,)),
            (lambda a: np.stack([a, a], -1), (MATRIX,)),
            (lambda a: np.moveaxis(a, 0, 1), (MATRIX,)),
            (lambda a: np.transpose(a, axes=(1, 0)), (MATRIX,)),
            (lambda a: np.reshape(a, -1), (MATRIX,)),
            pytest.param(lambda a: np.reshape(a, shape=(16,)), (MATRIX,), marks=SINCE_2_1),
            (lambda a: np.take(a, [1, 0], axis=1), (MATRIX,)),
            (lambda a: np.linalg.tensordot(a, a, axes=1), (MATRIX,)),
            (lambda a: np.linalg.matrix_transpose(a), (MATRIX,)),
            (lambda a: np.where(a > 0, a, -a), (MATRIX,)),
            (lambda a: np.einsum("ij,kj->ik", a, a), (MATRIX,)),
            (lambda a: np.tensordot(a, a, ([0], [1])), (MATRIX,)),
        ],
    )
    def test_calls_in_numpys_forms(self, library, program, arguments):
        BACKENDS[library].load()
        arrayproto.activate(library)
        check(program, *arguments, library=library)

    def test_numpys_defaults_hold(self, library):
        """np.take flattens by default, dask.array.take does not; np.std has ddof, sparse correction."""
        BACKENDS[library].load()
        arrayproto.activate(library)
        check(np.take, MATRIX, [5, 0], library=library)
        check(np.roll, MATRIX, 1, library=library)
        check(np.std, MATRIX, library=library)
        check(np.count_nonzero, MATRIX, library=library, dtype=False)
        check(lambda a: np.trace(a, 1), MATRIX, library=library)

    def test_take_of_dask_has_numpys_modes(self):
        da = pytest.importorskip("dask.array")
        arrayproto.activate("dask")
        assert np.take(da.arange(3), [4, -1], mode="wrap").compute().tolist() == [1, 2]
        assert np.take(da.arange(3), [4, -1], mode="clip").compute().tolist() == [2, 0]


class TestOut:
    """An ``out=`` that the caller hands over is filled, or there is an error: never ignored."""

    @pytest.mark.filterwarnings("ignore")
    def test_every_function(self, library):
        backend = BACKENDS[library]
        backend.load()
        arrayproto.activate(library)
        tried, ignored = 0, []
        for name in functions():
            entry = catalog()[name]
            if entry.signature is None or "out" not in entry.signature.parameters:
                continue
            for form in good_forms(name):
                args, kwargs = FORMS[form]()
                wanted = expected(name, form)
                if (
                    not isinstance(wanted, np.ndarray)
                    or "out" in entry.signature.bind(*args, **kwargs).arguments
                ):
                    continue
                # Something that is nobody's answer, so that a result left out is seen.
                filled = np.full(wanted.shape, 77).astype(wanted.dtype)
                for out in (backend.from_numpy(filled), filled.copy()):
                    tried += 1
                    try:
                        result = find(name)(
                            *convert(args, backend.from_numpy),
                            **convert(kwargs, backend.from_numpy),
                            out=out,
                        )
                    except Exception:
                        continue  # refused, by whoever: the caller knows
                    # Dask fills in place by becoming another graph; the object is the same.
                    if result is not out:
                        ignored.append((name, form, type(out).__name__))
                        continue
                    try:
                        assert_same(fetch(out, backend), wanted)
                    except Exception as error:
                        ignored.append((name, form, type(out).__name__, str(error)[:100]))
        assert ignored == []
        assert tried > 100

    def test_ufuncs(self, library):
        backend = BACKENDS[library]
        backend.load()
        arrayproto.activate(library)
        for out in (backend.from_numpy(np.zeros((4, 4))), np.zeros((4, 4))):
            try:
                result = np.multiply(backend.from_numpy(MATRIX), 2, out=out)
            except Exception as error:
                assert "out" in str(error) or "NotImplemented" in str(error), error
                continue
            assert result is out
            assert_same(fetch(out, backend), MATRIX * 2)


# Every function in every form ---------------------------------------------------------------------

#: Where a library's answer may differ from NumPy's, with the reason. (library or None, function,
#: form or None.)
DIFFERENT = {
    (None, "empty_like", None): "nobody says what is in it",
    (None, "unique_values", None): "NumPy does not sort, and nobody says in which order they come",
    (None, "intersect1d", "(m, m, 1)"): "assume_unique of what is not unique",
    (None, "setxor1d", "(m, 0, 1)"): "assume_unique of what is not unique",
    (None, "setxor1d", "(m, 0.5, 2.0)"): "assume_unique of what is not unique",
    (None, "tril", "(m, 0.5)"): "half a diagonal",
    (None, "triu", "(m, 0.5)"): "half a diagonal",
    (None, "tril_indices_from", "(m, 0.5)"): "half a diagonal",
    (None, "triu_indices_from", "(m, 0.5)"): "half a diagonal",
    (None, "fix", "(m, m)"): "out= is the array itself",
    (None, "lexsort", None): "NumPy asks about a tuple of keys, not about a list",
    ("dask", "cov", "(int, dtype)"): "dask.array.cov computes in double precision",
    ("dask", "corrcoef", "(int, dtype)"): "dask.array.cov computes in double precision",
    (
        "dask",
        "allclose",
        "(bool, nan, int)",
    ): "tolerances that are Dask arrays make its graph grow for ever",
    (
        "dask",
        "isclose",
        "(bool, nan, int)",
    ): "tolerances that are Dask arrays make its graph grow for ever",
    ("dask", "select", "(bool, nan, int)"): "an array in the place of the list of conditions",
    (None, "rot90", "(m, 0.5)"): "half a quarter of a turn",
    ("cupy", "argsort", None): "equal elements come in a stable order, in NumPy in any",
    ("cupy", "argpartition", None): "what is not at kth comes in order, in NumPy in any",
    ("cupy", "partition", None): "what is not at kth comes in order, in NumPy in any",
    ("cupy", "unique", "(nan, axis=0)"): "CuPy compares slices one by one, on the host",
    ("cupy", "unique", "(int, axis=1)"): "CuPy compares slices one by one, on the host",
    ("cupy", "searchsorted", "(v, m)"): "what is searched in is in no order",
    ("cupy", "searchsorted", "(v, v)"): "what is searched in is in no order",
    ("cupy", "linalg.svd", None): "nobody says which sign vectors have",
    ("cupy", "linalg.eigh", None): "nobody says which sign vectors have",
    ("sparse", "argsort", None): "equal elements come in a stable order, in NumPy in any",
    ("sparse", "argpartition", None): "what is not at kth comes in order, in NumPy in any",
    ("sparse", "partition", None): "what is not at kth comes in order, in NumPy in any",
    (None, "intersect1d", "(m, 0, 1)"): "assume_unique=1, and elements are not unique",
    (None, "intersect1d", "(m, 0.5, 2.0)"): "assume_unique=2.0, and elements are not unique",
}


def is_different(library, name, form):
    return any((a, name, b) in DIFFERENT for a in (None, library) for b in (None, form))


class TestNeverAWrongAnswer:
    @pytest.mark.filterwarnings("ignore")
    def test_numpys_answer_or_an_error(self, library):
        """About 1900 calls: each gives what NumPy gives, or an error, and stays on the library."""
        backend = BACKENDS[library]
        backend.load()
        arrayproto.activate(library)
        wrong, answered = [], 0
        for name in functions():
            function = find(name)
            for form in good_forms(name):
                if is_different(library, name, form):
                    continue
                args, kwargs = FORMS[form]()
                args, kwargs = (
                    convert(args, backend.from_numpy),
                    convert(kwargs, backend.from_numpy),
                )
                try:
                    with staying_on_the_library():
                        result = function(*args, **kwargs)
                except WentThroughTheHostError as error:
                    # sparse refuses to be converted by itself: no answer, so no wrong one.
                    if "SparseArray.__array__" not in str(error):
                        wrong.append((name, form, str(error)))
                    continue
                except Exception:
                    continue
                answered += 1
                try:
                    assert_same(fetch(result, backend), expected(name, form))
                except ImportError:  # dask.array.linalg asks SciPy, if it is there
                    continue
                except Exception as error:
                    wrong.append((name, form, f"{type(error).__name__}: {error}"[:200]))
        assert not wrong, "\n".join(map(str, wrong))
        assert answered > 1000

    def test_the_list_of_differences_is_short_of_nothing_that_is_gone(self):
        names = {name for _, name, _ in DIFFERENT}
        assert names <= set(catalog())
        assert {form for _, _, form in DIFFERENT if form} <= set(FORMS)


# Refusals ----------------------------------------------------------------------------------------


class TestRefusals:
    def test_every_unsupported_function_says_why_and_what_next(self, known_library, module):
        """Also CuPy's, which needs no GPU to be refused."""
        own = LIBRARIES[known_library]
        method = vars(mixin_of(own))["__array_function__"]
        refused = 0
        for name, entry in catalog().items():
            if (
                not entry.dispatched
                or not entry.relevant
                or own.resolve(entry.function).call is not None
            ):
                continue
            with pytest.raises(UnsupportedFunctionError) as caught:
                method(None, entry.function, (own.cls,), (), {})
            message = str(caught.value)
            assert (
                f"numpy.{public_name(entry.function)} is not supported for arrays of {known_library}"
                in message
            )
            assert f"{own.cls.__module__}.{own.cls.__qualname__}" in message
            assert own.resolve(entry.function).note in message
            assert "Nothing was converted" in message
            assert message.endswith(own.advice)
            refused += 1
        assert refused > 10

    def test_is_a_type_error(self):
        assert issubclass(UnsupportedFunctionError, TypeError)
        assert issubclass(UnsupportedArgumentError, TypeError)

    def test_cupy_refuses_strangers(self):
        cupy = pytest.importorskip("cupy")
        accepts = LIBRARIES["cupy"].accepts
        assert accepts((cupy.ndarray, np.ndarray, float, np.float64, list))
        assert accepts((type("Mine", (cupy.ndarray,), {}),))

        class Stranger:
            def __array_function__(self, func, types, args, kwargs):
                return NotImplemented

        method = vars(arrayproto.CupyMixin)["__array_function__"]
        assert method(None, np.sum, (cupy.ndarray, Stranger), (), {}) is NotImplemented
        ufunc = vars(arrayproto.CupyMixin)["__array_ufunc__"]
        assert ufunc(None, np.add, "__call__", Stranger(), 1) is NotImplemented

    def test_a_method_is_not_called_on_an_ndarray(self, library):
        """np.swapaxes(ndarray) is NumPy's; what is a method of the library needs its array first."""
        own = LIBRARIES[library]
        BACKENDS[library].load()
        for name, entry in catalog().items():
            found = find_member(own, name) if own.find(name) is None else None
            if found is not None and own.resolve(entry.function).kind in ("native", "bridged"):
                with pytest.raises((UnsupportedFunctionError, TypeError)):
                    found(MATRIX)

    def test_a_method_that_this_class_has_not_got(self):
        sparse = pytest.importorskip("sparse")
        found = functools.partial(find_member, LIBRARIES["sparse"])
        names = {n for n in vars(sparse.COO) if n[0] != "_"} - set(dir(sparse.DOK))
        name = next(n for n in sorted(names) if found(n) is not None)
        with pytest.raises(UnsupportedFunctionError, match=f"{name}.*DOK"):
            found(name)(sparse.DOK((2, 2)))

    def test_methods_that_work_in_place_are_not_functions(self):
        """ndarray.resize and np.resize have only the name in common."""

        class Array:
            def resize(self, new_shape):
                pass

            def swapaxes(self, axis1, axis2):
                pass

        own = Library.of_module(types.ModuleType("arrays"), Array)
        assert find_member(own, "resize") is None
        assert find_member(own, "swapaxes") is not None


class TestMixedWithPlainArrays:
    def test_ndarrays_among_them(self, library):
        backend = BACKENDS[library]
        backend.load()
        arrayproto.activate(library)
        check(np.multiply, MATRIX, Plain(MATRIX[0]), library=library)
        for args in ((backend.from_numpy(MATRIX), MATRIX), (MATRIX, backend.from_numpy(MATRIX))):
            result = np.tensordot(*args, 1)
            assert_same(fetch(result, backend), np.tensordot(MATRIX, MATRIX, 1))
            result = np.dot(*args)
            assert_same(fetch(result, backend), np.dot(MATRIX, MATRIX))

    def test_scalars(self, library):
        BACKENDS[library].load()
        arrayproto.activate(library)
        for scalar in (2, 2.0, np.float32(2), np.int64(2), True):
            check(np.multiply, MATRIX, scalar, library=library)


class TestLikeArgument:
    def test_goes_to_the_librarys_own_protocol(self):
        """What Dask does with like= it does well."""
        da = pytest.importorskip("dask.array")
        x = da.ones(3, chunks=2)
        stock = type(np.ones(2, like=x))
        arrayproto.activate("dask")
        assert type(np.ones(2, like=x)) is stock is da.Array
        assert isinstance(np.asarray([1, 2], like=x), da.Array)


# On a real device --------------------------------------------------------------------------------


@pytest.mark.gpu
class TestCupyOnADevice:
    """The same program as on the CPU's libraries, on real CuPy."""

    def test_program(self):
        import cupy

        with arrayproto.activated("cupy"):
            result = check(program, MATRIX, MATRIX.T.copy(), library="cupy")
        assert isinstance(result, cupy.ndarray)

    def test_explicit_namespace(self):
        import cupy

        assert isinstance(
            check(lambda a, b: program(a, b, anp), MATRIX, MATRIX, library="cupy"), cupy.ndarray
        )

    def test_never_a_wrong_answer(self):
        TestNeverAWrongAnswer().test_numpys_answer_or_an_error("cupy")


def program(a, b, np=np):
    joined = np.concatenate([a, np.flip(b, 0)], axis=0)
    return np.sum(np.tensordot(joined, b, axes=1), axis=0)


def test_the_devices_program_on_the_cpu(library):
    BACKENDS[library].load()
    arrayproto.activate(library)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check(program, MATRIX, MATRIX.T.copy(), library=library)
