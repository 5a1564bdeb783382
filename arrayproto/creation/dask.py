"""Dask: arrays in chunks, made chunk by chunk where they are large."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from ..array_duck import flat_places
from ..consumers.flavour import Flavour, namespace
from ..consumers.written import written
from ..libraries import dask_views, library_of
from ..libraries.dask_chunks import alike, become
from ..libraries.dask_writes import write_masked
from .callsite import Packages
from .makers import Maker, is_duck, shape_of
from .random import Source

#: Up to so many bytes NumPy makes the values of ranges, and the array has one chunk.
SMALL = 2**20
_ERRORS = (TypeError, ValueError)  # of a size that is none


def _is_slice(index: Any) -> bool:
    return index is None or index is Ellipsis or isinstance(index, slice)


class DaskMaker(Maker):
    """``chunks=`` is Dask's, for arrays of as many axes as it names; ``"auto"`` for others.

    Of an example whose chunks are sparse's or CuPy's arrays, the chunks have the class too.
    """

    kinds = "biufcSUOmM"
    options = ("chunks",)
    workers = Packages("dask", "distributed")
    reads_in_parts = True
    lazy = True
    views: ClassVar[Any] = dask_views
    copying = ("__pos__", "astype", "flatten")

    def __init__(self, *args: Any, chunks: Any = "auto", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chunks = chunks
        self.da: Any = self.library.namespace

    def chunks_for(self, rank: int) -> Any:
        if isinstance(self.chunks, (tuple, list)) and len(self.chunks) != rank:
            return "auto"
        return self.chunks

    def alike(self, made: Any) -> Any:
        """With chunks of the example's class."""
        return made if self.example is None else alike(made, self.example)

    def _make(self, name: str, own: Callable[..., Any]) -> Callable[..., Any]:
        made = super()._make(name, own)
        if self.example is None or isinstance(self.example._meta, np.ndarray):
            return made
        return lambda *args, **kwargs: self.alike(made(*args, **kwargs))

    def upload(self, host: np.ndarray) -> Any:
        # A file that is mapped is read by the tasks; a token of its contents would read it now.
        made = self.da.from_array(host, chunks=self.chunks_for(host.ndim), name=False)
        return self.alike(made)

    def to_host(self, array: Any) -> np.ndarray:
        return _dense(array.compute())

    def to_hosts(self, arrays: Sequence[Any]) -> list[np.ndarray]:
        return list(map(_dense, sys.modules["dask"].compute(*arrays)))

    def can_be_changed(self, array: Any) -> bool:
        return True

    def write(self, array: Any, key: Any, value: Any) -> None:
        masked = getattr(key, "dtype", None) == np.dtype(bool) and len(key.shape) > 0
        keys = key if isinstance(key, tuple) else (key,)
        if masked and np.ndim(value) == 1:
            write_masked(array, key, value)
        elif not masked and len(keys) == array.ndim and not any(map(_is_slice, keys)):
            # A place along each axis: Dask takes one array at most, and no number of its own.
            places = np.broadcast_arrays(*(k if is_duck(k) else np.asarray(k) for k in keys))
            flat = flat_places(tuple(places), array.shape)
            np.put(array, flat, np.broadcast_to(value, flat.shape))
        else:
            become(array, written(namespace("numpy", Flavour()), array, key, value))

    def natives(self) -> dict[str, Callable[..., Any]]:
        return {
            **{name: self._filled(name) for name in ("zeros", "ones", "empty")},
            "full": self._full,
            "arange": self._arange,
            "linspace": self._linspace,
            "eye": self._eye,
            "identity": lambda n, dtype=None: self._eye(n, dtype=dtype),
            "tri": self._tri,
            "indices": self._indices,
        }

    def shorts(self) -> dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]]:
        if isinstance(self.chunks, (tuple, list)):  # for arrays of some ranks
            return {}
        chunks, floating = self.chunks, self._default

        def filled(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
            function = getattr(self.da, name)

            def short(long: Callable[..., Any]) -> Callable[..., Any]:
                def make(shape: Any, *args: Any, **kwargs: Any) -> Any:
                    if type(shape) is not tuple or args or kwargs:
                        return long(shape, *args, **kwargs)
                    for length in shape:  # Dask takes any number for one
                        if type(length) is not int or length < 0:
                            return long(shape)
                    try:
                        return function(shape, dtype=floating, chunks=chunks)
                    except _ERRORS:
                        return long(shape)

                return make

            return short

        def full(long: Callable[..., Any]) -> Callable[..., Any]:
            function = self.da.full

            def make(shape: Any, fill_value: Any, *args: Any, **kwargs: Any) -> Any:
                if type(shape) is not tuple or type(fill_value) is not float or args or kwargs:
                    return long(shape, fill_value, *args, **kwargs)
                for length in shape:
                    if type(length) is not int or length < 0:
                        return long(shape, fill_value)
                try:
                    return function(shape, fill_value, dtype=floating, chunks=chunks)
                except _ERRORS:
                    return long(shape, fill_value)

            return make

        return {**{name: filled(name) for name in ("zeros", "ones", "empty")}, "full": full}

    def _filled(self, name: str) -> Callable[..., Any]:
        function = getattr(self.da, name)

        def filled(shape: Any, dtype: Any = None, order: str = "C", *, device: Any = None) -> Any:
            if device is not None:
                np.empty(0, device=device)  # NumPy's error for any that it has not got
            shape = shape_of(shape)
            return function(shape, dtype=self.dtype(dtype), chunks=self.chunks_for(len(shape)))

        return filled

    def _full(
        self,
        shape: Any,
        fill_value: Any,
        dtype: Any = None,
        order: str = "C",
        *,
        device: Any = None,
    ) -> Any:
        if device is not None or np.ndim(fill_value):
            return NotImplemented
        shape = shape_of(shape)
        fill = np.full((), fill_value, dtype)  # with NumPy's cast, and its errors
        dtype = self.cast(fill).dtype if dtype is None else fill.dtype
        chunks = self.chunks_for(len(shape))
        return self.da.full(shape, fill[()], dtype=dtype, chunks=chunks)

    def _arange(self, start: Any, *args: Any, dtype: Any = None, device: Any = None) -> Any:
        if device is not None or len(args) > 2 or not _numbers(start, *args):
            return NotImplemented
        # Of floating-point numbers only NumPy's own are NumPy's, to the last bit.
        if not all(isinstance(x, (int, np.integer)) for x in (start, *args)):
            return NotImplemented
        if len(range(start, *args) if args else range(start)) * 8 <= SMALL:
            return NotImplemented
        return self.da.arange(start, *args, dtype=dtype, chunks=self.chunks_for(1))

    def _linspace(
        self, start: Any, stop: Any, num: int = 50, endpoint: bool = True, *args: Any, **kwargs: Any
    ) -> Any:
        if args or kwargs.keys() - {"dtype"} or not _numbers(start, stop) or num * 8 <= SMALL:
            return NotImplemented
        dtype = kwargs.get("dtype")
        if dtype is None:
            dtype = self.cast(np.empty(0, np.result_type(start, stop, 0.0))).dtype
        return self.da.linspace(
            start, stop, num, endpoint=endpoint, dtype=dtype, chunks=self.chunks_for(1)
        )

    def _eye(
        self, N: int, M: int | None = None, k: int = 0, dtype: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        dtype = self.dtype(dtype)
        if args or kwargs or N * (N if M is None else M) * dtype.itemsize <= SMALL:
            return NotImplemented
        rows, columns = self.da.arange(N), self.da.arange(N if M is None else M)
        return (columns[None, :] == rows[:, None] + k).astype(dtype)

    def _tri(self, N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
        dtype = self.dtype(dtype)
        if N * (N if M is None else M) * dtype.itemsize <= SMALL:
            return NotImplemented
        rows, columns = self.da.arange(N), self.da.arange(N if M is None else M)
        return (columns[None, :] <= rows[:, None] + k).astype(dtype)

    def _indices(self, dimensions: Any, dtype: Any = int) -> Any:
        dimensions = shape_of(dimensions)
        return self.da.indices(dimensions, dtype=dtype, chunks=self.chunks_for(len(dimensions)))

    def source(self, seed: int) -> Source:
        return _DaskSource(self, seed)


#: What Dask draws with another shape than it says.
_WRONG = frozenset({"multivariate_hypergeometric"})
#: What it draws by numbers, and not by arrays of its own, which it would cut into elements.
_BY_NUMBERS = frozenset({"multinomial"})


class _DaskSource(Source):
    """Each chunk has a stream of its own, so that its numbers are those of no other library."""

    maker: DaskMaker

    def seed(self, seed: int) -> None:
        self.rng = self.maker.da.random.default_rng(seed)

    def random(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        made = self.rng.random(shape, chunks=self.maker.chunks_for(len(shape)))
        return self.maker.alike(made if made.dtype == dtype else made.astype(dtype))

    def standard_normal(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        made = self.rng.standard_normal(shape, chunks=self.maker.chunks_for(len(shape)))
        return self.maker.alike(made if made.dtype == dtype else made.astype(dtype))

    def integers(self, low: Any, high: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        chunks = self.maker.chunks_for(len(shape))
        made = self.rng.integers(low, high, size=shape, dtype=dtype, chunks=chunks)
        return self.maker.alike(made)

    def native(self, name: str) -> Callable[..., Any] | None:
        found = getattr(self.rng, name, None)
        if found is None or name in _WRONG:
            return None
        signature = inspect.signature(found)

        @functools.wraps(found)
        def draw(*args: Any, **kwargs: Any) -> Any:
            if name in _BY_NUMBERS and any(map(is_duck, (*args, *kwargs.values()))):
                return NotImplemented
            size = signature.bind(*args, **kwargs).arguments.get("size")
            rank = None if size is None else len(shape_of(size))
            chunks = {} if rank is None else {"chunks": self.maker.chunks_for(rank)}
            return self.maker.alike(found(*args, **kwargs, **chunks))

        return draw


def _dense(computed: Any) -> np.ndarray:
    """What was computed, which may be an array of another library."""
    library = None if isinstance(computed, np.ndarray) else library_of(type(computed))
    if library is not None and library.to_host:
        computed = getattr(computed, library.to_host)()
    return np.asarray(computed)


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, (int, float, np.integer, np.floating)) for value in values)
