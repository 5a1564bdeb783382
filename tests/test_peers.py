"""`python -m peers`: a slice of NumPy's own suite, and that a change would be seen."""

from __future__ import annotations

import json

import pytest

import peers.reasons
import peers.report
import peers.run
from peers.compare import changed_tests, compare, counts
from peers.reasons import REASONS, Reason, reason_for
from peers.run import MODES, SuiteError, places, run
from peers.table import PEERS, Peer

pytestmark = pytest.mark.peers

SUITE = """
import numpy as np, pytest

ISFORTRAN = np.isfortran

def test_that_nothing_is_rebound():
    assert type(np.isfortran) is type(lambda: None)

def test_of_what_was_taken_at_import():
    assert type(ISFORTRAN) is type(lambda: None)

def test_of_numpy():
    assert not np.isfortran(np.ones(2))

@pytest.mark.xfail
def test_xfailed():
    assert False

def test_skipped():
    pytest.skip("why not")

@pytest.fixture
def broken():
    raise RuntimeError("broken fixture")

def test_error(broken):
    pass
"""


class TestNumPysOwn:
    def test_a_slice_passes_as_before(self):
        """The functions of numpy.polynomial are rebound, early before its tests take them."""
        pytest.importorskip("autograd")
        modules = ("polynomial.tests.test_polynomial",)
        peer = Peer("slice", "numpy", modules, package="numpy", libraries=("autograd.numpy",))
        stock, early, late = (run(peer, mode, 0).outcomes for mode in MODES)
        assert counts(stock)["passed"] >= 40
        assert changed_tests(stock, early) == changed_tests(stock, late) == []


class TestRun:
    @pytest.fixture
    def outcomes(self, tmp_path, monkeypatch):
        """By mode, the outcomes of a suite that activation changes."""
        pytest.importorskip("autograd")
        (tmp_path / "tests").mkdir()
        (tmp_path / "tests" / "test_toy.py").write_text(SUITE)
        monkeypatch.setattr(peers.run, "source_of", lambda peer: tmp_path)
        peer = Peer("toy", "numpy", ("test_toy",), source="tests", libraries=("autograd.numpy",))
        found = {}
        for mode in MODES:
            outcomes = run(peer, mode, 0).outcomes
            found[mode] = {name.rpartition("::")[2]: one for name, one in outcomes.items()}
        return found

    def test_early_and_late(self, outcomes):
        stock, early, late = outcomes.values()
        assert {name: outcome for name, (outcome, _) in stock.items()} == {
            "test_that_nothing_is_rebound": "passed",
            "test_of_what_was_taken_at_import": "passed",
            "test_of_numpy": "passed",
            "test_xfailed": "xfailed",
            "test_skipped": "skipped",
            "test_error": "error",
        }
        both = ["test_that_nothing_is_rebound", "test_of_what_was_taken_at_import"]
        assert changed_tests(stock, early) == both
        assert changed_tests(stock, late) == both[:1]
        assert "broken fixture" in stock["test_error"][1]
        assert "assert" in late["test_that_nothing_is_rebound"][1]


class TestCompare:
    STOCK = {"a": ["passed", ""], "b": ["passed", ""], "c": ["failed", "x"], "gone": ["passed", ""]}
    OURS = {
        "a": ["failed", "why"],
        "b": ["failed", ""],
        "c": ["failed", "y"],
        "new": ["passed", ""],
    }

    def test_changed_unsteady_and_missing(self, monkeypatch):
        monkeypatch.setattr(peers.reasons, "REASONS", (Reason("toy", "^a$", "known"),))
        asked = []

        def again(mode, tests):
            asked.append((mode, tests))
            return {"a": [{"stock": "passed", "late": "failed"}[mode], ""], "b": ["passed", ""]}

        changed, unsteady = compare("toy", {"stock": self.STOCK, "late": self.OURS}, again)
        assert asked == [("stock", ["a", "b"]), ("late", ["a", "b"])]
        assert unsteady == ["b"]
        assert [(c.test, c.stock, c.ours, c.reason) for c in changed] == [
            ("a", "passed", "failed", "known"),
            ("gone", "passed", "absent", ""),
            ("new", "absent", "passed", ""),
        ]


class TestTable:
    def test_a_peer_that_is_not_installed(self):
        with pytest.raises(SuiteError, match="no_such_package is not installed"):
            places(Peer("toy", "toy", ("tests",), package="no_such_package"))

    def test_a_module_that_is_not_there(self):
        with pytest.raises(SuiteError, match=r"numpy is installed without test_nothing\.py"):
            places(Peer("toy", "numpy", ("lib.tests.test_nothing",), package="numpy"))

    @pytest.mark.parametrize("peer", [p for p in PEERS if p.distribution == "numpy"], ids=str)
    def test_numpys_modules_are_there(self, peer):
        assert len(places(peer)) == len(peer.modules)

    def test_reasons_are_of_peers(self):
        assert {reason.peer for reason in REASONS} <= {peer.name for peer in PEERS}

    def test_a_reason_is_found_by_the_name_of_the_test(self):
        test = "site-packages/dask/array/tests/test_array_function.py::test_non_existent_func"
        assert "nothing is computed" in reason_for("dask.array", test, "")
        assert reason_for("pint", test, "") == reason_for("dask.array", "test_other", "") == ""


class TestPage:
    def test_it_is_made_of_what_was_found(self):
        """Edited by hand, or forgotten, it would not agree with peers/results/."""
        made = peers.report.made(peers.report.results())
        assert made in peers.report.PAGE.read_text()

    def test_every_change_has_a_reason(self):
        for path in peers.report.RESULTS.glob("*.json"):
            found = json.loads(path.read_text())
            assert all(change["reason"] for change in found["changed"]), path.name
