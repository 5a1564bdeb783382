"""Libraries' own functions, called at once where they are NumPy's: random arrays, axes and options.

What the arrays have in them is what short ways go wrong on: NaN, infinities, zeros of both signs,
ties, no elements, no axes, and dtypes that differ.
"""

from __future__ import annotations

import warnings
from operator import attrgetter

import numpy as np
import pytest

import arrayproto
from arrayproto.testing.judge import difference
from arrayproto.testing.subjects import SUBJECTS, staying_on_the_library

from .oracle import attempt, convert

hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies
hnp = pytest.importorskip("hypothesis.extra.numpy")

VALUES = [0.0, -0.0, 1.0, 2.5, -3.0, 0.5, 1e-3, float("nan"), float("inf"), -float("inf")]
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)


def _arrays(values=VALUES):
    floats = st.sampled_from(["f8", "f4"]).flatmap(
        lambda dtype: hnp.arrays(dtype, SHAPES, elements=st.sampled_from(values))
    )
    return floats | hnp.arrays("?", SHAPES)


ARRAYS = _arrays()
FINITE = _arrays([value for value in VALUES if np.isfinite(value)])
AXIS = st.none() | st.integers(-3, 3)
AXES = AXIS | st.tuples(st.integers(-3, 3)) | st.tuples(st.integers(-2, 2), st.integers(-2, 2))
INTEGER = st.integers(-4, 4)
NUMBER = st.sampled_from([0, 1, -2, 1.5, float("inf"), float("nan")])
LISTS = st.lists(ARRAYS, min_size=1, max_size=3)


def _options(**strategies):
    return st.fixed_dictionaries({}, optional=strategies)


NONE = _options()
#: Names of functions, to the strategies of their arguments and options.
CALLS = {
    "sum prod mean nansum max min any all std var": ((ARRAYS,), _options(axis=AXES, keepdims=st.booleans())),
    "median argmax argmin": ((ARRAYS,), _options(axis=AXIS, keepdims=st.booleans())),
    "sort cumsum cumprod": ((ARRAYS,), _options(axis=AXIS)),
    "diff trace linalg.norm round diagonal squeeze ravel copy zeros_like ones_like": ((ARRAYS,), NONE),
    "isnan isfinite isinf absolute fabs rint floor ceil trunc reciprocal signbit": ((ARRAYS,), NONE),
    "arcsin arccos arctan arcsinh arccosh arctanh logical_not": ((ARRAYS,), NONE),
    "linalg.inv linalg.det": ((FINITE,), NONE),
    "outer kron array_equal isclose allclose": ((ARRAYS, ARRAYS), NONE),
    "logical_and logical_or logical_xor": ((ARRAYS, ARRAYS), NONE),
    "inner dot": ((FINITE, FINITE), NONE),
    "add multiply maximum less equal": ((ARRAYS, ARRAYS | NUMBER), NONE),
    "clip": ((ARRAYS, NUMBER, NUMBER), NONE),
    "flip": ((ARRAYS,), _options(axis=AXES)),
    "roll": ((ARRAYS, INTEGER), _options(axis=AXIS)),
    "expand_dims": ((ARRAYS, INTEGER), NONE),
    "swapaxes moveaxis": ((ARRAYS, INTEGER, INTEGER), NONE),
    "broadcast_to": ((ARRAYS, st.tuples(st.integers(-1, 3), st.integers(-1, 3))), NONE),
    "vstack hstack dstack concatenate stack": ((LISTS,), NONE),
}  # fmt: skip


#: Calls that the library has not got for arrays of so many axes.
BEYOND = {("tensorflow", "kron")}


def _disagreement(subject, function, args, kwargs):
    """What is not NumPy's about a call, in words; None if all is."""
    wanted = attempt(lambda: function(*args, **kwargs))
    given = convert(args, lambda values: subject.from_numpy(values.copy()))
    with staying_on_the_library():
        found = attempt(lambda: function(*given, **kwargs))
    if isinstance(wanted, Exception):
        return None if isinstance(found, type(wanted)) else f"{found!r}, not {wanted!r}"
    if isinstance(found, Exception):
        return repr(found)
    if subject.is_array(found):
        found = subject.to_numpy(found)
    elif not isinstance(found, (bool, int, float)):
        return f"a {type(found)}"
    return difference(found, wanted)


@pytest.fixture(params=["torch", "tensorflow"])
def subject(request):
    subject = SUBJECTS[request.param]
    if not subject.available():
        pytest.skip(f"{request.param} is not installed")
    subject.load()
    with arrayproto.activated(subject.named):
        yield subject


@pytest.mark.parametrize("name", [name for names in CALLS for name in names.split()])
def test_as_numpy(name, subject):
    if (subject.name, name) in BEYOND:
        pytest.skip(f"{subject.name} transposes at most so many axes")
    arguments, options = next(given for names, given in CALLS.items() if name in names.split())

    @hypothesis.settings(max_examples=20, deadline=None, database=None, derandomize=True)
    @hypothesis.given(st.tuples(*arguments), options)
    def agrees(args, kwargs):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert _disagreement(subject, attrgetter(name)(np), args, kwargs) is None

    agrees()


@st.composite
def tensordots(draw):
    """Two arrays, whose axes are as long as each other more often than not, and the axes."""
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    count = draw(st.integers(0, 3))
    first = draw(st.just(shape[max(len(shape) - count, 0) :]) | st.just(shape[:1]) | SHAPES)
    other = first + draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3))
    axes = [list(range(-count, 0)), list(range(count))]
    some = st.integers(-3, 3)
    axes = draw(
        st.just(count)
        | st.just(axes)
        | st.just(tuple(reversed(axes)))
        | st.just([axes[0][::-1], axes[1][::-1]])
        | some
        | st.tuples(some, some)
        | st.tuples(st.lists(some, max_size=2), st.lists(some, max_size=2))
    )
    dtypes = st.sampled_from(["f4", "f8", "c16", "i8", "?"])
    one = draw(dtypes)
    return (
        draw(hnp.arrays(one, shape, elements=st.sampled_from([0, 1]))),
        draw(hnp.arrays(st.just(one) | dtypes, other, elements=st.sampled_from([0, 1]))),
        axes,
    )


def test_tensordot(subject):
    @hypothesis.settings(max_examples=150, deadline=None, database=None, derandomize=True)
    @hypothesis.given(tensordots())
    def agrees(args):
        assert _disagreement(subject, np.tensordot, args, {}) is None

    agrees()
