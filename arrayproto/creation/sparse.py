"""sparse: COO arrays, which keep what is not zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .makers import SHAPES, Maker, shape_of


class SparseMaker(Maker):
    """Random numbers are NumPy's: hardly any of them is zero, so that there is nothing to gain."""

    kinds = "biufc"

    def upload(self, host: np.ndarray) -> Any:
        return self.library.namespace.COO.from_numpy(host)

    def natives(self) -> dict[str, Callable[..., Any]]:
        return {
            **{name: self._filled(name) for name in ("zeros", "ones", "empty")},
            "full": self._full,
            "eye": self._eye,
            "identity": lambda n, dtype=None: self._eye(n, dtype=dtype),
        }

    def shorts(self) -> dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]]:
        def of_shape(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
            function, floating = getattr(self.library.namespace, name), self.dtype(None)

            def short(long: Callable[..., Any]) -> Callable[..., Any]:
                def make(shape: Any, *args: Any, **kwargs: Any) -> Any:
                    if type(shape) in SHAPES and not args and not kwargs:
                        try:
                            return function(shape, dtype=floating)
                        except (TypeError, ValueError):
                            pass
                    return long(shape, *args, **kwargs)

                return make

            return short

        return {name: of_shape(name) for name in ("zeros", "ones", "empty", "eye")}

    def _filled(self, name: str) -> Callable[..., Any]:
        function = getattr(self.library.namespace, name)

        def filled(shape: Any, dtype: Any = None, order: str = "C", *, device: Any = None) -> Any:
            if device is not None:
                return NotImplemented
            return function(shape_of(shape), dtype=self.dtype(dtype))

        return filled

    def _full(self, shape: Any, fill_value: Any, dtype: Any = None, *args: Any, **kw: Any) -> Any:
        if args or kw or np.ndim(fill_value):
            return NotImplemented
        fill = (
            self.cast(np.asarray(fill_value)) if dtype is None else np.full((), fill_value, dtype)
        )
        return self.library.namespace.full(shape_of(shape), fill[()], dtype=fill.dtype)

    def _eye(
        self, N: int, M: int | None = None, k: int = 0, dtype: Any = None, *args: Any, **kw: Any
    ) -> Any:
        if args or kw:
            return NotImplemented
        return self.library.namespace.eye(N, M, k, dtype=self.dtype(dtype))
