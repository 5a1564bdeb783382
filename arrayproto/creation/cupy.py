"""CuPy: arrays on a CUDA device."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .makers import Maker, shape_of
from .random import Source

#: What CuPy makes as NumPy does, given its own arguments.
_SAME = (
    *("bartlett", "blackman", "hamming", "hanning", "kaiser", "fft.fftfreq", "fft.rfftfreq"),
    *("linspace", "logspace"),
)


class CupyMaker(Maker):
    """``device=`` is the number of a CUDA device, which is current until the context is left."""

    takes_device = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cupy: Any = self.library.namespace
        if self.device is None and self.example is not None:
            self.device = self.example.device.id

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        if self.device is None:
            yield
        else:
            with self.cupy.cuda.Device(self.device):
                yield

    def upload(self, host: np.ndarray) -> Any:
        return self.cupy.asarray(host)

    def natives(self) -> dict[str, Callable[..., Any]]:
        cupy = self.cupy

        def filled(function: Callable[..., Any]) -> Callable[..., Any]:
            def make(shape: Any, dtype: Any = None, order: str = "C", **kwargs: Any) -> Any:
                return NotImplemented if kwargs else function(shape, self.dtype(dtype), order)

            return make

        def full(shape: Any, fill_value: Any, dtype: Any = None, *args: Any, **kw: Any) -> Any:
            if args or kw or np.ndim(fill_value):
                return NotImplemented
            if dtype is None:
                dtype = self.cast(np.asarray(fill_value)).dtype
            return cupy.full(shape_of(shape), fill_value, dtype)

        def eye(N: int, M: Any = None, k: int = 0, dtype: Any = None, *args: Any, **kw: Any) -> Any:
            return NotImplemented if args or kw else cupy.eye(N, M, k, self.dtype(dtype))

        def arange(start: Any, *args: Any, dtype: Any = None, device: Any = None) -> Any:
            whole = all(isinstance(x, (int, np.integer)) for x in (start, *args))
            if len(args) > 2 or not whole or device is not None:
                return NotImplemented
            return cupy.arange(start, *args, dtype=dtype)

        natives: dict[str, Callable[..., Any]] = {
            "zeros": filled(cupy.zeros),
            "ones": filled(cupy.ones),
            "empty": filled(cupy.empty),
            "full": full,
            "eye": eye,
            "identity": lambda n, dtype=None: eye(n, dtype=dtype),
            "arange": arange,
            "indices": lambda dimensions, dtype=int: cupy.indices(shape_of(dimensions), dtype),
        }
        if self.floating is None:
            for name in _SAME:
                function = self.library.find(name)
                if function is not None:
                    natives[name] = _guarded(function)
        return natives

    def source(self, seed: int) -> Source:
        return _CupySource(self, seed)


def _guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """For plain numbers; NumPy makes the rest."""

    def make(*args: Any, **kwargs: Any) -> Any:
        if kwargs or any(np.ndim(x) for x in args):
            return NotImplemented
        return function(*args)

    return make


class _CupySource(Source):
    maker: CupyMaker

    def seed(self, seed: int) -> None:
        random = self.maker.cupy.random
        self.rng = random.Generator(random.XORWOW(seed))

    def random(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        return self.rng.random(shape, dtype)

    def standard_normal(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        return self.rng.standard_normal(shape, dtype)

    def integers(self, low: int, high: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        return self.rng.integers(low, high, shape, dtype=np.dtype(np.int64)).astype(dtype)
