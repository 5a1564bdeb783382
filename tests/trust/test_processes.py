"""Children, subinterpreters, the end of the interpreter, and odd installations."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from arrayproto.accelerator import speed

ROOT = Path(__file__).parents[2]


def run(program, *options, folder=None, **variables):
    """Run a program in a process of its own, away from the source; its output, without errors."""
    path = variables.pop("path", str(ROOT))
    done = subprocess.run(
        [sys.executable, *options, "-c", program],
        env={**os.environ, "PYTHONPATH": path, **variables},
        cwd=folder or "/",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def test_children():
    """A forked child has what its parent had; the others begin with nothing active.

    And a fork waits for what another thread is changing, lock by lock.
    """
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("children.py")],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    *lines, last = done.stdout.splitlines()
    assert last == "done"
    for method in multiprocessing.get_all_start_methods():
        inherited = "['sparse'] ['colorsys']" if method == "fork" else "[] []"
        assert f"{method} {inherited} True" in lines


class TestSubinterpreters:
    PROGRAM = """
import sys
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
import numpy, arrayproto
other = interpreters.create()
interpreters.run_string(other, '''
try:
    import numpy
except ImportError as error:
    numpys = str(error)
    try:
        import arrayproto
    except ImportError as error:
        assert str(error) == numpys, error
        print("as numpy")
else:
    import arrayproto
    print("works")
''')
interpreters.destroy(other)
assert arrayproto.array_function_dispatch(lambda a: (a,))(lambda a: 5)(numpy.ones(1)) == 5
"""

    def test_a_second_one_is_for_numpy_to_allow(self):
        """NumPy cannot be imported twice in a process; with its own error neither can we."""
        assert run(self.PROGRAM) in ("as numpy\n", "works\n")

    @pytest.mark.skipif(speed is None, reason="the C code was not built")
    def test_the_c_code_is_for_each_its_own(self):
        program = f"""
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
import arrayproto
for _ in range(3):
    other = interpreters.create()
    interpreters.run_string(other, '''if True:
        import importlib.util
        spec = importlib.util.spec_from_file_location("arrayproto._speed", {speed.__file__!r})
        speed = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(speed)
        class ndarray: pass
        speed.configure(ndarray, len, {{}}, lambda cls: None, lambda api, types: TypeError("no"))
        assert speed.Function(lambda a: 5, lambda a: (a,), lambda e: None)(1) == 5
        print("done")
    ''')
    interpreters.destroy(other)
"""
        assert run(program) == "done\n" * 3


class TestTheEnd:
    """Nothing is printed when an interpreter ends, and nothing crashes, whatever is called so late.

    (The last ones are called when Python has emptied the modules of NumPy and of ours.)
    """

    PROGRAM = """
import atexit, os, sys
import numpy as np, sparse, dask.array
import arrayproto
import arrayproto.numpy as anp

@arrayproto.array_function_dispatch(lambda a, b=None: (a, b), module="late")
def function(a, b=None):
    return a

class Duck:
    def __array_function__(self, func, types, args, kwargs):
        return "duck"

x, duck = sparse.COO(np.eye(2)), Duck()

class Late:
    def __init__(self, *calls):
        self.calls = calls
    def __del__(self, write=os.write):
        write(1, b"late\\n")
        for call in self.calls:
            call()

calls = (
    lambda f=function, d=duck, o=np.ones(1): (f(o), f(d)),
    lambda t=np.transpose, x=x: t(x),
    lambda t=anp.transpose, x=x: t(x),
)
plain, kept = Late(*calls), Late(*calls)
kept.itself = kept
sys.late = Late(*calls)
arrayproto.activate()
{activity}
atexit.register(lambda: print(calls[0](), *(type(call()).__name__ for call in calls[1:])))
atexit.register(arrayproto.deactivate)
atexit.register(lambda: print(arrayproto.status().active))
"""

    OPEN = """
opened = [
    arrayproto.trace(), arrayproto.using("sparse"), arrayproto.no_copies(limit="1 TB"),
    arrayproto.activated(fallback="warn"), arrayproto.adopted("colorsys"),
]
for one in opened:
    one.__enter__()
"""

    @pytest.mark.parametrize(
        "activity, pure",
        [(OPEN, "0"), ("arrayproto.deactivate()", "1")],
        ids=["open", "inactive, in Python alone"],
    )
    def test_is_quiet(self, activity, pure):
        printed = run(self.PROGRAM.format(activity=activity), ARRAYPROTO_PURE=pure)
        assert "late\n" in printed
        assert "(array([1.]), 'duck') COO COO\n" in printed


class TestInstallations:
    PROGRAM = """
import numpy as np, sparse
import arrayproto, arrayproto.numpy
from arrayproto.cli import main
arrayproto.activate()
x = sparse.COO(np.eye(3))
assert type(np.transpose(x)) is sparse.COO and not np.isfortran(x)
assert type(arrayproto.numpy.transpose(x)) is sparse.COO
assert arrayproto.array_function_dispatch(lambda a: (a,))(lambda a: 5)(1) == 5
with arrayproto.trace() as t, arrayproto.using("sparse"):
    np.transpose(np.ones((2, 3)))
assert t.summary() and t.to_html()
from arrayproto.tools import coverage, evidence
from arrayproto.testing import calls
assert evidence.read("sparse").functions, "the record"
assert main(["coverage", "--library", "sparse", "--format", "json"]) == 0
print(arrayproto.__file__)
"""

    @pytest.fixture
    def files(self, tmp_path):
        """What a wheel without the C code has in it."""
        folder = tmp_path / "site"
        skip = shutil.ignore_patterns("__pycache__", "*.so", "src")
        shutil.copytree(ROOT / "arrayproto", folder / "arrayproto", ignore=skip)
        return folder

    def test_read_only_and_optimised(self, files):
        """Without assertions and docstrings, and without a place for bytecode."""
        for path in [files, *files.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        try:
            before = sorted(files.rglob("*"))
            run(self.PROGRAM, "-OO", path=str(files), PYTHONDONTWRITEBYTECODE="")
            if os.geteuid():  # nothing is read-only for root
                assert sorted(files.rglob("*")) == before
        finally:
            for path in [files, *files.rglob("*")]:
                path.chmod(0o755 if path.is_dir() else 0o644)

    def test_zipped(self, files, tmp_path):
        (tmp_path / "elsewhere").mkdir()
        archive = tmp_path / "elsewhere" / "arrayproto.zip"
        with zipfile.ZipFile(archive, "w") as packed:
            for path in sorted((files / "arrayproto").rglob("*")):
                packed.write(path, path.relative_to(files))
        printed = run(self.PROGRAM, path=str(archive), folder=archive.parent)
        assert printed.splitlines()[-1].startswith(str(archive))
        assert list(archive.parent.iterdir()) == [archive]


def test_the_c_code_says_what_it_needs():
    """Read from its source: what it says counts on Pythons that this test does not run on."""
    source = (ROOT / "arrayproto" / "src" / "speed.c").read_text()
    assert "{Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}" in source
    assert "{Py_mod_gil, Py_MOD_GIL_USED}" in source
    assert "Py_GIL_DISABLED" in (ROOT / "setup.py").read_text()
