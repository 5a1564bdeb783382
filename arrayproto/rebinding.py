"""Functions that NumPy does not dispatch, made to dispatch.

NumPy asks nobody about `numpy.isfortran` or the functions of `numpy.polynomial.polynomial`. Where
an active library implements one of them, `activate` puts a `ReboundFunction` in its place.
"""

from __future__ import annotations

import functools
import inspect
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from .dispatch import collect, no_implementation, registry, seen_by_numpy
from .libraries import LIBRARIES, Library
from .mixins import answering
from .wrapper import generate


class ReboundFunction(functools.partial):  # type: ignore[type-arg]
    """Stands in a NumPy module for a function that NumPy does not dispatch.

    It compares and hashes like the original, so that tables keyed on ``np.isfortran`` keep
    working, and pickles by its public name.
    """

    __wrapped__: Callable[..., Any]

    def __eq__(self, other: object) -> bool:
        return other is self or other == self.__wrapped__

    def __hash__(self) -> int:
        return hash(self.__wrapped__)

    def __reduce__(self) -> str:
        return self.__wrapped__.__qualname__

    def __repr__(self) -> str:
        return f"<{self.__wrapped__!r}, rebound by arrayproto>"


def undispatched(
    library: Library,
) -> Iterator[tuple[types.ModuleType, str, Callable[..., Any], list[str]]]:
    """Functions that NumPy does not dispatch, and that this library implements."""
    from .catalog import documented_arguments  # not needed before there is a library

    modules = [("", np)]
    if hasattr(library.namespace, "polynomial"):
        import numpy.polynomial.polynomial

        modules.append(("polynomial.polynomial.", numpy.polynomial.polynomial))
    for prefix, module in modules:
        for name, function in list(vars(module).items()):
            if isinstance(function, ReboundFunction):
                function = function.__wrapped__
            if not isinstance(function, types.FunctionType) or name.startswith("_"):
                continue
            if (
                getattr(function, "__name__", None) != name
                or "like" in function.__code__.co_varnames
            ):
                continue
            named = prefix + name in library.differences
            if not named and library.find(prefix + name) in (None, function):
                continue
            relevant = documented_arguments(function)
            if relevant and library.table[function] is not None:
                yield module, name, function, relevant


@functools.cache
def rebound(function: Callable[..., Any], relevant: tuple[str, ...]) -> ReboundFunction:
    """The function that dispatches in the place of one that NumPy does not dispatch.

    Kept: to generate it takes longer than all the rest of `activate`.
    """
    signature = inspect.signature(function)

    def dispatcher(*args: Any, **kwargs: Any) -> list[Any]:
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError:
            return []  # nobody is asked, and NumPy's own function says what is wrong
        return [given[n] for n in relevant if n in given]

    def collect_active(relevant_args: Iterable[Any]) -> Any:
        found = collect(relevant_args)
        # Classes that know NumPy's protocol but not this function, which NumPy never asks about.
        if found is None or not any(m in answering for _, m in found[0]):
            return None
        # A library's own code counts on stock NumPy. Frame 0 is this one, 1 the wrapper's.
        caller = sys._getframe(2).f_globals.get("__name__", "").partition(".")[0]
        return None if any(caller == library.root for library in LIBRARIES.values()) else found

    wrapper = generate(
        signature,
        dict.fromkeys(relevant, "itself"),
        implementation=function,
        dispatcher=dispatcher,
        collect=collect_active,
        seen_by_numpy=seen_by_numpy,
        registry=registry,
        with_public_name=lambda error: None,
        no_implementation=no_implementation,
        public_api=function,
    )
    functools.update_wrapper(wrapper, function)  # Python's messages name it
    ours = ReboundFunction(wrapper)
    functools.update_wrapper(ours, function)
    return ours
