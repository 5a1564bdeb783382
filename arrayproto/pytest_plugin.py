"""``pytest -p arrayproto.pytest_plugin --arrayproto-library NAME``: a test suite on a library.

The tests, and what they test, make the arrays of the library; pytest and NumPy's own testing
functions do not.
"""

from __future__ import annotations

import contextlib
from typing import Any

_open = contextlib.ExitStack()


def pytest_addoption(parser: Any) -> None:
    group = parser.getgroup("arrayproto")
    group.addoption(
        "--arrayproto-library",
        metavar="NAME",
        help="run the tests with the arrays of this library, as arrayproto.using() does",
    )
    group.addoption(
        "--arrayproto-package",
        action="append",
        default=[],
        metavar="NAME",
        help="an installed package that is tested, and makes the library's arrays too",
    )


def pytest_configure(config: Any) -> None:
    library = config.getoption("--arrayproto-library")
    if library is None:
        return
    import pytest

    from .creation import using_everywhere

    packages = config.getoption("--arrayproto-package")
    try:
        _open.enter_context(using_everywhere(library, packages=packages))
    except (ImportError, ValueError) as error:
        raise pytest.UsageError(f"--arrayproto-library: {error}") from error


def pytest_report_header(config: Any) -> str | None:
    library = config.getoption("--arrayproto-library")
    return None if library is None else f"arrayproto: arrays of {library}"


def pytest_unconfigure(config: Any) -> None:
    _open.close()
