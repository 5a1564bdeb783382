"""Functions that sparse and Dask get from arrayproto, next to the same written by hand.

What is asserted is that both agree, and that memory stays in proportion to what is stored; times are
recorded. ``python -m benchmarks.test_derived`` prints ratios of times, least of several runs.
"""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable
from typing import Any, NamedTuple

import dask.array as da
import numpy as np
import pytest
import sparse

import arrayproto.numpy as anp


class Case(NamedTuple):
    """A call, and the composition that a user would write for it.

    Attributes
    ----------
    call, by_hand : callable
    peak : float or None
        Peak memory allowed, in multiples of what the arguments and the result store; None where
        there is no goal for memory.
    """

    call: Callable[[], Any]
    by_hand: Callable[[], Any]
    peak: float | None = 12.0


X = sparse.random((100_000, 10_000), density=1e-4, random_state=0)  # 8 GB, were it dense
SMALL = sparse.random((300, 5_000), density=1e-2, random_state=1)
LEFT = sparse.random((100, 100), density=0.05, random_state=2)
LAZY = da.ones((4_000, 4_000), chunks=1_000)


def _cov(x: Any) -> Any:
    mean = x.mean(axis=1)[:, None]
    count = x.shape[1]
    return (sparse.matmul(x, x.T) - sparse.matmul(mean, mean.T) * count) / (count - 1)


def _isclose(a: Any, b: Any) -> Any:
    near = abs(a - b) <= 1e-8 + 1e-5 * abs(b)
    return (near & np.isfinite(b)) | (a == b)


def _median(x: Any) -> Any:
    ordered = sparse.sort(x, axis=0)
    half = x.shape[0] // 2
    return ordered[half - 1 : half + 1].mean(axis=0)


def _unique(x: Any) -> Any:
    return np.unique(np.append(x.data, x.fill_value))


SPARSE = {
    "vstack": Case(lambda: anp.vstack([X, X]), lambda: sparse.concatenate([X, X], axis=0)),
    "split": Case(
        lambda: anp.split(X, 4), lambda: [X[i : i + 25_000] for i in range(0, 100_000, 25_000)]
    ),
    "median": Case(lambda: anp.median(X, axis=0), lambda: _median(X)),
    "cov": Case(lambda: anp.cov(SMALL), lambda: _cov(SMALL)),
    "kron": Case(lambda: anp.kron(LEFT, LEFT), lambda: sparse.kron(LEFT, LEFT)),
    "isclose": Case(lambda: anp.isclose(X, X), lambda: _isclose(X, X)),
    "unique": Case(lambda: anp.unique(X), lambda: _unique(X)),
    "average": Case(lambda: anp.average(X, axis=0), lambda: X.mean(axis=0)),
    "nanmean": Case(lambda: anp.nanmean(X, axis=0), lambda: sparse.nanmean(X, axis=0)),
    "var": Case(
        lambda: anp.var(X, axis=0), lambda: (X * X).mean(axis=0) - X.mean(axis=0) ** 2
    ),
}  # fmt: skip
DASK = {
    "vstack": Case(lambda: anp.vstack([LAZY, LAZY]), lambda: da.concatenate([LAZY, LAZY]), None),
    "split": Case(
        lambda: anp.split(LAZY, 4),
        lambda: [LAZY[i : i + 1_000] for i in range(0, 4_000, 1_000)],
        None,
    ),
    "kron": Case(
        lambda: anp.kron(LAZY[:100, :100], LAZY[:100, :100]),
        lambda: (LAZY[:100, None, :100, None] * LAZY[None, :100, None, :100]).reshape(10_000, -1),
        None,
    ),
    "isclose": Case(lambda: anp.isclose(LAZY, LAZY), lambda: da.isclose(LAZY, LAZY), None),
}
CASES = {
    **{f"sparse: {n}": c for n, c in SPARSE.items()},
    **{f"dask (graph): {n}": c for n, c in DASK.items()},
}


def _stored(value: Any) -> int:
    if isinstance(value, (list, tuple)):
        return sum(map(_stored, value))
    return int(getattr(value, "nbytes", 0))


def _peak(call: Callable[[], Any]) -> tuple[int, Any]:
    call()  # what is compiled or imported on the first call is no part of it
    tracemalloc.start()
    try:
        result = call()
        return tracemalloc.get_traced_memory()[1], result
    finally:
        tracemalloc.stop()


def _memory(name: str) -> float:
    peak, result = _peak(CASES[name].call)
    arguments = LEFT if "kron" in name else SMALL if "cov" in name else X
    return peak / (2 * arguments.nbytes + _stored(result))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("way", ["call", "by_hand"])
@pytest.mark.benchmark(max_time=0.03, min_rounds=3, warmup=False)
def test_time(name, way, benchmark):
    benchmark.group = name
    benchmark(getattr(CASES[name], way))


@pytest.mark.parametrize("name", [n for n, case in CASES.items() if case.peak is not None])
def test_memory_in_proportion_to_what_is_stored(name):
    assert _memory(name) <= CASES[name].peak


def _least(call: Callable[[], Any], runs: int) -> float:
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def main(runs: int = 7) -> dict[str, dict[str, float | None]]:
    """Ratios of the least times, and peaks of memory, of all cases."""
    found: dict[str, dict[str, float | None]] = {}
    for name, case in CASES.items():
        case.call(), case.by_hand()
        times = [_least(case.call, runs), _least(case.by_hand, runs)]
        memory = None if case.peak is None else round(_memory(name), 2)
        found[name] = {
            "milliseconds": round(times[0] * 1e3, 2),
            "ratio": round(times[0] / times[1], 2),
            "peak": memory,
        }
    return found


if __name__ == "__main__":
    print(json.dumps(main(), indent=1))
