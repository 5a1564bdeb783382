"""NumPy's functions on xarray's DataArrays, which keep their labels or say why they do not."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import numpy as np
import pytest

import arrayproto
from arrayproto import UnsupportedArgumentError, UnsupportedFunctionError
from arrayproto.libraries import LIBRARIES

xr = pytest.importorskip("xarray")


@pytest.fixture(autouse=True, scope="module")
def _active():
    with arrayproto.activated("xarray"):
        yield


N = np.array([[0.5, np.nan, -2], [4, 3, 1.25]])


def _array(values=N, x="abc"):
    return xr.DataArray(values, dims=("t", "x"), coords={"t": [10, 20], "x": list(x)}, name="v")


D = _array(np.nan_to_num(N))


class TestReductions:
    @pytest.mark.parametrize("axis", [None, 0, -1, (0, 1)])
    @pytest.mark.parametrize("keepdims", [False, True])
    @pytest.mark.parametrize(
        "function",
        [np.sum, np.prod, np.mean, np.std, np.var, np.min, np.max, np.any, np.median, np.ptp]
        + [np.nansum, np.nanmean, np.nanmax, np.count_nonzero],
    )
    def test_axis_is_a_dimension(self, function, axis, keepdims):
        found = function(_array(), axis=axis, keepdims=keepdims)
        wanted = function(N, axis=axis, keepdims=keepdims)
        assert isinstance(found, xr.DataArray)
        np.testing.assert_allclose(found.data, wanted)
        gone = {None: {"t", "x"}, 0: {"t"}, -1: {"x"}, (0, 1): {"t", "x"}}[axis]
        assert set(found.dims) == ({"t", "x"} if keepdims else {"t", "x"} - gone)
        assert set(found.coords) == {"t", "x"} - gone

    def test_nan_counts_as_numpy_has_it(self):
        """The method of xarray skips it."""
        assert np.isnan(np.sum(_array()).item())
        assert _array().sum().item() == np.nansum(N)

    def test_other_arguments(self):
        np.testing.assert_allclose(np.std(D, 0, ddof=1).data, np.std(D.data, 0, ddof=1))
        np.testing.assert_allclose(np.percentile(D, 30, axis=1), np.percentile(D.data, 30, axis=1))
        np.testing.assert_array_equal(np.argmax(D, axis=1).data, np.argmax(D.data, axis=1))
        with pytest.raises(UnsupportedArgumentError, match="has no name"):
            np.percentile(D, [30, 60], axis=1)
        with pytest.raises(UnsupportedArgumentError, match="where="):
            np.sum(D, where=D.data > 0)

    def test_chunks_stay(self):
        pytest.importorskip("dask.array")
        found = np.mean(D.chunk({"t": 1}), axis=0)
        assert found.chunks is not None
        xr.testing.assert_allclose(found.compute(), D.mean("t"))


class TestElements:
    @pytest.mark.parametrize(
        "call",
        [
            lambda d: np.clip(d, 0, 2),
            lambda d: np.clip(d, 1, None),
            # Keywords that NumPy 2.1 has brought.
            lambda d: np.clip(d, min=1) if np.__version__ >= "2.1" else np.clip(d, 1, None),
            lambda d: np.round(d, 1),
            lambda d: np.nan_to_num(d),
            lambda d: np.where(d > 1, d, -1.0),
            lambda d: np.isclose(d, d * 2),
            lambda d: np.cumsum(d, axis=1),
            lambda d: np.real(d * 1j),
            lambda d: np.zeros_like(d),
            lambda d: np.full_like(d, 3, dtype=int),
            lambda d: np.astype(d, int),
            lambda d: np.exp(np.isnan(d) + d),
        ],
    )
    def test_labels_stay(self, call):
        found = call(D)
        assert found.dims == D.dims
        xr.testing.assert_equal(found.t, D.t)
        wanted = call(D.data)
        np.testing.assert_allclose(found.data, wanted)
        assert found.dtype == wanted.dtype

    def test_other_labels_are_an_error(self):
        with pytest.raises(ValueError, match="exact"):
            np.isclose(D, _array(x="abd"))

    def test_questions(self):
        assert np.shape(D) == (2, 3) and np.ndim(D) == 2 and np.size(D, 0) == 2
        assert np.allclose(D, D.data) is True
        assert np.iterable(D)

    def test_into_an_ndarray(self):
        out = np.zeros((2, 3))
        np.copyto(out, D)
        np.testing.assert_array_equal(out, D.data)


class TestAxes:
    def test_order(self):
        for call in (
            np.transpose,
            lambda d: np.swapaxes(d, 0, 1),
            lambda d: np.moveaxis(d, -1, 0),
            np.matrix_transpose,
        ):
            xr.testing.assert_identical(call(D), D.transpose("x", "t"))

    def test_labels_go_along(self):
        xr.testing.assert_identical(np.flip(D, 1), D.isel(x=slice(None, None, -1)))
        xr.testing.assert_identical(np.take(D, [2, 0], axis=1), D.isel(x=[2, 0]))
        xr.testing.assert_identical(np.squeeze(D[:1], 0), D[0])
        xr.testing.assert_identical(np.diff(D, axis=0), D.diff("t"))

    def test_concatenate(self):
        later = D.assign_coords(t=[30, 40])
        joined = np.concatenate([D, later])
        assert joined.dims == D.dims and list(joined.t) == [10, 20, 30, 40]
        np.testing.assert_array_equal(joined, np.concatenate([D.data, later.data]))
        with pytest.raises(ValueError, match="exact"):
            np.concatenate([D, _array(x="abd")])
        with pytest.raises(ValueError, match="other dimensions"):
            np.concatenate([D, D.T])
        with pytest.raises(UnsupportedArgumentError, match="all have to be"):
            np.concatenate([D, D.data])


class TestRefusals:
    @pytest.mark.parametrize(
        ("call", "instead"),
        [
            (lambda: np.stack([D, D]), r"xarray\.concat"),
            (lambda: np.sort(D), r"x\.sortby"),
            (lambda: np.tensordot(D, D), r"xarray\.dot"),
            (lambda: np.linalg.norm(D), r"xarray\.apply_ufunc\(np\.linalg\.norm"),
            (lambda: np.fft.fft(D), r"xarray\.apply_ufunc"),
            (lambda: np.reshape(D, (6,)), r"x\.stack"),
        ],
    )
    def test_says_what_instead(self, call, instead):
        with pytest.raises(UnsupportedFunctionError, match=instead) as caught:
            call()
        assert "DataArray" in str(caught.value) and "x.data" in str(caught.value)

    def test_every_function_is_one_or_the_other(self):
        """No function of xarray's is taken for NumPy's because it bears its name."""
        library = LIBRARIES["xarray"]
        for function in (np.dot, np.cov, np.polyval, np.cross, np.broadcast_arrays):
            assert library.resolve(function).kind == "unsupported"
        assert library.resolve_ufunc(np.exp).kind == "native"

    def test_the_protocol_is_hidden(self):
        """xarray would take a DataArray for an array to be wrapped."""
        assert not hasattr(D, "__array_function__") and hasattr(xr.DataArray, "__array_function__")
        index = xr.DataArray([0, 1], dims="t")
        np.testing.assert_array_equal(D.variable[:, index], D.data[:, :2])
        np.testing.assert_array_equal(D.variable[index.data, index], D.data[:, :2])

    def test_strangers(self):
        sparse = pytest.importorskip("sparse")
        with pytest.raises((TypeError, ValueError)):  # sparse's own, too
            np.concatenate([D, sparse.COO.from_numpy(D.data)])


_BEFORE = textwrap.dedent(
    """
    import sys, warnings
    warnings.simplefilter("ignore")
    import numpy as np, pandas as pd, xarray as xr
    if len(sys.argv) > 1:
        import arrayproto; arrayproto.activate("xarray")
    d = xr.DataArray(np.arange(6.0).reshape(2, 3) % 4, dims=("t", "x"), coords={"t": [10, 20], "x": list("abc")}, name="v")
    ds = xr.Dataset({"v": d, "w": d * 2})
    for result in (
        d + 1, d * d.data, np.exp(d), np.add(d, d.T), d.sum("t"), d.mean(), d.std("x", ddof=1),
        d.groupby("x").mean(), d.rolling(x=2).mean(), d.interp(t=15), d.diff("x"),
        d.sortby("x", ascending=False), d.stack(z=("t", "x")), d.to_pandas(), d.to_dataframe(),
        d.quantile([0.2, 0.5], "x"), d.where(d > 1), xr.where(d > 1, d, 0), xr.concat([d, d], "t"),
        xr.dot(d, d, dim="x"), xr.cov(d, d), d.polyfit("t", 1), d.pad(x=1), d.argmax("x"),
        ds.mean(), ds.to_array(), np.sqrt(ds), ds.to_dataframe(), d.coarsen(t=2).max(),
        np.asarray(d), np.array(d, int), float(d[0, 0]), list(d[0].values), pd.Series(d[0]), pd.DataFrame(d),
        pd.concat([pd.Series(d[0]), pd.Series(d[1])]), d.integrate("t"), d.cumsum("t"), d.clip(1, 2), repr(d),
        np.sum(d.variable), np.concatenate([d.variable, d.variable]), d.isin([1, 2]),
        pd.cut(d[0], 2), d.differentiate("t"), d.item(3), d.equals(d),
    ):
        print(type(result).__name__, result)
    """
)


def _printed(*words):
    done = subprocess.run([sys.executable, "-c", _BEFORE, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_xarray_and_pandas_do_stays():
    assert _printed("active") == _printed()


def test_by_name_only():
    program = """
import numpy as np, xarray, arrayproto
arrayproto.activate()
assert "xarray" not in arrayproto.status().active + arrayproto.status().waiting
assert type(np.sort(xarray.DataArray([2, 1]))) is np.ndarray
assert not hasattr(xarray.DataArray, "__array_function__")
arrayproto.activate("xarray")
assert "xarray" in arrayproto.status().active
"""
    subprocess.run([sys.executable, "-c", program], check=True)
