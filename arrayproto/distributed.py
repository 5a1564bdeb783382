"""Dask at scale: workers in processes, in which arrayproto is active.

Chunks that are sparse's or CuPy's arrays are worked on by NumPy's functions, in the workers: there
these libraries must be active too.

``python -m arrayproto.distributed --workers 4`` starts a cluster and prints its address: the
workers are children of a process of their own, so that none ever imports the user's program.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import distributed
from distributed.diagnostics.progressbar import TextProgressBar

from .activation import activated


class ActivateWorkers(distributed.WorkerPlugin):
    """A plugin for `distributed.Client.register_plugin`: each worker activates libraries.

    Those that come later, or again after they have died, too.

    Parameters
    ----------
    *libraries : str
        As for `arrayproto.activate`; all by default.

    Examples
    --------
    >>> from arrayproto.distributed import ActivateWorkers
    >>> client.register_plugin(ActivateWorkers("dask", "sparse"))  # doctest: +SKIP
    """

    name = "arrayproto"

    def __init__(self, *libraries: str) -> None:
        self.libraries = libraries

    def setup(self, worker: Any) -> None:
        # A worker in a thread of this process leaves what is active here as it is.
        self._active = contextlib.ExitStack()
        self._active.enter_context(activated(*self.libraries))

    def teardown(self, worker: Any) -> None:
        self._active.close()


@contextlib.contextmanager
def client(
    workers: int | None = None, scheduler: str | None = None, *, progress: bool = False
) -> Iterator[Any]:
    """A client of a cluster with arrayproto on its workers, Dask's default as long as it is open.

    Parameters
    ----------
    workers : int, optional
        So many processes on this machine, for the time of the context.
    scheduler : str, optional
        The address of a cluster that is there, instead.
    progress : bool, optional
        Whether a bar on standard error shows how far each computation is.
    """
    client_of: Any = distributed.Client  # without types
    with contextlib.ExitStack() as stack:
        if scheduler is None:
            scheduler = stack.enter_context(_cluster(workers or 1))
        found = stack.enter_context(client_of(scheduler))
        found.register_plugin(ActivateWorkers())
        if progress:
            found.get = _shown(found)
        yield found


class _Bar(TextProgressBar):
    """Distributed's, on standard error: standard output is the program's."""

    def _draw_bar(self, remaining: int, all: int, **kwargs: Any) -> None:
        done = 1 - remaining / all if all else 1.0
        bar = "#" * int(self.width * done)
        print(
            f"\r[{bar:<{self.width}}] | {100 * done:.0f}% Completed | {self.elapsed:.2f} s",
            end="",
            file=sys.stderr,
            flush=True,
        )

    def _draw_stop(self, **kwargs: Any) -> None:
        print(file=sys.stderr)


def _shown(client: Any) -> Callable[..., Any]:
    """What `dask.compute` calls of a client, with a bar."""
    own = client.get
    bar: Any = _Bar

    def get(dsk: Any, keys: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("sync", True) is False:
            return own(dsk, keys, *args, **kwargs)
        futures = own(dsk, keys, *args, **{**kwargs, "sync": False})
        bar(distributed.futures_of(futures))  # type: ignore[no-untyped-call]
        return client.gather(futures)

    return get


@contextlib.contextmanager
def _cluster(workers: int) -> Iterator[str]:
    command = [sys.executable, "-m", __name__, "--workers", str(workers)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        if not address:
            raise RuntimeError(f"no cluster of {workers} workers came up; see the messages above")
        yield address
    finally:
        process.communicate()  # closes its standard input, upon which it ends


def main(argv: Sequence[str] | None = None) -> int:
    """Serve a cluster until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m arrayproto.distributed")
    parser.add_argument("--workers", type=int, default=1, help="number of worker processes")
    given = parser.parse_args(argv)
    cluster_of: Any = distributed.LocalCluster  # without types
    with cluster_of(
        n_workers=given.workers, processes=True, threads_per_worker=1, dashboard_address=":0"
    ) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
