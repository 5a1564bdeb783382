"""Everything here is tested twice, where there is the code in C."""

from __future__ import annotations

import pytest

from tests.dispatch.ways import WAYS, taken


@pytest.fixture(scope="module", autouse=True, params=WAYS)
def way(request):
    with taken(request.param):
        yield request.param


@pytest.fixture
def frames_in_between(way):
    """How many frames of ours stand between a caller and what it calls."""
    return 1 if way == "python" else 0
