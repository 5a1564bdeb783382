"""``python -m peers``: run the suites three ways, compare, and write docs/peers.md."""

from __future__ import annotations

import argparse
import datetime
import functools
import importlib.metadata
import json
import platform
import re
import sys

from .compare import compare, counts
from .report import RESULTS, update
from .run import MODES, SuiteError, run
from .table import PEERS, Peer


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m peers", description=__doc__)
    parser.add_argument(
        "--peer", action="append", metavar="NAME", help="one of them; may be given more than once"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes for each suite (default: 2)")
    parser.add_argument("--list", action="store_true", help="print the names of the peers")
    options = parser.parse_args()
    by_name = {peer.name: peer for peer in PEERS}
    if options.list:
        print("\n".join(by_name))
        return 0
    unknown = set(options.peer or ()) - by_name.keys()
    if unknown:
        parser.error(f"no such peer: {', '.join(unknown)}; there are {', '.join(by_name)}")
    unexplained = 0
    for peer in [by_name[name] for name in options.peer or by_name]:
        try:
            unexplained += record(peer, options.jobs)
        except SuiteError as error:
            print(error, file=sys.stderr)
            unexplained += 1
        update()
    return 1 if unexplained else 0


def record(peer: Peer, jobs: int) -> int:
    """Run one suite and keep what was found; how many changes nobody can explain."""
    runs = {}
    for mode in MODES:
        runs[mode] = run(peer, mode, jobs)
        shown = ", ".join(f"{n} {what}" for what, n in counts(runs[mode].outcomes).items())
        print(f"{peer.name}, {mode}: {shown} ({runs[mode].cpu_seconds:.0f} s of CPU)", flush=True)
    changed, unsteady = compare(
        peer.name,
        {mode: one.outcomes for mode, one in runs.items()},
        lambda mode, tests: run(peer, mode, 0, tests).outcomes,
    )
    for one in changed:
        print(f"  {one.mode}: {one.test}: {one.stock} -> {one.ours} {one.message}")
        print(f"    {one.reason or 'NO REASON IS KNOWN'}")
    found = {
        "peer": peer.name,
        "date": datetime.date.today().isoformat(),
        "python": platform.python_version(),
        "versions": {
            name: importlib.metadata.version(name)
            for name in dict.fromkeys(
                [peer.distribution, "numpy", *map(_distribution, peer.libraries)]
            )
        },
        "tests": {mode: counts(one.outcomes) for mode, one in runs.items()},
        "cpu_seconds": {mode: round(one.cpu_seconds) for mode, one in runs.items()},
        "changed": [one._replace(test=_short(one.test))._asdict() for one in changed],
        "unsteady": [_short(test) for test in unsteady],
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{peer.name.replace(' ', '-').replace(',', '')}.json"
    path.write_text(json.dumps(found, indent=1) + "\n")
    return sum(not one.reason for one in changed)


def _short(test: str) -> str:
    """The name of a test without the folder of the installation, or of the downloads."""
    return re.split(r".*/site-packages/|.*/\.cache/peers/", test)[-1]


@functools.cache
def _distribution(module: str) -> str:
    return module.partition(".")[0]


if __name__ == "__main__":
    sys.exit(main())
