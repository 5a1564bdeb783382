"""All calls are judged in chunks, by one process or by several."""

from __future__ import annotations

from arrayproto.testing import SUBJECTS, load_calls, run


def test_judgements_are_those_of_the_calls_in_order(monkeypatch):
    forgotten = []
    subject = SUBJECTS["array-api-strict"]._replace(forget=lambda: forgotten.append(1))
    monkeypatch.setitem(SUBJECTS, "array-api-strict", subject)
    monkeypatch.setattr(run, "_CHUNK", 4)
    calls = [call for call in load_calls() if call.function == "sum"][:10]
    assert [j.call for j in run.run(subject, calls).judgements] == calls
    assert len(forgotten) == 3  # what a library compiles does not pile up


def test_several_processes_judge_as_one(monkeypatch):
    monkeypatch.setattr(run, "_CHUNK", 5)
    subject = SUBJECTS["array-api-strict"]
    calls = [call for call in load_calls() if call.function in ("cumsum", "flip")]
    assert run.run(subject, calls, jobs=2) == run.run(subject, calls)
