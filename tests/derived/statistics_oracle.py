"""NumPy's answer as the oracle, for tables of calls.

A table maps a function's name to its calls; a call is ``call(id, *args, **kwargs)``, where every
argument wrapped in `X` is made an array of the library and every other is passed as it is.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import dask
import dask.array as da
import numpy
import pytest
import sparse
from dask.array.utils import assert_eq

import arrayproto.numpy


class X:
    """An argument that becomes an array of the library; sparse ones get this fill value."""

    def __init__(self, values: Any, dtype: Any = None, fill: Any = 0) -> None:
        self.values = numpy.asarray(values, dtype)
        self.fill = fill


def call(name: str, /, *args: Any, **kwargs: Any) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    return name, args, kwargs


def _chunks(shape: tuple[int, ...], every_axis: bool) -> tuple[int, ...]:
    return tuple(
        max(1, -(-n // 2)) if every_axis or axis == 0 else max(1, n) for axis, n in enumerate(shape)
    )


#: Array maker to what makes its arrays.
MAKERS = {
    "coo": lambda x: sparse.COO.from_numpy(x.values, fill_value=x.values.dtype.type(x.fill)),
    "gcxs": lambda x: sparse.GCXS.from_numpy(x.values, fill_value=x.values.dtype.type(x.fill)),
    "rows": lambda x: da.from_array(x.values, chunks=_chunks(x.values.shape, False)),
    "grid": lambda x: da.from_array(x.values, chunks=_chunks(x.values.shape, True)),
}
LIBRARY = {"coo": "sparse", "gcxs": "sparse", "rows": "dask", "grid": "dask"}


def _with(value: Any, make: Any) -> Any:
    if isinstance(value, X):
        return make(value)
    if isinstance(value, (list, tuple)) and any(isinstance(v, X) for v in value):
        return type(value)(_with(v, make) for v in value)
    return value


def _refuse_compute(*_: Any, **__: Any) -> Any:
    raise AssertionError("Dask computed during the call")


def _refusing(method: Any) -> Any:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> Any:
        # What bool(x) and float(x) do with one element is no densifying.
        assert self.size <= 1, "made dense, or an ndarray, during the call"
        return method(self, *args, **kwargs)

    return refuse


@contextlib.contextmanager
def nothing_converted() -> Iterator[None]:
    """No ``compute``, no ``todense`` and no ``__array__`` inside."""
    with pytest.MonkeyPatch.context() as patch, dask.config.set(scheduler=_refuse_compute):
        for cls in (sparse.COO, sparse.GCXS):
            patch.setattr(cls, "todense", _refusing(cls.todense))
            patch.setattr(cls, "__array__", _refusing(cls.__array__))
        yield


def _check(result: Any, expected: Any, library: str, plain: bool) -> None:
    if isinstance(expected, (tuple, list)):
        assert isinstance(result, (tuple, list)), type(result)
        assert len(result) == len(expected)
        for one, other in zip(result, expected, strict=True):
            _check(one, other, library, plain)
        return
    if isinstance(expected, bool) and isinstance(result, bool):
        assert result is expected
        return
    expected = numpy.asarray(expected)
    assert result.dtype == expected.dtype
    tolerance = 1e-5 if expected.dtype in (numpy.float32, numpy.complex64) else 1e-12
    if library == "dask" and isinstance(result, da.Array):
        assert_eq(result, expected, scheduler="sync", rtol=tolerance, atol=tolerance)
        return
    if plain or (expected.ndim == 0 and not isinstance(result, sparse.SparseArray)):
        # sparse itself answers for a single element with either.
        assert isinstance(result, (numpy.ndarray, numpy.generic)), type(result)
    else:
        assert isinstance(result, sparse.SparseArray), type(result)
        assert result.nnz <= result.size
        result = result.todense()
    assert numpy.shape(result) == expected.shape
    if expected.dtype.kind in "fc":
        numpy.testing.assert_allclose(result, expected, rtol=tolerance, atol=tolerance)
    else:
        numpy.testing.assert_array_equal(result, expected)


def _function(namespace: Any, name: str) -> Any:
    for part in name.split("."):
        namespace = getattr(namespace, part)
    return namespace


def compare(
    maker: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], plain: bool
) -> None:
    """Assert that the library's answer, or error, is NumPy's.

    `plain` says that sparse answers with ndarrays: where elements are, or which there are.
    """
    library = LIBRARY[maker]
    given = [_with(a, MAKERS[maker]) for a in args]
    keywords = {k: _with(v, MAKERS[maker]) for k, v in kwargs.items()}
    values = [_with(a, lambda x: x.values) for a in args]
    value_keywords = {k: _with(v, lambda x: x.values) for k, v in kwargs.items()}
    function = _function(arrayproto.numpy, name)
    with warnings.catch_warnings(), numpy.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            expected = _function(numpy, name)(*values, **value_keywords)
        except Exception as error:  # noqa: BLE001
            # Lazy arrays may tell what is wrong with their values on compute.
            # sparse says ValueError, and Dask IndexError, where NumPy says both.
            axis = (ValueError, IndexError) if isinstance(error, numpy.exceptions.AxisError) else ()
            with pytest.raises((type(error), *axis)):
                with nothing_converted():
                    result = function(*given, **keywords)
                dask.compute(result, scheduler="sync")
            return
        with nothing_converted():
            result = function(*given, **keywords)
        if isinstance(expected, (numpy.ndarray, numpy.generic, tuple, list)) and library == "dask":
            assert dask.is_dask_collection(
                result if not isinstance(result, (tuple, list)) else result[0]
            )
        _check(result, expected, library, plain)


def parameters(table: dict[str, list[Any]], makers: Any) -> list[Any]:
    """Every call of a table for every maker."""
    found = []
    for name, calls in table.items():
        for label, args, kwargs in calls:
            for maker in makers(name):
                id_ = f"{name}-{label}-{maker}"
                found.append(pytest.param(maker, name, args, kwargs, id=id_))
    return found
