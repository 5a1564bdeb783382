"""The core (see `arrayproto.derived.core`) of autograd: functions that its tape records.

Where autograd's own derivatives hold for every argument of the core's simple form, the function is
autograd's. Elsewhere (a product with a zero in it, choices that broadcast, QR) it is a primitive
made here, in the way that autograd documents for its users. Derivatives are written with functions
that are differentiable themselves, so that they nest.

What has no derivative, an order or a count or an integer, is computed on the values alone, and is
no box: so autograd has it too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd.builtins import SequenceBox
from autograd.extend import defjvp, defjvp_argnum, defvjp, defvjp_argnum, primitive
from autograd.numpy.linalg import grad_svd
from autograd.numpy.numpy_vjps import match_complex, unbroadcast_f
from autograd.tracer import getval, isbox

from ..errors import UnsupportedArgumentError

Call = Callable[..., Any]


def plain(value: Any) -> Any:
    """A value without its boxes, those in lists and dicts included."""
    if isbox(value):
        return plain(getval(value))
    if type(value) in (list, tuple):
        return type(value)(map(plain, value))
    if type(value) is dict:
        return {key: plain(item) for key, item in value.items()}
    return value


def items(value: Any) -> list[Any] | None:
    """The items of a list or a tuple that is in a box as a whole; None if it is none."""
    return [value[i] for i in range(len(value))] if isinstance(value, SequenceBox) else None


def _is_inexact(x: Any) -> bool:
    return x.dtype.kind in "fc"


def on_values(function: Call) -> Call:
    """A function without a derivative."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*plain(args), **plain(kwargs))

    return call


def _recorded(function: Call) -> Call:
    """A function of the core whose derivative is that of numbers: integers are values."""

    def call(*args: Any) -> Any:
        return function(*[x if not isbox(x) or _is_inexact(x) else getval(x) for x in args])

    return call


def _number(x: Any) -> Any:
    """What Python may make a number of: not what has a derivative, which would be lost."""
    if isbox(x) and _is_inexact(x):
        raise UnsupportedArgumentError(
            "a number that is a box of autograd would decide on the result, which loses its "
            "derivative. Give the function what it asks for without derivatives: "
            "autograd.tracer.getval(q) for the q of a quantile, range= for the edges of a histogram"
        )
    return plain(x)


# Dtypes and shapes --------------------------------------------------------------------------------


def _of_dtype(x: Any, dtype: Any) -> Any:
    return np.asarray(x).astype(dtype) if type(x) in (float, complex) else x.astype(dtype)


_cast = primitive(_of_dtype)


def _like(target: Any, g: Any) -> Any:
    """A derivative as one for `target`: real or complex, and of its precision."""
    g = match_complex(target, g)
    dtype = anp.result_type(target)
    return _cast(g, dtype) if dtype.kind in "fc" and anp.result_type(g) != dtype else g


defvjp(_cast, lambda ans, x, dtype: lambda g: _like(x, g))
defjvp(_cast, lambda g, ans, x, dtype: _like(ans, g))


def _astype(x: Any, dtype: np.dtype[Any]) -> Any:
    return _cast(x, dtype) if dtype.kind in "fc" else _of_dtype(getval(x), dtype)


_spread = primitive(np.broadcast_to)


def _gathered(shape: tuple[int, ...], g: Any) -> Any:
    """The sum over all that was spread from an array of `shape`."""
    lead = anp.ndim(g) - len(shape)
    of_g = anp.shape(g)[lead:]
    stretched = [lead + i for i, n in enumerate(shape) if n == 1 and of_g[i] != 1]
    return anp.reshape(anp.sum(g, axis=(*range(lead), *stretched)), shape)


def _gather(ans: Any, x: Any, shape: Any) -> Call:
    own = anp.shape(x)
    return lambda g: _gathered(own, g)


defvjp(_spread, _gather)
defjvp(_spread, lambda g, ans, x, shape: _spread(g, shape))


def _broadcast_to(x: Any, shape: Any) -> Any:
    # NumPy's own result is read-only; here it may be what a program goes on to write to.
    return _spread(x, shape) if isbox(x) else np.broadcast_to(x, shape).copy()


_join = primitive(lambda axis, *arrays: np.concatenate(arrays, axis))


def _part(argnum: int, ans: Any, args: Any, kwargs: Any) -> Call:
    axis, *arrays = args
    start = sum(anp.shape(a)[axis] for a in arrays[: argnum - 1])
    key = (slice(None),) * axis + (slice(start, start + anp.shape(arrays[argnum - 1])[axis]),)
    return lambda g: g[key]


def _part_forward(argnum: int, g: Any, ans: Any, args: Any, kwargs: Any) -> Any:
    axis, *arrays = args
    others = [np.zeros(anp.shape(a), anp.result_type(g)) for a in arrays]
    others[argnum - 1] = g
    return _join(axis, *others)


defvjp_argnum(_join, _part)
defjvp_argnum(_join, _part_forward)


def _getitem(a: Any, key: Any) -> Any:
    # A box holds arrays of integers, and no integers.
    return a[key] if not isbox(a) or _is_inexact(a) else getval(a)[key]


def _take(a: Any, indices: Any, axis: int) -> Any:
    return a[(slice(None),) * axis + (getval(indices),)]


# Choice -------------------------------------------------------------------------------------------

_choose = primitive(lambda condition, x, y: np.where(condition, x, y))
defvjp(
    _choose,
    lambda ans, c, x, y: unbroadcast_f(x, lambda g: _choose(c, g, 0.0)),
    lambda ans, c, x, y: unbroadcast_f(y, lambda g: _choose(c, 0.0, g)),
    argnums=(1, 2),
)
defjvp(
    _choose,
    lambda g, ans, c, x, y: _spread(_choose(c, g, 0.0), anp.shape(ans)),
    lambda g, ans, c, x, y: _spread(_choose(c, 0.0, g), anp.shape(ans)),
    argnums=(1, 2),
)


# Products, in which there may be zeros: nothing is divided by -------------------------------------


def _recurrence(factors: Any, terms: Any) -> Any:
    """Of ``t[k] = factors[k] * t[k - 1] + terms[k]`` along the last axis, all ``t``.

    By doubling: each step composes a stretch with the one before it.
    """
    length, step = anp.shape(terms)[-1], 1
    while step < length:
        late, early = (..., slice(step, None)), (..., slice(None, -step))
        head = (..., slice(None, step))
        axis = anp.ndim(terms) - 1
        terms = _join(axis, terms[head], terms[late] + factors[late] * terms[early])
        factors = _join(axis, factors[head], factors[late] * factors[early])
        step *= 2
    return terms


_running_product = primitive(lambda x: np.cumprod(x, axis=-1))


def _shifted(x: Any, first: float) -> Any:
    """`first`, and then all but the last."""
    if not anp.shape(x)[-1]:
        return x
    lead = np.full((*anp.shape(x)[:-1], 1), first, anp.result_type(x))
    return _join(anp.ndim(x) - 1, lead, x[..., :-1])


def _before(x: Any) -> Any:
    """For each element the product of those before it."""
    return _shifted(_running_product(x), 1.0)


def _flip(x: Any) -> Any:
    return x[..., ::-1]


def _running_product_vjp(ans: Any, x: Any) -> Call:
    return lambda g: _before(x) * _flip(_recurrence(_shifted(_flip(x), 0.0), _flip(g)))


defvjp(_running_product, _running_product_vjp)
defjvp(
    _running_product,
    lambda g, ans, x: _recurrence(x, g * _before(x)),
)

_product = primitive(lambda x: np.prod(x, axis=-1))


def _others(x: Any) -> Any:
    """For each element the product of all the others."""
    return _before(x) * _flip(_before(_flip(x)))


defvjp(_product, lambda ans, x: lambda g: g[..., None] * _others(x))
defjvp(_product, lambda g, ans, x: anp.sum(g * _others(x), axis=-1))


def _prod(a: Any, axis: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    if dtype.kind not in "fc":
        return np.prod(getval(a), axis=axis, dtype=dtype)
    a = _astype(a, dtype)
    rest = [i for i in range(anp.ndim(a)) if i not in axis]
    a = anp.transpose(a, (*rest, *axis))
    count = int(np.prod(anp.shape(a)[len(rest) :]))
    return _product(anp.reshape(a, (*anp.shape(a)[: len(rest)], count)))


def _cumprod(a: Any, axis: int, dtype: np.dtype[Any]) -> Any:
    if dtype.kind not in "fc":
        return np.cumprod(getval(a), axis, dtype=dtype)
    a = anp.swapaxes(_astype(a, dtype), axis, -1)
    return anp.swapaxes(_running_product(a), axis, -1)


def _total(name: str) -> Call:
    of_values, recorded = getattr(np, name), getattr(anp, name)

    def total(a: Any, axis: Any, dtype: np.dtype[Any]) -> Any:
        if dtype.kind not in "fc":
            return of_values(getval(a), axis=axis, dtype=dtype)
        return recorded(_astype(a, dtype), axis=axis)

    return total


# Ufuncs that autograd has no derivative of --------------------------------------------------------

_with_sign = primitive(lambda x1, x2: np.copysign(x1, x2))
_turned = on_values(lambda x1, x2: np.copysign(1.0, x1) * np.copysign(1.0, x2))
defvjp(
    _with_sign,
    lambda ans, x1, x2: unbroadcast_f(x1, lambda g: g * _turned(x1, x2)),
    lambda ans, x1, x2: unbroadcast_f(x2, lambda g: g * 0.0),
)
defjvp(
    _with_sign,
    lambda g, ans, x1, x2: g * _turned(x1, x2),
    lambda g, ans, x1, x2: _spread(g * 0.0, anp.shape(ans)),
)

_neighbour = primitive(lambda x1, x2: np.nextafter(x1, x2))
defvjp(
    _neighbour,
    lambda ans, x1, x2: unbroadcast_f(x1, lambda g: g),
    lambda ans, x1, x2: unbroadcast_f(x2, lambda g: g * 0.0),
)
defjvp(
    _neighbour,
    lambda g, ans, x1, x2: _spread(g, anp.shape(ans)),
    lambda g, ans, x1, x2: _spread(g * 0.0, anp.shape(ans)),
)


_hypotenuse = primitive(lambda x1, x2: np.hypot(x1, x2))
defvjp(
    _hypotenuse,
    lambda ans, x1, x2: unbroadcast_f(x1, lambda g: g * x1 / ans),
    lambda ans, x1, x2: unbroadcast_f(x2, lambda g: g * x2 / ans),
)
defjvp(
    _hypotenuse,
    lambda g, ans, x1, x2: g * x1 / ans,
    lambda g, ans, x1, x2: g * x2 / ans,
)

# Of these autograd takes the other branch of the square root for complex numbers beyond 1.


def _slope(x: Any) -> Any:
    return 1 / (anp.sqrt(-(x - 1)) * anp.sqrt(x + 1))


_arcsin = primitive(lambda x: np.arcsin(x))
defvjp(_arcsin, lambda ans, x: lambda g: g * _slope(x))
defjvp(_arcsin, lambda g, ans, x: g * _slope(x))
_arccos = primitive(lambda x: np.arccos(x))
defvjp(_arccos, lambda ans, x: lambda g: -g * _slope(x))
defjvp(_arccos, lambda g, ans, x: -g * _slope(x))


# Linear algebra, and Fourier ----------------------------------------------------------------------


def _unpacked(function: Call) -> Call:
    """A function with several results, as a tuple of boxes."""

    def call(*args: Any) -> tuple[Any, ...]:
        found = function(*args)
        return tuple(items(found) or found)

    return call


def _h(x: Any) -> Any:
    return anp.conj(anp.swapaxes(x, -1, -2))


def _vanish(*derivatives: Any) -> None:
    """Raise where something depends on vectors that only complete a basis, in no certain way."""
    if any(np.any(getval(g)) for g in derivatives):
        raise NotImplementedError(
            "the vectors that complete a basis have no derivative; ask numpy.linalg for the "
            "reduced factors (full_matrices=False, mode='reduced')"
        )


def _svd_of(a: Any, full: bool) -> tuple[Any, ...]:
    return tuple(np.linalg.svd(a, full_matrices=full))


_svd = primitive(_svd_of)


def _svd_vjp(ans: Any, a: Any, full: bool) -> Call:
    u, s, vh = (ans[i] for i in range(3))
    rank = anp.shape(s)[-1]

    def vjp(g: Any) -> Any:
        of_u, of_s, of_vh = (g[i] for i in range(3))
        _vanish(of_u[..., rank:], of_vh[..., rank:, :])
        reduced = u[..., :rank], s, vh[..., :rank, :]
        own = of_u[..., :rank], of_s, of_vh[..., :rank, :]
        if not np.any(getval(own[0])) and not np.any(getval(own[2])):
            # Equal singular values have derivatives, although their vectors have not.
            return anp.matmul(anp.conj(reduced[0]) * of_s[..., None, :], anp.conj(reduced[2]))
        return grad_svd(reduced, a, full_matrices=False)(own)

    return vjp


defvjp(_svd, _svd_vjp)


def _qr_of(a: Any, mode: str) -> tuple[Any, ...]:
    return tuple(np.linalg.qr(a, mode))


_qr = primitive(_qr_of)


def _qr_vjp(ans: Any, a: Any, mode: str) -> Call:
    """Walter and Lehmann, Algorithmic differentiation of linear algebra functions (2010)."""
    rows, columns = anp.shape(a)[-2:]
    rank = min(rows, columns)

    def tall(q: Any, r: Any, of_q: Any, of_r: Any) -> Any:
        m = anp.matmul(r, _h(of_r)) - anp.matmul(_h(of_q), q)
        lower = np.tril(np.ones((rank, rank)), -1)
        m = m * lower + _h(m * lower) + anp.real(m) * np.eye(rank)
        return _h(anp.linalg.solve(r, _h(of_q + anp.matmul(q, m))))

    def vjp(g: Any) -> Any:
        q, r = ans[0][..., :rank], ans[1][..., :rank, :]
        of_q, of_r = anp.conj(g[0]), anp.conj(g[1])
        _vanish(of_q[..., rank:])
        of_q, of_r = of_q[..., :rank], of_r[..., :rank, :]
        if columns <= rows:
            return anp.conj(tall(q, r, of_q, of_r))
        # The columns beyond the square are products with the factor of it.
        beyond, of_beyond = a[..., rank:], of_r[..., rank:]
        of_q = of_q + anp.matmul(beyond, _h(of_beyond))
        square = tall(q, r[..., :rank], of_q, of_r[..., :rank])
        return anp.conj(_join(anp.ndim(a) - 1, square, anp.matmul(q, of_beyond)))

    return vjp


defvjp(_qr, _qr_vjp)

_fft = primitive(lambda a, axis: np.fft.fft(a, axis=axis))
defvjp(_fft, lambda ans, a, axis: lambda g: _fft(g, axis))
defjvp(_fft, lambda g, ans, a, axis: _fft(g, axis))


# All of it ----------------------------------------------------------------------------------------

#: Ufuncs of the core whose derivatives autograd has, and has right.
_RECORDED = """
    add subtract multiply divide remainder power negative absolute exp expm1 log log1p log2 log10
    sqrt sin cos tan arctan arctan2 sinh cosh tanh arcsinh arccosh arctanh conjugate matmul
    """.split()  # noqa: SIM905
#: Not of the core: composed of a larger and a smaller one, they have no derivative where both are
#: the same.
_RECORDED += ["maximum", "minimum", "fmax", "fmin", "logaddexp", "logaddexp2"]
_WITHOUT_DERIVATIVE = """
    floor_divide floor rint equal less bitwise_and bitwise_or bitwise_xor invert left_shift
    right_shift
    """.split()  # noqa: SIM905


def core() -> Mapping[str, Call]:
    """The functions of the core, on boxes and on ndarrays."""
    linalg = anp.linalg
    return {
        "asarray": lambda a: a,
        "astype": _astype,
        "reshape": anp.reshape,
        "transpose": anp.transpose,
        "broadcast_to": _broadcast_to,
        "concatenate": lambda arrays, axis: _join(axis, *arrays),
        "where": lambda condition, x, y: _choose(getval(condition), x, y),
        "take": _take,
        "nonzero": on_values(np.nonzero),
        "argsort": on_values(lambda a, axis: np.argsort(a, axis, stable=True)),
        "sum": _total("sum"),
        "prod": _prod,
        "min": _recorded(lambda a, axis: anp.min(a, axis=axis)),
        "max": _recorded(lambda a, axis: anp.max(a, axis=axis)),
        "cumsum": _total("cumsum"),
        "cumprod": _cumprod,
        "real": _recorded(anp.real),
        "imag": _recorded(anp.imag),
        **{name: _recorded(getattr(anp, name)) for name in _RECORDED},
        **{name: on_values(getattr(np, name)) for name in _WITHOUT_DERIVATIVE},
        "arccos": _recorded(_arccos),
        "arcsin": _recorded(_arcsin),
        "copysign": _recorded(_with_sign),
        "hypot": _recorded(_hypotenuse),
        "nextafter": _recorded(_neighbour),
        "linalg.cholesky": linalg.cholesky,
        "linalg.eig": _unpacked(linalg.eig),
        "linalg.eigh": _unpacked(linalg.eigh),
        "linalg.qr": _unpacked(_qr),
        "linalg.slogdet": _unpacked(linalg.slogdet),
        "linalg.solve": linalg.solve,
        "linalg.svd": _unpacked(_svd),
        "fft.fft": _fft,
        "getitem": _getitem,
        "items": items,
        "value": _number,
    }
