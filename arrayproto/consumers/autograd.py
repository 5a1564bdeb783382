"""autograd: `autograd.grad` and the rest for values that are arrays of other libraries.

autograd knows classes of values by two tables, of boxes and of vector spaces, and wraps NumPy's
functions in primitives that hold them in closures. The closures are seen to by adoption itself.
What is here are the tables, and the few places that write into an array or make one of zeros.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .by_class import ByClass
from .consumer import Consumer, Row
from .kept import dtype_of, is_duck, library_for, made_like, numpy_dtype
from .written import can_write

Call = Callable[..., Any]


def _boxes(original: Any, np_: Any) -> Any:
    from importlib import import_module

    # The module is not there yet when the table is.
    return ByClass(original, lambda cls: import_module("autograd.numpy.numpy_boxes").ArrayBox)


# Vector spaces ------------------------------------------------------------------------------------


def _spaces(original: Any, np_: Any) -> Any:
    made: dict[bool, type] = {}

    def space(value: Any) -> Any:
        iscomplex = numpy_dtype(value.dtype).kind == "c"
        if iscomplex not in made:
            made[iscomplex] = _space_class(iscomplex, np_)
        return made[iscomplex](value)

    return ByClass(original, lambda cls: space)


def _space_class(iscomplex: bool, np_: Any) -> type:
    """The vector space of duck arrays: what it makes is where they are."""
    module = sys.modules["autograd.numpy.numpy_vspaces"]
    base: Any = module.ComplexArrayVSpace if iscomplex else module.ArrayVSpace

    class DuckVSpace(base):  # type: ignore[misc]
        def __init__(self, value: Any) -> None:
            self.shape, self.dtype = tuple(value.shape), np.dtype(numpy_dtype(value.dtype))
            self.like = value

        def zeros(self) -> Any:
            return made_like(self.like, np.zeros, self.shape, self.dtype)

        def ones(self) -> Any:
            if not iscomplex:
                return made_like(self.like, np.ones, self.shape, self.dtype)
            return made_like(self.like, np.full, self.shape, 1 + 1j, self.dtype)

        def standard_basis(self) -> Iterator[Any]:
            for vector in base.standard_basis(self):
                yield made_like(self.like, np.asarray, vector)

        def randn(self) -> Any:
            return made_like(self.like, np.asarray, base.randn(self))

        def _add(self, x: Any, y: Any) -> Any:
            return np_.add(x, y)

        def __eq__(self, other: object) -> bool:
            return type(self) is type(other) and (self.shape, self.dtype) == (
                other.shape,  # type: ignore[attr-defined]
                other.dtype,  # type: ignore[attr-defined]
            )

        __hash__ = None  # type: ignore[assignment]

    return DuckVSpace


def _mut_add(original: Call, np_: Any) -> Call:
    """The sum, where autograd adds a duck array in place to an ndarray of its own."""

    def mut_add(self: Any, x: Any, y: Any) -> Any:
        return np_.add(x, y) if is_duck(x) or is_duck(y) else original(self, x, y)

    return mut_add


# Gradients ----------------------------------------------------------------------------------------


class _Gradients(dict[Any, Any]):
    """autograd's table of gradients, with others where its own count on NumPy's operators.

    Not every library has ``g[::-1]``, and TensorFlow's ``g * mask`` is a logical and. What is
    registered meanwhile is put into the own table.
    """

    def __init__(self, own: dict[Any, Any]) -> None:
        super().__init__()
        self.own = own

    def __missing__(self, function: Any) -> Any:
        maker = self.own[function]
        ours = _GRADIENTS.get(getattr(function, "__name__", ""))
        return maker if ours is None else functools.partial(_of_ducks, ours, maker)

    def __setitem__(self, function: Any, maker: Any) -> None:
        self.own[function] = maker

    def __contains__(self, function: object) -> bool:
        return function in self.own


def _gradients(original: Any, np_: Any) -> Any:
    return _Gradients(original)


def _of_ducks(
    ours: Call, original: Call, argnums: Any, ans: Any, args: tuple[Any, ...], kwargs: Any
) -> Any:
    """A gradient of the first argument; autograd's own unless that is a duck array."""
    if not is_duck(_value(ans)) or tuple(argnums) != (0,):
        return original(argnums, ans, args, kwargs)
    vjp = ours(sys.modules["autograd.numpy"], ans, *args, **kwargs)
    return lambda g: (vjp(g),)


def _of_cumsum(anp: Any, ans: Any, x: Any, axis: Any = None, **kwargs: Any) -> Call:
    along = axis or 0

    def vjp(g: Any) -> Any:
        summed = anp.flipud(anp.cumsum(anp.flipud(anp.swapaxes(g, along, 0)), 0))
        return anp.reshape(anp.swapaxes(summed, 0, along), anp.shape(x))

    return vjp


def _of_clip(anp: Any, ans: Any, x: Any, a_min: Any, a_max: Any, **kwargs: Any) -> Call:
    inside = anp.logical_and(anp.not_equal(ans, a_min), anp.not_equal(ans, a_max))
    return lambda g: anp.where(inside, g, anp.zeros_like(g))


def _of_extreme(anp: Any, ans: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Call:
    """Of the largest or smallest, shared by those that are equal."""
    shape, dtype = anp.shape(x), np.dtype(dtype_of(_value(x)))
    spread = sys.modules["autograd.numpy.numpy_vjps"].repeat_to_match_shape
    chosen = anp.equal(x, spread(ans, shape, dtype, axis, keepdims)[0])
    ones = anp.where(chosen, 1.0, 0.0)
    share = anp.divide(ones, anp.sum(ones, axis=axis, keepdims=True))
    return lambda g: anp.multiply(spread(g, shape, dtype, axis, keepdims)[0], share)


def _value(x: Any) -> Any:
    tracer = sys.modules["autograd.tracer"]
    while tracer.isbox(x):
        x = tracer.getval(x)
    return x


_GRADIENTS: dict[str, Call] = {
    "clip": _of_clip,
    "cumsum": _of_cumsum,
    **dict.fromkeys(("amax", "amin", "max", "min"), _of_extreme),
}


def _balanced_eq(original: Call, np_: Any) -> Call:
    """How much of the gradient of a larger or smaller one is the first's: half where equal."""

    def balanced_eq(x: Any, z: Any, y: Any) -> Any:
        x, y, z = map(_value, (x, y, z))
        if not any(map(is_duck, (x, y, z))):
            return original(x, z, y)
        return np_.where(np_.equal(x, z), np_.where(np_.equal(x, y), 0.5, 1.0), 0.0)

    return balanced_eq


# Places that write --------------------------------------------------------------------------------


def _untake(original: Call, np_: Any) -> Call:
    """The gradient of an index: zeros, with the gradient added where the index points."""

    def untake(x: Any, idx: Any, vs: Any) -> Any:
        like = getattr(vs, "like", None)
        library = library_for(like)
        if library is None:
            return original(x, idx, vs)
        if isinstance(idx, list) and (not idx or not isinstance(idx[0], slice)):
            idx = np.array(idx, dtype="int64")

        def added(a: Any) -> Any:
            if library.name == "sparse":
                return np_.add(a, _stored_at(x, idx, vs))
            if library.name == "jax":
                return a.at[idx].add(x)
            if library.name == "dask":  # takes places along one axis only
                places = np.arange(np.prod(vs.shape, dtype=int)).reshape(vs.shape)[idx]
                flat = np_.copy(np_.reshape(a, (-1,)))
                np_.add.at(flat, places.ravel(), np_.reshape(x, (-1,)))
                return np_.reshape(flat, vs.shape)
            if library.core and not can_write(library, a):
                return np_.add(a, _counted_at(x, idx, vs, np_))
            a = np_.copy(a)
            np_.add.at(a, idx, x)
            return a

        return sys.modules["autograd.core"].SparseObject(vs, added)

    return untake


def _counted_at(x: Any, idx: Any, vs: Any, np_: Any) -> Any:
    """`x` added up where the index points, for arrays that cannot be written to."""
    size = int(np.prod(vs.shape, dtype=int))
    places = np.arange(size).reshape(vs.shape)[idx]
    values = np_.ravel(np_.broadcast_to(x, places.shape))

    def sums(weights: Any) -> Any:
        return np_.bincount(places.ravel(), weights=weights, minlength=size)

    iscomplex = vs.dtype.kind == "c"
    flat = sums(np_.real(values)) + 1j * sums(np_.imag(values)) if iscomplex else sums(values)
    return np_.asarray(np_.reshape(flat, vs.shape), dtype=vs.dtype)


def _stored_at(x: Any, idx: Any, vs: Any) -> Any:
    """A sparse array that has the elements of `x` where the index points, and zeros elsewhere."""
    import sparse  # x is an array of it

    if not isinstance(x, sparse.SparseArray):
        x = sparse.COO.from_numpy(np.asarray(x))
    x = x.asformat("coo")
    if x.fill_value == 0:
        places, values = tuple(x.coords), x.data
    else:
        places = tuple(np.indices(x.shape).reshape(x.ndim, x.size))
        values = np.full(x.shape, x.fill_value)
        if x.nnz:  # there is nothing to index in an array without dimensions
            values[tuple(x.coords)] = x.data
        values = values.ravel()
    coords = []
    for axis, size in enumerate(vs.shape):
        along = np.arange(size).reshape([-1 if k == axis else 1 for k in range(len(vs.shape))])
        coords.append(np.broadcast_to(along, vs.shape)[idx][places].ravel())
    return sparse.COO(np.array(coords), np.asarray(values, vs.dtype), shape=vs.shape)


def _concatenate_args(original: Call, np_: Any) -> Call:
    def concatenate_args(axis: int, *args: Any) -> Any:
        if any(map(is_duck, args)):
            return np_.concatenate(args, axis)
        return original(axis, *args)

    return concatenate_args


def _make_diagonal(original: Call, np_: Any) -> Call:
    def make_diagonal(D: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        if not is_duck(D) or (offset, axis1, axis2) != (0, -1, -2):
            return original(D, offset=offset, axis1=axis1, axis2=axis2)
        return np_.multiply(np_.expand_dims(D, -1), np.eye(D.shape[-1]))

    return make_diagonal


# Places that make arrays --------------------------------------------------------------------------


def _repeat_to_match_shape(original: Call, np_: Any) -> Call:
    """Broadcasts, where autograd adds an ndarray of zeros."""

    def repeat_to_match_shape(g: Any, shape: Any, dtype: Any, axis: Any, keepdims: Any) -> Any:
        anp = sys.modules["autograd.numpy.numpy_wrapper"]
        value = sys.modules["autograd.tracer"].getval(g)
        if not is_duck(value) or shape == ():
            return original(g, shape, dtype, axis, keepdims)
        sizes = np.array(shape)
        axes = list(axis) if isinstance(axis, tuple) else axis
        repeats = int(np.prod(sizes[axes]))
        sizes[axes] = 1
        kept = anp.reshape(g, tuple(map(int, sizes)))
        return anp.broadcast_to(kept, tuple(shape)), repeats

    return repeat_to_match_shape


def _unpermuter(original: Call, np_: Any) -> Call:
    def unpermuter(g: Any, permutation: Any) -> Any:
        if not is_duck(permutation):
            return original(g, permutation)
        anp = sys.modules["autograd.numpy.numpy_wrapper"]
        return anp.take(g, np_.argsort(permutation))

    return unpermuter


def _parse_einsum_input(original: Call, np_: Any) -> Call:
    """NumPy's parser makes ndarrays of the operands, and looks at their shapes only."""

    def parse(operands: Any, *args: Any, **kwargs: Any) -> Any:
        small = [
            np.broadcast_to(np.empty((), dtype_of(x)), tuple(x.shape)) if is_duck(x) else x
            for x in operands
        ]
        return original(small, *args, **kwargs)

    return parse


autograd = Consumer(
    "autograd",
    rows={
        "autograd.tracer": (Row("box_type_mappings", _boxes),),
        "autograd.core": (
            Row("VSpace.mappings", _spaces),
            Row("VSpace._mut_add", _mut_add),
            Row("primitive_vjps", _gradients),
        ),
        "autograd.numpy.numpy_wrapper": (
            Row("_parse_einsum_input", _parse_einsum_input),
            Row("concatenate_args:f_raw", _concatenate_args),
            Row("make_diagonal:f_raw", _make_diagonal),
        ),
        "autograd.numpy.numpy_vjps": (
            Row("balanced_eq", _balanced_eq),
            Row("repeat_to_match_shape", _repeat_to_match_shape),
            Row("unpermuter", _unpermuter),
            Row("untake:f_raw", _untake),
        ),
    },
)
