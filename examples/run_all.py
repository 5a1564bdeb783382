"""Run the programs of examples/programs on a library, compare with NumPy, and time them.

    python examples/run_all.py --library cupy
    python examples/run_all.py --library cupy --large --repeat 3 heat kmeans
    python examples/run_all.py --markdown

The numbers that a program draws are NumPy's in the comparison, and the library's own where it is timed.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from table import LIBRARIES, PROGRAMS, load, markdown

import arrayproto

_asarray = np.asarray


def to_numpy(array):
    """A result as an ndarray, in the words of each library."""
    for method in ("get", "todense", "compute"):
        if hasattr(array, method):
            return _asarray(getattr(array, method)())
    if hasattr(array, "detach"):
        return array.detach().cpu().numpy()
    return _asarray(array)


def run(name, library=None, arguments=(), **options):
    """Results of a program, as ndarrays, and the seconds until the last of them was there."""
    program = load(name)
    started = time.perf_counter()
    if library is None:
        results = program.main(*arguments)
    else:
        with arrayproto.using(library, **{**LIBRARIES[library], **options}):
            results = program.main(*arguments)
    results = {key: to_numpy(value) for key, value in results.items()}
    return results, time.perf_counter() - started


def agree(results, expected):
    return results.keys() == expected.keys() and all(
        np.allclose(results[key], expected[key], rtol=1e-7, atol=1e-9) for key in expected
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help=", ".join(PROGRAMS))
    parser.add_argument("--library", choices=list(LIBRARIES), default="cupy")
    parser.add_argument("--device")
    parser.add_argument("--large", action="store_true", help="time them at a large size")
    parser.add_argument("--repeat", type=int, default=2, help="the best of so many runs counts")
    parser.add_argument(
        "--markdown", action="store_true", help="print the table of docs/programs.md"
    )
    given = parser.parse_args()
    if given.markdown:
        print(markdown())
        return 0
    device = {} if given.device is None else {"device": given.device}
    wrong = 0
    print(
        f"{'program':12} {'answers':8} {'size':>9} {'NumPy s':>9} {given.library + ' s':>9} {'ratio':>7}"
    )
    for name in given.programs or PROGRAMS:
        if given.library in PROGRAMS[name].cannot:
            print(f"{name:12} cannot: {PROGRAMS[name].cannot[given.library][1]}")
            continue
        results, _ = run(name, given.library, same_stream=True, **device)
        right = agree(results, run(name)[0])
        wrong += not right
        arguments = (PROGRAMS[name].large,) if given.large else ()
        _, numpys = run(name, None, arguments)
        best = min(
            run(name, given.library, arguments, **device)[1] for _ in range(max(given.repeat, 1))
        )
        size = arguments[0] if arguments else "small"
        print(
            f"{name:12} {'right' if right else 'WRONG':8} {size:>9} {numpys:9.3f} {best:9.3f} "
            f"{numpys / best:7.2f}",
            flush=True,
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
