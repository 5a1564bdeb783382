"""Arrays without axes: NumPy's ufuncs take axis 0 and -1 of them, its other functions do not."""

from __future__ import annotations

import numpy as np
import pytest

import arrayproto
from arrayproto.testing.subjects import SUBJECTS, staying_on_the_library
from tests.oracle import assert_same, attempt, fetch

NAMES = """
    sum prod min max amin amax any all mean std var median nansum nanprod nanmin nanmax nanmean
    nanstd count_nonzero ptp argmin argmax nanargmin nanargmax squeeze flip cumsum sort roll
""".split()
AXES = (None, 0, -1, 1, (), (0,))


@pytest.mark.parametrize("library", ["sparse", "dask", "torch", "jax"])
@pytest.mark.parametrize("name", NAMES)
def test_axes_of_a_scalar(library, name):
    subject = SUBJECTS[library]
    subject.load()
    arrayproto.activate(library)
    function, also = getattr(np, name), (1,) if name == "roll" else ()
    for axis in AXES:
        expected = attempt(lambda axis=axis: function(np.array(3.0), *also, axis=axis))
        with staying_on_the_library():
            array = subject.from_numpy(np.array(3.0))
            actual = attempt(lambda axis=axis: function(array, *also, axis=axis))
        if isinstance(expected, Exception):
            assert isinstance(actual, (ValueError, TypeError)), (axis, actual)
            continue
        assert subject.is_array(actual) or not isinstance(actual, np.ndarray), axis
        assert_same(fetch(actual, subject), expected, dtype=library in ("sparse", "dask"))
