"""numpy.searchsorted of the core alone, and by the search that a library has itself."""

from __future__ import annotations

import numpy as np
import pytest

import arrayproto
from arrayproto.testing.subjects import SUBJECTS, staying_on_the_library
from tests.oracle import assert_same, fetch

rng = np.random.default_rng(0)
#: A search of its own, but for the last, which has the core alone.
LIBRARIES = ("jax", "torch", "tensorflow", "array-api-strict")
DTYPES = ("f8", "i8", "i1", "u2", "u8", "?", "c16")


def numbers(dtype, with_nan):
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return np.array([-2, -0.0, 0, 1, 2, np.inf, -np.inf] + [np.nan] * with_nan, dtype)
    if dtype.kind == "c":
        return np.array([1, 2, 1j, -1, 1 + 1j], dtype)
    if dtype.kind == "b":
        return np.array([False, True])
    return np.array([0, 1, 2, np.iinfo(dtype).max, np.iinfo(dtype).min], dtype)


@pytest.fixture(params=LIBRARIES)
def subject(request):
    found = SUBJECTS[request.param]
    found.load()
    arrayproto.activate(found.named)
    return found


def check(subject, a, v, **options):
    arrays = [subject.from_numpy(np.asarray(x)) for x in (a, v)]
    options |= {k: subject.from_numpy(x) for k, x in options.items() if isinstance(x, np.ndarray)}
    with staying_on_the_library():
        result = np.searchsorted(*arrays, **options)
    plain = {k: x if isinstance(x, str) else subject.to_numpy(x) for k, x in options.items()}
    assert subject.is_array(result)
    assert_same(fetch(result, subject), np.asarray(np.searchsorted(a, v, **plain)))


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_places(subject, dtype, side):
    lengths = ((8, 0),) if dtype == "c16" else ((1, 0), (8, 1), (9, 0))
    for length, with_nan in lengths:
        values = numbers(dtype, with_nan)
        check(subject, np.sort(rng.choice(values, length)), rng.choice(values, (2, 3)), side=side)


def test_none_and_one(subject):
    for a in (np.zeros(0), np.arange(5.0)):
        for v in (np.zeros((0, 2)), np.array(2.0)):
            check(subject, a, v)


def test_a_sorter(subject):
    a = rng.permutation(9).astype(float)
    check(subject, a, np.arange(-1.0, 10.0), sorter=np.argsort(a))


def test_dtypes_that_differ(subject):
    check(subject, np.arange(5), np.array([-0.5, 2.5, np.nan]))


def test_as_many_as_there_are_bits(subject):
    for length in (63, 64, 65):
        check(subject, np.arange(length), np.arange(-1, length + 1), side="right")


@pytest.mark.parametrize("count", [1, 3, 40])
def test_isin(subject, count):
    """A few are compared with one after the other, and many are searched."""
    element, tests = rng.integers(0, 60, (8, 9)), rng.integers(0, 60, count)
    with staying_on_the_library():
        result = np.isin(*map(subject.from_numpy, (element, tests)))
    assert_same(fetch(result, subject), np.isin(element, tests))
