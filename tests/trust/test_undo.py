"""Whatever was done, in whatever order: once it is undone, every name is what it was."""

from __future__ import annotations

import builtins
import contextlib
import itertools
import sys
import types
import warnings

import dask.array
import numpy as np
import pytest
import sparse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

import arrayproto
from arrayproto import patching, policy
from arrayproto.catalog import MODULES
from arrayproto.creation import context
from arrayproto.patching import Patch
from arrayproto.tools import watch

LIBRARIES = ["sparse", "dask"]
ARRAYS = [np.eye(2), sparse.COO(np.eye(2)), dask.array.ones(2)]
#: A consumer as they are written.
CONSUMER = """
import numpy
import numpy as np
from numpy import asarray, sin
from numpy import linalg as la

def closed_over(function):
    def call(x):
        return function(x)
    return call

half = closed_over(np.ascontiguousarray)

class Holder:
    make = staticmethod(np.asarray)
    table = np.dot
"""
#: What others patch: attributes of classes, functions that are rebound, names of an adopted module.
PATCHED = [
    (sparse.SparseArray, "__array_function__"),
    (sparse.SparseArray, "todense"),
    (dask.array.Array, "__array_ufunc__"),
    (np, "isfortran"),
    (np, "asarray"),
    (np, "zeros"),
    ("trust_consumer", "asarray"),
]


def consumer():
    module = types.ModuleType("trust_consumer")
    exec(CONSUMER, vars(module))
    return module


def family(cls):
    return {cls}.union(*map(family, cls.__subclasses__()))


def everything(module):
    """Each name that could have been changed, with what it holds."""
    holders = [builtins, module, module.Holder]
    holders += [sys.modules[name] for name in MODULES if name in sys.modules]
    holders += [sparse, dask.array, *family(sparse.SparseArray), *family(dask.array.Array)]
    names = {(id(h), h, name): value for h in holders for name, value in vars(h).items()}
    cell = module.half.__closure__[0].cell_contents
    return {**names, "cell": cell, "finders": [*map(id, sys.meta_path)]}


def differences(before, after):
    return [
        key[1:] if isinstance(key, tuple) else key
        for key in before.keys() | after.keys()
        if key not in before
        or key not in after
        or (before[key] is not after[key] and (key != "finders" or before[key] != after[key]))
    ]


class Other:
    """A package that patches too: it puts back what was there where it finds its own."""

    def __init__(self, holder, name):
        self.holder, self.name, self.before = holder, name, vars(holder)[name]

        def ours(*args, **kwargs):
            return self.before(*args, **kwargs)

        self.ours = ours
        setattr(holder, name, ours)

    def undo(self):
        if vars(self.holder)[self.name] is not self.ours:
            return False
        setattr(self.holder, self.name, self.before)
        return True


class AnySequence(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        np.polynomial.polynomial  # noqa: B018 - a module that NumPy imports when it is asked for
        self.module = sys.modules["trust_consumer"] = consumer()
        self.before = everything(self.module)
        self.open: list = []
        self.others: list[Other] = []
        self.quiet = warnings.catch_warnings()
        self.quiet.__enter__()
        warnings.simplefilter("ignore")

    names = st.lists(st.sampled_from(LIBRARIES), unique=True, max_size=2)
    fallbacks = st.sampled_from([None, "raise", "warn", "convert"])

    @rule(names=names, fallback=fallbacks)
    def activate(self, names, fallback):
        arrayproto.activate(*names, fallback=fallback)

    @rule(names=names)
    def deactivate(self, names):
        arrayproto.deactivate(*names)

    @rule()
    def activate_what_is_not_known(self):
        with pytest.raises(ValueError):
            arrayproto.activate("sparse", "no such library")

    @rule(follow=st.booleans())
    def adopt(self, follow):
        arrayproto.adopt("trust_consumer", follow=follow)

    @rule()
    def disown(self):
        arrayproto.disown()

    @rule(names=names, fallback=fallbacks)
    def enter_activated(self, names, fallback):
        self.enter(arrayproto.activated(*names, fallback=fallback))

    @rule()
    def enter_adopted(self):
        self.enter(arrayproto.adopted("trust_consumer"))

    @rule(name=st.sampled_from([*LIBRARIES, "numpy"]))
    def enter_using(self, name):
        self.enter(arrayproto.using(name))

    @rule()
    def enter_trace(self):
        self.enter(arrayproto.trace())

    @rule()
    def enter_no_copies(self):
        self.enter(arrayproto.no_copies(limit="1 TB"))

    def enter(self, entered):
        entered.__enter__()
        self.open.append(entered)

    @rule(data=st.data(), fails=st.booleans())
    def leave_any(self, data, fails):
        if self.open:
            index = data.draw(st.integers(0, len(self.open) - 1))
            self.leave(self.open.pop(index), fails)

    def leave(self, entered, fails):
        error = KeyError("of the program") if fails else None
        with contextlib.suppress(KeyError):
            entered.__exit__(error and type(error), error, None)

    @rule(place=st.sampled_from(PATCHED))
    def others_patch(self, place):
        holder, name = place
        self.others.append(Other(self.module if holder == "trust_consumer" else holder, name))

    @rule(data=st.data())
    def others_undo(self, data):
        if self.others:
            index = data.draw(st.integers(0, len(self.others) - 1))
            if self.others[index].undo():
                del self.others[index]

    @rule()
    def call(self):
        for function in (np.transpose, np.isfortran, self.module.asarray, self.module.half):
            for array in ARRAYS:
                with contextlib.suppress(TypeError, ValueError, RuntimeError, AttributeError):
                    function(array)
        np.zeros(2)

    def teardown(self):
        while self.open:
            self.leave(self.open.pop(0), False)
        while self.others:
            arrayproto.deactivate()
            arrayproto.disown()
            self.others = [other for other in self.others[::-1] if not other.undo()][::-1]
            self.ask_again()
        self.ask_again()
        self.quiet.__exit__(None, None, None)
        assert differences(self.before, everything(self.module)) == []
        assert arrayproto.status().active == arrayproto.status().waiting == ()
        assert policy.fallback() == "raise"
        assert context.current.get() is None
        assert not watch._watchers
        del sys.modules["trust_consumer"]

    def ask_again(self):
        """What others have put back since is looked for whenever we are called."""
        arrayproto.deactivate()
        arrayproto.disown()
        for again in (arrayproto.using("sparse"), arrayproto.trace()):
            with again:
                pass


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(
    max_examples=25,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class TestUnderOthers:
    """Somebody patches over ours, and stays, while we come and go."""

    @pytest.fixture
    def other(self):
        self.stock = vars(sparse.SparseArray)["__array_function__"]
        arrayproto.activate("sparse")
        self.ours = vars(sparse.SparseArray)["__array_function__"]
        other = Other(sparse.SparseArray, "__array_function__")
        with pytest.warns(arrayproto.ArrayProtoWarning, match="arrayproto leaves it alone"):
            arrayproto.deactivate()
        yield other
        sparse.SparseArray.__array_function__ = self.stock
        arrayproto.deactivate()

    def now(self):
        return vars(sparse.SparseArray)["__array_function__"]

    def test_activated_again_over_theirs(self, other):
        with arrayproto.activated("sparse"):
            assert self.now() is self.ours
            with arrayproto.activated("dask"):  # what was left is looked for again
                assert self.now() is self.ours
        assert self.now() is other.ours
        assert other.undo()
        assert self.now() is self.ours  # they have put it back, and told nobody
        arrayproto.deactivate()
        assert self.now() is self.stock

    def test_who_puts_ours_back_without_looking(self, other):
        """The one order that cannot be told apart from ours being there with good reason."""
        arrayproto.activate("sparse")
        sparse.SparseArray.__array_function__ = other.before
        arrayproto.deactivate()
        assert self.now() is other.ours
        assert other.undo()
        arrayproto.deactivate()
        assert self.now() is self.stock


class TestUnderEachOther:
    """Our own parts end in any order, on one attribute."""

    def test_patches_of_one_attribute(self):
        holder, known = types.SimpleNamespace(name="stock"), dict(patching._patches)
        for order in itertools.permutations(range(3)):
            patches = [Patch.apply(holder, "name", f"ours {i}") for i in range(3)]
            for index in order:
                assert patches[index].undo() is None
            assert holder.name == "stock" and patching._patches == known
        patch = Patch.apply(holder, "inherited", 1)
        assert patch.undo() is None and not hasattr(holder, "inherited")
