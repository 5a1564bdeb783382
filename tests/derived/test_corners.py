"""Corners of NumPy's functions that its own tests know of; see docs/numpys_own.md."""

from __future__ import annotations

import numpy as np
import pytest

import arrayproto
from arrayproto.testing.subjects import SUBJECTS
from tests.oracle import assert_same, attempt, fetch

I = np.arange(9.0).reshape(3, 3)  # noqa: E741
SMALL = np.array([-2, 0, 127], np.int8)
LONG = np.array([2**64 - 1, 2**63, 2, 5], np.uint64)
SIGNED = np.array([-1, 2**63 - 1, 2, 7])
NOWHERE = np.array([[0, 0], [0, 0]])
NAN = np.array([np.nan + 0j] * 2 + [1 + 1j, 2 + 0j])


def put_where_several_meet(m):
    a = m(np.ones((3, 4, 1)))
    values = m(np.arange(10.0).reshape(1, 2, 5))
    np.put_along_axis(a, m(np.arange(10).reshape(1, 2, 5) % 4), values, axis=1)
    return a


def joined_into(m, dtype, casting, shape=(6,), **kwargs):
    out = m(np.zeros(shape, dtype))
    np.concatenate([m(I[0]), m(I[1])], out=out, casting=casting, **kwargs)
    return out


def place_what_was_extracted(m):
    a = m(np.arange(7.0))
    np.place(a, a > 2, a[a > 3])
    return a


CALLS = {
    "subscripts in an array": lambda m: np.einsum(m(I), m(np.array([0, 0]))),
    "subscripts that are none": lambda m: np.einsum(m(I), [0, 52], m(I), [52, 2], [0, 2]),
    "an axis twice": lambda m: np.tensordot(m(I), m(I), axes=([0, 0], [0, 0])),
    "bins of small integers": lambda m: np.histogram(m(SMALL), bins="fd", range=(-2, 127)),
    "small weights after large ones": lambda m: [
        np.bincount(m(np.array([3, 0, 0, 5, 3, 3])), m(np.array([1.0, 1e17, 3.0, 2.0, 4.0, 0.1]))),
        np.bincount(m(np.array([0, 1, 1])), m(np.array([np.inf, 1.0, 2.0])), 4),
        np.histogram(m(I[0]), 2, weights=m(np.array([1e17, 1.0, 2.0])))[0],
        np.bincount(m(np.zeros(0, int)), m(np.zeros(0)), 2),
    ],
    "negative widths": lambda m: np.pad(m(I), 1, mode="mean", stat_length=-2),
    "nowhere": lambda m: np.ravel_multi_index(m(NOWHERE), (2, 0), mode="clip"),
    "meeting": put_where_several_meet,
    "placed": place_what_was_extracted,
    "equal": lambda m: [np.equal(m(LONG), m(SIGNED)), np.not_equal(m(SIGNED), m(LONG))],
    "less": lambda m: [np.less(m(LONG), m(SIGNED)), np.greater(m(LONG), m(SIGNED))],
    "isin": lambda m: np.isin(m(LONG), m(SIGNED)),
    "cast into out": lambda m: joined_into(m, np.int64, "unsafe"),
    "not cast into out": lambda m: joined_into(m, np.float32, "no"),
    "out and dtype": lambda m: joined_into(m, np.float32, "unsafe", dtype=float),
    "out of another shape": lambda m: joined_into(m, float, "safe", (1, 6)),
    "far": lambda m: [np.roll(m(SIGNED), 2**100 + 1), np.roll(m(I), (2**100 + 1,), (1,))],
    "an axis that is not there": lambda m: np.rollaxis(m(I), 0, -5),
    "an unsigned length": lambda m: np.resize(m(SIGNED), np.uint8(5)),
    "argmax past NaN": lambda m: [np.nanargmax(m(NAN)), np.nanargmin(m(NAN))],
    "argwhere of a number": lambda m: np.argwhere(m(np.array(1))),
    "one column": lambda m: np.cov(m(np.ones((1, 3))), rowvar=False, ddof=0),
    "no rows": lambda m: [np.cov(m(np.ones((0, 2)))), np.corrcoef(m(np.ones((0, 2))))],
    "deleted at floats": lambda m: np.delete(m(SIGNED), m(np.array([1.0]))),
    "inserted at floats": lambda m: np.insert(m(SIGNED), m(np.array([1.0, 2.0])), [5, 6]),
    "pieces of a list": lambda m: np.piecewise([0, 0], m(np.array([True, False])), [1]),
    "a quantile into out": lambda m: np.percentile(m(I[0]), 5, None, m(np.ones(1))),
    "nonzero of a number": lambda m: np.nonzero(m(np.array(1))),
}
#: What values decide, which are not known yet; and an `out=` that Dask's own lets alone.
NOT_ON_DASK = {
    "bins of small integers",
    "small weights after large ones",
    "inserted at floats",
    "a quantile into out",
}
#: Each call on each library that has no answer of its own to it, or had a wrong one.
ON = [
    *(("torch", name) for name in CALLS),
    *(("dask", name) for name in CALLS if name not in NOT_ON_DASK),
    *(("sparse", name) for name in ("one column", "no rows", "deleted at floats")),
    *(("jax", name) for name in ("equal", "less")),
]


@pytest.mark.parametrize(("library", "name"), ON)
def test_as_numpy(library, name):
    subject = SUBJECTS[library]
    subject.load()
    expected = attempt(lambda: CALLS[name](np.array))
    arrayproto.activate(library)
    actual = attempt(lambda: fetch(CALLS[name](subject.from_numpy), subject))  # and its values
    if isinstance(expected, Exception):
        bases = [cls for cls in type(expected).__mro__ if cls.__module__ == "builtins"]
        assert isinstance(actual, bases[0]), actual
        return
    assert not isinstance(actual, Exception), actual
    assert_same(actual, expected, dtype=library == "dask")


@pytest.mark.parametrize("shape", [(0, 0), (3, 0), (2, 3, 0)])
def test_ranks_of_matrices_without_elements(shape):
    torch = pytest.importorskip("torch")
    arrayproto.activate("torch")
    ranks = np.linalg.matrix_rank(torch.zeros(shape))
    assert_same(ranks.numpy(), np.linalg.matrix_rank(np.zeros(shape)))


def test_least_squares_without_elements():
    torch = pytest.importorskip("torch")
    arrayproto.activate("torch")
    for rows, columns in (0, 4), (4, 0):
        a, b = np.zeros((rows, columns)), np.ones((rows, 1))
        found = np.linalg.lstsq(torch.from_numpy(a), torch.from_numpy(b), rcond=None)
        wanted = np.linalg.lstsq(a, b, rcond=None)
        for one, other in zip(found, wanted, strict=True):
            assert_same(np.asarray(one), other)


#: Where there is nothing to do, NumPy gives a copy.
NOTHING_TO_DO = {
    "astype": lambda x: np.astype(x, float),
    "block": lambda x: np.block([x]),
    "column_stack": lambda x: np.column_stack([x]),
    "concatenate": lambda x: np.concatenate([x]),
    "full_like": lambda x: np.full_like(x, x),
    "meshgrid": lambda x: np.meshgrid(x)[0],
    "pad": lambda x: np.pad(x, 0),
    "resize": lambda x: np.resize(x, (3, 3)),
    "roll": lambda x: np.roll(x, 0),
    "stack": lambda x: np.stack([x]),
    "tile": lambda x: np.tile(x, 1),
    "vstack": lambda x: np.vstack([x]),
    "where": lambda x: np.where(True, x, 0.0),
}


@pytest.mark.parametrize("library", ["dask", "torch", "array-api-strict"])
@pytest.mark.parametrize("name", NOTHING_TO_DO)
def test_a_result_that_is_written_to_leaves_what_was_given(library, name):
    subject = SUBJECTS[library]
    subject.load()
    arrayproto.activate(subject.named)
    x = subject.from_numpy(I.copy())
    result = NOTHING_TO_DO[name](x)
    result[(0,) * result.ndim] = 7.0
    np.testing.assert_array_equal(subject.to_numpy(x), I)


def test_conditions_of_singular_matrices():
    """NumPy inverts them to infinities; PyTorch raises."""
    torch = pytest.importorskip("torch")
    arrayproto.activate("torch")
    some = np.stack([np.ones((2, 2)), np.eye(2), np.eye(2) + 1])
    for matrices in some, some[0]:
        for p in 1, -np.inf, "fro":
            found = np.linalg.cond(torch.from_numpy(matrices.copy()), p)
            assert_same(found.numpy(), np.linalg.cond(matrices, p))
