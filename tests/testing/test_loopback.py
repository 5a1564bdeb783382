"""The loopback array does all that an ndarray does, and becomes none unseen."""

from __future__ import annotations

import collections

import numpy as np

import arrayproto.numpy
from arrayproto.catalog import catalog, ufuncs
from arrayproto.testing import LoopbackArray, Subject, Verdict, judge, load_calls
from arrayproto.testing.loopback import unwrap

SUBJECT = Subject(
    "loopback",
    "loopback",
    "arrayproto.testing.loopback",
    LoopbackArray,
    unwrap,
    lambda: (LoopbackArray,),
)

#: Of all calls, those in which nobody asks a loopback array, and why.
NOBODY_ASKS = {
    "np.lexsort([a, -a])": "NumPy looks for arrays among the keys in a tuple only",
    "np.roots(ev)": "NumPy looks for arrays among the elements only, and there are none",
}
#: The same of `arrayproto.numpy`.
NOT_BY_OURS = {
    "np.choose([0, 1, 1, 0], [qv, 10.0])": "choices in a list, beside choosers in a list",
    'np.choose([0, 5, -1, 2], [qv, 10.0, -qv], mode="wrap")': "",
}


def _calls():
    found = collections.defaultdict(list)
    for call in load_calls():
        if call.expression not in NOBODY_ASKS:
            found[call.public_api].append(call)
    return found


def _dispatched():
    """Functions that NumPy asks arrays about, and ufuncs."""
    return {name for name, entry in catalog().items() if entry.dispatched} | set(ufuncs())


def _not_right(calls, namespace):
    judged = (judge(call, SUBJECT, namespace) for call in calls)
    return [
        f"{j.call.expression}: {j.verdict}: {j.detail}"
        for j in judged
        if j.verdict is not Verdict.RIGHT
    ]


class TestScore:
    def test_every_function_that_numpy_asks_about(self):
        calls, wrong = _calls(), []
        judged = _dispatched() & set(calls)
        for name in sorted(judged):
            wrong += _not_right(calls[name], np)
        assert not wrong, "\n".join(wrong)

    def test_the_others_in_the_explicit_namespace(self):
        calls, wrong = _calls(), []
        for name in sorted(set(calls) - _dispatched()):
            wrong += _not_right(calls[name], arrayproto.numpy)
        assert not wrong, "\n".join(wrong)
