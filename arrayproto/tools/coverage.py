"""How each array library gets each of NumPy's public functions and ufuncs, and how that is proved.

The classification is what a call would do, `Library.resolve`; the proof is what was recorded when
every call of `arrayproto.testing` was judged (see `arrayproto.tools.evidence`). What is said of
arguments, and of libraries that are not installed, is read from `arrayproto.capabilities`.
"""

from __future__ import annotations

import functools
import importlib
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from .. import capabilities, catalog
from ..libraries import BY_REQUEST, LIBRARIES, Library, Resolution, get_library, library_of_class
from ..libraries.reasons import WITHOUT_ARRAYS, family_of
from ..libraries.resolution import Kind
from ..testing.subjects import SUBJECTS, Subject
from . import evidence
from .evidence import Proof, proofs

#: Who is asked when a function is called, in the order of the tables.
Asked = Literal["arrays", "ufunc", "like", "explicit", "nobody"]
ASKED: dict[Asked, str] = {
    "arrays": "functions that NumPy dispatches on an array argument",
    "ufunc": "ufuncs",
    "like": "creation functions that NumPy dispatches on like=",
    "explicit": "functions of arrays that NumPy does not dispatch",
    "nobody": "functions of no array",
}


class Function(NamedTuple):
    """A public function or ufunc of NumPy, and who is asked when it is called."""

    name: str
    public_api: Callable[..., Any]
    asked: Asked


class Row(NamedTuple):
    """How a library gets a function.

    Attributes
    ----------
    library, name : str
    asked : str
        One of `ASKED`.
    kind : str
        One of `arrayproto.libraries.resolution.KINDS`.
    note : str
        Where the implementation comes from or, for an unsupported function, the reason.
    instead : str
        For an unsupported function, the next step.
    classified : bool
        False for a function that the library has not got, and nobody has said why.
    proof : Proof
    refuses : tuple of str
        Arguments that are refused, as recorded of these versions.
    """

    library: str
    name: str
    asked: Asked
    kind: Kind
    note: str
    instead: str
    classified: bool
    proof: Proof
    refuses: tuple[str, ...] = ()


class Coverage(NamedTuple):
    """All of NumPy on one library.

    Attributes
    ----------
    library : str
    version, numpy : str
        ``version`` is "" where nothing is known of the library.
    rows : list of Row
        One for each public function and ufunc; none where nothing is known.
    problem : str
        Why there are no rows.
    recorded : bool
        Whether the library is not installed, and the rows are those of its capability file, which
        are those of functions of arrays.
    by_class : bool
        Whether arrayproto does not know the library: `arrayproto.activate` was given its array
        class, of the Array API standard, and nothing else.
    """

    library: str
    version: str
    numpy: str
    rows: list[Row]
    problem: str = ""
    recorded: bool = False
    by_class: bool = False

    def totals(self, asked: str | None = None) -> Counter[str]:
        """How many functions there are of each kind."""
        return Counter(row.kind for row in self.rows if asked in (None, row.asked))

    @property
    def unclassified(self) -> list[str]:
        """Functions that the library has not got, and nobody has said why."""
        return [row.name for row in self.rows if not row.classified]

    def only(self, kinds: Sequence[str] | None) -> Coverage:
        """The same, with the rows of these kinds alone."""
        rows = [row for row in self.rows if not kinds or row.kind in kinds]
        return self._replace(rows=rows)


def public_functions() -> list[Function]:
    """Every public function and ufunc of the installed NumPy, in the order of the tables."""
    found = [Function(n, f, _who_is_asked(e)) for n, e, f in _entries()]
    found += [Function(n, f, "ufunc") for n, f in catalog.ufuncs().items()]
    found += [Function(n, f, "ufunc") for n, f in catalog.ufuncs_of_text().items()]
    found += [Function(n, f, "nobody") for n, f in catalog.generators().items()]
    order = list(ASKED)
    return sorted(found, key=lambda f: (order.index(f.asked), f.name.count("."), f.name))


def _entries() -> list[tuple[str, catalog.PublicFunction, Callable[..., Any]]]:
    return [(name, entry, entry.function) for name, entry in catalog.catalog().items()]


def _who_is_asked(entry: catalog.PublicFunction) -> Asked:
    if entry.dispatched:
        return "arrays" if entry.overridable else "like"
    if family_of(entry.name) in WITHOUT_ARRAYS:
        return "nobody"
    return "explicit" if entry.overridable else "nobody"


def resolve(library: Library, function: Function) -> Resolution:
    """How a library gets a function or a ufunc."""
    if isinstance(function.public_api, np.ufunc):
        return library.resolve_ufunc(function.public_api)
    return library.resolve(function.public_api)


def cover(names: Sequence[str] | None = None) -> list[Coverage]:
    """Classify everything for some libraries, which are imported.

    Parameters
    ----------
    names : sequence of str, optional
        Libraries; by default all that are known, and those of `BY_CLASS`.

    Returns
    -------
    list of Coverage
    """
    functions = public_functions()
    return [_cover(name, functions) for name in names or (*LIBRARIES, *BY_REQUEST, *BY_CLASS)]


#: Libraries that arrayproto does not know, and that show what it does for a class of the Array API
#: standard: by name, what imports one and has its class.
BY_CLASS: dict[str, Subject] = {s.library: s for s in SUBJECTS.values() if s.by_class}


def imported(name: str) -> Library:
    """A library of the tables, imported.

    Raises
    ------
    ImportError
        If it is not installed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # CuPy has much to say where there is no GPU
        if name in BY_CLASS:
            BY_CLASS[name].load()
            return library_of_class(BY_CLASS[name].classes()[0])
        library = get_library(name)
        importlib.import_module(library.module)
        importlib.import_module(library.root)
    return library


def _cover(name: str, functions: Sequence[Function]) -> Coverage:
    try:
        library = imported(name)
    except ImportError as error:
        return _recorded(name, functions, f"not installed ({error})")
    root = sys.modules[library.root]
    proved, told = proofs(library.name), capabilities.read(library.name)
    version = str(getattr(root, "__version__", "") or _distributed(library.root))
    edition = None if told is None else told.edition(version, np.__version__)
    known = {} if edition is None else edition.functions
    rows = [
        _row(library, function, proved)._replace(refuses=known[function.name].refusing())
        if function.name in known
        else _row(library, function, proved)
        for function in functions
    ]
    return Coverage(library.name, version, np.__version__, rows, by_class=name in BY_CLASS)


def _recorded(library: str, functions: Sequence[Function], problem: str) -> Coverage:
    """What the capability file has of a library that is not there to be asked."""
    told = capabilities.read(library)
    if told is None:
        return Coverage(library, "", np.__version__, [], problem)
    newest = told.newest
    rows = []
    for name, asked in ((function.name, function.asked) for function in functions):
        one = newest.functions.get(name)
        if one is not None:
            proof = Proof(one.right, one.refused, one.tried)
            own = (library, name, asked, one.kind, one.note, one.instead)
            rows.append(Row(*own, classified=True, proof=proof, refuses=one.refusing()))
    return Coverage(library, newest.version, newest.numpy, rows, recorded=True)


def _distributed(package: str) -> str:
    """The version of the distribution of a package that does not tell it."""
    names = metadata.packages_distributions().get(package, [])
    return metadata.version(names[0]) if names else "unknown"


def _row(library: Library, function: Function, proved: dict[str, Proof]) -> Row:
    found = resolve(library, function)
    supported = found.kind != "unsupported"
    row = library.differences.get(function.name) or library.reasons.get(function.name)
    said = row is not None or family_of(function.name) is not None
    return Row(
        library=library.name,
        name=function.name,
        asked=function.asked,
        kind=found.kind,
        note=found.note,
        instead="" if supported else found.instead or library.advice,
        classified=supported or said,
        proof=proved.get(function.name, Proof()),
    )


def main(
    names: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    format: str = "rich",
    *,
    update: str | None = None,
    record: bool = False,
    jobs: int = 1,
) -> int:
    """The command: print, or write, what `cover` finds; the exit status."""
    from . import formats, tables, tried

    if record:
        from ..testing.chunks import ProcessDiedError

        try:
            _record(names or [*LIBRARIES, *BY_CLASS], jobs)
        except ProcessDiedError as error:
            print(
                f"arrayproto coverage: {error}. Run it again to go on from there", file=sys.stderr
            )
            return 2
    coverages = cover(names)
    if update is not None:
        try:
            changed = tables.update(coverages, Path(update))
        except (OSError, ValueError) as error:
            print(f"arrayproto coverage: {error}", file=sys.stderr)
            return 2
        print("\n".join(f"written: {path}" for path in changed) or "nothing has changed")
    else:
        print(formats.FORMATS[format]([c.only(kinds) for c in coverages]), end="")
        if names is None and format in ("rich", "markdown"):
            print(tried.text(markdown=format == "markdown"), end="")
    unclassified = [(c.library, c.unclassified) for c in coverages if c.unclassified]
    for library, functions in unclassified:
        print(f"{library}: nobody has said why not: {', '.join(functions)}", file=sys.stderr)
    return 1 if unclassified else 0


def _record(names: Sequence[str], jobs: int) -> None:
    """Judge every call on some libraries, and keep the evidence; says on stderr how far it is."""
    from ..testing.chunks import Kept
    from ..testing.run import run, version_of

    for name in names:
        subjects = [s for s in SUBJECTS.values() if s.library == name and s.available()]
        if not subjects:
            print(f"{name}: nothing to judge on this machine", file=sys.stderr)
            continue
        kept = [Kept(_KEPT, subject, version_of(subject)) for subject in subjects]
        records = [
            run(subject, None, jobs, its, functools.partial(_tell, subject.name)).record()
            for subject, its in zip(subjects, kept, strict=True)
        ]
        path = evidence.write(name, evidence.combine(records))
        print(f"written: {path}", file=sys.stderr)
        for its in kept:
            its.forget()


#: Where judged calls are kept until a record is complete.
_KEPT = Path(".cache") / "judged"


def _tell(subject: str, number: int, count: int, seconds: float | None) -> None:
    took = "judged before" if seconds is None else f"{seconds:.1f} s"
    print(f"{subject}: chunk {number} of {count}, {took}", file=sys.stderr, flush=True)
