"""The tables of the documentation, made from the same data as those of the command."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from .. import capabilities
from ..libraries import LIBRARIES
from . import consumers
from .capabilities import path_in, texts
from .coverage import Coverage, cover
from .evidence import read
from .formats import markdown_page, markdown_summary

BEGIN = "<!-- made by `python -m arrayproto coverage --update`: edit nothing up to the end mark -->"
END = "<!-- end of what is made -->"
_BLOCK = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)


def block(coverages: Sequence[Coverage]) -> str:
    """What stands between the marks of README.md, the marks included."""
    dates = [
        f"{coverage.library} on {record.date}" + (f" ({record.device})" if record.device else "")
        for coverage in coverages
        if (record := read(coverage.library)) is not None
    ]
    judged = f"judged {', '.join(dates)}" if dates else "nothing was judged"
    with_what = f"NumPy {coverages[0].numpy}; {judged}."
    return f"{BEGIN}\n{with_what}\n\n{markdown_summary(coverages)}{END}"


def page(root: Path, library: str) -> Path:
    """The page of a library in a checkout."""
    return root / "docs" / "coverage" / f"{library}.md"


def documented(coverages: Sequence[Coverage], root: Path) -> list[Coverage]:
    """The libraries that the documentation is about: those installed.

    Raises
    ------
    ValueError
        If a library has a page and is not installed, or was not asked for, so that its tables would
        be lost.
    """
    asked = {page(root, coverage.library) for coverage in coverages}
    others = sorted(
        path.stem for path in (root / "docs/coverage").glob("*.md") if path not in asked
    )
    if others:
        raise ValueError(
            f"docs/coverage/ has pages of {', '.join(others)} too: the tables are of all "
            "libraries, so leave --library out"
        )
    installed = [c for c in coverages if not c.problem and not c.recorded]
    missing = [
        c.library for c in coverages if c not in installed and page(root, c.library).exists()
    ]
    if missing:
        raise ValueError(f"docs/coverage/ has pages of what is not installed: {', '.join(missing)}")
    return installed


def files(coverages: Sequence[Coverage], root: Path) -> dict[Path, str]:
    """What the files of the documentation hold: README.md, consumers, a page for each library."""
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    found = {readme: _BLOCK.sub(lambda _: block(coverages), text)}
    found[root / "docs" / "consumers.md"] = consumers.markdown()
    return found | {page(root, c.library): markdown_page(c) for c in coverages}


def update(coverages: Sequence[Coverage], root: Path) -> list[Path]:
    """Write them.

    Returns
    -------
    list of Path
        Those that changed.

    Raises
    ------
    ValueError
        If README.md in `root` has no marks, or a library with a page is not installed.
    """
    if not _BLOCK.search((root / "README.md").read_text(encoding="utf-8")):
        raise ValueError(f"{root / 'README.md'} has no line {BEGIN}")
    installed = documented(coverages, root)
    # The pages read the capability files.
    changed = _written(capability_files(installed, root))
    if changed:
        capabilities.read.cache_clear()
        installed = cover([coverage.library for coverage in installed])
    return changed + _written(files(installed, root))


def capability_files(coverages: Sequence[Coverage], root: Path) -> dict[Path, str]:
    """What the files of `arrayproto.capabilities` hold; none outside a checkout of ours."""
    known = [c for c in coverages if c.library in LIBRARIES]
    there = [c for c in known if path_in(root, c.library).parent.is_dir()]
    return texts(there, root)


def _written(found: dict[Path, str]) -> list[Path]:
    """Write what has changed."""
    changed = []
    for path, text in found.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
