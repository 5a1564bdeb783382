"""Unchanged NumPy on TensorFlow's tensors: eager, in graphs, with gradients; and what worked before."""

from __future__ import annotations

import collections
import io
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import arrayproto
from arrayproto.errors import UnsupportedArgumentError, UnsupportedFunctionError
from arrayproto.libraries import LIBRARIES
from arrayproto.testing import SUBJECTS, load_calls
from arrayproto.testing.gaps import known_gap
from arrayproto.testing.judge import difference, expected, needs
from arrayproto.testing.subjects import staying_on_the_library
from tests.trust.leaks import leaked

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
tf = pytest.importorskip("tensorflow")


@pytest.fixture(autouse=True)
def activated():
    with arrayproto.activated("tensorflow"):
        yield


def tensor(*shape, dtype=None, seed=0):
    values = np.random.default_rng(seed).uniform(0.5, 2, shape)
    return tf.cast(tf.constant(values), dtype or tf.float64)


S = 4 * np.eye(3)  # far from singular, and symmetric

#: Of a matrix of 3 x 3, to any real array.
DIFFERENTIABLE = {
    "tensordot": lambda x: np.tensordot(x, x * 2, 1),
    "linalg.solve": lambda x: np.linalg.solve(x + S, x),
    "linalg.inv": lambda x: np.linalg.inv(x + S),
    "linalg.eigvalsh": lambda x: np.linalg.eigvalsh(x + np.transpose(x) + np.diag([1.0, 5, 9])),
    "linalg.svd": lambda x: np.linalg.svd(x + S, compute_uv=False),
    "fft.fft": lambda x: np.abs(np.fft.fft(x)),
    "fft.irfft": lambda x: np.fft.irfft(np.fft.rfft(x) * 2),
    "where": lambda x: np.where(x > 1, np.sin(x), x**2),
    "einsum": lambda x: np.einsum("ij,jk->ki", x, x),
    "std": lambda x: np.std(x, axis=0, ddof=1),
    "cumprod": lambda x: np.cumprod(x, axis=1),
    "sort": lambda x: np.sort(x, axis=None),
    "interp": lambda x: np.interp(x, [0.0, 1, 2, 3], [0.0, 2, 3, 7]),
    "pad": lambda x: np.pad(x, 1, mode="reflect") * 3,
    "percentile": lambda x: np.percentile(x, [20, 60], axis=0),
    "hypot, copysign": lambda x: np.copysign(np.hypot(x, 2.0), -1.0),
    "ndarray on the left": lambda x: np.arange(1.0, 4) / x + np.ones((3, 3)) @ x,
    "add.reduce": lambda x: np.add.reduce(x, axis=0) * np.multiply.outer(x[0], x[1]),
}


class TestGradients:
    """`GradientTape` records NumPy's functions."""

    @pytest.mark.parametrize("name", DIFFERENTIABLE)
    def test_against_finite_differences(self, name):
        function = DIFFERENTIABLE[name]
        x = tf.Variable(tensor(3, 3))

        def weighted(y):
            weights = tf.reshape(tf.range(1, tf.size(y) + 1, dtype=tf.float64), y.shape)
            return tf.reduce_sum(y * weights)

        with staying_on_the_library(), tf.GradientTape() as tape:
            total = weighted(function(x))
        base = x.numpy()
        wanted = np.zeros((3, 3))
        for i in range(3):
            for j in range(3):
                step = np.zeros((3, 3))
                step[i, j] = 1e-6
                low, high = (
                    weighted(function(tf.constant(base + sign * step))) for sign in (-1, 1)
                )
                wanted[i, j] = float(high - low) / 2e-6
        gradient = tf.convert_to_tensor(tape.gradient(total, x)).numpy()
        np.testing.assert_allclose(gradient, wanted, rtol=1e-5, atol=1e-5)

    def test_is_tensorflows_own(self):
        x = tf.Variable(tensor(3))
        with tf.GradientTape(persistent=True) as tape:
            ours, theirs = np.sum(np.exp(x) * 2), tf.reduce_sum(tf.exp(x) * 2)
        assert np.array_equal(tape.gradient(ours, x).numpy(), tape.gradient(theirs, x).numpy())

    def test_watched_tensors_and_second_derivatives(self):
        x = tensor(3)
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = np.sum(np.multiply(np.square(x), x))
            slope = inner.gradient(y, x)
        np.testing.assert_allclose(outer.gradient(slope, x).numpy(), 6 * x.numpy())

    def test_where_arguments_are_the_same(self):
        """TensorFlow's maximum has the derivative of the first there."""
        x = tensor(3)
        for function, slope in ((np.hypot, 0.5**0.5), (np.logaddexp, 0.5)):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = np.sum(function(x, tf.stop_gradient(x)))
            np.testing.assert_allclose(
                tape.gradient(y, x).numpy(), np.sign(x) * slope if function is np.hypot else slope
            )

    def test_training(self):
        """Logistic regression, in a graph, with nothing but NumPy in the loss."""
        rng = np.random.default_rng(0)
        features = rng.normal(size=(64, 3))
        labels = (features @ [1.0, -2, 0.5] > 0).astype(float)
        weights = tf.Variable(np.zeros(3))

        @tf.function
        def step(x, y):
            with tf.GradientTape() as tape:
                p = 1 / (1 + np.exp(-np.dot(x, weights)))
                loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
            weights.assign_sub(4.0 * tape.gradient(loss, weights))
            return loss

        losses = [float(step(tf.constant(features), tf.constant(labels))) for _ in range(40)]
        assert losses[0] == pytest.approx(np.log(2))
        assert losses[-1] < 0.2


# In tf.function -----------------------------------------------------------------------------------


def _flat(result):
    if isinstance(result, (list, tuple)):
        return [item for part in result for item in _flat(part)]
    return [result]


def _sample():
    """A call of every third function, if it has arrays as results whose shapes no value decides."""
    subject, by_function = SUBJECTS["tensorflow"], collections.defaultdict(list)
    for call in load_calls():
        if call.arrays and "values" not in call.tags and not needs(call) & subject.lacks:
            by_function[call.public_api].append(call)
    for calls in list(by_function.values())[::3]:
        call = calls[len(calls) // 2]
        if known_gap("tensorflow", "tensorflow", call.expression):
            continue
        wanted, error = expected(call)
        arrays = (np.ndarray, np.generic)
        if error is None and all(isinstance(item, arrays) for item in _flat(wanted)):
            yield call


#: What values decide, so that a graph cannot have it.
VALUES_DECIDE = {
    "asarray_chkfinite": "not all lengths are known",
    "histogram_bin_edges": "a value of a tensor decides",
    "histogramdd": "a value of a tensor decides",
}


class TestGraphs:
    """A symbolic tensor has no values: what is right here went through no host."""

    @pytest.mark.parametrize("call", [*_sample()], ids=lambda call: call.expression)
    def test_answers_are_numpys(self, call):
        wanted, _ = expected(call)
        arrays = call.made(SUBJECTS["tensorflow"].from_numpy)
        host = call.made(np.copy)

        def program(*given):
            from types import SimpleNamespace

            from arrayproto.testing.arrays import ARRAYS

            everything = SimpleNamespace(**{name: make() for name, make in ARRAYS.items()})
            return _flat(call.evaluate(np, dict(zip(host, given)), everything))

        traced = tf.function(program, autograph=False)
        with np.errstate(all="ignore"):
            if call.public_api in VALUES_DECIDE:
                with pytest.raises(UnsupportedArgumentError, match=VALUES_DECIDE[call.public_api]):
                    traced(*arrays.values())
                return
            results = traced(*arrays.values())
        for actual, one in zip(results, _flat(wanted), strict=True):
            assert difference(np.asarray(actual), one) is None

    def test_autograph(self):
        """TensorFlow rewrites the function, and calls NumPy's in its place."""
        captured, variable = tensor(2, 2), tf.Variable(tensor(2, 2, seed=1))

        @tf.function
        def program(x):
            if tf.reduce_sum(x) > 0:  # AutoGraph alone makes a graph of this
                result = np.concatenate([np.sin(x), np.cumsum(captured, axis=0)])
            else:
                result = np.concatenate([x, np.std(variable) * x])
            return np.sum(result, axis=1)

        x = tensor(2, 2, seed=2)
        for sign in (1, -1):
            with staying_on_the_library():
                found = program(sign * x)
            assert isinstance(found, tf.Tensor)
        wanted = np.concatenate([-x.numpy(), -np.std(variable.numpy()) * x.numpy()]).sum(1)
        np.testing.assert_allclose(found.numpy(), wanted)

    def test_captured_tensors_stay(self):
        """The call comes from a module of TensorFlow's then, and is the user's nevertheless."""
        captured = tensor(3)

        @tf.function
        def program():
            return isinstance(np.mean(captured), tf.Tensor), isinstance(np.sin(captured), tf.Tensor)

        assert [bool(found) for found in program()] == [True, True]

    def test_shapes_that_are_not_known(self):
        signature = [tf.TensorSpec((None, 3), tf.float64)]

        @tf.function(input_signature=signature)
        def short(x):
            return np.mean(np.tanh(np.dot(x, np.transpose(x))) + 1.0, axis=0)

        @tf.function(input_signature=signature, autograph=False)  # which wraps errors
        def long(x):
            return np.median(x, axis=0)

        x = tensor(4, 3)
        wanted = np.mean(np.tanh(x.numpy() @ x.numpy().T) + 1, axis=0)
        np.testing.assert_allclose(short(x).numpy(), wanted)
        with pytest.raises(UnsupportedArgumentError, match=r"\(None, 3\).*give it arrays of known"):
            long(x)

    def test_functions_of_ours_are_not_rewritten(self, caplog):
        """Those that NumPy does not dispatch, and those of `arrayproto.numpy`."""
        import arrayproto.numpy as explicit

        @tf.function
        def program(x):
            return np.polynomial.laguerre.lagval(x, x) + explicit.cumsum(x)

        x = tensor(3)
        found = program(x).numpy()  # first: a rebound function is made when it is called
        x = x.numpy()
        np.testing.assert_allclose(found, np.polynomial.laguerre.lagval(x, x) + np.cumsum(x))
        assert "AutoGraph could not transform" not in caplog.text

    def test_shapes_that_values_decide(self):
        x = tf.constant([0.0, 3, 0, 5])
        (found,) = tf.function(lambda x: np.nonzero(x))(x)
        assert found.numpy().tolist() == [1, 3]

    def test_maps(self):
        x = tensor(3, 4)
        wanted = np.var(x.numpy(), axis=1)
        for mapped in (tf.map_fn, tf.vectorized_map):
            np.testing.assert_allclose(mapped(lambda row: np.var(row), x).numpy(), wanted)
        rows = tf.data.Dataset.from_tensor_slices(x).map(lambda row: np.var(row))
        np.testing.assert_allclose([float(row) for row in rows], wanted)


# Dtypes, writes, errors ---------------------------------------------------------------------------


class TestDtypes:
    """NumPy's rules, in TensorFlow's dtypes."""

    def test_promotion_is_numpys(self):
        x = tf.ones(2, tf.float32)
        assert np.add(x, tf.ones(2, tf.int64)).dtype == tf.float64
        assert np.add(x, 1.5).dtype == tf.float32
        assert np.multiply(x, np.float64(2)).dtype == tf.float64
        assert np.add(x, np.ones(2)).dtype == tf.float64
        assert np.sum(tf.ones(3, tf.uint8)).dtype == tf.uint64
        assert np.divide(tf.ones(2, tf.int32), 2).dtype == tf.float64

    @pytest.mark.parametrize("dtype", ["tf.float64", "float64", np.float64, float])
    def test_dtype_arguments(self, dtype):
        dtype = tf.float64 if dtype == "tf.float64" else dtype
        x = tf.ones(3, tf.int32)
        assert np.sum(x, dtype=dtype).dtype == tf.float64
        assert np.zeros_like(x, dtype=dtype).dtype == tf.float64
        assert np.astype(x, dtype).dtype == tf.float64
        assert np.concatenate([x, x], dtype=dtype).dtype == tf.float64
        assert np.add(x, x, dtype=np.float64).dtype == tf.float64
        assert np.result_type(x, dtype) == np.float64

    def test_dtype_of_another(self):
        x, y = tf.ones(3, tf.float16), tf.ones(3)
        assert np.mean(y, dtype=x.dtype).dtype == tf.float16
        assert np.can_cast(y, x.dtype, "same_kind")

    @pytest.mark.parametrize("value", [tf.constant(["a", "b"]), tf.ones(3, tf.bfloat16)])
    def test_those_that_numpy_has_not_got(self, value):
        with pytest.raises(UnsupportedArgumentError, match=r"NumPy has no dtype for tf\.\w+.*with"):
            np.sort(value)

    @pytest.mark.parametrize("dtype", ["int8", "uint8", "uint16", "uint32", "uint64", "float16"])
    @pytest.mark.parametrize(
        "function",
        [
            lambda x: np.add(x, np.multiply(np.flip(x), 3)),
            lambda x: np.sort(x),
            lambda x: np.argsort(x, stable=True),
            lambda x: np.ptp(x),
            lambda x: np.negative(x),
            lambda x: np.less(x, np.flip(x)),
            lambda x: np.matmul(x, x),
            lambda x: np.power(x, np.full_like(x, 3)),
            lambda x: np.floor_divide(x, np.roll(x, 1)),
            lambda x: np.remainder(x, np.roll(x, 1)),
            lambda x: np.cumsum(x),
            lambda x: np.nextafter(x, np.zeros_like(x)) if x.dtype == np.float16 else x,
            lambda x: np.left_shift(x, np.full_like(x, 9)) if x.dtype != np.float16 else x,
            lambda x: np.right_shift(x, np.full_like(x, 2)) if x.dtype != np.float16 else x,
        ],
    )
    def test_those_with_few_kernels(self, function, dtype):
        most = np.finfo(dtype).max if dtype == "float16" else np.iinfo(dtype).max
        array = np.array([3, most, 0, 17, most // 2 + 1], dtype)
        with np.errstate(all="ignore"):
            wanted = function(array)
        with staying_on_the_library():
            found = function(tf.constant(array))
        assert difference(found.numpy(), wanted) is None

    def test_nan_and_complex_numbers_are_in_order(self):
        array = np.array([2 + 1j, 2 - 1j, np.nan, 1 + 5j, complex(0, np.nan)])
        real = np.array([np.inf, np.nan, -0.0, 0.0, -np.inf, np.nan, -3])
        for function in (np.sort, np.max, np.min, np.argsort):
            assert difference(function(tf.constant(array)).numpy(), function(array)) is None
            stable = {"kind": "stable"} if function is np.argsort else {}
            found, wanted = function(tf.constant(real), **stable), function(real, **stable)
            assert difference(found.numpy(), wanted) is None


class TestWriting:
    """Variables and ndarrays can be written to, tensors cannot."""

    @pytest.mark.parametrize(
        "write",
        [
            lambda x: np.put(x, 0, 1),
            lambda x: np.copyto(x, 0.0),
            lambda x: np.copyto(dst=x, src=0.0),
            lambda x: np.place(x, x > 0, 0),
            lambda x: np.putmask(x, x > 0, 0),
        ],
    )
    def test_tensors_say_what_to_write_instead(self, write):
        with pytest.raises(UnsupportedFunctionError, match=r"immutable.*Write x = .*tf\.Variable"):
            write(tensor(3))

    def test_out(self):
        x = tensor(3)
        for call in (lambda: np.add(x, x, out=x), lambda: np.sum(x, axis=0, out=x)):
            with pytest.raises(UnsupportedArgumentError, match="assign the result"):
                call()
        with pytest.raises(UnsupportedFunctionError, match=r"numpy\.add\.at"):
            np.add.at(x, [0], 1.0)

    def test_into_variables(self):
        v = tf.Variable(np.arange(4.0))
        assert np.add(v, 1, out=v) is v
        np.copyto(v, 9.0, where=np.array([True, False, False, False]))
        np.put(v, [1], 5)
        np.put(a=v, ind=[2], v=6)
        np.add.at(v, tf.constant([3, 3]), 10)
        assert v.numpy().tolist() == [9, 5, 6, 24]

    def test_into_ndarrays(self):
        """An ndarray as the target asks for a copy on the host."""
        x, out = tensor(4), np.zeros(4)
        assert np.add(x, 1, out=out) is out
        np.testing.assert_array_equal(out, x.numpy() + 1)
        np.copyto(out, x)
        np.testing.assert_array_equal(out, x.numpy())

    def test_results_are_values(self):
        """What was computed of a variable stays as it was when the variable changes."""
        v = tf.Variable([1.0, 2.0])
        results = [np.copy(v), np.reshape(v, (2,)), np.asarray(v, like=v), np.positive(v)]
        v.assign([5.0, 6.0])
        for result in results:
            assert isinstance(result, tf.Tensor)
            assert result.numpy().tolist() == [1, 2]


class TestErrors:
    """NumPy's, where TensorFlow has others, or none."""

    def test_shapes(self):
        with pytest.raises(ValueError, match="shape"):
            np.add(tf.ones(2), tf.ones(3))
        with pytest.raises(ValueError, match="shape|aligned"):
            np.tensordot(tf.ones((2, 3)), tf.ones((3, 2)), 2)
        with pytest.raises(np.exceptions.AxisError):
            np.sum(tf.ones(2), 3)

    def test_matrices(self):
        singular = tf.zeros((2, 2), tf.float64)
        for function in (np.linalg.inv, np.linalg.cholesky):
            with pytest.raises(np.linalg.LinAlgError):
                function(singular)
        for function in (np.linalg.eigvals, np.linalg.svd):
            with pytest.raises(np.linalg.LinAlgError):
                function(singular / 0)

    def test_integers(self):
        with pytest.raises(ValueError, match="negative integer powers"):
            np.power(tf.constant([2]), tf.constant([-1]))
        assert np.floor_divide(tf.constant([5]), 0).numpy().tolist() == [0]

    def test_functions_that_are_not_there(self):
        with pytest.raises(UnsupportedFunctionError, match=r"numpy\.\w+.*tensorflow.*Nothing was"):
            np.busday_offset("2024-03-01", tf.constant([1]))


class TestShortcuts:
    """The short way and the long one give the same."""

    CALLS = (
        lambda x, y: np.tensordot(x, y, 1),
        lambda x, y: np.tensordot(x, y, ([0], [1])),
        lambda x, y: np.dot(x, y),
        lambda x, y: np.dot(x, y[0]),
        lambda x, y: np.matmul(x[None], y),
        lambda x, y: np.einsum("ij,kj->ki", x, y),
        lambda x, y: np.exp(x),
        lambda x, y: np.add(x, y),
        lambda x, y: np.add(x, 2.5),
        lambda x, y: np.less(x, y),
        lambda x, y: np.maximum(x, y / (y > 1)),
        lambda x, y: np.sum(x, 0),
        lambda x, y: np.mean(x),
        lambda x, y: np.where(np.less(x, y), x, y),
        lambda x, y: np.concatenate([x, y], 1),
        lambda x, y: np.stack((x, y), -1),
        lambda x, y: np.reshape(x, (1, -1)),
        lambda x, y: np.reshape(x, 9),
        lambda x, y: np.transpose(x),
    )

    @pytest.mark.parametrize("call", CALLS[:10] + CALLS[11:])
    def test_answers_are_numpys(self, call):
        x, y = tensor(3, 3), tensor(3, 3, seed=1)
        wanted = call(x.numpy(), y.numpy())
        for given in (x, tf.Variable(x)):
            assert difference(call(given, y).numpy(), wanted) is None

    def test_nan(self):
        x, y = np.array([np.nan, 1.0]), np.array([1.0, np.nan])
        for function in (np.maximum, np.minimum, np.less, np.not_equal):
            found = function(tf.constant(x), tf.constant(y))
            assert difference(found.numpy(), function(x, y)) is None

    def test_what_tensorflow_would_take(self):
        with pytest.raises(ValueError, match="size 0"):
            np.reshape(tf.zeros((0, 4)), (-1, 0))

    def test_they_are_rows_of_numpys_functions(self):
        for name in LIBRARIES["tensorflow"].shortcuts:
            assert hasattr(np, name)


class TestTensordot:
    """By another function than TensorFlow's tensordot, and as differentiable and general."""

    AXES = (0, 1, 2, 3, ([2], [0]), ([0, -1], [2, 0]))

    @pytest.mark.parametrize("axes", AXES)
    def test_gradients_are_those_of_tensorflows_own(self, axes):
        a, b = tensor(3, 3, 3), tensor(3, 3, 3, seed=1)
        results = []
        for function in (np.tensordot, tf.tensordot):
            with tf.GradientTape(persistent=True) as outer:
                outer.watch([a, b])
                with tf.GradientTape() as inner:
                    inner.watch([a, b])
                    result = function(a, b, axes)
                    total = tf.reduce_sum(result**2)
                gradients = inner.gradient(total, [a, b])
                slope = tf.reduce_sum(gradients[0] ** 2)
            results.append((result, *gradients, *outer.gradient(slope, [a, b])))
        for ours, theirs in zip(*results, strict=True):
            np.testing.assert_allclose(ours.numpy(), theirs.numpy())

    @pytest.mark.parametrize("axes", AXES[1:])
    def test_lengths_that_are_not_summed_over_need_not_be_known(self, axes):
        unknown = {1: (None, None, 3), 2: (None, 3, 3), 3: (3, 3, 3), "lists": (3, None, 3)}
        first = unknown[axes if isinstance(axes, int) else "lists"]
        signature = [tf.TensorSpec(first, tf.float64), tf.TensorSpec((3, 3, 3), tf.float64)]
        a, b = tensor(3, 3, 3), tensor(3, 3, 3, seed=1)
        found = tf.function(lambda a, b: np.tensordot(a, b, axes), input_signature=signature)(a, b)
        np.testing.assert_allclose(found.numpy(), np.tensordot(a.numpy(), b.numpy(), axes))

    @pytest.mark.parametrize("shape", [None, (None, None), (2, None)])
    def test_of_one_axis_none_need_be_known(self, shape):
        signature = [tf.TensorSpec(shape, tf.float64), tf.TensorSpec(None, tf.float64)]
        call = tf.function(lambda a, b: np.tensordot(a, b, 1), input_signature=signature)
        a, b = tensor(2, 3), tensor(3, 4, 2, seed=1)
        np.testing.assert_allclose(call(a, b).numpy(), np.tensordot(a.numpy(), b.numpy(), 1))

    @pytest.mark.parametrize("dtype", ["float64", "int64"])
    @pytest.mark.parametrize(
        ("one", "other", "axes"),
        [
            ((2, 0), (1,), 1),
            ((0,), (3, 2), 1),
            ((2, 0, 0), (0, 3), 2),
            ((0, 2), (2, 3), ([0], [1])),
        ],
    )
    def test_lengths_that_einsum_compares_with_none(self, one, other, axes, dtype):
        a, b = tf.zeros(one, dtype), tf.zeros(other, dtype)
        with pytest.raises(ValueError, match="shape-mismatch"):
            np.tensordot(a, b, axes)
        with pytest.raises(ValueError, match="shape-mismatch"):
            np.tensordot(tf.Variable(a), b, axes)

    def test_compiled_and_mapped_over(self):
        a, b = tensor(5, 2, 3), tensor(5, 3, 2, seed=1)
        compiled = tf.function(lambda a, b: np.tensordot(a, b, ([0, 2], [0, 1])), jit_compile=True)
        wanted = np.tensordot(a.numpy(), b.numpy(), ([0, 2], [0, 1]))
        np.testing.assert_allclose(compiled(a, b).numpy(), wanted)
        mapped = tf.vectorized_map(lambda pair: np.tensordot(*pair, 1), (a, b))
        np.testing.assert_allclose(mapped.numpy(), a.numpy() @ b.numpy())


class TestOperators:
    def test_ndarray_on_the_left(self):
        """As TensorFlow has it; the function is NumPy's."""
        n, x = np.arange(3, dtype="f4"), tf.ones(3)
        for result in (n * x, n < x, np.float32(2) * x, n - x):
            assert isinstance(result, tf.Tensor)
        n += x
        assert isinstance(n, tf.Tensor)
        assert (np.arange(3.0) * x).dtype == tf.float32
        assert np.multiply(np.arange(3.0), x).dtype == tf.float64


def test_text_is_made_of_values():
    x = tf.constant([1.0, 2.5])
    assert np.array_repr(x) == "array([1. , 2.5], dtype=float32)"
    assert np.array_str(x) == np.array2string(x) == "[1.  2.5]"
    file = io.BytesIO()
    np.save(file, x)
    assert np.load(io.BytesIO(file.getvalue())).tolist() == [1, 2.5]


class TestFallback:
    """What a user may ask for by name instead of a refusal."""

    def test_convert(self):
        x = tf.constant([[2.0, 0], [0, 3]])
        with arrayproto.activated("tensorflow", fallback="convert"):
            with pytest.warns(
                arrayproto.ArrayProtoWarning, match="copied 16 bytes from tensorflow"
            ):
                found = np.poly(x)
        assert found.numpy().tolist() == [1, -5, 6]

    def test_warn(self):
        text = tf.constant(["b", "a"])
        with arrayproto.activated("tensorflow", fallback="warn"):
            with pytest.warns(arrayproto.ArrayProtoWarning, match=r"tf\.string.*library's own"):
                assert np.sort(text).tolist() == [b"a", b"b"]
            with pytest.warns(arrayproto.ArrayProtoWarning, match=r"tf\.bfloat16"):
                assert float(np.sum(tf.ones(3, tf.bfloat16))) == 3


def test_no_library_is_imported(run_python):
    program = "import arrayproto, sys; arrayproto.activate(); print('tensorflow' in sys.modules)"
    assert run_python(program) == "False\n"


# Of what worked before ----------------------------------------------------------------------------

PROGRAM = textwrap.dedent(
    """
    import copy, io, os, pickle, sys, tempfile
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    when = sys.argv[1] if sys.argv[1:] else ""
    if when == "before":
        import arrayproto; arrayproto.activate()
    import numpy as np, tensorflow as tf
    if when == "after":
        import arrayproto; arrayproto.activate()
    if when:
        assert "tensorflow" in arrayproto.status().active
    t = tf.reshape(tf.range(6, dtype=tf.float32), (2, 3))
    n = np.arange(6.0).reshape(2, 3)
    v = tf.Variable(t, name="v")
    print(repr(t), t, v, f"{t[1, 1]:.2f}", str(t[0]))
    print(pickle.loads(pickle.dumps(t)), copy.copy(t), copy.deepcopy(t), copy.deepcopy(v))
    print(np.asarray(t), np.array(t), t.numpy(), np.asarray(t, np.float64), np.array(v), t.__array__(), t.numpy().tolist())
    print(np.from_dlpack(t), tf.experimental.dlpack.from_dlpack(tf.experimental.dlpack.to_dlpack(t)))
    print(float(t[0, 1]), int(t[1, 1]), bool(t[0, 1] > 0), len(t), list(t[0]), [*range(tf.constant(3))])
    print(tf.constant(n), tf.convert_to_tensor(n), tf.stack([n, n]), tf.constant([n[0], n[1]]), tf.constant(np.float64(2)))
    f = n.astype("f4")
    print(t * f, f * t, t + 1, 1 - t, np.float32(2) * t, t / np.float32(2), f < t, t == f, t @ f.T, f.T @ t, t ** np.float32(2))
    print(f - v, v * f, np.float32(2) / (v + 1))
    g = f.copy()
    g += t
    print(type(g), g)
    try:
        n * t
    except Exception as error:
        print(type(error))
    print(t[np.int64(1)], t[:, np.int32(0)], tf.gather(t, np.array([1, 0])), tf.boolean_mask(t, n > 2))
    v[0].assign(f[1]); v.assign_add(f); print(v)
    print(tf.where(n > 2, t, 0), tf.concat([t, f], 0), tf.reduce_sum(f), tf.einsum("ij,kj", t, f), tf.linalg.svd(t)[0] > 0)
    tnp = tf.experimental.numpy
    print(tnp.sum(t), tnp.dot(t, f.T), tnp.mean(n, axis=0), tnp.concatenate([t, f]), tnp.where(t > 2, t, 0), tnp.asarray(n))
    print(tf.ragged.constant([[1], [2, 3]]), tf.sparse.from_dense(f).values, tf.IndexedSlices(t, [0, 1]).values)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.sin(v * f) ** 2)
    print(tape.gradient(loss, v))
    @tf.function
    def traced(x):
        return tf.numpy_function(lambda a: a + np.ones_like(a), [x], tf.float32), tf.py_function(lambda a: np.float32(a.numpy().sum()), [x], tf.float32), x * f, [np.prod(x.shape), np.ndim(f), np.size(f)]
    print(traced(t))
    print(tf.map_fn(np.sum, n), tf.vectorized_map(lambda r: r * 2, t), tf.nest.map_structure(np.asarray, {"a": t}))
    for batch in tf.data.Dataset.from_tensor_slices({"x": n, "y": np.array(["a", "b"])}).shuffle(2, seed=0).batch(1).as_numpy_iterator():
        print(sorted(batch))
    print(list(tf.data.Dataset.from_generator(lambda: iter(n), output_signature=tf.TensorSpec((3,), tf.float64))))
    print(tf.io.parse_tensor(tf.io.serialize_tensor(t), tf.float32), tf.make_ndarray(tf.make_tensor_proto(t)), tf.make_tensor_proto(n).dtype)
    files = [io.BytesIO() for _ in range(2)]
    np.save(files[0], t); np.savez(files[1], t=t)
    print(files[0].getvalue(), np.load(io.BytesIO(files[1].getvalue()))["t"])
    print(np.shape(t), np.ndim(t), np.isscalar(t), np.iterable(t), np.result_type(f, np.float64))
    print(np.frompyfunc(lambda x: x + 1, 1, 1)(t))
    import scipy.linalg, scipy.optimize, scipy.special
    q = t @ tf.transpose(t) + 2 * tf.eye(2)
    print(scipy.linalg.solve(q, t), scipy.linalg.inv(q), scipy.linalg.det(q), scipy.linalg.norm(t))
    print(scipy.special.erf(t), scipy.optimize.least_squares(lambda x: x - 1, t[0]).x)
    print(np.may_share_memory(t, t), np.shares_memory(t, n))
    np.testing.assert_allclose(t, f)
    tf.debugging.assert_near(t, f)
    case = tf.test.TestCase(); case.assertAllClose(t, f); case.assertAllEqual(tf.range(3), [0, 1, 2])
    with tempfile.TemporaryDirectory() as folder:
        path = tf.train.Checkpoint(v=v).save(folder + "/c")
        other = tf.Variable(tf.zeros((2, 3)))
        tf.train.Checkpoint(v=other).restore(path)
        print(other)
        class Module(tf.Module):
            def __init__(self):
                self.w = tf.Variable(f)
            @tf.function(input_signature=[tf.TensorSpec((2, 3), tf.float32)])
            def __call__(self, x):
                return x * self.w
        tf.saved_model.save(Module(), folder + "/m")
        print(tf.saved_model.load(folder + "/m")(t))
        import keras
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2, kernel_initializer="ones"), keras.layers.Dense(1, kernel_initializer="ones")])
        model.compile("sgd", "mse", metrics=["mae"])
        print(model.fit(f, f[:, :1], epochs=2, verbose=0).history, model.predict(f, verbose=0), model(t), model.evaluate(f, f[:, :1], verbose=0))
        model.save(folder + "/m.keras")
        print(keras.models.load_model(folder + "/m.keras").get_weights(), keras.ops.convert_to_numpy(t), keras.ops.sum(t), keras.utils.to_categorical([0, 1]))
    """
)


def _output(*arguments):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_what_worked_before():
    """A program of TensorFlow's and Keras's prints the same, activated before or not."""
    stock = _output()
    assert len(stock.splitlines()) > 100
    assert _output("before") == stock


def test_no_array_is_kept():
    """See tests/trust/test_memory.py."""
    assert leaked(tf.constant, "tensorflow") == []


class TestSight:
    """What a tensor weighs is told by TensorFlow in words of its own."""

    def test_what_leaves_is_stopped_before(self):
        x = tf.ones((100, 10), tf.float32)
        for leave in (
            lambda: x.numpy(),
            lambda: np.asarray(x),
            lambda: np.array([x[0]] * 100),
            lambda: tf.Variable(x).numpy(),
        ):
            with arrayproto.no_copies("4 kB"):
                leave()
            with arrayproto.no_copies(3999), pytest.raises(arrayproto.CopyError, match=r"4\.0 kB"):
                leave()

    def test_results_have_a_size(self):
        x = tf.ones((4, 6), tf.float32)
        with arrayproto.trace() as seen:
            np.mean(x, axis=0)
            np.split(x, 2)
            tf.function(lambda a: np.mean(a, axis=0), input_signature=[tf.TensorSpec(None)])(x)
        assert [event.nbytes for event in seen.calls] == [24, 96, 0]
