"""Programs of consumer libraries, as their READMEs and tutorials have them, and what cannot be.

The tests run all of them, and docs/consumers.md is made of the same data: a file for each consumer,
and one registry of gaps.
"""

from __future__ import annotations

from . import autograd, contractions, dask, images, metrics, mxnet, scipy, tangent, tensorly, xarray
from .gaps import GAPS, known_gap
from .judging import judge
from .program import PROGRAMS, Make, Program, libraries_of

__all__ = [
    "GAPS",
    "PROGRAMS",
    "Make",
    "Program",
    "autograd",
    "contractions",
    "dask",
    "images",
    "judge",
    "known_gap",
    "libraries_of",
    "metrics",
    "mxnet",
    "scipy",
    "tangent",
    "tensorly",
    "xarray",
]
