"""Libraries that were tried and have no adapter: what was seen, and when.

``python -m arrayproto coverage`` prints it below the tables.
"""

from __future__ import annotations

from typing import NamedTuple


class Tried(NamedTuple):
    """One attempt.

    Attributes
    ----------
    library, version, date : str
    how : str
        What was done.
    seen : str
        What came of it.
    """

    library: str
    version: str
    date: str
    how: str
    seen: str


TRIED = (
    Tried(
        "mxnet",
        "1.9.1, the last one",
        "2026-11-27",
        "pip install --no-deps, on x86-64 Linux with Python 3.11 and NumPy 2.4.6",
        "import mxnet raises AttributeError: it asks numpy for names that are gone (PZERO, msort, "
        "in1d, trapz and others; its metadata says numpy<2). arrayproto.adopt('mxnet') before the "
        "import puts 21 back while it is imported; plain calls of NumPy on arrays of mxnet.numpy "
        "are then MXNet's own, since that class has a protocol. There is no adapter: what MXNet "
        "lacks is not derived",
    ),
    Tried(
        "ndonnx",
        "0.23.0",
        "2026-11-27",
        "arrayproto.activate(ndonnx.Array), its class alone; every fourth of the judged calls but "
        "those with complex numbers, which it has not got, Python 3.11 and NumPy 2.4.6",
        "1341 of 1476 calls are right, and all of 413 of 489 functions. Fourier transforms and "
        "np.conjugate raise its NotImplementedError, decompositions (svd, qr, eigh, solve) are "
        "refused by name, since its namespace has none, its cumulative_prod gives NaN for "
        "negative products, and sin and its like are computed in single precision",
    ),
    Tried(
        "blosc2",
        "4.14.1",
        "2026-11-27",
        "arrayproto.activate(blosc2.NDArray) and arrayproto.register(blosc2.NDArray), its class "
        "alone, Python 3.11 and NumPy 2.4.6",
        "both raise a TypeError with the reason: functions of its namespace give expressions "
        "(LazyExpr) and ndarrays, reshape takes vectors only, nonzero, searchsorted and flip are "
        "not there, and concat of an array without elements ends the process (SIGFPE). With the "
        "adapter examples/blosc2_adapter.py, of 100 lines, it works",
    ),
)


def text(markdown: bool = False) -> str:
    """The attempts, a paragraph each."""
    head = "## Tried, without an adapter\n\n" if markdown else "Tried, without an adapter\n"
    return head + "".join(
        f"{one.library} {one.version} ({one.date}): {one.how}. {one.seen}.\n" for one in TRIED
    )
