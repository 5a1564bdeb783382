"""NumPy's methods, in adopted packages, for arrays that lack them."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

import arrayproto
from arrayproto.libraries import get_library
from arrayproto.testing.subjects import SUBJECTS

LIBRARIES = ["sparse", "dask", "torch", "tensorflow"]
X = np.arange(12.0).reshape(3, 4)


@pytest.fixture(params=LIBRARIES)
def subject(request):
    subject = SUBJECTS[request.param]
    pytest.importorskip(subject.module)
    subject.load()
    return subject


@pytest.fixture
def package(monkeypatch):
    """A package that calls methods."""
    module = types.ModuleType("caller")
    exec(
        "def apply(name, x, *a, **k):\n"
        "    found = getattr(x, name)\n"
        "    return found(*a, **k) if callable(found) else found\n"
        "def has(x, name): return hasattr(x, name)\n",
        vars(module),
    )
    monkeypatch.setitem(sys.modules, "caller", module)
    yield module
    arrayproto.disown()


@pytest.mark.parametrize(
    ("name", "args"),
    [("astype", ("float32",)), ("copy", ()), ("conjugate", ())],
)
def test_an_adopted_package_has_them(subject, package, name, args):
    x = subject.from_numpy(X)
    with arrayproto.activated(subject.named), arrayproto.adopted("caller"):
        found = package.apply(name, x, *args)
    assert subject.is_array(found)
    wanted = getattr(X, name)(*args)
    got = subject.to_numpy(found)
    np.testing.assert_array_equal(got, wanted)
    assert got.dtype == wanted.dtype


def test_others_do_not_see_them(package):
    torch = pytest.importorskip("torch")
    x = torch.ones(3)
    with arrayproto.activated("torch"), arrayproto.adopted("caller"):
        assert package.has(x, "astype")
        assert not hasattr(x, "astype")
        with pytest.raises(AttributeError, match="'Tensor' object has no attribute 'astype'"):
            x.astype  # noqa: B018
        # They are there, so that what lists a class finds what it has listed.
        assert all(hasattr(torch.Tensor, name) for name in dir(torch.Tensor))
    assert not package.has(x, "astype")


def test_a_name_that_is_taken_stays_the_librarys(package):
    torch = pytest.importorskip("torch")
    before = dict(vars(torch.Tensor))
    with arrayproto.activated("torch"), arrayproto.adopted("caller"):
        assert torch.Tensor.repeat is torch._C.TensorBase.repeat
        assert tuple(package.apply("repeat", torch.ones(2), 2, 3).shape) == (2, 6)
    assert vars(torch.Tensor) == before


def test_in_any_order_and_undone_exactly(package):
    sparse = pytest.importorskip("sparse")
    before = dict(vars(sparse.SparseArray))
    arrayproto.adopt("caller")
    arrayproto.activate("sparse")
    assert package.has(sparse.DOK((2, 2)), "cumsum")
    arrayproto.deactivate()
    assert vars(sparse.SparseArray) == before
    arrayproto.activate("sparse")
    arrayproto.disown()
    assert not hasattr(sparse.SparseArray, "cumsum")
    arrayproto.deactivate()
    assert vars(sparse.SparseArray) == before


def test_status_names_them(package):
    pytest.importorskip("torch")
    with arrayproto.activated("torch"):
        assert arrayproto.status().methods == ()
        with arrayproto.adopted("caller"):
            assert "torch.Tensor.astype" in arrayproto.status().methods
            assert "torch.Tensor that adopted packages see: " in str(arrayproto.status())


def test_a_lazy_array_is_not_computed_by_them(package):
    da = pytest.importorskip("dask.array")
    with arrayproto.activated("dask"), arrayproto.adopted("caller"):
        assert not package.has(da.ones(3), "tolist")
        assert get_library("dask").lazy
