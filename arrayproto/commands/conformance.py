"""The arguments of ``arrayproto conformance``."""

from __future__ import annotations

import argparse

from .options import Commands, add_jobs


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    from ..testing import SUBJECTS, Verdict

    parser = commands.add_parser(
        "conformance",
        help="compare every NumPy function on a library's arrays, or on your class's, with NumPy",
        description="Evaluates the calls in arrayproto/testing/calls on NumPy's arrays and on a "
        "library's, and compares value, shape, dtype, type and the errors; whatever passes through "
        "the host is found out. A library is activated, and the exit status is 0 if each call is "
        "right, refused or a known gap. An array class, written module:Class, is taken as it is "
        "and gets a score: the share of the functions that NumPy asks it about whose every call is "
        "right. It is checked for the discipline of the protocols too, and the exit status is 0 if "
        "nothing fails but what --xfail names.",
    )
    parser.add_argument(
        "subject",
        nargs="*",
        metavar="SUBJECT",
        help=f"what to test: {', '.join(SUBJECTS)}; or a class, as in mylib:MyArray",
    )
    parser.add_argument(
        "--function",
        action="append",
        metavar="NAME",
        help="only this one, as in linalg.norm; may be given more than once",
    )
    parser.add_argument(
        "--verdict",
        action="append",
        choices=[v.value for v in Verdict],
        help="print the calls with this verdict; by default those not right",
    )
    parser.add_argument("--json", action="store_true", help="print counts by function as JSON")
    add_jobs(parser)
    _add_of_class(parser)
    parser.set_defaults(command=_main, parser=parser)


def _add_of_class(parser: argparse.ArgumentParser) -> None:
    from ..testing.described import WORDS

    group = parser.add_argument_group("of an array class")
    group.add_argument(
        "--from-numpy",
        default="",
        metavar="MODULE:NAME",
        help="makes its arrays of ndarrays; by default its from_numpy",
    )
    group.add_argument(
        "--to-numpy",
        default="",
        metavar="MODULE:NAME",
        help="makes ndarrays of its arrays; by default its to_numpy",
    )
    group.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="MODULE:CLASS",
        help="another class of the library that its functions may give",
    )
    words = ", ".join(sorted(WORDS))
    group.add_argument(
        "--lacks",
        action="append",
        default=[],
        choices=sorted(WORDS),
        metavar="WORD",
        help=f"what it shall not be asked for ({words}); may be given more than once",
    )
    group.add_argument(
        "--holds",
        action="append",
        default=[],
        choices=sorted(WORDS),
        metavar="WORD",
        help="what it shall be asked for beside numbers, or although it seems to lack it",
    )
    group.add_argument(
        "--activate", action="store_true", help="give it the protocol by arrayproto.activate first"
    )
    group.add_argument("--xfail", metavar="FILE", help="known failures, each with its reason")
    group.add_argument("--write-xfail", metavar="FILE", help="write such a file of what fails now")
    group.add_argument("--html", metavar="FILE", help="write a page that needs no other file")
    group.add_argument("--badge", metavar="FILE", help="write the score as a badge, in SVG")
    group.add_argument(
        "--peers",
        metavar="FILE",
        help="judge the array classes of libraries that never heard of arrayproto, as many as are "
        "installed, and write the table to this file (docs/conformance.md in a checkout)",
    )


def _main(arguments: argparse.Namespace) -> int:
    from ..testing import SUBJECTS, run

    names = arguments.subject
    if arguments.peers is not None or any(":" in name for name in names):
        from ..testing import conformance_command

        return conformance_command.main(arguments)
    unknown = [name for name in names if name not in SUBJECTS]
    if unknown or not names:
        what = f"unknown subject {unknown[0]!r}" if unknown else "nothing to test"
        arguments.parser.error(
            f"{what}; there are {', '.join(SUBJECTS)}, and array classes: module:Class"
        )
    return run.main(
        names,
        arguments.function,
        arguments.verdict,
        arguments.json,
        arguments.jobs,
    )
