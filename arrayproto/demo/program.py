"""Which paragraphs say what a whole text is about: an ordinary NumPy program.

Weighs words by tf-idf, compares documents by cosine similarity, ranks them by LexRank and finds
the themes by latent semantic analysis. It knows NumPy and nothing else: there is no word of sparse,
Dask, CuPy or arrayproto in this file, and it runs on the arrays of all of them.

References
----------
G. Salton and C. Buckley, Term-weighting approaches in automatic text retrieval, 1988 (tf-idf).
S. Deerwester et al., Indexing by latent semantic analysis, 1990.
G. Erkan and D. Radev, LexRank, 2004.
"""

import numpy as np

TINY = 1e-300
THEMES = 3


def tfidf(counts):
    """Word counts (documents, words) as tf-idf weights, each document of length 1."""
    documents = counts.shape[0]
    frequency = np.sum(counts > 0, axis=0)
    rarity = np.log((1 + documents) / (1 + frequency)) + 1
    weights = np.log1p(counts) * rarity
    length = np.sqrt(np.einsum("ij,ij->i", weights, weights))
    return weights / np.maximum(np.expand_dims(length, 1), TINY)


def unit(vector):
    return vector / np.maximum(np.sqrt(np.sum(vector * vector)), TINY)


def lexrank(similarity, prior, threshold=0.1, damping=0.85, rounds=10):
    """How central each document is: PageRank on the graph of similar documents."""
    links = np.where(similarity > threshold, similarity, 0.0)
    step = links / np.maximum(np.expand_dims(np.sum(links, axis=1), 1), TINY)
    rank = prior
    for _ in range(rounds):
        rank = damping * np.dot(rank, step) + (1 - damping) * prior
    return rank


def themes(weights, rounds=10):
    """The leading right singular vectors, one after the other, by power iteration."""
    found = []
    share = weights.shape[0] // THEMES
    for theme in range(THEMES):
        vector = unit(np.mean(weights[theme * share : (theme + 1) * share], axis=0))
        for _ in range(rounds):
            vector = np.dot(np.dot(weights, vector), weights)
            for other in found:
                vector = vector - np.sum(other * vector) * other
            vector = unit(vector)
        found.append(vector)
    return np.stack(found)


def analyse(counts):
    """Analyse an array of word counts, (documents, words), of any array library."""
    weights = tfidf(counts)
    similarity = np.clip(np.tensordot(weights, weights, axes=(1, 1)), 0.0, 1.0)
    length = np.sum(counts, axis=1)
    centrality = lexrank(similarity, length / np.sum(length))
    basis = themes(weights)
    position = np.matmul(weights, np.permute_dims(basis, (1,0)))
    strength = np.sqrt(np.sum(position**2, axis=0))
    others = np.tril(similarity, -1) + np.triu(similarity, 1)
    return {
        "tf-idf weights": weights,
        "similarity of documents": similarity,
        "nearest neighbour": np.amax(others, axis=1),
        "centrality": centrality,
        "themes": basis,
        "strength of themes": strength,
        "features": np.concatenate([weights, position], axis=1),
        "spread of words": np.std(weights, axis=0),
        "summary": np.reshape(np.outer(np.mean(position, axis=0), strength), (-1,)),
    }
