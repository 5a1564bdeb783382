"""Dask: any chunks, any shape, NumPy's answer; what is gathered, and what is refused."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

import arrayproto
import arrayproto.numpy as anp
from arrayproto.errors import UnsupportedArgumentError

from .oracle import assert_same, staying_on_the_device

dask = pytest.importorskip("dask")
da = pytest.importorskip("dask.array")
hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

#: Functions of one array of any shape. NumPy's error is an answer too.
PROGRAMS = {
    "sum": lambda np, x: np.sum(x, axis=0, initial=2.0, where=x > 1),
    "prod": lambda np, x: np.prod(x, axis=-1, keepdims=True),
    "max": lambda np, x: np.max(x, axis=0, initial=-9.0),
    "min": lambda np, x: np.min(x),
    "mean": lambda np, x: np.mean(x, axis=0, where=x > 0),
    "std": lambda np, x: np.std(x, axis=-1, correction=0, mean=np.mean(x, -1, keepdims=True)),
    "var": lambda np, x: np.var(x, axis=0),
    "any": lambda np, x: np.any(x, where=x > 3),
    "cumsum": lambda np, x: np.cumsum(x, axis=-1),
    "median": lambda np, x: np.median(x, axis=0),
    "percentile": lambda np, x: np.percentile(x, [25, 75], axis=-1),
    "sort": lambda np, x: np.sort(x, axis=0),
    "argsort": lambda np, x: np.argsort(x, axis=-1, kind="stable"),
    "take_along_axis": lambda np, x: np.take_along_axis(x, np.argsort(x, 0, kind="stable"), 0),
    "fft": lambda np, x: np.fft.fft(x, axis=0),
    "rfftn": lambda np, x: np.fft.rfftn(x),
    "irfft": lambda np, x: np.fft.irfft(x, 5, axis=0),
    "reshape": lambda np, x: np.reshape(x, x.shape[::-1]),
    "ravel": lambda np, x: np.ravel(x, "F"),
    "roll": lambda np, x: np.roll(x, 2),
    "flip": lambda np, x: np.flip(x, 0),
    "concatenate": lambda np, x: np.concatenate([x, x], axis=-1, dtype="f4"),
    "stack": lambda np, x: np.stack([x, x], axis=1),
    "insert": lambda np, x: np.insert(x, 0, 7.0, axis=-1),
    "repeat": lambda np, x: np.repeat(x, 2, axis=0),
    "diff": lambda np, x: np.diff(x, axis=0, prepend=0.0),
    "pad": lambda np, x: np.pad(x, 1, "mean"),
    "reflect": lambda np, x: np.pad(x, 3, "reflect"),
    "histogram": lambda np, x: np.histogram(x, 4),
    "histogram_weights": lambda np, x: np.histogram(x, [0, 1, 5], weights=x),
    "digitize": lambda np, x: np.digitize(x, [0.0, 2.0]),
    "searchsorted": lambda np, x: np.searchsorted([0.0, 1.0, 3.0], x, "right"),
    "interp": lambda np, x: np.interp(x, [0.0, 2.0, 4.0], [1.0, 0.0, 3.0]),
    "isclose": lambda np, x: np.isclose(x, x + 1e-9, rtol=np.abs(x)),
    "outer": lambda np, x: np.outer(x, x),
    "clip": lambda np, x: np.clip(x, 1, 3),
    "svdvals": lambda np, x: np.linalg.svdvals(x),
    "norm": lambda np, x: np.linalg.norm(x, axis=0),
    "lexsort": lambda np, x: np.lexsort(x),
    "average": lambda np, x: np.average(x, axis=0, weights=x + 1),
    "cov": lambda np, x: np.cov(x),
}


@contextlib.contextmanager
def nothing_computed():
    with staying_on_the_device():
        yield


def _answer(program, namespace, x):
    with np.errstate(all="ignore"):
        try:
            return program(namespace, x), None
        except Exception as error:  # noqa: BLE001 - any error is an answer
            return None, error


@pytest.mark.filterwarnings("ignore")
@hypothesis.settings(deadline=None, max_examples=150, derandomize=True)
@hypothesis.given(data=st.data(), name=st.sampled_from(sorted(PROGRAMS)))
def test_any_chunks(data, name):
    shape = data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=3).map(tuple))
    lengths = [max(1, n) for n in shape]
    chunks = tuple(data.draw(st.integers(1, n)) for n in lengths)
    values = np.random.default_rng(0).integers(0, 5, shape).astype(float)
    wanted, wanted_error = _answer(PROGRAMS[name], np, values)
    x = da.from_array(values, chunks=chunks)
    with nothing_computed():
        actual, error = _answer(PROGRAMS[name], anp, x)
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

    def test_refusals(self):
        x = da.ones((2, 3))
        with pytest.raises(ValueError, match="shape"):
            anp.sum(x, axis=0, out=da.zeros(4))
        with pytest.raises(TypeError, match="same_kind"):
            anp.median(x, axis=0, out=da.zeros(3, dtype=int))
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
