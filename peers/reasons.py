"""Why tests of peers end otherwise with arrayproto active: known, or else a bug of ours."""

from __future__ import annotations

import re
from typing import NamedTuple


class Reason(NamedTuple):
    """A group of tests, by a regular expression for their names, and why they change."""

    peer: str
    tests: str
    why: str


REASONS: tuple[Reason, ...] = (
    Reason(
        "dask.array",
        r"::test_stack_functions_require_sequence_of_arrays\[",
        "intended: `np.hstack(x)` and its kin of one Dask array give what NumPy gives, where Dask "
        "itself refuses.",
    ),
    Reason(
        "dask.array",
        "::test_array_notimpl_function_dask|::test_non_existent_func",
        "intended: stock Dask warns, computes the array and gives an ndarray of it. With arrayproto "
        "the function is there, and nothing is computed.",
    ),
    Reason(
        "sparse",
        "::test_ndarray_densification_fails",
        "intended: a sparse array and an ndarray of which every element counts give an array of "
        "sparse that stores all of them, where sparse itself refuses.",
    ),
    Reason(
        "sparse",
        "::test_reductions_float16",
        "chance: the numbers are drawn anew each time, and a sum in float16 that sparse expects to "
        "be inexact is exact for some; so it is in stock sparse.",
    ),
    Reason(
        "xarray",
        r"test_sparse\.py::test_(variable|dataarray)_method",
        "intended: xarray expects these to fail on sparse arrays, since sparse lacks the function. "
        "With arrayproto it is there, and they pass.",
    ),
)


def reason_for(peer: str, test: str, message: str) -> str:
    """The reason of a changed test, or an empty string."""
    for reason in REASONS:
        if reason.peer == peer and re.search(reason.tests, test):
            return reason.why
    return ""
