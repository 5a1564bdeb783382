"""Functions that NumPy does not dispatch, made to dispatch.

NumPy asks nobody about `numpy.isfortran` or the functions of `numpy.polynomial.polynomial`, and
would convert what they are given. While a library is active, `activate` has an
`UndispatchedFunction` in the place of each, or the same in C.
"""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from .accelerator import original, parameters, speed
from .caller import seeing_caller
from .dispatch import collect, no_implementation, registry, seen_by_numpy
from .mixins import answering
from .wrapper import NOT_REWRITTEN, generate

if TYPE_CHECKING:
    from .catalog import PublicFunction

#: What overrides nothing, and goes to NumPy's own at once.
_PLAIN = (np.ndarray, list, tuple, int, float, complex, bool, str)
#: NumPy's modules of such functions that ``import numpy`` does not import.
LATE = frozenset({"numpy.polynomial"})
#: Places in NumPy's own code that ask although the rest of it gets NumPy's own functions:
#: ``Polynomial([1, 2])(x)`` converts nothing but here.
_ASKING = frozenset({("numpy.polynomial._polybase", "mapdomain")})


class ReboundFunction(functools.partial):  # type: ignore[type-arg]
    """Stands in a NumPy module for one of its functions.

    It compares and hashes like the original, so that tables keyed on ``np.isfortran`` keep
    working, and pickles by its public name.
    """

    _original: Callable[..., Any]

    def __eq__(self, other: object) -> bool:
        return other is self or other == self._original

    def __hash__(self) -> int:
        return hash(self._original)

    def __reduce__(self) -> Any:
        return reduced(self)

    def __copy__(self) -> ReboundFunction:
        return self

    def __deepcopy__(self, memo: Any) -> ReboundFunction:
        return self

    def __repr__(self) -> str:
        return f"<{self._original!r}, rebound by arrayproto>"


class UndispatchedFunction(ReboundFunction):
    """Stands for a function that NumPy does not dispatch: what ``Rebound`` is in C.

    To `inspect`, `pydoc` and `doctest` it is the function that it stands for, without a
    ``__wrapped__``: by that others tell what NumPy dispatches.
    """

    autograph_info__ = NOT_REWRITTEN

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return type(self._original)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


F = TypeVar("F")


def one_for_each(make: Callable[..., F]) -> Callable[..., F]:
    """Keep what is made of names and an object, by which object it is.

    `functools.cache` would take what stands for `numpy.array` for NumPy's own, which it equals.
    """
    made: dict[tuple[Any, ...], tuple[Any, F]] = {}

    @functools.wraps(make)
    def one(*given: Any) -> F:
        *names, thing = given
        key = *names, id(thing)
        if key not in made:
            made[key] = thing, make(*given)
        return made[key][1]

    return one


def reduced(ours: Any) -> Any:
    """How to pickle what stands in the place of a function that says where it lives."""
    return by_public_name(ours, ours._original.__module__, ours._original.__qualname__)


def by_public_name(ours: Any, module: str, name: str) -> Any:
    """How to pickle what stands in the place of NumPy's, so that it is read without arrayproto.

    One that the program has kept is no longer found under the name that it was pickled by: what is
    there when it is read takes its place.
    """
    if getattr(sys.modules.get(module), name, None) is ours:
        return name
    import pkgutil

    return pkgutil.resolve_name, (f"{module}:{name}",)


@functools.cache
def undispatched(module: types.ModuleType) -> dict[str, Callable[..., Any]]:
    """Functions of arrays in one of NumPy's public modules that NumPy does not dispatch.

    Parameters
    ----------
    module : module

    Returns
    -------
    dict of str to function
        NumPy's own, by the name that they have there.
    """
    from .catalog import is_undispatched  # not needed before there is a library

    held = vars(module)
    names = held.get("__all__") or [name for name in held if not name.startswith("_")]
    found = ((name, original(held.get(name))) for name in names)
    return {name: function for name, function in found if is_undispatched(function)}


@functools.cache
def rebound(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function that dispatches in the place of one that NumPy does not dispatch.

    What it does is generated when it is called first: to do so for all of them would take longer
    than all the rest of `activate`.
    """

    def first_call(*args: Any, **kwargs: Any) -> Any:
        entry = _entry(function)
        wrapper = _wrapper(entry)
        if speed is None:
            ours.__setstate__((wrapper, (), {}, vars(ours)))
        else:
            ours._settle(wrapper, *parameters(entry.signature, entry.relevant, strict=False))
        return ours(*args, **kwargs)

    if speed is None:
        ours: Any = UndispatchedFunction(first_call)
        ours._original = function
    else:
        ours = speed.Rebound(function, first_call)
    functools.update_wrapper(ours, function)
    del ours.__wrapped__
    return ours  # type: ignore[no-any-return]


def _entry(function: Callable[..., Any]) -> PublicFunction:
    from .catalog import PublicFunction

    return PublicFunction(f"{function.__module__}.{function.__name__}", function, (), False)


def _wrapper(entry: PublicFunction) -> Callable[..., Any]:
    from .catalog import dispatcher_of

    function = entry.function
    relevant_args = dispatcher_of(entry)
    name = function.__name__

    def dispatcher(*args: Any, **kwargs: Any) -> Iterable[Any]:
        try:
            return relevant_args(*args, **kwargs)
        except TypeError:
            return ()  # nobody is asked, and NumPy's own function says what is wrong

    def collect_active(relevant_args: Iterable[Any]) -> Any:
        found = collect(relevant_args)
        # Classes that know NumPy's protocol but not this function, which NumPy never asks about.
        if found is None or not any(m in answering for _, m in found[0]):
            return None
        # A library's own code, and NumPy's, count on stock NumPy. Frame 0 is this one, 1 the
        # wrapper's, and 2 may be that of `first_call`.
        frame: types.FrameType | None = sys._getframe(2)
        if frame is not None and frame.f_globals is globals():
            frame = frame.f_back
        caller = frame.f_globals.get("__name__", "") if frame is not None else ""
        if caller.partition(".")[0] == "numpy":
            return found if (caller, name) in _ASKING else None
        return None if any(library.owns(caller) for library in answering.values()) else found

    wrapper = generate(
        entry.signature,
        entry.relevant,
        implementation=seeing_caller(function),
        dispatcher=dispatcher,
        collect=collect_active,
        seen_by_numpy=seen_by_numpy,
        registry=registry,
        with_public_name=lambda error: None,
        no_implementation=no_implementation,
        public_api=function,
        targets=dict.fromkeys(_PLAIN, function),
    )
    functools.update_wrapper(wrapper, function)  # Python's messages name it
    return wrapper
