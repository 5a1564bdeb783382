"""Total classification: every public function and ufunc, on every library, and its tables."""

from __future__ import annotations

import html.parser
import importlib
import json
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from arrayproto import catalog, cli
from arrayproto.libraries import LIBRARIES, Library
from arrayproto.libraries.resolution import KINDS
from arrayproto.tools import coverage, evidence, formats, tables
from arrayproto.tools.coverage import ASKED, Coverage, Row, cover, public_functions
from arrayproto.tools.evidence import Proof

ROOT = Path(__file__).parents[1]
HOSTILE = "<script>alert('x')</script> | a_b & `c` [d](e)\n*f*"


@pytest.fixture(scope="module")
def covered():
    """Each library that is installed."""
    return {c.library: c for c in cover() if not c.problem and not c.recorded}


@pytest.fixture
def hostile():
    row = Row("toy", "sum", "arrays", "unsupported", HOSTILE, HOSTILE, False, Proof(1, 2, 3))
    return Coverage("toy", HOSTILE, "2.4", [row])


def public_objects():
    """NumPy's public functions and ufuncs, found without the catalogue."""
    found = {}
    for name in catalog.MODULES:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        for attribute in getattr(module, "__all__", None) or dir(module):
            value = getattr(module, attribute, None)
            if attribute.startswith("_") or not callable(value) or isinstance(value, type):
                continue
            home = "numpy" if isinstance(value, np.ufunc) else getattr(value, "__module__", "")
            if hasattr(value, "__name__") and home and home.partition(".")[0] == "numpy":
                found[f"{name}.{attribute}"] = value
    return found


not_on_2_0 = pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.1.0",
    reason="NumPy 2.0 has names that its next releases took away, and dispatches like= in secret",
)


class TestTotality:
    def test_every_public_function_and_ufunc_is_there(self):
        covered = {id(f.public_api) for f in public_functions()}
        # Methods of numpy.random's generator are made anew by some of its attributes.
        covered_names = {f"numpy.{f.name}" for f in public_functions()}
        missing = [
            name
            for name, value in public_objects().items()
            if id(value) not in covered and name not in covered_names
        ]
        assert missing == []

    def test_what_numpy_says_is_overridable_is_there(self):
        from numpy.testing.overrides import (
            get_overridable_numpy_array_functions,
            get_overridable_numpy_ufuncs,
        )

        covered = {f.public_api for f in public_functions() if not f.name.startswith("random.")}
        functions = [
            f
            for f in get_overridable_numpy_array_functions()
            # Not what stands behind np.eye, which is dispatched on like=.
            if getattr(sys.modules.get(f.__module__), f.__name__, None) is f
        ]
        assert len(functions) > 280
        assert [f for f in functions if f not in covered] == []
        hidden = {u for u in get_overridable_numpy_ufuncs() if u not in covered}
        assert all(u.__name__[0] == "_" or not _is_public(u) for u in hidden)

    def test_each_once(self):
        names = [f.name for f in public_functions()]
        assert len(names) == len(set(names))
        objects = Counter(id(f.public_api) for f in public_functions())
        assert set(objects.values()) == {1}

    def test_exactly_one_kind(self, covered):
        names = [f.name for f in public_functions()]
        for library, found in covered.items():
            assert [row.name for row in found.rows] == names, library
            assert {row.kind for row in found.rows} <= set(KINDS)
            by_kind = [{r.name for r in found.rows if r.kind == kind} for kind in KINDS]
            assert sum(map(len, by_kind)) == len(set().union(*by_kind)) == len(names)
            assert found.totals().total() == len(names)
            assert sum(found.totals(asked).total() for asked in ASKED) == len(names)

    def test_the_kind_is_what_a_call_would_do(self, covered):
        for library, found in covered.items():
            functions = {f.name: f for f in public_functions()}
            for row in found.rows:
                api = functions[row.name].public_api
                if not isinstance(api, np.ufunc):
                    has = coverage.imported(library).table[api] is not None
                    assert has == (row.kind != "unsupported"), row.name

    @not_on_2_0
    def test_nobody_is_unclassified(self, covered):
        """A function that a new NumPy brings fails here until somebody says what is to be done."""
        assert covered, "no library is installed"
        assert {name: c.unclassified for name, c in covered.items() if c.unclassified} == {}

    @not_on_2_0
    def test_reasons_and_next_steps(self, covered):
        for found in covered.values():
            for row in found.rows:
                assert row.note
                assert bool(row.instead) == (row.kind == "unsupported"), row.name
                assert "has no function '" not in row.note, row.name

    @not_on_2_0
    def test_who_is_asked(self):
        asked = {f.name: f.asked for f in public_functions()}
        assert asked["concatenate"] == "arrays"
        assert asked["add"] == asked["strings.str_len"] == "ufunc"
        assert asked["ones"] == "like"
        assert asked["polynomial.chebyshev.chebval"] == "explicit"
        assert asked["random.normal"] == asked["hanning"] == asked["seterr"] == "nobody"


def _is_public(ufunc):
    return getattr(np, ufunc.__name__, None) is ufunc or (
        getattr(np.strings, ufunc.__name__, None) is ufunc
    )


@not_on_2_0
class TestNewNumPy:
    @pytest.fixture
    def brought(self, monkeypatch):
        """A function that the next NumPy might bring."""
        from numpy._core.overrides import array_function_dispatch

        @array_function_dispatch(lambda a: (a,), module="numpy")
        def levitate(a):
            return a

        monkeypatch.setattr(np, "levitate", levitate, raising=False)
        monkeypatch.setattr(np, "__all__", [*np.__all__, "levitate"])
        for cached in (catalog.catalog, catalog.by_function):
            cached.cache_clear()
        yield levitate
        monkeypatch.undo()
        for cached in (catalog.catalog, catalog.by_function):
            cached.cache_clear()
        for library in LIBRARIES.values():
            library.table.clear()

    def test_is_unsupported_and_unclassified(self, brought, library):
        (found,) = cover([library])
        row = next(row for row in found.rows if row.name == "levitate")
        assert row.kind == "unsupported"
        assert not row.classified
        assert "has no function 'levitate'" in row.note
        assert row.instead.startswith("np.levitate on x.")
        assert found.unclassified == ["levitate"]

    def test_the_command_says_so(self, brought, library, capsys):
        assert cli.main(["coverage", "--library", library, "--format", "json"]) == 1
        told = capsys.readouterr()
        assert f"{library}: nobody has said why not: levitate" in told.err
        assert json.loads(told.out)[0]["unclassified"] == ["levitate"]


class TestEvidence:
    def test_proofs_are_of_functions(self):
        names = {f.name for f in public_functions()}
        for library in LIBRARIES:
            record = evidence.read(library)
            if record is not None and record.numpy == np.__version__:
                assert record.functions.keys() <= names, library

    def test_nothing_recorded(self):
        assert evidence.read("toy") is None
        assert evidence.proofs("toy") == {}
        assert str(Proof()) == "not proved here"

    def test_told(self):
        assert str(Proof(3, 0, 3)) == "3 of 3 calls right"
        assert str(Proof(3, 1, 5)) == "3 of 5 calls right, 1 refused"

    def test_combined_and_kept(self, tmp_path, monkeypatch):
        told = {"library": "toy", "version": "1.0", "numpy": "2.4", "wholly_right": [1, 2]}
        told["device"] = "a board"
        functions = {"abs": {"right": 1}, "emath.sqrt": {"refused": 2}}
        records = [
            {**told, "subject": "toy", "functions": functions},
            {**told, "subject": "toy-rows", "functions": {"abs": {"right": 2, "wrong": 1}}},
        ]
        record = evidence.combine(records)
        assert record.subjects == ["toy", "toy-rows"]
        assert record.device == "a board"
        assert record.functions == {
            "absolute": {"right": 3, "wrong": 1},
            "lib.scimath.sqrt": {"refused": 2},
        }, "each under its one name"
        monkeypatch.setattr(evidence, "__file__", str(tmp_path / "__init__.py"))
        path = evidence.write("toy", record)
        assert evidence.Record(**json.loads(path.read_text())) == record
        assert len(path.read_text().splitlines()) > 4, "what has changed can be read"

    def test_counts_add_up(self):
        for library in LIBRARIES:
            for name, proof in evidence.proofs(library).items():
                assert proof.right + proof.refused <= proof.tried, (library, name)


class TestFormats:
    @pytest.mark.parametrize("format", formats.FORMATS)
    def test_every_format_of_everything(self, format, covered):
        text = formats.FORMATS[format](list(covered.values()))
        for found in covered.values():
            assert found.library in text
            assert found.version in text
        assert "tensordot" in text

    def test_json(self, covered, hostile):
        found = json.loads(formats.as_json([*covered.values(), hostile]))
        for one, own in zip(found, covered.values(), strict=False):
            assert sum(one["totals"].values()) == len(one["functions"]) == len(own.rows)
        assert found[-1]["functions"][0]["note"] == HOSTILE
        assert found[-1]["functions"][0]["proof"] == {"right": 1, "refused": 2, "tried": 3}

    def test_html_is_escaped_and_well_formed(self, hostile, covered):
        page = formats.as_html([hostile, *covered.values()])
        assert "<script" not in page
        assert "&lt;script&gt;" in page
        assert not re.search(r"(src|href)=", page), "one file"
        parser = _Balanced()
        parser.feed(page)
        assert parser.open == []

    def test_markdown_tables_are_well_formed(self, hostile, covered):
        text = formats.markdown([hostile, *covered.values()])
        width = None
        for line in text.splitlines():
            if not line.startswith("|"):
                width = None
                continue
            columns = len(re.findall(r"(?<!\\)\|", line)) - 1
            width = width or columns
            assert columns == width, line
        assert "\\<script\\>" in text
        assert "\\[d\\](e)" in text

    def test_rich_prints_no_markup(self, hostile):
        pytest.importorskip("rich")
        assert "[d](e)" in formats.terminal([hostile])

    def test_without_rich(self, hostile, covered, monkeypatch):
        for name in [n for n in sys.modules if n.partition(".")[0] == "rich"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "rich.console", None)
        text = formats.terminal([hostile, *covered.values()])
        assert text == formats.plain([hostile, *covered.values()])
        assert "unsupported (unclassified)" in text

    def test_a_library_that_is_not_installed(self):
        gone = Coverage("toy", "", "2.4", [], "not installed (No module named 'toy')")
        for format in formats.FORMATS.values():
            assert "not installed" in format([gone])


class _Balanced(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@not_on_2_0
class TestCommand:
    def test_one_library_one_kind(self, library, capsys):
        arguments = ["coverage", "--library", library, "--kind", "derived", "--format", "json"]
        assert cli.main(arguments) == 0
        (found,) = json.loads(capsys.readouterr().out)
        assert found["library"] == library
        assert {row["kind"] for row in found["functions"]} == {"derived"}

    @pytest.mark.parametrize(
        "arguments", [["--library", "torhc"], ["--kind", "wrong"], ["--format", "pdf"]]
    )
    def test_mistakes(self, arguments, capsys):
        with pytest.raises(SystemExit) as exit_:
            cli.main(["coverage", *arguments])
        assert exit_.value.code == 2
        assert "usage: arrayproto" in capsys.readouterr().err

    def test_a_library_that_is_known_by_its_class_alone(self, capsys):
        """What arrayproto does for any class of the Array API standard, shown on one."""
        pytest.importorskip("array_api_strict")
        arguments = ["coverage", "--library", "array_api_strict", "--format", "markdown"]
        assert cli.main(arguments) == 0
        title = capsys.readouterr().out.partition("\n")[0]
        assert re.fullmatch(r"## array_api_strict [\d.]+ by its class, NumPy .*", title)
        assert "array_api_strict" not in LIBRARIES
        right = sum(
            verdicts.keys() == {"right"}
            for verdicts in evidence.read("array_api_strict").functions.values()
        )
        assert right >= 0.95 * len(evidence.read("array_api_strict").functions)

    def test_a_library_that_is_not_installed(self, capsys, monkeypatch):
        monkeypatch.setitem(LIBRARIES, "toy", Library("toy", "toy_not_there", "Array"))
        assert cli.main(["coverage", "--library", "toy", "--format", "markdown"]) == 0
        assert "not installed" in capsys.readouterr().out

    def test_update_needs_marks(self, tmp_path, capsys, library):
        (tmp_path / "README.md").write_text("no marks")
        assert cli.main(["coverage", "--library", library, "--update", str(tmp_path)]) == 2
        assert "README.md has no line" in capsys.readouterr().err

    def test_update_loses_no_page(self, tmp_path, capsys, monkeypatch):
        monkeypatch.setitem(LIBRARIES, "toy", Library("toy", "toy_not_there", "Array"))
        (tmp_path / "README.md").write_text(f"{tables.BEGIN}{tables.END}")
        tables.page(tmp_path, "toy").parent.mkdir(parents=True)
        tables.page(tmp_path, "toy").write_text("kept")
        assert cli.main(["coverage", "--library", "toy", "--update", str(tmp_path)]) == 2
        assert "not installed: toy" in capsys.readouterr().err
        assert tables.page(tmp_path, "toy").read_text() == "kept"

    def test_update(self, tmp_path, capsys, library):
        (tmp_path / "README.md").write_text(f"before\n{tables.BEGIN}\nold\n{tables.END}\nafter\n")
        arguments = ["coverage", "--library", library, "--update", str(tmp_path)]
        assert cli.main(arguments) == 0
        text = (tmp_path / "README.md").read_text()
        assert text.startswith("before\n")
        assert text.endswith("\nafter\n")
        assert "old" not in text
        assert (tmp_path / "docs" / "coverage" / f"{library}.md").exists()
        capsys.readouterr()
        assert cli.main(arguments) == 0
        assert "nothing has changed" in capsys.readouterr().out


def test_what_was_tried_is_printed(capsys, monkeypatch):
    """Of libraries without an adapter, below the tables of all that have one."""
    from arrayproto.tools.tried import TRIED

    monkeypatch.setattr(coverage, "cover", lambda names=None: [])
    for format in ("rich", "markdown"):
        assert coverage.main(format=format) == 0
        printed = capsys.readouterr().out
        assert TRIED and all(one.version in printed and one.seen in printed for one in TRIED)


class TestDocumentation:
    def test_tables_are_what_the_command_prints(self):
        """``make tables`` mends it."""
        try:
            found = tables.documented(cover(), ROOT)
        except ValueError as error:
            pytest.skip(str(error))
        for c in found:
            page = tables.page(ROOT, c.library)
            assert page.exists(), "run `make tables`"
            recorded = page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
            if recorded != formats.title(c):
                pytest.skip(f"the tables are of {recorded}; installed: {formats.title(c)}")
        stale = [
            str(path.relative_to(ROOT))
            for path, text in {
                **tables.capability_files(found, ROOT),
                **tables.files(found, ROOT),
            }.items()
            if path.read_text(encoding="utf-8") != text
        ]
        assert stale == [], "run `make tables`"

    def test_the_command_is_named(self):
        assert "python -m arrayproto coverage" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_data_are_made_by_resolve(library):
    (found,) = cover([library])
    for row in found.rows[:50]:
        function = next(f for f in public_functions() if f.name == row.name)
        assert coverage.resolve(LIBRARIES[library], function).kind == row.kind
