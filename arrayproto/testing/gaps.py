"""Calls that are known not to give NumPy's answer, each with its reason.

A gap is a call that is neither right nor refused with one of our errors, and that this project
could not mend. A call that gives NumPy's answer again must be taken out: the tests say so.
"""

from __future__ import annotations

#: (subject, expression) to the reason. A library's name stands for all its subjects.
GAPS: dict[tuple[str, str], str] = {
    **{
        (library, "np.lexsort([a, -a])"): "NumPy looks for arrays among the keys in a tuple only"
        for library in ("sparse", "dask", "jax", "cupy")
    },
    ("sparse", "np.isfortran(m.T)"): "an array of sparse has no strides, so it is in neither order",
    (
        "sparse",
        'np.lib.recfunctions.repack_fields(r[["y"]])',
    ): "sparse has no index of several fields",
    # np.poly and np.roots give NumPy's dispatcher the elements of a vector, and not the vector.
    **{
        ("sparse", expression): "NumPy looks for arrays among the elements only"
        for expression in (
            "np.poly(k)",
            "np.poly(qv)",
            "np.poly(x)",
            "np.poly(zv[:3])",
            "np.poly([k[0], 1, 2])",
            "np.poly(fm[:, 0])",
            "[roots := np.roots(k), np.sort(roots)][1:]",
            "[roots := np.roots(qv), np.sort(roots)][1:]",
            "[roots := np.roots([1, k[0], -3]), np.sort(roots)][1:]",
            "[roots := np.roots(v), np.sort(roots)][1:]",
            "[roots := np.roots(iv), np.sort(roots)][1:]",
            "np.roots(v * 0)",
            "np.roots(k[:1])",
            "np.roots(ev)",
        )
    },
    ("jax", "np.roots(ev)"): "NumPy looks for arrays among the elements only",
    ("jax", "np.round(um, -1)"): "NumPy's rounding of 255 to tens overflows to 4, JAX's does not",
    **{
        ("jax", expression): "JAX's arrays take no list as an index"
        for expression in (
            "np.partition(iv, [1, 3])[[1, 3]]",
            'np.partition(v, (0, 5), kind="introselect")[[0, 5]]',
            "np.argpartition(-a, [1, 3])[[1, 3]]",
        )
    },
}

#: Of array-api-strict, by reason.
_OF_STRICT: dict[str, tuple[str, ...]] = {
    "the standard's arrays are indexed on every axis, by integers and slices": (
        "[parts := np.linalg.svd(t, full_matrices=False), "
        "parts[0] * parts[1][:, None] @ parts[2]][1:]",
        "np.partition(m, 1, axis=0)[1]",
        "np.partition(t, kth=1, axis=1)[:, 1]",
        "np.partition(iv, [1, 3])[[1, 3]]",
        'np.partition(v, (0, 5), kind="introselect")[[0, 5]]',
        "np.partition(t, 0, axis=0)[0]",
        "np.argpartition(q, 0, axis=0)[0]",
        "np.argpartition(-a, [1, 3])[[1, 3]]",
    ),
    "NumPy iterates over its argument before it asks anybody; the standard's arrays cannot be": (
        "np.concatenate(t)",
        "np.concatenate(m)",
        "np.stack(m)",
        "np.poly(q)",
        "np.poly(m)",
        "np.poly(t)",
        "np.poly(ev)",
        "np.roots(ev)",
        "np.roots(m)",
        "np.ravel_multi_index(np.stack((x, x)), (3, 4))",
    ),
    "the operator is array_api_strict's, which takes no booleans, or numbers of NumPy": (
        "np.trim_zeros(m * (m < -1))",
        "np.trim_zeros(m * (m < -1), axis=1)",
        "np.isclose(fm, fm * np.float32(1.5), rtol=0.5)",
    ),
    "NumPy looks for arrays among the keys in a tuple only": ("np.lexsort([a, -a])",),
}
GAPS |= {
    ("array-api-strict", expression): reason
    for reason, expressions in _OF_STRICT.items()
    for expression in expressions
}

_OF_DASK = {
    "dask.array asks for the length of an array that is not known yet": (
        "np.roots(ev)",
        "np.intersect1d(iv, x, return_indices=True)",
        "np.intersect1d(a, a - 0.5, True, True)",
    ),
    "dask.array.unique takes NaN for a value that is nowhere": (
        "np.unique(nm, return_inverse=True)",
    ),
    "Dask declares the length that minlength= says, and values may make it longer": (
        "np.bincount(np.abs(iv), minlength=2)",
    ),
    "whether the weights sum to zero depends on values not computed yet": (
        "np.average(v, weights=v * 0)",
    ),
    "Dask gives the function a copy, into which it writes for nothing": (
        "np.pad(v, [1, 1], lambda row, width, axis, how: row.__setitem__(slice(0, width[0]), 5.0))",
    ),
    "a Dask array is many arrays, and in no order": ("np.isfortran(m.T)",),
}
GAPS |= {
    ("dask", expression): reason
    for reason, expressions in _OF_DASK.items()
    for expression in expressions
}
_OF_TORCH = {
    "a tensor's dtype is torch's, and NumPy's functions of dtypes are asked by nobody": (
        "np.empty_like(m, dtype=np.float32).dtype",
        "np.empty_like(bt).dtype",
        "np.empty((2, 3), dtype=int, like=v).dtype",
        "np.promote_types(v.dtype, iv.dtype)",
        "np.issubdtype(fv.dtype, np.floating)",
        'np.isdtype(uv.dtype, "unsigned integer")',
    ),
    "PyTorch has no dtype of dates": (
        'np.isnat(np.astype(iv, "M8[D]"))',
        'np.isnat(np.astype(im, "m8[s]"))',
    ),
    "a tensor is in no order that NumPy's function is told of": ("np.isfortran(m.T)",),
    "NumPy looks for arrays among the elements only": ("np.poly(ev)", "np.roots(ev)"),
    "NumPy looks for arrays among the keys in a tuple only": ("np.lexsort([a, -a])",),
}
GAPS |= {
    ("torch", expression): reason
    for reason, expressions in _OF_TORCH.items()
    for expression in expressions
}
_OF_CUPY = {
    "CuPy compares slices one by one, on the host": (
        "np.unique(np.concatenate((m, m[1:2])), axis=0)",
        "np.unique(np.concatenate((m, m[:, :2]), axis=1), axis=1)",
        "np.unique(np.concatenate((im, im[:1])), axis=0, return_index=True, return_inverse=True, "
        "return_counts=True)",
        "np.unique(im, axis=-1)",
        "np.unique(em, axis=1)",
    ),
    "NumPy looks for arrays among the elements only": ("np.roots(ev)",),
    "CuPy holds records, and has no order of them": (
        'np.argsort(r, order=["n", "y"])',
        'np.sort(r, order="n")',
        "np.unique(r)",
    ),
    "CuPy has no dtype of dates": (
        'np.isnat(np.astype(iv, "M8[D]"))',
        'np.isnat(np.astype(im, "m8[s]"))',
    ),
    "NumPy writes into out= while it still reads from it": (
        "np.cumulative_prod(v[:5], include_initial=True, out=v), v",
    ),
    "CuPy convolves by way of Fourier transforms, which spread NaN": ("np.convolve(nv, k)",),
    "NumPy divides by zero, with another outcome for each processor": (
        "np.reciprocal(iv, out=v), v",
    ),
}
GAPS |= {
    ("cupy", expression): reason
    for reason, expressions in _OF_CUPY.items()
    for expression in expressions
}
#: Of CUDA alone: a subject, and not its library.
GAPS |= {
    ("torch-cuda", "np.linalg.cholesky(iq @ iq.T)"): "CUDA has no products of integers: `@` is "
    "PyTorch's own",
}

_OF_TENSORFLOW = {
    "the operator is TensorFlow's, which promotes nothing; a product with booleans is an 'and'": (
        "np.real_if_close(v + 0j)",
        "np.real_if_close(a=v + 1e-17j, tol=1000)",
        "np.real_if_close(v + 1e-8j, tol=1e-6)",
        "[parts := np.linalg.svd(zm, full_matrices=False), parts.U * parts.S @ parts.Vh][1:]",
        *(
            f"np.{name}(nm * 1j, axis=0)"
            for name in ("nansum", "nanprod", "nanmean", "nanstd", "nanvar")
        ),
        "np.polyfit(a, a + 1j, 1)",
        "np.interp(v, a, a + 1j)",
        "np.trim_zeros(m * (m < -1))",
        "np.trim_zeros(m * (m < -1), axis=1)",
        "np.argmax(-uv)",
    ),
    "a tensor's shape is a TensorShape, which is equal to the tuple": (
        "[parts := np.linalg.svd(m), parts.U.shape, parts.Vh.shape][1:]",
    ),
    "eigenvalues are in no order, and TensorFlow's is not LAPACK's": (
        "np.linalg.eigvals(p)",
        "np.linalg.eigvals(q)",
        "np.linalg.eigvals(zp)",
        "np.linalg.eigvals(np.stack([p, q]))",
    ),
    "a tensor takes no list as an index": (
        "np.partition(iv, [1, 3])[[1, 3]]",
        'np.partition(v, (0, 5), kind="introselect")[[0, 5]]',
        "np.argpartition(-a, [1, 3])[[1, 3]]",
    ),
    "NumPy looks for arrays among the elements only": ("np.poly(ev)", "np.roots(ev)"),
    "NumPy looks for arrays among the keys in a tuple only": ("np.lexsort([a, -a])",),
}
GAPS |= {
    ("tensorflow", expression): reason
    for reason, expressions in _OF_TENSORFLOW.items()
    for expression in expressions
}

GAPS |= {
    ("mlx", expression): "MLX computes this in single precision, whatever the dtype"
    for expression in (
        "np.polynomial.laguerre.lagweight(t / 8)",
        "np.polynomial.hermite.hermweight(t / 8)",
        "np.polynomial.hermite_e.hermeweight(t / 8)",
        "np.i0(im)",
        "np.sinc(im)",
        "np.linalg.det(np.stack([p, q]))",
    )
}
GAPS["mlx", "np.lib.scimath.power(fm, host.fm)"] = "MLX's complex power of zero is NaN"
_OF_AUTOGRAD = {
    "autograd's boxes have no such attribute": (
        "[parts := np.linalg.eigh(zp), parts[1] * parts[0] @ parts[1].conj().T][1:]",
        "np.allclose(zm, zm.real)",
        "np.isclose(zm, zm.real, atol=0.5)",
        "np.iscomplexobj(zm.real)",
        "np.real_if_close(zm.real + 0j)",
    ),
    "autograd's boxes have no such operator": (
        "np.bincount(uv // 64)",
        "np.left_shift(im, um // 64)",
        "np.right_shift(im, um // 64)",
        "np.reciprocal(um | 1)",
    ),
    "autograd's boxes hold arrays of integers, and no integer, which is what indexing gives": (
        "np.poly(x)",
        "[roots := np.roots(iv), np.sort(roots)][1:]",
        "np.choose(is_ - 2, [m, im])",
        "np.unique_values(iv).sum()",
    ),
}
GAPS |= {
    ("autograd", expression): reason
    for reason, expressions in _OF_AUTOGRAD.items()
    for expression in expressions
}


def known_gap(subject: str, library: str, expression: str) -> str | None:
    """The reason why a call is known to differ, or None."""
    return GAPS.get((subject, expression)) or GAPS.get((library, expression))
