"""NumPy's installed ``test_overrides.py``, run on our decorator instead of NumPy's."""

from __future__ import annotations

import importlib.util
import sys
from unittest import mock

import pytest

from arrayproto.dispatch import (
    array_function_dispatch,
    get_implementing_args,
    verify_matching_signatures,
)


def numpys_own_tests():
    """NumPy's installed module of tests, executed once more upon our names; None without it."""
    try:
        spec = importlib.util.find_spec("numpy._core.tests.test_overrides")
    except ImportError:
        spec = None
    if spec is None or spec.origin is None:
        return None
    name = "numpys_test_overrides_on_arrayproto"
    spec = importlib.util.spec_from_file_location(name, spec.origin)
    module = importlib.util.module_from_spec(spec)
    with mock.patch.multiple(
        "numpy._core.overrides",
        array_function_dispatch=array_function_dispatch,
        _get_implementing_args=get_implementing_args,
        verify_matching_signatures=verify_matching_signatures,
    ):
        sys.modules[name] = module  # its functions are pickled by name
        spec.loader.exec_module(module)
    return module


#: Tests of NumPy's that do not hold here, each with the reason.
KNOWN_DEVIATIONS = {
    ("TestArrayFunctionImplementation", "test_properties"): (
        "ours is a plain function: its str() has its own address, not that of the implementation"
    ),
}

theirs = numpys_own_tests()


def on_ours(name):
    """One of NumPy's test classes, its known deviations expected to fail."""
    base = getattr(theirs, name, None)
    if base is None:
        skip = pytest.mark.skip(reason="this NumPy is installed without its tests")
        return type(name, (), {"test_numpys_own": skip(lambda self: None)})
    marked = {
        test: pytest.mark.xfail(strict=True, reason=reason)(vars(base)[test])
        for (owner, test), reason in KNOWN_DEVIATIONS.items()
        if owner == name
    }
    return type(name, (base,), marked)


TestNumPysGetImplementingArgs = on_ours("TestGetImplementingArgs")
TestNumPysNDArrayArrayFunction = on_ours("TestNDArrayArrayFunction")
TestNumPysArrayFunctionDispatch = on_ours("TestArrayFunctionDispatch")
TestNumPysVerifyMatchingSignatures = on_ours("TestVerifyMatchingSignatures")
TestNumPysArrayFunctionImplementation = on_ours("TestArrayFunctionImplementation")


@pytest.mark.skipif(theirs is None, reason="this NumPy is installed without its tests")
class TestNumPysOwnTests:
    def test_they_test_our_functions(self):
        assert theirs.array_function_dispatch is array_function_dispatch
        assert theirs._get_implementing_args is get_implementing_args
        assert theirs.verify_matching_signatures is verify_matching_signatures
        assert "arrayproto" in theirs.dispatched_one_arg.__code__.co_filename

    def test_numpy_itself_is_as_it_was(self):
        from numpy._core import overrides

        assert overrides.array_function_dispatch is not array_function_dispatch
        assert overrides._get_implementing_args is not get_implementing_args

    def test_known_deviations_name_tests_that_exist(self):
        for owner, test in KNOWN_DEVIATIONS:
            assert callable(getattr(getattr(theirs, owner), test))
