"""PyTorch: tensors on a device."""

from __future__ import annotations

import contextlib
import operator
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .context import asked_by_program
from .makers import SHAPES, Maker, shape_of
from .random import Source
from .settings import Setting

#: dtypes of NumPy's that PyTorch takes without a question.
_AS_IT_IS = frozenset(map(np.dtype, ("?", "i8", "f4", "f8", "c16")))

#: Types of parameters with which the short ways go on.
_NUMBERS = frozenset({int, float})
_ERRORS = (RuntimeError, TypeError)  # of a size that is none


_DEFAULT = Setting(
    lambda: sys.modules["torch"].get_default_dtype(),
    lambda dtype: sys.modules["torch"].set_default_dtype(dtype),
)


class _Number(int):
    """``x.size`` of NumPy's arrays, a number, and ``x.size()`` of PyTorch's."""

    method: Callable[..., Any]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.method(*args, **kwargs)


class _Size:
    """The number of elements for the program's own code, and PyTorch's method."""

    def __init__(self, own: Any) -> None:
        self.own = own

    def __get__(self, tensor: Any, cls: type) -> Any:
        method = self.own if tensor is None else self.own.__get__(tensor)
        if tensor is None or not asked_by_program(sys._getframe(1)):
            return method
        number = _Number(tensor.numel())
        number.method = method
        return number


class TorchMaker(Maker):
    """``device=`` is a `torch.device`, or what one is made of; the default is PyTorch's own.

    As long as the context is open PyTorch's default dtype is the context's, so that an operator
    on whole numbers (``np.arange(3) / 2``) has as many digits as NumPy's.
    """

    takes_device = True
    copying = ("__pos__", "flatten")
    changes_numbers = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        dtype = kwargs.get("dtype")
        if dtype is not None and type(dtype).__module__ == "torch":
            kwargs["dtype"] = str(dtype).removeprefix("torch.")
        super().__init__(*args, **kwargs)
        self.torch: Any = self.library.namespace
        if self.device is None:
            example = self.example
            self.device = self.torch.get_default_device() if example is None else example.device
        self.device = self.torch.device(self.device)
        self._on_cpu = self.device.type == "cpu"
        self._from_numpy = self.torch.from_numpy
        self._of_ndarray = self.library.core["asarray"]
        floats = {
            None: self.torch_dtype(self.dtype(None)),
            float: self.torch_dtype(self.dtype(None)),
        }
        # Programs say `dtype=x.dtype`.
        own = {dtype: dtype for dtype in self.library.dtypes.own}
        self._dtypes: dict[Any, Any] = {**own, **floats}

    def torch_dtype(self, dtype: Any) -> Any:
        return self.library.dtypes.from_numpy(np.dtype(dtype))

    def _asked(self, dtype: Any) -> Any:
        """PyTorch's dtype for what a program asks NumPy for."""
        try:
            return self._dtypes[dtype]
        except KeyError:
            found = self._dtypes[dtype] = self.torch_dtype(dtype)
            return found

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        with _DEFAULT.turned(self.torch_dtype(self.dtype(None))):
            yield

    def shares(self, result: Any, array: Any) -> bool:
        return bool(result.data_ptr() == array.data_ptr())

    def members(self) -> Iterator[tuple[type, str, Any]]:
        tensor = self.torch.Tensor
        yield tensor, "size", _Size(tensor.size)

    def upload(self, host: np.ndarray) -> Any:
        if self._on_cpu and host.dtype in _AS_IT_IS and host.ndim:
            flags = host.flags
            if flags.c_contiguous and flags.writeable:
                return self._from_numpy(host)
        made = self._of_ndarray(host)
        return made if self._on_cpu else made.to(self.device)

    def of_numbers(self, made: np.ndarray) -> Any:
        if self._on_cpu and self.floating is None and made.dtype in _AS_IT_IS:
            return self._from_numpy(made)
        return self.of_host(made, True)

    def to_host(self, array: Any) -> np.ndarray:
        host: np.ndarray = array.detach().resolve_conj().resolve_neg().cpu().numpy()
        return host

    def natives(self) -> dict[str, Callable[..., Any]]:
        torch, device, asked = self.torch, self.device, self._asked

        def filled(function: Callable[..., Any]) -> Callable[..., Any]:
            def make(shape: Any, dtype: Any = None, order: str = "C", **kwargs: Any) -> Any:
                if kwargs:
                    return NotImplemented
                return function(shape_of(shape), dtype=asked(dtype), device=device)

            return make

        def full(shape: Any, fill_value: Any, dtype: Any = None, *args: Any, **kw: Any) -> Any:
            if args or kw or not isinstance(fill_value, (bool, int, float, np.number, np.bool)):
                return NotImplemented
            if dtype is None:
                dtype = self.cast(np.asarray(fill_value)).dtype
            value = np.full((), fill_value, dtype).item()  # with NumPy's cast, and its errors
            return torch.full(shape_of(shape), value, dtype=asked(dtype), device=device)

        def arange(*args: Any, dtype: Any = None, device: Any = None) -> Any:
            # Of floating-point numbers only NumPy's own are NumPy's, to the last bit.
            whole = all(type(x) is int for x in args)
            if not 1 <= len(args) <= 3 or not whole or dtype is not None or device is not None:
                return NotImplemented
            first, stop, step = (0, *args, 1) if len(args) == 1 else (*args, 1)[:3]
            if step == 0:
                return NotImplemented
            stop = max(stop, first) if step > 0 else min(stop, first)
            return torch.arange(first, stop, step, device=self.device)

        def eye(N: int, M: Any = None, k: int = 0, dtype: Any = None, *args: Any, **kw: Any) -> Any:
            if args or kw or k:
                return NotImplemented
            N, M = operator.index(N), operator.index(N if M is None else M)
            return torch.eye(N, M, dtype=asked(dtype), device=device)

        return {
            "zeros": filled(torch.zeros),
            "ones": filled(torch.ones),
            "empty": filled(torch.empty),
            "full": full,
            "arange": arange,
            "eye": eye,
            "identity": lambda n, dtype=None: eye(n, dtype=dtype),
        }

    def shorts(self) -> dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]]:
        def filled(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
            function, dtypes, device = getattr(self.torch, name), self._dtypes, self.device

            def short(long: Callable[..., Any]) -> Callable[..., Any]:
                def make(shape: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
                    plain = type(shape) is tuple or type(shape) is int
                    if args or kwargs or not plain:
                        return long(shape, dtype, *args, **kwargs)
                    try:
                        return function(shape, dtype=dtypes[dtype], device=device)
                    except (KeyError, RuntimeError, TypeError):
                        return long(shape, dtype)  # with NumPy's error, if it is one

                return make

            return short

        def full(long: Callable[..., Any]) -> Callable[..., Any]:
            function, device, floating = self.torch.full, self.device, self._dtypes[None]

            def make(shape: Any, fill_value: Any, *args: Any, **kwargs: Any) -> Any:
                if type(shape) in SHAPES and type(fill_value) is float and not args and not kwargs:
                    try:
                        shape = (shape,) if type(shape) is int else shape
                        return function(shape, fill_value, dtype=floating, device=device)
                    except _ERRORS:
                        pass
                return long(shape, fill_value, *args, **kwargs)

            return make

        def eye(long: Callable[..., Any]) -> Callable[..., Any]:
            function, device, floating = self.torch.eye, self.device, self._dtypes[None]

            def make(N: Any, *args: Any, **kwargs: Any) -> Any:
                if type(N) is int and N >= 0 and not args and not kwargs:
                    return function(N, dtype=floating, device=device)
                return long(N, *args, **kwargs)

            return make

        def arange(long: Callable[..., Any]) -> Callable[..., Any]:
            function, device = self.torch.arange, self.device

            def make(*args: Any, **kwargs: Any) -> Any:
                if len(args) == 1 and not kwargs and type(args[0]) is int and args[0] >= 0:
                    return function(args[0], device=device)
                return long(*args, **kwargs)

            return make

        return {
            **{name: filled(name) for name in ("zeros", "ones", "empty")},
            "arange": arange,
            "eye": eye,
            "full": full,
            "identity": eye,
        }

    def source(self, seed: int) -> Source:
        return _TorchSource(self, seed)


class _TorchSource(Source):
    maker: TorchMaker

    def seed(self, seed: int) -> None:
        if not hasattr(self, "generator"):  # which the short ways know
            self.generator = self.maker.torch.Generator(self.maker.device)
        self.generator.manual_seed(seed)

    def shorts(self) -> dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]]:
        torch, maker = self.maker.torch, self.maker
        how = {
            "generator": self.generator,
            "dtype": maker.torch_dtype(maker.dtype(None)),
            "device": maker.device,
        }

        def of_size(function: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
            def short(long: Callable[..., Any]) -> Callable[..., Any]:
                def draw(size: Any = None, *args: Any, **kwargs: Any) -> Any:
                    if type(size) in SHAPES and not args and not kwargs:
                        try:
                            return function(size, **how)
                        except _ERRORS:
                            pass
                    return long(size, *args, **kwargs)

                return draw

            return short

        def of_lengths(function: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
            def short(long: Callable[..., Any]) -> Callable[..., Any]:
                def draw(*lengths: Any) -> Any:
                    if lengths:
                        try:
                            return function(lengths, **how)
                        except _ERRORS:
                            pass
                    return long(*lengths)

                return draw

            return short

        def normal(long: Callable[..., Any]) -> Callable[..., Any]:
            def draw(loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
                plain = type(loc) in _NUMBERS and type(scale) in _NUMBERS and scale >= 0
                if plain and type(size) in SHAPES:
                    try:
                        return torch.randn(size, **how).mul_(scale).add_(loc)
                    except _ERRORS:
                        pass
                return long(loc, scale, size)

            return draw

        def uniform(long: Callable[..., Any]) -> Callable[..., Any]:
            def draw(low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
                if type(low) in _NUMBERS and type(high) in _NUMBERS and type(size) in SHAPES:
                    try:
                        return torch.rand(size, **how).mul_(high - low).add_(low)
                    except _ERRORS:
                        pass
                return long(low, high, size)

            return draw

        return {
            **dict.fromkeys(("random", "random_sample", "ranf", "sample"), of_size(torch.rand)),
            "standard_normal": of_size(torch.randn),
            "rand": of_lengths(torch.rand),
            "randn": of_lengths(torch.randn),
            "normal": normal,
            "uniform": uniform,
        }

    def _draw(self, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        maker = self.maker
        return getattr(maker.torch, name)(
            shape, generator=self.generator, dtype=maker.torch_dtype(dtype), device=maker.device
        )

    def random(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        return self._draw("rand", shape, dtype)

    def standard_normal(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        return self._draw("randn", shape, dtype)

    def integers(self, low: int, high: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
        maker = self.maker
        made = maker.torch.randint(low, high, shape, generator=self.generator, device=maker.device)
        return made.to(maker.torch_dtype(dtype))
