"""``python -m arrayproto demo``, run as a user runs it."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from arrayproto.demo import data, program, report, runner
from arrayproto.demo.backends import BACKENDS, Backend, Dask, Sparse
from arrayproto.demo.measure import call_in, process_memory
from arrayproto.demo.worker import Row

ROOT = Path(__file__).parents[1]
RESULT_TYPES = {
    "numpy": "numpy.ndarray",
    "sparse": "sparse.COO",
    "dask": "dask.array.Array",
    "dask-cluster": "dask.array.Array",
    "cupy": "cupy.ndarray",
}


def python(*arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python at the root of the repository, with `path` before all other modules."""
    environment = dict(os.environ)
    if path is not None:
        environment["PYTHONPATH"] = os.pathsep.join([str(path), environment.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def blocking(folder: Path, *modules: str) -> Path:
    """A folder that, on the path, makes the import of some modules fail as if they were absent."""
    lines = ["import sys", *(f"sys.modules[{name!r}] = None" for name in modules)]
    (folder / "sitecustomize.py").write_text("\n".join(lines))
    return folder


@pytest.fixture(scope="module")
def whole_run():
    process = python("-m", "arrayproto", "demo", "--json")
    assert process.returncode == 0, process.stdout + process.stderr
    return json.loads(process.stdout)


@pytest.fixture(params=BACKENDS)
def row(request, whole_run):
    (row,) = (row for row in whole_run["rows"] if row["library"] == request.param)
    return row


def is_here(name):
    roots = {module.partition(".")[0] for module in BACKENDS[name]().modules}
    return all(importlib.util.find_spec(root) for root in roots)


class TestWholeRun:
    def test_agrees(self, whole_run):
        assert whole_run["agree"] is True
        assert [row["library"] for row in whole_run["rows"]] == list(BACKENDS)

    def test_what_is_installed_runs(self, row):
        if row["library"] == "cupy":
            pytest.skip("an installed CuPy may have no device")
        assert row["status"] == ("ran" if is_here(row["library"]) else "not available")

    def test_row(self, row):
        if row["status"] == "not available":
            assert row["note"].startswith(("not installed: pip install", "no CUDA device: "))
            return
        assert row["result_type"] == RESULT_TYPES[row["library"]]
        assert row["difference"] <= 1e-10
        assert row["host_copies"] == 0
        assert row["seconds"] > 0
        assert row["version"]
        if sys.platform == "linux":
            assert row["peak_memory"] >= row["memory_added"] >= 0
        if row["library"] != "numpy":
            assert row["without_arrayproto"]

    def test_same_findings(self, whole_run):
        found = [row["findings"] for row in whole_run["rows"] if row["status"] == "ran"]
        assert found[0]
        assert all(lines == found[0] for lines in found)


class TestWhatIsNotThere:
    @pytest.mark.parametrize(
        ("name", "module", "extra"),
        [
            ("sparse", "sparse", "sparse"),
            ("dask", "dask", "dask"),
            ("dask-cluster", "distributed", "dask"),
            ("cupy", "cupy", "cupy"),
        ],
    )
    def test_library(self, tmp_path, name, module, extra):
        if not is_here(name):
            pytest.skip("it really is not there")
        path = blocking(tmp_path, module)
        process = python("-m", "arrayproto", "demo", "--json", "--library", name, path=path)
        (row,) = json.loads(process.stdout)["rows"]
        assert row["status"] == "not available"
        assert row["note"] == f"not installed: pip install 'arrayproto[{extra}]'"
        assert process.returncode == 0

    def test_rich(self, tmp_path):
        path = blocking(tmp_path, "rich", "sparse")
        options = ["--library", "numpy", "--library", "sparse"]
        process = python("-m", "arrayproto", "demo", *options, path=path)
        assert process.returncode == 0, process.stderr
        lines = process.stdout.splitlines()
        assert any(line.split()[:3] == ["numpy", "numpy.ndarray", "-"] for line in lines)
        assert any(line.split()[:3] == ["sparse", "not", "installed:"] for line in lines)

    def test_device(self, whole_run):
        (row,) = (row for row in whole_run["rows"] if row["library"] == "cupy")
        if row["status"] == "ran" or not is_here("cupy"):
            pytest.skip("there is a device, or no CuPy")
        assert row["note"].startswith("no CUDA device: ")


def test_a_crash_is_a_row(tmp_path):
    (tmp_path / "sparse.py").write_text("import os\nos._exit(3)")
    process = python("-m", "arrayproto", "demo", "--json", "--library", "sparse", path=tmp_path)
    (row,) = json.loads(process.stdout)["rows"]
    assert row["status"] == "failed"
    assert row["note"] == "the process ended with status 3"
    assert process.returncode == 1


def test_starting_process_imports_no_library():
    code = (
        "import sys; from arrayproto.demo import runner; runner.main(['numpy']); "
        "assert not {'cupy', 'sparse', 'dask', 'distributed'} & sys.modules.keys()"
    )
    process = python("-c", code)
    assert process.returncode == 0, process.stderr


class TestProgram:
    def test_imports_numpy_alone(self):
        tree = ast.parse(Path(program.__file__).read_text())
        imports = [n for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom))]
        assert [ast.unparse(node) for node in imports] == ["import numpy as np"]

    def test_calls_numpys_own_functions(self):
        assert program.np is np

    def test_ranks_and_themes(self):
        texts = data.load()
        results = program.analyse(texts.counts)
        weights = results["weights"]
        np.testing.assert_allclose(np.linalg.norm(weights, axis=1), 1)
        np.testing.assert_allclose(results["centrality"].sum(), 1)
        themes = results["themes"]
        np.testing.assert_allclose(themes @ themes.T, np.eye(program.THEMES), atol=1e-8)

    def test_themes_are_singular_vectors(self):
        weights = program.tfidf(data.load().counts[::20])
        themes = program.themes(weights, rounds=2000)
        vectors = np.linalg.svd(weights, full_matrices=False)[2][: program.THEMES]
        np.testing.assert_allclose(np.abs(np.sum(themes * vectors, axis=1)), 1, rtol=1e-6)


def test_data_is_the_same_each_time():
    first, second = data.load(), data.load()
    np.testing.assert_array_equal(first.counts, second.counts)
    assert first[1:] == second[1:]
    assert first.counts.shape == (len(first.documents), len(first.words))
    assert len(first.topics) == len(first.documents)
    assert np.all(np.count_nonzero(first.counts, axis=0) > 1)


class TestCopiesAreCounted:
    def count(self, backend: Backend, action) -> int:
        counted = []
        with ExitStack() as stack:
            backend.open(stack)
            x = backend.array(np.eye(3))
            with backend.watch(lambda: counted.append(1)):
                action(x)
        action(x)  # no longer counted
        return len(counted)

    @pytest.mark.parametrize(
        ("action", "copies"),
        [
            (lambda x: x.todense(), 1),
            (lambda x: x.asformat("gcxs").todense(), 1),
            (lambda x: x.sum().todense(), 0),  # one number
            (lambda x: x + x, 0),
        ],
    )
    def test_sparse(self, action, copies):
        pytest.importorskip("sparse")
        assert self.count(Sparse(), action) == copies

    @pytest.mark.parametrize(
        ("action", "copies"),
        [
            (lambda x: x.compute(), 1),
            (lambda x: np.asarray(x), 1),
            (lambda x: bool(x.sum()), 1),
            (lambda x: x + x, 0),
        ],
    )
    def test_dask(self, action, copies):
        pytest.importorskip("dask.array")
        assert self.count(Dask(), action) == copies


class TestCallIn:
    def test_traceback(self):
        try:
            np.sum(np.reshape([1, 2], 3), 0)
        except ValueError as error:
            assert call_in(__file__, error.__traceback__) == "np.reshape"

    def test_frame(self):
        assert np.apply_along_axis(lambda _: self.here(), 0, [1]) == "np.apply_along_axis"

    def here(self):
        return call_in(__file__, sys._getframe(1).f_back)

    def test_expression(self):
        try:
            1 + (1 / 0)
        except ZeroDivisionError as error:
            assert call_in(__file__, error.__traceback__).startswith("1 / 0")

    def test_elsewhere(self):
        assert call_in("elsewhere.py", sys._getframe()) is None
        assert call_in(__file__, None) is None


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_process_memory():
    now, peak = process_memory()
    assert 0 < now <= peak


RAN = Row("numpy", "ran", version="2", result_type="numpy.ndarray", difference=0.0, seconds=1.0)


class TestAgrees:
    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            (Row("x", "ran", difference=1e-12, host_copies=0), True),
            (Row("x", "ran", difference=1e-9, host_copies=0), False),
            (Row("x", "ran", difference=0.0, host_copies=1), False),
            (Row("x", "failed"), False),
            (Row("x", "not available"), True),
        ],
    )
    def test_row(self, row, expected):
        assert runner.agrees(row) is expected


class TestTable:
    def test_every_row_has_every_column(self):
        for row in (RAN, Row("sparse", "failed", note="why"), Row("cupy", "not available")):
            assert len(report.cells(row)) == len(report.COLUMNS)

    def test_failure_says_why(self):
        assert "failed: TypeError at np.sum" in report.plain_table(
            [RAN, Row("sparse", "failed", note="TypeError at np.sum")]
        )

    def test_nothing_ran(self):
        assert "not installed" in report.plain_table(
            [Row("cupy", "not available", "not installed")]
        )


@pytest.mark.parametrize(
    "path",
    # The programs of examples/programs have tests of their own.
    [p for p in sorted((ROOT / "examples").glob("*.py")) if p.stem not in ("run_all", "table")],
    ids=lambda path: path.stem,
)
def test_example(path):
    if path.stem == "quickstart":
        pytest.importorskip("sparse")
        pytest.importorskip("dask.array")
    process = python(str(path.relative_to(ROOT)), path=ROOT)
    assert process.returncode == 0, process.stderr
    assert process.stdout
