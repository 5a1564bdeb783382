"""`arrayproto.authors.standard`: the Array API's namespace, and consumers that use it."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

from arrayproto import ArrayFunctionMixin, ArrayNamespaceMixin
from arrayproto.authors.standard import ASKING, MAKING
from tests.authors.standard_array import StandardArray
from tests.conftest import ROOT


@pytest.fixture
def xp():
    return StandardArray(np.ones(1)).__array_namespace__()


def _same(array, wanted):
    assert isinstance(array, StandardArray)
    np.testing.assert_array_equal(array.to_numpy(), wanted, strict=True)


class TestNamespace:
    def test_is_complete(self, xp):
        """All names of the standard, as array-api-strict has them, but for its inspection."""
        import array_api_strict as strict

        names = {n for n in strict.__all__ if not n.startswith("_")}
        own = {
            "set_array_api_strict_flags",
            "get_array_api_strict_flags",
            "reset_array_api_strict_flags",
        }
        own |= {"ArrayAPIStrictFlags", "Device", "broadcast_shapes"}
        assert {n for n in names - own if not hasattr(xp, n)} == set()
        for module in ("linalg", "fft"):
            wanted = {n for n in getattr(strict, module).__all__ if not n.startswith("_")}
            assert {n for n in wanted if not hasattr(getattr(xp, module), n)} == set()

    @pytest.mark.parametrize("name", MAKING)
    def test_what_is_made_is_of_the_class(self, xp, name):
        arguments = {"arange": (3,), "linspace": (0, 1, 3), "eye": (2,), "full": ((2,), 3.0)}
        args = arguments.get(name, ((2, 3),))
        made = getattr(xp, name)(*args, dtype=xp.float32, device="cpu")
        assert isinstance(made, StandardArray)
        if name != "empty":
            _same(made, getattr(np, name)(*args, dtype=np.float32))
        with pytest.raises(ValueError, match="no device 'gpu'"):
            getattr(xp, name)(*args, device="gpu")

    @pytest.mark.parametrize(
        "name",
        sorted(
            ASKING & {"abs", "all", "concat", "cumulative_sum", "where", "sum", "unique_values"}
        ),
    )
    def test_the_others_are_numpys(self, xp, name):
        assert getattr(xp, name) is getattr(np, name)

    def test_asarray(self, xp):
        x = xp.asarray([[1, 2], [3, 4]], dtype=xp.float64)
        _same(x, np.array([[1.0, 2], [3, 4]]))
        assert xp.asarray(x) is x
        copy = xp.asarray(x, copy=True)
        copy[0, 0] = 9.0
        assert float(x[0, 0]) == 1
        _same(xp.asarray([x[0], x[1]]), np.array([[1.0, 2], [3, 4]]))
        _same(xp.from_dlpack(np.arange(3)), np.arange(3))

    def test_descending_orders_are_stable(self, xp):
        x = xp.asarray([1.0, 3.0, 1.0, 2.0])
        assert xp.sort(x, descending=True).to_numpy().tolist() == [3, 2, 1, 1]
        assert xp.argsort(x, descending=True).to_numpy().tolist() == [1, 3, 0, 2]

    def test_limits_and_inspection(self, xp):
        x = xp.ones(2, dtype=xp.float32)
        assert xp.finfo(x).eps == xp.finfo(xp.float32).eps == np.finfo(np.float32).eps
        assert xp.iinfo(xp.int8).max == 127
        info = xp.__array_namespace_info__()
        assert info.default_dtypes()["real floating"] == np.float64
        assert info.dtypes(kind="bool") == {"bool": np.dtype(bool)}
        assert info.devices() == [info.default_device()] == [x.device]
        assert set(info.capabilities()) >= {"boolean indexing", "data-dependent shapes"}

    def test_one_for_each_class(self, xp):
        class Child(StandardArray):
            pass

        assert StandardArray(np.ones(2)).__array_namespace__(api_version="2024.12") is xp
        assert Child(np.ones(2)).__array_namespace__() is not xp
        assert pickle.loads(pickle.dumps(xp)) is xp
        assert "StandardArray" in repr(xp)


class TestAttributes:
    def test_of_the_standard(self):
        x = StandardArray(np.arange(6.0).reshape(2, 3))
        assert (x.ndim, x.size, x.device) == (2, 6, "cpu")
        _same(x.T, x.to_numpy().T)
        _same(x.mT, x.to_numpy().T)
        assert x.to_device("cpu") is x

    def test_those_of_the_class_stay(self):
        class Own(ArrayNamespaceMixin, ArrayFunctionMixin):
            size = 7

        assert Own().size == 7

    def test_nobody_gets_a_namespace_unasked(self):
        """Consumers take what has one for an array of the standard."""
        assert not hasattr(ArrayFunctionMixin, "__array_namespace__")


#: Real programs of SciPy and scikit-learn; each line prints the largest difference from NumPy's.
CONSUMERS = """
import json, warnings
import numpy as np
from scipy import cluster, fft, integrate, signal, special, stats
from sklearn import config_context
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Ridge
from sklearn.metrics import accuracy_score, mean_squared_error, r2_score
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, Normalizer, StandardScaler
from tests.authors.standard_array import StandardArray

rng = np.random.default_rng(0)
X, y, c = rng.normal(size=(20, 3)), rng.normal(size=20), np.array([0, 1] * 10)
PROGRAMS = {
    "stats.zscore": (lambda X, y, c: stats.zscore(y), True),
    "stats.skew": (lambda X, y, c: stats.skew(y), True),
    "stats.kurtosis": (lambda X, y, c: stats.kurtosis(y), True),
    "stats.gmean": (lambda X, y, c: stats.gmean(y**2), True),
    "stats.variation": (lambda X, y, c: stats.variation(y), True),
    "special.logsumexp": (lambda X, y, c: special.logsumexp(y), True),
    "special.xlogy": (lambda X, y, c: special.xlogy(y**2, y**2), True),
    "fft.rfft": (lambda X, y, c: fft.rfft(y), True),
    "integrate.trapezoid": (lambda X, y, c: integrate.trapezoid(y), True),
    "cluster.vq.whiten": (lambda X, y, c: cluster.vq.whiten(X), True),
    "signal.fftconvolve": (lambda X, y, c: signal.fftconvolve(y, y), True),
    "StandardScaler": (lambda X, y, c: StandardScaler().fit(X).transform(X), True),
    "MinMaxScaler": (lambda X, y, c: MinMaxScaler().fit(X).transform(X), True),
    "MaxAbsScaler": (lambda X, y, c: MaxAbsScaler().fit(X).transform(X), True),
    "Normalizer": (lambda X, y, c: Normalizer().fit(X).transform(X), True),
    "PCA": (lambda X, y, c: PCA(2, svd_solver="full").fit(X).transform(X), True),
    "Ridge": (lambda X, y, c: Ridge(solver="svd").fit(X, y).predict(X), True),
    "LinearDiscriminantAnalysis": (
        lambda X, y, c: LinearDiscriminantAnalysis().fit(X, c).predict(X), True
    ),
    "mean_squared_error": (lambda X, y, c: mean_squared_error(y, y + 1), False),
    "r2_score": (lambda X, y, c: r2_score(y, y + 1), False),
    "accuracy_score": (lambda X, y, c: accuracy_score(c, c), False),
}
found = {}
warnings.simplefilter("ignore")
with config_context(array_api_dispatch=True):
    for name, (program, is_array) in PROGRAMS.items():
        wanted = program(X.copy(), y.copy(), c.copy())
        try:
            given = map(StandardArray.from_numpy, (X, y, c))
            result = program(*given)
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}"
            continue
        if isinstance(result, StandardArray) is not is_array:
            found[name] = f"a {type(result).__name__}"
            continue
        result = result.to_numpy() if is_array else result
        found[name] = float(np.max(np.abs(result - wanted)))
print(json.dumps(found))
"""


def test_scipy_and_scikit_learn():
    """In a process of its own: SciPy looks at its environment when it is imported."""
    pytest.importorskip("sklearn", reason="scikit-learn is not here")
    done = subprocess.run(
        [sys.executable, "-c", CONSUMERS],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "SCIPY_ARRAY_API": "1"},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) == 21
    wrong = {n: v for n, v in found.items() if isinstance(v, str) or v > 1e-9}
    assert not wrong
