"""What a call of a NumPy function would do, without doing it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

import numpy as np

from .. import dispatch, policy
from ..catalog import PublicFunction, find_public, is_undispatched, original
from ..libraries import Library, Resolution, library_of
from ..libraries.bridge import is_default
from ..mixins import ArrayFunctionMixin, answering, mixin_of
from ..rebinding import ReboundFunction
from ..ways_out import host_size
from .composition import composed_of

Method = Callable[..., Any]
Verdict = Literal["answers", "defers", "refuses", "not asked", "unknown"]
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
        "native", "bridged" or "derived", as in `arrayproto.libraries.library.KINDS`; "numpy" for
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
    yield from (f"  copied: {copy}" for copy in told.copies or ("nothing",))


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
    call = _Call.of(public_api, args, kwargs)
    if call.explicit:
        return _explain(call, adapted=True)
    now, after = _explain(call, adapted=False), _explain(call, adapted=True)
    return now if after == now else now._replace(after=after)


class _Call(NamedTuple):
    """A call taken apart."""

    name: str
    function: Any  # NumPy's own; the ufunc, for a method of one
    method: str  # of a ufunc, "" for a function
    relevant: tuple[tuple[str, Any], ...]
    given: dict[str, Any]  # arguments by name, as far as NumPy tells the names
    parameters: dict[str, Any]  # and their defaults
    asks: bool  # whether NumPy asks the relevant arguments
    explicit: bool  # a function of arrayproto.numpy

    @classmethod
    def of(cls, public_api: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Call:
        module = getattr(public_api, "__module__", None) or ""
        explicit = module.startswith("arrayproto.numpy")
        function = original(public_api._implementation if explicit else public_api)
        ufunc = function if isinstance(function, np.ufunc) else getattr(function, "__self__", None)
        if isinstance(ufunc, np.ufunc):
            method = "__call__" if function is ufunc else function.__name__
            return cls._of_ufunc(ufunc, method, args, kwargs)
        entry = find_public(function)
        if entry is None:
            raise TypeError(
                "explain() takes a function of NumPy's public modules, a ufunc or a method of "
                f"one, not {public_api!r}"
            )
        return cls._of_function(entry, args, kwargs, explicit)

    @classmethod
    def _of_function(
        cls, entry: PublicFunction, args: tuple[Any, ...], kwargs: dict[str, Any], explicit: bool
    ) -> _Call:
        given, parameters = dict(kwargs), {}
        if entry.signature is not None:
            given = dict(entry.signature.bind(*args, **kwargs).arguments)
            parameters = {n: p.default for n, p in entry.signature.parameters.items()}
        asked = entry.relevant
        if not asked and "like" in given:
            asked = {"like": "itself"}
        relevant = [pair for name in asked for pair in _named(name, given.get(name), asked[name])]
        name, like = f"numpy.{entry.name}", "like" in asked
        asks = entry.dispatched or like or explicit
        if not relevant and args:  # nobody is asked, and NumPy converts it
            relevant, asks = [(next(iter(given), "the first"), args[0])], False
        return cls(name, entry.function, "", tuple(relevant), given, parameters, asks, explicit)

    @classmethod
    def _of_ufunc(
        cls, ufunc: np.ufunc, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> _Call:
        inputs, outs = args, kwargs.get("out")
        if method == "__call__" and len(args) > ufunc.nin:
            inputs, outs = args[: ufunc.nin], args[ufunc.nin :]
        outs = outs if isinstance(outs, tuple) else (outs,)
        relevant = [(f"x{place}", x) for place, x in enumerate(inputs, 1)]
        relevant += [("out", out) for out in outs if out is not None]
        name = f"numpy.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
        return cls(name, ufunc, method, tuple(relevant), dict(kwargs), {}, True, explicit=False)

    def protocol(self, adapted: bool) -> str:
        """Which protocol NumPy asks for; "" where it asks nobody."""
        if self.method:
            return "__array_ufunc__"
        rebound = is_undispatched(self.function) if adapted else self._is_rebound()
        return "__array_function__" if self.asks or rebound else ""

    def _is_rebound(self) -> bool:
        held = getattr(sys.modules.get(self.function.__module__), self.function.__name__, None)
        return isinstance(held, ReboundFunction)

    def resolve(self, library: Library) -> Resolution:
        if self.method:
            return library.resolve_ufunc(self.function, self.method)
        return library.resolve(self.function)


def _named(name: str, value: Any, depth: str) -> Iterator[tuple[str, Any]]:
    """The arrays in a relevant argument, each with a name."""
    if value is None:
        return
    if isinstance(value, dict):  # what is given for **kwargs
        yield from value.items()
    elif isinstance(value, (list, tuple)) and (depth != "itself" or isinstance(value, tuple)):
        for place, item in enumerate(value):
            inner = depth if depth == "leaves" else "itself"
            yield from _named(f"{name}[{place}]", item, inner)
    else:
        yield name, value


# Who is asked, and what they say ------------------------------------------------------------------


def _explain(call: _Call, adapted: bool) -> Explanation:
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


def _ask(call: _Call, value: Any, method: Method, types: tuple[type, ...]) -> Asked:
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


def _ask_library(call: _Call, name: str, library: Library, types: tuple[type, ...]) -> Asked:
    strangers = [_name(cls) for cls in types if not library.accepts((cls,))]
    if strangers:
        note = f"{library.name} answers for its own arrays, ndarrays and numbers, not for "
        return Asked(name, library.name, "defers", "", note + ", ".join(dict.fromkeys(strangers)))
    found = call.resolve(library)
    if found.kind == "unsupported":
        step = f". Instead: {found.instead}" if found.instead else ""
        return Asked(name, library.name, "refuses", found.kind, f"{found.note}{step}")
    lacking = [
        argument
        for argument in sorted(getattr(found.call, "lacking", ()))
        if argument in call.given
        and not is_default(call.given[argument], call.parameters.get(argument))
    ]
    if lacking:
        note = f"{found.note} has not got {', '.join(f'{argument}=' for argument in lacking)}"
        return Asked(name, library.name, "refuses", found.kind, note)
    uses: tuple[tuple[str, str], ...] = ()
    if found.kind == "derived" and found.call is not None:
        uses = tuple((used, kind_of(library, used)) for used in composed_of(found.call))
    return Asked(name, library.name, "answers", found.kind, found.note, uses)


def kind_of(library: Library, name: str) -> str:
    """How a library gets a function or ufunc, by its name without ``numpy.``."""
    function: Any = np
    for part in name.split("."):
        function = getattr(function, part)
    function = original(function)
    if isinstance(function, np.ufunc):
        return library.resolve_ufunc(function).kind
    return library.resolve(function).kind


def _ask_mixin(call: _Call, value: ArrayFunctionMixin, types: tuple[type, ...]) -> Asked:
    name = _name(type(value))
    if not value._handles({cls for cls in types if hasattr(cls, "__array_ufunc__")}):
        return Asked(name, "", "defers", "", "it does not handle the other types")
    if call.method not in ("", "__call__"):
        return Asked(name, "", "unknown", "own", "what it does with methods of ufuncs")
    implementation = value._implementations[call.function]
    if implementation is None and not value._derives:
        return Asked(name, "", "defers", "", "it does not implement the function")
    return Asked(name, "", "answers", "own", getattr(implementation, "__qualname__", "derived"))


def _stock(call: _Call, library: Library) -> str:
    """What is known of a library's own protocol without a call."""
    if call.method:
        return "its own protocol, since it is not active"
    name = call.name.removeprefix("numpy.")
    own = library.find(name)
    if own is not None and own is not call.function:
        return f"its own protocol, since it is not active; there is a {library.module}.{name}"
    return f"its own protocol, since it is not active, and {library.module} has no {name}"


# What comes of it ---------------------------------------------------------------------------------


def _by_numpy(call: _Call, protocol: str) -> Explanation:
    note = "nothing overrides it" if protocol else "NumPy asks nobody about it"
    answer = Asked("numpy.ndarray", "", "answers", "numpy", note)
    copies = tuple(
        f"{name}, an array of {library.name} of {host_size(value)} bytes, becomes a numpy.ndarray"
        for name, value in call.relevant
        if (library := library_of(type(value))) is not None
    )
    outcome = "NumPy's own implementation runs" + (", and converts" if copies else "")
    return Explanation(call.name, _arguments(call, set()), (answer,), answer, outcome, copies)


def _end(
    call: _Call, asked: list[Asked], end: Asked | None, fallback: str
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
            f"{name}, a numpy.ndarray of {value.nbytes} bytes, is handed to {end.library}"
            for name, value in call.relevant
            if isinstance(value, np.ndarray) and end.library
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


def _arguments(call: _Call, overriding: set[type]) -> tuple[Argument, ...]:
    found = []
    for name, value in call.relevant:
        library = library_of(type(value))
        its = "" if library is None else library.name
        found.append(Argument(name, _name(type(value)), its, type(value) in overriding))
    return tuple(found)


def _name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}".removeprefix("builtins.")
