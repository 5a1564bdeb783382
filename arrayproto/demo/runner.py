"""Starts a process for each library and collects what came out."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence

import numpy as np

from . import report
from .backends import BACKENDS
from .worker import Row

TOLERANCE = 1e-10
SECONDS = 600


def main(libraries: Sequence[str] | None = None, *, as_json: bool = False) -> int:
    """Run the demonstration and print what came out.

    Parameters
    ----------
    libraries : sequence of str, optional
        Names of backends; all of them by default.
    as_json : bool, optional
        Print JSON in the place of a table.

    Returns
    -------
    int
        0 if every library that is there agrees with NumPy within `TOLERANCE`, and nothing was
        copied to the host; else 1.
    """
    rows = []
    for name in BACKENDS:
        if not libraries or name in libraries:
            if sys.stderr.isatty():
                print(f"\r\x1b[Krunning on {name} ...", end="", file=sys.stderr, flush=True)
            rows.append(run_worker(name))
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    agree = all(map(agrees, rows))
    if as_json:
        document = {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "tolerance": TOLERANCE,
            "agree": agree,
            "rows": [dataclasses.asdict(row) for row in rows],
        }
        print(json.dumps(document, indent=2))
    else:
        report.show(rows)
    return 0 if agree else 1


def agrees(row: Row) -> bool:
    """Whether a library kept the promises, or is not there to keep them."""
    if row.status == "ran":
        assert row.difference is not None
        return row.difference <= TOLERANCE and row.host_copies == 0
    return row.status == "not available"


def run_worker(name: str) -> Row:
    """Run the program on one library in a new process; a crash there is a row like any other."""
    command = [sys.executable, "-m", "arrayproto", "demo", "--worker", name]
    # One thread for NumPy's own products, unless the user says otherwise: Dask adds its own.
    threads = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
    environment = {**dict.fromkeys(threads, "1"), **os.environ}
    try:
        process = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, env=environment, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Row(name, "failed", note=f"not done after {SECONDS} seconds")
    lines = process.stdout.splitlines()
    if process.returncode == 0 and lines:
        return Row(**json.loads(lines[-1]))
    said = [line for line in process.stderr.splitlines() if line.strip()][-1:]
    how = f"the process ended with status {process.returncode}"
    return Row(name, "failed", note=": ".join([how, *said]))
