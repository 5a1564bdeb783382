"""What is special about each consumer."""

from __future__ import annotations

import importlib.util
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import arrayproto
from arrayproto import UnsupportedFunctionError
from arrayproto.tools import consumers

sparse = pytest.importorskip("sparse")
ROOT = Path(__file__).parents[2]


def example(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def disowned_afterwards():
    yield
    arrayproto.disown()


class TestExamples:
    def test_tensorly_on_a_sparse_tensor(self, capsys):
        assert example("tensorly_sparse").main(40, made=True) < 1e-2
        assert "values stored" in capsys.readouterr().out

    def test_tensorly_on_the_words_of_a_text(self, capsys):
        assert 0.5 < example("tensorly_sparse").main(40) < 1
        assert "component 1: 'of the" in capsys.readouterr().out

    def test_autograd_on_anything(self):
        found = example("autograd_anything").main(steps=2)
        assert {"numpy", "sparse", "dask"} <= found.keys()
        for weights in found.values():
            np.testing.assert_allclose(np.asarray(weights), found["numpy"], rtol=1e-4)


class TestTensorLy:
    @pytest.fixture(autouse=True)
    def adopted(self):
        pytest.importorskip("tensorly")
        with arrayproto.activated("sparse"), arrayproto.adopted("tensorly"):
            yield

    def test_memory_is_that_of_the_stored_values(self):
        from tensorly.decomposition import parafac

        module = example("tensorly_sparse")
        module.decompose(module.topics(12))  # compiles
        tensor = module.topics(150)
        tracemalloc.start()
        parafac(tensor, 3, init="svd", n_iter_max=2)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 150**3 * 8 / 10  # of the dense tensor's

    def test_a_fill_value_is_refused(self):
        from tensorly.decomposition import parafac

        x = sparse.random((4, 4, 4), 0.2, random_state=0) + 1
        with pytest.raises(UnsupportedFunctionError, match="subtract the fill value"):
            parafac(x, 2, init="random", random_state=0)

    def test_to_numpy_is_a_copy_that_was_asked_for(self):
        import tensorly

        x = sparse.COO.from_numpy(np.eye(3))
        np.testing.assert_array_equal(tensorly.to_numpy(x), np.eye(3))

    def test_complex_tensors(self):
        from tensorly.tenalg import unfolding_dot_khatri_rao

        rng = np.random.default_rng(0)
        x = rng.random((3, 4, 5)) + 1j * rng.random((3, 4, 5))
        factors = [rng.random((n, 2)) + 1j * rng.random((n, 2)) for n in x.shape]
        wanted = unfolding_dot_khatri_rao(x, (None, factors), 1)
        found = unfolding_dot_khatri_rao(sparse.COO.from_numpy(x), (None, factors), 1)
        np.testing.assert_allclose(found, wanted)

    @pytest.mark.parametrize("shape", [(6, 9), (9, 6)])
    def test_singular_vectors(self, shape):
        from tensorly.tenalg import svd_interface

        x = np.random.default_rng(0).random(shape)
        u, s, vh = svd_interface(sparse.COO.from_numpy(x), n_eigenvecs=6)
        np.testing.assert_allclose((u * s) @ vh, x, atol=1e-10)
        np.testing.assert_allclose(s, np.linalg.svd(x)[1])


class TestAutograd:
    @pytest.fixture(autouse=True)
    def adopted(self):
        pytest.importorskip("autograd.numpy")
        with arrayproto.activated("sparse"), arrayproto.adopted("autograd"):
            yield

    @pytest.mark.parametrize("key", [1, (slice(1, 3), 0), ([0, 0, 2],), (slice(None), [1, 1])])
    def test_the_gradient_of_an_index_is_sparse(self, key):
        import autograd
        import autograd.numpy as anp

        x = np.arange(12.0).reshape(4, 3)
        key = (
            key
            if isinstance(key, int)
            else tuple(np.array(k) if isinstance(k, list) else k for k in key)
        )

        def loss(x):
            return anp.sum(x[key] ** 2)

        found = autograd.grad(loss)(sparse.COO.from_numpy(x))
        assert isinstance(found, sparse.COO)
        np.testing.assert_array_equal(found.todense(), autograd.grad(loss)(x))

    def test_what_is_registered_meanwhile_stays(self):
        from autograd.extend import Box, VSpace, vspace

        class Mine:
            pass

        class MineVSpace(VSpace):
            pass

        class MineBox(Box):
            pass

        MineVSpace.register(Mine)
        MineBox.register(Mine)
        assert type(vspace(Mine())) is MineVSpace
        assert Mine in vars(VSpace)["mappings"].own
        assert Mine in VSpace.mappings
        del VSpace.mappings[Mine], Box.type_mappings[Mine]
        assert Mine not in vars(VSpace)["mappings"].own

    def test_strangers_are_refused_as_ever(self):
        import autograd

        with pytest.raises(TypeError, match="Can't differentiate"):
            autograd.grad(lambda x: x)("text")


def test_adopted_before_the_import(run_python):
    """The same, and nothing of ours is left in the modules afterwards."""
    pytest.importorskip("autograd")
    pytest.importorskip("torch")
    program = """if True:
        import sys
        import arrayproto
        arrayproto.activate("torch")
        arrayproto.adopt("autograd", "opt_einsum")
        import autograd, autograd.numpy as np, opt_einsum, torch
        x = torch.arange(6.0).reshape(2, 3)
        gradient = autograd.grad(lambda x: np.sum(np.tanh(x[1:]) ** 2))(x)
        print(type(gradient).__name__, opt_einsum.contract("ij,kj->ik", x, x).shape)
        arrayproto.disown()
        arrayproto.deactivate()
        print([
            (module, name)
            for module in sys.modules if module.startswith(("autograd", "opt_einsum"))
            for name, value in vars(sys.modules[module]).items()
            if type(value).__module__.startswith("arrayproto")
            or str(getattr(value, "__module__", "")).startswith("arrayproto")
        ])
        """
    assert run_python(program).splitlines() == ["Tensor torch.Size([2, 2])", "[]"]


def test_the_page_is_that_of_the_data():
    assert (ROOT / "docs" / "consumers.md").read_text(encoding="utf-8") == consumers.markdown()
