"""``python -m arrayproto conformance mylib:MyArray``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from .conformance import conformance
from .conformance_formats import failures, html, svg, text
from .described import Target
from .xfails import Known, written


def main(arguments: argparse.Namespace) -> int:
    """Judge classes, print and write; the exit status is 0 if nothing fails but what is known."""
    # Where the program is, is what it can name: pytest and scripts do the same.
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    if arguments.peers is not None:
        from .peers import main as judge_peers

        return judge_peers(arguments.peers, arguments.jobs)
    known = Known.read(arguments.xfail)
    failed: dict[str, str] = {}
    records = []
    for name in arguments.subject:
        target = Target(
            name,
            arguments.from_numpy,
            arguments.to_numpy,
            tuple(arguments.lacks),
            tuple(arguments.holds),
            arguments.activate,
            also=tuple(arguments.also),
        )
        try:
            result = conformance(target, arguments.function, arguments.jobs)
        except (ValueError, ImportError) as error:
            arguments.parser.error(str(error))
        failed.update(failures(result, known))
        records.append(result.record())
        if not arguments.json:
            print(text(result, known, arguments.verdict), end="")
        for path, write in ((arguments.html, html), (arguments.badge, svg)):
            if path is not None:
                Path(path).write_text(write(result), encoding="utf-8")
    if arguments.json:
        print(json.dumps(records, indent=1))
    if arguments.write_xfail is not None:
        Path(arguments.write_xfail).write_text(written(failed), encoding="utf-8")
    return 1 if failed else 0
