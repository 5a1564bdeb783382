"""docs/numpys_own.md, made of what the last run on each library has found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..report import RESULTS as PEERS_RESULTS
from ..run import ROOT
from .run import MODULES
from .sorting import KINDS

RESULTS = PEERS_RESULTS / "numpys_own"
PAGE = ROOT / "docs" / "numpys_own.md"
BEGIN = "<!-- made by `python -m peers.numpys_own`: edit nothing up to the end mark -->"
END = "<!-- end -->"


def results() -> list[dict[str, Any]]:
    """What was found, by library."""
    return [json.loads(path.read_text()) for path in sorted(RESULTS.glob("*.json"))]


def table(found: list[dict[str, Any]]) -> str:
    """A row for each library."""
    kinds = list(KINDS)
    lines = [
        f"| library | date | modules | tests | {' | '.join(KINDS.values())} |",
        f"| --- | --- | ---: | ---: | {' | '.join('---:' for _ in kinds)} |",
    ]
    for one in found:
        versions = ", ".join(f"{name} {version}" for name, version in one["versions"].items())
        counts = " | ".join(str(one["counts"].get(kind, 0)) for kind in kinds)
        modules = f"{len(one['modules'])} of {len(MODULES)}"
        total = sum(one["counts"].values())
        lines.append(f"| {versions} | {one['date']} | {modules} | {total} | {counts} |")
    return "\n".join(lines)


def listed(found: list[dict[str, Any]], kind: str) -> str:
    """Each test of a kind, by library and reason."""
    parts = []
    for one in found:
        reasons: dict[str, list[str]] = {}
        for test in one[kind]:
            reasons.setdefault(test["why"] or "Nobody has looked into these.", []).append(
                test["test"]
            )
        for why, tests in reasons.items():
            parts.append(f"**{one['library']}**: {why}\n")
            parts.append("\n".join(f"- `{test}`" for test in tests) + "\n")
    return "\n".join(parts) or "None."


def _names(modules: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in modules)


def made(found: list[dict[str, Any]]) -> str:
    """The made part of the page."""
    parts = [table(found), f"All modules: {_names(MODULES)}."]
    for one in found:
        run = f"up to {one['seconds']} seconds a module"
        if len(one["modules"]) < len(MODULES):
            run += f", and of the modules {_names(one['modules'])}"
        parts.append(f"{one['library']}: {run}.")
    for kind, title in ("different", "Different"), ("apart", "Apart by intention"):
        parts += [f"### {title}", listed(found, kind).strip()]
    return "\n\n".join(parts)


def update() -> None:
    """Write the page anew, between its marks."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{made(results())}\n{END}{after}")
