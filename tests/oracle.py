"""The oracle: NumPy on ndarrays says what every array library has to answer.

`check` runs one program twice, on ndarrays and on a library's arrays, and compares value (NaN
equals NaN), shape and dtype. The second run must stay on the library: the result is one of its
arrays, and on the way nothing became an ndarray, was made dense or was computed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy

from arrayproto.testing.subjects import SUBJECTS, Subject, staying_on_the_library

#: Libraries by name, each with one way to make its arrays; several uneven chunks in Dask's.
BACKENDS = {name: SUBJECTS[name] for name in ("sparse", "dask", "cupy")}


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


def attempt(call: Callable[[], Any]) -> Any:
    """The result, or the error."""
    try:
        return call()
    except Exception as error:  # any error is an answer
        return error


def fetch(value: Any, backend: Subject) -> Any:
    """The same result with ndarrays in it, for comparison after the call."""
    if backend.is_array(value):
        return backend.to_numpy(value)
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


def _assert_stayed(actual: Any, expected: Any, backend: Subject) -> None:
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
    ours = convert(args, backend.from_numpy), convert(kwargs, backend.from_numpy)
    with staying_on_the_library():
        actual = program(*ours[0], **ours[1])
    _assert_stayed(actual, expected, backend)
    assert_same(fetch(actual, backend), expected, dtype=dtype, rtol=rtol)
    return actual
