"""sparse (https://sparse.pydata.org): COO, GCXS and DOK arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .library import Library
from .rows import Renamed, Row
from .unsupported import Unsupported


def _differences() -> Mapping[str, Row]:
    # Imported when they are needed: most programs have one library, and many none.
    from . import (
        sparse_creation,
        sparse_elements,
        sparse_linalg,
        sparse_order,
        sparse_places,
        sparse_products,
        sparse_reductions,
        sparse_running,
        sparse_shape,
        sparse_statistics,
        sparse_text,
        sparse_ufuncs,
        sparse_values,
    )

    return {
        **sparse_creation.ROWS,
        **sparse_elements.ROWS,
        **sparse_linalg.ROWS,
        **sparse_order.ROWS,
        **sparse_places.ROWS,
        **sparse_products.ROWS,
        **sparse_reductions.ROWS,
        **sparse_running.ROWS,
        **sparse_shape.ROWS,
        **sparse_statistics.ROWS,
        **sparse_values.ROWS,
        **sparse_ufuncs.ROWS,
        **sparse_text.ROWS,
        "around": Renamed("round"),
        # They take out= and do not write to it.
        "isneginf": Renamed(refused=frozenset({"out"})),
        "isposinf": Renamed(refused=frozenset({"out"})),
    }


def _write(out: Any, values: Any) -> None:
    from .sparse_ufuncs import write

    write(out, values)


sparse = Library(
    name="sparse",
    module="sparse",
    array_class="SparseArray",
    differences=_differences,
    reasons={
        "writing files": Unsupported(
            "it writes the memory of an ndarray to a file",
            "sparse.save_npz(file, x), and sparse.load_npz(file) to read it again",
        ),
    },
    to_host="todense",
    from_host="COO.from_numpy",
    advice="Call .todense() where a dense NumPy array is what you want.",
    operators=("__matmul__", "__rmatmul__"),
    write=_write,
)
