"""``python -m peers.programs FOLDER``: programs of others, unchanged, under NumPy and libraries.

Every ``*.py`` file of the folder is a script that is run as ``python -m arrayproto run --verify``
runs it, in a process of its own; results are the numbers and arrays that it has named. Nothing of
the programs is kept here: their licences are their authors'. docs/programs.md tells of some.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import re
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from arrayproto.creation import context, using_everywhere
from arrayproto.creation.callsite import is_installed
from arrayproto.errors import REFUSALS
from arrayproto.libraries import get_library
from arrayproto.running import Program
from arrayproto.verifying import Recorder, Results, compare, read

OURS = Path(__file__).parent.parent
#: How libraries say what arrayproto's own errors say: arrays that never change, written to.
_NEVER_CHANGE = re.compile("JAX arrays are immutable|arrays of .* never change")
#: How a run may end, beside as NumPy's does.
ENDINGS = ("right", "differs", "refused", "error", "late")


class Outcome(NamedTuple):
    """How a program ended.

    Attributes
    ----------
    program : str
    library : str
    ending : str
        ``"right"``: all results are NumPy's. ``"differs"``. ``"refused"``: an error that names the
        reason and the next step. ``"error"``: any other. ``"late"``: it was stopped.
    details : str
        The first difference, or the error and the line of the program that raised it.
    """

    program: str
    library: str
    ending: str
    details: str


def outcomes(folder: Path, library: str, seconds: int = 60) -> Iterator[Outcome]:
    """How each program of a folder ends with a library, as far as it runs with NumPy alone.

    Parameters
    ----------
    folder : path
    library : str
    seconds : int, optional
        After which a program is stopped.
    """
    importlib.import_module(get_library(library).module)  # once, for all processes to come
    for path in sorted(folder.glob("*.py")):
        (failed, _), expected = _run(path, "numpy", seconds)
        if failed:
            continue
        (ending, details), found = _run(path, library, seconds)
        if not ending:
            ending, details = "right", ""
            wrong = [row for row in compare(expected, found) if not row.equal]
            if wrong:  # unless NumPy differs from itself: a seed of the clock, a time taken
                again = {
                    row.name
                    for row in compare(expected, _run(path, "numpy", seconds)[1])
                    if row.equal
                }
                wrong = [row for row in wrong if row.name in again or row.name not in expected]
            if wrong:
                ending, details = "differs", f"{wrong[0].name}: {wrong[0].difference}"
        yield Outcome(path.stem, library, ending, details)


def _run(path: Path, library: str, seconds: int) -> tuple[tuple[str, str], Results]:
    """The ending of a program, "" if it came to its end, with the details; and its results."""
    with tempfile.TemporaryDirectory() as folder:
        told, results = os.path.join(folder, "told.json"), os.path.join(folder, "results.npz")
        child = os.fork()
        if not child:
            try:
                signal.alarm(seconds)  # which ends it, whatever it does
                os.chdir(folder)
                _silence()
                ending = _ending(path, library, results)
                Path(told).write_text(json.dumps(ending))
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        if not os.path.exists(told):
            return ("late", f"stopped after {seconds} s"), {}
        return tuple(json.loads(Path(told).read_text())), read(results)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)


def _ending(path: Path, library: str, results: str) -> tuple[str, str]:
    program, recorder = Program("script", str(path)), Recorder()
    with contextlib.ExitStack() as stack:
        if library != "numpy":
            stack.enter_context(using_everywhere(library, same_stream=True))
        creation = context.everywhere()
        try:
            program.run()
        except SystemExit as stop:
            if stop.code:
                return "error", f"SystemExit: {stop.code}"
        except BaseException as error:  # of the program: any of them is an answer
            named = isinstance(error, REFUSALS) or _NEVER_CHANGE.search(str(error))
            return "refused" if named else "error", _told(error)
        recorder.write(program.names, [creation.maker] if creation else [], results)
    return "", ""


def _told(error: BaseException) -> str:
    """The error in a line, and the innermost line that is the program's."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not is_installed(frame.filename)]
    own = [frame for frame in own if OURS not in Path(frame.filename).parents]
    message = " ".join(str(error).split())
    where = f" [{Path(own[-1].filename).name}:{own[-1].lineno}: {own[-1].line}]" if own else ""
    return f"{type(error).__name__}: {message}{where}"


def counts(found: Sequence[Outcome]) -> str:
    """A table for Markdown: of each library, how many programs ended how."""
    lines = ["| library | programs | " + " | ".join(ENDINGS) + " |"]
    lines.append("| --- |" + " ---: |" * (len(ENDINGS) + 1))
    for library in dict.fromkeys(one.library for one in found):
        endings = Counter(one.ending for one in found if one.library == library)
        cells = [library, str(endings.total()), *(str(endings[name]) for name in ENDINGS)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them, tell each ending that is not NumPy's, and print the counts."""
    parser = argparse.ArgumentParser(prog="python -m peers.programs", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--library", action="append", required=True, metavar="NAME")
    parser.add_argument("--seconds", type=int, default=60, help="for each (default: 60)")
    given = parser.parse_args(arguments)
    found: list[Any] = []
    for library in given.library:
        for one in outcomes(given.folder, library, given.seconds):
            found.append(one)
            if one.ending != "right":
                print(f"{one.library}: {one.program}: {one.ending}: {one.details}", flush=True)
    print(counts(found))
    return 0


if __name__ == "__main__":
    os.environ.setdefault("MPLBACKEND", "agg")
    sys.exit(main())
