"""Whether the process grows: ``python -m benchmarks.memory``, ten million dispatches.

A small version of it is in the test suite, tests/trust/test_memory.py.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import platform
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dask.array
import numpy as np
import sparse

import arrayproto
import arrayproto.numpy as anp
from arrayproto.accelerator import speed
from arrayproto.demo.measure import process_memory

RESULT = Path(__file__).parent / "results" / "memory.md"
_HEAD = """# Does the process grow?

`python -m benchmarks.memory`, measured {date}: {times:,} dispatches in all, after a
tenth as many to warm up. Python {python}, NumPy {numpy}, sparse {sparse}, Dask {dask}, dispatch in
{way}. *Blocks* are those that Python's allocator has given out (`sys.getallocatedblocks()`), which a
single reference kept for each call would drive up by the number of calls.

| what is called | calls | blocks more | resident memory more |
|---|---:|---:|---:|
"""


class Duck:
    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> None:
        return None


@arrayproto.array_function_dispatch(lambda a, b=None: (a, b), module="benchmarks")
def decorated(a: Any, b: Any = None) -> None:
    return None


def _raises(call: Callable[[], Any]) -> Callable[[], None]:
    def attempt() -> None:
        try:
            call()
        except TypeError:
            pass

    return attempt


def cases() -> dict[str, Callable[[], Any]]:
    """What is called, by what it is."""
    array, duck = np.ones((2, 3)), Duck()
    x, d = sparse.COO(array), dask.array.ones((2, 3))
    return {
        "decorated function, ndarrays": lambda: decorated(array, array),
        "decorated function, a keyword": lambda: decorated(array, b=array),
        "decorated function, an override": lambda: decorated(array, duck),
        "decorated function, wrong arguments": _raises(lambda: decorated()),  # type: ignore[call-arg]
        "`np.shape` of sparse, active": lambda: np.shape(x),
        "`np.ndim` of Dask, active": lambda: np.ndim(d),
        "`np.isfortran` of sparse, rebound": lambda: np.isfortran(x),  # type: ignore[arg-type]
        "`np.isfortran` of ndarrays, rebound": lambda: np.isfortran(array),
        "`arrayproto.numpy.ndim` of sparse": lambda: anp.ndim(x),
        "`np.char.upper` of sparse, refused": _raises(lambda: np.char.upper(x)),
    }


def measure(call: Callable[[], Any], times: int) -> tuple[int, int]:
    """Blocks and bytes that there are more after so many calls."""
    for _ in range(times // 10):
        call()
    gc.collect()
    before, blocks = process_memory().now or 0, sys.getallocatedblocks()
    for _ in range(times):
        call()
    gc.collect()
    return sys.getallocatedblocks() - blocks, (process_memory().now or 0) - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10_000_000, help="dispatches in all")
    given = parser.parse_args()
    found = cases()
    # An error takes as long as dozens of other calls.
    share = {name: 1 if "refused" in name or "wrong" in name else 12 for name in found}
    lines = []
    with arrayproto.activated("sparse", "dask"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, call in found.items():
            times = given.times * share[name] // sum(share.values())
            blocks, resident = measure(call, times)
            lines.append(f"| {name} | {times:,} | {blocks:+} | {resident / 1024:+.0f} KiB |")
            print(lines[-1], flush=True)
    head = _HEAD.format(
        date=datetime.datetime.now(datetime.UTC).date(), times=given.times,
        python=platform.python_version(), numpy=np.__version__, sparse=version("sparse"),
        dask=version("dask"), way="Python" if speed is None else "C",
    )  # fmt: skip
    RESULT.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
