"""What importing and activating costs, each run in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

RUNS = 21
#: Importing the libraries takes seconds, so there are fewer runs with them.
RUNS_WITH_LIBRARIES = 7
LIBRARIES = ("sparse", "dask", "cupy", "jax", "torch", "tensorflow", "autograd", "pandas", "xarray")

_INSIDE = """
import json, sys, time
import numpy
{imports}
clock = time.perf_counter
start = clock()
import arrayproto
imported = clock()
arrayproto.activate()
activated = clock()
found = [name for name in {libraries!r} if name in sys.modules]
print(json.dumps([(imported - start) * 1e3, (activated - imported) * 1e3, found]))
"""


def _python(code: str) -> str:
    """Run code in a fresh interpreter that keeps its bytecode, as a user's does."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def inside(imports: str = "") -> tuple[float, float, list[str]]:
    """One process: milliseconds of the import, of ``activate()``, and the libraries imported."""
    imported, activated, found = json.loads(
        _python(_INSIDE.format(imports=imports, libraries=LIBRARIES))
    )
    return imported, activated, found


def _seconds(code: str) -> float:
    start = time.perf_counter()
    _python(code)
    return time.perf_counter() - start


def measure(runs: int = RUNS) -> list[dict[str, Any]]:
    """Rows of the table: name, milliseconds, goal, whether it is reached."""
    with_libraries = "import sparse, dask.array"
    inside()  # writes the bytecode
    inside(with_libraries)
    numpy_alone, both, imports, activations, found = [], [], [], [], []
    for _ in range(runs):
        numpy_alone.append(_seconds("import numpy"))
        both.append(_seconds("import numpy, arrayproto"))
        imported, activated, libraries = inside()
        imports.append(imported)
        activations.append(activated)
        found += libraries
    loaded = [inside(with_libraries)[1] for _ in range(min(runs, RUNS_WITH_LIBRARIES))]
    whole = [(b - a) * 1e3 for a, b in zip(numpy_alone, both, strict=True)]
    rows: list[dict[str, Any]] = [
        _row("import arrayproto, after numpy (clock in the process)", imports, 15.0),
        _row("import arrayproto, after numpy (whole process, pairwise)", whole, 15.0),
        _row("activate(), no library imported", activations, 10.0),
        _row("activate(), sparse and dask.array imported", loaded, 10.0),
        {
            "name": "array libraries that these import",
            "value": ", ".join(sorted(set(found))) or "none",
            "goal": "none",
            "reached": not found,
        },
    ]
    return rows


def _row(name: str, milliseconds: list[float], goal: float) -> dict[str, Any]:
    value = median(milliseconds)
    return {
        "name": name,
        "value": f"{value:.1f} ms (fastest {min(milliseconds):.1f}, {len(milliseconds)} runs)",
        "milliseconds": round(value, 3),
        "fastest": round(min(milliseconds), 3),
        "goal": f"{goal:.0f} ms",
        "reached": value <= goal,
    }
