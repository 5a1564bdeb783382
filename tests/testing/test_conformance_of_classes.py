"""`arrayproto.testing.conformance` and its command: scores, formats, files of known failures."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree

import numpy as np
import pytest

from arrayproto import ArrayFunctionMixin, implements
from arrayproto.catalog import catalog, ufuncs
from arrayproto.cli import main
from arrayproto.testing.asked import Outcome
from arrayproto.testing.badge import badge
from arrayproto.testing.conformance import calls_for, conformance
from arrayproto.testing.conformance_formats import failures, html, percent, summary, svg, text
from arrayproto.testing.described import Target, described
from arrayproto.testing.judge import Verdict
from arrayproto.testing.xfails import Known, written

GOOD = Target("tests.testing.broken_arrays:Good")
HERE = __name__


class Summing(ArrayFunctionMixin):
    """Has one function, wrong for one argument, and leaves itself in another."""

    def __init__(self, held):
        self.held = np.asarray(held)

    from_numpy = classmethod(lambda cls, array: cls(array))

    def to_numpy(self):
        return self.held

    @implements(np.sum)
    def total(self, axis=None, **kwargs):
        result = np.sum(self.held, axis=axis, **kwargs)
        return result if axis is None else Summing(np.asarray(result))

    @implements(np.negative)
    def minus(self):
        return -self.held  # an ndarray


@pytest.fixture(scope="module")
def small():
    return conformance(Target(f"{HERE}:Summing"), ["sum", "negative", "prod"])


class TestScore:
    def test_counts_functions(self, small):
        assert small.functions == 3
        verdicts = {n: {j.verdict for j in js} for n, js in small.by_function().items()}
        assert verdicts["prod"] == {Verdict.REFUSED}
        assert Verdict.RIGHT in verdicts["sum"]
        assert Verdict.LEFT in verdicts["negative"]
        assert small.score == small.right / 3

    def test_the_host_is_a_check(self, small):
        outcome = small.all_outcomes()[-1]
        assert outcome.name == "staying off the host"
        assert outcome.passed is False
        assert "left the library: a numpy.ndarray" in outcome.detail

    def test_percent_is_rounded_down(self):
        assert percent(0.99999) == "99.9 %"
        assert percent(1.0) == "100.0 %"

    def test_record(self, small):
        record = json.loads(json.dumps(small.record()))
        assert record["functions"] == 3
        assert record["numpy"] == np.__version__
        assert record["by_function"]["prod"] == {"refused": len(small.by_function()["prod"])}


def test_only_what_numpy_asks_about():
    """Nobody can answer for a function that NumPy does not dispatch."""
    dispatched = {name for name, entry in catalog().items() if entry.dispatched} | set(ufuncs())
    calls = calls_for(described(GOOD))
    assert {call.public_api for call in calls} <= dispatched
    assert len({call.public_api for call in calls}) > 300
    assert all(call.arrays for call in calls)


def test_processes_share_the_calls_and_may_die(monkeypatch):
    # Processes that are spawned import the parent's main module by it: pytest-xdist's has none.
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None, raising=False)
    fatal = Target("tests.testing.broken_arrays:Fatal")
    found = conformance(fatal, ["sum", "flipud"], jobs=2)
    alone = conformance(GOOD, ["sum", "flipud"])
    assert [j.call for j in found.judgements] == [j.call for j in alone.judgements]
    assert {j.verdict for j in found.by_function()["sum"]} == {Verdict.RIGHT}
    died = [j for j in found.by_function()["flipud"] if "ends the process" in j.detail]
    assert died
    assert {(j.verdict, j.detail) for j in died} == {
        (Verdict.ERROR, "ends the process: exit status 7")
    }


class TestKnown:
    def test_files(self, tmp_path):
        path = tmp_path / "known.txt"
        path.write_text("# a comment\n\nnp.prod(m)  # not yet\nnegative  # an ndarray\n")
        known = Known.read(path)
        assert known.of_call("prod", "np.prod(m)") == "not yet"
        assert known.of_call("negative", "np.negative(v)") == "an ndarray"
        assert known.of_call("sum", "np.sum(m)") is None

    def test_a_line_without_a_reason(self, tmp_path):
        path = tmp_path / "known.txt"
        path.write_text("np.prod(m)\n")
        with pytest.raises(ValueError, match=r"line 1: 'np\.prod\(m\)' has no reason"):
            Known.read(path)

    def test_what_is_written_is_read(self, tmp_path, small):
        failed = dict(failures(small, Known()))
        assert failed
        path = tmp_path / "known.txt"
        path.write_text(written(failed))
        assert not dict(failures(small, Known.read(path)))

    def test_what_does_not_fail_any_more(self, small):
        right = next(j.call for j in small.judgements if j.verdict is Verdict.RIGHT)
        told = dict(failures(small, Known({right.expression: "it was broken"})))
        assert "does not fail any more" in told[right.expression]

    def test_checks(self, small):
        failing = small._replace(
            judgements=[], outcomes=[Outcome("pickling", False, "an open file")]
        )
        assert dict(failures(failing, Known())) == {"check: pickling": "an open file"}
        assert not dict(failures(failing, Known({"check: pickling": "an open file"})))


class TestFormats:
    def test_text(self, small):
        told = text(small, Known({"prod": "not yet"}))
        assert "refused: np.prod(m)\n    not yet" in told
        assert told.endswith(summary(small) + "\n")
        assert "refused" not in text(small, Known(), verdicts=["right"]).partition("check")[0]

    def test_html_is_one_file(self, small):
        page = html(small)
        assert "<h2>" in page or "<table>" in page
        assert "np.prod" in page
        assert "src=" not in page
        assert "href=" not in page

    def test_badge(self, small):
        root = xml.etree.ElementTree.fromstring(svg(small))
        assert root.tag.endswith("svg")
        assert percent(small.score) in "".join(root.itertext())
        assert badge("a<b", "1 & 2", 0.5).count("&lt;")

    def test_badge_is_green_for_all_only(self, small):
        assert "#2e7d32" in badge("x", "y", 1.0)
        assert "#2e7d32" not in svg(small)


class TestCommand:
    def test_prints_and_writes(self, tmp_path, capsys):
        page, picture, known = tmp_path / "a.html", tmp_path / "a.svg", tmp_path / "a.txt"
        command = ["conformance", f"{HERE}:Summing", "--function", "negative", "--function", "sum"]
        written_to = ["--html", str(page), "--badge", str(picture), "--write-xfail", str(known)]
        assert main([*command, *written_to]) == 1
        assert "functions wholly right" in capsys.readouterr().out
        assert page.read_text().startswith("<!doctype html>")
        assert picture.read_text().startswith("<svg")
        assert main([*command, "--xfail", str(known)]) == 0

    def test_json(self, capsys):
        main(["conformance", GOOD.name, "--function", "sum", "--json"])
        (record,) = json.loads(capsys.readouterr().out)
        assert record["class"] == GOOD.name
        assert record["score"] == 1

    def test_what_is_no_class(self, capsys):
        for name, told in (
            ("nothing.here:X", "No module named"),
            ("spam", "unknown subject 'spam'"),
        ):
            with pytest.raises(SystemExit):
                main(["conformance", name])
            assert told in capsys.readouterr().err
