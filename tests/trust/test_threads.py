"""Threads, tasks and generators that do everything at once, and end what they began in any order."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path

import dask.array
import numpy as np
import pytest
import sparse

import arrayproto
from arrayproto import adoption, locks, policy
from arrayproto.creation import context
from arrayproto.libraries import LIBRARIES, watched
from arrayproto.tools import watch

PROGRAM = Path(__file__).parent / "threads_first.py"
X = sparse.COO(np.eye(3))


def in_thread(work):
    """Run it in a thread; what it returned, or the error that it raised."""
    result = []

    def run():
        try:
            result.append(work())
        except BaseException as error:
            result.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(60)
    assert result, "it has not ended"
    if isinstance(result[0], BaseException):
        raise result[0]
    return result[0]


@pytest.mark.parametrize("pure", ["0", "1"], ids=["as it was built", "in Python alone"])
def test_everything_for_the_first_time(pure):
    """Tables, wrappers and modules that are made on first use, by eight threads at once."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", PROGRAM],
        env={**os.environ, "ARRAYPROTO_PURE": pure},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0 and done.stdout == "done\n", done.stdout + done.stderr
    assert done.stderr == ""


class TestAnyOrder:
    def test_fallbacks(self):
        one = arrayproto.activated("sparse", fallback="warn")
        other = arrayproto.activated("sparse", fallback="convert")
        one.__enter__()
        other.__enter__()
        one.__exit__(None, None, None)
        assert policy.fallback() == "convert"
        other.__exit__(None, None, None)
        assert policy.fallback() == "raise"

    def test_a_fallback_that_is_deactivated_within(self):
        arrayproto.activate("sparse", fallback="warn")
        with arrayproto.activated("sparse", fallback="convert"):
            arrayproto.deactivate()
            assert policy.fallback() == "convert"
        assert policy.fallback() == "raise"

    def test_creation(self):
        one, other = arrayproto.using("dask"), arrayproto.using("sparse")
        one.__enter__()
        other.__enter__()
        one.__exit__(None, None, None)
        assert isinstance(np.ones(2), sparse.COO)
        other.__exit__(None, None, None)
        assert type(np.ones(2)) is np.ndarray and context.current.get() is None

    def test_creation_in_jax_of_64_bits(self):
        jax = pytest.importorskip("jax")
        before = jax.config.jax_enable_x64
        one, other = (arrayproto.using("jax", dtype="float64") for _ in range(2))
        one.__enter__()
        other.__enter__()
        one.__exit__(None, None, None)
        assert jax.config.jax_enable_x64
        other.__exit__(None, None, None)
        assert jax.config.jax_enable_x64 == before

    def test_no_copies(self):
        one, other = arrayproto.no_copies(limit=0), arrayproto.no_copies(limit=0)
        one.__enter__()
        other.__enter__()
        one.__exit__(None, None, None)
        with pytest.raises(arrayproto.CopyError):
            X.todense()
        other.__exit__(None, None, None)
        X.todense()

    def test_a_trace_and_creation_replace_the_same_names(self):
        before = np.asarray
        for order in (0, 1):
            opened = [arrayproto.trace(), arrayproto.using("dask")]
            for entered in opened:
                entered.__enter__()
            assert np.asarray is not before
            for entered in opened[:: 1 if order else -1]:
                entered.__exit__(None, None, None)  # a warning would be an error here
            assert np.asarray is before
            del entered, opened

    def test_what_is_found_while_a_watch_begins_is_looked_up_again(self, monkeypatch):
        """Another thread opens a trace between the look-up and the storing of what was found."""
        arrayproto.activate("sparse")
        LIBRARIES["sparse"].table.clear()
        opened = arrayproto.trace()

        def meanwhile(*found):
            call = watched.watched(*found)
            monkeypatch.undo()
            in_thread(opened.__enter__)
            return call

        monkeypatch.setattr("arrayproto.libraries.functions.watched", meanwhile)
        np.transpose(X)
        try:
            np.transpose(X)
        finally:
            opened.__exit__(None, None, None)
        assert [event.name for event in opened.calls] == ["numpy.transpose"]


class TestGenerators:
    """A generator with a context in it may be closed in another thread, by the collector."""

    @pytest.mark.parametrize(
        "opened",
        [
            lambda: arrayproto.using("dask"),
            lambda: arrayproto.no_copies(),
            lambda: arrayproto.activated("sparse", fallback="warn"),
            lambda: arrayproto.adopted("colorsys"),
        ],
        ids=["using", "no_copies", "activated", "adopted"],
    )
    def test_closed_elsewhere(self, opened):
        def generator():
            with opened():
                yield 1

        began = generator()
        next(began)
        in_thread(began.close)
        assert arrayproto.status().active == () and not arrayproto.status().adopted
        assert policy.fallback() == "raise" and not watch._watchers
        # This thread still has the context that it took over, until it opens its next one.
        with arrayproto.using("sparse"):
            pass
        assert type(np.ones(2)) is np.ndarray and context.current.get() is None


class TestTasks:
    def test_each_its_own(self):
        """What a context says of creation and copies is for the task; what is active is global."""

        async def work(name, start):
            with (
                arrayproto.using(name),
                arrayproto.no_copies(limit=0 if name == "sparse" else "1 GB"),
            ):
                await start.wait()
                kinds = []
                for _ in range(5):
                    kinds.append(type(np.ones(2)).__module__.partition(".")[0])
                    await asyncio.sleep(0)
                try:
                    X.todense()
                except arrayproto.CopyError:
                    kinds.append("refused")
                return kinds

        async def main():
            start = asyncio.Event()
            tasks = [asyncio.create_task(work(name, start)) for name in ("sparse", "dask") * 2]
            await asyncio.sleep(0)
            start.set()
            return await asyncio.gather(*tasks)

        sparse_, dask_ = ["sparse"] * 5 + ["refused"], ["dask"] * 5
        assert asyncio.run(main()) == [sparse_, dask_, sparse_, dask_]
        assert type(np.ones(2)) is np.ndarray

    def test_activation_by_many(self):
        async def work(n):
            with arrayproto.activated("sparse"):
                await asyncio.sleep(0.001 * (n % 3))
                assert np.transpose(X).shape == (3, 3) and not np.isfortran(X)

        async def main():
            await asyncio.gather(*(work(n) for n in range(20)))

        asyncio.run(main())
        assert arrayproto.status().active == ()


def test_nobody_waits_for_another_lock_with_the_one_of_activation(monkeypatch):
    """Under that of adoption modules are imported, which activation is told of: a deadlock."""
    waiting = threading.Event()

    class Waited:
        """The lock of adoption, which tells when somebody wants it."""

        def __init__(self, lock):
            self.lock = lock

        def __enter__(self):
            waiting.set()
            return self.lock.__enter__()

        def __exit__(self, *error):
            return self.lock.__exit__(*error)

    lock = adoption._state.lock
    monkeypatch.setattr(adoption._state, "lock", Waited(lock))
    with lock:
        thread = threading.Thread(target=arrayproto.status)
        thread.start()
        assert waiting.wait(10)
        free = locks.lock("activation").acquire(timeout=5)
        if free:
            locks.lock("activation").release()
    thread.join(10)
    assert free and not thread.is_alive()


def test_all_at_once():
    """Eight threads activate, deactivate, open contexts, dispatch and trace."""
    before = {name: id(value) for name, value in vars(np).items()}
    d = dask.array.ones(3)
    start, errors = threading.Barrier(8), []

    def contexts():
        with arrayproto.activated("sparse", "dask", fallback="warn"):
            assert not np.isfortran(X)

    def switches():
        arrayproto.activate("sparse")
        arrayproto.deactivate("sparse")

    def traces():
        with arrayproto.trace() as found:
            np.transpose(X)
        found.summary()

    def creates():
        with arrayproto.using("dask"):
            assert type(np.ones(2)) is dask.array.Array

    def dispatches():
        for _ in range(10):
            assert np.transpose(X).shape == (3, 3) and np.sum(d).shape == ()

    def run(work):
        try:
            start.wait()
            for _ in range(15):
                work()
        except BaseException as error:
            errors.append((work.__name__, error))

    works = [contexts, contexts, switches, traces, traces, creates, dispatches, dispatches]
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not errors, errors
    arrayproto.deactivate()
    assert {name: id(value) for name, value in vars(np).items()} == before
    assert policy.fallback() == "raise" and watched.watcher() is None
