"""Functions written with NumPy alone, differentiated by autograd."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import types
import zlib

import numpy as np
import pytest

import arrayproto
from arrayproto import UnsupportedArgumentError, UnsupportedFunctionError
from arrayproto.testing import load_calls
from arrayproto.testing.arrays import ARRAYS

autograd = pytest.importorskip("autograd")
import autograd.numpy as anp  # noqa: E402
from autograd.extend import defvjp, primitive  # noqa: E402
from autograd.test_util import check_grads  # noqa: E402


@pytest.fixture(autouse=True, scope="module")
def _active():
    with arrayproto.activated("autograd"):
        yield


V = np.array([0.3, 2.5, -1.2, 0.7])
M = np.array([[0.5, 0.1, -2, 0.7], [1.1, 3, 0.2, 1.25], [4, -0.6, 0.9, -0.25]])
P = np.array([[4.0, 1, 0.5], [1, 3, 0.25], [0.5, 0.25, 2]])


class TestOperators:
    """autograd's functions of functions, each of which makes its boxes in its own way."""

    def test_grad(self):
        np.testing.assert_allclose(autograd.grad(lambda x: np.sum(np.sin(x)))(V), np.cos(V))

    def test_of_a_number(self):
        assert autograd.grad(lambda x: np.multiply(np.square(x), 3))(2.0) == 12.0

    def test_elementwise_grad(self):
        slopes = autograd.elementwise_grad(lambda x: np.where(x > 0, np.exp(x), x))(V)
        np.testing.assert_allclose(slopes, np.where(V > 0, np.exp(V), 1))

    def test_jacobian(self):
        np.testing.assert_allclose(
            autograd.jacobian(lambda x: np.cumsum(np.tensordot(M, x, 1)))(V), np.cumsum(M, axis=0)
        )

    def test_hessian(self):
        """Boxes in boxes."""
        hessian = autograd.hessian(lambda x: np.tensordot(x, np.dot(M.T @ M, x), 1) / 2)(V)
        np.testing.assert_allclose(hessian, M.T @ M)

    def test_hessian_vector_product(self):
        product = autograd.hessian_tensor_product(lambda x: np.sum(np.power(x, 3)))(V, np.ones(4))
        np.testing.assert_allclose(product, 6 * V)

    def test_forward(self):
        value, slope = autograd.make_jvp(lambda x: np.std(x))(V)(np.ones(4))
        assert value == np.std(V)
        assert slope == pytest.approx(0, abs=1e-12)

    def test_value_and_grad_of_several(self):
        def loss(weights, bias):
            return np.mean(np.square(np.tanh(np.dot(M, weights) + bias)))

        value, slopes = autograd.value_and_grad(loss, (0, 1))(V, 0.5)
        assert value == pytest.approx(loss(V, 0.5))
        step = 1e-6
        assert slopes[1] == pytest.approx((loss(V, 0.5 + step) - value) / step, rel=1e-4)

    def test_of_numpys_own(self):
        """The function that autograd is given is NumPy's, and autograd calls it."""
        np.testing.assert_allclose(autograd.grad(np.linalg.norm)(V), V / np.linalg.norm(V))
        np.testing.assert_allclose(autograd.elementwise_grad(np.sinh)(V), np.cosh(V))

    def test_containers(self):
        """Lists and dicts of parameters are in boxes as wholes."""
        together = autograd.grad(lambda both: np.sum(np.concatenate(both) ** 2))([V, 2 * V])
        np.testing.assert_allclose(np.concatenate(together), np.concatenate([2 * V, 4 * V]))
        by_name = autograd.grad(lambda p: np.dot(p["w"], p["x"]))({"w": V, "x": V + 1})
        np.testing.assert_allclose(by_name["x"], V)


class TestDispatch:
    def test_answers_are_boxes(self):
        seen = []

        def function(x):
            seen.extend([np.exp(x), V * x, np.multiply(V, x), np.float64(2) * x, np.cumsum(x)])
            seen.extend([*np.split(x, 2), *np.linalg.slogdet(np.diag(x)), np.add.reduce(x)])
            return np.sum(x)

        autograd.grad(function)(V)
        assert {type(x).__name__ for x in seen} == {"ArrayBox"}

    def test_what_has_no_derivative_is_none(self):
        def function(x):
            order, kept = np.argsort(x), np.zeros_like(x)
            assert type(order) is type(kept) is np.ndarray
            kept[order[0]] = 1  # and may be written to
            assert type(np.floor(x)) is type(x > 0) is np.ndarray
            assert np.shape(x) == (4,)
            return np.sum(x * kept)

        np.testing.assert_array_equal(autograd.grad(function)(V), [0, 0, 1, 0])

    def test_the_same_as_autograd_numpy(self):
        def program(np):
            def loss(w):
                h = np.tanh(np.einsum("ij,j->i", M, w))
                return np.log(np.sum(np.exp(h))) + np.linalg.norm(np.outer(h, h)) - np.max(h)

            return loss

        np.testing.assert_allclose(autograd.grad(program(np))(V), autograd.grad(program(anp))(V))

    def test_a_primitive_of_the_users(self):
        @primitive
        def clipped(x):
            assert type(x) is np.ndarray
            return np.clip(x, 0, 1)

        defvjp(clipped, lambda ans, x: lambda g: g * 7)
        np.testing.assert_array_equal(
            autograd.grad(lambda x: np.sum(clipped(np.sin(x))))(V), 7 * np.cos(V)
        )


class TestDerivatives:
    """Where autograd has none, or a wrong one."""

    @pytest.mark.parametrize("zeros", [[], [1], [1, 2]])
    @pytest.mark.parametrize("function", [np.prod, lambda x: np.sum(np.cumprod(x) * V)])
    def test_products_with_zeros(self, function, zeros):
        x = V.copy()
        x[zeros] = 0
        check_grads(function, order=2)(x)

    @pytest.mark.parametrize("shape", [(4, 3), (3, 3), (2, 3, 2)])
    def test_qr(self, shape):
        x = np.random.default_rng(1).normal(size=shape)
        check_grads(lambda x: np.linalg.qr(x)[0], modes=["rev"], order=2)(x)
        check_grads(lambda x: np.linalg.qr(x)[1], modes=["rev"])(np.swapaxes(x, -1, -2))

    def test_qr_of_complex(self):
        x = P[:, :2] + 1j * P[:, 1:]
        check_grads(lambda x: np.abs(np.linalg.qr(x)[1]), modes=["rev"], order=1)(x)

    def test_bases_that_are_completed(self):
        """Singular values have a derivative, and vectors that nothing decides have none."""
        slope = autograd.grad(lambda x: np.sum(np.linalg.svd(x)[1]))(M)
        u, _, vh = np.linalg.svd(M, full_matrices=False)
        np.testing.assert_allclose(slope, u @ vh)
        with pytest.raises(NotImplementedError, match="full_matrices=False"):
            autograd.grad(lambda x: np.sum(np.linalg.svd(x)[2][3]))(M)

    def test_equal_singular_values(self):
        slope = autograd.grad(lambda x: np.sum(np.linalg.svdvals(x)))(np.eye(3) * 2)
        np.testing.assert_allclose(slope, np.eye(3))

    def test_ties(self):
        x = np.array([1.0, 1.0])
        for function in (np.hypot, np.logaddexp, np.logaddexp2):
            half = function(1.0, 1.0) / 2 if function is np.hypot else 0.5
            slope = autograd.grad(lambda x: function(x[0], x[1]))(x)
            np.testing.assert_allclose(slope, [half, half])

    def test_choices_that_broadcast(self):
        slope = autograd.grad(lambda x: np.sum(np.where(M > 0, x, 0.0)))(V)
        np.testing.assert_array_equal(slope, np.sum(M > 0, axis=0))

    def test_dtypes(self):
        slope = autograd.grad(lambda x: np.sum(np.astype(x, np.float64) * V))(V.astype("f"))
        assert slope.dtype == np.float32
        assert (
            autograd.grad(lambda x: np.sum(x, dtype=complex).real if 0 else np.abs(np.sum(x)))(
                V
            ).dtype
            == np.float64
        )


class TestRefusals:
    @pytest.mark.parametrize(
        "write",
        [
            lambda x: np.put(x, 0, 1),
            lambda x: np.copyto(x, 0.0),
            lambda x: np.copyto(np.zeros(4), x),
            lambda x: np.putmask(x, x > 0, 0),
        ],
    )
    def test_writes_say_what_to_write_instead(self, write):
        with pytest.raises(UnsupportedFunctionError, match=r"cannot be written to.*x = np\.where"):
            autograd.grad(write)(V)

    def test_out(self):
        with pytest.raises(UnsupportedArgumentError, match="assign the result"):
            autograd.grad(lambda x: np.exp(x, out=np.zeros(4)))(V)

    def test_numbers_that_would_lose_their_derivative(self):
        with pytest.raises(UnsupportedArgumentError, match="range= for the edges"):
            autograd.grad(lambda x: np.histogram(x, 3)[1][0])(V)
        counts = []
        autograd.grad(lambda x: (counts.append(np.histogram(x, 2, (-2, 2))[0]), np.sum(x))[1])(V)
        np.testing.assert_array_equal(counts[0], [1, 2])

    def test_strangers(self):
        unyt = pytest.importorskip("unyt")
        with pytest.raises(TypeError):
            autograd.grad(lambda x: np.sum(np.concatenate([x, unyt.unyt_array([1.0], "m")])))(V)


# What worked before -------------------------------------------------------------------------------

_BEFORE = textwrap.dedent(
    """
    import sys, warnings
    warnings.simplefilter("ignore")
    if "before" in sys.argv:
        import arrayproto; arrayproto.activate()
    import numpy as np, autograd, autograd.numpy as anp, autograd.scipy.stats, autograd.scipy.special
    from autograd import grad, jacobian, hessian, make_jvp, elementwise_grad, checkpoint
    from autograd.misc import flatten
    from autograd.misc.optimizers import adam
    from autograd.test_util import check_grads
    if "after" in sys.argv:
        import arrayproto; arrayproto.activate()

    def show(name, function, *args):
        try:
            result = function(*args)
        except Exception as error:
            result = type(error).__name__
        print(name, result)

    V, M = np.array([0.3, 2.5, -1.2, 0.7]), np.arange(12.0).reshape(3, 4) / 5 + 1
    for name in (
        "sum mean std var max min prod sort cumsum exp log1p abs sign tanh linalg.norm fft.fft diff "
        "gradient repeat tile ravel trace diag atleast_2d logaddexp.reduce argmax floor nan_to_num"
    ).split():
        function = anp
        for part in name.split(".")[: 2 if name != "logaddexp.reduce" else 1]:
            function = getattr(function, part)
        for operator in (grad, jacobian, elementwise_grad):
            show(name, operator(lambda x: anp.real(function(x))), V)
        show(name, lambda: make_jvp(lambda x: function(x))(V)(V))
    show("list", grad(lambda x: anp.sum(anp.array([x[0], x[1] * 2]))), V)
    show("select", grad(lambda x: anp.sum(anp.select([x > 0], [x ** 2]))), V)
    show("r_", grad(lambda x: anp.sum(anp.r_[x, 1.0] ** 2)), V)
    show("where", grad(lambda x: anp.sum(anp.where(x > 0, x, 0.0))), V)
    show("hessian", hessian(lambda x: anp.prod(x)), V)
    show("ufunc", grad(lambda x: np.sin(x)), 0.5)
    show("host left", grad(lambda x: anp.sum(V * x + np.float64(2) - x / V)), V)
    show("matmul", jacobian(lambda x: M @ x), V)
    show("einsum", grad(lambda x: anp.einsum("ij,j->", M, x)), V)
    show("solve", grad(lambda x: anp.sum(anp.linalg.solve(anp.outer(x, x) + np.eye(4), x))), V)
    show("print", grad(lambda x: (print(x, repr(str(x))), anp.sum(x))[1]), V)
    show("scipy", grad(lambda x: anp.sum(autograd.scipy.stats.norm.logpdf(x, 0.5, 2.0))), V)
    show("gamma", elementwise_grad(autograd.scipy.special.gammaln), np.abs(V))
    show("flatten", lambda: flatten({"a": V, "b": [M]})[0])
    show("adam", adam, grad(lambda x, i: anp.sum(x ** 2)), V, None, 5)
    show("checkpoint", grad(checkpoint(lambda x: anp.sum(anp.sin(x)))), V)
    show("check", check_grads(lambda x: anp.dot(M, x)), V)
    show("shape", grad(lambda x: (print(x.shape, x.ndim, x.dtype, len(x), np.shape(x)), anp.sum(x))[1]), V)
    show("dict", grad(lambda p: anp.sum(p["w"] * p["b"])), {"w": V, "b": 2.0})
    show("tuple", grad(lambda p: p[0] * p[1][0]), (2.0, [3.0]))
    """
)


def _printed(*words):
    done = subprocess.run([sys.executable, "-c", _BEFORE, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_what_worked_before_works_after():
    stock = _printed()
    assert len(stock) > 100
    for when in ("before", "after"):
        assert _printed(when) == stock


def test_undone():
    program = """
import autograd.numpy, arrayproto
boxes = autograd.numpy.numpy_boxes.ArrayBox
before = dict(vars(boxes))
with arrayproto.activated("autograd"):
    assert vars(boxes)["__array_ufunc__"] is not before["__array_ufunc__"]
assert dict(vars(boxes)) == before
"""
    subprocess.run([sys.executable, "-c", program], check=True)


# Over the table of calls ---------------------------------------------------------------------------

_LACKS = frozenset({"writes", "text", "dates", "objects", "records", "files", "memory"})
_HOST = types.SimpleNamespace(**{name: make() for name, make in ARRAYS.items()})


def _start(name):
    """An array of the table, off the corners that its zeros are at."""
    array = ARRAYS[name]().astype(float)
    noise = np.random.default_rng(zlib.crc32(name.encode())).normal(size=array.shape)
    if name == "p":
        noise = noise + noise.T
    if name == "o":  # all within [-1, 1]
        array, noise = 0.9 * array, np.sin(noise)
    return array + 0.02 * noise


def _numbers(value):
    """Everything in a result that may have a derivative, as vectors of real numbers."""
    if isinstance(value, (list, tuple)):
        return [part for item in value for part in _numbers(item)]
    kind = (
        value.dtype.kind
        if isinstance(value, (np.ndarray, np.generic, anp.numpy_boxes.ArrayBox))
        else ""
    )
    if kind == "c":
        return [np.reshape(np.real(value), (-1,)), np.reshape(np.imag(value), (-1,))]
    return [np.reshape(value, (-1,))] if kind == "f" else []


class _Program:
    """A call of the table as a function of its arrays of real numbers; weighted, one number."""

    def __init__(self, call):
        self.call = call
        self.names = [n for n in call.arrays if n[0] not in "n" and ARRAYS[n]().dtype.kind == "f"]
        self.others = {n: ARRAYS[n]() for n in call.arrays if n not in self.names}
        self.start = [_start(name) for name in self.names]
        self.weights = None
        values = self.values(self.start)
        self.weights = np.random.default_rng(0).normal(size=values.shape)
        self.defined = values.size > 0 and bool(np.all(np.isfinite(values)))

    def values(self, arrays):
        given = dict(zip(self.names, [arrays[i] for i in range(len(self.names))]))
        parts = _numbers(self.call.evaluate(np, {**self.others, **given}, _HOST))
        return np.concatenate(parts) if parts else np.zeros(0)

    def __call__(self, arrays):
        return np.sum(self.values(arrays) * self.weights)

    def slope(self, direction, step):
        plus, minus = (
            self([a + sign * step * d for a, d in zip(self.start, direction)]) for sign in (1, -1)
        )
        return (plus - minus) / (2 * step)


def _derivative_is_wrong(call):
    """What autograd says of a call's derivative against finite differences, if that is wrong."""
    try:
        program = _Program(call)
    except Exception:
        return None  # NumPy's own error
    if not program.names or not program.defined:
        return None
    random = np.random.default_rng(2)
    direction = [random.normal(size=a.shape) for a in program.start]
    direction = [d + d.T if n == "p" else d for n, d in zip(program.names, direction)]
    wanted, again = program.slope(direction, 1e-5), program.slope(direction, 3e-6)
    scale = abs(wanted) + 1e-3 * (1 + np.sum(np.abs(program.values(program.start))))
    if not abs(wanted - again) < 1e-3 * scale:
        return None  # a corner, or a result of too few digits
    try:
        slopes = autograd.grad(program)(program.start)
    except (UnsupportedArgumentError, UnsupportedFunctionError):
        return None
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    found = sum(np.sum(slope * d) for slope, d in zip(slopes, direction))
    return None if abs(found - wanted) <= 1e-4 * scale else f"{found}; differences: {wanted}"


#: Calls at whose arguments there is no derivative, and why autograd says something else than none.
_NO_DERIVATIVE = {
    "np.linalg.det(p * 0)": "it is found by the inverse, which a singular matrix has not got",
    **dict.fromkeys(
        (
            "np.nanstd(s)",
            "np.nanstd(fm / fm)",
            "np.std(m, axis=1, where=m >= 0, keepdims=True)",
        ),
        "the square root has no derivative at zero, the deviation of one element",
    ),
}


def _calls():
    for call in load_calls():
        if not call.tags & _LACKS and "float32" not in call.expression:
            if any(ARRAYS[name]().dtype.kind == "f" for name in call.arrays):
                yield call


@pytest.mark.filterwarnings("ignore")
def test_derivatives_of_all_functions():
    with np.errstate(all="ignore"):
        found = {call.expression: _derivative_is_wrong(call) for call in _calls()}
    wrong = {text: told for text, told in found.items() if told}
    assert len(found) > 4000
    assert wrong.keys() == _NO_DERIVATIVE.keys(), wrong
