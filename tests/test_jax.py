"""Functions written with NumPy alone, on JAX's arrays and under its transformations."""

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
from arrayproto import UnsupportedArgumentError, UnsupportedFunctionError
from arrayproto.libraries import LIBRARIES
from arrayproto.testing import SUBJECTS, Verdict, judge, load_calls
from arrayproto.testing.gaps import known_gap

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")  # compiles in half the time
jax = pytest.importorskip("jax")
import jax.numpy as jnp  # noqa: E402


@pytest.fixture(autouse=True, scope="module")
def _active():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    with arrayproto.activated("jax"):
        yield
    jax.config.update("jax_enable_x64", before)


M = np.array([[0.5, 0, -2, 0], [0, 3, 0, 1.25], [4, 0, 0, -0.25]])
Q = np.array([[4.0, 1, 0, 0], [1, 2, 0, 0.5], [0, 0, 1, 0], [0, 0.5, 0, 8]])
V = np.array([0, 2.5, 0, -1])
AT = np.array([2, 0, 1, 2])

#: Functions of m, q, v, i whose results have shapes that no value decides.
PROGRAMS = {
    text: eval(f"lambda m, q, v, i: ({text})", {"np": np})
    for text in """
    np.sum(m, axis=0)
    np.mean(m), np.std(m, axis=1), np.var(m, ddof=1)
    np.average(m, axis=1, weights=np.abs(v) + 1)
    np.median(m, axis=0), np.percentile(m, [20, 70], axis=1)
    np.cumsum(m, axis=1), np.diff(m), np.ptp(m, axis=0)
    np.sort(m, axis=1)[:, ::-1], np.argsort(v), np.argmax(m, axis=0)
    np.where(m > 0, m, -1), np.clip(m, -1, 1), np.maximum(m, v)
    np.take(v, i), np.take_along_axis(m, np.argsort(m, axis=1), 1)
    np.concatenate([m, np.ones((1, 4))]), np.stack([v, v]), np.hstack([m, m])
    np.tensordot(m, q, 1), np.einsum("ij,jk->ik", m, q), np.kron(v, v)
    np.linalg.norm(m), np.linalg.inv(q), np.linalg.solve(q, v), np.linalg.det(q)
    np.linalg.eigh(q)[0], np.linalg.svd(m)[1], np.linalg.cholesky(q)
    np.fft.fft(m, axis=0), np.fft.irfft(np.fft.rfft(v))
    np.reshape(m, (4, 3)), np.moveaxis(m, 0, 1), np.pad(m, 1), np.roll(m, 1), np.tile(v, 2)
    np.insert(v, 1, 9.0), np.delete(v, 1), np.choose(i, [v, v + 1, v * 2])
    np.digitize(v, [-1, 0, 1]), np.searchsorted(np.sort(v), m), np.isin(i, [1, 2])
    np.unravel_index(i, (3, 2)), np.ravel_multi_index((i, i), (3, 3))
    np.polyval(v, m), np.interp(m, [0.0, 1, 2], [3.0, 4, 8]), np.convolve(v, v)
    np.nansum(m), np.nanargmax(m, axis=0), np.nan_to_num(m / 1)
    np.add.reduce(m), np.multiply.outer(v, v), np.add(m, 1, dtype=np.float32), np.hypot(m, v)
    np.cov(m), np.corrcoef(m), np.gradient(m, axis=1), np.trapezoid(m)
    np.round(m, 1), np.floor_divide(m, 2), np.power(m, 2), np.isclose(m, v), np.allclose(m, m)
    np.zeros_like(m), np.full_like(m, 3), np.trace(q), np.triu(q), np.diag(v), np.vander(v)
    np.histogram(m, bins=np.array([-3.0, 0.0, 1.0, 5.0]))[0]
    """.strip().splitlines()
    for text in [text.strip()]
}


def _same(actual, wanted):
    if isinstance(wanted, (tuple, list)):
        assert len(actual) == len(wanted)
        for one, other in zip(actual, wanted):
            _same(one, other)
        return
    assert actual.dtype == np.asarray(wanted).dtype
    np.testing.assert_allclose(np.asarray(actual), wanted, rtol=1e-10, atol=1e-10)


class TestTransformations:
    @pytest.mark.parametrize("text", PROGRAMS)
    def test_jit(self, text):
        """A tracer has no values: what is right here went through no host."""
        program, host = PROGRAMS[text], (M, Q, V, AT)
        _same(jax.jit(program)(*map(jnp.asarray, host)), program(*host))

    @pytest.mark.parametrize(
        "function, x, slope",
        [
            (lambda x: np.sum(np.sin(x)), V, np.cos(V)),
            (lambda x: np.linalg.norm(x), V, V / np.linalg.norm(V)),
            (lambda x: np.mean(np.square(x)), V, V / 2),
            (lambda x: np.tensordot(x, x), M, 2 * M),
            (lambda x: np.max(x), V, [0, 1, 0, 0]),
            (lambda x: np.linalg.slogdet(x)[1], Q, np.linalg.inv(Q).T),
            (lambda x: np.sum(np.where(x > 0, x, 0)), V, [0, 1, 0, 0]),
            (lambda x: np.sum(np.take(x, np.array([1, 1, 3]))), V, [0, 2, 0, 1]),
            (lambda x: np.add.reduce(np.multiply(x, x, dtype=float)), V, 2 * V),
        ],
    )
    def test_grad(self, function, x, slope):
        np.testing.assert_allclose(jax.grad(function)(jnp.asarray(x)), slope, atol=1e-12)

    def test_grad_of_a_number(self):
        assert jax.grad(lambda x: np.multiply(np.sin(x), 2))(0.0) == 2.0

    def test_vmap(self):
        def f(row):
            return np.dot(row, row) + np.max(np.cumsum(row))

        _same(jax.vmap(f)(jnp.asarray(M)), np.array([f(row) for row in M]))

    def test_scan(self):
        def step(carry, row):
            carry = np.maximum(carry, row)
            return carry, np.sum(carry)

        last, sums = jax.lax.scan(step, jnp.asarray(M[0]), jnp.asarray(M))
        _same(last, np.max(M, axis=0))
        _same(sums, np.sum(np.maximum.accumulate(M), axis=1))

    def test_control_flow(self):
        x = jnp.asarray(M)
        _same(
            jax.lax.fori_loop(0, 3, lambda i, c: np.add(c, np.take(x[0], i)), 0.0), M[0, :3].sum()
        )
        last = jax.lax.cond(np.any(x > 1), lambda a: np.sort(a, axis=1), lambda a: a, x)
        _same(last, np.sort(M, axis=1))
        grown = jax.lax.while_loop(
            lambda a: np.less(np.max(a), 100), lambda a: np.multiply(a, 2), np.abs(x) + 1
        )
        assert 100 <= np.max(grown) < 200
        _same(jax.lax.associative_scan(np.maximum, x), np.maximum.accumulate(M))

    def test_several_devices(self, run_python):
        """jax.pmap, jax.shard_map and sharded arrays, of functions written with plain NumPy."""
        run_python(
            """
import os
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
import jax, numpy as np
import arrayproto
jax.config.update("jax_enable_x64", True)
arrayproto.activate("jax")
X = np.arange(12.0).reshape(2, 6) / 7

def same(actual, wanted):
    assert isinstance(actual, jax.Array) and len(actual.sharding.device_set) == 2
    np.testing.assert_allclose(np.asarray(actual), wanted)

def centred(x):
    return np.cumsum(np.exp(x), axis=-1) - np.mean(x, axis=-1, keepdims=True)

same(jax.pmap(centred)(X), centred(X))
same(jax.pmap(lambda x: np.subtract(x, jax.lax.pmean(x, "i")), axis_name="i")(X), X - X.mean(0))
mesh, rows = jax.make_mesh((2,), ("i",)), jax.sharding.PartitionSpec("i", None)
sharded = jax.device_put(X, jax.sharding.NamedSharding(mesh, rows))
same(jax.shard_map(centred, mesh=mesh, in_specs=rows, out_specs=rows)(sharded), centred(X))
total = jax.shard_map(
    lambda x: jax.lax.psum(np.sum(np.square(x)), "i"),
    mesh=mesh, in_specs=rows, out_specs=jax.sharding.PartitionSpec(),
)
same(total(sharded), np.sum(X**2))
same(np.multiply(np.flip(sharded, 1), 2), X[:, ::-1] * 2)
same(jax.jit(centred)(sharded), centred(X))
"""
        )

    def test_nested(self):
        def f(x):
            return np.sum(np.exp(x) * np.sin(x))

        hessian = jax.jit(jax.vmap(jax.grad(jax.grad(lambda x: np.exp(x) * np.sin(x)))))
        np.testing.assert_allclose(hessian(jnp.asarray(V)), 2 * np.exp(V) * np.cos(V))
        np.testing.assert_allclose(
            jax.jacfwd(jax.grad(f))(jnp.asarray(V)), np.diag(2 * np.exp(V) * np.cos(V)), atol=1e-12
        )

    @pytest.mark.parametrize("transform", [jax.vmap, jax.grad])
    def test_function_of_numpy_itself(self, transform):
        """It is called by JAX's own code, on tracers."""
        function = np.linalg.norm
        _same(
            transform(function)(jnp.asarray(M)),
            np.linalg.norm(M, axis=1) if transform is jax.vmap else M / np.linalg.norm(M),
        )

    def test_ufunc_itself(self):
        _same(jax.vmap(np.sin)(jnp.asarray(M)), np.sin(M))

    def test_logistic_regression(self):
        random = np.random.default_rng(0)
        X = random.normal(size=(200, 3))
        labels = (X @ [2.0, -1.0, 0.5] > 0.25) * 1.0

        def loss(weights, X, labels):
            p = 1 / (1 + np.exp(-(np.dot(X, weights["w"]) + weights["b"])))
            p = np.clip(p, 1e-12, 1 - 1e-12)
            return -np.mean(labels * np.log(p) + (1 - labels) * np.log(1 - p))

        weights = {"w": jnp.zeros(3), "b": jnp.zeros(())}
        slope = jax.jit(jax.value_and_grad(loss))
        losses = []
        for _ in range(60):
            value, slopes = slope(weights, X, labels)
            losses.append(float(value))
            weights = jax.tree.map(lambda w, s: w - 2.0 * s, weights, slopes)
        assert losses[0] == pytest.approx(np.log(2)) and losses[-1] < 0.15
        right = (np.dot(jnp.asarray(X), weights["w"]) + weights["b"] > 0) == (labels > 0.5)
        assert isinstance(right, jax.Array) and np.mean(right) > 0.95

    @pytest.mark.parametrize("function", [np.unique, np.nonzero, np.flatnonzero, np.argwhere])
    def test_shapes_that_values_decide(self, function):
        """JAX's own error says which value it has to know."""
        with pytest.raises(jax.errors.ConcretizationTypeError, match="size"):
            jax.jit(lambda x: function(x))(jnp.asarray(V))

    def test_checks_wait(self):
        """Out of range is an error where there are values, and undefined while JAX traces."""

        def take(x, indices):
            return np.take(x, indices)

        x, indices = jnp.asarray(V), jnp.asarray([7])
        with pytest.raises(IndexError):
            take(x, indices)
        with pytest.raises(IndexError):  # the indices are known while it traces
            jax.jit(lambda x: take(x, np.array([7])))(x)
        assert jax.jit(take)(x, indices).shape == (1,)


class TestDtypes:
    @pytest.mark.parametrize("one", ["bool", "uint8", "int32", "int64", "float32", "complex64"])
    @pytest.mark.parametrize("two", ["int16", "float32", "float64"])
    @pytest.mark.parametrize(
        "call", [np.add, np.dot, lambda x, y: np.concatenate([x, y]), np.arctan2]
    )
    def test_numpys(self, call, one, two):
        x, y = np.ones(2, one), np.ones(2, two)
        if call is np.arctan2 and one == "complex64":
            pytest.skip("NumPy has none")
        wanted = call(x, y).dtype
        assert call(jnp.asarray(x), jnp.asarray(y)).dtype == wanted
        assert call(x, jnp.asarray(y)).dtype == wanted

    @pytest.mark.parametrize("dtype", ["uint8", "int32", "float32"])
    @pytest.mark.parametrize("call", [np.mean, np.sum, np.sqrt, np.std, np.cumsum, np.fft.fft])
    def test_of_one(self, call, dtype):
        x = np.ones(2, dtype)
        assert call(jnp.asarray(x)).dtype == call(x).dtype

    def test_numbers_give_way(self):
        x = jnp.ones(2, "float32")
        assert np.add(x, 1.5).dtype == np.float32
        assert jax.jit(lambda x, y: np.add(x, y))(x, 1.5).dtype == np.float32
        assert np.all(np.less(jnp.asarray([255], "uint8"), 300))

    def test_of_32_bits(self):
        with jax.enable_x64(False):
            x = jnp.arange(3)
            assert np.mean(x).dtype == np.float32
            assert np.add(x, jnp.ones(3)).dtype == np.float32
            assert np.sum(x).dtype == np.int32


class TestRefusals:
    @pytest.mark.parametrize(
        "write",
        [
            lambda x: np.put(x, 0, 1),
            lambda x: np.copyto(x, 0.0),
            lambda x: np.place(x, x > 0, 0),
            lambda x: np.putmask(x, x > 0, 0),
        ],
    )
    def test_writes_say_what_to_write_instead(self, write):
        with pytest.raises(UnsupportedFunctionError, match=r"immutable.*x = (x\.at|np\.where)"):
            write(jnp.asarray(V))

    def test_out(self):
        x = jnp.asarray(V)
        for call in (lambda: np.add(x, x, out=x), lambda: np.sum(x, axis=0, out=x)):
            with pytest.raises(UnsupportedArgumentError, match="assign the result"):
                call()

    def test_not_into_a_copy(self):
        x = jnp.asarray([1.0, np.nan])
        assert np.nan_to_num(x, True).tolist() == [1, 0]
        for call in (
            lambda: np.nan_to_num(x, copy=False),
            lambda: np.nan_to_num(x=x, copy=False),
            lambda: np.nan_to_num(x, False),
        ):
            with pytest.raises(UnsupportedArgumentError, match="assign the result"):
                call()

    def test_into_ndarrays(self):
        """An ndarray as the target asks for a copy on the host."""
        x, out = jnp.asarray(V), np.zeros(4)
        assert np.add(x, 1, out=out) is out
        np.testing.assert_array_equal(out, V + 1)
        np.copyto(out, x)
        np.testing.assert_array_equal(out, V)
        np.add.at(out, jnp.asarray([0, 0]), 1)
        assert out[0] == 2
        np.save(io.BytesIO(), x)


class TestOperators:
    def test_ndarray_on_the_left(self):
        """As JAX has it, whose rules for dtypes are not NumPy's; the function is NumPy's."""
        n, x = np.arange(4), jnp.asarray(V, "float32")
        assert (n * x).dtype == (np.int64(3) * x).dtype == np.float32
        assert np.multiply(n, x).dtype == np.float64
        assert isinstance(n < x, jax.Array)
        n += x
        assert isinstance(n, jax.Array)


# Of what worked before --------------------------------------------------------------------------

_BEFORE = textwrap.dedent(
    """
    import copy, io, operator, pickle, sys, warnings
    warnings.simplefilter("ignore")
    if "before" in sys.argv:
        import arrayproto; arrayproto.activate()
    import numpy as np, jax, jax.numpy as jnp, jax.scipy.stats, jax.scipy.linalg
    jax.config.update("jax_enable_x64", "x64" in sys.argv)
    if "after" in sys.argv:
        import arrayproto; arrayproto.activate()

    def show(name, value):
        print(name, jax.tree.map(lambda a: (type(a).__name__, str(getattr(a, "dtype", "")), str(a)), value))

    x, n = jnp.arange(6.0).reshape(2, 3), np.arange(6).reshape(2, 3)
    show("print", [repr(x), str(x), f"{x[0, 0]:.2f}"])
    show("pickle", pickle.loads(pickle.dumps(x)))
    show("dlpack", [np.from_dlpack(x), jnp.from_dlpack(np.ones(2))])
    show("asarray", [np.asarray(x), np.array(x, "f4"), x.tolist(), float(x[1, 1]), list(x[0])])
    files = [io.BytesIO() for _ in range(3)]
    np.save(files[0], x); jnp.save(files[1], x); np.savez(files[2], x=x)
    show("save", [files[0].getvalue(), files[1].getvalue()])
    show("text", [np.array_repr(x), np.array_str(x), np.array2string(x)])
    for name in "add sub mul truediv floordiv mod pow matmul eq ne lt le gt ge iadd imul".split():
        op = getattr(operator, name)
        right = x.T if name == "matmul" else x
        if "x64" not in sys.argv or name in ("eq", "ne", "lt", "le", "gt", "ge", "iadd", "imul"):
            show(name, op(n.copy(), right))
        show(name, [op(x, n.T if name == "matmul" else n)])
    show("operators", [n + x, n * x.astype("float32"), n / x, n ** x, n @ x.T, n == x, n < x, np.int64(2) * x])
    total = np.zeros((2, 3)); total += x
    show("in place", total)
    show("tracer", jax.jit(lambda t: np.float32(2) * t + n - np.int64(1))(x))
    show("grad", jax.grad(lambda x: jnp.sum(jnp.sin(x) ** 2))(x))
    show("vmap", jax.vmap(jnp.linalg.norm)(x))
    show("scan", jax.lax.scan(lambda c, r: (c + r, jnp.sum(r)), jnp.zeros(3), x))
    show("loops", [jax.lax.fori_loop(0, 3, lambda i, a: a * 2, x), jax.lax.cond(True, jnp.sin, jnp.cos, x)])
    key = jax.random.key(0)
    show("random", [jax.random.normal(key, (3,)), jax.random.choice(key, n[0]), jax.random.permutation(key, x)])
    show("scipy", [jax.scipy.stats.norm.pdf(x), jax.scipy.linalg.cholesky(x @ x.T + jnp.eye(2))])
    show("tree", jax.tree.map(operator.add, {"a": x}, {"a": n.astype(x.dtype)}))
    show("tree of functions", jax.tree.map(np.sin, {"a": x}))

    @jax.custom_vjp
    def f(x): return jnp.sum(x)
    f.defvjp(lambda x: (f(x), x), lambda x, g: (g * x,))
    show("custom_vjp", jax.grad(f)(x))
    jax.jit(lambda x: jax.debug.print("debug {}", x))(x); jax.effects_barrier()
    show("callback", jax.pure_callback(lambda a: np.asarray(a) * 2, x, x))
    show("ndarrays", [jnp.concatenate([n, n]), jnp.where(n > 2, n, 0), jnp.dot(n, n.T), jnp.linalg.svd(n)[1]])
    show("numpy functions", [jnp.unique(n), jnp.histogram(x)[0], jnp.percentile(x, 30), jnp.polyfit(x[0], x[1], 1), jnp.einsum("ij,kj", x, n)])
    show("indexing", [x[np.array([0, 1]), 1], x.at[0].set(n[0]), n[jnp.asarray([0])], x[n > 3]])
    show("shapes", [np.shape(x), np.ndim(x), np.size(x), len(x)])
    show("random of NumPy", np.random.default_rng(0).normal(x))
    show("frompyfunc", np.frompyfunc(lambda v: v + 1, 1, 1)(x))
    import scipy.linalg, scipy.optimize, scipy.special
    q = x @ x.T + jnp.eye(2)
    show("special", [scipy.special.erf(x), scipy.special.xlogy(x, 2.0)])
    show("scipy's", [scipy.linalg.solve(q, x), scipy.linalg.inv(q), scipy.linalg.det(q), scipy.linalg.norm(x)])
    show("optimize", scipy.optimize.least_squares(lambda x: x - 1, x[0]).x)
    savetxt = io.BytesIO(); np.savetxt(savetxt, x); show("savetxt", savetxt.getvalue())
    show("copies", [copy.copy(x), copy.deepcopy(x), np.may_share_memory(x, x), np.shares_memory(x, n)])
    np.testing.assert_allclose(x, np.arange(6.0).reshape(2, 3))
    """
)


def _printed(*words):
    done = subprocess.run([sys.executable, "-c", _BEFORE, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("bits", ["x64", "x32"])
def test_what_worked_before_works_after(bits):
    stock = _printed(bits)
    assert len(stock) > 50
    for when in ("before", "after"):
        active = _printed(bits, when)
        assert active == stock


# Of all functions ---------------------------------------------------------------------------------


def _sample():
    by_function = collections.defaultdict(list)
    for call in load_calls():
        if not call.tags & SUBJECTS["jax"].lacks and not call.public_api.startswith("polynomial."):
            by_function[call.public_api].append(call)
    return [calls[len(calls) // 2] for calls in list(by_function.values())[::3]]


def test_sample_of_calls():
    subject = SUBJECTS["jax"]
    found = []
    for call in _sample():
        judgement = judge(call, subject)
        fine = judgement.verdict in (Verdict.RIGHT, Verdict.REFUSED)
        if fine == bool(known_gap("jax", "jax", call.expression)):
            found.append(f"{call.expression}: {judgement.verdict}: {judgement.detail}")
    assert not found, "\n".join(found)


def test_iteration_ends():
    """JAX raises no IndexError, by which Python's own protocol of iteration ends."""
    rows = np.polynomial.polyutils.as_series(jnp.asarray([[1.0, 2.0, 0.0], [3.0, 0.0, 0.0]]))
    assert [row.tolist() for row in rows] == [[1, 2], [3]]


def test_own_functions_are_found():
    """Rows name functions that JAX has: a misspelled one would go through ducks for ever."""
    from arrayproto.libraries.jax_own import OWN

    library = LIBRARIES["jax"]
    assert [name for name in OWN if library.find(name) is None] == []


@pytest.mark.filterwarnings("error")
def test_without_64_bits_nobody_is_warned_of_integers():
    with jax.enable_x64(False):
        x = jnp.arange(6).reshape(2, 3)
        assert x.dtype == np.int32
        with arrayproto.activated("jax"):
            for found in (np.take(x, np.array([1, 0]), axis=0), np.cumsum(x), np.argsort(x)):
                assert found.dtype == np.int32
            assert int(np.sum(x)) == 15
            assert np.count_nonzero(x) == 5
