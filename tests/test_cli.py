"""The command line, but for what the commands do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import arrayproto
from arrayproto import cli


def test_version(capsys):
    with pytest.raises(SystemExit) as exit_:
        cli.main(["--version"])
    assert exit_.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith(
        f"arrayproto {arrayproto.__version__}, NumPy {np.__version__}, Python 3."
    )


@pytest.mark.parametrize(
    "arguments", [[], ["dance"], ["demo", "--library", "torch"]], ids=["none", "unknown", "library"]
)
def test_mistakes_are_told(arguments, capsys):
    with pytest.raises(SystemExit) as exit_:
        cli.main(arguments)
    assert exit_.value.code == 2
    assert "usage: arrayproto" in capsys.readouterr().err


def test_help_names_the_libraries(capsys):
    with pytest.raises(SystemExit):
        cli.main(["demo", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "numpy, sparse, dask, dask-cluster, cupy" in said
    assert "--worker" not in said


def test_as_a_module():
    process = subprocess.run(
        [sys.executable, "-m", "arrayproto", "--version"],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0
    assert process.stdout.startswith("arrayproto ")


def test_importing_the_module_runs_nothing():
    import arrayproto.__main__  # noqa: F401
