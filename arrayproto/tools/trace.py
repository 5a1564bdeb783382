"""Record every dispatched call, and everything that leaves its library, with the user's lines."""

from __future__ import annotations

import json
import os
import threading
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any

from . import trace_formats, watch, workers
from .watch import Event


class Trace(watch.Watcher):
    """What was seen while a trace was open; made by `trace`.

    Attributes
    ----------
    began, seconds : float
        When it was opened, by `time.perf_counter`, and how long it was open.
    thread_names : dict of int to str
        Of the threads that something was seen in.
    raw : list of tuple
        The fields of each `Event`.
    """

    wants_calls = True

    def __init__(self, client: Any = None) -> None:
        self._client, self._key = client, uuid.uuid4().hex
        self.raw: list[tuple[Any, ...]] = []
        self.thread_names: dict[int, str] = {}
        self.began = self.seconds = 0.0

    def __enter__(self) -> Trace:
        if self.began:
            raise RuntimeError("a trace is opened once; call arrayproto.trace() for another")
        self.began = time.perf_counter()
        watch.begin(self)
        if self._client is not None:
            try:
                workers.begin(self._client, self._key)
            except BaseException:  # undone whatever it was, and raised again
                watch.end(self)
                raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        watch.end(self)
        self.seconds = time.perf_counter() - self.began
        if self._client is not None:
            workers.gather(self._client, self._key, self)
            self._client = None

    def __repr__(self) -> str:
        return f"<arrayproto trace: {len(self.raw)} events>"

    def seen(self, event: tuple[Any, ...]) -> None:
        self.raw.append(event)
        if event[-1] not in self.thread_names:
            self.thread_names[event[-1]] = threading.current_thread().name

    @property
    def events(self) -> list[Event]:
        """Calls and conversions, in the order in which they ended."""
        return [Event(*raw) for raw in list(self.raw)]

    @property
    def calls(self) -> list[Event]:
        """The calls among the events."""
        return [event for event in self.events if event.what == "call"]

    @property
    def conversions(self) -> list[Event]:
        """The conversions among the events: what left its library, and where."""
        return [event for event in self.events if event.what == "conversion"]

    def summary(self) -> str:
        """Counts, and a line for each line of the program where arrays left their library."""
        return trace_formats.summary(self)

    def table(self) -> str:
        """Everything by line, as a table: by rich, where it is installed."""
        return trace_formats.table(self)

    def lines(self, file: str | os.PathLike[str] | None = None) -> str:
        """The source with the time of the calls, and the bytes that left, beside the lines.

        Parameters
        ----------
        file : path, optional
            By default each file of the program that something was seen in.
        """
        return trace_formats.lines(self, None if file is None else os.fspath(file))

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str:
        """A page that needs no other file and no network.

        Parameters
        ----------
        path : path, optional
            Where to write it.

        Returns
        -------
        str
        """
        return _written(trace_formats.as_html(self), path)

    def to_chrome(self, path: str | os.PathLike[str] | None = None) -> str:
        """JSON in Chrome's trace event format, which https://ui.perfetto.dev opens.

        Parameters
        ----------
        path : path, optional
            Where to write it.

        Returns
        -------
        str
        """
        return _written(json.dumps(trace_formats.as_chrome(self)) + "\n", path)

    def to_json(self, path: str | os.PathLike[str] | None = None) -> str:
        """All events, with the fields of `Event`, as JSON.

        Parameters
        ----------
        path : path, optional
            Where to write it.

        Returns
        -------
        str
        """
        return _written(trace_formats.as_json(self), path)


def _written(text: str, path: str | os.PathLike[str] | None) -> str:
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    return text


def trace(client: Any = None) -> Trace:
    """Record every dispatched call, and every array that leaves its library.

    Parameters
    ----------
    client : distributed.Client, optional
        What happens on the workers of its cluster is recorded too, and gathered when the trace
        ends: a worker knows no line of the program, but those of functions that it was given.

    Returns
    -------
    Trace
        A context manager; what was seen can be read while it is open, and after.

    Notes
    -----
    It is open for all threads of the process, whether libraries are active or not, and takes
    away all that it put in place when it ends. Calls are seen as the user made them: what a derived
    function calls is a part of it. No array is kept. A NumPy function that a program takes by name
    while a trace is open (``from numpy import asarray``) stays a function that asks whether one is.

    Buffers, which C code takes without asking Python code, are seen where arrayproto's own C code
    was built.

    Examples
    --------
    >>> import numpy as np, sparse
    >>> import arrayproto
    >>> x = sparse.COO.from_numpy(np.eye(3))
    >>> with arrayproto.activated("sparse"), arrayproto.trace() as t:
    ...     y = np.flip(x, 0)
    ...     z = x.todense()
    >>> [(e.name, e.kind) for e in t.events]
    [('numpy.flip', 'derived'), ('COO.todense', 'densifying')]
    """
    return Trace(client)
