"""`make matrix`: tests on other versions of Python, NumPy and the libraries.

Python that is not here is left out, and the table says so. ``nox -s "tests(py3.12-numpy2.2-none)"``
runs one combination.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).parent))  # nox runs this file from somewhere else

from matrix.report import RESULTS, record, update
from matrix.table import COMBINATIONS, Combination

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False
nox.options.stop_on_first_error = False


def _session(one: Combination) -> None:
    @nox.session(python=one.python, name=str(one))
    def tests(session: nox.Session) -> None:
        session.install(*one.requirements)
        session.install("--no-deps", "--editable", ".")
        outcomes = RESULTS / f"{one}.xml"
        try:
            session.run(
                *("pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={outcomes}"),
                *(session.posargs or one.tests),
            )
        finally:
            versions = "import json, importlib.metadata as m, platform; print(json.dumps("
            versions += "{d.name: d.version for d in m.distributions()}"
            versions += " | {'python': platform.python_version()}))"
            record(one, outcomes, session.run("python", "-c", versions, silent=True))


for combination in COMBINATIONS:
    _session(combination)


@nox.session(python=False)
def table(session: nox.Session) -> None:
    """Write docs/versions.md of what has been found."""
    update()
