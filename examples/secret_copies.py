"""Copies to the host three times, without a word.

python -m arrayproto trace --activate sparse,dask examples/secret_copies.py
python -m arrayproto check examples/secret_copies.py --for sparse,dask
"""

import dask.array as da
import numpy as np
import sparse

images = da.from_array(np.random.default_rng(0).random((400, 400)), chunks=200)
weights = sparse.random((400, 400), density=0.01, random_state=0)


def standardise(a):
    a = np.asarray(a)
    return (a - a.mean()) / a.std()


scaled = standardise(images)
total = sum(float(images[row].sum()) for row in range(3))
stacked = np.vstack([weights.todense(), np.ones((1, 400))])
medians = np.median(images, axis=0)
product = np.tensordot(weights, weights, axes=1)
print(f"{total:.3f}", scaled.shape, stacked.shape, medians.shape, product.shape)
