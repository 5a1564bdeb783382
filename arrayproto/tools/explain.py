"""What a call of a NumPy function would do, without doing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, Literal, NamedTuple

import numpy as np

from .. import dispatch, policy
from ..accelerator import original
from ..authors import ArrayFunctionMixin
from ..ducks import WRITING, is_mutable
from ..libraries import Library, Resolution, library_of
from ..libraries.bridge import is_default
from ..mixins import answering, mixin_of
from ..ways_out import COERCING, WRITING_OUT, host_size
from .arguments import refused_or_recorded, takes_ndarray_out
from .calls import Call
from .composition import composed_of
from .conversions import arrays_in

Method = Callable[..., Any]
Verdict = Literal["answers", "defers", "refuses", "not asked", "unknown"]
#: Functions of NumPy's that read dtypes alone.
_READING = frozenset({"can_cast", "common_type", "iscomplexobj", "isrealobj", "result_type"})
#: ndarray's own, which override nothing.
_PLAIN = (np.ndarray.__array_function__, np.ndarray.__array_ufunc__)


class Argument(NamedTuple):
    """A relevant argument of a call.

    Attributes
    ----------
    name : str
        Of the parameter; an item of a list is ``arrays[1]``.
    type : str
        Its class.
    library : str
        The array library that arrayproto knows it from; "" for others.
    overrides : bool
        Whether its class has the protocol, so that it is asked.
    """

    name: str
    type: str
    library: str
    overrides: bool


class Asked(NamedTuple):
    """Somebody who is asked to answer.

    Attributes
    ----------
    type : str
        The class whose protocol is asked.
    library : str
        The library that answers for it; "" where it is not one that arrayproto knows.
    verdict : {"answers", "defers", "refuses", "not asked", "unknown"}
        To refuse is to raise an error, which ends the call; to defer leaves it to the next.
    kind : str
        "native", "bridged" or "derived", as in `arrayproto.libraries.resolution.KINDS`; "numpy" for
        ndarray; "stock" for a library's own protocol, which is in force while the library is not
        active; "own" for a class that implements the function itself; "unknown" for others.
    note : str
        Where the implementation comes from, or why there is no answer.
    uses : tuple of (str, str)
        For what is derived: the functions that it is composed of, and the kind of each.
    """

    type: str
    library: str
    verdict: Verdict
    kind: str
    note: str
    uses: tuple[tuple[str, str], ...] = ()


class Explanation(NamedTuple):
    """What a call would do; ``str()`` of it is a text.

    Attributes
    ----------
    function : str
        NumPy's name, with the method of a ufunc.
    arguments : tuple of Argument
        The relevant ones, from left to right.
    asked : tuple of Asked
        In the order in which they are.
    answer : Asked or None
        Who answers; None where the call is an error, or where that cannot be told.
    outcome : str
        What happens, in a sentence.
    copies : tuple of str
        What would be copied, computed or converted; empty if nothing is.
    after : Explanation or None
        The same call after ``arrayproto.activate()``, where that makes a difference.
    """

    function: str
    arguments: tuple[Argument, ...]
    asked: tuple[Asked, ...]
    answer: Asked | None
    outcome: str
    copies: tuple[str, ...]
    after: Explanation | None = None

    def __str__(self) -> str:
        lines = [self.function, *_paragraph(self)]
        if self.after is not None:
            lines += ["after arrayproto.activate():", *_paragraph(self.after)]
        return "\n".join(lines)


def _paragraph(told: Explanation) -> Iterator[str]:
    for argument in told.arguments:
        of = f" of {argument.library}" if argument.library else ""
        role = "overrides" if argument.overrides else "overrides nothing"
        yield f"  argument {argument.name}: {argument.type}{of}, {role}"
    for place, asked in enumerate(told.asked, 1):
        kind = f", {asked.kind}" if asked.kind and asked.verdict == "answers" else ""
        note = f": {asked.note}" if asked.note else ""
        yield f"  {place}. {asked.type} {asked.verdict}{kind}{note}"
        if asked.uses:
            yield "     composed of " + ", ".join(f"{name} ({kind})" for name, kind in asked.uses)
    yield f"  {told.outcome}"
    unknown = told.answer is None and any(asked.verdict == "unknown" for asked in told.asked)
    none = "what its own protocol copies" if unknown else "nothing"
    yield from (f"  copied: {copy}" for copy in told.copies or (none,))


def explain(public_api: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Explanation:
    """Say what a call would do, without running it.

    Parameters
    ----------
    public_api : callable
        A function of NumPy or of `arrayproto.numpy`, a ufunc, or a method of one
        (``np.add.reduce``).
    *args, **kwargs
        The arguments of the call.

    Returns
    -------
    Explanation
        Who is asked, in which order, who answers and with what, why the others do not, and what
        would be copied. ``str()`` of it is a text.

    Raises
    ------
    TypeError
        If `public_api` is not such a function, or does not take these arguments.

    Notes
    -----
    It tells what holds now and, where libraries are not active, what ``arrayproto.activate()``
    would change. What depends on values, or on a class that arrayproto does not know, is not
    known before the call, and the text says so.

    Examples
    --------
    >>> import numpy as np, sparse
    >>> import arrayproto
    >>> x = sparse.COO.from_numpy(np.eye(3))
    >>> told = arrayproto.explain(np.flip, x, axis=0)
    >>> told.after.answer.kind, told.after.answer.library, told.after.copies
    ('derived', 'sparse', ())
    """
    call = Call.of(public_api, args, kwargs)
    if call.explicit:
        return _explain(call, adapted=True)
    now, after = _explain(call, adapted=False), _explain(call, adapted=True)
    return now if after == now else now._replace(after=after)


# Who is asked, and what they say ------------------------------------------------------------------


def _explain(call: Call, adapted: bool) -> Explanation:
    protocol = call.protocol(adapted)

    def find(cls: type) -> Method | None:
        library = library_of(cls) if adapted else None
        if library is not None:
            return vars(mixin_of(library))[protocol]  # type: ignore[no-any-return]
        if not call.asks:  # rebound: it sees the classes that were registered, too
            return dispatch.find_method(cls)
        method = getattr(cls, protocol, _absent)
        return _takes_no_part if method is None else None if method is _absent else method

    values = [value for _, value in call.relevant]
    found = dispatch.implementing(values, find) if protocol else []
    if call.method:  # of ufuncs, ndarrays are not asked
        found = [(value, method) for value, method in found if method not in _PLAIN]
        types = tuple(map(type, values))
    else:
        types = tuple(type(value) for value, _ in found)
    if all(method in _PLAIN for _, method in found):
        return _by_numpy(call, protocol)
    asked: list[Asked] = []
    end: Asked | None = None
    for value, method in found:
        if end is None:
            asked.append(_ask(call, value, method, types))
            end = asked[-1] if asked[-1].verdict in ("answers", "refuses") else None
        else:
            asked.append(Asked(_name(type(value)), "", "not asked", "", ""))
    arguments = _arguments(call, {type(value) for value, _ in found})
    outcome, copies = _end(call, asked, end, "raise" if call.explicit else policy.fallback())
    answer = end if end is not None and end.verdict == "answers" else None
    return Explanation(call.name, arguments, tuple(asked), answer, outcome, copies)


def _absent() -> None:
    """Stands for a protocol that a class has not got."""


def _takes_no_part() -> None:
    """Stands for a protocol that a class has set to None."""


def _ask(call: Call, value: Any, method: Method, types: tuple[type, ...]) -> Asked:
    cls = type(value)
    library = answering.get(method) or library_of(cls)
    name, its = _name(cls), "" if library is None else library.name
    if library is not None and method in vars(mixin_of(library)).values():
        return _ask_library(call, name, library, types)
    if method in _PLAIN:
        if all(issubclass(other, np.ndarray) for other in types):
            return Asked(name, "", "answers", "numpy", "NumPy's own implementation")
        return Asked(name, "", "defers", "numpy", "ndarray leaves other classes to answer")
    if method is _takes_no_part:
        return Asked(name, its, "refuses", "none", "its protocol is None, which NumPy refuses")
    if isinstance(value, ArrayFunctionMixin):
        return _ask_mixin(call, value, types)
    if library is not None:
        return Asked(name, its, "unknown", "stock", _stock(call, library))
    return Asked(name, "", "unknown", "unknown", "it has a protocol of its own")


def _ask_library(call: Call, name: str, library: Library, types: tuple[type, ...]) -> Asked:
    strangers = [_name(cls) for cls in types if not library.accepts((cls,))]
    if strangers:
        note = f"{library.name} answers for its own arrays, ndarrays and numbers, not for "
        return Asked(name, library.name, "defers", "", note + ", ".join(dict.fromkeys(strangers)))
    found = call.resolve(library)
    if found.kind == "unsupported":
        step = f". Instead: {found.instead}" if found.instead else ""
        return Asked(name, library.name, "refuses", found.kind, f"{found.note}{step}")
    kind, note = _in_vain(call, library, found)
    if note:
        return Asked(name, library.name, "refuses", kind, note)
    lacking = sorted(_lacking(call, library, found))
    if lacking:
        note = f"{found.note} does not take {', '.join(f'{argument}=' for argument in lacking)}"
        return Asked(name, library.name, "refuses", found.kind, note)
    uses: tuple[tuple[str, str], ...] = ()
    if found.kind == "derived" and found.call is not None:
        uses = tuple((used, kind_of(library, used)) for used in composed_of(found.call))
    return Asked(name, library.name, "answers", found.kind, found.note, uses)


def _in_vain(call: Call, library: Library, found: Resolution) -> tuple[str, str]:
    """Why a call that is there to write into an array cannot, and of which kind that is."""
    writes = call.method == "at" or call.name.removeprefix("numpy.") in WRITING
    if not (writes and call.relevant):
        return "", ""
    name, target = call.relevant[0]
    if library.core and isinstance(target, library.classes) and not is_mutable(library, target):
        return "unsupported", f"arrays of {library.name} cannot be written to"
    if isinstance(target, np.ndarray) and not takes_ndarray_out(library, found):
        note = f"{name} is a numpy.ndarray, to which nothing of {library.name} is written"
        return found.kind, note
    return "", ""


def _lacking(call: Call, library: Library, found: Resolution) -> Iterator[str]:
    """Arguments that are given, and refused."""
    always: frozenset[str] = getattr(found.call, "lacking", frozenset())
    own = call.name.removeprefix("numpy.")
    for argument in always | refused_or_recorded(library, own, call.function, found):
        if argument not in call.given:
            continue
        value = call.given[argument]
        if is_default(value, call.parameters.get(argument)):
            continue
        # Where arrays of the library cannot be written to, an ndarray often can.
        if argument in always or argument != "out" or isinstance(value, library.classes):
            yield argument
    if _is_ndarray_out(call) and "out" not in always and not takes_ndarray_out(library, found):
        yield "a numpy.ndarray as out"


def _is_ndarray_out(call: Call) -> bool:
    return any(name == "out" and isinstance(value, np.ndarray) for name, value in call.relevant)


def kind_of(library: Library, name: str) -> str:
    """How a library gets a function or ufunc, by its name without ``numpy.``."""
    function: Any = np
    for part in name.split("."):
        function = getattr(function, part)
    function = original(function)
    if isinstance(function, np.ufunc):
        return library.resolve_ufunc(function).kind
    return library.resolve(function).kind


def _ask_mixin(call: Call, value: ArrayFunctionMixin, types: tuple[type, ...]) -> Asked:
    name = _name(type(value))
    if not value._handles({cls for cls in types if hasattr(cls, "__array_ufunc__")}):
        return Asked(name, "", "defers", "", "it does not handle the other types")
    if call.method not in ("", "__call__"):
        return Asked(name, "", "unknown", "own", "what it does with methods of ufuncs")
    implementation = value._implementations[call.function]
    if implementation is None and not value._derives:
        return Asked(name, "", "defers", "", "it does not implement the function")
    return Asked(name, "", "answers", "own", getattr(implementation, "__qualname__", "derived"))


def _stock(call: Call, library: Library) -> str:
    """What is known of a library's own protocol without a call."""
    if call.method:
        return "its own protocol, since it is not active"
    name = call.name.removeprefix("numpy.")
    own = library.find(name)
    if own is not None and own is not call.function:
        return f"its own protocol, since it is not active; there is a {library.module}.{name}"
    return f"its own protocol, since it is not active, and {library.module} has no {name}"


# What comes of it ---------------------------------------------------------------------------------


def _by_numpy(call: Call, protocol: str) -> Explanation:
    note = "nothing overrides it" if protocol else "NumPy asks nobody about it"
    answer = Asked("numpy.ndarray", "", "answers", "numpy", note)
    copies = tuple(_by_converting(call))
    outcome = "NumPy's own implementation runs" + (", and converts" if copies else "")
    return Explanation(call.name, _arguments(call, set()), (answer,), answer, outcome, copies)


def _by_converting(call: Call) -> Iterator[str]:
    """What NumPy's own implementation makes ndarrays of: arguments that it asks, and others."""
    values = dict(call.relevant)
    values |= {name: value for name, value in call.given.items() if _is_new(value, values)}
    for name, value in values.items():
        arrays = list(arrays_in(value))
        library = library_of(type(arrays[0])) if arrays else None
        if library is None:
            continue
        size = f"of {library.name} of {sum(map(host_size, arrays))} bytes"
        if arrays[0] is value:
            yield f"{name}, an array {size}, becomes a numpy.ndarray{_unless(call, name, value)}"
        else:
            yield f"{name}, a list of {len(arrays)} arrays {size}, becomes one numpy.ndarray"


def _is_new(value: Any, others: dict[str, Any]) -> bool:
    """Whether it is not among others, nor a list of what is."""
    known = set(map(id, others.values()))
    return not any(id(array) in known for array in (value, *arrays_in(value)))


def _unless(call: Call, name: str, value: Any) -> str:
    """When NumPy does not convert an argument after all."""
    own = call.name.removeprefix("numpy.")
    if own in _READING:
        return ", unless its dtype is one of NumPy's, which is read alone"
    if not call.method and hasattr(type(value), own):
        return f", unless NumPy takes its own {own!r}"
    if not call.asks and isinstance(call.function, FunctionType) and own not in COERCING:
        return ", unless the code of the function goes on with it as it is"
    return ""


def _end(
    call: Call, asked: list[Asked], end: Asked | None, fallback: str
) -> tuple[str, tuple[str, ...]]:
    """What happens, and what is copied on the way."""
    if end is None:
        unknown = [one for one in asked if one.verdict == "unknown"]
        if not unknown:
            return "raises TypeError: no implementation found", ()
        lazy = [
            f"{name} is computed, where {library.name} has no answer of its own"
            for name, value in call.relevant
            if (library := library_of(type(value))) is not None and library.lazy
            if any(one.library == library.name and " has no " in one.note for one in unknown)
        ]
        return f"{unknown[0].type} decides; that is not known before the call", tuple(lazy)
    if end.verdict == "answers":
        host = tuple(
            f"the result, to host memory: out is a numpy.ndarray of {value.nbytes} bytes"
            if name == "out"
            else f"{name}, a numpy.ndarray of {value.nbytes} bytes, is handed to {end.library}"
            for name, value in call.relevant
            if isinstance(value, np.ndarray) and end.library
        )
        if call.name.removeprefix("numpy.") in WRITING_OUT:
            host += tuple(
                f"{name}, an array of {library.name} of {host_size(value)} bytes, to be written out"
                for name, value in call.relevant
                if (library := library_of(type(value))) is not None
            )
        return f"answered by {end.type}: {end.kind}", host
    if end.kind == "none":
        return "raises TypeError", ()
    arrays = [value for _, value in call.relevant if library_of(type(value)) is not None]
    size = sum(map(host_size, arrays))
    if fallback == "convert":
        copied = f"{size} bytes from {end.library} to host memory, and the result back"
        return "converted to NumPy and back (fallback='convert')", (copied,)
    if fallback == "warn":
        return f"answered as {end.library} does without arrayproto (fallback='warn')", ()
    error = "Argument" if end.kind != "unsupported" else "Function"
    return f"raises Unsupported{error}Error", ()


def _arguments(call: Call, overriding: set[type]) -> tuple[Argument, ...]:
    found = []
    for name, value in call.relevant:
        library = library_of(type(value))
        its = "" if library is None else library.name
        found.append(Argument(name, _name(type(value)), its, type(value) in overriding))
    return tuple(found)


def _name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}".removeprefix("builtins.")
