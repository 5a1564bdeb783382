"""TensorLy, which is written for NumPy, on a sparse tensor: a CP decomposition of what is stored.

The tensor is that of a text, the Python Language Reference: how often three of its most frequent
words stand in a row. Each component is a phrase. With ``--made`` it is made of three topics, each a
few of the users, words and days that belong together, so that it has a known answer and the density
that is asked for. Run ``python examples/tensorly_sparse.py 500`` for a tensor of 500 x 500 x 500,
which would be a gigabyte if it were dense. ``--dense`` decomposes the dense tensor.
"""

from __future__ import annotations

import argparse
import re
import resource
import time
from collections import Counter

import numpy as np
import sparse
import tensorly
from tensorly.decomposition import parafac

import arrayproto
from arrayproto.demo import data

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


def phrases(side: int) -> tuple[sparse.COO, list[str]]:
    """How often three words of a real text stand in a row, and the words, the `side` commonest."""
    sentences = [re.findall("[a-z]{2,}", text.lower()) for text in data.load().documents]
    counts = Counter(word for sentence in sentences for word in sentence)
    words = [word for word, _ in counts.most_common(side)]
    number = {word: index for index, word in enumerate(words)}
    found = Counter(
        tuple(number[word] for word in three)
        for sentence in sentences
        for three in zip(sentence, sentence[1:], sentence[2:], strict=False)
        if number.keys() >= set(three)
    )
    coords = np.array(list(found)).T
    return sparse.COO(coords, np.log1p(list(found.values())), shape=(side,) * 3), words


def decompose(tensor, rank: int = 3, iterations: int = 10):
    """The decomposition, and how much of the tensor it leaves over."""
    (weights, factors), errors = parafac(
        tensor, rank, n_iter_max=iterations, init="svd", return_errors=True
    )
    return weights, factors, float(errors[-1])


def main(side: int = 60, dense: bool = False, made: bool = False) -> float:
    tensor, words = (topics(side), []) if made else phrases(side)
    print(f"{side}^3, {tensor.nnz} values stored: {tensor.nbytes / 1e6:.1f} MB", end="")
    print(f" ({side**3 * 8 / 1e6:.0f} MB if it were dense)")
    # The decomposition of a small tensor first: what is compiled and imported is not measured.
    decompose(topics(12))
    before, start = _peak(), time.perf_counter()
    weights, factors, left = decompose(tensor.todense() if dense else tensor)
    took, grown = time.perf_counter() - start, _peak() - before
    strongest = [np.argmax(np.abs(factor), axis=0) for factor in factors]
    for component in range(3 if words else 0):
        phrase = " ".join(words[int(best[component])] for best in strongest)
        print(f"component {component + 1}: {phrase!r}")
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
    parser.add_argument("--made", action="store_true")
    chosen = parser.parse_args()
    main(chosen.side, chosen.dense, chosen.made)
