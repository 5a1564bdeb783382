"""Random arrays: whose numbers they are, and of which distribution."""

from __future__ import annotations

import copy
import pickle
import warnings
from pathlib import Path

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


#: Every method of `numpy.random.Generator` that draws, with arguments for an array.
METHODS = {
    "beta": "2.0, 3.0, size=6", "binomial": "5, 0.5, size=6", "bytes": "", "chisquare": "3.0, size=6",
    "choice": "9, 6", "dirichlet": "[1.0, 2.0], 6", "exponential": "2.0, size=6", "f": "3.0, 4.0, size=6",
    "gamma": "2.0, size=6", "geometric": "0.3, size=6", "gumbel": "size=6",
    "hypergeometric": "5, 5, 4, size=6", "integers": "9, size=6", "laplace": "size=6",
    "logistic": "size=6", "lognormal": "size=6", "logseries": "0.6, size=6",
    "multinomial": "9, [0.5, 0.5], size=6", "multivariate_hypergeometric": "[4, 5], 3, size=6",
    "multivariate_normal": "[0, 0], [[1, 0], [0, 1]], 6", "negative_binomial": "3, 0.5, size=6",
    "noncentral_chisquare": "3.0, 1.0, size=6", "noncentral_f": "3.0, 4.0, 1.0, size=6",
    "normal": "size=6", "pareto": "3.0, size=6", "permutation": "6", "permuted": "[1, 2, 3, 4]",
    "poisson": "3.0, size=6", "power": "3.0, size=6", "random": "6", "rayleigh": "size=6", "shuffle": "",
    "standard_cauchy": "size=6", "standard_exponential": "6", "standard_gamma": "2.0, size=6",
    "standard_normal": "6", "standard_t": "4.0, size=6", "triangular": "0.0, 1.0, 2.0, size=6",
    "uniform": "size=6", "vonmises": "0.0, 1.0, size=6", "wald": "1.0, 1.0, size=6",
    "weibull": "2.0, size=6", "zipf": "2.0, size=6",
}  # fmt: skip
#: Those whose arrays a library draws itself: NumPy's distribution, not NumPy's numbers. All others
#: are NumPy's, bit for bit; docs/programs.md says the same.
_COMPOSED = {
    *("choice", "exponential", "integers", "lognormal", "normal", "random"),
    *("standard_exponential", "standard_normal", "uniform"),
}
OWN = {
    "dask": METHODS.keys() - {
        *("bytes", "dirichlet", "multivariate_hypergeometric", "multivariate_normal"),
        *("permutation", "permuted", "shuffle"),
    },
    "jax": _COMPOSED,
    "sparse": set(),
    "torch": _COMPOSED,
}  # fmt: skip


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
        dask = pytest.importorskip("dask.array")
        with pytest.raises(arrayproto.UnsupportedArgumentError, match="gamma takes no parameters"):
            rng.gamma(dask.ones(2))


#: What NumPy draws on each library, by arrays.
BY_ARRAYS = (
    "rng.multivariate_normal(np.zeros(2), np.eye(2), 3)", "rng.dirichlet(np.ones(3))",
    "rng.choice(4, 2, replace=False, p=np.array([0.5, 0.25, 0.25, 0.0]))",
    "rng.choice(np.arange(4.0), 3, p=np.array([0.5, 0.25, 0.25, 0.0]))",
)  # fmt: skip


@every
def test_numpy_draws_by_the_librarys_arrays(name):
    names = {"np": np, "__name__": "a_program"}
    names["rng"] = np.random.default_rng(0)
    expected = [eval(source, names) for source in BY_ARRAYS]
    with using(name):
        names["rng"] = np.random.default_rng(0)
        found = [eval(source, names) for source in BY_ARRAYS]
        drawn = eval("np.random.multinomial(5, np.array([0.25, 0.75]))", names)
    assert {root(one) for one in (*found, drawn)} == {ROOTS[name]}
    assert to_numpy(drawn).sum() == 5
    for source, one, other in zip(BY_ARRAYS, found, expected, strict=True):
        one = to_numpy(one)
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
        if name != "dask" or "choice" not in source:  # which has a stream of its own
            np.testing.assert_allclose(one, other, err_msg=source)


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


@every
def test_whose_numbers_every_method_draws(name):
    drawing = {method for method in dir(np.random.Generator) if method[0] != "_"}
    assert METHODS.keys() == drawing - {"bit_generator", "spawn"}
    found = set()
    for method, arguments in METHODS.items():
        if method in ("bytes", "shuffle"):
            continue
        call = f"rng.{method}({arguments})"
        expected = evaluate(call, np.random.default_rng(5))
        for same in (True, False):
            with using(name, same_stream=same):
                drawn = evaluate(call, np.random.default_rng(5))
            assert root(drawn) == ROOTS[name], call
            drawn = to_numpy(drawn)
            assert (drawn.shape, drawn.dtype) == (expected.shape, expected.dtype), call
            if not np.array_equal(drawn, expected):
                assert not same, call
                found.add(method)
    assert found == OWN[name]


def test_the_documentation_says_whose():
    written = (Path(__file__).parents[2] / "docs" / "programs.md").read_text()
    composed = ", ".join(f"`{method}`" for method in sorted(_COMPOSED))
    assert composed in written
    numpys = ", ".join(f"`{method}`" for method in sorted(METHODS.keys() - OWN["dask"]))
    assert numpys in written


@every
def test_the_older_class_and_functions(name):
    """`RandomState` and the functions of `numpy.random`: NumPy's numbers with ``same_stream``."""
    calls = [f"{method}({arguments})" for method, arguments in METHODS.items()
             if hasattr(np.random.RandomState, method) and method not in ("bytes", "shuffle")]  # fmt: skip
    calls += [
        "rand(3)",
        "randn(3)",
        "randint(9, size=3)",
        "random_sample(3)",
        "random_integers(9, size=3)",
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        stock = np.random.RandomState(3)
        expected = [evaluate(f"rng.{call}", stock) for call in calls]
        with using(name, same_stream=True):
            rng = np.random.RandomState(3)
            np.random.seed(3)
            for call, value in zip(calls, expected, strict=True):
                for drawn in (evaluate(f"rng.{call}", rng), evaluate(f"np.random.{call}", None)):
                    assert root(drawn) == ROOTS[name], call
                    np.testing.assert_array_equal(to_numpy(drawn), value, err_msg=call)


def test_seeding_again_draws_the_same_again():
    with using("torch"):
        drawn = []
        for _ in range(2):
            np.random.seed(3)
            rng = np.random.RandomState(3)
            drawn.append(
                [to_numpy(x) for x in (np.random.rand(3), np.random.normal(0, 1, 3), rng.rand(3))]
            )
            rng.seed(3)
            drawn[-1].append(to_numpy(rng.rand(3)))
    for one, other in zip(*drawn, strict=True):
        assert one.tobytes() == other.tobytes()
    assert drawn[0][2].tobytes() == drawn[0][3].tobytes()
