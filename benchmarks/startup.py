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
before = set(sys.modules)
clocks = [time.perf_counter, time.process_time]
start = [clock() for clock in clocks]
import arrayproto
imported = [clock() for clock in clocks]
arrayproto.activate()
activated = [clock() for clock in clocks]
found = [name for name in {libraries!r} if name in sys.modules.keys() - before]
milliseconds = [
    [(b - a) * 1e3 for a, b in zip(*pair)] for pair in ((start, imported), (imported, activated))
]
print(json.dumps([*milliseconds, found]))
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


Wall = tuple[float, float]  # milliseconds by the clock on the wall, and of the processor's time


def inside(imports: str = "") -> tuple[Wall, Wall, list[str]]:
    """One process: milliseconds of the import, of ``activate()``, and the libraries imported."""
    imported, activated, found = json.loads(
        _python(_INSIDE.format(imports=imports, libraries=LIBRARIES))
    )
    return tuple(imported), tuple(activated), found


def _milliseconds(code: str) -> float:
    start = time.perf_counter()
    _python(code)
    return (time.perf_counter() - start) * 1e3


def measure(runs: int = RUNS) -> list[dict[str, Any]]:
    """Rows of the table: name, milliseconds, goal, whether it is reached."""
    with_libraries = "import sparse, dask.array"
    inside()  # writes the bytecode
    inside(with_libraries)
    numpy_alone, both, imports, activations, found = [], [], [], [], []
    for _ in range(runs):
        numpy_alone.append(_milliseconds("import numpy"))
        both.append(_milliseconds("import numpy, arrayproto"))
        imported, activated, libraries = inside()
        imports.append(imported)
        activations.append(activated)
        found += libraries
    loaded = [inside(with_libraries)[1] for _ in range(min(runs, RUNS_WITH_LIBRARIES))]
    whole, fastest = (of(both) - of(numpy_alone) for of in (median, min))
    return [
        _row("import arrayproto after numpy, in the process", imports, 15.0),
        {
            "name": "import numpy, arrayproto, less import numpy; whole processes",
            "value": f"{whole:.1f} ms of {median(both):.0f} (fastest {fastest:.1f}; {runs} runs)",
            "milliseconds": round(whole, 3),
            "goal": "15 ms",
            "reached": whole <= 15.0,
        },
        _row("activate(), no library imported", activations, 10.0),
        _row("activate(), sparse and dask.array imported", loaded, 10.0),
        {
            "name": "array libraries that these import",
            "value": ", ".join(sorted(set(found))) or "none",
            "goal": "none",
            "reached": not found,
        },
    ]


def _row(name: str, milliseconds: list[Wall], goal: float) -> dict[str, Any]:
    wall, processor = (median(values) for values in zip(*milliseconds, strict=True))
    fastest = min(milliseconds)[0]
    return {
        "name": name,
        "value": f"{wall:.1f} ms (fastest {fastest:.1f}; {len(milliseconds)} runs)",
        "milliseconds": round(wall, 3),
        "milliseconds_of_processor": round(processor, 3),
        "fastest": round(fastest, 3),
        "goal": f"{goal:.0f} ms",
        "reached": wall <= goal,
    }
