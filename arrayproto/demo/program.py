"""Which paragraphs say what a text is about: an ordinary NumPy program.

It weighs words by tf-idf, compares documents by the cosine of their angle, ranks them by LexRank
and finds their themes by latent semantic analysis. It knows NumPy and nothing else, and it runs as
it is on the arrays of every library in the demonstration.

References
----------
G. Salton and C. Buckley, "Term-weighting approaches in automatic text retrieval", 1988 (tf-idf).
S. Deerwester et al., "Indexing by latent semantic analysis", 1990.
G. Erkan and D. Radev, "LexRank: graph-based lexical centrality as salience in text
summarization", 2004.
"""

import numpy as np

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

THEMES = 3
TINY = 1e-300


def ratio(part: Array, whole: Array) -> Array:
    """`part` / `whole`, which is not negative; 0 for nothing of nothing."""
    return part / np.maximum(whole, TINY)


def unit(vectors: Array) -> Array:
    """Vectors, along the last axis, at length 1."""
    length = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))
    return ratio(vectors, np.expand_dims(length, -1))


def tfidf(counts: Array) -> Array:
    """Counts (documents, words) as weights: high for the many times of a word that few have."""
    documents = counts.shape[0]
    having = np.sum(counts > 0, 0)
    rarity = np.log((1 + documents) / (1 + having)) + 1
    return unit(np.log1p(counts) * rarity)


def lexrank(similarity: Array, prior: Array, damping: float = 0.85, rounds: int = 10) -> Array:
    """How central each document is: PageRank on the graph of documents that are alike."""
    links = np.where(similarity > 0.1, similarity, 0.0)
    steps = ratio(links, np.sum(links, axis=1, keepdims=True))
    rank = prior
    for _ in range(rounds):
        rank = damping * np.dot(rank, steps) + (1 - damping) * prior
    return rank


def themes(weights: Array, rounds: int = 6) -> Array:
    """The leading right singular vectors, one after the other, by power iteration."""
    found: list[Array] = []
    for part in np.array_split(weights, THEMES):
        vector = unit(np.mean(part, axis=0))
        for _ in range(rounds):
            vector = np.dot(np.dot(weights, vector), weights)
            for other in found:
                vector = vector - np.sum(other * vector) * other
            vector = unit(vector)
        found.append(vector)
    return np.stack(found)


def analyse(counts: Array) -> dict[str, Array]:
    """Analyse word counts, an array of shape (documents, words)."""
    weights = tfidf(counts)
    similarity = np.clip(np.tensordot(weights, weights, axes=(1, 1)), 0, 1)
    others = np.tril(similarity, -1) + np.triu(similarity, 1)
    length = np.sum(counts, axis=1)
    basis = themes(weights)
    position = np.matmul(weights, np.matrix_transpose(basis))
    strength = np.sqrt(np.sum(np.square(position), axis=0))
    return {
        "weights": weights,
        "similarity": similarity,
        "nearest": np.max(others, axis=1),
        "centrality": lexrank(similarity, ratio(length, np.sum(length))),
        "themes": basis,
        "strength": strength,
        "spread": ratio(np.std(position, axis=0), strength),
        "pairs": np.reshape(np.outer(strength, np.exp(-strength)), (-1,)),
        "features": np.concatenate([weights, position], axis=1),
    }
