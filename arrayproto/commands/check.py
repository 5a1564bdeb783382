"""The arguments of ``arrayproto check``."""

from __future__ import annotations

import argparse

from .options import Commands, names_in


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "check",
        help="read programs, and say what they would meet on an array library",
        description="Reads programs without running them: which NumPy calls a library has not got, "
        "which arguments, where arrays become ndarrays, where they are written to. What `# noqa: "
        "AP101` stands beside is not shown. The exit status is 1 if something worse than a note "
        "was found.",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; by default .")
    parser.add_argument(
        "--for",
        dest="libraries",
        type=names_in,
        metavar="NAMES",
        help="libraries, separated by commas; by default those of pyproject.toml",
    )
    parser.add_argument(
        "--as-run",
        action="store_true",
        help="read them as `arrayproto run --library NAME` runs them: what numpy.zeros and the "
        "like make are arrays of the library too",
    )
    formats = ("text", "github", "sarif", "json", "html")
    parser.add_argument("--format", choices=formats, default="text")
    parser.add_argument(
        "--select", type=names_in, metavar="CODES", help="show these; AP0 for notes"
    )
    parser.add_argument("--ignore", type=names_in, metavar="CODES", help="do not show these")
    parser.set_defaults(command=_main)


def _main(arguments: argparse.Namespace) -> int:
    from ..tools import check

    return check.main(
        arguments.paths,
        libraries=arguments.libraries,
        format=arguments.format,
        select=arguments.select,
        ignore=arguments.ignore,
        as_run=arguments.as_run,
    )
