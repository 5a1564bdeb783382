"""Functions that sparse and Dask get from arrayproto, next to the same written by hand.

What is asserted is that both agree, and that memory stays in proportion to what is stored; times are
recorded. ``python -m benchmarks.test_derived`` writes ratios of times to ``results/derived.md``.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
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
    return sparse.COO.from_numpy(np.unique(np.append(x.data, x.fill_value)))


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


def _least(calls: Sequence[Callable[[], Any]], runs: int) -> list[float]:
    """Seconds of each call: the least of so many, in turn, so that a busy machine is so for all."""
    best = [float("inf")] * len(calls)
    for _ in range(runs):
        for i, call in enumerate(calls):
            start = time.thread_time()
            call()
            best[i] = min(best[i], time.thread_time() - start)
    return best


def _one_percent() -> Any:
    """The shape of `X` with a hundred times as many stored values: 240 MB, where dense is 8 GB."""
    rng = np.random.default_rng(0)
    places = np.unique(rng.integers(0, 10**9, 10**7))
    coords = np.stack(np.divmod(places, 10_000))
    return sparse.COO(
        coords, rng.random(len(places)), shape=X.shape, has_duplicates=False, sorted=True
    )


def _at_one_percent() -> Iterator[str]:
    """Rows of a table: what the same functions take of memory there."""
    x = _one_percent()
    calls: dict[str, Callable[[], Any]] = {
        "vstack": lambda: anp.vstack([x, x]),
        "split": lambda: anp.split(x, 4),
        "median": lambda: anp.median(x, axis=0),
        "average": lambda: anp.average(x, axis=0),
        "kron": lambda: anp.kron(x, np.ones((1, 1))),
    }
    for name, call in calls.items():
        start = time.thread_time()
        peak, result = _peak(call)
        took = (time.thread_time() - start) / 2
        stored = x.nbytes + _stored(result)
        yield f"| {name} | {took:.1f} | {peak / 1e6:.0f} | {peak / stored:.1f} |\n"


AT_ONE_PERCENT = """
The same shape with 1 % of the values stored, {nbytes} MB; seconds with memory being traced.

| | s | peak, MB | times what argument and result store |
|---|---:|---:|---:|
"""
HEAD = """# Derived functions next to the same written by hand

{date}, NumPy {numpy}, sparse {sparse}, Dask {dask}; the least of {runs} runs of each, in turn, of the thread's own time. Written by
`python -m benchmarks.test_derived`. The goal for the ratio is at most 1.3. Peak is the memory allocated during the call, over twice
what the argument stores plus what the result stores; the array is 100 000 x 10 000 with 100 000 stored values, 8 GB were it dense.
Dask's rows are the time to build the graph.

| | ms | times by hand | peak |
|---|---:|---:|---:|
"""


def main(runs: int = 25) -> str:
    """Markdown: the least times and their ratios, and peaks of memory, of all cases."""
    rows = []
    for name, case in CASES.items():
        calls = (case.call, case.by_hand)
        _least(calls, 1)  # what is compiled or imported on the first call is no part of it
        ours, by_hand = _least(calls, runs)
        peak = "" if case.peak is None else f"{_memory(name):.2f}"
        rows.append(f"| {name} | {ours * 1e3:.2f} | {ours / by_hand:.2f} | {peak} |\n")
    versions = {m: importlib.metadata.version(m) for m in ("numpy", "sparse", "dask")}
    head = HEAD.format(date=datetime.date.today(), runs=runs, **versions)
    second = AT_ONE_PERCENT.format(nbytes=round(_one_percent().nbytes / 1e6))
    return head + "".join(rows) + second + "".join(_at_one_percent())


if __name__ == "__main__":
    text = main()
    (Path(__file__).parent / "results" / "derived.md").write_text(text)
    print(text)
