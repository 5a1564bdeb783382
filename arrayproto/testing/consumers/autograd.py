"""autograd: its README, tutorial and examples."""

from __future__ import annotations

from typing import Any

import numpy as np

from .program import Make, imported, matrix, program


@program("autograd")
def autograd_tanh(make: Make) -> Any:
    autograd, anp = imported("autograd"), imported("autograd.numpy")
    return autograd.grad(lambda x: anp.sum((1.0 - anp.exp(-2.0 * x)) / (1.0 + anp.exp(-2.0 * x))))(
        make(matrix())
    )


@program("autograd")
def autograd_higher_derivatives(make: Make) -> Any:
    autograd, anp = imported("autograd"), imported("autograd.numpy")
    egrad = autograd.elementwise_grad
    return egrad(egrad(egrad(anp.tanh)))(make(matrix()))


def _training_loss(weights: Any, inputs: Any) -> Any:
    anp = imported("autograd.numpy")
    targets = np.array([True, True, False, True, False, False])
    predictions = 0.5 * (anp.tanh(anp.dot(inputs, weights)) + 1)
    labels = predictions * targets + (1 - predictions) * (1 - targets)
    return -anp.sum(anp.log(labels))


@program("autograd")
def autograd_logistic_regression(make: Make) -> Any:
    gradient = imported("autograd").grad(_training_loss)
    inputs, weights = make(matrix()), np.zeros(4)
    for _ in range(3):
        weights = weights - gradient(weights, inputs) * 0.01
    return weights


@program("autograd")
def autograd_gradient_of_the_data(make: Make) -> Any:
    return imported("autograd").grad(_training_loss, 1)(np.arange(4.0) / 4, make(matrix()))


@program("autograd")
def autograd_hessian_vector_product(make: Make) -> Any:
    autograd, anp = imported("autograd"), imported("autograd.numpy")
    product = autograd.hessian_vector_product(lambda x: anp.sum(anp.tanh(x) ** 2))
    return product(make(matrix()), make(matrix() + 1))


@program("autograd")
def autograd_jacobian(make: Make) -> Any:
    autograd, anp = imported("autograd"), imported("autograd.numpy")
    return autograd.jacobian(lambda x: anp.sum(x**2, axis=0))(make(matrix(3, 2)))


@program("autograd")
def autograd_forward_mode(make: Make) -> Any:
    autograd, anp = imported("autograd"), imported("autograd.numpy")
    x = make(matrix())
    return autograd.make_jvp(lambda x: anp.sin(x) * x)(x)(x)


@program("autograd")
def autograd_indexing(make: Make) -> Any:
    autograd, anp = imported("autograd"), imported("autograd.numpy")
    return autograd.grad(lambda x: anp.sum(x[1:3] ** 2) + anp.sum(x[:, 0]))(make(matrix()))


@program("autograd")
def autograd_einsum_and_joining(make: Make) -> Any:
    autograd, anp = imported("autograd"), imported("autograd.numpy")

    def loss(x: Any) -> Any:
        return anp.sum(anp.einsum("ij,kj->ik", x, anp.concatenate([x, 2 * x])) ** 2)

    return autograd.grad(loss)(make(matrix()))


@program("autograd")
def autograd_running_sums_and_masks(make: Make) -> Any:
    autograd, anp = imported("autograd"), imported("autograd.numpy")

    def loss(x: Any) -> Any:
        sums = anp.sum(anp.cumsum(x, axis=0) ** 2 + anp.cumsum(x, axis=1) ** 3)
        chosen = anp.sum(anp.max(x, axis=0) ** 2) + anp.sum(anp.maximum(x, 0.5) * x)
        return sums + chosen + anp.sum(anp.clip(x, 0.2, 0.8) ** 2) + anp.mean(x, axis=0)[0]

    return autograd.grad(loss)(make(matrix())), autograd.elementwise_grad(
        autograd.elementwise_grad(lambda x: anp.cumsum(anp.clip(x, 0.2, 2.0) ** 3))
    )(make(matrix()))


@program("autograd")
def autograd_neural_network(make: Make) -> Any:
    autograd, anp = imported("autograd"), imported("autograd.numpy")
    adam = imported("autograd.misc.optimizers").adam
    inputs, rng = make(matrix()), np.random.default_rng(0)
    start = [rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=(3, 1))]

    def loss(parameters: Any, step: int) -> Any:
        first, bias, second = parameters
        hidden = anp.tanh(anp.dot(inputs, first) + bias)
        return anp.sum((anp.dot(hidden, second) - 1) ** 2)

    return adam(autograd.grad(loss), start, num_iters=2)


@program("autograd")
def autograd_linear_algebra(make: Make) -> Any:
    autograd, anp = imported("autograd"), imported("autograd.numpy")
    q = matrix()
    return autograd.grad(lambda x: anp.linalg.det(x))(make(q.T @ q))
