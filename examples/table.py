"""The programs of examples/programs, the sizes that they are run at, and which library can run them.

docs/programs.md is written from it, and the tests run what it says.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

FOLDER = Path(__file__).parent / "programs"

#: What `arrayproto.using` is given, so that the answers have NumPy's 64 bits.
LIBRARIES: dict[str, dict[str, object]] = {
    "cupy": {},
    "dask": {},
    "jax": {"dtype": "float64"},
    "torch": {},
    "sparse": {},
}


class Program(NamedTuple):
    """One program.

    Attributes
    ----------
    title : str
    quick : tuple
        Arguments of its main() for the tests, which need not take long.
    large : int
        Its first argument, for a run that keeps NumPy busy for some seconds.
    cannot : dict of str to (type, str)
        Libraries that cannot run it: how the error begins, and why.
    """

    title: str
    quick: tuple
    large: int
    cannot: dict[str, tuple[str, str]]


_NO_SVD = ("UnsupportedFunctionError", "singular vectors are dense: `np.linalg.svd` is refused")
_IMMUTABLE = ("TypeError", "it writes into slices, and JAX's arrays never change")

PROGRAMS: dict[str, Program] = {
    "fft_filter": Program("A tone found in noise, by FFT", (2048,), 2**24, {}),
    "heat": Program(
        "Heat on a plate, written into slices",
        (32, 15),
        4096,
        {
            "jax": _IMMUTABLE,
            "sparse": ("TypeError", "it writes into slices, and COO arrays never change"),
        },
    ),
    "kmeans": Program("k-means of handwritten digits", (1, 10, 3), 300, {}),
    "logistic": Program("Logistic regression by hand", (1, 6), 300, {}),
    "options": Program("Monte-Carlo prices of options", (2000, 8), 1_000_000, {}),
    "pagerank": Program("PageRank of a social graph", (1, 0.85, 8), 100, {}),
    "pca": Program("PCA of handwritten digits", (), 200, {"sparse": _NO_SVD}),
}


def load(name: str) -> ModuleType:
    """A fresh copy of a program's module."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def markdown() -> str:
    """The table of docs/programs.md."""
    lines = [
        "| program | " + " | ".join(("numpy", *LIBRARIES)) + " |",
        "|---" * (2 + len(LIBRARIES)) + "|",
    ]
    notes: list[str] = []
    for name, program in PROGRAMS.items():
        cells = ["yes"]
        for library in LIBRARIES:
            if library in program.cannot:
                error, why = program.cannot[library]
                notes.append(f"{len(notes) + 1}. {name} on {library}: {why} (`{error}`).")
                cells.append(f"no ({len(notes)})")
            else:
                cells.append("yes")
        link = f"[{name}](../examples/programs/{name}.py)"
        lines.append(f"| {link}: {program.title} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", *notes])
