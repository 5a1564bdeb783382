"""NumPy's installed ``test_overrides.py``, run on our decorator instead of NumPy's."""

from __future__ import annotations

import importlib.util
import sys
import types
from unittest import mock

import numpy as np
import pytest

from arrayproto.dispatch import (
    array_function_dispatch,
    get_implementing_args,
    verify_matching_signatures,
)
from tests.dispatch.ways import WAYS, taken


def numpys_own_tests(way):
    """NumPy's installed module of tests, executed once more upon our names; None without it."""
    try:
        spec = importlib.util.find_spec("numpy._core.tests.test_overrides")
    except ImportError:
        spec = None
    if spec is None or spec.origin is None:
        return None
    name = f"numpys_test_overrides_on_arrayproto_in_{way}"
    spec = importlib.util.spec_from_file_location(name, spec.origin)
    module = importlib.util.module_from_spec(spec)
    with mock.patch.multiple(
        "numpy._core.overrides",
        array_function_dispatch=array_function_dispatch,
        _get_implementing_args=get_implementing_args,
        verify_matching_signatures=verify_matching_signatures,
    ):
        sys.modules[name] = module  # its functions are pickled by name
        with taken(way):
            spec.loader.exec_module(module)
    return module


#: Tests of NumPy's that do not hold in Python, each with the reason.
KNOWN_DEVIATIONS = {
    ("TestArrayFunctionImplementation", "test_properties"): (
        "ours is a plain function: its str() has its own address, not that of the implementation"
    ),
}

THEIRS = {way: numpys_own_tests(way) for way in WAYS}
missing = pytest.mark.skipif(None in THEIRS.values(), reason="NumPy is installed without its tests")


@pytest.fixture(scope="module", autouse=True)
def way():
    """Each class below has its own."""


def on_ours(name, way):
    """One of NumPy's test classes, its known deviations expected to fail."""
    base = getattr(THEIRS[way], name, None)
    if base is None:
        skip = pytest.mark.skip(reason="this NumPy is installed without its tests")
        return type(name, (), {"test_numpys_own": skip(lambda self: None)})
    marked = {
        test: pytest.mark.xfail(strict=True, reason=reason)(vars(base)[test])
        for (owner, test), reason in KNOWN_DEVIATIONS.items()
        if owner == name and way == "python"
    }

    @pytest.fixture(autouse=True)
    def its_way(self):
        with taken(way):
            yield

    return type(f"{name}In{way.title()}", (base,), {**marked, "its_way": its_way})


for own in (
    "TestGetImplementingArgs",
    "TestNDArrayArrayFunction",
    "TestArrayFunctionDispatch",
    "TestVerifyMatchingSignatures",
    "TestArrayFunctionImplementation",
):
    for one in WAYS:
        globals()[f"TestNumPys{own.removeprefix('Test')}In{one.title()}"] = on_ours(own, one)


@missing
class TestNumPysOwnTests:
    @pytest.mark.parametrize("way", WAYS)
    def test_they_test_our_functions(self, way):
        theirs = THEIRS[way]
        assert theirs.array_function_dispatch is array_function_dispatch
        assert theirs._get_implementing_args is get_implementing_args
        assert theirs.verify_matching_signatures is verify_matching_signatures
        in_python = isinstance(theirs.dispatched_one_arg, types.FunctionType)
        assert in_python == (way == "python")
        assert not isinstance(theirs.dispatched_one_arg, type(np.concatenate))

    def test_numpy_itself_is_as_it_was(self):
        from numpy._core import overrides

        assert overrides.array_function_dispatch is not array_function_dispatch
        assert overrides._get_implementing_args is not get_implementing_args

    def test_known_deviations_name_tests_that_exist(self):
        for owner, test in KNOWN_DEVIATIONS:
            assert callable(getattr(getattr(THEIRS["python"], owner), test))
