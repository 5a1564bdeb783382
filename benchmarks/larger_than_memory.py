"""Dask on data four times as large as the memory that the program is given.

    python -m benchmarks.larger_than_memory              # prints results/larger_than_memory.md; Linux, about a minute

examples/programs/options.py, unchanged, draws a table of random numbers and makes more of its size.
The limit (``RLIMIT_DATA``, which Linux applies to all private memory) is the whole process's,
Python and libraries included.
"""

from __future__ import annotations

import datetime
import math
import os
import platform
import re
import resource
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

PROGRAM = Path(__file__).parent.parent / "examples" / "programs" / "options.py"
LIMIT_MIB = 300
#: Of 32 days, 8 bytes each: 1221 MiB.
PATHS = 5_000_000
CHUNK = "4MiB"


class Run(NamedTuple):
    """One run of the program under the limit."""

    library: str
    status: int
    seconds: float
    said: str
    errors: str


def run(library: str, paths: int = PATHS, limit: int = LIMIT_MIB) -> Run:
    """Run the program with a library under a limit of memory, in MiB."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (limit * 2**20, limit * 2**20))

    command = [
        sys.executable,
        "-m",
        "arrayproto",
        "run",
        "--library",
        library,
        "--report",
        "--quiet",
    ]
    # Threads of a linear algebra that is not used take memory too.
    small = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    started = time.perf_counter()
    done = subprocess.run(  # noqa: S603
        [*command, str(PROGRAM), str(paths)],
        preexec_fn=limited,
        env={**os.environ, **small, "DASK_ARRAY__CHUNK_SIZE": CHUNK},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    return Run(library, done.returncode, seconds, done.stdout.strip(), done.stderr.strip())


def exact() -> float:
    """The European option by the formula of Black and Scholes, with the program's numbers."""
    price, strike, rate, volatility, years = 100.0, 105.0, 0.03, 0.2, 1.0
    spread = volatility * math.sqrt(years)
    d = (math.log(price / strike) + (rate + volatility**2 / 2) * years) / spread
    below = NormalDist().cdf
    return price * below(d) - strike * math.exp(-rate * years) * below(d - spread)


def main() -> int:
    size = PATHS * 32 * 8 / 2**20
    numpy, dask = run("numpy"), run("dask")
    found = re.search(r"European (\S+)", dask.said)
    peak = re.search(r"(\d+) MiB of memory", dask.errors)
    right = found is not None and abs(float(found[1]) - exact()) < 0.03
    failed = next((line for line in numpy.errors.splitlines() if "MemoryError" in line), "")
    print("# Data larger than memory\n")
    print(
        f"`python -m benchmarks.larger_than_memory`, {datetime.date.today()}, Python {platform.python_version()}, NumPy "
        f"{version('numpy')}, Dask {version('dask')}, {os.cpu_count()} cores. `options.py {PATHS}` draws a table of "
        f"{size:.0f} MiB, {size / LIMIT_MIB:.1f} times the {LIMIT_MIB} MiB of memory that the process may have, "
        "and makes three more of that size.\n"
    )
    print(f"- NumPy: status {numpy.status}; `{failed}`")
    print(
        f"- Dask, chunks of {CHUNK}: status {dask.status}, {dask.seconds:.0f} s, at most "
        f'{peak[1] if peak else "?"} MiB resident; "{dask.said}". By the formula of Black and Scholes the '
        f"European option is worth {exact():.4f}."
    )
    return 0 if dask.status == 0 and right and numpy.status != 0 else 1


if __name__ == "__main__":
    sys.exit(main())
