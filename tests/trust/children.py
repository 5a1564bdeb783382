"""Forks, and children of every kind: a program of its own, since pytest's process has threads."""

import multiprocessing
import os
import signal
import sys
import threading

import dask.array
import numpy as np
import sparse

import arrayproto
from arrayproto import locks

X = sparse.COO(np.eye(3))


def see(queue):
    """What a child sees; this module is imported anew by those that are not forked."""
    status = arrayproto.status()
    queue.put((list(status.active), list(status.adopted), type(np.transpose(X)) is sparse.COO))


def what_a_child_sees():
    for method in multiprocessing.get_all_start_methods():
        kind = multiprocessing.get_context(method)
        queue = kind.SimpleQueue()
        with arrayproto.activated("sparse"), arrayproto.adopted("colorsys"):
            child = kind.Process(target=see, args=(queue,))
            child.start()
            child.join(60)
        assert child.exitcode == 0
        print(method, *queue.get())


def fork(work):
    """Whether `work` is true in a child, where it has twenty seconds."""
    child = os.fork()
    if not child:
        signal.alarm(20)
        os._exit(0 if work() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def contexts_go_on_in_a_child():
    with arrayproto.using("dask"), arrayproto.trace():
        assert fork(lambda: type(np.ones(3)) is dask.array.Array)
    print("contexts go on")


def a_fork_waits(name):
    """For the thread that has the lock: else the child would have it taken for ever."""
    taken, go_on = threading.Event(), threading.Event()

    def holds():
        with locks.lock(name):
            taken.set()
            go_on.wait(30)

    thread = threading.Thread(target=holds)
    thread.start()
    taken.wait(30)
    threading.Timer(0.05, go_on.set).start()
    assert fork(lambda: locks.lock(name).acquire()), name
    thread.join()


def forks_while_threads_switch():
    stop = threading.Event()

    def switches():
        while not stop.is_set():
            with arrayproto.activated("sparse"), arrayproto.trace():
                pass

    def activates():
        arrayproto.activate("dask")
        return "dask" in arrayproto.status().active

    threads = [threading.Thread(target=switches) for _ in range(2)]
    sys.setswitchinterval(1e-5)
    for thread in threads:
        thread.start()
    try:
        assert all(fork(activates) for _ in range(10))
    finally:
        stop.set()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    what_a_child_sees()
    if hasattr(os, "fork"):
        contexts_go_on_in_a_child()
        for name in locks.ORDER:
            a_fork_waits(name)
        forks_while_threads_switch()
    print("done")
