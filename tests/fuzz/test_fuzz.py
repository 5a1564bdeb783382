"""Random calls on plain ndarrays: with arrayproto active they do what stock NumPy does.

``ARRAYPROTO_FUZZ=20000`` sets the number of calls, for long runs.
"""

from __future__ import annotations

import importlib
import os
import pickle
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

import arrayproto
from arrayproto.catalog import catalog
from tests.fuzz import calls
from tests.fuzz.outcomes import Refuses, find, outcome, same
from tests.fuzz.stock import Stock

CALLS = int(os.environ.get("ARRAYPROTO_FUZZ", "0"))
FUNCTIONS, UFUNCS = calls.names()


def fuzzed(examples):
    """Few calls in the suite, the same each time; other ones each time in long runs."""
    return settings(
        max_examples=CALLS or examples,
        derandomize=not CALLS,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def stock():
    with Stock() as stock:
        yield stock


@pytest.fixture(scope="module", autouse=True)
def libraries():
    """Without an array library in the process, activation has nothing to do."""
    for module in ("sparse", "dask.array"):
        pytest.importorskip(module)


def explicit(name):
    """The function of that name in `arrayproto.numpy`."""
    holder, _, own = name.rpartition(".")
    module = importlib.import_module(f"arrayproto.numpy.{holder}".rstrip("."))
    return getattr(module, own)


#: The generated Python of the explicit namespace counts too many arguments in another way: see
#: tests/dispatch/test_deviations.py. What is private by name in NumPy it calls by its public name:
#: np.char.splitlines is `_splitlines` in NumPy's messages.
EXPLICIT = ((re.compile(r"takes .* given$"), "takes too many"), (re.compile(r"^_(?=\w+\(\) )"), ""))


def _but_for_names(told):
    what, *rest = told["does"]
    if what != "raises":
        return told
    for pattern, instead in EXPLICIT:
        rest = [pattern.sub(instead, part) for part in rest]
    return told | {"does": (what, *rest)}


def check(stock, function, call, exact=True):
    name, args, kwargs = call
    pickled = pickle.dumps((args, kwargs))  # calls may write into their arguments
    stocks = stock.outcome(name, *pickle.loads(pickled))
    with np.errstate(), np.printoptions():
        ours = outcome(function, *pickle.loads(pickled))
    if not exact:
        ours, stocks = _but_for_names(ours), _but_for_names(stocks)
    assert same(ours, stocks), f"np.{name}(*{args}, **{kwargs})\nours:  {ours}\nstock: {stocks}"


def test_activated(stock):
    @fuzzed(500)
    @given(call=calls.calls(FUNCTIONS, UFUNCS))
    def fuzz(call):
        check(stock, find(call[0]), call)

    with arrayproto.activated():
        fuzz()


def test_explicit(stock):
    @fuzzed(400)
    @given(call=calls.calls(FUNCTIONS, []))
    def fuzz(call):
        name, args, kwargs = call
        # The explicit namespace asks strangers about functions too that NumPy does not dispatch.
        strangers = any(type(value) is Refuses for value in (*args, *kwargs.values()))
        if catalog()[name].dispatched or not strangers:
            check(stock, explicit(name), call, exact=False)

    fuzz()
