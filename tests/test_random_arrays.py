"""Random shapes, dtypes and contents: NumPy's answer on sparse, PyTorch and the core alone."""

from __future__ import annotations

import sys

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

import arrayproto
from arrayproto.errors import UnsupportedArgumentError, UnsupportedFunctionError
from arrayproto.testing import SUBJECTS
from arrayproto.testing.judge import difference
from arrayproto.testing.subjects import staying_on_the_library

from .core_array import CoreArray
from .programs import PROGRAMS, answer

MAKERS = {
    "sparse": lambda array, fill: sys.modules["sparse"].COO.from_numpy(array, fill_value=fill),
    "torch": lambda array, fill: SUBJECTS["torch"].from_numpy(array),
    "core": lambda array, fill: CoreArray(array),
}


def _values(result):
    if isinstance(result, tuple):
        return tuple(map(_values, result))
    if isinstance(result, CoreArray):
        return result._held
    for name in ("sparse", "torch"):
        subject = SUBJECTS[name]
        if subject.module in sys.modules and subject.is_array(result):
            return subject.to_numpy(result)
    return result


@pytest.mark.parametrize("library", list(MAKERS))
@pytest.mark.filterwarnings("ignore")
@hypothesis.settings(deadline=None, max_examples=120, derandomize=True)
@hypothesis.given(data=st.data(), name=st.sampled_from(sorted(PROGRAMS)))
def test_numpys_answer(library, data, name):
    subject = SUBJECTS.get(library)
    if subject is not None and not subject.available():
        pytest.skip(f"{subject.module} is not here")
    shape = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=3).map(tuple))
    dtype = data.draw(st.sampled_from(["f8", "f4", "i8"]))
    if name == "irfft":
        hypothesis.assume(0 not in shape)  # NumPy answers with memory that nobody has written
    if name == "lexsort":
        hypothesis.assume(len(shape) > 1)  # keys that are numbers; a tensor has no items
    numbers = np.random.default_rng(data.draw(st.integers(0, 9)))
    values = (numbers.integers(0, 5, shape) * (numbers.random(shape) < 0.4)).astype(dtype)
    fill = values.dtype.type(data.draw(st.sampled_from([0, 2])))
    wanted, wanted_error = answer(PROGRAMS[name], np, values)
    x = MAKERS[library](values, fill)
    if subject is None:
        actual, error = answer(PROGRAMS[name], np, x)
    else:
        with arrayproto.activated(library), staying_on_the_library():
            actual, error = answer(PROGRAMS[name], np, x)
    if isinstance(error, (UnsupportedArgumentError, UnsupportedFunctionError)):
        return
    if wanted_error is not None:
        assert error is not None, f"NumPy: {wanted_error!r}"
        return
    if error is not None:
        raise error
    found = difference(_values(actual), wanted)
    assert found is None, found
