"""Fixtures of all tests."""

from __future__ import annotations

import functools
import gc
import importlib
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import arrayproto

ROOT = Path(__file__).parent.parent
MODULES = {"cupy": "cupy", "sparse": "sparse", "dask": "dask.array"}


def _compiled_functions_are_kept():
    """sparse and JAX compile at the first call, for each dtype and shape: once for all processes."""
    kept = ROOT / ".cache"
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(kept / "jax"))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
    os.environ.setdefault("NUMBA_CACHE_DIR", str(kept / "numba"))
    try:
        import numba
    except ImportError:  # and no sparse either
        return
    numba.jit = functools.partial(numba.jit, cache=True)  # sparse takes it from there


# Before any test imports them.
_compiled_functions_are_kept()


def _cuda_devices() -> int:
    try:
        import cupy

        return cupy.cuda.runtime.getDeviceCount()
    except Exception:  # no CuPy, no driver, no device: each says so in a way of its own
        return 0


def pytest_configure(config):
    config.addinivalue_line("markers", "gpu: needs a CUDA device and CuPy")


def pytest_collection_modifyitems(items):
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if marked and not _cuda_devices():
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="needs CuPy and a CUDA device"))


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What is imported and collected stays: no collection of garbage has to look at it again.

    It is millions of objects, and half a second for each of the hundreds of `gc.collect` in tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """A file is one worker's, so that fixtures are made and functions compiled once."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file, _, test = nodeid.partition("::")
            # The many calls of test_conformance.py are shared out by what they are judged on.
            return f"{file}[{test.rpartition('-')[2]}" if test.startswith("test_calls[") else file

    return Scheduling(config, log)


@pytest.fixture(autouse=True)
def inactive_afterwards():
    """Classes are global: whatever a test has activated is undone after it."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", arrayproto.ArrayProtoWarning)
        arrayproto.deactivate()


@pytest.fixture(params=["sparse", "dask"])
def library(request):
    """Libraries whose arrays can be made on any machine."""
    pytest.importorskip(MODULES[request.param])
    return request.param


@pytest.fixture(params=list(MODULES))
def known_library(request):
    """Every library that arrayproto knows; CuPy can be imported without a GPU."""
    pytest.importorskip(MODULES[request.param])
    return request.param


@pytest.fixture
def module(known_library):
    return importlib.import_module(MODULES[known_library])


@pytest.fixture
def run_python():
    """Run a program in a fresh interpreter; its standard output."""

    def run(program: str, *options: str) -> str:
        done = subprocess.run(
            [sys.executable, *options, "-c", program],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
