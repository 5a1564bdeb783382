"""Random arrays: whose numbers they are, and of which distribution."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import arrayproto
from tests.creation.libraries import ROOTS, every, root, to_numpy, using

#: What the libraries draw themselves (but for sparse), with mean and standard deviation.
DRAWN = {
    "rng.random(20_000)": (0.5, 12**-0.5),
    "rng.uniform(-1, 3, size=20_000)": (1, 4 * 12**-0.5),
    "rng.normal(2, 3, 20_000)": (2, 3),
    "rng.standard_normal((100, 200))": (0, 1),
    "rng.exponential(2, size=20_000)": (2, 2),
    "rng.lognormal(0, 0.5, 20_000)": (np.exp(0.125), np.exp(0.125) * np.sqrt(np.expm1(0.25))),
    "rng.integers(0, 10, 20_000)": (4.5, 8.25**0.5),
    "rng.integers(3, size=20_000, endpoint=True)": (1.5, 1.25**0.5),
    "rng.normal([1.0, 1.0], 2, size=(10_000, 2))": (1, 2),
}
LEGACY = {
    "np.random.rand(100, 200)": (0.5, 12**-0.5),
    "np.random.randn(20_000)": (0, 1),
    "np.random.normal(1, 2, size=20_000)": (1, 2),
    "np.random.randint(10, size=20_000)": (4.5, 8.25**0.5),
    "np.random.random_sample(20_000)": (0.5, 12**-0.5),
    "np.random.uniform(size=20_000)": (0.5, 12**-0.5),
}
#: What NumPy draws for all of them, so that the numbers are NumPy's.
NUMPYS = (
    "rng.normal()", "rng.integers(5)", "rng.choice([3, 4, 5])", "rng.permutation(6)",
    "rng.choice(10, 4, replace=False)", "rng.choice(4, 6, p=[0.1, 0.2, 0.3, 0.4])",
    "rng.dirichlet([1.0, 2.0], 3)", "rng.multivariate_normal([0, 0], [[1, 0], [0, 1]], 2)",
)  # fmt: skip


def evaluate(call, rng):
    return eval(call, {"np": np, "rng": rng, "__name__": "a_program"})


@every
def test_distributions(name):
    with using(name, **({"chunks": 10_000} if name == "dask" else {})):
        rng = np.random.default_rng(3)
        np.random.seed(4)
        for call, (mean, deviation) in {**DRAWN, **LEGACY}.items():
            drawn = evaluate(call, rng)
            assert root(drawn) == ROOTS[name], call
            drawn = to_numpy(drawn)
            assert abs(drawn.mean() - mean) < 5 * deviation / np.sqrt(drawn.size), call
            assert abs(drawn.std() - deviation) < 0.1 * deviation, call
            assert drawn.dtype == (np.int64 if "int" in call else np.float64), call


@every
def test_the_same_seed_draws_the_same(name):
    def draw():
        with using(name):
            rng = np.random.default_rng(7)
            np.random.seed(8)
            old = np.random.RandomState(9)
            return [rng.normal(size=5), rng.random(5), np.random.rand(5), old.randn(5)]

    first, second = (list(map(to_numpy, draw())) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(first[1], first[2])


@every
def test_another_draw_and_another_seed_are_others(name):
    with using(name):
        rng, other = np.random.default_rng(1), np.random.default_rng(2)
        drawn = [to_numpy(x.random(5)) for x in (rng, rng, other, *rng.spawn(2))]
    assert len({x.tobytes() for x in drawn}) == len(drawn)


@every
def test_the_same_stream(name):
    calls = (*DRAWN, *NUMPYS, "rng.gamma(2.0, size=4)", "rng.permutation(np.arange(6))", *LEGACY)
    calls = [call.replace("0_000", "").replace("(100, 200)", "(2, 3)") for call in calls]
    np.random.seed(5)
    rng = np.random.default_rng(3)
    expected = [evaluate(call, rng) for call in calls]
    with using(name, same_stream=True):
        np.random.seed(5)
        rng = np.random.default_rng(3)
        for call, value in zip(calls, expected, strict=True):
            drawn = evaluate(call, rng)
            if np.ndim(value):
                assert root(drawn) == ROOTS[name], call
            np.testing.assert_array_equal(to_numpy(drawn), value, err_msg=call)


@every
def test_what_numpy_draws_is_numpys(name):
    for call in NUMPYS:
        rng = np.random.default_rng(11)
        expected = evaluate(call, rng)
        with using(name):
            rng = np.random.default_rng(11)
            np.testing.assert_array_equal(to_numpy(evaluate(call, rng)), expected, err_msg=call)


@every
def test_arrays_in_another_order(name):
    with using(name):
        x = np.arange(20.0).reshape((10, 2))
        rng = np.random.default_rng(0)
        shuffled = rng.permutation(x)
        assert root(shuffled) == ROOTS[name]
        assert sorted(to_numpy(shuffled)[:, 0]) == list(range(0, 20, 2))
        chosen = rng.choice(x, 5, axis=0)
        assert chosen.shape == (5, 2)
        np.testing.assert_array_equal(np.diff(to_numpy(chosen), axis=1), 1)
        if name in ("torch", "dask"):
            rng.shuffle(x)
            assert sorted(to_numpy(x)[:, 0]) == list(range(0, 20, 2))


def test_parameters_that_are_arrays_of_the_library():
    torch = pytest.importorskip("torch")
    with using("torch"):
        rng = np.random.default_rng(0)
        loc = np.array([0.0, 100.0])
        drawn = rng.normal(loc, np.array([1.0, 0.001]))
        assert isinstance(drawn, torch.Tensor)
        assert abs(float(drawn[1]) - 100) < 0.1
        with pytest.raises(arrayproto.UnsupportedArgumentError, match="gamma takes no parameters"):
            rng.gamma(loc)


@every
def test_numpys_errors(name):
    with using(name):
        rng = np.random.default_rng(0)
        with pytest.raises(ValueError, match="low >= high"):
            rng.integers(5, 2, size=3)
        with pytest.raises(ValueError, match="scale < 0"):
            rng.normal(0, -1, size=3)


def test_other_packages_get_ndarrays_of_the_generator():
    scipy_like = {"__name__": "other", "np": np}
    file = np.__file__.replace("numpy", "other")
    exec(compile("def draw(rng):\n    return rng.random(3)\n", file, "exec"), scipy_like)
    with using("torch"):
        rng = np.random.default_rng(0)
        assert type(scipy_like["draw"](rng)) is np.ndarray


def test_a_copy_is_numpys():
    with using("torch"):
        rng = np.random.default_rng(0)
        copies = [pickle.loads(pickle.dumps(rng)), copy.deepcopy(rng)]
    for one in copies:
        assert type(one) is np.random.Generator
        assert one.bit_generator.state == rng.bit_generator.state


def test_default_rng_takes_what_numpys_does():
    stock = np.random.default_rng(5)
    with using("torch"):
        rng = np.random.default_rng(stock)
        assert rng.bit_generator is stock.bit_generator
        assert np.random.default_rng(rng) is rng
        assert np.random.Generator(np.random.PCG64(5)).random(2).dtype is not None
        np.random.default_rng([1, 2]), np.random.default_rng(np.random.SeedSequence(3))


def test_the_next_context_goes_on(name="torch"):
    """Without a seed, two contexts do not draw the same numbers."""
    drawn = []
    for _ in range(2):
        with using(name):
            drawn.append(to_numpy(np.random.rand(4)))
    assert not np.array_equal(*drawn)
