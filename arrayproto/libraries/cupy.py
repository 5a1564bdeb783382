"""CuPy (https://docs.cupy.dev): NumPy's API on CUDA devices.

Its own functions come first. What they refuse, lists and ndarrays beside its arrays among it, goes
by way of the core in `cupy_core`; ndarrays are copied to the device for that, and nothing from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .array_api import Dtypes, NumPyDtypes
from .library import Library
from .rows import Derived, OfCore, Renamed, Row
from .unsupported import Unsupported


def _refusals(cupy: Any) -> tuple[type[Exception], ...]:
    """Not RuntimeError: what CUDA has to say is no refusal."""
    from cupy.cuda.compiler import CompileException

    return (
        *(TypeError, ValueError, IndexError, AttributeError, NotImplementedError),
        # A kernel for a dtype that it cannot be compiled for, and a division by an empty axis.
        *(CompileException, ZeroDivisionError, OverflowError, RecursionError),
    )


def _core(cupy: Any, dtypes: Dtypes) -> Mapping[str, Callable[..., Any]]:
    from .cupy_core import core  # when it is needed: many programs have no CuPy

    return core(cupy, dtypes)


def _differences() -> Mapping[str, Row]:
    from .cupy_core import checked
    from .cupy_own import OWN
    from .shared import no_text

    return {
        "amax": Renamed("max"),
        "amin": Renamed("min"),
        "linalg.tensordot": Renamed("tensordot", {"x1": "a", "x2": "b"}),
        **{f"linalg.{name}": Renamed(named=True) for name in ("eigh", "qr", "slogdet")},
        # NumPy has real ones where all are real, until 2.5.
        **{f"linalg.{name}": OfCore() for name in ("eig", "eigvals")},
        "linalg.svd": Renamed(named=True),
        # CuPy goes on with whatever the solver left behind.
        **{f"linalg.{name}": checked(name) for name in ("cholesky", "inv", "solve")},
        # It takes these, and does something else.
        "cov": Renamed(refused=frozenset({"aweights", "fweights"})),
        **{name: Renamed(refused=frozenset({"dtype"})) for name in ("std", "var")},
        **OWN,
        # Of empty arrays it reads memory that is not there; it takes any number for a quantile,
        # and NaN for the largest.
        **{name: OfCore() for name in ("percentile", "quantile")},
        # NaN, empty arrays, or small integers have other answers.
        **{name: OfCore() for name in ("i0", "ix_", "min_scalar_type", "nanstd", "nanvar", "sinc")},
        # The imaginary part is NaN where a complex number is zero.
        "log2": OfCore(),
        # It does not look for what NumPy has an error for, and other functions wait for the device
        # in these too.
        **{
            name: OfCore()
            for name in (
                "compress",
                "delete",
                "digitize",
                "extract",
                "nanargmax",
                "nanargmin",
                "ravel_multi_index",
            )
        },
        # Of Hermitian matrices only.
        "poly": OfCore(),
        # It takes no functions.
        "piecewise": Derived(),
        # Its ufuncs' reduce and reduceat are there for a few ufuncs only.
        **{name: OfCore() for name in ("matvec", "vecdot", "vecmat")},
        **{f"ufunc.{method}": OfCore() for method in ("at", "reduceat")},
        **no_text("cupy"),
        "isnat": Unsupported("CuPy has no dates", "keep dates in ndarrays: np.isnat(x.get())"),
    }


cupy: Library = Library(
    name="cupy",
    module="cupy",
    array_class="ndarray",
    parts=("cupyx",),
    dtypes=lambda namespace: NumPyDtypes(),
    core=_core,
    refusals=_refusals,
    differences=_differences,
    to_host="get",
    from_host="asarray",
    advice="Call .get() where a NumPy array in host memory is what you want.",
)
