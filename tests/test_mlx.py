"""MLX, in a process of its own: an error in it may end the process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).with_name("mlx_cases.py")


def test_in_a_process_of_its_own():
    pytest.importorskip("mlx.core", reason="MLX has wheels for few platforms")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(CASES)]
    for _ in range(3):
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=60, cwd=CASES.parents[1]
            )
        except subprocess.TimeoutExpired:
            continue  # see below
        assert done.returncode == 0, done.stdout + done.stderr
        assert "passed" in done.stdout
        return
    pytest.skip("MLX 0.32.4 stalled in three processes: a thread of its own that never ends")
