"""Dask as a consumer: what its programs do not show."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import arrayproto

da = pytest.importorskip("dask.array")
torch = pytest.importorskip("torch")

X = np.arange(12.0).reshape(3, 4)


@pytest.fixture
def adopted():
    with arrayproto.activated("torch", "dask"), arrayproto.adopted("dask"):
        yield


def test_what_goes_in_comes_out(adopted):
    x = da.from_array(torch.from_numpy(X.copy()), chunks=(2, 2))
    assert x.dtype == np.dtype(float)
    found = (x + 1).compute(scheduler="sync")
    assert type(found) is torch.Tensor
    np.testing.assert_array_equal(found, X + 1)


def test_chunks_travel(adopted):
    chunk = arrayproto.asduck(torch.from_numpy(X.copy()))
    again = pickle.loads(pickle.dumps(chunk))
    assert type(again) is type(chunk)
    np.testing.assert_array_equal(again.native, X)


def test_dasks_own_calls_of_numpy_stay(adopted):
    assert da.core.np is np
    assert isinstance(da.ones(3), np.ndarray) is False


def test_undone():
    def held():
        core = da.core
        return core.from_array, core.finalize, core.is_valid_chunk_type, core.concatenate_lookup

    before = held()
    with arrayproto.adopted("dask"):
        assert da.chunk_types.is_valid_chunk_type(torch.Tensor)
    assert held() == before
    assert not da.chunk_types.is_valid_chunk_type(torch.Tensor)


def test_what_is_registered_meanwhile_stays():
    class Mine:
        pass

    with arrayproto.adopted("dask"):
        da.core.concatenate_lookup.register(Mine, "joined")
        assert da.core.concatenate_lookup.dispatch(Mine) == "joined"
    assert da.core.concatenate_lookup.dispatch(Mine) == "joined"
