"""CuPy (https://docs.cupy.dev): NumPy's API on CUDA devices."""

from __future__ import annotations

from .library import Derived, Library, Renamed
from .reasons import Unsupported
from .shared import clip_of, no_text

cupy: Library = Library(
    name="cupy",
    module="cupy",
    array_class="ndarray",
    differences={
        "amax": Renamed("max"),
        "amin": Renamed("min"),
        "clip": clip_of(lambda: cupy.namespace.clip),
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
    },
    to_host="get",
    from_host="asarray",
    advice="Call .get() where a NumPy array in host memory is what you want.",
)
