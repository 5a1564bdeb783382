"""The command line: ``python -m arrayproto``, or ``arrayproto`` where it is installed."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Sequence

import numpy as np

from . import __version__


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
    _add_demo(commands)
    _add_conformance(commands)
    _add_new_array(commands)
    _add_coverage(commands)
    _add_capabilities(commands)
    _add_trace(commands)
    _add_check(commands)
    _add_hierarchy(commands)
    _add_run(commands)
    return parser


def _add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from .demo.backends import BACKENDS

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
    parser.set_defaults(command=_demo)


def _demo(arguments: argparse.Namespace) -> int:
    if arguments.worker is not None:
        from .demo import worker

        return worker.main(arguments.worker)
    from .demo import runner

    return runner.main(arguments.library, as_json=arguments.json)


def _add_conformance(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from .testing import SUBJECTS, Verdict

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
    _add_jobs(parser)
    _add_conformance_of_class(parser)
    parser.set_defaults(command=_conformance, parser=parser)


def _add_conformance_of_class(parser: argparse.ArgumentParser) -> None:
    from .testing.described import WORDS

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


def _conformance(arguments: argparse.Namespace) -> int:
    from .testing import SUBJECTS, run

    names = arguments.subject
    if arguments.peers is not None or any(":" in name for name in names):
        from .testing import conformance_command

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


def _add_new_array(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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
    parser.set_defaults(command=_new_array)


def _new_array(arguments: argparse.Namespace) -> int:
    from .tools import new_array

    return new_array.main(arguments.name, arguments.class_name, arguments.folder)


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="share the calls among N processes"
    )


def _add_coverage(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from .libraries import BY_REQUEST, LIBRARIES
    from .libraries.library import KINDS
    from .tools.coverage import BY_CLASS

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
    _add_jobs(parser)
    parser.set_defaults(command=_coverage)


def _coverage(arguments: argparse.Namespace) -> int:
    from .tools import coverage

    return coverage.main(
        arguments.library,
        arguments.kind,
        arguments.format,
        update=arguments.update,
        record=arguments.record,
        jobs=arguments.jobs,
    )


def _add_capabilities(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from .capabilities import recorded

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
    parser.set_defaults(command=_capabilities)


def _capabilities(arguments: argparse.Namespace) -> int:
    from .tools import capabilities

    return capabilities.main(
        arguments.library,
        arguments.function,
        diff=arguments.diff,
        as_json=arguments.json,
        update=arguments.update,
    )


def _add_trace(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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
    parser.set_defaults(command=_trace)


def _trace(arguments: argparse.Namespace) -> int:
    from .tools import script

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


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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
        type=_names,
        metavar="NAMES",
        help="libraries, separated by commas; by default those of pyproject.toml",
    )
    formats = ("text", "github", "sarif", "json", "html")
    parser.add_argument("--format", choices=formats, default="text")
    parser.add_argument("--select", type=_names, metavar="CODES", help="show these; AP0 for notes")
    parser.add_argument("--ignore", type=_names, metavar="CODES", help="do not show these")
    parser.set_defaults(command=_check)


def _check(arguments: argparse.Namespace) -> int:
    from .tools import check

    return check.main(
        arguments.paths,
        libraries=arguments.libraries,
        format=arguments.format,
        select=arguments.select,
        ignore=arguments.ignore,
    )


def _add_hierarchy(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "hierarchy",
        help="call functions on every pair of array types, and say who wins and what is lost",
        description="Runs a handful of functions on every ordered pair of the array types that are "
        "installed, and tells where the order of arguments matters, where types win in a circle, "
        "and where units, masks or values are lost without a word, with the smallest example. The "
        "exit status is 1 if something is lost.",
    )
    parser.add_argument("--stock", action="store_true", help="without arrayproto active")
    parser.add_argument("--types", type=_names, metavar="NAMES", help="only these, by commas")
    formats = ("text", "dot", "svg", "png", "json")
    parser.add_argument(
        "--format", choices=formats, default="text", help="dot, svg and png are graphs of types"
    )
    parser.add_argument("--output", metavar="FILE", help="write it there")
    parser.set_defaults(command=_hierarchy)


def _hierarchy(arguments: argparse.Namespace) -> int:
    from .tools import hierarchy

    return hierarchy.main(
        arguments.types, arguments.format, stock=arguments.stock, output=arguments.output
    )


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from .libraries import LIBRARIES

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
    parser.set_defaults(command=_run, parser=parser)


def _chunks(text: str) -> int | str:
    return text if text == "auto" else int(text)


def _run(arguments: argparse.Namespace) -> int:
    from . import run_command

    return run_command.main(arguments)
