"""What a creation function costs within a context of `arrayproto.using`, above the library's own.

    python -m benchmarks.creation            # prints the table of results/creation.md

The two calls of a row are timed in turn, in short rounds of one process, by the time that the
thread itself has had: other processes hardly count. Medians over the rounds. Dask takes so long that
what is above it drowns, so it is measured once more with a function of Dask's that does nothing; and
since each call there looks at who has called the program, from 20 and 100 functions deep.
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import NamedTuple
from unittest import mock

import numpy as np

import arrayproto
from arrayproto import accelerator

#: Microseconds that a call may cost more than the library's own.
AT_MOST = 0.5
ROUNDS, BATCH = 200, 2e-3


class Row(NamedTuple):
    """Two calls of the same, with their names: `np` within the context, and what `SETUP` makes.

    The first is called by so many functions more, of so many modules in turn.
    """

    library: str
    ours: str
    own: str
    depth: int = 0
    modules: int = 1

    def __str__(self) -> str:
        deep = f", {self.depth} deep" if self.depth else ""
        return f"{self.library}{deep}" + (f" in {self.modules} modules" if self.modules > 1 else "")


#: By library, what the calls are given.
SETUP = {
    "numpy": "own = vars(np)['zeros']",
    "torch": "import torch; generator = torch.Generator(); f8 = torch.float64; cpu = torch.device('cpu')",
    "jax": "import jax, jax.numpy as jnp, numpy; f4 = numpy.dtype('f4')",
    "dask": "import dask.array as da; f8 = np.dtype('f8')",
    "sparse": "import sparse",
}
_MODULES = {"dask": "dask.array", "jax": "jax.numpy"}
ROWS = (
    Row("torch", "np.zeros((3, 4))", "torch.zeros((3, 4), dtype=f8, device=cpu)"),
    Row("torch", "np.ones(5)", "torch.ones(5, dtype=f8, device=cpu)"),
    Row("torch", "np.full((3, 4), 0.5)", "torch.full((3, 4), 0.5, dtype=f8, device=cpu)"),
    Row("torch", "np.arange(10)", "torch.arange(10, device=cpu)"),
    Row("torch", "np.eye(3)", "torch.eye(3, dtype=f8, device=cpu)"),
    Row("torch", "np.array([1.0, 2.0, 3.0])", "torch.tensor([1.0, 2.0, 3.0], dtype=f8, device=cpu)"),
    Row("torch", "rng.random((3, 4))", "torch.rand((3, 4), generator=generator, dtype=f8, device=cpu)"),
    Row("torch", "np.random.rand(3, 4)", "torch.rand((3, 4), generator=generator, dtype=f8, device=cpu)"),
    Row(
        "torch",
        "rng.normal(1.0, 2.0, (3, 4))",
        "torch.randn((3, 4), generator=generator, dtype=f8, device=cpu) * 2.0 + 1.0",
    ),
    Row("jax", "np.zeros((3, 4))", "jnp.zeros((3, 4), f4)"),
    Row("jax", "np.ones(5)", "jnp.ones(5, f4)"),
    Row("jax (function replaced)", "np.zeros((3, 4))", "jnp.zeros((3, 4), f4)"),
    Row("dask", "np.zeros((3, 4))", "da.zeros((3, 4), dtype=f8, chunks='auto')"),
    Row("dask (function replaced)", "np.zeros((3, 4))", "da.zeros((3, 4), dtype=f8, chunks='auto')"),
    Row("dask (function replaced)", "np.zeros((3, 4))", "da.zeros((3, 4), dtype=f8, chunks='auto')", 20),
    Row("dask (function replaced)", "np.zeros((3, 4))", "da.zeros((3, 4), dtype=f8, chunks='auto')", 20, 20),
    Row("dask (function replaced)", "np.zeros((3, 4))", "da.zeros((3, 4), dtype=f8, chunks='auto')", 100),
    Row("dask (function replaced)", "np.full((3, 4), 0.5)", "da.full((3, 4), 0.5, dtype=f8, chunks='auto')"),
    Row("sparse", "np.zeros((3, 4))", "sparse.zeros((3, 4))"),
    Row("sparse", "np.eye(3)", "sparse.eye(3)"),
)  # fmt: skip


def _timer(call: str, names: dict[str, object]) -> Callable[[int], float]:
    source = (
        "def timer(times):\n    start = clock()\n    for _ in repeat(None, times):\n"
        f"        {call}\n    return (clock() - start) / times\n"
    )
    exec(compile(source, "<benchmark>", "exec"), names)  # noqa: S102
    return names["timer"]  # type: ignore[return-value]


def measure(row: Row, rounds: int = ROUNDS, batch: float = BATCH) -> tuple[float, float, float]:
    """Microseconds of the library's own call, how many ours takes more, and half its interval."""
    library, _, replaced = row.library.partition(" ")
    names: dict[str, object] = {"np": np, "clock": time.thread_time, "repeat": itertools.repeat}
    exec(SETUP[library], names)  # noqa: S102
    with contextlib.ExitStack() as stack:
        if replaced:
            function = row.ours.partition("(")[0].replace("np", _MODULES[library])
            stack.enter_context(mock.patch(function, lambda *args, **kwargs: None))
        stack.enter_context(arrayproto.using(library))
        names["rng"] = eval("np.random.default_rng(0)", {"np": np, "__name__": "__main__"})
        names["__name__"] = "__main__"
        ours, own = _timer(row.ours, names), _timer(row.own, names)
        modules = [{"__name__": f"module{number or ''}"} for number in range(row.modules)]
        for number in range(row.depth):
            ours = _called(ours, modules[number % row.modules])
        times = max(1, int(batch / max(ours(3), own(3))))
        pairs = [(own(times), ours(times)) for _ in range(rounds)]
    extra = [1e6 * (b - a) for a, b in pairs]
    low, _, high = statistics.quantiles(extra, n=4)
    half = 1.57 * (high - low) / rounds**0.5  # of a median, as the notches of a box plot
    return 1e6 * statistics.median(a for a, _ in pairs), statistics.median(extra), half


def _called(timer: Callable[[int], float], module: dict[str, str]) -> Callable[[int], float]:
    """Called by one more function, of a module."""
    return eval("lambda timer: lambda times: timer(times)", module)(timer)


def _verdict(extra: float, half: float) -> str:
    if abs(extra - AT_MOST) < half:
        return "not resolved"
    return "yes" if extra <= AT_MOST else "no"


def outside() -> float:
    """Microseconds that `numpy.zeros` costs more outside any context, once one was open: none."""
    before = np.zeros
    with arrayproto.using("numpy"), arrayproto.using("torch"):
        pass
    return 0.0 if np.zeros is before else float("nan")


def table() -> Iterator[str]:
    """The lines of results/creation.md."""
    how = "Python alone" if accelerator.sites is None else "with the C code"
    libraries = ", ".join(f"{name} {version(name)}" for name in ("torch", "jax", "dask", "sparse"))
    yield "# Creation within a context"
    yield ""
    yield (
        f"`python -m benchmarks.creation`, {datetime.date.today()}, Python {platform.python_version()}, "
        f"{how}, NumPy {np.__version__}, {libraries}. The goal is at most {AT_MOST} µs above the library's "
        "own call. Outside any context NumPy's functions are the identical objects: "
        f"{'yes' if outside() == 0 else 'no'}."
    )
    yield ""
    yield "| within `using` | the library's own | µs | µs above it | ratio | reached |"
    yield "|---|---|---:|---:|---:|---|"
    for row in ROWS:
        own, extra, half = measure(row)
        yield (
            f"| {row}: `{row.ours}` | `{row.own}` | {own:.2f} | {extra:+.2f} ± {half:.2f} | "
            f"{1 + extra / own:.2f} | {_verdict(extra, half)} |"
        )


def main() -> int:
    for line in table():
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
