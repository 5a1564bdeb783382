"""Call a library's function with the arguments of NumPy's function of the same name.

Array libraries have NumPy's functions under signatures of their own: ``sparse.flip(x, /, *, axis)``
for ``np.flip(m, axis)``, ``dask.array.take(a, indices, axis=0)`` for ``np.take(..., axis=None)``.
A bridge is made from the two signatures alone; what they do not tell is a row in the library's
table of differences.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Set
from typing import Any

import numpy as np

from ..errors import UnsupportedArgumentError

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)

#: Arguments that say how, not what, to compute: their defaults need not agree, and the value that
#: NumPy has by default is never passed on.
HINTS = frozenset(
    {"order", "subok", "kind", "casting", "mode", "device", "overwrite_input", "copy"}
)


def is_default(value: Any, default: Any) -> bool:
    """Whether a value says no more than leaving the argument out."""
    if value is default or value is np._NoValue:
        return True
    if value is None:  # np.sort(a, axis=None) says something: its default is -1
        return default is np._NoValue
    simple = (bool, int, float, str, tuple)
    return isinstance(value, simple) and isinstance(default, simple) and value == default


def _same_default(ours: inspect.Parameter, theirs: inspect.Parameter) -> bool:
    if ours.default is ours.empty or theirs.default is theirs.empty:
        return ours.default is theirs.default
    if ours.default is np._NoValue:
        return True
    if ours.default is None or theirs.default is None:
        return ours.default is theirs.default
    return is_default(ours.default, theirs.default)


def _match(
    numpy_parameters: list[inspect.Parameter],
    library_parameters: list[inspect.Parameter],
    renamed: Mapping[str, str],
) -> dict[str, inspect.Parameter]:
    """Which parameter of the library takes which of NumPy's."""
    by_name = {p.name: p for p in library_parameters if p.kind not in _VARIADIC}
    positional = [p for p in library_parameters if p.kind in _POSITIONAL]
    ours = {p.name for p in numpy_parameters}
    matched: dict[str, inspect.Parameter] = {}
    for index, parameter in enumerate(numpy_parameters):
        name = renamed.get(parameter.name, parameter.name)
        if name in by_name:
            matched[parameter.name] = by_name[name]
        elif parameter.default is parameter.empty and index < len(positional):
            # Required arguments go by position: what is `a` here is `x` or `lhs` there.
            if positional[index].name not in ours:
                matched[parameter.name] = positional[index]
    return matched


def bridge(
    name: str,
    signature: inspect.Signature,
    function: Callable[..., Any],
    *,
    library: str,
    renamed: Mapping[str, str] | None = None,
    own_defaults: Set[str] = frozenset(),
    refused: Set[str] = frozenset(),
) -> Callable[..., Any]:
    """A callable that takes NumPy's arguments and calls the library's function.

    Parameters
    ----------
    name : str
        NumPy's name of the function, for messages.
    signature : inspect.Signature
        NumPy's signature.
    function : callable
        The library's function.
    library : str
        The library's name, for messages.
    renamed : mapping of str to str, optional
        NumPy's argument names to the library's, where neither name nor position tells.
    own_defaults : set of str, optional
        Arguments whose default stays the library's.
    refused : set of str, optional
        Arguments that the library's function has, and does not do as NumPy does.

    Returns
    -------
    callable
        `function` itself if every call means the same to both. An attribute ``lacking`` has the
        names of NumPy's arguments that it refuses where they are not as by default.

    Raises
    ------
    UnsupportedArgumentError
        When called with an argument that the library's function has not got, unless its value is
        the default: it is never ignored.
    """
    renamed = renamed or {}
    try:
        theirs = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # written in C: call it as NumPy would
        return function
    ours = list(signature.parameters.values())
    variadic = any(p.kind in _VARIADIC for p in ours)
    if variadic and "out" in signature.parameters and "out" not in {p.name for p in theirs}:
        return _without_out(name, function, library)
    if variadic or any(p.kind is p.VAR_POSITIONAL for p in theirs):
        return function  # it takes what it is given, and complains itself
    matched = {n: p for n, p in _match(ours, theirs, renamed).items() if n not in refused}
    takes_any_keyword = any(p.kind is p.VAR_KEYWORD for p in theirs)

    # Calls that need no translation: so many positional arguments, and these keywords.
    positional = [p for p in theirs if p.kind in _POSITIONAL]
    direct = 0
    for parameter in ours:
        here = parameter.kind in _POSITIONAL and direct < len(positional)
        if not here or matched.get(parameter.name) is not positional[direct]:
            break
        direct += 1
    same_name = {
        p.name
        for p in ours
        if p.name in matched and matched[p.name].name == p.name and matched[p.name].kind in _BY_NAME
    }
    # NumPy's defaults that the library does not share have to be said.
    said = {
        p.name: p.default
        for p in ours
        if p.default is not p.empty
        and p.name in matched
        and p.name not in HINTS | own_defaults
        and not _same_default(p, matched[p.name])
    }
    by_position_only = {n for n, p in matched.items() if p.kind is p.POSITIONAL_ONLY}
    all_names = {p.name for p in ours if p.kind is not p.POSITIONAL_ONLY}
    if (
        not said
        and direct == len([p for p in ours if p.kind in _POSITIONAL])
        and all_names <= same_name
    ):
        return function

    same_by_position = not said and direct == len([p for p in ours if p.kind in _POSITIONAL])

    def bridged(*args: Any, **kwargs: Any) -> Any:
        if not said and len(args) <= direct and (not kwargs or kwargs.keys() <= same_name):
            return function(*args, **kwargs)
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise TypeError(f"{name.rpartition('.')[2]}() {error}") from None
        before: list[Any] = []
        keywords: dict[str, Any] = {}
        for parameter in ours:
            key = parameter.name
            if key not in given:
                if key in said:
                    keywords[matched[key].name] = said[key]
                continue
            value = given[key]
            if value is np._NoValue or (
                key in HINTS and (value is None or is_default(value, parameter.default))
            ):
                continue
            if key not in matched:
                if is_default(value, parameter.default):
                    continue
                if takes_any_keyword:
                    keywords[key] = value
                    continue
                raise UnsupportedArgumentError(
                    f"numpy.{name}: argument {key}={_short(value)} is not supported for arrays of "
                    f"{library}, whose own function is "
                    f"{getattr(function, '__module__', library)}.{function.__name__}"
                    f"{inspect.signature(function)}; leave {key!r} out"
                )
            if key in by_position_only:
                before.append(value)
            else:
                keywords[matched[key].name] = value
        return function(*before, **keywords)

    bridged.__name__ = bridged.__qualname__ = name.rpartition(".")[2]
    bridged.__wrapped__ = function  # type: ignore[attr-defined]
    if not takes_any_keyword:
        lacking = {p.name for p in ours} - matched.keys()
        bridged.lacking = frozenset(lacking)  # type: ignore[attr-defined]
    if same_by_position:
        # Every call without keywords means the same to both: no need to come by here.
        bridged.by_position = function  # type: ignore[attr-defined]
    return bridged


def _without_out(name: str, function: Callable[..., Any], library: str) -> Callable[..., Any]:
    """A function that would swallow ``out=`` among any keywords, as einsum of Dask and sparse."""

    def bridged(*args: Any, out: Any = None, **kwargs: Any) -> Any:
        if out is not None:
            raise UnsupportedArgumentError(
                f"numpy.{name}: argument out={_short(out)} is not supported for arrays of "
                f"{library}; leave 'out' out, and assign the result"
            )
        return function(*args, **kwargs)

    bridged.__name__ = bridged.__qualname__ = name.rpartition(".")[2]
    bridged.lacking = frozenset({"out"})  # type: ignore[attr-defined]
    return bridged


def _short(value: Any) -> str:
    text = (
        repr(value) if isinstance(value, (str, int, float, tuple, bool)) else type(value).__name__
    )
    return text if len(text) <= 40 else text[:37] + "..."
