"""NumPy on ndarrays says what every array library has to answer."""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np

from ..errors import UnsupportedArgumentError, UnsupportedFunctionError
from .arrays import ARRAYS
from .calls import Call
from .subjects import Subject, WentThroughTheHostError, staying_on_the_library

_REFUSALS = (UnsupportedFunctionError, UnsupportedArgumentError)


class Verdict(StrEnum):
    """How a library's answer compares with NumPy's."""

    RIGHT = "right"
    #: One of our errors, which names the reason and the next step.
    REFUSED = "refused"
    #: Another value, shape or dtype; or an error where NumPy has none of that kind.
    WRONG = "wrong"
    #: Right, and no longer an array of the library.
    LEFT = "left the library"
    #: An ndarray was made of a duck array on the way.
    HOST = "went through the host"
    ERROR = "error"
    #: The library cannot hold the dtype, so there is nothing to call anything with.
    NO_ARRAY = "no such array"


class Judgement(NamedTuple):
    """A verdict and what led to it."""

    call: Call
    verdict: Verdict
    detail: str = ""


class _Host:
    """The arrays as ndarrays, each made when it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        if name not in ARRAYS:
            raise AttributeError(f"there is no array {name!r}")
        made = ARRAYS[name]()
        setattr(self, name, made)
        return made


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Warnings are not compared: lazy libraries give them when the values are asked for."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _run(
    call: Call, namespace: Any, arrays: Mapping[str, Any], host: Any = None
) -> tuple[Any, Exception | None]:
    with _quiet():
        try:
            return call.evaluate(namespace, dict(arrays), host or _Host()), None
        except WentThroughTheHostError:
            raise
        except Exception as error:  # errors of every class are compared
            return None, error


def expected(call: Call) -> tuple[Any, Exception | None]:
    """NumPy's value, or its error.

    Returns
    -------
    value : object
    error : Exception or None
    """
    return _run(call, np, call.made(np.copy))


@functools.cache
def needs(call: Call) -> frozenset[str]:
    """What it asks of a library: its tags, and what need not be written (see `..calls`)."""
    found = set(call.tags)
    if call.uses_methods:
        found.add("methods")
    answer = expected(call)[0]
    if "float16" in call.expression or _has_dtype(answer, np.float16):
        found.add("halves")
    if any(ARRAYS[name]().dtype == complex for name in call.arrays) or _has_dtype(answer, complex):
        found.add("complexes")
    return frozenset(found)


def _has_dtype(value: Any, dtype: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_has_dtype(item, dtype) for item in value)
    return isinstance(value, (np.ndarray, np.generic)) and value.dtype == dtype


def judge(call: Call, subject: Subject, namespace: Any = np) -> Judgement:
    """Evaluate a call with NumPy's arrays and with a library's, and compare.

    Parameters
    ----------
    call : Call
    subject : Subject
        Imported, and activated if `namespace` is NumPy's.
    namespace : module
        What ``np`` is in the second run.

    Returns
    -------
    Judgement
    """
    wanted, wanted_error = expected(call)
    try:
        arrays = call.made(subject.from_numpy)
    except Exception as unmade:  # the library has not got the dtype
        return Judgement(call, Verdict.NO_ARRAY, f"its array cannot be made: {told(unmade)}")
    host = _Host()
    try:
        with staying_on_the_library(subject):
            actual, error = _run(call, namespace, arrays, host)
    except WentThroughTheHostError as way:
        return Judgement(call, Verdict.HOST, str(way))
    if isinstance(error, _REFUSALS):
        return Judgement(call, Verdict.REFUSED, str(error))
    if wanted_error is not None:
        if error is None:
            error = _late_error(actual, subject)
        if error is None:
            return Judgement(call, Verdict.WRONG, f"no error; NumPy: {told(wanted_error)}")
        if not _same_kind(error, wanted_error):
            return Judgement(call, Verdict.WRONG, f"{told(error)}; NumPy: {told(wanted_error)}")
        return Judgement(call, Verdict.RIGHT, told(error))
    if error is not None:
        return Judgement(call, Verdict.ERROR, told(error))
    try:
        with _quiet():
            found = difference(_fetch(actual, subject), wanted)
    except Exception as late:  # lazy ones fail here
        return Judgement(call, Verdict.ERROR, f"when its values were asked for: {told(late)}")
    if found is not None:
        return Judgement(call, Verdict.WRONG, found)
    if isinstance(actual, np.ndarray) and any(actual is given for given in vars(host).values()):
        return Judgement(call, Verdict.RIGHT)  # out= was an ndarray
    left = _left(actual, wanted, subject)
    # A call without an array of the library has nothing to stay on.
    if left is not None and call.arrays and not subject.host_results(call):
        return Judgement(call, Verdict.LEFT, left)
    return Judgement(call, Verdict.RIGHT)


def passes(judgement: Judgement, subject: Subject) -> bool:
    """Whether a judgement is as it should be, or not about us.

    Parameters
    ----------
    judgement : Judgement
    subject : Subject
        Of which it is.
    """
    if judgement.verdict in (Verdict.RIGHT, Verdict.REFUSED):
        return True
    lacking = needs(judgement.call) & subject.lacks
    if subject.by_class or "methods" in lacking:
        return bool(lacking)  # what it says then is the library's own
    if judgement.verdict is Verdict.HOST:
        return not lacking.isdisjoint({"files", "memory"})  # which is what was asked for
    return judgement.verdict is Verdict.NO_ARRAY and bool(lacking)


def told(error: Exception) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception as second:  # of a library whose messages fail too
        return f"{type(error).__name__}, whose message raises {type(second).__name__}"


def _same_kind(error: Exception, wanted: Exception) -> bool:
    """Whether code that catches NumPy's error catches this one."""
    if isinstance(error, type(wanted)):
        return True
    # NumPy's own subclasses (AxisError, UFuncTypeError) are caught by their built-in bases.
    bases = [cls for cls in type(wanted).__mro__ if cls.__module__ == "builtins"]
    return type(wanted).__module__.startswith("numpy") and isinstance(error, bases[0])


def _fetch(value: Any, subject: Subject) -> Any:
    if subject.is_array(value):
        return subject.to_numpy(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_fetch(item, subject) for item in value))
    if isinstance(value, (list, tuple)):
        return type(value)(_fetch(item, subject) for item in value)
    if isinstance(value, dict):
        return {key: _fetch(item, subject) for key, item in value.items()}
    return value


def _late_error(value: Any, subject: Subject) -> Exception | None:
    """What a lazy library says when the values are asked for: it cannot know of them before."""
    try:
        with _quiet():
            _fetch(value, subject)
    except Exception as late:  # of any class: what the judgement is about
        return late
    return None


def _is_values(value: Any) -> bool:
    return isinstance(value, (np.ndarray, np.generic, bool, int, float, complex))


def difference(actual: Any, wanted: Any) -> str | None:
    """What tells a result from NumPy's: value (NaN equals NaN), shape, dtype; None if nothing.

    Parameters
    ----------
    actual, wanted : object
        Arrays, numbers, or sequences of such; anything else is compared with ``==``.
    """
    if isinstance(wanted, (list, tuple)):
        return _difference_of_sequences(actual, wanted)
    if not _is_values(wanted):
        return None if actual == wanted else f"{actual!r}; NumPy: {wanted!r}"
    if not _is_values(actual):
        return f"a {type(actual).__qualname__}; NumPy: a {type(wanted).__qualname__}"
    actual, wanted = np.asarray(actual), np.asarray(wanted)
    if actual.shape != wanted.shape:
        return f"shape {actual.shape}; NumPy: {wanted.shape}"
    if actual.dtype != wanted.dtype:
        return f"dtype {actual.dtype}; NumPy: {wanted.dtype}"
    if wanted.dtype.kind not in "fc":
        same = np.array_equal(actual, wanted)
    else:
        # Rounding differs with the order of sums; results scale with their largest element.
        epsilon = 256 * float(np.finfo(wanted.dtype).eps)
        finite = wanted[np.isfinite(wanted)]
        scale = float(np.max(np.abs(finite), initial=0.0))
        same = np.allclose(actual, wanted, rtol=epsilon, atol=epsilon * scale, equal_nan=True)
    return None if same else f"{_short(actual)}; NumPy: {_short(wanted)}"


def _difference_of_sequences(actual: Any, wanted: Any) -> str | None:
    if not isinstance(actual, (list, tuple)):
        return f"a {type(actual).__qualname__}; NumPy: a {type(wanted).__qualname__}"
    if getattr(wanted, "_fields", None) != getattr(actual, "_fields", None):
        return f"a {type(actual).__qualname__}; NumPy: a {type(wanted).__qualname__}"
    if len(actual) != len(wanted):
        return f"{len(actual)} results; NumPy: {len(wanted)}"
    for position, (one, other) in enumerate(zip(actual, wanted, strict=True)):
        found = difference(one, other)
        if found is not None:
            return f"result {position}: {found}"
    return None


def _short(array: np.ndarray) -> str:
    text = np.array2string(array, threshold=24, edgeitems=3).replace("\n", " ")
    return text if len(text) < 200 else f"{text[:200]}..."


def _left(actual: Any, wanted: Any, subject: Subject) -> str | None:
    """Where NumPy has an ndarray, the library has one of its own."""
    if isinstance(wanted, (list, tuple)):
        found = (_left(a, w, subject) for a, w in zip(actual, wanted, strict=True))
        return next((text for text in found if text is not None), None)
    if isinstance(wanted, np.ndarray) and wanted.ndim and not subject.is_array(actual):
        return f"a {type(actual).__module__}.{type(actual).__qualname__}"
    # A number: lazy libraries have it as a 0-d array of theirs, the others as a number.
    if isinstance(actual, np.ndarray) and actual.ndim and not subject.is_array(actual):
        return "an ndarray"
    return None
