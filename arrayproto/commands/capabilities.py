"""The arguments of ``arrayproto capabilities``."""

from __future__ import annotations

import argparse

from .options import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    from ..capabilities import recorded

    parser = commands.add_parser(
        "capabilities",
        help="say what is recorded of each library's functions and arguments, and what has changed",
        description="Prints the capability files (docs/capabilities.md): by library version and "
        "NumPy version, how each function is had, and which arguments are supported, ignored or "
        "refused. No library is imported, but by --diff and --update. The exit status of --diff is "
        "1 if the installed versions are recorded ones and something differs.",
    )
    parser.add_argument(
        "--library",
        action="append",
        metavar="NAME",
        help=f"this one only ({', '.join(recorded())}); may be given more than once",
    )
    parser.add_argument(
        "--function",
        action="append",
        metavar="NAME",
        help="only this one, as in linalg.norm; may be given more than once",
    )
    parser.add_argument("--json", action="store_true", help="print the files as one list")
    parser.add_argument(
        "--diff", action="store_true", help="compare the installed libraries with what is recorded"
    )
    parser.add_argument(
        "--update", metavar="FOLDER", help="record the installed versions in a checkout"
    )
    parser.set_defaults(command=_main)


def _main(arguments: argparse.Namespace) -> int:
    from ..tools import capabilities

    return capabilities.main(
        arguments.library,
        arguments.function,
        diff=arguments.diff,
        as_json=arguments.json,
        update=arguments.update,
    )
