"""The data of the demonstration: word counts of the Python Language Reference.

The text ships inside Python itself, as ``pydoc_data.topics`` (``help("lambda")`` shows it). A
document is a paragraph of it. Left out are documents of fewer than `SHORTEST` words, repeated ones
and tables, and the words that only one document has or more than a share of `COMMONEST` have.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SHORTEST = 8
COMMONEST = 0.03
_WORD = re.compile(r"[a-z]{2,}")
_BLANK_LINES = re.compile(r"\n\s*\n")


class Texts(NamedTuple):
    """A collection of documents.

    Attributes
    ----------
    counts : ndarray of float, shape (documents, words)
        How often a document has a word.
    documents : list of str
        The text of each document.
    topics : list of str
        The topic of the Language Reference that each document comes from.
    words : list of str
        The words, sorted.
    """

    counts: NDArray[np.float64]
    documents: list[str]
    topics: list[str]
    words: list[str]


def load() -> Texts:
    """Read the texts; the same for every run of one version of Python.

    Raises
    ------
    RuntimeError
        If this Python was installed without its ``pydoc_data``.
    """
    try:
        from pydoc_data.topics import topics as reference
    except ImportError as error:
        raise RuntimeError(
            "the demonstration reads pydoc_data.topics, which is part of Python's standard "
            f"library but not of this installation ({error})"
        ) from error
    documents: dict[tuple[tuple[str, int], ...], tuple[str, str]] = {}
    for topic in sorted(reference):
        for paragraph in _BLANK_LINES.split(reference[topic]):
            said = _WORD.findall(paragraph.lower())
            if len(said) >= SHORTEST and paragraph.lstrip()[0] not in "+|":
                bag = tuple(sorted(Counter(said).items()))
                documents.setdefault(bag, (topic, " ".join(paragraph.split())))
    spread = Counter(word for bag in documents for word, _ in bag)
    words = sorted(word for word, count in spread.items() if 1 < count < len(documents) * COMMONEST)
    column = {word: index for index, word in enumerate(words)}
    counts = np.zeros((len(documents), len(words)))
    for row, bag in enumerate(documents):
        for word, count in bag:
            if word in column:
                counts[row, column[word]] = count
    kept = np.flatnonzero(counts.any(axis=1))  # those that have one of the words
    found = list(documents.values())
    return Texts(
        counts[kept],
        documents=[found[row][1] for row in kept],
        topics=[found[row][0] for row in kept],
        words=words,
    )
