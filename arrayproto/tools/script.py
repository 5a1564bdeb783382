"""Run a program as ``python script.py`` does, inside this process; and trace one."""

from __future__ import annotations

import os
import runpy
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType

from ..activation import activate, deactivate
from ..running import begin_path, is_container
from .trace import trace


def run_program(argv: Sequence[str], *, module: bool = False) -> int:
    """Run a program, with its arguments, as ``__main__``.

    Parameters
    ----------
    argv : sequence of str
        The path of the script, and its arguments.
    module : bool, optional
        The first is the name of a module instead, as in ``python -m``.

    Returns
    -------
    int
        Its exit status. An error is printed as Python prints it, and is 1.
    """
    before = sys.argv, sys.path[:]
    sys.argv = list(argv)
    try:
        if module:
            begin_path("module", argv[0])
            runpy.run_module(argv[0], run_name="__main__", alter_sys=True)
        else:
            path = os.path.abspath(argv[0])
            begin_path("script", path)
            if is_container(path):
                del sys.path[0]  # runpy puts it there too
            runpy.run_path(path, run_name="__main__")
    except SystemExit as exit_:
        if exit_.code is None or isinstance(exit_.code, int):
            return exit_.code or 0
        print(exit_.code, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BaseException as error:
        # The frames between the command and the program are not the program's.
        traceback.print_exception(type(error), error, _of_program(error.__traceback__))
        return 1
    finally:
        sys.argv, sys.path[:] = before
    return 0


def _of_program(found: TracebackType | None) -> TracebackType | None:
    ours = (os.path.abspath(__file__), "<frozen runpy>", runpy.__file__)
    first = found
    while found is not None and found.tb_frame.f_code.co_filename in ours:
        found = found.tb_next
    return found or first


def main(
    argv: Sequence[str],
    *,
    module: bool = False,
    libraries: Sequence[str] | None = None,
    html: str | None = None,
    chrome: str | None = None,
    as_json: str | None = None,
    quiet: bool = False,
) -> int:
    """The command ``trace``: run a program, and say on stderr where its arrays went."""
    if libraries is not None:
        activate(*libraries)
    try:
        with trace() as found:
            status = run_program(argv, module=module)
    finally:
        if libraries is not None:
            deactivate(*libraries)
    for path, write in ((html, found.to_html), (chrome, found.to_chrome), (as_json, found.to_json)):
        if path is not None:
            write(path)
    if not quiet:
        shown = [found.table(), found.lines()] if found.events else []
        print(*shown, found.summary(), sep="\n", file=sys.stderr)
    return status
