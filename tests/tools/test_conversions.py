"""Every way in which an array becomes something else is seen, once: by library, and in C code too.

Of what C code takes by the buffer protocol, `arrayproto.tools.buffers` has the reason and the way.
"""

from __future__ import annotations

import array
import copy
import gc
import importlib.util
import io
import itertools
import pickle
import sys
import threading
import time
import warnings
import weakref

import numpy as np
import pytest
from numpy import asarray, frombuffer

import arrayproto
from arrayproto import accelerator
from arrayproto.libraries import LIBRARIES
from arrayproto.testing.subjects import (
    SUBJECTS,
    WentThroughTheHostError,
    staying_on_the_library,
)
from arrayproto.tools import buffers, watch
from arrayproto.ways_out import KINDS, WAYS_OUT, elements, gives_buffers

VALUES = np.array([[3.0, 0.0, 1.0], [0.0, 2.0, 0.0], [1.0, 0.0, 4.0]])
in_c = pytest.mark.skipif(accelerator.buffers is None, reason="the C code was not built")

#: Lines are ways to convert an array x, or its number n; columns are libraries. A word is the kind
#: of the one conversion that is seen, "2" that there is one of each array. "raises": the library
#: refuses, so that nothing leaves. "none": nothing leaves it; it is its own function, or an element
#: that is NumPy's number anyway. "own": its own code shows its arrays, which is its business.
#: "unseen": docs/limits.md has the reason.
TABLE = """
way                          sparse      dask      jax       tensorflow  torch     mlx       autograd  xarray
np.asarray(x)                raises      coercion  coercion  coercion    coercion  coercion  objects   coercion
np.array(x)                  raises      coercion  coercion  coercion    coercion  coercion  objects   coercion
np.asanyarray(x)             raises      coercion  coercion  coercion    coercion  coercion  objects   coercion
np.ascontiguousarray(x)      raises      coercion  coercion  coercion    coercion  coercion  objects   coercion
np.asfortranarray(x)         raises      coercion  coercion  coercion    coercion  coercion  objects   coercion
np.require(x)                raises      coercion  coercion  coercion    coercion  coercion  objects   coercion
np.asarray_chkfinite(x)      raises      coercion  buffer    buffer      coercion  buffer    unseen    coercion
asarray(x)                   raises      coercion  buffer    buffer      coercion  buffer    unseen    coercion
asarray(x, np.float32)       raises      coercion  buffer    buffer      coercion  buffer    raises    coercion
ascontiguousarray(x)         raises      coercion  buffer    buffer      coercion  buffer    unseen    coercion
require(x)                   raises      coercion  buffer    buffer      coercion  buffer    unseen    coercion
h.__setitem__(..., x)        raises      coercion  buffer    buffer      coercion  buffer    raises    coercion
x.__array__()                raises      coercion  coercion  coercion    coercion  coercion  raises    coercion
np.array([x, x])             raises      lists     lists     lists       lists     lists     objects   lists
np.array([x, x], object)     raises      objects   objects   objects     objects   objects   objects   objects
array([x, x])                raises      2coercion 2buffer   2buffer     2coercion 2buffer   unseen    2coercion
array([x, x], object)        raises      2objects  2buffer   2buffer     2objects  2buffer   unseen    2objects
memoryview(x)                raises      raises    buffer    buffer      raises    buffer    raises    raises
bytes(x)                     raises      raises    buffer    buffer      raises    copy      raises    raises
io.BytesIO().write(x)        raises      raises    buffer    buffer      raises    buffer    raises    raises
np.frombuffer(x)             raises      raises    buffer    buffer      raises    buffer    raises    raises
frombuffer(x)                raises      raises    buffer    buffer      raises    buffer    raises    raises
np.from_dlpack(x)            raises      raises    dlpack    dlpack      dlpack    dlpack    raises    raises
from_dlpack(x)               raises      raises    dlpack    dlpack      dlpack    dlpack    raises    raises
x.__dlpack__()               raises      raises    dlpack    dlpack      dlpack    dlpack    raises    raises
torch.from_dlpack(x)         raises      raises    dlpack    dlpack      none      dlpack    raises    raises
torch.to_dlpack(x)           raises      raises    raises    raises      dlpack    raises    raises    raises
jnp.from_dlpack(x)           raises      raises    none      dlpack      dlpack    dlpack    raises    raises
torch.asarray(x)             none        raises    buffer    buffer      none      buffer    raises    raises
jnp.asarray(x)               raises      coercion  none      coercion    coercion  coercion  raises    coercion
x.compute()                  raises      compute   raises    raises      raises    raises    raises    none
x.todense()                  densifying  raises    raises    raises      raises    raises    raises    raises
x.numpy()                    raises      raises    raises    copy        copy      raises    raises    raises
x.tobytes()                  raises      raises    copy      raises      raises    raises    raises    raises
x.tolist()                   raises      raises    list      raises      list      list      raises    raises
n.todense()                  number      raises    raises    raises      raises    raises    raises    raises
n.item()                     raises      raises    number    raises      number    number    raises    none
float(n)                     none        number    number    number      number    number    raises    none
int(n)                       none        number    number    number      number    number    raises    none
bool(n)                      none        number    number    number      number    number    none      none
complex(n)                   none        number    number    number      number    number    raises    none
f"{n}"                       own         own       text      text        text      text      own       own
str(x)                       own         own       text      text        text      text      own       own
[x].__repr__()               own         own       text      text        text      text      own       own
pickle.dumps(x)              none        none      pickle    pickle      pickle    pickle    raises    none
copy.copy(x)                 none        none      none      none        none      none      none      none
copy.deepcopy(x)             none        none      none      none        none      none      none      none
"""
KIND_OF = {"lists": "list of arrays", "objects": "object array"}
NOTHING = ("none", "own", "unseen")
_HEAD, *_LINES = TABLE.strip().splitlines()
COLUMNS = _HEAD.split()[1:]
#: By library, what is said of each way.
SAID = {
    library: {line[:29].strip(): line[29:].split()[n] for line in _LINES}
    for n, library in enumerate(COLUMNS)
}


def make(library):
    if library == "xarray":
        return pytest.importorskip("xarray").DataArray(VALUES)
    subject = SUBJECTS[library]
    pytest.importorskip(subject.module)
    subject.load()
    return subject.from_numpy(VALUES)


def is_here(library):
    return importlib.util.find_spec(library) is not None


def kinds_of(word):
    """The kinds of the conversions that a word of the table stands for."""
    if word in ("raises", *NOTHING):
        return []
    count, word = (2, word[1:]) if word[0] == "2" else (1, word)
    return [KIND_OF.get(word, word)] * count


#: Taken before anybody watches.
EARLY = {
    name: getattr(np, name)
    for name in ("array", "asarray", "ascontiguousarray", "frombuffer", "from_dlpack", "require")
}


#: Who takes arrays of others in the table, where it is installed.
TAKERS = {"torch.": "torch", "jnp.": "jax"}


def evaluate(way, x):
    names = {
        "np": np,
        "io": io,
        "copy": copy,
        "pickle": pickle,
        "torch": sys.modules.get("torch"),
        "jnp": sys.modules.get("jax.numpy"),
        "h": np.zeros((3, 3)),
        "n": x.sum() if hasattr(x, "sum") else x[0, 0],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns of memory that it must not write to
        return eval(compile(way, __file__, "eval"), names | EARLY, {"x": x})


class TestTheTable:
    @pytest.mark.parametrize("library", COLUMNS)
    def test_each_conversion_is_seen_once(self, library):
        x, found = make(library), {}
        named = any("__buffer__" in way.names for way in WAYS_OUT.get(library, ()))
        hidden = accelerator.buffers is None and not (named and hasattr(type(x), "__buffer__"))
        absent = tuple(short for short, name in TAKERS.items() if not is_here(name))
        said = {
            way: word
            for way, word in SAID[library].items()
            if not (hidden and word.endswith("buffer")) and not way.startswith(absent)
        }
        for name in set(TAKERS) - set(absent):
            SUBJECTS[TAKERS[name]].load()
        with arrayproto.trace() as t:
            for way in said:
                before, raises = len(t.raw), False
                try:
                    evaluate(way, x)
                except Exception:  # of whatever class a library has
                    raises = True
                found[way] = raises, [e.kind for e in t.events[before:] if e.what == "conversion"]
        assert found == {way: (word == "raises", kinds_of(word)) for way, word in said.items()}
        for event in t.conversions:
            place = event.library, event.file, event.line, event.via
            assert place == (library, __file__, 1, ""), "the line is the text's"
        sizes = {(e.kind, e.nbytes) for e in t.conversions}
        assert sizes <= {(kind, 8 if kind == "number" else 72) for kind in KINDS} | {
            ("text", 8),
            ("list of arrays", 144),
            ("object array", 144),
        }

    def test_what_dask_computes_by_any_name(self):
        x = make("dask")
        from dask import compute, persist
        from dask.base import compute_as_if_collection

        target = np.zeros((3, 3))
        with arrayproto.trace() as t:
            compute(x)
            persist(x)
            x.store(target)
            compute_as_if_collection(type(x), x.__dask_graph__(), x.__dask_keys__())
            x + x
            sys.modules["dask.base"].get_scheduler(collections=[x])
        assert [(e.name, e.kind, e.nbytes) for e in t.conversions] == [
            ("dask.compute", "compute", 72),
            ("dask.persist", "compute", 72),
            ("dask.compute", "compute", 72),
            ("dask.compute_as_if_collection", "compute", 0),
        ]
        assert {(e.file, e.via) for e in t.conversions} == {(__file__, "")}
        with arrayproto.no_copies(limit=0), pytest.raises(arrayproto.CopyError):
            compute(x)

    def test_it_has_all_kinds_and_all_libraries(self):
        words = {word for said in SAID.values() for word in said.values()}
        assert set(itertools.chain.from_iterable(map(kinds_of, words))) == set(KINDS)
        assert {*COLUMNS, "cupy"} == set(LIBRARIES)


#: Whose arrays give their memory by the slot of their type, on a CPU.
EXPORTERS = ("jax", "tensorflow", "mlx")


@pytest.fixture(params=EXPORTERS)
def x(request):
    return make(request.param)


def slots():
    """The addresses of what gives the buffers of all classes."""
    found = {}
    for library in watch.watched.everyone():
        if library.loaded() is not None and library.has_classes():
            for cls in itertools.chain.from_iterable(map(buffers._family, library.classes)):
                found[cls] = accelerator.buffers.slot(cls)
    return found


@in_c
class TestSlots:
    """What is put into the slots of types, and taken out again."""

    @pytest.fixture(autouse=True)
    def nothing_stays(self):
        for library in filter(is_here, EXPORTERS):
            make(library)
        before = slots()
        yield
        after = slots()
        assert {cls: after[cls] for cls in after if cls in before} == {
            cls: before[cls] for cls in before if cls in after
        }
        assert buffers._observers == ()
        assert not buffers._patched

    def test_they_are_the_librarys_own_while_nobody_watches(self, x):
        own = accelerator.buffers.slot(type(x))
        with arrayproto.trace():
            during = accelerator.buffers.slot(type(x))
        assert own
        assert own != during
        assert accelerator.buffers.slot(type(x)) == own

    def test_two_at_once_in_any_order(self, x):
        one, two = arrayproto.trace(), arrayproto.trace()
        one.__enter__()
        memoryview(x)
        two.__enter__()
        memoryview(x)
        one.__exit__(None, None, None)
        memoryview(x)
        two.__exit__(None, None, None)
        memoryview(x)
        assert (len(one.events), len(two.events)) == (2, 2)

    def test_a_buffer_may_outlive_the_trace(self, x):
        with arrayproto.trace() as t:
            view, made = memoryview(x), asarray(x)
        assert [e.kind for e in t.events] == ["buffer", "buffer"]
        del x
        gc.collect()
        assert np.array_equal(made, VALUES)
        assert bytes(view) == VALUES.tobytes()

    def test_a_class_that_is_derived_meanwhile(self):
        """It inherits what is in the slot then; since Python 3.12, what was there before."""
        base = type("Base", (bytearray,), {})
        patch = buffers.BufferPatch.apply(base)
        child = type("Child", (base,), {})
        during = {cls: accelerator.buffers.slot(cls) for cls in (bytearray, base, child)}
        seen = []

        def observer(exporter, flags, frame, take):
            seen.append((type(exporter), frame.f_code.co_name, take()))

        buffers.observe(observer, True)
        for value in (base(b"abc"), child(b"abcd"), bytearray(b"abcde")):
            memoryview(value)
        buffers.observe(observer, False)
        assert patch.undo("a test") is None
        name = "test_a_class_that_is_derived_meanwhile"
        inherits = sys.version_info < (3, 12)
        assert seen == [(base, name, 3), (child, name, 4)][: 1 + inherits]
        assert during[base] != during[bytearray]
        assert during[child] == during[base if inherits else bytearray]
        assert {accelerator.buffers.slot(cls) for cls in during} == {during[bytearray]}

    def test_the_observer(self):
        """It may leave the buffer alone, take it and raise, or keep what takes it."""
        cls = type("Exporter", (array.array,), {})
        value, kept = cls("d", [1.0, 2.0]), []
        module = accelerator.buffers

        def lets_it_be(exporter, flags, take):
            kept.append(take)

        def takes_and_raises(exporter, flags, take):
            assert take() == 8 * len(exporter)
            with pytest.raises(RuntimeError, match="taken once"):
                take()
            raise KeyError("mine")

        assert module.put(cls)
        assert not module.put(cls)
        try:
            module.observe(lets_it_be)
            assert bytes(memoryview(value)) == array.array("d", [1.0, 2.0]).tobytes()
            with pytest.raises(RuntimeError, match="while it is asked for"):
                kept[0]()
            module.observe(takes_and_raises)
            with pytest.raises(KeyError, match="mine"):
                memoryview(value)
            value.append(3.0)  # an error if a buffer of it were out
            before = sys.getrefcount(value)
            for _ in range(100):
                with pytest.raises(KeyError):
                    memoryview(value)
            assert sys.getrefcount(value) == before
            module.observe(None)
            assert memoryview(value).nbytes == 24
        finally:
            module.observe(None)
            assert module.put_back(cls)
        assert module.slot(cls) == module.slot(array.array)
        assert module.slot(int) == 0
        assert not module.put(int)
        with pytest.raises(TypeError, match="a class is needed, not int"):
            module.put(3)

    def test_an_error_of_the_librarys_reaches_the_caller(self):
        x = sys.modules["jax.numpy"].ones(3, dtype="bfloat16")
        with arrayproto.trace() as t:
            with pytest.raises(BufferError, match="BF16"):
                memoryview(x)
            assert asarray(x).dtype.name == "bfloat16"
        assert [e.name for e in t.events] == ["ArrayImpl.__array__"]

    def test_threads_that_begin_and_end(self):
        """Buffers are taken whatever others begin or end meanwhile, and all that are seen are whole."""
        x = make("jax")
        until, errors, traces = time.monotonic() + 0.1, [], []

        def read():
            while time.monotonic() < until:
                if bytes(memoryview(x)) != VALUES.tobytes():
                    errors.append("not its bytes")

        def watched():
            while time.monotonic() < until:
                with arrayproto.trace() as t:
                    memoryview(x)
                traces.append(t)

        threads = [threading.Thread(target=work) for work in (read, read, watched, watched)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        for t in traces:
            assert t.events
            assert {(e.kind, e.nbytes) for e in t.events} == {("buffer", 72)}

    def test_no_array_is_kept(self):
        x = make("jax")
        with arrayproto.trace() as t:
            made = asarray(x)
        assert len(t.events) == 1
        gone = weakref.ref(x)
        del x, made
        gc.collect()
        assert gone() is None

    def test_a_librarys_own_business(self, x):
        with arrayproto.trace() as t:
            x + x
            x[0]
            copy.deepcopy(x)
        assert t.events == []


@in_c
class TestNoCopies:
    @pytest.mark.parametrize("way", [asarray, memoryview, np.nditer, frombuffer, np.array])
    def test_refuses(self, x, way):
        with (
            arrayproto.no_copies(limit=71) as guard,
            pytest.raises(arrayproto.CopyError, match="72 B"),
        ):
            way(x)
        (met,) = guard.copies
        assert (met.nbytes, met.file) == (72, __file__)
        with arrayproto.no_copies(limit=72) as guard:
            way(x)
        assert guard.copies == []

    def test_one_conversion_that_is_tried_in_several_ways(self):
        """NumPy takes the first errors for failures, and tries the next way."""
        x = make("jax")
        none = sys.modules["jax.numpy"].ones(3, dtype="bfloat16")
        with arrayproto.no_copies(limit=0) as guard:
            for way in (asarray, frombuffer, asarray, memoryview, memoryview):
                with pytest.raises(arrayproto.CopyError):
                    way(x)
            with pytest.raises(arrayproto.CopyError):
                asarray(none)
        assert len(guard.copies) == 6
        for way, value in ((asarray, x), (frombuffer, x), (asarray, none)):
            with (
                arrayproto.no_copies(0, "warn") as guard,
                pytest.warns(arrayproto.ArrayProtoWarning) as caught,
            ):
                way(value)
            assert len(guard.copies) == len(caught) == 1
        with warnings.catch_warnings(), arrayproto.no_copies(0, "warn") as guard:
            warnings.simplefilter("error")
            with pytest.raises(arrayproto.ArrayProtoWarning):
                asarray(x)
        assert len(guard.copies) == 1


@in_c
def test_where_arrays_must_stay_on_their_library(x):
    """What judges the libraries refuses buffers as it does the other ways."""
    own = accelerator.buffers.slot(type(x))
    for way in (asarray, memoryview, bytes, np.nditer):
        with staying_on_the_library(), pytest.raises(WentThroughTheHostError):
            way(x)
    with staying_on_the_library():
        repr(x)
        asarray(VALUES)
    assert accelerator.buffers.slot(type(x)) == own


def test_without_the_c_code(monkeypatch):
    """Nothing but the buffers is missed, as docs/limits.md has it."""
    monkeypatch.setattr(buffers, "buffers", None)
    x = make("jax")
    with arrayproto.trace() as t:
        assert np.array_equal(asarray(x), np.asarray(x))
    hidden = not hasattr(type(x), "__buffer__")
    assert [e.name for e in t.events] == ["ArrayImpl.__buffer__"][hidden:] + ["numpy.asarray"]


def test_which_libraries_give_buffers():
    giving = {name for name in LIBRARIES if gives_buffers(LIBRARIES[name])}
    assert giving == {"cupy", *EXPORTERS}
    assert giving <= set(WAYS_OUT)


def test_elements():
    assert [elements(value) for value in (VALUES, VALUES[0, :1], np.float64(3), object())] == [
        9,
        1,
        1,
        1,
    ]
