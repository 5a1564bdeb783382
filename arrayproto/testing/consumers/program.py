"""What a program of a consumer library is, and the data that programs work on.

A program is a function of ``make``, which makes the arrays that it works on of ndarrays: with
`numpy.copy` it says what is right, and with a subject's ``from_numpy`` it runs on that library.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Make = Callable[[np.ndarray], Any]


class Program(NamedTuple):
    """A program of a consumer.

    Attributes
    ----------
    consumer : str
        What is adopted.
    name : str
    run : callable
        Is given ``make``.
    reads : bool
        Whether it reads values to decide what to do, so that lazy arrays are computed.
    ducks : bool
        Whether its arrays are given by `arrayproto.asduck`, because it calls methods.
    numbers : bool
        Whether its results are Python's numbers.
    """

    consumer: str
    name: str
    run: Callable[[Make], Any]
    reads: bool = False
    ducks: bool = False
    numbers: bool = False


PROGRAMS: list[Program] = []

#: The subjects (see `arrayproto.testing.subjects`) that each program is run on.
_ALL = ("sparse", "dask", "jax", "torch", "cupy")
#: For some consumers it is others.
_OF = {
    "autograd": ("sparse", "dask", "jax", "torch", "tensorflow", "cupy"),
    "dask": ("sparse", "jax", "torch", "tensorflow", "cupy"),
    "skimage": ("dask", "jax", "torch", "cupy"),
    "sklearn": ("sparse", "dask", "jax", "torch", "tensorflow", "array-api-strict", "cupy"),
    "tangent": ("sparse", "dask", "jax", "torch"),
    "xarray": ("sparse", "dask", "jax", "torch", "array-api-strict", "cupy"),
}


def libraries_of(consumer: str) -> tuple[str, ...]:
    """The subjects that the programs of a consumer are run on."""
    return _OF.get(consumer, _ALL)


def program(
    consumer: str, *, reads: bool = False, ducks: bool = False, numbers: bool = False
) -> Callable[[Callable[[Make], Any]], Callable[[Make], Any]]:
    """Count a function among the programs; what its name begins with is the consumer's."""

    def decorator(run: Callable[[Make], Any]) -> Callable[[Make], Any]:
        name = run.__name__.removeprefix(f"{consumer.replace('.', '_')}_")
        PROGRAMS.append(Program(consumer, name, run, reads, ducks, numbers))
        return run

    return decorator


def imported(name: str) -> Any:
    """A consumer is imported when its program runs: it need not be installed."""
    return importlib.import_module(name)


# Data ---------------------------------------------------------------------------------------------


def tensor() -> np.ndarray[Any, Any]:
    values = np.random.default_rng(0).random((6, 5, 4))
    return np.where(values < 0.4, 0, values)


def matrix(rows: int = 6, columns: int = 4) -> np.ndarray[Any, Any]:
    values = np.random.default_rng(1).random((rows, columns))
    return np.where(values < 0.3, 0, values)


def signal() -> np.ndarray[Any, Any]:
    times: np.ndarray[Any, Any] = np.arange(16.0)
    return np.asarray(np.sin(times) + 0.5 * np.cos(3 * times))
