"""What makes the arrays of one library: `Maker`, and each of NumPy's functions made with it.

What NumPy makes quickly (a list, a window, a table of numbers read from a file) is made by NumPy,
so that it is bit for bit NumPy's, and handed to the library. What is large and simple (zeros,
ranges, random numbers) the library makes itself: see the classes in `dask`, `torch` and the others.
"""

from __future__ import annotations

import contextlib
import functools
import operator
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import namespace
from ..consumers.written import can_write
from ..errors import UnsupportedArgumentError
from ..libraries import Library
from ..view import asduck
from .callsite import Packages

if TYPE_CHECKING:
    from .context import Creation
    from .random import Source, Stream

#: Where each function takes its dtype by position; elsewhere there is none.
DTYPE_AT = {
    **dict.fromkeys(("asanyarray", "asarray", "array", "ascontiguousarray", "asfortranarray"), 1),
    **dict.fromkeys(("empty", "ones", "zeros", "identity", "indices", "require"), 1),
    **dict.fromkeys(("frombuffer", "fromfile", "fromiter", "fromstring"), 1),
    **dict.fromkeys(("genfromtxt", "loadtxt"), 1),
    **dict.fromkeys(("arange", "eye", "tri"), 3),
    "full": 2,
    "linspace": 5,
    "logspace": 5,
    "geomspace": 4,
}
#: What takes an array, or what can be made one.
CONVERTERS = frozenset(
    {"array", "asanyarray", "asarray", "ascontiguousarray", "asfortranarray", "require"}
)
#: What takes a dtype, and tells of it.
OF_DTYPES = frozenset({"finfo", "iinfo", "issubdtype"})
#: What NumPy dispatches on its arguments: there, an array of a library decides.
DISPATCHED = frozenset({"geomspace", "linspace", "logspace", "meshgrid"})

_SCALARS = frozenset({bool, int, float, complex, str, bytes, type(None)})
_NUMBERS = frozenset({bool, int, float, complex})
_SEQUENCES = (list, tuple)
#: Types of shapes with which the short ways go on.
SHAPES = frozenset({tuple, int})


class Maker:
    """Makes arrays of one library; this one by ``like=`` an example, for any library there is.

    Parameters
    ----------
    library : Library
    example : array, optional
        One of the library's arrays, whose device is taken.
    device : object, optional
        As the library takes it.
    dtype : dtype, optional
        Floating-point, in the place of float64 wherever the program names no dtype; complex
        numbers are of the same precision.
    same_stream : bool, optional
        Whether random numbers are drawn by NumPy.

    Attributes
    ----------
    kinds : str
        Kinds of NumPy's dtypes that the library has; arrays of others stay NumPy's.
    options : tuple of str
        What `arrayproto.using` takes beyond the parameters above.
    workers : callsite.Packages or None
        Packages that call the program's functions with parts of arrays, which are ndarrays.
    views : module or None
        Makes parts of arrays views of them, where arrays can be written to and parts are none.
    copying : tuple of str
        Methods that give the array itself where NumPy's give a copy, which may be written to.
    changes_numbers : bool
        Whether ``x += y`` changes an array without axes, which NumPy's functions have numbers for.
    takes_device, reads_in_parts, lazy : bool
        Whether the library has devices to choose from; whether it reads files part by part; whether
        it computes nothing before it has to.
    """

    kinds: ClassVar[str] = "biufc"
    options: ClassVar[tuple[str, ...]] = ()
    workers: ClassVar[Packages | None] = None
    takes_device: ClassVar[bool] = False
    reads_in_parts: ClassVar[bool] = False
    lazy: ClassVar[bool] = False
    views: ClassVar[Any] = None
    copying: ClassVar[tuple[str, ...]] = ()
    changes_numbers: ClassVar[bool] = False

    def __init__(
        self,
        library: Library,
        *,
        example: Any = None,
        device: Any = None,
        dtype: Any = None,
        same_stream: bool = False,
    ) -> None:
        if device is not None and not self.takes_device:
            raise UnsupportedArgumentError(
                f"arrayproto.using: {library.name} has no devices to choose from here; leave "
                "device= out, or give an array that is on the device"
            )
        self.library, self.example, self.device = library, example, device
        self.same_stream = same_stream
        self.floating = None if dtype is None else np.dtype(dtype)
        self._default: np.dtype[Any] = np.dtype(np.float64 if dtype is None else dtype)
        if self.floating is not None and self.floating.kind != "f":
            raise ValueError(
                "arrayproto.using: dtype= stands in the place of float64, so it is a "
                f"floating-point one, not {self.floating}"
            )
        self.complex = None if dtype is None else np.result_type(self.floating, np.complex64)
        #: Of the functions of `numpy.random`, made when the first of them is called.
        self.stream: Stream | None = None
        self.creation: Creation
        self._functions: dict[tuple[str, Any], Callable[..., Any]] = {}

    # What a library's own subclass says -----------------------------------------------------------

    def upload(self, host: np.ndarray) -> Any:
        """An array of the library with the values of an ndarray; it may share its memory."""
        if self.example is not None:
            return like(self.example, np.asarray, host)
        return self._convert(host)

    @functools.cached_property
    def _convert(self) -> Callable[[np.ndarray], Any]:
        library = self.library
        if not library.from_host and "asarray" in library.core:
            return library.core["asarray"]
        found = library.find(library.from_host or "asarray")
        if found is None:
            raise UnsupportedArgumentError(
                f"arrayproto.using: nobody has said how {library.name} makes an array of an "
                "ndarray; give an array of it instead of its name"
            )
        return found

    def to_host(self, array: Any) -> np.ndarray:
        """The values of one of the library's arrays, where they are asked for."""
        library = self.library
        return library.copied_to_host(array) if library.to_host else np.asarray(array)

    def to_hosts(self, arrays: Sequence[Any]) -> list[np.ndarray]:
        """The same of several, at once where they are lazy."""
        return [self.to_host(array) for array in arrays]

    def is_own(self, value: Any) -> bool:
        """Whether a value is an array of the library."""
        return isinstance(value, self.library.classes)

    def can_be_changed(self, array: Any) -> bool:
        """Whether one of the library's arrays can be written to."""
        return can_write(self.library, array)

    def write(self, array: Any, key: Any, value: Any) -> None:
        """``array[key] = value``, as NumPy has it, where the library's own refuses it."""
        asduck(array)[self.ducks(key)] = value

    def shares(self, result: Any, array: Any) -> bool:
        """Whether what a method has given is the array, or has its memory."""
        return result is array

    def ducks(self, key: Any) -> Any:
        """An index with the library's arrays in it as ducks."""
        if isinstance(key, tuple):
            return tuple(map(self.ducks, key))
        if not self.is_own(key):
            return key
        return asduck(key) if key.ndim or self.lazy else operator.index(self.to_host(key)[()])

    def members(self) -> Iterator[tuple[type, str, Any]]:
        """What else its arrays have while the context is open: a class, a name, and the member."""
        yield from ()

    def natives(self) -> dict[str, Callable[..., Any]]:
        """By public name, what the library makes itself, with NumPy's arguments."""
        return {}

    def shorts(self) -> dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]]:
        """By public name, what makes the short way of a function of the long one."""
        return {}

    def source(self, seed: int) -> Source | None:
        """Where its random numbers come from; None for NumPy's stream."""
        return None

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """What holds while the context is open, beside the creation of arrays."""
        yield

    # The same for all ---------------------------------------------------------------------------

    def function(self, name: str, own: Callable[..., Any]) -> Callable[..., Any]:
        """What makes the library's arrays in the place of `own`, NumPy's function `name`."""
        try:
            return self._functions[name, own]
        except KeyError:
            made = self._functions[name, own] = self._make(name, own)
            return made

    def _make(self, name: str, own: Callable[..., Any]) -> Callable[..., Any]:
        from . import files, grids, random

        if name.startswith("random."):
            return random.function(self, name.removeprefix("random."), own)
        if name in OF_DTYPES:
            return lambda *args: own(*self.with_dtypes_of_numpy(args, {})[0])
        if name in CONVERTERS:
            return self._converting(name, own)
        for made in (files.MAKERS, grids.MAKERS):
            if name in made:
                return made[name](self, own)
        on_host = self._on_host(name, own)
        native = self.natives().get(name)
        if native is None:
            return on_host

        def make(*args: Any, **kwargs: Any) -> Any:
            args, kwargs = self.with_dtypes_of_numpy(args, kwargs)
            if "like" in kwargs or (name in DISPATCHED and any(map(is_duck, args))):
                return own(*args, **kwargs)
            try:
                made = native(*args, **kwargs)
            except (TypeError, ValueError):
                made = NotImplemented  # NumPy says what is wrong
            return on_host(*args, **kwargs) if made is NotImplemented else made

        short = self.shorts().get(name)
        return make if short is None else short(make)

    def _on_host(self, name: str, own: Callable[..., Any]) -> Callable[..., Any]:
        at = DTYPE_AT.get(name, 100)

        def make(*args: Any, **kwargs: Any) -> Any:
            args, kwargs = self.with_dtypes_of_numpy(args, kwargs)
            if "like" in kwargs:
                return own(*args, **kwargs)
            if name in DISPATCHED and (
                any(map(is_duck, args)) or any(map(is_duck, kwargs.values()))
            ):
                return own(*args, **kwargs)
            free = kwargs.get("dtype", args[at] if len(args) > at else None) in (None, float)
            return self.of_host(own(*args, **kwargs), free)

        return make

    def _converting(self, name: str, own: Callable[..., Any]) -> Callable[..., Any]:
        at = DTYPE_AT[name]
        keeps = name in ("array", "asanyarray")

        def make(object: Any, *args: Any, **kwargs: Any) -> Any:
            if type(object) is list and not args and not kwargs:
                if _NUMBERS.issuperset(map(type, object)):  # the common case, at once
                    return self.of_numbers(own(object))
            args, kwargs = self.with_dtypes_of_numpy(args, kwargs)
            if "like" in kwargs:
                return own(object, *args, **kwargs)
            duck = first_duck(object)
            if duck is not None:
                if name == "array" and kwargs.get("subok"):
                    kwargs = {k: v for k, v in kwargs.items() if k != "subok"}
                return like(duck, own, object, *args, **kwargs)
            cls = type(object)
            if issubclass(cls, np.ndarray) and cls not in (np.ndarray, np.memmap):
                subok = kwargs.get("subok", name == "asanyarray")
                if keeps and subok:
                    return own(object, *args, **kwargs)  # a mask, a unit: NumPy's to keep
            asked = kwargs.get("dtype", args[at - 1] if len(args) >= at else None)
            free = asked is None and not hasattr(object, "dtype")
            return self.of_host(own(object, *args, **kwargs), free or asked is float)

        return make

    def of_host(self, made: Any, free: bool) -> Any:
        """What NumPy has made, handed to the library; `free` if nobody has asked for its dtype."""
        if isinstance(made, np.ndarray):
            return self.upload(self.cast(made) if free else made) if self.has(made.dtype) else made
        if type(made) in _SEQUENCES:
            return type(made)(self.of_host(item, free) for item in made)
        return made

    def of_numbers(self, made: np.ndarray) -> Any:
        """The same for a new ndarray of a list of numbers."""
        return self.of_host(made, True)

    def has(self, dtype: np.dtype[Any]) -> bool:
        """Whether the library has arrays of this kind of dtype."""
        return dtype.kind in self.kinds

    def cast(self, host: np.ndarray) -> np.ndarray:
        """In the context's dtype, where the program has named none."""
        if self.floating is not None:
            if host.dtype == np.float64:
                return host.astype(self.floating)
            if host.dtype == np.complex128:
                return host.astype(self.complex)
        return host

    @functools.cached_property
    def _dtype_classes(self) -> tuple[type, ...]:
        """Of the library's dtypes, where they are not NumPy's."""
        return self.library.dtypes.classes if self.library.core else ()

    def with_dtypes_of_numpy(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Arguments with NumPy's dtypes for the library's: ``np.zeros(3, dtype=x.dtype)``."""
        classes = self._dtype_classes
        if classes:
            known = self.library.dtypes.to_numpy
            args = tuple(known(v) if isinstance(v, classes) else v for v in args)
            kwargs = {k: known(v) if isinstance(v, classes) else v for k, v in kwargs.items()}
        return args, kwargs

    def dtype(self, asked: Any) -> np.dtype[Any]:
        """The dtype of a function whose own default is float64.

        Raises
        ------
        TypeError
            If the library has none like it.
        """
        if asked is None or asked is float:
            return self._default
        found: np.dtype[Any] = np.dtype(asked)
        if not self.has(found):
            raise TypeError(f"{self.library.name} has no dtype {found}")
        return found


def shape_of(shape: Any) -> tuple[int, ...]:
    """A shape as NumPy reads it."""
    if type(shape) is not tuple:
        shape = shape if np.iterable(shape) else (shape,)
    read = tuple(map(operator.index, shape))
    if min(read, default=0) < 0:
        raise ValueError("negative dimensions are not allowed")
    return read


def is_duck(value: Any) -> bool:
    """Whether a value is an array of a library."""
    cls = type(value)
    return not issubclass(cls, (np.ndarray, np.generic)) and namespace.find(cls) is not None


def first_duck(value: Any) -> Any:
    """An array of a library, itself or in nested lists; None if there is none."""
    if not isinstance(value, _SEQUENCES):
        cls = type(value)
        return value if cls not in _SCALARS and is_duck(value) else None
    if set(map(type, value)) <= _SCALARS:
        return None
    return next((duck for item in value if (duck := first_duck(item)) is not None), None)


def like(array: Any, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a creation function with ``like=``, whether the class has the protocol or not."""
    method = namespace.find(type(array))
    if method is None:
        raise UnsupportedArgumentError(
            f"arrayproto.using: {type(array).__module__}.{type(array).__qualname__} has no "
            "protocol, so that nobody makes arrays like it; arrayproto.register() its class"
        )
    return method(array, function, (type(array),), args, kwargs)
