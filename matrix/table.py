"""Which versions are put together, and which tests each combination runs."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.13t", "3.14t")
#: NumPy's releases, and the Pythons that each has wheels for.
NUMPYS = {
    "2.0": ("3.11", "3.12"),
    "2.2": ("3.11", "3.12", "3.13", "3.13t"),
    "2.4": PYTHONS,
    "newest": PYTHONS,
}
#: Libraries of the extras that are small enough to be installed many times.
EXTRAS = ("sparse", "dask", "autograd", "xarray", "consumers", "cli")

#: Tests that need NumPy alone.
ALONE = (
    "tests/dispatch/test_numpys_own.py",
    "tests/dispatch/test_numpy_contract.py",
    "tests/dispatch/test_function_object.py",
    "tests/test_accelerator.py",
    "tests/test_catalog.py",
    "tests/test_namespace.py",
    "tests/test_registration.py",
    "tests/test_reasons.py",
)
#: Tests of sparse, Dask, autograd and xarray.
WITH_LIBRARIES = (
    "tests/fuzz",
    "tests/test_activation.py",
    "tests/test_bridge.py",
    "tests/test_errors.py",
    "tests/test_future_numpy.py",
    "tests/test_ufuncs.py",
    "tests/test_xarray.py",
)


class Combination(NamedTuple):
    """One environment.

    Attributes
    ----------
    python, numpy : str
        A version, ``"3.13t"`` being the free-threaded build; a key of `NUMPYS`.
    libraries : {"none", "oldest", "newest"}
    """

    python: str
    numpy: str
    libraries: str

    def __str__(self) -> str:
        return f"py{self.python}-numpy{self.numpy}-{self.libraries}"

    @property
    def requirements(self) -> list[str]:
        """What is installed beside arrayproto."""
        numpy = "numpy" if self.numpy == "newest" else f"numpy=={self.numpy}.*"
        libraries = [] if self.libraries == "none" else requirements(self.libraries == "oldest")
        return [numpy, "pytest", "hypothesis", *libraries]

    @property
    def tests(self) -> tuple[str, ...]:
        """The files of tests that it runs."""
        return ALONE if self.libraries == "none" else WITH_LIBRARIES


def requirements(oldest: bool) -> list[str]:
    """What the extras ask for; with `oldest`, at the lowest version that they allow."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found = [one for extra in EXTRAS for one in project["optional-dependencies"][extra]]
    return [one.replace(">=", "==") if oldest else one for one in dict.fromkeys(found)]


#: NumPy alone everywhere, and the libraries at both ends.
COMBINATIONS = (
    *(
        Combination(python, numpy, "none")
        for python, numpy in itertools.product(PYTHONS, NUMPYS)
        if python in NUMPYS[numpy]
    ),
    Combination("3.11", "2.0", "oldest"),
    Combination("3.12", "2.0", "oldest"),
    Combination("3.12", "newest", "newest"),
    Combination("3.13", "newest", "newest"),
    Combination("3.14", "newest", "newest"),
)
