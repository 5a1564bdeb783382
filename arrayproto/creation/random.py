"""`numpy.random` with a library's arrays: which numbers they hold is said here.

Each stream has NumPy's own beside it, from the same seed. What a `Source` makes is reproducible
from the seed and has NumPy's distribution, not NumPy's numbers; whatever it lacks, and every number
that is drawn alone (``rng.normal()``), comes from NumPy's stream and has NumPy's numbers. With
``same_stream=True``, and for a library without a source (sparse), all are NumPy's, bit for bit.
"""

from __future__ import annotations

import contextvars
import copy
import functools
import inspect
import itertools
import sys
import types
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

import arrayproto.numpy as anp

from ..accelerator import sites
from ..errors import UnsupportedArgumentError
from ..private import bit_generator_of, global_bit_generator
from .context import unless_at_work
from .makers import Maker, is_duck, shape_of

if TYPE_CHECKING:
    from .context import Creation


class Source:
    """Random arrays of one library, on one device, from one seed; see the libraries' modules."""

    def __init__(self, maker: Maker, seed: int) -> None:
        self.maker = maker
        self.seed(seed)

    def seed(self, seed: int) -> None:
        """Begin a stream."""
        raise NotImplementedError

    def random(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        """Uniform on [0, 1)."""
        raise NotImplementedError

    def standard_normal(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        raise NotImplementedError

    def integers(self, low: int, high: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        """Uniform on [low, high)."""
        raise NotImplementedError

    def native(self, name: str) -> Callable[..., Any] | None:
        """The library's own method with NumPy's arguments, for what is not composed here."""
        return None

    def shorts(self) -> dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]]:
        """By name, what makes the short way of a method of the long one."""
        return {}


class Stream:
    """A stream of NumPy's and, made at the first need, the library's from the same seed."""

    def __init__(self, maker: Maker, bit_generator: Any, number: int = 0) -> None:
        self.maker, self.bit_generator = maker, bit_generator
        self._number = number
        self._source: Source | None = None

    @property
    def source(self) -> Source | None:
        if self._source is None and not self.maker.same_stream:
            self._source = self.maker.source(self._seed())
        return self._source

    def _seed(self) -> int:
        ahead = copy.deepcopy(self.bit_generator).random_raw(2)
        # Some libraries take the lower half alone, so that the number has to change that too.
        return (int(ahead[0]) << 31 ^ int(ahead[1]) ^ self._number * 0x9E3779B97F4A7C15) % 2**63

    def reseeded(self) -> None:
        """NumPy's stream was seeded anew: so is the library's."""
        self._number = 0
        if self._source is not None:
            self._source.seed(self._seed())

    def drawing(self, name: str, host: Callable[..., Any]) -> Callable[..., Any]:
        """What draws in the place of NumPy's method `name`, `host`; parameters are those of `draw`.

        Shorter than `draw` where the library has a short way.
        """

        def long(*args: Any, **kwargs: Any) -> Any:
            return self.draw(name, host, args, kwargs)

        short = {} if self.source is None else self.source.shorts()
        found = short[name](long) if name in short else long
        workers = self.maker.workers
        return found if workers is None else unless_at_work(found, host, workers)

    def draw(self, name: str, host: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """What NumPy's method `name` draws, as an array of the library.

        Parameters
        ----------
        name : str
        host : callable
            NumPy's method, bound to its stream.
        args, kwargs : tuple, dict
            Of the call.
        """
        args, kwargs = self.maker.with_dtypes_of_numpy(args, kwargs)
        source = self.source
        made: Any = NotImplemented
        if name in _OF_ARRAYS:
            made = _OF_ARRAYS[name](self, host, *args, **kwargs)
        elif source is not None:
            composed = _COMPOSED.get(name)
            native = None if composed is not None else source.native(_NEW.get(name, name))
            if composed is not None:
                made = composed(source, *args, **kwargs)
            elif native is not None and _makes_array(native, args, kwargs):
                made = native(*args, **kwargs)
        if made is not NotImplemented:
            return made
        given = (*args, *kwargs.values())
        if any(map(is_duck, given)):
            values = iter(self._on_host(name, given))
            args, kwargs = tuple(next(values) for _ in args), dict(zip(kwargs, values, strict=True))
        dtype = kwargs.get("dtype")
        return self.maker.of_host(host(*args, **kwargs), dtype is None or dtype is float)

    def _on_host(self, name: str, parameters: Sequence[Any]) -> list[Any]:
        """What NumPy draws by: parameters that are the library's arrays, copied."""
        maker = self.maker
        ducks = [value for value in parameters if is_duck(value)]
        if not all(map(maker.is_own, ducks)):
            raise UnsupportedArgumentError(
                f"numpy.random: {name} takes no parameters that are arrays of another library than "
                f"{maker.library.name}, which makes the arrays here; give it numbers or its arrays"
            )
        hosts = iter(maker.to_hosts(ducks))
        return [next(hosts) if is_duck(value) else value for value in parameters]


def _makes_array(native: Callable[..., Any], args: Any, kwargs: Any) -> bool:
    """Whether a call of the library's method is for an array, not for one number."""
    try:
        given = inspect.signature(native).bind(*args, **kwargs).arguments
    except (TypeError, ValueError):
        return False
    return given.get("size") is not None or any(map(np.ndim, given.values()))


# Composed of a source's three ---------------------------------------------------------------------


def _shape(size: Any, *parameters: Any) -> tuple[int, ...] | None:
    """The shape of what is drawn; None for one number."""
    if size is not None:
        return shape_of(size)
    shape = np.broadcast_shapes(*(tuple(np.shape(p)) for p in parameters))
    return shape if shape or any(map(is_duck, parameters)) else None


def _parameter(source: Source, value: Any) -> Any:
    if isinstance(value, (list, tuple, np.ndarray)):
        return source.maker.of_host(np.asarray(value), not hasattr(value, "dtype"))
    return value


def _random(source: Source, size: Any = None, dtype: Any = None, out: Any = None) -> Any:
    if size is None or out is not None:
        return NotImplemented
    return source.random(shape_of(size), source.maker.dtype(dtype))


def _standard_normal(source: Source, size: Any = None, dtype: Any = None, out: Any = None) -> Any:
    if size is None or out is not None:
        return NotImplemented
    return source.standard_normal(shape_of(size), source.maker.dtype(dtype))


def _rand(source: Source, *dimensions: Any) -> Any:
    return _random(source, dimensions or None)


def _randn(source: Source, *dimensions: Any) -> Any:
    return _standard_normal(source, dimensions or None)


def _uniform(source: Source, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
    shape = _shape(size, low, high)
    if shape is None:
        return NotImplemented
    low, high = _parameter(source, low), _parameter(source, high)
    return source.random(shape, source.maker.dtype(None)) * (high - low) + low


def _normal(source: Source, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
    shape = _shape(size, loc, scale)
    # A negative scale is NumPy's error.
    if shape is None or (np.ndim(scale) == 0 and not is_duck(scale) and scale < 0):
        return NotImplemented
    loc, scale = _parameter(source, loc), _parameter(source, scale)
    return source.standard_normal(shape, source.maker.dtype(None)) * scale + loc


def _lognormal(source: Source, mean: Any = 0.0, sigma: Any = 1.0, size: Any = None) -> Any:
    drawn = _normal(source, mean, sigma, size)
    return drawn if drawn is NotImplemented else anp.exp(drawn)


def _exponential(source: Source, scale: Any = 1.0, size: Any = None) -> Any:
    shape = _shape(size, scale)
    if shape is None or (np.ndim(scale) == 0 and not is_duck(scale) and scale < 0):
        return NotImplemented
    uniform = source.random(shape, source.maker.dtype(None))
    return anp.negative(anp.log1p(anp.negative(uniform))) * _parameter(source, scale)


def _standard_exponential(source: Source, size: Any = None, *args: Any, **kwargs: Any) -> Any:
    return NotImplemented if args or kwargs else _exponential(source, 1.0, size)


def _integers(
    source: Source,
    low: Any,
    high: Any = None,
    size: Any = None,
    dtype: Any = np.int64,
    endpoint: bool = False,
) -> Any:
    if size is None or np.ndim(low) or np.ndim(high):
        return NotImplemented
    low, high = (0, low) if high is None else (low, high)
    high = int(high) + bool(endpoint)
    if int(low) >= high:
        return NotImplemented  # NumPy's error
    return source.integers(int(low), high, shape_of(size), np.dtype(dtype))


_COMPOSED: dict[str, Callable[..., Any]] = {
    "exponential": _exponential,
    "integers": _integers,
    "lognormal": _lognormal,
    "normal": _normal,
    "rand": _rand,
    "randint": _integers,
    "randn": _randn,
    "random": _random,
    "random_sample": _random,
    "ranf": _random,
    "sample": _random,
    "standard_exponential": _standard_exponential,
    "standard_normal": _standard_normal,
    "uniform": _uniform,
}
#: Names of `numpy.random.RandomState` to those of `numpy.random.Generator`.
_NEW = {"randint": "integers", "random_sample": "random"}


# Of arrays: the order is NumPy's, the arrays are the library's -----------------------------------


def _permutation(stream: Stream, host: Any, x: Any, axis: int = 0) -> Any:
    if not is_duck(x):
        return NotImplemented
    order = host(x.shape[axis])
    return anp.take(x, stream.maker.of_host(order, False), axis=axis)


def _shuffle(stream: Stream, host: Any, x: Any, axis: int = 0) -> Any:
    if not is_duck(x):
        host(x, **({"axis": axis} if axis else {}))
        return None
    order = np.arange(x.shape[axis])
    host(order)
    x[...] = anp.take(x, stream.maker.of_host(order, False), axis=axis)
    return None


def _choice(
    stream: Stream,
    host: Any,
    a: Any,
    size: Any = None,
    replace: bool = True,
    p: Any = None,
    axis: int = 0,
    **kwargs: Any,
) -> Any:
    source = stream.source
    if size is not None and replace and p is None and source is not None:
        chosen = source.integers(0, _count(a, axis), shape_of(size), np.dtype(np.int64))
    elif is_duck(a):
        (p,) = stream._on_host("choice", (p,))
        chosen = host(a.shape[axis], size, replace, p, **kwargs)
        chosen = chosen if size is None else stream.maker.of_host(chosen, False)
    else:
        return NotImplemented
    if not np.ndim(a):
        return chosen
    a = a if is_duck(a) else stream.maker.of_host(np.asarray(a), False)
    if size is None:
        return a[(slice(None),) * axis + (int(chosen),)]
    if len(chosen.shape) == 1:
        return anp.take(a, chosen, axis=axis)
    taken = anp.take(a, chosen.reshape((-1,)), axis=axis)
    shape = tuple(a.shape)
    return taken.reshape((*shape[:axis], *chosen.shape, *shape[axis + 1 :]))


def _count(a: Any, axis: int) -> int:
    return int(np.shape(a)[axis]) if np.ndim(a) else int(a)


_global_streams = itertools.count()

_OF_ARRAYS: dict[str, Callable[..., Any]] = {
    "choice": _choice,
    "permutation": _permutation,
    "shuffle": _shuffle,
}


# What programs hold -------------------------------------------------------------------------------


class LibraryGenerator(np.random.Generator):
    """NumPy's generator, with a library's arrays for the program, and ndarrays for everybody else.

    A copy of it, and what pickle makes of it, is NumPy's.
    """

    _stream: Stream

    def spawn(self, n_children: int) -> list[np.random.Generator]:
        maker, children = self._stream.maker, self.bit_generator.spawn(n_children)
        return [generator(maker, np.random.Generator(child)) for child in children]


class LibraryRandomState(np.random.RandomState):
    """The same for the older class."""

    _stream: Stream


#: Never set: what a generator draws does not depend on the context.
_no_context: contextvars.ContextVar[None] = contextvars.ContextVar("arrayproto_no_context")


def _drawing(cls: type, name: str) -> Callable[..., Any]:
    own, frame_of = getattr(cls, name), sys._getframe
    reseeds = name in ("seed", "set_state")

    @functools.wraps(own)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        stream: Stream = self._stream
        if reseeds:
            done = own(self, *args, **kwargs)
            stream.reseeded()
            return done
        host = functools.partial(own, self)

        def find(creation: Creation, frame: types.FrameType) -> Callable[..., Any]:
            programs = creation.callers.get(id(frame.f_code))
            if programs is None:
                programs = creation.is_caller(frame)
            return drawing if programs else host

        def draw(*args: Any, **kwargs: Any) -> Any:
            return find(creation, frame_of(1))(*args, **kwargs)

        drawing = stream.drawing(name, host)
        creation = stream.maker.creation
        # The calls to come go there at once.
        here = {"creation": creation}
        vars(self)[name] = (
            draw if sites is None else sites.Sites(_no_context, here, "creation", host, find)
        )
        return find(creation, frame_of(1))(*args, **kwargs)

    return method


for _cls in (LibraryGenerator, LibraryRandomState):
    _base = _cls.__mro__[1]  # NumPy's own, whatever stands for it in a context that is open already
    for _name in dir(_base):
        if (
            _name[0] != "_"
            and callable(getattr(_base, _name))
            and _name not in (*("bytes", "get_state", "spawn", "tomaxint"),)
        ):
            setattr(_cls, _name, _drawing(_base, _name))


def generator(maker: Maker, stock: np.random.Generator) -> np.random.Generator:
    """A generator that draws arrays of the library, on the stream of `stock`."""
    if isinstance(stock, LibraryGenerator):
        return stock
    made = LibraryGenerator(stock.bit_generator)
    made._stream = Stream(maker, stock.bit_generator)
    return made


def _random_state(maker: Maker, stock: np.random.RandomState) -> np.random.RandomState:
    bit_generator = bit_generator_of(stock)
    made = LibraryRandomState(bit_generator)
    made._stream = Stream(maker, bit_generator)
    return made


def function(maker: Maker, name: str, own: Any) -> Callable[..., Any]:
    """What stands for one of the functions and classes of `numpy.random`."""
    if name in ("default_rng", "Generator"):
        return lambda *args, **kwargs: generator(maker, own(*args, **kwargs))
    if name == "RandomState":
        return lambda *args, **kwargs: _random_state(maker, own(*args, **kwargs))
    if maker.stream is None:
        # What a library draws leaves NumPy's global stream where it is, so that the next context
        # would draw the same.
        maker.stream = Stream(maker, global_bit_generator(), next(_global_streams))
    stream = maker.stream
    if name in ("seed", "set_state"):

        def seed(*args: Any, **kwargs: Any) -> Any:
            done = own(*args, **kwargs)
            stream.reseeded()
            return done

        return seed
    return stream.drawing(name, own)
