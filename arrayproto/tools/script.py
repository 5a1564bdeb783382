"""Trace a whole program: the command ``trace``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from ..activation import activate, deactivate
from ..running import Program, status_of
from .trace import trace


def main(
    argv: Sequence[str],
    *,
    module: bool = False,
    libraries: Sequence[str] | None = None,
    html: str | None = None,
    chrome: str | None = None,
    as_json: str | None = None,
    quiet: bool = False,
) -> int:
    """Run a program as Python does, and say on stderr where its arrays went; its exit status."""
    program = Program("module" if module else "script", argv[0], argv[1:])
    missing = program.missing()
    if missing is not None:
        print(f"{sys.executable}: {missing}", file=sys.stderr)
        return 1 if module else 2
    if libraries is not None:
        activate(*libraries)
    # Paths are told from where the command was given, wherever the program has gone meanwhile.
    here = os.getcwd()
    try:
        with trace() as found:
            status = status_of(program)
    finally:
        os.chdir(here)
        if libraries is not None:
            deactivate(*libraries)
    for path, write in ((html, found.to_html), (chrome, found.to_chrome), (as_json, found.to_json)):
        if path is not None:
            write(path)
    if not quiet:
        shown = [found.table(), found.lines()] if found.events else []
        print(*shown, found.summary(), sep="\n", file=sys.stderr)
    return status
