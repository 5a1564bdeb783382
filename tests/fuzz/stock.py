"""Stock NumPy in a process of its own, asked by pickled calls."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Stock:
    """A process in which arrayproto was never imported.

    >>> with Stock() as stock:
    ...     stock.outcome("add", (1, 2), {})["does"]
    ('returns', ('int64', 'int64', (), None, b'...'))
    """

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.stock"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self

    def __exit__(self, *exception):
        self.process.stdin.close()
        assert self.process.wait(timeout=30) == 0, "the process with stock NumPy has failed"
        self.process.stdout.close()

    def outcome(self, name, args, kwargs):
        pickle.dump((name, args, kwargs), self.process.stdin)
        self.process.stdin.flush()
        return pickle.load(self.process.stdout)


def serve():
    from tests.fuzz.outcomes import find, outcome

    # What NumPy itself prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            name, args, kwargs = pickle.load(sys.stdin.buffer)
        except EOFError:
            break
        pickle.dump(outcome(find(name), args, kwargs), answers)
        answers.flush()
    assert "arrayproto" not in sys.modules


if __name__ == "__main__":
    serve()
