"""All calls are judged in chunks, by one process or by several, and kept as they are."""

from __future__ import annotations

import sys

import pytest

from arrayproto.testing import SUBJECTS, Call, chunks, load_calls, run
from arrayproto.tools import coverage

STRICT = SUBJECTS["array-api-strict"]


@pytest.fixture
def spawning(monkeypatch):
    """Processes that are spawned import the parent's main module: pytest-xdist's has no spec."""
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None, raising=False)


def _calls(*names):
    return [call for call in load_calls() if call.function in names]


def test_judgements_are_those_of_the_calls_in_order(monkeypatch):
    forgotten = []
    subject = STRICT._replace(forget=lambda: forgotten.append(1))
    monkeypatch.setattr(run, "_CHUNK", 4)
    calls = _calls("sum")[:10]
    assert [j.call for j in run.run(subject, calls).judgements] == calls
    assert len(forgotten) == 3  # what a library compiles does not pile up


def test_several_processes_judge_as_one(monkeypatch, spawning):
    monkeypatch.setattr(run, "_CHUNK", 5)
    monkeypatch.setattr(chunks, "_OF_A_PROCESS", 3)  # one is replaced
    calls = _calls("cumsum", "flip")
    told = []
    found = run.run(STRICT, calls, jobs=2, tell=lambda *chunk: told.append(chunk))
    assert found == run.run(STRICT, calls)
    count = -(-len(calls) // 5)
    assert sorted(number for number, _, _ in told) == [*range(1, count + 1)]
    assert all(of == count and seconds > 0 for _, of, seconds in told)


class TestInterrupted:
    def test_goes_on_and_names_what_ends_a_process(self, monkeypatch, spawning, tmp_path):
        monkeypatch.setattr(run, "_CHUNK", 3)
        calls = _calls("flip")[:5]
        fatal = Call("sum", "np.sum(v), tempfile._os._exit(7)", frozenset(), "")
        kept = chunks.Kept(tmp_path, STRICT, "1.0")
        message = r"judged `np.sum\(v\), tempfile.*` has ended with exit status 7; it is call 3 of"
        with pytest.raises(chunks.ProcessDiedError, match=message):
            run.run(STRICT, [*calls, fatal], kept=kept)
        told = []
        found = run.run(STRICT, calls, kept=kept, tell=lambda *chunk: told.append(chunk))
        assert found == run.run(STRICT, calls)
        assert told[0] == (1, 2, None)
        assert told[1][:2] == (2, 2)
        assert told[1][2] > 0
        kept.forget()
        assert not list(tmp_path.rglob("*.json"))

    def test_what_was_judged_of_something_else_does_not_count(self, tmp_path, monkeypatch):
        calls = _calls("flip")[:2]
        kept = chunks.Kept(tmp_path, STRICT, "1.0")
        kept.write(chunks.judged(STRICT, calls))
        assert kept.read(calls) is not None
        assert kept.read(calls[:1]) is None
        assert chunks.Kept(tmp_path, STRICT, "1.1").read(calls) is None
        monkeypatch.setattr(chunks, "_package", lambda: "after an edit")
        assert chunks.Kept(tmp_path, STRICT, "1.0").read(calls) is None

    def test_the_command_says_how_far_it_is(self, monkeypatch, capsys):
        def died(names, jobs):
            coverage._tell("toy", 2, 7, 3.21)
            coverage._tell("toy", 3, 7, None)
            raise chunks.ProcessDiedError("toy: the process has ended")

        monkeypatch.setattr(coverage, "_record", died)
        assert coverage.main(record=True) == 2
        assert capsys.readouterr().err == (
            "toy: chunk 2 of 7, 3.2 s\n"
            "toy: chunk 3 of 7, judged before\n"
            "arrayproto coverage: toy: the process has ended. Run it again to go on from there\n"
        )
