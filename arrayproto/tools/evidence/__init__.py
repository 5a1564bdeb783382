"""What was judged of each library's functions, and when: one JSON file for each library.

``python -m arrayproto coverage --record`` judges every call of `arrayproto.testing` and writes the
files. They are evidence of the versions that they name, on the machine where that was done.
"""

from __future__ import annotations

import datetime
import functools
import json
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ... import catalog


class Proof(NamedTuple):
    """How many calls of a function were judged, and how many of them were right.

    A call that a library refuses with an error of arrayproto is neither right nor wrong.
    """

    right: int = 0
    refused: int = 0
    tried: int = 0

    def __str__(self) -> str:
        if not self.tried:
            return "not proved here"
        refused = f", {self.refused} refused" if self.refused else ""
        return f"{self.right} of {self.tried} calls right{refused}"


class Record(NamedTuple):
    """The evidence on one library.

    Attributes
    ----------
    version, numpy, date : str
        Of what, and when.
    subjects : list of str
        What was tested: ``dask`` in two ways of making chunks.
    device : str
        What held the arrays of some of them; "" for the memory of the host alone.
    functions : dict of str to dict of str to int
        NumPy name, without ``numpy.``, to how many calls got which verdict.
    arguments : dict of str to dict of str to dict of str to int
        The same of the calls that give an optional argument, by argument.
    """

    version: str
    numpy: str
    date: str
    subjects: list[str]
    device: str
    functions: dict[str, dict[str, int]]
    arguments: dict[str, dict[str, dict[str, int]]] = {}


@functools.cache
def read(library: str) -> Record | None:
    """What is recorded of a library; None if nothing is."""
    file = resources.files(__name__) / f"{library}.json"
    if not file.is_file():
        return None
    return Record(**json.loads(file.read_text(encoding="utf-8")))


def proofs(library: str) -> dict[str, Proof]:
    """The recorded proofs of a library's functions by NumPy name; empty where nothing is."""
    record = read(library)
    if record is None:
        return {}
    return {name: proof(verdicts) for name, verdicts in record.functions.items()}


def proof(verdicts: dict[str, int]) -> Proof:
    """What counts of verdicts prove."""
    return Proof(verdicts.get("right", 0), verdicts.get("refused", 0), sum(verdicts.values()))


def combine(records: list[dict[str, Any]]) -> Record:
    """One record of what ``arrayproto conformance --json`` tells of the subjects of a library."""
    first = records[0]
    functions: dict[str, Counter[str]] = {}
    arguments: dict[str, dict[str, Counter[str]]] = {}
    names = canonical_names()
    for record in records:
        for name, verdicts in record["functions"].items():
            functions.setdefault(canonical(name, names), Counter()).update(verdicts)
        for name, given in record.get("arguments", {}).items():
            counted = arguments.setdefault(canonical(name, names), {})
            for argument, verdicts in given.items():
                counted.setdefault(argument, Counter()).update(verdicts)
    return Record(
        version=first["version"],
        numpy=first["numpy"],
        date=datetime.date.today().isoformat(),
        subjects=[record["subject"] for record in records],
        device=", ".join(sorted({record["device"] for record in records} - {""})),
        functions={name: dict(sorted(functions[name].items())) for name in sorted(functions)},
        arguments={
            name: {a: dict(sorted(v.items())) for a, v in sorted(arguments[name].items())}
            for name in sorted(arguments)
        },
    )


def write(library: str, record: Record) -> Path:
    """Keep a record, in the package; where it is."""
    path = Path(__file__).parent / f"{library}.json"
    path.write_text(lines_of(record._asdict(), ("functions", "arguments")), encoding="utf-8")
    read.cache_clear()
    return path


def lines_of(found: dict[str, Any], tables: tuple[str, ...]) -> str:
    """JSON with a line for each row of its tables, so that what has changed can be read."""
    text = json.dumps({**found, **{table: f"<{table}>" for table in tables}}, indent=1)
    for table in tables:
        rows = ",\n  ".join(f"{json.dumps(n)}: {json.dumps(v)}" for n, v in found[table].items())
        text = text.replace(f'"<{table}>"', f"{{\n  {rows}\n }}")
    return text + "\n"


def canonical(name: str, names: dict[int, str]) -> str:
    """The one name of a function that bears several."""
    found: Any = np
    for part in name.split("."):
        found = getattr(found, part, None)
    return names.get(id(found), name)


def canonical_names() -> dict[int, str]:
    """The one name of each public function and ufunc, by the id of the object."""
    functions = {name: entry.function for name, entry in catalog.catalog().items()}
    everything: dict[str, Any] = {
        **functions,
        **catalog.ufuncs(),
        **catalog.ufuncs_of_text(),
        **catalog.generators(),
    }
    return {id(value): name for name, value in everything.items()}
