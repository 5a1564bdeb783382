"""A plugin for pytest: ``pytest_plugins = ["arrayproto.testing.plugin"]`` in ``conftest.py``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ..tools.no_copies import NoCopies, no_copies


@pytest.fixture(name="no_copies")
def _no_copies(request: pytest.FixtureRequest) -> Iterator[NoCopies]:
    """No array leaves its library in the test.

    A marker says otherwise than the defaults of `arrayproto.no_copies`:
    ``@pytest.mark.no_copies(limit="64 kB", action="warn")``.
    """
    marker = request.node.get_closest_marker("no_copies")
    with no_copies(*marker.args, **marker.kwargs) if marker else no_copies() as guard:
        yield guard


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "no_copies(limit, action): arguments of the fixture no_copies"
    )
