"""Proof that NumPy's functions do on an array library what they do on NumPy's arrays.

`calls` holds calls of every public function as text, `subjects` how to make and read a library's
arrays, and `judge` runs a call on both and says how they compare. ``python -m arrayproto
conformance sparse`` runs all of them.

An array class of anybody's is a `described.Target`; `conformance` judges it by the same calls, and
by the checks of `discipline`. `LoopbackArray` is for consumers: an array that does all that an
ndarray does, and becomes none unseen.
"""

from __future__ import annotations

from .calls import Call, load_calls
from .judge import Judgement, Verdict, judge
from .loopback import CoercionError, LoopbackArray
from .subjects import SUBJECTS, Subject

__all__ = [
    "SUBJECTS",
    "Call",
    "CoercionError",
    "Judgement",
    "LoopbackArray",
    "Subject",
    "Verdict",
    "judge",
    "load_calls",
]
