"""The tables of the documentation, made from the same data as those of the command."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from .coverage import Coverage
from .evidence import read
from .formats import markdown_page, markdown_summary

BEGIN = "<!-- made by `python -m arrayproto coverage --update`: edit nothing up to the end mark -->"
END = "<!-- end of what is made -->"
_BLOCK = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)


def block(coverages: Sequence[Coverage]) -> str:
    """What stands between the marks of README.md, the marks included."""
    dates = [
        f"{coverage.library} on {record.date}"
        for coverage in coverages
        if (record := read(coverage.library)) is not None
    ]
    judged = f"judged {', '.join(dates)}" if dates else "nothing was judged"
    with_what = f"NumPy {coverages[0].numpy}; {judged}."
    return f"{BEGIN}\n{with_what}\n\n{markdown_summary(coverages)}{END}"


def files(coverages: Sequence[Coverage], root: Path) -> dict[Path, str]:
    """What the files of the documentation have to hold: README.md, and a page for each library."""
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    found = {readme: _BLOCK.sub(lambda _: block(coverages), text)}
    for coverage in coverages:
        found[root / "docs" / "coverage" / f"{coverage.library}.md"] = markdown_page(coverage)
    return found


def update(coverages: Sequence[Coverage], root: Path) -> list[Path]:
    """Write them.

    Returns
    -------
    list of Path
        Those that changed.

    Raises
    ------
    ValueError
        If README.md in `root` has no marks, or a library is not installed.
    """
    missing = [coverage.library for coverage in coverages if coverage.problem]
    if missing:
        raise ValueError(f"the tables need every library; not installed: {', '.join(missing)}")
    if not _BLOCK.search((root / "README.md").read_text(encoding="utf-8")):
        raise ValueError(f"{root / 'README.md'} has no line {BEGIN}")
    changed = []
    for path, text in files(coverages, root).items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
