"""The arguments of ``arrayproto trace``."""

from __future__ import annotations

import argparse

from .options import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "trace",
        help="run a program, and say where its arrays went",
        description="Runs a program as python does, and tells on stderr of every call that an "
        "array library answered, and of everything that left its library: each with the line of "
        "the program, the time and the bytes. The exit status is the program's.",
    )
    parser.add_argument("--html", metavar="FILE", help="write a page that needs no other file")
    parser.add_argument("--chrome", metavar="FILE", help="write a trace that Perfetto opens")
    parser.add_argument("--json", metavar="FILE", help="write all events")
    parser.add_argument("--quiet", action="store_true", help="print nothing of our own")
    parser.add_argument(
        "--activate",
        nargs="?",
        const="",
        metavar="NAMES",
        help="arrayproto.activate() first; with names, separated by commas, for these libraries",
    )
    parser.add_argument("-m", dest="module", action="store_true", help="PROGRAM is a module's name")
    parser.add_argument("program", metavar="PROGRAM", help="the script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="its arguments")
    parser.set_defaults(command=_main)


def _main(arguments: argparse.Namespace) -> int:
    from ..tools import script

    names = arguments.activate
    return script.main(
        [arguments.program, *arguments.arguments],
        module=arguments.module,
        libraries=None if names is None else [name for name in names.split(",") if name],
        html=arguments.html,
        chrome=arguments.chrome,
        as_json=arguments.json,
        quiet=arguments.quiet,
    )
