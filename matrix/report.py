"""docs/versions.md, made of what the last run of each combination has found."""

from __future__ import annotations

import datetime
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from .table import COMBINATIONS, ROOT, Combination

RESULTS = Path(__file__).parent / "results"
PAGE = ROOT / "docs" / "versions.md"
BEGIN, END = "<!-- made by `make matrix`: edit nothing up to the end mark -->", "<!-- end -->"
#: Whose versions are told.
TOLD = ("numpy", "sparse", "dask", "autograd", "xarray", "scipy")


def record(combination: Combination, junit: Path, versions: str) -> None:
    """Keep what one session has found: counts of outcomes, failures by name, versions."""
    suite = ET.parse(junit).getroot().find("testsuite")
    assert suite is not None
    junit.unlink()
    failed = [
        f"{case.get('classname')}::{case.get('name')}"
        for case in suite.iter("testcase")
        if case.find("failure") is not None or case.find("error") is not None
    ]
    count = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
    installed = json.loads(versions)
    found = {
        "date": datetime.date.today().isoformat(),
        "python": installed["python"],
        "versions": {name: installed[name] for name in TOLD if name in installed},
        "tests": count,
        "failed": failed,
    }
    RESULTS.joinpath(f"{combination}.json").write_text(json.dumps(found, indent=1) + "\n")


def table() -> str:
    """A row for each combination; those that were not run say so."""
    lines = [
        "| Python | NumPy | libraries | versions | date | passed | skipped | failed |",
        "| --- | --- | --- | --- | --- | ---: | ---: | --- |",
    ]
    for one in COMBINATIONS:
        path = RESULTS / f"{one}.json"
        head = f"| {one.python} | {one.numpy} | {one.libraries} |"
        if not path.exists():
            lines.append(f"{head} not run | | | | |")
            continue
        found: dict[str, Any] = json.loads(path.read_text())
        shown = {"Python": found["python"], **found["versions"]}
        versions = ", ".join(f"{name} {version}" for name, version in shown.items())
        count = found["tests"]
        failed = count["failures"] + count["errors"]
        passed = count["tests"] - failed - count["skipped"]
        names = "none" if not failed else ", ".join(f"`{name}`" for name in found["failed"])
        lines.append(
            f"{head} {versions} | {found['date']} | {passed} | {count['skipped']} | {names} |"
        )
    return "\n".join(lines)


def update() -> None:
    """Write the page anew, between its marks."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}")
