"""The steps of docs/tutorial.md, read out of the document.

``python -m arrayproto.testing.tutorial docs/tutorial.md`` measures the score after each step, and
writes the table into the document.
"""

from __future__ import annotations

import datetime
import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .conformance import conformance
from .conformance_formats import percent
from .described import Target

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STEP = re.compile(r"^## (\d)\. (.*)$", re.MULTILINE)
_MADE = re.compile(r"(<!-- made by [^\n]*-->\n).*?(<!-- end of what is made -->)", re.DOTALL)


class Step(NamedTuple):
    """A section of the document.

    Attributes
    ----------
    number : int
    title : str
    source : str
        The module as it is after the step.
    session : str
        What is typed then, with what Python answers.
    """

    number: int
    title: str
    source: str
    session: str


def steps(text: str) -> Iterator[Step]:
    """The steps of a document.

    Parameters
    ----------
    text : str
        Markdown. Blocks that are indented belong to the class, which is the end of the first one;
        blocks with prompts are sessions.

    Yields
    ------
    Step
    """
    inside, after = "", ""
    headings = list(_STEP.finditer(text))
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        session = ""
        end = text.index("\n## ", heading.end()) if following is None else following.start()
        for block in _BLOCK.findall(text[heading.end() : end]):
            if block.startswith(">>>"):
                session += block
            elif block.startswith("    ") or not inside:
                inside += block + "\n"
            else:
                after += block + "\n"
        yield Step(int(heading[1]), heading[2], f"{inside}\n{after}", session)


def module(step: Step, name: str) -> Any:
    """The module of a step, which can be imported by that name from then on."""
    made: Any = types.ModuleType(name)
    sys.modules[name] = made
    exec(compile(step.source, f"<step {step.number}>", "exec"), vars(made))  # noqa: S102
    return made


def table(document: str) -> str:
    """The scores after each step, in Markdown."""
    rows = []
    for step in steps(document):
        name = f"arrayproto_tutorial_{step.number}"
        module(step, name)
        result = conformance(Target(f"{name}:MyArray"))
        passed, applying = result.checks
        rows.append(
            f"| {step.number}. {step.title} | {percent(result.score)} | {result.right} of "
            f"{result.functions} | {passed} of {applying} |\n"
        )
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return (
        f"NumPy {np.__version__}, {today}.\n\n| after | score | functions | checks |\n"
        f"| --- | ---: | ---: | ---: |\n{''.join(rows)}"
    )


def main(path: str) -> None:
    """Measure, and write the table into the document."""
    text = Path(path).read_text(encoding="utf-8")
    made = table(text)
    Path(path).write_text(_MADE.sub(lambda m: f"{m[1]}{made}{m[2]}", text), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
