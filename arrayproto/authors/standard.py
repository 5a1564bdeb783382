"""The Array API standard's namespace for an array class, made of NumPy's functions.

NumPy's main namespace is the standard's since NumPy 2, and its functions ask the array class. What
is left are the functions that make arrays, which must be the class's, and a few arguments.

https://data-apis.org/array-api/latest/
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .registry import Implementations

#: Functions of the standard that ask the arrays that they are given; NumPy's names.
ASKING = frozenset(
    """
    abs acos acosh add all any argmax argmin asin asinh astype atan atan2 atanh bitwise_and
    bitwise_invert bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor broadcast_arrays
    broadcast_to can_cast ceil clip concat conj copysign cos cosh count_nonzero cumulative_prod
    cumulative_sum diff divide empty_like equal exp expand_dims expm1 flip floor floor_divide
    full_like greater greater_equal hypot imag isdtype isfinite isin isinf isnan less less_equal
    log log10 log1p log2 logaddexp logical_and logical_not logical_or logical_xor matmul
    matrix_transpose max maximum mean meshgrid min minimum moveaxis multiply negative nextafter
    nonzero not_equal ones_like permute_dims positive pow prod real reciprocal remainder repeat
    reshape result_type roll round searchsorted sign signbit sin sinh sqrt square squeeze stack
    std subtract sum take take_along_axis tan tanh tensordot tile tril triu trunc unique_all
    unique_counts unique_inverse unique_values unstack var vecdot where zeros_like
    """.split()  # noqa: SIM905
)

#: Functions that make arrays of shapes and numbers.
MAKING = ("arange", "empty", "eye", "full", "linspace", "ones", "zeros")

_DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float32", "float64", "complex64", "complex128"),
)

#: The only device.
DEVICE = "cpu"


def _check_device(device: Any) -> None:
    if device not in (None, DEVICE):
        raise ValueError(f"there is no device {device!r}; {DEVICE!r} is the only one")


class ArrayNamespace(ModuleType):
    """The standard's functions, extensions, dtypes and constants for one array class.

    Parameters
    ----------
    cls : type
        A subclass of `arrayproto.ArrayFunctionMixin`, which implements `numpy.asarray`.
    """

    def __init__(self, cls: Any) -> None:
        super().__init__(f"{cls.__module__}.{cls.__qualname__}.namespace", self.__doc__)
        found: Implementations = cls._implementations
        self._cls, self._core = cls, found.core
        self.__array_api_version__ = "2024.12"
        self.linalg, self.fft = np.linalg, np.fft
        for name in ("e", "inf", "nan", "newaxis", "pi", *_DTYPES):
            setattr(self, name, getattr(np, name))
        for name in ASKING:
            if hasattr(np, name):
                setattr(self, name, getattr(np, name))
        for name in MAKING:
            setattr(self, name, self._making(getattr(np, name)))

    def __repr__(self) -> str:
        return f"<the Array API namespace of {self._cls.__module__}.{self._cls.__qualname__}>"

    def __reduce__(self) -> Any:
        return namespace_of_class, (self._cls,)

    def __array_namespace_info__(self) -> Any:
        return _info()

    # What makes arrays --------------------------------------------------------------------------

    def _making(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function, updated=())
        def make(*args: Any, dtype: Any = None, device: Any = None, **kwargs: Any) -> Any:
            _check_device(device)
            return self._core.own(function(*args, dtype=dtype, **kwargs))

        return make

    def asarray(
        self, obj: Any, /, *, dtype: Any = None, device: Any = None, copy: bool | None = None
    ) -> Any:
        _check_device(device)
        if not isinstance(obj, self._cls):
            return self._core.own(_stacked(obj, self._cls), dtype)
        converted = self._core.own(obj, dtype)
        return np.copy(converted) if copy and converted is obj else converted

    def from_dlpack(self, x: Any, /, *, device: Any = None, copy: bool | None = None) -> Any:
        _check_device(device)
        return x if isinstance(x, self._cls) and not copy else self.asarray(np.from_dlpack(x))

    # Where the standard has other arguments than NumPy ------------------------------------------

    def finfo(self, type: Any, /) -> Any:
        return np.finfo(type.dtype if isinstance(type, self._cls) else type)

    def iinfo(self, type: Any, /) -> Any:
        return np.iinfo(type.dtype if isinstance(type, self._cls) else type)

    def argsort(
        self, x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True
    ) -> Any:
        if not descending:
            return np.argsort(x, axis=axis, stable=stable)
        # Equal elements stay in their order: the last of the turned array comes first.
        order = np.argsort(np.flip(x, axis=axis), axis=axis, stable=stable)
        return np.subtract(x.shape[axis] - 1, np.flip(order, axis=axis))

    def sort(
        self, x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True
    ) -> Any:
        result = np.sort(x, axis=axis, stable=stable)
        return np.flip(result, axis=axis) if descending else result


def _stacked(value: Any, cls: type) -> Any:
    """One array of a list with arrays of the class in it; everything else as it is."""
    if isinstance(value, (list, tuple)):
        parts = [_stacked(item, cls) for item in value]
        if any(isinstance(part, cls) for part in parts):
            return np.stack(parts)
    return value


class _Info:
    """What `__array_namespace_info__` returns: NumPy's answers, which are true of the class too."""

    def capabilities(self) -> dict[str, Any]:
        return {"boolean indexing": False, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> str:
        return DEVICE

    def devices(self) -> list[str]:
        return [DEVICE]

    def default_dtypes(self, *, device: Any = None) -> dict[str, Any]:
        return {**np.__array_namespace_info__().default_dtypes()}

    def dtypes(self, *, device: Any = None, kind: Any = None) -> dict[str, Any]:
        return {**np.__array_namespace_info__().dtypes(kind=kind)}


@functools.cache
def _info() -> _Info:
    return _Info()


_namespaces: dict[type, ArrayNamespace] = {}


def namespace_of_class(cls: Any) -> ArrayNamespace:
    """The namespace of an array class, one for each."""
    found = _namespaces.get(cls)
    if found is None:
        found = _namespaces.setdefault(cls, ArrayNamespace(cls))
    return found


class ArrayNamespaceMixin:
    """Gives an array class ``__array_namespace__`` and the attributes of the standard.

    For subclasses of `arrayproto.ArrayFunctionMixin` that have ``shape`` and ``dtype`` and
    implement `numpy.asarray`: consumers of the Array API (SciPy with ``SCIPY_ARRAY_API=1``,
    scikit-learn with ``array_api_dispatch``) then take their arrays. Functions are NumPy's, which
    ask the class; creation functions make its arrays. Attributes that the class defines are left.

    Notes
    -----
    Indexing with boolean arrays, which the standard has and consumers now and then use, and
    writing are left to ``__getitem__`` and ``__setitem__`` of the class.

    Examples
    --------
    >>> import numpy as np
    >>> from arrayproto import ArrayFunctionMixin, ArrayNamespaceMixin, implements
    >>> class Held(ArrayNamespaceMixin, ArrayFunctionMixin):
    ...     def __init__(self, held):
    ...         self.held = held
    ...     shape = property(lambda self: self.held.shape)
    ...     dtype = property(lambda self: self.held.dtype)
    ...     @implements(np.asarray)
    ...     @classmethod
    ...     def _asarray(cls, array):
    ...         return cls(array)
    >>> xp = Held(np.ones(3)).__array_namespace__()
    >>> xp.zeros((2, 3))
    <Held: shape=(2, 3), dtype=float64>
    """

    if TYPE_CHECKING:
        shape: Any
        dtype: Any

    def __array_namespace__(self, /, *, api_version: str | None = None) -> ArrayNamespace:
        return namespace_of_class(type(self))

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def device(self) -> str:
        return DEVICE

    def to_device(self, device: Any, /, *, stream: Any = None) -> Any:
        _check_device(device)
        return self

    @property
    def T(self) -> Any:
        array: Any = self
        return np.transpose(array)

    @property
    def mT(self) -> Any:
        array: Any = self
        return np.matrix_transpose(array)
