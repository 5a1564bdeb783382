"""Random valid calls on every library's arrays: NumPy's answer, or a refusal, and no copy made.

``ARRAYPROTO_FUZZ=20000`` sets the number of calls for long runs.
"""

from __future__ import annotations

import os
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import arrayproto
from arrayproto.testing.judge import Verdict, judge
from arrayproto.testing.subjects import SUBJECTS
from tests.fuzz.valid import CALLS, PRODUCTS, RandomCall, draw_call, found_in
from tests.oracle import Plain, convert

#: Libraries to how many calls the suite makes; each shape that JAX meets is compiled.
EXAMPLES = {"sparse": 50, "dask": 70, "torch": 120, "tensorflow": 20, "jax": 4}
COUNT = int(os.environ.get("ARRAYPROTO_FUZZ", "0"))


def active(library):
    subject = SUBJECTS[library]
    if not subject.available():
        pytest.skip(f"{subject.module} is not here")
    return subject, arrayproto.activated(subject.named)


def check(call, subject):
    judgement = judge(call, subject)
    fine = (Verdict.RIGHT, Verdict.REFUSED, Verdict.NO_ARRAY)
    assert judgement.verdict in fine, f"{call.expression}\n{judgement.verdict}: {judgement.detail}"


def compiled_once(call):
    """sparse compiles its products for each pair of dtypes: in double precision."""

    def whole(array):
        return array.astype("c16" if array.dtype.kind == "c" else "f8")

    args = [Plain(whole(arg.array)) if isinstance(arg, Plain) else arg for arg in call.args]
    return call._replace(args=convert(tuple(args), whole))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("library", EXAMPLES)
def test_numpys_answer(library):
    subject, activated = active(library)
    slow = PRODUCTS if library == "sparse" else frozenset()
    names = sorted(CALLS.keys() - (frozenset() if COUNT else slow))

    @settings(
        max_examples=COUNT or EXAMPLES[library],
        derandomize=not COUNT,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(name=st.sampled_from(names), r=st.randoms(note_method_calls=False))
    def fuzz(name, r):
        call = draw_call(r, name)
        if call.arrays:
            check(compiled_once(call) if name in slow else call, subject)

    with activated:
        fuzz()


EMPTY = np.zeros((2, 0, 3))
ONE = np.array(2.5)
COMPLEX = np.array([[0.5 + 0.5j, 0.5], [-2 + 0.5j, np.nan]])
#: What random calls have found, and is mended: each in the form in which it was met.
FOUND = [
    ("add.reduceat", (np.arange(3.0), []), {}),
    ("add.reduceat", (np.arange(3.0), np.zeros(0, int)), {}),
    ("bitwise_and.reduce", (np.arange(3, dtype="u1"),), {"where": np.array([True, False, True])}),
    *((name, (EMPTY, EMPTY), {}) for name in ("append", "union1d", "setxor1d", "setdiff1d")),
    *((name, (EMPTY,), {}) for name in ("unique", "flatnonzero", "unique_all", "diagflat")),
    ("unique", (EMPTY,), {"return_index": True, "return_inverse": True}),
    ("compress", ([], EMPTY), {}),
    ("extract", (EMPTY > 0, EMPTY), {}),
    ("diag", (np.zeros(0), 2), {}),
    ("nanmax", (np.zeros((0, 3, 1)),), {"axis": 1}),
    ("argwhere", (ONE,), {}),
    ("take", (np.arange(3), Plain(np.array(0))), {"axis": 0}),
    ("choose", (np.array([1, 0, 0]), [np.ones(3, "f4"), 3]), {}),
    ("angle", (np.array([1, 0], "i1"),), {}),
    ("angle", (np.array(1, "u1"),), {"deg": True}),
    ("nanargmin", (COMPLEX,), {}),
    ("nanargmax", (COMPLEX,), {"axis": 1}),
    ("max", (np.zeros((2, 0, 2), "c8"),), {"axis": 2}),
    ("power", (np.array([0j, 1j, 0j]), np.array([0j, 0j, 2j])), {}),
    ("float_power", (np.zeros(2, "c16"), np.array([0, 3])), {}),
    ("power", (np.zeros((0, 2), int), np.array([-1, 2])), {}),
    ("spacing", (np.array([-0.5, -93, 3], "f2"),), {}),
    ("fft.hfft", (np.array([-0.5, 0, 2], "f2"),), {}),
    ("bincount", (np.zeros(0, int), np.zeros(0)), {"minlength": 3}),
    ("cov", (np.array([[1.0, 2.0, 4.0]]),), {"rowvar": False, "ddof": 0}),
    ("cov", (np.array([1.0, 2.0]), np.array([[1.0, 5.0]])), {"rowvar": False}),
    ("cov", (np.zeros((3, 3), "i4"),), {}),
    ("quantile", (np.array([[-2, 1, 0]], "f4"), 0.5), {"method": "midpoint"}),
    ("gcd.reduce", (np.array([[4, -2], [0, -3]]),), {"axis": ()}),
    ("bitwise_and.reduce", (EMPTY.astype("u1"),), {"axis": None}),
    ("pad", (np.ones((2, 3)), (1, 2), "maximum"), {"stat_length": None}),
    ("histogram", (np.array(0), 3), {"weights": np.array(0.0)}),
    ("histogram", (np.array([0, 1.5]), 2), {"weights": np.array([1.0, 0.0])}),
    ("bincount", (np.array([0]), np.array([0.0])), {}),
    ("min", (np.zeros((0, 0)),), {"axis": 0}),
    ("matmul", (np.zeros((0, 1, 1)), np.zeros((0, 1, 3))), {}),
    ("cumulative_sum", (EMPTY[..., :0].astype("u1"),), {"axis": 1, "include_initial": True}),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("library", [name for name in EXAMPLES if name != "jax"])
def test_what_was_found(library):
    subject, activated = active(library)
    with activated:
        for name, args, kwargs in FOUND:
            if found_in(np, name):
                check(RandomCall(name, args, kwargs), subject)


class Index:
    """Stands for an integer, and is none."""

    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


#: Functions in C that take axis 0 and -1 of an array without axes, and what they need beside.
OF_A_NUMBER = {
    **dict.fromkeys(
        "sum prod max min all any ptp argmax argmin nansum nanprod nanmax nanmin nanmean nanstd "
        "nanvar nanargmax nanargmin count_nonzero cumsum cumprod nancumsum nancumprod squeeze "
        "argsort add.reduce mean std var sort flip".split(),
        (),
    ),
    "repeat": (2,),
    "take": ([0, 0],),
    "argpartition": (0,),
}


@pytest.mark.parametrize("library", ["sparse", "dask", "torch"])
@pytest.mark.filterwarnings("ignore")
def test_axes_that_stand_for_integers(library):
    subject, activated = active(library)
    with activated:
        for name, more in OF_A_NUMBER.items():
            for axis in (0, np.int64(0), np.int64(-1), Index(0), Index(-1), Index(1)):
                check(RandomCall(name, (ONE, *more), {"axis": axis}), subject)


def test_every_function_is_known():
    """A call is drawn of each, so that none is left to chance, and most are right in NumPy."""
    wrong = []
    for name in CALLS:
        call = draw_call(random.Random(name), name)
        try:
            with np.errstate(all="ignore"):
                call.evaluate(np, call.made(np.copy), None)
        except (TypeError, ValueError, IndexError) as error:
            wrong.append((name, error))
    assert len(wrong) < len(CALLS) / 8, wrong
