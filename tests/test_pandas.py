"""NumPy's functions on a Series of pandas, which keep its labels or say why they do not."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import numpy as np
import pytest

import arrayproto
from arrayproto import UnsupportedArgumentError, UnsupportedFunctionError
from arrayproto.libraries import BY_REQUEST, LIBRARIES

pd = pytest.importorskip("pandas")


@pytest.fixture(autouse=True, scope="module")
def _active():
    with arrayproto.activated("pandas"):
        yield


V = np.array([0.5, -2.0, 3.0])
S = pd.Series(V, index=list("abc"), name="s")
OTHER = pd.Series(V, index=list("bcd"), name="s")


class TestElements:
    @pytest.mark.parametrize(
        "call",
        [
            lambda s: np.where(s > 0, s, 0.0),
            lambda s: np.where(s > 0, "up", "down"),
            lambda s: np.where(V > 0, 1, s),
            lambda s: np.select([s > 1, s > 0], [s, 10 * s], -1.0),
            lambda s: np.isclose(s, s + 1e-12),
            lambda s: np.nan_to_num(s * np.nan),
            lambda s: np.real(s),
            lambda s: np.isin(s, [3.0, -2.0]),
            lambda s: np.digitize(s, [0, 1]),
            lambda s: np.interp(s, [-2, 3], [0, 1]),
            lambda s: np.nancumsum(s),
            lambda s: np.zeros_like(s, dtype=int),
            lambda s: np.full_like(s, 7),
            lambda s: np.astype(s, np.float32),
            lambda s: np.exp(s),
            lambda s: np.cumsum(s),
            lambda s: np.clip(s, 0, 1),
            lambda s: np.round(s),
        ],
    )
    def test_labels_stay(self, call):
        found, wanted = call(S), call(V)
        assert type(found) is pd.Series
        assert list(found.index) == list("abc")
        assert found.name == "s"
        np.testing.assert_array_equal(np.asarray(found, wanted.dtype), wanted)
        if wanted.dtype.kind != "U":  # pandas has a dtype of its own for text
            assert found.dtype == wanted.dtype

    def test_other_labels_are_an_error(self):
        for call in (np.isclose, np.dot, np.allclose, lambda s, t: np.where(s > 0, s, t)):
            with pytest.raises(ValueError, match=r"labels of the Series differ.*a\.align\(b\)"):
                call(S, OTHER)
        assert np.dot(S, S) == V @ V

    def test_names(self):
        assert np.where(S > 0, S, S.rename("t")).name is None
        assert np.where(S > 0, S, S).name == "s"
        assert np.where(S.rename("t") > 0, S, 0).name == "s"

    def test_dtypes_of_pandas(self):
        with pytest.raises(UnsupportedArgumentError, match="Int64, a dtype of pandas' own"):
            np.where(S > 0, S.astype("Int64", errors="ignore").round().astype("Int64"), 0)

    def test_shapes(self):
        for call in (
            lambda: np.where(S > 0, np.ones((2, 3)), 0),
            lambda: np.where(S > 0, [1, 2], 0),
        ):
            with pytest.raises(UnsupportedArgumentError, match=r"a Series of 3 elements"):
                call()
        with pytest.raises(UnsupportedArgumentError, match=r"the result has the shape \(2,\)"):
            np.zeros_like(S, shape=(2,))
        with pytest.raises(UnsupportedArgumentError, match="DataFrame is not supported"):
            np.where(S > 0, S.to_frame(), 0)


class TestAxis:
    def test_concatenate(self):
        joined = np.concatenate([S, OTHER])
        assert list(joined.index) == list("abcbcd")
        assert joined.name == "s"
        np.testing.assert_array_equal(joined, np.concatenate([V, V]))
        with pytest.raises(UnsupportedArgumentError, match="with a Series all have to be"):
            np.concatenate([S, V])
        with pytest.raises(np.exceptions.AxisError):
            np.concatenate([S, S], axis=1)

    def test_labels_go_along(self):
        pd.testing.assert_series_equal(np.flip(S), S[::-1])
        pd.testing.assert_series_equal(np.take(S, [2, 0]), S[["c", "a"]])
        pd.testing.assert_series_equal(np.diff(S), S.diff()[1:])
        with pytest.raises(UnsupportedArgumentError, match=r"s\.iloc"):
            np.take(S, [[0, 1]])

    def test_reductions_are_pandas_own(self):
        """NumPy calls their methods, which skip NaN, as it does without us."""
        spoilt = pd.Series([1.0, np.nan, 3.0])
        assert np.sum(spoilt) == 4
        assert np.mean(spoilt) == 2
        assert np.std(S) == np.std(V)
        assert np.median(S) == 0.5
        assert np.percentile(S, 50) == 0.5
        assert np.average(S, weights=S + 3) == np.average(V, weights=V + 3)
        with pytest.raises(UnsupportedArgumentError, match=r"s\.quantile"):
            np.percentile(S, [30, 60])

    def test_into_an_ndarray(self):
        out = np.zeros(3)
        np.copyto(out, S)
        np.testing.assert_array_equal(out, V)


class TestRefusals:
    @pytest.mark.parametrize(
        ("call", "instead"),
        [
            (lambda: np.sort(S), r"s\.sort_values"),
            (lambda: np.stack([S, S]), r"pandas\.concat"),
            (lambda: np.put(S, [0], 1), r"s\.iloc"),
            (lambda: np.fft.fft(S), r"np\.fft\.fft\(s\.to_numpy"),
            (lambda: np.unique(S), r"s\.unique"),
            (lambda: np.where(S), r"s\.index"),
            (lambda: np.copyto(S, 1), r"s\[:\] = values"),
        ],
    )
    def test_says_what_instead(self, call, instead):
        with pytest.raises((UnsupportedFunctionError, UnsupportedArgumentError), match=instead):
            call()

    def test_or_converts_where_it_is_asked_to(self):
        with arrayproto.activated("pandas", fallback="convert"):
            with pytest.warns(arrayproto.ArrayProtoWarning, match="24 bytes from pandas"):
                found = np.sort(S)
        np.testing.assert_array_equal(found, np.sort(V))

    def test_in_place(self):
        with pytest.raises(UnsupportedArgumentError, match=r"nan_to_num: argument copy="):
            np.nan_to_num(S, copy=False)

    def test_strangers(self):
        class Stranger:
            def __array_function__(self, func, types, args, kwargs):
                return NotImplemented

        with pytest.raises(TypeError, match="no implementation found"):
            np.concatenate([S, Stranger()])


_PROGRAM = textwrap.dedent(
    """
    import sys
    import numpy as np, pandas as pd
    if len(sys.argv) > 1:
        import arrayproto; arrayproto.activate("pandas")
    s = pd.Series([3.0, np.nan, 1.0, 2.0], index=list("abcd"), name="s")
    d = pd.DataFrame({"x": s, "y": [1, 1, 2, 2]})
    for result in (
        np.sum(s), np.cumsum(s), np.add(s, s[::-1]), np.argsort(s), np.repeat(s, 2), np.median(s),
        s.sort_values(), s.value_counts(), s.rolling(2).mean(), s.groupby(d.y).sum(), s.rank(),
        s.interpolate(), s.where(s > 1, 0), s.mask(s > 1), s.fillna(0).astype(int), s.quantile([0.2]),
        d.groupby("y").agg(["mean", np.sum]), d.x.apply(np.sqrt), d.apply(np.sum), d.pivot_table("x", "y"),
        d.merge(d, on="y"), d.describe(), d.corr(), d.T, np.asarray(s), np.array(s, dtype=object),
        pd.concat([s, s]), pd.cut(s, 2), pd.DataFrame({"a": s, "b": s}), s.to_frame(), s.isin([1]),
        np.concatenate([d, d]), np.where(d > 1, d, 0), np.sum(d), s.searchsorted(2), s.diff(), s.str if 0 else 0,
        pd.Series(s), s.clip(1, 2), s.dot(s), s.to_numpy(), repr(s), s.unique(), s.reindex(list("da")),
    ):
        print(type(result).__name__, result)
    """
)


def _printed(*words):
    command = [sys.executable, "-W", "ignore", "-c", _PROGRAM, *words]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_pandas_does_stays():
    assert _printed("active") == _printed()


def test_by_name_only():
    assert "pandas" in BY_REQUEST
    assert "pandas" not in LIBRARIES
    with arrayproto.activated():
        assert "pandas" not in arrayproto.status().waiting
    assert not hasattr(S, "__array_function__"), "others take what has it for an array"
    before = dict(vars(pd.Series))
    arrayproto.activate("pandas")
    arrayproto.deactivate("pandas")
    assert dict(vars(pd.Series)) == before, "the module's fixture keeps it active"
