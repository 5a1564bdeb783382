"""What ``run`` tells of a program: what a lazy library computes for it, and ``--report``.

Both are told by the watchers of `arrayproto.tools`, on standard error.
"""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

from .tools import watch
from .tools.trace import Trace
from .tools.trace_formats import Group, grouped, where
from .tools.units import size_text, time_text
from .tools.watch import Event


class Notes(watch.Watcher):
    """Tells which lines of the program had a lazy library compute, once for each line.

    Parameters
    ----------
    library : str
        The lazy one.
    """

    def __init__(self, library: str) -> None:
        self.library = library
        self.lines: dict[tuple[str, int], list[Event]] = {}

    def __enter__(self) -> Notes:
        watch.begin(self)
        return self

    def __exit__(self, *details: object) -> None:
        watch.end(self)
        for events in self.lines.values():
            if len(events) > 1:
                self._tell(events, f", {len(events)} times")

    def seen(self, event: tuple[Any, ...]) -> None:
        known = Event(*event)
        if known.library != self.library:
            return
        events = self.lines.setdefault((known.file, known.line), [])
        events.append(known)
        if len(events) == 1:
            self._tell(events)

    def _tell(self, events: list[Event], times: str = "") -> None:
        file, line = events[0].file, events[0].line
        size, seconds = sum(e.nbytes for e in events), sum(e.seconds for e in events)
        # The size of what Dask does not know the shape of is 0.
        what = size_text(size) if size else "a result"
        print(
            f"arrayproto: {where(file, line)}: {self.library} computed {what} in "
            f"{time_text(seconds)}{times}",
            file=sys.stderr,
        )


def report(
    library: str, seconds: float, trace: Trace | None = None, made: Mapping[str, int] | None = None
) -> str:
    """What ran where, what came back to the host, and how long it took.

    Parameters
    ----------
    library : str
    seconds : float
        From the beginning of the program to its end.
    trace : Trace, optional
        Of the program.
    made : mapping of str to int, optional
        Creation functions, and how many times each made the library's arrays.
    """
    lines = [f"arrayproto: {', '.join(_head(library, seconds))}"]
    if made:
        lines.append(f"arrayproto: arrays made by {library}: {_counted(made)}")
    if trace is None:
        return "\n".join(lines)
    kinds: dict[str, list[Event]] = {}
    for call in trace.calls:
        kinds.setdefault(call.library, []).append(call)
    for name, calls in kinds.items():
        spent = time_text(sum(call.seconds for call in calls))
        ways = ", ".join(f"{n} {kind}" for kind, n in Counter(c.kind for c in calls).most_common())
        lines.append(f"arrayproto: calls answered by {name}: {len(calls)} in {spent} ({ways})")
    groups = grouped(trace.conversions)
    back = (
        f"{size_text(sum(g.nbytes for g in groups))} in {time_text(sum(g.seconds for g in groups))}"
    )
    lines.append(f"arrayproto: came back to the host: {back if groups else 'nothing'}")
    lines += [f"  {_line(group)}" for group in groups]
    return "\n".join(lines)


def _head(library: str, seconds: float) -> list[str]:
    from .demo.measure import process_memory

    module = importlib.import_module(library)
    said = [f"{library} {getattr(module, '__version__', '')}".strip(), f"{seconds:.3f} s"]
    peak = process_memory().peak
    if peak is not None:
        said.append(f"{peak / 2**20:.0f} MiB of memory at most")
    torch, cupy = sys.modules.get("torch"), sys.modules.get("cupy")
    if library == "torch" and torch is not None and torch.cuda.is_available():
        said.append(f"{torch.cuda.max_memory_allocated() / 2**20:.0f} MiB on the GPU at most")
    if library == "cupy" and cupy is not None:
        pool = cupy.get_default_memory_pool()
        said.append(f"{pool.total_bytes() / 2**20:.0f} MiB in CuPy's pool on the GPU")
    return said


def _counted(made: Mapping[str, int]) -> str:
    return ", ".join(f"numpy.{name}{f' {n} times' if n > 1 else ''}" for name, n in made.items())


def _line(group: Group) -> str:
    times = f" {group.times} times" if group.times > 1 else ""
    through = f", in {group.during}" if group.during else ""
    through += f", through {group.via}" if group.via else ""
    size = size_text(group.nbytes) if group.nbytes else "of unknown size"
    return (
        f"{where(group.file, group.line)}: {group.name}{times}, {size} in "
        f"{time_text(group.seconds)}{through}"
    )
