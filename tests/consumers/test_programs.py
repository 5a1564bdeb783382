"""Programs of consumer libraries, unchanged, on the arrays of every library."""

from __future__ import annotations

import importlib.util

import pytest

from arrayproto.testing.consumers import GAPS, PROGRAMS, judge, known_gap, libraries_of
from arrayproto.testing.subjects import SUBJECTS

#: Programs of scikit-learn, and libraries, that are run here; all would take a minute, and are judged
#: by `arrayproto.tools.judged`.
METRICS = {
    "accuracy_score",
    "cosine_similarity",
    "pairwise_distances",
    "r2_score",
    "regression_errors",
}
LIBRARIES = {"dask", "jax", "torch", "cupy"}


def is_run(program, library):
    if program.consumer != "sklearn" or known_gap(program, library):
        return True
    return program.name in METRICS and library in LIBRARIES


CASES = [
    pytest.param(
        program,
        library,
        marks=[pytest.mark.gpu] if library == "cupy" else [],
        id=f"{program.consumer}-{program.name}-{library}",
    )
    for program in PROGRAMS
    for library in libraries_of(program.consumer)
    if is_run(program, library)
]


@pytest.fixture(autouse=True)
def sixty_four_bits():
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        yield


@pytest.mark.parametrize(("program", "library"), CASES)
def test_right_and_on_the_library(program, library):
    for module in (program.consumer, SUBJECTS[library].module):
        if importlib.util.find_spec(module.partition(".")[0]) is None:
            pytest.skip(f"{module} is not installed")
    if known_gap(program, library):
        with pytest.raises(Exception):  # noqa: B017, PT011 - of whatever kind; never another value
            judge(program, library)
    else:
        judge(program, library)


def test_gaps_are_of_programs():
    known = {
        (program.consumer, program.name, library)
        for program in PROGRAMS
        for library in libraries_of(program.consumer)
    }
    assert GAPS.keys() <= known
