"""The six bases of `numpy.polynomial`, and their functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import arrayproto.numpy as np

from .coefficients import as_series, getdomain, mapdomain, mapparms, trimcoef, trimseq
from .series import POWERS, Basis, Powers


def _chebyshev_weight(x: Any) -> Any:
    return 1.0 / (np.sqrt(1.0 + x) * np.sqrt(1.0 - x))


BASES = (
    POWERS,
    Basis(
        "chebyshev",
        "cheb",
        above=lambda j: 0.5 if j else 1,
        same=None,
        below=lambda j: 0.5,
        slope=lambda j: 2 if j > 1 else 1,
        weight=lambda j: j,
        stride=2,
        integral=(
            lambda j: 0.5 / (j + 1) if j else 1,
            None,
            lambda j: -0.5 / (j - 1) if j > 1 else 0,
        ),
        weight_function=_chebyshev_weight,
    ),
    Basis(
        "legendre",
        "leg",
        above=lambda j: (j + 1) / (2 * j + 1),
        same=None,
        below=lambda j: j / (2 * j + 1),
        slope=lambda j: 2 * j - 1,
        stride=2,
        integral=(
            lambda j: 1 / (2 * j + 1),
            None,
            lambda j: -1 / (2 * j + 1) if j > 1 else 0,
        ),
        weight_function=lambda x: x * 0.0 + 1.0,
    ),
    Basis(
        "laguerre",
        "lag",
        above=lambda j: -(j + 1),
        same=lambda j: 2 * j + 1,
        below=lambda j: -j,
        slope=lambda j: -1,
        stride=1,
        integral=(lambda j: -1, lambda j: 1, None),
        weight_function=lambda x: np.exp(-x),
    ),
    Basis(
        "hermite",
        "herm",
        above=lambda j: 0.5,
        same=None,
        below=lambda j: j,
        slope=lambda j: 2 * j,
        integral=(lambda j: 0.5 / (j + 1), None, None),
        weight_function=lambda x: np.exp(-(x**2)),
    ),
    Basis(
        "hermite_e",
        "herme",
        above=lambda j: 1,
        same=None,
        below=lambda j: j,
        slope=lambda j: j,
        integral=(lambda j: 1 / (j + 1), None, None),
        weight_function=lambda x: np.exp(-0.5 * x**2),
    ),
)

_VERBS = (
    *("add", "sub", "mulx", "mul", "div", "pow", "val", "val2d", "val3d", "grid2d", "grid3d"),
    *("vander", "vander2d", "vander3d", "der", "fromroots", "companion", "roots", "fit"),
)


def _functions(basis: Basis) -> dict[str, Callable[..., Any]]:
    own = {f"{basis.prefix}{verb}": getattr(basis, verb) for verb in _VERBS}
    own[f"{basis.prefix}int"] = basis.antiderivative
    if isinstance(basis, Powers):
        own["polyvalfromroots"] = basis.valfromroots
    else:
        own[f"{basis.prefix}weight"] = basis.weight
        own[f"{basis.prefix}2poly"] = basis.to_poly
        own[f"poly2{basis.prefix}"] = basis.from_poly
    return {f"{basis.module}.{name}": function for name, function in own.items()}


#: By name below `numpy.polynomial`.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{
        f"polyutils.{function.__name__}": function
        for function in (as_series, trimseq, trimcoef, getdomain, mapparms, mapdomain)
    },
    **{name: function for basis in BASES for name, function in _functions(basis).items()},
}
