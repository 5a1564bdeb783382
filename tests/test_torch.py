"""Unchanged NumPy on PyTorch's tensors: gradients, devices, dtypes, and what worked before."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from operator import attrgetter

import numpy as np
import pytest

import arrayproto
from arrayproto.errors import UnsupportedArgumentError, UnsupportedFunctionError
from arrayproto.libraries import LIBRARIES, Unsupported
from arrayproto.testing.judge import difference
from arrayproto.testing.subjects import staying_on_the_library

torch = pytest.importorskip("torch")
pytest.importorskip("array_api_compat")


@pytest.fixture(autouse=True)
def activated():
    with arrayproto.activated("torch"):
        yield


def tensor(*shape, dtype=None, grad=False, seed=0):
    values = np.random.default_rng(seed).uniform(0.5, 2, shape)
    return torch.from_numpy(values).to(dtype or torch.float64).requires_grad_(grad)


S = 4 * np.eye(3)  # far from singular, and symmetric

#: Of a matrix of 3 x 3, to any real array.
DIFFERENTIABLE = {
    "tensordot": lambda x: np.tensordot(x, x * 2, 1),
    "linalg.solve": lambda x: np.linalg.solve(x + S, x),
    "linalg.inv": lambda x: np.linalg.inv(x + S),
    "linalg.eigvalsh": lambda x: np.linalg.eigvalsh(x + np.transpose(x) + np.diag([1.0, 5, 9])),
    "linalg.svd": lambda x: np.linalg.svd(x + S, compute_uv=False),
    "fft.fft": lambda x: np.abs(np.fft.fft(x)),
    "fft.irfft": lambda x: np.fft.irfft(np.fft.rfft(x) * 2),
    "where": lambda x: np.where(x > 1, np.sin(x), x**2),
    "einsum": lambda x: np.einsum("ij,jk->ki", x, x),
    "std": lambda x: np.std(x, axis=0, ddof=1),
    "cumprod": lambda x: np.cumprod(x, axis=1),
    "sort": lambda x: np.sort(x, axis=None),
    "interp": lambda x: np.interp(x, [0.0, 1, 2, 3], [0.0, 2, 3, 7]),
    "pad": lambda x: np.pad(x, 1, mode="reflect") * 3,
    "concatenate": lambda x: np.concatenate([x, np.flip(x, 0)], axis=1),
    "percentile": lambda x: np.percentile(x, [20, 60], axis=0),
    "hypot": lambda x: np.hypot(x, 2.0),
    "ndarray on the left": lambda x: np.arange(1.0, 4) / x + np.arange(3.0) @ x,
    "add.reduce": lambda x: np.add.reduce(x, axis=0) * np.multiply.outer(x[0], x[1]),
}


class TestGradients:
    """`backward` goes through NumPy's functions."""

    @pytest.mark.parametrize("name", DIFFERENTIABLE)
    def test_against_finite_differences(self, name):
        function = DIFFERENTIABLE[name]
        x = tensor(3, 3, grad=True)
        with staying_on_the_library():
            y = function(x)
            weights = torch.arange(1.0, y.numel() + 1, dtype=torch.float64).reshape(y.shape)
            (y * weights).sum().backward()
        base = x.detach()
        wanted = np.zeros((3, 3))
        for i in range(3):
            for j in range(3):
                step = torch.zeros_like(base)
                step[i, j] = 1e-6
                low, high = (function(base + s * step) for s in (-1, 1))
                wanted[i, j] = float(((high - low) * weights).sum()) / 2e-6
        np.testing.assert_allclose(x.grad.numpy(), wanted, rtol=1e-5, atol=1e-5)

    def test_is_torchs_own(self):
        x, y = tensor(3, grad=True), tensor(3, grad=True)
        np.sum(np.exp(x) * 2).backward()
        torch.sum(torch.exp(y) * 2).backward()
        assert torch.equal(x.grad, y.grad)

    @pytest.mark.parametrize("function", [np.hypot, np.logaddexp, np.logaddexp2])
    def test_where_arguments_are_the_same(self, function):
        """No kink there: the first and the second derivative are those of PyTorch's own."""
        theirs = getattr(torch, function.__name__)
        for at in ([3.0, 3.0], [3.0, 1.0]):
            for derivative in (
                torch.autograd.functional.jacobian,
                torch.autograd.functional.hessian,
            ):
                found, wanted = (
                    derivative(lambda x: f(x[0], x[1]), torch.tensor(at, dtype=torch.float64))
                    for f in (function, theirs)
                )
                np.testing.assert_allclose(found, wanted, rtol=1e-12)

    def test_at_the_ends(self):
        """Finite, where the formula has none: PyTorch's own derivative is NaN."""
        for function, value, slope in ((np.hypot, 0.0, 0.0), (np.logaddexp, -np.inf, 0.5)):
            x = torch.full((2,), value, dtype=torch.float64, requires_grad=True)
            function(x[0], x[1]).backward()
            assert x.grad.tolist() == [slope, slope]

    def test_results_require_grad(self):
        x = tensor(3, 3, grad=True)
        assert np.tensordot(x, np.eye(3), 1).requires_grad
        assert np.add(np.ones(3), x).requires_grad
        assert np.copy(x).requires_grad

    def test_nothing_is_detached(self):
        x = tensor(3, grad=True)
        with pytest.raises(UnsupportedArgumentError, match="keeps no graph"):
            np.add(np.ones(3), x, out=np.ones(3))
        with pytest.raises(RuntimeError, match="requires grad"):
            np.asarray(x)

    def test_parameters(self):
        weight = torch.nn.Parameter(torch.ones(2, 3))
        np.sum(np.dot(weight, torch.ones(3))).backward()
        assert torch.equal(weight.grad, torch.ones(2, 3))


class TestDtypes:
    """NumPy's rules, in PyTorch's dtypes."""

    def test_promotion_is_numpys(self):
        x = torch.ones(2, dtype=torch.float32)
        assert np.add(x, torch.ones(2, dtype=torch.int64)).dtype == torch.float64
        assert np.add(x, 1.5).dtype == torch.float32
        assert np.multiply(x, np.float64(2)).dtype == torch.float64
        assert np.sum(torch.ones(3, dtype=torch.uint8)).dtype == torch.uint64
        assert np.divide(torch.ones(2, dtype=torch.int32), 2).dtype == torch.float64

    @pytest.mark.parametrize("dtype", [torch.float64, "float64", np.float64, float])
    def test_dtype_arguments(self, dtype):
        x = torch.ones(3, dtype=torch.int32)
        assert np.sum(x, dtype=dtype).dtype == torch.float64
        assert np.zeros_like(x, dtype=dtype).dtype == torch.float64
        assert np.astype(x, dtype).dtype == torch.float64
        assert np.concatenate([x, x], dtype=dtype).dtype == torch.float64
        assert np.add(x, x, dtype=np.float64).dtype == torch.float64
        assert np.result_type(x, dtype) == np.float64

    def test_dtype_of_another(self):
        x, y = torch.ones(3, dtype=torch.float16), torch.ones(3)
        assert np.mean(y, dtype=x.dtype).dtype == torch.float16
        assert np.can_cast(y, x.dtype, "same_kind")

    def test_one_that_numpy_has_not_got(self):
        with pytest.raises(TypeError, match=r"no dtype for torch\.bfloat16.*convert the array"):
            np.std(torch.ones(3, dtype=torch.bfloat16))

    @pytest.mark.parametrize("dtype", [np.uint16, np.uint32, np.uint64])
    @pytest.mark.parametrize(
        "function",
        [
            lambda x: np.add(x, np.multiply(np.flip(x), 3)),
            lambda x: np.sort(x),
            lambda x: np.ptp(x),
            lambda x: np.less(x, np.flip(x)),
            lambda x: np.right_shift(x, np.full_like(x, 3)),
            lambda x: np.left_shift(x, np.full_like(x, 70)),
            lambda x: np.cumsum(x),
            lambda x: np.bitwise_count(x),
        ],
    )
    def test_long_unsigned_integers(self, function, dtype):
        array = np.array([3, np.iinfo(dtype).max, 0, 17, np.iinfo(dtype).max // 2 + 1], dtype)
        x = torch.from_numpy(array.copy())
        with staying_on_the_library():
            found = function(x)
        assert difference(found.numpy(), function(array)) is None

    def test_complex_numbers_are_in_order(self):
        array = np.array([2 + 1j, 2 - 1j, np.nan, 1 + 5j, complex(0, np.nan)])
        x = torch.from_numpy(array)
        for function in (np.sort, np.max, np.argsort, lambda x: np.less(x, 2 + 0j)):
            assert difference(function(x).numpy(), function(array)) is None


class TestDevices:
    """Results are where the arguments were; "meta" has shapes and no values to be copied."""

    @pytest.mark.parametrize(
        "function",
        [
            lambda x: np.tensordot(x, x, 1),
            lambda x: np.std(x, axis=0),
            lambda x: np.sin(x) * 2,
            lambda x: np.hypot(x, x),
            lambda x: np.concatenate([x, np.flip(x, 0)]),
            lambda x: np.fft.fft(x),
            lambda x: np.linalg.solve(x, x),
            lambda x: np.where(x > 0, x, 0),
            lambda x: np.clip(x, 0, 1),
            lambda x: np.cumsum(x, 1),
            lambda x: np.kron(x, x),
        ],
    )
    def test_stays(self, function):
        x = torch.ones(3, 3, dtype=torch.float64, device="meta")
        assert function(x).device.type == "meta"

    def test_like_tells_the_device(self):
        there, here = torch.ones(3, device="meta"), torch.ones(3)
        for like in (there, here, there):
            assert np.zeros(2, like=like).device == like.device
            assert np.asarray([1.0, 2.0], like=like).device == like.device

    def test_to_the_host_only_by_name(self):
        with pytest.raises((TypeError, RuntimeError, NotImplementedError)):
            np.asarray(torch.ones(2, device="meta"))


class TestMemory:
    """What is written to, and what shares memory with what."""

    def test_ndarrays_are_shared(self):
        array = np.arange(3.0)
        x = np.asarray(array, like=torch.ones(1))
        array[0] = 7
        assert float(x[0]) == 7

    def test_copies_are_copies(self):
        x = torch.arange(3.0)
        for copy in (np.copy(x), np.array(x), np.positive(x), np.astype(x, float)):
            copy[0] = 9
        assert float(x[0]) == 0

    def test_views_are_views(self):
        x = torch.zeros(2, 3)
        np.reshape(x, -1)[0] = 1
        np.transpose(x)[2, 1] = 2
        assert x.tolist() == [[1, 0, 0], [0, 0, 2]]

    def test_whole_arrays_can_be_written_to(self):
        x = np.zeros((2, 3), like=torch.ones(1))
        x[0, 0] = 1
        assert x.tolist() == [[1, 0, 0], [0, 0, 0]]

    def test_out(self):
        x, out = torch.arange(3.0), torch.zeros(3)
        assert np.add(x, 1, out=out) is out
        assert out.tolist() == [1, 2, 3]
        host = np.zeros(3)
        assert np.multiply(x, 2, out=host) is host
        assert host.tolist() == [0, 2, 4]

    def test_in_place_functions(self):
        x = torch.zeros(4)
        np.copyto(x, np.array([1, 2, 3, 4]), where=torch.tensor([True, True, False, False]))
        np.put(x, torch.tensor([2]), 5)
        np.add.at(x, torch.tensor([0, 0]), 10)
        np.place(x, x == 0, [8, 9])
        assert x.tolist() == [21, 2, 5, 8]

    def test_a_leaf_that_requires_grad_is_not_written_to(self):
        with pytest.raises(RuntimeError, match="leaf"):
            np.copyto(torch.ones(2, requires_grad=True), 3.0)


class TestShortcuts:
    """The short way and the long one give the same."""

    CALLS = (
        lambda x, y: np.tensordot(x, y, 1),
        lambda x, y: np.tensordot(x, y, ([0], [1])),
        lambda x, y: np.dot(x, y),
        lambda x, y: np.einsum("ij,kj->ki", x, y),
        lambda x, y: np.exp(x),
        lambda x, y: np.add(x, y),
        lambda x, y: np.add(x, 2.5),
        lambda x, y: np.less(x, y),
        lambda x, y: np.sum(x, 0),
        lambda x, y: np.mean(x),
        lambda x, y: np.where(np.less(x, y), x, y),
        lambda x, y: np.concatenate([x, y], 1),
        lambda x, y: np.stack((x, y), -1),
        lambda x, y: np.reshape(x, (1, -1)),
        lambda x, y: np.transpose(x),
    )

    @pytest.mark.parametrize("call", CALLS)
    def test_answers_are_numpys(self, call):
        x, y = tensor(3, 3), tensor(3, 3, seed=1)
        assert difference(call(x, y).numpy(), call(x.numpy(), y.numpy())) is None

    def test_what_pytorch_would_repeat(self):
        with pytest.raises(ValueError, match="shape-mismatch|not aligned|mismatch"):
            np.tensordot(torch.ones(2, 1), torch.ones(3, 2), 1)

    def test_what_pytorch_would_pass_over(self):
        with pytest.raises(ValueError, match="dimension"):
            np.concatenate([torch.ones(0), torch.ones(2, 2)])

    def test_errors_are_numpys(self):
        with pytest.raises(ValueError, match="shape"):
            np.add(torch.ones(2), torch.ones(3))
        with pytest.raises(np.exceptions.AxisError):
            np.sum(torch.ones(2), 3)
        with pytest.raises(np.linalg.LinAlgError):
            np.linalg.inv(torch.zeros(2, 2))

    def test_they_are_rows_of_numpys_functions(self):
        library = LIBRARIES["torch"]
        for name in library.shortcuts:
            assert callable(attrgetter(name)(np))


class TestTensordot:
    """By another function than PyTorch's tensordot, and as differentiable and general."""

    @pytest.mark.parametrize("axes", [1, 2, 3, ([2], [0]), ([0, -1], [2, 0]), ([], [])])
    def test_gradients_are_those_of_torchs_own(self, axes):
        results = []
        for function in (np.tensordot, torch.tensordot):
            a, b = tensor(3, 3, 3, grad=True), tensor(3, 3, 3, grad=True, seed=1)
            result = function(a, b, axes)
            gradients = torch.autograd.grad((result**2).sum(), (a, b), create_graph=True)
            twice = torch.autograd.grad((gradients[0] ** 2).sum(), (a, b))
            results.append((result, *gradients, *twice))
        for ours, theirs in zip(*results, strict=True):
            torch.testing.assert_close(ours, theirs)

    @pytest.mark.parametrize("axes", [1, 2, ([1], [0])])
    @pytest.mark.parametrize("dtype", ["float16", "bfloat16", "complex64", "int8", "int32"])
    def test_dtypes(self, dtype, axes):
        x = tensor(3, 3).mul(3).to(getattr(torch, dtype))
        result = np.tensordot(x, x, axes)
        assert result.dtype == x.dtype
        torch.testing.assert_close(result, torch.tensordot(x, x, axes))

    def test_views_that_conjugate(self):
        x = torch.complex(tensor(2, 3), tensor(2, 3, seed=1))
        for a, b, axes in ((x, x.mH, 1), (x.conj(), x, 2), (x.mH, x, ([0], [1]))):
            torch.testing.assert_close(np.tensordot(a, b, axes), torch.tensordot(a, b, axes))

    def test_subclasses_and_parameters(self):
        class Tagged(torch.Tensor):
            pass

        x = tensor(3, 3)
        for other in (x.as_subclass(Tagged), torch.nn.Parameter(x)):
            for axes in (1, 2, ([1], [0])):
                result = np.tensordot(x, other, axes)
                assert type(result) is type(torch.tensordot(x, other, axes))
                assert result.requires_grad == other.requires_grad

    def test_tensors_that_are_mapped_over(self):
        a, b = tensor(5, 2, 3), tensor(5, 3, 2, seed=1)
        for axes in (1, ([0, 1], [1, 0])):
            mapped = torch.vmap(lambda a, b, axes=axes: np.tensordot(a, b, axes))(a, b)
            wanted = torch.stack([torch.tensordot(*x, axes) for x in zip(a, b, strict=True)])
            torch.testing.assert_close(mapped, wanted)

    def test_functions_that_are_traced(self):
        from torch.fx.experimental.proxy_tensor import make_fx

        def products(a, b):
            return [np.tensordot(a, b, axes) for axes in (1, 2, ([0], [1]))]

        x, y = tensor(3, 3), tensor(3, 3, seed=1)
        torch.testing.assert_close(make_fx(products)(y, x)(x, y), products(x, y))


PROGRAM = textwrap.dedent(
    """
    import copy, io, pickle, sys
    import numpy as np, torch
    if sys.argv[1:]:
        import arrayproto
        arrayproto.activate("torch")
    t = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    n = np.arange(6.0).reshape(2, 3)
    file = io.BytesIO()
    torch.save({"t": t, "n": torch.from_numpy(n)}, file)
    file.seek(0)
    print(torch.load(file))
    print(pickle.loads(pickle.dumps(t)), copy.deepcopy(t), repr(t), str(t[0, 1]), f"{t[1, 1]:.2f}")
    print(np.asarray(t), np.array(t), t.numpy(), np.asarray(t, dtype=np.float64), t.__array__())
    print(np.asarray(t).ctypes.data == t.data_ptr(), torch.from_numpy(n).data_ptr() == n.ctypes.data)
    print(np.from_dlpack(t), torch.from_dlpack(n))
    print(torch.tensor(n), torch.as_tensor(n), torch.tensor([n, n]), torch.tensor(np.float64(2)))
    print(t * 2, 2 * t, np.float32(2) * t, t * np.float64(2), np.int64(2) * t, t / np.float32(2))
    print(np.float64(2) - t, np.float64(2) / t, np.float64(1) < t, t == np.float32(3))
    print(t * n.astype("f4"), t + n, t - n[0])
    print(t[np.array([0, 1])], t[np.array([[True, False, True]] * 2)], t[np.int64(1)])
    files = [io.BytesIO() for _ in range(3)]
    np.save(files[0], t); np.savez(files[1], t=t); np.savetxt(files[2], t)
    print(files[0].getvalue(), np.load(files[1])["t"] if files[1].seek(0) == 0 else None, files[2].getvalue())
    print(np.may_share_memory(t, t.numpy()), np.shares_memory(t, n), copy.copy(t), np.ndim(t))
    np.testing.assert_allclose(t, n)
    np.testing.assert_array_equal(t, n)
    import scipy.linalg, scipy.optimize, scipy.special
    q = t @ t.T + 2 * torch.eye(2)
    print(scipy.linalg.solve(q, t), scipy.linalg.inv(q), scipy.linalg.det(q), scipy.linalg.norm(t))
    print(scipy.special.erf(t), scipy.special.xlogy(t, 2.0), scipy.optimize.least_squares(lambda x: x - 1, t[0]).x)
    t[np.array([0])] = torch.tensor(9.0)
    t[0] = torch.from_numpy(n[0].astype("f4"))
    print(t, t.tolist(), t.sum().item(), len(t), list(t[0]), float(t[0, 1]), bool(t[0, 1] > 0))
    print(torch.where(t > 2, t, torch.zeros(())), torch.cat([t, t]), torch.stack([t[0], t[1]]))
    class Rows(torch.utils.data.Dataset):
        def __len__(self):
            return 4
        def __getitem__(self, i):
            return np.full(2, i, np.float32), np.float64(i), {"i": np.arange(i, i + 2)}
    for batch in torch.utils.data.DataLoader(Rows(), batch_size=2):
        print(batch)
    model = torch.nn.Linear(3, 1)
    torch.nn.init.ones_(model.weight)
    optimizer = torch.optim.SGD(model.parameters(), lr=np.float64(0.1))
    model(t).sum().backward()
    optimizer.step()
    print(model.weight, np.asarray(model.weight.detach()), np.isscalar(t), np.ndim(3))
    print(torch.utils.data.default_collate([n, n]), torch.Tensor(n), torch.testing.assert_close(t, t))
    """
)


def _output(*arguments):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_what_worked_before():
    """A program of PyTorch's prints the same, activated or not."""
    assert _output("activated") == _output()


def test_compiled():
    """torch.compile leaves our frames alone, where it does not know NumPy's function itself."""

    def program(x):
        return x + 1 if np.iterable(x) else x

    x = tensor(3)
    assert torch.equal(torch.compile(program, backend="eager")(x), program(x))


class TestConvert:
    """`fallback="convert"`, which copies to the host and back, and says so."""

    @pytest.fixture(autouse=True)
    def _without_flip(self, monkeypatch):
        library = LIBRARIES["torch"]
        row = Unsupported("it was taken away", "do without")
        monkeypatch.setattr(library, "differences", {**library.differences, "flip": row})
        library.table.clear()
        yield
        library.table.clear()

    def test_there_and_back(self):
        x = torch.arange(3.0, dtype=torch.float64)
        with arrayproto.activated("torch", fallback="convert"):
            with pytest.warns(arrayproto.ArrayProtoWarning, match="copied 24 bytes from torch"):
                flipped = np.flip(x)
        assert type(flipped) is torch.Tensor and flipped.tolist() == [2, 1, 0]

    def test_no_gradient_is_lost(self):
        x = torch.ones(3, requires_grad=True)
        with arrayproto.activated("torch", fallback="convert"):
            with pytest.raises(UnsupportedFunctionError, match="does not help.*requires grad"):
                np.flip(x)


@pytest.mark.parametrize(
    ("call", "total"),
    [
        (lambda h, x: np.copyto(dst=h, src=x), 9),
        (lambda h, x: np.put(a=h, ind=[0], v=x[0]), 1),
        (lambda h, x: np.place(arr=h, mask=h == 0, vals=x), 9),
        (lambda h, x: np.putmask(h, h == 0, values=x), 9),
    ],
)
def test_what_is_written_to_may_be_named(call, total):
    h = np.zeros((3, 3))
    call(h, torch.ones(3, 3))
    assert h.sum() == total
    t = torch.zeros(3, 3)
    call(t, torch.ones(3, 3))
    assert t.sum() == total


def test_nan_to_num_of_an_argument_by_name():
    x = torch.tensor([float("nan"), 1.0])
    assert np.nan_to_num(x=x, copy=False) is x
    assert x.tolist() == [0, 1]
