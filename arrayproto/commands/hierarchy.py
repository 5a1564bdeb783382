"""The arguments of ``arrayproto hierarchy``."""

from __future__ import annotations

import argparse

from .options import Commands, names_in


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "hierarchy",
        help="call functions on every pair of array types, and say who wins and what is lost",
        description="Runs a handful of functions on every ordered pair of the array types that are "
        "installed, and tells where the order of arguments matters, where types win in a circle, "
        "and where units, masks or values are lost without a word, with the smallest example. The "
        "exit status is 1 if something is lost.",
    )
    parser.add_argument("--stock", action="store_true", help="without arrayproto active")
    parser.add_argument("--types", type=names_in, metavar="NAMES", help="only these, by commas")
    formats = ("text", "dot", "svg", "png", "json")
    parser.add_argument(
        "--format", choices=formats, default="text", help="dot, svg and png are graphs of types"
    )
    parser.add_argument("--output", metavar="FILE", help="write it there")
    parser.set_defaults(command=_main)


def _main(arguments: argparse.Namespace) -> int:
    from ..tools import hierarchy

    return hierarchy.main(
        arguments.types, arguments.format, stock=arguments.stock, output=arguments.output
    )
