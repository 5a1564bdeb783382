"""Every NumPy function on every library: calls from `arrayproto.testing`, judged by NumPy."""

from __future__ import annotations

import collections
import zlib

import numpy as np
import pytest

import arrayproto
from arrayproto.catalog import catalog, ufuncs
from arrayproto.testing import SUBJECTS, judge, load_calls
from arrayproto.testing.gaps import GAPS, known_gap
from arrayproto.testing.judge import expected, passes

BY_FUNCTION = collections.defaultdict(list)
for _call in load_calls():
    BY_FUNCTION[_call.public_api].append(_call)

#: JAX compiles each operation for each shape; an error in MLX may end the process. tests/test_jax.py
#: and tests/test_mlx.py judge samples. What is on a device has a test of its own.
HERE = [name for name in SUBJECTS if name not in ("cupy", "jax", "mlx", "torch-cuda")]


def _subject(name):
    subject = SUBJECTS[name]
    if not subject.available():
        pytest.skip(f"{subject.module} is not here")
    return subject


def _disagreements(subject, calls):
    with arrayproto.activated(subject.named):
        for call in calls:
            judgement = judge(call, subject)
            gap = known_gap(subject.name, subject.library, call.expression)
            fine = passes(judgement, subject)
            if gap is None and not fine:
                yield f"{call.expression}: {judgement.verdict}: {judgement.detail}"
            if gap is not None and fine:
                yield f"{call.expression}: {judgement.verdict}; no gap any more ({gap})"


#: Every third call is all that there is time for on these: on a subject that stands beside another
#: of the same library, and on one that is slow.
THINNED = {"dask-rows", "tensorflow"}


def _chosen(subject, calls):
    if subject not in THINNED:
        return calls
    return [call for call in calls if zlib.crc32(call.expression.encode()) % 3 == 0]


@pytest.mark.parametrize("subject", HERE)
@pytest.mark.parametrize("function", BY_FUNCTION)
def test_calls(function, subject):
    found = list(_disagreements(_subject(subject), _chosen(subject, BY_FUNCTION[function])))
    assert not found, "\n".join(found)


@pytest.mark.gpu
@pytest.mark.parametrize("subject", ["cupy", "torch-cuda"])
@pytest.mark.parametrize("function", BY_FUNCTION)
def test_calls_on_a_device(function, subject):
    found = list(_disagreements(_subject(subject), BY_FUNCTION[function]))
    assert not found, "\n".join(found)


#: Functions with relevant arguments that no call can be of, and why.
NO_CALL = {
    "lib.recfunctions.find_duplicates": "takes masked arrays only, which are numpy.ma's own",
}


def _to_be_called():
    """Every public function and ufunc that a duck array can get to, with all its public names."""
    for name, entry in catalog().items():
        like = entry.signature is not None and "like" in entry.signature.parameters
        if entry.overridable or like:
            places = {f"{module.__name__}.{alias}" for module, alias in entry.places}
            yield name, {name} | {place.removeprefix("numpy.") for place in places}
    for name, ufunc in ufuncs().items():
        yield name, {alias for alias in vars(np) if getattr(np, alias) is ufunc}


class TestTable:
    """The calls themselves."""

    def test_every_function_has_three_calls(self):
        found = {
            name: sum(len(BY_FUNCTION.get(alias, ())) for alias in names)
            for name, names in _to_be_called()
        }
        few = {name: count for name, count in found.items() if count < 3}
        assert few.keys() == NO_CALL.keys(), few

    def test_expressions_are_different(self):
        expressions = [call.expression for call in load_calls()]
        assert len(set(expressions)) == len(expressions)

    @pytest.mark.parametrize("topic", sorted({call.topic for call in load_calls()}))
    def test_numpy_has_an_answer(self, topic):
        """Misspelled arrays and arguments are errors that no library could give wrongly."""
        for call in load_calls():
            if call.topic == topic:
                _, error = expected(call)
                assert not isinstance(error, (NameError, AttributeError)), call.expression
                assert "unexpected keyword" not in str(error), call.expression

    def test_gaps_are_of_calls(self):
        expressions = {call.expression for call in load_calls()}
        for _, expression in GAPS:
            assert expression in expressions
