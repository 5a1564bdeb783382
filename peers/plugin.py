"""A plugin of pytest that activates arrayproto early or late, and writes down every outcome.

``pytest -p peers.plugin`` reads what to do from the environment (see `peers.run`).
"""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path

import pytest

MODE = os.environ.get("ARRAYPROTO_PEERS_MODE", "stock")
OUTCOMES = os.environ.get("ARRAYPROTO_PEERS_OUTCOMES", "")
LIBRARIES = os.environ.get("ARRAYPROTO_PEERS_LIBRARIES", "").split()


def _activate() -> None:
    import arrayproto

    arrayproto.activate()


if MODE == "early":
    # Before the libraries, the suite's conftest.py and its tests are imported.
    _activate()
for library in LIBRARIES:
    importlib.import_module(library)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Every test module has been imported, and has taken from NumPy what it wanted."""
    if MODE == "late":
        _activate()


class Outcomes:
    """What became of every test; with pytest-xdist it is kept by the process that sees all."""

    def __init__(self) -> None:
        self.outcomes: dict[str, list[str]] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.outcomes[report.nodeid] = ["error", _message(report)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        outcome = report.outcome
        if report.when == "call":
            if hasattr(report, "wasxfail"):
                outcome = "xfailed" if report.skipped else "xpassed"
        elif outcome == "passed":
            return
        elif outcome == "failed":
            outcome = "error"
        elif hasattr(report, "wasxfail"):
            outcome = "xfailed"
        before = self.outcomes.get(report.nodeid)
        if before is None or before[0] == "passed":
            self.outcomes[report.nodeid] = [outcome, _message(report) if report.failed else ""]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        Path(OUTCOMES).write_text(json.dumps(self.outcomes))


def _message(report: pytest.CollectReport | pytest.TestReport) -> str:
    """The exception of a report, in a line."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash is not None else str(report.longrepr)
    lines = [line for line in text.splitlines() if line.strip()]
    return " ".join(lines[:1] if crash is not None else lines[-1:])[:300]


def pytest_configure(config: pytest.Config) -> None:
    if OUTCOMES and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Outcomes())
