"""Functions written with NumPy alone, on MLX's arrays; on a CPU, where they have all dtypes but one.

tests/test_mlx.py runs them in a process of their own.
"""

from __future__ import annotations

import collections
import pickle

import numpy as np
import pytest

import arrayproto
from arrayproto import UnsupportedFunctionError
from arrayproto.testing import SUBJECTS, Verdict, judge, load_calls
from arrayproto.testing.gaps import known_gap
from arrayproto.testing.judge import needs
from tests.trust.leaks import leaked

mx = pytest.importorskip("mlx.core", reason="MLX has wheels for few platforms")


@pytest.fixture(autouse=True, scope="module")
def _active():
    device = mx.default_device()
    mx.set_default_device(mx.cpu)
    with arrayproto.activated("mlx"):
        yield
    mx.set_default_device(device)


M = np.array([[0.5, 0, -2, 0], [0, 3, 0, 1.25], [4, 0, 0, -0.25]])


def test_a_program():
    x = mx.array(M)
    scores = np.exp(x - np.max(x, axis=1, keepdims=True))
    shares = scores / np.sum(scores, axis=1, keepdims=True)
    assert isinstance(shares, mx.array) and shares.dtype == mx.float32
    wanted = np.exp(M - M.max(1, keepdims=True))
    np.testing.assert_allclose(np.array(shares), wanted / wanted.sum(1, keepdims=True), rtol=1e-6)


def test_beside_ndarrays():
    x = mx.array(M)
    assert isinstance(np.concatenate([x, M]), mx.array)
    assert np.multiply(M, x).dtype == mx.float64
    assert isinstance(M * x, mx.array)


def test_derivatives():
    """Those of MLX's own, through NumPy's functions."""
    slope = mx.grad(lambda x: np.sum(np.square(np.tanh(x))))(mx.array(M))
    np.testing.assert_allclose(np.array(slope), 2 * np.tanh(M) / np.cosh(M) ** 2, atol=1e-6)


def test_converted_where_it_is_asked_for():
    with arrayproto.activated("mlx", fallback="convert"):
        with pytest.warns(arrayproto.ArrayProtoWarning, match="copied 48 bytes from mlx"):
            spacing = np.spacing(mx.array(M))
    assert isinstance(spacing, mx.array)
    np.testing.assert_array_equal(np.array(spacing), np.spacing(M.astype(np.float32)))


def test_written_to():
    x = mx.array(M)
    np.put(x, [0, 1], 9.0)
    np.testing.assert_array_equal(np.array(x)[0, :2], [9, 9])


def test_division_by_zero():
    """Of integers it would end the process."""
    x = mx.array([4, 2, 0])
    np.testing.assert_array_equal(np.array(np.floor_divide(x, x * 0)), [0, 0, 0])


def test_what_is_not_there():
    with pytest.raises(UnsupportedFunctionError, match=r"nextafter.*np\.array\(x\)"):
        np.nextafter(mx.array(M), 1)


def test_what_worked_before():
    x = mx.array(M)
    assert repr(x).startswith("array([[0.5, 0, -2, 0],")
    np.testing.assert_array_equal(np.array(x), np.asarray(pickle.loads(pickle.dumps(x))))
    np.testing.assert_array_equal(np.from_dlpack(x), M)
    assert mx.allclose(mx.array(M), mx.array(M)).item()


#: MLX has no complex numbers of double precision, so that what is made of them is of single too.
_SINGLE = ("dtype float32; NumPy: float64", "dtype complex64; NumPy: complex128")


def _sample():
    by_function = collections.defaultdict(list)
    for call in load_calls():
        if not needs(call) & SUBJECTS["mlx"].lacks:
            by_function[call.public_api].append(call)
    return [calls[len(calls) // 2] for calls in by_function.values()]


def test_sample_of_calls():
    found = []
    for call in _sample():
        verdict, detail = judge(call, SUBJECTS["mlx"])[1:]
        single = verdict is Verdict.WRONG and detail.removeprefix("result 0: ").startswith(_SINGLE)
        fine = verdict in (Verdict.RIGHT, Verdict.REFUSED, Verdict.NO_ARRAY) or single
        if fine == bool(known_gap("mlx", "mlx", call.expression)):
            found.append(f"{call.expression}: {verdict}: {detail}")
    assert not found, "\n".join(found)


class TestBesideOthers:
    def test_nothing_is_lost(self):
        """Its operators took quantities and masked arrays for numbers."""
        from arrayproto.tools.hierarchy import examine

        others = ["ndarray", "masked", "astropy", "unyt", "sparse", "dask", "torch", "xarray"]
        found = examine(active=True, names=[*others, "mlx"])
        assert [p.message for p in found.losses] == []
        assert "mlx" in found.types

    def test_operators_in_place(self):
        x, masked = mx.array([1.0, 2.0]), np.ma.masked_array([1.0, 9.0], [False, True])
        with pytest.raises(TypeError):
            x += masked
        x += np.array([1.0, 1.0], dtype=np.float32)
        assert x.tolist() == [2.0, 3.0]


def test_no_array_is_kept():
    """See tests/trust/test_memory.py."""
    assert leaked(mx.array, "mlx") == []
