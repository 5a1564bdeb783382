"""A NumPy release that adds, changes or removes functions: unclassified functions, and no crash."""

from __future__ import annotations

import pytest

#: What a program finds that has another NumPy: made before arrayproto is imported.
NEXT_RELEASE = """
import functools
import numpy as np
import sparse, dask.array as da  # their own code is of today

def released(module, function, dispatcher=None):
    function.__module__ = module.__name__
    if dispatcher is not None:
        function = functools.update_wrapper(type(np.flip)(dispatcher, function), function)
    setattr(module, function.__name__, function)
    module.__all__ = list(dict.fromkeys([*module.__all__, function.__name__]))

def brandnew(x, y=None, *, scale=1.0):
    return np.asarray(x) * scale

def flip(m, axis=None, *, fast=False):
    return np.asarray(m)[::-1]

def quiet(x):
    '''One that NumPy does not dispatch.

    Parameters
    ----------
    x : array_like
    '''
    return np.asarray(x)

released(np, brandnew, lambda x, y=None, *, scale=None: (x, y))
released(np, flip, lambda m, axis=None, *, fast=None: (m,))
released(np.linalg, quiet)
np.brandnew_ufunc = np.frompyfunc(lambda a: a + 1, 1, 1)
for removed in ("poly", "apply_over_axes"):
    delattr(np, removed)
    np.__all__.remove(removed)

import arrayproto
import arrayproto.numpy as anp
from arrayproto.tools import coverage
x, d = sparse.COO.from_numpy(np.eye(2)), da.ones(3)
"""


@pytest.fixture
def under(run_python):
    pytest.importorskip("sparse")
    pytest.importorskip("dask.array")

    def run(program):
        return run_python(NEXT_RELEASE + program)

    return run


class TestTheNextRelease:
    def test_what_is_new_is_unclassified(self, under):
        under("""
from arrayproto.catalog import catalog
assert catalog()["brandnew"].relevant == {"x": "itself", "y": "itself"}
assert catalog()["linalg.quiet"].relevant == {"x": "itself"}
assert not {"poly", "apply_over_axes"} & catalog().keys()
for found in coverage.cover(["sparse", "dask"]):
    # NumPy 2.0 and 2.1 call the functions of np.emath by other names.
    new = [name for name in found.unclassified if not name.startswith("lib.scimath.")]
    assert new == ["brandnew", "linalg.quiet"], new
""")

    def test_calls(self, under):
        under("""
def refused(call, error, *texts):
    try:
        call()
    except error as raised:
        assert all(text in str(raised) for text in texts), raised
    else:
        raise AssertionError("nothing was raised")

arrayproto.activate()
unsupported, argument = arrayproto.UnsupportedFunctionError, arrayproto.UnsupportedArgumentError
for array in (x, d):
    for call in (np.brandnew, anp.brandnew, np.linalg.quiet):
        refused(lambda: call(array), unsupported, "it cannot be composed of those that it has yet")
    refused(lambda: np.flip(array, 0, fast=True), argument, "'fast'", "leave 'fast' out")
    assert type(np.flip(array, 0)) is type(array) and type(np.flip(array, fast=False)) is type(array)
    assert type(np.sum(array, 0)) is type(array) or np.sum(array, 0).ndim == 0
assert anp.brandnew([1, 2], scale=2.0).tolist() == np.brandnew([1, 2], scale=2.0).tolist()
assert np.brandnew_ufunc(d).compute().tolist() == [2.0, 2.0, 2.0]
refused(lambda: anp.poly, AttributeError, "module 'arrayproto.numpy' has no attribute 'poly'")
""")
