"""The arrays of examples/: their scores are as stated, and they do what they are there for."""

from __future__ import annotations

import itertools
import math
import operator
import pickle
import re
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest

from arrayproto.testing.conformance import calls_for, judge_class
from arrayproto.testing.described import described
from arrayproto.testing.judge import Verdict
from examples import compressed_array, probabilistic_array, scores, symbolic_array
from examples.compressed_array import PAGE, CompressedArray
from examples.probabilistic_array import UncertainArray, measured
from examples.symbolic_array import Expression, compiled, derivative, symbol, written

PAGE_TEXT = scores.PAGE.read_text()
#: All of NumPy's calls on all of them take too long for the suite; the others take turns.
EACH = 5


def _section(name):
    return PAGE_TEXT.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", scores.TARGETS)
class TestScore:
    def test_is_that_of_the_docstring(self, name):
        module = scores.TARGETS[name].name.partition(":")[0].rpartition(".")[2]
        file = scores.ROOT / "examples" / f"{module}.py"
        if file.exists():
            said = re.search(r"(?m)^Score: (.*)$", file.read_text())[1]
            assert f"\n{said}.\n" in _section(name)

    def test_functions_are_right_but_for_those_named(self, name):
        subject = described(scores.TARGETS[name])
        known = set(re.findall(r"`([\w.]+)` \(\d+ of", _section(name)))
        right, functions = map(int, re.search(r"(\d+) of (\d+) functions", _section(name)).groups())
        calls = calls_for(subject)
        assert right == functions - len(known)
        assert known <= {call.public_api for call in calls}
        wrong = {}
        for call in calls:
            if call.public_api in known or zlib.crc32(call.expression.encode()) % EACH:
                continue
            found = judge_class(call, subject)
            if found.verdict is not Verdict.RIGHT:
                wrong[call.expression] = found.verdict, found.detail
        assert not wrong


@pytest.mark.parametrize("module", [compressed_array, probabilistic_array, symbolic_array])
def test_is_short(module):
    assert len(Path(module.__file__).read_text().splitlines()) < 250


class TestCompressed:
    @pytest.fixture
    def values(self):
        # More than one page, and no whole number of them.
        return np.round(np.sin(np.arange(3 * PAGE + 10)) * 50).reshape(2, -1)

    @pytest.mark.parametrize(
        "function",
        [
            np.sum,
            np.std,
            np.transpose,
            lambda x: np.max(x, axis=0),
            lambda x: np.cumsum(x, axis=1),
            lambda x: np.sort(x, axis=1)[:, ::-7],
            lambda x: np.concatenate([x, x + 1], axis=1)[1, PAGE - 3 : PAGE + 3],
            lambda x: np.take(x, [5, PAGE + 1], axis=1),
            lambda x: x[:, :3] @ np.swapaxes(x[:, -3:], 0, 1),
            lambda x: np.nonzero(x > 48)[1],
            lambda x: (
                np.where(x > 0, x, -x).T
                if isinstance(x, np.ndarray)
                else np.transpose(np.where(x > 0, x, -x))
            ),
        ],
    )
    def test_over_pages(self, function, values):
        found = function(CompressedArray.from_numpy(values))
        assert isinstance(found, CompressedArray)
        np.testing.assert_allclose(found.to_numpy(), function(values), rtol=1e-12)

    def test_is_smaller(self, values):
        assert CompressedArray.from_numpy(values).cbytes < values.nbytes / 5

    def test_views_share_the_memory(self, values):
        x = CompressedArray.from_numpy(values)
        for view in x[:, 5:], np.transpose(x), np.broadcast_to(x, (3, *x.shape)), np.ravel(x):
            assert view.memory is x.memory

    def test_a_reduction_decompresses_a_page_at_a_time(self):
        x = CompressedArray.from_numpy(np.zeros(200 * PAGE))
        tracemalloc.start()
        assert float(np.max(x)) == 0
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 40 * PAGE * 8  # of 200

    def test_references_are_refused(self):
        with pytest.raises(TypeError, match="object are references"):
            CompressedArray.from_numpy(np.array([None]))

    def test_pickles(self, values):
        same = pickle.loads(pickle.dumps(CompressedArray.from_numpy(values)))
        np.testing.assert_array_equal(same.to_numpy(), values)


class TestProbabilistic:
    """The package `uncertainties` is the oracle."""

    VALUES = np.array([0.3, 0.6, 0.2]), np.array([0.5, 0.25, 0.75])

    @pytest.fixture
    def pair(self):
        """The same measurements, as one of our arrays and as a list of the oracle's numbers."""
        uncertainties = pytest.importorskip("uncertainties")

        def make(values, std):
            theirs = [uncertainties.ufloat(v, s) for v, s in zip(values, std, strict=True)]
            return measured(values, std), theirs

        return make

    def agree(self, ours, theirs):
        uncertainties = pytest.importorskip("uncertainties")
        np.testing.assert_allclose(ours.values, [x.nominal_value for x in theirs], rtol=1e-12)
        np.testing.assert_allclose(ours.std, [x.std_dev for x in theirs], rtol=1e-10, atol=1e-15)
        expected = uncertainties.covariance_matrix(theirs)
        np.testing.assert_allclose(ours.covariance, expected, rtol=1e-9, atol=1e-15)

    @pytest.mark.parametrize(
        "name",
        "exp expm1 log log1p log10 sqrt sin cos tan asin acos atan sinh cosh tanh asinh atanh".split(),
    )
    def test_elementwise(self, name, pair):
        umath = pytest.importorskip("uncertainties.umath")
        ours, theirs = pair(self.VALUES[0], np.array([0.01, 0.02, 0.005]))
        self.agree(getattr(np, name)(ours), [getattr(umath, name)(x) for x in theirs])

    @pytest.mark.parametrize(
        "function", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
    )
    def test_operators_of_correlated_values(self, function, pair):
        a, ours_of_b = (
            pair(self.VALUES[0], np.full(3, 0.01)),
            pair(self.VALUES[1], np.full(3, 0.03)),
        )
        ours = function(a[0] * ours_of_b[0], ours_of_b[0] + 1)
        theirs = [function(x * y, y + 1) for x, y in zip(a[1], ours_of_b[1], strict=True)]
        self.agree(ours, theirs)

    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            (np.cumsum, lambda x: list(itertools.accumulate(x))),
            (np.cumprod, lambda x: list(itertools.accumulate(x, operator.mul))),
            (lambda x: np.sum(x)[None], lambda x: [sum(x)]),
            (lambda x: np.prod(x)[None], lambda x: [math.prod(x)]),
            (lambda x: np.max(x)[None], lambda x: [max(x, key=lambda v: v.nominal_value)]),
            (np.diff, lambda x: [b - a for a, b in itertools.pairwise(x)]),
            (np.flip, lambda x: x[::-1]),
            (np.sort, lambda x: sorted(x, key=lambda v: v.nominal_value)),
            (lambda x: np.mean(x)[None], lambda x: [sum(x) / 3]),
            (
                lambda x: np.std(x)[None],
                lambda x: [(sum((v - sum(x) / 3) ** 2 for v in x) / 3) ** 0.5],
            ),
            (
                lambda x: np.convolve(x, x),
                lambda x: [
                    sum(x[i] * x[k - i] for i in range(3) if 0 <= k - i < 3) for k in range(5)
                ],
            ),
            (lambda x: np.where(x > 0.25, x, x * 2), lambda x: [x[0], x[1], x[2] * 2]),
        ],
    )
    def test_functions(self, ours, theirs, pair):
        a, b = pair(self.VALUES[0], np.array([0.01, 0.02, 0.03]))
        self.agree(ours(a), theirs(b))

    def test_a_system_of_equations(self, pair):
        ours, theirs = pair(np.array([2.0, 1, 1, 3, 1, 2]), np.full(6, 0.02))
        a, b, c, d, e, f = theirs
        determinant = a * d - b * c
        expected = [(d * e - b * f) / determinant, (a * f - c * e) / determinant]
        self.agree(np.linalg.solve(np.reshape(ours[:4], (2, 2)), ours[4:]), expected)
        self.agree(np.linalg.det(np.reshape(ours[:4], (2, 2)))[None], [determinant])

    def test_nothing_is_left_of_a_difference(self):
        x = measured([1.0, 2.0])
        assert (x - x).std.tolist() == [0, 0]

    def test_measurements_are_independent(self):
        total = measured([1.0], 3.0) + measured([1.0], 4.0)
        assert total.std.tolist() == [5]

    def test_an_uncertain_value_is_no_number(self):
        with pytest.raises(TypeError, match="would lose its uncertainty"):
            float(np.sum(measured([1.0])))
        assert int(np.sum(UncertainArray([1, 2]))) == 3

    def test_is_printed_with_its_uncertainty(self):
        assert repr(measured([1.5, 20.0], [0.1, 2.0])) == "[1.5±0.1 20±2]"


class TestSymbolic:
    @pytest.fixture
    def x(self):
        return symbol("x", (4,))

    VALUE = np.array([0.3, -0.7, 1.1, 0.4])
    EXPRESSIONS = (
        lambda x: np.exp(-x * x / 2) * np.sin(x),
        lambda x: np.var(x),
        lambda x: np.cumsum(x[::2] ** 3)[-1],
        lambda x: np.linalg.norm(x),
        lambda x: np.max(x) * np.min(x) + np.prod(x),
        lambda x: np.convolve(x, x),
        lambda x: np.where(x > 0.35, x, np.tanh(x)),
        lambda x: np.median(x),
        lambda x: np.concatenate([x, 1 / x]) @ np.arange(8.0),
        lambda x: np.sort(np.reshape(x, (2, 2)) @ np.reshape(x, (2, 2)), axis=None),
        lambda x: np.hypot(x, 2.0) + np.arctan2(x, 1 + x * x) + np.log1p(x * x),
    )

    @pytest.mark.parametrize("fuse", [False, True])
    @pytest.mark.parametrize("function", EXPRESSIONS)
    def test_compiles(self, function, fuse, x):
        found = compiled(function(x), fuse)(x=self.VALUE)
        np.testing.assert_allclose(found, function(self.VALUE), rtol=1e-12)

    @pytest.mark.parametrize("function", EXPRESSIONS)
    def test_differentiates(self, function, x):
        direction = np.array([1.0, -0.5, 0.25, 2.0])
        slope = derivative(function(x), x, symbol("v", (4,)))
        step = 1e-6 * direction
        expected = (function(self.VALUE + step) - function(self.VALUE - step)) / 2e-6
        found = compiled(slope)(x=self.VALUE, v=direction)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)

    def test_derivatives_have_derivatives(self, x):
        ones = Expression.from_numpy(np.ones(4))
        second = derivative(derivative(np.sin(x) * x, x, ones), x, ones)
        expected = 2 * np.cos(self.VALUE) - self.VALUE * np.sin(self.VALUE)
        np.testing.assert_allclose(compiled(second)(x=self.VALUE), expected)

    def test_prints_as_the_code_that_computes_it(self, x):
        assert repr(np.exp(-x * x)) == "result = np.exp(((-x) * x))"
        t = np.sum(x, axis=0)
        assert repr(t * t) == "t0 = np.sum(x, (0, ), 'float64')\nresult = (t0 * t0)"

    def test_elementwise_parts_are_one_pass(self, x):
        lines = written(np.sum(np.exp(-x * x) + x), {}, fuse=True)
        assert lines[0] == "t0 = evaluate('(exp(((-x) * x)) + x)')"
        assert len(lines) == 2

    def test_a_value_needs_its_symbols(self, x):
        with pytest.raises(TypeError, match="the value depends on x: compile it"):
            bool(np.sum(x) > 0)
        assert bool(np.sum(Expression.from_numpy(np.ones(2))) > 0)

    def test_what_has_no_rule_says_so(self, x):
        with pytest.raises(TypeError, match=r"np\.cumprod has no derivative here"):
            derivative(np.cumprod(x), x, x)

    def test_nothing_is_computed_before(self):
        large = symbol("large", (10**6, 10**6))
        assert (np.mean(large) * 2).shape == ()
