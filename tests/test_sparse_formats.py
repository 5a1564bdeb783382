"""sparse: what its own functions give in the format of their arguments, they give while active."""

from __future__ import annotations

import numpy as np
import pytest

import arrayproto

sparse = pytest.importorskip("sparse")

X = np.array([[0.0, 2.0, 0.0], [1.0, 0.0, 3.0]])

#: Calls, and the formats beside COO of which sparse's own protocol gives arrays of the same.
CALLS = {
    "sum": (lambda x: np.sum(x, axis=0), "gcxs"),
    "max, kept": (lambda x: np.max(x, axis=1, keepdims=True), "gcxs"),
    "any": (lambda x: np.any(x, axis=0), "gcxs"),
    "mean": (lambda x: np.mean(x, axis=0), "gcxs"),
    "std": (lambda x: np.std(x, axis=0), "gcxs"),
    "add.reduce": (lambda x: np.add.reduce(x, axis=0), "gcxs"),
    "minimum.reduce": (lambda x: np.minimum.reduce(x, axis=0), "gcxs"),
    "concatenate": (lambda x: np.concatenate([x, x]), "gcxs"),
    "stack": (lambda x: np.stack((x, x)), "gcxs"),
    "einsum": (lambda x: np.einsum("ij,kj->ik", x, x), "gcxs dok"),
    "diff": (lambda x: np.diff(x), "gcxs dok"),
    "where": (lambda x: np.where(x > 1, x, x), "gcxs dok"),
    "full_like": (lambda x: np.full_like(x, 3.0), "gcxs dok"),
}


@pytest.mark.parametrize(
    ("name", "form"),
    # sparse itself reduces no DOK.
    [(n, form) for n, (_, kept) in CALLS.items() for form in ("coo", *kept.split())],
)
def test_formats_stay(name, form):
    call, _ = CALLS[name]
    x = sparse.COO.from_numpy(X).asformat(form)
    stock = call(x)
    with arrayproto.activated("sparse"):
        ours = call(x)
    assert type(ours) is type(stock) is type(x)
    np.testing.assert_allclose(ours.todense(), call(X))


def test_an_element_is_a_number():
    with arrayproto.activated("sparse"):
        assert type(np.take(sparse.COO.from_numpy(X), 1)) is np.float64


def test_interpolation_is_as_dense_as_where_it_is_asked_for():
    points, values = sparse.COO.from_numpy(np.arange(3)), sparse.COO.from_numpy(np.array([3, 2, 0]))
    with arrayproto.activated("sparse"):
        assert type(np.interp(X, points, values)) is np.ndarray
        assert type(np.interp(sparse.COO.from_numpy(X), points, values)) is sparse.COO


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.strings.count(x, "b"),
        lambda x: np.strings.startswith(x, "a"),
        lambda x: np.strings.strip(x, "a"),
        lambda x: np.strings.str_len(x),
    ],
)
def test_functions_of_text_that_are_ufuncs(call):
    """sparse has arrays of text too, and every ufunc."""
    text = np.array(["ab", "", "b1"])
    with arrayproto.activated("sparse"):
        ours = call(sparse.COO.from_numpy(text))
        with pytest.raises(arrayproto.UnsupportedFunctionError, match="text"):
            np.strings.upper(sparse.COO.from_numpy(text))
    assert isinstance(ours, sparse.COO)
    assert ours.todense().tolist() == call(text).tolist()
