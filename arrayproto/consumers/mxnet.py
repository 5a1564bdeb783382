"""MXNet 1.9.1, whose ``mxnet.numpy`` arrays have NumPy's protocols, on today's NumPy.

Its last release asks NumPy for names that NumPy 2 has removed. Adopted before it is imported, it is
given them while it is imported; plain calls of NumPy on its arrays are then MXNet's own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..patching import Patch
from .consumer import Consumer

#: What NumPy calls otherwise today.
_RENAMED = {
    "Inf": np.inf,
    "NAN": np.nan,
    "NINF": -np.inf,
    "NZERO": -0.0,
    "NaN": np.nan,
    "PINF": np.inf,
    "PZERO": 0.0,
    "alltrue": np.all,
    "bool": np.bool_,
    "in1d": np.isin,
    "msort": np.sort,
    "product": np.prod,
    "round_": np.round,
    "sometrue": np.any,
    "trapz": np.trapezoid,
}
#: What was taken out of NumPy for good: computations of finance.
_GONE = frozenset({"mirr", "npv", "pmt", "ppmt", "pv", "rate"})


def _gone(*args: Any, **kwargs: Any) -> Any:
    raise NotImplementedError("numpy has no financial functions any more; numpy-financial has them")


@contextlib.contextmanager
def _importing() -> Iterator[None]:
    numpys = vars(np)["__getattr__"]

    def __getattr__(name: str) -> Any:
        if name in _RENAMED:
            return _RENAMED[name]
        return _gone if name in _GONE else numpys(name)

    patch = Patch.apply(np, "__getattr__", __getattr__)
    try:
        yield
    finally:
        patch.undo()


mxnet = Consumer("mxnet", calls_numpy=False, importing=_importing)
