"""Which files are checked, for what: ``[tool.arrayproto.check]`` in ``pyproject.toml``."""

from __future__ import annotations

import fnmatch
import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .codes import CODES, DEFAULT

#: Folders that hold no source of the project.
_SKIPPED = frozenset({"__pycache__", "node_modules", "build", "dist", "site-packages"})
_NOQA = re.compile(
    r"#\s*noqa\b(?::\s*(?P<codes>[A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*))?", re.IGNORECASE
)


class Config(NamedTuple):
    """What is wanted.

    Attributes
    ----------
    libraries : tuple of str
    select, ignore : tuple of str
        Codes, or beginnings of them.
    exclude : tuple of str
        Patterns of paths, relative to `root`.
    per_file_ignores : dict of str to tuple of str
        Patterns of paths to codes.
    as_run : bool
        Whether the programs are read as ``run`` runs them: what NumPy makes are the library's.
    root : Path
        The folder of ``pyproject.toml``, or the current one.
    """

    libraries: tuple[str, ...] = ()
    select: tuple[str, ...] = DEFAULT
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = {}
    as_run: bool = False
    root: Path = Path()

    def ignored_in(self, file: Path) -> tuple[str, ...]:
        """Codes that are not shown for a file."""
        name = self._relative(file)
        found = list(self.ignore)
        for pattern, codes in self.per_file_ignores.items():
            if fnmatch.fnmatch(name, pattern):
                found += codes
        return tuple(found)

    def excludes(self, file: Path) -> bool:
        name = self._relative(file)
        return any(
            fnmatch.fnmatch(name, pattern) or name.startswith(f"{pattern.rstrip('/')}/")
            for pattern in self.exclude
        )

    def _relative(self, file: Path) -> str:
        return Path(os.path.relpath(file, self.root)).as_posix()


_KEYS = {"for", "select", "ignore", "exclude", "per-file-ignores", "as-run"}


def read_config(start: Path) -> Config:
    """The configuration in the nearest ``pyproject.toml`` above a path that has the table.

    Raises
    ------
    ValueError
        If a key or a code is unknown, or a value is of the wrong kind.
    """
    for folder in (start, *start.absolute().parents):
        path = folder / "pyproject.toml"
        if path.is_file():
            with path.open("rb") as file:
                tool = tomllib.load(file).get("tool", {})
            if "check" in tool.get("arrayproto", {}):
                return _config(tool["arrayproto"]["check"], path)
    return Config(root=Path.cwd())


def _config(table: dict[str, Any], path: Path) -> Config:
    unknown = table.keys() - _KEYS
    if unknown:
        raise ValueError(
            f"{path}: [tool.arrayproto.check] has no key {sorted(unknown)[0]!r}; "
            f"it has {', '.join(sorted(_KEYS))}"
        )
    where = f"{path}: [tool.arrayproto.check]"
    ignores = table.get("per-file-ignores", {})
    if not isinstance(ignores, dict):
        raise ValueError(f"{where} per-file-ignores is a table of lists")  # noqa: TRY004
    as_run = table.get("as-run", False)
    if not isinstance(as_run, bool):
        raise ValueError(f"{where} as-run is true or false, not {as_run!r}")  # noqa: TRY004
    return Config(
        libraries=_strings(table.get("for", []), f"{where} for"),
        select=check_codes(_strings(table.get("select", list(DEFAULT)), f"{where} select")),
        ignore=check_codes(_strings(table.get("ignore", []), f"{where} ignore")),
        exclude=_strings(table.get("exclude", []), f"{where} exclude"),
        per_file_ignores={
            pattern: check_codes(_strings(codes, f"{where} per-file-ignores"))
            for pattern, codes in ignores.items()
        },
        as_run=as_run,
        root=path.parent,
    )


def _strings(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{where} is a list of strings, not {value!r}")
    return tuple(value)


def check_codes(codes: Sequence[str]) -> tuple[str, ...]:
    """Codes, or beginnings of codes.

    Raises
    ------
    ValueError
        If one is neither.
    """
    for given in codes:
        if not given or not any(code.startswith(given) for code in CODES):
            raise ValueError(f"unknown code {given!r}; there are {', '.join(CODES)}")
    return tuple(codes)


def source_files(paths: Sequence[str], config: Config) -> Iterator[Path]:
    """The Python files at paths, each once; what is named itself is never left out.

    Raises
    ------
    FileNotFoundError
        If there is nothing at a path.
    """
    seen: set[Path] = set()
    for path in map(Path, paths):
        if not path.exists():
            raise FileNotFoundError(f"there is no {path}")
        for file in [path] if path.is_file() else _below(path, config):
            if file not in seen:
                seen.add(file)
                yield file


def _below(folder: Path, config: Config) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if name[0] != "." and name not in _SKIPPED and not config.excludes(Path(place, name))
            if not Path(place, name, "pyvenv.cfg").exists()
        )
        for name in sorted(files):
            if name.endswith(".py") and not config.excludes(Path(place, name)):
                yield Path(place, name)


def is_suppressed(line: str, code: str) -> bool:
    """Whether a line of source has ``# noqa`` for a code, or for all."""
    match = _NOQA.search(line)
    if match is None:
        return False
    codes = match["codes"]
    return codes is None or any(code.startswith(one) for one in re.split(r"[\s,]+", codes.upper()))
