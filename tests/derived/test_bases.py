"""`arrayproto.derived.bases`, and what else NumPy dispatches for nobody, over the calls."""

from __future__ import annotations

import numpy as np
import pytest

import arrayproto
import arrayproto.numpy as anp
from arrayproto.catalog import catalog
from arrayproto.derived import derived_functions
from arrayproto.testing.calls import load_calls
from arrayproto.testing.judge import Verdict, judge
from arrayproto.testing.subjects import SUBJECTS
from tests.test_core import SUBJECT as CORE

#: Verdicts of calls that no library answers otherwise: a refusal says why.
GOOD = (Verdict.RIGHT, Verdict.REFUSED)
CALLS = [
    call
    for call in load_calls()
    if call.arrays
    and call.public_api in catalog()
    and (call.topic == "series" or not catalog()[call.public_api].dispatched)
    and not call.tags & {"text", "records", "files"}
    and call.public_api != "isfortran"  # no library has NumPy's order in memory
]
MODULES = "polynomial chebyshev legendre laguerre hermite hermite_e polyutils".split()


def undispatched():
    """Functions of `numpy.polynomial` that take arrays."""
    return [
        name
        for name, entry in catalog().items()
        if name.startswith("polynomial.") and entry.overridable
    ]


def test_all_functions_are_derived():
    assert len(undispatched()) > 140
    assert set(undispatched()) <= derived_functions().keys()


@pytest.mark.parametrize("name", undispatched())
def test_signatures_are_numpys(name):
    import inspect

    ours = inspect.signature(derived_functions()[name]).parameters.values()
    numpys = inspect.signature(catalog()[name].function).parameters.values()
    assert [(p.name, p.default, p.kind) for p in ours] == [
        (p.name, p.default, p.kind) for p in numpys
    ]


def test_the_core_is_enough():
    wrong = [
        (call.expression, judged.detail)
        for call in CALLS
        if call.topic == "series"
        and (judged := judge(call, CORE, anp)).verdict is not Verdict.RIGHT
    ]
    assert not wrong


@pytest.mark.parametrize("subject", ["dask", "dask-rows", "sparse"])
def test_right_or_refused(subject):
    subject = SUBJECTS[subject]
    if not subject.available():
        pytest.skip(f"{subject.module} is not installed")
    verdicts = {}
    with arrayproto.activated(subject.library):
        for call in CALLS:
            verdicts[call.expression] = judge(call, subject)
    wrong = [(e, j.verdict, j.detail) for e, j in verdicts.items() if j.verdict not in GOOD]
    assert not wrong
    right = sum(j.verdict is Verdict.RIGHT for j in verdicts.values())
    assert right > len(CALLS) * (0.9 if subject.name == "sparse" else 0.6)


@pytest.mark.parametrize("module", MODULES)
def test_the_explicit_namespace_has_them(module):
    ours, numpys = getattr(anp.polynomial, module), getattr(np.polynomial, module)
    assert ours.__name__ == f"arrayproto.numpy.polynomial.{module}"
    for name in numpys.__all__:
        assert hasattr(ours, name)
    assert ours.__dict__.keys() >= set(numpys.__all__)
