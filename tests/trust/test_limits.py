"""docs/limits.md: each line of its tables is run as it stands there."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest

import arrayproto

PAGE = (Path(__file__).parents[2] / "docs" / "limits.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| `")
]


@pytest.fixture(scope="module")
def names():
    """What the page begins with."""
    for module in ("dask.array", "jax", "numba", "scipy", "sparse", "torch"):
        pytest.importorskip(module)
    source = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    held = {}
    exec(source, held)
    arrayproto.deactivate()
    return held


def outcome(code, names):
    """The type of what an expression gives or raises, or the value if it is True or False."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = eval(code, names)
    except Exception as error:
        return type(error).__name__, error
    return str(value) if isinstance(value, bool) and code_tells(code) else type(
        value
    ).__name__, value


def code_tells(code):
    """Whether the answer, and not its type, is what the line is about."""
    return " == " in code or " is " in code or code.startswith(("isinstance", "hasattr"))


def quoted(cell):
    return re.findall(r"`([^`]*)`", cell)


def test_the_page_has_them_all():
    assert len(ROWS) > 40
    assert all(len(row) in (3, 4) for row in ROWS), [row for row in ROWS if len(row) not in (3, 4)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip("`"))
def test_a_limit_is_real_and_there_is_another_way(row, names):
    code, gives, *instead = row
    arrayproto.activate()
    names["h"][...] = 1
    found, value = outcome(quoted(code)[0], names)
    told = quoted(gives)
    assert found == told[0], value
    if len(told) > 1:
        assert str(value.shape) == told[1]
    if any(map(quoted, instead)):
        found, value = outcome(quoted(instead[0])[0], names)
        assert found == quoted(instead[1])[0], value
