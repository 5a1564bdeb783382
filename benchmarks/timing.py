"""Time several calls against each other in one process.

A machine has fast and slow moments that last longer than a measurement. So all calls of a case are
timed in turn, in many short rounds: what is compared was timed within the same few milliseconds.
"""

from __future__ import annotations

import functools
import gc
import itertools
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

ROUNDS = 250
#: A batch takes about this long, but has no more calls than MAX_CALLS: short, so that all peers of
#: a round meet the machine in the same mood.
BATCH_SECONDS = 0.6e-3
MAX_CALLS = 4000
#: Calls in a batch where each call is timed by itself.
CALLS_FROM_OUTSIDE = 4
#: Calls before anything is timed in a context.
WARM_UP = 20
#: How often groups of calls alternate.
BLOCKS = 10
RESAMPLES = 400

Context = Callable[[], AbstractContextManager[Any]]

_WHOLE = """
def make({names}, _clock, _repeat, _inside):
    def loop(_calls):
        _start = _clock()
        for _ in _repeat(None, _calls):
            {call}
        return _clock() - _start
    def once():
        return {call}
    return loop, once
"""

_OUTSIDE = """
def make({names}, _clock, _repeat, _inside):
    def loop(_calls):
        _outside = 0.0
        for _ in _repeat(None, _calls):
            _start = _clock()
            {call}
            _outside += _clock() - _start - _inside.seconds
        return _outside
    def once():
        return {call}
    return loop, once
"""


class Inside:
    """How long a function took: what is left of a call's time is the cost of reaching it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timing(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, noting each time how long it took."""
        clock = time.perf_counter

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            start = clock()
            result = function(*args, **kwargs)
            self.seconds = clock() - start
            return result

        return timed


class Timed(NamedTuple):
    """A call to time.

    Attributes
    ----------
    loop : callable
        Number of calls to seconds that they take.
    once : callable
        The call itself, without arguments.
    whole : bool
        Whether these seconds are all of the call's, or only those outside the function.
    """

    loop: Callable[[int], float]
    once: Callable[[], Any]
    whole: bool


def compiled(call: str, names: Mapping[str, Any], inside: Inside | None = None) -> Timed:
    """Make a loop around an expression, so that nothing but the call itself is timed."""
    scratch: dict[str, Any] = {"__name__": __name__}  # as every module has it
    source = _WHOLE if inside is None else _OUTSIDE
    exec(source.format(names=", ".join(names), call=call), scratch)
    loop, once = scratch["make"](
        **names, _clock=time.perf_counter, _repeat=itertools.repeat, _inside=inside
    )
    return Timed(loop, once, inside is None)


class Group(NamedTuple):
    """Calls that are timed in turn, in one context; the first of them is the direct call."""

    context: Context
    calls: Mapping[str, Timed]


class Pair(NamedTuple):
    """Nanoseconds of a call and of the direct call in the same rounds; each of shape (rounds,)."""

    peer: np.ndarray
    direct: np.ndarray


def _calls_in_a_batch(timed: Timed) -> int:
    if not timed.whole:
        return CALLS_FROM_OUTSIDE
    timed.loop(2)
    calls = 1
    while True:
        seconds = min(timed.loop(calls) for _ in range(3))
        if seconds > BATCH_SECONDS / 8 or calls >= MAX_CALLS:
            return max(1, min(MAX_CALLS, round(calls * BATCH_SECONDS / seconds)))
        calls *= 4


def interleave(groups: Sequence[Group], rounds: int = ROUNDS) -> list[dict[str, np.ndarray]]:
    """Time calls in alternating rounds.

    Parameters
    ----------
    groups : sequence of Group
        They alternate too, every few rounds only: what their contexts change throws away what
        CPython has learnt of the classes, which takes many calls to come back.
    rounds : int, optional

    Returns
    -------
    list of dict of str to ndarray, shape (rounds,)
        For each group, nanoseconds a call, loop included, as timed.
    """
    batches, times = [], []
    for group in groups:
        with group.context():
            batches.append({name: _calls_in_a_batch(t) for name, t in group.calls.items()})
        times.append({name: np.empty(rounds) for name in group.calls})
    mixed = random.Random(18)
    blocks = np.array_split(np.arange(rounds), min(rounds, BLOCKS))
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        for block in blocks:
            for group, batch, nanoseconds in zip(groups, batches, times, strict=True):
                with group.context():
                    for name, timed in group.calls.items():
                        timed.loop(max(WARM_UP, batch[name] // 4) if timed.whole else WARM_UP)
                    order = list(group.calls)
                    for index in block:
                        for name in order:
                            seconds = group.calls[name].loop(batch[name])
                            nanoseconds[name][index] = seconds / batch[name] * 1e9
                        mixed.shuffle(order)  # nobody always comes after the same one
                gc.collect(0)
    finally:
        if was_enabled:
            gc.enable()
    return times


def evened(
    times: Sequence[Mapping[str, np.ndarray]], directs: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Pair]:
    """Take the machine's mood out: each round as if it had been as fast as the median round.

    What belongs to a call as its direct one is the first of its group, unless `directs` names
    another.

    How slow a round was is the median, over the peers of the group, of its time over the peer's
    median time; how slow a group was, that of its direct call. Without this the medians of two
    peers may come from two moods of a bimodal machine.
    """
    direct = next(iter(times[0]))
    overall = np.median([np.median(group[direct]) for group in times])
    pairs: dict[str, Pair] = {}
    for group in times:
        slowness = np.median([t / np.median(t) for t in group.values()], axis=0)
        slowness = slowness * (np.median(group[direct]) / overall)
        for name, nanoseconds in group.items():
            its_direct = group[directs.get(name, direct)]
            pairs.setdefault(name, Pair(nanoseconds / slowness, its_direct / slowness))
    return pairs


class Estimate(NamedTuple):
    """A number with its 95 % interval, from resampled rounds."""

    value: float
    low: float
    high: float


def _estimate(statistic: Callable[[np.ndarray], np.ndarray], rounds: int) -> Estimate:
    samples = np.random.default_rng(18).integers(0, rounds, (RESAMPLES, rounds))
    low, high = np.percentile(statistic(samples), [2.5, 97.5])
    return Estimate(float(statistic(np.arange(rounds)[None])[0]), float(low), float(high))


def overhead(pair: Pair) -> Estimate:
    """Median of what a call costs beyond the direct call of the same round."""
    beyond = pair.peer - pair.direct
    return _estimate(lambda rounds: np.median(beyond[rounds], axis=1), len(beyond))


def ratio_of_overheads(ours: Pair, theirs: Pair) -> Estimate:
    """Ratio of two median overheads."""

    def statistic(rounds: np.ndarray) -> np.ndarray:
        mine, other = (np.median((p.peer - p.direct)[rounds], axis=1) for p in (ours, theirs))
        return mine / other

    with np.errstate(divide="ignore", invalid="ignore"):
        return _estimate(statistic, len(ours.peer))


def ratio_of_fastest(ours: Pair, theirs: Pair) -> float:
    """The same ratio, from the times that a tenth of each one's rounds stay below."""
    mine, other = (np.percentile(p.peer, 10) - np.percentile(p.direct, 10) for p in (ours, theirs))
    return float(mine / other)


def growth(sizes: Sequence[int], overheads: Sequence[float]) -> float:
    """Cost of one more among many, over the cost of one more among few: 1 where it is linear.

    The slope between the two largest sizes over the slope from the smallest to the second largest.
    """
    first, *_, many, most = range(len(sizes))
    late = (overheads[most] - overheads[many]) / (sizes[most] - sizes[many])
    early = (overheads[many] - overheads[first]) / (sizes[many] - sizes[first])
    return late / early
