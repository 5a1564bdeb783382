"""Traces: what is seen, where, and that nothing of it stays."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import html.parser
import inspect
import io
import json
import linecache
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest

import arrayproto
import arrayproto.numpy as anp
from arrayproto import accelerator, activation, fallback, mixins
from arrayproto.libraries import LIBRARIES, watched
from arrayproto.testing.subjects import SUBJECTS
from arrayproto.tools import watch
from arrayproto.ways_out import COERCING, KINDS, WAYS_OUT, host_size, ways_out

VALUES = np.array([[3.0, 0.0, 1.0], [0.0, 2.0, 0.0], [1.0, 0.0, 4.0]])
ROOT = Path(__file__).parents[2]


def array(library):
    subject = SUBJECTS[library]
    pytest.importorskip(subject.module)
    subject.load()
    return subject.from_numpy(VALUES)


def line():
    return inspect.currentframe().f_back.f_lineno


def brief(event):
    return event.what, event.name, event.library, event.kind


def in_place():
    """Everything that a trace might leave behind, by identity."""
    found = {("numpy", name): getattr(np, name) for name in COERCING}
    for library in watched.everyone():
        if library.loaded() is None or not library.has_classes():
            continue
        for way in ways_out(library):
            found[way.holder, way.name] = vars(way.holder).get(way.name)
        for cls in library.classes:
            for name in ("__array_function__", "__array_ufunc__"):
                found[cls, name] = vars(cls).get(name)
    return {key: id(value) for key, value in found.items()}, list(sys.meta_path)


@pytest.fixture(autouse=True)
def nothing_stays():
    yield
    assert watch._watchers == ()
    assert watched.watcher() is None
    assert fallback.listeners == ()
    assert activation._state.listeners == []


class TestCalls:
    @pytest.mark.parametrize("library", ["sparse", "dask", "jax", "torch"])
    def test_function_and_ufunc(self, library):
        x = array(library)
        arrayproto.activate(library)
        with arrayproto.trace() as t:
            np.flip(x, 0); first = line()  # fmt: skip # noqa: E702
            np.add(x, x)
            np.add.reduce(x)
        flip, add, reduce = t.events
        own = LIBRARIES[library]
        assert brief(flip) == ("call", "numpy.flip", library, own.resolve(np.flip).kind)
        assert brief(add) == ("call", "numpy.add", library, own.resolve_ufunc(np.add).kind)
        assert reduce.name == "numpy.add.reduce"
        assert [e.line for e in t.events] == [first, first + 1, first + 2]
        assert {e.file for e in t.events} == {__file__}
        assert all(e.seconds > 0 and e.via == e.during == "" for e in t.events)
        assert t.conversions == []

    def test_bytes_are_those_of_the_result(self):
        x = array("torch")
        with arrayproto.activated("torch"), arrayproto.trace() as t:
            np.concatenate([x, x])
        assert t.events[0].nbytes == 144

    def test_what_a_derived_function_calls_is_a_part_of_it(self):
        x = array("sparse")
        assert LIBRARIES["sparse"].resolve(np.block).kind == "derived"
        with arrayproto.activated("sparse"), arrayproto.trace() as t:
            np.block([[x, x], [x, x]])
        assert [e.name for e in t.events] == ["numpy.block"]

    def test_the_explicit_namespace_active_or_not(self):
        x = array("sparse")
        anp.flip(x, 0)  # goes past everything from the second call on
        for active in ((), ("sparse",)):
            if active:
                arrayproto.activate(*active)
            with arrayproto.trace() as t:
                for _ in range(3):
                    anp.flip(x, 0)
            assert [e.kind for e in t.events] == ["derived"] * 3
            assert {e.file for e in t.events} == {__file__}

    def test_without_activation_the_stock_protocol(self):
        x = array("dask")
        with arrayproto.trace() as t:
            np.sum(x)
            with pytest.warns(FutureWarning):
                np.sort(x)
        calls = t.calls
        assert [(e.name, e.kind) for e in calls] == [
            ("numpy.sum", "stock"),
            ("numpy.sort", "stock"),
        ]
        (left,) = t.conversions
        assert (left.library, left.during, left.line) == ("dask", "numpy.sort", calls[1].line)

    def test_errors_and_refusals(self):
        x = array("sparse")
        with arrayproto.activated("sparse"), arrayproto.trace() as t:
            with pytest.raises(arrayproto.UnsupportedFunctionError):
                np.linalg.svd(x)
            with pytest.raises(np.exceptions.AxisError):
                np.flip(x, 7)
        assert [(e.name, e.kind) for e in t.events] == [
            ("numpy.linalg.svd", "refused"),
            ("numpy.flip", "raised"),
        ]

    def test_a_fallback_is_a_conversion_too(self):
        x = array("sparse")
        with arrayproto.activated("sparse", fallback="convert"), arrayproto.trace() as t:
            with pytest.warns(arrayproto.ArrayProtoWarning):
                np.array2string(x)
        assert [e.kind for e in t.calls] == ["converted"]
        assert [(e.kind, e.nbytes) for e in t.conversions] == [("densifying", 72)]
        assert {e.line for e in t.events} == {t.events[0].line}

    def test_ndarrays_are_not_seen(self):
        array("sparse")
        with arrayproto.activated("sparse"), arrayproto.trace() as t:
            np.flip(VALUES)
            np.asarray(VALUES)
            np.array([[1.0, 2.0], [3.0, 4.0]])
        assert t.events == []

    def test_threads(self):
        x = array("sparse")

        def work():
            np.flip(x, 0)
            x.todense()

        with arrayproto.activated("sparse"), arrayproto.trace() as t:
            threads = [threading.Thread(target=work, name=f"worker {n}") for n in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(t.calls) == len(t.conversions) == 4
        assert set(t.thread_names.values()) <= {f"worker {n}" for n in range(4)}


class TestConversions:
    @pytest.mark.parametrize(
        ("library", "call", "name", "kind"),
        [
            ("dask", lambda x: np.asarray(x), "numpy.asarray", "coercion"),
            ("dask", lambda x: np.array([x, x]), "numpy.array", "list of arrays"),
            ("dask", lambda x: x.compute(), "Array.compute", "compute"),
            ("dask", lambda x: sys.modules["dask"].compute(x), "dask.compute", "compute"),
            ("dask", lambda x: float(x.sum()), "Array.__float__", "number"),
            ("dask", lambda x: x.__array__(), "Array.__array__", "coercion"),
            ("sparse", lambda x: x.todense(), "COO.todense", "densifying"),
            ("sparse", lambda x: x.sum().todense(), "COO.todense", "number"),
            ("jax", lambda x: np.asarray(x), "numpy.asarray", "coercion"),
            ("jax", lambda x: np.frombuffer(x), "numpy.frombuffer", "buffer"),
            pytest.param(
                "jax", lambda x: memoryview(x), "ArrayImpl.__buffer__", "buffer",
                marks=pytest.mark.skipif(
                    sys.version_info < (3, 12) and accelerator.buffers is None,
                    reason="Python code sees buffers since Python 3.12",
                ),
            ),
            ("jax", lambda x: x.tolist(), "ArrayImpl.tolist", "list"),
            ("jax", lambda x: np.array([x, x]), "numpy.array", "list of arrays"),
            ("torch", lambda x: np.asarray(x), "numpy.asarray", "coercion"),
            ("torch", lambda x: x.numpy(), "Tensor.numpy", "copy"),
            ("torch", lambda x: x.sum().item(), "Tensor.item", "number"),
            ("torch", lambda x: np.from_dlpack(x), "numpy.from_dlpack", "dlpack"),
            ("torch", lambda x: sys.modules["jax.numpy"].from_dlpack(x), "Tensor.__dlpack__", "dlpack"),
            ("torch", lambda x: np.require(x), "numpy.require", "coercion"),
        ],
    )  # fmt: skip
    def test_every_way_is_seen_once(self, library, call, name, kind):
        x = array(library)
        array("jax")
        with arrayproto.trace() as t:
            call(x)
        (event,) = t.conversions
        assert brief(event) == ("conversion", name, library, kind)
        assert event.file == __file__
        assert event.kind in KINDS

    def test_the_bytes_are_those_that_left(self):
        x = array("sparse")
        with arrayproto.trace() as t:
            x.todense()
        assert t.events[0].nbytes == 72

    def test_an_object_array(self):
        class Duck:
            def __array_function__(self, *args):
                return NotImplemented

        with arrayproto.trace() as t:
            made = np.asarray([Duck(), Duck()])
        assert made.dtype == object
        assert [e.kind for e in t.events] == ["object array"]

    def test_what_happens_in_a_call(self):
        x = array("dask")
        arrayproto.activate("dask")
        with arrayproto.trace() as t:
            np.apply_along_axis(lambda a: a.sum(), 0, x).compute()
        assert [e.name for e in t.conversions] == ["Array.compute"]

    def test_a_librarys_own_business(self):
        x = array("torch")
        with arrayproto.trace() as t:
            x.allclose(x)
            x.sum() in x
            sys.modules["torch"].save(x, io.BytesIO())
        assert t.events == []

    def test_a_package_in_between_is_told(self):
        x = array("torch")
        pandas = pytest.importorskip("pandas")
        with arrayproto.trace() as t:
            pandas.DataFrame(x)
        assert t.conversions
        assert {e.file for e in t.conversions} == {__file__}
        assert all(e.via.startswith("pandas") for e in t.conversions)

    def test_functions_that_were_compiled_are_passed_over(self):
        """A dataclass compares in code that it has made; so do decorators, without even a name."""

        @dataclasses.dataclass
        class Held:
            x: object

        names = {}
        exec(compile("def call(f, x): return f(x)", "<made by a decorator>", "exec"), names)
        x = array("torch")[0, 0]
        with arrayproto.trace() as t:
            Held(x) == Held(x + 1)  # noqa: B015
            names["call"](float, x)
        here = Path(__file__).read_text().splitlines()
        assert {e.file for e in t.conversions} == {__file__}
        assert [here[e.line - 1].split("#")[0].strip() for e in t.conversions][-2:] == [
            "Held(x) == Held(x + 1)",
            'names["call"](float, x)',
        ]

    def test_texts_and_functions_by_value(self, tmp_path, monkeypatch):
        """Of a text, the text itself; of a function that came by value, the file that it is from."""
        x, file = array("torch"), str(tmp_path / "program.py")
        shown = compile("print(x, file=out)", "<cell 1>", "exec")
        sent = compile("\n\nx.tolist()", "<dynamic-code>", "exec")
        here = {"x": x, "out": io.StringIO(), "__name__": "__main__", "__file__": file}
        with arrayproto.trace() as t:
            for code in (shown, sent):
                thread = threading.Thread(target=exec, args=(code, here))
                thread.start()
                thread.join()
        assert [(e.kind, e.file, e.line) for e in t.conversions] == [
            ("text", "<cell 1>", 1),
            ("list", file, 3),
        ]
        monkeypatch.setitem(linecache.cache, "<cell 1>", (9, None, ["print(x)\n"], "<cell 1>"))
        assert t.lines().startswith("<cell 1>\n")

    def test_errors_reach_the_user(self):
        x = array("sparse")
        with arrayproto.trace() as t:
            with pytest.raises(RuntimeError, match="dense"):
                np.asarray(x)
        assert t.events == []


class TestNothingStays:
    """Everything is put back by identity."""

    @pytest.fixture(autouse=True)
    def loaded(self):
        for library in ("sparse", "dask", "jax", "torch"):
            array(library)
        self.before = in_place()
        yield
        arrayproto.deactivate()
        assert in_place() == self.before

    def test_after_a_block(self):
        with arrayproto.trace():
            assert in_place() != self.before

    def test_after_an_error(self):
        with pytest.raises(ZeroDivisionError), arrayproto.trace():
            np.sum(array("dask"))
            1 / 0

    @pytest.mark.parametrize("order", ["first in first out", "first in last out"])
    def test_two_at_once(self, order):
        x = array("sparse")
        one, two = arrayproto.trace(), arrayproto.trace()
        one.__enter__()
        np.exp(x)
        two.__enter__()
        np.exp(x)
        (one if order == "first in first out" else two).__exit__(None, None, None)
        np.exp(x)
        (two if order == "first in first out" else one).__exit__(None, None, None)
        np.exp(x)
        assert (len(one.events), len(two.events)) == (
            (2, 2) if order == "first in first out" else (3, 1)
        )

    def test_activation_inside(self):
        x = array("dask")
        with arrayproto.trace() as t:
            np.sum(x)
            arrayproto.activate()
            np.sum(x)
            arrayproto.deactivate()
            np.sum(x)
        assert [e.kind for e in t.events] == ["stock", "bridged", "stock"]

    def test_activation_that_outlives_it(self):
        x = array("dask")
        with arrayproto.trace():
            arrayproto.activate()
        active = in_place()
        assert np.sum(x) is not None
        with arrayproto.trace():
            pass
        assert in_place() == active

    def test_deactivation_inside(self):
        arrayproto.activate()
        with arrayproto.trace() as t:
            arrayproto.deactivate()
            np.sum(array("dask"))
        assert [e.kind for e in t.events] == ["stock"]

    def test_what_somebody_else_put_over_it_is_left(self):
        tensor = sys.modules["torch"].Tensor
        with pytest.warns(arrayproto.ArrayProtoWarning, match="Tensor.numpy was replaced by"):
            with arrayproto.trace():
                theirs = tensor.numpy = lambda self: None
        assert tensor.numpy is theirs
        del tensor.numpy

    def test_tables_hold_what_they_held(self):
        x, own = array("sparse"), LIBRARIES["sparse"]
        arrayproto.activate("sparse")
        with arrayproto.trace():
            np.flip(x, 0)
            assert own.table.called[np.flip].__module__ == watch.__name__
        np.flip(x, 0)
        assert own.table.called[np.flip] is own.resolve(np.flip).call

    def test_a_function_taken_by_name_while_it_was_open(self):
        with arrayproto.trace() as t:
            taken = np.asarray
        assert taken == np.asarray
        assert taken is not np.asarray
        taken(array("torch"))
        assert t.events == []

    def test_no_array_is_kept(self):
        x = array("dask")
        with arrayproto.trace() as t:
            y = np.add(x, x)
            z = np.asarray(y)
        assert len(t.events) > 1
        assert set(map(type, [value for event in t.raw for value in event])) <= {str, int, float}
        gone = [weakref.ref(array) for array in (y, z)]
        del y, z
        gc.collect()
        assert [ref() for ref in gone] == [None, None]


def test_a_call_asks_nobody_whether_it_is_watched():
    """What is off costs nothing: the way of a call does not name it."""
    for function in (mixins.array_function, mixins._array_ufunc, mixins.guest_array_function):
        assert "watch" not in inspect.getsource(function)


def test_a_trace_is_opened_once():
    with arrayproto.trace() as t:
        pass
    with pytest.raises(RuntimeError, match="opened once"), t:
        pass


def test_libraries_that_are_imported_meanwhile(run_python):
    said = run_python(
        """
import arrayproto
with arrayproto.trace() as t:
    import numpy as np
    import sparse
    arrayproto.activate("dask")
    import dask.array as da
    x = sparse.COO.from_numpy(np.eye(3))
    np.exp(x); x.todense(); np.flip(da.ones(3), 0).compute()
print([(e.library, e.kind) for e in t.events])
"""
    )
    assert said == (
        "[('sparse', 'stock'), ('sparse', 'densifying'), ('dask', 'bridged'), ('dask', 'compute')]\n"
    ), said


class TestTheTable:
    def test_rows_name_kinds_and_libraries(self):
        assert set(WAYS_OUT) <= set(LIBRARIES)
        for rows in WAYS_OUT.values():
            assert {row.kind for row in rows} <= set(KINDS)

    @pytest.mark.parametrize("library", ["sparse", "dask", "jax", "torch"])
    def test_it_is_the_one_that_tests_refuse(self, library):
        array(library)
        subject, ours = SUBJECTS[library], list(ways_out(LIBRARIES[library]))
        refused = set(subject.ways_out())
        assert refused == {
            (w.holder, w.name)
            for w in ours
            if w.kind != "text" and not (subject.eager and w.kind == "number")
        }

    @pytest.mark.parametrize("library", ["sparse", "dask", "jax", "torch"])
    def test_sizes(self, library):
        assert host_size(array(library)) == array(library).dtype.itemsize * 9
        assert host_size(object()) == 0


class Page(html.parser.HTMLParser):
    """Reads a page: its tags, and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self.attributes = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text.append(data)


HOSTILE = '<script>alert("x")</script>&amp;\'.py'


@pytest.fixture
def traced(tmp_path):
    """A trace of a program whose file and source would break a page."""
    file = str(tmp_path / HOSTILE.replace("/", "∕"))
    source = (
        "import numpy as np\ndef f(x):\n    return np.asarray(x)  # </td><img src=x onerror=y>\n"
    )
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    names = {}
    exec(compile(source, file, "exec"), names)
    x = array("dask")
    with arrayproto.activated("dask"), arrayproto.trace() as t:
        names["f"](x)
        np.flip(x, 0)
    yield t
    del linecache.cache[file]


class TestReports:
    def test_html_is_one_file_with_everything_escaped(self, traced, tmp_path):
        text = traced.to_html(tmp_path / "page.html")
        assert (tmp_path / "page.html").read_text(encoding="utf-8") == text
        page = Page(text)
        assert not {"script", "img", "link", "iframe", "object"} & set(page.tags)
        assert not {"src", "href"} & {name for name, _ in page.attributes}
        assert "<script>" in "".join(page.text)
        assert "</td><img src=x onerror=y>" in "".join(page.text)
        assert page.tags.count("table") >= 3
        assert "numpy.flip" in "".join(page.text)

    def test_lines(self, traced):
        said = traced.lines()
        (row,) = [one for one in said.splitlines() if one.endswith("(dask, coercion)")]
        assert "72 B" in row
        assert "return np.asarray(x)  # </td>" in row
        assert "np.flip(x, 0)" in traced.lines(__file__)

    def test_summary(self, traced):
        first, second, third = traced.summary().splitlines()
        assert first.startswith("1 calls in ")
        assert second == "1 conversions of 72 B in all"
        assert third.endswith("numpy.asarray, coercion of dask, 72 B")

    def test_table_with_and_without_rich(self, traced, monkeypatch):
        assert "numpy.asarray" in traced.table()
        monkeypatch.setitem(sys.modules, "rich.console", None)
        plain = traced.table()
        assert "numpy.asarray" in plain
        assert "┃" not in plain

    def test_chrome(self, traced, tmp_path):
        found = json.loads(traced.to_chrome(tmp_path / "t.json"))
        events = [e for e in found["traceEvents"] if e["ph"] == "X"]
        assert [e["name"] for e in events] == ["numpy.asarray", "numpy.flip"]
        for event in events:
            assert {"ts", "dur", "pid", "tid", "cat", "args"} <= set(event)
            assert event["ts"] >= 0
            assert event["dur"] > 0
        (named,) = [e for e in found["traceEvents"] if e["ph"] == "M"]
        assert (named["name"], named["args"]) == ("thread_name", {"name": "MainThread"})

    def test_json(self, traced):
        assert [e["kind"] for e in json.loads(traced.to_json())][0] == "coercion"

    def test_of_nothing(self):
        with arrayproto.trace() as t:
            pass
        for text in (t.table(), t.lines(), t.summary(), t.to_html(), t.to_chrome(), t.to_json()):
            assert isinstance(text, str)


class TestTheCommand:
    """The user's story: a program that copies to the host three times without a word."""

    PROGRAM = """\
import sys
import numpy as np
import dask.array as da
import sparse

d = da.from_array(np.ones((100, 100)), chunks=50)
x = sparse.random((100, 100), density=0.1)

def helper(a):
    return np.asarray(a).mean()  # 1

print(helper(d), sys.argv[1:])
total = sum(float(d[row].sum()) for row in range(3))  # 2
y = np.vstack([x.todense(), np.ones((1, 100))])  # 3
"""

    @pytest.fixture
    def script(self, tmp_path):
        path = tmp_path / "secret.py"
        path.write_text(self.PROGRAM)
        return path

    def run(self, *arguments):
        command = [sys.executable, "-m", "arrayproto", "trace", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)

    def test_all_three_lines_are_found(self, script, tmp_path):
        done = self.run("--activate", "sparse,dask", "--json", tmp_path / "t.json", "--html",
                        tmp_path / "t.html", "--chrome", tmp_path / "c.json", script, "-a", "b")  # fmt: skip
        assert (done.returncode, done.stdout) == (0, "1.0 ['-a', 'b']\n"), done.stderr
        events = json.loads((tmp_path / "t.json").read_text())
        left = [e for e in events if e["what"] == "conversion"]
        wanted = [n for n, text in enumerate(self.PROGRAM.splitlines(), 1) if text[-3:-1] == "# "]
        assert len(wanted) == 3
        assert sorted({e["line"] for e in left}) == wanted
        assert {e["file"] for e in left} == {str(script)}
        for number in wanted:
            assert f"secret.py:{number}: " in done.stderr
        assert "3 times" in done.stderr
        assert Page((tmp_path / "t.html").read_text()).tags.count("table") >= 2

    def test_status_and_traceback_are_the_programs(self, tmp_path):
        path = tmp_path / "fails.py"
        path.write_text("import numpy as np\ndef f():\n    raise KeyError('mine')\nf()\n")
        done = self.run("--quiet", path)
        assert done.returncode == 1
        assert done.stderr.splitlines()[0] == "Traceback (most recent call last):"
        assert "KeyError: 'mine'" in done.stderr
        assert "arrayproto" not in done.stderr
        assert "runpy" not in done.stderr
        path.write_text("import sys\nsys.exit(3)\n")
        assert self.run("--quiet", path).returncode == 3

    def test_a_program_that_is_not_there(self, tmp_path):
        done = self.run(tmp_path / "none.py")
        assert done.returncode == 2
        assert "can't open file" in done.stderr
        done = self.run("-m", "no_such_module")
        assert done.returncode == 1
        assert "No module named no_such_module" in done.stderr

    def test_a_program_that_goes_elsewhere(self, tmp_path):
        """Its own folder comes first on its path, and its lines are found all the same."""
        (tmp_path / "beside.py").write_text("answer = 42\n")
        path = tmp_path / "wanders.py"
        path.write_text(
            "import os, numpy as np, dask.array as da\nimport beside\nos.chdir('/')\n"
            "print(beside.answer, __name__, np.asarray(da.ones(3)).sum())\n"
        )
        command = [sys.executable, "-m", "arrayproto", "trace", "wanders.py"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.stdout == "42 __main__ 3.0\n", done.stderr
        assert "wanders.py:4: numpy.asarray, coercion of dask, 24 B" in done.stderr
        assert "print(beside.answer" in done.stderr, "the source, with what left beside it"


def test_workers_of_a_cluster(run_python):
    pytest.importorskip("distributed")
    run_python(
        """
import numpy as np, dask.array as da, distributed, arrayproto

def dense(block):
    import sparse
    return sparse.COO.from_numpy(block).todense()

if __name__ == "__main__":
    x = da.from_array(np.eye(4), chunks=2)
    cluster = distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client, arrayproto.trace(client) as t:
        assert x.map_blocks(dense, dtype=float).sum().compute() == 4
    there = [e for e in t.conversions if " of tcp://" in t.thread_names[e.thread]]
    assert [(e.name, e.nbytes) for e in there] == [("COO.todense", 32)] * 4, there
    assert all(0 <= e.start - t.began <= t.seconds + 1 for e in there), there
    assert any(e.name == "Array.compute" for e in t.conversions)
"""
    )


class TestWithUsing:
    """What makes arrays and what watches conversions stand in the same places of NumPy's."""

    @pytest.mark.parametrize("first", ["using", "trace"])
    def test_the_program_makes_the_librarys_arrays(self, first):
        da = pytest.importorskip("dask.array")
        contexts = [arrayproto.using("dask"), arrayproto.trace()]
        with contextlib.ExitStack() as stack:
            found = [stack.enter_context(c) for c in contexts[:: 1 if first == "using" else -1]]
            x = np.array([1.0, 2.0])
            rows = np.array([x, np.ones(2)])
            assert type(x) is type(rows) is type(np.asarray(x)) is da.Array
        (trace,) = filter(None, found)
        assert not trace.conversions

    def test_others_make_ndarrays(self):
        da = pytest.importorskip("dask.array")
        others = {"__name__": "other", "np": np}
        exec(compile("def make(): return np.array([1.0])", np.__file__, "exec"), others)
        with arrayproto.using("dask"), arrayproto.trace():
            assert type(others["make"]()) is np.ndarray
        with arrayproto.using("dask"), arrayproto.no_copies():
            assert type(np.array([1.0])) is da.Array
