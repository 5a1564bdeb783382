"""Whose suites are run, where they are, and which part of each.

A suite comes with the installed distribution, or out of its source distribution, which is
downloaded at the version that is installed. Nothing of them is kept here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Peer(NamedTuple):
    """One suite.

    Attributes
    ----------
    name : str
        What it is called here.
    distribution : str
        Whose suite it is; its version is told.
    modules : tuple of str
        Modules or packages of tests below `package`.
    package : str
        The installed package that holds them; empty if they are only in the source distribution.
    source : str
        The folder of the source distribution that holds them, else.
    libraries : tuple of str
        What the program imports beside the suite, so that activation changes anything at all.
    select : str
        pytest's ``-k``.
    arguments : tuple of str
        More for pytest.
    environment : mapping of str to str
        Variables that the suite reads.
    """

    name: str
    distribution: str
    modules: tuple[str, ...]
    package: str = ""
    source: str = ""
    libraries: tuple[str, ...] = ()
    select: str = ""
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = MappingProxyType({})


def _tests(folder: str, names: str) -> tuple[str, ...]:
    return tuple(f"{folder}.test_{name}" for name in names.split())


#: NumPy alone gives activation nothing to do: it must be a program with other arrays in it.
_OTHERS = ("sparse", "dask.array", "jax", "autograd.numpy")

PEERS = (
    Peer(
        "numpy.lib",
        "numpy",
        _tests(
            "lib.tests",
            "array_utils arraypad arraysetops function_base histograms index_tricks mixins "
            "nanfunctions polynomial recfunctions shape_base stride_tricks twodim_base type_check "
            "ufunclike utils",
        ),
        package="numpy",
        libraries=_OTHERS,
    ),
    Peer(
        "numpy._core",
        "numpy",
        _tests(
            "_core.tests",
            "array_interface arrayprint conversion_utils einsum function_base indexing "
            "item_selection multiarray numeric numerictypes overrides protocols records "
            "shape_base ufunc",
        ),
        package="numpy",
        libraries=_OTHERS,
        # Others write gigabytes, or take minutes.
        select="not large and not largish and not huge",
        arguments=("-m", "not slow"),
    ),
    Peer("numpy.linalg", "numpy", ("linalg.tests",), package="numpy", libraries=_OTHERS),
    Peer("numpy.fft", "numpy", ("fft.tests",), package="numpy", libraries=_OTHERS),
    Peer("numpy.polynomial", "numpy", ("polynomial.tests",), package="numpy", libraries=_OTHERS),
    Peer("numpy.ma", "numpy", ("ma.tests", "matrixlib.tests"), package="numpy", libraries=_OTHERS),
    Peer(
        "sparse",
        "sparse",
        ("numba_backend.tests",),
        package="sparse",
    ),
    Peer(
        "dask.array",
        "dask",
        ("array.tests",),
        package="dask",
        select="not cupy",
    ),
    Peer(
        "xarray",
        "xarray",
        _tests(
            "tests",
            "array_api duck_array_ops duck_array_wrapping namedarray nputils sparse ufuncs",
        ),
        package="xarray",
        select="not cupy",
        libraries=("sparse", "dask.array"),
    ),
    Peer("astropy.units", "astropy", ("units.tests",), package="astropy", libraries=_OTHERS),
    Peer(
        "pint",
        "pint",
        _tests("testsuite", "numpy numpy_func compat compat_downcast compat_upcast dask umath"),
        package="pint",
        libraries=("sparse", "dask.array"),
    ),
    Peer("unyt", "unyt", ("tests",), package="unyt", libraries=("sparse", "dask.array")),
    Peer("autograd", "autograd", ("",), source="tests"),
    Peer(
        "jax, by chex",
        "chex",
        ("_src.asserts_test", "_src.dimensions_test", "_src.fake_test"),
        package="chex",
        libraries=("jax",),
    ),
    Peer(
        "opt_einsum",
        "opt_einsum",
        _tests("tests", "backends blas edge_cases input sharing"),
        package="opt_einsum",
        select="not cupy",
    ),
    Peer(
        "einops",
        "einops",
        _tests("tests", "einsum ops other packing"),
        package="einops",
        environment={"EINOPS_TEST_BACKENDS": "numpy,torch,jax"},
    ),
    Peer(
        "scipy, by the Array API",
        "scipy",
        (
            *_tests("cluster.tests", "hierarchy vq"),
            *_tests("fft.tests", "basic helper"),
            *_tests("special.tests", "logsumexp"),
            *_tests("stats.tests", "entropy variation"),
        ),
        package="scipy",
        environment={
            "SCIPY_ARRAY_API": '["numpy", "torch", "jax.numpy", "dask.array", "array_api_strict"]'
        },
    ),
    Peer(
        "scipy.stats",
        "scipy",
        _tests("stats.tests", "correlation entropy morestats rank variation"),
        package="scipy",
        libraries=_OTHERS,
    ),
)
