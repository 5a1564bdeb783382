"""Calls of NumPy's public functions, as text: one expression a line in the ``.txt`` files here.

An expression names its arrays (see `arrayproto.testing.arrays`), and calls functions of ``np``
(``io`` and ``tempfile`` are there too):
``np.concatenate((m, m), axis=1)``. ``host.m`` is the same array left an ndarray, for calls that
mix. What a call changes comes after it: ``np.put(v, [1], 9.0), v``. The function that is meant is
the first that is called. NumPy's answer may be an error, which is then what is expected.

Words behind ``#`` say what a library must have for the call to make sense:

``writes``
    arrays that can be written to (functions in place, and ``out=``);
``text``, ``dates``, ``objects``, ``records``
    dtypes of strings, datetime64 and timedelta64, Python objects, structures;
``files``
    reading or writing files, or printing;
``memory``
    what only an ndarray has: a layout in memory (order, strides, flags, byte order), being written
    to by a function of the caller, or being given the values of a library's array (``out=`` is
    an ndarray), subclasses (``np.matrix``);
``dense``
    an algorithm on all elements of a matrix, which sparse matrices have others for: factorizations
    (``np.linalg.svd`` and ``eig``, ``qr``, and what is made of them, such as ``pinv``, ``roots``);
``values``
    a result whose shape or kind depends on values, which a lazy library does not know.

Three more are not written, for `arrayproto.testing.judge.needs` finds them out:

``methods``
    methods, attributes and indexing of arrays as NumPy has them;
``halves``
    float16;
``complexes``
    complex128.
"""

from __future__ import annotations

import ast
import functools
import inspect
import io
import tempfile
from collections.abc import Callable
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import numpy.lib.recfunctions  # no attribute of np.lib until somebody imports it

from ..arrays import ARRAYS

TAGS = frozenset(
    {"writes", "text", "dates", "objects", "records", "files", "memory", "dense", "values"}
)


_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Call(NamedTuple):
    """One call.

    Attributes
    ----------
    function : str
        The public function that is meant, without ``np.``: ``"linalg.norm"``, ``"add.reduce"``.
    expression : str
        What is evaluated.
    tags : frozenset of str
        What it asks of a library.
    topic : str
        The file that it comes from.
    """

    function: str
    expression: str
    tags: frozenset[str]
    topic: str

    @property
    def arrays(self) -> tuple[str, ...]:
        """Names of the arrays that the library makes."""
        return _names(self.expression)

    @property
    def uses_methods(self) -> bool:
        """Whether it does something else with its arrays than to give them to functions."""
        return _uses_methods(self.expression)

    @property
    def public_api(self) -> str:
        """The function or ufunc: ``"add"`` for ``"add.reduce"``, no alias (``"concatenate"``)."""
        head, _, _ = self.function.rpartition(".")
        if head and isinstance(_find(head), np.ufunc):
            return _canonical(head)
        return _canonical(self.function)

    @property
    def given(self) -> frozenset[str]:
        """Which optional arguments of its function it gives, by NumPy's names for them."""
        return _given(self.expression, self.function)

    def made(self, make: Callable[[np.ndarray], Any]) -> dict[str, Any]:
        """Its arrays by name, fresh ones, each made by `make` of an ndarray."""
        return {name: make(ARRAYS[name]()) for name in self.arrays}

    def evaluate(self, namespace: Any, arrays: dict[str, Any], host: Any) -> Any:
        """Its value.

        Parameters
        ----------
        namespace : module
            What ``np`` is.
        arrays : dict of str to array
            The arrays that it names.
        host : object
            Has the same as ndarrays for attributes.
        """
        scope = {**arrays, "np": namespace, "host": host, "io": io, "tempfile": tempfile}
        return eval(_compiled(self.expression), scope)  # noqa: S307 - our own text, read below


@functools.cache
def _compiled(expression: str) -> Any:
    return compile(expression, f"<{expression}>", "eval")


def _find(dotted: str) -> Any:
    found: Any = np
    for part in dotted.split("."):
        found = getattr(found, part, None)
    return found


@functools.cache
def _canonical(dotted: str) -> str:
    """The name that a function bears, where that is public next to the name it was called by."""
    module, dot, _ = dotted.rpartition(".")
    found = _find(dotted)
    own = f"{module}{dot}{getattr(found, '__name__', '')}"
    return own if _find(own) is found else dotted


@functools.cache
def _names(expression: str) -> tuple[str, ...]:
    tree = ast.parse(expression, mode="eval")
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return tuple(sorted(names & set(ARRAYS)))


@functools.cache
def _uses_methods(expression: str) -> bool:
    for node in ast.walk(ast.parse(expression, mode="eval")):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            if node.value.id in ARRAYS:
                return True
        if isinstance(node, ast.Attribute):
            root: ast.expr = node
            while isinstance(root, ast.Attribute):
                root = root.value
            if not isinstance(root, ast.Name) or root.id in ARRAYS:
                return True
    return False


def _dotted(node: ast.expr) -> str | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name) and node.id == "np" and parts:
        return ".".join(reversed(parts))
    return None


def _calls(expression: str) -> list[tuple[str, ast.Call]]:
    """The calls of functions of ``np``, in the order of the text."""
    nodes = [n for n in ast.walk(ast.parse(expression, mode="eval")) if isinstance(n, ast.Call)]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    return [(name, node) for node in nodes if (name := _dotted(node.func))]


def _first_called(expression: str) -> str:
    calls = _calls(expression)
    if not calls:
        raise ValueError(f"no function of np is called in {expression!r}")
    return calls[0][0]


@functools.cache
def _given(expression: str, function: str) -> frozenset[str]:
    node = next(node for name, node in _calls(expression) if name == function)
    said = {keyword.arg for keyword in node.keywords if keyword.arg}
    found = _find(function)
    if isinstance(found, np.ufunc):
        return frozenset(said | ({"out"} if len(node.args) > found.nin else set()))
    try:
        parameters = inspect.signature(found).parameters
    except (TypeError, ValueError):
        return frozenset(said)
    by_position = [p for p in parameters.values() if p.kind in _BY_POSITION][: len(node.args)]
    said |= {parameter.name for parameter in by_position}
    required = {name for name, p in parameters.items() if p.default is p.empty}
    return frozenset(said - required)


def parse(text: str, topic: str) -> list[Call]:
    """The calls in a text of one expression a line.

    Raises
    ------
    ValueError
        If a line calls no function of ``np``, or has an unknown tag.
    SyntaxError
        If a line is no expression.
    """
    calls = []
    for line in text.splitlines():
        # Two blanks before the tags, so that a "#" in a string stays in the string.
        expression, _, words = line.partition("  # ")
        expression = expression.strip()
        if not expression or expression.startswith("#"):
            continue
        tags = frozenset(words.split())
        if not tags <= TAGS:
            raise ValueError(f"unknown tags {sorted(tags - TAGS)} of {expression!r}")
        calls.append(Call(_first_called(expression), expression, tags, topic))
    return calls


def _is_here(call: Call) -> bool:
    """Whether the installed NumPy has the function, with the keywords that the call uses."""
    function = _find(call.function)
    if function is None:
        return False
    # In the NumPy that the calls were written for, an unknown keyword is a mistake to be found.
    if np.lib.NumpyVersion(np.__version__) >= "2.4.0" or isinstance(function, np.ufunc):
        return True
    try:
        known = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return True
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in known.values()):
        return True
    tree = ast.parse(call.expression, mode="eval")
    return not any(
        isinstance(node, ast.Call)
        and _dotted(node.func) == call.function
        and any(keyword.arg not in known for keyword in node.keywords)
        for node in ast.walk(tree)
    )


@functools.cache
def load_calls() -> tuple[Call, ...]:
    """All calls of functions, and with arguments, that the installed NumPy has.

    Returns
    -------
    tuple of Call
    """
    found: list[Call] = []
    for file in sorted(resources.files(__name__).iterdir(), key=lambda file: file.name):
        topic, dot, ending = file.name.partition(".")
        if dot and ending == "txt":
            found += parse(file.read_text(encoding="utf-8"), topic)
    return tuple(call for call in found if _is_here(call))
