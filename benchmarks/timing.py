"""Time several calls against each other in one process.

A machine has fast and slow moments that last longer than a measurement. So all calls of a case are
timed in turn, in many short rounds: what is compared was timed within the same few milliseconds.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import numpy as np

ROUNDS = 250
#: A batch takes about this long, but has no more calls than MAX_CALLS: short, so that all peers of
#: a round meet the machine in the same mood.
BATCH_SECONDS = 0.6e-3
MAX_CALLS = 4000
RESAMPLES = 400

Loop = Callable[[int], float]

_LOOP = """
def make({names}, _clock, _repeat):
    def loop(_calls):
        _start = _clock()
        for _ in _repeat(None, _calls):
            {call}
        return _clock() - _start
    def once():
        return {call}
    return loop, once
"""


class Timed(NamedTuple):
    """A call to time.

    Attributes
    ----------
    loop : callable
        Number of calls to seconds that they take.
    once : callable
        The call itself, without arguments.
    context : callable
        Makes the context manager in which it is called; entering it is not timed.
    """

    loop: Loop
    once: Callable[[], Any]
    context: Callable[[], AbstractContextManager[Any]] = contextlib.nullcontext


def compiled(
    call: str,
    names: Mapping[str, Any],
    context: Callable[[], AbstractContextManager[Any]] = contextlib.nullcontext,
) -> Timed:
    """Make a loop around an expression, so that nothing but the call itself is timed."""
    scratch: dict[str, Any] = {}
    exec(_LOOP.format(names=", ".join(names), call=call), scratch)
    loop, once = scratch["make"](**names, _clock=time.perf_counter, _repeat=itertools.repeat)
    return Timed(loop, once, context)


def _calls_in_a_batch(timed: Timed) -> int:
    with timed.context():
        timed.loop(2)
        calls = 1
        while True:
            seconds = min(timed.loop(calls) for _ in range(3))
            if seconds > BATCH_SECONDS / 8 or calls >= MAX_CALLS:
                return max(1, min(MAX_CALLS, round(calls * BATCH_SECONDS / seconds)))
            calls *= 4


def interleave(calls: Mapping[str, Timed], rounds: int = ROUNDS) -> dict[str, np.ndarray]:
    """Time calls in alternating rounds.

    Parameters
    ----------
    calls : mapping of str to Timed
    rounds : int, optional

    Returns
    -------
    dict of str to ndarray, shape (rounds,)
        Nanoseconds a call, loop included, as timed.
    """
    batches = {name: _calls_in_a_batch(timed) for name, timed in calls.items()}
    nanoseconds = {name: np.empty(rounds) for name in calls}
    order = list(calls)
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        for index in range(rounds):
            for name in order:
                timed, batch = calls[name], batches[name]
                with timed.context():
                    timed.loop(1 + batch // 10)  # entering the context empties CPython's caches
                    nanoseconds[name][index] = timed.loop(batch) / batch * 1e9
            order.append(order.pop(0))  # nobody always comes after the same one
    finally:
        if was_enabled:
            gc.enable()
    return nanoseconds


def evened(nanoseconds: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Take the machine's mood out: each round as if it had been as fast as the median round.

    How slow a round was is the median, over the peers, of its time over the peer's median time.
    Without this the medians of two peers may come from two moods of a bimodal machine.
    """
    relative = [times / np.median(times) for times in nanoseconds.values()]
    slowness = np.median(relative, axis=0)
    return {name: times / slowness for name, times in nanoseconds.items()}


class Estimate(NamedTuple):
    """A number with its 95 % interval, from resampled rounds."""

    value: float
    low: float
    high: float


def _estimate(statistic: Callable[[np.ndarray], np.ndarray], rounds: int) -> Estimate:
    samples = np.random.default_rng(18).integers(0, rounds, (RESAMPLES, rounds))
    low, high = np.percentile(statistic(samples), [2.5, 97.5])
    return Estimate(float(statistic(np.arange(rounds)[None])[0]), float(low), float(high))


def overhead(peer: np.ndarray, direct: np.ndarray) -> Estimate:
    """Median of what a call costs beyond the direct call of the same round."""
    beyond = peer - direct
    return _estimate(lambda rounds: np.median(beyond[rounds], axis=1), len(beyond))


def ratio_of_overheads(peer: np.ndarray, against: np.ndarray, direct: np.ndarray) -> Estimate:
    """Ratio of two median overheads."""

    def statistic(rounds: np.ndarray) -> np.ndarray:
        ours, theirs = (np.median((t - direct)[rounds], axis=1) for t in (peer, against))
        return ours / theirs

    with np.errstate(divide="ignore", invalid="ignore"):
        return _estimate(statistic, len(direct))


def ratio_of_fastest(peer: np.ndarray, against: np.ndarray, direct: np.ndarray) -> float:
    """The same ratio from times as they were, those of each one's fastest tenth of rounds."""
    ours, theirs, base = (np.percentile(t, 10) for t in (peer, against, direct))
    return float((ours - base) / (theirs - base))


def growth(sizes: Sequence[int], overheads: Sequence[float]) -> float:
    """Cost of one more among many, over the cost of one more among few: 1 where it is linear.

    The slope between the two largest sizes over the slope from the smallest to the second largest.
    """
    first, *_, many, most = range(len(sizes))
    late = (overheads[most] - overheads[many]) / (sizes[most] - sizes[many])
    early = (overheads[many] - overheads[first]) / (sizes[many] - sizes[first])
    return late / early
