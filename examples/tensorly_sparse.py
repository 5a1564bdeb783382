"""TensorLy, which is written for NumPy, on a sparse tensor: a CP decomposition of what is stored.

The tensor is made of three topics, each a few of the users, words and days that belong together,
so that it has a known answer. Run ``python examples/tensorly_sparse.py 500`` for a tensor of 500 x
500 x 500, which would be a gigabyte if it were dense. ``--dense`` decomposes the dense tensor.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
import sparse
import tensorly
from tensorly.decomposition import parafac

import arrayproto

DENSITY = 0.001


def topics(side: int, count: int = 3, seed: int = 0) -> sparse.COO:
    """A sparse tensor of exactly `count` components, of about `DENSITY`."""
    rng = np.random.default_rng(seed)
    members = max(2, round(side * (DENSITY / count) ** (1 / 3)))
    coords, values = [], []
    for _ in range(count):
        groups = [rng.choice(side, members, replace=False) for _ in range(3)]
        strengths = [1 + rng.random(members) for _ in range(3)]
        coords.append(np.stack(np.meshgrid(*groups, indexing="ij")).reshape(3, -1))
        values.append(np.einsum("i,j,k->ijk", *strengths).ravel())
    return sparse.COO(np.hstack(coords), np.hstack(values), shape=(side,) * 3)


def decompose(tensor, rank: int = 3, iterations: int = 10):
    """The decomposition, and how much of the tensor it leaves over."""
    (weights, factors), errors = parafac(
        tensor, rank, n_iter_max=iterations, init="svd", return_errors=True
    )
    return weights, factors, float(errors[-1])


def main(side: int = 60, dense: bool = False) -> float:
    tensor = topics(side)
    print(f"{side}^3, {tensor.nnz} values stored: {tensor.nbytes / 1e6:.1f} MB", end="")
    print(f" ({side**3 * 8 / 1e6:.0f} MB if it were dense)")
    # The decomposition of a small tensor first: what is compiled and imported is not measured.
    decompose(topics(12))
    before, start = _peak(), time.perf_counter()
    weights, factors, left = decompose(tensor.todense() if dense else tensor)
    took, grown = time.perf_counter() - start, _peak() - before
    print(f"factors {[f.shape for f in factors]}, {left:.1e} of the norm left over")
    print(f"{took:.1f} s, memory grew by {grown:.0f} MB")
    return left


def _peak() -> float:
    """The most memory that the process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


arrayproto.activate("sparse")
arrayproto.adopt("tensorly")
tensorly.set_backend("numpy")

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("side", type=int, nargs="?", default=60)
    parser.add_argument("--dense", action="store_true")
    chosen = parser.parse_args()
    main(chosen.side, chosen.dense)
