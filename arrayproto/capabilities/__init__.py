"""How each library gets each of NumPy's functions, argument by argument: one JSON file a library.

The files are made by ``python -m arrayproto capabilities --update`` from the tables of the
libraries and from what was judged (`arrayproto.tools.evidence`); ``schema.json`` describes them,
and so does docs/capabilities.md. They are read where the library itself is not there to be asked,
and where a message needs more than the tables know: never at import.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ..libraries.resolution import Kind


class Argument(NamedTuple):
    """What a library does with an optional argument of NumPy's.

    Attributes
    ----------
    kind : {"supported", "ignored", "refused"}
        "ignored": it is taken, and no value depends on it, as on the order in memory.
    right, refused, tried : int
        Of the judged calls that give it.
    """

    kind: str
    right: int = 0
    refused: int = 0
    tried: int = 0


class Capability(NamedTuple):
    """How a library gets a function, a ufunc, or a method of one.

    Attributes
    ----------
    kind : {"native", "bridged", "derived", "unsupported"}
    note : str
        Where the implementation comes from, or why there is none.
    instead : str
        The next step, for what is unsupported.
    right, refused, tried : int
        Of the judged calls.
    arguments : dict of str to Argument
        The optional ones.
    methods : dict of str to Capability
        Of a ufunc.
    own : bool
        Whether the library has a function of that name, whatever it does.
    """

    kind: Kind
    note: str
    instead: str = ""
    right: int = 0
    refused: int = 0
    tried: int = 0
    arguments: Mapping[str, Argument] = {}
    methods: Mapping[str, Capability] = {}
    own: bool = False

    def refusing(self) -> tuple[str, ...]:
        """Names of the arguments that are refused."""
        return tuple(name for name, one in self.arguments.items() if one.kind == "refused")


class Edition(NamedTuple):
    """A library's version with a NumPy's.

    Attributes
    ----------
    version, numpy : str
    functions : dict of str to Capability
        By NumPy's name, without ``numpy.``.
    """

    version: str
    numpy: str
    functions: Mapping[str, Capability]


class Capabilities(NamedTuple):
    """What is recorded of a library.

    Attributes
    ----------
    library : str
    mutable : bool
        Whether its arrays can be written to.
    lacks : tuple of str
        Methods of ndarrays that its arrays have not got.
    evidence : dict
        What the judged calls were of: version, numpy, date, subjects, device; {} for none.
    editions : tuple of Edition
        The newest first.
    """

    library: str
    mutable: bool
    lacks: tuple[str, ...]
    evidence: Mapping[str, Any]
    editions: tuple[Edition, ...]

    @property
    def newest(self) -> Edition:
        return self.editions[0]

    def edition(self, version: str, numpy: str) -> Edition | None:
        """That of these versions; None if it is not recorded."""
        found = (e for e in self.editions if (e.version, e.numpy) == (version, numpy))
        return next(found, None)

    def own_since(self, name: str) -> Edition | None:
        """The oldest edition from which on the library has a function of its own.

        Parameters
        ----------
        name : str

        Returns
        -------
        Edition or None
            None where the newest has none, and where all that are recorded have one.
        """
        since = None
        for edition in self.editions:
            found = edition.functions.get(name)
            if found is None:  # that NumPy has not got it
                continue
            if not found.own:
                return since
            since = edition
        return None


@functools.cache
def read(library: str) -> Capabilities | None:
    """What is recorded of a library; None if nothing is."""
    file = resources.files(__name__) / f"{library}.json"
    return parse(file.read_text(encoding="utf-8")) if file.is_file() else None


def recorded() -> tuple[str, ...]:
    """Names of the libraries of which something is recorded."""
    files = (file.name for file in resources.files(__name__).iterdir())
    return tuple(sorted(n.removesuffix(".json") for n in files if n.endswith(".json")
                        and n != "schema.json"))  # fmt: skip


def parse(text: str) -> Capabilities:
    """Capabilities from the text of a file."""
    told = json.loads(text)
    functions = {name: _capability(row) for name, row in told["functions"].items()}
    editions = [Edition(told["version"], told["numpy"], functions)]
    for earlier in told["earlier"]:
        changed = earlier["functions"]
        kept = {name: bare(one) for name, one in functions.items() if name not in changed}
        changed = {name: _capability(row) for name, row in changed.items() if row is not None}
        editions.append(Edition(earlier["version"], earlier["numpy"], {**kept, **changed}))
    arrays = told["arrays"]
    return Capabilities(
        told["library"], arrays["mutable"], tuple(arrays["lacks"]), told["evidence"],
        tuple(editions),
    )  # fmt: skip


def bare(one: Capability) -> Capability:
    """The same without what was judged, which is of the newest edition alone."""
    arguments = {name: Argument(argument.kind) for name, argument in one.arguments.items()}
    return Capability(
        one.kind, one.note, one.instead, arguments=arguments, methods=one.methods, own=one.own
    )


def _capability(row: dict[str, Any]) -> Capability:
    unsupported = row["class"] == "unsupported"
    arguments = {
        name: Argument(one["class"], *_counts(one))
        for name, one in row.get("arguments", {}).items()
    }
    methods = {name: _capability(one) for name, one in row.get("methods", {}).items()}
    note = row.get("why" if unsupported else "how", "")
    return Capability(
        row["class"],
        note,
        row.get("instead", ""),
        *_counts(row),
        arguments,
        methods,
        row.get("own", False),
    )


def _counts(row: dict[str, Any]) -> tuple[int, int, int]:
    return row.get("right", 0), row.get("refused", 0), row.get("tried", row.get("right", 0))


def about(library: str, name: str, version: str) -> str:
    """What is recorded of a function, in the words of a note to an error.

    Parameters
    ----------
    library : str
    name : str
        NumPy's, without ``numpy.``; of a ufunc, or a method of one.
    version : str
        Of the library that is installed.

    Returns
    -------
    str
        "" where nothing is recorded, or no more than the error says itself.
    """
    told = read(library)
    if told is None:
        return ""
    functions, (ufunc, _, method) = told.newest.functions, name.rpartition(".")
    found = functions.get(name)
    if found is None:
        own = functions[ufunc].methods.get(method) if ufunc in functions else None
        if own is None or own.kind == "unsupported":
            return ""
        return f"numpy.{name} on {library}: {own.kind}. {_more(library, ufunc)}"
    if found.kind == "unsupported":
        return ""
    how = {"derived": "derived by arrayproto", "bridged": "bridged by arrayproto"}
    parts = [f"numpy.{name} on {library} {told.newest.version}: {how.get(found.kind, found.kind)}"]
    since = told.own_since(name)
    if not found.own:
        parts.append(f"{library} has no function of that name")
    elif since is not None:
        yours = "" if version == told.newest.version else f", and yours is {version}"
        parts.append(f"its own since {library} {since.version}{yours}")
    for kind in ("supported", "ignored", "refused"):
        names = ", ".join(f"{key}=" for key, a in found.arguments.items() if a.kind == kind)
        if names:
            parts.append(f"{kind}: {names}")
    return f"{'; '.join(parts)}. {_more(library, name)}"


def _more(library: str, name: str) -> str:
    return f"More: python -m arrayproto capabilities --library {library} --function {name}"


def differences(before: Edition, after: Edition) -> Iterator[str]:
    """What differs between two editions, a line each: classes of functions and of arguments.

    Parameters
    ----------
    before, after : Edition

    Yields
    ------
    str
    """
    for name in sorted(before.functions.keys() | after.functions.keys()):
        one, other = before.functions.get(name), after.functions.get(name)
        if one is None:
            yield f"+ numpy.{name}: {after.functions[name].kind}"
        elif other is None:
            yield f"- numpy.{name}: {one.kind}"
        else:
            yield from _changes(f"numpy.{name}", one, other)


def _changes(name: str, one: Capability, other: Capability) -> Iterator[str]:
    if one.kind != other.kind:
        yield f"~ {name}: {one.kind} -> {other.kind}"
    pairs: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any]], ...] = (
        (f"{name}({{}}=)", one.arguments, other.arguments),
        (f"{name}.{{}}", one.methods, other.methods),
    )
    for words, before, after in pairs:
        for key in sorted(before.keys() | after.keys()):
            old, new = (found[key].kind if key in found else "absent" for found in (before, after))
            if old != new:
                yield f"~ {words.format(key)}: {old} -> {new}"
