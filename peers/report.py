"""docs/peers.md, made of what the last run of each suite has found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .run import MODES, ROOT
from .table import PEERS

RESULTS = Path(__file__).parent / "results"
PAGE = ROOT / "docs" / "peers.md"
BEGIN, END = "<!-- made by `make peers`: edit nothing up to the end mark -->", "<!-- end -->"


def results() -> list[dict[str, Any]]:
    """What was found, in the order of the table of peers."""
    found = {}
    for path in RESULTS.glob("*.json"):
        one = json.loads(path.read_text())
        found[one["peer"]] = one
    return [found[peer.name] for peer in PEERS if peer.name in found]


def table(found: list[dict[str, Any]]) -> str:
    """The comparison, a row for each suite."""
    lines = [
        "| suite | versions | date | tests | passed: stock, early, late | changed |",
        "| --- | --- | --- | ---: | ---: | ---: |",
    ]
    for one in found:
        versions = ", ".join(f"{name} {version}" for name, version in one["versions"].items())
        passed = ", ".join(str(one["tests"][mode].get("passed", 0)) for mode in MODES)
        total = sum(one["tests"]["stock"].values())
        changed = len({change["test"] for change in one["changed"]})
        lines.append(
            f"| {one['peer']} | {versions}, Python {one['python']} | {one['date']} | {total} | {passed} | {changed or 'none'} |"
        )
    return "\n".join(lines)


def changes(found: list[dict[str, Any]]) -> str:
    """Every test that changed, by reason."""
    parts = []
    for one in found:
        reasons: dict[str, dict[str, str]] = {}
        for change in one["changed"]:
            test = change["test"]
            how = f"{change['stock']} → {change['ours']}"
            tests = reasons.setdefault(change["reason"] or "No reason is known.", {})
            modes = tests.get(test, "")
            tests[test] = f"{modes}, {change['mode']}" if modes else f"{how}, {change['mode']}"
        for reason, tests in reasons.items():
            parts += [f"\n**{one['peer']}**: {reason}\n"]
            parts += [f"- `{test}`: {how}" for test, how in tests.items()]
        if one["unsteady"]:
            names = ", ".join(f"`{test}`" for test in one["unsteady"])
            parts.append(
                f"\n**{one['peer']}**: ended differently in one run and alike when run once more, both ways: {names}."
            )
    return "\n".join(parts) or "None."


def made(found: list[dict[str, Any]]) -> str:
    """The made part of the page."""
    return f"{table(found)}\n\n### Tests that changed\n\n{changes(found)}"


def update() -> None:
    """Write the page anew, between its marks."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{made(results())}\n{END}{after}")
