"""One unchanged function on NumPy, sparse and Dask.

pip install 'arrayproto[sparse,dask]' && python examples/quickstart.py
"""

import dask.array as da
import numpy as np
import sparse

import arrayproto


def standardised(x):
    """Plain NumPy: columns by their spread, the last first, beside their totals."""
    scaled = x / np.maximum(np.std(x, 0, ddof=1), 1e-9)
    return np.vstack([np.flip(scaled, 1), np.sum(scaled, 0, keepdims=True)])


counts = np.random.default_rng(0).poisson(0.2, size=(1000, 50))
on_sparse = sparse.COO.from_numpy(counts)
on_dask = da.from_array(counts, chunks=(250, 50))

arrayproto.activate("sparse", "dask")
print(arrayproto.status())

expected = standardised(counts)
for x in (on_sparse, on_dask):
    result = standardised(x)
    print(type(result))
    # Nothing was converted on the way; here we ask for it, by the library's own name.
    values = result.todense() if isinstance(result, sparse.COO) else result.compute()
    np.testing.assert_allclose(values, expected)

arrayproto.deactivate()
