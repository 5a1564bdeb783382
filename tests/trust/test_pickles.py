"""What is pickled with arrayproto active is read without it, and the other way round."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import arrayproto

PROGRAM = Path(__file__).parent / "pickles.py"


def program(*arguments):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", PROGRAM, *arguments],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "written, read", [("active", "inactive"), ("inactive", "active")], ids=["without", "with"]
)
def test_in_another_process(written, read, tmp_path):
    """NumPy's functions, decorated ones, arrays and graphs, by every protocol of two libraries."""
    program("write", written, tmp_path)
    assert int(program("read", read, tmp_path)) > 150


def test_without_arrayproto_at_all():
    """A pickle of what stood in NumPy's place names NumPy alone."""
    with arrayproto.activated("sparse"), arrayproto.using("sparse"), arrayproto.trace():
        kept = [np.isfortran, np.zeros, np.asarray, np.random.normal, np.random.Generator]
        inside = [pickle.dumps(one) for one in kept]
    for data in inside + [pickle.dumps(one) for one in kept]:
        assert b"arrayproto" not in data
    done = subprocess.run(
        [sys.executable, "-S", "-c",
         f"import sys; sys.path.append({str(Path(np.__file__).parents[1])!r})\n"
         "sys.modules['arrayproto'] = None\n"
         "import pickle, numpy as np\n"
         f"for data in {inside + [pickle.dumps(one) for one in kept]}: print(pickle.loads(data))"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2 * len(kept)


@pytest.mark.parametrize("name", ["isfortran", "zeros", "asarray"])
def test_a_copy_of_what_was_kept_is_itself(name):
    with arrayproto.activated("sparse"), arrayproto.using("sparse"):
        kept = getattr(np, name)
        assert copy.copy(kept) is copy.deepcopy(kept) is kept
    assert copy.copy(kept) is copy.deepcopy(kept) is kept
    assert pickle.loads(pickle.dumps(kept)) is getattr(np, name)
