"""examples/programs, unchanged, on every library: NumPy's answers, or the reason that is written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import arrayproto

EXAMPLES = Path(__file__).parent.parent / "examples"
MODULES = {"dask": "dask.array", "jax": "jax", "sparse": "sparse", "torch": "torch", "cupy": "cupy"}
ROOTS = {**{name: name for name in MODULES}, "jax": "jaxlib"}


@pytest.fixture(scope="module")
def run_all():
    sys.path.insert(0, str(EXAMPLES))
    try:
        import run_all

        yield run_all
    finally:
        sys.path.remove(str(EXAMPLES))


def pairs():
    sys.path.insert(0, str(EXAMPLES))
    try:
        import table
    finally:
        sys.path.remove(str(EXAMPLES))
    for library in table.LIBRARIES:
        for program in table.PROGRAMS:
            marks = [pytest.mark.gpu] if library == "cupy" else []
            yield pytest.param(program, library, marks=marks, id=f"{program}-{library}")


@pytest.fixture(scope="module")
def expected(run_all):
    return {name: run_all.run(name, None, p.quick)[0] for name, p in run_all.PROGRAMS.items()}


@pytest.mark.parametrize(("program", "library"), list(pairs()))
def test_answers(program, library, run_all, expected):
    pytest.importorskip(MODULES[library])
    cannot = run_all.PROGRAMS[program].cannot.get(library)
    if cannot is not None:
        with pytest.raises(Exception) as caught:
            run_all.run(program, library, run_all.PROGRAMS[program].quick, same_stream=True)
        assert type(caught.value).__name__ == cannot[0]
        return
    with arrayproto.using(library, same_stream=True, **run_all.LIBRARIES[library]):
        results = run_all.load(program).main(*run_all.PROGRAMS[program].quick)
    for value in results.values():
        assert type(value).__module__.partition(".")[0] == ROOTS[library], (
            "it never left the library"
        )
    for name, value in results.items():
        np.testing.assert_allclose(
            run_all.to_numpy(value), expected[program][name], rtol=1e-9, atol=1e-9, err_msg=name
        )


@pytest.mark.gpu
def test_on_a_gpu_with_numbers_of_its_own(run_all):
    """Drawn by CuPy, prices and noise are near NumPy's."""
    for program, name, tolerance in (("options", "european", 0.4), ("fft_filter", "after", 0.02)):
        results, _ = run_all.run(program, "cupy")
        assert abs(results[name] - run_all.run(program)[0][name]) < tolerance


def test_the_table_of_the_documentation(run_all):
    written = (EXAMPLES.parent / "docs" / "programs.md").read_text()
    made, written = (" ".join(text.split()) for text in (run_all.markdown(), written))
    assert made in written, "python examples/run_all.py --markdown"


def test_enough_of_them_run(run_all):
    """What the libraries were to reach."""
    for library, least in {"dask": 5, "cupy": 5, "jax": 4, "torch": 4, "sparse": 2}.items():
        able = [p for p in run_all.PROGRAMS.values() if library not in p.cannot]
        assert len(able) >= least, library


def test_they_are_scripts():
    done = subprocess.run(
        [sys.executable, EXAMPLES / "programs" / "options.py", "1000"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.startswith("Asian 3."), done.stderr
