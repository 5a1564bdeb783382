"""The arrays that are examples, and the loopback array, judged by the kit for authors.

python examples/scores.py            # shows what docs/arrays.md says
python examples/scores.py --write    # judges all of them, which takes minutes, and writes it
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "arrays.md"
sys.path.insert(0, str(ROOT))

from arrayproto.testing.conformance import Result, conformance  # noqa: E402
from arrayproto.testing.described import Target  # noqa: E402
from arrayproto.testing.judge import Verdict  # noqa: E402

TARGETS = {
    "compressed": Target("examples.compressed_array:CompressedArray"),
    "probabilistic": Target(
        "examples.probabilistic_array:UncertainArray",
        from_numpy="examples.probabilistic_array:measured",
    ),
    "symbolic": Target("examples.symbolic_array:Expression"),
    "loopback": Target(
        "arrayproto.testing.loopback:LoopbackArray",
        from_numpy="arrayproto.testing.loopback:LoopbackArray",
        to_numpy="arrayproto.testing.loopback:unwrap",
        holds=("dates", "files", "halves", "memory", "methods", "objects", "records", "text"),
    ),
}

HEAD = """\
# Arrays that did not exist

<!-- made by `python examples/scores.py --write` -->

Three array classes in under 250 lines each, and what the kit for authors says of them. Each has the core, some sixty functions in one
simple form, and `class Mine(ArrayFunctionMixin, derive=True)` composes the rest of NumPy of it. Run the file for a tour.

- [examples/compressed_array.py](../examples/compressed_array.py): pages compressed by Blosc2, decompressed one at a time. The maximum and the
  standard deviation of 32 MB of measurements take 3.1 MB and up to 5 and 18 MB on the way; the standard deviation of the ndarray takes 32 MB beside the 32 MB that it is.
- [examples/probabilistic_array.py](../examples/probabilistic_array.py): values with uncertainties, which propagate, correlations included;
  the package `uncertainties` is the oracle of its tests. `x - x` is 0 ± 0, and `np.linalg.solve` of uncertain equations has uncertain solutions.
- [examples/symbolic_array.py](../examples/symbolic_array.py): an expression that prints as NumPy code, differentiates in a direction, and compiles
  to one function, in which numexpr computes the elementwise parts.
- `arrayproto.testing.LoopbackArray`: an ndarray behind the protocols, for the tests of consumers: [loopback.md](loopback.md).

"""


def stated(result: Result) -> str:
    """What a docstring says: the score."""
    passed, checks = result.checks
    return (
        f"{result.right} of {result.functions} functions wholly right ({result.score:.1%}), "
        f"{passed} of {checks} checks passed"
    )


def not_right(result: Result) -> dict[str, str]:
    """Functions to what the first call says that is not right."""
    found = {}
    for name, judgements in result.by_function().items():
        bad = [j for j in judgements if j.verdict is not Verdict.RIGHT]
        if bad:
            found[name] = f"{len(bad)} of {len(judgements)} calls: {bad[0].verdict.value}"
    return found


def write() -> None:
    """Judge all, and write the page and the docstrings."""
    text = HEAD + f"NumPy {np.__version__}, {datetime.now(UTC).date()}.\n"
    for name, target in TARGETS.items():
        result = conformance(target)
        text += f"\n## {name}\n\n`{command(target)}`\n\n{stated(result)}.\n"
        rest = not_right(result)
        if rest:
            text += "\nNot wholly right: "
            text += ", ".join(f"`{function}` ({why})" for function, why in rest.items()) + ".\n"
        file = ROOT / f"{target.name.partition(':')[0].replace('.', '/')}.py"
        said = re.sub(r"(?m)^Score: .*$", f"Score: {stated(result)}", file.read_text())
        file.write_text(said)
    PAGE.write_text(text)


def command(target: Target) -> str:
    """What judges it."""
    words = [f"python -m arrayproto conformance {target.name}"]
    words += [f"--from-numpy {target.from_numpy}"] if target.from_numpy else []
    words += [f"--to-numpy {target.to_numpy}"] if target.to_numpy else []
    return " ".join([*words, *(f"--holds {word}" for word in target.holds)])


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    print(PAGE.read_text())
