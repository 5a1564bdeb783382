"""``pytest --arrayproto mylib:MyArray``, in a session of its own."""

from __future__ import annotations

import pytest

OURS = (
    "-c/dev/null", "-p", "arrayproto.testing.conformance_plugin",
    "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:doctest", "-p", "no:benchmark",
)  # fmt: skip


@pytest.fixture
def session(tmp_path, capsys):
    """Runs one within this process, which is faster than in one of its own."""

    def run(*arguments):
        status = pytest.main([*OURS, f"--rootdir={tmp_path}", *arguments, str(tmp_path)])
        told = capsys.readouterr()
        return status, told.out + told.err

    return run


def test_one_test_a_function(session):
    status, told = session(
        "--arrayproto", "tests.testing.broken_arrays:Good", "-k", "np.sum or np.flip", "-v"
    )
    assert status == 0, told
    assert "np.sum PASSED" in told
    assert "np.flip PASSED" in told


def test_checks_and_known_failures(session, tmp_path):
    broken = ("--arrayproto", "tests.testing.broken_arrays:Attached", "-k", "pickling or np.prod")
    status, told = session(*broken)
    assert status == 1
    assert "holds an open file" in told
    assert "refused: TypeError: no implementation found for 'numpy.prod'" in told
    known = tmp_path / "known.txt"
    known.write_text("check: pickling  # an open file\nprod  # depends on values\n")
    status, told = session(*broken, "--arrayproto-xfail", str(known), "-rx")
    assert status == 0, told
    assert "2 xfailed" in told
    assert "an open file" in told
    known.write_text("flip  # long ago\ncheck: copying  # long ago\n")
    status, told = session(
        *broken[:2], "-k", "copying or np.flip", "--arrayproto-xfail", str(known)
    )
    assert "does not fail any more (long ago)" in told
    assert status == 1


def test_what_is_described_badly(session):
    status, told = session("--arrayproto", "nothing.here:X")
    assert status == 4
    assert "--arrayproto: No module named 'nothing'" in told


def test_nothing_happens_without_the_option(session):
    status, told = session()
    assert status == 5
    assert "no tests ran" in told
