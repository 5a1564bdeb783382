"""`arrayproto.distributed`: workers in processes, in which arrayproto is active."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import warnings

import numpy as np
import pytest

distributed = pytest.importorskip("distributed")
da = pytest.importorskip("dask.array")
sparse = pytest.importorskip("sparse")

import arrayproto  # noqa: E402
from arrayproto.distributed import ActivateWorkers, client  # noqa: E402


@pytest.fixture(scope="module")
def cluster():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with client(workers=2) as found:
            yield found


def flipped(block):
    """What stock sparse has not got: it takes arrayproto in the worker."""
    return np.flip(block, 0)


def test_workers_are_active(cluster):
    active = cluster.run(lambda: __import__("arrayproto").status())
    assert len(active) == 2
    assert all({"dask", "sparse"} <= {*one.active, *one.waiting} for one in active.values())
    assert arrayproto.status().active == (), "and this process is not"


def test_chunks_that_are_sparse(cluster):
    host = np.random.default_rng(0).random((10, 6)) * (np.arange(6) % 2)
    x = da.from_array(host, chunks=(10, 6)).map_blocks(sparse.COO.from_numpy)
    made = x.map_blocks(
        flipped, dtype=float, meta=sparse.COO.from_numpy(np.zeros((0, 0)))
    ).compute()
    np.testing.assert_array_equal(made.todense(), host[::-1])


def test_a_program_of_which_a_worker_is_killed(cluster):
    """The result is right all the same."""
    pids = list(cluster.run(os.getpid).values())
    with arrayproto.using("dask", chunks=50):
        x = np.arange(1000.0)
        y = np.sqrt(x + 1).map_blocks(_slowly, dtype=float)
        total = cluster.compute(np.sum(y * np.ones(1000)))
    time.sleep(0.3)
    os.kill(pids[0], signal.SIGKILL)
    assert not total.done()
    assert float(total.result(timeout=60)) == pytest.approx(np.sqrt(np.arange(1000.0) + 1).sum())
    cluster.wait_for_workers(2, timeout=60)
    new = cluster.run(lambda: (__import__("arrayproto").status().waiting != (), os.getpid()))
    assert {pid for _, pid in new.values()} != set(pids)


def _slowly(block):
    time.sleep(0.1)  # 20 chunks and two workers: a second at least
    return block


def test_a_worker_in_a_thread_leaves_this_process_as_it_is():
    plugin = ActivateWorkers("sparse")
    arrayproto.activate("sparse")
    plugin.setup(None)
    plugin.teardown(None)
    assert arrayproto.status().active == ("sparse",)


def test_run_on_a_cluster(cluster):
    code = (
        "import numpy as np, distributed\n"
        "x = np.random.default_rng(0).random(1000)\n"
        "print(len(distributed.get_client().scheduler_info()['workers']), bool(np.sum(x) > 400))"
    )
    address = cluster.scheduler.address
    done = subprocess.run(
        [sys.executable, "-m", "arrayproto", "run", "--library", "dask", "--scheduler", address,
         "--progress", "-c", code],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout == "2 True\n", done.stderr
    assert "the cluster's dashboard is http" in done.stderr
    assert "100% Completed" in done.stderr
    assert "<string>:3: dask computed 1 B" in done.stderr
    assert done.returncode == 0
