"""What a program would meet on an array library, read from its source: nothing is run.

`reader` finds what a program does with arrays, `judge` asks the tables of the libraries about it,
`codes` is the table of what can be found.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from . import outputs
from .asked import Asked, NotInstalledError, load
from .codes import CODES, is_selected
from .config import Config, check_codes, is_suppressed, read_config, source_files
from .judge import Finding, findings, not_parsed
from .reader import uses

_NO_LIBRARY = (
    "arrayproto check: for which libraries? Say --for cupy,sparse, or for = [...] in "
    "[tool.arrayproto.check] of pyproject.toml"
)


def check_source(
    source: str, file: str, libraries: Iterable[Asked], config: Config
) -> Iterator[Finding]:
    """The findings in one text.

    Parameters
    ----------
    source : str
    file : str
        Its path, for the findings.
    libraries : iterable of Asked
    config : Config

    Yields
    ------
    Finding
        In the order of lines, but for those that the line, or the configuration, suppresses.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        yield not_parsed(file, error)
        return
    lines, ignored = source.splitlines(), config.ignored_in(Path(file))
    found = findings(file, uses(tree, config.as_run), libraries)
    for finding in sorted({f for f in found if is_selected(f.code, config.select, ignored)}):
        if not is_suppressed(lines[finding.line - 1], finding.code):
            yield finding


def check(paths: Sequence[str], libraries: Sequence[Asked], config: Config) -> list[Finding]:
    """The findings in files and folders.

    Parameters
    ----------
    paths : sequence of str
    libraries : sequence of Asked
    config : Config
    """
    found: list[Finding] = []
    for path in source_files(paths, config):
        try:
            source = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            found.append(not_parsed(str(path), error))
            continue
        if "numpy" in source:  # what does not name it does nothing with it
            found += check_source(source, str(path), libraries, config)
    return found


def main(
    paths: Sequence[str],
    *,
    libraries: Sequence[str] | None = None,
    format: str = "text",
    select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
    as_run: bool = False,
) -> int:
    """The command: 0 if nothing worse than a note was found, 1 if something was, 2 for mistakes."""
    try:
        config = read_config(Path(paths[0] if paths else "."))
        config = config._replace(
            select=config.select if select is None else check_codes(select),
            ignore=config.ignore if ignore is None else check_codes(ignore),
            as_run=as_run or config.as_run,
        )
        names = tuple(libraries or config.libraries)
        found = check(paths or ["."], [load(name) for name in names], config)
    except (ValueError, OSError, NotInstalledError) as error:
        print(f"arrayproto check: {error}", file=sys.stderr)
        return 2
    if not names:
        print(_NO_LIBRARY, file=sys.stderr)
        return 2
    print(outputs.FORMATS[format](found), end="")
    return 1 if any(CODES[finding.code].level != "note" for finding in found) else 0
