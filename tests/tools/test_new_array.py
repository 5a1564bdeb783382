"""`arrayproto.tools.new_array`: the package that is written works."""

from __future__ import annotations

import ast
import sys
import tomllib

import pytest

from arrayproto.cli import main
from arrayproto.tools.new_array import FILES, class_name, new_array

#: In a session within this one; where arrayproto is installed anew, pytest knows the plugin anyhow.
OURS = (
    "-p", "arrayproto.testing.conformance_plugin", "-p", "no:cacheprovider", "-p", "no:xdist",
    "-p", "no:doctest", "-p", "no:benchmark",
)  # fmt: skip


@pytest.fixture
def root(tmp_path, capsys):
    assert main(["new-array", "spam_and_eggs", "--folder", str(tmp_path)]) == 0
    assert "SpamAndEggsArray" in capsys.readouterr().out
    yield tmp_path / "spam_and_eggs"
    for name in [n for n in sys.modules if n.partition(".")[0] == "spam_and_eggs"]:
        del sys.modules[name]


def test_its_tests_pass(root, monkeypatch, capsys):
    """All of them are 375, of which these are enough here."""
    monkeypatch.chdir(root)
    status = pytest.main([*OURS, "-k", "test_ or check or np.median or np.fft.fft or np.add"])
    told = capsys.readouterr().out
    assert status == 0, told
    assert " passed" in told
    assert "failed" not in told


def test_each_file_is_there(root):
    for path in FILES:
        text = (root / path.format(name="spam_and_eggs")).read_text(encoding="utf-8")
        assert "$name" not in text
        assert "$Class" not in text
    config = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    assert config["project"]["name"] == "spam_and_eggs"
    assert "arrayproto" in config["project"]["dependencies"]
    workflow = (root / ".github/workflows/tests.yml").read_text(encoding="utf-8")
    assert "${{ matrix.python }}" in workflow
    source = (root / "src/spam_and_eggs/array.py").read_text(encoding="utf-8")
    assert any(isinstance(n, ast.ClassDef) for n in ast.walk(ast.parse(source)))


def test_the_class_may_have_a_name(tmp_path):
    written = new_array("spam", "Eggs", tmp_path)
    assert "class Eggs(" in (written / "src/spam/array.py").read_text(encoding="utf-8")
    assert class_name("my_lib") == "MyLibArray"


@pytest.mark.parametrize("name", ["my-lib", "class", "json", "numpy", ""])
def test_names_that_cannot_be(name, tmp_path, capsys):
    assert main(["new-array", name, "--folder", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("new-array: ")
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path, capsys):
    (tmp_path / "spam").mkdir()
    assert main(["new-array", "spam", "--folder", str(tmp_path)]) == 2
    assert "is there already" in capsys.readouterr().err
