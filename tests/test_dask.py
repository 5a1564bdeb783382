"""Dask: any chunks, any shape, NumPy's answer; what is gathered, and what is refused."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

import arrayproto
import arrayproto.numpy as anp
from arrayproto.errors import UnsupportedArgumentError
from arrayproto.testing.subjects import staying_on_the_library

from .oracle import assert_same
from .programs import PROGRAMS, answer

dask = pytest.importorskip("dask")
da = pytest.importorskip("dask.array")
hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies


@contextlib.contextmanager
def nothing_computed():
    with staying_on_the_library():
        yield


@pytest.mark.filterwarnings("ignore")
@hypothesis.settings(deadline=None, max_examples=150, derandomize=True)
@hypothesis.given(data=st.data(), name=st.sampled_from(sorted(PROGRAMS)))
def test_any_chunks(data, name):
    shape = data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=3).map(tuple))
    lengths = [max(1, n) for n in shape]
    chunks = tuple(data.draw(st.integers(1, n)) for n in lengths)
    values = np.random.default_rng(0).integers(0, 5, shape).astype(float)
    wanted, wanted_error = answer(PROGRAMS[name], np, values)
    x = da.from_array(values, chunks=chunks)
    with nothing_computed():
        actual, error = answer(PROGRAMS[name], anp, x)
    if wanted_error is not None:
        if error is None:
            with pytest.raises((type(wanted_error), ValueError)), dask.config.set(scheduler="sync"):
                dask.compute(actual)
        return
    if error is not None:
        raise error
    for one, other in zip(
        *(a if isinstance(a, tuple) else (a,) for a in (actual, wanted)), strict=True
    ):
        assert isinstance(one, da.Array)
        assert one.dtype == np.asarray(other).dtype
        assert one.shape == np.shape(other)
        assert_same(one.compute(scheduler="sync"), other, rtol=1e-9)


class TestGathering:
    """A matrix that fits in a chunk is put in one; a larger one is refused."""

    def test_small(self):
        x = da.from_array(np.diag([1.0, 2, 3, 4]), chunks=2)
        assert float(anp.linalg.det(x).compute()) == pytest.approx(24)

    def test_large(self):
        x = da.ones((8, 8), chunks=4)
        with dask.config.set({"array.chunk-size": "256 B"}):
            for function in (anp.linalg.det, anp.linalg.eigh, anp.median):
                with pytest.raises(UnsupportedArgumentError, match="rechunk"):
                    function(x)

    def test_pivots_of_other_chunks(self):
        """dask.array.linalg.inv finds this matrix singular."""
        x = da.from_array(np.array([[0.0, 1], [1, 0]]), chunks=1)
        assert anp.linalg.inv(x).compute().tolist() == [[0, 1], [1, 0]]


class TestOut:
    def test_another_array(self):
        x, out = da.ones((2, 3), chunks=2), da.zeros(3, chunks=2, dtype="f4")
        assert anp.cumulative_sum(x, axis=1, out=da.zeros((2, 3))).shape == (2, 3)
        assert anp.median(x, axis=0, out=out) is out
        assert out.dtype == np.float32
        assert out.compute().tolist() == [1, 1, 1]

    def test_another_dtype(self):
        """NumPy refuses it; Dask's own `sum` does not, and what works stays."""
        out = da.zeros(3, dtype=int)
        assert anp.sum(da.ones((2, 3)) / 4, axis=0, out=out) is out
        assert out.dtype == np.float64
        assert out.compute().tolist() == [0.5, 0.5, 0.5]

    def test_refusals(self):
        x = da.ones((2, 3))
        with pytest.raises(ValueError, match="shape"):
            anp.sum(x, axis=0, out=da.zeros(4))
        with pytest.raises(TypeError, match="same_kind"):
            anp.ptp(x, axis=0, out=da.zeros(3, dtype=int))
        with pytest.raises(UnsupportedArgumentError, match="store"):
            anp.median(x, axis=0, out=np.zeros(3))


class TestUnknownShapes:
    def test_a_clear_error(self):
        x = da.arange(6, chunks=3)
        x = x[x > 2]
        for call in (
            lambda: anp.pad(x, 1, "reflect"),
            lambda: anp.repeat(x, 2),
            lambda: anp.insert(x, 0, 1),
            lambda: anp.gradient(x),
            lambda: anp.take(x, [0], mode="clip"),
            lambda: anp.interp(0.5, x, x),
        ):
            with pytest.raises(UnsupportedArgumentError, match="compute_chunk_sizes"):
                call()

    def test_what_does_not_need_them(self):
        x = da.arange(6, chunks=3)
        x = x[x > 2]
        assert anp.sum(x, initial=1).compute() == 13
        assert anp.digitize(x, [4]).compute().tolist() == [0, 1, 1]
        assert anp.histogram(x, 2)[0].compute().tolist() == [1, 2]


class TestChunksOfOthers:
    def test_sparse_chunks_stay_sparse(self):
        sparse = pytest.importorskip("sparse")
        x = da.from_array(np.eye(4), chunks=2).map_blocks(sparse.COO.from_numpy)
        with arrayproto.activated():
            for result in (np.sort(x, axis=0), np.diff(x, axis=0), np.sum(x, 0, where=x > 0)):
                assert isinstance(result.compute(scheduler="sync"), sparse.SparseArray)


class TestWithoutElements:
    """Dask leaves out what has no elements where it joins, and does not flatten all of it."""

    def test_lengths_are_compared(self):
        nothing = da.ones((0,), chunks=1)
        for join in (anp.vstack, anp.dstack):
            with pytest.raises(ValueError, match="along dimension 1, the array at index 0 has"):
                join([da.ones((1, 1), chunks=1), nothing])
        assert anp.hstack([da.ones(2, chunks=1), nothing]).compute().tolist() == [1, 1]

    @pytest.mark.parametrize("name", ["sort", "cumsum", "cumprod", "nancumsum"])
    def test_flattened(self, name):
        values = np.zeros((0, 2), bool)
        result = getattr(anp, name)(da.from_array(values, chunks=1), axis=None)
        assert result.dtype == getattr(np, name)(values, axis=None).dtype
        assert result.compute().tolist() == []

    def test_a_shape_of_negative_lengths(self):
        with pytest.raises(ValueError, match="non-negative"):
            anp.broadcast_to(da.ones((), chunks=1), (0, -1))


class TestDasksOwnCode:
    """What Dask's own code calls answers as stock Dask does."""

    def test_by_way_of_a_function_of_numpys(self):
        # The chunk's numpy.full_like calls numpy.copyto with the Dask array.
        with arrayproto.activated("dask"):
            full = da.full(shape=(2, 2), fill_value=da.from_array(np.int64(7)))
            with pytest.warns(FutureWarning, match="numpy.copyto"):
                values = full.compute(scheduler="sync")
        assert_same(values, np.full((2, 2), 7))

    def test_the_program_is_refused(self):
        with (
            arrayproto.activated("dask"),
            pytest.raises(
                UnsupportedArgumentError, match=r"numpy\.copyto: dst is a numpy\.ndarray"
            ),
        ):
            np.full_like(np.ones(2), da.from_array(np.float64(7)))

    @pytest.mark.parametrize(
        "call",
        [
            lambda h, x: np.put(h, [0], x),
            lambda h, x: np.put(a=h, ind=[0], v=x),
            lambda h, x: np.place(h, h == 0, x),
            lambda h, x: np.putmask(h, h == 0, x),
            lambda h, x: np.put_along_axis(h, np.array([0]), x, 0),
        ],
    )
    def test_others_that_write_to_an_ndarray(self, call):
        h = np.zeros(2)
        with (
            arrayproto.activated("dask"),
            staying_on_the_library(),
            pytest.raises(UnsupportedArgumentError, match=r"Give x\.compute\(\) in its place"),
        ):
            call(h, da.ones(1))
        assert_same(h, np.zeros(2))
