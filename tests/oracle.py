"""The oracle: NumPy on ndarrays says what every array library has to answer.

`check` runs one program twice, on ndarrays and on a library's arrays, and compares value (NaN
equals NaN), shape and dtype. The second run must stay on the library: the result is one of its
arrays, and on the way nothing became an ndarray, was made dense or was computed.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from unittest import mock

import numpy


class Backend(NamedTuple):
    """How tests make a library's arrays, and get the values out again."""

    name: str
    module: str
    make: Callable[[numpy.ndarray], Any]
    fetch: Callable[[Any], numpy.ndarray]
    classes: Callable[[], tuple[type, ...]]

    def load(self) -> Any:
        return importlib.import_module(self.module)

    def is_array(self, value: Any) -> bool:
        return isinstance(value, self.classes())


def _dask_array(array: numpy.ndarray) -> Any:
    # More than one chunk in each axis, and uneven: an implementation for one chunk fails.
    chunks = tuple(max(1, (n + 1) // 2) for n in array.shape)
    return sys.modules["dask.array"].from_array(array, chunks=chunks)


def _cupy() -> Any:
    return sys.modules["cupy"]


BACKENDS = {
    backend.name: backend
    for backend in (
        Backend(
            "sparse",
            "sparse",
            lambda array: sys.modules["sparse"].COO.from_numpy(array),
            lambda value: value.todense(),
            lambda: (sys.modules["sparse"].SparseArray,),
        ),
        Backend(
            "dask",
            "dask.array",
            _dask_array,
            lambda value: numpy.asarray(value.compute(scheduler="sync")),
            lambda: (sys.modules["dask.array"].Array,),
        ),
        Backend(
            "cupy",
            "cupy",
            lambda array: _cupy().asarray(array),
            lambda value: value.get(),
            lambda: (_cupy().ndarray,),
        ),
    )
}


class WentThroughTheHostError(AssertionError):
    """A duck array became an ndarray, dense, or was computed."""


def _refusal(what: str, original: Callable[..., Any] | None = None) -> Callable[..., Any]:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        # sparse takes the number out of a 0-d array in this way.
        if original is not None and getattr(args[0], "ndim", None) == 0:
            return original(*args, **kwargs)
        raise WentThroughTheHostError(f"{what} was called")

    return refuse


def _ways_to_the_host() -> Iterator[tuple[Any, str]]:
    sparse = sys.modules.get("sparse")
    if sparse is not None:
        for cls in (sparse.SparseArray, sparse.COO, sparse.GCXS, sparse.DOK):
            for name in ("__array__", "todense", "maybe_densify"):
                if name in vars(cls):
                    yield cls, name
    if sys.modules.get("dask.array") is not None:
        array_class = sys.modules["dask.array"].Array
        for name in ("__array__", "compute", "persist", "__bool__", "__float__", "__int__"):
            if hasattr(array_class, name):
                yield array_class, name
        for module in ("dask", "dask.base", "dask.array.core"):
            if hasattr(sys.modules.get(module), "compute"):
                yield sys.modules[module], "compute"
    # cupy.ndarray is a C class, whose methods cannot be replaced; its __array__ raises anyway.


@contextlib.contextmanager
def staying_on_the_device() -> Iterator[None]:
    """Every way from a duck array to an ndarray raises `WentThroughTheHostError` in this block."""
    with contextlib.ExitStack() as stack:
        for holder, name in _ways_to_the_host():
            original = getattr(holder, name) if name == "todense" else None
            refuse = _refusal(f"{getattr(holder, '__name__', holder)}.{name}", original)
            stack.enter_context(mock.patch.object(holder, name, refuse))
        if "dask" in sys.modules:
            # Whatever computes, by whatever name, asks the scheduler.
            config = sys.modules["dask"].config
            stack.enter_context(config.set(scheduler=_refusal("a Dask scheduler")))
        yield


class Plain(NamedTuple):
    """An ndarray among the arguments that stays one, although the others are converted."""

    array: numpy.ndarray


def convert(value: Any, make: Callable[[numpy.ndarray], Any]) -> Any:
    """Arguments with each ndarray in them, however deep, made by `make`."""
    if isinstance(value, Plain):
        return value.array
    if isinstance(value, numpy.ndarray):
        return make(value)
    if type(value) in (list, tuple):
        return type(value)(convert(item, make) for item in value)
    if type(value) is dict:
        return {key: convert(item, make) for key, item in value.items()}
    return value


def fetch(value: Any, backend: Backend) -> Any:
    """The same result with ndarrays in it, for comparison after the call."""
    if backend.is_array(value):
        return backend.fetch(value)
    if isinstance(value, (list, tuple)):
        return [fetch(item, backend) for item in value]
    return value


def assert_same(actual: Any, expected: Any, *, dtype: bool = True, rtol: float = 1e-12) -> None:
    """Values (NaN equals NaN), shape and dtype of two results, sequences of arrays included."""
    if isinstance(expected, (list, tuple)):
        assert len(actual) == len(expected), f"{len(actual)} results, NumPy has {len(expected)}"
        for one, other in zip(actual, expected, strict=True):
            assert_same(one, other, dtype=dtype, rtol=rtol)
        return
    actual, expected = numpy.asarray(actual), numpy.asarray(expected)
    assert actual.shape == expected.shape
    if dtype:
        assert actual.dtype == expected.dtype
    if expected.dtype.kind in "fc":
        numpy.testing.assert_allclose(actual, expected, rtol=rtol, atol=1e-14, equal_nan=True)
    else:
        numpy.testing.assert_array_equal(actual, expected)


def _assert_stayed(actual: Any, expected: Any, backend: Backend) -> None:
    """Where NumPy has an ndarray, the library has one of its own."""
    if isinstance(expected, (list, tuple)):
        for one, other in zip(actual, expected, strict=True):
            _assert_stayed(one, other, backend)
    elif isinstance(expected, numpy.ndarray) and expected.ndim:
        assert backend.is_array(actual), f"{type(actual)} is no array of {backend.name}"
    else:
        # A number: lazy libraries have it as a 0-d array of theirs, the others as a number.
        assert not isinstance(actual, numpy.ndarray) or actual.ndim == 0


def check(
    program: Callable[..., Any],
    *args: Any,
    library: str,
    dtype: bool = True,
    rtol: float = 1e-12,
    **kwargs: Any,
) -> Any:
    """Run `program` on ndarrays and on a library's arrays, and compare.

    Parameters
    ----------
    program : callable
        A NumPy function, or any program of them.
    *args, **kwargs
        Its arguments; each ndarray in them becomes an array of the library, but for `Plain` ones.
    library : str
        One of `BACKENDS`.
    dtype : bool
        Compare dtypes too.
    rtol : float
        For floating-point results.

    Returns
    -------
    object
        What the second run returned.
    """
    backend = BACKENDS[library]
    backend.load()
    expected = program(*convert(args, numpy.copy), **convert(kwargs, numpy.copy))
    ours = convert(args, backend.make), convert(kwargs, backend.make)
    with staying_on_the_device():
        actual = program(*ours[0], **ours[1])
    _assert_stayed(actual, expected, backend)
    assert_same(fetch(actual, backend), expected, dtype=dtype, rtol=rtol)
    return actual
