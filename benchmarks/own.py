"""What activation costs, or gains, in what a library does by itself: ``python -m benchmarks.own``.

Writes results/own.md. Each function that sparse or Dask has without us is timed whole, stock and
activated in turn, on small arrays, where dispatch counts, and on larger ones, where an algorithm
does.
"""

from __future__ import annotations

import argparse
import datetime
import math
import platform
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import arrayproto

RESULTS = Path(__file__).parent / "results" / "own.md"
#: A batch takes about this long, of a size whose calls are shorter than that.
BATCH_SECONDS = 2e-3
#: A function that takes this many times as long is named first in the page.
NOTABLE = 1.2

#: Calls of x and y, two arrays of n x n.
CALLS = (
    *(f"np.{name}(x, axis=0)" for name in ("sum", "prod", "max", "mean", "any", "nansum")),
    *(f"np.{name}(x, axis=1)" for name in ("min", "all", "std", "var", "argmax", "nanmax")),
    *(f"np.{name}(x)" for name in ("sum", "transpose", "squeeze", "ravel", "tril", "triu")),
    *(f"np.{name}(x)" for name in ("diagonal", "real", "round", "nonzero", "argwhere", "isinf")),
    *(f"np.{name}(x)" for name in ("zeros_like", "ones_like", "copy", "sqrt", "sin", "abs")),
    *(f"np.{name}(x, y)" for name in ("add", "multiply", "greater", "dot", "matmul", "isclose")),
    *(f"np.{name}([x, y])" for name in ("concatenate", "stack", "vstack", "hstack", "dstack")),
    *("x + y", "x * 2", "x @ y", "np.add.reduce(x, axis=0)", "np.tensordot(x, y, 1)"),
    *("np.einsum('ij,jk->ik', x, y)", "np.einsum('ij,ij->i', x, y)", "np.einsum('ij->j', x)"),
    *("np.reshape(x, (n // 2, 2 * n))", "np.transpose(x, (1, 0))", "np.moveaxis(x, 0, 1)"),
    *("np.expand_dims(x, 0)", "np.broadcast_to(x, (3, n, n))", "np.flip(x, 0)"),
    *("np.roll(x, 3, axis=1)", "np.pad(x, 1)", "np.tile(x, 2)", "np.repeat(x, 2, axis=0)"),
    *("np.where(x > 0.5, x, y)", "np.clip(x, 0, 0.5)", "np.full_like(x, 2)"),
    *("np.take(x, [0, 2, 1], axis=0)", "np.diff(x, axis=0)", "np.unique(x)", "np.sort(x, axis=1)"),
    *("np.kron(x[:4], y[:4])", "np.outer(x[0], y[0])", "np.linalg.norm(x)", "np.cumsum(x, 0)"),
)


class Timed(NamedTuple):
    library: str
    size: str
    call: str
    #: Seconds, the shortest of the rounds.
    stock: float
    active: float

    @property
    def ratio(self) -> float:
        return self.active / self.stock


def _of_sparse(n: int) -> dict[str, Any]:
    import sparse

    density = min(0.2, 10 / n)
    return {"xy"[i]: sparse.random((n, n), density=density, random_state=i) for i in (0, 1)}


def _of_dask(n: int) -> dict[str, Any]:
    import dask.array

    chunks = max(n // 10, n // 2 if n < 100 else 0)
    values = np.random.default_rng(0).random((2, n, n))
    return {"xy"[i]: dask.array.from_array(values[i], chunks=chunks) for i in (0, 1)}


#: Library to what makes its arrays, and the sizes.
LIBRARIES: dict[str, tuple[Callable[[int], dict[str, Any]], tuple[int, int]]] = {
    "sparse": (_of_sparse, (20, 2000)),
    "dask": (_of_dask, (20, 1000)),
}


def _works(call: Callable[[], Any]) -> bool:
    try:
        call()
    except Exception:  # whatever a library raises for what it cannot do: there is nothing to time
        return False
    return True


def _seconds(call: Callable[[], Any], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times


def measure(library: str, rounds: int) -> Iterator[Timed]:
    """Each call that works without us; with us it must."""
    make, sizes = LIBRARIES[library]
    for n in sizes:
        scope = {"np": np, "n": n, **make(n)}
        for text in CALLS:
            call = eval(f"lambda: {text}", scope)
            arrayproto.deactivate()
            if not _works(call):
                continue
            best = [math.inf, math.inf]
            for i, change in enumerate((arrayproto.deactivate, arrayproto.activate)):
                change()
                call(), call()  # whatever is compiled, or looked up, the first time
                best[i] = _seconds(call, 1)
            times = max(1, int(BATCH_SECONDS / max(best)))
            for _ in range(rounds):
                for i, change in enumerate((arrayproto.deactivate, arrayproto.activate)):
                    change()
                    call()
                    best[i] = min(best[i], _seconds(call, times))
            yield Timed(library, f"{n} x {n}", text, *best)
    arrayproto.deactivate()


def report(timed: list[Timed]) -> str:
    """The page."""
    rows = sorted(timed, key=lambda one: -one.ratio)
    slower = sum(one.ratio > NOTABLE for one in rows)
    middle = math.exp(sum(math.log(one.ratio) for one in rows) / len(rows))
    lines = [
        "# What the libraries do by themselves, with and without arrayproto",
        "",
        f"`python -m benchmarks.own`, {datetime.date.today()}, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in ("numpy", "sparse", "dask"))
        + ". Whole calls, stock and activated in turn in one process, the shortest of all rounds; "
        "a Dask array's graph is made and not computed. What stock raises for is left out. Of "
        f"{len(rows)} calls {slower} take more than {NOTABLE:g} times as long; the geometric mean "
        f"of all ratios is {middle:.2f}. Where it is far below 1, a function of ours is the "
        "better algorithm; where it is above, NumPy's answer takes more than the library's does.",
        "",
        "| library | size | call | stock | activated | ratio |",
        "| --- | --- | --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {one.library} | {one.size} | `{one.call}` | {one.stock * 1e6:,.1f} us | "
        f"{one.active * 1e6:,.1f} us | {one.ratio:.2f} |"
        for one in rows
    ]
    return "\n".join(lines) + "\n"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.own")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--library", choices=LIBRARIES, help="measure it alone, and write nothing")
    options = parser.parse_args(argv)
    warnings.simplefilter("ignore")
    wanted = [options.library] if options.library else list(LIBRARIES)
    text = report([one for library in wanted for one in measure(library, options.rounds)])
    if not options.library:
        RESULTS.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
