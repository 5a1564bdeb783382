"""The record of programs of consumers that were judged: where, when, and with which versions.

``python -m arrayproto.tools.judged --library cupy`` runs the programs on a library, on a machine
that has it, and ``--consumer sklearn`` those of a consumer; what it finds goes into the record,
from which docs/consumers.md is made. What the test suite runs everywhere needs no record.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import importlib.util
import json
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ..testing.consumers import PROGRAMS, Program, judge, known_gap, libraries_of, mxnet
from ..testing.subjects import SUBJECTS

PATH = Path(__file__).with_name("judged_consumers.json")
#: Consumers that are not among the dependencies of the tests.
MORE = ("skimage", "sklearn", "tangent")
#: Where a module's name is not that of its distribution, of which CuPy has one for each CUDA.
_DISTRIBUTIONS = {"skimage": "scikit-image", "sklearn": "scikit-learn"}


def read() -> dict[str, dict[str, Any]]:
    """The record: ``"sklearn-regression_errors-jax"`` to what was seen, when, and on what."""
    found: dict[str, dict[str, Any]] = json.loads(PATH.read_text(encoding="utf-8"))
    return found


def of(program: Program, library: str) -> dict[str, Any] | None:
    """What the record says of a program on a library."""
    return read().get(f"{program.consumer}-{program.name}-{library}")


def _version(name: str) -> str:
    try:
        return version(_DISTRIBUTIONS.get(name, name))
    except PackageNotFoundError:
        return str(importlib.import_module(name).__version__)


def _now(*names: str) -> dict[str, Any]:
    """The date, and the versions of modules."""
    return {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "versions": {name: _version(name) for name in names},
    }


def judged(program: Program, library: str) -> dict[str, Any]:
    """Run a program, and say what was seen."""
    subject = SUBJECTS[library]
    names = (program.consumer, subject.module.partition(".")[0])
    seen = {"right": True, **_now(*names)}
    try:
        judge(program, library)
    except Exception as error:  # whatever the program raises is what is seen
        seen |= {"right": False, "raised": f"{type(error).__name__}: {error}"[:200]}
    if subject.device():
        seen["device"] = subject.device()
    return seen


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m arrayproto.tools.judged", description=__doc__)
    parser.add_argument("--library", action="append", help="subjects; by default all but cupy")
    parser.add_argument("--consumer", action="append", help=f"by default {', '.join(MORE)}")
    parser.add_argument("--output", type=Path, default=PATH, help="where the record is written")
    chosen = parser.parse_args(arguments)
    consumers = chosen.consumer or MORE
    if chosen.library and not chosen.consumer:
        consumers = tuple(dict.fromkeys(program.consumer for program in PROGRAMS))
    record = read()
    for program in PROGRAMS:
        if program.consumer not in consumers or importlib.util.find_spec(program.consumer) is None:
            continue
        for library in libraries_of(program.consumer):
            wanted = library in chosen.library if chosen.library else library != "cupy"
            if not wanted or known_gap(program, library):
                continue
            name = f"{program.consumer}-{program.name}-{library}"
            record[name] = judged(program, library)
            print(name, "right" if record[name]["right"] else record[name]["raised"])
    if "mxnet" in consumers:  # plain calls of NumPy, and no programs
        record["mxnet"] = {**mxnet.judge(), **_now("mxnet", "numpy")}
        print("mxnet", record["mxnet"])
    text = json.dumps(record, indent=1, sort_keys=True)
    chosen.output.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
