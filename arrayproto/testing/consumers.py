"""Programs of consumer libraries, as their READMEs and tutorials have them, and what cannot be.

A program is a function of ``make``, which makes the arrays that it works on of ndarrays: with
`numpy.copy` it says what is right, and with a subject's ``from_numpy`` it runs on that library. The
tests run all of them, and ``python -m arrayproto.tools.consumers`` makes docs/consumers.md of the
same data.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Make = Callable[[np.ndarray], Any]


class Program(NamedTuple):
    """A program of a consumer.

    Attributes
    ----------
    consumer : str
        What is adopted.
    name : str
    run : callable
        Is given ``make``.
    reads : bool
        Whether it reads values to decide what to do, so that lazy arrays are computed.
    ducks : bool
        Whether its arrays are given by `arrayproto.asduck`, because it calls methods.
    """

    consumer: str
    name: str
    run: Callable[[Make], Any]
    reads: bool = False
    ducks: bool = False


PROGRAMS: list[Program] = []


def _program(
    consumer: str, *, reads: bool = False, ducks: bool = False
) -> Callable[[Callable[[Make], Any]], Callable[[Make], Any]]:
    def decorator(run: Callable[[Make], Any]) -> Callable[[Make], Any]:
        name = run.__name__.removeprefix(f"{consumer.replace('.', '_')}_")
        PROGRAMS.append(Program(consumer, name, run, reads, ducks))
        return run

    return decorator


def _import(name: str) -> Any:
    return importlib.import_module(name)


def _tensor() -> np.ndarray[Any, Any]:
    values = np.random.default_rng(0).random((6, 5, 4))
    return np.where(values < 0.4, 0, values)


def _matrix(rows: int = 6, columns: int = 4) -> np.ndarray[Any, Any]:
    values = np.random.default_rng(1).random((rows, columns))
    return np.where(values < 0.3, 0, values)


def _signal() -> np.ndarray[Any, Any]:
    times: np.ndarray[Any, Any] = np.arange(16.0)
    return np.asarray(np.sin(times) + 0.5 * np.cos(3 * times))


# autograd: README, tutorial, examples ------------------------------------------------------------


@_program("autograd")
def autograd_tanh(make: Make) -> Any:
    autograd, anp = _import("autograd"), _import("autograd.numpy")
    return autograd.grad(lambda x: anp.sum((1.0 - anp.exp(-2.0 * x)) / (1.0 + anp.exp(-2.0 * x))))(
        make(_matrix())
    )


@_program("autograd")
def autograd_higher_derivatives(make: Make) -> Any:
    autograd, anp = _import("autograd"), _import("autograd.numpy")
    egrad = autograd.elementwise_grad
    return egrad(egrad(egrad(anp.tanh)))(make(_matrix()))


def _training_loss(weights: Any, inputs: Any) -> Any:
    anp = _import("autograd.numpy")
    targets = np.array([True, True, False, True, False, False])
    predictions = 0.5 * (anp.tanh(anp.dot(inputs, weights)) + 1)
    labels = predictions * targets + (1 - predictions) * (1 - targets)
    return -anp.sum(anp.log(labels))


@_program("autograd")
def autograd_logistic_regression(make: Make) -> Any:
    gradient = _import("autograd").grad(_training_loss)
    inputs, weights = make(_matrix()), np.zeros(4)
    for _ in range(3):
        weights = weights - gradient(weights, inputs) * 0.01
    return weights


@_program("autograd")
def autograd_gradient_of_the_data(make: Make) -> Any:
    return _import("autograd").grad(_training_loss, 1)(np.arange(4.0) / 4, make(_matrix()))


@_program("autograd")
def autograd_hessian_vector_product(make: Make) -> Any:
    autograd, anp = _import("autograd"), _import("autograd.numpy")
    product = autograd.hessian_vector_product(lambda x: anp.sum(anp.tanh(x) ** 2))
    return product(make(_matrix()), make(_matrix() + 1))


@_program("autograd")
def autograd_jacobian(make: Make) -> Any:
    autograd, anp = _import("autograd"), _import("autograd.numpy")
    return autograd.jacobian(lambda x: anp.sum(x**2, axis=0))(make(_matrix(3, 2)))


@_program("autograd")
def autograd_forward_mode(make: Make) -> Any:
    autograd, anp = _import("autograd"), _import("autograd.numpy")
    x = make(_matrix())
    return autograd.make_jvp(lambda x: anp.sin(x) * x)(x)(x)


@_program("autograd")
def autograd_indexing(make: Make) -> Any:
    autograd, anp = _import("autograd"), _import("autograd.numpy")
    return autograd.grad(lambda x: anp.sum(x[1:3] ** 2) + anp.sum(x[:, 0]))(make(_matrix()))


@_program("autograd")
def autograd_einsum_and_joining(make: Make) -> Any:
    autograd, anp = _import("autograd"), _import("autograd.numpy")

    def loss(x: Any) -> Any:
        return anp.sum(anp.einsum("ij,kj->ik", x, anp.concatenate([x, 2 * x])) ** 2)

    return autograd.grad(loss)(make(_matrix()))


@_program("autograd")
def autograd_neural_network(make: Make) -> Any:
    autograd, anp = _import("autograd"), _import("autograd.numpy")
    adam = _import("autograd.misc.optimizers").adam
    inputs, rng = make(_matrix()), np.random.default_rng(0)
    start = [rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=(3, 1))]

    def loss(parameters: Any, step: int) -> Any:
        first, bias, second = parameters
        hidden = anp.tanh(anp.dot(inputs, first) + bias)
        return anp.sum((anp.dot(hidden, second) - 1) ** 2)

    return adam(autograd.grad(loss), start, num_iters=2)


@_program("autograd")
def autograd_linear_algebra(make: Make) -> Any:
    autograd, anp = _import("autograd"), _import("autograd.numpy")
    q = _matrix()
    return autograd.grad(lambda x: anp.linalg.det(x))(make(q.T @ q))


# TensorLy: user guide, README --------------------------------------------------------------------


def _cp(found: Any) -> Any:
    weights, factors = found
    return [weights, *factors]


@_program("tensorly")
def tensorly_unfold_and_fold(make: Make) -> Any:
    tl, x = _import("tensorly"), make(_tensor())
    return tl.unfold(x, 0), tl.unfold(x, 2), tl.fold(tl.unfold(x, 1), 1, x.shape)


@_program("tensorly")
def tensorly_mode_dot(make: Make) -> Any:
    algebra, x = _import("tensorly.tenalg"), make(_tensor())
    factor = np.arange(15.0).reshape(3, 5)
    return algebra.mode_dot(x, factor, mode=1), algebra.multi_mode_dot(
        x, [np.ones(6), np.ones(4)], modes=[0, 2]
    )


@_program("tensorly")
def tensorly_norm_and_inner(make: Make) -> Any:
    tl, x = _import("tensorly"), make(_tensor())
    return tl.norm(x), tl.tenalg.inner(x, x)


@_program("tensorly", reads=True)
def tensorly_parafac(make: Make) -> Any:
    decomposition = _import("tensorly.decomposition")
    return _cp(
        decomposition.parafac(make(_tensor()), rank=2, init="random", random_state=0, n_iter_max=3)
    )


@_program("tensorly", reads=True)
def tensorly_parafac_by_svd(make: Make) -> Any:
    decomposition, tl = _import("tensorly.decomposition"), _import("tensorly")
    return tl.cp_to_tensor(decomposition.parafac(make(_tensor()), rank=3, n_iter_max=2))


@_program("tensorly", reads=True)
def tensorly_non_negative_parafac(make: Make) -> Any:
    decomposition = _import("tensorly.decomposition")
    return _cp(
        decomposition.non_negative_parafac(
            make(_tensor()), rank=2, init="random", random_state=0, n_iter_max=2
        )
    )


@_program("tensorly", reads=True)
def tensorly_tucker(make: Make) -> Any:
    decomposition, tl = _import("tensorly.decomposition"), _import("tensorly")
    return tl.tucker_to_tensor(decomposition.tucker(make(_tensor()), rank=[2, 3, 2], n_iter_max=2))


@_program("tensorly", reads=True)
def tensorly_tensor_train(make: Make) -> Any:
    decomposition, tl = _import("tensorly.decomposition"), _import("tensorly")
    return tl.tt_to_tensor(decomposition.tensor_train(make(_tensor()), rank=[1, 3, 2, 1]))


# opt_einsum, einops ------------------------------------------------------------------------------


@_program("opt_einsum")
def opt_einsum_contract(make: Make) -> Any:
    contract = _import("opt_einsum").contract
    return contract("ij,jk,kl->il", make(_matrix()), make(_matrix(4, 5)), make(_matrix(5, 3)))


@_program("opt_einsum")
def opt_einsum_contract_mixed(make: Make) -> Any:
    contract = _import("opt_einsum").contract
    return contract("ij,jk,kl->il", _matrix(), make(_matrix(4, 5)), _matrix(5, 3))


@_program("opt_einsum")
def opt_einsum_expression(make: Make) -> Any:
    expression = _import("opt_einsum").contract_expression("ab,bc,cd->ad", (6, 4), (4, 5), (5, 3))
    return expression(make(_matrix()), make(_matrix(4, 5)), make(_matrix(5, 3)))


@_program("einops")
def einops_rearrange(make: Make) -> Any:
    rearrange, x = _import("einops").rearrange, make(_tensor())
    return rearrange(x, "b h w -> h (b w)"), rearrange(x, "(b1 b2) h w -> b1 h b2 w", b1=2)


@_program("einops")
def einops_reduce(make: Make) -> Any:
    reduce, x = _import("einops").reduce, make(_tensor())
    return reduce(x, "b h w -> h w", "mean"), reduce(x, "(b1 b2) h w -> b1 h", "max", b1=3)


@_program("einops")
def einops_repeat_and_einsum(make: Make) -> Any:
    einops, x = _import("einops"), make(_matrix())
    return einops.repeat(x, "h w -> h w c", c=3), einops.einsum(x, x, "i j, k j -> i k")


# xarray: tutorials -------------------------------------------------------------------------------


def _array(make: Make) -> Any:
    data = make(_matrix())
    return _import("xarray").DataArray(data, dims=("x", "y"), coords={"x": np.arange(6)})


@_program("xarray", ducks=True)
def xarray_arithmetic(make: Make) -> Any:
    a = _array(make)
    return (a + 2 * a - 1).data, a.transpose("y", "x").data, a.isel(x=slice(1, 3)).sel(x=2).data


@_program("xarray", ducks=True)
def xarray_reductions(make: Make) -> Any:
    a = _array(make)
    return a.mean("x").data, a.sum().data, a.std("y").data, a.where(a > 0.5).mean("x").data


@_program("xarray", ducks=True)
def xarray_where_and_concat(make: Make) -> Any:
    a, xr = _array(make), _import("xarray")
    return a.where(a > 0.5, 0).data, xr.concat([a, a], "x").data, a.where(a > 0.5).fillna(0).data


@_program("xarray", ducks=True)
def xarray_groupby(make: Make) -> Any:
    group = _import("xarray").DataArray([0, 0, 0, 1, 1, 1], dims="x", name="g")
    return _array(make).groupby(group).mean().data


@_program("xarray", ducks=True)
def xarray_rolling(make: Make) -> Any:
    return _array(make).rolling(x=2).mean().data


@_program("xarray", ducks=True)
def xarray_weighted(make: Make) -> Any:
    return _array(make).weighted(_import("xarray").DataArray(np.arange(6.0), dims="x")).mean().data


@_program("xarray", ducks=True)
def xarray_quantile(make: Make) -> Any:
    return _array(make).quantile(0.5, "x").data


# SciPy: documentation of each function -----------------------------------------------------------


@_program("scipy")
def scipy_signal_fftconvolve(make: Make) -> Any:
    x = make(_signal())
    return _import("scipy.signal").fftconvolve(x, x, mode="full")


@_program("scipy")
def scipy_signal_hilbert(make: Make) -> Any:
    return np.abs(_import("scipy.signal").hilbert(make(_signal())))


@_program("scipy")
def scipy_signal_lfilter(make: Make) -> Any:
    return _import("scipy.signal").lfilter([1.0], [1.0, 0.5], make(_signal()))


@_program("scipy")
def scipy_special_logsumexp(make: Make) -> Any:
    special, x = _import("scipy.special"), make(_matrix())
    return special.logsumexp(x), special.logsumexp(x, axis=1)


@_program("scipy")
def scipy_special_softmax(make: Make) -> Any:
    special, x = _import("scipy.special"), make(_matrix())
    return special.softmax(x, axis=1), special.log_softmax(x, axis=0)


@_program("scipy")
def scipy_special_expit(make: Make) -> Any:
    return _import("scipy.special").expit(make(_matrix()))


@_program("scipy")
def scipy_stats_zscore(make: Make) -> Any:
    return _import("scipy.stats").zscore(make(_matrix()))


@_program("scipy")
def scipy_stats_moment(make: Make) -> Any:
    stats, x = _import("scipy.stats"), make(_matrix())
    return stats.moment(x, order=2), stats.gmean(x + 1)


#: (consumer, program, subject) to the reason why it cannot be.
GAPS: dict[tuple[str, str, str], str] = {
    ("scipy", "signal_lfilter", library): "the filter is compiled code, which reads the memory of "
    'NumPy arrays; `fallback="convert"` copies to NumPy and back, with a warning'
    for library in ("cupy", "dask", "jax", "sparse", "torch")
}


def known_gap(program: Program, subject: str, library: str) -> str | None:
    """The reason why a program is known not to run on a subject, or None."""
    key = program.consumer, program.name
    return GAPS.get((*key, subject)) or GAPS.get((*key, library))
