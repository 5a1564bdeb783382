"""Findings as text, for GitHub, as SARIF, JSON and HTML."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from .. import page
from .codes import CODES
from .judge import Finding


def text(findings: Sequence[Finding]) -> str:
    """One line each, as ruff prints them, and how many there are."""
    lines = [str(finding) for finding in findings]
    count = len(findings)
    lines.append(f"{count} finding{'' if count == 1 else 's'}" if count else "nothing found")
    return "\n".join(lines) + "\n"


def github(findings: Sequence[Finding]) -> str:
    """Workflow commands, which GitHub shows at the lines of a pull request."""
    kinds = {"error": "error", "warning": "warning", "note": "notice"}
    return "".join(
        f"::{kinds[CODES[f.code].level]} file={_property(f.file)},line={f.line},col={f.column},"
        f"title={f.code} {CODES[f.code].name}::{_data(f.message)}\n"
        for f in findings
    )


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def as_json(findings: Sequence[Finding]) -> str:
    """A list of objects with the fields of a finding, and its name and level."""
    found = [
        {**f._asdict(), "name": CODES[f.code].name, "level": CODES[f.code].level} for f in findings
    ]
    return json.dumps(found, indent=1) + "\n"


def sarif(findings: Sequence[Finding]) -> str:
    """SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for code scanning."""
    rules = [
        {
            "id": code,
            "name": row.name,
            "shortDescription": {"text": row.meaning},
            "defaultConfiguration": {"level": row.level},
        }
        for code, row in CODES.items()
    ]
    results = [
        {
            "ruleId": f.code,
            "level": CODES[f.code].level,
            "message": {"text": f.message},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": Path(f.file).as_posix()},
                        "region": {"startLine": f.line, "startColumn": f.column},
                    }
                }
            ],
        }
        for f in findings
    ]
    driver = {"name": "arrayproto check", "rules": rules}
    found = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(found, indent=1) + "\n"


def as_html(findings: Sequence[Finding]) -> str:
    """One page that needs no other file."""
    levels = [CODES[f.code].level for f in findings]
    counts = {
        "findings": len(findings),
        "errors": levels.count("error"),
        "warnings": levels.count("warning"),
        "files": len({f.file for f in findings}),
    }
    parts = [page.cards((str(count), what) for what, count in counts.items())]
    rows = [
        (f"{f.file}:{f.line}:{f.column}", CODES[f.code].level, f.code, f.library, f.message)
        for f in findings
    ]
    if rows:
        present = [level for level in ("error", "warning", "note") if level in levels]
        parts.append(page.filters(present))
        head = ("where", "level", "code", "library", "message")
        parts.append(page.table("Findings", head, rows, lambda row: f"of-{row[1]}", kind=1))
    parts.append(page.heading("What the codes mean"))
    meanings = [(code, row.level, row.name, row.meaning) for code, row in CODES.items()]
    parts.append(page.table("Codes", ("code", "level", "name", "meaning"), meanings, kind=1))
    parts.append(page.made(f.library for f in findings))
    return page.page("NumPy programs on other arrays", parts)


FORMATS: dict[str, Callable[[Sequence[Finding]], str]] = {
    "text": text,
    "github": github,
    "sarif": sarif,
    "json": as_json,
    "html": as_html,
}
