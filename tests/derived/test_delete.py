"""`np.delete` where the index is an array of the library."""

from __future__ import annotations

import numpy as np
import pytest

import arrayproto
from tests.oracle import Plain, check


@pytest.mark.parametrize("places", [[1, 3], [-1, 0, 0], []])
@pytest.mark.parametrize("plain", [False, True])
def test_places_of_sparse(places, plain):
    pytest.importorskip("sparse")
    library = "sparse"
    arrayproto.activate(library)
    values = np.arange(6.0)
    check(np.delete, Plain(values) if plain else values, np.asarray(places, int), library=library)
