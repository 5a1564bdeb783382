"""``python -m arrayproto run``: the program is what Python would have run."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from arrayproto.running import Program
from arrayproto.verifying import compare

pytest.importorskip("sparse")
ROOT = Path(__file__).parent.parent
ARRAYPROTO = (sys.executable, "-m", "arrayproto")


def python(*arguments, given=None, cwd=ROOT):
    return subprocess.run(
        [*map(str, arguments)], input=given, cwd=cwd, capture_output=True, text=True, timeout=120
    )


def run(*arguments, library="sparse", **others):
    return python(*ARRAYPROTO, "run", "--library", library, *arguments, **others)


@pytest.fixture
def program(tmp_path):
    """A program with a module of its own, in a folder of its own."""
    (tmp_path / "helper.py").write_text("import numpy as np\ndef make(): return np.ones(3)\n")

    def write(source: str) -> Path:
        (tmp_path / "program.py").write_text(textwrap.dedent(source))
        return tmp_path / "program.py"

    return write


def test_a_script_is_run_as_python_runs_it(program):
    script = program(
        """
        import sys, helper
        import numpy as np
        from numpy import zeros
        print(sys.argv[1:], sys.path[0], __name__, __file__, sys.modules["__main__"].__file__)
        print(__spec__, __package__, __doc__, __builtins__.__name__)
        print(sorted(n for n in globals() if n.startswith("__") and n not in ("__loader__", "__cached__")))
        for array in (helper.make(), np.zeros(2), zeros(2)):
            print(type(array).__module__.partition(".")[0], file=sys.stderr)
        print(np.linalg.norm([3, 4]))
        sys.exit(5)
        """
    )
    stock = python(sys.executable, script, "--library", "x", "-m")
    ours = run(script, "--library", "x", "-m")
    assert (ours.stdout, ours.returncode) == (stock.stdout, stock.returncode)
    assert stock.stderr.split() == ["numpy"] * 3
    assert ours.stderr.split() == ["sparse"] * 3


def test_tracebacks_are_the_programs(program):
    script = program(
        """
        import numpy as np
        def fail(n):
            return np.zeros(n) + 1 / 0
        try:
            fail(2)
        except ZeroDivisionError as error:
            raise ValueError("why") from error
        """
    )
    stock, ours = python(sys.executable, script), run(script, library="numpy")
    assert ours.stderr == stock.stderr
    assert "arrayproto" not in ours.stderr
    assert ours.returncode == stock.returncode == 1


@pytest.mark.parametrize(
    "end", ["raise SystemExit", "raise SystemExit('no')", "import sys; sys.exit(300)", "1 +", "x"]
)
def test_it_ends_as_it_would(end):
    stock, ours = python(sys.executable, "-c", end), run("-c", end, library="numpy")
    assert (ours.returncode, ours.stderr) == (stock.returncode, stock.stderr)


@pytest.mark.parametrize("given", [["there_is_none.py"], ["-m", "there.is.none"]])
def test_what_is_not_there(given):
    stock, ours = python(sys.executable, *given), run(*given, library="numpy")
    assert ours.returncode == stock.returncode
    assert ours.stdout == ""
    assert given[-1].partition(".")[0] in ours.stderr


def test_code_and_standard_input():
    source = "import sys, numpy as np; print(type(np.eye(2)).__name__, sys.argv)"
    assert run("-c", source, "-x", "1").stdout == "COO ['-c', '-x', '1']\n"
    assert run("-", "a", given=source).stdout == "COO ['-', 'a']\n"


def test_a_module(program):
    script = program("import numpy as np, sys; print(type(np.eye(2)).__name__, *sys.argv)")
    done = run("-m", "program", "--report", cwd=script.parent)
    assert done.stdout == f"COO {script} --report\n", done.stderr


def test_an_installed_module_is_the_program():
    assert Program("module", "mine.core").packages == ("mine",)
    assert Program("script", "mine.core").packages == ()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--library", "torhc", "-c", "pass"], "unknown array library 'torhc'"),
        (["--library", "sparse", "--chunks", "3", "-c", "pass"], "sparse has no option 'chunks'"),
        (
            ["--library", "sparse", "--workers", "2", "-c", "pass"],
            "--workers is for --library dask",
        ),
        (["--library", "sparse"], "what is to be run?"),
        (["-c", "pass"], "--library"),
    ],
)
def test_mistakes_are_told(options, said):
    done = python(*ARRAYPROTO, "run", *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


class TestVerify:
    def test_what_agrees(self, program):
        script = program(
            """
            import numpy as np
            rng = np.random.default_rng(0)
            x = rng.random(5)
            results = {"sum": np.sum(x), "parts": [x[:2], 3]}
            np.savez("saved.npz", x=x * 2)
            print("once")
            """
        )
        done = run("--verify", "--report", script, cwd=script.parent, library="dask")
        assert done.returncode == 0, done.stderr
        assert done.stdout == "once\n"
        assert "5 of 5 named results are NumPy's" in done.stderr
        assert "arrayproto: dask 20" in done.stderr, "the report"

    def test_what_differs(self, program):
        script = program(
            """
            import numpy as np
            x = np.ones(2)
            wrong = 1.0 if type(x) is np.ndarray else 2.0
            """
        )
        done = run("--verify", script, library="dask")
        assert done.returncode == 1
        assert "arrayproto: wrong: differs by 1 where NumPy has up to 1" in done.stderr
        assert "1 of 2 named results" in done.stderr

    def test_what_ends_by_a_status(self):
        done = run("--verify", "-c", "import sys, numpy as np; x = np.ones(3); sys.exit(3)")
        assert done.returncode == 3
        assert "1 of 1 named results are NumPy's" in done.stderr

    def test_a_status_of_its_own(self):
        done = run(
            "--verify", "-c", "import numpy as np; raise SystemExit(type(np.ones(1)) != np.ndarray)"
        )
        assert done.returncode == 1
        assert "with NumPy the program ends with status 0, with the library with 1" in done.stderr

    def test_compare(self):
        a = np.array([1.0, np.nan, np.inf])
        same = {"a": a, "i": np.array(3), "empty": np.ones(0), "c": np.array([1j])}
        assert all(row.equal and not row.difference for row in compare(same, dict(same)))
        found = {
            "a": a + [1e-9, 0, 0],
            "i": np.array([3]),
            "empty": np.ones(0),
            "c": np.array([1j], "c8") * (1 + 1e-5),
            "b": np.array(1),
        }
        rows = {row.name: row for row in compare(same, found)}
        assert rows["c"].equal, "in 32 bits"
        assert rows["a"].equal
        assert rows["a"].difference
        assert not rows["i"].equal
        assert "shape (1,), with NumPy ()" in rows["i"].difference
        assert rows["b"].difference == "only with the library"
        worse = compare({"a": a}, {"a": np.array([1.0, 2.0, np.inf])})
        assert not worse[0].equal


class TestWhatIsTold:
    """On standard error; standard output is the program's."""

    CODE = (
        "import numpy as np\n"
        "x = np.arange(6.0)\n"
        "y = np.flip(x) + np.ones(6)\n"
        "for i in range(2):\n"
        "    print(y[i])\n"
        "print(f'{np.sum(y):.1f}')\n"
    )

    def test_what_a_lazy_library_computes(self, program):
        done = run(program(self.CODE), library="dask")
        assert done.stdout.split() == ["6.0", "5.0", "21.0"]
        told = [line for line in done.stderr.splitlines() if "computed" in line]
        assert [line.split(" in ")[0].partition("program.py:")[2] for line in told] == [
            *("5: dask computed 8 B", "6: dask computed 8 B", "5: dask computed 16 B"),
        ]
        assert told[2].endswith(", 2 times")

    def test_nothing_where_it_is_to_be_quiet_or_eager(self, program):
        assert run("--quiet", program(self.CODE), library="dask").stderr == ""
        assert run(program(self.CODE), library="sparse").stderr == ""

    def test_the_report(self, program):
        done = run("--report", "--quiet", program(self.CODE), library="dask")
        assert done.stdout.split() == ["6.0", "5.0", "21.0"]
        head, made, calls, back, *lines = done.stderr.splitlines()
        assert head.startswith("arrayproto: dask 20")
        assert head.endswith("MiB of memory at most")
        assert made == "arrayproto: arrays made by dask: numpy.arange, numpy.ones"
        assert calls.startswith("arrayproto: calls answered by dask: 2 in ")
        assert back.startswith("arrayproto: came back to the host: 24 B in ")
        assert "program.py:5: Array.compute 2 times, 16 B in " in lines[0]
        assert "program.py:6: Array.compute, 8 B in " in lines[1]

    def test_the_report_of_numpy(self):
        done = run("--report", "-c", "import numpy as np; print(np.ones(1))", library="numpy")
        assert done.stderr.splitlines()[1:] == ["arrayproto: came back to the host: nothing"]


def test_dask_shows_its_progress():
    pytest.importorskip("dask.array")
    code = "import numpy as np; print(float(np.sum(np.ones(10))))"
    done = run("--progress", "--report", "-c", code, library="dask")
    assert done.stdout == "10.0\n"
    assert "Completed" in done.stderr
    assert "MiB of memory at most" in done.stderr
