"""Programs of consumer libraries, unchanged, on the arrays of every library."""

from __future__ import annotations

import contextlib
import functools
import warnings

import numpy as np
import pytest

import arrayproto
from arrayproto.testing.consumers import GAPS, PROGRAMS, known_gap
from arrayproto.testing.subjects import SUBJECTS, staying_on_the_library

pytest.importorskip("tensorly")

LIBRARIES = ["sparse", "dask", "jax", "torch", pytest.param("cupy", marks=pytest.mark.gpu)]


@functools.cache
def expected(program):
    """What the consumer gives for NumPy's arrays without us."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return program.run(np.copy)


def on_host(subject, value):
    value = getattr(value, "native", value)
    if isinstance(value, (list, tuple)):
        return [on_host(subject, item) for item in value]
    return subject.to_numpy(value) if subject.is_array(value) else np.asarray(value)


def leaves(value):
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def run(program, subject):
    make = subject.from_numpy
    if program.ducks:
        make = lambda array: arrayproto.asduck(subject.from_numpy(array))  # noqa: E731
    lazy_and_read = program.reads and "values" in subject.lacks
    guard = contextlib.nullcontext() if lazy_and_read else staying_on_the_library()
    with arrayproto.activated(subject.named), arrayproto.adopted(program.consumer):
        with warnings.catch_warnings(), np.errstate(all="ignore"), guard:
            warnings.simplefilter("ignore")
            return program.run(make)


@pytest.fixture(autouse=True)
def sixty_four_bits():
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        yield


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: f"{p.consumer}-{p.name}")
def test_right_and_on_the_library(program, library):
    subject = SUBJECTS[library]
    subject.load()
    wanted = expected(program)
    if known_gap(program, subject.name, subject.library):
        with pytest.raises(Exception):  # noqa: B017, PT011 - of whatever kind; never another value
            run(program, subject)
        return
    found = run(program, subject)
    if library != "sparse":  # beside it weights and factors are ndarrays
        assert any(subject.is_array(getattr(leaf, "native", leaf)) for leaf in leaves(found))
    for got, want in zip(leaves(on_host(subject, found)), leaves(wanted), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-8, atol=1e-8)


def test_gaps_are_of_programs():
    known = {(p.consumer, p.name) for p in PROGRAMS}
    assert {key[:2] for key in GAPS} <= known
