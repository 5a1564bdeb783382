"""Importing and activating, each round in a process of its own."""

from __future__ import annotations

import pytest

from . import cases, identity, startup


def test_no_array_library_is_imported(benchmark):
    """The time recorded is that of a whole process."""
    benchmark.group = "startup"
    *_, found = benchmark.pedantic(startup.inside, rounds=3, warmup_rounds=1)
    assert found == []


@pytest.mark.parametrize("code", ["import numpy", "import numpy, arrayproto"])
def test_whole_process(benchmark, code):
    benchmark.group = "startup"
    benchmark.pedantic(startup._python, (code,), rounds=5, warmup_rounds=1)


def test_what_numpy_dispatches_is_left_alone():
    pytest.importorskip("sparse")
    pytest.importorskip("dask.array")
    found = identity.identity(*cases.ALL)
    assert found.identical == found.dispatched > 300
    assert "numpy.isfortran" in found.rebound
