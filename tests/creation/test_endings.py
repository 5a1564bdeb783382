"""The endings of a program: what is printed, written, drawn, or taken out of an array."""

from __future__ import annotations

import contextlib
import io
import json
import math

import numpy as np
import pytest

import arrayproto
from tests.creation.libraries import every, to_numpy, using

HOST = [[0.0, 1.5, 2.0], [3.0, -4.0, 5.0]]
#: Expressions of `x`, which is `HOST`, whose values are no arrays.
EXPRESSIONS = (
    "str(x)", "f'{x}'", "'%s' % x", "'{}'.format(x[0])", "str(np.sum(x))", "f'{np.sum(x):8.3f}'",
    "'%.2f' % np.mean(x)", "'{:.1e}'.format(np.max(x))", "float(np.sum(x))", "int(np.sum(x))",
    "bool(np.sum(x) > 3)", "complex(np.sum(x))", "round(np.sum(x), 1)", "x.tolist()",
    "np.sum(x).item()", "x[1].tobytes()", "json.dumps(x[0].tolist())", "math.sqrt(np.sum(x))",
    "1 if np.max(x) > 4 else 0", "[float(v) for v in x[0]]", "max(x[1]) == 5", "len(x)", "sum(x[0])",
    "'abcdef'[np.argmax(x[0])]", "list(range(np.argmax(x[0])))", "np.array_str(x)",
    "np.array2string(x, precision=1, separator=';')", "printed(x)",
)  # fmt: skip


def printed(*values) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        print(*values)
    return out.getvalue()


def program(x, source: str):
    return eval(
        source,
        {"np": np, "json": json, "math": math, "x": x, "printed": printed, "__name__": "program"},
    )


@every
def test_they_are_numpys(name):
    expected = [program(np.array(HOST), source) for source in EXPRESSIONS]
    with using(name):
        x = np.array(HOST)
        found = [program(x, source) for source in EXPRESSIONS]
    for source, one, other in zip(EXPRESSIONS, found, expected, strict=True):
        assert one == other, source


#: Methods that some library lacks, and that all have as NumPy's do once it has not.
METHODS = (
    "x.astype(int)", "x.astype(np.float32, copy=False).copy()", "x.ravel()", "x.diagonal()",
    "x.argsort(axis=1)", "x.clip(0, 2)", "x.swapaxes(0, 1)", "x.cumsum(axis=0)",
)  # fmt: skip


@every
def test_methods_that_a_library_lacks(name):
    expected = [program(np.array(HOST), source) for source in METHODS]
    with using(name):
        x = np.array(HOST)
        found = [program(x, source) for source in METHODS]
        assert {type(one) for one in found} == {type(x)}
    for source, one, other in zip(METHODS, found, expected, strict=True):
        np.testing.assert_array_equal(to_numpy(one), other, err_msg=source, strict=True)


@pytest.mark.gpu
def test_on_a_gpu():
    # An array of CuPy's is no index of Python's: it has no `__index__`.
    expressions = [source for source in EXPRESSIONS if "argmax" not in source]
    expected = [program(np.array(HOST), source) for source in expressions]
    text = str(np.arange(2000.0))
    with arrayproto.using("cupy"):
        x = np.array(HOST)
        assert [program(x, source) for source in expressions] == expected
        assert str(np.arange(2000.0)) == text


@every
@pytest.mark.parametrize("shape", [(40, 50), (2000,), (3, 4, 200), (5, 1001)])
def test_of_large_arrays_only_the_corners_leave(name, shape):
    host = np.arange(float(math.prod(shape))).reshape(shape)
    texts = str(host), repr(host)
    with using(name):
        x = np.array(host)
        with arrayproto.trace() as t:
            assert str(x) == texts[0]
        assert repr(x) == texts[1]
        assert np.array_str(x) == texts[0]
    assert 0 < sum(event.nbytes for event in t.conversions) < 7 * 7 * 7 * 8


def test_methods_are_the_librarys_outside():
    torch = pytest.importorskip("torch")
    with using("torch"):
        x = np.array(HOST)
        assert hasattr(x, "astype")
        assert x.std() == torch.std(x)
    assert not hasattr(x, "astype")


def test_what_is_no_program_finds_the_librarys():
    """A notebook's display, a debugger of somebody's, and the library itself."""
    with using("dask"):
        x = np.array(HOST)
        others = {"__name__": "other"}
        file = np.__file__.replace("numpy", "other")
        exec(compile("def show(x): return repr(x), hasattr(x, 'tolist')", file, "exec"), others)
        shown, has = others["show"](x)
        assert shown.startswith("dask.array<")
        assert not has
        assert hasattr(x, "tolist")
        with arrayproto.using("numpy"):
            assert str(x).startswith("dask.array<")
    assert str(x).startswith("dask.array<"), "the context is over"
    assert not hasattr(x, "tolist")


@pytest.mark.parametrize("name", ["dask", "sparse", "torch"])
def test_it_is_undone(name):
    with using(name):
        cls = type(np.zeros(2))
    held = {base: dict(vars(base)) for base in cls.__mro__}
    with using(name), using(name):
        assert vars(cls) != held[cls] or any(vars(base) != held[base] for base in cls.__mro__)
    for base, before in held.items():
        assert dict(vars(base)) == before


class TestDask:
    def test_a_vector_is_computed_once_when_it_is_iterated_over(self):
        with using("dask"):
            x = np.arange(100.0) * 2
            with arrayproto.trace() as t:
                total = sum(v for v in x)
        assert total == 9900
        assert len(t.conversions) == 1

    def test_rows_stay_lazy(self):
        with using("dask"):
            rows = list(np.ones((3, 2)))
            assert all(hasattr(row, "dask") for row in rows)

    def test_a_length_that_was_not_known(self):
        with using("dask"):
            values, counts = np.unique(np.array([3, 1, 3]), return_counts=True)
            assert dict(zip(values, counts, strict=True)) == {1: 1, 3: 2}
            assert len(np.unique(np.array([1, 1, 2]))) == 2

    def test_in_blocks_where_it_is_large(self, monkeypatch):
        from arrayproto.creation import endings

        monkeypatch.setattr(endings, "AT_ONCE", 8)
        with using("dask"):
            assert list(np.arange(5.0) + np.zeros(5)) == [0, 1, 2, 3, 4]

    def test_a_file_of_several_arrays_computes_what_they_share_once(self, tmp_path):
        seen = []

        def block(part):
            seen.append(None)
            return part

        with using("dask"):
            x = np.arange(2.0).map_blocks(block, dtype=float, meta=to_numpy(np.ones(0)))
            np.savez(tmp_path / "x.npz", a=x, b=x + 1)
            saved = np.load(tmp_path / "x.npz")
            assert str(saved["b"]) == "[1. 2.]"
        assert len(seen) == 1

    @pytest.mark.parametrize("scheduler", ["threads", "synchronous"])
    def test_chunks_are_numpys(self, scheduler):
        """Whatever thread a function of the program is called in with a chunk."""
        seen = []

        def block(part):
            rng = np.random.default_rng(0)
            seen.extend([type(np.zeros(2)), type(np.r_[0:2]), type(rng.random(2)), str(part)])
            return part

        with using("dask"):
            x = np.ones(2).map_blocks(block, dtype=float, meta=to_numpy(np.ones(0)))
            x.compute(scheduler=scheduler)
        assert seen == [np.ndarray, np.ndarray, np.ndarray, "[1. 1.]"]


class TestMatplotlib:
    @pytest.fixture
    def plt(self):
        matplotlib = pytest.importorskip("matplotlib")
        matplotlib.use("Agg")
        import matplotlib.pyplot as plt

        yield plt
        plt.close("all")

    @every
    def test_draws_the_values(self, name, plt, tmp_path):
        with using(name):
            x = np.array(HOST)
            (line,) = plt.plot(x[0], x[1])
            image = plt.imshow(x)
            counts, edges, _ = plt.hist(x[0], bins=2)
            bars = plt.bar(x[0], x[1])
            plt.scatter(x[0], x[1], c=x[0])
            plt.contour(x)
            plt.hist([x[0], x[1]])
            plt.title(f"{np.sum(x):.1f}")
            plt.savefig(tmp_path / "plot.png")
            plt.imsave(tmp_path / "image.png", x)
        assert line.get_ydata().tolist() == HOST[1]
        assert image.get_array().tolist() == HOST
        assert counts.tolist() == [1, 2]
        assert [bar.get_height() for bar in bars] == HOST[1]
        assert plt.gca().get_title() == "7.5"
        assert (tmp_path / "plot.png").stat().st_size > 1000

    def test_is_left_as_it_was(self, plt):
        from matplotlib.axes import Axes

        before = dict(vars(Axes))
        with using("torch"):
            assert vars(Axes)["plot"] is not before["plot"]
        assert dict(vars(Axes)) == before

    def test_may_be_imported_later(self, run_python):
        pytest.importorskip("matplotlib")
        source = (
            "import numpy as np, arrayproto\n"
            "with arrayproto.using('dask'):\n"
            "    x = np.array([1.0, 1.0, 3.0])\n"
            "    import matplotlib; matplotlib.use('Agg')\n"
            "    import matplotlib.pyplot as plt\n"
            "    print(plt.hist(x, bins=2)[0])"
        )
        assert run_python(source).strip() == "[2. 1.]"


@every
def test_assertions_of_numpys(name):
    with using(name):
        x = np.array(HOST)
        np.testing.assert_allclose(x, HOST)
        np.testing.assert_array_equal([x, x], [HOST, HOST])
        with pytest.raises(AssertionError, match="Max absolute difference"):
            np.testing.assert_allclose(x, x + 1)
