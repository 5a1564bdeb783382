"""The libraries that creation is tested on, and how their arrays are read back."""

from __future__ import annotations

import functools
import importlib

import numpy as np
import pytest

import arrayproto

MODULES = {"dask": "dask.array", "jax": "jax", "sparse": "sparse", "torch": "torch"}
#: NumPy's answers in 64 bits are what is compared with.
OPTIONS = {"jax": {"dtype": "float64"}, "dask": {"chunks": 3}}
#: The first dotted parts of the modules of their array classes.
ROOTS = {"dask": "dask", "jax": "jaxlib", "sparse": "sparse", "torch": "torch"}


def using(name: str, **options):
    pytest.importorskip(MODULES[name])
    return arrayproto.using(name, **{**OPTIONS.get(name, {}), **options})


def root(array) -> str:
    return type(array).__module__.partition(".")[0]


_asarray = np.asarray


def to_numpy(array) -> np.ndarray:
    if isinstance(array, (list, tuple)):
        return type(array)(map(to_numpy, array))
    for method in ("todense", "compute", "numpy"):
        if hasattr(array, method):
            return getattr(array, method)()
    return _asarray(array)


every = functools.partial(pytest.mark.parametrize, "name")(list(MODULES))


def module(name: str):
    return importlib.import_module(MODULES[name])
