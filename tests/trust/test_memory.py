"""No call keeps a user's array, and no number of calls makes the process grow."""

from __future__ import annotations

import gc
import importlib
import sys
import warnings

import numpy as np
import pytest
import sparse

import arrayproto
import arrayproto.numpy as anp
from tests.trust.leaks import VALUES, leaked

#: Those of TensorFlow and MLX, which are imported in files of their own, are tested there.
MAKERS = {
    "sparse": lambda: lambda values: sparse.COO(values),
    "dask": lambda: importlib.import_module("dask.array").from_array,
    "torch": lambda: lambda values: importlib.import_module("torch").tensor(values),
    "jax": lambda: importlib.import_module("jax.numpy").asarray,
    "autograd": lambda: _box,
    "xarray": lambda: lambda values: importlib.import_module("xarray").DataArray(values),
}


def _box(values):
    """An array of autograd exists while it differentiates."""
    tracer = importlib.import_module("autograd.tracer")
    importlib.import_module("autograd.numpy")
    node = importlib.import_module("autograd.core").VJPNode
    return tracer.new_box(values.copy(), 0, node.new_root())


@pytest.mark.parametrize("name", MAKERS)
def test_no_array_is_kept(name):
    """By calls and errors, watched or not, and by what has watched them once it is closed."""
    pytest.importorskip({"dask": "dask.array"}.get(name, name))
    # NumPy keeps the argument of a method of a ufunc where the override raises: docs/upstream.md.
    raising = {"xarray": {7}}.get(name, ())
    assert leaked(MAKERS[name](), name, raising) == []


class Duck:
    def __array_function__(self, func, types, args, kwargs):
        return None


@arrayproto.array_function_dispatch(lambda a, b=None: (a, b), module="trust")
def decorated(a, b=None):
    return None


def dispatch(times):
    """Ways of a call that are short, each so many times."""
    x, duck, array = sparse.COO(VALUES), Duck(), VALUES
    for _ in range(times):
        decorated(array, b=array)
        decorated(array, duck)
        np.shape(x)
        np.ndim(x)
        np.isfortran(x)
        anp.ndim(x)
        anp.ndim(array)
        np.linalg.matrix_transpose(duck)


def fail(times):
    x = sparse.COO(VALUES)
    for _ in range(times):
        for call in (
            lambda: decorated(),
            lambda: np.char.upper(x),
            lambda: np.transpose(x, 1, 2, 3),
        ):
            try:
                call()
            except TypeError:
                pass


def switch(times):
    for _ in range(times):
        with arrayproto.trace(), arrayproto.using("sparse"), arrayproto.activated("dask"):
            np.ndim(VALUES)


@pytest.mark.parametrize("work, times", [(dispatch, 25_000), (fail, 500), (switch, 15)])
def test_nothing_grows(work, times):
    """200 000 dispatches, and errors, and contexts (see benchmarks/results/memory.md for more)."""
    with arrayproto.activated("sparse"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        work(3)
        grown = []
        for _ in range(2):
            gc.collect()
            before = sys.getallocatedblocks()
            work(times)
            gc.collect()
            grown.append(sys.getallocatedblocks() - before)
    assert min(grown) < times / 5 + 50, grown
