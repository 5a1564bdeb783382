"""CuPy's signatures against NumPy's, without a device: it imports on any machine.

``python tests/trust/test_cupy_contract.py`` writes the record of CuPy's signatures anew. Look at
what has changed in it before: each line is a function that arrayproto calls.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import pytest

from arrayproto.catalog import catalog
from arrayproto.errors import UnsupportedArgumentError
from arrayproto.libraries import LIBRARIES
from arrayproto.libraries.bridge import bridge
from arrayproto.libraries.rows import Renamed

cupy = pytest.importorskip("cupy")
RECORD = Path(__file__).with_name("cupy_signatures.txt")
LIBRARY = LIBRARIES["cupy"]


class Value:
    """What is passed; equal to nothing, and no default of anything."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"<{self.name}>"


def called():
    """NumPy's functions that go to one of CuPy's, with that one and its row."""
    for name, entry in catalog().items():
        row = LIBRARY.differences.get(name)
        if row is not None and not isinstance(row, Renamed):
            continue
        row = row or Renamed()
        own = LIBRARY.find(row.path or name)
        if own is None or own is entry.function or not entry.overridable:
            continue
        if LIBRARY.resolve(entry.function).kind in ("native", "bridged"):
            yield name, entry, own, row


CALLED = {name: rest for name, *rest in called()}
_DIRECT = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def signature_of(function):
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


def recorder(function, signature):
    """A function with CuPy's signature that returns which argument has arrived where."""

    def record(*args, **kwargs):
        bound = signature.bind(*args, **kwargs).arguments
        return {name: value for name, value in bound.items() if isinstance(value, Value)}

    record.__signature__, record.__name__ = signature, function.__name__
    record.__module__ = function.__module__
    return record


def place(parameter, index, ours, theirs, row):
    """The parameter of CuPy's that is the same as one of NumPy's; None if it has none."""
    name = row.arguments.get(parameter.name, parameter.name)
    if name in theirs:
        return name
    positional = [p.name for p in theirs.values() if p.kind in _DIRECT]
    # What is required has its place: what is `a` in NumPy may have another name.
    if parameter.default is parameter.empty and index < len(positional):
        return positional[index] if positional[index] not in ours else None
    return None


def calls(parameters):
    """Calls that give one parameter more than must be: by position, and by keyword."""
    required = [p for p in parameters if p.default is p.empty]
    positional = [p for p in parameters if p.kind in _DIRECT]
    for count in range(len(required), len(positional) + 1):
        yield positional[:count], []
    by_name = [p for p in required if p.kind is p.POSITIONAL_ONLY]
    for parameter in parameters:
        if parameter.kind is not parameter.POSITIONAL_ONLY:
            others = [p for p in required if p is not parameter and p not in by_name]
            yield by_name, [*others, parameter]


@pytest.mark.parametrize("name", CALLED)
def test_each_argument_arrives_under_its_name_or_is_refused(name):
    """None is lost, and none is taken for another one."""
    entry, own, row = CALLED[name]
    numpys, cupys = entry.signature, signature_of(own)
    if numpys is None or cupys is None:  # written in C: called as it is
        assert f"{name} (no signature)" in RECORD.read_text() or numpys is None
        return
    ours = list(numpys.parameters.values())
    if any(p.kind in _VARIADIC for p in (*ours, *cupys.parameters.values())):
        return  # it takes what it is given, and complains itself
    call = bridge(
        name, numpys, recorder(own, cupys), library="cupy", renamed=row.arguments,
        own_defaults=row.own_defaults, refused=row.refused,
    )  # fmt: skip
    for by_position, by_keyword in calls(ours):
        values = {p.name: Value(p.name) for p in (*by_position, *by_keyword)}
        args = [values[p.name] for p in by_position]
        kwargs = {p.name: values[p.name] for p in by_keyword}
        try:
            arrived = call(*args, **kwargs)
        except UnsupportedArgumentError as error:
            refused = str(error).partition("argument ")[2].partition("=")[0]
            assert refused in values, error
            parameter = numpys.parameters[refused]
            there = place(
                parameter, ours.index(parameter), numpys.parameters, cupys.parameters, row
            )
            assert there is None or refused in row.refused, f"{refused} is refused for nothing"
            continue
        expected = {
            place(p, ours.index(p), numpys.parameters, cupys.parameters, row): values[p.name]
            for p in (*by_position, *by_keyword)
        }
        assert arrived == expected, f"{name}(*{args}, **{kwargs}) arrives as {arrived}"


def recorded():
    lines = [f"# CuPy {cupy.__version__}"]
    for name, (_, own, _) in sorted(CALLED.items()):
        signature = signature_of(own)
        if signature is None:
            lines.append(f"{name} (no signature)")
            continue
        bare = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
        shown = [p if p.default is p.empty else p.replace(default=Shown(p.default)) for p in bare]
        lines.append(f"{name}{inspect.Signature(shown)}")
    return lines


class Shown:
    """A default, without the address of an object."""

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        simple = (str, int, float, bool, tuple, type(None))
        return repr(self.value) if isinstance(self.value, simple) else type(self.value).__name__


def _version(text):
    return tuple(int(part) for part in text.split(".")[:2])


def test_cupys_signatures_are_those_that_were_looked_at():
    """A release of CuPy's that changes one fails here, by name."""
    head, *known = RECORD.read_text().splitlines()
    if _version(cupy.__version__) < _version(head.rpartition(" ")[2]):
        pytest.skip(f"{head[2:]} was looked at, and this is an older one, which the bridges take")
    changed = sorted(set(known).symmetric_difference(recorded()[1:]))
    assert not changed, "\n".join(changed)


if __name__ == "__main__":
    RECORD.write_text("\n".join(recorded()) + "\n")
    sys.exit(0)
