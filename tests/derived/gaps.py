"""Calls that are known not to give NumPy's answer: (library, function, call id) to the reason.

The library is "sparse" or "dask", or "gcxs" where only that format is concerned.
"""

GAPS: dict[tuple[str, str, str], str] = {
    ("dask", "cov", "float32"): "dask.array.cov computes in float64 whatever dtype= says",
    ("dask", "argsort", "0-d"): "there is no axis to make one chunk of; NumPy answers with 0",
    ("gcxs", "median", "0-d"): "sparse.GCXS cannot be reshaped from no axes to one",
    ("gcxs", "quantile", "0-d"): "sparse.GCXS cannot be reshaped from no axes to one",
    ("gcxs", "percentile", "0-d"): "sparse.GCXS cannot be reshaped from no axes to one",
}
