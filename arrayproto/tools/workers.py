"""Traces on the workers of a Dask cluster: opened there, and gathered when the trace ends here.

What these functions do on a worker is done by name, so that nothing but arrayproto is needed there.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .trace import Trace

#: Traces that are open in this process for a client, by the client's key.
_open: dict[str, Trace] = {}


def open_here(key: str, pid: int) -> None:
    """Open a trace on a worker, unless it is a thread of the client's own process."""
    from .trace import Trace

    if os.getpid() != pid and key not in _open:
        _open[key] = Trace().__enter__()


def close_here(key: str) -> tuple[list[tuple[Any, ...]], dict[int, str], float] | None:
    """End it: what was seen, the names of the threads, and what to add to its times for others."""
    trace = _open.pop(key, None)
    if trace is None:
        return None
    trace.__exit__(None, None, None)
    return trace.raw, trace.thread_names, time.time() - time.perf_counter()


def begin(client: Any, key: str) -> None:
    """Open traces on all workers of a client."""
    client.run(open_here, key, os.getpid())


def gather(client: Any, key: str, trace: Trace) -> None:
    """End the traces on all workers, and add what was seen to one here."""
    here = time.time() - time.perf_counter()
    for number, (address, found) in enumerate(sorted(client.run(close_here, key).items()), 1):
        if found is None:
            continue
        events, threads, there = found
        names = {ident: f"{name} of {address}" for ident, name in threads.items()}
        # Threads of several processes may have one number.
        idents = {ident: (number << 48) ^ ident for ident in threads}
        for *fields, start, seconds, nbytes, ident in events:
            moved = (*fields, start + there - here, seconds, nbytes, idents[ident])
            trace.raw.append(moved)
        trace.thread_names.update({idents[ident]: names[ident] for ident in threads})
