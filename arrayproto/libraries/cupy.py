"""CuPy (https://docs.cupy.dev): NumPy's API on CUDA devices."""

from __future__ import annotations

from .library import Library, Renamed
from .shared import clip_of

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
    },
    to_host="get",
    from_host="asarray",
    advice="Call .get() where a NumPy array in host memory is what you want.",
)
