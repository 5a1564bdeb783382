"""What adopting a package of some 500 modules takes: ``python -m benchmarks.adoption``.

Writes results/adoption.md. Each run is a process of its own, in which all of SciPy is imported first.
"""

from __future__ import annotations

import datetime
import json
import platform
import subprocess
import sys
from pathlib import Path
from statistics import median

RUNS = 7
#: Milliseconds for a package of 500 modules.
GOAL = 50
ROOT = Path(__file__).parent.parent

_INSIDE = """
import importlib, json, pkgutil, sys, time, warnings
warnings.simplefilter("ignore")
import numpy, scipy
for found in pkgutil.walk_packages(scipy.__path__, "scipy."):
    if ".tests" not in found.name and "array_api_compat" not in found.name:
        try:
            importlib.import_module(found.name)
        except ImportError:  # of a library that is not there
            pass
import arrayproto
loaded = {n: m for n, m in sys.modules.items() if hasattr(m, "__dict__")}
# Some compiled modules of SciPy's have two names.
own = {id(m) for n, m in loaded.items() if n.partition(".")[0] in ("scipy", "arrayproto")}
outside = [m for m in loaded.values() if id(m) not in own]
before = [dict(vars(m)) for m in outside]
times = []
for _ in range(2):  # the first time imports what adoption needs
    start = time.perf_counter()
    arrayproto.adopt("scipy")
    times.append((time.perf_counter() - start) * 1e3)
    names = arrayproto.status().adopted["scipy"]
    now = [vars(m) for m in outside]
    changed = sum(now[i].get(k) is not v for i, was in enumerate(before) for k, v in was.items())
    start = time.perf_counter()
    arrayproto.disown()
    times.append((time.perf_counter() - start) * 1e3)
modules = sum(n == "scipy" or n.startswith("scipy.") for n in sys.modules)
print(json.dumps([modules, names, changed, *times]))
"""


def measure() -> list[list[float]]:
    """One list a run: modules, names, names changed outside, milliseconds four times."""
    found = []
    for _ in range(RUNS):
        done = subprocess.run(
            [sys.executable, "-c", _INSIDE], cwd=ROOT, capture_output=True, text=True, check=True
        )
        found.append(json.loads(done.stdout.splitlines()[-1]))
    return found


def report(runs: list[list[float]]) -> str:
    """The page."""
    import numpy
    import scipy

    modules, names, changed, first, disown, again, _ = (median(column) for column in zip(*runs))
    fastest = min(run[5] for run in runs)
    per_500 = again * 500 / modules
    return f"""\
# Adoption

`python -m benchmarks.adoption`, {datetime.date.today()}, Python {platform.python_version()}, NumPy {numpy.__version__}, SciPy {scipy.__version__}: medians of {RUNS}
processes, with all of SciPy imported.

| | |
|---|---|
| modules | {modules:.0f} |
| names replaced in them | {names:.0f} |
| names changed in modules outside | {changed:.0f} |
| `adopt("scipy")`, the first time, with what it imports | {first:.0f} ms |
| `adopt("scipy")` again | {again:.0f} ms (fastest {fastest:.0f} ms) |
| `disown()` | {disown:.0f} ms |
| for 500 modules | {per_500:.0f} ms; the goal is {GOAL} ms: {"reached" if per_500 < GOAL else "not reached"} |

Code outside of the package runs the identical objects, so that it pays nothing.
"""


if __name__ == "__main__":
    text = report(measure())
    (ROOT / "benchmarks" / "results" / "adoption.md").write_text(text, encoding="utf-8")
    print(text)
