"""Dask: functions of `numpy.polynomial` whose result is as long as values say."""

from __future__ import annotations

from .rows import Row
from .unsupported import Unsupported

_PREFIXES = {
    "polynomial": "poly",
    "chebyshev": "cheb",
    "legendre": "leg",
    "laguerre": "lag",
    "hermite": "herm",
    "hermite_e": "herme",
}
_NAMES = [
    "polyutils.trimcoef",
    "polyutils.trimseq",
    *(
        f"{module}.{prefix}{verb}"
        for module, prefix in _PREFIXES.items()
        for verb in ("add", "sub", "mulx", "mul", "div", "pow", "companion", "roots")
    ),
    *(
        f"{module}.{name}"
        for module, prefix in _PREFIXES.items()
        for name in (f"{prefix}2poly", f"poly2{prefix}")
        if prefix != "poly"
    ),
]

ROWS: dict[str, Row] = {
    f"polynomial.{name}": Unsupported(
        "zeros at the end are trimmed, so the length of the series depends on values not "
        "computed yet",
        f"coefficients are few: np.polynomial.{name} takes c.compute(). What evaluates, derives "
        "and integrates series is lazy",
        checked=True,
    )
    for name in _NAMES
}
