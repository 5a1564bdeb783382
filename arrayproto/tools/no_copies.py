"""Raise, warn or record when an array leaves its library."""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
import warnings
from collections.abc import Callable
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Literal, TypeVar, get_args

from ..errors import ArrayProtoWarning, CopyError
from . import watch
from .sites import level_of_user
from .units import parse_size, size_text
from .watch import Leaving

Action = Literal["raise", "warn", "record"]
F = TypeVar("F", bound=Callable[..., Any])

#: Those that are open in this thread, or task.
_open: ContextVar[tuple[NoCopies, ...]] = ContextVar("arrayproto.no_copies", default=())


class NoCopies(contextlib.ContextDecorator):
    """What `no_copies` returns: a context manager, and a decorator.

    Attributes
    ----------
    limit : int
        In bytes.
    copies : list of Leaving
        The conversions that were over the limit.
    """

    def __init__(self, limit: str | float, action: Action) -> None:
        if action not in get_args(Action):
            raise ValueError(f"action must be 'raise', 'warn' or 'record', not {action!r}")
        self.limit, self.action = parse_size(limit), action
        self.copies: list[Leaving] = []
        self._inside: list[watch.Watcher] = []
        self._refused = ""

    def __enter__(self) -> NoCopies:
        watcher = _Guard(self)
        watch.begin(watcher)
        self._inside.append(watcher)
        _open.set((*_open.get(), self))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # No token: generators leave theirs in any order, and perhaps in another thread.
        opened = list(_open.get())
        if self in opened:
            opened.remove(self)
        _open.set(tuple(opened))
        watch.end(self._inside.pop())
        if error is not None and self._refused and not _tells_of_a_copy(error):
            error.add_note(f"arrayproto.no_copies() had refused: {self._refused}")

    def __call__(self, function: F) -> F:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(
                f"no_copies() cannot decorate the generator {function.__qualname__}: it would end "
                "before the first value. Write `with arrayproto.no_copies():` inside it"
            )
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def guarded(*args: Any, **kwargs: Any) -> Any:
                with self._recreate():
                    return await function(*args, **kwargs)

            return guarded  # type: ignore[return-value]
        return super().__call__(function)

    def _recreate(self) -> NoCopies:
        """One for each call, so that a function may be called by several threads at once."""
        made = NoCopies(self.limit, self.action)
        made.copies = self.copies
        return made

    def _recreate_cm(self) -> NoCopies:
        return self._recreate()

    def met(self, copy: Leaving) -> None:
        """An array is about to leave its library."""
        if not copy.again:
            self.copies.append(copy)
        if self.action == "record":
            return
        through = f", in {copy.during}" if copy.during else ""
        through += f", through {copy.via}" if copy.via else ""
        message = (
            f"{copy.name} of an array of {copy.library}: {copy.kind}, {size_text(copy.nbytes)}, "
            f"more than the limit of {size_text(self.limit)}{through} ({copy.file}:{copy.line}). "
            "python -m arrayproto trace SCRIPT shows every line that does so"
        )
        if self.action == "raise":
            self._refused = message
            raise CopyError(message)
        warnings.warn(message, ArrayProtoWarning, stacklevel=level_of_user(sys._getframe()))


def _tells_of_a_copy(error: BaseException | None) -> bool:
    """Whether a traceback shows the refusal: C code often raises an error of its own instead."""
    while error is not None:
        if isinstance(error, CopyError):
            return True
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return False


class _Guard(watch.Watcher):
    """Watches for one context: what other threads do is theirs."""

    def __init__(self, owner: NoCopies) -> None:
        self.owner = owner

    def leaving(self, conversion: Leaving) -> None:
        if conversion.nbytes > self.owner.limit and self.owner in _open.get():
            self.owner.met(conversion)


def no_copies(limit: str | float = "1 MB", action: Action = "raise") -> NoCopies:
    """Let no array leave its library: become an ndarray, be computed, or made dense.

    Parameters
    ----------
    limit : str or int, optional
        Arrays of up to this size, as an ndarray, may: ``"1 MB"``, ``"64 KiB"``, or bytes.
    action : {"raise", "warn", "record"}, optional
        Raise `CopyError` in the place of the conversion; warn at the user's line; or only keep it
        in the attribute ``copies``.

    Returns
    -------
    NoCopies
        A context manager, and a decorator for functions. It is for the thread, or task, that
        opened it. `arrayproto.testing.plugin` has it as a fixture of pytest.

    Raises
    ------
    ValueError
        If `limit` is no size, or `action` none of the three.

    See Also
    --------
    trace

    Notes
    -----
    The ways out are those of `trace`, asked for by name (``x.todense()``) or not. One number that
    is read (``float(x)``) is one of them, also where a function has to look at it; ``limit=16``
    lets numbers pass, and nothing that is larger. An array whose size is not known before it is
    computed counts as empty.

    Examples
    --------
    >>> import numpy as np, sparse
    >>> import arrayproto
    >>> x = sparse.COO.from_numpy(np.eye(3))
    >>> with arrayproto.no_copies(limit=0):
    ...     x.todense()
    Traceback (most recent call last):
    ...
    arrayproto.errors.CopyError: COO.todense of an array of sparse: densifying, 72 B, ...
    """
    return NoCopies(limit, action)
