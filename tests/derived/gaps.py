"""Calls that are known not to give NumPy's answer: (library, function, call id) to the reason.

The library is "sparse" or "dask".
"""

GAPS: dict[tuple[str, str, str], str] = {
    ("dask", "cov", "float32"): "dask.array.cov computes in float64 whatever dtype= says",
    ("dask", "argsort", "0-d"): "there is no axis to make one chunk of; NumPy answers with 0",
}
