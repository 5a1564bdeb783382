"""Consumers that today's Python or NumPy does not import, but for adoption."""

from __future__ import annotations

import importlib.util

import pytest


def installed(name):
    found = importlib.util.find_spec(name) is not None
    return pytest.mark.skipif(not found, reason=f"{name} is not installed")


@installed("tangent")
def test_tangent(run_python):
    program = """if True:
        import sys, types
        import arrayproto
        own = sys.modules["gast"] = types.ModuleType("gast")
        arrayproto.adopt("tangent")
        import tangent
        assert sys.modules["gast"] is own
        assert "tensorflow" not in sys.modules and "tangent.tf_extensions" not in sys.modules
        try:
            tangent.trace_grad(len, ())
        except NotImplementedError as error:
            print(error)
        """
    assert "leave @trace out" in run_python(program)


@installed("mxnet")
def test_mxnet(run_python):
    program = """if True:
        import numpy as np
        import arrayproto
        before = np.__getattr__
        arrayproto.adopt("mxnet")
        import mxnet
        assert np.__getattr__ is before and not hasattr(np, "PZERO")
        from arrayproto.testing.consumers.mxnet import judge
        print(judge())
        """
    assert run_python(program) == "{'wrong': [], 'converted': ['median', 'nanmean']}\n"
