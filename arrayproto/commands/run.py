"""The arguments of ``arrayproto run``."""

from __future__ import annotations

import argparse

from .options import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    from ..libraries import LIBRARIES

    parser = commands.add_parser(
        "run",
        help="run an unchanged NumPy program with the arrays of a library",
        usage="%(prog)s [options] (FILE | -m MODULE | -c CODE | -) [ARGUMENT ...]",
        description="Runs a program as Python would; within it, NumPy's creation functions make "
        "the arrays of a library, for the program's own calls. The exit status is the program's.",
    )
    known = f"numpy, {', '.join(LIBRARIES)}"
    parser.add_argument("--library", required=True, metavar="NAME", help=f"{known}, or an adapter")
    parser.add_argument("--device", help="of CuPy, JAX and PyTorch")
    parser.add_argument("--dtype", help="in the place of float64, where the program names none")
    parser.add_argument("--chunks", type=_chunks, help="of Dask: a number, or auto")
    parser.add_argument(
        "--same-stream", action="store_true", help="let NumPy draw the random numbers"
    )
    parser.add_argument(
        "--package",
        action="append",
        default=[],
        metavar="NAME",
        help="an installed package that counts as the program's; may be given more than once",
    )
    cluster = parser.add_mutually_exclusive_group()
    cluster.add_argument("--workers", type=int, help="of Dask: so many processes")
    cluster.add_argument("--scheduler", metavar="ADDRESS", help="of Dask: that of a cluster")
    parser.add_argument(
        "--progress",
        action=argparse.BooleanOptionalAction,
        help="of Dask: a bar for each compute; by default on a terminal",
    )
    parser.add_argument(
        "--quiet", action="store_true", help="of Dask: do not tell what each line computes"
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="run it with NumPy too, and compare what the program has named and saved; NumPy draws "
        "the random numbers for both",
    )
    parser.add_argument(
        "--report",
        action="store_true",
        help="end with what ran where, what came back to the host, and the time and the memory",
    )
    parser.add_argument("--results", metavar="FILE", help=argparse.SUPPRESS)
    parser.add_argument("-m", dest="module", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.add_argument("-c", dest="code", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.add_argument("program", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.set_defaults(command=_main, parser=parser)


def _chunks(text: str) -> int | str:
    return text if text == "auto" else int(text)


def _main(arguments: argparse.Namespace) -> int:
    from .. import run_command

    return run_command.main(arguments)
