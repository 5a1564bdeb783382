"""``pytest -p arrayproto.testing.loopback_plugin``, on a small library with tests of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

LIBRARY = """
import numpy as np

def total(x):
    return np.sum(x)

def coerced(x):
    return np.asarray(x).sum()

def to_values(x):
    return np.asarray(x)
"""

TESTS = """
import numpy as np
import consumer
from consumer import coerced

def test_clean():
    assert isinstance(consumer.total(np.arange(3.0)), np.float64)

def test_coerced():
    assert coerced(np.arange(3.0)) == 3

def test_allowed():
    assert type(consumer.to_values(np.arange(3.0))) is np.ndarray

def test_without_arrays():
    assert coerced([1.0]) == 1
"""


@pytest.mark.parametrize(
    "by_name",
    [["-p", "arrayproto.testing.loopback_plugin"], ["-p", "arrayproto.testing.conformance_plugin"]],
    ids=["itself", "by the plugin that is always there"],
)
def test_each_coercion_fails_a_test_with_its_line(by_name, tmp_path):
    (tmp_path / "consumer.py").write_text(LIBRARY)
    (tmp_path / "test_consumer.py").write_text(TESTS)
    process = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", *by_name, "-q"),
            *("--arrayproto-loopback", "consumer", "--arrayproto-loopback-allow", "*.to_values"),
            *("--arrayproto-loopback-report", "report.json", "-p", "no:cacheprovider"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 1, process.stdout + process.stderr
    assert "1 x consumer.py:8: coerced: np.asarray(x)" in process.stdout
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["tests"] == {"all": 4, "given": 3, "coerced": 1, "clean": 2, "failed": 0}
    (found,) = report["coercions"]
    assert (found["file"], found["line"], found["code"]) == ("consumer.py", 8, "np.asarray(x)")
