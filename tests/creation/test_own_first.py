"""In `using`: what a library's operators, indices and methods refuse is what NumPy makes of it."""

from __future__ import annotations

import numpy as np
import pytest

import arrayproto
from arrayproto.creation.settings import Setting

#: By library and expression: `v` is a vector of whole numbers, `a` a matrix, `i` indices, `m` a mask.
REFUSED_BY_THEMSELVES = {
    "torch": (
        *("v[::-1]", "a[::-1, 1]", "v + [1, 2, 3, 4]", "[1, 2, 3, 4] - v", "a.transpose()"),
        *("v.round(1)", "a.repeat(2, axis=1)", "v.mean()", "a.sum(axis=(0, 1), keepdims=True)"),
    ),
    "sparse": (
        *("(a + 1) @ (a + 2).T", "v[i]", "a[i]", "v[m]", "v[v.argmax()]", "v.argsort()"),
        *("a.itemsize", "v.flat[1:3]", "a.flatten()", "v.flat[2]"),
    ),
    "dask": (
        *("a[i[:2], i[2:]]", "v[i.reshape(2, 2)]", "v.cumsum()", "v.repeat(2)", "v.flat[2]"),
        *("a.reshape(4, 2)", "v[v.argmax()]"),
    ),
    "jax": ("v + [1, 2, 3, 4]", "[1, 2, 3, 4] * v"),
    "tensorflow": (
        *("a @ v", "v @ a.T", "v * 1.5", "v / (v + 0.5)", "1 - v", "v > 2.5", "v[i]", "v[m]"),
        *("a.T", "a.sum(axis=0)", "a.size", "a.reshape(4, 2)"),
    ),
}
MODULES = {"dask": "dask.array"}


def evaluated(expression):
    a = np.arange(8).reshape(2, 4)
    names = {"a": a, "v": a[1] - 4, "i": np.array([1, 0, 0, 1]), "m": np.array([1, 0, 1, 1]) > 0}
    return eval(expression, {"np": np, **names, "__name__": "__main__"})  # noqa: S307


@pytest.mark.parametrize(
    ("library", "expression"), [(n, e) for n, all_ in REFUSED_BY_THEMSELVES.items() for e in all_]
)
def test_numpys_answer(library, expression):
    pytest.importorskip(MODULES.get(library, library))
    expected = evaluated(expression)
    with arrayproto.using(library):
        found = evaluated(expression)
        if np.ndim(expected):
            assert arrayproto.libraries.library_of(type(found)) is not None, "it left the library"
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_the_librarys_own_answer_is_left():
    torch = pytest.importorskip("torch")
    with arrayproto.using("torch"):
        x = np.array([1.0, 2.0, 4.0])
        assert float(x.std()) == pytest.approx(np.std([1.0, 2.0, 4.0], ddof=1))
        assert torch.equal(x[1:], torch.tensor([2.0, 4.0]))


def test_others_see_the_librarys_own_errors():
    torch = pytest.importorskip("torch")
    with arrayproto.using("torch"):
        stranger = {"x": np.arange(3), "__name__": "json.stranger", "__file__": "x"}
        with pytest.raises(ValueError, match="step must be greater than zero"):
            exec(compile("x[::-1]", torch.__file__, "exec"), stranger)  # noqa: S102
    with pytest.raises(ValueError, match="step must be greater than zero"):
        torch.arange(3)[::-1]


@pytest.mark.parametrize("library", ["sparse", "tensorflow"])
def test_what_never_changes_says_what_to_write(library):
    pytest.importorskip(library)
    with arrayproto.using(library):
        x = np.ones(3)
        with pytest.raises(TypeError, match=r"never change. Write x = np.where\(mask, value, x\)"):
            x[0] = 2


class TestTorch:
    """NumPy's digits, dtypes and sizes."""

    @pytest.fixture(autouse=True)
    def using(self):
        self.torch = pytest.importorskip("torch")
        with arrayproto.using("torch"):
            yield

    def test_writing_backwards(self):
        x = np.zeros((3, 4))
        x[::-1, None, 0] = np.arange(3.0)[:, None]
        x[1, ::-2] = [5.0, 6.0]
        assert x.tolist() == [[2, 0, 0, 0], [1, 6, 0, 5], [0, 0, 0, 0]]

    def test_its_dtypes_are_taken(self):
        x = np.ones(2, dtype=np.float32)
        for made in (np.zeros(2, dtype=x.dtype), np.full(2, 1, x.dtype), np.array([1], x.dtype)):
            assert made.dtype is self.torch.float32
        drawn = np.random.default_rng(0).random(3, dtype=x.dtype)
        assert drawn.dtype is np.indices((2,), x.dtype).dtype is self.torch.float32
        assert np.finfo(x.dtype).eps == np.finfo("f4").eps
        assert np.issubdtype(x.dtype, np.floating) and np.iinfo(np.arange(2).dtype).bits == 64

    def test_operators_have_numpys_digits(self):
        assert (np.arange(3) / 2).dtype is (np.arange(3) * 0.1).dtype is self.torch.float64
        with arrayproto.using("torch", dtype="float32"):
            assert (np.arange(3) / 2).dtype is self.torch.float32

    def test_the_size_is_a_number_and_a_method(self):
        x = np.ones((2, 3))
        assert x.size * 2 == 12 and x.size() == (2, 3) and x.size(1) == 3

    def test_copies_and_numbers_are_their_own(self):
        x = np.ones(3)
        for copy in (x.flatten(), +x):
            copy[0] = 5
        total = np.sum(x)
        before = total
        total += 1
        assert (x.tolist(), float(before), float(total)) == ([1, 1, 1], 3, 4)


def test_the_default_dtype_of_torch_is_put_back():
    torch = pytest.importorskip("torch")
    before = torch.get_default_dtype()
    with arrayproto.using("torch"):
        assert torch.get_default_dtype() is torch.float64
    assert torch.get_default_dtype() is before


def test_settings_are_left_in_any_order():
    held = {"value": "before"}
    setting = Setting(lambda: held["value"], lambda value: held.update(value=value))
    first, second = setting.turned(1), setting.turned(2)
    first.__enter__()
    second.__enter__()
    assert held["value"] == 2
    first.__exit__(None, None, None)
    assert held["value"] == 2
    second.__exit__(None, None, None)
    assert held["value"] == "before"
