"""``%load_ext arrayproto``: the magic ``%arrayproto`` of IPython and Jupyter."""

from __future__ import annotations

import contextlib
from typing import Any

#: What ``%arrayproto`` has opened, until it is told otherwise.
_open = contextlib.ExitStack()


def load_ipython_extension(shell: Any) -> None:
    """Register the magic; IPython calls it for ``%load_ext arrayproto``.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell

    Notes
    -----
    ``%arrayproto dask chunks=1000`` has the cells that follow make Dask's arrays, in all threads;
    ``%arrayproto off`` ends it. ``%%arrayproto torch`` at the top of a cell is for that cell.
    """

    def magic(line: str, cell: str | None = None) -> None:
        library, options = _read(line)
        if cell is not None:
            with _using(library, options):
                shell.run_cell(cell).raise_error()
            return
        _open.close()
        if library != "off":
            _open.enter_context(_using(library, options))

    shell.register_magic_function(magic, magic_kind="line_cell", magic_name="arrayproto")


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext arrayproto``: NumPy's arrays again."""
    _open.close()


def _using(library: str, options: dict[str, Any]) -> contextlib.AbstractContextManager[None]:
    from .creation import using_everywhere

    return using_everywhere(library, **options)


def _read(line: str) -> tuple[str, dict[str, Any]]:
    """``dask chunks=1000``."""
    library, *rest = line.split() or [""]
    if not library or not all("=" in option for option in rest):
        raise ValueError(
            "%arrayproto takes a library and options: %arrayproto dask chunks=1000, or "
            "%arrayproto off"
        )
    options: dict[str, Any] = {}
    for option in rest:
        name, _, value = option.partition("=")
        words = {"True": True, "False": False}
        options[name] = words.get(value, int(value) if value.isdecimal() else value)
    return library, options
