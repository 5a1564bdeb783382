"""Run one suite: stock, and with arrayproto activated early and late."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .table import Peer

ROOT = Path(__file__).parent.parent
#: Source distributions; git ignores it.
CACHE = ROOT / ".cache" / "peers"
MODES = ("stock", "early", "late")
Outcomes = dict[str, list[str]]  # of a test: the outcome, and the message of a failure


class Run(NamedTuple):
    """Outcomes of a suite in one mode, and what they cost."""

    outcomes: Outcomes
    seconds: float
    cpu_seconds: float


class SuiteError(RuntimeError):
    """A suite that is not there, or that did not come to its end."""


def source_of(peer: Peer) -> Path:
    """The unpacked source distribution of the version that is installed."""
    version = importlib.metadata.version(peer.distribution)
    folder = CACHE / f"{peer.distribution}-{version}"
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as where:
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            wanted = ["--no-binary", peer.distribution, f"{peer.distribution}=={version}"]
            subprocess.run([*pip, "--dest", where, *wanted], check=True)
            (archive,) = Path(where).glob("*.tar.gz")
            with tarfile.open(archive) as tar:
                tar.extractall(Path(where) / "source", filter="data")
            (unpacked,) = (Path(where) / "source").iterdir()
            unpacked.rename(folder)
    return folder


def places(peer: Peer) -> list[str]:
    """The files and folders of its tests."""
    if peer.package:
        spec = importlib.util.find_spec(peer.package)
        if spec is None or not spec.submodule_search_locations:
            raise SuiteError(f"{peer.name}: {peer.package} is not installed")
        top = Path(spec.submodule_search_locations[0])
    else:
        top = source_of(peer) / peer.source
    found = []
    for module in peer.modules:
        path = top.joinpath(*module.split(".")) if module else top
        path = path if path.is_dir() else path.with_suffix(".py")
        if not path.exists():
            raise SuiteError(f"{peer.name}: {peer.distribution} is installed without {path.name}")
        found.append(str(path))
    return found


def run(peer: Peer, mode: str, jobs: int, tests: Sequence[str] = ()) -> Run:
    """Run its suite in a process of its own.

    Parameters
    ----------
    peer : Peer
    mode : {"stock", "early", "late"}
    jobs : int
        Processes of pytest-xdist.
    tests : sequence of str, optional
        Some of its tests only, by the names that an earlier run has given them.
    """
    with tempfile.TemporaryDirectory() as where:
        settings, outcomes = Path(where) / "pytest.ini", Path(where) / "outcomes.json"
        settings.write_text("[pytest]\n")  # none of ours, and none of the folders above
        command = [
            *(sys.executable, "-m", "pytest", "-c", str(settings), "--rootdir", "/"),
            *("-p", "peers.plugin", "-p", "xdist", "-p", "no:cacheprovider", "-n", str(jobs)),
            *("-q", "--no-header", "--tb=short", "--continue-on-collection-errors"),
            *(["-k", peer.select] if peer.select else []),
            *peer.arguments,
            *([f"/{test}" for test in tests] or places(peer)),
        ]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(
            command,
            cwd=where,
            env=os.environ
            | dict(peer.environment)
            | {
                "PYTHONPATH": str(ROOT),
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                "PYTHONHASHSEED": "0",  # some suites parametrise over sets
                "ARRAYPROTO_PEERS_MODE": mode,
                "ARRAYPROTO_PEERS_OUTCOMES": str(outcomes),
                "ARRAYPROTO_PEERS_LIBRARIES": " ".join(peer.libraries),
            },
            capture_output=True,
            text=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if not outcomes.exists():
            tail = (done.stdout + done.stderr)[-3000:]
            raise SuiteError(f"{peer.name}, {mode}: the suite did not come to its end:\n{tail}")
        return Run(
            json.loads(outcomes.read_text()),
            time.monotonic() - start,
            (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime),
        )
