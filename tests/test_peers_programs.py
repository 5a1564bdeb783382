"""`python -m peers.programs`: each way a program of others may end, and the counts."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytest.importorskip("sparse")


def test_programs_of_a_folder(tmp_path):
    programs = {
        "right": "import numpy as np\nx = np.arange(4.).sum()",
        "differs": "import numpy as np\nx = np.ones(2)\ny = type(x) is np.ndarray",
        "refused": "import numpy as np\nx = np.zeros(3)\nx[0] = 1",
        "error": "import numpy as np\nx = np.zeros(3)\nx.resize(4, refcheck=False)",
        "fails_with_numpy_too": "1 / 0",
    }
    for name, text in programs.items():
        (tmp_path / f"{name}.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "peers.programs", tmp_path, "--library", "sparse"],
        capture_output=True, text=True, timeout=120, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    for name in ("differs", "refused", "error"):
        assert f"sparse: {name}: {name}: " in done.stdout, done.stdout + done.stderr
    table = textwrap.dedent("""\
        | library | programs | right | differs | refused | error | late |
        | --- | ---: | ---: | ---: | ---: | ---: | ---: |
        | sparse | 4 | 1 | 1 | 1 | 1 | 0 |
        """)
    assert done.stdout.endswith(table)
