"""The arguments of ``arrayproto coverage``."""

from __future__ import annotations

import argparse

from .options import Commands, add_jobs


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    from ..libraries import BY_REQUEST, LIBRARIES
    from ..libraries.resolution import KINDS
    from ..tools.coverage import BY_CLASS

    names = [*LIBRARIES, *BY_REQUEST, *BY_CLASS]
    parser = commands.add_parser(
        "coverage",
        help="say for every NumPy function how each array library gets it, and how it was proved",
        description="Every public function and ufunc of the installed NumPy is native, bridged, "
        "derived or unsupported on each array library. The libraries are imported. The exit status "
        "is 0, or 1 if a library has not got a function and nobody has said why.",
    )
    parser.add_argument(
        "--library",
        action="append",
        choices=names,
        metavar="NAME",
        help=f"this one only ({', '.join(names)}); may be given more than once",
    )
    parser.add_argument(
        "--kind",
        action="append",
        choices=KINDS,
        metavar="KIND",
        help=f"functions of this kind only ({', '.join(KINDS)}); may be given more than once",
    )
    parser.add_argument(
        "--format", choices=("rich", "markdown", "json", "html"), default="rich", help="of the text"
    )
    parser.add_argument(
        "--update",
        metavar="FOLDER",
        help="write the tables of README.md and docs/coverage/ in a checkout instead",
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help="judge every call first, and keep the evidence in the package; takes minutes",
    )
    add_jobs(parser)
    parser.set_defaults(command=_main)


def _main(arguments: argparse.Namespace) -> int:
    from ..tools import coverage

    return coverage.main(
        arguments.library,
        arguments.kind,
        arguments.format,
        update=arguments.update,
        record=arguments.record,
        jobs=arguments.jobs,
    )
