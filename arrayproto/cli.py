"""The command line: ``python -m arrayproto``, or ``arrayproto`` where it is installed."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Sequence

import numpy as np

from . import __version__
from .commands import (
    capabilities,
    check,
    conformance,
    coverage,
    demo,
    hierarchy,
    new_array,
    run,
    trace,
)

#: In the order in which they are shown.
_COMMANDS = (
    *(demo, conformance, new_array, coverage, capabilities),
    *(trace, check, hierarchy, run),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; those of the process by default.

    Returns
    -------
    int
        The exit status.
    """
    arguments = _parser().parse_args(argv)
    status: int = arguments.command(arguments)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="arrayproto",
        description="NumPy programs, unchanged, on arrays that are not NumPy's.",
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"arrayproto {__version__}, NumPy {np.__version__}, "
        f"Python {platform.python_version()}",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add(commands)
    return parser
