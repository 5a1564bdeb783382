"""``%load_ext arrayproto``, and the option of pytest."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import arrayproto
from arrayproto import notebook

pytest.importorskip("sparse")


@pytest.fixture
def shell():
    interactive = pytest.importorskip("IPython.core.interactiveshell")
    shell = interactive.InteractiveShell.instance()
    shell.run_line_magic("load_ext", "arrayproto")
    shell.run_cell("import numpy as np")
    yield shell
    shell.run_line_magic("unload_ext", "arrayproto")
    shell.reset(new_session=False)


class TestMagic:
    def test_a_line_is_for_what_follows(self, shell):
        shell.run_line_magic("arrayproto", "sparse")
        shell.run_cell("x = np.eye(3)")
        assert shell.user_ns["x"].nnz == 3
        shell.run_line_magic("arrayproto", "off")
        shell.run_cell("x = np.eye(3)")
        assert type(shell.user_ns["x"]) is np.ndarray

    def test_a_cell_is_for_itself(self, shell):
        shell.run_cell_magic("arrayproto", "dask chunks=2 same_stream=True", "x = np.arange(4)")
        assert shell.user_ns["x"].chunks == ((2, 2),)
        assert type(np.eye(3)) is np.ndarray

    def test_unloading_ends_it(self, shell):
        shell.run_line_magic("arrayproto", "sparse")
        shell.run_line_magic("unload_ext", "arrayproto")
        assert arrayproto.status().creation == ()

    @pytest.mark.parametrize("line", ["", "dask 1000"])
    def test_mistakes_are_told(self, line):
        with pytest.raises(ValueError, match="%arrayproto takes a library and options"):
            notebook._read(line)


def test_pytest_option(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import numpy as np\n"
        "def test_it():\n"
        "    assert np.eye(3).nnz == 3\n"
        "    np.testing.assert_allclose(np.linalg.norm([3, 4]), 5)\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "arrayproto.pytest_plugin", tmp_path]
    done = subprocess.run(
        [*command, "--arrayproto-library", "sparse"], capture_output=True, text=True, timeout=60
    )
    assert "1 passed" in done.stdout, done.stdout
    assert "arrayproto: arrays of sparse" in done.stdout or "-q" in command
    wrong = subprocess.run(
        [*command, "--arrayproto-library", "torhc"], capture_output=True, text=True, timeout=60
    )
    assert "unknown array library 'torhc'" in wrong.stderr
    assert wrong.returncode == 4
