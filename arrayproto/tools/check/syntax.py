"""What the syntax of a program tells by itself: arguments that are given, and kinds of indices."""

from __future__ import annotations

import ast
from typing import Any

from ...libraries.bridge import is_default
from ..arguments import defaults_of, positional_names
from .names import Public


def indices(node: ast.Subscript) -> list[ast.expr]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def is_of_arrays(node: ast.Subscript) -> bool:
    """Whether nothing but an array has such an index; ``table.loc[:, 0]`` is pandas'."""
    if isinstance(node.value, ast.Attribute) and node.value.attr in ("loc", "iloc"):
        return False
    several = isinstance(node.slice, ast.Tuple)
    return any(
        (several and isinstance(index, ast.Slice))
        or (isinstance(index, ast.Constant) and index.value is ...)
        for index in indices(node)
    )


def is_backwards(index: ast.expr) -> bool:
    step = index.step if isinstance(index, ast.Slice) else None
    return isinstance(step, ast.UnaryOp) and isinstance(step.op, ast.USub)


def is_text(index: ast.expr) -> bool:
    return isinstance(index, ast.Constant) and isinstance(index.value, str)


def pairs(node: ast.Assign) -> list[tuple[ast.expr, ast.expr]]:
    """What is bound to what, where several are at once: ``a, b = x, y``; empty for others."""
    (target, *others), value = node.targets, node.value
    if others or not (isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)):
        return []
    if any(isinstance(item, ast.Starred) for item in (*target.elts, *value.elts)):
        return []
    return list(zip(target.elts, value.elts, strict=False))


def given_to(node: ast.Call, public: Public) -> tuple[str, ...]:
    """Names of the arguments that a call is given, but for those that are as by default."""
    given = [(keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg]
    if public.method in ("", "__call__"):
        for name, value in zip(positional_names(public.public_api), node.args, strict=False):
            if isinstance(value, ast.Starred):  # from here on nobody knows
                break
            given.append((name, value))
    defaults = defaults_of(public.public_api)
    return tuple(name for name, value in given if not _is_default(value, defaults.get(name)))


def _is_default(node: ast.expr, default: Any) -> bool:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return False
    return value is None or is_default(value, default)


def is_plain(default: ast.expr | None) -> bool:
    return isinstance(default, ast.Constant) and default.value is not None
