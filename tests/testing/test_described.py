"""`arrayproto.testing.described`: a class, described by words."""

from __future__ import annotations

import numpy as np
import pytest

from arrayproto.testing.described import Target, described, find
from arrayproto.testing.subjects import WentThroughTheHostError, staying_on_the_library

GOOD = "tests.testing.broken_arrays:Good"


class Doubles:
    """Holds float64 only, and no protocol of NumPy's."""

    def __init__(self, held):
        self.held = np.asarray(held)
        if self.held.dtype != float:
            raise TypeError("no such array")

    @classmethod
    def from_numpy(cls, array):
        return cls(array)

    def to_numpy(self):
        return self.held

    def __array__(self, dtype=None, copy=None):
        return self.held


class Mute:
    pass


HERE = __name__


def test_what_it_holds_is_found_out():
    assert described(Target(GOOD)).lacks >= {"writes", "text", "files", "memory", "methods"}
    assert not described(Target(GOOD)).lacks & {"complexes", "halves", "dense"}
    assert described(Target(f"{HERE}:Doubles")).lacks >= {"complexes", "halves"}


def test_what_is_said_counts():
    subject = described(Target(GOOD, lacks=("dense",), holds=("text", "writes")))
    assert "dense" in subject.lacks
    assert not subject.lacks & {"text", "writes"}


def test_hooks_may_be_elsewhere():
    target = Target(
        "tests.core_array:CoreArray", "tests.core_array:CoreArray", "tests.core_array:values_of"
    )
    subject = described(target)
    assert subject.is_array(subject.from_numpy(np.ones(2)))
    assert (subject.to_numpy(subject.from_numpy(np.ones(2))) == 1).all()


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (Target("CoreArray"), "write module:name"),
        (Target("tests.core_array:Nothing"), "'Nothing' is not in tests.core_array"),
        (Target("tests.core_array:values_of"), "is no class"),
        (Target(f"{HERE}:Mute"), "--from-numpy module:function"),
        (Target(GOOD, lacks=("spam",)), "unknown words"),
        (Target(GOOD, to_numpy="builtins:str"), "does not come back as it was"),
        (Target(GOOD, from_numpy="math:sqrt"), "could not be made"),
    ],
)
def test_what_is_described_badly(target, told):
    with pytest.raises(ValueError, match=told):
        described(target)


def test_its_own_way_out_is_watched():
    subject = described(Target(f"{HERE}:Doubles"))
    array = subject.from_numpy(np.ones(2))
    import types

    elsewhere = types.FunctionType(
        (lambda a: a.__array__()).__code__, {"__name__": "somebody", "__builtins__": __builtins__}
    )
    with staying_on_the_library(subject):
        assert array.__array__() is array.held  # its own code may
        with pytest.raises(WentThroughTheHostError):
            elsewhere(array)
    assert elsewhere(array) is array.held


def test_find():
    assert find("numpy:linalg.norm") is np.linalg.norm
