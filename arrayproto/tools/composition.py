"""Which of NumPy's functions a derived function is composed of, read from its code."""

from __future__ import annotations

import dis
import functools
import types
from collections.abc import Callable, Iterator
from typing import Any

_NAMESPACE = "arrayproto.numpy"
_HOME = "arrayproto.derived"


def composed_of(call: Callable[..., Any]) -> tuple[str, ...]:
    """NumPy functions that a derived function may call.

    Parameters
    ----------
    call : callable
        What `Library.resolve` says is called.

    Returns
    -------
    tuple of str
        Names without ``numpy.``, sorted. Those on a branch that a call does not take count too;
        helpers of `arrayproto.derived` are looked into.
    """
    found: set[str] = set()
    pending, seen = [function_behind(call)], set()
    while pending:
        function = pending.pop()
        if function is None or function in seen:
            continue
        seen.add(function)
        for path, value in _globals_used(function):
            if path:
                found.add(path)
            elif isinstance(value, types.FunctionType) and value.__module__.startswith(_HOME):
                pending.append(value)
    return tuple(sorted(found))


def function_behind(call: Any) -> types.FunctionType | None:
    """The function that a library's table calls at last, where it is written in Python."""
    while True:
        if isinstance(call, functools.partial):
            call = call.func
        elif hasattr(call, "__wrapped__"):
            call = call.__wrapped__
        elif isinstance(getattr(call, "function", None), types.FunctionType):
            call = call.function  # what is composed in the place of a ufunc
        else:
            return call if isinstance(call, types.FunctionType) else None


def _globals_used(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    """Dotted names below the explicit namespace, or "" and the object of another global name."""
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        codes += [const for const in code.co_consts if isinstance(const, types.CodeType)]
        instructions = list(dis.get_instructions(code))
        for place, instruction in enumerate(instructions):
            if instruction.opname != "LOAD_GLOBAL":
                continue
            value = function.__globals__.get(instruction.argval)
            if getattr(value, "__name__", "") != _NAMESPACE:
                yield "", value
                continue
            path: list[str] = []
            for following in instructions[place + 1 :]:
                if following.opname not in ("LOAD_ATTR", "LOAD_METHOD"):
                    break
                path.append(following.argval)
                value = getattr(value, path[-1], None)
                if not isinstance(value, types.ModuleType):
                    break
            if callable(value) and not isinstance(value, type):
                yield ".".join(path), value
