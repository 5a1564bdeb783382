"""The arrays that the calls name.

A name is a letter for the dtype and a letter for the rank. Dtypes: float64 has no letter, ``i`` is
int64, ``b`` bool, ``f`` float32, ``z`` complex128, ``n`` float64 with NaN, ``u`` uint8. Ranks:
``s`` is 0-d, ``v`` a vector of 6, ``m`` a matrix of 3 x 4, ``t`` a tensor of 2 x 3 x 4, ``q`` a
square matrix of 4 x 4. Zeros are frequent, so that a sparse array of them is one; values are small
multiples of a power of two, so that sums are exact in any order.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_T = np.arange(24).reshape(2, 3, 4)
_SPARSE = _T * (_T % 3 != 1)
_M = np.array([[0.5, 0, -2, 0], [0, 3, 0, 1.25], [4, 0, 0, -0.25]])
_Q = np.array([[4.0, 1, 0, 0], [0, 2, 0, 0.5], [-1, 0, 1, 0], [0, 0.5, 0, 8]])
_P = np.array([[4.0, 1, 0, 0], [1, 2, 0, 0.5], [0, 0, 1, 0], [0, 0.5, 0, 8]])
_V = np.array([0, 2.5, 0, -1, 0.5, 0])

#: Name to what makes a fresh array.
ARRAYS: dict[str, Callable[[], np.ndarray]] = {
    "s": lambda: np.array(2.5),
    "v": lambda: _V.copy(),
    "m": lambda: _M.copy(),
    "t": lambda: _SPARSE / 4.0 - 2.0 * (_T == 9),
    "q": lambda: _Q.copy(),
    "is_": lambda: np.array(3),
    "iv": lambda: np.array([3, 0, -1, 0, 2, 3]),
    "im": lambda: np.array([[0, 3, 0, 1], [2, 0, -1, 0], [0, 0, 4, 5]]),
    "it": lambda: _SPARSE.copy(),
    "iq": lambda: np.array([[2, 0, 1, 0], [0, 1, 0, 0], [3, 0, 0, 1], [0, 0, 0, 5]]),
    "bs": lambda: np.array(True),
    "bv": lambda: np.array([True, False, False, True, True, False]),
    "bm": lambda: _M > 0,
    "bt": lambda: _SPARSE % 2 == 1,
    "fv": lambda: _V.astype(np.float32),
    "fm": lambda: _M.astype(np.float32),
    "fq": lambda: _Q.astype(np.float32),
    "zv": lambda: np.array([0, 1j, 2 - 1j, 0, 3, 0]),
    "zm": lambda: _M + 1j * (_M.T.reshape(3, 4) > 0),
    "zq": lambda: _Q + 1j * np.triu(_Q.T, 1),
    "nv": lambda: np.array([0, np.nan, 2, 0, -1.5, np.nan]),
    "nm": lambda: np.array([[0, np.nan, 2, 0], [1, 0, -3, np.nan], [0, 0.5, 0, np.nan]]),
    "nt": lambda: np.where(_T % 7 == 3, np.nan, _SPARSE / 4.0),
    "uv": lambda: np.array([0, 7, 0, 255, 16, 1], np.uint8),
    "um": lambda: np.array([[0, 7, 0, 255], [16, 0, 1, 0], [2, 128, 0, 3]], np.uint8),
    # With a role.
    "ev": lambda: np.zeros(0),  # empty
    "em": lambda: np.zeros((0, 4)),
    "p": lambda: _P.copy(),  # symmetric, positive definite
    "zp": lambda: _P + np.triu(0.25j * _P, 1) - np.tril(0.25j * _P, -1),  # Hermitian
    "qv": lambda: np.array([1.0, 0, -2, 0.5]),  # as long as a side of q
    "a": lambda: np.array([-1.0, 0, 0.5, 2, 3.5]),  # ascending
    "x": lambda: np.array([2, 0, 1, 2]),  # indices that are valid everywhere
    "k": lambda: np.array([0.5, 0, -0.5]),  # a kernel, or the coefficients of a polynomial
    "o": lambda: np.array([0.0, 1, 0.25, 0, -0.5, 0.75]),  # all within [-1, 1]
    "g": lambda: np.array([0.0, 1, 2.5, 0, 4, 1]),  # none negative
    "c": lambda: np.array(["ab", "Cd e", "", "x1"]),  # characters
    "d": lambda: np.array(
        ["2024-03-01", "2024-12-25", "2024-06-30", "1970-01-01"], "M8[D]"
    ),  # days
    "r": lambda: np.array([(2, 1.5), (1, 0.0), (1, -2.0)], [("n", int), ("y", float)]),  # records
    "bq": lambda: np.array([[1, 0, 1, 1], [0, 0, 1, 0], [1, 1, 1, 0], [0, 0, 0, 1]], bool),
}
