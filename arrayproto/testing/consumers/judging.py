"""Run a program of a consumer on a library, and hold what comes of it against NumPy's."""

from __future__ import annotations

import contextlib
import functools
import importlib
import warnings
from typing import Any

import numpy as np

from ...activation import activated
from ...adoption import adopted
from ...view import asduck
from ..subjects import SUBJECTS, Subject, staying_on_the_library
from .program import Program


def judge(program: Program, name: str) -> None:
    """Run a program on a subject, which is imported for it.

    Parameters
    ----------
    program : Program
    name : str
        Of the subject.

    Raises
    ------
    AssertionError
        If the result is not NumPy's, or not of the library, or an array left the library.
    Exception
        Whatever the program raises.
    """
    subject = SUBJECTS[name]
    subject.load()
    with adopted(program.consumer):  # there is one that cannot be imported without
        importlib.import_module(program.consumer)
    wanted = _leaves(_expected(program))
    found = _leaves(_run(program, subject))
    if name != "sparse" and not program.numbers:  # beside it weights and factors are ndarrays
        assert any(subject.is_array(getattr(leaf, "native", leaf)) for leaf in found)
    for got, want in zip(found, wanted, strict=True):
        np.testing.assert_allclose(_on_host(subject, got), want, rtol=1e-8, atol=1e-8)


@functools.cache
def _expected(program: Program) -> Any:
    """What the consumer gives for NumPy's arrays without us."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return program.run(np.copy)


def _run(program: Program, subject: Subject) -> Any:
    def make(array: Any) -> Any:
        own = subject.from_numpy(array)
        return asduck(own) if program.ducks else own

    guard: Any = staying_on_the_library(but_for=program.consumer)
    if program.reads and "values" in subject.lacks:
        guard = contextlib.nullcontext()
    with (
        activated(subject.named),
        adopted(program.consumer),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        guard,
    ):
        warnings.simplefilter("ignore")
        return program.run(make)


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


def _on_host(subject: Subject, value: Any) -> Any:
    value = getattr(value, "native", value)
    return subject.to_numpy(value) if subject.is_array(value) else np.asarray(value)
