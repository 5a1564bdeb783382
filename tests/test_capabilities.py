"""The capability files: what is recorded of each library, and that it is so."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import arrayproto
from arrayproto import capabilities, cli
from arrayproto.capabilities import Argument, Capabilities, Capability, Edition
from arrayproto.libraries import LIBRARIES
from arrayproto.tools import arguments, evidence
from arrayproto.tools import capabilities as tool
from arrayproto.tools.coverage import cover, public_functions
from arrayproto.tools.evidence import Proof

FOLDER = Path(capabilities.__file__).parent


def text_of(library):
    return (FOLDER / f"{library}.json").read_text(encoding="utf-8")


class TestFiles:
    def test_there_is_one_for_each_library(self):
        assert set(capabilities.recorded()) == set(LIBRARIES)

    @pytest.mark.parametrize("library", LIBRARIES)
    def test_the_schema_describes_it(self, library):
        jsonschema = pytest.importorskip("jsonschema", reason="in the extra 'test'")
        schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
        validator = jsonschema.Draft202012Validator(schema)
        validator.check_schema(schema)
        assert [
            error.message for error in validator.iter_errors(json.loads(text_of(library)))
        ] == []

    @pytest.mark.parametrize("library", LIBRARIES)
    def test_read_and_written_it_is_the_same(self, library):
        assert tool.as_text(capabilities.parse(text_of(library))) == text_of(library)

    def test_all_of_them_are_small(self):
        assert sum(path.stat().st_size for path in FOLDER.glob("*.json")) < 2_000_000

    def test_what_has_changed_can_be_read(self):
        rows = [line for line in text_of("sparse").splitlines() if line.startswith('  "kron": {')]
        assert len(rows) >= 1

    def test_the_documentation_has_every_word(self):
        page = (Path(__file__).parents[1] / "docs" / "capabilities.md").read_text(encoding="utf-8")
        schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
        words = {*schema["properties"], *schema["$defs"]["function"]["properties"]} - {"$schema"}
        assert [word for word in sorted(words) if f"`{word}`" not in page] == []


class TestWhatIsRecorded:
    def test_it_is_what_the_tables_say(self, library, capsys):
        """Of recorded versions nothing may differ; of others the difference is told."""
        (covered,) = cover([library])
        same, lines = tool.compare(covered)
        if not same:
            with capsys.disabled():
                print(f"\n{library} {covered.version} with NumPy {covered.numpy} is not recorded:")
                print("\n".join(lines) or "nothing differs")
        else:
            assert lines == [], "run `make tables`"

    @pytest.mark.parametrize(
        ("name", "call", "kind"),
        [
            ("sum", lambda x: np.sum(x, axis=0), ("axis", "supported")),
            ("sum", lambda x: np.sum(x, where=x > 0), ("where", "supported")),
            ("sum", lambda x: np.sum(x, out=x), ("out", "refused")),
            ("compress", lambda x: np.compress([True], x, out=x), ("out", "refused")),
            ("copy", lambda x: np.copy(x, order="F"), ("order", "ignored")),
            ("add", lambda x: np.add(x, x, dtype=float), ("dtype", "supported")),
        ],
    )
    def test_arguments_do_what_is_said(self, name, call, kind):
        sparse = pytest.importorskip("sparse")
        argument, its = kind
        assert capabilities.read("sparse").newest.functions[name].arguments[argument].kind == its
        x = sparse.COO.from_numpy(np.eye(3))
        arrayproto.activate("sparse")
        if its == "refused":
            with pytest.raises(arrayproto.UnsupportedArgumentError):
                call(x)
        else:
            assert call(x) is not None

    def test_every_function_of_arrays_is_there(self):
        newest = capabilities.read("sparse").newest
        names = {f.name for f in public_functions() if f.asked != "nobody"}
        assert newest.numpy != np.__version__ or newest.functions.keys() == names

    def test_every_argument_is_there(self):
        newest = capabilities.read("sparse").newest
        if newest.numpy != np.__version__:
            pytest.skip(f"the arguments are those of NumPy {newest.numpy}")
        for function in public_functions():
            found = newest.functions.get(function.name)
            if found is not None and found.kind != "unsupported":
                assert tuple(found.arguments) == arguments.optional_arguments(function.public_api)

    def test_the_evidence_is_that_of_the_judged_calls(self):
        found, record = capabilities.read("sparse"), evidence.read("sparse")
        assert found.evidence["date"] == record.date
        assert found.newest.functions["sum"].tried == sum(record.functions["sum"].values())
        of_out = found.newest.functions["sum"].arguments["out"]
        assert (of_out.right, of_out.refused) == (0, record.arguments["sum"]["out"]["refused"])

    def test_older_editions_tell_since_when(self):
        """sparse has numpy.repeat of its own since a version between these two."""
        found = capabilities.read("sparse")
        assert [edition.version for edition in found.editions] == ["0.19.3", "0.17.0"]
        assert found.own_since("repeat").version == "0.19.3"
        assert found.own_since("sum") is None, "it always had"
        assert found.edition("0.17.0", "2.0.2").functions["repeat"].own is False


def edition(version, **kinds):
    return Edition(version, "2.4", {name: Capability(kind, "x") for name, kind in kinds.items()})


class TestEditions:
    def test_differences(self):
        one, other = (
            edition("1", dot="derived", sin="native"),
            edition("2", dot="native", cos="native"),
        )
        assert list(capabilities.differences(one, other)) == [
            "+ numpy.cos: native",
            "~ numpy.dot: derived -> native",
            "- numpy.sin: native",
        ]

    def test_differences_of_arguments_and_methods(self):
        one = Capability("native", "", arguments={"out": Argument("refused")})
        other = Capability(
            "native", "", arguments={"out": Argument("supported"), "where": Argument("ignored")},
            methods={"at": Capability("unsupported", "")},
        )  # fmt: skip
        found = capabilities.differences(
            Edition("1", "2", {"f": one}), Edition("1", "3", {"f": other})
        )
        assert list(found) == [
            "~ numpy.f(out=): refused -> supported",
            "~ numpy.f(where=): absent -> ignored",
            "~ numpy.f.at: absent -> unsupported",
        ]

    def merged(self, *versions):
        found = None
        for version in versions:
            kind = "native" if version >= "2" else "derived"
            new = Capabilities("toy", True, (), {}, (edition(version, dot=kind, sin="native"),))
            found = tool.merged(new, found)
        return found

    def test_the_newest_comes_first_in_whatever_order_they_come(self):
        for versions in (("1.9", "2.0", "10.0"), ("10.0", "1.9", "2.0"), ("2.0", "10.0", "1.9")):
            versions_kept = [e.version for e in self.merged(*versions).editions]
            assert versions_kept == ["10.0", "2.0", "1.9"]

    def test_only_what_differs_is_written_of_older_ones(self):
        found = self.merged("1.9", "2.0")
        told = json.loads(tool.as_text(found))
        assert told["version"] == "2.0"
        (earlier,) = told["earlier"]
        assert earlier["functions"].keys() == {"dot"}
        assert capabilities.parse(tool.as_text(found)).editions == found.editions

    def test_an_edition_is_replaced(self):
        assert len(self.merged("1.9", "2.0", "2.0").editions) == 2


class TestArguments:
    def test_what_the_code_never_reads_is_ignored(self):
        pytest.importorskip("sparse")
        found = LIBRARIES["sparse"].resolve(np.median)
        kinds = arguments.classify(LIBRARIES["sparse"], np.median, found)
        assert kinds["overwrite_input"] == "ignored"
        assert kinds["axis"] == "supported"

    def test_of_what_is_unsupported_nothing_is_said(self):
        pytest.importorskip("sparse")
        own = LIBRARIES["sparse"]
        assert arguments.classify(own, np.linalg.svd, own.resolve(np.linalg.svd)) == {}

    def test_a_record_without_arguments_tells_of_what_was_all_right(self, monkeypatch):
        record = evidence.read("sparse")._replace(arguments={})
        monkeypatch.setattr(evidence, "read", lambda library: record)
        tool.argument_proofs.cache_clear()
        try:
            found = tool.argument_proofs("sparse")
        finally:
            tool.argument_proofs.cache_clear()
        assert found["flip"]["axis"].right == found["flip"]["axis"].tried > 0
        assert found["flip"]["axis"] == Proof(
            found["flip"]["axis"].right, 0, found["flip"]["axis"].tried
        )


class TestMessages:
    def test_a_refused_argument_says_which_are_taken(self):
        sparse = pytest.importorskip("sparse")
        x = sparse.COO.from_numpy(np.eye(3))
        arrayproto.activate("sparse")
        with pytest.raises(arrayproto.UnsupportedArgumentError) as caught:
            np.compress([True], x, axis=0, out=x)
        (note,) = caught.value.__notes__
        assert "derived by arrayproto; sparse has no function of that name" in note
        assert "supported: axis=; refused: out=" in note
        assert "python -m arrayproto capabilities --library sparse --function compress" in note

    def test_since_when(self):
        told = capabilities.about("sparse", "repeat", "0.17.0")
        assert "its own since sparse 0.19.3, and yours is 0.17.0" in told

    def test_nothing_is_said_of_what_nobody_knows(self):
        assert capabilities.about("toy", "sum", "1") == ""
        assert capabilities.about("sparse", "add.nothing", "1") == ""
        assert capabilities.about("sparse", "linalg.svd", "1") == "", "the error itself says why"
        assert capabilities.about("sparse", "add.reduce", "1").startswith(
            "numpy.add.reduce on sparse: "
        )

    def test_every_other_refusal_names_what_shows_more(self):
        for cls in (arrayproto.UnsupportedFunctionError, arrayproto.UnsupportedArgumentError):
            (note,) = cls("no").__notes__
            assert "python -m arrayproto capabilities" in note
            assert not hasattr(cls("see python -m arrayproto coverage"), "__notes__")

    def test_nothing_is_read_before_something_is_refused(self, run_python):
        run_python(
            "import sys, sparse, arrayproto, numpy as np\n"
            "arrayproto.activate()\n"
            "np.flip(sparse.random((3, 3)), 0)\n"
            "assert 'arrayproto.capabilities' not in sys.modules\n"
        )


class TestCommand:
    def test_one_function(self, capsys):
        assert cli.main(["capabilities", "--library", "sparse", "--function", "linalg.svd"]) == 0
        said = capsys.readouterr().out.splitlines()
        assert said[0].startswith("sparse (recorded: 0.19.3 with NumPy ")
        assert said[1] == "  numpy.linalg.svd: unsupported, singular vectors are dense"
        assert said[2].startswith("    instead: ")

    def test_json(self, capsys):
        assert cli.main(["capabilities", "--library", "dask", "--json"]) == 0
        (found,) = json.loads(capsys.readouterr().out)
        assert found == json.loads(text_of("dask"))

    def test_a_library_of_which_nothing_is_recorded(self, capsys):
        assert cli.main(["capabilities", "--library", "toy"]) == 2
        assert "toy: nothing is recorded" in capsys.readouterr().err

    def test_diff(self, capsys, monkeypatch, library):
        assert cli.main(["capabilities", "--library", library, "--diff"]) == 0
        assert capsys.readouterr().out.startswith(f"{library} ")
        (covered,) = cover([library])
        changed = tool.live(covered)
        functions = {**changed.newest.functions, "flip": Capability("unsupported", "gone")}
        recorded = changed._replace(editions=(changed.newest._replace(functions=functions),))
        monkeypatch.setattr(capabilities, "read", lambda name: recorded)
        assert cli.main(["capabilities", "--library", library, "--diff"]) == 1
        assert "~ numpy.flip: unsupported -> " in capsys.readouterr().out

    def test_update(self, tmp_path, capsys, library):
        assert cli.main(["capabilities", "--library", library, "--update", str(tmp_path)]) == 2
        (tmp_path / "arrayproto" / "capabilities").mkdir(parents=True)
        arguments = ["capabilities", "--library", library, "--update", str(tmp_path)]
        assert cli.main(arguments) == 0
        path = tool.path_in(tmp_path, library)
        assert f"written: {path}" in capsys.readouterr().out
        assert capabilities.parse(path.read_text(encoding="utf-8")).library == library
        assert cli.main(arguments) == 0
        assert "nothing has changed" in capsys.readouterr().out
