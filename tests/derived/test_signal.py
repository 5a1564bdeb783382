"""`arrayproto.derived.signal`, `.fft` and `.polynomials`."""

from __future__ import annotations

from typing import Any

import dask.array as da
import numpy as np
import pytest

import arrayproto.numpy as anp
from arrayproto.errors import UnsupportedArgumentError, UnsupportedFunctionError

from .statistics_oracle import MAKERS, X, call, compare, nothing_converted, parameters

long = X([3, 0, 0, -1, 2, 0, 7])
short = X([0.5, 0, -2])
pair = X([1, 2])
single = X([0.5, 0, -2.0, 0], np.float32)
booleans = X([True, False, True, True])
complexes = X([0, 1j, 2 - 1j])
small = X([100, 0, 100], np.int8)
leading = X([0, 0, 3, 0, 1])
zeros = X([0, 0, 0])
empty = X(np.zeros(0))
matrix = X([[0, 3, 0, 1], [2, 0, 0, -1], [0, 0, 5, 0]])
cube = X(np.arange(24).reshape(2, 3, 4) % 5)

convolutions = [
    *(call(f"{mode}", long, short, mode) for mode in ("full", "same", "valid")),
    *(call(f"turned {mode}", short, long, mode) for mode in ("full", "same", "valid")),
    *(call(f"even {mode}", long, pair, mode) for mode in ("full", "same", "valid")),
    *(call(f"even turned {mode}", pair, long, mode) for mode in ("full", "same", "valid")),
    call("equal", short, complexes, "same"),
    call("complex", long, complexes, "full"),
    call("complex turned", complexes, long, "full"),
    call("booleans", booleans, booleans, "full"),
    call("small", small, small, "full"),
    call("single", single, single, "full"),
    call("0-d", long, X(2.0), "full"),
    call("ndarray", long, np.array([1, -1]), "full"),
    call("list", long, [1, -1], "full"),
    call("bad mode", long, short, "middle"),
    call("empty", empty, short, "full"),
    call("second empty", short, empty, "full"),
    call("matrix", matrix, short, "full"),
]
pairs = [
    call("same length", short, complexes),
    call("first longer", long, short),
    call("second longer", pair, long),
    call("booleans", booleans, long),
    call("single", single, single),
    call("ndarray", long, np.array([1, 0, 0.5])),
    call("list", long, [1, 0, 2]),
    call("empty", empty, long),
]
TABLE: dict[str, list[Any]] = {
    "convolve": [*convolutions, call("default", long, short)],
    "correlate": [*convolutions, call("default", long, short)],
    "fft.fftshift": [
        call("vector", long),
        call("matrix", matrix),
        call("axis", matrix, 1),
        call("axes", cube, (0, -1)),
    ],
    "fft.ifftshift": [
        call("vector", long),
        call("matrix", matrix),
        call("axis", matrix, 1),
        call("axes", cube, (0, -1)),
    ],
    "polyadd": pairs,
    "polysub": [c for c in pairs if c[0] != "booleans"],
    "polyder": [
        call("one", long),
        call("three", short, 3),
        call("none", long, 0),
        call("all", pair, 4),
        call("complex", complexes),
        call("single", single),
        call("negative", long, -1),
    ],
    "polyint": [
        call("one", long),
        call("two", short, 2),
        call("none", long, 0),
        call("constant", long, 1, 3),
        call("one for all", long, 2, [3]),
        call("constants", short, 2, [3, 4]),
        call("complex", complexes),
        call("single", single),
        call("negative", long, -1),
        call("too few", long, 3, [1, 2]),
    ],
    "polyval": [
        call("vector", [1, 0, 2], long),
        call("matrix", [1, 0, 2.5], matrix),
        call("coefficients", short, 3),
        call("both", short, long),
        call("complex", complexes, long),
        call("none", [], long),
        call("single", [1, 2], single),
    ],
    "poly": [
        call("zeros", short),
        call("integers", long),
        call("single", single),
        call("cube", cube),
    ],
    "vander": [
        call("square", short),
        call("wide", short, 5),
        call("narrow", long, 2),
        call("increasing", long, 3, increasing=True),
        call("single", single, 3),
        call("booleans", booleans, 3),
        call("complex", complexes),
        call("one", long, 1),
        call("matrix", matrix),
    ],
}
DASK = {
    "unwrap": [
        call("vector", X([0.0, 0.8, 1.6, 5.5, 6.2, 0.1])),
        call("matrix", X([[0, 3.0, 7.1, 0], [0.1, 6, -3, 2]])),
        call("axis", X([[0, 3.0, 7.1, 0], [0.1, 6, -3, 2]]), axis=0),
        call("discont", X([0.0, 3.5, 1.6, 5.5]), 4),
        call("integers", X([0, 1, 2, -1, 0]), period=4),
        call("odd", X([2, 3, 5, 6, 1]), period=5),
        call("single", X([0, 4.0, 8], np.float32)),
        call("bad axis", short, axis=1),
    ]
}
SPARSE = {
    "polymul": [
        call("vectors", long, short),
        call("leading zeros", leading, leading),
        call("complex", complexes, short),
        call("ndarray", long, np.array([0, 1, 2])),
        call("zeros", zeros, long),
        call("matrix", matrix, long),
    ]
}


def _makers(name: str) -> list[str]:
    if name in DASK:
        return ["rows"]
    return ["coo", "gcxs"] if name in SPARSE else ["coo", "gcxs", "rows"]


@pytest.mark.parametrize(
    ("maker", "name", "args", "kwargs"), parameters(TABLE | DASK | SPARSE, _makers)
)
def test_same_as_numpy(maker: str, name: str, args: Any, kwargs: Any) -> None:
    compare(maker, name, args, kwargs, plain=False)


def test_long_convolution_of_few_values_stays_sparse() -> None:
    a = np.zeros(100_000)
    a[[5, 70_000]] = 1, 2
    with nothing_converted():
        result = anp.convolve(MAKERS["coo"](X(a)), MAKERS["coo"](X(a)))
    assert result.shape == (199_999,)
    assert result.nnz == 3


@pytest.mark.parametrize("name", ["roots", "polyfit"])
def test_sparse_refuses_what_is_dense(name: str) -> None:
    x = MAKERS["coo"](long)
    arguments = (x, x, 1) if name == "polyfit" else (x,)
    with nothing_converted(), pytest.raises(UnsupportedFunctionError, match="dense"):
        getattr(anp, name)(*arguments)


@pytest.mark.parametrize("name", ["roots", "polydiv", "polymul"])
def test_dask_refuses_what_values_decide(name: str) -> None:
    x = da.ones(3)
    with nothing_converted(), pytest.raises(UnsupportedFunctionError, match="depends on values"):
        getattr(anp, name)(*(x,) * (1 if name == "roots" else 2))


def test_poly1d_is_refused() -> None:
    with pytest.raises(UnsupportedArgumentError, match="coeffs"):
        anp.polyadd(da.ones(3), np.poly1d([1, 2]))
