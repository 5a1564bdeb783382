"""Calls that are known not to give NumPy's answer: (library, function, call id) to the reason.

The library is "sparse" or "dask".
"""

GAPS: dict[tuple[str, str, str], str] = {}
