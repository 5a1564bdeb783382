"""Processes that a program starts, and what their arrays are."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from arrayproto.creation import children, using_everywhere

PROGRAM = """
    import multiprocessing
    import sys
    import numpy as np

    AT_IMPORT = type(np.ones(2)).__module__

    def make(n):
        x = np.arange(n) + np.random.default_rng(0).random(n)
        return AT_IMPORT.split(".")[0], type(x).__module__.split(".")[0], str(np.sum(x))[:4]

    if __name__ == "__main__":
        how = sys.argv[1]
        if how == "joblib":
            import joblib
            print(*joblib.Parallel(n_jobs=2)(joblib.delayed(make)(n) for n in (3, 4))[0])
        else:
            with multiprocessing.get_context(how).Pool(1) as pool:
                print(*pool.map(make, [3])[0])
"""


@pytest.mark.parametrize("how", ["fork", "spawn", "forkserver", "joblib"])
def test_they_have_what_the_program_has(how, tmp_path):
    pytest.importorskip("dask.array")
    if how == "joblib":
        pytest.importorskip("joblib")
    elif how not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system starts no process by {how}")
    script = tmp_path / "program.py"
    script.write_text(textwrap.dedent(PROGRAM))
    done = subprocess.run(
        [sys.executable, "-m", "arrayproto", "run", "--library", "dask", "--same-stream", script, how],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    expected = np.sum(np.arange(3) + np.random.default_rng(0).random(3))
    assert done.stdout.split() == ["dask", "dask", str(expected)[:4]], done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 0


def test_it_is_undone():
    pytest.importorskip("sparse")
    from multiprocessing import spawn

    before = dict(vars(spawn))
    with using_everywhere("sparse"):
        assert "arrayproto" in spawn.get_preparation_data("child")
    assert dict(vars(spawn)) == before
    assert "arrayproto" not in spawn.get_preparation_data("child")


def test_an_example_array_stays_here():
    """It is no name that a child could be sent."""
    torch = pytest.importorskip("torch")
    from multiprocessing import spawn

    with using_everywhere(torch.ones(2)):
        assert "arrayproto" not in spawn.get_preparation_data("child")
    assert children._inherited is not None
