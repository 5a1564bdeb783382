"""CuPy (https://docs.cupy.dev): NumPy's API on CUDA devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .library import Derived, Library, Renamed, Row
from .unsupported import Unsupported


def _clip(
    a: Any,
    a_min: Any = None,
    a_max: Any = None,
    out: Any = None,
    *,
    min: Any = None,
    max: Any = None,
    **kwargs: Any,
) -> Any:
    """CuPy's own takes no `min` and `max`, the Array API's names of the bounds."""
    if min is not None or max is not None:
        if a_min is not None or a_max is not None:
            raise ValueError(
                "Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is "
                "forbidden."
            )
        a_min, a_max = min, max
    if out is not None:
        kwargs["out"] = out
    return cupy.namespace.clip(a, a_min, a_max, **kwargs)


def _differences() -> Mapping[str, Row]:
    from .shared import no_text

    return {
        "amax": Renamed("max"),
        "amin": Renamed("min"),
        "clip": _clip,
        "unravel_index": Renamed(arguments={"shape": "dims"}),
        "linalg.tensordot": Renamed("tensordot", {"x1": "a", "x2": "b"}),
        "linalg.outer": Renamed("outer", {"x1": "a", "x2": "b"}),
        # Its ufuncs' reduce and reduceat are there for a few ufuncs only.
        **{name: Derived() for name in ("matvec", "vecdot", "vecmat")},
        **no_text("cupy"),
        "isnat": Unsupported("CuPy has no dates", "keep dates in ndarrays: np.isnat(x.get())"),
        "spacing": Unsupported(
            "CuPy does not tell the distance to the next number",
            "np.nextafter(abs(x), np.inf) - abs(x)",
        ),
    }


cupy: Library = Library(
    name="cupy",
    module="cupy",
    array_class="ndarray",
    differences=_differences,
    to_host="get",
    from_host="asarray",
    advice="Call .get() where a NumPy array in host memory is what you want.",
)
