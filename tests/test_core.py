"""The core is enough: a class that implements it, and nothing else, gets the rest of NumPy."""

from __future__ import annotations

import ast
import collections
import functools

import numpy as np
import pytest

from arrayproto import ArrayFunctionMixin, UnsupportedFunctionError, implements
from arrayproto.catalog import catalog, ufuncs
from arrayproto.derived import derived_functions, elementwise
from arrayproto.derived.core import CORE, EXTENSIONS, missing, numpy_function
from arrayproto.testing.calls import Call, load_calls
from arrayproto.testing.judge import Verdict, judge
from arrayproto.testing.subjects import Subject
from tests.core_array import CoercionError, CoreArray, values_of

SUBJECT = Subject(
    "core",
    "core",
    "tests.core_array",
    CoreArray,
    values_of,
    lambda: (CoreArray,),
    frozenset({"text", "dates", "objects", "records", "files", "memory", "writes"}),
)

#: Modules whose functions NumPy does not dispatch, or that are of text.
ELSEWHERE = (
    "char.", "strings.", "rec.", "random.", "polynomial.", "lib.recfunctions.", "lib.array_utils.",
)  # fmt: skip

#: Functions of arrays that the core array has no answer for, and why.
WITHOUT = {
    "min_scalar_type": "the answer for a 0-d array depends on its value",
    "may_share_memory": "about the memory of an ndarray",
    "shares_memory": "about the memory of an ndarray",
    "busday_count": "dates",
    "busday_offset": "dates",
    "is_busday": "dates",
    "datetime_as_string": "dates",
    "array2string": "text",
    "array_repr": "text",
    "array_str": "text",
    "save": "writes a file",
    "savetxt": "writes a file",
    "savez": "writes a file",
    "savez_compressed": "writes a file",
    "copyto": "writes to an array",
    "fill_diagonal": "writes to an array",
    "place": "writes to an array",
    "put": "writes to an array",
    "put_along_axis": "writes to an array",
    "putmask": "writes to an array",
    "isnat": "dates",
}

#: Calls that are not answered as NumPy answers them, and why.
GAPS = {
    "np.lexsort([a, -a])": "NumPy does not look into a list here, and converts it",
    "np.poly(q)": "the dtype depends on values",
    "np.poly(zv[:3])": "the dtype depends on values",
    "np.poly(ev)": "NumPy asks the items, and there are none",
    "np.roots(ev)": "NumPy asks the items, and there are none",
    "np.iterable(s)": "no array function",
    "np.unique(em, axis=1)": "no rows to tell apart",
    "np.where(bv, uv, 300)": "an integer that the dtype has not got",
    'np.zeros_like(v, device="gpu")': "device= is not looked at",
    'np.require(m, requirements=["X"], like=m)': "there is no memory to make requirements of",
    'np.concatenate((v, v), casting="nonsense")': "casting= without dtype= is not looked at",
    "np.take_along_axis(m, np.array([[0, 1, 2]]), 0)": "ValueError where NumPy has IndexError",
    'np.histogram_bin_edges(m, bins="stone")': "an estimator by trial of every number of bins",
    **{
        f"np.{name}.reduceat(iv, x)": "where slices begin is for Python to know"
        for name in ("add", "multiply", "maximum", "minimum")
    },
}


def _beyond_functions(expression: str) -> bool:
    """Whether a call uses members of ndarrays, or index arrays, which are no functions."""
    for node in ast.walk(ast.parse(expression, mode="eval")):
        if isinstance(node, ast.Subscript):
            if any(isinstance(part, (ast.List, ast.Compare)) for part in ast.walk(node.slice)):
                return True
            if "bv" in ast.dump(node.slice) or "bm" in ast.dump(node.slice):
                return True
        if isinstance(node, ast.Attribute):
            root = node
            while isinstance(root, ast.Attribute):
                root = root.value
            if not (isinstance(root, ast.Name) and root.id in ("np", "host")):
                return True
    return False


def _sensible(call: Call) -> bool:
    if not call.arrays or call.tags & SUBJECT.lacks or "weights=" in call.expression:
        return False
    if call.function.startswith(ELSEWHERE) or _beyond_functions(call.expression):
        return False
    entry = catalog().get(call.public_api)
    if call.public_api in WITHOUT or "partition" in call.public_api:
        return False
    return entry is None or entry.dispatched


@functools.cache
def calls_by_function() -> dict[str, list[Call]]:
    found = collections.defaultdict(list)
    for call in load_calls():
        if _sensible(call):
            found[call.public_api].append(call)
    return dict(found)


class TestTheClass:
    def test_implements_the_core_and_nothing_else(self):
        own = {
            name
            for name in CORE | set(EXTENSIONS)
            if CoreArray._implementations.own(numpy_function(name)) is not None
        }
        assert own == CORE | set(EXTENSIONS)
        assert len(CoreArray._own_implementations) == len(own)
        assert missing(CoreArray) == frozenset()

    def test_says_no_to_coercion(self):
        x = CoreArray(np.ones(3))
        for convert in (np.ndarray.__array__.__class__, float, bool, memoryview):
            with pytest.raises((CoercionError, TypeError)):
                convert(x)
        with pytest.raises(CoercionError):
            x.__array__()
        with pytest.raises(TypeError, match="item assignment"):
            x[0] = 1


@pytest.mark.parametrize("function", sorted(calls_by_function()))
def test_the_rest_of_numpy_follows(function):
    wrong = []
    for call in calls_by_function()[function]:
        if call.expression in GAPS:
            continue
        found = judge(call, SUBJECT)
        if found.verdict is not Verdict.RIGHT:
            wrong.append(f"{call.expression}: {found.verdict}: {found.detail}")
    assert not wrong, "\n".join(wrong)


def test_share_of_numpy():
    """Each function of arrays is derived, but for those that are listed."""
    known = CORE | set(EXTENSIONS) | set(elementwise.__all__)
    entries = catalog()
    functions = {
        name
        for name, entry in entries.items()
        if entry.dispatched and not name.startswith(ELSEWHERE)
    } | set(ufuncs())
    without = set()
    for name in functions - known - set(derived_functions()):
        function = numpy_function(name)
        if isinstance(function, np.ufunc) or CoreArray._implementations[function] is None:
            without.add(name)
    refused = set(WITHOUT) & functions
    assert without <= refused
    assert len(functions - refused) / len(functions) > 0.9


class TestAnAuthor:
    def test_is_told_what_is_missing(self):
        class Half(ArrayFunctionMixin, derive=True):
            shape = (3,)
            dtype = np.dtype(float)

            @implements(np.reshape)
            def reshaped(self, shape):
                return self

        assert missing(Half) == CORE - {"reshape"}
        with pytest.raises(UnsupportedFunctionError, match=r"Half does not implement numpy\.sum"):
            np.mean(Half())

    def test_decides_whether_functions_are_derived(self):
        class Plain(ArrayFunctionMixin):
            @implements(np.sum)
            def total(self, axis=None):
                return 3

        class Deriving(Plain, derive=True):
            pass

        class Again(Deriving):
            pass

        with pytest.raises(TypeError, match="no implementation found"):
            np.median(Plain())
        assert Again._derives

    def test_own_functions_come_first(self):
        class Quick(CoreArray):
            @implements(np.median)
            def own(self, axis=None):
                return "own"

        assert np.median(Quick(np.ones(3))) == "own"
        assert float(np.mean(Quick(np.ones(3)))) == 1
