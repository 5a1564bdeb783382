"""The arguments of ``arrayproto demo``."""

from __future__ import annotations

import argparse

from .options import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    from ..demo.backends import BACKENDS

    parser = commands.add_parser(
        "demo",
        help="run one unchanged NumPy program on every array library that is there",
        description="Runs one unchanged NumPy program, on real text, on every array library that "
        "is there, each in a process of its own, and compares the results with NumPy's. The exit "
        "status is 0 if all of them agree and nothing was copied to the host on the way, else 1.",
    )
    parser.add_argument(
        "--library",
        action="append",
        choices=list(BACKENDS),
        metavar="NAME",
        help=f"run this one only ({', '.join(BACKENDS)}); may be given more than once",
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--worker", choices=list(BACKENDS), help=argparse.SUPPRESS)
    parser.set_defaults(command=_main)


def _main(arguments: argparse.Namespace) -> int:
    if arguments.worker is not None:
        from ..demo import worker

        return worker.main(arguments.worker)
    from ..demo import runner

    return runner.main(arguments.library, as_json=arguments.json)
