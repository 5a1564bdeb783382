"""TensorLy: its README and user guide."""

from __future__ import annotations

from typing import Any

import numpy as np

from .program import Make, imported, program, tensor


def _cp(found: Any) -> Any:
    weights, factors = found
    return [weights, *factors]


@program("tensorly")
def tensorly_unfold_and_fold(make: Make) -> Any:
    tl, x = imported("tensorly"), make(tensor())
    return tl.unfold(x, 0), tl.unfold(x, 2), tl.fold(tl.unfold(x, 1), 1, x.shape)


@program("tensorly")
def tensorly_mode_dot(make: Make) -> Any:
    algebra, x = imported("tensorly.tenalg"), make(tensor())
    factor = np.arange(15.0).reshape(3, 5)
    return algebra.mode_dot(x, factor, mode=1), algebra.multi_mode_dot(
        x, [np.ones(6), np.ones(4)], modes=[0, 2]
    )


@program("tensorly")
def tensorly_norm_and_inner(make: Make) -> Any:
    tl, x = imported("tensorly"), make(tensor())
    return tl.norm(x), tl.tenalg.inner(x, x)


@program("tensorly", reads=True)
def tensorly_parafac(make: Make) -> Any:
    decomposition = imported("tensorly.decomposition")
    return _cp(
        decomposition.parafac(make(tensor()), rank=2, init="random", random_state=0, n_iter_max=3)
    )


@program("tensorly", reads=True)
def tensorly_parafac_by_svd(make: Make) -> Any:
    decomposition, tl = imported("tensorly.decomposition"), imported("tensorly")
    return tl.cp_to_tensor(decomposition.parafac(make(tensor()), rank=3, n_iter_max=2))


@program("tensorly", reads=True)
def tensorly_non_negative_parafac(make: Make) -> Any:
    decomposition = imported("tensorly.decomposition")
    return _cp(
        decomposition.non_negative_parafac(
            make(tensor()), rank=2, init="random", random_state=0, n_iter_max=2
        )
    )


@program("tensorly", reads=True)
def tensorly_tucker(make: Make) -> Any:
    decomposition, tl = imported("tensorly.decomposition"), imported("tensorly")
    return tl.tucker_to_tensor(decomposition.tucker(make(tensor()), rank=[2, 3, 2], n_iter_max=2))


@program("tensorly", reads=True)
def tensorly_tensor_train(make: Make) -> Any:
    decomposition, tl = imported("tensorly.decomposition"), imported("tensorly")
    return tl.tt_to_tensor(decomposition.tensor_train(make(tensor()), rank=[1, 3, 2, 1]))
