"""Run a whole program with the arrays of a library: ``python -m arrayproto run``.

The program is what Python would have run: its ``__main__``, `sys.argv`, `sys.path`, exit status and
tracebacks are its own.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import importlib.util
import os
import pkgutil
import runpy
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

from .creation import using_everywhere


class Program:
    """What is to be run, as it is given to Python.

    Parameters
    ----------
    kind : {"script", "module", "code", "stdin"}
    what : str
        Path, name or text; anything for ``"stdin"``.
    arguments : sequence of str
        Of the program.
    """

    def __init__(self, kind: str, what: str, arguments: Sequence[str] = ()) -> None:
        self.kind, self.what, self.arguments = kind, what, list(arguments)
        #: Those of ``__main__``, as far as the program has come.
        self.names: dict[str, Any] = {}
        #: Whether it has ended by an error, not by its last line or `sys.exit`.
        self.failed = False

    @property
    def packages(self) -> tuple[str, ...]:
        """What counts as the program's although it may be installed: the module that is run."""
        return (self.what.partition(".")[0],) if self.kind == "module" else ()

    def command(self) -> list[str]:
        """The same for another process."""
        first = {"module": ["-m", self.what], "code": ["-c", self.what], "stdin": ["-"]}
        return [*first.get(self.kind, [self.what]), *self.arguments]

    def run(self) -> None:
        """Run it as ``__main__``."""
        begin_path(self.kind, self.what)
        if self.kind == "module":
            sys.argv = [self.what, *self.arguments]  # runpy puts the file there
            self.names = runpy.run_module(self.what, run_name="__main__", alter_sys=True)
            return
        first = {"script": self.what, "code": "-c", "stdin": "-"}[self.kind]
        sys.argv = [first, *self.arguments]
        code: types.CodeType
        main = types.ModuleType("__main__")
        vars(main)["__builtins__"] = sys.modules["builtins"]
        spec = _main_of(self.what) if self.kind == "script" else None
        if spec is not None:
            loader: Any = spec.loader
            code = loader.get_code("__main__")
            told = {"__spec__": spec, "__package__": "", "__file__": spec.origin}
            vars(main).update(told, __cached__=spec.cached, __loader__=loader)
        else:
            file, source = self._source()
            code = compile(source, file, "exec", dont_inherit=True)
            if self.kind == "script":
                loader = importlib.machinery.SourceFileLoader("__main__", self.what)
                vars(main).update(__file__=self.what, __cached__=None, __loader__=loader)
        if sys.version_info < (3, 14):
            vars(main)["__annotations__"] = {}
        sys.modules["__main__"] = main
        self.names = vars(main)
        exec(code, self.names)  # noqa: S102

    def _source(self) -> tuple[str, str | bytes]:
        if self.kind == "script":
            with open(self.what, "rb") as file:
                return self.what, file.read()
        return ("<string>", self.what) if self.kind == "code" else ("<stdin>", sys.stdin.read())

    def missing(self) -> str | None:
        """What Python says if there is no such program, else None."""
        place = os.path.abspath(self.what)
        if self.kind == "script" and is_container(self.what):
            found = _main_of(self.what)
            return None if found else f"can't find '__main__' module in {place!r}"
        if self.kind == "script":
            try:
                with open(self.what, "rb"):
                    return None
            except OSError as error:
                return f"can't open file {place!r}: [Errno {error.errno}] {error.strerror}"
        if self.kind == "module":
            begin_path(self.kind, self.what)  # it is looked for where it will be found
            try:
                found = importlib.util.find_spec(self.what)
            except ModuleNotFoundError:
                found = None
            return None if found else f"No module named {self.what}"
        return None


def is_container(path: str) -> bool:
    """Whether Python looks for a ``__main__`` in it: a folder, or a zip file."""
    return pkgutil.get_importer(os.path.abspath(path)) is not None


def _main_of(container: str) -> importlib.machinery.ModuleSpec | None:
    """The ``__main__`` in a folder or a zip file."""
    finder = pkgutil.get_importer(os.path.abspath(container))
    return None if finder is None else finder.find_spec("__main__")


def begin_path(kind: str, what: str) -> None:
    """Have `sys.path` begin with what Python would put there for the program, and nothing else.

    What is there now, unless Python was told not to, is what it has put there for us.
    """
    safe = getattr(sys.flags, "safe_path", False)
    if kind == "script" and is_container(what):
        sys.path[: 0 if safe else 1] = [os.path.abspath(what)]
    elif safe:
        return
    elif kind == "script":
        sys.path[:1] = [os.path.dirname(os.path.realpath(what))]
    else:
        sys.path[:1] = [os.getcwd() if kind == "module" else ""]


def run(
    program: Program,
    library: str,
    options: dict[str, Any],
    *,
    ended: Callable[[], None] | None = None,
) -> int:
    """Run a program with a library's arrays; its exit status.

    Parameters
    ----------
    program : Program
    library : str
    options : dict
        Of `arrayproto.using`.
    ended : callable, optional
        Called when the program has ended without an error, where the library is active still.
    """
    missing = program.missing()
    if missing is not None:
        print(f"{sys.executable}: {missing}", file=sys.stderr)
        return 2 if program.kind == "script" else 1
    packages = (*options.pop("packages", ()), *program.packages)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(using_everywhere(library, packages=packages, **options))
        except (ImportError, TypeError, ValueError) as error:
            print(f"arrayproto run: {error}", file=sys.stderr)
            return 2
        status = status_of(program)
        if ended is not None and not program.failed:
            ended()
        return status


def status_of(program: Program) -> int:
    """Run a program, as it is; its exit status. An error is printed as Python prints it."""
    try:
        program.run()
    except SystemExit as stop:
        return _status(stop)
    except BaseException as error:  # of the program: Python ends by any of them
        program.failed = True
        _show(error)
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _status(stop: SystemExit) -> int:
    """What Python makes of it."""
    if stop.code is None:
        return 0
    if isinstance(stop.code, int):
        return stop.code & 0xFF
    print(stop.code, file=sys.stderr)
    return 1


def _show(error: BaseException) -> None:
    """The traceback, from the program's first frame on, by the program's own hook."""
    trace = error.__traceback__
    while trace is not None and _is_runners(trace.tb_frame):
        trace = trace.tb_next
    # A program that does not compile has no frame.
    sys.excepthook(type(error), error.with_traceback(trace), trace)


def _is_runners(frame: types.FrameType) -> bool:
    return frame.f_globals is globals() or frame.f_globals.get("__name__") == "runpy"
