"""``python -m peers.numpys_own --library dask``: run, sort, and write docs/numpys_own.md."""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import platform
import re
import sys
from collections import Counter
from collections.abc import Sequence

from .page import RESULTS, update
from .run import LIBRARIES, MODULES, RAW, run
from .sorting import Sorted, sort


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m peers.numpys_own", description=__doc__)
    parser.add_argument("--library", action="append", choices=list(LIBRARIES))
    parser.add_argument("--module", action="append", choices=MODULES, help="by default all")
    parser.add_argument("--seconds", type=int, default=900, help="for each module (default: 900)")
    parser.add_argument(
        "--again", action="store_true", help="run nothing, and sort what the last run has found"
    )
    options = parser.parse_args()
    for library in options.library or LIBRARIES:
        found: list[Sorted] = []
        modules = options.module or MODULES
        for module in modules:
            raw = RAW / library / module.replace("/", "-").replace(".py", ".json")
            if options.again:
                outcomes = json.loads(raw.read_text())
            else:
                outcomes = run(library, module, options.seconds)
                raw.parent.mkdir(parents=True, exist_ok=True)
                raw.write_text(json.dumps(outcomes))
            part = module.partition("/")[0]
            ended = [sort(library, f"{part}/{test}", one) for test, one in outcomes.items()]
            print(library, module, dict(Counter(one.kind for one in ended)), flush=True)
            found += ended
        for one in found:
            if one.kind == "different":
                print(f"  {one.test}: {one.message} {one.why or 'NO REASON IS KNOWN'}")
        keep(library, found, modules, options.seconds)
        update()
    return 0


def keep(library: str, found: list[Sorted], modules: Sequence[str], seconds: int) -> None:
    """Write down what was found, for the page."""
    listed: dict[str, dict[str, str]] = {"different": {}, "apart": {}}
    for one in found:
        if one.kind in listed:
            listed[one.kind].setdefault(re.sub(r"\[.*", "", one.test), one.why)
    kept = {
        "library": library,
        "date": datetime.date.today().isoformat(),
        "python": platform.python_version(),
        "versions": {
            name: importlib.metadata.version(name) for name in (LIBRARIES[library], "numpy")
        },
        "modules": list(modules),
        "seconds": seconds,
        "counts": dict(Counter(one.kind for one in found)),
        **{
            kind: [{"test": test, "why": why} for test, why in tests.items()]
            for kind, tests in listed.items()
        },
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{library}.json").write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
