"""`python -m arrayproto check`: what is found in a program that is not run."""

from __future__ import annotations

import html.parser
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import arrayproto
from arrayproto import capabilities, cli
from arrayproto.libraries import LIBRARIES, Library
from arrayproto.testing.subjects import SUBJECTS
from arrayproto.tools.check import CODES, Config, check_source, is_selected, outputs, read_config
from arrayproto.tools.check.asked import NotInstalledError, Recorded, load
from arrayproto.tools.check.config import is_suppressed
from arrayproto.tools.check.judge import Finding

ROOT = Path(__file__).parents[2]
EVERYTHING = Config(select=("AP",))


def found(source, *libraries, config=None):
    """Code, line and library of each finding."""
    loaded = [load(name) for name in libraries or ("sparse", "jax")]
    config = config or Config()
    return [(f.code, f.line, f.library) for f in check_source(source, "x.py", loaded, config)]


def codes(source, *libraries, config=None):
    return [code for code, _, _ in found(source, *libraries, config=config)]


class TestCalls:
    def test_an_unsupported_function(self):
        source = "import numpy as np\ndef f(x):\n    return np.linalg.svd(x)\n"
        assert found(source) == [("AP101", 3, "sparse")]
        (finding,) = check_source(source, "x.py", [load("sparse")], Config())
        assert finding.column == 12
        assert "singular vectors are dense. Instead: " in finding.message
        assert str(finding).startswith(
            "x.py:3:12 AP101 numpy.linalg.svd is not supported on sparse"
        )

    @pytest.mark.parametrize(
        "program",
        [
            "import numpy\ndef f(x): numpy.linalg.svd(x)",
            "import numpy.linalg as la\ndef f(x): la.svd(x)",
            "from numpy import linalg\ndef f(x): linalg.svd(x)",
            "from numpy.linalg import svd as decompose\ndef f(x): decompose(x)",
            "from numpy.linalg import *\ndef f(x): svd(x)",
            "import numpy as np\nsvd = np.linalg.svd\ndef f(x): svd(x)",
            "import arrayproto.numpy as np\ndef f(x): np.linalg.svd(x)",
            "def f(x):\n    import numpy as np\n    return np.linalg.svd(x)",
            "import numpy as np\nclass A:\n    def f(self, x): return np.linalg.svd(self.y)",
            "import numpy as np\nf = lambda x: np.linalg.svd(x)",
            "import numpy as np\ndef f(xs): return [np.linalg.svd(x) for x in xs]",
            "import numpy as np\nasync def f(x):\n    async with a:\n        np.linalg.svd(x)",
            "import numpy as np\ndef f(x):\n    try:\n        pass\n    except A:\n        np.linalg.svd(x)",
            "import numpy as np\ndef f(x):\n    match x:\n        case _:\n            np.linalg.svd(x)",
            "import numpy as np\nimport sparse\nnp.linalg.svd(sparse.random((3, 3)))",
        ],
    )
    def test_by_whatever_name(self, program):
        assert codes(program, "sparse") == ["AP101"]

    @pytest.mark.parametrize(
        "program",
        [
            "import numpy as np\nnp.linalg.svd(np.ones((3, 3)))",
            "import numpy as np\nx = np.zeros(3)\ny = np.exp(x)\nnp.linalg.svd(y[:2])",
            "import numpy as np\nnp.linalg.svd([[1, 2], [3, 4]])",
            "import numpy as np\nfor x in np.ones((2, 3, 3)):\n    np.linalg.svd(x)",
            "import mylib as np\ndef f(x): np.linalg.svd(x)",
            "import numpy as np\ndef f(np, x): np.linalg.svd(x)",
            "import numpy as np\ndef f(n: int): np.linalg.svd(n)",
            "import numpy as np\ndef f(n=3): np.linalg.svd(n)",
        ],
    )
    def test_what_is_an_ndarray_for_certain_is_no_finding(self, program):
        assert codes(program, "sparse") == []

    def test_arguments(self):
        source = "import numpy as np\ndef f(x, o):\n    np.isposinf(x, out=o)\n    np.isposinf(x, out=None)\n"
        assert found(source, "sparse") == [("AP102", 3, "sparse")]
        assert codes("import numpy as np\ndef f(x, o): np.exp(x, out=o)", "jax") == ["AP102"]
        assert codes("import numpy as np\ndef f(x, o): np.exp(x, out=o)", "torch") == []

    @pytest.mark.parametrize(
        ("library", "code"),
        [("jax", "AP203"), ("torch", "AP203"), ("sparse", "AP102"), ("dask", "AP102")],
    )
    @pytest.mark.parametrize("call", ["np.add(x, x, out=o)", "np.sum(x, 0, None, o)"])
    def test_an_ndarray_as_out(self, call, library, code):
        """The libraries themselves do so: into one that is named they copy, or they refuse."""
        source = f"import numpy as np\ndef f(x):\n    o = np.empty((3, 3))\n    {call}\n"
        assert codes(source, library) == [code]
        x, o = SUBJECTS[library].from_numpy(np.eye(3)), np.empty(3 if "sum" in call else (3, 3))
        with arrayproto.activated(library):
            if code == "AP203":
                assert eval(call, {"np": np, "x": x, "o": o}) is o
            else:
                with pytest.raises(arrayproto.UnsupportedArgumentError, match="out="):
                    eval(call, {"np": np, "x": x, "o": o})

    @pytest.mark.parametrize(
        ("call", "found"),
        [
            ("np.compress(c, x, 0, o)", ["AP102"]),
            ("np.exp(x, o)", ["AP102"]),
            ("np.compress(c, x, 0, None)", []),
            ("np.compress(c, *rest)", []),
            ("np.sum(x, None, None, o)", ["AP102"]),
            ("np.sum(x, -1, keepdims=True)", []),
        ],
    )
    def test_arguments_by_position_and_defaults(self, call, found):
        assert codes(f"import numpy as np\ndef f(x, c, o, rest):\n    {call}\n", "jax") == found

    @pytest.mark.parametrize(
        ("call", "found"),
        [
            ("np.unique(x, axis=0)", ["AP102"]),
            ("np.unique(x, sorted=True)", []),
            ("np.unique(x, axis=None)", []),
            ("np.asanyarray(3, like=x, copy=True)", []),
        ],
    )
    def test_what_is_as_by_default_is_no_finding(self, call, found):
        assert codes(f"import numpy as np\ndef f(x):\n    {call}\n", "dask") == found

    def test_methods_of_ufuncs(self):
        source = "import numpy as np\ndef f(x, i):\n    np.add.reduce(x)\n    np.add.at(x, i, 1)\n"
        assert codes(source, "sparse") == ["AP103"]

    def test_notes(self):
        source = "import numpy as np\ndef f(x):\n    np.flip(x)\n    np.exp(x)\n    np.zeros(3)\n"
        kind = load("sparse").function("flip").kind
        expected = {"native": "AP001", "bridged": "AP002", "derived": "AP003"}[kind]
        assert codes(source, "sparse") == []
        assert codes(source, "sparse", config=EVERYTHING) == [expected, "AP001", "AP004"]

    def test_like(self):
        source = (
            "import numpy as np\ndef f(x):\n    y = np.zeros(3, like=x)\n    np.linalg.svd(y)\n"
        )
        assert codes(source, "sparse") == ["AP101"]


class TestCoercions:
    def test_functions(self):
        source = (
            "import numpy as np\ndef f(x):\n    a = np.asarray(x)\n    b = np.array(np.exp(x))\n"
            "    c = np.array([1, 2])\n    d = np.asarray(a)\n    return np.linalg.svd(b)\n"
        )
        assert found(source) == [("AP201", 3, ""), ("AP201", 4, "")]

    def test_a_fill_value(self):
        source = (
            "import numpy as np\ndef f(x):\n    top = np.max(x)\n    np.full(3, top)\n"
            "    np.full((3,), fill_value=np.min(x))\n    np.full(3, 0.5)\n    np.full(3, top, like=x)\n"
        )
        assert found(source) == [("AP201", 4, ""), ("AP201", 5, "")]

    def test_a_list_of_arrays(self):
        source = "import numpy as np\ndef f(x, y):\n    return np.array([np.exp(x), np.exp(y)])\n"
        assert codes(source) == ["AP202"]

    def test_ways_out_are_those_of_the_table(self):
        source = (
            "import numpy as np\ndef f(x):\n    x.todense()\n    x.compute()\n"
            "    y = np.exp(x)\n    float(y)\n    y.tolist()\n    y.get()\n    {}.get(1)\n"
        )
        assert found(source, "sparse") == [("AP203", 3, "sparse"), ("AP104", 7, "sparse")]
        assert found(source, "dask") == [("AP203", 4, "dask"), ("AP203", 6, "dask"), ("AP104", 7, "dask")]  # fmt: skip
        assert found(source, "jax") == [("AP203", 6, "jax"), ("AP203", 7, "jax")]
        assert codes("import cupy, numpy\ncupy.asnumpy(cupy.ones(3))", "cupy") == ["AP203"]

    def test_classes(self):
        source = (
            "import numpy as np\nfrom numpy import ndarray\ndef f(x):\n    isinstance(x, np.ndarray)\n"
            "    isinstance(x, (list, ndarray))\n    type(x) is np.ndarray\n    ndarray == type(x)\n"
            "    isinstance(x, np.generic)\n    isinstance(np.ones(3), np.ndarray)\n"
        )
        assert found(source) == [
            ("AP301", 4, ""), ("AP301", 5, ""), ("AP302", 6, ""), ("AP302", 7, ""),
        ]  # fmt: skip


class TestWrites:
    SOURCE = (
        "import numpy as np\ndef f(x: np.ndarray):\n    x[0] = 1\n    x[1] += 2\n    x += 1\n"
        "    y = np.zeros(3)\n    y[0] = 1\n    d = {}\n    d[0] = 1\n"
    )

    @pytest.mark.parametrize(
        ("library", "mutable"), [("sparse", False), ("jax", False), ("dask", True), ("torch", True)]
    )
    def test_by_library(self, library, mutable):
        wanted = [] if mutable else [("AP401", 3, library), ("AP401", 4, library)]
        assert found(self.SOURCE, library) == wanted

    def test_methods_that_a_library_has_not_got(self):
        source = "import numpy as np\ndef f(x):\n    np.exp(x).argpartition(2)\n"
        assert codes(source, "sparse", "dask") == ["AP104", "AP104"]


class TestIndices:
    def test_backwards(self):
        assert found("def f(x):\n    x[:, 0]\n    return x[::-1]", "torch", "jax") == [
            ("AP105", 3, "torch")
        ]

    @pytest.mark.parametrize("index", ["..., 0", ":, 0", "...", "1:, None"])
    def test_an_index_that_only_arrays_have(self, index):
        assert codes(f"def f(x): x[{index}] = 1", "jax") == ["AP401"]
        assert codes(f"def f(x): x['a'][{index}] = 1", "jax") == ["AP401"]

    @pytest.mark.parametrize("index", ["0", "1:3", "'a'", "a, b", "key"])
    def test_one_that_others_have_too(self, index):
        assert codes(f"def f(x): x[{index}] = 1", "jax") == []

    def test_pandas(self):
        assert codes("def f(x): x.loc[:, 'a'] = 1", "jax") == []


class TestWhatIsNoArray:
    @pytest.mark.parametrize(
        "program",
        [
            "np.array([a.shape[0] for a in x])",
            "np.array(list(len(a) for a in x))",
            "np.array(sum(len(a) for a in x))",
            "np.random.default_rng(0).normal(size=3).tolist()",
            "np.array(sorted(a.ndim for a in x))",
        ],
    )
    def test_numbers(self, program):
        assert codes(f"import numpy as np\ndef f(x): {program}", "dask") == []

    def test_a_namespace(self):
        source = "def f(x, xp: ArrayNamespace): return xp.astype(x, 'f4')"
        assert codes(source, "torch") == []

    def test_modules_that_make_no_arrays(self):
        source = "import matplotlib as mpl\ndef f(x): return float(mpl.cm.f(x))"
        assert codes(source, "dask") == []

    @pytest.mark.parametrize(
        ("imported", "expected"), [("scipy.sparse", []), ("sparse", ["AP203"])]
    )
    def test_matrices_of_scipy(self, imported, expected):
        assert codes(f"import {imported}\ndef f(g): g.y.todense()", "sparse") == expected


class TestAsRun:
    CONFIG = Config(as_run=True)

    @pytest.mark.parametrize(
        ("line", "library", "expected"),
        [
            ("np.zeros(3)[0] = 1", "jax", ["AP401"]),
            ("a, b = np.meshgrid(np.arange(3), np.arange(3)); a[0] = 1", "jax", ["AP401"]),
            ("np.mgrid[:3][0] = 1", "jax", ["AP401"]),
            ("np.random.rand(3)[0] = 1", "jax", ["AP401"]),
            ("np.random.default_rng(0).normal(size=3)[0] = 1", "jax", ["AP401"]),
            ("np.random.shuffle(np.arange(3))", "jax", ["AP401"]),
            ("np.put(np.zeros(3), 0, 1)", "jax", ["AP401"]),
            ("np.add.at(np.zeros(3), 0, 1)", "jax", ["AP401"]),
            ("np.add(np.zeros(3), 1, out=np.zeros(3))", "tensorflow", ["AP102"]),
            ("np.add(np.zeros(3), 1, out=np.zeros(3))", "torch", []),
            ("np.linalg.svd(np.eye(3))", "sparse", ["AP101"]),
            ("np.eye(3).flat", "sparse", ["AP104"]),
            ("np.eye(3).size", "torch", ["AP104"]),
            ("np.eye(3).size", "sparse", []),
            ("np.eye(3).reshape(9, 1)", "sparse", ["AP104"]),
            ("np.eye(3).reshape((9, 1))", "sparse", []),
            ("np.eye(3).reshape(9, 1)", "dask", []),
            ("np.eye(3).sum(where=True)", "dask", ["AP104"]),
            ("np.asarray(np.zeros(3))", "dask", []),
            ("np.array([np.zeros(3)])", "dask", []),
            ("np.zeros(3).tolist()", "dask", ["AP203"]),
            ("np.eye(3).argsort()", "sparse", []),
            ("np.save('f', np.zeros(3))", "sparse", []),
            ("np.zeros(3, [('a', int)])['a'] = 1", "jax", []),
        ],
    )
    def test_what_numpy_makes_is_the_librarys(self, line, library, expected):
        source = f"import numpy as np\n{line}"
        assert codes(source, library, config=self.CONFIG) == expected
        by_default = codes(source, library)
        assert by_default in ([], expected if "random" in line else []), "it is an ndarray"

    def test_in_pyproject_and_of_the_command(self, tmp_path, capsys):
        file, table = tmp_path / "a.py", "[tool.arrayproto.check]\nfor = ['jax']\nas-run = {}\n"
        file.write_text("import numpy as np\nnp.zeros(3)[0] = 1\n")
        assert cli.main(["check", "--for", "jax", str(file)]) == 0
        assert cli.main(["check", "--for", "jax", "--as-run", str(file)]) == 1
        (tmp_path / "pyproject.toml").write_text(table.format("true"))
        assert cli.main(["check", str(file)]) == 1
        (tmp_path / "pyproject.toml").write_text(table.format("1"))
        assert cli.main(["check", str(file)]) == 2
        assert "as-run is true or false, not 1" in capsys.readouterr().err


class TestSuppression:
    @pytest.mark.parametrize(
        ("comment", "left"),
        [("# noqa", 0), ("# noqa: AP201", 0), ("# NOQA: E501, AP201", 0), ("# noqa: AP2", 0),
         ("# noqa: AP301", 1), ("# nothing", 1)],
    )  # fmt: skip
    def test_noqa(self, comment, left):
        source = f"import numpy as np\ndef f(x):\n    return np.asarray(x)  {comment}\n"
        assert len(codes(source)) == left

    def test_another_code(self):
        assert not is_suppressed("x = 1  # noqa: E501", "AP201")

    def test_the_longest_prefix_decides(self):
        assert is_selected("AP201", ("AP",), ("AP3",))
        assert not is_selected("AP201", ("AP",), ("AP2",))
        assert is_selected("AP201", ("AP201",), ("AP2",))
        assert not is_selected("AP201", ("AP3",), ())


class TestConfiguration:
    def write(self, folder, text):
        (folder / "pyproject.toml").write_text(text)
        (folder / "pkg").mkdir()
        (folder / "pkg" / "a.py").write_text("import numpy as np\ndef f(x): return np.asarray(x)\n")
        (folder / "pkg" / "tests").mkdir()
        (folder / "pkg" / "tests" / "b.py").write_text((folder / "pkg" / "a.py").read_text())
        (folder / ".hidden").mkdir()
        (folder / ".hidden" / "c.py").write_text((folder / "pkg" / "a.py").read_text())

    def test_in_pyproject(self, tmp_path, capsys):
        self.write(
            tmp_path,
            '[tool.arrayproto.check]\nfor = ["sparse"]\nexclude = ["nothing"]\n'
            '[tool.arrayproto.check.per-file-ignores]\n"*/tests/*" = ["AP2"]\n',
        )
        assert cli.main(["check", str(tmp_path)]) == 1
        said = capsys.readouterr().out.splitlines()
        assert said[-1] == "1 finding"
        assert said[0].startswith(f"{tmp_path / 'pkg' / 'a.py'}:2:18 AP201 ")
        assert cli.main(["check", str(tmp_path), "--ignore", "AP201"]) == 0
        assert capsys.readouterr().out == "nothing found\n"

    def test_exclude(self, tmp_path, capsys):
        self.write(tmp_path, '[tool.arrayproto.check]\nfor = ["sparse"]\nexclude = ["pkg/tests"]\n')
        assert cli.main(["check", str(tmp_path / "pkg")]) == 1
        assert capsys.readouterr().out.count("AP201") == 1
        # What is named itself is checked.
        assert cli.main(["check", str(tmp_path / "pkg" / "tests" / "b.py")]) == 1

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("libraries = 1", "has no key 'libraries'"),
            ('select = ["XX"]', "unknown code 'XX'"),
            ('for = "sparse"', "is a list of strings"),
            ("per-file-ignores = 3", "is a table of lists"),
        ],
    )
    def test_mistakes(self, tmp_path, text, complaint, capsys):
        (tmp_path / "pyproject.toml").write_text(f"[tool.arrayproto.check]\n{text}\n")
        with pytest.raises(ValueError, match=complaint):
            read_config(tmp_path)
        assert cli.main(["check", str(tmp_path), "--for", "sparse"]) == 2
        assert complaint in capsys.readouterr().err

    def test_of_the_command(self, tmp_path, capsys):
        for arguments, complaint in (
            ([str(tmp_path)], "for which libraries?"),
            ([str(tmp_path), "--for", "spars"], "unknown array library 'spars'"),
            ([str(tmp_path / "none"), "--for", "sparse"], "there is no"),
            ([str(tmp_path), "--for", "sparse", "--select", "E5"], "unknown code 'E5'"),
        ):
            assert cli.main(["check", *arguments]) == 2
            assert complaint in capsys.readouterr().err

    def test_a_library_that_is_not_there_and_nowhere_recorded(self, monkeypatch):
        monkeypatch.setitem(LIBRARIES, "toy", Library("toy", "toy_not_there", "Array"))
        with pytest.raises(NotInstalledError, match="toy is not installed here"):
            load("toy")


class TestRecorded:
    """Of what is not installed the capability file tells."""

    SOURCE = (
        "import numpy as np\ndef f(x, o):\n    np.linalg.svd(x)\n    np.sum(x, out=o)\n"
        "    np.add.at(x, 0, 1)\n    np.exp(x).argpartition(2)\n    x[0] = 1\n    np.flip(x)\n"
    )

    def test_it_says_what_the_library_itself_says(self, monkeypatch):
        installed = found(self.SOURCE, "sparse")
        monkeypatch.setitem(sys.modules, "sparse", None)
        recorded = load("sparse")
        assert isinstance(recorded, Recorded)
        assert [
            (f.code, f.line, f.library)
            for f in check_source(self.SOURCE, "x.py", [recorded], Config())
        ] == installed
        assert [code for code, _, _ in installed] == ["AP101", "AP102", "AP103", "AP104", "AP401"]

    def test_the_message_names_the_version(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "sparse", None)
        (finding,) = check_source(
            "import numpy as np\ndef f(x): np.linalg.svd(x)", "x.py", [load("sparse")], Config()
        )
        newest = capabilities.read("sparse").newest
        assert f"(recorded with sparse {newest.version})" in finding.message

    def test_what_is_not_recorded_is_no_finding(self):
        recorded = Recorded(capabilities.read("sparse"))
        assert recorded.function("busday_count").kind == "unsupported"
        nothing = recorded._found._replace(editions=(capabilities.Edition("1", "2", {}),))
        assert Recorded(nothing).function("sum").kind == "unknown"
        source = "import numpy as np\ndef f(x): np.sum(x)"
        assert list(check_source(source, "x.py", [Recorded(nothing)], EVERYTHING)) == []


HOSTILE = Finding("a<b>,c:.py", 3, 7, "AP201", '100% of <script>"x"</script>\nand more', "")


class TestFormats:
    def test_github(self):
        assert outputs.github([HOSTILE]) == (
            "::warning file=a<b>%2Cc%3A.py,line=3,col=7,title=AP201 coercion::100%25 of "
            '<script>"x"</script>%0Aand more\n'
        )

    def test_json(self):
        (one,) = json.loads(outputs.as_json([HOSTILE]))
        assert (one["line"], one["column"], one["name"]) == (3, 7, "coercion")

    def test_sarif(self):
        (run,) = json.loads(outputs.sarif([HOSTILE]))["runs"]
        assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == set(CODES)
        (result,) = run["results"]
        assert result["ruleId"] == "AP201"
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region == {"startLine": 3, "startColumn": 7}

    def test_html_is_escaped(self):
        tags, text = [], []
        parser = html.parser.HTMLParser()
        parser.handle_starttag = lambda tag, attrs: tags.append(tag)
        parser.handle_data = text.append
        parser.feed(outputs.as_html([HOSTILE]))
        assert "script" not in tags
        assert '100% of <script>"x"</script>' in "".join(text)

    def test_text_of_nothing(self):
        assert outputs.text([]) == "nothing found\n"


def test_what_is_no_python():
    assert found("import numpy as np\ndef f(:\n") == [("AP901", 2, "")]


def test_the_documentation_has_every_code():
    text = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
    rows = [f"| {code} | {r.name} | {r.level} | {r.meaning} |" for code, r in CODES.items()]
    assert [line for line in text.splitlines() if line.startswith("| AP")] == rows


def test_the_hook_names_a_command_that_there_is():
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    assert "entry: arrayproto check" in text
    with pytest.raises(SystemExit) as exit_:
        cli.main(["check", "--help"])
    assert exit_.value.code == 0


def test_the_story_of_a_secret_copy(tmp_path):
    """The three lines that tests/tools/test_trace.py finds in a run are found without one."""
    from .test_trace import TestTheCommand

    path = tmp_path / "secret.py"
    path.write_text(TestTheCommand.PROGRAM)
    command = [sys.executable, "-m", "arrayproto", "check", str(path), "--for", "sparse,dask"]
    done = subprocess.run(
        [*command, "--format", "json"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1, done.stderr
    wanted = [n for n, t in enumerate(TestTheCommand.PROGRAM.splitlines(), 1) if t[-3:-1] == "# "]
    assert [finding["line"] for finding in json.loads(done.stdout)] == wanted
