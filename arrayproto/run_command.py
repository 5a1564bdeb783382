"""What ``python -m arrayproto run`` does with its options."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from .creation import context
from .running import Program, run

#: Options that go to `arrayproto.using`, and their names on the command line.
_OPTIONS = {"device": "--device", "dtype": "--dtype", "chunks": "--chunks"}


def main(given: argparse.Namespace) -> int:
    """Run the program that is given; its exit status."""
    program = _program(given)
    dask_only = [name for name in ("workers", "scheduler", "progress") if getattr(given, name)]
    if dask_only and given.library != "dask":
        given.parser.error(f"--{dask_only[0]} is for --library dask")
    if given.verify:
        from .verifying import verify

        return verify(program, _command_line(given))
    options = {name: getattr(given, name) for name in _OPTIONS if getattr(given, name) is not None}
    if given.library != "numpy":
        options |= {"same_stream": given.same_stream, "packages": given.package}
    ended = None if given.results is None else _recorder(program, given)
    made: Counter[str] = Counter()
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(_served(given))
        trace = None
        if given.report:
            from .tools.trace import Trace

            trace = stack.enter_context(Trace(client))
            stack.callback(context.count, context.count(made))
        if given.library == "dask" and not given.quiet:
            from .reporting import Notes

            stack.enter_context(Notes("dask"))
        started = time.perf_counter()
        status = run(program, given.library, options, ended=ended)
        seconds = time.perf_counter() - started
    if given.report:
        from .reporting import report

        print(report(given.library, seconds, trace, made), file=sys.stderr)
    return status


def _program(given: argparse.Namespace) -> Program:
    if given.module:
        return Program("module", given.module[0], given.module[1:])
    if given.code:
        return Program("code", given.code[0], given.code[1:])
    if not given.program:
        given.parser.error("what is to be run? A file, -m MODULE, -c CODE, or - for standard input")
    first, *rest = given.program
    return Program("stdin", "", rest) if first == "-" else Program("script", first, rest)


def _command_line(given: argparse.Namespace) -> list[str]:
    """The options for the library, once more."""
    line = ["--library", given.library]
    for name, option in _OPTIONS.items():
        if getattr(given, name) is not None:
            line += [option, str(getattr(given, name))]
    for package in given.package:
        line += ["--package", package]
    for name in ("workers", "scheduler"):
        if getattr(given, name):
            line += [f"--{name}", str(getattr(given, name))]
    flags = ("report", "progress", "quiet")
    return line + [f"--{flag}" for flag in flags if getattr(given, flag)]


def _recorder(program: Program, given: argparse.Namespace) -> Any:
    from .verifying import Recorder

    recorder = Recorder()

    def ended() -> None:
        creation = context.everywhere()
        makers = [creation.maker] if given.library != "numpy" and creation is not None else []
        recorder.write(program.names, makers, given.results)

    return ended


@contextlib.contextmanager
def _served(given: argparse.Namespace) -> Iterator[Any]:
    """With the cluster of Dask's, and the bar, that were asked for; the client, if there is one."""
    progress = given.progress
    if progress is None:  # for who is looking
        progress = given.library == "dask" and not given.quiet and sys.stderr.isatty()
    with contextlib.ExitStack() as stack:
        client = None
        if given.workers or given.scheduler:
            from . import distributed

            opened = distributed.client(given.workers, given.scheduler, progress=progress)
            client = stack.enter_context(opened)
            print(
                f"arrayproto: the cluster's dashboard is {client.dashboard_link}", file=sys.stderr
            )
        elif progress:
            diagnostics: Any = importlib.import_module("dask.diagnostics")
            stack.enter_context(diagnostics.ProgressBar(out=sys.stderr))
        yield client
