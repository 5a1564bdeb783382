"""`asduck`: NumPy's methods, operators and indexing in front of any adapted array."""

from __future__ import annotations

import numpy as np
import pytest

import arrayproto
from arrayproto.array_duck import ArrayDuck
from arrayproto.testing.subjects import SUBJECTS, staying_on_the_library

pytest.importorskip("sparse")
A = np.array([[0.0, 0.75, 0, 0.25], [2, 0, -1, 0], [0, 0.5, 0, 3]])


@pytest.fixture(params=["sparse", "dask", "jax", "torch"])
def subject(request):
    pytest.importorskip(request.param)
    found = SUBJECTS[request.param]
    found.load()
    if found.name != "jax":
        yield found
        return
    with pytest.importorskip("jax").enable_x64(True):
        yield found


@pytest.fixture
def duck(subject):
    return arrayproto.asduck(subject.from_numpy(A.copy()))


def results_into_it(x):
    assert np.clip(x, 0, 0.5, out=x) is x
    np.cumsum(x, axis=1, out=x)
    return x


def set_slice(x):
    x[1:, 0] = 7
    return x


def set_where(x):
    x[x > 0.5] = 0
    return x


def set_list(x):
    x[[0, 2]] = [1, 2, 3, 4]
    return x


def change_in_place(x):
    x *= 2
    x -= 1
    return x


def change_part_in_place(x):
    x[1:3] *= 2
    return x


def fill(x):
    x.fill(3)
    return x


def sort(x):
    x.sort(axis=0)
    return x


PROGRAMS = {
    **{
        name: lambda x, name=name: getattr(x, name)()
        for name in (
            "all any argmax argmin conj copy cumsum flatten max mean min prod ravel round squeeze "
            "std sum transpose var"
        ).split()
    },
    "by keyword": lambda x: x.mean(axis=0, keepdims=True),
    "astype": lambda x: x.astype(np.float32),
    "clip": lambda x: x.clip(0.1, 0.5),
    "dot": lambda x: x.dot(x.T),
    "repeat": lambda x: x.repeat(2, axis=0),
    "reshape": lambda x: (x.reshape(2, -1), x.reshape((4, 3))),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "take": lambda x: x.take([0, 2], axis=1),
    "transpose by axes": lambda x: (x.transpose(1, 0), x.transpose((1, 0)), x.mT),
    "operators": lambda x: (x + np.ones(4), np.ones(4) - x, x @ x.T, -x, x == 0, abs(x), 2 / (x + 3)),
    "indices": lambda x: (x[::-1], x[None, :, 1], x[..., -1], x[1]),
    "indices by ducks": lambda x: (
        x[x.argmax(axis=0)], x[x > 0.5], x[x.argmin(axis=0), x.argsort(axis=1)[0] - 4],
        x[: (x == 2).sum() + 1],
    ),
    "functions": lambda x: (np.linalg.norm(x), np.concatenate([x, x]), np.zeros(3, like=x)),
    "reading": lambda x: (x.tolist(), x[0, 1].item(), x.item(1, 0)),
    "attributes": lambda x: (x.size, x.nbytes, x.itemsize, x.ndim, x.shape, x.dtype.kind == "f"),
    **{
        function.__name__: function
        for function in (
            results_into_it, set_slice, set_where, set_list, change_in_place, change_part_in_place, fill, sort
        )
    },
}  # fmt: skip


def leaves(value):
    return (
        [leaf for v in value for leaf in leaves(v)] if isinstance(value, (tuple, list)) else [value]
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_as_an_ndarray(name, subject, duck):
    found, wanted = leaves(PROGRAMS[name](duck)), leaves(PROGRAMS[name](A.copy()))
    for got, want in zip(found, wanted, strict=True):
        if isinstance(want, np.ndarray):
            assert isinstance(got, ArrayDuck)
            assert got.dtype == want.dtype
        if isinstance(got, ArrayDuck):
            got = subject.to_numpy(got.native)
        np.testing.assert_allclose(got, want)


def test_stays_on_the_library(duck):
    with staying_on_the_library():
        change_part_in_place(set_slice(duck)).sum(axis=0)


def test_the_array_itself_goes_in_and_comes_out(subject):
    x = subject.from_numpy(A.copy())
    assert arrayproto.asduck(x).native is x
    assert arrayproto.asduck(arrayproto.asduck(x)).native is x
    assert arrayproto.asduck(A) is A


def test_writes_reach_what_can_be_written_to():
    torch = pytest.importorskip("torch")
    tensor = torch.zeros(3)
    arrayproto.asduck(tensor)[1] = 5
    assert tensor.tolist() == [0, 5, 0]


def test_others_do_not_change():
    jnp = pytest.importorskip("jax.numpy")
    x = jnp.zeros(3)
    first, second = arrayproto.asduck(x), arrayproto.asduck(x)
    first[1] = 5
    assert (first.tolist(), second.tolist(), x.tolist()) == ([0, 5, 0], [0, 0, 0], [0, 0, 0])


def test_gradients_flow():
    torch = pytest.importorskip("torch")
    x = torch.ones(3, dtype=torch.float64, requires_grad=True)
    (arrayproto.asduck(x) ** 2).sum().native.backward()
    assert x.grad.tolist() == [2, 2, 2]


def test_writes_where_a_mask_says_in_arrays_of_the_standard():
    xp = pytest.importorskip("array_api_strict")
    x = xp.asarray(A)
    with arrayproto.activated(type(x)):
        arrayproto.asduck(x)[arrayproto.asduck(x > 0.5)] = 9
    np.testing.assert_array_equal(np.asarray(x), np.where(A > 0.5, 9, A))


class TestErrors:
    def test_no_array(self):
        with pytest.raises(TypeError, match=r"asduck\(\) takes an array of an adapted library"):
            arrayproto.asduck([1, 2])

    def test_casting(self, duck):
        with pytest.raises(TypeError, match="casting rule 'same_kind'"):
            duck += 1j
        with pytest.raises(TypeError, match="Cannot cast"):
            duck.astype(int, casting="safe")

    def test_no_conversion(self, duck):
        with pytest.raises(TypeError, match="nothing was converted"):
            np.asarray(duck)

    def test_items(self, duck):
        with pytest.raises(ValueError, match="size 1"):
            duck.item()
