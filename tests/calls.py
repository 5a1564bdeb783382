"""Calls of every NumPy function in the forms that programs use, for tests over the whole catalogue."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from arrayproto.catalog import catalog, dispatcher_of

#: Symmetric and positive definite, half of it zero; entries of a power of two, so that sums in any
#: order agree to the last bit.
MATRIX = np.array(
    [[4.0, 1.0, 0.0, 0.0], [1.0, 2.0, 0.0, 0.5], [0.0, 0.0, 1.0, 0.0], [0.0, 0.5, 0.0, 8.0]]
)
WITH_NAN = np.array([[0.0, np.nan, 2.0, 0.0], [1.0, 0.0, np.nan, 0.0]])
COUNTS = np.array([[3, 0, 1, 0], [0, 2, 0, 0]])
VECTOR = np.array([0.0, 2.0, 0.0, 1.0])
FLAGS = np.array([[True, False, True, False], [False, False, True, True]])

for _array in (MATRIX, WITH_NAN, COUNTS, VECTOR, FLAGS):
    _array.setflags(write=False)  # np.fill_diagonal is among the functions

FORMS: dict[str, Callable[[], tuple[tuple[Any, ...], dict[str, Any]]]] = {
    "(m)": lambda: ((MATRIX,), {}),
    "(nan)": lambda: ((WITH_NAN,), {}),
    "(int)": lambda: ((COUNTS,), {}),
    "(bool)": lambda: ((FLAGS,), {}),
    "(v)": lambda: ((VECTOR,), {}),
    "(m, 0)": lambda: ((MATRIX, 0), {}),
    "(int, 1)": lambda: ((COUNTS, 1), {}),
    "(m, (4, 4))": lambda: ((MATRIX, (4, 4)), {}),
    "(m, (1, 0))": lambda: ((MATRIX, (1, 0)), {}),
    "(int, [0, 2])": lambda: ((COUNTS, [0, 1]), {}),
    "(nan, axis=0)": lambda: ((WITH_NAN,), {"axis": 0}),
    "(int, axis=1)": lambda: ((COUNTS,), {"axis": 1}),
    "(m, axis=-1, keepdims)": lambda: ((MATRIX,), {"axis": -1, "keepdims": True}),
    "(m, axis=None)": lambda: ((MATRIX,), {"axis": None}),
    "(int, dtype)": lambda: ((COUNTS,), {"dtype": np.float32}),
    "(m, ddof)": lambda: ((MATRIX,), {"ddof": 1}),
    "(m, 0, 1)": lambda: ((MATRIX, 0, 1), {}),
    "(m, m)": lambda: ((MATRIX, MATRIX), {}),
    "(m, v)": lambda: ((MATRIX, VECTOR), {}),
    "(v, m)": lambda: ((VECTOR, MATRIX), {}),
    "(v, v)": lambda: ((VECTOR, VECTOR), {}),
    "(m, m, 1)": lambda: ((MATRIX, MATRIX, 1), {}),
    "(m, m, axis=0)": lambda: ((MATRIX, MATRIX), {"axis": 0}),
    "(m, 0.5)": lambda: ((MATRIX, 0.5), {}),
    "(m, 0.5, 2.0)": lambda: ((MATRIX, 0.5, 2.0), {}),
    "([m, m])": lambda: (([MATRIX, MATRIX],), {}),
    "([m, m], axis=1)": lambda: (([MATRIX, MATRIX],), {"axis": 1}),
    "([v, v])": lambda: (([VECTOR, VECTOR],), {}),
    "(bool, nan, int)": lambda: ((FLAGS, WITH_NAN, COUNTS), {}),
    "('ij,jk', m, m)": lambda: (("ij,jk->ik", MATRIX, MATRIX), {}),
    "(m, 2)": lambda: ((MATRIX, 2), {}),
}  # fmt: skip

#: No functions of arrays, or such as write files.
_OTHERS = {
    "save",
    "savez",
    "savez_compressed",
    "savetxt",
    "load",
    "show_config",
    "info",
    "printoptions",
    "show_runtime",
}
_MODULES = (
    "char.", "strings.", "rec.", "random.", "lib.array_utils.", "lib.recfunctions.", "polynomial.",
)  # fmt: skip


def functions() -> list[str]:
    """Names of the functions whose arguments these forms fit."""
    return [n for n in catalog() if n not in _OTHERS and not n.startswith(_MODULES)]


@functools.cache
def good_forms(name: str) -> tuple[str, ...]:
    """The forms that make sense to NumPy, and in which it asks about the arrays.

    np.sum([x, y]) is none: NEP 18 looks into lists only where a function takes several arrays.
    """
    entry = catalog()[name]
    if not entry.dispatched or not entry.relevant:
        return ()
    dispatcher = dispatcher_of(entry)
    return tuple(form for form, _ in _answers(name) if _asks(dispatcher, form))


def _asks(dispatcher: Callable[..., Any], form: str) -> bool:
    args, kwargs = FORMS[form]()
    return any(isinstance(a, np.ndarray) for a in dispatcher(*args, **kwargs))


def _answers(name: str) -> Iterator[tuple[str, Any]]:
    for form in FORMS:
        try:
            yield form, expected(name, form)
        except Exception:  # noqa: S112
            continue


def find(name: str, namespace: Any = np) -> Any:
    return functools.reduce(getattr, name.split("."), namespace)


def expected(name: str, form: str) -> Any:
    """NumPy's answer, on arrays of its own."""
    args, kwargs = FORMS[form]()
    with np.errstate(all="ignore"):
        return catalog()[name].function(*_copied(args), **kwargs)


def _copied(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    return type(value)(map(_copied, value)) if type(value) in (list, tuple) else value
