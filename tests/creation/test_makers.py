"""Each creation function, for each library: NumPy's values, the library's array."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pytest

import arrayproto
from arrayproto.creation import rebound
from arrayproto.creation.makers import OF_DTYPES
from tests.creation.libraries import ROOTS, every, root, to_numpy, using

#: By what is rebound, calls of it; each is evaluated with and without a context.
CALLS = {
    "arange": ("np.arange(7)", "np.arange(1, 8, 2)", "np.arange(0, 1, 0.1)", "np.arange(5, 0, -1)",
               "np.arange(3, dtype='f4')", "np.arange(4, 4)"),
    "array": ("np.array([[1, 2], [3, 4.5]])", "np.array(2.5)", "np.array([1, 2], dtype=float)",
              "np.array([1j, 2])", "np.array([True, False])", "np.array([[1, 2]], ndmin=3)",
              "np.array([np.array([1, 2]), [3, 4]])"),
    "asanyarray": ("np.asanyarray([1, 2])",),
    "asarray": ("np.asarray([1, 2], float)", "np.asarray(host)", "np.asarray(host, dtype='f4')"),
    "ascontiguousarray": ("np.ascontiguousarray([[1, 2]])",),
    "asfortranarray": ("np.asfortranarray([[1, 2]])",),
    "bartlett": ("np.bartlett(5)",),
    "blackman": ("np.blackman(5)",),
    "c_": ("np.c_[[1, 2], [3, 4]]", "np.c_[np.arange(3), np.ones(3)]"),
    "empty": ("np.empty((0, 3))", "np.empty(0, int)"),
    "eye": ("np.eye(3)", "np.eye(2, 4, k=1)", "np.eye(3, dtype=int)", "np.eye(3, M=2)"),
    "frombuffer": ("np.frombuffer(b'abcdefgh')", "np.frombuffer(b'abc', dtype='u1')"),
    "fromfile": ("np.fromfile(path / 'raw', dtype=float)",),
    "fromfunction": ("np.fromfunction(lambda i, j: 2 * i + j, (2, 3))",
                     "np.fromfunction(lambda i: i, (4,), dtype=int)"),
    "fromiter": ("np.fromiter(range(4), float)",),
    "fromstring": ("np.fromstring('1 2 3', sep=' ')",),
    "full": ("np.full((2, 2), 7)", "np.full(3, 0.5)", "np.full(2, [1, 2])",
             "np.full((2,), 3.7, dtype=int)"),
    "genfromtxt": ("np.genfromtxt(['1,2', '3,'], delimiter=',')",),
    "geomspace": ("np.geomspace(1, 256, 9)",),
    "hamming": ("np.hamming(5)",),
    "hanning": ("np.hanning(5)",),
    "identity": ("np.identity(3)", "np.identity(2, dtype=int)"),
    "indices": ("np.indices((2, 3))", "np.indices((2, 3), dtype=float)",
                "np.indices((2, 3), sparse=True)"),
    "kaiser": ("np.kaiser(5, 14.0)",),
    "linspace": ("np.linspace(0, 1, 5)", "np.linspace(1, 2, 4, endpoint=False)",
                 "np.linspace(0, 9, 4, dtype=int)", "np.linspace([0, 1], [1, 2], 3)",
                 "np.linspace(0, 1, 5, retstep=True)[0]"),
    "load": ("np.load(path / 'x.npy')", "np.load(path / 'x.npz')['x']",
             "np.load(io.BytesIO(raw))"),
    "loadtxt": ("np.loadtxt(['1 2', '3 4'])", "np.loadtxt(['1 2', '3 4'], dtype=int)"),
    "logspace": ("np.logspace(0, 2, 3)",),
    "memmap": ("np.memmap(path / 'raw', dtype=float, mode='r')",),
    "meshgrid": ("np.meshgrid([1, 2, 3], np.arange(2.0))",
                 "np.meshgrid(np.arange(2), [5, 6], indexing='ij')"),
    "mgrid": ("np.mgrid[0:3, 1:3]", "np.mgrid[0:1:5j]"),
    "ogrid": ("np.ogrid[0:3, 0:2]",),
    "ones": ("np.ones(3)", "np.ones((2, 2), int)"),
    "r_": ("np.r_[0:3, 7, [8, 9]]", "np.r_[np.arange(2), 5, 0:2]"),
    "require": ("np.require([1, 2], float)",),
    # Here what is written, and read again; below, by whom.
    "save": ("(np.save(path / 'y.npy', np.arange(3)), np.load(path / 'y.npy'))[1]",),
    "savetxt": ("(np.savetxt(path / 'y', np.eye(2)), np.loadtxt(path / 'y'))[1]",),
    "savez": ("(np.savez(path / 'y.npz', y=np.ones(3)), np.load(path / 'y.npz')['y'])[1]",),
    "savez_compressed": (
        "(np.savez_compressed(path / 'y.npz', np.ones(3)), np.load(path / 'y.npz')['arr_0'])[1]",
    ),
    "tri": ("np.tri(3)", "np.tri(2, 3, k=1, dtype=int)"),
    "zeros": ("np.zeros(4)", "np.zeros((2, 0))", "np.zeros((), complex)", "np.zeros([2, 1], 'i4')",
              "np.zeros(shape=(2, 2), dtype=np.float32)"),
    "fft.fftfreq": ("np.fft.fftfreq(5)", "np.fft.fftfreq(4, d=0.5)"),
    "fft.rfftfreq": ("np.fft.rfftfreq(6)",),
}  # fmt: skip
#: What raises NumPy's error, in a context as without it.
ERRORS = (
    "np.zeros(-1)", "np.zeros((2, -1))", "np.ones('a')", "np.zeros(2, 'nonsense')",
    "np.arange()", "np.arange(0, 1, 0)", "np.linspace(0, 1, -1)", "np.full((2,), 'a', dtype=int)",
    "np.zeros((2.0, 1))", "np.full((2, -1), 0.5)",
    "np.eye(-1.5)", "np.zeros(2, device='gpu')", "np.load('there is no such file')",
)  # fmt: skip


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    path = tmp_path_factory.mktemp("files")
    host = np.arange(6.0).reshape(2, 3)
    host.tofile(path / "raw")
    np.save(path / "x.npy", host)
    np.savez(path / "x.npz", x=host)
    raw = (path / "x.npy").read_bytes()
    return {"np": np, "host": host, "path": path, "io": io, "raw": raw}


def evaluate(call: str, names: dict):
    return eval(call, {**names, "__name__": "a_program"})


def arrays(made) -> list:
    return list(made) if isinstance(made, (list, tuple)) else [made]


@every
def test_every_function_makes_numpys_values(name, names):
    for call in itertools.chain.from_iterable(CALLS.values()):
        expected = evaluate(call, names)
        with using(name):
            made = evaluate(call, names)
        for one, other in zip(arrays(made), arrays(expected), strict=True):
            assert root(one) == ROOTS[name], call
            one = to_numpy(one)
            assert one.dtype == other.dtype, call
            np.testing.assert_array_equal(one, other, err_msg=call, strict=True)


@every
def test_errors_are_numpys(name, names):
    for call in ERRORS:
        with pytest.raises(Exception) as expected:
            evaluate(call, names)
        with using(name), pytest.raises(type(expected.value)) as caught:
            evaluate(call, names)
        assert str(caught.value) == str(expected.value), call


def test_each_name_has_calls():
    covered = {f"numpy.{name}" for name in CALLS}
    wanted = {
        f"{module}.{name}"
        for module, names in rebound.NAMES.items()
        if module != "numpy.random"
        for name in names
    } - {f"numpy.{name}" for name in ("array2string", "array_repr", "array_str", *OF_DTYPES)}
    assert covered == wanted


def test_every_function_with_like_is_among_them():
    """What a new NumPy makes arrays with is found out."""
    from arrayproto.catalog import catalog

    made = {n for n, e in catalog().items() if e.signature and "like" in e.signature.parameters}
    assert made <= set(rebound.NAMES["numpy"])


def test_what_activate_rebinds_is_something_else():
    from arrayproto.rebinding import undispatched

    assert not set(undispatched(np)) & set(rebound.NAMES["numpy"])


@every
def test_an_array_of_the_library_stays_what_it_is(name):
    with using(name):
        x = np.arange(3.0)
        for made in (np.asarray(x), np.array(x), np.array([x, x]), np.array([[x], [[1, 2, 3]]])):
            assert root(made) == ROOTS[name]
        np.testing.assert_array_equal(to_numpy(np.array([x, x])), [[0, 1, 2]] * 2)


@every
def test_what_has_no_like_stays_numpys(name):
    masked = np.ma.masked_less([1, 2, 3], 2)
    with using(name):
        assert np.asanyarray(masked) is masked
        assert type(np.array([{}, None])) is np.ndarray or name == "dask"
        assert type(np.array(["a", "b"])) is np.ndarray or name == "dask"
        assert type(np.zeros(2, dtype=[("a", int)])) is np.ndarray or name == "dask"


def test_a_map_open_for_writing_is_the_file(names, tmp_path):
    with using("torch"):
        mapped = np.memmap(tmp_path / "new", dtype=float, mode="w+", shape=3)
        assert isinstance(mapped, np.memmap)
        mapped[:] = 7
        mapped.flush()
    assert list(np.fromfile(tmp_path / "new")) == [7, 7, 7]


@every
def test_like_is_obeyed(name):
    other = pytest.importorskip("sparse").COO(np.eye(2))
    with using(name), arrayproto.activated("sparse"):
        assert root(np.zeros(3, like=other)) == "sparse"


@every
def test_a_dtype_in_the_place_of_float64(name):
    with using(name, dtype="float32"):
        for made in (
            np.zeros(2), np.array([1.0, 2]), np.linspace(0, 1, 3), np.full(2, 0.5), np.eye(2),
            np.random.default_rng(0).normal(size=3), np.random.rand(3), np.hanning(3),
        ):  # fmt: skip
            assert to_numpy(made).dtype == np.float32
        assert to_numpy(np.array([1j])).dtype == np.complex64
        assert to_numpy(np.arange(3)).dtype.kind == "i"
        if name != "jax":
            assert "float64" in str(np.zeros(2, np.float64).dtype), "it was asked for"


def test_what_is_large_is_made_by_dask():
    da = pytest.importorskip("dask.array")
    n = 2_000_000
    with arrayproto.using("dask", chunks=500_000):
        made = [np.arange(n), np.linspace(0, 1, n), np.zeros(n), np.random.default_rng(0).random(n)]
    for x in made:
        assert x.numblocks == (4,)
        tasks = dict(x.__dask_graph__())
        assert not any(isinstance(task, np.ndarray) for task in tasks.values())
    assert isinstance(made[0], da.Array)
    assert int(made[0].sum()) == n * (n - 1) // 2
    with arrayproto.using("dask", chunks=(1000, 1000)):
        assert np.zeros((2000, 2000)).numblocks == (2, 2)
        assert np.zeros(5000).numblocks == (1,)
        assert to_numpy(np.tri(1500)).sum() == 1500 * 1501 // 2


def test_dask_reads_a_file_part_by_part(tmp_path):
    pytest.importorskip("dask.array")
    np.save(tmp_path / "x.npy", np.arange(10.0))
    with arrayproto.using("dask", chunks=5):
        x = np.load(tmp_path / "x.npy")
    assert x.numblocks == (2,)
    assert any(isinstance(v, np.memmap) for v in dict(x.__dask_graph__()).values())
    np.testing.assert_array_equal(x.compute(), np.arange(10.0))


class TestDevices:
    def test_of_torch(self):
        torch = pytest.importorskip("torch")
        with arrayproto.using("torch", device="meta"):
            for made in (np.zeros(3), np.arange(4), np.array([1, 2])):
                assert made.device.type == "meta"
        with arrayproto.using(torch.ones(2, device="meta")):
            assert np.zeros(3).device.type == "meta"

    def test_of_jax(self):
        jax = pytest.importorskip("jax")
        device = jax.devices("cpu")[0]
        with arrayproto.using("jax", device="cpu"):
            assert np.zeros(3).devices() == {device}
        with arrayproto.using(jax.numpy.ones(2)):
            assert root(np.ones(3)) == "jaxlib"

    def test_where_there_are_none(self):
        pytest.importorskip("dask.array")
        with pytest.raises(arrayproto.UnsupportedArgumentError, match="dask has no devices"):
            with arrayproto.using("dask", device="cuda"):
                pass

    def test_jax_counts_in_64_bits_for_the_time_of_the_context(self):
        jax = pytest.importorskip("jax")
        before = jax.config.jax_enable_x64
        with arrayproto.using("jax", dtype="float64"):
            assert np.zeros(3).dtype == np.float64
        assert jax.config.jax_enable_x64 == before


def test_a_library_of_the_array_api_by_an_example():
    xp = pytest.importorskip("array_api_strict")
    with arrayproto.using(xp.ones(2)):
        made = [np.zeros(3), np.arange(4), np.array([1.0, 2.0]), np.random.rand(2)]
    assert all(root(x) == "array_api_strict" for x in made)
