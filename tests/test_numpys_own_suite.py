"""`python -m peers.numpys_own`: a module of NumPy's on a library's arrays, and how it is sorted."""

from __future__ import annotations

from collections import Counter

import pytest

from peers.numpys_own import page
from peers.numpys_own.reasons import REASONS
from peers.numpys_own.run import LIBRARIES, MODULES, run
from peers.numpys_own.sorting import KINDS, sort

pytestmark = pytest.mark.peers

TEST = ["/tmp/x/test_x.py", 3, "test", "np.sum(x)"]
OURS = ["/site-packages/arrayproto/derived/core.py", 1, "sum", ""]
THEIRS = ["/site-packages/dask/array/core.py", 1, "sum", ""]


def failed(exception="TypeError", message="no", frames=(TEST,), refused=False):
    return {
        "outcome": "failed",
        "exception": exception,
        "message": message,
        "chain": [f"{exception}: {message}"],
        "frames": list(frames),
        "refused": refused,
        "calls": {},
    }


class TestSorting:
    @pytest.mark.parametrize(
        ("kind", "found"),
        [
            ("right", {"outcome": "passed", "calls": {"derived": 1}}),
            ("without", {"outcome": "passed", "calls": {"refused": 1}}),
            ("skipped", {"outcome": "skipped", "calls": {}}),
            ("late", {"outcome": "not run", "calls": {}}),
            ("late", failed("TooLongError")),
            ("refused", failed("UnsupportedFunctionError", refused=True)),
            ("dtype", failed(message="the array library has no dtype for NumPy's float128")),
            ("own", failed("AttributeError", "no attribute 'flags'")),
            ("own", failed(frames=[TEST, THEIRS])),
            ("own", failed("AssertionError", frames=[[*TEST[:3], "assert x.dtype == float"]])),
            ("different", failed(frames=[TEST, OURS, THEIRS])),
            ("different", failed("AssertionError", frames=[[*TEST[:3], "assert_equal(a, b)"]])),
        ],
    )
    def test_kind(self, kind, found):
        assert sort("dask", "lib/test_x.py::test", found).kind == kind

    def test_a_reason_is_found_by_the_name(self):
        found = failed("AssertionError", frames=[[*TEST[:3], "assert_equal(a, b)"]])
        sorted_ = sort("dask", "lib/test_arraysetops.py::TestSetOps::test_isin_errors", found)
        assert sorted_.kind == "apart"
        assert "table" in sorted_.why

    def test_reasons_are_of_kinds(self):
        assert {reason.kind for reason in REASONS} <= KINDS.keys()


def test_numpys_own_on_dask():
    pytest.importorskip("dask.array")
    (module,) = (name for name in MODULES if name.endswith("test_ufunclike.py"))
    outcomes = run("dask", module, 60)
    kinds = Counter(sort("dask", test, one).kind for test, one in outcomes.items())
    assert kinds["right"] >= 3, outcomes
    assert kinds["different"] == 0, outcomes


class TestPage:
    def test_it_is_made_of_what_was_found(self):
        assert page.made(page.results()) in page.PAGE.read_text()

    def test_of_libraries_that_can_be_run(self):
        assert {one["library"] for one in page.results()} <= LIBRARIES.keys()
