"""Calls of creation functions in C (``src/sites.c``) and in Python: the same, and nothing is kept."""

from __future__ import annotations

import contextvars
import functools
import gc
import random
import sys
import sysconfig
import threading
import weakref

import numpy as np
import pytest

import arrayproto
from arrayproto import accelerator
from arrayproto.creation import callsite, context, rebound

in_c = pytest.mark.skipif(accelerator.sites is None, reason="the C code was not built")


class Creation:
    """Stands for a context; it says what a call goes to."""

    def __init__(self, made):
        self.made, self.sites = made, {}


@pytest.fixture(params=["python", pytest.param("c", marks=in_c)])
def calls(request, monkeypatch):
    """What stands for `numpy.zeros` in a program, and the places that were looked for."""
    place = context.Place("numpy", "zeros", np.zeros)
    found = []

    def find(creation, frame):
        found.append((creation, frame.f_code, frame.f_lasti))
        creation.sites[id(frame.f_code), frame.f_lasti, place.key] = creation.made
        return creation.made

    if request.param == "python":
        return rebound._in_python(place, find), found
    function = accelerator.sites.Sites(
        context.current, vars(context), "_everywhere", place.own, find
    )
    return function, found


def test_each_place_is_looked_for_once_in_each_context(calls):
    function, found = calls
    one, other = Creation(lambda *a, **k: ("one", a, k)), Creation(lambda *a, **k: ("other", a, k))
    for creation, name in ((one, "one"), (other, "other"), (one, "one")):
        token = context.current.set(creation)
        try:
            for _ in range(3):
                assert function(1, x=2) == (name, (1,), {"x": 2})
        finally:
            context.current.reset(token)
    # In C a place remembers the context that was there last.
    assert [creation for creation, *_ in found[:2]] == [one, other]
    assert {code for _, code, _ in found} == {sys._getframe().f_code}


def test_without_a_context_it_is_numpys(calls):
    function, found = calls
    assert type(function((2, 3))) is np.ndarray
    assert function(2, dtype="i4").dtype == np.int32
    with pytest.raises(TypeError):
        function()
    assert not found


def test_what_holds_everywhere(calls, monkeypatch):
    function, _ = calls
    monkeypatch.setattr(context, "_everywhere", Creation(lambda *a: "everywhere"))
    assert function(3) == "everywhere"


def test_errors_pass(calls):
    function, _ = calls
    token = context.current.set(Creation(lambda: 1 / 0))
    try:
        with pytest.raises(ZeroDivisionError):
            function()
    finally:
        context.current.reset(token)


@in_c
def test_nothing_is_kept():
    variable = contextvars.ContextVar("variable")
    creation = Creation(len)
    names = {"here": creation}
    function = accelerator.sites.Sites(variable, names, "here", len, lambda c, frame: c.made)
    assert function("abc") == 3
    gone = weakref.ref(creation)
    del creation
    names.clear()
    assert gone() is not None
    function.forget()
    assert gone() is None
    names["self"] = function  # a circle
    held = weakref.ref(names["self"].__class__)
    gc.collect()
    before = sum(type(x).__name__ == "Sites" for x in gc.get_objects())
    del function, names
    gc.collect()
    assert sum(type(x).__name__ == "Sites" for x in gc.get_objects()) == before - 1
    assert held() is not None


def test_a_context_that_is_left_is_forgotten(run_python):
    pytest.importorskip("torch")
    source = """
import gc, weakref
import numpy as np, torch
import arrayproto

def main():
    x = torch.ones(2)
    gone = weakref.ref(x)
    with arrayproto.using("numpy"), arrayproto.using("torch"):
        with arrayproto.using(x):
            print(type(np.zeros(2)).__name__)
        del x
        gc.collect()
        print(gone() is None)

main()
"""
    assert run_python(source).split() == ["Tensor", "True"]


WORKERS = callsite.Packages("dask", "distributed")
MADE_OWN = (lambda: "made", lambda: "own")

#: Who looks at the callers: Python, C, and C by the objects that Python's public functions make.
ROADS = ["python", pytest.param("c", marks=in_c), pytest.param("c, publicly", marks=in_c)]


class TestUnlessAtWork:
    @pytest.fixture(params=ROADS)
    def unless_at_work(self, request, monkeypatch):
        if request.param == "python":
            monkeypatch.setattr(context, "sites", None)
        elif request.param == "c, publicly":
            return functools.partial(accelerator.sites.UnlessAtWork, publicly=True)
        return context.unless_at_work

    @pytest.mark.parametrize("depth", [0, 3])
    @pytest.mark.parametrize(
        "module, expected",
        [("dask", "own"), ("dask.array.core", "own"), ("dasky", "made"), (None, "made")],
    )
    def test_numpys_wherever_a_worker_has_called(self, unless_at_work, module, expected, depth):
        workers = callsite.Packages("distributed", "dask")
        call = unless_at_work(lambda x, k: ("made", x, k), lambda x, k: ("own", x, k), workers)
        names = {"call": lambda depth: call(1, k=2) if depth == 0 else names["call"](depth - 1)}
        if module is not None:
            names["__name__"] = module
        exec("def worker(): return call(0)\nfound = worker()", names)
        assert names["found"] == (expected, 1, 2)
        assert names["call"](depth) == ("made", 1, 2)  # it has returned

    def test_who_runs_the_program_does_not_work_for_it(self, unless_at_work):
        call = unless_at_work(lambda: "made", lambda: "own", callsite.Packages("dask"))
        program = {"__name__": "__main__", "call": call}
        source = "def main(): return call()\nfound = main()"
        names = {"__name__": "dask", "run": lambda: exec(source, program)}
        exec("run()", names)
        assert program["found"] == "made"
        exec("found = main()", {"__name__": "dask", "main": program["main"]}, program)
        assert program["found"] == "own"

    def test_code_that_the_program_executes_for_a_worker(self, unless_at_work):
        program = {"__name__": "__main__", "call": unless_at_work(*MADE_OWN, WORKERS)}
        exec("def block(): exec('found = call()', globals())", program)
        exec("block()", {"__name__": "dask.core", "block": program["block"]})
        assert program["found"] == "own"

    def test_a_module_that_is_renamed(self, unless_at_work):
        names = {"__name__": "mine", "call": unless_at_work(*MADE_OWN, WORKERS)}
        exec("def asked(): return call()", names)
        for name, expected in (("mine", "made"), ("dask", "own"), ("mine", "made")):
            names["__name__"] = name
            assert [names["asked"]() for _ in range(3)] == [expected] * 3

    def test_modules_that_come_and_go(self, unless_at_work):
        """Another may lie where one lay, and say the same of itself."""
        call = unless_at_work(*MADE_OWN, WORKERS)
        code = compile("found = call()", "<string>", "exec")
        for number in range(300):
            names = {"__name__": ("mine", "dask", "other")[number % 3], "call": call}
            exec(code, names)
            assert names["found"] == ("own" if number % 3 == 1 else "made")
            del names

    def test_errors_pass(self, unless_at_work):
        class Failing(callsite.Packages):
            def __missing__(self, name):
                raise LookupError(name)

        with pytest.raises(ZeroDivisionError):
            unless_at_work(lambda: 1 / 0, len, callsite.Packages("dask"))()
        call = unless_at_work(len, len, Failing())
        for _ in range(2):
            with pytest.raises(LookupError, match="test_sites"):
                call()

    def test_nothing_is_kept(self, unless_at_work):
        class Made:
            def __call__(self):
                return self.call

        made = Made()
        made.call = unless_at_work(made, made, callsite.Packages("dask"))  # a circle
        assert made.call() is made.call
        gone = weakref.ref(made)
        del made
        gc.collect()
        assert gone() is None


#: Ways to call `f` with frames, or C code, between: {module} is the caller's name.
LINKS = {
    "python": "return f()",
    "map": "return list(map(lambda _: f(), [0]))[0]",
    "sorted": "found = []; sorted([0], key=lambda _: found.append(f())); return found[0]",
    "partial": "return functools.partial(lambda x: f(), 0)()",
    "ufunc": "return np.frompyfunc(lambda x: f(), 1, 1)(0)",
    "comprehension": "return [f() for _ in range(1)][0]",
    "closed over": "g = f; h = lambda: g(); return h()",
    "generator": "return next(f() for _ in [0])",
    "generators": """
        def inner():
            yield 0
            yield f()
        def outer():
            yield from inner()
        held = outer()
        next(held)
        return next(held)""",
    "coroutine": """
        async def inner():
            return f()
        async def outer():
            return await inner()
        try:
            outer().send(None)
        except StopIteration as end:
            return end.value""",
    "object": """
        class Made:
            def __init__(self):
                self.found = f()
        return Made().found""",
    "attribute": """
        class Made:
            __getattr__ = lambda self, name: f()
        return Made().found""",
    "end": """
        found = []
        class Made:
            __del__ = lambda self: found.append(f())
        Made()
        return found[0]""",
    "exec": "names = {'__name__': 'another', 'f': f}; exec('found = f()', names); return names['found']",
    "exec here": "exec('found = f()', globals(), here := {'f': f}); return here['found']",
    "error": """
        try:
            raise ValueError
        except ValueError:
            return f()""",
    "thread": """
        found = []
        thread = threading.Thread(target=lambda: found.append(f()))
        thread.start()
        thread.join()
        return found[0]""",
}
_ALL = {"functools": functools, "np": np, "threading": threading}


def link(way, module, f):
    """`f`, called from a module in one of these ways."""
    names = {} if module is None else {"__name__": module}
    names.update(_ALL)
    exec("def link(f):\n        " + LINKS[way].strip(), names)
    return lambda: names["link"](f)


@in_c
class TestCallersInC:
    """Whoever has called: C, by either road, finds what Python finds."""

    @pytest.fixture
    def verdicts(self):
        both = [
            accelerator.sites.UnlessAtWork(*MADE_OWN, WORKERS, publicly=publicly)
            for publicly in (False, True)
        ]

        def ask():
            found = "own" if callsite.is_within(sys._getframe(1), WORKERS) else "made"
            assert [call() for call in both] == [found, found]
            return found

        return ask

    @pytest.mark.parametrize("way", LINKS)
    def test_each_way_to_call(self, verdicts, way):
        found = [link(way, module, verdicts)() for module in ("mine", "dask", None)]
        assert found == ["made", "own", "made"]
        through = link("map", "dask.base", link(way, "mine", link("python", "mine", verdicts)))
        assert through() == ("made" if way == "thread" else "own")

    def test_stacks_at_random(self, verdicts):
        found, draw = [], random.Random(0)
        for _ in range(150):
            call = verdicts
            for _ in range(draw.randrange(1, 12)):
                module = draw.choice(["mine", "other", "__main__", None, "mine", "dask.base"])
                call = link(draw.choice(list(LINKS)), module, call)
            found.append(call())
        assert set(found) == {"made", "own"}

    @pytest.mark.parametrize("outermost, expected", [("mine", "made"), ("distributed.x", "own")])
    def test_very_deep_stacks(self, verdicts, outermost, expected):
        def down(depth):
            if depth == 0:
                return verdicts()
            return down(depth - 1) if depth % 10 else next(map(down, [depth - 1]))

        assert link("python", outermost, lambda: down(500))() == expected

    def test_where_frames_are_read(self):
        known = (3, 11) <= sys.version_info[:2] <= (3, 13)
        if sys.platform == "linux" and not sysconfig.get_config_var("Py_DEBUG"):
            assert accelerator.sites.frames_are_known == known


def test_what_somebody_has_put_over_ours():
    """It is called by the library too, so that its calls are nobody's: no endless recursion."""
    pytest.importorskip("sparse")
    kept = {}

    def over(*args, **kwargs):
        return kept["before"](*args, **kwargs)

    with arrayproto.using("sparse"):
        kept["before"], np.asarray = np.asarray, over
        try:
            assert np.zeros(2).nnz == 0
        finally:
            np.asarray = kept["before"]
