"""JAX's own functions, for the calls in which they do what NumPy's do.

JAX has a function for nearly every one of NumPy's, compiled in one piece and with gradients of its
own, and rules of its own for dtypes. Which dtype comes out depends on the form of a call alone:
the dtypes of its arrays and the types of its other arguments. A function of JAX's is called where
it gives NumPy's dtypes for that form, which is found out at the first call of that form, from
NumPy's answer to small stand-ins. All other calls go through ducks.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .names import public_name
from .rows import Made

if TYPE_CHECKING:
    from .library import Library

#: Arguments that count with their value; of numbers the type counts.
_BY_VALUE = frozenset({bool, str, type(None), type(np._NoValue), type})
_NUMBERS = frozenset({int, float, complex})
#: Lists that are longer are taken for data.
_LONGEST = 4096
#: Stand-ins have at most so many elements in an axis, or in all.
_SMALL = 4096


class _NotPlainError(Exception):
    """An argument that JAX's functions have not got, or take for something else."""


def _form(a: Any) -> Any:
    """All of an argument that the dtypes of results depend on."""
    aval = getattr(a, "aval", None)
    if aval is not None:
        return aval.dtype, aval.weak_type and not aval.shape
    kind = type(a)
    if kind is int:
        return kind, a < 0, a.bit_length()
    if kind in _NUMBERS:
        return kind
    if kind in _BY_VALUE:
        return a
    if kind is np.ndarray or isinstance(a, np.generic):
        if a.dtype.kind not in "biufc" or a.dtype.char in "gG":
            raise _NotPlainError
        return a.dtype, kind
    if isinstance(a, np.dtype):
        return a
    if kind in (list, tuple) and len(a) <= _LONGEST:
        # The order of the items makes no difference to a dtype.
        return kind, frozenset(map(_form, a))
    raise _NotPlainError


_Restricts: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]


def _stand_in(a: Any) -> Any:
    """A small ndarray in the place of an array of JAX's, with values that most functions take."""
    if isinstance(a, (list, tuple)):
        return type(a)(map(_stand_in, a))
    aval = getattr(a, "aval", None)
    if aval is None and not isinstance(a, np.ndarray):
        return a
    of = a if aval is None else aval
    shape = of.shape if np.prod(of.shape) <= _SMALL else tuple(min(n, 2) for n in of.shape)
    if aval is not None and aval.weak_type and not shape:
        return aval.dtype.type(1).item()
    values = np.ones(shape, of.dtype)
    if len(shape) > 1:
        values[...] = np.eye(*shape[-2:], dtype=of.dtype)
    return values


def _dtypes(result: Any) -> Any:
    """The dtypes of a result, and what holds them."""
    if isinstance(result, (list, tuple)):
        return len(result), hasattr(result, "_fields") or type(result), [*map(_dtypes, result)]
    if isinstance(result, (bool, int, float, complex)):
        return np.asarray(result).dtype
    return getattr(result, "dtype", type(result))


def _held(dtypes: Any) -> Any:
    """NumPy's dtypes as JAX holds them: without ``jax_enable_x64`` of 32 bits."""
    if isinstance(dtypes, np.dtype):
        return sys.modules["jax"].dtypes.canonicalize_dtype(dtypes)
    if isinstance(dtypes, tuple):
        count, kind, items = dtypes
        return count, kind, [*map(_held, items)]
    return dtypes


def _required(function: Any) -> int:
    """How many arguments have to be given."""
    if isinstance(function, np.ufunc):
        return function.nin
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return 0
    return sum(p.default is p.empty and p.kind is not p.VAR_KEYWORD for p in parameters)


class WhereItAgrees(Made):
    """A row: JAX's function of the same name in calls that it answers in NumPy's dtypes.

    Parameters
    ----------
    kinds : str, optional
        Kinds of dtypes of arrays for which it does what NumPy's does; by default all.
    only : callable, optional
        Makes of JAX's function one that raises where it does not do that, whatever the dtypes.
    """

    __slots__ = ("kinds", "only")

    def __init__(self, kinds: str = "", only: _Restricts | None = None) -> None:
        self.kinds, self.only = kinds, only

    def make(
        self, library: Library, function: Callable[..., Any], ducks: Callable[..., Any]
    ) -> Callable[..., Any]:
        own = library.find(public_name(function) or function.__name__)
        if own is None:
            return ducks
        return _Agreeing(function, self.only(own) if self.only else own, ducks, self.kinds)


def _given(what: Callable[[Any], int]) -> _Restricts:
    """Where that is not zero of the first argument; else NumPy's own error comes in its place."""

    def restricted(own: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(own)
        def call(a: Any, *args: Any, **kwargs: Any) -> Any:
            if not what(a):
                raise ValueError(f"no {what.__name__}")
            return own(a, *args, **kwargs)

        return call

    return restricted


def _into_a_copy(own: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(own)
    def call(x: Any, copy: Any = True, *args: Any, **kwargs: Any) -> Any:
        if not copy:
            raise ValueError("cannot be written to")  # what refuses to write comes in its place
        return own(x, copy, *args, **kwargs)

    return call


def _in_a_tuple(own: Callable[..., Any]) -> Callable[..., Any]:
    """As NumPy has more than one result, where JAX has a list."""

    @functools.wraps(own)
    def call(*args: Any, **kwargs: Any) -> Any:
        result = own(*args, **kwargs)
        return tuple(result) if type(result) is list else result

    return call


def _unweighted(own: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(own)
    def call(a: Any, axis: Any = None, weights: Any = None, *args: Any, **kwargs: Any) -> Any:
        if weights is not None:
            raise ValueError("their sum may be zero")  # NumPy's own error comes in its place
        return own(a, axis, None, *args, **kwargs)

    return call


class _Agreeing:
    """What is called for one function.

    Attributes
    ----------
    by_position : callable
        What is called without keywords: for arrays of dtypes that were seen, at once.
    """

    __slots__ = (
        "__name__", "_ducks", "_fast", "_found", "_function", "_kinds", "_own", "_unknown",
        "by_position",
    )  # fmt: skip

    def __init__(
        self, function: Any, own: Callable[..., Any], ducks: Callable[..., Any], kinds: str
    ) -> None:
        self._function, self._own, self._ducks, self._kinds = function, own, ducks, kinds
        self.__name__ = function.__name__
        #: Form of a call to whether the dtypes agree.
        self._found: dict[Any, bool] = {}
        #: Dtypes in which they agree for calls with the required arguments, all arrays of it.
        self._fast: list[Any] = []
        # That values are not known while JAX traces.
        self._unknown = sys.modules["jax"].errors.JAXTypeError
        makers = {1: _of_one, 2: _of_two}
        maker = makers.get(_required(function))
        self.by_position = self if maker is None else maker(self, own, self._fast)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            form = (
                sys.modules["jax"].config.jax_enable_x64,
                *map(_form, args),
                *zip(kwargs, map(_form, kwargs.values()), strict=True),
            )
            found = self._found.get(form)
        except (_NotPlainError, TypeError):  # or not hashable
            found = False
        if found is False:
            return self._ducks(*args, **kwargs)
        try:
            result = self._own(*args, **kwargs)
        except Exception as error:  # whatever JAX raises, NumPy's own error or an answer follows
            return self.after(error, args, kwargs)
        if found is None and not self._agrees(form, result, args, kwargs):
            return self._ducks(*args, **kwargs)
        return result

    def after(self, error: Exception, args: Any, kwargs: Any) -> Any:
        """Where JAX's function raised: NumPy's error, or an answer after all."""
        try:
            return self._ducks(*args, **kwargs)
        except self._unknown:
            # JAX's function says best which value it has to know, and how to do without.
            raise error from None

    def _agrees(self, form: Any, result: Any, args: Any, kwargs: Any) -> bool:
        dtypes = set(_dtypes_in(args, numbers=False))
        kinds = {dtype.kind for dtype in dtypes}
        apart = bool(self._kinds) and not kinds <= set(self._kinds)
        # Long integers with a sign and without meet as floats, in which neighbours are equal.
        apart |= kinds == {"i", "u"} and np.result_type(*dtypes).kind == "f"
        if apart or (isinstance(self._function, np.ufunc) and not _numbers_fit(args)):
            found = False
        else:
            try:
                with np.errstate(all="ignore"):
                    wanted = self._function(
                        *map(_stand_in, args), **{k: _stand_in(v) for k, v in kwargs.items()}
                    )
            except Exception:  # NumPy's, of any class
                return False  # for these values of the arguments, and others may do
            found = _dtypes(result) == _held(_dtypes(wanted))
        self._found[form] = found
        if found and not kwargs and len(args) == _required(self._function):
            dtypes = {getattr(getattr(a, "aval", None), "dtype", None) for a in args}
            # Of these, results have the same dtype with jax_enable_x64 and without.
            if len(dtypes) == 1 and next(iter(dtypes)) in _FLOATING:
                self._fast += dtypes - set(self._fast)
        return found


_FLOATING = frozenset(map(np.dtype, ("float32", "float64", "complex64", "complex128")))


def _dtypes_in(args: Iterable[Any], numbers: bool = True) -> Iterable[Any]:
    for a in args:
        if isinstance(a, (list, tuple)):
            yield from _dtypes_in(a, numbers)
        elif hasattr(a, "dtype") and not isinstance(a, type):
            yield a.dtype
        elif numbers and type(a) in _NUMBERS:
            yield np.dtype(type(a))


def _numbers_fit(args: Any) -> bool:
    """Whether Python's integers are ones of the dtypes of the arrays beside them."""
    for dtype in _dtypes_in(a for a in args if type(a) is not int):
        if dtype.kind in "iu":
            bounds = np.iinfo(dtype)
            if not all(bounds.min <= a <= bounds.max for a in args if type(a) is int):
                return False
    return True


def _of_one(call: _Agreeing, own: Callable[..., Any], fast: list[Any]) -> Callable[..., Any]:
    def of_one(a: Any, *rest: Any) -> Any:
        try:
            agrees = not rest and a.aval.dtype in fast
        except AttributeError:
            agrees = False
        if not agrees:
            return call(a, *rest)
        try:
            return own(a)
        except Exception as error:  # as in `_Agreeing.__call__`
            return call.after(error, (a,), {})

    return of_one


def _of_two(call: _Agreeing, own: Callable[..., Any], fast: list[Any]) -> Callable[..., Any]:
    def of_two(a: Any, b: Any, *rest: Any) -> Any:
        try:
            dtype = a.aval.dtype
            agrees = dtype is b.aval.dtype and dtype in fast and not rest
        except AttributeError:
            agrees = False
        if not agrees:
            return call(a, b, *rest)
        try:
            return own(a, b)
        except Exception as error:  # as in `_Agreeing.__call__`
            return call.after(error, (a, b), {})

    return of_two


def _rows(names: str, row: WhereItAgrees) -> dict[str, WhereItAgrees]:
    return dict.fromkeys(names.split(), row)


#: NumPy's functions for which JAX's does the same with arrays of the right dtypes. Not here are
#: those that look at values for errors (indices out of range, singular matrices), since JAX does
#: not raise them, and those with other defaults (`linalg.pinv`).
OWN: dict[str, WhereItAgrees] = {
    **_rows(
        """
        reshape ravel transpose swapaxes moveaxis rollaxis squeeze expand_dims flip fliplr flipud
        roll rot90 broadcast_to atleast_1d atleast_2d atleast_3d matrix_transpose tile pad split
        array_split concatenate stack vstack hstack dstack column_stack append block

        where nonzero argwhere flatnonzero diag diagonal diagflat tril triu compress extract
        full_like zeros_like ones_like empty_like

        sum prod min max amin amax mean std var ptp count_nonzero cumsum cumprod
        cumulative_sum cumulative_prod argmax argmin median trace
        nansum nanprod nanmean nanstd nanvar nanmin nanmax nanmedian nancumsum nancumprod

        sort argsort lexsort searchsorted unique_values unique_counts union1d isin
        intersect1d setdiff1d setxor1d

        round around real imag angle isclose allclose array_equal isposinf isneginf
        sinc i0 unwrap diff ediff1d interp trapezoid heaviside convolve correlate cov corrcoef

        dot vdot inner outer tensordot einsum kron cross
        linalg.norm linalg.vector_norm linalg.matrix_norm linalg.det linalg.slogdet linalg.svd
        linalg.svdvals linalg.multi_dot linalg.outer linalg.tensordot linalg.trace
        linalg.diagonal linalg.cross linalg.matrix_transpose linalg.matmul linalg.vecdot

        absolute add subtract multiply divide negative positive conjugate sign square
        exp exp2 expm1 log log2 log10 log1p sqrt cbrt sin cos tan arcsin arccos arctan sinh cosh
        tanh arcsinh arccosh arctanh arctan2 hypot degrees radians deg2rad rad2deg floor ceil
        trunc rint fabs isfinite isinf isnan signbit copysign nextafter logaddexp logaddexp2
        maximum minimum fmax fmin equal not_equal less less_equal greater greater_equal
        logical_and logical_or logical_xor logical_not
        bitwise_and bitwise_or bitwise_xor invert matmul vecdot
        """,
        WhereItAgrees(),
    ),
    **_rows("all any", WhereItAgrees("biuf")),
    **_rows("fft.fftshift fft.ifftshift", WhereItAgrees(only=_given(np.ndim))),
    **_rows("gradient meshgrid", WhereItAgrees(only=_in_a_tuple)),
    "average": WhereItAgrees("fc", only=_unweighted),
    "nan_to_num": WhereItAgrees(only=_into_a_copy),
    **_rows(
        "clip power floor_divide remainder fmod divmod reciprocal float_power", WhereItAgrees("fc")
    ),
    **_rows(
        """
        fft.fft fft.ifft fft.rfft fft.irfft fft.fft2 fft.ifft2 fft.rfft2 fft.irfft2 fft.fftn
        fft.ifftn fft.rfftn fft.irfftn fft.hfft fft.ihfft

        unique
        """,
        WhereItAgrees(only=_given(np.size)),
    ),
}
