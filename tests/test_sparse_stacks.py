"""sparse: products of stacks of matrices, and sums of products, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

import arrayproto

sparse = pytest.importorskip("sparse")

rng = np.random.default_rng(0)


def of_numbers(*shape, dtype=float):
    return (rng.integers(-3, 4, size=shape) * (rng.random(shape) < 0.4)).astype(dtype)


def equal(result, expected):
    assert result.shape == expected.shape
    assert result.dtype == expected.dtype
    np.testing.assert_array_equal(result.todense(), expected)


@pytest.fixture(autouse=True)
def active():
    with arrayproto.activated("sparse"):
        yield


class TestStacks:
    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ((3, 4, 5), (3, 5, 6)),
            ((4, 5), (3, 5, 6)),
            ((3, 4, 5), (5, 6)),
            ((1, 4, 5), (3, 5, 2)),
            ((2, 1, 4, 5), (3, 5, 2)),
            ((0, 4, 5), (0, 5, 2)),
            ((3, 4, 0), (3, 0, 2)),
            ((3, 0, 5), (3, 5, 2)),
            ((3, 4, 5), (3, 5, 0)),
        ],
    )
    @pytest.mark.parametrize("dtype", [float, int])
    def test_as_numpy(self, first, second, dtype):
        a, b = of_numbers(*first, dtype=dtype), of_numbers(*second, dtype=dtype)
        result = np.matmul(sparse.COO.from_numpy(a), sparse.COO.from_numpy(b))
        assert isinstance(result, sparse.COO)
        equal(result, a @ b)

    def test_format_is_kept(self):
        a, b = of_numbers(3, 4, 5), of_numbers(3, 5, 6)
        result = np.matmul(sparse.GCXS.from_numpy(a), sparse.GCXS.from_numpy(b))
        assert isinstance(result, sparse.GCXS)
        equal(result, a @ b)

    def test_values_that_are_not_finite_meet_zeros_of_their_own_matrix(self):
        a, b = of_numbers(3, 4, 5), of_numbers(3, 5, 6)
        a[1, 2, 3] = np.nan
        with np.errstate(invalid="ignore"):
            equal(np.matmul(sparse.COO.from_numpy(a), sparse.COO.from_numpy(b)), a @ b)

    @pytest.mark.parametrize("shapes", [((2, 3, 4), (3, 4, 5)), ((2, 3, 4), (2, 3, 5))])
    def test_what_does_not_fit(self, shapes):
        a, b = (sparse.COO.from_numpy(of_numbers(*shape)) for shape in shapes)
        with pytest.raises(ValueError):
            np.matmul(a, b)

    def test_only_stored_values_count(self):
        """A stack of a million matrices, of which two have values."""
        shape = (1_000_000, 3, 3)
        a = sparse.COO([[5, 70], [0, 1], [1, 2]], [2.0, 3.0], shape=shape)
        b = sparse.COO([[5, 70], [1, 0], [2, 0]], [5.0, 7.0], shape=shape)
        result = np.matmul(a, b)
        assert result.nnz == 1
        assert result[5, 0, 2] == 10


class TestEinsum:
    @pytest.mark.parametrize(
        "subscripts",
        [
            *("ij->ji", "ii->i", "ii", "ij->i", "ij->"),
            *("ij,ij->i", "ij,ij", "ij,ij->ji", "ij,j->i", "j,ij->ij", "ij,j,i->j"),
            *("ijk,ik->j", "iij,i->j", "ij,jk->ik", "bij,bjk->bik", "bij,bkj->b", "ij,kl->ikl"),
        ],
    )
    def test_as_numpy(self, subscripts, dtype=float):
        lengths = dict(zip("bijkl", (2, 3, 3, 4, 2), strict=True))
        terms = subscripts.partition("->")[0].split(",")
        arrays = [of_numbers(*(lengths[c] for c in term), dtype=dtype) for term in terms]
        result = np.einsum(subscripts, *map(sparse.COO.from_numpy, arrays))
        equal(result, np.asarray(np.einsum(subscripts, *arrays)))

    @pytest.mark.parametrize("subscripts", ["ij->", "ij->j", "ii"])
    def test_small_integers(self, subscripts):
        self.test_as_numpy(subscripts, np.int8)

    def test_length_one_is_repeated(self):
        a, b = of_numbers(3, 4), of_numbers(1, 4)
        given = sparse.COO.from_numpy(a), sparse.COO.from_numpy(b)
        equal(np.einsum("ij,ij->i", *given), np.einsum("ij,ij->i", a, b))

    @pytest.mark.parametrize("subscripts", ["ij,ij->ii", "ij,ij->k", "ij,ijk->i", "ij->i->j"])
    def test_numpys_errors(self, subscripts):
        a = of_numbers(3, 3)
        with pytest.raises(ValueError):
            np.einsum(subscripts, a, a)
        with pytest.raises(ValueError):
            np.einsum(subscripts, *[sparse.COO.from_numpy(a)] * 2)


@pytest.mark.parametrize("function", [np.argmax, np.argmin])
@pytest.mark.parametrize("fill", [0, 2, np.nan])
def test_first_of_the_equal(function, fill):
    values = np.where(rng.random((6, 5, 4)) < 0.6, rng.choice([0, 1, 2, np.nan], (6, 5, 4)), fill)
    given = sparse.COO.from_numpy(values, fill_value=fill)
    for axis in (None, 0, 1, 2):
        equal(function(given, axis=axis), np.asarray(function(values, axis=axis)))
        kept = function(given, axis=axis, keepdims=True)
        equal(kept, function(values, axis=axis, keepdims=True))
