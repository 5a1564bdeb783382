"""Programs for random arrays: each is run on NumPy's arrays and on a library's."""

from __future__ import annotations

import numpy

#: Functions of one array of any shape. NumPy's error is an answer too.
PROGRAMS = {
    "sum": lambda np, x: np.sum(x, axis=0, initial=2.0, where=x > 1),
    "prod": lambda np, x: np.prod(x, axis=-1, keepdims=True),
    "max": lambda np, x: np.max(x, axis=0, initial=-9.0),
    "min": lambda np, x: np.min(x),
    "mean": lambda np, x: np.mean(x, axis=0, where=x > 0),
    "std": lambda np, x: np.std(x, axis=-1, correction=0, mean=np.mean(x, -1, keepdims=True)),
    "var": lambda np, x: np.var(x, axis=0),
    "any": lambda np, x: np.any(x, where=x > 3),
    "cumsum": lambda np, x: np.cumsum(x, axis=-1),
    "median": lambda np, x: np.median(x, axis=0),
    "percentile": lambda np, x: np.percentile(x, [25, 75], axis=-1),
    "sort": lambda np, x: np.sort(x, axis=0),
    "argsort": lambda np, x: np.argsort(x, axis=-1, kind="stable"),
    "take_along_axis": lambda np, x: np.take_along_axis(x, np.argsort(x, 0, kind="stable"), 0),
    "fft": lambda np, x: np.fft.fft(x, axis=0),
    "rfftn": lambda np, x: np.fft.rfftn(x),
    "irfft": lambda np, x: np.fft.irfft(x, 5, axis=0),
    "reshape": lambda np, x: np.reshape(x, x.shape[::-1]),
    "ravel": lambda np, x: np.ravel(x, "F"),
    "roll": lambda np, x: np.roll(x, 2),
    "flip": lambda np, x: np.flip(x, 0),
    "concatenate": lambda np, x: np.concatenate([x, x], axis=-1, dtype="f4"),
    "stack": lambda np, x: np.stack([x, x], axis=1),
    "insert": lambda np, x: np.insert(x, 0, 7.0, axis=-1),
    "repeat": lambda np, x: np.repeat(x, 2, axis=0),
    "diff": lambda np, x: np.diff(x, axis=0, prepend=0.0),
    "pad": lambda np, x: np.pad(x, 1, "mean"),
    "reflect": lambda np, x: np.pad(x, 3, "reflect"),
    "histogram": lambda np, x: np.histogram(x, 4),
    "histogram_weights": lambda np, x: np.histogram(x, [0, 1, 5], weights=x),
    "digitize": lambda np, x: np.digitize(x, [0.0, 2.0]),
    "searchsorted": lambda np, x: np.searchsorted([0.0, 1.0, 3.0], x, "right"),
    "interp": lambda np, x: np.interp(x, [0.0, 2.0, 4.0], [1.0, 0.0, 3.0]),
    "isclose": lambda np, x: np.isclose(x, x + 1e-9, rtol=np.abs(x)),
    "outer": lambda np, x: np.outer(x, x),
    "clip": lambda np, x: np.clip(x, 1, 3),
    "svdvals": lambda np, x: np.linalg.svdvals(x),
    "norm": lambda np, x: np.linalg.norm(x, axis=0),
    "lexsort": lambda np, x: np.lexsort(x),
    "average": lambda np, x: np.average(x, axis=0, weights=x + 1),
    "cov": lambda np, x: np.cov(x),
}


def answer(program, namespace, x):
    """What the program returns, and the error that it raises instead."""
    with numpy.errstate(all="ignore"):
        try:
            return program(namespace, x), None
        except Exception as error:  # noqa: BLE001 - any error is an answer
            return None, error
