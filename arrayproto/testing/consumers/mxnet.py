"""MXNet 1.9.1: plain calls of NumPy on its arrays, which have NumPy's protocols themselves."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from ...adoption import adopted

CALLS: dict[str, Callable[[Any], Any]] = {
    **{
        name: getattr(np, name)
        for name in ("exp", "median", "nanmean", "prod", "squeeze", "transpose", "unique", "var")
    },
    "add": lambda x: np.add(x, x),
    "argmax": lambda x: np.argmax(x, axis=1),
    "clip": lambda x: np.clip(x, 2, 4),
    "concatenate": lambda x: np.concatenate([x, x]),
    "cumsum": lambda x: np.cumsum(x, axis=0),
    "dot": lambda x: np.dot(x, x.T),
    "einsum": lambda x: np.einsum("ij,kj->ik", x, x),
    "expand_dims": lambda x: np.expand_dims(x, 0),
    "flip": lambda x: np.flip(x, 0),
    "linalg.norm": lambda x: np.linalg.norm(x),
    "max": lambda x: np.max(x, axis=1),
    "mean": lambda x: np.mean(x, axis=1),
    "outer": lambda x: np.outer(x[0], x[0]),
    "reshape": lambda x: np.reshape(x, (3, 2)),
    "roll": lambda x: np.roll(x, 1),
    "sort": lambda x: np.sort(x, axis=1),
    "stack": lambda x: np.stack([x, x]),
    "std": lambda x: np.std(x, axis=0),
    "sum": lambda x: np.sum(x, axis=0),
    "tensordot": lambda x: np.tensordot(x, x.T, axes=1),
    "tile": lambda x: np.tile(x, 2),
    "where": lambda x: np.where(x > 2, x, x * 0),
}


def judge() -> dict[str, list[str]]:
    """Make the calls, where MXNet is installed, and compare them with NumPy's.

    Returns
    -------
    dict of str to list of str
        The calls that were ``"wrong"``, or raised, and those that MXNet ``"converted"``.
    """
    with adopted("mxnet"):
        mxnet = importlib.import_module("mxnet")
    array = np.array([[1, 4, 2], [3, 2, 5]], np.float32)
    found: dict[str, list[str]] = {"wrong": [], "converted": []}
    for name, call in CALLS.items():
        try:
            result = call(mxnet.np.array(array))
        except (TypeError, ValueError, NotImplementedError, mxnet.MXNetError):
            found["wrong"].append(name)
            continue
        own = isinstance(result, mxnet.np.ndarray)
        if not own:
            found["converted"].append(name)
        if not np.allclose(result.asnumpy() if own else result, call(array)):
            found["wrong"].append(name)
    return found
