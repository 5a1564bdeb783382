"""Looks for references to a user's array that outlive a call."""

from __future__ import annotations

import gc
import sys
import warnings
import weakref

import numpy as np

import arrayproto
import arrayproto.numpy as anp

VALUES = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
#: Right calls and wrong ones; each gets the array.
CALLS = (
    lambda np, x: np.transpose(x),
    lambda np, x: np.add(x, x),
    lambda np, x: np.sum(x, axis=0, keepdims=True),
    lambda np, x: np.concatenate([x, x], axis=1),
    lambda np, x: np.ones_like(x),
    lambda np, x: np.zeros(2, like=x),
    lambda np, x: np.isfortran(x),
    lambda np, x: np.add.reduce(x, axis=0),
    lambda np, x: np.polynomial.polynomial.polyval(x, [1.0, 2.0]),
    lambda np, x: x + 1,
    # Errors of NumPy's, of the library's, and of ours:
    lambda np, x: np.reshape(x, (7, 7)),
    lambda np, x: np.concatenate([x, "text"]),
    lambda np, x: np.add(x, Stranger()),
    lambda np, x: np.transpose(x, axis="no argument of this name"),
    lambda np, x: np.char.upper(x),
    lambda np, x: np.dot(x, x),
    lambda np, x: np.linalg.inv(x),
    lambda np, x: np.take(x, [99], axis=0, mode="no mode"),
    lambda np, x: np.packbits(x, bitorder="no order"),
    lambda np, x: np.einsum("ij,jk", x, x),
)


class Stranger:
    def __array_function__(self, func, types, args, kwargs):
        return NotImplemented

    __array_ufunc__ = None


def attempt(call, namespace, x):
    """Errors are as good as answers; their tracebacks end with this frame."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            call(namespace, x)
        except Exception:
            return False
    return True


def watched():
    """Everything that looks at calls, one after the other."""
    yield
    with arrayproto.trace() as trace:
        yield
    assert trace.table() and trace.to_json()
    with arrayproto.no_copies(limit=0):
        yield
    with arrayproto.activated(fallback="convert"):
        yield


def leaked(make, library, skipped=()):
    """Which calls still refer to arrays that `make(VALUES)` has made; all but those skipped."""
    found = set()
    with arrayproto.activated(library):
        for _ in watched():
            made = []
            for number, call in enumerate(CALLS):
                for namespace in (np, anp):
                    if number not in skipped:
                        made.append(((number, namespace.__name__), *called(call, namespace, make)))
            gc.collect()
            found |= {name for name, is_kept, array in made if is_kept(array)}
    return sorted(found)


def called(call, namespace, make):
    """Call; what tells whether the array is kept, and what that takes."""
    x = make(VALUES)
    before = sys.getrefcount(x)
    attempt(call, namespace, x)
    if call is CALLS[0]:
        str(arrayproto.explain(np.transpose, x))
    try:
        reference = weakref.ref(x)
    except TypeError:  # its class allows none: count, less the name above
        return (lambda array: sys.getrefcount(array) > before + 2), x
    return (lambda _: reference() is not None), None
