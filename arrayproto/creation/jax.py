"""JAX: arrays on a device, in 32 bits unless the program has asked for 64."""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .makers import SHAPES, Maker, shape_of
from .random import Source
from .settings import Setting


def _set_bits(on: bool) -> None:
    sys.modules["jax"].config.update("jax_enable_x64", on)


_BITS = Setting(lambda: sys.modules["jax"].config.jax_enable_x64, _set_bits)


class JaxMaker(Maker):
    """``dtype="float64"`` turns on ``jax_enable_x64`` as long as the context is open."""

    takes_device = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.jax: Any = sys.modules["jax"]
        self.jnp: Any = self.library.namespace
        if self.device is None and self.example is not None:
            self.device = self.example.device
        elif isinstance(self.device, str):  # "gpu", "cpu:1"
            platform, _, number = self.device.partition(":")
            self.device = self.jax.devices(platform)[int(number or 0)]

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        if self.floating != np.float64:
            yield
            return
        with _BITS.turned(True):
            yield

    def known(self, dtype: Any) -> Any:
        """The dtype, or the one of half its size that JAX has in its place."""
        return self.jax.dtypes.canonicalize_dtype(dtype)

    def upload(self, host: np.ndarray) -> Any:
        # A copy: JAX's arrays never change, and an ndarray may.
        return self.jnp.array(host, self.known(host.dtype), device=self.device)

    def natives(self) -> dict[str, Callable[..., Any]]:
        def filled(function: Callable[..., Any]) -> Callable[..., Any]:
            def make(shape: Any, dtype: Any = None, order: str = "C", **kwargs: Any) -> Any:
                if kwargs:
                    return NotImplemented
                dtype = self.known(self.dtype(dtype))
                return function(shape_of(shape), dtype=dtype, device=self.device)

            return make

        jnp = self.jnp
        return {name: filled(getattr(jnp, name)) for name in ("zeros", "ones", "empty")}

    def shorts(self) -> dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]]:
        if self.floating is not None:
            return {}

        def filled(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
            function, device = getattr(self.jnp, name), self.device

            def short(long: Callable[..., Any]) -> Callable[..., Any]:
                def make(shape: Any, *args: Any, **kwargs: Any) -> Any:
                    if type(shape) in SHAPES and not args and not kwargs:
                        try:
                            return function(shape, device=device)
                        except (TypeError, ValueError):
                            pass
                    return long(shape, *args, **kwargs)

                return make

            return short

        return {name: filled(name) for name in ("zeros", "ones", "empty")}

    def source(self, seed: int) -> Source:
        return _JaxSource(self, seed)


class _JaxSource(Source):
    """One key, folded with the number of the draw."""

    maker: JaxMaker

    def seed(self, seed: int) -> None:
        self.random_: Any = self.maker.jax.random
        self.key = self.random_.key(seed)
        self.numbers = itertools.count()

    def _next(self) -> Any:
        return self.random_.fold_in(self.key, next(self.numbers))

    def _placed(self, made: Any) -> Any:
        device = self.maker.device
        return made if device is None else self.maker.jax.device_put(made, device)

    def random(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        return self._placed(self.random_.uniform(self._next(), shape, self.maker.known(dtype)))

    def standard_normal(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        return self._placed(self.random_.normal(self._next(), shape, self.maker.known(dtype)))

    def integers(self, low: int, high: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        dtype = self.maker.known(dtype)
        return self._placed(self.random_.randint(self._next(), shape, low, high, dtype))
