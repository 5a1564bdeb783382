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
        "import mxnet raises AttributeError: it asks numpy for names that are gone (PZERO, msort,"
        " in1d, trapz and others; its metadata says numpy<2). arrayproto.adopt('mxnet') before "
        "the import puts 21 back while it is imported; plain calls of NumPy on arrays of "
        "mxnet.numpy are then MXNet's own, since that class has a protocol. There is no adapter: "
        "what MXNet lacks is not derived",
    ),
    Tried(
        "ndonnx",
        "0.23.0",
        "2026-11-27",
        "arrayproto conformance ndonnx:Array --activate --from-numpy ndonnx:asarray --to-numpy "
        "arrayproto.testing.peers:unwrapped: its class alone; the calls that had not been right "
        "before, half of the others of their functions and a tenth of the rest again; with "
        "onnxruntime 1.32.0, Python 3.11 and NumPy 2.4.6",
        "287 of 365 functions wholly right (268 before its cumulative products, broadcasting "
        "errors and quotients by zero were seen to). Decompositions and Fourier transforms are "
        "refused, since its namespace has none, or in name only; sin and its like are computed in"
        " single precision; there are no complex numbers. Of arrays without values, arguments of "
        "a program that is traced, what truly needs a value (np.lib.scimath) raises its "
        "ValueError, and lengths that values decide are refused",
    ),
    Tried(
        "blosc2",
        "4.14.1",
        "2026-11-27",
        "arrayproto conformance blosc2:NDArray --activate --from-numpy blosc2:asarray --to-numpy "
        "arrayproto.testing.peers:decompressed --also blosc2:LazyExpr: its class alone, Python "
        "3.11 and NumPy 2.4.6",
        "308 of 365 functions wholly right (stock 13). Its functions give expressions (LazyExpr) "
        "and ndarrays, which are brought into the class; nonzero and others are not there, "
        "reshape takes vectors only, and concat of an array without elements ends the process: "
        "these are composed. Decompositions and Fourier transforms are refused: they are there in"
        " name only. x[i], which the program itself writes, is an ndarray, and arcsin, arccos and"
        " arctanh of complex numbers have other branches",
    ),
    Tried(
        "cubed",
        "0.27.0",
        "2026-11-27",
        "the same of cubed.Array, every twelfth call, Python 3.11 and NumPy 2.4.6",
        "381 of 461 calls are right, 68 refused; 223 of 282 functions wholly right, 271 right or "
        "refused (gcd and lcm left out: their plans are long). It says that no shape depends on "
        "values, so it is taken for lazy: what needs a value is refused, and nothing is computed."
        " argsort, nonzero and fft are not there. Its take puts indices in order, so that "
        "np.insert is wrong",
    ),
    Tried(
        "cupynumeric",
        "nvidia-cupynumeric 26.6.1, legate 26.6.1",
        "2026-11-27",
        "pip install --no-deps of both, on x86-64 Linux with Python 3.11 and without a GPU",
        "import cupynumeric raises ImportError: libcuda.so.1, of NVIDIA's driver, is not there. "
        "Its class has __array_function__, __array_ufunc__ and __array_namespace__ of its own. "
        "Not tried on a GPU",
    ),
)


def text(markdown: bool = False) -> str:
    """The attempts, a paragraph each."""
    head = "## Tried, without an adapter\n\n" if markdown else "Tried, without an adapter\n"
    return head + "".join(
        f"{one.library} {one.version} ({one.date}): {one.how}. {one.seen}.\n" for one in TRIED
    )
