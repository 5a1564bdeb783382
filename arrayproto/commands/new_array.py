"""The arguments of ``arrayproto new-array``."""

from __future__ import annotations

import argparse

from .options import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "new-array",
        help="write a small package with an array class of your own",
        description="Writes a package with an array class that has all of NumPy's functions of "
        "numbers, with tests and a workflow for CI: put what your arrays hold in the place of the "
        "ndarray. docs/tutorial.md explains each part.",
    )
    parser.add_argument("name", metavar="NAME", help="of the package, and of its new folder")
    parser.add_argument("--class-name", metavar="NAME", help="of the class; by default NameArray")
    parser.add_argument("--folder", default=".", help="where the new folder is made")
    parser.set_defaults(command=_main)


def _main(arguments: argparse.Namespace) -> int:
    from ..tools import new_array

    return new_array.main(arguments.name, arguments.class_name, arguments.folder)
