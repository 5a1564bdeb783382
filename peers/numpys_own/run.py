"""Run modules of NumPy's own tests on the arrays of a library, in processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ..run import CACHE, ROOT

#: Tests below ``numpy``; those of text, records, files and of what an ndarray is are left out.
MODULES = (
    *(
        f"lib/tests/test_{name}.py"
        for name in (
            "arraypad arraysetops function_base histograms index_tricks nanfunctions polynomial "
            "shape_base stride_tricks twodim_base type_check ufunclike"
        ).split()
    ),
    *(f"_core/tests/test_{name}.py" for name in "einsum function_base numeric shape_base".split()),
    "linalg/tests/test_linalg.py",
    "fft/tests/test_helper.py",
    "fft/tests/test_pocketfft.py",
)
#: By name, the distribution whose version is told.
LIBRARIES = {
    "array_api_strict": "array_api_strict",
    "dask": "dask",
    "jax": "jax",
    "sparse": "sparse",
    "tensorflow": "tensorflow",
    "torch": "torch",
}
#: What became of each test, as it was written down: to sort it again is quick, to run it is not.
RAW = CACHE / "numpys_own"
Outcomes = dict[str, dict[str, Any]]


def run(library: str, module: str, seconds: int) -> Outcomes:
    """What became of the tests of a module.

    The module is run from a folder of its own, where it is a program and no installed package, so
    that `arrayproto.using` makes its arrays.

    Parameters
    ----------
    library : str
        One of `LIBRARIES`, or ``"numpy"``.
    module : str
        One of `MODULES`.
    seconds : int
        After which no other test is begun.
    """
    found: Outcomes = {}
    # A module that calls methods of its arrays while it is imported begins with NumPy's.
    for early in ("1", ""):
        found = _run(library, module, early, seconds)
        if [one["outcome"] for one in found.values()] != ["error"]:
            break
    return found


def _run(library: str, module: str, early: str, seconds: int) -> Outcomes:
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        (where / "pytest.ini").write_text("[pytest]\n")
        copy = where / Path(module).name
        shutil.copy(Path(np.__file__).parent / module, copy)
        outcomes = where / "outcomes.json"
        command = [
            *(sys.executable, "-m", "pytest", "-c", str(where / "pytest.ini"), "--rootdir", folder),
            *("-p", "numpy.conftest", "-p", "peers.numpys_own.plugin", "-p", "no:cacheprovider"),
            *("-q", "--tb=native", "--continue-on-collection-errors", "-m", "not slow", str(copy)),
        ]
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONHASHSEED": "0",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "ARRAYPROTO_NUMPYS_OWN_LIBRARY": library,
            "ARRAYPROTO_NUMPYS_OWN_OUTCOMES": str(outcomes),
            "ARRAYPROTO_NUMPYS_OWN_EARLY": early,
            "ARRAYPROTO_NUMPYS_OWN_SECONDS": str(seconds),
        }
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, timeout=seconds + 120
            )
            said = done.stdout[-2000:].decode(errors="replace")
        except subprocess.TimeoutExpired:
            said = f"more than {seconds + 120} s"
        if not outcomes.exists():
            return {f"{copy.name}::": {"outcome": "error", "message": said, "calls": {}}}
        return json.loads(outcomes.read_text())  # type: ignore[no-any-return]
