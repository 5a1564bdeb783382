"""What ``python -m arrayproto run`` does with its options."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import sys
import time
from collections.abc import Iterator
from typing import Any

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
    started = time.perf_counter()
    with _served(given):
        status = run(program, given.library, options, ended=ended)
    if given.report:
        print(_report(given.library, time.perf_counter() - started), file=sys.stderr)
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
    return line + ["--report"] * given.report + ["--progress"] * given.progress


def _recorder(program: Program, given: argparse.Namespace) -> Any:
    from .creation import context
    from .verifying import Recorder

    recorder = Recorder()

    def ended() -> None:
        creation = context.everywhere()
        makers = [creation.maker] if given.library != "numpy" and creation is not None else []
        recorder.write(program.names, makers, given.results)

    return ended


@contextlib.contextmanager
def _served(given: argparse.Namespace) -> Iterator[None]:
    """With the cluster of Dask's, and the bar, that were asked for."""
    with contextlib.ExitStack() as stack:
        if given.workers or given.scheduler:
            from .distributed import client

            found = stack.enter_context(client(given.workers, given.scheduler))
            print(f"arrayproto: the cluster's dashboard is {found.dashboard_link}", file=sys.stderr)
        elif given.progress:
            diagnostics: Any = importlib.import_module("dask.diagnostics")
            stack.enter_context(diagnostics.ProgressBar(out=sys.stderr))
        yield


def _report(library: str, seconds: float) -> str:
    from .demo.measure import process_memory

    module = importlib.import_module(library)
    said = [f"arrayproto: {library} {getattr(module, '__version__', '')}, {seconds:.3f} s"]
    peak = process_memory().peak
    if peak is not None:
        said.append(f"{peak / 2**20:.0f} MiB of memory at most")
    torch, cupy = sys.modules.get("torch"), sys.modules.get("cupy")
    if library == "torch" and torch is not None and torch.cuda.is_available():
        said.append(f"{torch.cuda.max_memory_allocated() / 2**20:.0f} MiB on the GPU at most")
    if library == "cupy" and cupy is not None:
        pool = cupy.get_default_memory_pool()
        said.append(f"{pool.total_bytes() / 2**20:.0f} MiB in CuPy's pool on the GPU")
    return ", ".join(said)
