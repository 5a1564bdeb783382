"""docs/consumers.md: which program of which consumer library runs on which array library."""

from __future__ import annotations

from collections.abc import Iterator

from ..testing.consumers import PROGRAMS, Program, known_gap, libraries_of
from ..testing.subjects import SUBJECTS

_HEAD = """\
# Consumer libraries on the arrays of others

<!-- made by `python -m arrayproto coverage --update`, of the data that the tests run -->

Each row is a program from the README or the tutorial of a library that is written for NumPy, unchanged. It runs under
`arrayproto.activate()` and `arrayproto.adopt(...)` of that library; the tests hold its result against NumPy's, and see that no array
was copied to the host or made dense on the way. CuPy is not judged here: its tests wait for a GPU.

- **yes**: the array of the library goes in and comes out.
- **asduck**: the program calls methods that the library has with another meaning; its arrays are given by `arrayproto.asduck(x)`.
- **computes**: it looks at values to decide whether to go on, so that lazy arrays are computed at each look.
- **no**: the reason is below the table.

`examples/tensorly_sparse.py` measures memory and time (once, two busy cores; ten iterations of `parafac`, rank 3, 0.1 % stored): the process grew by 9, 26 and
45 MB for sparse tensors of 250³, 500³ and 800³ with 0.5, 4 and 16 MB of stored values (125, 1000 and 4096 MB if they were dense). At 250³ stock TensorLy on the dense
tensor grew by 644 MB and took 31 s, on the sparse one 1.9 s.

Beside a sparse tensor what is dense by nature (factors, weights, gradients with respect to dense parameters) is an ndarray.
"""


def markdown() -> str:
    """The page."""
    lines = [_HEAD]
    for consumer in dict.fromkeys(program.consumer for program in PROGRAMS):
        programs = [program for program in PROGRAMS if program.consumer == consumer]
        lines += [f'## {consumer}: `arrayproto.adopt("{consumer}")`', ""]
        libraries = libraries_of(consumer)
        lines += ["| | " + " | ".join(libraries) + " |", "| --- |" + " --- |" * len(libraries)]
        lines += [_row(program) for program in programs]
        lines += ["", *_reasons(programs)]
    return "\n".join(lines).rstrip() + "\n"


def _row(program: Program) -> str:
    libraries = libraries_of(program.consumer)
    cells = [program.name.replace("_", " "), *(_cell(program, one) for one in libraries)]
    return "| " + " | ".join(cells) + " |"


def _cell(program: Program, library: str) -> str:
    subject = SUBJECTS[library]
    if known_gap(program, library):
        return "no"
    if library == "cupy":
        return "not judged"
    if program.reads and "values" in subject.lacks:
        return "computes"
    return "asduck" if program.ducks else "yes"


def _reasons(programs: list[Program]) -> Iterator[str]:
    told: dict[str, list[str]] = {}
    for program in programs:
        for library in libraries_of(program.consumer):
            reason = known_gap(program, library)
            if reason:
                told.setdefault(f"{program.name.replace('_', ' ')}: {reason}", []).append(library)
    for reason, libraries in told.items():
        yield f"- {reason} ({', '.join(libraries)})."
    if told:
        yield ""
