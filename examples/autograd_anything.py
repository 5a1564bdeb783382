"""autograd, which differentiates NumPy, on sparse, Dask, JAX and PyTorch arrays.

The loss and the training loop are those of autograd's README, unchanged: a logistic regression.
Only the data are of another library. Libraries that are not installed are passed over.
"""

from __future__ import annotations

import importlib

import autograd.numpy as np
from autograd import grad

import arrayproto


def sigmoid(x):
    return 0.5 * (np.tanh(x / 2.0) + 1)


def training_loss(weights, inputs, targets):
    predictions = sigmoid(np.dot(inputs, weights))
    labels = predictions * targets + (1 - predictions) * (1 - targets)
    return -np.sum(np.log(labels))


def train(inputs, targets, steps=50):
    gradient = grad(training_loss)
    weights = np.zeros(inputs.shape[1])
    for _ in range(steps):
        weights = weights - gradient(weights, inputs, targets) * 0.01
    return weights


#: How each library makes an array of an ndarray.
MAKERS = {
    "sparse": ("sparse", lambda module, array: module.COO.from_numpy(array)),
    "dask": ("dask.array", lambda module, array: module.from_array(array, chunks=(8, 3))),
    "jax": ("jax.numpy", lambda module, array: module.asarray(array)),
    "torch": ("torch", lambda module, array: module.from_numpy(array)),
}


def data(rows=32):
    import numpy

    rng = numpy.random.default_rng(0)
    inputs = rng.normal(size=(rows, 3)) * (rng.random((rows, 3)) < 0.5)
    return inputs, (inputs @ [2.0, -1.0, 0.5] > 0).astype(float)


def main(steps=50):
    """Trained weights, by library."""
    inputs, targets = data()
    found = {"numpy": train(inputs, targets, steps)}
    arrayproto.activate()
    arrayproto.adopt("autograd")
    for name, (module, make) in MAKERS.items():
        try:
            library = importlib.import_module(module)
        except ImportError:
            continue
        found[name] = train(make(library, inputs), targets, steps)
    return found


if __name__ == "__main__":
    for name, weights in main(steps=10).items():
        print(f"{name:7}{type(weights).__module__:20}{[round(float(w), 4) for w in weights]}")
