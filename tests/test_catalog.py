"""`arrayproto.catalog`: NumPy itself is the reference, whichever release is installed."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import random
import types

import numpy as np
import pytest

from arrayproto import catalog as catalog_module
from arrayproto.catalog import (
    MODULES,
    by_function,
    catalog,
    dispatcher_of,
    documented_arguments,
    find_public,
    ufuncs,
)
from arrayproto.dispatch import get_implementing_args
from arrayproto.private import ArrayFunctionDispatcher

#: Public modules of NumPy that hold no functions of arrays, or whose arrays have a dispatch of
#: their own.
OTHERS = {
    "numpy.core", "numpy.ctypeslib", "numpy.distutils", "numpy.doc", "numpy.dtypes", "numpy.exceptions",
    "numpy.f2py", "numpy.ma", "numpy.matlib", "numpy.matrixlib", "numpy.testing", "numpy.typing",
    "numpy.version", "numpy.conftest",
}  # fmt: skip


def overridable() -> list:
    for module in MODULES:
        importlib.import_module(module)
    from numpy.testing.overrides import get_overridable_numpy_array_functions

    return list(get_overridable_numpy_array_functions())


def public_places(function) -> list[str]:
    """Where a user finds a function, without asking the catalogue."""
    import sys

    found = []
    for name, module in list(sys.modules.items()):
        parts = name.split(".")
        if parts[0] != "numpy" or any(p.startswith("_") for p in parts) or "tests" in parts:
            continue
        if any(name == other or name.startswith(other + ".") for other in OTHERS):
            continue
        listed = getattr(module, "__all__", None) or [n for n in vars(module) if n[0] != "_"]
        found += [f"{name}.{n}" for n in listed if getattr(module, n, None) is function]
    return found


DISPATCHED = sorted(
    n for n, e in catalog().items() if isinstance(e.function, ArrayFunctionDispatcher)
)
#: Before 2.4, NumPy does not tell the signature of what it writes in C; then every argument counts.
TOLD = [n for n in DISPATCHED if catalog()[n].signature is not None]
all_told = pytest.mark.skipif(TOLD != DISPATCHED, reason="NumPy does not tell all signatures")


class TestCatalog:
    def test_every_overridable_public_function_is_in_it(self):
        functions = by_function()
        missing = {f: public_places(f) for f in overridable() if f not in functions}
        assert {f.__name__: places for f, places in missing.items() if places} == {}

    def test_it_calls_dispatched_what_numpy_dispatches(self):
        allowed = set(overridable())
        assert {e.name for e in catalog().values() if e.dispatched} == {
            e.name for e in catalog().values() if e.function in allowed
        }
        assert len(DISPATCHED) > 270

    def test_functions_of_lazy_submodules_are_in_it(self):
        assert {"fft.fft", "strings.find", "linalg.norm", "lib.stride_tricks.as_strided"} <= set(
            catalog()
        )
        assert any(name.startswith("polynomial.") for name in catalog())

    def test_in_a_fresh_interpreter_too(self, run_python):
        """Before anybody has touched a lazy submodule."""
        assert run_python("from arrayproto.catalog import catalog; print(*catalog())").split() == [
            *catalog()
        ]

    def test_no_private_names(self):
        assert [n for n in catalog() if any(part.startswith("_") for part in n.split("."))] == []

    def test_no_duplicates(self):
        entries = list(catalog().values())
        assert len({id(e.function) for e in entries}) == len(entries)

    def test_each_is_where_its_name_says(self):
        for name, entry in catalog().items():
            value = np
            for part in name.split("."):
                value = getattr(value, part)
            assert value is entry.function, name
            assert entry.name == name
            assert repr(entry) == f"<numpy.{name}>"
            for module, attribute in entry.places:
                assert getattr(module, attribute) is entry.function

    @pytest.mark.parametrize(
        ("alias", "name"),
        [
            ("concat", "concatenate"),
            ("permute_dims", "transpose"),
            ("pow", None),
            ("bitwise_invert", None),
        ],
    )
    def test_aliases_go_under_the_name_of_the_function(self, alias, name):
        assert alias not in catalog()
        if name is not None:
            assert alias in {attribute for _, attribute in catalog()[name].places}

    def test_classes_ufuncs_and_the_testing_tools_are_not_functions(self):
        for name in ("ndarray", "float64", "add", "test", "errstate", "vectorize", "nditer", "e"):
            assert name not in catalog()

    def test_no_hand_kept_list(self, monkeypatch):
        """A function that a new NumPy brings is there, with its relevant arguments, without an edit."""
        overrides = pytest.importorskip("numpy._core.overrides")

        @overrides.array_function_dispatch(
            lambda signal, kernel=None, *, mode=None: (signal, kernel), module="numpy"
        )
        def brand_new(signal, kernel=None, *, mode="full"):
            return signal

        monkeypatch.setattr(np, "brand_new", brand_new, raising=False)
        monkeypatch.setattr(np, "__all__", [*np.__all__, "brand_new"])
        entry = catalog.__wrapped__()["brand_new"]
        assert entry.function is brand_new
        assert entry.dispatched
        assert entry.relevant == {"signal": "itself", "kernel": "itself"}
        # Nor does a function that is gone stay.
        monkeypatch.delattr(np, "flip")
        assert "flip" not in catalog.__wrapped__()

    def test_functions_that_activate_has_rebound_are_numpys_own(self):
        pytest.importorskip("dask.array")
        import arrayproto

        original = np.isfortran
        with arrayproto.activated("dask"):
            assert np.isfortran is not original
            entry = catalog.__wrapped__()["isfortran"]
            assert entry.function is original
            assert find_public(original).name == "isfortran"
        assert not entry.dispatched


class TestFindPublic:
    def test_agrees_with_the_catalogue(self):
        for name, entry in catalog().items():
            found = find_public(entry.function)
            assert found is not None, name
            assert found.function is entry.function
            assert found.name in {
                f"{m.__name__}.{a}".removeprefix("numpy.") for m, a in entry.places
            }, name

    @pytest.mark.parametrize(
        "value", [np.add, np.ndarray, np.pi, len, lambda a: a, None, "sum", random.random]
    )
    def test_what_is_no_function_of_numpy(self, value):
        assert find_public(value) is None


class TestUfuncs:
    def test_all_public_ones_once(self):
        found = ufuncs()
        public = {id(v) for n, v in vars(np).items() if isinstance(v, np.ufunc) and n[0] != "_"}
        assert {id(u) for u in found.values()} == public
        assert len(found) == len(public)
        assert found["absolute"] is np.abs
        assert "pow" not in found


class TestRelevant:
    @pytest.mark.parametrize(
        ("name", "relevant"),
        [
            ("sum", {"a": "itself", "out": "itself"}),
            ("tensordot", {"a": "itself", "b": "itself"}),
            ("concatenate", {"arrays": "items", "out": "itself"}),
            ("stack", {"arrays": "items", "out": "itself"}),
            ("block", {"arrays": "leaves"}),
            ("where", {"condition": "itself", "x": "itself", "y": "itself"}),
            ("einsum", {"operands": "itself", "out": "itself"}),
            ("clip", {"a": "itself", "a_min": "itself", "a_max": "itself", "out": "itself", "min": "itself", "max": "itself"}),
            ("linalg.norm", {"x": "itself"}),
            ("linalg.multi_dot", {"arrays": "items", "out": "itself"}),
            ("fft.fft", {"a": "itself", "out": "itself"}),
            ("select", {"condlist": "items", "choicelist": "items"}),
            ("histogram", {"a": "itself", "bins": "itself", "weights": "itself"}),
            ("take", {"a": "itself", "out": "itself"}),
            ("any", {"a": "itself", "where": "itself", "out": "itself"}),
            ("isfortran", {"a": "itself"}),
            ("histogram2d", {"x": "itself", "y": "itself", "bins": "items", "weights": "itself"}),
        ],
    )  # fmt: skip
    def test_known(self, name, relevant):
        if catalog()[name].signature is None or name == "clip" and np.__version__ < "2.1":
            pytest.skip("this NumPy does not tell the signature, or has another one")
        found = catalog()[name].relevant
        assert set(found) == set(relevant)
        # Variadic arguments are looked at one by one.
        assert {k: v for k, v in found.items() if k not in ("operands", "out")} == {
            k: v for k, v in relevant.items() if k not in ("operands", "out")
        }

    def test_arguments_that_are_no_arrays(self):
        assert not {"axis", "dtype", "keepdims"} & set(catalog()["sum"].relevant)

    def test_all_are_parameters(self):
        for name, entry in catalog().items():
            if entry.relevant:
                assert set(entry.relevant) <= set(entry.signature.parameters), name

    @all_told
    def test_every_function_that_numpy_dispatches_on_arguments_has_some(self):
        assert [n for n in DISPATCHED if not catalog()[n].relevant] == []

    def test_nothing_is_computed_to_find_out(self):
        """Probes are asked and answer: NumPy's implementation never runs."""
        entry = catalog_module.PublicFunction("save", np.save, ((np, "save"),), True)
        assert entry.relevant == {"arr": "itself"}
        assert catalog()["savetxt"].relevant


class TestDocumentedArguments:
    def test_numpydoc_types(self):
        def function(a, b, n):
            """One line.

            Parameters
            ----------
            a, b : (N,) array_like
                Two.
            n : int
                Not an array_like.

            Returns
            -------
            c : ndarray
            """

        assert documented_arguments(function) == ["a", "b"]

    @pytest.mark.parametrize("doc", [None, "", "No parameters: array_like"])
    def test_none(self, doc):
        def function(a):
            return a

        function.__doc__ = doc
        assert documented_arguments(function) == []


# What NumPy's own dispatch asks ------------------------------------------------------------------

ANSWER = object()


def recorder():
    """A fresh duck class that notes the types of the call that it was asked about."""

    class Duck:
        asked: list

        def __array_function__(self, func, types, args, kwargs):
            Duck.asked.append((func, tuple(types)))
            return ANSWER

    return Duck


def random_call(rng: random.Random, entry):
    """Arguments that bind, in a random form, with fresh ducks in random places."""
    asked: list = []
    kinds = [recorder() for _ in range(4)]
    for duck in kinds:
        duck.asked = asked

    def value(name="", depth=0):
        if not depth and entry.relevant.get(name) in ("items", "leaves"):
            # Other iterables are asked about themselves, by design: see dispatcher_of. And two
            # items, since np.histogram2d looks into its bins where there are two.
            kind = list if entry.relevant[name] == "leaves" else rng.choice([list, tuple])
            return kind(value("", 1) for _ in range(2))
        choice = rng.random()
        if choice < 0.5:
            return rng.choice(kinds)()
        if choice < 0.6:
            return rng.choice([None, 0, 1.5, "x", np.ones(2)])
        if depth < 3:
            return rng.choice([list, tuple])(value("", depth + 1) for _ in range(rng.randrange(4)))
        return 1

    args, kwargs, by_keyword = [], {}, False
    for name, parameter in entry.signature.parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            if not by_keyword:
                args += [value() for _ in range(rng.randrange(4))]
        elif parameter.kind is parameter.VAR_KEYWORD:
            continue
        elif parameter.default is not parameter.empty and rng.random() < 0.5:
            by_keyword = True
            if parameter.kind is parameter.POSITIONAL_ONLY:
                break
        elif parameter.kind is parameter.KEYWORD_ONLY or (
            parameter.kind is parameter.POSITIONAL_OR_KEYWORD and (by_keyword or rng.random() < 0.3)
        ):
            by_keyword = True
            kwargs[name] = value(name)
        elif not by_keyword:
            args.append(value(name))
    return args, kwargs, asked


class TestDispatcherOf:
    @pytest.mark.filterwarnings("ignore")  # NumPy's, about nonsense that reaches it
    @pytest.mark.parametrize("name", TOLD)
    def test_asks_what_numpy_asks(self, name, tmp_path, monkeypatch):
        """Differentially: the same call, NumPy's dispatch and ours."""
        monkeypatch.chdir(tmp_path)  # np.save("x", 1) is among the calls
        entry = catalog()[name]
        dispatcher = dispatcher_of(entry)
        rng = random.Random(name)
        compared = 0
        for _ in range(60):
            args, kwargs, asked = random_call(rng, entry)
            with contextlib.suppress(Exception):  # a dispatcher that cannot read this call
                entry.function(*args, **kwargs)
            if not asked or asked[0][0] is not entry.function:
                continue  # nobody was asked; or NumPy's implementation ran, and asked for itself
            ours = get_implementing_args(dispatcher(*args, **kwargs))
            assert tuple(map(type, ours)) == asked[0][1], (args, kwargs)
            compared += 1
        assert compared >= 5, "too few calls reached an override"

    def test_has_the_signature_of_the_function(self):
        for entry in catalog().values():
            if entry.signature is None:
                continue
            ours = inspect.signature(dispatcher_of(entry)).parameters
            theirs = entry.signature.parameters
            assert [(p.name, p.kind) for p in ours.values()] == [
                (p.name, p.kind) for p in theirs.values()
            ]
            for parameter in ours.values():
                had_default = theirs[parameter.name].default is not parameter.empty
                assert parameter.default is (None if had_default else parameter.empty)

    def test_generators_are_not_used_up(self):
        dispatcher = dispatcher_of(catalog()["concatenate"])
        generator = (x for x in [1, 2])
        dispatcher(generator)
        assert list(generator) == [1, 2]

    def test_without_a_signature_every_argument_counts(self):
        entry = catalog_module.PublicFunction("f", np.add, ((np, "f"),), False)
        entry.signature = None
        assert dispatcher_of(entry)(1, [2, (3,)], out=4) == (1, 2, 3, 4)

    def test_names_that_are_no_identifiers_are_refused(self):
        def function(a):
            return a

        parameter = inspect.Parameter("a", inspect.Parameter.POSITIONAL_ONLY)
        parameter._name = "a: __import__('os')"
        function.__signature__ = inspect.Signature([parameter])
        entry = catalog_module.PublicFunction("f", function, ((types, "f"),), False)
        with pytest.raises(ValueError, match="cannot generate"):
            dispatcher_of(entry)
