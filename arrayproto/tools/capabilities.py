"""The files of `arrayproto.capabilities`: made from the tables and the evidence, and compared.

What is in a file is what `Library.resolve` says with the versions that it names, and what was
judged (`arrayproto.tools.evidence`). Versions before the newest are kept as their differences from
it.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from .. import capabilities
from ..accelerator import original
from ..capabilities import Argument, Capabilities, Capability, Edition
from ..libraries import LIBRARIES, Library, Resolution, get_library
from ..testing.calls import load_calls
from ..testing.judge import needs
from ..testing.subjects import SUBJECTS
from . import arguments, evidence
from .coverage import Coverage, Function, cover, public_functions, resolve
from .evidence import Proof

Method = Literal["reduce", "accumulate", "reduceat", "outer", "at"]
_METHODS: tuple[Method, ...] = ("reduce", "accumulate", "reduceat", "outer", "at")
#: What a file says of the evidence as a whole.
_HEAD = ("version", "numpy", "date", "subjects", "device")
_METHODS_OF_ARRAYS = tuple(
    sorted(n for n, m in vars(np.ndarray).items() if n[0] != "_" and callable(m))
)


def live(coverage: Coverage) -> Capabilities:
    """The capabilities of a library that is imported.

    Parameters
    ----------
    coverage : arrayproto.tools.coverage.Coverage
        Of the library.

    Returns
    -------
    Capabilities
        Of one edition.
    """
    library = get_library(coverage.library)
    proved = argument_proofs(library.name)
    rows = {row.name: row for row in coverage.rows}
    functions = {}
    for function in sorted(public_functions(), key=lambda f: f.name):
        if function.asked == "nobody":
            continue
        found, row = resolve(library, function), rows[function.name]
        functions[function.name] = Capability(
            row.kind,
            row.note,
            row.instead,
            arguments=_arguments(library, function, found, proved.get(function.name, {})),
            methods=_methods(library, function),
            own=_is_own(library, function),
        )
    lacks = tuple(name for name in _METHODS_OF_ARRAYS if not has_method(library, name))
    edition = Edition(coverage.version, coverage.numpy, functions)
    return Capabilities(library.name, arguments.is_mutable(library), lacks, {}, (edition,))


def _is_own(library: Library, function: Function) -> bool:
    own = library.find(function.name)
    return own is not None and original(own) is not function.public_api


def has_method(library: Library, name: str) -> bool:
    """Whether arrays of a library that is imported have a method."""
    classes: list[Any] = [library.cls, *library.cls.__subclasses__()]
    return any(hasattr(cls, name) for cls in classes)


def _arguments(
    library: Library, function: Function, found: Resolution, proved: dict[str, Proof]
) -> dict[str, Argument]:
    made = {}
    for name, kind in arguments.classify(library, function.public_api, found).items():
        proof = proved.get(name, Proof())
        if proof.refused and (kind == "refused" or not proof.right):
            kind = "refused"
        elif kind == "refused" and proof.right:  # a way around the signature
            kind = "supported"
        made[name] = Argument(kind)
    return made


def _methods(library: Library, function: Function) -> dict[str, Capability]:
    ufunc = function.public_api
    if not isinstance(ufunc, np.ufunc) or ufunc.signature is not None:
        return {}
    names = _METHODS if ufunc.nin == 2 and ufunc.nout == 1 else ("at",)
    if resolve(library, function).call is None:
        return {}
    found: dict[str, Capability] = {}
    for name in names:
        how = library.resolve_ufunc(ufunc, name)
        found[name] = Capability(how.kind, how.note, how.instead)
    return found


@functools.cache
def argument_proofs(library: str) -> dict[str, dict[str, Proof]]:
    """The recorded proofs of a library's functions, by optional argument.

    A record without them still tells of functions of which every call was right.
    """
    record = evidence.read(library)
    if record is None:
        return {}
    if record.arguments:
        return {
            name: {argument: evidence.proof(counts) for argument, counts in given.items()}
            for name, given in record.arguments.items()
        }
    found: dict[str, dict[str, Proof]] = {}
    subjects = [SUBJECTS[name] for name in record.subjects if name in SUBJECTS]
    names = evidence.canonical_names()
    calls: dict[str, list[Any]] = {}
    for call in load_calls():
        for subject in subjects:
            if not needs(call) & subject.lacks:
                calls.setdefault(evidence.canonical(call.public_api, names), []).append(call)
    for name, verdicts in record.functions.items():
        if verdicts == {"right": len(calls.get(name, ()))}:
            given = [argument for call in calls[name] for argument in call.given]
            found[name] = {
                argument: Proof(given.count(argument), 0, given.count(argument))
                for argument in sorted(set(given))
            }
    return found


# Files -------------------------------------------------------------------------------------------


def path_in(root: Path, library: str) -> Path:
    """Where the file of a library is in a checkout."""
    return root / "arrayproto" / "capabilities" / f"{library}.json"


def merged(new: Capabilities, old: Capabilities | None) -> Capabilities:
    """What is recorded already, with one edition of it replaced, or added."""
    (edition,) = new.editions
    key = edition.version, edition.numpy
    kept = [] if old is None else [e for e in old.editions if (e.version, e.numpy) != key]
    editions = sorted((edition, *kept), key=_age, reverse=True)
    # What is said of arrays is of the newest, and so is what was judged.
    found = new if editions[0] is edition or old is None else old
    record = evidence.read(new.library)
    told = {} if record is None else {key: getattr(record, key) for key in _HEAD}
    proved = Edition(editions[0].version, editions[0].numpy, _proved(new.library, editions[0]))
    return found._replace(evidence=told, editions=(proved, *editions[1:]))


def _proved(library: str, edition: Edition) -> dict[str, Capability]:
    """The functions of an edition with what was judged of them."""
    proofs, of_arguments = evidence.proofs(library), argument_proofs(library)
    functions = {}
    for name, one in edition.functions.items():
        right, refused, tried = proofs.get(name, Proof())
        proved = of_arguments.get(name, {})
        given = {
            key: Argument(argument.kind, *proved.get(key, Proof()))
            for key, argument in one.arguments.items()
        }
        functions[name] = one._replace(right=right, refused=refused, tried=tried, arguments=given)
    return functions


def _age(edition: Edition) -> tuple[tuple[int, ...], ...]:
    return _numbers(edition.version), _numbers(edition.numpy)


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.partition("+")[0].split(".")
    return tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in parts)


def as_text(found: Capabilities) -> str:
    """The file: a line for each function, so that what has changed can be read."""
    newest = {name: _row(one) for name, one in found.newest.functions.items()}
    told = {
        "$schema": "schema.json",
        "library": found.library,
        "version": found.newest.version,
        "numpy": found.newest.numpy,
        "evidence": dict(found.evidence),
        "arrays": {"mutable": found.mutable, "lacks": list(found.lacks)},
        "functions": newest,
        "earlier": [],
    }
    text = evidence.lines_of(told, ("functions",))
    earlier = []
    newest = {name: _row(capabilities.bare(one)) for name, one in found.newest.functions.items()}
    for edition in found.editions[1:]:
        rows = {name: _row(capabilities.bare(one)) for name, one in edition.functions.items()}
        changed = {
            name: rows.get(name)
            for name in sorted(newest.keys() | rows.keys())
            if newest.get(name) != rows.get(name)
        }
        head = {"version": edition.version, "numpy": edition.numpy, "functions": changed}
        earlier.append(evidence.lines_of(head, ("functions",)).rstrip("\n"))
    return text.replace('"earlier": []', f'"earlier": [{", ".join(earlier)}]')


def _row(one: Capability) -> dict[str, Any]:
    row: dict[str, Any] = {"class": one.kind}
    row["why" if one.kind == "unsupported" else "how"] = one.note
    if one.instead:
        row["instead"] = one.instead
    if one.own:
        row["own"] = True
    row |= _counted(one)
    if one.arguments:
        row["arguments"] = {
            name: {"class": argument.kind, **_counted(argument)}
            for name, argument in one.arguments.items()
        }
    if one.methods:
        row["methods"] = {name: _row(method) for name, method in one.methods.items()}
    return row


def _counted(one: Capability | Argument) -> dict[str, int]:
    found = {"right": one.right, "refused": one.refused}
    found = {key: count for key, count in found.items() if count}
    return found | ({"tried": one.tried} if one.tried != one.right else {})


def texts(coverages: Sequence[Coverage], root: Path) -> dict[Path, str]:
    """The files of the libraries that are installed, with what those in a checkout have."""
    found = {}
    for coverage in coverages:
        path = path_in(root, coverage.library)
        old = capabilities.parse(path.read_text(encoding="utf-8")) if path.exists() else None
        found[path] = as_text(merged(live(coverage), old))
    return found


# The command -------------------------------------------------------------------------------------


def compare(coverage: Coverage) -> tuple[bool, list[str]]:
    """What differs between a library as it is installed and what is recorded.

    Parameters
    ----------
    coverage : arrayproto.tools.coverage.Coverage
        Of the library.

    Returns
    -------
    same : bool
        Whether the versions are recorded ones, so that nothing should differ.
    lines : list of str
        The differences; from the newest edition where the versions are not recorded.
    """
    now, recorded = live(coverage).newest, capabilities.read(coverage.library)
    if recorded is None:
        return False, [f"+ all of {coverage.library}: nothing is recorded"]
    same = recorded.edition(now.version, now.numpy)
    return same is not None, list(capabilities.differences(same or recorded.newest, now))


def main(
    names: Sequence[str] | None = None,
    functions: Sequence[str] | None = None,
    *,
    diff: bool = False,
    as_json: bool = False,
    update: str | None = None,
) -> int:
    """The command: print, compare, or write; 1 if what is recorded is no longer so."""
    if diff or update is not None:
        coverages = [c for c in cover(names or [*LIBRARIES]) if not c.problem and not c.recorded]
        if update is not None:
            return _update(coverages, Path(update))
        return _diff(coverages)
    found = [read for name in names or LIBRARIES if (read := capabilities.read(name)) is not None]
    unknown = set(names or ()) - {one.library for one in found}
    for name in sorted(unknown):
        print(f"{name}: nothing is recorded", file=sys.stderr)
    if as_json:
        print(json.dumps([json.loads(as_text(one)) for one in found], indent=1))
    else:
        print("\n".join(_told(found, functions)))
    return 2 if unknown else 0


def _update(coverages: Sequence[Coverage], root: Path) -> int:
    if not path_in(root, "").parent.is_dir():
        print(f"{root} is no checkout of arrayproto", file=sys.stderr)
        return 2
    found = texts(coverages, root).items()
    changed = [path for path, text in found if not path.exists() or path.read_text("utf-8") != text]
    for path, text in found:
        path.write_text(text, encoding="utf-8")
    print("\n".join(f"written: {path}" for path in changed) or "nothing has changed")
    return 0


def _diff(coverages: Sequence[Coverage]) -> int:
    status = 0
    for coverage in coverages:
        same, lines = compare(coverage)
        versions = f"{coverage.library} {coverage.version}, NumPy {coverage.numpy}"
        print(f"{versions}: " + ("recorded" if same else "not recorded, beside the newest that is"))
        print("".join(f"  {line}\n" for line in lines) or "  nothing differs\n", end="")
        status |= same and bool(lines)
    return status


def _told(found: Sequence[Capabilities], functions: Sequence[str] | None) -> Iterator[str]:
    for one in found:
        editions = ", ".join(f"{e.version} with NumPy {e.numpy}" for e in one.editions)
        yield f"{one.library} (recorded: {editions})"
        for name, capability in one.newest.functions.items():
            if not functions or name in functions:
                yield from _of_function(one, name, capability)


def _of_function(one: Capabilities, name: str, capability: Capability) -> Iterator[str]:
    judged = f"; {Proof(*capability[3:6])}" if capability.tried else ""
    since = one.own_since(name)
    own = f"; {one.library}'s own since {since.version}" if since is not None else ""
    yield f"  numpy.{name}: {capability.kind}, {capability.note}{judged}{own}"
    if capability.instead:
        yield f"    instead: {capability.instead}"
    for kind in ("supported", "ignored", "refused"):
        told = ", ".join(f"{n}=" for n, a in capability.arguments.items() if a.kind == kind)
        if told:
            yield f"    {kind}: {told}"
    for method, its in capability.methods.items():
        if its.kind != capability.kind:
            yield f"    {name}.{method}: {its.kind}, {its.note}"
